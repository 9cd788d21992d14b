/* SPDX-License-Identifier: MIT
 *
 * Addresses as words and specials (RFC 822 §3.3), which is how Postfix looks at them, also in
 * commands: smtp-path.c finds the address in what was typed,
 * trivial-rewrite.c takes it apart. */
#pragma once

#include <glib.h>

typedef enum {
    MAILSIM_ADDRESS_SPECIAL, /* “@”, “.”, “%”, …: `text` has one byte */
    MAILSIM_ADDRESS_ATOM,
    MAILSIM_ADDRESS_QUOTED,  /* "…": `text` without quotes and escapes */
    MAILSIM_ADDRESS_LITERAL, /* […]: `text` without brackets */
    MAILSIM_ADDRESS_COMMENT, /* (…): `text` with parentheses, the last of which may lack */
} MailsimAddressTokenKind;

typedef struct {
    MailsimAddressTokenKind kind;
    char text[]; /* allocated with it; bytes may be changed, not added */
} MailsimAddressToken;

/* Array of MailsimAddressToken, from left to right; free with g_ptr_array_unref(). */
GPtrArray *mailsim_address_tokens_scan(const char *text);

MailsimAddressToken *mailsim_address_token_new(MailsimAddressTokenKind kind, const char *text);

/* TOKEN may be NULL. */
gboolean mailsim_address_token_is(const MailsimAddressToken *token, char special);

/* Where SPECIAL stands last; tokens->len when nowhere. */
guint mailsim_address_tokens_find_last(const GPtrArray *tokens, char special);

/* The tokens from START to before END, as text without quotes and escapes. Words side by
 * side get a blank between them. Free with g_free(). */
char *mailsim_address_tokens_to_internal(const GPtrArray *tokens, guint start, guint end);

/* What a list of addresses was found to have. */
typedef struct {
    char *address; /* in internal form, the last one found from the right; "" when none */
    guint n_addresses;
    guint n_other; /* commas, display names, comments, groups */
} MailsimAddressList;

/* The addresses in TEXT (RFC 822 §6.1): a < > pair counts as one, so does what stands between
 * commas, or beside another word without a comma. */
void mailsim_address_list_parse(const char *text, MailsimAddressList *list);
void mailsim_address_list_clear(MailsimAddressList *list);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimAddressList, mailsim_address_list_clear)
