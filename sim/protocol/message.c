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

GBytes *
mailsim_message_from_data(const char *content, gsize length)
{
    GString *message = g_string_sized_new(length);
    const char *end = content + length;

    while (content < end) {
        const char *next;
        gsize line_length = measure_line(content, end, &next);

        if (line_length > 0 && content[line_length - 1] == '\r')
            line_length--;
        if (line_length > 0 && content[0] == '.')
            g_string_append_len(message, content + 1, (gssize)line_length - 1);
        else
            g_string_append_len(message, content, (gssize)line_length);
        g_string_append_c(message, '\n');
        content = next;
    }
    return g_string_free_to_bytes(message);
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
    return g_string_free_to_bytes(message);
}
