/* SPDX-License-Identifier: MIT
 *
 * What became of a message, recipient by recipient: all that was written down about it, by
 * whichever host, read once. An address stands for all that aliases made of it, and the worst
 * that happened to any of those is what happened to it. */
#include "outcome-private.h"

#include <string.h>

/* From the best to the worst. */
static const char *const names[] = {"delivered", "deferred", "bounced", "rejected", "failed"};

typedef enum {
    DELIVERED, /* or sent on: whoever has it now tells the rest */
    DEFERRED,
    BOUNCED,
    REJECTED,
    FAILED,
} Rank;

typedef struct {
    GPtrArray *became; /* of Address, borrowed */
    GPtrArray *fates;  /* of Fate: one for each queue file that it was in */
    guint visit;
} Address;

/* A queue file of a host, or what a mail program sends. */
typedef struct {
    guint attempt;
    gboolean expired;  /* what was deferred in it was given up */
    GHashTable *fates; /* Address -> Fate, borrowed */
} Queue;

typedef struct {
    const Queue *queue;
    guint attempt;
    Rank rank;
    const MailsimEvent *event;
} Fate;

struct MailsimOutcomes {
    GHashTable *addresses; /* address in small letters -> Address */
    GHashTable *queues;    /* “mail 5CC6040A11” -> Queue */
    guint n_visits;
};

/* ---- life -------------------------------------------------------------------------------- */

static void
free_address(gpointer data)
{
    Address *address = data;

    g_ptr_array_unref(address->became);
    g_ptr_array_unref(address->fates);
    g_free(address);
}

static void
free_queue(gpointer data)
{
    Queue *queue = data;

    g_hash_table_unref(queue->fates);
    g_free(queue);
}

void
mailsim_outcomes_free(MailsimOutcomes *outcomes)
{
    if (outcomes == NULL)
        return;
    g_hash_table_unref(outcomes->addresses);
    g_hash_table_unref(outcomes->queues);
    g_free(outcomes);
}

/* ---- reading ----------------------------------------------------------------------------- */

static Address *
get_address(MailsimOutcomes *outcomes, const char *text)
{
    g_autofree char *key = g_ascii_strdown(text, -1);
    Address *address = g_hash_table_lookup(outcomes->addresses, key);

    if (address == NULL) {
        address = g_new0(Address, 1);
        address->became = g_ptr_array_new();
        address->fates = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(outcomes->addresses, g_steal_pointer(&key), address);
    }
    return address;
}

static Queue *
get_queue(MailsimOutcomes *outcomes, const MailsimEvent *event, const char *queue_id)
{
    g_autofree char *key =
        g_strconcat(event->party, " ", queue_id != NULL ? queue_id : "", NULL);
    Queue *queue = g_hash_table_lookup(outcomes->queues, key);

    if (queue == NULL) {
        queue = g_new0(Queue, 1);
        queue->fates = g_hash_table_new(g_direct_hash, g_direct_equal);
        g_hash_table_insert(outcomes->queues, g_steal_pointer(&key), queue);
    }
    return queue;
}

static Rank
rank_status(const char *status)
{
    for (guint i = DEFERRED; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(names[i], status))
            return (Rank)i;
    }
    return DELIVERED;
}

/* A new attempt forgets what the one before came to; within one, several parts of an alias
 * may fare differently. */
static void
add_fate(MailsimOutcomes *outcomes, const MailsimEvent *event)
{
    Queue *queue = get_queue(outcomes, event, event->status.queue_id);
    Address *address = get_address(outcomes, event->status.recipient);
    const Rank rank = rank_status(event->status.status);
    Fate *fate = g_hash_table_lookup(queue->fates, address);

    if (fate == NULL) {
        fate = g_new0(Fate, 1);
        fate->queue = queue;
        g_hash_table_insert(queue->fates, address, fate);
        g_ptr_array_add(address->fates, fate);
    } else if (fate->attempt == queue->attempt && fate->rank > rank) {
        return;
    }
    fate->attempt = queue->attempt;
    fate->rank = rank;
    fate->event = event;
}

