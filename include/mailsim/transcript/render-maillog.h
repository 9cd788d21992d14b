/* SPDX-License-Identifier: MIT
 *
 * The mail logs of a recording, as the hosts' files have them (docs/mail-log.md): a pure
 * function of it. Nothing in them is translated. */
#pragma once

#include <mailsim/recording/log-line.h>

/* Append the log of HOST, the name of a party. NULL: of all that have one; of several each is
 * under a heading, as tail(1) shows several files. */
void mailsim_render_maillog(const MailsimRecording *recording,
                            const char *host,
                            MailsimLogPrefix prefix,
                            GString *out);
