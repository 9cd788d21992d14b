/* SPDX-License-Identifier: MIT
 *
 * Addresses of a field (RFC 5322 §3.4). What is missing in one is called MISSING_MAILBOX or
 * MISSING_DOMAIN, as by Dovecot. */
#include "message-structure-private.h"

#include <mailsim/protocol/imap-command.h>
#include <string.h>

typedef struct {
    char *name;
    char *route;
    char *mailbox;
    char *domain;
} Address;

typedef struct {
    MailsimWordReader words;
    GString *word;
    GString *out;
    MailsimAddressForm form;
    gboolean begins_group; /* its name was the last thing written */
} AddressReader;

static void
clear_address(Address *address)
{
    g_free(address->name);
    g_free(address->route);
    g_free(address->mailbox);
    g_free(address->domain);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Address, clear_address)

/* ---- writing ----------------------------------------------------------------------------- */

/* “(name route mailbox host)” */
static void
append_as_imap(
    GString *out, const char *name, const char *route, const char *mailbox, const char *host)
{
    g_string_append_c(out, '(');
    mailsim_message_append_readable(out, name);
    g_string_append_c(out, ' ');
    mailsim_imap_append_string(out, route);
    g_string_append_c(out, ' ');
    mailsim_imap_append_string(out, mailbox);
    g_string_append_c(out, ' ');
    mailsim_imap_append_string(out, host);
    g_string_append_c(out, ')');
}

/* In quotes where it is no atom; MAY_HAVE_DOTS: those of a dot-atom are none of that. */
static void
append_word(GString *out, const char *word, gboolean may_have_dots)
{
    const char *c = word;

    while (*c != '\0' && (mailsim_words_is_atom_octet(*c) || (may_have_dots && *c == '.')))
        c++;
    if (*c == '\0') {
        g_string_append(out, word);
        return;
    }
    g_string_append_c(out, '"');
    for (c = word; *c != '\0'; c++) {
        if (strchr("\"\\'", *c) != NULL)
            g_string_append_c(out, '\\');
        g_string_append_c(out, *c);
    }
    g_string_append_c(out, '"');
}

/* Encoded words are never in quotes (RFC 2047 §5). */
static void
append_phrase(GString *out, const char *phrase)
{
    if (strstr(phrase, "=?") != NULL)
        g_string_append(out, phrase);
    else if (*phrase == '\0')
        g_string_append(out, "\"\"");
    else
        append_word(out, phrase, FALSE);
}

/* “name <@route:mailbox@host>”; without a host a group begins, without anything it ends. */
static void
append_as_text(AddressReader *reader,
               const char *name,
               const char *route,
               const char *mailbox,
               const char *host)
{
    GString *out = reader->out;

    if (host != NULL || mailbox != NULL)
        g_string_append(out, reader->begins_group ? " " : out->len > 0 ? ", " : "");
    reader->begins_group = FALSE;
    if (host != NULL) {
        if (name != NULL)
            append_phrase(out, name);
        g_string_append(out, name != NULL ? " <" : "<");
        if (route != NULL)
            g_string_append_printf(out, "%s:", route);
        append_word(out, mailbox, TRUE);
        g_string_append_printf(out, "@%s>", host);
    } else if (mailbox != NULL) {
        append_phrase(out, mailbox);
        g_string_append_c(out, ':');
        reader->begins_group = TRUE;
    } else {
        g_string_append_c(out, ';');
    }
}

static void
append(AddressReader *reader,
       const char *name,
       const char *route,
       const char *mailbox,
       const char *host)
{
    if (reader->form == MAILSIM_ADDRESSES_AS_IMAP)
        append_as_imap(reader->out, name, route, mailbox, host);
    else
        append_as_text(reader, name, route, mailbox, host);
}

/* ---- reading ----------------------------------------------------------------------------- */

static void
set(char **member, const GString *word)
{
    g_free(*member);
    *member = g_strndup(word->str, word->len);
}

static gboolean
is_at(const AddressReader *reader, char octet)
{
    return reader->words.at < reader->words.end && *reader->words.at == octet;
}

