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

/* Append “* SEARCH 1 3” with its line end: numbers, or UIDs, of the messages of VIEW. FALSE:
 * another session has expunged one that had to be read. */
gboolean mailsim_imap_search_append(const MailsimImapSearch *search,
                                    const MailsimMailboxView *view,
                                    gboolean is_uid_search,
                                    GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimImapSearch, mailsim_imap_search_free)
