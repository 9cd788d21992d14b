/* SPDX-License-Identifier: MIT
 *
 * Lines as such: what kind of line it is, where its blanks are, and which lines are one. */
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

char *
mailsim_scan_join_lines(const MailsimSource *source)
{
    GString *joined = g_string_new(NULL);
    guint n_lines = mailsim_source_count_lines(source);
    gboolean continues = FALSE;

    for (guint line = 1; line <= n_lines; line++) {
        gsize length;
        const char *text = mailsim_source_get_line(source, line, &length);
        LineKind kind = line_classify(text, length);

        if (kind == LINE_BLANK || kind == LINE_COMMENT)
            continue;
        if (kind == LINE_HEADER)
            continues = line_has_postfix_name(text + 1, length - 1);
        if (kind == LINE_INDENTED && continues) {
            gsize start = line_skip_blanks(text, 0, length);

            g_string_truncate(joined, line_drop_blanks(joined->str, 0, joined->len - 1));
            g_string_append_c(joined, ' ');
            g_string_append_len(joined, text + start, (gssize)(length - start));
        } else {
            g_string_append_len(joined, text, (gssize)length);
        }
        g_string_append_c(joined, '\n');
    }
    return g_string_free(joined, FALSE);
}
