/* SPDX-License-Identifier: MIT
 *
 * Writing messages, and their form on the wire. */
#include <mailsim/protocol/message.h>

#include <string.h>

#include <mailsim/base/limits.h>

static gboolean
is_ascii(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((guchar)*text >= 0x80)
            return FALSE;
    }
    return TRUE;
}

/* encoded-word = "=?" charset "?" encoding "?" encoded-text "?=", at most 75 characters.
 *                                                                       RFC 2047 §2 */
static void
append_encoded_words(GString *out, const char *text)
{
    const gsize chunk_max_bytes = 45; /* makes 60 characters of base64 */
    const char *separator = "";

    while (*text != '\0') {
        g_autofree char *encoded = NULL;
        const char *end = text;

        while (*end != '\0' && (gsize)(g_utf8_next_char(end) - text) <= chunk_max_bytes)
            end = g_utf8_next_char(end);
        encoded = g_base64_encode((const guchar *)text, (gsize)(end - text));
        g_string_append_printf(out, "%s=?UTF-8?B?%s?=", separator, encoded);
        separator = "\n ";
        text = end;
    }
}

GBytes *
mailsim_message_compose(const MailsimDraft *draft)
{
    GString *out = g_string_new(NULL);
    g_autofree char *date = mailsim_time_format_rfc5322(draft->date_us);
    g_autofree char *recipients = g_strjoinv(", ", (char **)draft->to);
    char *comment = strstr(date, " (UTC)");

    if (comment != NULL)
        *comment = '\0';
    g_string_append_printf(out, "From: %s\nTo: %s\nSubject: ", draft->from, recipients);
    if (is_ascii(draft->subject))
        g_string_append(out, draft->subject);
    else
        append_encoded_words(out, draft->subject);
    g_string_append_printf(out, "\nDate: %s\nMessage-ID: %s\n", date, draft->message_id);
    if (!is_ascii(draft->text))
        g_string_append(out, "MIME-Version: 1.0\n"
                             "Content-Type: text/plain; charset=UTF-8\n"
                             "Content-Transfer-Encoding: 8bit\n");
    g_string_append_printf(out, "\n%s", draft->text);
    if (out->str[out->len - 1] != '\n')
        g_string_append_c(out, '\n');
    return g_string_free_to_bytes(out);
}

/* The line that starts at TEXT, up to END: its length without LF; *NEXT is where the next
 * begins. */
static gsize
measure_line(const char *text, const char *end, const char **next)
{
    const char *newline = memchr(text, '\n', (gsize)(end - text));

    *next = newline != NULL ? newline + 1 : end;
    return (gsize)((newline != NULL ? newline : end) - text);
}

/* A record of the queue file is a type, a length in groups of seven bits, and the text; a
 * longer line is several records (postconf(5) line_length_limit). */
gsize
mailsim_message_get_size(GBytes *message)
{
    gsize length;
    const char *text = g_bytes_get_data(message, &length);
    const char *end = text + length;
    gsize size = 0;

    while (text < end) {
        const char *next;
        gsize line_length = measure_line(text, end, &next);

        for (; line_length > MAILSIM_LINE_MAX_BYTES; line_length -= MAILSIM_LINE_MAX_BYTES)
            size += 3 + MAILSIM_LINE_MAX_BYTES;
        size += (line_length < 128 ? 2 : 3) + line_length;
        text = next;
    }
    return size;
}

gboolean
mailsim_message_declares_8bit(GBytes *message)
{
    static const char name[] = "Content-Transfer-Encoding:";
    gsize length;
    const char *text = g_bytes_get_data(message, &length);
    const char *end = text + length;

    while (text < end) {
        const char *next;
        gsize line_length = measure_line(text, end, &next);

        if (line_length == 0)
            return FALSE;
        if (line_length > strlen(name) && g_ascii_strncasecmp(text, name, strlen(name)) == 0) {
            g_autofree char *value =
                g_strstrip(g_strndup(text + strlen(name), line_length - strlen(name)));

            return g_ascii_strcasecmp(value, "8bit") == 0;
        }
        text = next;
    }
    return FALSE;
}

/* field-name = 1*ftext, of printable ASCII but the colon                    RFC 5322 §3.6.8 */
static gboolean
is_header_line(const char *line, gsize length, gboolean is_first)
{
    gsize n_name = 0;

    if (length > 0 && (line[0] == ' ' || line[0] == '\t'))
        return !is_first;
    while (n_name < length && line[n_name] > ' ' && line[n_name] <= '~' && line[n_name] != ':')
        n_name++;
    return n_name > 0 && n_name < length && line[n_name] == ':';
}

/* Where its header ends: at an empty line, or where one is missing. */
static gsize
measure_header(const char *text, gsize length)
{
    const char *end = text + length;
    const char *line = text;

    while (line < end) {
        const char *next;
        gsize line_length = measure_line(line, end, &next);

        if (!is_header_line(line, line_length, line == text))
            break;
        line = next;
    }
    return (gsize)(line - text);
}

gboolean
mailsim_message_has_field(GBytes *message, const char *name)
{
    gsize length;
    const char *text = g_bytes_get_data(message, &length);
    const char *end = text + measure_header(text, length);
    gsize n_name = strlen(name);

    while (text < end) {
        const char *next;
        gsize line_length = measure_line(text, end, &next);

        if (line_length > n_name && text[n_name] == ':' &&
            g_ascii_strncasecmp(text, name, n_name) == 0)
            return TRUE;
        text = next;
    }
    return FALSE;
}

GBytes *
mailsim_message_append_fields(GBytes *message, const char *fields)
{
    gsize length;
    const char *text = g_bytes_get_data(message, &length);
    gsize n_header = measure_header(text, length);
    GString *whole = g_string_new_len(text, (gssize)n_header);

    g_string_append(whole, fields);
    if (n_header < length && text[n_header] != '\n')
        g_string_append_c(whole, '\n');
    g_string_append_len(whole, text + n_header, (gssize)(length - n_header));
    return g_string_free_to_bytes(whole);
}

GBytes *
mailsim_message_prepend(const char *fields, GBytes *message)
{
    GString *whole = g_string_new(fields);
    gsize length;
    const char *text = g_bytes_get_data(message, &length);

    g_string_append_len(whole, text, (gssize)length);
    return g_string_free_to_bytes(whole);
}

void
mailsim_message_append_data(GBytes *message, GString *out)
{
    gsize length;
    const char *text = g_bytes_get_data(message, &length);
    const char *end = text + length;

    while (text < end) {
        const char *next;
        gsize line_length = measure_line(text, end, &next);

        if (line_length > 0 && text[0] == '.')
            g_string_append_c(out, '.');
        g_string_append_len(out, text, (gssize)line_length);
        g_string_append(out, "\r\n");
        text = next;
    }
    g_string_append(out, ".\r\n");
}

void
mailsim_message_replace_stray_cr(GString *text, gsize start)
{
    for (gsize i = start; i < text->len; i++) {
        if (text->str[i] == '\r')
            text->str[i] = ' ';
    }
}

GBytes *
mailsim_message_from_chunks(const char *content, gsize length)
{
    GString *message = g_string_sized_new(length);
    const char *end = content + length;

    while (content < end) {
        const char *next;
        gsize line_length = measure_line(content, end, &next);
        gboolean finished = content + line_length < end;

        while (finished && line_length > 0 && content[line_length - 1] == '\r')
            line_length--;
        g_string_append_len(message, content, (gssize)line_length);
        g_string_append_c(message, '\n');
        content = next;
    }
    mailsim_message_replace_stray_cr(message, 0);
    return g_string_free_to_bytes(message);
}
