/* SPDX-License-Identifier: MIT */
#include "ledger.h"

#include <string.h>

#include <mailsim/protocol/mail-address.h>
#include <mailsim/protocol/message.h>

/* A message at one host, under one queue id. */
typedef struct {
    MailsimHost *host;
    const MailsimEvent *queued; /* NULL: refused before it was in the queue */
    const char *queue_id;
    char **recipients;
    GPtrArray *statuses; /* of MailsimEvent: these and the next, borrowed */
    GPtrArray *notices;  /* about it */
    GHashTable *origins; /* who has passed it on: “hop 3 of QUEUEID”, “forward of QUEUEID” … */
    guint n_retried;
    MailsimTime until_us; /* the queue run that is to try it again */
    gboolean expired;
    gboolean removed;
} Item;

typedef struct {
    MailsimLab *lab;
    GPtrArray *items;   /* of Item, in order of appearance */
    GHashTable *by_id;  /* “h0 5CC6040A11”: Item */
    GHashTable *exempt; /* numbers of messages with a NOTIFY= of their own */
    GString *problems;
} Ledger;

G_GNUC_PRINTF(2, 3)
static void
complain(Ledger *ledger, const char *format, ...)
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

static Item *
find_item(const Ledger *ledger, const char *party, const char *queue_id)
{
    g_autofree char *key = g_strdup_printf("%s %s", party, queue_id);

    return g_hash_table_lookup(ledger->by_id, key);
}

static Item *
get_item(Ledger *ledger, const char *party, const char *queue_id)
{
    Item *item = find_item(ledger, party, queue_id);

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
        complain(ledger, "%s is queued twice at %s", item->queue_id, event->party);
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
        complain(ledger, "%s is %s after it was removed", item->queue_id, event->queue.action);
    item->removed |= g_str_equal(event->queue.action, "removed");
    item->expired |= g_str_equal(event->queue.action, "expired");
    item->n_retried += g_str_equal(event->queue.action, "retried");
    if (!g_str_equal(event->queue.action, "deferred"))
        return;
    item->until_us = event->queue.until_us;
    if (item->until_us <= event->time_us)
        complain(ledger, "%s waits for the past", item->queue_id);
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
            complain(ledger, "event %u says that it is %u", i, event->sequence);
        if (before != NULL && (event->time_us < before->time_us || event->step < before->step))
            complain(ledger, "event %u goes back in time", i);
        before = event;
        read_event(ledger, event);
    }
}

/* ---- addresses --------------------------------------------------------------------------- */

/* As local(8) tells users apart: without extension and capitals. */
static char *
fold(const char *address)
{
    g_autofree char *local = mailsim_mail_address_dup_local_part(address);
    const char *domain = mailsim_mail_address_get_domain(address);
    g_autofree char *folded = NULL;

    local[strcspn(local, "+")] = '\0';
    folded = g_strdup_printf("%s@%s", local, domain != NULL ? domain : "");
    return g_ascii_strdown(folded, -1);
}

static gboolean
is_same(const char *a, const char *b)
{
    g_autofree char *first = fold(a);
    g_autofree char *second = fold(b);

    return g_str_equal(first, second);
}

/* By their names alone, whatever the host calls itself. */
static gboolean
is_same_user(const char *a, const char *b)
{
    g_autofree char *first = fold(a);
    g_autofree char *second = fold(b);

    return strncmp(first, second, strcspn(first, "@") + 1) == 0;
}

static gboolean
lists(const Item *item, const char *address)
{
    for (guint i = 0; item->recipients[i] != NULL; i++) {
        if (is_same(item->recipients[i], address))
            return TRUE;
    }
    for (guint i = 0; item->queued == NULL && i < item->statuses->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(item->statuses, i);

        if (is_same(event->status.recipient, address))
            return TRUE;
    }
    return FALSE;
}

/* Has ITEM taken over the mail for ADDRESS: it, or all that virtual_alias_maps makes of it? */
static gboolean
has_taken(const Item *item, const char *address)
{
    g_auto(MailsimDestination) destination = {0};
    g_autoptr(GPtrArray) targets = NULL;

    mailsim_host_resolve(item->host, address, &destination);
    if (lists(item, destination.recipient))
        return TRUE;
    targets = mailsim_virtual_alias_expand(item->host, destination.recipient);
    for (guint i = 0; targets != NULL && i < targets->len; i++) {
        if (!lists(item, g_ptr_array_index(targets, i)))
            return FALSE;
    }
    return targets != NULL;
}

