/* SPDX-License-Identifier: MIT
 *
 * qmgr(8): what is in the queue is delivered, tried again, or given up. Which recipients go
 * where is trivial-rewrite(8)'s answer; when a message is tried again follows from its age. */
#include "queue-private.h"

#include <string.h>

#include <mailsim/protocol/mail-address.h>
#include <mailsim/protocol/message.h>

/* ---- writing down ------------------------------------------------------------------------ */

static MailsimLogEntry *
new_log_entry(const MailsimQueueRecipient *recipient, const MailsimDeliveryStatus *status)
{
    MailsimLogEntry *entry = g_new0(MailsimLogEntry, 1);

    entry->recipient = mailsim_queue_recipient_copy(recipient);
    entry->dsn = g_strdup(status->dsn);
    entry->relay = g_strdup(status->relay);
    entry->reason = g_strdup(status->reason);
    entry->remote_mta = g_strdup(status->remote_mta);
    entry->remote_reply = g_strdup(status->remote_reply);
    entry->action = g_strdup(status->action);
    return entry;
}

static void
record_status(MailsimHost *host,
              const MailsimQueueFile *file,
              const MailsimQueueRecipient *recipient,
              int hop,
              const MailsimDeliveryStatus *status)
{
    MailsimEvent *event =
        mailsim_lab_record(host->lab, MAILSIM_EVENT_STATUS, host->definition->name, hop);

    event->status.queue_id = g_strdup(file->queue_id);
    event->status.message = file->message;
    event->status.recipient = g_strdup(recipient->address);
    if (recipient->original[0] != '\0' &&
        g_ascii_strcasecmp(recipient->original, recipient->address) != 0)
        event->status.original = g_strdup(recipient->original);
    event->status.status = g_strdup(status->status);
    event->status.dsn = g_strdup(status->dsn);
    event->status.relay = g_strdup(status->relay);
    event->status.reason = g_strdup(status->reason);
    event->status.delivered = status->delivered;
    event->status.delay_us =
        (status->ended_us != 0 ? status->ended_us : mailsim_lab_get_now(host->lab)) -
        file->arrived_us;
}

/* postconf(5) soft_bounce: what is refused for good is tried again. In Postfix's log it is
 * called SOFTBOUNCE. */
static gboolean
is_softened(const MailsimHost *host, const MailsimDeliveryStatus *status)
{
    return g_str_equal(status->status, "bounced") &&
           mailsim_host_get_flag(host, NULL, "soft_bounce");
}

gboolean
mailsim_qmgr_log(MailsimHost *host,
                 MailsimQueueFile *file,
                 const MailsimQueueRecipient *recipient,
                 int hop,
                 const MailsimDeliveryStatus *status)
{
    g_autofree char *dsn = g_strdup(status->dsn);
    MailsimDeliveryStatus logged = *status;

    if (is_softened(host, status)) {
        dsn[0] = '4';
        logged.dsn = dsn;
        logged.status = "SOFTBOUNCE";
    }
    record_status(host, file, recipient, hop, &logged);
    mailsim_delivery_log(host, file, recipient, hop, &logged);
    if (g_str_equal(logged.status, "bounced"))
        g_ptr_array_add(file->bounce_log, new_log_entry(recipient, &logged));
    else if (!g_str_equal(logged.status, "sent"))
        g_ptr_array_add(file->defer_log, new_log_entry(recipient, &logged));
    else if ((recipient->notify & MAILSIM_NOTIFY_SUCCESS) != 0 && !status->passed_on)
        g_ptr_array_add(file->success_log, new_log_entry(recipient, &logged));
    return !g_str_equal(logged.status, "sent") && !g_str_equal(logged.status, "bounced");
}

void
mailsim_qmgr_log_expansion(MailsimQueueFile *file,
                           const MailsimQueueRecipient *recipient,
                           const char *relay)
{
    const MailsimDeliveryStatus status = {
        .status = "sent",
        .dsn = "2.0.0",
        .relay = relay,
        .reason = "alias expanded",
        .action = "expanded",
    };

    if ((recipient->notify & MAILSIM_NOTIFY_SUCCESS) != 0)
        g_ptr_array_add(file->success_log, new_log_entry(recipient, &status));
}

void
mailsim_qmgr_finish_recipient(MailsimHost *host,
                              MailsimQueueFile *file,
                              MailsimQueueRecipient *recipient,
                              int hop,
                              const MailsimDeliveryStatus *status)
{
    recipient->done = !mailsim_qmgr_log(host, file, recipient, hop, status);
}

