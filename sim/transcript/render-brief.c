/* SPDX-License-Identifier: MIT
 *
 * The brief form of a step: for each hop who spoke to whom, how safely, and how it ended. Of a
 * conversation only what was refused is told; of notes at most two. A step with six recipients
 * at six servers has to fit on two screens. */
#include "render-parts.h"

#include <string.h>

#include "columns.h"
#include "fold.h"
#include "pieces-private.h"

#define TEXT_COLUMN      9
#define HANGING          2
#define MAX_LINES        2 /* of one reply */
#define MAX_NAMED        3 /* recipients */
#define MAX_REFUSED      4 /* commands that somebody typed */
#define MAX_NOTES        2 /* of one step */
#define FIRST_TIME_WIDTH PAGE_TIME_COLUMNS

/* A step that is being told. */
typedef struct {
    Page *page;
    GHashTable *told; /* of char *: reasons; twice the same is once too many */
} Brief;

/* --- lines -------------------------------------------------------------------------------- */

/* TEXT after TIME (NULL: none), cut when it has more than MAX_LINES. */
static void
put_text(Page *page, Ink ink, const char *time, const char *text)
{
    g_autofree char *shown = page_dup_shown(page, text);
    g_autofree char *dots = page_dup_shown(page, "…");
    g_autoptr(GPtrArray) lines =
        columns_wrap_hanging(shown, PAGE_COLUMNS - TEXT_COLUMN - 1, HANGING);

    for (guint i = 0; i < lines->len && i < MAX_LINES; i++) {
        const gboolean cut = i + 1 == MAX_LINES && lines->len > MAX_LINES;
        g_autofree char *before =
            i == 0 ? g_strdup_printf("%*s  ", FIRST_TIME_WIDTH, time != NULL ? time : "")
                   : g_strnfill(TEXT_COLUMN + HANGING, ' ');
        g_autofree char *line =
            g_strconcat(g_ptr_array_index(lines, i), cut ? dots : NULL, NULL);
        page_put(page, time != NULL && i == 0 ? INK_DIM : INK_PLAIN, before);
        page_put_line(page, ink, line);
    }
}

/* --- how safely --------------------------------------------------------------------------- */

static const MailsimEvent *
find_event(const Scene *scene, MailsimEventKind kind)
{
    for (guint i = 0; i < scene->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(scene->events, i);
        if (event->kind == kind)
            return event;
    }
    return NULL;
}

static void
append_word(GString *words, gboolean good, const char *word)
{
    if (!good)
        g_string_append_printf(words, "%s%s", words->len > 0 ? ", " : "", word);
}

/* “Untrusted (chain, dates)”: what the certificate lacks, each in a word. */
static void
append_proof(const Page *page, GString *line, const Scene *scene)
{
    const MailsimEvent *event = find_event(scene, MAILSIM_EVENT_CERTIFICATE);
    g_autoptr(GString) lacks = g_string_new(NULL);

    if (scene->hop->trust == NULL)
        return;
    g_string_append_printf(line, " · %s", scene->hop->trust);
    if (event == NULL || g_strcmp0(scene->hop->trust, "Verified") == 0)
        return;
    if (event->certificate.announced != NULL && event->certificate.match == NULL) {
        const gboolean is_tlsa = g_str_equal(event->certificate.announced, "tlsa");

        g_string_append_printf(line, " (✘ %s)",
                               page_phrase(page, is_tlsa ? MAILSIM_PHRASE_MATCH_TLSA
                                                         : MAILSIM_PHRASE_MATCH_FINGERPRINT));
        return;
    }
    append_word(lacks, event->certificate.chain_ok, page_phrase(page, MAILSIM_PHRASE_CHAIN));
    append_word(lacks, event->certificate.expected == NULL || event->certificate.name_ok,
                page_phrase(page, MAILSIM_PHRASE_NAME));
    append_word(lacks, event->certificate.dates_ok, page_phrase(page, MAILSIM_PHRASE_DATES));
    if (lacks->len > 0)
        g_string_append_printf(line, " (✘ %s)", lacks->str);
}