/* ---- passing on -------------------------------------------------------------------------- */

/* What follows WORDS in REASON, up to the next blank or parenthesis. */
static char *
find_word_after(const char *reason, const char *words)
{
    const char *found = reason != NULL ? strstr(reason, words) : NULL;

    if (found == NULL)
        return NULL;
    found += strlen(words);
    return g_strndup(found, strcspn(found, " )"));
}

static void
check_passed_on(Ledger *ledger, const MailsimEvent *status)
{
    const MailsimHop *hop = get_hop(ledger, status->hop);
    g_autofree char *id = find_word_after(status->status.reason, "queued as ");
    Item *next = hop != NULL && id != NULL ? find_item(ledger, hop->to, id) : NULL;

    if (next == NULL || next->queued == NULL || next->queued->hop != status->hop ||
        next->queued->queued.message != status->status.message) {
        complain(ledger, "%s: %s was sent to nobody: %s", status->party,
                 status->status.recipient, status->status.reason);
        return;
    }
    if (!has_taken(next, status->status.recipient))
        complain(ledger, "%s at %s does not know of %s", id, hop->to, status->status.recipient);
    if (status->status.queue_id != NULL)
        g_hash_table_add(next->origins,
                         g_strdup_printf("hop %u of %s", hop->index, status->status.queue_id));
}

static void
check_forwarded(Ledger *ledger, const MailsimEvent *status, const char *id)
{
    Item *next = find_item(ledger, status->party, id);

    if (next == NULL)
        complain(ledger, "%s forwarded as %s, which is nowhere", status->status.queue_id, id);
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
        id = find_word_after(event->status.reason, "forwarded as ");
        if (id != NULL)
            check_forwarded(ledger, event, id);
        else if (event->hop >= 0)
            check_passed_on(ledger, event);
    }
}

/* ---- one queue file ---------------------------------------------------------------------- */

static gboolean
is_final(const MailsimEvent *status)
{
    return g_str_equal(status->status.status, "sent") ||
           g_str_equal(status->status.status, "bounced");
}

static guint
count_given(const Item *item, const char *address)
{
    guint count = 0;

    for (guint i = 0; item->recipients[i] != NULL; i++)
        count += g_str_equal(item->recipients[i], address);
    return count;
}

/* Mail for somewhere else: one last word for each, and silence after it. */
static void
check_remote(Ledger *ledger, const Item *item, const char *address)
{
    const guint wanted = count_given(item, address);
    guint n_final = 0;
    guint n_other = 0;

    for (guint i = 0; i < item->statuses->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(item->statuses, i);

        if (!g_str_equal(event->status.recipient, address))
            continue;
        if (n_final >= wanted)
            complain(ledger, "%s: %s has a status after its last one", item->queue_id, address);
        n_final += is_final(event);
        n_other += !is_final(event);
    }
    if (item->removed && n_final < wanted && (!item->expired || n_other == 0))
        complain(ledger, "%s at %s: nobody knows what became of %s", item->queue_id,
                 item->host->definition->name, address);
}

/* Has ITEM a word on ADDRESS, or a new message for it? */
static gboolean
is_mentioned(const Ledger *ledger, const Item *item, const char *address)
{
    for (guint i = 0; i < item->statuses->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(item->statuses, i);
        g_autofree char *id = find_word_after(event->status.reason, "forwarded as ");
        const Item *next = id != NULL ? find_item(ledger, event->party, id) : NULL;

        if (next != NULL ? has_taken(next, address)
                         : is_same_user(event->status.recipient, address))
            return TRUE;
    }
    return FALSE;
}

static gboolean
find_owed(const Ledger *ledger, const Item *item, const char *address, GHashTable *seen);

/* TEXT is a list of addresses as aliases(5) has it. */
static gboolean
find_owed_in(const Ledger *ledger, const Item *item, const char *text, GHashTable *seen)
{
    g_autoptr(GPtrArray) targets = mailsim_alias_targets_parse(text);

    for (guint i = 0; i < targets->len; i++) {
        if (find_owed(ledger, item, g_ptr_array_index(targets, i), seen))
            return TRUE;
    }
    return FALSE;
}

