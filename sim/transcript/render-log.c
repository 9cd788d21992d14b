/* SPDX-License-Identifier: MIT
 *
 * Lines of a mail log, verbatim but for their time, which stands in its own column. Which of
 * them a page has depends on its detail: the others are taken out of the scenes before anything
 * is put on it, so that nothing else has to know of them. */
#include "render-parts.h"

#include <string.h>

#include <mailsim/recording/log-line.h>

#include "columns.h"
#include "log-kind.h"

static gboolean
is_shown(const Page *page, const MailsimEvent *line)
{
    const gboolean matters = log_kind_matters(log_kind_find(line));

    if (page->options->detail == MAILSIM_DETAIL_BRIEF)
        return page->live && matters;
    return matters || page->options->detail == MAILSIM_DETAIL_FULL ||
           g_ptr_array_index(page->attached, line->sequence) != NULL;
}

void
render_choose_log(const Page *page, Scene *scene, guint first)
{
    guint n_kept = first;
    guint n_before = MIN(first, scene->n_before);

    for (guint i = first; i < scene->events->len; i++) {
        MailsimEvent *event = g_ptr_array_index(scene->events, i);

        if (event->kind == MAILSIM_EVENT_LOG && !is_shown(page, event))
            continue;
        scene->events->pdata[n_kept++] = event;
        n_before += i < scene->n_before ? 1 : 0;
    }
    scene->n_before = n_before;
    g_ptr_array_set_size(scene->events, (int)n_kept);
}

static Ink
ink_of_status(const char *text)
{
    if (strstr(text, ", status=sent ") != NULL)
        return INK_GOOD;
    return strstr(text, ", status=deferred ") != NULL ? INK_WARNING : INK_BAD;
}

static Ink
ink_of_line(const MailsimEvent *line)
{
    const LogKind kind = log_kind_find(line);

    if (kind == LOG_STATUS)
        return ink_of_status(line->log.text);
    if (kind == LOG_REJECT || kind == LOG_FATAL || kind == LOG_EXPIRED)
        return INK_BAD;
    if (kind == LOG_TLS)
        return INK_PLAIN;
    return log_kind_matters(kind) ? INK_WARNING : INK_DIM;
}

void
render_log(Page *page, const MailsimEvent *line)
{
    /* What a host does after a connection is told after it, though time has gone on. */
    const MailsimTime time_us = MAX(line->time_us, page->time_us);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *shown = NULL;

    mailsim_log_line_append_undated(page->recording, line, text);
    shown = columns_escape_wire(text->str, page->options->ascii);
    page_put_marked(page, INK_DIM, time_us, "log", ink_of_line(line), shown, 4);
    render_note(page, line);
}
