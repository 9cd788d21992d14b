/* SPDX-License-Identifier: MIT
 *
 * What FETCH asks of a message (RFC 3501 §6.4.5), and what it is answered. */
#pragma once

#include <mailsim/protocol/imap-command.h>
#include <mailsim/store/mail-store.h>

typedef struct MailsimImapFetchItems MailsimImapFetchItems;

/* What the log counts, in Dovecot's names. */
typedef struct {
    guint64 hdr_count; /* headers, and the octets of them */
    guint64 hdr_bytes;
    guint64 body_count; /* texts, likewise */
    guint64 body_bytes;
} MailsimImapFetchCounters;

/* Have ARGUMENTS, from FIRST on, the form of a FETCH: set and items? Else: “Invalid arguments”.
 * It is asked before the set is looked at; what the items are, after it. */
gboolean mailsim_imap_fetch_is_well_formed(const GPtrArray *arguments, guint first);

/* The items of well-formed ARGUMENTS, the set of which is at FIRST; a UID FETCH says the UID
 * without being asked. NULL: *PROBLEM says why, to be freed with g_free(). */
MailsimImapFetchItems *mailsim_imap_fetch_items_parse(const GPtrArray *arguments,
                                                      guint first,
                                                      gboolean is_uid_fetch,
                                                      char **problem);
void mailsim_imap_fetch_items_free(MailsimImapFetchItems *items);

/* Append “* 3 FETCH (…)” with its line end, for message NUMBER of VIEW. It MAY_MARK it \Seen if
 * need be. FALSE: another session has expunged the message, and what must be read is NIL. */
gboolean mailsim_imap_fetch_items_append(const MailsimImapFetchItems *items,
                                         MailsimMailboxView *view,
                                         guint number,
                                         gboolean may_mark,
                                         MailsimImapFetchCounters *counters,
                                         GString *out);

/* Append “(\Seen \Recent work)”: the flags of message NUMBER. */
void mailsim_imap_append_flags(MailsimMailboxView *view, guint number, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimImapFetchItems, mailsim_imap_fetch_items_free)
