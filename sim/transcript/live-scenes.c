/* SPDX-License-Identifier: MIT
 *
 * Events are put into the same scenes as a finished recording's; but where that is a matter of
 * what comes later, it is guessed from what has come. */
#include "live-scenes.h"

#include <string.h>

#include "live-settled.h"

/* Look-ups that lead nowhere are not kept for ever. */
#define UNANSWERED_MAX 256

/* What an event takes beside its text: itself, and what has been found out about it. */
#define EVENT_OCTETS 2048

/* ---- tellings ---------------------------------------------------------------------------- */

static Telling *
new_telling(const MailsimHop *hop, MailsimTime time_us, const char *party)
{
    Telling *telling = g_new0(Telling, 1);

    telling->scene = story_new_scene(hop, time_us);
    telling->party = g_strdup(party);
    telling->messages = g_array_new(FALSE, FALSE, sizeof(guint));
    return telling;
}

static void
free_telling(gpointer data)
{
    Telling *telling = data;

    story_free_scene(telling->scene);
    g_array_unref(telling->messages);
    g_free(telling->party);
    g_free(telling);
}

static gsize
weigh(const MailsimEvent *event)
{
    return EVENT_OCTETS +
           (event->kind == MAILSIM_EVENT_LINE ? strlen(event->line.text) : (gsize)0);
}

static void
add_event(LiveScenes *self, Telling *telling, MailsimEvent *event)
{
    GPtrArray *events = telling->scene->events;

    if (!telling->begun && (events->len == 0 || event->time_us < telling->origin_us))
        telling->origin_us = event->time_us;
    telling->last_us = event->time_us;
    telling->weight += weigh(event);
    self->weight += weigh(event);
    if (event->kind == MAILSIM_EVENT_LOG && events->len > 0)
        story_add_line(events, event);
    else
        g_ptr_array_add(events, event);
    if (event->party != NULL)
        g_hash_table_replace(self->by_party, g_strdup(event->party), telling);
    if (telling->stirred)
        return;
    telling->stirred = TRUE;
    g_ptr_array_add(self->stirred, telling);
}

/* ---- look-ups ---------------------------------------------------------------------------- */

typedef gboolean (*ConcernsFunc)(const MailsimEvent *event, gconstpointer data);

/* The look-ups of PARTY that concern DATA go where they led. */
static void
answer_look_ups(LiveScenes *self,
                Telling *telling,
                const char *party,
                ConcernsFunc concerns,
                gconstpointer data)
{
    guint n_left = 0;

    for (guint i = 0; i < self->unanswered->len; i++) {
        MailsimEvent *event = g_ptr_array_index(self->unanswered, i);

        if (g_strcmp0(event->party, party) == 0 && concerns(event, data))
            add_event(self, telling, event);
        else
            self->unanswered->pdata[n_left++] = event;
    }
    g_ptr_array_set_size(self->unanswered, (int)n_left);
}

static gboolean
leads_to(const MailsimEvent *event, gconstpointer hop)
{
    return story_leads_to(event, hop);
}

static gboolean
concerns_status(const MailsimEvent *event, gconstpointer status)
{
    return story_leads_to_status(event, status);
}

/* ---- where an event belongs -------------------------------------------------------------- */

static Telling *
begin_hop(LiveScenes *self, MailsimHop *hop)
{
    Telling *telling = new_telling(hop, hop->started_us, NULL);

    g_hash_table_insert(self->by_hop, GUINT_TO_POINTER(hop->index), telling);
    if (hop->message > 0)
        telling->after = GPOINTER_TO_UINT(
            g_hash_table_lookup(self->by_message, GUINT_TO_POINTER(hop->message)));
    answer_look_ups(self, telling, hop->from, leads_to, hop);
    telling->scene->n_before = telling->scene->events->len;
    return telling;
}

static Telling *
find_loose(LiveScenes *self, const MailsimEvent *event)
{
    Telling *telling;

    for (guint i = 0; i < self->loose->len; i++) {
        telling = g_ptr_array_index(self->loose, i);
        if (g_strcmp0(telling->party, event->party) == 0)
            return telling;
    }
    telling = new_telling(NULL, event->time_us, event->party);
    g_ptr_array_add(self->loose, telling);
    return telling;
}

