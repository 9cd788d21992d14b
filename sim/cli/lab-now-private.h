/* SPDX-License-Identifier: MIT
 *
 * A scenario's lab with the date of the machine. Whoever makes it at the same day has the same
 * certificates: “mailsim certs” writes what “mailsim serve” shows. */
#pragma once

#include <mailsim/lab/lab.h>
#include <mailsim/scenario/scenario.h>

/* As SCENARIO begins, but at NOW_US. RECORDING and AUTHORITY (NULL: one of its own) are
 * borrowed for the life of the lab. NULL, with MAILSIM_CERTIFICATE_ERROR: a certificate could
 * not be made. */
MailsimLab *mailsim_cli_new_lab_now(const MailsimScenario *scenario,
                                    MailsimTime now_us,
                                    MailsimRecording *recording,
                                    MailsimAuthority *authority,
                                    GError **error);
