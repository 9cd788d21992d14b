/* SPDX-License-Identifier: MIT
 *
 * Looking for words in a message. What is looked for and what it is looked for in are brought
 * into one form: UTF-8, in title case, accents apart from their letters. Undoing transfer
 * encodings is GMime's work. */
#include "message-structure-private.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <mailsim/protocol/message-search.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD, for what is no letter in its charset */

/* ---- charsets ---------------------------------------------------------------------------- */

/* UTF-8 may be what is no text at all: it is read octet by octet. */
static gboolean
is_utf8(const char *charset)
{
    return *charset == '\0' || g_ascii_strcasecmp(charset, "UTF-8") == 0 ||
           g_ascii_strcasecmp(charset, "UTF8") == 0 ||
           g_ascii_strcasecmp(charset, "US-ASCII") == 0 ||
           g_ascii_strcasecmp(charset, "ASCII") == 0;
}

gboolean
mailsim_charset_is_known(const char *charset)
{
    GIConv converter;

    if (is_utf8(charset))
        return TRUE;
    converter = g_iconv_open("UTF-8", charset);
    if (converter == (GIConv)-1)
        return FALSE;
    g_iconv_close(converter);
    return TRUE;
}

/* FALSE: some octets were no letters. */
static gboolean
append_utf8(GString *out, const char *text, gsize length)
{
    gboolean is_whole = TRUE;

    while (length > 0) {
        const char *end;
        const gboolean is_valid = g_utf8_validate_len(text, length, &end);

        g_string_append_len(out, text, end - text);
        length -= (gsize)(end - text);
        text = end;
        if (is_valid)
            continue;
        if (*text == '\0')
            g_string_append_c(out, '\0');
        else
            g_string_append(out, REPLACEMENT);
        is_whole &= *text == '\0';
        text++;
        length--;
    }
    return is_whole;
}

static gboolean
append_converted(GString *out, GIConv converter, const char *text, gsize length)
{
    gboolean is_whole = TRUE;

    while (length > 0) {
        char buffer[1024];
        char *to = buffer;
        gsize room = sizeof buffer;
        char *from = (char *)text;
        const gsize result = g_iconv(converter, &from, &length, &to, &room);
        const int error = result == (gsize)-1 ? errno : 0;

        g_string_append_len(out, buffer, to - buffer);
        text = from;
        if (error == EILSEQ || error == EINVAL) {
            g_string_append(out, REPLACEMENT);
            is_whole = FALSE;
            text++;
            length--;
        }
    }
    return is_whole;
}

/* An unknown CHARSET is read as UTF-8. */
static gboolean
append_text(GString *out, const char *text, gsize length, const char *charset)
{
    GIConv converter = is_utf8(charset) ? (GIConv)-1 : g_iconv_open("UTF-8", charset);
    gboolean is_whole;

    if (converter == (GIConv)-1)
        return append_utf8(out, text, length);
    is_whole = append_converted(out, converter, text, length);
    g_iconv_close(converter);
    return is_whole;
}

