/* SPDX-License-Identifier: MIT
 *
 * The words of structured fields (RFC 5322 §3.2, RFC 2045 §5.1): atoms, quoted strings,
 * comments, tokens. Octets above 127 are letters. */
#include "message-structure-private.h"

#include <string.h>

#define SPECIALS  "()<>@,;:\\\".[]"
#define TSPECIALS "()<>@,;:\\\"/[]?="

static MailsimWords
say(const MailsimWordReader *reader)
{
    return reader->at < reader->end ? MAILSIM_WORDS_MORE : MAILSIM_WORDS_END;
}

static gboolean
is_graphic(char octet)
{
    return (guchar)octet > ' ' && octet != 0x7f;
}

gboolean
mailsim_words_is_atom_octet(char octet)
{
    return is_graphic(octet) && strchr(SPECIALS, octet) == NULL;
}

static gboolean
is_token_octet(char octet)
{
    return is_graphic(octet) && strchr(TSPECIALS, octet) == NULL;
}

/* Up to CLOSING, which stands as often as OPENING (0: nothing is nested). Where it is missing,
 * what stands before the last fold or backslash is kept. */
static MailsimWords
read_enclosed(MailsimWordReader *reader, char opening, char closing, GString *out)
{
    gsize kept = out->len;
    guint depth = 1;

    for (reader->at++; reader->at < reader->end; reader->at++) {
        if (*reader->at == closing && --depth == 0) {
            reader->at++;
            return say(reader);
        }
        depth += *reader->at == opening;
        if (*reader->at == '\n' || *reader->at == '\\')
            kept = out->len;
        if (*reader->at == '\n')
            continue;
        if (*reader->at == '\\' && ++reader->at == reader->end)
            break;
        g_string_append_c(out, *reader->at);
    }
    g_string_truncate(out, kept);
    return MAILSIM_WORDS_BROKEN;
}

/* comment = "(" *([FWS] ccontent) [FWS] ")" */
static MailsimWords
skip_comment(MailsimWordReader *reader)
{
    g_autoptr(GString) unwanted = g_string_new(NULL);

    if (reader->comment != NULL)
        g_string_truncate(reader->comment, 0);
    return read_enclosed(reader, '(', ')',
                         reader->comment != NULL ? reader->comment : unwanted);
}

MailsimWords
mailsim_words_skip_blanks(MailsimWordReader *reader)
{
    for (; reader->at < reader->end; reader->at++) {
        if (*reader->at == '(') {
            const MailsimWords said = skip_comment(reader);

            if (said != MAILSIM_WORDS_MORE)
                return said;
            reader->at--;
        } else if (strchr(" \t\r\n", *reader->at) == NULL || *reader->at == '\0') {
            break;
        }
    }
    return say(reader);
}

MailsimWords
mailsim_words_read_atom(MailsimWordReader *reader, GString *out)
{
    const char *start = reader->at;

    while (reader->at < reader->end && mailsim_words_is_atom_octet(*reader->at))
        reader->at++;
    if (reader->at == start)
        return MAILSIM_WORDS_BROKEN;
    g_string_append_len(out, start, reader->at - start);
    return mailsim_words_skip_blanks(reader);
}

/* A token without a length is one, too. */
MailsimWords
mailsim_words_read_token(MailsimWordReader *reader, GString *out)
{
    const char *start = reader->at;

    while (reader->at < reader->end && is_token_octet(*reader->at))
        reader->at++;
    g_string_append_len(out, start, reader->at - start);
    return mailsim_words_skip_blanks(reader);
}

MailsimWords
mailsim_words_read_quoted(MailsimWordReader *reader, GString *out)
{
    const MailsimWords said = read_enclosed(reader, '\0', '"', out);

    return said == MAILSIM_WORDS_MORE ? mailsim_words_skip_blanks(reader) : said;
}

/* Letters and dots, or nothing */
static MailsimWords
read_dotted(MailsimWordReader *reader, GString *out)
{
    const char *start = reader->at;

    while (reader->at < reader->end &&
           (mailsim_words_is_atom_octet(*reader->at) || *reader->at == '.'))
        reader->at++;
    g_string_append_len(out, start, reader->at - start);
    return mailsim_words_skip_blanks(reader);
}

/* obs-phrase = word *(word / "." / CFWS); one blank between two words. It may be empty. */
MailsimWords
mailsim_words_read_phrase(MailsimWordReader *reader, GString *out)
{
    if (reader->at == reader->end)
        return MAILSIM_WORDS_END;
    if (*reader->at == '.')
        return MAILSIM_WORDS_BROKEN;
    for (;;) {
        const MailsimWords said = *reader->at == '"' ? mailsim_words_read_quoted(reader, out)
                                                     : read_dotted(reader, out);

        if (said != MAILSIM_WORDS_MORE)
            return said;
        if (!mailsim_words_is_atom_octet(*reader->at) && *reader->at != '"' &&
            *reader->at != '.')
            return MAILSIM_WORDS_MORE;
        g_string_append_c(out, ' ');
    }
}

/* dot-atom, with blanks around the dots (obs-domain) */
static MailsimWords
read_dot_atom(MailsimWordReader *reader, GString *out)
{
    for (;;) {
        const MailsimWords said = mailsim_words_read_atom(reader, out);

        if (said != MAILSIM_WORDS_MORE || *reader->at != '.')
            return said;
        g_string_append_c(out, '.');
        reader->at++;
        if (mailsim_words_skip_blanks(reader) != MAILSIM_WORDS_MORE)
            return MAILSIM_WORDS_BROKEN;
    }
}

/* domain-literal = "[" *([FWS] dtext) [FWS] "]" */
static MailsimWords
read_domain_literal(MailsimWordReader *reader, GString *out)
{
    const gsize start = out->len;

    for (; reader->at < reader->end; reader->at++) {
        if (*reader->at == '[' && out->len > start)
            break;
        if (*reader->at == '\n')
            continue;
        g_string_append_c(out, *reader->at);
        if (*reader->at == ']') {
            reader->at++;
            return mailsim_words_skip_blanks(reader);
        }
        if (*reader->at == '\\' && reader->at + 1 < reader->end)
            g_string_append_c(out, *++reader->at);
    }
    g_string_truncate(out, start);
    return MAILSIM_WORDS_BROKEN;
}

/* The reader is at the “@”. */
MailsimWords
mailsim_words_read_domain(MailsimWordReader *reader, GString *out)
{
    reader->at++;
    if (mailsim_words_skip_blanks(reader) != MAILSIM_WORDS_MORE)
        return MAILSIM_WORDS_BROKEN;
    return *reader->at == '[' ? read_domain_literal(reader, out) : read_dot_atom(reader, out);
}
