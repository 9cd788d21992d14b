/* SPDX-License-Identifier: MIT
 *
 * Reading the recording, what is passed on, hosts and mailboxes. */
#include "ledger-private.h"

#include <string.h>

#include <mailsim/protocol/message.h>

void
ledger_complain(Ledger *ledger, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_string_append_vprintf(ledger->problems, format, arguments);
    va_end(arguments);
    g_string_append_c(ledger->problems, '\n');
}

static void
free_item(gpointer data)
{
    Item *item = data;

    g_strfreev(item->recipients);
    g_ptr_array_unref(item->statuses);
    g_ptr_array_unref(item->notices);
    g_hash_table_unref(item->origins);
    g_free(item);
}

Item *
ledger_find_item(const Ledger *ledger, const char *party, const char *queue_id)
{
    g_autofree char *key = g_strdup_printf("%s %s", party, queue_id);

    return g_hash_table_lookup(ledger->by_id, key);
}

static Item *
get_item(Ledger *ledger, const char *party, const char *queue_id)
{
    Item *item = ledger_find_item(ledger, party, queue_id);

    if (item != NULL)
        return item;
    item = g_new0(Item, 1);
    item->host = mailsim_lab_find_host(ledger->lab, party);
    item->queue_id = queue_id;
    item->recipients = g_new0(char *, 1);
    item->statuses = g_ptr_array_new();
    item->notices = g_ptr_array_new();
    item->origins = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_ptr_array_add(ledger->items, item);
    g_hash_table_insert(ledger->by_id, g_strdup_printf("%s %s", party, queue_id), item);
    return item;
}

static const MailsimHop *
get_hop(const Ledger *ledger, int index)
{
    return index >= 0 ? g_ptr_array_index(ledger->lab->recording->hops, index) : NULL;
}

char *
ledger_find_word_after(const char *reason, const char *words)
{
    const char *found = reason != NULL ? strstr(reason, words) : NULL;

    if (found == NULL)
        return NULL;
    found += strlen(words);
    return g_strndup(found, strcspn(found, " )"));
}

/* ---- reading ----------------------------------------------------------------------------- */

/* Somebody typed NOTIFY=: who is told what of his message is another test's. */
static gboolean
has_notify(const Ledger *ledger, int hop)
{
    const GPtrArray *events = ledger->lab->recording->events;

    for (guint i = 0; i < events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(events, i);

        if (event->kind == MAILSIM_EVENT_LINE && event->hop == hop &&
            g_str_has_prefix(event->line.text, "RCPT") &&
            strstr(event->line.text, "NOTIFY=") != NULL)
            return TRUE;
    }
    return FALSE;
}

static void
read_queued(Ledger *ledger, const MailsimEvent *event)
{
    Item *item = get_item(ledger, event->party, event->queued.queue_id);
    const MailsimHop *hop = get_hop(ledger, event->hop);

    if (item->queued != NULL)
        ledger_complain(ledger, "%s is queued twice at %s", item->queue_id, event->party);
    item->queued = event;
    g_strfreev(item->recipients);
    item->recipients = g_strsplit(event->queued.recipients, ", ", -1);
    if (hop != NULL && (hop->typed || hop->from_mail_program))
        g_hash_table_add(item->origins, g_strdup_printf("hop %u by hand", hop->index));
    if (hop != NULL && hop->typed && has_notify(ledger, event->hop))
        g_hash_table_add(ledger->exempt, GUINT_TO_POINTER(event->queued.message));
}

static void
read_action(Ledger *ledger, const MailsimEvent *event)
{
    Item *item = get_item(ledger, event->party, event->queue.queue_id);

    if (item->removed)
        ledger_complain(ledger, "%s is %s after it was removed", item->queue_id,
                        event->queue.action);
    item->removed |= g_str_equal(event->queue.action, "removed");
    item->expired |= g_str_equal(event->queue.action, "expired");
    item->n_retried += g_str_equal(event->queue.action, "retried");
    if (!g_str_equal(event->queue.action, "deferred"))
        return;
    item->until_us = event->queue.until_us;
    if (item->until_us <= event->time_us)
        ledger_complain(ledger, "%s waits for the past", item->queue_id);
}

