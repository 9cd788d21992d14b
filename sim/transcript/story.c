/* SPDX-License-Identifier: MIT
 *
 * Putting events into scenes. An event without a hop is told with a hop: a look-up with the
 * next connection, the fate of a message with the connection that brought it or should have
 * taken it away. Events are read once, in the order of time; what came last where is in
 * tables. What is known only when all have been read is in story-end.c. */
#include "story-private.h"

#include <string.h>

/* --- drafts and efforts ------------------------------------------------------------------- */

Draft *
story_new_draft(Making *making, const MailsimHop *hop, MailsimTime time_us)
{
    Draft *draft = g_new0(Draft, 1);

    draft->scene = story_new_scene(hop, time_us);
    draft->after = g_ptr_array_new();
    draft->unit_us = time_us;
    draft->rank = draft->unit = making->drafts->len;
    g_ptr_array_add(making->drafts, draft);
    return draft;
}

/* The scene goes elsewhere. */
static void
free_draft(gpointer data)
{
    Draft *draft = data;

    g_ptr_array_unref(draft->after);
    g_free(draft);
}

static void
free_effort(gpointer data)
{
    Effort *effort = data;

    story_release_attempt(effort->attempt);
    g_ptr_array_unref(effort->hops);
    g_ptr_array_unref(effort->closing);
    g_free(effort);
}

/* An attempt that is not the first is told as a whole, from ASIDE on. */
void
story_join(Effort *effort, Draft *draft)
{
    if (draft->scene->attempt != NULL)
        return;
    draft->scene->attempt = g_rc_box_acquire(effort->attempt);
    if (effort->attempt->number == 1 || effort->aside == NULL)
        return;
    draft->unit_us = effort->aside->unit_us;
    draft->unit = effort->aside->unit;
}

static Draft *
get_aside(Making *making, Effort *effort, MailsimTime time_us)
{
    if (effort->aside != NULL)
        return effort->aside;
    effort->aside = story_new_draft(making, NULL, time_us);
    story_join(effort, effort->aside);
    return effort->aside;
}

/* --- look-ups ----------------------------------------------------------------------------- */

static gboolean
mentions(const char *text, const char *name)
{
    return text != NULL && name != NULL && strstr(text, name) != NULL;
}

/* “mx.instituto.example” of “A mx.instituto.example”. */
static const char *
get_asked_name(const MailsimEvent *event)
{
    const char *blank = event->dns.question != NULL ? strchr(event->dns.question, ' ') : NULL;

    return blank != NULL ? blank + 1 : NULL;
}

/* Is EVENT about one of the exchangers that an earlier question found, one of TAKEN? */
static gboolean
follows(const MailsimEvent *event, const GPtrArray *taken)
{
    for (guint i = 0; i < taken->len; i++) {
        const MailsimEvent *earlier = g_ptr_array_index(taken, i);

        if (g_str_has_prefix(earlier->dns.question, "MX ") &&
            mentions(earlier->dns.answer, get_asked_name(event)))
            return TRUE;
    }
    return FALSE;
}

typedef gboolean (*ConcernsFunc)(const MailsimEvent *event, gconstpointer data);

/* The look-ups of PARTY that concern DATA go to DRAFT, with those of their exchangers. */
static void
take_questions(
    Making *making, Draft *draft, const char *party, ConcernsFunc concerns, gconstpointer data)
{
    g_autoptr(GPtrArray) taken = g_ptr_array_new();
    guint n_left = 0;

    for (guint i = 0; i < making->questions->len; i++) {
        MailsimEvent *event = g_ptr_array_index(making->questions, i);

        if (g_strcmp0(event->party, party) == 0 &&
            (concerns(event, data) || follows(event, taken)))
            g_ptr_array_add(taken, event);
        else
            making->questions->pdata[n_left++] = event;
    }
    g_ptr_array_set_size(making->questions, (int)n_left);
    for (guint i = 0; i < taken->len; i++) {
        MailsimEvent *event = g_ptr_array_index(taken, i);

        if (draft->scene->hop == NULL)
            g_ptr_array_add(draft->after, event);
        else
            g_ptr_array_insert(draft->scene->events, (int)draft->scene->n_before++, event);
    }
}

