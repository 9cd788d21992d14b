/* SPDX-License-Identifier: MIT
 *
 * The programs of SEARCH (RFC 3501 §6.4.4). */
#pragma once

#include <mailsim/protocol/imap-command.h>
#include <mailsim/store/mail-store.h>

typedef struct MailsimImapSearch MailsimImapSearch;

typedef enum {
    MAILSIM_IMAP_SEARCH_OK,
    MAILSIM_IMAP_SEARCH_BAD, /* “BAD Error in IMAP command SEARCH: ” and the problem */
    MAILSIM_IMAP_SEARCH_NO,  /* “NO ” and the problem */
} MailsimImapSearchStatus;

/* The program that ARGUMENTS are, from FIRST on (CHARSET and its name included); a star is the
 * last message of VIEW. *SEARCH where it is OK, else *PROBLEM, to be freed with g_free(). */
MailsimImapSearchStatus mailsim_imap_search_parse(const GPtrArray *arguments,
                                                  guint first,
                                                  const MailsimMailboxView *view,
                                                  MailsimImapSearch **search,
                                                  char **problem);
void mailsim_imap_search_free(MailsimImapSearch *search);

/* The keywords that it asks for, of char *, lent: Dovecot makes them known to the mailbox. */
const GPtrArray *mailsim_imap_search_get_keywords(const MailsimImapSearch *search);

typedef enum {
    MAILSIM_IMAP_SEARCH_MISS,
    MAILSIM_IMAP_SEARCH_UNKNOWN, /* it has to be read, and another session has expunged it */
    MAILSIM_IMAP_SEARCH_YES,
} MailsimImapSearchTruth;

/* Is message NUMBER of VIEW one of those? */
MailsimImapSearchTruth mailsim_imap_search_judge(MailsimImapSearch *search,
                                                 const MailsimMailboxView *view,
                                                 guint number);

/* How much that has cost so far: keys, times octets where messages were read. */
guint64 mailsim_imap_search_get_work(const MailsimImapSearch *search);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimImapSearch, mailsim_imap_search_free)