static void
append_encryption(const Page *page, GString *line, const Scene *scene)
{
    const MailsimHop *hop = scene->hop;
    const MailsimEvent *failed = find_event(scene, MAILSIM_EVENT_TLS_FAILED);

    g_string_append(line, " · ");
    if (!hop->connected)
        g_string_append(line, page_phrase(page, MAILSIM_PHRASE_NO_CONNECTION));
    else if (hop->encrypted)
        g_string_append_printf(line, "TLS %s",
                               hop->tls_version != NULL &&
                                       g_str_has_prefix(hop->tls_version, "TLSv")
                                   ? hop->tls_version + 4
                                   : "?");
    else if (failed != NULL)
        g_string_append(line, page_phrase(page, MAILSIM_PHRASE_BRIEF_TLS_FAILED));
    else
        g_string_append(line, page_phrase(page, hop->fell_back ? MAILSIM_PHRASE_BRIEF_FALL_BACK
                                                               : MAILSIM_PHRASE_BRIEF_CLEAR));
}

static void
append_login(const Page *page, GString *line, const Scene *scene)
{
    const MailsimEvent *login = find_event(scene, MAILSIM_EVENT_LOGIN);
    const char *user = scene->hop->authenticated_user;

    if (user == NULL && login != NULL)
        user = mailsim_reading_get_value(page->reading, login->sequence, "user");
    if (user == NULL)
        return;
    g_string_append_printf(line, " · %s%s", user,
                           scene->hop->authenticated_user == NULL ? " ✘" : "");
}

static char *
describe_hop(const Page *page, const Scene *scene)
{
    const MailsimHop *hop = scene->hop;
    const char *to = hop->to != NULL ? hop->to : hop->to_fqdn;
    GString *line = g_string_new(NULL);

    g_string_printf(line, "%s → %s:%u", hop->from, to != NULL ? to : "?", hop->port);
    append_encryption(page, line, scene);
    append_proof(page, line, scene);
    append_login(page, line, scene);
    return g_string_free(line, FALSE);
}

/* --- how it ended ------------------------------------------------------------------------- */

static gboolean
is_sent(const MailsimEvent *status)
{
    return g_strcmp0(status->status.status, "sent") == 0;
}

static Ink
ink_of_status(const char *status)
{
    if (g_strcmp0(status, "sent") == 0 || g_strcmp0(status, "fetched") == 0)
        return INK_GOOD;
    return g_strcmp0(status, "deferred") == 0 ? INK_WARNING : INK_BAD;
}

static gboolean
ends_alike(const MailsimEvent *a, const MailsimEvent *b)
{
    return g_strcmp0(a->party, b->party) == 0 &&
           g_strcmp0(a->status.status, b->status.status) == 0 &&
           g_strcmp0(a->status.dsn, b->status.dsn) == 0 &&
           (is_sent(a) || g_strcmp0(a->status.reason, b->status.reason) == 0);
}

/* “a@x, b@y, c@z (+ 5)” of STATUSES, from FIRST on those that end like it. */
static char *
describe_recipients(const GPtrArray *statuses, guint first)
{
    const MailsimEvent *event = g_ptr_array_index(statuses, first);
    GString *names = g_string_new(NULL);
    guint n_names = 0;

    for (guint i = first; i < statuses->len; i++) {
        const MailsimEvent *other = g_ptr_array_index(statuses, i);

        if (ends_alike(event, other) && n_names++ < MAX_NAMED)
            g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "",
                                   other->status.recipient);
    }
    if (n_names > MAX_NAMED)
        g_string_append_printf(names, " (+ %u)", n_names - MAX_NAMED);
    return g_string_free(names, FALSE);
}

static gboolean
is_first_of_its_kind(const GPtrArray *statuses, guint index)
{
    for (guint i = 0; i < index; i++) {
        if (ends_alike(g_ptr_array_index(statuses, i), g_ptr_array_index(statuses, index)))
            return FALSE;
    }
    return TRUE;
}

/* What decided it; of “host mx[192.0.2.10] said: 554 5.7.1 … (in reply to RCPT TO command)” the
 * server's own words. Free with g_free(); NULL: it is sent, and nothing needs a reason. */
