/* SPDX-License-Identifier: MIT
 *
 * What it all came to: the outcome of each step, the table of what was encrypted, proved and
 * seen, and whether the expectations hold. */
#include "render-parts.h"

#include <string.h>

#include <mailsim/base/mail-protocol.h>

#include "clock.h"
#include "columns.h"
#include "fates.h"

#define TABLE_COLUMNS 5
#define TABLE_INDENT  3

/* --- the outcome of a step ---------------------------------------------------------------- */

/* What a mail program told of its mailbox in that step; NULL: none looked. */
static const MailsimEvent *
find_fetched(const MailsimRecording *recording, guint step)
{
    guint first;
    guint end;

    mailsim_recording_get_step_events(recording, step, &first, &end);
    for (guint i = end; i > first; i--) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i - 1);
        if (event->kind == MAILSIM_EVENT_FETCHED)
            return event;
    }
    return NULL;
}

static MailsimPhrase
phrase_of_outcome(const char *outcome, const MailsimEvent *fetched)
{
    static const struct {
        const char *outcome;
        MailsimPhrase phrase;
    } known[] = {
        {"delivered", MAILSIM_PHRASE_OUTCOME_DELIVERED},
        {"deferred",  MAILSIM_PHRASE_OUTCOME_DEFERRED },
        {"bounced",   MAILSIM_PHRASE_OUTCOME_BOUNCED  },
        {"rejected",  MAILSIM_PHRASE_OUTCOME_REJECTED },
        {"failed",    MAILSIM_PHRASE_OUTCOME_FAILED   },
        {"fetched",   MAILSIM_PHRASE_OUTCOME_FETCHED  },
    };

    if (fetched != NULL && strcmp(outcome, "failed") == 0)
        return MAILSIM_PHRASE_OUTCOME_FETCH_FAILED;
    for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
        if (strcmp(known[i].outcome, outcome) == 0)
            return known[i].phrase;
    }
    return MAILSIM_PHRASE_OUTCOME_OTHER;
}

/* “0.900 s”, “1 min 40 s”, “5 d 20 min”; free with g_free(). */
static char *
describe_duration(gint64 duration_us)
{
    g_autofree char *seconds = page_dup_time(duration_us);

    return duration_us < MAILSIM_MINUTE ? g_strdup_printf("%s s", seconds)
                                        : clock_dup_span(duration_us);
}

/* When the fate of the last recipient was settled, or the mailbox was read (FETCHED, or NULL),
 * from the beginning of the step. */
static gint64
find_duration(const MailsimStepRecord *record,
              const GPtrArray *fates,
              const MailsimEvent *fetched)
{
    MailsimTime settled = fetched != NULL ? fetched->time_us : record->started_us;

    for (guint i = 0; i < fates->len; i++)
        settled = MAX(settled, ((const Fate *)g_ptr_array_index(fates, i))->settled_us);
    return settled - record->started_us;
}

/* Several recipients need not share one fate; free with g_free(); NULL: these do. */
static char *
describe_shares(const Page *page, const GPtrArray *fates, const char *outcome)
{
    guint n_delivered = 0;

    for (guint i = 0; i < fates->len; i++) {
        const Fate *fate = g_ptr_array_index(fates, i);
        n_delivered += fate->event->status.delivered ? 1 : 0;
    }
    if (n_delivered == 0 || n_delivered == fates->len)
        return NULL;
    g_autofree char *delivered = g_strdup_printf("%u", n_delivered);
    g_autofree char *total = g_strdup_printf("%u", fates->len);
    return mailsim_phrase_format(MAILSIM_PHRASE_SOME_DELIVERED, page->options->language,
                                 "outcome", outcome, "delivered", delivered, "total", total,
                                 NULL);
}

typedef struct {
    const char *status;
    const char *mark;
    Ink ink;
    MailsimPhrase phrase;
} FateWords;

static const FateWords *
find_words(const Fate *fate)
{
    static const FateWords delivered = {NULL, "✔", INK_GOOD, MAILSIM_PHRASE_FATE_DELIVERED};
    static const FateWords expired = {NULL, "✘", INK_BAD, MAILSIM_PHRASE_FATE_EXPIRED};
    static const FateWords known[] = {
        {"sent",     "·",  INK_PLAIN,   MAILSIM_PHRASE_FATE_SENT    },
        {"deferred", "▷", INK_WARNING, MAILSIM_PHRASE_FATE_DEFERRED},
        {"bounced",  "✘", INK_BAD,     MAILSIM_PHRASE_FATE_BOUNCED },
        {"rejected", "✘", INK_BAD,     MAILSIM_PHRASE_FATE_REJECTED},
    };
    static const FateWords failed = {NULL, "✘", INK_BAD, MAILSIM_PHRASE_FATE_FAILED};

    if (fate->event->status.delivered)
        return &delivered;
    if (fate->expired)
        return &expired;
    for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
        if (g_strcmp0(known[i].status, fate->event->status.status) == 0)
            return &known[i];
    }
    return &failed;
}

