/* SPDX-License-Identifier: MIT
 *
 * The text form of a recording that is still being written: the same scenes, rendered by the
 * same code as a finished recording's, each when its connection is over or, interleaved, line
 * by line. Here is what has to be known from one time to the next: what is told, and who spoke
 * last. What nobody can know yet is not guessed: such a note waits for the line that settles
 * it. */
#include <mailsim/transcript/render.h>

#include <string.h>

#include "clock.h"
#include "live-memory.h"
#include "live-scenes.h"
#include "live-settled.h"
#include "render-parts.h"

/* Octets of events that wait to be told as a block; of the conversation that has the most of
 * them, what there is is told when there are more. */
#define HELD_MAX_OCTETS (64 * 1024 * 1024)

struct MailsimLiveTranscript {
    Page page;
    gboolean interleaved;
    MailsimNotes *notes;
    gboolean *spent; /* by note */
    LiveScenes scenes;
    LiveMemory memory;
    const Telling *speaker;
};

/* --- telling ------------------------------------------------------------------------------ */

static gboolean
holds(const MailsimLiveTranscript *self, const MailsimEvent *event, const char *condition)
{
    return mailsim_reading_holds(self->page.reading, event->sequence, condition);
}

/* A message of which lines are only counted is told when all have come. */
static gboolean
is_being_counted(const MailsimLiveTranscript *self, const MailsimEvent *event)
{
    return self->page.options->detail == MAILSIM_DETAIL_BRIEF &&
           event->kind == MAILSIM_EVENT_LINE && holds(self, event, "message") &&
           !holds(self, event, "end");
}

static void
attach_note(MailsimLiveTranscript *self, const MailsimEvent *event)
{
    const MailsimNote *note =
        mailsim_notes_choose(self->notes, self->page.reading, event, self->spent);

    if (note != NULL)
        g_hash_table_insert(self->page.chosen, (gpointer)event, (gpointer)note);
}

static void
release(MailsimLiveTranscript *self, const MailsimEvent *event)
{
    g_hash_table_remove(self->page.chosen, event);
    live_memory_release(&self->memory, event);
}

static gboolean
contains(GPtrArray *events, const MailsimEvent *event)
{
    return g_ptr_array_find(events, event, NULL);
}

/* Of the log, what is to be shown; whether it is depends on its note. */
static void
choose_lines(MailsimLiveTranscript *self, Telling *telling)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new();

    for (guint i = 0; i < telling->scene->events->len; i++) {
        MailsimEvent *event = g_ptr_array_index(telling->scene->events, i);

        if (event->kind != MAILSIM_EVENT_LOG)
            continue;
        attach_note(self, event);
        g_ptr_array_add(lines, event);
    }
    render_choose_log(&self->page, telling->scene, 0);
    for (guint i = 0; i < lines->len; i++) {
        if (!contains(telling->scene->events, g_ptr_array_index(lines, i)))
            release(self, g_ptr_array_index(lines, i));
    }
}

static void
put_heading(MailsimLiveTranscript *self, const Telling *telling)
{
    Page *page = &self->page;

    page_end_line(page);
    if (telling->scene->hop == NULL) {
        page_put_heading(page, render_name_party(page, telling->party));
        return;
    }
    g_autofree char *number = g_strdup_printf("%u", telling->scene->hop->index + 1);
    g_autofree char *heading = mailsim_phrase_format(
        telling->begun ? MAILSIM_PHRASE_CONNECTION_AGAIN : MAILSIM_PHRASE_CONNECTION,
        page->options->language, "number", number, NULL);
    page_put_heading(page, heading);
    if (telling->begun)
        page_end_line(page);
}

static void
put_due(MailsimLiveTranscript *self, Telling *telling)
{
    if (telling->due == NULL)
        return;
    attach_note(self, telling->due);
    render_note(&self->page, telling->due);
    release(self, telling->due);
    telling->due = NULL;
}