static void
add_status(MailsimOutcomes *outcomes, const MailsimEvent *event)
{
    add_fate(outcomes, event);
    if (event->status.original != NULL)
        g_ptr_array_add(get_address(outcomes, event->status.original)->became,
                        get_address(outcomes, event->status.recipient));
}

static void
add_action(MailsimOutcomes *outcomes, const MailsimEvent *event)
{
    Queue *queue = get_queue(outcomes, event, event->queue.queue_id);

    if (g_str_equal(event->queue.action, "retried"))
        queue->attempt++;
    else if (g_str_equal(event->queue.action, "expired"))
        queue->expired = TRUE;
}

MailsimOutcomes *
mailsim_outcomes_new(const MailsimRecording *recording, guint message)
{
    MailsimOutcomes *outcomes = g_new0(MailsimOutcomes, 1);

    outcomes->addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_address);
    outcomes->queues = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_queue);
    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind == MAILSIM_EVENT_STATUS && event->status.message == message)
            add_status(outcomes, event);
        else if (event->kind == MAILSIM_EVENT_QUEUE && event->queue.message == message)
            add_action(outcomes, event);
    }
    return outcomes;
}

/* ---- asking ------------------------------------------------------------------------------ */

typedef struct {
    Rank rank;
    const MailsimEvent *event; /* the last that says so */
} Verdict;

/* What was deferred and is not told of any more is another recipient by now: its alias has been
 * changed. */
static void
weigh(const Fate *fate, Verdict *verdict)
{
    Rank rank = fate->rank;

    if (rank == DEFERRED && fate->attempt < fate->queue->attempt)
        return;
    if (rank == DEFERRED && fate->queue->expired)
        rank = BOUNCED;
    if (verdict->event != NULL &&
        (rank < verdict->rank ||
         (rank == verdict->rank && fate->event->sequence < verdict->event->sequence)))
        return;
    verdict->rank = rank;
    verdict->event = fate->event;
}

/* ADDRESS, and all that it became and that this visit has not been to. */
static void
visit(const MailsimOutcomes *outcomes, Address *address, Verdict *verdict)
{
    g_autoptr(GPtrArray) open = g_ptr_array_new();

    g_ptr_array_add(open, address);
    while (open->len > 0) {
        Address *next = g_ptr_array_steal_index(open, open->len - 1);

        if (next->visit == outcomes->n_visits)
            continue;
        next->visit = outcomes->n_visits;
        for (guint i = 0; i < next->fates->len; i++)
            weigh(g_ptr_array_index(next->fates, i), verdict);
        g_ptr_array_extend(open, next->became, NULL, NULL);
    }
}

/* Nobody has said anything of an address: no server was reached. */
static void
look_at(const MailsimOutcomes *outcomes, const char *text, Verdict *verdict)
{
    g_autofree char *key = g_ascii_strdown(text, -1);
    Address *address = g_hash_table_lookup(outcomes->addresses, key);

    if (address != NULL)
        visit(outcomes, address, verdict);
    else
        verdict->rank = FAILED;
}

const char *
mailsim_outcomes_get(MailsimOutcomes *outcomes,
                     const char *address,
                     const char **dsn,
                     const char **reason)
{
    Verdict verdict = {DELIVERED, NULL};

    outcomes->n_visits++;
    look_at(outcomes, address, &verdict);
    *dsn = verdict.event != NULL ? verdict.event->status.dsn : NULL;
    *reason = verdict.event != NULL ? verdict.event->status.reason : NULL;
    return names[verdict.rank];
}

const char *
mailsim_outcomes_get_worst(MailsimOutcomes *outcomes, const GPtrArray *addresses)
{
    Rank worst = DELIVERED;

    outcomes->n_visits++;
    for (guint i = 0; i < addresses->len; i++) {
        Verdict verdict = {DELIVERED, NULL};

        look_at(outcomes, g_ptr_array_index(addresses, i), &verdict);
        worst = MAX(worst, verdict.rank);
    }
    return names[worst];
}
