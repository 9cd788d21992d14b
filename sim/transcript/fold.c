/* SPDX-License-Identifier: MIT
 *
 * Two attempts are equal when they met the same: the same addresses in the same order, the same
 * words about TLS, for each recipient that goes on waiting the same code and reason. Not
 * compared are the lines that led there: a date or a queue id in them makes no difference. */
#include "fold.h"

#include <mailsim/transcript/notes.h>

#include "log-kind.h"

/* What a queue has seen of one message. */
typedef struct {
    char *met;     /* the last time, in words of our own */
    guint n_equal; /* attempts in a row that met that */
    MailsimTime last_us;
    Attempt *leader; /* borrowed: the one with which others are counted now; NULL: none */
} Past;

/* What an attempt has in notes. */
typedef struct {
    Attempt *attempt;     /* borrowed */
    gboolean in_the_talk; /* where it would not be told shortly */
    gboolean in_the_rest;
} Noted;

struct Fold {
    const MailsimRecording *recording; /* borrowed, as is the next */
    const GPtrArray *attached;
    MailsimDetail detail;
    GHashTable *pasts; /* queue: Past */
};

static void
free_past(gpointer data)
{
    Past *past = data;

    g_free(past->met);
    g_free(past);
}

Fold *
fold_new(const MailsimRecording *recording, const GPtrArray *attached, MailsimDetail detail)
{
    Fold *self = g_new0(Fold, 1);

    self->recording = recording;
    self->attached = attached;
    self->detail = detail;
    self->pasts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_past);
    return self;
}

void
fold_free(Fold *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->pasts);
    g_free(self);
}

gboolean
fold_keeps(const MailsimEvent *event)
{
    switch (event->kind) {
    case MAILSIM_EVENT_REFUSED:
    case MAILSIM_EVENT_TLS_FAILED:
    case MAILSIM_EVENT_QUEUED:
    case MAILSIM_EVENT_STATUS:
    case MAILSIM_EVENT_FINDING:
    case MAILSIM_EVENT_TIMEOUT:
    case MAILSIM_EVENT_QUEUE:
    case MAILSIM_EVENT_NOTIFICATION:
    case MAILSIM_EVENT_POLICY:
    case MAILSIM_EVENT_FETCHED:
        return TRUE;
    case MAILSIM_EVENT_LOG:
        return log_kind_concludes(log_kind_find(event));
    case MAILSIM_EVENT_STEP:
    case MAILSIM_EVENT_DNS:
    case MAILSIM_EVENT_CONNECTED:
    case MAILSIM_EVENT_LINE:
    case MAILSIM_EVENT_HANDSHAKE:
    case MAILSIM_EVENT_CERTIFICATE:
    case MAILSIM_EVENT_SECURED:
    case MAILSIM_EVENT_LOGIN:
    case MAILSIM_EVENT_RULE:
    case MAILSIM_EVENT_CLOSED:
    case MAILSIM_EVENT_SHOWN:
        break;
    }
    return FALSE;
}

/* --- what an attempt met ------------------------------------------------------------------ */

static void
append(GString *out, const char *word)
{
    g_string_append(out, word != NULL ? word : "-");
    g_string_append_c(out, '\n');
}

static void
append_hop(const Fold *self, GString *out, int index)
{
    const MailsimHop *hop = g_ptr_array_index(self->recording->hops, index);
    const char *words[] = {hop->to_fqdn, hop->address,     hop->tls_version,
                           hop->trust,   hop->tls_failure, hop->reply};

    g_string_append_printf(out, "%u\n", hop->port);
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        append(out, words[i]);
}

static gboolean
is_deferred(const MailsimEvent *status)
{
    return g_strcmp0(status->status.status, "deferred") == 0;
}

static char *
describe(const Fold *self, const Attempt *attempt)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < attempt->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(attempt->events, i);
        const char *words[] = {event->status.recipient, event->status.original,
                               event->status.status,    event->status.dsn,
                               event->status.relay,     event->status.reason};

        if (event->kind == MAILSIM_EVENT_QUEUE || event->kind == MAILSIM_EVENT_NOTIFICATION)
            continue;
        if (event->kind != MAILSIM_EVENT_STATUS) {
            append_hop(self, out, event->hop);
            continue;
        }
        if (!is_deferred(event))
            continue;
        for (guint j = 0; j < G_N_ELEMENTS(words); j++)
            append(out, words[j]);
    }
    return g_string_free(out, FALSE);
}

/* Does the message just go back into the queue? */
static gboolean
ends_in_queue(const Attempt *attempt)
{
    for (guint i = 0; i < attempt->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(attempt->events, i);

        if (event->kind == MAILSIM_EVENT_NOTIFICATION ||
            (event->kind == MAILSIM_EVENT_STATUS && !is_deferred(event)) ||
            (event->kind == MAILSIM_EVENT_QUEUE &&
             g_strcmp0(event->queue.action, "deferred") != 0))
            return FALSE;
    }
    return TRUE;
}

