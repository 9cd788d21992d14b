/* SPDX-License-Identifier: MIT
 *
 * Addresses completed, and routes followed, in the order in which Postfix 3.7 was seen to do
 * it. Errors in an address are left in it, for the judgement at the end. */
#include <mailsim/protocol/trivial-rewrite.h>

#include <string.h>

#include <mailsim/protocol/domain-name.h>

#include "address-token-private.h"

/* Each turn takes away a route; nothing has more of them than bytes. */
#define SPARE_TURNS 100

/* postconf(5) empty_address_recipient */
#define EMPTY_ADDRESS_RECIPIENT "MAILER-DAEMON"

const MailsimRewriteRules mailsim_rewrite_rules_default = {
    .hostname = "localhost",
    .origin = "localhost",
    .percent_hack = TRUE,
    .bang_path = TRUE,
    .utf8 = TRUE,
};

/* ---- external form ---------------------------------------------------------- */

/* Dot-string = Atom *("." Atom)                                           RFC 5321 §4.1.2 */
static gboolean
is_dot_string(const char *text)
{
    gsize length = strlen(text);

    if (length == 0 || text[0] == '.' || text[length - 1] == '.' || strstr(text, "..") != NULL)
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        if (g_ascii_iscntrl(text[i]) || strchr(" ()<>@,;:\\\"[]", text[i]) != NULL)
            return FALSE;
    }
    return TRUE;
}

/* Where the local part begins: a route before it (RFC 5321 §4.1.1.3) is in neither form
 * quoted. */
static const char *
skip_route(const char *address)
{
    const char *colon = address[0] == '@' ? strchr(address, ':') : NULL;

    return colon != NULL ? colon + 1 : address;
}

static const char *
find_local_end(const char *local_part)
{
    const char *at = strrchr(local_part, '@');

    return at != NULL ? at : local_part + strlen(local_part);
}

char *
mailsim_address_quote(const char *address)
{
    const char *start = skip_route(address);
    const char *end = find_local_end(start);
    g_autofree char *local_part = g_strndup(start, (gsize)(end - start));
    GString *quoted;

    if (is_dot_string(local_part))
        return g_strdup(address);
    quoted = g_string_new_len(address, start - address);
    g_string_append_c(quoted, '"');
    for (const char *c = local_part; *c != '\0'; c++) {
        if (strchr("\"\\\r", *c) != NULL)
            g_string_append_c(quoted, '\\');
        g_string_append_c(quoted, *c);
    }
    g_string_append_c(quoted, '"');
    g_string_append(quoted, end);
    return g_string_free(quoted, FALSE);
}

char *
mailsim_address_quote_envelope(const char *address)
{
    return address[0] != '\0' ? mailsim_address_quote(address) : g_strdup("");
}

/* ---- lists of tokens --------------------------------------------------------------------- */

static MailsimAddressToken *
peek_token(const GPtrArray *tokens, guint index)
{
    return index < tokens->len ? g_ptr_array_index(tokens, index) : NULL;
}

static gboolean
has_special(const GPtrArray *tokens, char special)
{
    return mailsim_address_tokens_find_last(tokens, special) < tokens->len;
}

static guint
find_first(const GPtrArray *tokens, char special)
{
    guint i = 0;

    while (i < tokens->len && !mailsim_address_token_is(g_ptr_array_index(tokens, i), special))
        i++;
    return i;
}

static void
append_text(GPtrArray *tokens, const char *separator, const char *text)
{
    g_autoptr(GPtrArray) more = mailsim_address_tokens_scan(text);

    g_ptr_array_add(tokens, mailsim_address_token_new(MAILSIM_ADDRESS_SPECIAL, separator));
    g_ptr_array_extend_and_steal(tokens, g_steal_pointer(&more));
}

static gboolean
is_empty_quoted(const GPtrArray *tokens)
{
    const MailsimAddressToken *token = peek_token(tokens, 0);

    return tokens->len == 1 && token->kind == MAILSIM_ADDRESS_QUOTED && token->text[0] == '\0';
}

/* The root's dot, unless another error stands before it. */
static void
strip_trailing_dot(GPtrArray *tokens)
{
    guint last = tokens->len - 1;

    if (tokens->len > 1 && mailsim_address_token_is(peek_token(tokens, last), '.') &&
        !mailsim_address_token_is(peek_token(tokens, last - 1), '.') &&
        !mailsim_address_token_is(peek_token(tokens, last - 1), '@'))
        g_ptr_array_remove_index(tokens, last);
}

/* ---- rewriting --------------------------------------------------------------------------- */

