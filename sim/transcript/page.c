/* SPDX-License-Identifier: MIT
 *
 * Writing on the page: indents, marks, headings, colours. Colours are wrapped round text whose
 * width has been settled before, so they cannot move anything. */
#include "page.h"

#include <string.h>

#include "columns.h"

static const char *const inks[] = {
    [INK_PLAIN] = NULL,      [INK_BOLD] = "\033[1m",     [INK_DIM] = "\033[2m",
    [INK_GOOD] = "\033[32m", [INK_WARNING] = "\033[33m", [INK_BAD] = "\033[1;31m",
};

const MailsimNote *
page_get_note(const Page *page, const MailsimEvent *event)
{
    return page->attached != NULL ? g_ptr_array_index(page->attached, event->sequence)
                                  : g_hash_table_lookup(page->chosen, event);
}

const char *
page_phrase(const Page *page, MailsimPhrase phrase)
{
    return mailsim_phrase_get(phrase, page->options->language);
}

char *
page_dup_shown(const Page *page, const char *text)
{
    g_autofree char *safe = columns_escape_wire(text, FALSE);

    return page->options->ascii ? columns_transliterate(safe) : g_steal_pointer(&safe);
}

static void
put_shown(Page *page, Ink ink, const char *shown)
{
    if (!page->options->colour || inks[ink] == NULL || *shown == '\0') {
        g_string_append(page->out, shown);
        return;
    }
    g_string_append_printf(page->out, "%s%s\033[0m", inks[ink], shown);
}

void
page_put(Page *page, Ink ink, const char *text)
{
    g_autofree char *shown = page_dup_shown(page, text);

    put_shown(page, ink, shown);
}

void
page_end_line(Page *page)
{
    while (page->out->len > 0 && page->out->str[page->out->len - 1] == ' ')
        g_string_truncate(page->out, page->out->len - 1);
    g_string_append_c(page->out, '\n');
}

void
page_put_line(Page *page, Ink ink, const char *text)
{
    page_put(page, ink, text);
    page_end_line(page);
}

static void
indent_by(Page *page, guint columns)
{
    for (guint i = 0; i < columns; i++)
        g_string_append_c(page->out, ' ');
}

void
page_put_paragraph(Page *page, Ink ink, guint indent, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "\n", -1);

    for (char **part = parts; *part != NULL; part++) {
        g_autofree char *shown = page_dup_shown(page, *part);
        g_autoptr(GPtrArray) lines = columns_wrap(shown, PAGE_COLUMNS - indent);
        for (guint i = 0; i < lines->len; i++) {
            indent_by(page, **part == '\0' ? 0 : indent);
            put_shown(page, ink, g_ptr_array_index(lines, i));
            page_end_line(page);
        }
    }
}

void
page_put_hanging(Page *page, Ink ink, guint indent, const char *text, guint hanging)
{
    g_autofree char *shown = page_dup_shown(page, text);
    g_autoptr(GPtrArray) lines = columns_wrap_hanging(shown, PAGE_COLUMNS - indent, hanging);

    for (guint i = 0; i < lines->len; i++) {
        indent_by(page, indent + (i == 0 ? 0 : hanging));
        put_shown(page, ink, g_ptr_array_index(lines, i));
        page_end_line(page);
    }
}

void
page_put_heading(Page *page, const char *title)
{
    g_autofree char *shown = page_dup_shown(page, title);
    g_autoptr(GPtrArray) lines = columns_wrap(shown, PAGE_COLUMNS - 6);
    g_autofree char *rule = page_dup_shown(page, "━");

    for (guint i = 0; i < lines->len; i++) {
        const char *line = g_ptr_array_index(lines, i);
        put_shown(page, INK_BOLD, i == 0 ? "" : "   ");
        for (guint j = 0; i == 0 && j < 2; j++)
            put_shown(page, INK_DIM, rule);
        put_shown(page, INK_PLAIN, i == 0 ? " " : "");
        put_shown(page, INK_BOLD, line);
        if (i + 1 == lines->len) {
            g_autoptr(GString) tail = g_string_new(" ");
            for (guint used = 3 + columns_width(line) + 1; used < PAGE_COLUMNS; used++)
                g_string_append(tail, rule);
            put_shown(page, INK_DIM, tail->str);
        }
        page_end_line(page);
    }
}