static MailsimEvent *
record_action(MailsimHost *host, const MailsimQueueFile *file, const char *action)
{
    MailsimEvent *event =
        mailsim_lab_record(host->lab, MAILSIM_EVENT_QUEUE, host->definition->name, -1);

    event->queue.queue_id = g_strdup(file->queue_id);
    event->queue.message = file->message;
    event->queue.action = g_strdup(action);
    return event;
}

/* ---- queue runs -------------------------------------------------------------------------- */

static gint64
get_time_us(const MailsimHost *host, const char *parameter)
{
    return mailsim_host_get_time_us(host, NULL, parameter);
}

/* qmgr(8) reckons in whole seconds. */
static MailsimTime
get_second(MailsimTime time_us)
{
    return time_us / MAILSIM_SECOND * MAILSIM_SECOND;
}

/* A time stamp up to a second in the future counts as passed. */
static gboolean
is_due(const MailsimQueueFile *file, MailsimTime at_us)
{
    return file->next_try_us != 0 && file->next_try_us <= at_us + MAILSIM_SECOND;
}

/* The first queue run after now that finds FILE due: one every queue_run_delay, counted from
 * the start of the host. */
static MailsimTime
find_run(const MailsimHost *host, const MailsimQueueFile *file)
{
    const MailsimTime start_us = host->lab->world->start_us;
    const gint64 delay_us = MAX(get_time_us(host, "queue_run_delay"), MAILSIM_SECOND);
    const MailsimTime from_us =
        MAX(file->next_try_us - MAILSIM_SECOND, mailsim_lab_get_now(host->lab) + 1);

    return start_us + (from_us - start_us + delay_us - 1) / delay_us * delay_us;
}

static void activate(MailsimHost *host, MailsimQueueFile *file);
static void deliver(MailsimHost *host, MailsimQueueFile *file);
static void run_queue(gpointer data);

static void
schedule_run(MailsimHost *host)
{
    MailsimTime first_us = 0;

    mailsim_schedule_cancel(host->queue_run);
    host->queue_run = NULL;
    for (guint i = 0; i < host->queue->len; i++) {
        const MailsimQueueFile *file = g_ptr_array_index(host->queue, i);
        const MailsimTime run_us = file->next_try_us != 0 ? find_run(host, file) : 0;

        if (run_us != 0 && (first_us == 0 || run_us < first_us))
            first_us = run_us;
    }
    if (first_us != 0)
        host->queue_run = mailsim_schedule_add_background(
            host->lab->schedule, first_us - mailsim_lab_get_now(host->lab), run_queue, host);
}

/* Those that are due, in the order in which they came. */
static void
run_queue(gpointer data)
{
    MailsimHost *host = data;
    const MailsimTime now_us = mailsim_lab_get_now(host->lab);
    g_autoptr(GPtrArray) due = g_ptr_array_new();

    host->queue_run = NULL;
    for (guint i = 0; i < host->queue->len; i++) {
        MailsimQueueFile *file = g_ptr_array_index(host->queue, i);

        if (is_due(file, now_us))
            g_ptr_array_add(due, file);
    }
    for (guint i = 0; i < due->len; i++)
        activate(host, g_ptr_array_index(due, i));
    for (guint i = 0; i < due->len; i++)
        deliver(host, g_ptr_array_index(due, i));
    schedule_run(host);
}

static void
warn_of_lifetimes(gpointer data)
{
    mailsim_host_log(data, "qmgr", -1,
                     "warning: bounce_queue_lifetime is larger than maximal_queue_lifetime - "
                     "adjusting bounce_queue_lifetime");
}

/* At its start, and when main.cf has changed so. */
static void
check_lifetimes(MailsimHost *host)
{
    const gboolean adjusted = get_time_us(host, "bounce_queue_lifetime") >
                              get_time_us(host, "maximal_queue_lifetime");

    if (adjusted && !host->lifetimes_told)
        mailsim_schedule_add(host->lab->schedule, 0, warn_of_lifetimes, host, NULL);
    host->lifetimes_told = adjusted;
}

void
mailsim_qmgr_reload(MailsimHost *host)
{
    check_lifetimes(host);
    schedule_run(host);
}

/* ---- the end of an attempt --------------------------------------------------------------- */

static gboolean
is_done(const MailsimQueueFile *file)
{
    for (guint i = 0; i < file->recipients->len; i++) {
        const MailsimQueueRecipient *recipient = g_ptr_array_index(file->recipients, i);

        if (!recipient->done)
            return FALSE;
    }
    return TRUE;
}

static void
tell_sender(MailsimHost *host,
            MailsimQueueFile *file,
            MailsimBounceKind kind,
            GPtrArray *entries)
{
    if (entries->len > 0)
        mailsim_bounce_send(host, file, kind, entries);
    g_ptr_array_set_size(entries, 0);
}

