/* SPDX-License-Identifier: MIT
 *
 * The Dovecot of one dialogue, as far as its sessions must ask for it: users and what a wrong
 * password costs, mailboxes, how many are connected, the log, and a clock. Its clients talk to
 * the pure sessions, in memory. */
#pragma once

#include <mailsim/session/session.h>
#include <mailsim/store/mail-store.h>

#include "dovecot-dialogue.h"
#include "session-end.h"

typedef struct DovecotWorld DovecotWorld;

/* One connection. */
typedef struct {
    DovecotWorld *world;
    guint port;
    guint number;
    SessionEnd end;
    gint64 closed_us;  /* when it was over; counted as the end's time is */
    char *user;        /* whose mail it reads; NULL: nobody's yet */
    char *named;       /* whom the last SASL exchange named; NULL: nobody */
    char *sasl_user;   /* of LOGIN, under way */
    gboolean in_login; /* SASL's LOGIN is under way */
    gint64 delay_us;
    char *tls_problem;
} DovecotConnection;

typedef struct {
    char *text;
    gboolean expected; /* FALSE: it may be in the recording or not */
} DovecotLogLine;

struct DovecotWorld {
    const DovecotDialogue *dialogue;
    GPtrArray *connections; /* of DovecotConnection; the first is client 1; NULL: not there */
    GHashTable *stores;     /* of MailsimMailStore by user */
    GArray *log;            /* of DovecotLogLine */
    gboolean log_counts;    /* what is logged now has to be in the recording */
    gboolean changed;       /* a mailbox is, and not all have been told */
    gint64 now_us;          /* since it began */
    GPtrArray *failures;    /* of char *: what was said wrongly, each once */
    guint n_failures;       /* that count */
    gint64 failed_us;       /* when the last that was new was judged */
};

/* With its mailboxes. */
DovecotWorld *dovecot_world_new(const DovecotDialogue *dialogue);
void dovecot_world_free(DovecotWorld *world);

/* Another dialogue is held with it: the connections and the log of the first are forgotten. */
void dovecot_world_continue(DovecotWorld *world, const DovecotDialogue *dialogue);

/* Client NUMBER connects to PORT; it has not heard the greeting yet. */
DovecotConnection *dovecot_world_connect(DovecotWorld *world, guint number, guint port);

/* NULL: it never did. */
DovecotConnection *dovecot_world_get(const DovecotWorld *world, guint number);

void dovecot_world_pass(DovecotWorld *world, gint64 delay_us);

/* The next thing that comes due, within MAX_US. FALSE: there is none. */
gboolean dovecot_world_wait(DovecotWorld *world, gint64 max_us);

/* All that changed is told to who wants to know. */
void dovecot_world_notify(DovecotWorld *world);

void dovecot_world_deliver(DovecotWorld *world, const char *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DovecotWorld, dovecot_world_free)