/* What brought the message with that queue id to the party of EVENT. */
static Telling *
find_bringer(LiveScenes *self, const MailsimEvent *event, const char *queue_id)
{
    g_autofree char *key = g_strdup_printf("%s %s", event->party, queue_id);
    Telling *telling = g_hash_table_lookup(self->by_queue, key);

    return telling != NULL ? telling : find_loose(self, event);
}

/* What a daemon writes of no connection is told with what it has done just before; so is a
 * notification, which gets its queue id before it is known what it is about. */
static Telling *
find_written(LiveScenes *self, const MailsimEvent *event)
{
    Telling *telling = g_hash_table_lookup(self->by_party, event->party);

    return telling != NULL && telling->last_us == event->time_us ? telling
                                                                 : find_loose(self, event);
}

/* The queue id of the message that EVENT is about; NULL: it is about none. */
static const char *
get_queue_id(const MailsimEvent *event)
{
    if (event->kind == MAILSIM_EVENT_STATUS)
        return event->status.queue_id;
    if (event->kind == MAILSIM_EVENT_QUEUE)
        return event->queue.queue_id;
    return event->kind == MAILSIM_EVENT_NOTIFICATION ? event->notification.queue_id : NULL;
}

static Telling *
find_telling(LiveScenes *self, const MailsimEvent *event)
{
    const char *queue_id = get_queue_id(event);

    if (queue_id != NULL)
        return find_bringer(self, event, queue_id);
    if (event->kind == MAILSIM_EVENT_LOG || event->kind == MAILSIM_EVENT_QUEUED)
        return find_written(self, event);
    return find_loose(self, event);
}

static void
remember_bringer(LiveScenes *self, const char *party, const char *queue_id, Telling *telling)
{
    g_hash_table_insert(self->by_queue, g_strdup_printf("%s %s", party, queue_id), telling);
}

static void
remember_arrival(LiveScenes *self, const MailsimEvent *event, Telling *telling)
{
    const guint message = event->queued.message;

    remember_bringer(self, event->party, event->queued.queue_id, telling);
    if (telling->scene->hop == NULL || telling->ended)
        return;
    g_hash_table_insert(self->by_message, GUINT_TO_POINTER(message),
                        GUINT_TO_POINTER(telling->scene->hop->index + 1));
    g_array_append_val(telling->messages, message);
}

static void
forget_departure(LiveScenes *self, const MailsimEvent *event)
{
    g_autofree char *key = g_strdup_printf("%s %s", event->party, event->queue.queue_id);

    if (g_str_equal(event->queue.action, "removed"))
        g_hash_table_remove(self->by_queue, key);
}

static void
remember(LiveScenes *self, const MailsimEvent *event, Telling *telling)
{
    if (event->kind == MAILSIM_EVENT_QUEUED)
        remember_arrival(self, event, telling);
    if (event->kind == MAILSIM_EVENT_NOTIFICATION)
        remember_bringer(self, event->party, event->notification.notification_id, telling);
    if (event->kind == MAILSIM_EVENT_QUEUE)
        forget_departure(self, event);
    if (telling->scene->hop == NULL || telling->over || !live_ends_hop(event))
        return;
    telling->over = TRUE;
    g_ptr_array_add(self->over, telling);
}

/* One that leads nowhere for long is told of whoever asked. */
static void
wait_for_answer(LiveScenes *self, MailsimEvent *event)
{
    if (self->unanswered->len == UNANSWERED_MAX) {
        MailsimEvent *oldest = g_ptr_array_steal_index(self->unanswered, 0);

        add_event(self, find_loose(self, oldest), oldest);
    }
    g_ptr_array_add(self->unanswered, event);
}