static void
remove_file(MailsimHost *host, MailsimQueueFile *file)
{
    record_action(host, file, "removed");
    mailsim_host_log(host, "qmgr", -1, "%s: removed", file->queue_id);
    g_ptr_array_remove(host->queue, file);
}

/* Its time is up: what was said the last time, temporary as it was, is what the sender
 * hears. */
static void
expire(MailsimHost *host, MailsimQueueFile *file)
{
    g_autofree char *sender = mailsim_address_quote_envelope(file->sender);

    record_action(host, file, "expired");
    mailsim_host_log(host, "qmgr", -1, "%s: from=<%s>, status=expired, returned to sender",
                     file->queue_id, sender);
    tell_sender(host, file, MAILSIM_BOUNCE_FAILURE, file->defer_log);
    remove_file(host, file);
}

/* “bounce_queue_lifetime is larger than maximal_queue_lifetime - adjusting” */
static gboolean
is_expired(const MailsimHost *host, const MailsimQueueFile *file, gint64 age_us)
{
    const gint64 longest_us = get_time_us(host, "maximal_queue_lifetime");
    const gint64 bounce_us = get_time_us(host, "bounce_queue_lifetime");

    return age_us >= (file->sender[0] != '\0' ? longest_us : MIN(bounce_us, longest_us));
}

/* It waits as long as it has waited already, within bounds; the lower one counts for more. */
static void
defer(MailsimHost *host, MailsimQueueFile *file, gint64 age_us)
{
    const gint64 wait_us = MAX(get_time_us(host, "minimal_backoff_time"),
                               MIN(age_us, get_time_us(host, "maximal_backoff_time")));
    MailsimEvent *event;

    file->next_try_us = get_second(mailsim_lab_get_now(host->lab)) + wait_us;
    event = record_action(host, file, "deferred");
    event->queue.until_us = find_run(host, file);
    schedule_run(host);
}

static void
conclude(MailsimHost *host, MailsimQueueFile *file)
{
    const MailsimTime now_us = get_second(mailsim_lab_get_now(host->lab));
    const gint64 age_us = now_us - get_second(file->created_us);

    tell_sender(host, file, MAILSIM_BOUNCE_FAILURE, file->bounce_log);
    tell_sender(host, file, MAILSIM_BOUNCE_SUCCESS, file->success_log);
    if (is_done(file)) {
        remove_file(host, file);
        return;
    }
    if (is_expired(host, file, age_us)) {
        expire(host, file);
        return;
    }
    if (file->warn_us != 0 && now_us >= get_second(file->warn_us) - MAILSIM_SECOND) {
        mailsim_bounce_send(host, file, MAILSIM_BOUNCE_DELAY, file->defer_log);
        file->warn_us = 0;
    }
    defer(host, file, age_us);
}

void
mailsim_qmgr_finish_delivery(MailsimHost *host, MailsimQueueFile *file)
{
    g_assert(file->n_deliveries > 0);
    if (--file->n_deliveries == 0)
        conclude(host, file);
}

/* ---- an attempt -------------------------------------------------------------------------- */

/* Recipients that go the same way. */
typedef struct {
    MailsimQueueRecipient *recipient;
    MailsimDestination destination;
} Routed;

static void
free_routed(gpointer data)
{
    Routed *routed = data;

    mailsim_destination_clear(&routed->destination);
    g_free(routed);
}

/* By transport, then by next hop; among those that go the same way by domain, then by
 * address. */
static const char *
get_domain(const MailsimQueueRecipient *recipient)
{
    const char *domain = mailsim_mail_address_get_domain(recipient->address);

    return domain != NULL ? domain : "";
}

static gint
compare_routed(gconstpointer a, gconstpointer b)
{
    const Routed *first = *(const Routed *const *)a;
    const Routed *second = *(const Routed *const *)b;
    int result = strcmp(first->destination.transport, second->destination.transport);

    if (result == 0)
        result = g_ascii_strcasecmp(first->destination.nexthop, second->destination.nexthop);
    if (result == 0)
        result =
            g_ascii_strcasecmp(get_domain(first->recipient), get_domain(second->recipient));
    return result != 0 ? result : strcmp(first->recipient->address, second->recipient->address);
}

static GPtrArray *
route(const MailsimHost *host, const MailsimQueueFile *file)
{
    GPtrArray *routes = g_ptr_array_new_with_free_func(free_routed);

    for (guint i = 0; i < file->recipients->len; i++) {
        MailsimQueueRecipient *recipient = g_ptr_array_index(file->recipients, i);
        Routed *routed;

        if (recipient->done)
            continue;
        routed = g_new0(Routed, 1);
        routed->recipient = recipient;
        mailsim_host_resolve(host, recipient->address, &routed->destination);
        g_ptr_array_add(routes, routed);
    }
    g_ptr_array_sort(routes, compare_routed);
    return routes;
}