/* “next!user” becomes “user@next”: the first word is the next host. */
static void
swap_bang_path(GPtrArray *tokens, guint bang)
{
    gpointer *all = tokens->pdata;
    MailsimAddressToken *at = all[bang];
    g_autofree gpointer *host = g_memdup2(all, bang * sizeof *all);
    guint n_after = tokens->len - bang - 1;

    at->text[0] = '@';
    memmove(all, all + bang + 1, n_after * sizeof *all);
    all[n_after] = at;
    if (bang > 0)
        memcpy(all + n_after + 1, host, bang * sizeof *all);
}

static void
give_domain(GPtrArray *tokens, const MailsimRewriteRules *rules)
{
    guint bang = find_first(tokens, '!');
    guint percent = mailsim_address_tokens_find_last(tokens, '%');

    if (has_special(tokens, '@'))
        return;
    if (rules->bang_path && bang < tokens->len)
        swap_bang_path(tokens, bang);
    else if (rules->percent_hack && percent < tokens->len)
        peek_token(tokens, percent)->text[0] = '@';
    else if (rules->origin != NULL)
        append_text(tokens, "@", rules->origin);
}

/* “mx” becomes “mx.mydomain”. */
static void
complete_domain(GPtrArray *tokens, const MailsimRewriteRules *rules)
{
    guint at = mailsim_address_tokens_find_last(tokens, '@');

    if (rules->parent == NULL || at + 1 >= tokens->len)
        return;
    for (guint i = at; i < tokens->len; i++) {
        const MailsimAddressToken *token = peek_token(tokens, i);

        if (token->kind == MAILSIM_ADDRESS_LITERAL || mailsim_address_token_is(token, '.'))
            return;
    }
    append_text(tokens, ".", rules->parent);
}

static void
rewrite_tokens(GPtrArray *tokens, const MailsimRewriteRules *rules)
{
    guint colon = find_first(tokens, ':');

    if (is_empty_quoted(tokens))
        return;
    if (tokens->len == 1 && mailsim_address_token_is(peek_token(tokens, 0), '@')) {
        g_ptr_array_set_size(tokens, 0);
        g_ptr_array_add(tokens, mailsim_address_token_new(MAILSIM_ADDRESS_QUOTED, ""));
        return;
    }
    if (mailsim_address_token_is(peek_token(tokens, 0), '@') && colon + 1 < tokens->len)
        g_ptr_array_remove_range(tokens, 0, colon + 1);
    give_domain(tokens, rules);
    complete_domain(tokens, rules);
    strip_trailing_dot(tokens);
}

char *
mailsim_address_rewrite(const char *address, const MailsimRewriteRules *rules)
{
    g_autofree char *quoted = mailsim_address_quote(address);
    g_autoptr(GPtrArray) tokens = NULL;

    if (address[0] == '\0')
        return g_strdup("");
    tokens = mailsim_address_tokens_scan(quoted);
    if (tokens->len > 0)
        rewrite_tokens(tokens, rules);
    return mailsim_address_tokens_to_internal(tokens, 0, tokens->len);
}

/* ---- resolving --------------------------------------------------------------------------- */

static gboolean
is_local(const MailsimRewriteRules *rules, const char *domain)
{
    gsize length = strlen(domain);
    g_autofree char *name = NULL;

    if (length > 0 && domain[length - 1] == '.')
        length--;
    if (rules->is_local == NULL || length == 0 || domain[length - 1] == '.')
        return FALSE;
    name = g_strndup(domain, length);
    return rules->is_local(name, rules->data);
}

/* Off comes “@domain”, when that is the host's own: TRUE. It is kept in SAVED, with its at
 * sign. FALSE: the mail is for another host. */
static gboolean
strip_local_domain(GPtrArray *tokens, const MailsimRewriteRules *rules, char **saved)
{
    guint at = mailsim_address_tokens_find_last(tokens, '@');
    g_autofree char *domain = NULL;

    if (at == tokens->len)
        return TRUE;
    domain = mailsim_address_tokens_to_internal(tokens, at + 1, tokens->len);
    if (at + 1 < tokens->len && !is_local(rules, domain))
        return FALSE;
    g_free(*saved);
    *saved = g_steal_pointer(&domain);
    g_ptr_array_set_size(tokens, (gint)at);
    return TRUE;
}

static const char *
find_route(const char *text, const MailsimRewriteRules *rules)
{
    const char *found = strrchr(text, '@');

    if (found == NULL && rules->percent_hack)
        found = strrchr(text, '%');
    if (found == NULL && rules->bang_path)
        found = strrchr(text, '!');
    return found;
}

