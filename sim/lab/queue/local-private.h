/* SPDX-License-Identifier: MIT
 *
 * What the files of local(8) share: one delivery, and a turn on the way from a recipient, by
 * aliases and ~/.forward files, to mailboxes. */
#pragma once

#include "queue-private.h"

/* As deep as expansions may go before they are taken for a circle. */
#define MAILSIM_LOCAL_LEVEL_MAX 100

/* One recipient of one message, by what is the same at each turn. */
typedef struct {
    MailsimHost *host;
    MailsimQueueFile *file;
    MailsimQueueRecipient *recipient;
    gint64 seen_max;     /* postconf(5) duplicate_filter_limit */
    GHashTable *seen;    /* what is delivered, or expanded, once only */
    GHashTable *visited; /* addresses in Delivered-To: fields of the message, in lower case */
    guint n_turns;
    gboolean exhausted;  /* it went round too often, and is over */
    GPtrArray *forwards; /* new messages for addresses elsewhere: see local-forward.c */
} MailsimLocalDelivery;

typedef enum {
    MAILSIM_LOCAL_RECIPIENT, /* of the queue file, as it is */
    MAILSIM_LOCAL_ALIAS,
    MAILSIM_LOCAL_INCLUDE,
    MAILSIM_LOCAL_FORWARD,
} MailsimLocalSource;

/* Where an address comes from, and what its mail is to carry. Passed on by value: each turn
 * changes its own copy. Strings are borrowed. */
typedef struct {
    MailsimLocalDelivery *delivery;
    const char *address;
    const char *local;     /* its local part, in lower case */
    const char *user;      /* the same without its extension */
    const char *extension; /* NULL: none */
    const char *unmatched; /* the extension as far as it goes on to what is expanded; NULL */
    const char *original;  /* orig_to= and X-Original-To:; empty: none */
    const char *sender;
    const char *delivered_to; /* of the message that goes on; NULL: not known yet */
    const char *expanded;     /* the name whose expansion this address is; NULL: none */
    const char *owner;        /* who set it on its way: then other users get a message of their
                               * own; NULL: nobody */
    const char *dsn_original; /* NULL: none */
    guint notify;
    gboolean from_list; /* an owner- alias has taken over: ENVID= and RET= do not go on */
    MailsimLocalSource source;
    guint level;
} MailsimLocalTurn;

/* All that deliver return TRUE when it has to be tried again. */

/* ---- local.c ----------------------------------------------------------------------------- */

/* Is it the first time that KIND is done with WHAT, capitals or not? */
gboolean
mailsim_local_is_first(MailsimLocalDelivery *delivery, const char *kind, const char *what);

/* Write down what became of the address of TURN. */
gboolean mailsim_local_log(const MailsimLocalTurn *turn, const MailsimDeliveryStatus *status);
gboolean
mailsim_local_bounce(const MailsimLocalTurn *turn, const char *dsn, const char *reason);
gboolean mailsim_local_defer(const MailsimLocalTurn *turn, const char *dsn, const char *reason);

/* To ADDRESS, as the right-hand side of an alias says it. */
gboolean mailsim_local_deliver_address(MailsimLocalTurn turn, const char *address);

/* ---- local-expand.c ---------------------------------------------------------------------- */

/* By the alias NAME. FALSE: there is none; else *AGAIN is set. */
gboolean mailsim_local_expand_alias(MailsimLocalTurn turn, const char *name, gboolean *again);

/* By the user's ~/.forward. FALSE: he has none, or stands in it himself. */
gboolean mailsim_local_expand_forward(MailsimLocalTurn turn, gboolean *again);

/* ---- local-mailbox.c --------------------------------------------------------------------- */

/* Into the user's mailbox. FALSE: there is no such user. */
gboolean mailsim_local_deliver_to_mailbox(const MailsimLocalTurn *turn, gboolean *again);

/* To somebody who is neither alias nor user. */
gboolean mailsim_local_deliver_to_unknown(MailsimLocalTurn turn);

/* A template such as forward_path, with $user, $home, $extension and their like; NULL: it names
 * an extension, and there is none. Free with g_free(). */
char *mailsim_local_expand_template(const MailsimLocalTurn *turn, const char *template);

/* ---- local-forward.c --------------------------------------------------------------------- */

/* The address of TURN gets a new message, with all others of the same sender and
 * Delivered-To:. */
void mailsim_local_forward(const MailsimLocalTurn *turn);

/* Send the new messages. */
gboolean mailsim_local_send_forwards(const MailsimLocalTurn *turn);
void mailsim_local_forward_free(gpointer forward);