/* --- notes -------------------------------------------------------------------------------- */

/* Will the reader see a note here that he has not seen before? */
static gboolean
has_news(const Fold *self, const MailsimEvent *event)
{
    const MailsimNote *note = g_ptr_array_index(self->attached, event->sequence);

    return note != NULL && note->repeat == NULL &&
           (self->detail != MAILSIM_DETAIL_BRIEF || note->brief);
}

static void
look_for_notes(const Fold *self, const Scene *scene, Noted *noted)
{
    for (guint i = 0; i < scene->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(scene->events, i);

        if (!has_news(self, event))
            continue;
        if (fold_keeps(event))
            noted->in_the_rest = TRUE;
        else
            noted->in_the_talk = TRUE;
    }
}

/* The attempts of a step in the order of telling; array of Noted. */
static GPtrArray *
list_attempts(const Fold *self, const GPtrArray *scenes)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < scenes->len; i++) {
        const Scene *scene = g_ptr_array_index(scenes, i);
        Noted *noted;

        if (scene->attempt == NULL)
            continue;
        noted = g_hash_table_lookup(known, scene->attempt);
        if (noted == NULL) {
            noted = g_new0(Noted, 1);
            noted->attempt = scene->attempt;
            g_ptr_array_add(list, noted);
            g_hash_table_insert(known, scene->attempt, noted);
        }
        look_for_notes(self, scene, noted);
    }
    return list;
}

/* --- how much is told --------------------------------------------------------------------- */

/* Queue ids come back, like everything: a first attempt has no past. */
static Past *
recall(Fold *self, const Attempt *attempt)
{
    Past *past = g_hash_table_lookup(self->pasts, attempt->queue);

    if (past != NULL && attempt->number > 1)
        return past;
    past = g_new0(Past, 1);
    g_hash_table_replace(self->pasts, g_strdup(attempt->queue), past);
    return past;
}

static Extent
judge(const Fold *self, const Noted *noted, const Past *past)
{
    if (past->n_equal == 0 || noted->in_the_talk)
        return EXTENT_WHOLE;
    if (noted->in_the_rest || self->detail == MAILSIM_DETAIL_FULL ||
        !ends_in_queue(noted->attempt))
        return EXTENT_SHORT;
    if (past->n_equal == 1 && self->detail != MAILSIM_DETAIL_BRIEF)
        return EXTENT_SHORT;
    return EXTENT_COUNTED;
}

static void
fold_attempt(Fold *self, const Noted *noted)
{
    Attempt *attempt = noted->attempt;
    Past *past = recall(self, attempt);
    g_autofree char *met = describe(self, attempt);

    if (g_strcmp0(met, past->met) != 0)
        past->n_equal = 0;
    attempt->extent = judge(self, noted, past);
    attempt->waited_us = past->last_us != 0 ? attempt->started_us - past->last_us : 0;
    if (attempt->extent != EXTENT_COUNTED)
        past->leader = NULL;
    else if (past->leader == NULL)
        past->leader = attempt;
    else
        g_ptr_array_add(past->leader->others, attempt);
    past->n_equal++;
    past->last_us = attempt->started_us;
    g_free(past->met);
    past->met = g_steal_pointer(&met);
}

/* To count one alone saves nothing. */
static void
unfold_loners(const GPtrArray *list)
{
    g_autoptr(GHashTable) counted = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < list->len; i++) {
        const Attempt *attempt = ((const Noted *)g_ptr_array_index(list, i))->attempt;
        for (guint j = 0; j < attempt->others->len; j++)
            g_hash_table_add(counted, g_ptr_array_index(attempt->others, j));
    }
    for (guint i = 0; i < list->len; i++) {
        Attempt *attempt = ((const Noted *)g_ptr_array_index(list, i))->attempt;
        if (attempt->extent == EXTENT_COUNTED && attempt->others->len == 0 &&
            !g_hash_table_contains(counted, attempt))
            attempt->extent = EXTENT_SHORT;
    }
}

static void
forget_leader(G_GNUC_UNUSED gpointer key, gpointer value, G_GNUC_UNUSED gpointer data)
{
    ((Past *)value)->leader = NULL;
}

void
fold_scenes(Fold *self, const GPtrArray *scenes)
{
    g_autoptr(GPtrArray) list = list_attempts(self, scenes);

    for (guint i = 0; i < list->len; i++)
        fold_attempt(self, g_ptr_array_index(list, i));
    unfold_loners(list);
    g_hash_table_foreach(self->pasts, forget_leader, NULL);
}
