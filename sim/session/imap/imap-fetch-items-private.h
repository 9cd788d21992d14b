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

/* Append “* 3 FETCH (” for message NUMBER of VIEW, which MAY be MARKED \Seen if need be. */
void mailsim_imap_fetch_items_begin(MailsimImapFetchItems *items,
                                    MailsimMailboxView *view,
                                    guint number,
                                    gboolean may_mark,
                                    GString *out);

/* Append one item more; with the last, “)” and the line end. FALSE: that was the last. */
gboolean mailsim_imap_fetch_items_continue(MailsimImapFetchItems *items,
                                           MailsimMailboxView *view,
                                           MailsimImapFetchCounters *counters,
                                           GString *out);

/* Of the message that was begun last: had another session expunged it, so that what must be
 * read is NIL? Is it \Seen only since? */
gboolean mailsim_imap_fetch_items_missed(const MailsimImapFetchItems *items);
gboolean mailsim_imap_fetch_items_marked(const MailsimImapFetchItems *items);

/* Append “(\Seen \Recent work)”: the flags of message NUMBER. */
void mailsim_imap_append_flags(MailsimMailboxView *view, guint number, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimImapFetchItems, mailsim_imap_fetch_items_free)