/* TEXT is UTF-8. */
static GString *
bring_into_form(const GString *text)
{
    GString *formed = g_string_sized_new(text->len);
    const char *end = text->str + text->len;

    for (const char *c = text->str; c < end; c = g_utf8_next_char(c)) {
        gunichar letters[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
        gsize n;

        if ((guchar)*c < 0x80) {
            g_string_append_c(formed, g_ascii_toupper(*c));
            continue;
        }
        n = g_unichar_fully_decompose(g_unichar_totitle(g_utf8_get_char(c)), FALSE, letters,
                                      G_N_ELEMENTS(letters));
        for (gsize i = 0; i < n; i++)
            g_string_append_unichar(formed, letters[i]);
    }
    return formed;
}

char *
mailsim_message_search_key(const char *text, gsize length, const char *charset)
{
    g_autoptr(GString) utf8 = g_string_new(NULL);

    if (!append_text(utf8, text, length, charset))
        return NULL;
    return g_string_free(bring_into_form(utf8), FALSE);
}

static gboolean
contains(const GString *text, const char *key)
{
    g_autoptr(GString) formed = bring_into_form(text);

    return memmem(formed->str, formed->len, key, strlen(key)) != NULL;
}

/* ---- transfer encodings ------------------------------------------------------------------ */

static void
append_decoded(GString *out, const char *text, gsize length, GMimeContentEncoding encoding)
{
    GMimeEncoding state;
    g_autofree char *decoded = NULL;
    gsize size;

    if (encoding != GMIME_CONTENT_ENCODING_BASE64 &&
        encoding != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE) {
        g_string_append_len(out, text, (gssize)length);
        return;
    }
    g_mime_encoding_init_decode(&state, encoding);
    decoded = g_malloc(g_mime_encoding_outlen(&state, length) + 1);
    size = g_mime_encoding_flush(&state, text, length, decoded);
    g_string_append_len(out, decoded, (gssize)size);
}

/* ---- encoded words ----------------------------------------------------------------------- */

/* encoded-word = "=?" charset "?" encoding "?" encoded-text "?="          RFC 2047 §2 */
typedef struct {
    const char *charset;
    gsize charset_length;
    GMimeContentEncoding encoding;
    const char *text;
    const char *end; /* of the text; “?=” follows */
} EncodedWord;

/* END is that of the last “?=” there is. */
static gboolean
find_encoded_word(const char *at, const char *end, EncodedWord *word)
{
    const char *mark;

    if (end - at < 2 || at[0] != '=' || at[1] != '?')
        return FALSE;
    word->charset = at + 2;
    mark = memchr(word->charset, '?', (gsize)(end - word->charset));
    if (mark == NULL || end - mark < 3 || mark[2] != '?')
        return FALSE;
    word->charset_length = strcspn(word->charset, "?*"); /* RFC 2231 §5: “*” and a language */
    switch (mark[1]) {
    case 'b':
    case 'B':
        word->encoding = GMIME_CONTENT_ENCODING_BASE64;
        break;
    case 'q':
    case 'Q':
        word->encoding = GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
        break;
    default:
        return FALSE;
    }
    word->text = mark + 3;
    word->end = memmem(word->text, (gsize)(end - word->text), "?=", 2);
    return word->end != NULL;
}

/* Behind the last “?=”; TEXT: there is none. */
static const char *
find_last_end(const char *text, const char *end)
{
    while (end > text + 1 && (end[-2] != '?' || end[-1] != '='))
        end--;
    return end > text + 1 ? end : text;
}

static void
append_encoded_word(GString *out, const EncodedWord *word)
{
    g_autofree char *charset = g_strndup(word->charset, word->charset_length);
    g_autoptr(GString) text = g_string_new_len(word->text, word->end - word->text);
    g_autoptr(GString) decoded = g_string_new(NULL);

    if (!mailsim_charset_is_known(charset))
        return;
    if (word->encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
        g_string_replace(text, "_", " ", 0);
    else if (text->len % 4 != 0)
        g_string_append(text, "==="); /* which may be missing */
    append_decoded(decoded, text->str, text->len, word->encoding);
    append_text(out, decoded->str, decoded->len, charset);
}

/* Blanks between two encoded words are none (RFC 2047 §6.2); one in an unknown charset is none,
 * either. */
static GString *
decode_words(const char *text, gsize length)
{
    GString *decoded = g_string_sized_new(length);
    const char *end = text + length;
    const char *last_end = find_last_end(text, end);
    const char *plain = text; /* what is not decoded yet */
    gboolean was_word = FALSE;

    for (const char *c = text; c < last_end;) {
        EncodedWord word;

        c = memchr(c, '=', (gsize)(last_end - c));
        if (c == NULL)
            break;
        if (!find_encoded_word(c, last_end, &word)) {
            c++;
            continue;
        }
        if (!was_word || strspn(plain, " \t\n") < (gsize)(c - plain))
            append_utf8(decoded, plain, (gsize)(c - plain));
        append_encoded_word(decoded, &word);
        was_word = TRUE;
        c = plain = word.end + 2;
    }
    append_utf8(decoded, plain, (gsize)(end - plain));
    return decoded;
}

/* ---- headers ----------------------------------------------------------------------------- */

/* Without line ends; the blank that begins a line is a space. */
static GString *
unfold(const char *text, const char *end)
{
    GString *unfolded = g_string_sized_new((gsize)(end - text));

    for (const char *c = text; c < end; c++) {
        const gboolean begins = c > text && c[-1] == '\n';

        if (*c == '\n' || (*c == '\r' && c + 1 < end && c[1] == '\n'))
            continue;
        g_string_append_c(unfolded, begins && *c == '\t' ? ' ' : *c);
    }
    return unfolded;
}

/* None at the beginning */
static void
join_blanks(GString *text)
{
    gsize length = 0;

    for (gsize i = 0; i < text->len; i++) {
        const gboolean is_blank = text->str[i] == ' ' || text->str[i] == '\t';

        if (!is_blank)
            text->str[length++] = text->str[i];
        else if (length > 0 && text->str[length - 1] != ' ')
            text->str[length++] = ' ';
    }
    g_string_truncate(text, length);
}

static GString *
read_field(const MailsimMessageField *field, MailsimMessageSearchForm form)
{
    const char *value = field->line;
    GString *text;

    if (form == MAILSIM_SEARCH_ADDRESSES) {
        g_autoptr(GString) raw = mailsim_message_field_dup_value(field);

        text = g_string_new(NULL);
        mailsim_message_append_addresses(raw, MAILSIM_ADDRESSES_AS_TEXT, text);
        return text;
    }
    while (*value++ != ':')
        ;
    if (value < field->end && (*value == ' ' || *value == '\t'))
        value++;
    text = unfold(value, field->end);
    if (form == MAILSIM_SEARCH_BLANKS_AS_ONE)
        join_blanks(text);
    return text;
}

gboolean
mailsim_message_search_field(const MailsimMessageStructure *structure,
                             const char *name,
                             MailsimMessageSearchForm form,
                             const char *key)
{
    const MailsimMessagePart *part = g_ptr_array_index(structure->parts, 0);
    const char *at = structure->text + part->header_start;
    const char *end = structure->text + part->body_start;
    gboolean found = FALSE;
    MailsimMessageField field;

    while (!found && mailsim_message_next_field(&at, end, &field)) {
        g_autoptr(GString) value = NULL;
        g_autoptr(GString) decoded = NULL;

        if (field.name_length == 0 || !mailsim_message_field_is(&field, name))
            continue;
        value = read_field(&field, form);
        decoded = decode_words(value->str, value->len);
        found = *key == '\0' || contains(decoded, key);
    }
    return found;
}

static gboolean
search_header(const MailsimMessageStructure *structure,
              const MailsimMessagePart *part,
              const char *key)
{
    const char *at = structure->text + part->header_start;
    const char *end = structure->text + part->body_start;
    gboolean found = FALSE;
    MailsimMessageField field;

    while (!found && mailsim_message_next_field(&at, end, &field)) {
        g_autoptr(GString) line = unfold(field.line, field.end);
        g_autoptr(GString) decoded = decode_words(line->str, line->len);

        found = contains(decoded, key);
    }
    return found;
}

/* ---- texts ------------------------------------------------------------------------------- */

typedef struct {
    char *charset;
    gboolean is_text; /* by its type, which may also be message/… */
    GMimeContentEncoding encoding;
    gboolean is_encoded_strangely;
} TextKind;

static void
read_encoding(const MailsimMessageField *field, TextKind *kind)
{
    g_autofree char *value = mailsim_message_field_dup_text(field);

    g_strstrip(value);
    kind->encoding = g_mime_content_encoding_from_string(value);
    kind->is_encoded_strangely = kind->encoding == GMIME_CONTENT_ENCODING_DEFAULT ||
                                 kind->encoding == GMIME_CONTENT_ENCODING_UUENCODE;
}

/* Of a type that is there twice the last counts, other than for what parts there are. */
static void
read_kind(const MailsimMessageStructure *structure,
          const MailsimMessagePart *part,
          TextKind *kind)
{
    const char *at = structure->text + part->header_start;
    const char *end = structure->text + part->body_start;
    MailsimMessageField field;

    kind->is_text = TRUE;
    while (mailsim_message_next_field(&at, end, &field)) {
        if (mailsim_message_field_is(&field, "Content-Transfer-Encoding")) {
            read_encoding(&field, kind);
        } else if (mailsim_message_field_is(&field, "Content-Type")) {
            g_auto(MailsimContentType) type = {0};
            g_autoptr(GString) value = mailsim_message_field_dup_value(&field);

            mailsim_content_type_parse(value, &type);
            g_free(kind->charset);
            kind->charset =
                g_strdup(mailsim_content_parameter_find(type.parameters, "charset"));
            kind->is_text = g_ascii_strcasecmp(type.type, "text") == 0 ||
                            g_ascii_strcasecmp(type.type, "message") == 0;
        }
    }
}

static gboolean
search_body(const MailsimMessageStructure *structure,
            const MailsimMessagePart *part,
            const char *key)
{
    TextKind kind = {.encoding = GMIME_CONTENT_ENCODING_8BIT};
    g_autofree char *charset = NULL;
    g_autoptr(GString) octets = g_string_new(NULL);
    g_autoptr(GString) text = g_string_new(NULL);

    if (part->kind == MAILSIM_PART_MULTIPART || part->kind == MAILSIM_PART_MESSAGE)
        return FALSE;
    read_kind(structure, part, &kind);
    charset = kind.charset;
    if (!kind.is_text || kind.is_encoded_strangely)
        return FALSE;
    append_decoded(octets, structure->text + part->body_start,
                   part->body_end - part->body_start, kind.encoding);
    append_text(text, octets->str, octets->len, charset != NULL ? charset : "");
    return contains(text, key);
}

gboolean
mailsim_message_search_text(const MailsimMessageStructure *structure,
                            gboolean with_headers,
                            const char *key)
{
    gboolean found = *key == '\0';

    for (guint i = 0; !found && i < structure->parts->len; i++) {
        const MailsimMessagePart *part = g_ptr_array_index(structure->parts, i);

        found = (with_headers && search_header(structure, part, key)) ||
                search_body(structure, part, key);
    }
    return found;
}
