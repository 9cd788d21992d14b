/* SPDX-License-Identifier: MIT
 *
 * Widths of characters, and of texts with colours in them. */
#include <mailsim/base/text-width.h>

#include <string.h>

#define ESCAPE '\033'

guint
mailsim_character_width(gunichar character)
{
    if (g_unichar_iszerowidth(character))
        return 0;
    return g_unichar_iswide(character) ? 2 : 1;
}

guint
mailsim_text_width(const char *text, gssize length)
{
    const char *end = text + (length < 0 ? strlen(text) : (gsize)length);
    guint width = 0;

    for (const char *p = text; p < end;) {
        if (*p == ESCAPE) {
            while (p < end && *p != 'm')
                p++;
            p += p < end ? 1 : 0;
            continue;
        }
        width += mailsim_character_width(g_utf8_get_char(p));
        p = g_utf8_next_char(p);
    }
    return width;
}
