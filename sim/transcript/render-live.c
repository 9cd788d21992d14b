/* SPDX-License-Identifier: MIT
 *
 * The text form of a recording that is still being written. Events are put into the same scenes
 * and rendered by the same code as a finished recording's; here is only what has to be known
 * from one time to the next: how far each scene has been told, and who spoke last. What nobody
 * can know yet is not guessed: such a note waits for the line that settles it. */
#include <mailsim/transcript/render.h>

#include "clock.h"
#include "render-parts.h"

typedef struct {
    Scene *scene;
    char *party;             /* of a scene without hop: whose it is; NULL with one */
    guint n_told;            /* of its events */
    const MailsimEvent *due; /* told, but for its note; NULL: none */
    gboolean stirred;        /* something was added since the last time */
} Telling;

struct MailsimLiveTranscript {
    Page page;
    MailsimNotes *notes;
    gboolean *spent;      /* by note */
    GPtrArray *by_hop;    /* of Telling */
    GPtrArray *loose;     /* of Telling: without hop */
    GHashTable *by_queue; /* “host id”: Telling, borrowed: what brought the message there */
    GHashTable *by_party; /* party: Telling, borrowed: where its last event went */
    GPtrArray *unanswered; /* of MailsimEvent, borrowed: look-ups that led nowhere yet */
    GPtrArray *stirred;    /* of Telling, borrowed, in the order in which they were */
    const Telling *speaker;
    guint n_placed; /* events that are in a scene, or unanswered */
};

/* --- which scene an event belongs to ------------------------------------------------------ */

static Telling *
new_telling(const MailsimHop *hop, MailsimTime time_us, const char *party)
{
    Telling *telling = g_new0(Telling, 1);

    telling->scene = story_new_scene(hop, time_us);
    telling->party = g_strdup(party);
    return telling;
}

static void
free_telling(gpointer data)
{
    Telling *telling = data;

    story_free_scene(telling->scene);
    g_free(telling->party);
    g_free(telling);
}

static void
add_event(MailsimLiveTranscript *self, Telling *telling, MailsimEvent *event)
{
    if (event->kind == MAILSIM_EVENT_LOG && telling->scene->events->len > telling->n_told)
        story_add_line(telling->scene->events, event);
    else
        g_ptr_array_add(telling->scene->events, event);
    if (event->party != NULL)
        g_hash_table_replace(self->by_party, g_strdup(event->party), telling);
    if (telling->stirred)
        return;
    telling->stirred = TRUE;
    g_ptr_array_add(self->stirred, telling);
}

/* The look-ups of a party go where they led. */
static void
answer_look_ups(MailsimLiveTranscript *self, Telling *telling, const char *party)
{
    const MailsimHop *hop = telling->scene->hop;

    for (guint i = 0; i < self->unanswered->len;) {
        MailsimEvent *event = g_ptr_array_index(self->unanswered, i);
        if (g_strcmp0(event->party, party) != 0 ||
            (hop != NULL && g_strcmp0(hop->from, party) == 0 && !story_leads_to(event, hop))) {
            i++;
            continue;
        }
        add_event(self, telling, event);
        g_ptr_array_remove_index(self->unanswered, i);
    }
}

static Telling *
find_by_hop(MailsimLiveTranscript *self, guint index)
{
    while (self->by_hop->len <= index) {
        const MailsimHop *hop =
            g_ptr_array_index(self->page.recording->hops, self->by_hop->len);
        Telling *telling = new_telling(hop, hop->started_us, NULL);
        g_ptr_array_add(self->by_hop, telling);
        answer_look_ups(self, telling, hop->from);
        telling->scene->n_before = telling->scene->events->len;
    }
    return g_ptr_array_index(self->by_hop, index);
}

