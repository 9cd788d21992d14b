/* SPDX-License-Identifier: MIT
 *
 * A note in text: its first level beside the event, and with all detail its second, part by
 * part; folded, a line that says only what it is about. */
#include "render-parts.h"

#include <string.h>

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

/* What introduces each part of the second level; one without such words speaks for itself. */
static const MailsimPhrase leads[MAILSIM_NOTE_PARTS] = {
    [MAILSIM_NOTE_OTHERWISE] = MAILSIM_PHRASE_NOTE_OTHERWISE,
    [MAILSIM_NOTE_SEE] = MAILSIM_PHRASE_NOTE_SEE,
    [MAILSIM_NOTE_READ] = MAILSIM_PHRASE_NOTE_READ,
};

/* The words of COMMAND as a shell takes them apart, but an option with what follows it. */
static GPtrArray *
split_command(const char *command)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    gboolean quoted = FALSE;
    const char *start = command;

    for (const char *at = command;; at++) {
        if (*at == '"' || *at == '\'')
            quoted = !quoted;
        if (*at != '\0' && (*at != ' ' || quoted))
            continue;
        if (*at == ' ' && *start == '-' && at[1] != '-' &&
            memchr(start, ' ', (gsize)(at - start)) == NULL)
            continue;
        g_ptr_array_add(words, g_strndup(start, (gsize)(at - start)));
        if (*at == '\0')
            return words;
        start = at + 1;
    }
}

/* COMMAND in several lines that a shell takes for one. */
static void
put_long_command(Page *page, const char *command)
{
    g_autoptr(GPtrArray) words = split_command(command);
    g_autoptr(GString) line = g_string_new("   ");

    for (guint i = 0; i < words->len; i++) {
        const char *word = g_ptr_array_index(words, i);

        if (i > 0 && columns_width(line->str) + 1 + columns_width(word) + strlen(" \\") >
                         MAILSIM_NOTE_COLUMNS) {
            g_string_append(line, " \\");
            page_put_note(page, INK_DIM, line->str, 6);
            g_string_assign(line, "     ");
        }
        g_string_append_printf(line, " %s", word);
    }
    page_put_note(page, INK_DIM, line->str, 6);
}

/* A command that does not fit beside its introduction stands below it: who types it must not
 * wonder where it begins. */
static void
put_command(Page *page, const char *lead, const char *command)
{
    g_autofree char *both = g_strdup_printf("+ %s %s", lead, command);
    g_autofree char *above = g_strdup_printf("+ %s", lead);

    if (columns_width(both) <= MAILSIM_NOTE_COLUMNS) {
        page_put_note(page, INK_DIM, both, 2);
        return;
    }
    page_put_note(page, INK_DIM, above, 2);
    put_long_command(page, command);
}

static void
put_second_level(Page *page, const MailsimNote *note, const MailsimEvent *event)
{
    for (guint i = MAILSIM_NOTE_MORE; i < MAILSIM_NOTE_PARTS; i++) {
        const MailsimNotePart part = (MailsimNotePart)i;
        g_autofree char *text = mailsim_note_dup_text(note, page->reading, event->sequence,
                                                      page->options->language, part);
        const char *lead = part == MAILSIM_NOTE_MORE ? "+" : page_phrase(page, leads[part]);
        g_autofree char *added = NULL;

        if (text == NULL)
            continue;
        if (part == MAILSIM_NOTE_SEE) {
            put_command(page, lead, text);
            continue;
        }
        added = g_strdup_printf("%s%s %s", part == MAILSIM_NOTE_MORE ? "" : "+ ", lead, text);
        page_put_note(page, INK_DIM, added, 2);
    }
}

/* What it is about may be said before what it says: whoever shows the page asks first. */
static void
put_folded(Page *page, const char *reference)
{
    g_autofree char *line = g_strdup_printf("…%s%s", reference != NULL ? " " : "",
                                            reference != NULL ? reference : "");

    page_put_note(page, INK_DIM, line, 2);
}

static gboolean
wants_second_level(const Page *page)
{
    return page->options->notes == MAILSIM_NOTES_MORE ||
           (page->options->notes == MAILSIM_NOTES_BY_DETAIL &&
            page->options->detail == MAILSIM_DETAIL_FULL);
}

void
render_note(Page *page, const MailsimEvent *event)
{
    const MailsimNote *note = page_get_note(page, event);
    if (note == NULL || page->notes_wait ||
        (page->options->detail == MAILSIM_DETAIL_BRIEF && !note->brief))
        return;
    g_autofree char *text = mailsim_note_dup_text(note, page->reading, event->sequence,
                                                  page->options->language, MAILSIM_NOTE_TEXT);
    g_autofree char *reference = mailsim_note_dup_reference(note);
    if (page->options->notes == MAILSIM_NOTES_FOLDED) {
        put_folded(page, reference);
        return;
    }
    put_with_reference(page, text, reference);
    if (wants_second_level(page))
        put_second_level(page, note, event);
}
