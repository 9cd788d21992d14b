/* SPDX-License-Identifier: MIT
 *
 * bounce(8): what a sender is told of his message, and postmaster of other people's. */
#include "queue-private.h"

#include <mailsim/protocol/delivery-report.h>
#include <mailsim/protocol/message.h>

/* One notification in the making. */
typedef struct {
    MailsimHost *host;
    const MailsimQueueFile *file;
    MailsimBounceKind kind;
    const GPtrArray *entries; /* of MailsimLogEntry */
    const char *recipient;    /* whom it is for */
    gboolean for_postmaster;
    gboolean headers_only;
} Notice;

/* ---- who is told of ---------------------------------------------------------------------- */

/* RFC 3461 §4.1: where nothing is said, of failures and delays. */
static gboolean
is_told_of(const MailsimQueueRecipient *recipient, MailsimBounceKind kind)
{
    static const MailsimNotify wanted[] = {
        [MAILSIM_BOUNCE_FAILURE] = MAILSIM_NOTIFY_FAILURE,
        [MAILSIM_BOUNCE_DELAY] = MAILSIM_NOTIFY_DELAY,
        [MAILSIM_BOUNCE_SUCCESS] = MAILSIM_NOTIFY_SUCCESS,
    };

    return recipient->notify == 0 || (recipient->notify & wanted[kind]) != 0;
}

static const char *
get_action(const MailsimLogEntry *entry, MailsimBounceKind kind)
{
    switch (kind) {
    case MAILSIM_BOUNCE_FAILURE:
        return "failed";
    case MAILSIM_BOUNCE_DELAY:
        return "delayed";
    case MAILSIM_BOUNCE_SUCCESS:
        return entry->action != NULL ? entry->action : "delivered";
    }
    g_assert_not_reached();
}

/* How it was delivered is part of the reason only in the report of a success. */
static char *
dup_reason(const MailsimLogEntry *entry, MailsimBounceKind kind)
{
    if (kind != MAILSIM_BOUNCE_SUCCESS || g_str_equal(entry->relay, "none"))
        return g_strdup(entry->reason);
    return g_strdup_printf("delivery via %s: %s", entry->relay, entry->reason);
}

static void
free_report_recipient(gpointer data)
{
    MailsimReportRecipient *recipient = data;

    g_free((char *)recipient->address);
    g_free((char *)recipient->given);
    g_free((char *)recipient->reason);
    g_free(recipient);
}

static MailsimReportRecipient *
describe_recipient(const MailsimLogEntry *entry, MailsimBounceKind kind)
{
    const MailsimQueueRecipient *from = entry->recipient;
    MailsimReportRecipient *recipient = g_new0(MailsimReportRecipient, 1);

    recipient->address = mailsim_address_quote(from->address);
    if (g_ascii_strcasecmp(from->address, from->original) != 0)
        recipient->given = mailsim_address_quote(from->original);
    recipient->original = from->dsn_original;
    recipient->action = get_action(entry, kind);
    recipient->status = entry->dsn;
    recipient->reason = dup_reason(entry, kind);
    recipient->remote_mta = entry->remote_mta;
    recipient->remote_reply = entry->remote_reply;
    return recipient;
}

/* Postmaster is told of all. */
static GPtrArray *
list_recipients(const Notice *notice)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(free_report_recipient);

    for (guint i = 0; i < notice->entries->len; i++) {
        const MailsimLogEntry *entry = g_ptr_array_index(notice->entries, i);

        if (notice->for_postmaster || is_told_of(entry->recipient, notice->kind))
            g_ptr_array_add(list, describe_recipient(entry, notice->kind));
    }
    return list;
}

/* ---- one notification -------------------------------------------------------------------- */

/* “double-bounce@mail.iesgn.example”: what comes from there must never bounce. */
static char *
dup_double_bounce_sender(const MailsimHost *host)
{
    g_autofree char *name = mailsim_host_dup_parameter(host, NULL, "double_bounce_sender");
    g_autofree char *hostname = mailsim_host_dup_parameter(host, NULL, "myhostname");

    return g_strconcat(name, "@", hostname, NULL);
}