static void
put_events(MailsimLiveTranscript *self, Telling *telling)
{
    const GPtrArray *events = telling->scene->events;
    const MailsimEvent *last = g_ptr_array_index(events, events->len - 1);

    put_due(self, telling);
    telling->due = live_is_unsettled(self->page.reading, last) ? last : NULL;
    for (guint i = 0; i < events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(events, i);

        if (event != telling->due && event->kind != MAILSIM_EVENT_LOG)
            attach_note(self, event);
    }
    if (telling->begun)
        render_events(&self->page, telling->scene, 0);
    else
        render_scene(&self->page, telling->scene);
}

static void
drop_events(MailsimLiveTranscript *self, Telling *telling)
{
    GPtrArray *events = telling->scene->events;

    for (guint i = 0; i < events->len; i++) {
        if (g_ptr_array_index(events, i) != telling->due)
            release(self, g_ptr_array_index(events, i));
    }
    g_ptr_array_set_size(events, 0);
    telling->scene->n_before = 0;
    self->scenes.weight -= telling->weight;
    telling->weight = 0;
}

static gboolean
is_blank(const char *text)
{
    return text[strspn(text, "\n")] == '\0';
}

/* The others were not heard in between: no heading is needed for what shows nothing. */
static void
put_telling(MailsimLiveTranscript *self, Telling *telling)
{
    Page *page = &self->page;
    const Page before = *page;
    const gsize start = page->out->len;
    gsize headed;

    if (self->speaker != telling) {
        put_heading(self, telling);
        page->origin_us = telling->origin_us;
        page->time_us = -1;
    }
    headed = page->out->len;
    put_events(self, telling);
    if (is_blank(page->out->str + headed)) {
        g_string_truncate(page->out, start);
        *page = before;
        return;
    }
    self->speaker = telling;
    telling->begun = TRUE;
}

/* What it has led to may be told now. */
static void
end_telling(MailsimLiveTranscript *self, Telling *telling)
{
    telling->ended = TRUE;
    g_ptr_array_remove(self->scenes.over, telling);
    live_scenes_end(&self->scenes, telling);
    live_memory_end_hop(&self->memory, telling->scene->hop);
}

static void
tell(MailsimLiveTranscript *self, Telling *telling)
{
    const GPtrArray *events = telling->scene->events;

    telling->stirred = FALSE;
    if (!self->page.options->quiet)
        choose_lines(self, telling);
    if (events->len > 0 && !self->page.options->quiet)
        put_telling(self, telling);
    drop_events(self, telling);
    if (telling->over && !telling->ended)
        end_telling(self, telling);
}

/* As afterwards, the day on which it all begins goes without saying. */
static void
begin_day(MailsimLiveTranscript *self)
{
    const GPtrArray *events = self->page.recording->events;

    if (self->page.day == 0 && events->len > 0)
        self->page.day =
            clock_count_days(((const MailsimEvent *)g_ptr_array_index(events, 0))->time_us);
}

/* What a conversation has led to is told after it. */
static gboolean
has_to_wait(const MailsimLiveTranscript *self, const Telling *telling)
{
    const Telling *before =
        telling->after > 0 ? live_scenes_find_hop(&self->scenes, telling->after - 1) : NULL;

    return before != NULL && !before->ended && !self->interleaved && !self->page.options->quiet;
}

/* Those that are over, in the order of their ends. One may be what others wait for. */
static void
tell_blocks(MailsimLiveTranscript *self)
{
    GPtrArray *over = self->scenes.over;

    for (guint i = 0; i < over->len;) {
        Telling *telling = g_ptr_array_index(over, i);

        if (has_to_wait(self, telling)) {
            i++;
            continue;
        }
        tell(self, telling);
        i = 0;
    }
}

static gboolean
may_speak(const MailsimLiveTranscript *self, const Telling *telling)
{
    if (self->interleaved || self->page.options->quiet)
        return telling->scene->events->len > 0 &&
               !is_being_counted(self, g_ptr_array_index(telling->scene->events,
                                                         telling->scene->events->len - 1));
    return telling->scene->hop == NULL || telling->ended;
}