static void
read_event(Ledger *ledger, const MailsimEvent *event)
{
    switch ((int)event->kind) {
    case MAILSIM_EVENT_QUEUED:
        read_queued(ledger, event);
        break;
    case MAILSIM_EVENT_STATUS:
        if (event->status.queue_id != NULL)
            g_ptr_array_add(get_item(ledger, event->party, event->status.queue_id)->statuses,
                            (gpointer)event);
        break;
    case MAILSIM_EVENT_QUEUE:
        read_action(ledger, event);
        break;
    case MAILSIM_EVENT_NOTIFICATION:
        g_ptr_array_add(get_item(ledger, event->party, event->notification.queue_id)->notices,
                        (gpointer)event);
        g_hash_table_add(
            get_item(ledger, event->party, event->notification.notification_id)->origins,
            g_strdup_printf("notification of %s", event->notification.queue_id));
        break;
    default:
        break;
    }
}

static void
read_recording(Ledger *ledger)
{
    const GPtrArray *events = ledger->lab->recording->events;
    const MailsimEvent *before = NULL;

    for (guint i = 0; i < events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(events, i);

        if (event->sequence != i)
            ledger_complain(ledger, "event %u says that it is %u", i, event->sequence);
        if (before != NULL && (event->time_us < before->time_us || event->step < before->step))
            ledger_complain(ledger, "event %u goes back in time", i);
        before = event;
        read_event(ledger, event);
    }
}

/* ---- passing on -------------------------------------------------------------------------- */

static void
check_passed_on(Ledger *ledger, const MailsimEvent *status)
{
    const MailsimHop *hop = get_hop(ledger, status->hop);
    g_autofree char *id = ledger_find_word_after(status->status.reason, "queued as ");
    Item *next = hop != NULL && id != NULL ? ledger_find_item(ledger, hop->to, id) : NULL;

    if (next == NULL || next->queued == NULL || next->queued->hop != status->hop ||
        next->queued->queued.message != status->status.message) {
        ledger_complain(ledger, "%s: %s was sent to nobody: %s", status->party,
                        status->status.recipient, status->status.reason);
        return;
    }
    if (!ledger_has_taken(next, status->status.recipient))
        ledger_complain(ledger, "%s at %s does not know of %s", id, hop->to,
                        status->status.recipient);
    if (status->status.queue_id != NULL)
        g_hash_table_add(next->origins,
                         g_strdup_printf("hop %u of %s", hop->index, status->status.queue_id));
}

static void
check_forwarded(Ledger *ledger, const MailsimEvent *status, const char *id)
{
    Item *next = ledger_find_item(ledger, status->party, id);

    if (next == NULL)
        ledger_complain(ledger, "%s forwarded as %s, which is nowhere", status->status.queue_id,
                        id);
    else
        g_hash_table_add(
            next->origins,
            g_strdup_printf("forward of %s %u", status->status.queue_id, status->sequence));
}

static void
check_transfers(Ledger *ledger)
{
    const GPtrArray *events = ledger->lab->recording->events;

    for (guint i = 0; i < events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(events, i);
        g_autofree char *id = NULL;

        if (event->kind != MAILSIM_EVENT_STATUS || !g_str_equal(event->status.status, "sent"))
            continue;
        id = ledger_find_word_after(event->status.reason, "forwarded as ");
        if (id != NULL)
            check_forwarded(ledger, event, id);
        else if (event->hop >= 0)
            check_passed_on(ledger, event);
    }
}

/* ---- hosts ------------------------------------------------------------------------------- */

static void
check_queue(Ledger *ledger, const MailsimHost *host, gboolean ended)
{
    const MailsimTime now_us = mailsim_lab_get_now(host->lab);

    if (host->deliveries->len > 0 || (ended && host->queue->len > 0))
        ledger_complain(ledger, "%s: %u deliveries, %u messages at the end",
                        host->definition->name, host->deliveries->len, host->queue->len);
    for (guint i = 0; i < host->queue->len; i++) {
        const MailsimQueueFile *file = g_ptr_array_index(host->queue, i);
        const Item *item = ledger_find_item(ledger, host->definition->name, file->queue_id);

        if (item == NULL || item->queued == NULL)
            ledger_complain(ledger, "%s: %s is in no book", host->definition->name,
                            file->queue_id);
        else if (item->until_us < now_us || file->n_deliveries > 0 || host->queue_run == NULL)
            ledger_complain(ledger, "%s: %s waits for nothing", host->definition->name,
                            file->queue_id);
    }
}

/* How often local(8) may have begun anew: not where only mail for elsewhere waited. What
 * keeps a new message for an alias from being made is told nowhere. */
