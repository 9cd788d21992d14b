/* SPDX-License-Identifier: MIT
 *
 * The order in which a recording is told. Hops overlap in time (a server forwards a message
 * while the client still says QUIT), so a story is made of scenes, a hop each, and not of
 * events by time. */
#pragma once

#include <mailsim/recording/recording.h>

/* A hop with what belongs to it although it happened on no hop: the look-ups before it and what
 * became of the message after it. */
typedef struct {
    const MailsimHop *hop; /* borrowed; NULL: events that belong to no hop */
    MailsimTime time_us;
    GPtrArray *events; /* of MailsimEvent, borrowed, in the order of telling */
    guint n_before;    /* so many of them come before the connection */
} Scene;

Scene *story_new_scene(const MailsimHop *hop, MailsimTime time_us);
void story_free_scene(gpointer scene);

/* Does this look-up lead to the host that HOP calls? */
gboolean story_leads_to(const MailsimEvent *event, const MailsimHop *hop);

/* The scenes of the step with this index, in order; free with g_ptr_array_unref(). */
GPtrArray *story_new_scenes(const MailsimRecording *recording, guint step);
