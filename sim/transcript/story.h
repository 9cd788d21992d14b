/* SPDX-License-Identifier: MIT
 *
 * The order in which a recording is told. Hops overlap in time (a server forwards a message
 * while the client still says QUIT), so a story is made of scenes, a hop each, and not of
 * events by time. What a queue manager tries again is told attempt by attempt. */
#pragma once

#include <mailsim/recording/recording.h>

/* How much of an attempt is told: attempts may be as alike as two peas. */
typedef enum {
    EXTENT_WHOLE,
    EXTENT_SHORT,   /* what came of it; the conversation was as before */
    EXTENT_COUNTED, /* it is one of many, told in one line with the first of them */
} Extent;

/* What one host does at a time to get one message away. */
typedef struct {
    char *queue;  /* “mail 4C1A7B0001”: host and queue id */
    guint number; /* 1, 2 …, as the queue manager counts */
    MailsimTime started_us;
    GPtrArray *events; /* of MailsimEvent, borrowed, in the order of time: what came of it, and
                          the first event of each of its hops */

    Extent extent;     /* this and the next are fold.c's */
    gint64 waited_us;  /* since the attempt before; 0: there was none */
    GPtrArray *others; /* of Attempt, borrowed: those that are counted with this one */
} Attempt;

/* A hop with what belongs to it although it happened on no hop: the look-ups before it and what
 * became of the message after it. */
typedef struct {
    const MailsimHop *hop; /* borrowed; NULL: events that belong to no hop */
    MailsimTime time_us;
    GPtrArray *events; /* of MailsimEvent, borrowed, in the order of telling */
    guint n_before;    /* so many of them come before the connection */
    Attempt *attempt;  /* a reference; NULL: nothing is taken from a queue */
} Scene;

Scene *story_new_scene(const MailsimHop *hop, MailsimTime time_us);
void story_free_scene(gpointer scene);

/* Is this where a queue manager takes a message up again? An attempt has one such scene,
 * whatever others it has. */
gboolean story_begins_attempt(const Scene *scene);

/* Does this look-up lead to the host that HOP calls? */
gboolean story_leads_to(const MailsimEvent *event, const MailsimHop *hop);

/* Was it asked in vain, about the domain of STATUS's recipient or what its reason names? */
gboolean story_leads_to_status(const MailsimEvent *event, const MailsimEvent *status);

/* Append LINE, of a log. Where the last of EVENTS is what it records, it comes before that:
 * what is said of the event is said of its line as well. */
void story_add_line(GPtrArray *events, MailsimEvent *line);

/* A new one is the caller's, as is each reference that a scene has. */
Attempt *story_new_attempt(const char *queue, guint number, MailsimTime started_us);
void story_release_attempt(Attempt *attempt);

/* The scenes of the step with this index, in order; free with g_ptr_array_unref(). Those of an
 * attempt that is not the first stand together. */
GPtrArray *story_new_scenes(const MailsimRecording *recording, guint step);