/* “✔ ana@iesgn.example (was info@iesgn.example): in the mailbox, on mail.iesgn.example” */
static void
put_fate(Page *page, const Fate *fate)
{
    const MailsimEvent *event = fate->event;
    const MailsimLanguage language = page->options->language;
    const FateWords *words = find_words(fate);
    g_autofree char *who = render_dup_recipient(page, event);
    g_autofree char *age = clock_dup_span(event->status.delay_us);
    g_autofree char *text = mailsim_phrase_format(
        words->phrase, language, "recipient", who, "party",
        render_name_party(page, event->party), "relay",
        event->status.relay != NULL ? event->status.relay : "-", "dsn",
        event->status.dsn != NULL ? event->status.dsn : "-", "age", age, NULL);
    const char *reason = event->status.reason != NULL ? event->status.reason : "-";
    const gboolean plain =
        event->status.delivered || page->options->detail == MAILSIM_DETAIL_BRIEF;
    g_autofree char *line = g_strdup_printf("%s %s%s%s%s", words->mark, text, plain ? "" : " (",
                                            plain ? "" : reason, plain ? "" : ")");

    page_put_hanging(page, words->ink, 5, line, 2);
}

/* What the scenario layer says in one language of its own. */
static const char *
name_seen(const Page *page, const char *actual)
{
    if (g_strcmp0(actual, "nothing") == 0)
        return page_phrase(page, MAILSIM_PHRASE_SEEN_NOTHING);
    if (g_strcmp0(actual, "no such text") == 0)
        return page_phrase(page, MAILSIM_PHRASE_SEEN_NO_TEXT);
    return actual;
}

static void
put_failed(Page *page, const MailsimExpectationResult *result)
{
    const char *labels[] = {page_phrase(page, MAILSIM_PHRASE_EXPECTED),
                            page_phrase(page, MAILSIM_PHRASE_SEEN_INSTEAD)};
    const char *values[] = {result->expected, name_seen(page, result->actual)};
    const guint width = MAX(columns_width(labels[0]), columns_width(labels[1])) + 2;
    g_autofree char *key = g_strdup_printf("✘ %s", result->key);

    page_put_paragraph(page, INK_BAD, 3, key);
    for (guint i = 0; i < G_N_ELEMENTS(labels); i++) {
        g_autoptr(GString) line = g_string_new(labels[i]);
        columns_pad(line, width);
        g_string_append(line, values[i] != NULL ? values[i] : "-");
        page_put_paragraph(page, INK_PLAIN, 7, line->str);
    }
}

/* Of the message that the step is about. */
static guint
count_attempts(const MailsimRecording *recording, guint step)
{
    const MailsimStepRecord *record = g_ptr_array_index(recording->steps, step);
    guint n_attempts = 0;
    guint first;
    guint end;

    mailsim_recording_get_step_events(recording, step, &first, &end);
    for (guint i = first; i < end; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);
        if (event->kind == MAILSIM_EVENT_QUEUE && event->queue.message == record->message &&
            g_strcmp0(event->queue.action, "retried") == 0)
            n_attempts++;
    }
    return n_attempts;
}

static gboolean
has_hops(const MailsimRecording *recording, guint step)
{
    guint first;
    guint end;

    mailsim_recording_get_step_hops(recording, step, &first, &end);
    return first < end;
}

/* “deferred (waits in the queue) after 2 d; attempts in this step: 45”; whoever only waits may
 * find that nothing has happened. Free with g_free(). */
