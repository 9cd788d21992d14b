/* SPDX-License-Identifier: MIT
 *
 * Responses of an IMAP server (RFC 3501 §7): a line, which goes on behind each literal that it
 * holds. */
#pragma once

#include <mailsim/protocol/parse.h>

typedef struct {
    char *tag;        /* “a1”; “*”: it is no answer; “+”: the client is to go on */
    guint32 number;   /* before the name: “* 3 EXISTS”; 0: there is none */
    char *name;       /* upper case: “OK”, “EXISTS”, “FETCH”; of “+” NULL */
    char *code;       /* of a status, without its brackets: “UIDVALIDITY 7”; NULL: none */
    const char *text; /* all behind the tag: “NO [AUTHENTICATIONFAILED] …” */
    const char *data; /* all behind the name, literals as they came; may hold NUL */
    gsize length;     /* of data */

    /* For who reads it. */
    GString *raw;
    gsize literal_end;  /* in raw: so far goes the last literal; 0: there was none */
    gsize n_literal;    /* octets of literals in raw */
    gboolean is_status; /* OK, NO, BAD, BYE, PREAUTH */
} MailsimImapResponse;

MailsimImapResponse *mailsim_imap_response_new(void);
void mailsim_imap_response_free(MailsimImapResponse *response);

/* Add one line; LINE_END is what it ended in, CR LF or LF. DONE: the response is whole. ERROR:
 * it is none, or longer than MAILSIM_FETCH_LINE_MAX_BYTES and literals of
 * MAILSIM_FETCH_MAX_BYTES. */
MailsimParse mailsim_imap_response_add_line(MailsimImapResponse *response,
                                            const char *line,
                                            gsize length,
                                            const char *line_end);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimImapResponse, mailsim_imap_response_free)