/* ---- halves of an address ---------------------------------------------------------------- */

/* dot-atom, where dots may stand anywhere, and blanks before them */
static MailsimWords
read_dot_atom(AddressReader *reader)
{
    MailsimWords said = MAILSIM_WORDS_BROKEN;

    do {
        if (is_at(reader, '.')) {
            g_string_append_c(reader->word, '.');
            if (++reader->words.at == reader->words.end)
                return MAILSIM_WORDS_END;
            said = MAILSIM_WORDS_MORE;
            if (is_at(reader, '@'))
                return said;
        } else {
            said = mailsim_words_read_atom(&reader->words, reader->word);
            if (!is_at(reader, '.'))
                return said;
        }
    } while (said == MAILSIM_WORDS_MORE);
    return said;
}

/* local-part = quoted-string / dot-atom */
static MailsimWords
read_local_part(AddressReader *reader, Address *address)
{
    MailsimWords said;

    g_string_truncate(reader->word, 0);
    said = is_at(reader, '"') ? mailsim_words_read_quoted(&reader->words, reader->word)
                              : read_dot_atom(reader);
    if (said != MAILSIM_WORDS_BROKEN)
        set(&address->mailbox, reader->word);
    return said;
}

static MailsimWords
read_domain(AddressReader *reader, Address *address)
{
    MailsimWords said;

    g_string_truncate(reader->word, 0);
    said = mailsim_words_read_domain(&reader->words, reader->word);
    if (said != MAILSIM_WORDS_BROKEN)
        set(&address->domain, reader->word);
    return said;
}

/* obs-route = "@" domain *("," "@" domain) ":" */
static gboolean
read_route(AddressReader *reader, Address *address)
{
    g_string_truncate(reader->word, 0);
    while (is_at(reader, '@')) {
        g_string_append(reader->word, reader->word->len > 0 ? ",@" : "@");
        if (mailsim_words_read_domain(&reader->words, reader->word) != MAILSIM_WORDS_MORE)
            return FALSE;
        while (is_at(reader, ',')) {
            reader->words.at++;
            mailsim_words_skip_blanks(&reader->words);
        }
    }
    if (!is_at(reader, ':'))
        return FALSE;
    reader->words.at++;
    set(&address->route, reader->word);
    return TRUE;
}

/* angle-addr = "<" [obs-route] addr-spec ">"; “<>” is one, too. */
static MailsimWords
read_angle(AddressReader *reader, Address *address)
{
    reader->words.at++;
    if (mailsim_words_skip_blanks(&reader->words) != MAILSIM_WORDS_MORE)
        return MAILSIM_WORDS_BROKEN;
    if (is_at(reader, '@')) {
        if (!read_route(reader, address)) {
            g_free(address->route);
            address->route = g_strdup("INVALID_ROUTE");
            if (reader->words.at >= reader->words.end)
                return MAILSIM_WORDS_BROKEN;
        }
        if (mailsim_words_skip_blanks(&reader->words) != MAILSIM_WORDS_MORE)
            return MAILSIM_WORDS_BROKEN;
    }
    if (!is_at(reader, '>') && read_local_part(reader, address) == MAILSIM_WORDS_BROKEN)
        return MAILSIM_WORDS_BROKEN;
    if (is_at(reader, '@') && read_domain(reader, address) == MAILSIM_WORDS_BROKEN)
        return MAILSIM_WORDS_BROKEN;
    if (!is_at(reader, '>'))
        return MAILSIM_WORDS_BROKEN;
    reader->words.at++;
    return mailsim_words_skip_blanks(&reader->words);
}

/* ---- addresses --------------------------------------------------------------------------- */

/* name-addr = [display-name] angle-addr; FALSE: it is none. */
static gboolean
read_named(AddressReader *reader, Address *address)
{
    g_string_truncate(reader->word, 0);
    if (mailsim_words_read_phrase(&reader->words, reader->word) != MAILSIM_WORDS_MORE ||
        !is_at(reader, '<'))
        return FALSE;
    if (reader->word->len > 0)
        set(&address->name, reader->word);
    if (read_angle(reader, address) == MAILSIM_WORDS_BROKEN) {
        g_free(address->domain);
        address->domain = g_strdup("SYNTAX_ERROR");
    }
    return TRUE;
}