static char *
describe_outcome(const Page *page, guint step, const GPtrArray *fates)
{
    const MailsimStepRecord *record = page->step;
    const MailsimLanguage language = page->options->language;
    const MailsimEvent *fetched =
        record->message == 0 ? find_fetched(page->recording, step) : NULL;
    const gint64 duration = find_duration(record, fates, fetched);
    const guint n_attempts = count_attempts(page->recording, step);
    g_autofree char *count = g_strdup_printf("%u", n_attempts);
    g_autofree char *outcome =
        mailsim_phrase_format(phrase_of_outcome(record->outcome, fetched), language, "outcome",
                              record->outcome, NULL);
    g_autofree char *seconds = describe_duration(duration);
    g_autofree char *after = mailsim_phrase_format(MAILSIM_PHRASE_AFTER, language, "outcome",
                                                   outcome, "time", seconds, NULL);
    const char *plain = duration > 0 ? after : outcome;
    g_autofree char *shares = describe_shares(page, fates, plain);

    if (fates->len == 0 && record->message != 0 && !has_hops(page->recording, step))
        return mailsim_phrase_format(MAILSIM_PHRASE_OUTCOME_BEFORE, language, "outcome",
                                     outcome, NULL);
    if (n_attempts > 0)
        return mailsim_phrase_format(MAILSIM_PHRASE_OUTCOME_ATTEMPTS, language, "outcome",
                                     shares != NULL ? shares : plain, "count", count, NULL);
    return g_strdup(shares != NULL ? shares : plain);
}

void
render_outcome(Page *page, guint step)
{
    const MailsimStepRecord *record = page->step;
    g_autoptr(GPtrArray) fates = fates_collect(page->recording, step);

    if (record->outcome != NULL) {
        g_autofree char *outcome = describe_outcome(page, step, fates);
        g_autofree char *line = g_strdup_printf("▶ %s", outcome);
        if (!page->options->quiet)
            page_end_line(page);
        page_put_paragraph(page, INK_BOLD, 3, line);
    }
    for (guint i = 0; i < fates->len && fates->len > 1; i++)
        put_fate(page, g_ptr_array_index(fates, i));
    for (guint i = 0; i < record->expectations->len; i++) {
        const MailsimExpectationResult *result = g_ptr_array_index(record->expectations, i);
        if (!result->holds)
            put_failed(page, result);
    }
}

/* --- the table ---------------------------------------------------------------------------- */

/* What came to be said on a hop, whoever could read it. */
typedef enum {
    SAID_PASSWORD = 1 << 0,
    SAID_TEXT = 1 << 1,
} Said;

/* Of each hop, in one pass over the events. */
static guint *
find_said(const Page *page)
{
    const GPtrArray *events = page->recording->events;
    guint *said = g_new0(guint, page->recording->hops->len + 1);

    for (guint i = 0; i < events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(events, i);

        if (event->hop < 0)
            continue;
        if (event->kind == MAILSIM_EVENT_LOGIN ||
            mailsim_reading_holds(page->reading, i, "decoded"))
            said[event->hop] |= SAID_PASSWORD;
        if (event->kind == MAILSIM_EVENT_QUEUED ||
            mailsim_reading_holds(page->reading, i, "message"))
            said[event->hop] |= SAID_TEXT;
    }
    return said;
}

/* Hidden is what was sent and could not be read: the program that stopped before it sent
 * anything has done better than that. */
static const char *
word_of_password(const Page *page, const MailsimHop *hop, guint said)
{
    if (!hop->listener.had_password)
        return page_phrase(page, MAILSIM_PHRASE_NONE);
    if (hop->listener.password_seen)
        return page_phrase(page, MAILSIM_PHRASE_PASSWORD_SEEN);
    return page_phrase(page, (said & SAID_PASSWORD) != 0 ? MAILSIM_PHRASE_PASSWORD_HIDDEN
                                                         : MAILSIM_PHRASE_PASSWORD_NOT_SENT);
}

static const char *
word_of_text(const Page *page, const MailsimHop *hop, guint said)
{
    if (!hop->listener.had_text)
        return page_phrase(page, MAILSIM_PHRASE_NONE);
    if (hop->listener.text_seen)
        return page_phrase(page, MAILSIM_PHRASE_TEXT_SEEN);
    return page_phrase(page, (said & SAID_TEXT) != 0 ? MAILSIM_PHRASE_TEXT_HIDDEN
                                                     : MAILSIM_PHRASE_TEXT_NOT_SENT);
}

