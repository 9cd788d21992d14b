/* SPDX-License-Identifier: MIT
 *
 * What a story is made of: scenes, and attempts that several scenes may share. */
#include <string.h>

#include "story.h"

#include "log-kind.h"

static void
clear_attempt(gpointer data)
{
    Attempt *attempt = data;

    g_free(attempt->queue);
    g_ptr_array_unref(attempt->events);
    g_ptr_array_unref(attempt->others);
}

Attempt *
story_new_attempt(const char *queue, guint number, MailsimTime started_us)
{
    Attempt *attempt = g_rc_box_new0(Attempt);

    attempt->queue = g_strdup(queue);
    attempt->number = number;
    attempt->started_us = started_us;
    attempt->events = g_ptr_array_new();
    attempt->others = g_ptr_array_new();
    return attempt;
}

void
story_release_attempt(Attempt *attempt)
{
    g_rc_box_release_full(attempt, clear_attempt);
}

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
    g_clear_pointer(&scene->attempt, story_release_attempt);
    g_free(scene);
}

gboolean
story_begins_attempt(const Scene *scene)
{
    const MailsimEvent *first =
        scene->events->len == 0 ? NULL : g_ptr_array_index(scene->events, 0);

    return first != NULL && first->kind == MAILSIM_EVENT_QUEUE &&
           g_strcmp0(first->queue.action, "retried") == 0;
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

void
story_add_line(GPtrArray *events, MailsimEvent *line)
{
    const MailsimEvent *last =
        events->len == 0 ? NULL : g_ptr_array_index(events, events->len - 1);

    if (last != NULL && log_records(line, last))
        g_ptr_array_insert(events, (int)events->len - 1, line);
    else
        g_ptr_array_add(events, line);
}