static char *
dup_reason(const char *status, const char *reason)
{
    const char *said = reason != NULL ? strstr(reason, " said: ") : NULL;
    const char *end = said != NULL ? g_strrstr(said, " (in reply to ") : NULL;

    if (reason == NULL || g_strcmp0(status, "sent") == 0)
        return NULL;
    if (said == NULL)
        return g_strdup(reason);
    said += strlen(" said: ");
    return end != NULL && end > said ? g_strndup(said, (gsize)(end - said)) : g_strdup(said);
}

/* “deferred 4.7.5: bob@x (Server certificate not verified)”; RECIPIENTS: NULL for none. */
static char *
describe_end(Brief *self,
             const char *status,
             const char *dsn,
             const char *recipients,
             const char *reason)
{
    g_autofree char *why = dup_reason(status, reason);
    GString *line = g_string_new(status);

    if (dsn != NULL)
        g_string_append_printf(line, " %s", dsn);
    if (recipients != NULL)
        g_string_append_printf(line, ": %s", recipients);
    if (why != NULL && !g_hash_table_contains(self->told, why)) {
        g_string_append_printf(line, " (%s)", why);
        g_hash_table_add(self->told, g_steal_pointer(&why));
    }
    return g_string_free(line, FALSE);
}

/* The first of STATUSES at INDEX stands for those that ended like it. */
static char *
describe_statuses(Brief *self, const GPtrArray *statuses, guint index)
{
    const MailsimEvent *event = g_ptr_array_index(statuses, index);
    g_autofree char *recipients = describe_recipients(statuses, index);

    return describe_end(self, event->status.status, event->status.dsn, recipients,
                        render_translate_reason(self->page, event->status.reason));
}

/* --- a hop -------------------------------------------------------------------------------- */

/* What the client of the hop says of it, not what becomes of the message behind it. */
static GPtrArray *
collect_statuses(const Scene *scene)
{
    GPtrArray *statuses = g_ptr_array_new();

    for (guint i = 0; i < scene->events->len; i++) {
        MailsimEvent *event = g_ptr_array_index(scene->events, i);

        if (event->kind == MAILSIM_EVENT_STATUS &&
            g_strcmp0(event->party, scene->hop->from) == 0 &&
            g_strcmp0(event->status.relay, "local") != 0)
            g_ptr_array_add(statuses, event);
    }
    return statuses;
}

static gboolean
has_room(const Page *page, const char *first, const char *second)
{
    g_autofree char *both = g_strdup_printf("%s · %s", first, second);
    g_autofree char *shown = page_dup_shown(page, both);

    return columns_width(shown) < PAGE_COLUMNS - TEXT_COLUMN;
}

/* How the hop ended where no status says it; free with g_free(); NULL: nothing is known. */
static char *
describe_hop_end(Brief *self, const Scene *scene)
{
    const MailsimHop *hop = scene->hop;
    const MailsimEvent *fetched = find_event(scene, MAILSIM_EVENT_FETCHED);

    if (hop->status == NULL)
        return NULL;
    if (fetched != NULL && g_str_equal(fetched->fetched.status, "fetched"))
        return render_dup_fetched(self->page, fetched);
    return describe_end(self, hop->status, hop->dsn, NULL,
                        render_translate_reason(self->page, hop->reply));
}

/* How it ended, on the line of the hop itself if there is room. */
static void
put_hop(Brief *self, const Scene *scene)
{
    Page *page = self->page;
    const MailsimHop *hop = scene->hop;
    g_autoptr(GPtrArray) statuses = collect_statuses(scene);
    g_autofree char *time = page_dup_time(hop->started_us - page->origin_us);
    g_autofree char *line = describe_hop(page, scene);
    g_autofree char *end = NULL;

    if (statuses->len > 0)
        end = describe_statuses(self, statuses, 0);
    else
        end = describe_hop_end(self, scene);
    if (end != NULL && has_room(page, line, end)) {
        g_autofree char *both = g_strdup_printf("%s · %s", line, end);
        put_text(page, ink_of_status(hop->status), time, both);
        g_clear_pointer(&end, g_free);
    } else {
        put_text(page, INK_BOLD, time, line);
    }
    if (end != NULL)
        put_text(page, ink_of_status(hop->status), NULL, end);
    for (guint i = 1; i < statuses->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(statuses, i);

        if (!is_first_of_its_kind(statuses, i))
            continue;
        g_autofree char *other = describe_statuses(self, statuses, i);
        put_text(page, ink_of_status(event->status.status), NULL, other);
    }
}

