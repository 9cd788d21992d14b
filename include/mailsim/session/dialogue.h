/* SPDX-License-Identifier: MIT
 *
 * The engine of client conversations. A conversation is a table of steps; the engine alone
 * moves through it, so that no transition can be forgotten. Pipelining (RFC 2920) is two
 * cursors over the same table: one says, one hears, and the answers awaited stand in a queue
 * between them. What an answer looks like is the client's affair: it reads them, and says of
 * each which class it is of. */
#pragma once

#include <mailsim/session/session.h>

typedef enum {
    MAILSIM_SAID_NOTHING, /* this step does not apply: go to the next */
    MAILSIM_SAID_ALL,
    MAILSIM_SAID_MORE,    /* the same step has more to say: another recipient */
    MAILSIM_SAID_GIVE_UP, /* nothing was said, and nothing more is to be done: say goodbye */
} MailsimSaid;

typedef enum {
    MAILSIM_HEARD_NEXT,
    MAILSIM_HEARD_AGAIN,   /* say this step again: a challenge is to be answered */
    MAILSIM_HEARD_SECURE,  /* a TLS handshake comes next */
    MAILSIM_HEARD_GIVE_UP, /* nothing more to be done: say goodbye */
} MailsimHeard;

typedef enum {
    MAILSIM_STEP_PIPELINE = 1 << 0, /* may be said before earlier answers are heard */
    MAILSIM_STEP_UNHEARD = 1 << 1,  /* its answer is not waited for */
    MAILSIM_STEP_LINES = 1 << 2, /* a good answer goes on, up to a lone dot: for who reads it;
                                       the engine does not look at it */
} MailsimStepFlags;

typedef struct {
    const char *name;
    MailsimSaid (*say)(gpointer client, GString *out); /* NULL: listen only */
    const char *accepts; /* classes of the replies that hear() gets; “23” of SMTP's */
    MailsimHeard (*hear)(gpointer client, gconstpointer reply); /* NULL: go on */
    MailsimStepFlags flags;
    const char *reference;
    gsize patience; /* which of the client's patiences it is; the engine does not look at it */
} MailsimDialogueStep;

typedef struct {
    const MailsimDialogueStep *steps; /* the last one is the goodbye, and never gives up */
    guint n_steps;

    /* A reply that the step does not accept. */
    MailsimHeard (*refused)(gpointer client,
                            const MailsimDialogueStep *step,
                            gconstpointer reply);
} MailsimDialogueTable;

typedef struct {
    const MailsimDialogueTable *table;
    gpointer client;     /* borrowed: handed to the functions of the table */
    guint cursor;        /* the step to be said next */
    GQueue *awaited;     /* steps said and not answered yet */
    gboolean pipelining; /* the server offers it, and the client wants it */
} MailsimDialogue;

void mailsim_dialogue_init(MailsimDialogue *dialogue,
                           const MailsimDialogueTable *table,
                           gpointer client);
void mailsim_dialogue_clear(MailsimDialogue *dialogue);

/* Say what may be said now, from the beginning or after a handshake. */
MailsimWant mailsim_dialogue_speak(MailsimDialogue *dialogue, GString *out);

/* Hear a whole REPLY, as the client's functions know it, of CLASS; conclude, and speak on. */
MailsimWant
mailsim_dialogue_hear(MailsimDialogue *dialogue, char class, gconstpointer reply, GString *out);

/* The step whose answer is awaited; NULL when none is. */
const MailsimDialogueStep *mailsim_dialogue_get_awaited(const MailsimDialogue *dialogue);

/* Is STEP the goodbye? */
gboolean mailsim_dialogue_is_goodbye(const MailsimDialogue *dialogue,
                                     const MailsimDialogueStep *step);