static void
tell_stirred(MailsimLiveTranscript *self)
{
    GPtrArray *stirred = self->scenes.stirred;

    for (guint i = 0; i < stirred->len; i++) {
        Telling *telling = g_ptr_array_index(stirred, i);

        telling->stirred = FALSE;
        if (may_speak(self, telling))
            tell(self, telling);
    }
    g_ptr_array_set_size(stirred, 0);
}

static void
tell_what_is_too_much(MailsimLiveTranscript *self)
{
    while (self->scenes.weight > HELD_MAX_OCTETS)
        tell(self, live_scenes_find_heaviest(&self->scenes));
}

static void
forget_hop(const MailsimHop *hop, gpointer data)
{
    MailsimLiveTranscript *self = data;

    if (self->speaker != NULL && self->speaker->scene->hop == hop)
        self->speaker = NULL;
    live_scenes_forget_hop(&self->scenes, hop);
}

void
mailsim_live_transcript_tell(MailsimLiveTranscript *self, GString *out)
{
    self->page.out = out;
    begin_day(self);
    mailsim_reading_go_on(self->page.reading);
    live_scenes_go_on(&self->scenes);
    if (self->interleaved)
        tell_stirred(self);
    tell_blocks(self);
    tell_stirred(self);
    tell_what_is_too_much(self);
    live_memory_sweep(&self->memory, forget_hop, self);
}

void
mailsim_live_transcript_begin(MailsimLiveTranscript *self, GString *out)
{
    self->page.out = out;
    if (self->page.options->quiet)
        return;
    render_title(&self->page);
    render_legend(&self->page);
}

/* Who has not come to an end by now does not. */
static void
tell_the_rest(MailsimLiveTranscript *self)
{
    g_autoptr(GPtrArray) rest = live_scenes_list_untold(&self->scenes);

    for (guint i = 0; i < rest->len; i++)
        tell(self, g_ptr_array_index(rest, i));
}

void
mailsim_live_transcript_end(MailsimLiveTranscript *self, GString *out)
{
    const MailsimLanguage language = self->page.options->language;
    g_autofree char *count = g_strdup_printf("%u", self->page.recording->n_hops);
    g_autofree char *line =
        mailsim_phrase_format(MAILSIM_PHRASE_CONNECTIONS, language, "count", count, NULL);

    self->page.out = out;
    tell_the_rest(self);
    if (self->page.options->quiet)
        return;
    page_end_line(&self->page);
    page_put_line(&self->page, INK_BOLD, line);
}

void
mailsim_live_transcript_say(MailsimLiveTranscript *self, const char *text, GString *out)
{
    self->page.out = out;
    page_put_paragraph(&self->page, INK_PLAIN, 0, text);
}

/* --- life --------------------------------------------------------------------------------- */

MailsimLiveTranscript *
mailsim_live_transcript_new(MailsimRecording *recording,
                            const MailsimRenderOptions *options,
                            gboolean interleaved)
{
    MailsimLiveTranscript *self = g_new0(MailsimLiveTranscript, 1);

    self->page.recording = recording;
    self->page.options = options;
    self->page.live = TRUE;
    self->page.time_us = -1;
    self->page.reading = mailsim_reading_new_open(recording);
    self->page.chosen = g_hash_table_new(NULL, NULL);
    self->interleaved = interleaved;
    self->notes = mailsim_notes_new();
    self->spent = g_new0(gboolean, mailsim_notes_count(self->notes) + 1);
    live_scenes_init(&self->scenes, recording);
    live_memory_init(&self->memory, recording, self->page.reading);
    return self;
}

void
mailsim_live_transcript_free(MailsimLiveTranscript *self)
{
    if (self == NULL)
        return;

    live_memory_clear(&self->memory);
    live_scenes_clear(&self->scenes);
    mailsim_reading_free(self->page.reading);
    g_hash_table_unref(self->page.chosen);
    mailsim_notes_free(self->notes);
    g_free(self->spent);
    g_free(self);
}
