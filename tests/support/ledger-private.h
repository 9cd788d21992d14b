/* SPDX-License-Identifier: MIT
 *
 * What the files of the ledger share. */
#pragma once

#include "ledger.h"

/* A message at one host, under one queue id. */
typedef struct {
    MailsimHost *host;
    const MailsimEvent *queued; /* NULL: refused before it was in the queue */
    const char *queue_id;
    char **recipients;
    GPtrArray *statuses; /* of MailsimEvent: these and the next, borrowed */
    GPtrArray *notices;  /* about it */
    GHashTable *origins; /* who has passed it on: “hop 3 of QUEUEID”, “forward of QUEUEID” … */
    guint n_retried;
    MailsimTime until_us; /* the queue run that is to try it again */
    gboolean expired;
    gboolean removed;
} Item;

typedef struct {
    MailsimLab *lab;
    GPtrArray *items;   /* of Item, in order of appearance */
    GHashTable *by_id;  /* “h0 5CC6040A11”: Item */
    GHashTable *exempt; /* numbers of messages with a NOTIFY= of their own */
    GString *problems;
} Ledger;

/* ---- ledger.c ---------------------------------------------------------------------------- */

void ledger_complain(Ledger *ledger, const char *format, ...) G_GNUC_PRINTF(2, 3);
Item *ledger_find_item(const Ledger *ledger, const char *party, const char *queue_id);

/* What follows WORDS in REASON, up to the next blank or parenthesis; NULL: they are not
 * there. Free with g_free(). */
char *ledger_find_word_after(const char *reason, const char *words);

/* ---- ledger-item.c ----------------------------------------------------------------------- */

/* By their names alone, whatever the host calls itself. */
gboolean ledger_is_same_user(const char *a, const char *b);

/* Has ITEM taken over the mail for ADDRESS: it, or all that virtual_alias_maps makes of it? */
gboolean ledger_has_taken(const Item *item, const char *address);

/* Is STATUS the last word on its recipient? */
gboolean ledger_is_final(const MailsimEvent *status);
gboolean ledger_has_waited(const Item *item);
guint ledger_count_given(const Item *item, const char *address);
void ledger_check_item(Ledger *ledger, const Item *item);
