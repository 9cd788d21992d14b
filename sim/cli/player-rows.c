/* SPDX-License-Identifier: MIT
 *
 * How much of a screen text takes: lines, and the rows into which a narrow one breaks them. */
#include <string.h>

#include "player-words-private.h"

/* A colour is “ESC [ … m”. */
guint
player_measure(const char *text, gsize length)
{
    const char *end = text + length;
    guint width = 0;

    for (const char *p = text; p < end;) {
        if (*p == '\033') {
            while (p < end && *p != 'm')
                p++;
            p += p < end ? 1 : 0;
            continue;
        }
        const gunichar character = g_utf8_get_char(p);
        width += g_unichar_iszerowidth(character) ? 0 : g_unichar_iswide(character) ? 2 : 1;
        p = g_utf8_next_char(p);
    }
    return width;
}

gsize
player_measure_line(const char *text)
{
    const char *end = strchr(text, '\n');

    return end == NULL ? strlen(text) : (gsize)(end - text) + 1;
}

static guint
count_line_rows(const char *line, gsize length, guint columns)
{
    const guint width = player_measure(line, line[length - 1] == '\n' ? length - 1 : length);

    return width == 0 ? 1 : (width + columns - 1) / columns;
}

guint
player_count_rows(const char *text, guint columns)
{
    guint rows = 0;

    while (*text != '\0') {
        const gsize length = player_measure_line(text);
        rows += count_line_rows(text, length, columns);
        text += length;
    }
    return rows;
}

const char *
player_put_lines(
    const char *text, guint columns, guint room, guint *n_rows, guint *n_lines, GString *out)
{
    *n_rows = *n_lines = 0;
    while (*text != '\0') {
        const gsize length = player_measure_line(text);
        const guint rows = count_line_rows(text, length, columns);
        if (*n_lines > 0 && *n_rows + rows > room)
            break;
        g_string_append_len(out, text, (gssize)length);
        *n_rows += rows;
        (*n_lines)++;
        text += length;
    }
    return text;
}
