/* SPDX-License-Identifier: MIT
 *
 * What events about queues say: part of facts.c, with a memory of its own for what later events
 * do not repeat. */
#include "reading-private.h"

#include <string.h>

/* What is known of a message in a queue. */
typedef struct {
    char *sender;
    guint attempt; /* the one under way, or the last */
} Queue;

static void
free_queue(gpointer data)
{
    Queue *queue = data;

    g_free(queue->sender);
    g_free(queue);
}

GHashTable *
queue_facts_new_table(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_queue);
}

static const char *
classify_relay(const char *relay)
{
    if (relay == NULL || strcmp(relay, "none") == 0)
        return "none";
    return strcmp(relay, "local") == 0 ? "local" : "remote";
}

/* A message that has just come has a new past, whatever its queue id was before. */
static Queue *
get_queue(GHashTable *queues, const MailsimEvent *event, const char *queue_id, gboolean fresh)
{
    g_autofree char *key = g_strdup_printf("%s %s", event->party, queue_id);
    Queue *queue = fresh ? NULL : g_hash_table_lookup(queues, key);

    if (queue != NULL)
        return queue;
    queue = g_new0(Queue, 1);
    queue->attempt = 1;
    g_hash_table_replace(queues, g_steal_pointer(&key), queue);
    return queue;
}

static void
forget_queue(GHashTable *queues, const MailsimEvent *event, const char *queue_id)
{
    g_autofree char *key = g_strdup_printf("%s %s", event->party, queue_id);

    g_hash_table_remove(queues, key);
}

/* “reason=…” of a status: what Postfix's words for it contain. */
static void
read_reason(MailsimReading *self, const MailsimEvent *event)
{
    static const char *const known[][2] = {
        {"loops back to myself",            "loops-back"        },
        {"mail forwarding loop",            "forwarding-loop"   },
        {"too many hops",                   "too-many-hops"     },
        {"(nullMX)",                        "null-mx"           },
        {"Host or domain name not found",   "host-not-found"    },
        {"Connection refused",              "connection-refused"},
        {"SASL authentication failed",      "login-refused"     },
        {"Server certificate not verified", "not-verified"      },
        {"Cannot start TLS",                "handshake"         },
        {"refused to start TLS",            "starttls-refused"  },
        {"forwarded as ",                   "forwarded"         },
    };

    for (guint i = 0; i < G_N_ELEMENTS(known) && event->status.reason != NULL; i++) {
        if (strstr(event->status.reason, known[i][0]) == NULL)
            continue;
        reading_add_fact(self, event, "reason", known[i][1]);
        return;
    }
}

/* Whom the status is about by now, and whom the message was written to. */
static void
read_original(MailsimReading *self, const MailsimEvent *event)
{
    const char *original = event->status.original;

    if (original == NULL || strchr(original, '@') == NULL)
        return;
    reading_add_fact(self, event, "original", NULL);
    reading_add_value(self, event, "original", original);
}

void
queue_facts_read_status(MailsimReading *self, GHashTable *queues, const MailsimEvent *event)
{
    const char *recipient = event->status.recipient;
    const char *at = recipient == NULL ? NULL : strrchr(recipient, '@');

    reading_add_fact(self, event, "status", event->status.status);
    reading_add_fact(self, event, "relay", classify_relay(event->status.relay));
    if (event->status.dsn != NULL) {
        g_autofree char *class = g_strndup(event->status.dsn, 1);
        reading_add_fact(self, event, "dsn", event->status.dsn);
        reading_add_fact(self, event, "class", class);
    }
    if (event->status.queue_id != NULL)
        reading_add_fact(self, event, "queue-id", NULL);
    if (event->status.delivered)
        reading_add_fact(self, event, "delivered", NULL);
    read_reason(self, event);
    read_original(self, event);
    if (event->status.queue_id != NULL &&
        g_strcmp0(get_queue(queues, event, event->status.queue_id, FALSE)->sender, "") == 0)
        reading_add_fact(self, event, "null-sender", NULL);
    reading_add_value(self, event, "recipient", recipient);
    reading_add_value(self, event, "enhanced", event->status.dsn);
    reading_add_value(self, event, "queue_id", event->status.queue_id);
    if (at != NULL)
        reading_add_value(self, event, "domain", at + 1);
    if (at != NULL && event->status.delivered) {
        g_autofree char *user = g_strndup(recipient, (gsize)(at - recipient));
        reading_add_value(self, event, "user", user);
    }
}

/* Has any connection carried it before? Else it was written on this machine. */
static gboolean
has_travelled(const MailsimReading *self, const MailsimEvent *event)
{
    const GPtrArray *hops = mailsim_reading_get_recording(self)->hops;

    for (guint i = 0; i < hops->len; i++) {
        const MailsimHop *hop = g_ptr_array_index(hops, i);

        if (hop->message == event->queued.message && hop->started_us <= event->time_us)
            return TRUE;
    }
    return FALSE;
}

void
queue_facts_read_queued(MailsimReading *self, GHashTable *queues, const MailsimEvent *event)
{
    Queue *queue = get_queue(queues, event, event->queued.queue_id, TRUE);

    queue->sender = g_strdup(event->queued.sender);
    if (g_strcmp0(event->queued.sender, "") == 0)
        reading_add_fact(self, event, "null-sender", NULL);
    else if (event->hop < 0 && !has_travelled(self, event))
        reading_add_fact(self, event, "from-shell", NULL);
    reading_add_value(self, event, "queue_id", event->queued.queue_id);
}

void
queue_facts_read_queue(MailsimReading *self, GHashTable *queues, const MailsimEvent *event)
{
    Queue *queue = get_queue(queues, event, event->queue.queue_id, FALSE);

    if (event->queue.attempt > 0)
        queue->attempt = event->queue.attempt;
    g_autofree char *attempt = g_strdup_printf("%u", queue->attempt);
    reading_add_fact(self, event, "action", event->queue.action);
    reading_add_fact(self, event, "attempt", attempt);
    if (g_strcmp0(queue->sender, "") == 0)
        reading_add_fact(self, event, "null-sender", NULL);
    reading_add_value(self, event, "queue_id", event->queue.queue_id);
    reading_add_value(self, event, "sender", queue->sender);
    if (g_str_equal(event->queue.action, "removed"))
        forget_queue(queues, event, event->queue.queue_id);
}

void
queue_facts_read_notification(MailsimReading *self,
                              G_GNUC_UNUSED GHashTable *queues,
                              const MailsimEvent *event)
{
    reading_add_fact(self, event, "notification", event->notification.notification);
    reading_add_value(self, event, "recipient", event->notification.recipient);
    reading_add_value(self, event, "queue_id", event->notification.queue_id);
}