/* addr-spec = local-part "@" domain. A comment is a name, as in MAILER-DAEMON@host (Mailer),
 * and so are words that are no address. */
static void
read_bare(AddressReader *reader, Address *address)
{
    gboolean is_quoted = is_at(reader, '"');
    gboolean has_domain = FALSE;

    g_string_truncate(reader->words.comment, 0);
    is_quoted &= read_local_part(reader, address) != MAILSIM_WORDS_BROKEN;
    if (is_at(reader, '@')) {
        has_domain = TRUE;
        read_domain(reader, address);
    }
    if (reader->words.comment->len > 0) {
        set(&address->name, reader->words.comment);
    } else if (!has_domain) {
        const gsize length = reader->word->len;

        g_string_append_c(reader->word, ' ');
        mailsim_words_read_phrase(&reader->words, reader->word);
        if (reader->word->len == length + 1)
            g_string_truncate(reader->word, length);
        if (is_quoted || reader->word->len > length) {
            g_clear_pointer(&address->mailbox, g_free);
            set(&address->name, reader->word);
        }
    }
}

/* mailbox = name-addr / addr-spec */
static void
read_mailbox(AddressReader *reader)
{
    const char *start = reader->words.at;
    g_auto(Address) address = {0};

    if (!read_named(reader, &address)) {
        reader->words.at = start;
        read_bare(reader, &address);
    }
    append(reader, address.name, address.route,
           address.mailbox != NULL ? address.mailbox : "MISSING_MAILBOX",
           address.domain != NULL && address.domain[0] != '\0' ? address.domain
                                                               : "MISSING_DOMAIN");
}

/* group = display-name ":" [mailbox-list] ";"; it begins with its name alone, and ends with
 * nothing (RFC 3501 §7.4.2). FALSE: it is none. */
static gboolean
read_group(AddressReader *reader)
{
    g_string_truncate(reader->word, 0);
    if (mailsim_words_read_phrase(&reader->words, reader->word) != MAILSIM_WORDS_MORE ||
        !is_at(reader, ':'))
        return FALSE;
    reader->words.at++;
    append(reader, NULL, NULL, reader->word->str, NULL);
    if (mailsim_words_skip_blanks(&reader->words) == MAILSIM_WORDS_MORE &&
        !is_at(reader, ';')) {
        read_mailbox(reader);
        while (is_at(reader, ',')) {
            reader->words.at++;
            if (mailsim_words_skip_blanks(&reader->words) != MAILSIM_WORDS_MORE)
                break;
            read_mailbox(reader);
        }
    }
    if (is_at(reader, ';')) {
        reader->words.at++;
        mailsim_words_skip_blanks(&reader->words);
    }
    append(reader, NULL, NULL, NULL, NULL);
    return TRUE;
}

/* address-list = address *("," address) */
void
mailsim_message_append_addresses(const GString *value,
                                 MailsimAddressForm form,
                                 GString *addresses)
{
    g_autoptr(GString) word = g_string_new(NULL);
    g_autoptr(GString) comment = g_string_new(NULL);
    AddressReader reader = {
        .words = {value->str, value->str + value->len, comment},
        .word = word,
        .out = addresses,
        .form = form,
    };
    MailsimWords said = mailsim_words_skip_blanks(&reader.words);

    while (said == MAILSIM_WORDS_MORE) {
        const char *start = reader.words.at;

        if (!read_group(&reader)) {
            reader.words.at = start;
            read_mailbox(&reader);
        }
        if (!is_at(&reader, ','))
            break;
        reader.words.at++;
        said = mailsim_words_skip_blanks(&reader.words);
        if (said == MAILSIM_WORDS_BROKEN)
            append(&reader, NULL, NULL, "MISSING_MAILBOX", "MISSING_DOMAIN");
    }
}
