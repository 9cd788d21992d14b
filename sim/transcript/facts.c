/* SPDX-License-Identifier: MIT
 *
 * Reading a recording: one pass over its events in the order of time. What an event says by
 * itself is read by event-facts.c; what a line means needs the lines before it, and is read by
 * the conversations. The words that may be used are in vocabulary.c. */
#include "reading-private.h"

#include <string.h>

#include <mailsim/base/mail-protocol.h>

/* So many of the last hops may be of one delivery. */
#define HOPS_UNDER_WAY 64

/* When a hop ends that has only begun. */
#define NEVER G_MININT64

typedef struct {
    GPtrArray *facts;  /* of char *: “name” and “name=value” */
    GPtrArray *values; /* of char *: name, value, name, value … */
    guint n_holders;   /* conversations that will come back to the event */
    gboolean released; /* nobody else will ask for it */
} EventReading;

struct MailsimReading {
    const MailsimRecording *recording; /* borrowed */
    GHashTable *events;                /* sequence: EventReading */
    GHashTable *conversations;         /* MailsimHop: Conversation */
    guint n_events;                    /* that have been read */
    guint n_hops;
    GHashTable *ends;     /* MailsimHop: MailsimTime, of its last event so far */
    GHashTable *policies; /* MailsimHop: the next hop that it was looked up for */
    GHashTable *queues;   /* “party queue-id”: Queue */
    GHashTable *messages; /* of what has gone by; see conversation-message.c */
    GHashTable *heard;    /* set of “server keyword”; only ever asked, not listed */
    GPtrArray *typed;     /* of MailsimHop, borrowed: at whose client somebody types */
    gboolean whole;       /* nothing will be added to the recording */
};

static void
free_event_reading(gpointer data)
{
    EventReading *self = data;

    g_ptr_array_unref(self->facts);
    g_ptr_array_unref(self->values);
    g_free(self);
}

static EventReading *
peek(const MailsimReading *self, guint sequence)
{
    return g_hash_table_lookup(self->events, GUINT_TO_POINTER(sequence));
}

void
reading_add_fact(MailsimReading *self,
                 const MailsimEvent *event,
                 const char *name,
                 const char *value)
{
    GPtrArray *facts = peek(self, event->sequence)->facts;

    g_assert(mailsim_fact_is_known(name));
    if (value == NULL)
        g_ptr_array_add(facts, g_strdup(name));
    else
        g_ptr_array_add(facts, g_strdup_printf("%s=%s", name, value));
}

void
reading_add_value(MailsimReading *self,
                  const MailsimEvent *event,
                  const char *name,
                  const char *value)
{
    GPtrArray *values = peek(self, event->sequence)->values;

    g_assert(mailsim_placeholder_sample(name) != NULL);
    if (value == NULL)
        return;
    g_ptr_array_add(values, g_strdup(name));
    g_ptr_array_add(values, g_utf8_make_valid(value, -1));
}

static gboolean
is_seen(const MailsimReading *self, guint step)
{
    return !((const MailsimStepRecord *)g_ptr_array_index(self->recording->steps, step))
                ->shows_log;
}

gboolean
reading_hear_keyword(MailsimReading *self,
                     const MailsimEvent *event,
                     const char *server,
                     const char *keyword)
{
    if (!is_seen(self, event->step))
        return FALSE;
    return !g_hash_table_add(self->heard, g_strdup_printf("%s %s", server, keyword));
}

GHashTable *
reading_get_messages(const MailsimReading *self, const MailsimEvent *event)
{
    return is_seen(self, event->step) ? self->messages : NULL;
}

/* --- what concerns the whole event -------------------------------------------------------- */