/* Quotes do not hide a route: hosts further on may take them off. */
static gboolean
open_quotes(GPtrArray *tokens, const MailsimRewriteRules *rules)
{
    MailsimAddressToken *token = peek_token(tokens, 0);
    g_autoptr(GPtrArray) opened = NULL;
    g_autofree char *text = NULL;
    const char *route;

    if (tokens->len != 1 || token->kind != MAILSIM_ADDRESS_QUOTED)
        return FALSE;
    route = find_route(token->text, rules);
    if (route == NULL)
        return FALSE;
    if (*route == '%')
        token->text[route - token->text] = '@';
    text = *route == '@' ? mailsim_address_quote(token->text) : g_strdup(token->text);
    opened = mailsim_address_tokens_scan(text);
    g_ptr_array_set_size(tokens, 0);
    g_ptr_array_extend_and_steal(tokens, g_steal_pointer(&opened));
    if (tokens->len > 0)
        rewrite_tokens(tokens, rules);
    return TRUE;
}

/* One turn: TRUE when there is more to follow. */
static gboolean
follow_route(GPtrArray *tokens, const MailsimRewriteRules *rules, char **saved)
{
    guint last = tokens->len - 1;

    if (has_special(tokens, '@'))
        strip_trailing_dot(tokens);
    if (rules->null_domain && tokens->len > 0 &&
        mailsim_address_token_is(peek_token(tokens, last), '@'))
        g_ptr_array_remove_index(tokens, last);
    if (!strip_local_domain(tokens, rules, saved))
        return FALSE;
    if (has_special(tokens, '@') || (rules->bang_path && has_special(tokens, '!')) ||
        (rules->percent_hack && has_special(tokens, '%'))) {
        rewrite_tokens(tokens, rules);
        return TRUE;
    }
    return open_quotes(tokens, rules);
}

/* What is left is the local part of a local address. */
static void
complete_local(GPtrArray *tokens, const MailsimRewriteRules *rules, const char *saved)
{
    if (is_empty_quoted(tokens))
        g_ptr_array_set_size(tokens, 0);
    if (tokens->len == 0)
        g_ptr_array_add(
            tokens, mailsim_address_token_new(MAILSIM_ADDRESS_ATOM, EMPTY_ADDRESS_RECIPIENT));
    append_text(tokens, "@", saved != NULL ? saved : rules->hostname);
}

static gboolean
is_domain(const char *domain, const char *address, const MailsimRewriteRules *rules)
{
    if (domain[0] == '[')
        return mailsim_domain_name_is_literal(domain);
    if (!rules->utf8)
        return mailsim_domain_name_is_valid(domain);
    return g_utf8_validate(address, -1, NULL) && mailsim_domain_name_is_valid_utf8(domain);
}

static void
judge(MailsimResolution *resolution, const MailsimRewriteRules *rules)
{
    char *recipient = resolution->recipient;
    char *domain = strrchr(recipient, '@') + 1;
    gsize local_length = (gsize)(domain - recipient);

    if (recipient[0] == '-' && !rules->leading_hyphen) {
        resolution->bad = TRUE;
    } else if (!is_domain(domain, recipient, rules)) {
        resolution->bad = !rules->numeric_domain || !mailsim_domain_name_is_number(domain);
        if (!resolution->bad) {
            resolution->recipient =
                g_strdup_printf("%.*s[%s]", (int)local_length, recipient, domain);
            g_free(recipient);
        }
    }
    resolution->routed = strcspn(resolution->recipient, "@!%") + 1 < local_length;
}

void
mailsim_address_resolve(const char *address,
                        const MailsimRewriteRules *rules,
                        MailsimResolution *resolution)
{
    g_autofree char *rewritten = mailsim_address_rewrite(address, rules);
    g_autofree char *quoted = mailsim_address_quote(rewritten);
    g_autoptr(GPtrArray) tokens = mailsim_address_tokens_scan(quoted);
    g_autofree char *saved = NULL;
    gsize n_turns = strlen(address) + SPARE_TURNS;

    while (n_turns > 0 && follow_route(tokens, rules, &saved))
        n_turns--;
    if (!has_special(tokens, '@'))
        complete_local(tokens, rules, saved);
    *resolution = (MailsimResolution){
        .recipient = mailsim_address_tokens_to_internal(tokens, 0, tokens->len),
    };
    judge(resolution, rules);
}

void
mailsim_resolution_clear(MailsimResolution *resolution)
{
    g_clear_pointer(&resolution->recipient, g_free);
}