/* Is somebody whom ADDRESS stands for without a word? He is left in SEEN. */
static gboolean
find_owed(const Ledger *ledger, const Item *item, const char *address, GHashTable *seen)
{
    g_auto(MailsimDestination) destination = {0};
    g_autofree char *local = NULL;
    g_autofree char *text = NULL;
    g_autofree char *path = NULL;
    const MailsimFileDefinition *forward;

    g_autofree char *relay = mailsim_host_dup_parameter(item->host, NULL, "luser_relay");

    if (strchr("|/:", address[0]) != NULL || relay[0] != '\0')
        return FALSE;
    mailsim_host_resolve(item->host, address, &destination);
    if (!g_hash_table_add(seen, fold(destination.recipient)) ||
        is_mentioned(ledger, item, destination.recipient))
        return FALSE;
    local = fold(destination.recipient);
    *strchr(local, '@') = '\0';
    if (mailsim_host_look_up(item->host, "hash:/etc/aliases", local, &text) ==
        MAILSIM_LOOKUP_FOUND)
        return find_owed_in(ledger, item, text, seen);
    path = g_strdup_printf("/home/%s/.forward", local);
    forward = mailsim_host_find_file(item->host, path);
    return forward == NULL ||
           find_owed_in(ledger, item, g_ptr_array_index(forward->lines, 0), seen);
}

static gboolean
has_waited(const Item *item)
{
    for (guint i = 0; i < item->statuses->len; i++) {
        if (!is_final(g_ptr_array_index(item->statuses, i)))
            return TRUE;
    }
    return FALSE;
}

/* Mail for this host: whoever an alias stands for is told of. What was given up as a whole has
 * one word for all, or none where a new message for an alias could not even be made. */
static void
check_local(Ledger *ledger, const Item *item, const char *address)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    if (!item->removed || item->expired)
        return;
    if (item->statuses->len == 0 || find_owed(ledger, item, address, seen))
        complain(ledger, "%s at %s: somebody behind %s got nothing", item->queue_id,
                 item->host->definition->name, address);
}

/* Nobody is forgotten while he is to be tried again: his last status is the last. */
static void
check_settled(Ledger *ledger, const Item *item)
{
    g_autoptr(GHashTable) settled = g_hash_table_new(g_str_hash, g_str_equal);

    if (!item->removed || item->expired)
        return;
    for (guint i = item->statuses->len; i > 0; i--) {
        const MailsimEvent *event = g_ptr_array_index(item->statuses, i - 1);

        if (g_hash_table_add(settled, event->status.recipient) && !is_final(event))
            complain(ledger, "%s at %s: removed, and %s is to be tried again", item->queue_id,
                     item->host->definition->name, event->status.recipient);
    }
}

