/* SPDX-License-Identifier: MIT
 *
 * The fields of a header, one after the other. */
#include "message-structure-private.h"

#include <string.h>

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
    while (*at < end && (**at == ' ' || **at == '\t'))
        *at = find_line_end(*at, end);
    field->end = *at;
    field->name = field->line;
    colon = memchr(field->line, ':', (gsize)(line_end - field->line));
    field->value = colon != NULL ? colon + 1 : field->line;
    field->name_length = colon != NULL ? (gsize)(colon - field->line) : 0;
    while (field->name_length > 0 && (field->name[field->name_length - 1] == ' ' ||
                                      field->name[field->name_length - 1] == '\t'))
        field->name_length--;
    while (field->value < line_end && (*field->value == ' ' || *field->value == '\t'))
        field->value++;
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
        if (*c == '\0')
            g_string_append(value, "\xef\xbf\xbd");
        else if (*c != '\r' || c + 1 == end || c[1] != '\n')
            g_string_append_c(value, *c);
    }
    return value;
}
