/* SPDX-License-Identifier: MIT
 *
 * Putting events into scenes. An event without a hop is told with a hop of the same party: a
 * look-up with the next connection, the fate of a message with the last one. */
#include "story.h"

#include <string.h>

Scene *
story_new_scene(const MailsimHop *hop, MailsimTime time_us)
{
    Scene *scene = g_new0(Scene, 1);

    scene->hop = hop;
    scene->time_us = time_us;
    scene->events = g_ptr_array_new();
    return scene;
}

void
story_free_scene(gpointer data)
{
    Scene *scene = data;

    g_ptr_array_unref(scene->events);
    g_free(scene);
}

static gint
compare_scenes(gconstpointer a, gconstpointer b)
{
    const Scene *left = *(const Scene *const *)a;
    const Scene *right = *(const Scene *const *)b;

    return left->time_us < right->time_us ? -1 : left->time_us > right->time_us;
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

static Scene *
find_own_scene(const GPtrArray *scenes, int hop)
{
    for (guint i = 0; i < scenes->len; i++) {
        Scene *scene = g_ptr_array_index(scenes, i);
        if (scene->hop != NULL && (int)scene->hop->index == hop)
            return scene;
    }
    return NULL;
}

static gboolean
mentions(const char *text, const char *name)
{
    return text != NULL && name != NULL && strstr(text, name) != NULL;
}

gboolean
story_leads_to(const MailsimEvent *event, const MailsimHop *hop)
{
    return mentions(event->dns.question, hop->to_fqdn) ||
           mentions(event->dns.answer, hop->to_fqdn) ||
           mentions(event->dns.answer, hop->address);
}

/* The first connection that the asker makes afterwards, and because of it. */
static Scene *
find_next_scene(const GPtrArray *scenes, const MailsimEvent *event)
{
    for (guint i = 0; i < scenes->len; i++) {
        Scene *scene = g_ptr_array_index(scenes, i);
        if (scene->hop != NULL && scene->time_us >= event->time_us &&
            g_strcmp0(scene->hop->from, event->party) == 0 && story_leads_to(event, scene->hop))
            return scene;
    }
    return NULL;
}

/* The last connection before it that brought the message there or took it away. A message that
 * found no way out is told with the look-ups that failed. */
static Scene *
find_last_scene(const GPtrArray *scenes, const MailsimEvent *event)
{
    const char *relay = event->kind == MAILSIM_EVENT_STATUS ? event->status.relay : NULL;
    const gboolean arrived =
        event->kind == MAILSIM_EVENT_QUEUED || g_strcmp0(relay, "local") == 0;

    if (g_strcmp0(relay, "none") == 0)
        return NULL;
    for (guint i = scenes->len; i > 0; i--) {
        Scene *scene = g_ptr_array_index(scenes, i - 1);
        if (scene->hop == NULL || scene->time_us > event->time_us)
            continue;
        if (g_strcmp0(arrived ? scene->hop->to : scene->hop->from, event->party) == 0)
            return scene;
    }
    return NULL;
}

/* What is near no hop shares one scene. */
static Scene *
find_loose_scene(GPtrArray *scenes, const MailsimEvent *event)
{
    Scene *last = scenes->len == 0 ? NULL : g_ptr_array_index(scenes, scenes->len - 1);

    if (last != NULL)
        return last;
    last = story_new_scene(NULL, event->time_us);
    g_ptr_array_add(scenes, last);
    return last;
}

static void
place_event(GPtrArray *scenes, GPtrArray *loose, MailsimEvent *event)
{
    Scene *scene = NULL;

    if (event->kind == MAILSIM_EVENT_STEP)
        return;
    if (event->hop >= 0)
        scene = find_own_scene(scenes, event->hop);
    else if (event->kind == MAILSIM_EVENT_DNS)
        scene = find_next_scene(scenes, event);
    else
        scene = find_last_scene(scenes, event);
    if (scene == NULL)
        scene = find_loose_scene(loose, event);
    if (event->kind == MAILSIM_EVENT_DNS && event->hop < 0 && scene->hop != NULL)
        g_ptr_array_insert(scene->events, (int)scene->n_before++, event);
    else
        g_ptr_array_add(scene->events, event);
}

/* A message gets its queue id while the client still waits for the answer. */
static gboolean
is_part_of_conversation(const MailsimEvent *event)
{
    return event->hop >= 0 || event->kind == MAILSIM_EVENT_QUEUED;
}

GPtrArray *
story_new_scenes(const MailsimRecording *recording, guint step)
{
    g_autoptr(GPtrArray) scenes = g_ptr_array_new_with_free_func(story_free_scene);
    g_autoptr(GPtrArray) loose = g_ptr_array_new();
    g_autoptr(GPtrArray) events = g_ptr_array_new();
    guint first;
    guint end;

    mailsim_recording_get_step_hops(recording, step, &first, &end);
    for (guint i = first; i < end; i++) {
        const MailsimHop *hop = g_ptr_array_index(recording->hops, i);
        g_ptr_array_add(scenes, story_new_scene(hop, hop->started_us));
    }
    g_ptr_array_sort(scenes, compare_scenes);
    mailsim_recording_get_step_events(recording, step, &first, &end);
    for (guint i = first; i < end; i++)
        g_ptr_array_add(events, g_ptr_array_index(recording->events, i));
    g_ptr_array_sort(events, compare_events);
    for (guint i = 0; i < events->len; i++) {
        MailsimEvent *event = g_ptr_array_index(events, i);
        if (is_part_of_conversation(event))
            place_event(scenes, loose, event);
    }
    for (guint i = 0; i < events->len; i++) {
        MailsimEvent *event = g_ptr_array_index(events, i);
        if (!is_part_of_conversation(event))
            place_event(scenes, loose, event);
    }
    g_ptr_array_extend_and_steal(scenes, g_steal_pointer(&loose));
    g_ptr_array_sort(scenes, compare_scenes);
    return g_steal_pointer(&scenes);
}
