/* SPDX-License-Identifier: MIT
 *
 * The fields of a header, one after the other. */
#include "message-structure-private.h"

#include <string.h>

#define NUL_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Behind the line feed; END: there is none. */
static const char *
find_line_end(const char *line, const char *end)
{
    const char *line_feed = memchr(line, '\n', (gsize)(end - line));

    return line_feed != NULL ? line_feed + 1 : end;
}

static gboolean
is_empty_line(const char *line, const char *end)
{
    return (end - line == 1 && line[0] == '\n') ||
           (end - line == 2 && line[0] == '\r' && line[1] == '\n');
}

static gboolean
is_blank(char octet)
{
    return octet == ' ' || octet == '\t';
}

/* Blanks before a value; of a line of nothing but blanks only the first. */
static const char *
skip_blanks(const char *value, const char *end)
{
    const char *c = value;

    while (c < end && is_blank(*c))
        c++;
    if (c < end && *c != '\r' && *c != '\n')
        return c;
    return c > value ? value + 1 : value;
}

gboolean
mailsim_message_next_field(const char **at, const char *end, MailsimMessageField *field)
{
    const char *line_end;
    const char *colon;

    if (*at == end)
        return FALSE;
    field->line = *at;
    line_end = find_line_end(*at, end);
    *at = line_end;
    if (is_empty_line(field->line, line_end))
        return FALSE;
    while (*at < end && is_blank(**at))
        *at = find_line_end(*at, end);
    field->end = *at;
    field->name = field->line;
    colon = memchr(field->line, ':', (gsize)(line_end - field->line));
    field->value = colon != NULL ? colon + 1 : field->line;
    field->name_length = colon != NULL ? (gsize)(colon - field->line) : 0;
    while (field->name_length > 0 && is_blank(field->name[field->name_length - 1]))
        field->name_length--;
    field->value = skip_blanks(field->value, line_end);
    return TRUE;
}

gboolean
mailsim_message_field_is(const MailsimMessageField *field, const char *name)
{
    return strlen(name) == field->name_length &&
           g_ascii_strncasecmp(field->name, name, field->name_length) == 0;
}

GString *
mailsim_message_field_dup_value(const MailsimMessageField *field)
{
    GString *value = g_string_new(NULL);
    const char *end = field->end;

    if (end > field->value && end[-1] == '\n')
        end--;
    if (end < field->end && end > field->value && end[-1] == '\r')
        end--;
    for (const char *c = field->value; c < end; c++) {
        if (*c != '\r' || c + 1 == end || c[1] != '\n')
            g_string_append_c(value, *c);
    }
    return value;
}

char *
mailsim_message_field_dup_text(const MailsimMessageField *field)
{
    g_autoptr(GString) value = mailsim_message_field_dup_value(field);
    GString *text = g_string_sized_new(value->len);

    for (gsize i = 0; i < value->len; i++) {
        if (value->str[i] == '\0')
            g_string_append(text, NUL_REPLACEMENT);
        else
            g_string_append_c(text, value->str[i]);
    }
    return g_string_free(text, FALSE);
}