static Telling *
find_loose(MailsimLiveTranscript *self, const MailsimEvent *event)
{
    Telling *telling;

    for (guint i = 0; i < self->loose->len; i++) {
        telling = g_ptr_array_index(self->loose, i);
        if (g_strcmp0(telling->party, event->party) == 0)
            return telling;
    }
    telling = new_telling(NULL, event->time_us, event->party);
    g_ptr_array_add(self->loose, telling);
    return telling;
}

/* What became of a message on no connection is told where the message came in. */
static Telling *
find_fate(MailsimLiveTranscript *self, const MailsimEvent *event)
{
    g_autofree char *key = g_strdup_printf("%s %s", event->party, event->status.queue_id);
    Telling *telling = g_hash_table_lookup(self->by_queue, key);

    if (telling == NULL)
        telling = find_loose(self, event);
    answer_look_ups(self, telling, event->party);
    return telling;
}

/* What a daemon writes of no connection is told with what it has done just before. */
static Telling *
find_written(MailsimLiveTranscript *self, const MailsimEvent *event)
{
    Telling *telling = g_hash_table_lookup(self->by_party, event->party);
    const MailsimEvent *last =
        telling == NULL || telling->scene->events->len == 0
            ? NULL
            : g_ptr_array_index(telling->scene->events, telling->scene->events->len - 1);

    return last != NULL && last->time_us == event->time_us ? telling : find_loose(self, event);
}

static void
remember_arrival(MailsimLiveTranscript *self, const MailsimEvent *event, Telling *telling)
{
    g_hash_table_insert(self->by_queue,
                        g_strdup_printf("%s %s", event->party, event->queued.queue_id),
                        telling);
}

static Telling *
find_telling(MailsimLiveTranscript *self, const MailsimEvent *event)
{
    if (event->hop >= 0)
        return find_by_hop(self, (guint)event->hop);
    if (event->kind == MAILSIM_EVENT_STATUS)
        return find_fate(self, event);
    if (event->kind == MAILSIM_EVENT_LOG)
        return find_written(self, event);
    return find_loose(self, event);
}

static void
place(MailsimLiveTranscript *self, MailsimEvent *event)
{
    Telling *telling;

    if (event->kind == MAILSIM_EVENT_DNS && event->hop < 0) {
        g_ptr_array_add(self->unanswered, event);
        return;
    }
    if (event->kind == MAILSIM_EVENT_STEP)
        return;
    telling = find_telling(self, event);
    add_event(self, telling, event);
    if (event->kind == MAILSIM_EVENT_QUEUED)
        remember_arrival(self, event, telling);
}

/* --- telling ------------------------------------------------------------------------------ */

static gboolean
holds(const MailsimLiveTranscript *self, const MailsimEvent *event, const char *condition)
{
    return mailsim_reading_holds(self->page.reading, event->sequence, condition);
}

/* Does the next event of the conversation decide what there is to say about EVENT? Whether a
 * connection begins with TLS; whether an offer is taken. */
static gboolean
is_unsettled(const MailsimLiveTranscript *self, const MailsimEvent *event)
{
    return event->kind == MAILSIM_EVENT_CONNECTED ||
           (event->kind == MAILSIM_EVENT_LINE && holds(self, event, "reply-to=EHLO") &&
            holds(self, event, "last"));
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
    self->page.attached->pdata[event->sequence] =
        (gpointer)mailsim_notes_choose(self->notes, self->page.reading, event, self->spent);
}

/* Of the log, what is to be shown; whether it is depends on its note. */
static void
choose_lines(MailsimLiveTranscript *self, Telling *telling)
{
    for (guint i = telling->n_told; i < telling->scene->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(telling->scene->events, i);
        if (event->kind == MAILSIM_EVENT_LOG &&
            g_ptr_array_index(self->page.attached, event->sequence) == NULL)
            attach_note(self, event);
    }
    render_choose_log(&self->page, telling->scene, telling->n_told);
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
        telling->n_told == 0 ? MAILSIM_PHRASE_CONNECTION : MAILSIM_PHRASE_CONNECTION_AGAIN,
        page->options->language, "number", number, NULL);
    page_put_heading(page, heading);
    if (telling->n_told > 0)
        page_end_line(page);
}

