/* SPDX-License-Identifier: MIT
 *
 * Scanner of RFC 822 addresses, and the search for addresses among the tokens. Both let
 * everything pass: what is no word is a special, and what is not closed ends at the end. */
#include "address-token-private.h"

#include <string.h>

/* RFC 822 §3.3, and the specials of routes: % ! | */
#define SPECIALS   "()<>@,;:\\\".[]%!|"
#define WHITESPACE " \t\r\n"

/* ---- tokens ------------------------------------------------------------------------------ */

static MailsimAddressToken *
new_token(MailsimAddressTokenKind kind, const char *text, gsize length)
{
    MailsimAddressToken *token = g_malloc(sizeof *token + length + 1);

    token->kind = kind;
    memcpy(token->text, text, length);
    token->text[length] = '\0';
    return token;
}

MailsimAddressToken *
mailsim_address_token_new(MailsimAddressTokenKind kind, const char *text)
{
    return new_token(kind, text, strlen(text));
}

gboolean
mailsim_address_token_is(const MailsimAddressToken *token, char special)
{
    return token != NULL && token->kind == MAILSIM_ADDRESS_SPECIAL && token->text[0] == special;
}

guint
mailsim_address_tokens_find_last(const GPtrArray *tokens, char special)
{
    for (guint i = tokens->len; i > 0; i--) {
        if (mailsim_address_token_is(g_ptr_array_index(tokens, i - 1), special))
            return i - 1;
    }
    return tokens->len;
}

static gboolean
is_word(const MailsimAddressToken *token)
{
    switch (token->kind) {
    case MAILSIM_ADDRESS_ATOM:
    case MAILSIM_ADDRESS_QUOTED:
    case MAILSIM_ADDRESS_LITERAL:
        return TRUE;
    case MAILSIM_ADDRESS_SPECIAL:
    case MAILSIM_ADDRESS_COMMENT:
        return FALSE;
    }
    g_return_val_if_reached(FALSE);
}

/* ---- scanning ---------------------------------------------------------------------------- */

/* Bytes up to one of STOP; a backslash takes away the meaning of the next. */
static const char *
collect(const char *at, const char *stop, GString *text)
{
    for (; *at != '\0'; at++) {
        if (*at == '\\') {
            at++;
            if (*at == '\0')
                break;
        } else if (strchr(stop, *at) != NULL) {
            break;
        }
        g_string_append_c(text, strchr(WHITESPACE, *at) != NULL ? ' ' : *at);
    }
    return at;
}

/* comment = "(" *(ctext / quoted-pair / comment) ")"                      RFC 822 §3.3 */
static const char *
collect_comment(const char *at, GString *text)
{
    guint depth = 0;

    for (; *at != '\0'; at++) {
        g_string_append_c(text, *at);
        if (*at == '(')
            depth++;
        else if (*at == ')')
            depth--;
        else if (*at == '\\' && at[1] != '\0')
            g_string_append_c(text, *++at);
        if (depth == 0)
            return at + 1;
    }
    return at;
}

static gboolean
needs_quotes(const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr(SPECIALS, *text) != NULL || g_ascii_iscntrl(*text) || *text == ' ')
            return TRUE;
    }
    return FALSE;
}

/* Its text goes into TEXT. */
static const char *
scan_token(const char *at, GString *text, MailsimAddressTokenKind *kind)
{
    g_string_truncate(text, 0);
    if (*at == '(') {
        *kind = MAILSIM_ADDRESS_COMMENT;
        at = collect_comment(at, text);
    } else if (*at == '[' || *at == '"') {
        *kind = *at == '[' ? MAILSIM_ADDRESS_LITERAL : MAILSIM_ADDRESS_QUOTED;
        at = collect(at + 1, *at == '[' ? "]" : "\"", text);
        if (*at != '\0')
            at++;
    } else if (*at != '\\' && strchr(SPECIALS, *at) != NULL) {
        *kind = MAILSIM_ADDRESS_SPECIAL;
        g_string_append_c(text, *at++);
    } else {
        at = collect(at, WHITESPACE SPECIALS, text);
        *kind = needs_quotes(text->str) ? MAILSIM_ADDRESS_QUOTED : MAILSIM_ADDRESS_ATOM;
    }
    return at;
}

GPtrArray *
mailsim_address_tokens_scan(const char *text)
{
    GPtrArray *tokens = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) token = g_string_new(NULL);

    while (*(text += strspn(text, WHITESPACE)) != '\0') {
        MailsimAddressTokenKind kind;

        text = scan_token(text, token, &kind);
        g_ptr_array_add(tokens, new_token(kind, token->str, token->len));
    }
    return tokens;
}

/* ---- back to text ------------------------------------------------------------------------ */

static void
append_token(GString *out, const MailsimAddressToken *token)
{
    switch (token->kind) {
    case MAILSIM_ADDRESS_SPECIAL:
    case MAILSIM_ADDRESS_ATOM:
    case MAILSIM_ADDRESS_QUOTED:
    case MAILSIM_ADDRESS_COMMENT:
        g_string_append(out, token->text);
        break;
    case MAILSIM_ADDRESS_LITERAL:
        g_string_append_printf(out, "[%s]", token->text);
        break;
    }
}

