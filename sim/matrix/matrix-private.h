/* SPDX-License-Identifier: MIT
 *
 * What the layer reads from a recording. */
#pragma once

#include <mailsim/recording/recording.h>

/* Append what the server at the other end of HOP would sum up when it is over:
 * “ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7”. */
void matrix_append_server_saw(const MailsimRecording *recording,
                              const MailsimHop *hop,
                              GString *out);

/* Append what smtp(8) of SENDER logged between the events AFTER and UNTIL but for statuses: “log:
 * LINE; LINE”, nothing where there is none. */
void matrix_append_log(const MailsimRecording *recording,
                       const char *sender,
                       guint after,
                       guint until,
                       GString *out);
