/* SPDX-License-Identifier: MIT
 *
 * The end of making a story: where what a queue manager concludes is told, and the order of the
 * scenes. */
#include "story-private.h"

#include <string.h>

static void
append_all(GPtrArray *to, const GPtrArray *from)
{
    for (guint i = 0; i < from->len; i++)
        g_ptr_array_add(to, g_ptr_array_index(from, i));
}

static gboolean
is_deferral(const MailsimEvent *event)
{
    return event->kind == MAILSIM_EVENT_QUEUE &&
           g_strcmp0(event->queue.action, "deferred") == 0;
}

/* A warning and its delivery come before the next wait begins. */
static void
append_closing(GPtrArray *to, const GPtrArray *closing)
{
    for (guint i = 0; i < closing->len; i++) {
        if (!is_deferral(g_ptr_array_index(closing, i)))
            g_ptr_array_add(to, g_ptr_array_index(closing, i));
    }
    for (guint i = 0; i < closing->len; i++) {
        if (is_deferral(g_ptr_array_index(closing, i)))
            g_ptr_array_add(to, g_ptr_array_index(closing, i));
    }
}

static gboolean
is_line(const MailsimEvent *event)
{
    return event->kind == MAILSIM_EVENT_LOG;
}

/* That a message has gone is no scene of its own. */
static gboolean
is_worth_a_scene(const Effort *effort)
{
    guint first = 0;

    while (first < effort->closing->len && is_line(g_ptr_array_index(effort->closing, first)))
        first++;
    if (first == effort->closing->len)
        return FALSE;
    const MailsimEvent *event = g_ptr_array_index(effort->closing, first);
    return event->kind != MAILSIM_EVENT_QUEUE || strcmp(event->queue.action, "removed") != 0;
}

/* What was concluded from one connection is told with it, from several after them. */
static void
place_closing(Making *making, Effort *effort)
{
    Draft *draft = effort->aside != NULL ? effort->aside : effort->arrival;

    if (effort->closing->len == 0)
        return;
    if (effort->hops->len == 0 && draft == NULL && effort->within != NULL) {
        append_all(effort->within->closing, effort->closing);
        return;
    }
    if (effort->hops->len > 0)
        draft = g_ptr_array_index(effort->hops, effort->hops->len - 1);
    if (draft == NULL || (effort->hops->len > 1 && is_worth_a_scene(effort))) {
        const MailsimEvent *first = g_ptr_array_index(effort->closing, 0);
        draft = story_new_draft(making, NULL, first->time_us);
        story_join(effort, draft);
    }
    append_closing(draft->after, effort->closing);
}

static gint
compare_drafts(gconstpointer a, gconstpointer b)
{
    const Draft *left = *(const Draft *const *)a;
    const Draft *right = *(const Draft *const *)b;

    if (left->unit_us != right->unit_us)
        return left->unit_us < right->unit_us ? -1 : 1;
    if (left->unit != right->unit)
        return left->unit < right->unit ? -1 : 1;
    if (left->scene->time_us != right->scene->time_us)
        return left->scene->time_us < right->scene->time_us ? -1 : 1;
    return left->rank < right->rank ? -1 : left->rank > right->rank;
}

/* A notification's own closing goes into that of its message: the last made come first. */
GPtrArray *
story_finish(Making *making)
{
    GPtrArray *scenes = g_ptr_array_new_with_free_func(story_free_scene);

    for (guint i = making->efforts->len; i > 0; i--)
        place_closing(making, g_ptr_array_index(making->efforts, i - 1));
    for (guint i = 0; i < making->questions->len; i++) {
        MailsimEvent *event = g_ptr_array_index(making->questions, i);
        g_ptr_array_add(story_get_loose(making, event)->scene->events, event);
    }
    if (making->lines->len > 0)
        story_flush_lines(
            making, story_get_loose(making, g_ptr_array_index(making->lines, 0))->after, NULL);
    g_ptr_array_sort(making->drafts, compare_drafts);
    for (guint i = 0; i < making->drafts->len; i++) {
        const Draft *draft = g_ptr_array_index(making->drafts, i);
        append_all(draft->scene->events, draft->after);
        g_ptr_array_add(scenes, draft->scene);
    }
    return scenes;
}
