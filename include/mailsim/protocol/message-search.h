/* SPDX-License-Identifier: MIT
 *
 * Looking for words in a message as its reader sees it (RFC 3501 §6.4.4): transfer encodings,
 * charsets and encoded words undone, capitals and ways to write an accent all the same. */
#pragma once

#include <mailsim/protocol/message-structure.h>

/* Is there such a charset? */
gboolean mailsim_charset_is_known(const char *charset);

/* What is looked for: TEXT of LENGTH octets in CHARSET, in the form in which it is compared.
 * NULL: it is no text in that charset. Free with g_free(). */
char *mailsim_message_search_key(const char *text, gsize length, const char *charset);

/* What of a field is looked at: addresses are written anew, “"Bob, C" <bob@x.example>”. */
typedef enum {
    MAILSIM_SEARCH_WHOLE,
    MAILSIM_SEARCH_BLANKS_AS_ONE,
    MAILSIM_SEARCH_ADDRESSES,
} MailsimMessageSearchForm;

/* Is KEY part of one of the fields NAME of the message? “”: there is such a field. */
gboolean mailsim_message_search_field(const MailsimMessageStructure *structure,
                                      const char *name,
                                      MailsimMessageSearchForm form,
                                      const char *key);

/* Is it part of a text in it (BODY), or also of a header in it (TEXT)? */
gboolean mailsim_message_search_text(const MailsimMessageStructure *structure,
                                     gboolean with_headers,
                                     const char *key);

/* The day that is written in its Date field, in days since 1970-01-01; 0 where there is none
 * that can be read. */
gint64 mailsim_message_get_sent_day(const MailsimMessageStructure *structure);