/* Does somebody type at this machine, and is the event what comes before it? */
static gboolean
is_typed(const MailsimReading *self, const MailsimEvent *event)
{
    for (guint i = self->typed->len; i > 0; i--) {
        const MailsimHop *hop = g_ptr_array_index(self->typed, i - 1);

        if (hop->step < event->step)
            break;
        if (hop->step == event->step && event->time_us <= hop->started_us &&
            g_strcmp0(hop->from, event->party) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Without a hop, mail program or host is a matter of who did it. */
static void
read_party(MailsimReading *self, const MailsimEvent *event)
{
    const MailsimParty *party =
        event->party == NULL ? NULL
                             : mailsim_recording_find_party(self->recording, event->party);

    if (party == NULL)
        return;
    if (event->hop < 0 && is_typed(self, event))
        reading_add_fact(self, event, "typed", NULL);
    else if (event->hop < 0)
        reading_add_fact(self, event, party->is_host ? "mta" : "mail-program", NULL);
    reading_add_value(self, event, "party", party->fqdn != NULL ? party->fqdn : party->name);
}

/* Where a policy was looked up for both, it was for the same next hop: deliveries of one
 * message to several go on at the same moments. */
static gboolean
have_one_nexthop(const MailsimReading *self, const MailsimHop *earlier, const MailsimHop *hop)
{
    const char *before = g_hash_table_lookup(self->policies, earlier);

    return before == NULL || g_strcmp0(before, g_hash_table_lookup(self->policies, hop)) == 0;
}

/* The hop of the same message that ended where this one begins: another address of the same
 * delivery is tried, or the same one without TLS. It is one of the last. */
static const MailsimHop *
find_failed_hop(const MailsimReading *self, const MailsimHop *hop)
{
    for (guint i = hop->index; i > 0 && hop->index - i < HOPS_UNDER_WAY; i--) {
        const MailsimHop *earlier = mailsim_recording_find_hop(self->recording, (int)i - 1);
        const MailsimTime *end =
            earlier != NULL ? g_hash_table_lookup(self->ends, earlier) : NULL;

        if (earlier == NULL)
            continue;
        if (earlier->step != hop->step || hop->from_mail_program || hop->message == 0)
            break;
        if (end != NULL && *end == hop->started_us && earlier->message == hop->message &&
            g_strcmp0(earlier->from, hop->from) == 0 && have_one_nexthop(self, earlier, hop))
            return earlier;
    }
    return NULL;
}

/* Known at the first event of a hop. */
static void
read_earlier_hop(MailsimReading *self, const MailsimEvent *event, const MailsimHop *hop)
{
    const MailsimHop *earlier;

    if (event->kind != MAILSIM_EVENT_CONNECTED && event->kind != MAILSIM_EVENT_REFUSED)
        return;
    earlier = find_failed_hop(self, hop);
    if (earlier == NULL)
        return;
    if (g_strcmp0(earlier->to_fqdn, hop->to_fqdn) != 0)
        reading_add_fact(self, event, "next-exchanger", NULL);
    else if (g_strcmp0(earlier->address, hop->address) != 0)
        reading_add_fact(self, event, "next-address", NULL);
    else
        reading_add_fact(self, event, "without-tls", NULL);
}

/* A policy only begins a hop, unless it forbids it. */
static void
remember_end(MailsimReading *self, const MailsimEvent *event)
{
    const MailsimHop *hop = mailsim_recording_find_hop(self->recording, event->hop);
    MailsimTime *end = g_new(MailsimTime, 1);

    *end = event->time_us;
    if (event->kind == MAILSIM_EVENT_POLICY)
        g_hash_table_replace(self->policies, (gpointer)hop, g_strdup(event->policy.nexthop));
    if (event->kind == MAILSIM_EVENT_POLICY && !event->policy.refused)
        *end = NEVER;
    g_hash_table_replace(self->ends, (gpointer)hop, end);
}

static void
read_hop_values(MailsimReading *self, const MailsimEvent *event, const MailsimHop *hop)
{
    const MailsimParty *client = mailsim_recording_find_party(self->recording, hop->from);
    g_autofree char *port = g_strdup_printf("%u", hop->port);
    const char *client_name = hop->from;
    g_autofree char *starttls = g_strdup_printf("-starttls %s ", hop->protocol);
    /* RFC 8314 §3.3: on 465, 993 and 995 TLS comes first, whoever asks. */
    g_autofree char *connect = g_strdup_printf(
        "%s-connect %s:%u", mailsim_port_has_implicit_tls(hop->port) ? "" : starttls,
        hop->to_fqdn, hop->port);

    if (client != NULL && client->is_host)
        client_name = client->fqdn;
    read_earlier_hop(self, event, hop);
    reading_add_value(self, event, "client", client_name);
    reading_add_value(self, event, "connect", connect);
    reading_add_value(self, event, "server", hop->to_fqdn);
    reading_add_value(self, event, "address", hop->address);
    reading_add_value(self, event, "port", port);
    reading_add_value(self, event, "service", hop->service);
    reading_add_value(self, event, "user", hop->authenticated_user);
    reading_add_value(self, event, "group", hop->tls_group);
    if (hop->tls_version != NULL && g_str_has_prefix(hop->tls_version, "TLSv")) {
        g_autofree char *version = g_strdup_printf("TLS %s", hop->tls_version + 4);
        reading_add_value(self, event, "version", version);
    }
}

static gint
compare_events(gconstpointer a, gconstpointer b)
{
    const MailsimEvent *left = *(const MailsimEvent *const *)a;
    const MailsimEvent *right = *(const MailsimEvent *const *)b;

    if (left->time_us != right->time_us)
        return left->time_us < right->time_us ? -1 : 1;
    return left->sequence < right->sequence ? -1 : left->sequence > right->sequence;
}

static Conversation *
peek_conversation(const MailsimReading *self, const MailsimHop *hop)
{
    return g_hash_table_lookup(self->conversations, hop);
}

/* What came to the sender of this hop, or else the message before it in the same step. */
static const Conversation *
find_earlier_message(const MailsimReading *self, const MailsimHop *hop)
{
    for (guint i = hop->index; i > 0 && !hop->from_mail_program && !hop->typed; i--) {
        const MailsimHop *before = mailsim_recording_find_hop(self->recording, (int)i - 1);
        const Conversation *earlier = before != NULL ? peek_conversation(self, before) : NULL;

        if (earlier != NULL && conversation_has_message(earlier) && is_seen(self, before->step))
            return earlier;
    }
    return NULL;
}

static gint
compare_hops(gconstpointer a, gconstpointer b)
{
    const MailsimHop *left = *(const MailsimHop *const *)a;
    const MailsimHop *right = *(const MailsimHop *const *)b;

    return left->index < right->index ? -1 : left->index > right->index;
}

static void
compare_messages(MailsimReading *self, GPtrArray *hops)
{
    g_ptr_array_sort(hops, compare_hops);
    for (guint i = 0; i < hops->len; i++) {
        const MailsimHop *hop = g_ptr_array_index(hops, i);
        Conversation *conversation = peek_conversation(self, hop);

        if (conversation_has_message(conversation))
            conversation_compare_message(conversation, find_earlier_message(self, hop));
    }
}

static void
read_next(MailsimReading *self, const MailsimEvent *event)
{
    const MailsimHop *hop = mailsim_recording_find_hop(self->recording, event->hop);

    event_facts_read(self, self->queues, event);
    read_party(self, event);
    if (hop == NULL)
        return;
    conversation_hear(peek_conversation(self, hop), event);
    read_hop_values(self, event, hop);
    remember_end(self, event);
}

static void
add_event(MailsimReading *self, const MailsimEvent *event)
{
    EventReading *reading = g_new0(EventReading, 1);

    reading->facts = g_ptr_array_new_with_free_func(g_free);
    reading->values = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_insert(self->events, GUINT_TO_POINTER(event->sequence), reading);
    self->n_events = event->sequence + 1;
}

static void
add_hop(MailsimReading *self, MailsimHop *hop)
{
    g_hash_table_insert(self->conversations, hop, conversation_new(self, hop));
    if (hop->typed)
        g_ptr_array_add(self->typed, hop);
    self->n_hops = hop->index + 1;
}

/* Is now the time to compare what this hop carried with what came before? */
static gboolean
settles_message(const MailsimReading *self, const MailsimEvent *event)
{
    return self->whole || mailsim_reading_holds(self, event->sequence, "end");
}

/* Those that have been added since the last time stand at the end. */
static void
add_hops(MailsimReading *self)
{
    const GPtrArray *hops = self->recording->hops;
    guint first = hops->len;

    while (first > 0 &&
           ((const MailsimHop *)g_ptr_array_index(hops, first - 1))->index >= self->n_hops)
        first--;
    for (guint i = first; i < hops->len; i++)
        add_hop(self, g_ptr_array_index(hops, i));
}

void
mailsim_reading_go_on(MailsimReading *self)
{
    const MailsimRecording *recording = self->recording;
    g_autoptr(GPtrArray) events = g_ptr_array_new();
    g_autoptr(GHashTable) settled = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) hops = g_ptr_array_new();

    add_hops(self);
    for (guint i = mailsim_recording_find_event(recording, self->n_events);
         i < recording->events->len; i++) {
        add_event(self, g_ptr_array_index(recording->events, i));
        g_ptr_array_add(events, g_ptr_array_index(recording->events, i));
    }
    g_ptr_array_sort(events, compare_events);
    for (guint i = 0; i < events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(events, i);
        MailsimHop *hop = mailsim_recording_find_hop(recording, event->hop);
        read_next(self, event);
        if (hop != NULL && settles_message(self, event) && g_hash_table_add(settled, hop))
            g_ptr_array_add(hops, hop);
    }
    compare_messages(self, hops);
}

MailsimReading *
mailsim_reading_new_open(const MailsimRecording *recording)
{
    MailsimReading *self = g_new0(MailsimReading, 1);

    self->recording = recording;
    self->heard = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->messages = conversation_new_messages();
    self->ends = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    self->policies = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    self->queues = queue_facts_new_table();
    self->typed = g_ptr_array_new();
    self->events = g_hash_table_new_full(NULL, NULL, NULL, free_event_reading);
    self->conversations =
        g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)conversation_free);
    return self;
}