static gboolean
has_notice(const Item *item, guint after)
{
    for (guint i = 0; i < item->notices->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(item->notices, i);

        if (event->sequence > after && g_str_equal(event->notification.notification, "bounce"))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_nobody(const Item *item)
{
    const char *sender = item->queued != NULL ? item->queued->queued.sender : NULL;

    return sender == NULL || sender[0] == '\0' || g_str_has_prefix(sender, "double-bounce@");
}

static void
check_told(Ledger *ledger, const Item *item)
{
    for (guint i = 0; i < item->statuses->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(item->statuses, i);
        const gboolean last = item->expired && i + 1 == item->statuses->len;
        const gboolean bounced = g_str_equal(event->status.status, "bounced") ||
                                 (last && item->removed && !is_final(event));

        if (!bounced || is_nobody(item) ||
            g_hash_table_contains(ledger->exempt, GUINT_TO_POINTER(event->status.message)))
            continue;
        if (!has_notice(item, event->sequence))
            complain(ledger, "%s at %s: nobody is told that %s bounced", item->queue_id,
                     item->host->definition->name, event->status.recipient);
    }
}

static gboolean
is_in_queue(const Item *item)
{
    for (guint i = 0; i < item->host->queue->len; i++) {
        const MailsimQueueFile *file = g_ptr_array_index(item->host->queue, i);

        if (g_str_equal(file->queue_id, item->queue_id))
            return TRUE;
    }
    return FALSE;
}

static void
check_item(Ledger *ledger, const Item *item)
{
    const char *name = item->host->definition->name;
    const guint n_origins = g_hash_table_size(item->origins);

    check_told(ledger, item);
    check_settled(ledger, item);
    if (item->queued == NULL)
        return;
    if (is_in_queue(item) == item->removed)
        complain(ledger, "%s at %s: %s", item->queue_id, name,
                 item->removed ? "removed, and still there" : "neither there nor removed");
    /* Nobody's at all: somebody at the shell. */
    if (n_origins > 1 || (n_origins == 0 && item->queued->hop >= 0))
        complain(ledger, "%s at %s comes from %u", item->queue_id, name, n_origins);
    for (guint i = 0; item->recipients[i] != NULL; i++) {
        g_auto(MailsimDestination) destination = {0};

        mailsim_host_resolve(item->host, item->recipients[i], &destination);
        if (g_str_equal(destination.transport, "local") &&
            !g_str_has_prefix(item->recipients[i], "double-bounce@"))
            check_local(ledger, item, item->recipients[i]);
        else
            check_remote(ledger, item, item->recipients[i]);
    }
}

/* ---- hosts ------------------------------------------------------------------------------- */

static void
check_queue(Ledger *ledger, const MailsimHost *host, gboolean ended)
{
    const MailsimTime now_us = mailsim_lab_get_now(host->lab);

    if (host->deliveries->len > 0 || (ended && host->queue->len > 0))
        complain(ledger, "%s: %u deliveries, %u messages at the end", host->definition->name,
                 host->deliveries->len, host->queue->len);
    for (guint i = 0; i < host->queue->len; i++) {
        const MailsimQueueFile *file = g_ptr_array_index(host->queue, i);
        const Item *item = find_item(ledger, host->definition->name, file->queue_id);

        if (item == NULL || item->queued == NULL)
            complain(ledger, "%s: %s is in no book", host->definition->name, file->queue_id);
        else if (item->until_us < now_us || file->n_deliveries > 0 || host->queue_run == NULL)
            complain(ledger, "%s: %s waits for nothing", host->definition->name,
                     file->queue_id);
    }
}

/* How often local(8) may have begun anew: not where only mail for elsewhere waited. What keeps a
 * new message for an alias from being made is told nowhere. */
static guint
count_attempts(const Item *item)
{
    for (guint i = 0; i < item->statuses->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(item->statuses, i);

        if (!is_final(event) && g_strcmp0(event->status.relay, "local") == 0)
            return 1 + item->n_retried;
    }
    return has_waited(item) ? 1 : 1 + item->n_retried;
}

/* The same address with another ORCPT= is another recipient. */
static guint
count_namesakes(const Item *item)
{
    guint count = 1;

    for (guint i = 0; item->recipients[i] != NULL; i++)
        count = MAX(count, count_given(item, item->recipients[i]));
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
    g_autofree char *id = find_word_after(field, " id ");
    const Item *item = find_item(ledger, host->definition->name, id);

    for (guint i = 0; i < item->statuses->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(item->statuses, i);

        if (event->status.delivered && is_same_user(event->status.recipient, user))
            g_hash_table_add(names, g_ascii_strdown(event->status.recipient, -1));
    }
    return g_hash_table_size(names) * count_attempts(item) * count_namesakes(item);
}

static void
check_copies(Ledger *ledger, const MailsimHost *host, const char *user, const GPtrArray *box)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < box->len; i++) {
        const MailsimDeliveredMail *mail = g_ptr_array_index(box, i);
        g_autoptr(GPtrArray) received = mailsim_message_list_values(mail->content, "Received");
        g_autofree char *key = g_strconcat(mail->fields, g_ptr_array_index(received, 0), NULL);
        const guint count = 1 + GPOINTER_TO_UINT(g_hash_table_lookup(seen, key));

        if (count > count_allowed(ledger, host, user, mail->content))
            complain(ledger, "%s at %s has it twice: %s", user, host->definition->name, key);
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
                 is_same_user(event->status.recipient, user);
    }
    return count;
}

static void
check_host(Ledger *ledger, const MailsimHost *host, gboolean ended)
{
    /* A filter that forgets lets everything through (postconf(5) duplicate_filter_limit). */
    const gboolean forgets = mailsim_host_get_number(host, NULL, "duplicate_filter_limit") == 1;
    GHashTableIter iterator;
    gpointer user;
    gpointer box;

    check_queue(ledger, host, ended);
    g_hash_table_iter_init(&iterator, host->mailboxes);
    while (g_hash_table_iter_next(&iterator, &user, &box)) {
        if (((const GPtrArray *)box)->len != count_delivered(ledger, host, user))
            complain(ledger, "%s at %s: more or less than was delivered", (const char *)user,
                     host->definition->name);
        if (!forgets)
            check_copies(ledger, host, user, box);
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
        check_item(&ledger, g_ptr_array_index(items, i));
    for (guint i = 0; i < lab->hosts->len; i++)
        check_host(&ledger, g_ptr_array_index(lab->hosts, i), ended);
    if (lab->connections->len > 0)
        complain(&ledger, "%u connections are open", lab->connections->len);
    return g_string_free(ledger.problems, FALSE);
}
