/* SPDX-License-Identifier: MIT
 *
 * See the header. Times are UTC, as in the Date: and Received: lines of the lab. */
#include <mailsim/recording/log-line.h>

#include <string.h>

/* Dovecot gives syslog(3) no pid of its own; the journal knows it all the same. */
static gboolean
has_pid(const MailsimEvent *event, MailsimLogPrefix prefix)
{
    return prefix == MAILSIM_LOG_PREFIX_JOURNAL || !g_str_equal(event->log.program, "dovecot");
}

static void
append_undated(const MailsimRecording *recording,
               const MailsimEvent *event,
               MailsimLogPrefix prefix,
               GString *out)
{
    const MailsimParty *party = mailsim_recording_find_party(recording, event->party);
    const char *name = party != NULL && party->fqdn != NULL ? party->fqdn : event->party;

    g_string_append_printf(out, "%.*s %s", (int)strcspn(name, "."), name, event->log.program);
    if (has_pid(event, prefix))
        g_string_append_printf(out, "[%u]", event->log.pid);
    g_string_append_printf(out, ": %s", event->log.text);
}

void
mailsim_log_line_append_undated(const MailsimRecording *recording,
                                const MailsimEvent *event,
                                GString *out)
{
    g_return_if_fail(event->kind == MAILSIM_EVENT_LOG);
    append_undated(recording, event, MAILSIM_LOG_PREFIX_JOURNAL, out);
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
    append_undated(recording, event, prefix, out);
    g_string_append_c(out, '\n');
}
