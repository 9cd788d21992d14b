/* SPDX-License-Identifier: MIT
 *
 * A line of a host's mail log as it stands in the file: what the event says, and before it
 * what whoever writes the file puts there (docs/mail-log.md). */
#pragma once

#include <mailsim/recording/recording.h>

typedef enum {
    MAILSIM_LOG_PREFIX_JOURNAL, /* postlogd(8), which obeys maillog_file, and journalctl(1) */
    MAILSIM_LOG_PREFIX_RSYSLOG, /* rsyslog of Debian 12 */
} MailsimLogPrefix;

/* Append “mail postfix/smtpd[1201]: connect from …”: the first label of the host's name, and
 * what the process EVENT (of kind MAILSIM_EVENT_LOG) wrote. */
void mailsim_log_line_append_undated(const MailsimRecording *recording,
                                     const MailsimEvent *event,
                                     GString *out);

/* The same with its time before it, and its line end. */
void mailsim_log_line_append(const MailsimRecording *recording,
                             const MailsimEvent *event,
                             MailsimLogPrefix prefix,
                             GString *out);