static gboolean
concerns_hop(const MailsimEvent *event, gconstpointer hop)
{
    return story_leads_to(event, hop);
}

gboolean
story_leads_to_status(const MailsimEvent *event, const MailsimEvent *status)
{
    const char *name = get_asked_name(event);

    return mentions(status->status.recipient, name) || mentions(status->status.reason, name);
}

static gboolean
concerns_status(const MailsimEvent *event, gconstpointer status)
{
    return story_leads_to_status(event, status);
}

/* --- tables ------------------------------------------------------------------------------- */

static char *
dup_queue(const char *party, const char *queue_id)
{
    return g_strdup_printf("%s %s", party, queue_id != NULL ? queue_id : "");
}

static char *
dup_carried(const char *party, guint message)
{
    return g_strdup_printf("%s %u", party, message);
}

static Effort *
find_effort(const Making *making, const char *party, const char *queue_id)
{
    g_autofree char *queue = dup_queue(party, queue_id);

    return queue_id == NULL ? NULL : g_hash_table_lookup(making->by_queue, queue);
}

static Effort *
begin_effort(Making *making, const MailsimEvent *event, const char *queue_id, guint number)
{
    const guint message =
        event->kind == MAILSIM_EVENT_QUEUED ? event->queued.message : event->queue.message;
    g_autofree char *queue = dup_queue(event->party, queue_id);
    const char *about = g_hash_table_lookup(making->notices, queue);
    Effort *effort = g_new0(Effort, 1);

    effort->attempt = story_new_attempt(queue, number, event->time_us);
    effort->hops = g_ptr_array_new();
    effort->closing = g_ptr_array_new();
    effort->within =
        number == 1 && about != NULL ? g_hash_table_lookup(making->by_queue, about) : NULL;
    g_ptr_array_add(making->efforts, effort);
    g_hash_table_replace(making->by_sender, dup_carried(event->party, message), effort);
    g_hash_table_replace(making->by_queue, g_steal_pointer(&queue), effort);
    return effort;
}

static Draft *
find_hop(Making *making, const MailsimEvent *event)
{
    const guint index = (guint)event->hop - making->first_hop;
    const MailsimHop *hop = g_ptr_array_index(making->recording->hops, event->hop);
    g_autofree char *sent = dup_carried(hop->from, hop->message);
    Effort *effort =
        hop->from_mail_program ? NULL : g_hash_table_lookup(making->by_sender, sent);
    Draft *draft = g_ptr_array_index(making->by_hop, index);

    if (draft != NULL)
        return draft;
    draft = making->by_hop->pdata[index] = story_new_draft(making, hop, hop->started_us);
    take_questions(making, draft, hop->from, concerns_hop, hop);
    g_hash_table_replace(making->left, g_strdup(hop->from), draft);
    if (hop->to != NULL) {
        g_hash_table_replace(making->reached, g_strdup(hop->to), draft);
        g_hash_table_replace(making->brought, dup_carried(hop->to, hop->message), draft);
    }
    if (effort != NULL) {
        story_join(effort, draft);
        g_ptr_array_add(effort->hops, draft);
        g_ptr_array_add(effort->attempt->events, (gpointer)event);
    }
    return draft;
}

/* --- where an event belongs --------------------------------------------------------------- */

/* TO is where it is told; lines of the log that belong to it go there, too. */
static void
put(Making *making, GPtrArray *to, MailsimEvent *event)
{
    g_ptr_array_add(to, event);
    if (event->party != NULL)
        g_hash_table_replace(making->last, g_strdup(event->party), to);
}

Draft *
story_get_loose(Making *making, const MailsimEvent *event)
{
    if (making->loose == NULL)
        making->loose = story_new_draft(making, NULL, event->time_us);
    return making->loose;
}

/* The last connection before it that brought the message there or took it away. */
static void
place_by_party(Making *making, MailsimEvent *event)
{
    const gboolean is_status = event->kind == MAILSIM_EVENT_STATUS;
    const char *relay = is_status ? event->status.relay : NULL;
    Draft *draft = NULL;

    if (event->party != NULL && g_strcmp0(relay, "none") != 0)
        draft = g_hash_table_lookup(
            g_strcmp0(relay, "local") == 0 ? making->reached : making->left, event->party);
    put(making, (draft != NULL ? draft : story_get_loose(making, event))->after, event);
}