static guint
count_attempts(const Item *item)
{
    for (guint i = 0; i < item->statuses->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(item->statuses, i);

        if (!ledger_is_final(event) && g_strcmp0(event->status.relay, "local") == 0)
            return 1 + item->n_retried;
    }
    return ledger_has_waited(item) ? 1 : 1 + item->n_retried;
}

/* The same address with another ORCPT= is another recipient. */
static guint
count_namesakes(const Item *item)
{
    guint count = 1;

    for (guint i = 0; item->recipients[i] != NULL; i++)
        count = MAX(count, ledger_count_given(item, item->recipients[i]));
    return count;
}

/* How many copies the queue file that put MAIL there may put: as often as local(8) has begun
 * anew, one for each name of the user, with an extension or without. */
static guint
count_allowed(const Ledger *ledger, const MailsimHost *host, const char *user, GBytes *mail)
{
    g_autoptr(GPtrArray) received = mailsim_message_list_values(mail, "Received");
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    char *field = g_strdelimit(g_ptr_array_index(received, 0), "\n\t;", ' ');
    g_autofree char *id = ledger_find_word_after(field, " id ");
    const Item *item = ledger_find_item(ledger, host->definition->name, id);

    for (guint i = 0; i < item->statuses->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(item->statuses, i);

        if (event->status.delivered && ledger_is_same_user(event->status.recipient, user))
            g_hash_table_add(names, g_ascii_strdown(event->status.recipient, -1));
    }
    return g_hash_table_size(names) * count_attempts(item) * count_namesakes(item);
}

static void
check_copies(Ledger *ledger, const MailsimHost *host, const char *user, const GPtrArray *box)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < box->len; i++) {
        const MailsimStoredMessage *mail = g_ptr_array_index(box, i);
        g_autoptr(GPtrArray) received = mailsim_message_list_values(mail->content, "Received");
        g_autofree char *head =
            g_strndup(g_bytes_get_data(mail->head, NULL), g_bytes_get_size(mail->head));
        g_autofree char *key = g_strconcat(head, g_ptr_array_index(received, 0), NULL);
        const guint count = 1 + GPOINTER_TO_UINT(g_hash_table_lookup(seen, key));

        if (count > count_allowed(ledger, host, user, mail->content))
            ledger_complain(ledger, "%s at %s has it twice: %s", user, host->definition->name,
                            key);
        g_hash_table_insert(seen, g_steal_pointer(&key), GUINT_TO_POINTER(count));
    }
}

static guint
count_delivered(const Ledger *ledger, const MailsimHost *host, const char *user)
{
    const GPtrArray *events = ledger->lab->recording->events;
    guint count = 0;

    for (guint i = 0; i < events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(events, i);

        count += event->kind == MAILSIM_EVENT_STATUS && event->status.delivered &&
                 g_str_equal(event->party, host->definition->name) &&
                 ledger_is_same_user(event->status.recipient, user);
    }
    return count;
}

static void
check_host(Ledger *ledger, MailsimHost *host, gboolean ended)
{
    /* A filter that forgets lets everything through (postconf(5) duplicate_filter_limit). */
    const gboolean forgets = mailsim_host_get_number(host, NULL, "duplicate_filter_limit") == 1;

    check_queue(ledger, host, ended);
    for (guint i = 0; i < host->definition->users->len; i++) {
        const MailsimUser *user = g_ptr_array_index(host->definition->users, i);
        const GPtrArray *box =
            mailsim_mailbox_get_messages(mailsim_host_open_inbox(host, user->name));

        if (box->len != count_delivered(ledger, host, user->name))
            ledger_complain(ledger, "%s at %s: more or less than was delivered", user->name,
                            host->definition->name);
        if (!forgets)
            check_copies(ledger, host, user->name, box);
    }
}

char *
ledger_audit(MailsimLab *lab, gboolean ended)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(free_item);
    g_autoptr(GHashTable) by_id = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) exempt = g_hash_table_new(NULL, NULL);
    Ledger ledger = {lab, items, by_id, exempt, g_string_new(NULL)};

    read_recording(&ledger);
    check_transfers(&ledger);
    for (guint i = 0; i < items->len; i++)
        ledger_check_item(&ledger, g_ptr_array_index(items, i));
    for (guint i = 0; i < lab->hosts->len; i++)
        check_host(&ledger, g_ptr_array_index(lab->hosts, i), ended);
    if (lab->connections->len > 0)
        ledger_complain(&ledger, "%u connections are open", lab->connections->len);
    return g_string_free(ledger.problems, FALSE);
}