/* Where mail is read the two ways to TLS stand side by side (RFC 8314 §3). */
static char *
describe_encryption(const Page *page, const MailsimHop *hop)
{
    g_autofree char *tls = NULL;

    if (!hop->connected)
        return g_strdup(page_phrase(page, MAILSIM_PHRASE_NO_CONNECTION));
    if (!hop->encrypted)
        return g_strdup(page_phrase(page, MAILSIM_PHRASE_NO));
    if (hop->tls_version == NULL || !g_str_has_prefix(hop->tls_version, "TLSv"))
        return g_strdup(page_phrase(page, MAILSIM_PHRASE_YES));
    tls = g_strdup_printf("TLS %s", hop->tls_version + 4);
    if (g_str_equal(hop->protocol, "smtp"))
        return g_steal_pointer(&tls);
    return mailsim_phrase_format(mailsim_port_has_implicit_tls(hop->port)
                                     ? MAILSIM_PHRASE_TLS_IMPLICIT
                                     : MAILSIM_PHRASE_TLS_BY_STARTTLS,
                                 page->options->language, "tls", tls, NULL);
}

static gboolean
is_unproved(const MailsimHop *hop)
{
    return hop->encrypted && hop->tls_failure == NULL && g_strcmp0(hop->trust, "Verified") != 0;
}

static char *
describe_server(const Page *page, const MailsimHop *hop)
{
    static const MailsimPhrase words[] = {
        [PROOF_GIVEN] = MAILSIM_PHRASE_PROVED,
        [PROOF_MISSING] = MAILSIM_PHRASE_NOT_PROVED,
        [PROOF_UNASKED] = MAILSIM_PHRASE_NOT_ASKED,
    };

    if (!hop->encrypted)
        return g_strdup(page_phrase(page, MAILSIM_PHRASE_NONE));
    return g_strdup_printf("%s%s", page_phrase(page, words[render_judge_proof(hop)]),
                           is_unproved(hop) ? " (*)" : "");
}

/* Of the number of the last step. */
static int
count_digits(const Page *page)
{
    return page->recording->steps->len > 9 ? 2 : 1;
}

/* A row of the table; hops of one step that look the same share it. */
typedef struct {
    char *cells[TABLE_COLUMNS];
    guint step;
    guint n_hops;
} Row;

static void
free_row(gpointer data)
{
    Row *row = data;

    for (guint i = 0; i < TABLE_COLUMNS; i++)
        g_free(row->cells[i]);
    g_free(row);
}

static Row *
new_row(const Page *page, const MailsimHop *hop, guint said)
{
    const char *to = hop->to != NULL ? hop->to : hop->to_fqdn;
    Row *row = g_new0(Row, 1);

    row->cells[0] = g_strdup_printf("%s → %s:%u", hop->from, to, hop->port);
    row->step = hop->step;
    row->cells[1] = describe_encryption(page, hop);
    row->cells[2] = describe_server(page, hop);
    row->cells[3] = g_strdup(word_of_password(page, hop, said));
    row->cells[4] = g_strdup(word_of_text(page, hop, said));
    row->n_hops = 1;
    return row;
}

/* Those of steps with several equal hops say how many: “107× mail → mx:25”. */
static GPtrArray *
collect_rows(const Page *page)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(free_row);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree guint *said = find_said(page);

    for (guint i = 0; i < page->recording->hops->len; i++) {
        Row *row = new_row(page, g_ptr_array_index(page->recording->hops, i), said[i]);
        g_autofree char *key =
            g_strdup_printf("%u\n%s\n%s\n%s\n%s\n%s", row->step, row->cells[0], row->cells[1],
                            row->cells[2], row->cells[3], row->cells[4]);
        Row *same = g_hash_table_lookup(known, key);
        if (same != NULL) {
            same->n_hops++;
            free_row(row);
            continue;
        }
        g_hash_table_insert(known, g_steal_pointer(&key), row);
        g_ptr_array_add(rows, row);
    }
    return rows;
}

static char *
describe_row(const Page *page, const Row *row)
{
    g_autofree char *times =
        row->n_hops == 1 ? g_strdup("") : g_strdup_printf("%u× ", row->n_hops);

    return g_strdup_printf("%*u  %s%s", count_digits(page), row->step + 1, times,
                           row->cells[0]);
}

/* All cells, row by row. */
static GPtrArray *
list_cells(const Page *page)
{
    static const MailsimPhrase heads[TABLE_COLUMNS] = {
        MAILSIM_PHRASE_COLUMN_HOP,    MAILSIM_PHRASE_COLUMN_ENCRYPTED,
        MAILSIM_PHRASE_COLUMN_PROVED, MAILSIM_PHRASE_COLUMN_PASSWORD,
        MAILSIM_PHRASE_COLUMN_TEXT,
    };
    GPtrArray *cells = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) rows = collect_rows(page);

    for (guint i = 0; i < TABLE_COLUMNS; i++)
        g_ptr_array_add(cells, g_strdup(page_phrase(page, heads[i])));
    for (guint i = 0; i < rows->len; i++) {
        const Row *row = g_ptr_array_index(rows, i);
        g_ptr_array_add(cells, describe_row(page, row));
        for (guint j = 1; j < TABLE_COLUMNS; j++)
            g_ptr_array_add(cells, g_strdup(row->cells[j]));
    }
    return cells;
}

