/* SPDX-License-Identifier: MIT
 *
 * Lines as such: what kind of line it is, and where its blanks are. */
#include "scanner-private.h"

#include <string.h>

gboolean
line_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

gsize
line_skip_blanks(const char *text, gsize at, gsize length)
{
    while (at < length && line_is_blank(text[at]))
        at++;
    return at;
}

gsize
line_drop_blanks(const char *text, gsize start, gsize end)
{
    while (end > start && line_is_blank(text[end - 1]))
        end--;
    return end;
}

gboolean
line_has_postfix_name(const char *name, gsize length)
{
    static const char *const words[] = {"postfix", "service"};

    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        gsize size = strlen(words[i]);

        if (length >= size && memcmp(name, words[i], size) == 0 &&
            (length == size || line_is_blank(name[size])))
            return TRUE;
    }
    return FALSE;
}

LineKind
line_classify(const char *text, gsize length)
{
    gsize at = line_skip_blanks(text, 0, length);

    if (at == length)
        return LINE_BLANK;
    if (text[at] == '#')
        return LINE_COMMENT;
    if (length - at > 2 && text[at] == '-' && text[at + 1] == 'o' &&
        (line_is_blank(text[at + 2]) || g_ascii_isalpha(text[at + 2])))
        return LINE_OPTION;
    if (at > 0)
        return LINE_INDENTED;
    return text[0] == '[' ? LINE_HEADER : LINE_ENTRY;
}
