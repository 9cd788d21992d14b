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
           page_get_note(page, line) != NULL;
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
    if (kind == LOG_FATAL || kind == LOG_EXPIRED)
        return INK_BAD;
    if (kind == LOG_WARNING || kind == LOG_SETBACK || kind == LOG_NOTIFICATION ||
        kind == LOG_LOGIN_ERROR)
        return INK_WARNING;
    return log_kind_matters(kind) ? INK_PLAIN : INK_DIM;
}

static gboolean
have_one_label(const char *name, const char *other)
{
    const gsize length = strcspn(name, ".");

    return strcspn(other, ".") == length && strncmp(name, other, length) == 0;
}

/* In its own log a host is but “mail”, as others are in theirs; on this page it has to be known
 * who is meant: “.iesgn.example” is added where several are called that. */
static const char *
find_rest_of_name(const Page *page, const MailsimEvent *line)
{
    const char *name = render_name_party(page, line->party);

    for (guint i = 0; i < page->recording->parties->len; i++) {
        const MailsimParty *party = g_ptr_array_index(page->recording->parties, i);

        if (party->is_host && party->fqdn != NULL && !g_str_equal(party->fqdn, name) &&
            have_one_label(party->fqdn, name))
            return name + strcspn(name, ".");
    }
    return "";
}

void
render_log(Page *page, const MailsimEvent *line)
{
    /* What a host does after a connection is told after it, though time has gone on. */
    const MailsimTime time_us = MAX(line->time_us, page->time_us);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *shown = NULL;

    mailsim_log_line_append_undated(page->recording, line, text);
    g_string_insert(text, (gssize)strcspn(text->str, " "), find_rest_of_name(page, line));
    shown = columns_escape_wire(text->str, page->options->ascii);
    page_put_marked(page, INK_DIM, time_us, "log", ink_of_line(line), shown, 4);
    render_note(page, line);
}

gboolean
render_is_logged(const Page *page, const MailsimEvent *secured)
{
    const GPtrArray *events = page->recording->events;

    for (guint i = mailsim_recording_find_event(page->recording, secured->sequence + 1);
         i < events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(events, i);

        if (event->time_us != secured->time_us)
            break;
        if (event->kind == MAILSIM_EVENT_LOG && event->hop == secured->hop &&
            strstr(event->log.text, " TLS connection established to ") != NULL)
            return TRUE;
    }
    return FALSE;
}
