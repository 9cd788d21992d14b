/* SPDX-License-Identifier: MIT
 *
 * What a person looked at: the command that shows it, and what it prints, in a frame of its
 * own. The lines are as wide as on a real terminal, so the frame begins at the very left when
 * they need the room. */
#include "render-parts.h"

#include "columns.h"

#define FRAME_BAR     "┊ "
#define FRAME_COLUMNS 2
#define FRAME_INDENT  3
#define FRAME_HANGING 4

static GPtrArray *
collect_lines(const Page *page, const MailsimEvent *event)
{
    GPtrArray *shown = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) lines = g_strsplit(event->shown.text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (lines[i + 1] != NULL || lines[i][0] != '\0')
            g_ptr_array_add(shown, columns_escape_wire(lines[i], page->options->ascii));
    }
    return shown;
}

static guint
measure(const GPtrArray *lines)
{
    guint width = 0;

    for (guint i = 0; i < lines->len; i++)
        width = MAX(width, columns_width(g_ptr_array_index(lines, i)));
    return width;
}

static void
put_framed(Page *page, Ink ink, guint indent, const char *text)
{
    const guint room = PAGE_COLUMNS - FRAME_COLUMNS - indent;
    g_autoptr(GPtrArray) lines = columns_wrap_hanging(text, room, FRAME_HANGING);

    for (guint i = 0; i < lines->len; i++) {
        g_autofree char *margin = g_strnfill(indent, ' ');
        g_autofree char *hanging = g_strnfill(i == 0 ? 0 : FRAME_HANGING, ' ');
        page_put(page, INK_PLAIN, margin);
        page_put(page, INK_DIM, FRAME_BAR);
        page_put(page, INK_PLAIN, hanging);
        page_put_line(page, ink, g_ptr_array_index(lines, i));
    }
}

/* “mail.iesgn.example$ mailq”; what no command shows has its name there. */
static char *
describe_command(const Page *page, const MailsimEvent *event)
{
    if (event->shown.command == NULL)
        return g_strdup(event->shown.what);
    return g_strdup_printf("%s$ %s",
                           event->party != NULL ? render_name_party(page, event->party) : "",
                           event->shown.command);
}

void
render_shown(Page *page, const MailsimEvent *event)
{
    g_autofree char *command = describe_command(page, event);
    g_autofree char *shown_command = page_dup_shown(page, command);
    g_autoptr(GPtrArray) lines = collect_lines(page, event);
    const guint room = PAGE_COLUMNS - FRAME_COLUMNS - FRAME_INDENT;
    const guint indent = measure(lines) <= room ? FRAME_INDENT : 0;

    put_framed(page, INK_BOLD, indent, shown_command);
    for (guint i = 0; i < lines->len; i++)
        put_framed(page, INK_PLAIN, indent, g_ptr_array_index(lines, i));
    render_note(page, event);
}
