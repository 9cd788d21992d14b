/* SPDX-License-Identifier: MIT
 *
 * The note of an event: why, beside the line that it explains; folded, a line that says only
 * what it is about. */
#include "render-parts.h"

#include "columns.h"

/* The reference ends the last line if there is room, else it has a line of its own. */
static void
put_with_reference(Page *page, const char *text, const char *reference)
{
    g_autofree char *shown = page_dup_shown(page, text);
    g_autofree char *shown_reference =
        reference == NULL ? NULL : page_dup_shown(page, reference);
    g_autoptr(GPtrArray) lines = columns_wrap(shown, MAILSIM_NOTE_COLUMNS);
    const guint width = reference == NULL ? 0 : columns_width(shown_reference);

    for (guint i = 0; i < lines->len; i++) {
        g_autoptr(GString) line = g_string_new(g_ptr_array_index(lines, i));
        const gboolean last = i + 1 == lines->len;
        if (last && width > 0 && columns_width(line->str) + 2 + width <= MAILSIM_NOTE_COLUMNS) {
            columns_pad(line, MAILSIM_NOTE_COLUMNS - width);
            g_string_append(line, shown_reference);
            page_put_note_line(page, INK_PLAIN, line->str);
            return;
        }
        page_put_note_line(page, INK_PLAIN, line->str);
    }
    if (width == 0)
        return;
    g_autoptr(GString) line = g_string_new(NULL);
    columns_pad(line, width < MAILSIM_NOTE_COLUMNS ? MAILSIM_NOTE_COLUMNS - width : 0);
    g_string_append(line, shown_reference);
    page_put_note_line(page, INK_DIM, line->str);
}

/* What it is about may be said before what it says: whoever shows the page asks first. */
static void
put_folded(Page *page, const char *reference)
{
    g_autofree char *line = g_strdup_printf("…%s%s", reference != NULL ? " " : "",
                                            reference != NULL ? reference : "");

    page_put_note(page, INK_DIM, line, 2);
}

/* Does what a note adds belong to it here? */
static gboolean
wants_more(const Page *page)
{
    return page->options->notes == MAILSIM_NOTES_MORE ||
           (page->options->notes == MAILSIM_NOTES_BY_DETAIL &&
            page->options->detail == MAILSIM_DETAIL_FULL);
}

void
render_note(Page *page, const MailsimEvent *event)
{
    const MailsimNote *note = g_ptr_array_index(page->attached, event->sequence);
    const MailsimLanguage language = page->options->language;

    if (note == NULL || page->notes_wait ||
        (page->options->detail == MAILSIM_DETAIL_BRIEF && !note->brief))
        return;
    g_autofree char *text =
        mailsim_note_dup_text(note, page->reading, event->sequence, language, FALSE);
    g_autofree char *reference = mailsim_note_dup_reference(note);
    if (page->options->notes == MAILSIM_NOTES_FOLDED) {
        put_folded(page, reference);
        return;
    }
    g_autofree char *more =
        mailsim_note_dup_text(note, page->reading, event->sequence, language, TRUE);
    put_with_reference(page, text, reference);
    if (more == NULL || !wants_more(page))
        return;
    g_autofree char *added = g_strdup_printf("+ %s", more);
    page_put_note(page, INK_DIM, added, 2);
}
