/* SPDX-License-Identifier: MIT
 *
 * What becomes of a message that is saved in an mbox: flags and UIDs are fields of its header,
 * so those that are there already are taken out; header and text are both finished. */
#include "imap-server-private.h"

#include <string.h>

/* How long the line at TEXT is, with its end. */
static gsize
measure_line(const char *text, gsize length)
{
    const char *line_feed = memchr(text, '\n', length);

    return line_feed != NULL ? (gsize)(line_feed - text) + 1 : length;
}

static gboolean
is_of_the_store(const char *line)
{
    static const char *const fields[] = {"Status", "X-Status",   "X-Keywords",    "X-UID",
                                         "X-IMAP", "X-IMAPbase", "Content-Length"};

    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        const gsize length = strlen(fields[i]);

        if (g_ascii_strncasecmp(line, fields[i], length) == 0 &&
            line[length + strspn(line + length, " \t")] == ':')
            return TRUE;
    }
    return FALSE;
}

/* Append what is kept of the header of TEXT to KEPT; how long it was. */
static gsize
copy_header(const GString *text, GString *kept)
{
    gboolean dropping = FALSE;
    gsize offset = 0;

    while (offset < text->len && strchr("\r\n", text->str[offset]) == NULL) {
        const char *line = text->str + offset;
        const gsize length = measure_line(line, text->len - offset);

        if (*line != ' ' && *line != '\t')
            dropping = is_of_the_store(line);
        if (!dropping)
            g_string_append_len(kept, line, (gssize)length);
        offset += length;
    }
    return offset;
}

static void
finish_line(GString *text)
{
    if (text->len > 0 && text->str[text->len - 1] != '\n')
        g_string_append(text, "\r\n");
}

void
mailsim_imap_server_tidy_for_mbox(GString *text)
{
    g_autoptr(GString) kept = g_string_sized_new(text->len);
    gsize offset = copy_header(text, kept);

    offset += measure_line(text->str + offset, text->len - offset);
    finish_line(kept);
    g_string_append(kept, "\r\n");
    if (offset == text->len)
        g_string_append(kept, "\r\n");
    g_string_append_len(kept, text->str + offset, (gssize)(text->len - offset));
    finish_line(kept);
    g_string_assign(text, kept->str);
}
