/* SPDX-License-Identifier: MIT
 *
 * How much of a screen text takes: lines, and the rows into which a narrow one breaks them. */
#include <string.h>

#include <mailsim/base/text-width.h>

#include "player-words-private.h"

gsize
player_measure_line(const char *text)
{
    const char *end = strchr(text, '\n');

    return end == NULL ? strlen(text) : (gsize)(end - text) + 1;
}

static guint
count_line_rows(const char *line, gsize length, guint columns)
{
    const guint width =
        mailsim_text_width(line, (gssize)(line[length - 1] == '\n' ? length - 1 : length));

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
