/* SPDX-License-Identifier: MIT
 *
 * What a person looked at: the command that shows it, and what it prints, in a frame of its
 * own. The lines are as wide as on a real terminal, so the frame begins at the very left when
 * they need the room. */
#include "render-parts.h"

#include "columns.h"

#define FRAME_BAR      "┊ "
#define FRAME_COLUMNS  2
#define FRAME_INDENT   3
#define FRAME_HANGING  4
#define BRIEF_LINES    16
#define LOG_ENDS       12
#define LOG_ENDS_BRIEF 4

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

/* What says in a mailbox what its messages are; with a field go its later lines. */
static gboolean
is_telling(const char *line, gboolean before)
{
    static const char *const headers[] = {
        "Received: ", "From: ",           "To: ", "Subject: ", "Final-Recipient: ",
        "Status: ",   "Diagnostic-Code: "};

    for (guint i = 0; i < G_N_ELEMENTS(headers); i++) {
        if (g_str_has_prefix(line, headers[i]))
            return TRUE;
    }
    return before && g_str_has_prefix(line, " ");
}

/* What says of a cable which connections there were, and what was read of each. */
static gboolean
is_verdict(const char *line)
{
    return !g_str_has_prefix(line, "  ") || g_str_has_prefix(line, "  = ");
}

static void
put_left_out(Page *page, guint indent, MailsimPhrase phrase, guint n_lines)
{
    g_autofree char *count = g_strdup_printf("%u", n_lines);
    g_autofree char *text =
        mailsim_phrase_format(phrase, page->options->language, "count", count, NULL);
    g_autofree char *shown = page_dup_shown(page, text);

    put_framed(page, INK_DIM, indent, shown);
}

/* Of what is long the first lines; of a mailbox, and of a cable, those that count. */
static void
put_shortly(Page *page, guint indent, const char *what, const GPtrArray *lines)
{
    const gboolean whole = lines->len <= BRIEF_LINES;
    const gboolean mail = !whole && g_str_has_prefix(g_ptr_array_index(lines, 0), "From ");
    const gboolean cable = !whole && g_str_has_prefix(what, "listener ");
    gboolean telling = FALSE;
    guint n_put = 0;

    for (guint i = 0; i < lines->len && n_put < BRIEF_LINES; i++) {
        const char *line = g_ptr_array_index(lines, i);

        telling = is_telling(line, telling);
        if ((mail && !telling) || (cable && !is_verdict(line)))
            continue;
        put_framed(page, INK_PLAIN, indent, line);
        n_put++;
    }
    if (whole)
        return;
    put_left_out(page, indent, MAILSIM_PHRASE_BRIEF_LEFT_OUT, lines->len - n_put);
}

/* Of a log that is long, where it begins and, what counts more, how it ends. */
static void
put_log(Page *page, guint indent, const GPtrArray *lines)
{
    const MailsimDetail detail = page->options->detail;
    const guint ends = detail == MAILSIM_DETAIL_BRIEF ? LOG_ENDS_BRIEF : LOG_ENDS;
    const gboolean whole = detail == MAILSIM_DETAIL_FULL || lines->len <= 2 * ends + 1;

    for (guint i = 0; i < lines->len; i++) {
        if (!whole && i == ends) {
            put_left_out(page, indent,
                         detail == MAILSIM_DETAIL_BRIEF ? MAILSIM_PHRASE_BRIEF_LEFT_OUT
                                                        : MAILSIM_PHRASE_LOG_LEFT_OUT,
                         lines->len - 2 * ends);
            i = lines->len - ends;
        }
        put_framed(page, INK_PLAIN, indent, g_ptr_array_index(lines, i));
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
    const gboolean brief = page->options->detail == MAILSIM_DETAIL_BRIEF && !page->live;
    const gboolean log = g_str_has_prefix(event->shown.what, "log ");
    const guint room = PAGE_COLUMNS - FRAME_COLUMNS - FRAME_INDENT;
    const guint indent = measure(lines) <= room ? FRAME_INDENT : 0;

    put_framed(page, INK_BOLD, indent, shown_command);
    if (log)
        put_log(page, indent, lines);
    else if (brief)
        put_shortly(page, indent, event->shown.what, lines);
    for (guint i = 0; i < lines->len && !brief && !log; i++)
        put_framed(page, INK_PLAIN, indent, g_ptr_array_index(lines, i));
    render_note(page, event);
}
