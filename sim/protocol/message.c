/* SPDX-License-Identifier: MIT
 *
 * Writing messages, and their form on the wire. */
#include <mailsim/protocol/message.h>

#include <string.h>

#include <mailsim/base/limits.h>

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
    if (g_str_is_ascii(draft->subject))
        g_string_append(out, draft->subject);
    else
        append_encoded_words(out, draft->subject);
    g_string_append_printf(out, "\nDate: %s\nMessage-ID: %s\n", date, draft->message_id);
    if (!g_str_is_ascii(draft->text))
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

/* field-name = 1*ftext, of printable ASCII but the colon                    RFC 5322 §3.6.8
 * Its length; 0: LINE is not the first of a field. Blanks before the colon are allowed, as once
 * they were (§4.5.3). */
static gsize
measure_field_name(const char *line, gsize length)
{
    gsize n_name = 0;
    gsize colon;

    while (n_name < length && line[n_name] > ' ' && line[n_name] <= '~' && line[n_name] != ':')
        n_name++;
    colon = n_name;
    while (colon < length && (line[colon] == ' ' || line[colon] == '\t'))
        colon++;
    return colon < length && line[colon] == ':' ? n_name : 0;
}

static gboolean
continues_field(const char *line, gsize length)
{
    return length > 0 && (line[0] == ' ' || line[0] == '\t');
}

/* A first line may continue what is put before the message. */
static gboolean
is_header_line(const char *line, gsize length)
{
    return continues_field(line, length) || measure_field_name(line, length) > 0;
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

        if (!is_header_line(line, line_length))
            break;
        line = next;
    }
    return (gsize)(line - text);
}

gsize
mailsim_message_get_header_length(GBytes *message)
{
    gsize length;
    const char *text = g_bytes_get_data(message, &length);

    return measure_header(text, length);
}

/* The field that begins at TEXT, with the lines that continue it, ends there. */
static const char *
find_field_end(const char *text, const char *end)
{
    const char *next;

    measure_line(text, end, &next);
    while (next < end) {
        const char *line = next;

        if (!continues_field(line, measure_line(line, end, &next)))
            return line;
    }
    return end;
}

static gboolean
has_name(const char *text, const char *end, const char *name)
{
    const char *next;
    gsize n_name = measure_field_name(text, measure_line(text, end, &next));

    return n_name == strlen(name) && g_ascii_strncasecmp(text, name, n_name) == 0;
}

gboolean
mailsim_message_has_field(GBytes *message, const char *name)
{
    gsize length;
    const char *text = g_bytes_get_data(message, &length);
    const char *end = text + measure_header(text, length);

    for (; text < end; text = find_field_end(text, end)) {
        if (has_name(text, end, name))
            return TRUE;
    }
    return FALSE;
}

GPtrArray *
mailsim_message_list_values(GBytes *message, const char *name)
{
    GPtrArray *values = g_ptr_array_new_with_free_func(g_free);
    gsize length;
    const char *text = g_bytes_get_data(message, &length);
    const char *end = text + measure_header(text, length);

    for (; text < end; text = find_field_end(text, end)) {
        const char *value;
        char *unfolded;

        if (!has_name(text, end, name))
            continue;
        value = (const char *)memchr(text, ':', (gsize)(end - text)) + 1;
        unfolded = g_strndup(value, (gsize)(find_field_end(text, end) - value));
        g_strdelimit(unfolded, "\n", ' ');
        g_ptr_array_add(values, g_strstrip(unfolded));
    }
    return values;
}

static gboolean
has_one_of(const char *text, const char *end, char **names)
{
    for (; *names != NULL; names++) {
        if (has_name(text, end, *names))
            return TRUE;
    }
    return FALSE;
}

GBytes *
mailsim_message_tidy_header(GBytes *message, char **dropped)
{
    gsize length;
    const char *text = g_bytes_get_data(message, &length);
    const char *end = text + length;
    const char *header_end = text + measure_header(text, length);
    GString *tidy = g_string_sized_new(length);

    while (text < header_end) {
        const char *next = find_field_end(text, header_end);
        gsize n_name = measure_field_name(text, (gsize)(next - text));

        if (!has_one_of(text, header_end, dropped)) {
            g_string_append_len(tidy, text, (gssize)n_name);
            text += n_name + (n_name > 0 ? strspn(text + n_name, " \t") : 0);
            g_string_append_len(tidy, text, next - text);
        }
        text = next;
    }
    g_string_append_len(tidy, text, end - text);
    return g_string_free_to_bytes(tidy);
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
