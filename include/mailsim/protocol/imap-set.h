/* SPDX-License-Identifier: MIT
 *
 * Sets of messages: “1,3:5,9:*” (RFC 3501 §9, sequence-set). */
#pragma once

#include <glib.h>

typedef struct {
    guint32 first; /* not above last */
    guint32 last;
} MailsimImapRange;

/* TEXT with STAR for *, the greatest number there is; ranges of MailsimImapRange, in order and
 * joined, to be unreferenced. NULL: it is no set. */
GArray *mailsim_imap_set_parse(const char *text, guint32 star);

gboolean mailsim_imap_set_has(const GArray *ranges, guint32 number);

/* Append NUMBER, above all that are there. */
void mailsim_imap_set_add(GArray *ranges, guint32 number);

/* “1,3:5”; free with g_free(). */
char *mailsim_imap_set_format(const GArray *ranges);