/* A large message is not cut into pieces: of it, only the header comes back. */
static gboolean
is_too_large(const Notice *notice)
{
    const gint64 limit = mailsim_host_get_number(notice->host, NULL, "bounce_size_limit");

    return limit > 0 && mailsim_message_get_size(notice->file->content) > (gsize)limit;
}

/* A message from nobody was written by the mail system itself, as far as postmaster is told. */
static char *
dup_shown_sender(const Notice *notice)
{
    g_autofree char *hostname = mailsim_host_dup_parameter(notice->host, NULL, "myhostname");

    if (notice->file->sender[0] != '\0')
        return mailsim_address_quote(notice->file->sender);
    return g_strconcat("MAILER-DAEMON@", hostname, NULL);
}

/* What the text of a warning says in hours and days, it says with a nought of less. */
static void
warn_of_unit(MailsimHost *host, const char *parameter, const char *unit, gint64 unit_us)
{
    const gint64 time_us = mailsim_host_get_time_us(host, NULL, parameter);

    if (time_us <= 0 || time_us >= unit_us)
        return;
    mailsim_host_log(host, "bounce", -1,
                     "warning: [built-in]: zero result in delay template conversion of "
                     "parameter \"%s_%s\"",
                     parameter, unit);
    mailsim_host_log(host, "bounce", -1,
                     "warning: please reduce time unit \"%s\" of \"%s_%s\" in delay template",
                     unit, parameter, unit);
    mailsim_host_log(host, "bounce", -1, "warning: for instructions see the bounce(5) manual");
}

static GBytes *
write_report(const Notice *notice, const GPtrArray *recipients)
{
    static const MailsimReportKind kinds[] = {
        [MAILSIM_BOUNCE_FAILURE] = MAILSIM_REPORT_FAILURE,
        [MAILSIM_BOUNCE_DELAY] = MAILSIM_REPORT_DELAY,
        [MAILSIM_BOUNCE_SUCCESS] = MAILSIM_REPORT_SUCCESS,
    };
    const MailsimHost *host = notice->host;
    const MailsimQueueFile *file = notice->file;
    g_autofree char *address = mailsim_cleanup_complete_address(host, notice->recipient);
    g_autofree char *to = mailsim_address_quote(address);
    g_autofree char *sender = dup_shown_sender(notice);
    g_autofree char *origin = mailsim_host_dup_parameter(host, NULL, "myorigin");
    g_autofree char *hostname = mailsim_host_dup_parameter(host, NULL, "myhostname");
    g_autofree char *mail_name = mailsim_host_dup_parameter(host, NULL, "mail_name");
    const MailsimDeliveryReport report = {
        .kind = kinds[notice->kind],
        .for_postmaster = notice->for_postmaster,
        .headers_only = notice->headers_only || is_too_large(notice),
        .to = to,
        .origin = origin,
        .hostname = hostname,
        .mail_name = mail_name,
        .now_us = mailsim_lab_get_now(host->lab),
        .queue_id = file->queue_id,
        .sender = sender,
        .envelope_id = file->envelope_id,
        .utf8 = file->utf8,
        .arrived_us = file->arrived_us,
        .message = file->content,
        .warned_after_us = mailsim_host_get_time_us(host, NULL, "delay_warning_time"),
        .lifetime_us = mailsim_host_get_time_us(host, NULL, "maximal_queue_lifetime"),
        .recipients = recipients,
    };

    return mailsim_delivery_report_write(&report);
}

static void
record(const Notice *notice, const char *queue_id)
{
    static const char *const words[] = {
        [MAILSIM_BOUNCE_FAILURE] = "bounce",
        [MAILSIM_BOUNCE_DELAY] = "delay",
        [MAILSIM_BOUNCE_SUCCESS] = "success",
    };
    static const char *const sender_titles[] = {
        [MAILSIM_BOUNCE_FAILURE] = "sender non-delivery",
        [MAILSIM_BOUNCE_DELAY] = "sender delay",
        [MAILSIM_BOUNCE_SUCCESS] = "sender delivery status",
    };
    static const char *const postmaster_titles[] = {
        [MAILSIM_BOUNCE_FAILURE] = "postmaster non-delivery",
        [MAILSIM_BOUNCE_DELAY] = "postmaster delay",
        [MAILSIM_BOUNCE_SUCCESS] = "postmaster delivery status",
    };
    MailsimHost *host = notice->host;
    MailsimEvent *event =
        mailsim_lab_record(host->lab, MAILSIM_EVENT_NOTIFICATION, host->definition->name, -1);