static gboolean
is_refusal(const Page *page, const MailsimEvent *event)
{
    return event->kind == MAILSIM_EVENT_LINE && event->line.direction == MAILSIM_DIRECTION_IN &&
           mailsim_reading_holds(page->reading, event->sequence, "first") &&
           (mailsim_reading_holds(page->reading, event->sequence, "result=no") ||
            mailsim_reading_holds(page->reading, event->sequence, "result=bad"));
}

/* Who types ends nothing: there it is the refusals that count, each with its command. */
static void
put_refusals(Page *page, const Scene *scene)
{
    const char *command = "";
    guint n_refused = 0;

    for (guint i = 0; i < scene->events->len && n_refused < MAX_REFUSED; i++) {
        const MailsimEvent *event = g_ptr_array_index(scene->events, i);

        if (event->kind == MAILSIM_EVENT_LINE && event->line.direction == MAILSIM_DIRECTION_OUT)
            command = event->line.text;
        if (!is_refusal(page, event))
            continue;
        g_autofree char *both = g_strdup_printf("%s  ◀ %s", command, event->line.text);
        g_autofree char *shown = columns_escape_wire(both, page->options->ascii);
        put_text(page, INK_BAD, NULL, shown);
        n_refused++;
    }
}

/* --- what is on no hop -------------------------------------------------------------------- */

