/* SPDX-License-Identifier: MIT
 *
 * One queue file: what became of each of its recipients, and who was told. */
#include "ledger-private.h"

#include <string.h>

#include <mailsim/protocol/mail-address.h>

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

gboolean
ledger_is_same_user(const char *a, const char *b)
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

gboolean
ledger_has_taken(const Item *item, const char *address)
{
    g_auto(MailsimDestination) destination = {0};
    g_autoptr(GPtrArray) targets = NULL;

    mailsim_host_resolve(item->host, address, &destination);
    if (lists(item, destination.recipient))
        return TRUE;
    targets = mailsim_virtual_alias_expand(item->host, destination.recipient, NULL);
    for (guint i = 0; targets != NULL && i < targets->len; i++) {
        if (!lists(item, g_ptr_array_index(targets, i)))
            return FALSE;
    }
    return targets != NULL;
}

/* ---- one queue file ---------------------------------------------------------------------- */

gboolean
ledger_is_final(const MailsimEvent *status)
{
    return g_str_equal(status->status.status, "sent") ||
           g_str_equal(status->status.status, "bounced");
}

guint
ledger_count_given(const Item *item, const char *address)
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
    const guint wanted = ledger_count_given(item, address);
    guint n_final = 0;
    guint n_other = 0;

    for (guint i = 0; i < item->statuses->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(item->statuses, i);

        if (!g_str_equal(event->status.recipient, address))
            continue;
        if (n_final >= wanted)
            ledger_complain(ledger, "%s: %s has a status after its last one", item->queue_id,
                            address);
        n_final += ledger_is_final(event);
        n_other += !ledger_is_final(event);
    }
    if (item->removed && n_final < wanted && (!item->expired || n_other == 0))
        ledger_complain(ledger, "%s at %s: nobody knows what became of %s", item->queue_id,
                        item->host->definition->name, address);
}

/* Has ITEM a word on ADDRESS, or a new message for it? */
static gboolean
is_mentioned(const Ledger *ledger, const Item *item, const char *address)
{
    for (guint i = 0; i < item->statuses->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(item->statuses, i);
        g_autofree char *id = ledger_find_word_after(event->status.reason, "forwarded as ");
        const Item *next = id != NULL ? ledger_find_item(ledger, event->party, id) : NULL;

        if (next != NULL ? ledger_has_taken(next, address)
                         : ledger_is_same_user(event->status.recipient, address))
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

gboolean
ledger_has_waited(const Item *item)
{
    for (guint i = 0; i < item->statuses->len; i++) {
        if (!ledger_is_final(g_ptr_array_index(item->statuses, i)))
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
        ledger_complain(ledger, "%s at %s: somebody behind %s got nothing", item->queue_id,
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

        if (g_hash_table_add(settled, event->status.recipient) && !ledger_is_final(event))
            ledger_complain(ledger, "%s at %s: removed, and %s is to be tried again",
                            item->queue_id, item->host->definition->name,
                            event->status.recipient);
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
                                 (last && item->removed && !ledger_is_final(event));

        if (!bounced || is_nobody(item) ||
            g_hash_table_contains(ledger->exempt, GUINT_TO_POINTER(event->status.message)))
            continue;
        if (!has_notice(item, event->sequence))
            ledger_complain(ledger, "%s at %s: nobody is told that %s bounced", item->queue_id,
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

void
ledger_check_item(Ledger *ledger, const Item *item)
{
    const char *name = item->host->definition->name;
    const guint n_origins = g_hash_table_size(item->origins);

    check_told(ledger, item);
    check_settled(ledger, item);
    if (item->queued == NULL)
        return;
    if (is_in_queue(item) == item->removed)
        ledger_complain(ledger, "%s at %s: %s", item->queue_id, name,
                        item->removed ? "removed, and still there"
                                      : "neither there nor removed");
    /* Nobody's at all: somebody at the shell. */
    if (n_origins > 1 || (n_origins == 0 && item->queued->hop >= 0))
        ledger_complain(ledger, "%s at %s comes from %u", item->queue_id, name, n_origins);
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
