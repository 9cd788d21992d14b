/* SPDX-License-Identifier: MIT
 *
 * A host's mail log as journalctl(1) prints it, from the last step on in which anything
 * happened: a look after a look still shows what that step left behind. */
#include "look-private.h"

#include <mailsim/recording/log-line.h>

/* Did anything happen in it but looking, and reloading what has been edited? */
static gboolean
is_eventful(const MailsimRecording *recording, guint step)
{
    guint first, end;

    mailsim_recording_get_step_events(recording, step, &first, &end);
    for (guint i = first; i < end; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind != MAILSIM_EVENT_STEP && event->kind != MAILSIM_EVENT_SHOWN &&
            event->kind != MAILSIM_EVENT_LOG)
            return TRUE;
    }
    return FALSE;
}

/* NULL: nothing has happened yet. */
static const MailsimStepRecord *
find_last_eventful(const MailsimRecording *recording)
{
    for (guint i = recording->steps->len; i > 0; i--) {
        if (is_eventful(recording, i - 1))
            return g_ptr_array_index(recording->steps, i - 1);
    }
    return NULL;
}

/* Of the hour alone journalctl thinks that it is today's. */
static char *
dup_command(const char *all, MailsimTime since_us, MailsimTime now_us)
{
    g_autofree char *clock = mailsim_time_format_clock(since_us);
    g_autofree char *day = mailsim_time_format_day(since_us);

    if (since_us / MAILSIM_DAY == now_us / MAILSIM_DAY)
        return g_strdup_printf("%s --since %s", all, clock);
    return g_strdup_printf("%s --since \"%s %s\"", all, day, clock);
}

char *
mailsim_look_dup_log(const MailsimHost *host, char **command, guint *count)
{
    const MailsimRecording *recording = host->lab->recording;
    const MailsimStepRecord *step = find_last_eventful(recording);
    GString *text = g_string_new(NULL);
    gboolean has_more = FALSE;
    const char *all;

    *count = 0;
    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind != MAILSIM_EVENT_LOG ||
            g_strcmp0(event->party, host->definition->name) != 0)
            continue;
        if (step != NULL && i < step->first_event) {
            has_more = TRUE;
            continue;
        }
        mailsim_log_line_append(recording, event, MAILSIM_LOG_PREFIX_JOURNAL, text);
        (*count)++;
    }
    all = host->definition->has_dovecot ? "journalctl -u postfix@- -u dovecot"
                                        : "journalctl -u postfix@-";
    *command = has_more ? dup_command(all, step->started_us, mailsim_lab_get_now(host->lab))
                        : g_strdup(all);
    if (*count == 0)
        g_string_assign(text, "-- No entries --\n");
    return g_string_free(text, FALSE);
}