/* Is this what becomes of a notification? */
static gboolean
is_of_notice(const Scene *scene, const MailsimEvent *status)
{
    for (guint i = 0; i < scene->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(scene->events, i);

        if (event->kind == MAILSIM_EVENT_NOTIFICATION &&
            g_strcmp0(event->notification.notification_id, status->status.queue_id) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The statuses that no hop of the scene has told. */
static void
put_statuses(Brief *self, const Scene *scene)
{
    Page *page = self->page;
    g_autoptr(GPtrArray) statuses = g_ptr_array_new();

    for (guint i = 0; i < scene->events->len; i++) {
        MailsimEvent *event = g_ptr_array_index(scene->events, i);
        const gboolean local =
            event->kind == MAILSIM_EVENT_STATUS && g_strcmp0(event->status.relay, "local") == 0;

        if (event->kind != MAILSIM_EVENT_STATUS || (is_sent(event) && scene->hop != NULL) ||
            is_of_notice(scene, event))
            continue;
        if (scene->hop == NULL || local || g_strcmp0(event->party, scene->hop->from) != 0)
            g_ptr_array_add(statuses, event);
    }
    for (guint i = 0; i < statuses->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(statuses, i);

        if (!is_first_of_its_kind(statuses, i))
            continue;
        g_autofree char *end = describe_statuses(self, statuses, i);
        g_autofree char *line = g_strdup_printf("%s · %s", event->party, end);
        g_autofree char *time = page_dup_time(event->time_us - page->origin_us);
        put_text(page, ink_of_status(event->status.status), time, line);
    }
}

/* Of these the usual form is short enough. When it is tried again the next attempt says. */
static gboolean
is_told_as_usual(const Scene *scene, const MailsimEvent *event)
{
    if (event->kind == MAILSIM_EVENT_QUEUE && scene->attempt != NULL &&
        scene->attempt->number > 1 && g_strcmp0(event->queue.action, "deferred") == 0)
        return FALSE;
    if (event->kind == MAILSIM_EVENT_TIMEOUT)
        return scene->attempt == NULL || scene->attempt->extent == EXTENT_WHOLE;
    return event->kind == MAILSIM_EVENT_SHOWN || event->kind == MAILSIM_EVENT_FINDING ||
           event->kind == MAILSIM_EVENT_QUEUE || event->kind == MAILSIM_EVENT_NOTIFICATION ||
           event->kind == MAILSIM_EVENT_POLICY;
}

/* How many connections an attempt makes is said at the first of them. */
static void
put_as_before(Page *page, const Scene *scene)
{
    const GPtrArray *events = scene->attempt->events;
    const MailsimHop *first = NULL;
    guint n_hops = 0;

    for (guint i = 0; i < events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(events, i);

        if (event->hop < 0 || event->kind == MAILSIM_EVENT_STATUS ||
            event->kind == MAILSIM_EVENT_QUEUED)
            continue;
        if (n_hops++ == 0)
            first = g_ptr_array_index(page->recording->hops, event->hop);
    }
    if (first != scene->hop)
        return;
    g_autofree char *count = g_strdup_printf("%u", n_hops);
    g_autofree char *text = mailsim_phrase_format(
        MAILSIM_PHRASE_BRIEF_AS_BEFORE, page->options->language, "count", count, NULL);
    put_text(page, INK_DIM, NULL, text);
}

static void
put_scene(Brief *self, const Scene *scene)
{
    Page *page = self->page;
    guint i = 0;

    if (scene->attempt != NULL && scene->attempt->extent == EXTENT_COUNTED) {
        render_scene(page, scene);
        return;
    }
    if (story_begins_attempt(scene)) {
        page_end_line(page);
        i = render_event(page, scene, i);
    }
    if (scene->hop != NULL && scene->attempt != NULL && scene->attempt->extent == EXTENT_SHORT)
        put_as_before(page, scene);
    else if (scene->hop != NULL)
        put_hop(self, scene);
    if (scene->hop != NULL && scene->hop->typed)
        put_refusals(page, scene);
    put_statuses(self, scene);
    for (; i < scene->events->len; i++) {
        if (is_told_as_usual(scene, g_ptr_array_index(scene->events, i)))
            render_event(page, scene, i);
    }
}

/* --- a step ------------------------------------------------------------------------------- */

/* What is explained first, if there is no room for all: what became of a message; then which
 * rule decided, and what must not pass unseen; then the rest of the way there. */
enum { RANK_END, RANK_DECISION, RANK_WAY, RANKS };

static int
rank_note(const MailsimNote *note, const MailsimEvent *event)
{
    if (fold_keeps(event) || event->kind == MAILSIM_EVENT_SHOWN)
        return RANK_END;
    return event->kind == MAILSIM_EVENT_RULE || note->repeat != NULL ? RANK_DECISION : RANK_WAY;
}

static GHashTable *
choose_notes(const Page *page, const GPtrArray *scenes)
{
    GHashTable *chosen = g_hash_table_new(NULL, NULL);

    for (int rank = 0; rank < RANKS; rank++) {
        for (guint i = 0; i < scenes->len; i++) {
            const Scene *scene = g_ptr_array_index(scenes, i);
            for (guint j = 0; j < scene->events->len; j++) {
                MailsimEvent *event = g_ptr_array_index(scene->events, j);
                const MailsimNote *note = page_get_note(page, event);

                if (g_hash_table_size(chosen) < MAX_NOTES && note != NULL && note->brief &&
                    rank_note(note, event) == rank)
                    g_hash_table_add(chosen, event);
            }
        }
    }
    return chosen;
}

void
render_brief(Page *page, const GPtrArray *scenes)
{
    g_autoptr(GHashTable) chosen = choose_notes(page, scenes);

    g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Brief self = {page, told};

    if (scenes->len > 0 && !story_begins_attempt(g_ptr_array_index(scenes, 0)))
        page_end_line(page);
    for (guint i = 0; i < scenes->len; i++) {
        const Scene *scene = g_ptr_array_index(scenes, i);

        pieces_begin(page, MAILSIM_PIECE_SCENE);
        page->notes_wait = TRUE;
        put_scene(&self, scene);
        page->notes_wait = FALSE;
        for (guint j = 0; j < scene->events->len; j++) {
            if (g_hash_table_contains(chosen, g_ptr_array_index(scene->events, j)))
                render_note(page, g_ptr_array_index(scene->events, j));
        }
        pieces_add(page, scene, 0, scene->events->len);
    }
}