/* BLANK goes between two words. */
static char *
join_tokens(const GPtrArray *tokens, guint start, guint end, const char *blank)
{
    GString *out = g_string_new(NULL);

    for (guint i = start; i < end; i++) {
        const MailsimAddressToken *token = g_ptr_array_index(tokens, i);

        if (i > start && is_word(token) && is_word(g_ptr_array_index(tokens, i - 1)))
            g_string_append(out, blank);
        append_token(out, token);
    }
    return g_string_free(out, FALSE);
}

char *
mailsim_address_tokens_to_internal(const GPtrArray *tokens, guint start, guint end)
{
    return join_tokens(tokens, start, end, " ");
}

/* ---- finding addresses ------------------------------------------------------------------- */

/* Where the search stands. It goes from right to left, because only what follows tells what a
 * word is: a display name, or an address. */
typedef struct {
    const GPtrArray *tokens; /* without comments */
    MailsimAddressList *list;
    guint next;         /* the tokens before this one are still to be looked at */
    guint right;        /* from `next` up to this one: an address, as far as known */
    gboolean in_group;  /* “;” was seen: a colon begins the group that it ended */
    gboolean word_fits; /* another word may belong to the same address */
} Search;

/* A missing comma is added, and counted. Words that stand side by side in an address are one:
 * Postfix writes it without blanks here. */
static void
close_address(Search *search, guint start, gboolean missing_comma)
{
    if (start >= search->right)
        return;
    g_free(search->list->address);
    search->list->address = join_tokens(search->tokens, start, search->right, "");
    search->list->n_addresses++;
    if (missing_comma)
        search->list->n_other++;
}

static gboolean
is_special_at(const Search *search, guint index, const char *specials)
{
    const MailsimAddressToken *token = g_ptr_array_index(search->tokens, index);

    return token->kind == MAILSIM_ADDRESS_SPECIAL && strchr(specials, token->text[0]) != NULL;
}

/* Back over what is no address, to the first of SPECIALS, which is looked at next and
 * belongs to no address either. */
static void
skip_back(Search *search, const char *specials)
{
    while (search->next > 0 && !is_special_at(search, search->next - 1, specials)) {
        search->next--;
        if (!is_special_at(search, search->next, "<>"))
            search->list->n_other++;
    }
    search->right = search->next > 0 ? search->next - 1 : 0;
    if (search->next > 0 && !search->in_group && is_special_at(search, search->right, ":"))
        search->list->n_other++;
}

/* route-addr = "<" [route] addr-spec ">"                                  RFC 822 §6.1 */
static void
search_route(Search *search, guint closing)
{
    close_address(search, closing + 1, TRUE);
    search->right = closing;
    search->next = closing;
    while (search->next > 0 && !is_special_at(search, search->next - 1, "<"))
        search->next--;
    close_address(search, search->next, FALSE);
    skip_back(search, ">;,:");
    search->word_fits = TRUE;
}

/* group = phrase ":" [#mailbox] ";"                                       RFC 822 §6.1 */
static void
search_special(Search *search, guint index)
{
    if (is_special_at(search, index, ";") || is_special_at(search, index, ",")) {
        close_address(search, index + 1, is_special_at(search, index, ";"));
        search->in_group = search->in_group || is_special_at(search, index, ";");
        search->right = index;
        search->list->n_other++;
    } else if (is_special_at(search, index, ":") && search->in_group) {
        close_address(search, index + 1, FALSE);
        search->list->n_other++;
        skip_back(search, ",");
    }
    search->word_fits = TRUE;
}

static void
search_token(Search *search)
{
    guint index = --search->next;

    if (is_word(g_ptr_array_index(search->tokens, index))) {
        if (!search->word_fits) {
            close_address(search, index + 1, TRUE);
            search->right = index + 1;
        }
        search->word_fits = FALSE;
    } else if (is_special_at(search, index, ">")) {
        search_route(search, index);
    } else {
        search_special(search, index);
    }
}

static guint
remove_comments(GPtrArray *tokens)
{
    guint n_removed = 0;

    for (guint i = tokens->len; i > 0; i--) {
        const MailsimAddressToken *token = g_ptr_array_index(tokens, i - 1);

        if (token->kind == MAILSIM_ADDRESS_COMMENT) {
            g_ptr_array_remove_index(tokens, i - 1);
            n_removed++;
        }
    }
    return n_removed;
}

void
mailsim_address_list_parse(const char *text, MailsimAddressList *list)
{
    g_autoptr(GPtrArray) tokens = mailsim_address_tokens_scan(text);
    Search search = {.tokens = tokens, .list = list, .word_fits = TRUE};

    *list = (MailsimAddressList){.address = g_strdup(""), .n_other = remove_comments(tokens)};
    search.next = tokens->len;
    search.right = tokens->len;
    while (search.next > 0)
        search_token(&search);
    close_address(&search, 0, FALSE);
}

void
mailsim_address_list_clear(MailsimAddressList *list)
{
    g_clear_pointer(&list->address, g_free);
}