static void
give_the_floor(MailsimLiveTranscript *self, const Telling *telling)
{
    const MailsimEvent *first = g_ptr_array_index(telling->scene->events, 0);

    if (self->speaker == telling)
        return;
    put_heading(self, telling);
    self->speaker = telling;
    self->page.origin_us = first->time_us;
    self->page.time_us = -1;
}

static void
tell(MailsimLiveTranscript *self, Telling *telling)
{
    const GPtrArray *events = telling->scene->events;
    const MailsimEvent *last;

    choose_lines(self, telling);
    if (telling->n_told == events->len)
        return;
    last = g_ptr_array_index(events, events->len - 1);
    if (is_being_counted(self, last))
        return;
    give_the_floor(self, telling);
    if (telling->due != NULL) {
        attach_note(self, telling->due);
        render_note(&self->page, telling->due);
    }
    telling->due = is_unsettled(self, last) ? last : NULL;
    for (guint i = telling->n_told; i < events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(events, i);
        if (event != telling->due && event->kind != MAILSIM_EVENT_LOG)
            attach_note(self, event);
    }
    if (telling->n_told == 0)
        render_scene(&self->page, telling->scene);
    else
        render_events(&self->page, telling->scene, telling->n_told);
    telling->n_told = events->len;
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

void
mailsim_live_transcript_tell(MailsimLiveTranscript *self, GString *out)
{
    const MailsimRecording *recording = self->page.recording;

    self->page.out = out;
    begin_day(self);
    mailsim_reading_go_on(self->page.reading);
    g_ptr_array_set_size(self->page.attached, (int)recording->events->len);
    for (; self->n_placed < recording->events->len; self->n_placed++)
        place(self, g_ptr_array_index(recording->events, self->n_placed));
    for (guint i = 0; i < self->stirred->len; i++) {
        Telling *telling = g_ptr_array_index(self->stirred, i);
        telling->stirred = FALSE;
        if (!self->page.options->quiet)
            tell(self, telling);
    }
    g_ptr_array_set_size(self->stirred, 0);
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

void
mailsim_live_transcript_end(MailsimLiveTranscript *self, GString *out)
{
    const MailsimLanguage language = self->page.options->language;
    g_autofree char *count = g_strdup_printf("%u", self->by_hop->len);
    g_autofree char *line =
        mailsim_phrase_format(MAILSIM_PHRASE_CONNECTIONS, language, "count", count, NULL);

    self->page.out = out;
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
mailsim_live_transcript_new(const MailsimRecording *recording,
                            const MailsimRenderOptions *options)
{
    MailsimLiveTranscript *self = g_new0(MailsimLiveTranscript, 1);

    self->page.recording = recording;
    self->page.options = options;
    self->page.live = TRUE;
    self->page.time_us = -1;
    self->page.reading = mailsim_reading_new_open(recording);
    self->page.attached = g_ptr_array_new();
    self->notes = mailsim_notes_new();
    self->spent = g_new0(gboolean, mailsim_notes_count(self->notes) + 1);
    self->by_hop = g_ptr_array_new_with_free_func(free_telling);
    self->loose = g_ptr_array_new_with_free_func(free_telling);
    self->by_queue = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->by_party = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->unanswered = g_ptr_array_new();
    self->stirred = g_ptr_array_new();
    return self;
}

void
mailsim_live_transcript_free(MailsimLiveTranscript *self)
{
    if (self == NULL)
        return;

    mailsim_reading_free(self->page.reading);
    g_ptr_array_unref(self->page.attached);
    mailsim_notes_free(self->notes);
    g_free(self->spent);
    g_ptr_array_unref(self->by_hop);
    g_ptr_array_unref(self->loose);
    g_hash_table_unref(self->by_queue);
    g_hash_table_unref(self->by_party);
    g_ptr_array_unref(self->unanswered);
    g_ptr_array_unref(self->stirred);
    g_free(self);
}