/* Lines of the log that came before what they belong to: “uid=1000 from=<ana>”. */
void
story_flush_lines(Making *making, GPtrArray *to, const char *party)
{
    guint n_left = 0;

    for (guint i = 0; i < making->lines->len; i++) {
        MailsimEvent *line = g_ptr_array_index(making->lines, i);

        if (party == NULL || g_strcmp0(line->party, party) == 0)
            g_ptr_array_add(to, line);
        else
            making->lines->pdata[n_left++] = line;
    }
    g_ptr_array_set_size(making->lines, (int)n_left);
}

/* A message is there: with the connection that brought it, or with what the notification is
 * about, or out of nothing. */
static void
place_arrival(Making *making, MailsimEvent *event)
{
    Effort *effort = begin_effort(making, event, event->queued.queue_id, 1);
    g_autofree char *carried = dup_carried(event->party, event->queued.message);

    effort->arrival = event->hop >= 0 ? find_hop(making, event)
                                      : g_hash_table_lookup(making->brought, carried);
    if (effort->arrival == NULL && effort->within != NULL) {
        put(making, effort->within->closing, event);
        return;
    }
    if (effort->arrival == NULL) {
        effort->arrival = story_new_draft(making, NULL, event->time_us);
        story_join(effort, effort->arrival);
    }
    story_flush_lines(making, effort->arrival->scene->events, event->party);
    put(making, effort->arrival->scene->events, event);
}

/* The connection that did not come about, and decided it. */
static Draft *
find_decisive(const Effort *effort, const MailsimEvent *event)
{
    for (guint i = effort->hops->len; i > 0; i--) {
        Draft *draft = g_ptr_array_index(effort->hops, i - 1);

        if (g_strcmp0(draft->scene->hop->reply, event->status.reason) == 0)
            return draft;
    }
    return NULL;
}

static void
place_status(Making *making, MailsimEvent *event)
{
    Effort *effort = find_effort(making, event->party, event->status.queue_id);
    Draft *draft = NULL;

    if (effort == NULL) {
        place_by_party(making, event);
        return;
    }
    g_ptr_array_add(effort->attempt->events, event);
    if (g_strcmp0(event->status.relay, "local") != 0) {
        draft = find_decisive(effort, event);
    } else if (effort->attempt->number == 1) {
        draft = effort->arrival;
        if (draft == NULL && effort->within != NULL) {
            put(making, effort->within->closing, event);
            return;
        }
    }
    if (draft == NULL) {
        draft = get_aside(making, effort, event->time_us);
        take_questions(making, draft, event->party, concerns_status, event);
    }
    put(making, draft->after, event);
}

static void
place_conclusion(Making *making, MailsimEvent *event, const char *queue_id)
{
    Effort *effort = find_effort(making, event->party, queue_id);

    if (effort == NULL) {
        place_by_party(making, event);
        return;
    }
    g_ptr_array_add(effort->attempt->events, event);
    put(making, effort->closing, event);
}

static void
place_queue(Making *making, MailsimEvent *event)
{
    Effort *effort;

    if (g_strcmp0(event->queue.action, "retried") != 0) {
        place_conclusion(making, event, event->queue.queue_id);
        return;
    }
    effort = begin_effort(making, event, event->queue.queue_id, event->queue.attempt);
    put(making, get_aside(making, effort, event->time_us)->scene->events, event);
}

/* A daemon writes down what it has just done: with that, where it was no connection's. */
static void
place_line(Making *making, MailsimEvent *event)
{
    GPtrArray *to = event->hop >= 0 ? find_hop(making, event)->scene->events
                                    : g_hash_table_lookup(making->last, event->party);
    const MailsimEvent *last =
        to == NULL || to->len == 0 ? NULL : g_ptr_array_index(to, to->len - 1);

    if (event->hop >= 0)
        g_hash_table_replace(making->last, g_strdup(event->party), to);
    if (event->hop >= 0 || (last != NULL && last->time_us == event->time_us))
        story_add_line(to, event);
    else
        g_ptr_array_add(making->lines, event);
}