    event->notification.queue_id = g_strdup(notice->file->queue_id);
    event->notification.message = notice->file->message;
    event->notification.notification =
        g_strdup(notice->for_postmaster ? "postmaster" : words[notice->kind]);
    event->notification.notification_id = g_strdup(queue_id);
    event->notification.recipient = g_strdup(notice->recipient);
    mailsim_host_log(host, "bounce", -1, "%s: %s notification: %s", notice->file->queue_id,
                     notice->for_postmaster ? postmaster_titles[notice->kind]
                                            : sender_titles[notice->kind],
                     queue_id);
}

static void
send_notice(const Notice *notice)
{
    g_autoptr(GPtrArray) recipients = list_recipients(notice);
    g_autoptr(GBytes) content = NULL;
    g_autofree char *queue_id = NULL;
    g_autofree char *sender =
        notice->for_postmaster ? dup_double_bounce_sender(notice->host) : g_strdup("");

    if (recipients->len == 0)
        return;
    if (notice->kind == MAILSIM_BOUNCE_DELAY) {
        warn_of_unit(notice->host, "delay_warning_time", "hours", MAILSIM_HOUR);
        warn_of_unit(notice->host, "maximal_queue_lifetime", "days", MAILSIM_DAY);
    }
    content = write_report(notice, recipients);
    queue_id = mailsim_cleanup_new_queue_id(notice->host);
    mailsim_cleanup_take_notification(notice->host, queue_id, sender, notice->recipient,
                                      content);
    record(notice, queue_id);
}

/* ---- postmaster -------------------------------------------------------------------------- */

static void
send_to_postmaster(const Notice *notice, const char *parameter, gboolean headers_only)
{
    g_autofree char *recipient = mailsim_host_dup_parameter(notice->host, NULL, parameter);
    Notice copy = *notice;

    copy.recipient = recipient;
    copy.for_postmaster = TRUE;
    copy.headers_only = headers_only;
    send_notice(&copy);
}

/* What has no sender is told to postmaster, if to anybody; he gets all of it. */
static void
report_unreturnable(const Notice *notice)
{
    if (notice->kind == MAILSIM_BOUNCE_FAILURE &&
        (mailsim_host_list_has(notice->host, NULL, "notify_classes", "bounce") ||
         mailsim_host_list_has(notice->host, NULL, "notify_classes", "2bounce")))
        send_to_postmaster(notice, "2bounce_notice_recipient", FALSE);
}

static void
copy_to_postmaster(const Notice *notice)
{
    const MailsimHost *host = notice->host;

    if (notice->kind == MAILSIM_BOUNCE_DELAY &&
        mailsim_host_list_has(host, NULL, "notify_classes", "delay"))
        send_to_postmaster(notice, "delay_notice_recipient", TRUE);
    if (notice->kind == MAILSIM_BOUNCE_FAILURE &&
        mailsim_host_list_has(host, NULL, "notify_classes", "bounce"))
        send_to_postmaster(notice, "bounce_notice_recipient", TRUE);
}

void
mailsim_bounce_send(MailsimHost *host,
                    const MailsimQueueFile *file,
                    MailsimBounceKind kind,
                    const GPtrArray *entries)
{
    g_autofree char *last_resort = dup_double_bounce_sender(host);
    const Notice notice = {
        .host = host,
        .file = file,
        .kind = kind,
        .entries = entries,
        .recipient = file->sender,
        .headers_only =
            kind != MAILSIM_BOUNCE_FAILURE || file->returns == MAILSIM_RETURN_HEADERS,
    };

    if (g_ascii_strcasecmp(file->sender, last_resort) == 0)
        return;
    if (file->sender[0] == '\0') {
        report_unreturnable(&notice);
        return;
    }
    send_notice(&notice);
    copy_to_postmaster(&notice);
}