char *
page_dup_time(gint64 duration_us)
{
    const gint64 seconds = duration_us / MAILSIM_SECOND;
    const gint64 minutes = seconds / 60;
    const gint64 hours = minutes / 60;

    if (seconds < 1000)
        return g_strdup_printf("%" G_GINT64_FORMAT ".%03d", seconds,
                               (int)(duration_us % MAILSIM_SECOND / MAILSIM_MILLISECOND));
    if (hours < 10)
        return g_strdup_printf("%d:%02d:%02d", (int)hours, (int)(minutes % 60),
                               (int)(seconds % 60));
    return g_strdup_printf("%dd%02d:%02d", (int)(hours / 24), (int)(hours % 24),
                           (int)(minutes % 60));
}

void
page_put_mark(Page *page, Ink ink, MailsimTime time_us, const char *mark)
{
    g_autoptr(GString) padded = g_string_new(mark);

    /* A real clock knows finer differences than are shown. */
    if (page->time_us < 0 || (time_us - page->origin_us) / MAILSIM_MILLISECOND !=
                                 (page->time_us - page->origin_us) / MAILSIM_MILLISECOND) {
        g_autofree char *time = page_dup_time(MAX(time_us - page->origin_us, 0));
        const guint width = columns_width(time);
        indent_by(page, width < PAGE_TIME_COLUMNS ? PAGE_TIME_COLUMNS - width : 0);
        put_shown(page, INK_DIM, time);
        indent_by(page, PAGE_MARK_COLUMN - PAGE_TIME_COLUMNS);
        page->time_us = time_us;
    } else {
        indent_by(page, PAGE_MARK_COLUMN);
    }
    columns_pad(padded, PAGE_TEXT_COLUMN - PAGE_MARK_COLUMN);
    page_put(page, ink, padded->str);
}

void
page_put_marked(Page *page,
                Ink mark_ink,
                MailsimTime time_us,
                const char *mark,
                Ink ink,
                const char *text,
                guint hanging)
{
    g_autoptr(GPtrArray) lines = columns_wrap_hanging(text, PAGE_TEXT_COLUMNS, hanging);

    for (guint i = 0; i < lines->len; i++) {
        g_autofree char *line = g_strdup_printf("%*s%s", i == 0 ? 0 : (int)hanging, "",
                                                (char *)g_ptr_array_index(lines, i));

        page_put_mark(page, mark_ink, time_us, i == 0 ? mark : "");
        page_put_line(page, ink, line);
    }
}

static void
put_barred(Page *page, const char *bar, Ink ink, const char *text)
{
    indent_by(page, PAGE_TEXT_COLUMN);
    page_put(page, INK_DIM, bar);
    g_string_append_c(page->out, ' ');
    page_put(page, ink, text);
    page_end_line(page);
}

void
page_put_note_line(Page *page, Ink ink, const char *text)
{
    put_barred(page, PAGE_NOTE_BAR, ink, text);
}

static void
put_block(Page *page, const char *bar, Ink ink, const char *text, guint hanging)
{
    g_autofree char *shown = page_dup_shown(page, text);
    g_autoptr(GPtrArray) lines = columns_wrap_hanging(shown, MAILSIM_NOTE_COLUMNS, hanging);

    for (guint i = 0; i < lines->len; i++) {
        const char *line = g_ptr_array_index(lines, i);
        g_autofree char *hung = g_strdup_printf("%*s%s", i == 0 ? 0 : (int)hanging, "", line);
        put_barred(page, bar, ink, hung);
    }
}

void
page_put_fact(Page *page, Ink ink, const char *text, guint hanging)
{
    put_block(page, PAGE_FACT_BAR, ink, text, hanging);
}

void
page_put_note(Page *page, Ink ink, const char *text, guint hanging)
{
    put_block(page, PAGE_NOTE_BAR, ink, text, hanging);
}

void
mailsim_render_paragraphs(const MailsimRenderOptions *options,
                          guint indent,
                          const char *text,
                          GString *out)
{
    g_return_if_fail(options != NULL && text != NULL && out != NULL);
    Page page = {.out = out, .options = options, .time_us = -1};

    page_put_paragraph(&page, INK_PLAIN, indent, text);
}
