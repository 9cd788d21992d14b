/* SPDX-License-Identifier: MIT
 *
 * What a story is while it is being made: between story.c, which puts events where they belong,
 * and story-end.c. */
#pragma once

#include "story.h"

/* A scene that is being made, with what only the making needs. */
typedef struct {
    Scene *scene;
    GPtrArray *after;    /* of MailsimEvent, borrowed: what is told when the hop is over */
    MailsimTime unit_us; /* scenes with the same of these two stand together */
    guint unit;
    guint rank; /* of its making */
} Draft;

/* An attempt that is being made. Drafts are borrowed. */
typedef struct Effort {
    Attempt *attempt; /* a reference */
    Draft *arrival;  /* of the first: the hop that brought the message, or a scene of its own */
    Draft *aside;    /* what happens on no hop */
    GPtrArray *hops; /* of Draft */
    GPtrArray *closing;    /* of MailsimEvent, borrowed: what the queue manager concludes */
    struct Effort *within; /* of a notification: what it is about; NULL: it is none */
} Effort;

typedef struct {
    const MailsimRecording *recording;
    guint first_hop;
    GPtrArray *drafts;     /* of Draft */
    GPtrArray *efforts;    /* of Effort */
    GPtrArray *by_hop;     /* of Draft, borrowed; NULL: not begun */
    GHashTable *by_queue;  /* “party queue-id”: Effort, the last; so are the others */
    GHashTable *by_sender; /* “party message”: Effort */
    GHashTable *brought;   /* “party message”: Draft, a hop to that party */
    GHashTable *left;      /* party: Draft, a hop from it */
    GHashTable *reached;   /* party: Draft, a hop to it */
    GHashTable *notices;   /* “party queue-id” of a notification: that of its message */
    GHashTable *last;      /* party: GPtrArray, borrowed: where its last event went */
    GPtrArray *lines;      /* of MailsimEvent: lines of logs, with what comes after them */
    GPtrArray *questions;  /* of MailsimEvent: look-ups that led nowhere yet */
    Draft *loose;          /* for what is near no hop; NULL: there is nothing yet */
} Making;

Draft *story_new_draft(Making *making, const MailsimHop *hop, MailsimTime time_us);

/* DRAFT is of EFFORT. An attempt that is not the first is told as a whole, from ASIDE on. */
void story_join(Effort *effort, Draft *draft);

/* The draft for what is near no hop; EVENT is of it. */
Draft *story_get_loose(Making *making, const MailsimEvent *event);

/* Move the lines of logs of PARTY (NULL: all) that wait for what they belong to to TO. */
void story_flush_lines(Making *making, GPtrArray *to, const char *party);

/* All events have been placed: the scenes in order, which the caller takes. */
GPtrArray *story_finish(Making *making);
