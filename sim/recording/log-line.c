/* SPDX-License-Identifier: MIT
 *
 * See the header. Times are UTC, as in the Date: and Received: lines of the lab. */
#include <mailsim/recording/log-line.h>

#include <string.h>

void
mailsim_log_line_append_undated(const MailsimRecording *recording,
                                const MailsimEvent *event,
                                GString *out)
{
    g_return_if_fail(event->kind == MAILSIM_EVENT_LOG);
    const MailsimParty *party = mailsim_recording_find_party(recording, event->party);
    const char *name = party != NULL && party->fqdn != NULL ? party->fqdn : event->party;

    g_string_append_printf(out, "%.*s %s[%u]: %s", (int)strcspn(name, "."), name,
                           event->log.program, event->log.pid, event->log.text);
}

void
mailsim_log_line_append(const MailsimRecording *recording,
                        const MailsimEvent *event,
                        MailsimLogPrefix prefix,
                        GString *out)
{
    g_autofree char *time = prefix == MAILSIM_LOG_PREFIX_RSYSLOG
                                ? mailsim_time_format_rfc3339(event->time_us)
                                : mailsim_time_format_log(event->time_us);

    g_string_append_printf(out, "%s ", time);
    mailsim_log_line_append_undated(recording, event, out);
    g_string_append_c(out, '\n');
}
