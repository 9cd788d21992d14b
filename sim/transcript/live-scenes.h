/* SPDX-License-Identifier: MIT
 *
 * The scenes of a recording that is still being written: which one an event belongs to, as far
 * as can be known when it happens. Telling them is render-live.c's. */
#pragma once

#include "story.h"

/* A scene that grows. Of its events only those that are not told yet are in it. */
typedef struct {
    Scene *scene;
    char *party; /* of a scene without hop: whose it is; NULL with one */
    MailsimTime origin_us;
    MailsimTime last_us;     /* of its last event */
    gsize weight;            /* octets that its events take, more or less */
    GArray *messages;        /* of guint: that came in on it */
    guint after;             /* what brought the message of its hop: index + 1; 0: nothing */
    const MailsimEvent *due; /* told, but for its note; NULL: none */
    gboolean begun;          /* some of it has been told */
    gboolean over;           /* its hop is */
    gboolean ended;          /* and that has been told */
    gboolean stirred;        /* something was added since it was told last */
} Telling;

typedef struct {
    const MailsimRecording *recording; /* borrowed */
    GHashTable *by_hop;                /* index: Telling */
    GPtrArray *loose;                  /* of Telling: without hop */
    GHashTable *by_queue; /* “host id”: Telling, borrowed: what brought the message there */
    GHashTable *by_party; /* party: Telling, borrowed: where its last event went */
    GHashTable *by_message; /* number: index + 1 of the hop that brought it last */
    GPtrArray *unanswered;  /* of MailsimEvent, borrowed: look-ups that led nowhere yet */
    GPtrArray *stirred;     /* of Telling, borrowed, in the order in which they were */
    GPtrArray *over;        /* of Telling, borrowed: to be told, in the order of their ends */
    guint n_placed;         /* events that are in a scene, or unanswered */
    gsize weight;           /* of all tellings */
} LiveScenes;

void live_scenes_init(LiveScenes *scenes, const MailsimRecording *recording);
void live_scenes_clear(LiveScenes *scenes);

/* Put the events that are new where they belong. */
void live_scenes_go_on(LiveScenes *scenes);

/* The one of that hop, if it has begun. */
Telling *live_scenes_find_hop(const LiveScenes *scenes, guint index);

/* The one with most to tell. */
Telling *live_scenes_find_heaviest(const LiveScenes *scenes);

/* Those of hops of which not all is told, in the order in which they began; free with
 * g_ptr_array_unref(). */
GPtrArray *live_scenes_list_untold(const LiveScenes *scenes);

/* All of the hop of TELLING is told. */
void live_scenes_end(LiveScenes *scenes, Telling *telling);

/* HOP will not be spoken of again. */
void live_scenes_forget_hop(LiveScenes *scenes, const MailsimHop *hop);