/* What nobody could be told goes no further: such mail never bounces. */
static gboolean
is_for_double_bounce(const MailsimHost *host, const Routed *routed)
{
    g_autofree char *bouncer = mailsim_host_dup_parameter(host, NULL, "double_bounce_sender");
    g_autofree char *name = mailsim_mail_address_dup_local_part(routed->destination.recipient);

    return routed->destination.class == MAILSIM_DOMAIN_LOCAL &&
           g_ascii_strcasecmp(name, bouncer) == 0;
}

static void
discard(MailsimHost *host, MailsimQueueFile *file, const Routed *routed)
{
    const MailsimDeliveryStatus status = {
        .status = "sent",
        .dsn = "2.0.0",
        .relay = "none",
        .reason = "undeliverable postmaster notification discarded",
        .daemon = "qmgr",
    };

    mailsim_qmgr_finish_recipient(host, file, routed->recipient, -1, &status);
}

static gboolean
goes_by_smtp(const Routed *routed)
{
    return g_str_equal(routed->destination.transport, "smtp") ||
           g_str_equal(routed->destination.transport, "relay");
}

static gboolean
goes_the_same_way(const Routed *a, const Routed *b)
{
    return g_str_equal(a->destination.transport, b->destination.transport) &&
           g_ascii_strcasecmp(a->destination.nexthop, b->destination.nexthop) == 0;
}

/* One delivery for each destination, of as many recipients as postconf(5)
 * smtp_destination_recipient_limit allows; *NEXT is then the first that is not in it. */
static void
deliver_by_smtp(MailsimHost *host, MailsimQueueFile *file, const GPtrArray *routes, guint *next)
{
    const Routed *first = g_ptr_array_index(routes, *next);
    const gint64 limit =
        mailsim_host_get_number(host, NULL, "smtp_destination_recipient_limit");
    GPtrArray *recipients = g_ptr_array_new();

    while (*next < routes->len && (limit <= 0 || recipients->len < (guint)limit)) {
        const Routed *routed = g_ptr_array_index(routes, *next);

        if (!goes_the_same_way(first, routed))
            break;
        g_ptr_array_add(recipients, routed->recipient);
        (*next)++;
    }
    file->n_deliveries++;
    mailsim_smtp_deliver(host, file, &first->destination, recipients);
}

/* Into the active queue, from where it will be delivered. */
static void
activate(MailsimHost *host, MailsimQueueFile *file)
{
    g_autofree char *sender = mailsim_address_quote_envelope(file->sender);

    file->active_us = mailsim_lab_get_now(host->lab);
    file->next_try_us = 0;
    g_ptr_array_set_size(file->defer_log, 0);
    if (++file->n_attempts > 1)
        record_action(host, file, "retried")->queue.attempt = file->n_attempts;
    mailsim_host_log(
        host, "qmgr", -1, "%s: from=<%s>, size=%" G_GSIZE_FORMAT ", nrcpt=%u (queue active)",
        file->queue_id, sender, mailsim_message_get_size(file->content), file->recipients->len);
}

static void
deliver(MailsimHost *host, MailsimQueueFile *file)
{
    g_autoptr(GPtrArray) routes = route(host, file);
    guint i = 0;

    /* Held until all are on their way: the first may be over at once. */
    file->n_deliveries++;
    while (i < routes->len) {
        const Routed *routed = g_ptr_array_index(routes, i);

        if (goes_by_smtp(routed)) {
            deliver_by_smtp(host, file, routes, &i);
            continue;
        }
        if (is_for_double_bounce(host, routed))
            discard(host, file, routed);
        else if (g_str_equal(routed->destination.transport, "local"))
            mailsim_local_deliver(host, file, routed->recipient);
        else
            mailsim_error_deliver(host, file, routed->recipient, &routed->destination);
        i++;
    }
    mailsim_qmgr_finish_delivery(host, file);
}

typedef struct {
    MailsimHost *host;
    MailsimQueueFile *file;
} Arrival;

static void
take_up(gpointer data)
{
    const Arrival *arrival = data;

    deliver(arrival->host, arrival->file);
}

void
mailsim_qmgr_accept(MailsimHost *host, MailsimQueueFile *file)
{
    Arrival *arrival = g_new0(Arrival, 1);

    arrival->host = host;
    arrival->file = file;
    activate(host, file);
    mailsim_schedule_add(host->lab->schedule, 0, take_up, arrival, g_free);
}