static void
place(LiveScenes *self, MailsimEvent *event)
{
    MailsimHop *hop = mailsim_recording_find_hop(self->recording, event->hop);
    Telling *telling;

    if (event->kind == MAILSIM_EVENT_DNS && hop == NULL) {
        wait_for_answer(self, event);
        return;
    }
    telling = hop != NULL ? live_scenes_find_hop(self, hop->index) : find_telling(self, event);
    if (telling == NULL)
        telling = begin_hop(self, hop);
    if (event->kind == MAILSIM_EVENT_STATUS && hop == NULL)
        answer_look_ups(self, telling, event->party, concerns_status, event);
    add_event(self, telling, event);
    remember(self, event, telling);
}

void
live_scenes_go_on(LiveScenes *self)
{
    const GPtrArray *events = self->recording->events;

    for (guint i = mailsim_recording_find_event(self->recording, self->n_placed);
         i < events->len; i++) {
        MailsimEvent *event = g_ptr_array_index(events, i);

        self->n_placed = event->sequence + 1;
        if (event->kind != MAILSIM_EVENT_STEP)
            place(self, event);
    }
}

Telling *
live_scenes_find_hop(const LiveScenes *self, guint index)
{
    return g_hash_table_lookup(self->by_hop, GUINT_TO_POINTER(index));
}

Telling *
live_scenes_find_heaviest(const LiveScenes *self)
{
    Telling *heaviest = NULL;
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, self->by_hop);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Telling *telling = value;

        if (heaviest == NULL || telling->weight > heaviest->weight)
            heaviest = telling;
    }
    return heaviest;
}

static gint
compare_hops(gconstpointer a, gconstpointer b)
{
    const Telling *left = *(const Telling *const *)a;
    const Telling *right = *(const Telling *const *)b;

    return left->scene->hop->index < right->scene->hop->index
               ? -1
               : left->scene->hop->index > right->scene->hop->index;
}

GPtrArray *
live_scenes_list_untold(const LiveScenes *self)
{
    GPtrArray *untold = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, self->by_hop);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (((const Telling *)value)->scene->events->len > 0)
            g_ptr_array_add(untold, value);
    }
    g_ptr_array_sort(untold, compare_hops);
    return untold;
}

void
live_scenes_end(LiveScenes *self, Telling *telling)
{
    const guint bringer = telling->scene->hop->index + 1;

    for (guint i = 0; i < telling->messages->len; i++) {
        gpointer message = GUINT_TO_POINTER(g_array_index(telling->messages, guint, i));

        if (GPOINTER_TO_UINT(g_hash_table_lookup(self->by_message, message)) == bringer)
            g_hash_table_remove(self->by_message, message);
    }
    g_array_set_size(telling->messages, 0);
}

/* ---- life -------------------------------------------------------------------------------- */

static gboolean
is_same(G_GNUC_UNUSED gpointer key, gpointer value, gpointer telling)
{
    return value == telling;
}

void
live_scenes_forget_hop(LiveScenes *self, const MailsimHop *hop)
{
    Telling *telling = live_scenes_find_hop(self, hop->index);

    g_return_if_fail(telling != NULL && !telling->stirred && telling->ended);
    g_hash_table_foreach_remove(self->by_queue, is_same, telling);
    g_hash_table_foreach_remove(self->by_party, is_same, telling);
    g_hash_table_remove(self->by_hop, GUINT_TO_POINTER(hop->index));
}

void
live_scenes_init(LiveScenes *self, const MailsimRecording *recording)
{
    *self = (LiveScenes){
        .recording = recording,
        .by_hop = g_hash_table_new_full(NULL, NULL, NULL, free_telling),
        .loose = g_ptr_array_new_with_free_func(free_telling),
        .by_queue = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .by_party = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .by_message = g_hash_table_new(NULL, NULL),
        .unanswered = g_ptr_array_new(),
        .stirred = g_ptr_array_new(),
        .over = g_ptr_array_new(),
    };
}

void
live_scenes_clear(LiveScenes *self)
{
    g_hash_table_unref(self->by_queue);
    g_hash_table_unref(self->by_party);
    g_hash_table_unref(self->by_message);
    g_ptr_array_unref(self->unanswered);
    g_ptr_array_unref(self->stirred);
    g_ptr_array_unref(self->over);
    g_ptr_array_unref(self->loose);
    g_hash_table_unref(self->by_hop);
}