MailsimReading *
mailsim_reading_new(const MailsimRecording *recording)
{
    MailsimReading *self = mailsim_reading_new_open(recording);

    self->whole = TRUE;
    mailsim_reading_go_on(self);
    return self;
}

void
mailsim_reading_free(MailsimReading *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->conversations);
    g_hash_table_unref(self->messages);
    g_hash_table_unref(self->events);
    g_hash_table_unref(self->heard);
    g_hash_table_unref(self->queues);
    g_ptr_array_unref(self->typed);
    g_hash_table_unref(self->ends);
    g_hash_table_unref(self->policies);
    g_free(self);
}

/* --- forgetting --------------------------------------------------------------------------- */

gboolean
reading_is_open(const MailsimReading *self)
{
    return !self->whole;
}

void
reading_hold(MailsimReading *self, const MailsimEvent *event)
{
    peek(self, event->sequence)->n_holders++;
}

void
reading_let_go(MailsimReading *self, const MailsimEvent *event)
{
    peek(self, event->sequence)->n_holders--;
}

void
mailsim_reading_release(MailsimReading *self, const MailsimEvent *event)
{
    peek(self, event->sequence)->released = TRUE;
}

gboolean
mailsim_reading_forget(MailsimReading *self, const MailsimEvent *event)
{
    const EventReading *reading = peek(self, event->sequence);

    if (!reading->released || reading->n_holders > 0)
        return FALSE;
    g_hash_table_remove(self->events, GUINT_TO_POINTER(event->sequence));
    return TRUE;
}