/* Two blanks between columns, one where the page is too narrow for that. */
static guint
find_gap(const guint *widths)
{
    guint width = TABLE_INDENT + 2 * (TABLE_COLUMNS - 1);

    for (guint column = 0; column < TABLE_COLUMNS; column++)
        width += widths[column];
    return width <= PAGE_COLUMNS ? 2 : 1;
}

/* Where the page is too narrow even then, hops are cut. */
static void
narrow(guint *widths)
{
    guint others = TABLE_INDENT + find_gap(widths) * (TABLE_COLUMNS - 1);

    for (guint column = 1; column < TABLE_COLUMNS; column++)
        others += widths[column];
    widths[0] = MIN(widths[0], PAGE_COLUMNS - MIN(others, PAGE_COLUMNS - 1));
}

/* TEXT as it is shown, in at most WIDTH columns. */
static char *
dup_cell(const Page *page, const char *text, guint width)
{
    g_autofree char *shown = page_dup_shown(page, text);
    g_autofree char *dots = page_dup_shown(page, "…");
    g_autofree char *cut = NULL;

    if (columns_width(shown) <= width)
        return g_steal_pointer(&shown);
    cut = g_utf8_substring(shown, 0, (glong)(width - MIN(width, columns_width(dots))));
    return g_strconcat(cut, dots, NULL);
}

static void
put_cells(Page *page, const GPtrArray *cells, guint first, const guint *widths)
{
    const guint gap = find_gap(widths);
    g_autoptr(GString) line = g_string_new(NULL);
    guint end = TABLE_INDENT;

    columns_pad(line, TABLE_INDENT);

    for (guint column = 0; column < TABLE_COLUMNS; column++) {
        g_autofree char *shown =
            dup_cell(page, g_ptr_array_index(cells, first + column), widths[column]);
        g_string_append(line, shown);
        end += widths[column] + gap;
        columns_pad(line, end);
    }
    page_put_line(page, first == 0 ? INK_BOLD : INK_PLAIN, line->str);
}

static void
measure(const Page *page, const GPtrArray *cells, guint *widths)
{
    for (guint i = 0; i < cells->len; i++) {
        g_autofree char *shown = page_dup_shown(page, g_ptr_array_index(cells, i));
        const guint column = i % TABLE_COLUMNS;
        widths[column] = MAX(widths[column], columns_width(shown));
    }
}

void
render_table(Page *page)
{
    g_autoptr(GPtrArray) cells = list_cells(page);
    guint widths[TABLE_COLUMNS] = {0};
    gboolean unproved = FALSE;

    for (guint i = 0; i < page->recording->hops->len; i++)
        unproved = unproved || is_unproved(g_ptr_array_index(page->recording->hops, i));
    measure(page, cells, widths);
    narrow(widths);
    page_put_heading(page, page_phrase(page, MAILSIM_PHRASE_SUMMARY));
    page_end_line(page);
    for (guint first = 0; first < cells->len; first += TABLE_COLUMNS)
        put_cells(page, cells, first, widths);
    page_end_line(page);
    if (!unproved)
        return;
    g_autofree char *footnote =
        g_strdup_printf("(*) %s", page_phrase(page, MAILSIM_PHRASE_FOOTNOTE_UNPROVED));
    page_put_paragraph(page, INK_WARNING, 3, footnote);
    page_end_line(page);
}

void
render_verdict(Page *page)
{
    guint n_expected = 0;
    guint n_held = 0;
    const gboolean holds = mailsim_recording_holds(page->recording, &n_expected, &n_held);

    if (n_expected == 0)
        return;
    g_autofree char *total = g_strdup_printf("%u", n_expected);
    g_autofree char *held = g_strdup_printf("%u", n_held);
    MailsimPhrase phrase = MAILSIM_PHRASE_SOME_FAIL;
    if (holds)
        phrase = n_expected == 1 ? MAILSIM_PHRASE_ONE_HOLDS : MAILSIM_PHRASE_ALL_HOLD;
    g_autofree char *line = mailsim_phrase_format(phrase, page->options->language, "held", held,
                                                  "total", total, NULL);
    page_put_paragraph(page, holds ? INK_GOOD : INK_BAD, 3, line);
}
