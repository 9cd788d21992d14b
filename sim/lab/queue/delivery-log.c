/* SPDX-License-Identifier: MIT
 *
 * The line that a delivery agent writes for each recipient: to=, relay=, delay=, delays=, dsn=,
 * status=. Where the time went is reckoned here. And its last words, should it die. */
#include "queue-private.h"

/* postconf(5) delay_logging_resolution_limit = 2: two digits that say something, at most two of
 * them behind the point. */
static char *
dup_seconds(gint64 time_us)
{
    const gint64 hundredth_us = MAILSIM_SECOND / 100;
    const gint64 step_us = time_us >= 10 * MAILSIM_SECOND ? MAILSIM_SECOND
                           : time_us >= MAILSIM_SECOND    ? 10 * hundredth_us
                                                          : hundredth_us;
    const gint64 rounded_us = (MAX(time_us, 0) + step_us / 2) / step_us * step_us;
    GString *text = g_string_new(NULL);

    g_string_printf(text, "%" G_GINT64_FORMAT ".%02" G_GINT64_FORMAT,
                    rounded_us / MAILSIM_SECOND, rounded_us % MAILSIM_SECOND / hundredth_us);
    while (text->str[text->len - 1] == '0')
        g_string_truncate(text, text->len - 1);
    if (text->str[text->len - 1] == '.')
        g_string_truncate(text, text->len - 1);
    return g_string_free(text, FALSE);
}

/* Before the queue manager, in it, setting up the connection, sending. Who uses no network only
 * sends; who has not come so far as to send only sets up. */
static char *
dup_delays(const MailsimQueueFile *file,
           const MailsimDeliveryStatus *status,
           MailsimTime now_us)
{
    const MailsimTime begun_us = status->begun_us != 0 ? status->begun_us : now_us;
    const MailsimTime active_us = file->active_us != 0 ? file->active_us : now_us;
    MailsimTime ready_us = status->by_network ? now_us : begun_us;
    g_autofree char *before = NULL;
    g_autofree char *queued = NULL;
    g_autofree char *connecting = NULL;
    g_autofree char *sending = NULL;

    if (status->ready_us != 0)
        ready_us = status->ready_us;
    before = dup_seconds(active_us - file->arrived_us);
    queued = dup_seconds(begun_us - active_us);
    connecting = dup_seconds(ready_us - begun_us);
    sending = dup_seconds(now_us - ready_us);
    return g_strjoin("/", before, queued, connecting, sending, NULL);
}

void
mailsim_delivery_log(MailsimHost *host,
                     const MailsimQueueFile *file,
                     const MailsimQueueRecipient *recipient,
                     int hop,
                     const MailsimDeliveryStatus *status)
{
    const MailsimTime now_us =
        status->ended_us != 0 ? status->ended_us : mailsim_lab_get_now(host->lab);
    g_autofree char *delay = dup_seconds(now_us - file->arrived_us);
    g_autofree char *delays = dup_delays(file, status, now_us);
    g_autofree char *to = mailsim_address_quote(recipient->address);
    g_autofree char *original = mailsim_address_quote(recipient->original);
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_printf(line, "%s: to=<%s>, ", file->queue_id, to);
    if (recipient->original[0] != '\0' &&
        g_ascii_strcasecmp(recipient->original, recipient->address) != 0)
        g_string_append_printf(line, "orig_to=<%s>, ", original);
    g_string_append_printf(line, "relay=%s, delay=%s, delays=%s, dsn=%s, status=%s (%s)",
                           status->relay, delay, delays, status->dsn, status->status,
                           status->reason);
    if (status->process != NULL)
        mailsim_process_log(status->process, hop, "%s", line->str);
    else
        mailsim_host_log(host, status->daemon, hop, "%s", line->str);
}

void
mailsim_delivery_log_death(MailsimHost *host,
                           MailsimProcess *process,
                           const char *daemon,
                           const char *words)
{
    MailsimEvent *event =
        mailsim_lab_record(host->lab, MAILSIM_EVENT_FINDING, host->definition->name, -1);

    event->finding.rule = g_strdup("fatal");
    event->finding.text = g_strdup_printf("postfix/%s: fatal: %s", daemon, words);
    event->finding.reference = g_strdup_printf("%s(8)", daemon);
    mailsim_process_die(process, -1, words);
}