void
mailsim_reading_forget_hop(MailsimReading *self, const MailsimHop *hop)
{
    g_hash_table_remove(self->conversations, hop);
    g_hash_table_remove(self->ends, hop);
    g_hash_table_remove(self->policies, hop);
    g_ptr_array_remove(self->typed, (gpointer)hop);
}

/* --- asking ------------------------------------------------------------------------------- */

const MailsimRecording *
mailsim_reading_get_recording(const MailsimReading *self)
{
    return self->recording;
}

/* “offers” alone also holds where “offers=STARTTLS” does. */
static gboolean
answers(const char *fact, const char *condition)
{
    const gsize length = strlen(condition);

    return strncmp(fact, condition, length) == 0 &&
           (fact[length] == '\0' || fact[length] == '=');
}

gboolean
mailsim_reading_holds(const MailsimReading *self, guint sequence, const char *condition)
{
    const EventReading *reading = peek(self, sequence);
    const gboolean wanted = *condition != '!';
    const char *fact = wanted ? condition : condition + 1;
    const GPtrArray *facts;

    g_return_val_if_fail(reading != NULL, FALSE);
    facts = reading->facts;

    for (guint i = 0; i < facts->len; i++) {
        if (answers(g_ptr_array_index(facts, i), fact))
            return wanted;
    }
    return !wanted;
}

const char *
mailsim_reading_get_value(const MailsimReading *self, guint sequence, const char *name)
{
    const EventReading *reading = peek(self, sequence);
    const GPtrArray *values;

    g_return_val_if_fail(reading != NULL, NULL);
    values = reading->values;

    for (guint i = 0; i < values->len; i += 2) {
        if (strcmp(g_ptr_array_index(values, i), name) == 0)
            return g_ptr_array_index(values, i + 1);
    }
    return NULL;
}
