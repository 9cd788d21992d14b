/* SPDX-License-Identifier: MIT
 *
 * Widths, line breaks and transliteration. */
#include "columns.h"

#include <string.h>

#include <mailsim/base/text-width.h>

typedef struct {
    gunichar character;
    const char *ascii;
} Replacement;

/* What canonical decomposition does not turn into ASCII by itself. */
static const Replacement replacements[] = {
    {0x2500, "-"    }, /* ─ */
    {0x2501, "="    }, /* ━ */
    {0x2502, "|"    }, /* │ */
    {0x2503, "#"    }, /* ┃ */
    {0x250a, ":"    }, /* ┊ */
    {0x252c, "+"    }, /* ┬ */
    {0x251c, "+"    }, /* ├ */
    {0x2514, "+"    }, /* └ */
    {0x25b6, ">"    }, /* ▶ */
    {0x25b7, ">"    }, /* ▷ */
    {0x25c0, "<"    }, /* ◀ */
    {0x25bc, "v"    }, /* ▼ */
    {0x2190, "<-"   }, /* ← */
    {0x2192, "->"   }, /* → */
    {0x2714, "ok"   }, /* ✔ */
    {0x2718, "!!"   }, /* ✘ */
    {0x26a0, "!"    }, /* ⚠ */
    {0x00b7, "-"    }, /* · */
    {0x2026, "..."  }, /* … */
    {0x2013, "-"    }, /* – */
    {0x2014, "-"    }, /* — */
    {0x2018, "'"    },
    {0x2019, "'"    },
    {0x201c, "\""   },
    {0x201d, "\""   },
    {0x00ab, "\""   },
    {0x00bb, "\""   },
    {0x00a7, "sec. "}, /* § */
    {0x00bf, ""     }, /* ¿ */
    {0x00a1, ""     }, /* ¡ */
    {0x00ba, "o"    }, /* º */
    {0x00aa, "a"    }, /* ª */
    {0x00d7, "x"    }, /* × */
    {0x00df, "ss"   }, /* ß */
    {0x00e6, "ae"   }, /* æ */
    {0x00c6, "AE"   },
    {0x00f8, "o"    }, /* ø */
    {0x00d8, "O"    },
    {0x20ac, "EUR"  }, /* € */
    {0x00a0, " "    },
};

guint
columns_width(const char *text)
{
    return mailsim_text_width(text, -1);
}

static void
append_ascii(GString *out, gunichar character)
{
    gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
    const gsize n_parts =
        g_unichar_fully_decompose(character, TRUE, parts, G_N_ELEMENTS(parts));

    for (gsize i = 0; i < n_parts; i++) {
        if (parts[i] < 0x80)
            g_string_append_c(out, (char)parts[i]);
        else if (g_unichar_combining_class(parts[i]) == 0)
            g_string_append_c(out, '?');
    }
}

char *
columns_transliterate(const char *text)
{
    GString *out = g_string_new(NULL);

    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        const gunichar character = g_utf8_get_char(p);
        const char *ascii = NULL;
        for (guint i = 0; i < G_N_ELEMENTS(replacements) && ascii == NULL; i++) {
            if (replacements[i].character == character)
                ascii = replacements[i].ascii;
        }
        if (ascii != NULL)
            g_string_append(out, ascii);
        else
            append_ascii(out, character);
    }
    return g_string_free(out, FALSE);
}

char *
columns_escape_wire(const char *bytes, gboolean ascii)
{
    GString *out = g_string_new(NULL);
    const char *p = bytes;

    while (*p != '\0') {
        const gunichar character = g_utf8_get_char_validated(p, -1);
        const gboolean valid = character != (gunichar)-1 && character != (gunichar)-2;
        const gboolean shown = valid && g_unichar_isprint(character) &&
                               g_unichar_type(character) != G_UNICODE_FORMAT &&
                               (character < 0x80 || !ascii);
        const gsize length = valid ? (gsize)(g_utf8_next_char(p) - p) : 1;
        if (*p == '\t')
            g_string_append(out, "    ");
        else if (shown)
            g_string_append_len(out, p, (gssize)length);
        for (gsize i = 0; i < length && *p != '\t' && !shown; i++)
            g_string_append_printf(out, "\\x%02X", (guchar)p[i]);
        p += length;
    }
    return g_string_free(out, FALSE);
}

/* The end of the line that starts at TEXT: after the last blank that fits, else where it is
 * full. */
static const char *
find_break(const char *text, guint width)
{
    const char *blank = NULL;
    const char *p = text;
    guint used = 0;

    while (*p != '\0') {
        const gunichar character = g_utf8_get_char(p);
        if (used + mailsim_character_width(character) > width && character != ' ')
            break;
        used += mailsim_character_width(character);
        p = g_utf8_next_char(p);
        if (character == ' ' && strspn(text, " ") < (gsize)(p - text))
            blank = p;
    }
    if (*p == '\0')
        return p;
    if (blank != NULL)
        return blank;
    return p > text ? p : g_utf8_next_char(p);
}

GPtrArray *
columns_wrap_hanging(const char *text, guint width, guint hanging)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    const char *rest = text;

    do {
        const guint room = lines->len == 0 ? width : width - hanging;
        const char *end = find_break(rest, room);
        char *line = g_strndup(rest, (gsize)(end - rest));
        g_ptr_array_add(lines, g_strchomp(line));
        rest = end;
    } while (*rest != '\0');
    return lines;
}

GPtrArray *
columns_wrap(const char *text, guint width)
{
    return columns_wrap_hanging(text, width, 0);
}

void
columns_pad(GString *line, guint width)
{
    for (guint used = columns_width(line->str); used < width; used++)
        g_string_append_c(line, ' ');
}