static void
place_hop_event(Making *making, MailsimEvent *event)
{
    Draft *draft = find_hop(making, event);
    Effort *effort = event->kind == MAILSIM_EVENT_STATUS
                         ? find_effort(making, event->party, event->status.queue_id)
                         : NULL;

    put(making, draft->scene->events, event);
    if (effort != NULL)
        g_ptr_array_add(effort->attempt->events, event);
}

static void
place_event(Making *making, MailsimEvent *event)
{
    if (event->kind == MAILSIM_EVENT_STEP)
        return;
    if (event->kind == MAILSIM_EVENT_QUEUED)
        place_arrival(making, event);
    else if (event->kind == MAILSIM_EVENT_LOG)
        place_line(making, event);
    else if (event->hop >= 0)
        place_hop_event(making, event);
    else if (event->kind == MAILSIM_EVENT_DNS)
        g_ptr_array_add(making->questions, event);
    else if (event->kind == MAILSIM_EVENT_STATUS)
        place_status(making, event);
    else if (event->kind == MAILSIM_EVENT_QUEUE)
        place_queue(making, event);
    else if (event->kind == MAILSIM_EVENT_NOTIFICATION)
        place_conclusion(making, event, event->notification.queue_id);
    else
        place_by_party(making, event);
}

/* --- all of them -------------------------------------------------------------------------- */

static gint
compare_events(gconstpointer a, gconstpointer b)
{
    const MailsimEvent *left = *(const MailsimEvent *const *)a;
    const MailsimEvent *right = *(const MailsimEvent *const *)b;

    if (left->time_us != right->time_us)
        return left->time_us < right->time_us ? -1 : 1;
    return left->sequence < right->sequence ? -1 : left->sequence > right->sequence;
}

/* Of a step that shows a log, nothing else is told. */
static gboolean
is_told(const Making *making, guint step, const MailsimEvent *event)
{
    const MailsimStepRecord *record = g_ptr_array_index(making->recording->steps, step);

    return !record->shows_log || event->kind == MAILSIM_EVENT_SHOWN;
}

static GPtrArray *
collect_events(Making *making, guint step)
{
    GPtrArray *events = g_ptr_array_new();
    guint first;
    guint end;

    mailsim_recording_get_step_events(making->recording, step, &first, &end);
    for (guint i = first; i < end; i++) {
        MailsimEvent *event = g_ptr_array_index(making->recording->events, i);

        if (!is_told(making, step, event))
            continue;
        g_ptr_array_add(events, event);
        if (event->kind == MAILSIM_EVENT_NOTIFICATION)
            g_hash_table_replace(making->notices,
                                 dup_queue(event->party, event->notification.notification_id),
                                 dup_queue(event->party, event->notification.queue_id));
    }
    g_ptr_array_sort(events, compare_events);
    return events;
}

static GHashTable *
new_table(GDestroyNotify free_value)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_value);
}

GPtrArray *
story_new_scenes(const MailsimRecording *recording, guint step)
{
    g_autoptr(GPtrArray) drafts = g_ptr_array_new_with_free_func(free_draft);
    g_autoptr(GPtrArray) efforts = g_ptr_array_new_with_free_func(free_effort);
    g_autoptr(GPtrArray) by_hop = g_ptr_array_new();
    g_autoptr(GPtrArray) lines = g_ptr_array_new();
    g_autoptr(GPtrArray) questions = g_ptr_array_new();
    g_autoptr(GHashTable) by_queue = new_table(NULL);
    g_autoptr(GHashTable) by_sender = new_table(NULL);
    g_autoptr(GHashTable) brought = new_table(NULL);
    g_autoptr(GHashTable) left = new_table(NULL);
    g_autoptr(GHashTable) reached = new_table(NULL);
    g_autoptr(GHashTable) notices = new_table(g_free);
    g_autoptr(GHashTable) last = new_table(NULL);
    Making making = {recording, 0,         drafts,  efforts,   by_hop,
                     by_queue,  by_sender, brought, left,      reached,
                     notices,   last,      lines,   questions, NULL};
    guint end;

    mailsim_recording_get_step_hops(recording, step, &making.first_hop, &end);
    g_ptr_array_set_size(by_hop, (int)(end - making.first_hop));
    g_autoptr(GPtrArray) events = collect_events(&making, step);
    for (guint i = 0; i < events->len; i++)
        place_event(&making, g_ptr_array_index(events, i));
    return story_finish(&making);
}
