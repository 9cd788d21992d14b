/* SPDX-License-Identifier: MIT
 *
 * Messages in queues: that they came, what became of them, when they are tried again, and what
 * their senders are told. What becomes of each recipient a line of the log says, which is an
 * event of its own (render-log.c). */
#include "render-parts.h"

#include <string.h>

#include "clock.h"
#include "fold.h"

static MailsimLanguage
language_of(const Page *page)
{
    return page->options->language;
}

static gboolean
is_brief(const Page *page)
{
    return page->options->detail == MAILSIM_DETAIL_BRIEF && !page->live;
}

/* “09:05:00”, on another day than the last one named “13 January, 09:05:00”. */
static char *
dup_moment(const Page *page,
           MailsimTime time_us,
           MailsimPhrase phrase,
           MailsimPhrase day_phrase)
{
    g_autofree char *hour = clock_dup_hour(time_us);
    g_autofree char *day = clock_dup_day(time_us, language_of(page));

    return mailsim_phrase_format(clock_count_days(time_us) == page->day ? phrase : day_phrase,
                                 language_of(page), "hour", hour, "day", day, NULL);
}

/* --- arriving and leaving ----------------------------------------------------------------- */

void
render_queued(Page *page, const MailsimEvent *event)
{
    /* A notification is told of where its message is, with its queue id. */
    const gboolean is_notice = event->hop < 0 && g_strcmp0(event->queued.sender, "") == 0;
    g_autofree char *size = g_strdup_printf("%" G_GSIZE_FORMAT, event->queued.size_bytes);
    g_autofree char *text =
        mailsim_phrase_format(MAILSIM_PHRASE_QUEUED, language_of(page), "party",
                              render_name_party(page, event->party), "queue_id",
                              event->queued.queue_id, "size", size, NULL);

    if (!is_notice || page->options->detail == MAILSIM_DETAIL_FULL)
        page_put_fact(page, INK_BOLD, text, 2);
    render_note(page, event);
}

/* Is it more than the domain that a name lacked at a shell? */
static gboolean
is_another_name(const char *recipient, const char *original)
{
    return original != NULL &&
           (strchr(original, '@') != NULL || !g_str_has_prefix(recipient, original) ||
            recipient[strlen(original)] != '@');
}

char *
render_dup_recipient(const Page *page, const MailsimEvent *event)
{
    const char *recipient = event->status.recipient;
    const char *original = event->status.original;

    if (!is_another_name(recipient, original))
        return g_strdup(recipient);
    return mailsim_phrase_format(MAILSIM_PHRASE_WAS, language_of(page), "recipient", recipient,
                                 "original", original, NULL);
}

static void
put_delivered(Page *page, const MailsimEvent *event)
{
    g_autofree char *recipient = render_dup_recipient(page, event);
    g_autofree char *delivered =
        mailsim_phrase_format(MAILSIM_PHRASE_DELIVERED, language_of(page), "recipient",
                              recipient, "party", render_name_party(page, event->party), NULL);

    page_put_fact(page, INK_GOOD, delivered, 2);
}

void
render_status(Page *page, const MailsimEvent *event)
{
    /* Else its line of the log says it. */
    if (event->status.queue_id == NULL && g_strcmp0(event->status.status, "sent") != 0) {
        g_autofree char *text = mailsim_phrase_format(
            MAILSIM_PHRASE_STATUS_REJECTED, language_of(page), "party",
            render_name_party(page, event->party), "recipient", event->status.recipient, NULL);
        page_put_fact(page, INK_BAD, text, 2);
    }
    if (event->status.delivered)
        put_delivered(page, event);
    render_note(page, event);
}

/* --- what the queue manager does ---------------------------------------------------------- */

/* How old the message was when ATTEMPT began: its statuses say when it came; free with
 * g_free(); NULL: they do not. */
static char *
dup_age(const Attempt *attempt)
{
    for (guint i = 0; attempt != NULL && i < attempt->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(attempt->events, i);

        if (event->kind == MAILSIM_EVENT_STATUS && event->status.delay_us > 0)
            return clock_dup_span(attempt->started_us - event->time_us +
                                  event->status.delay_us);
    }
    return NULL;
}

/* Times are counted from here on: days after the beginning nobody can read seconds. */
static void
put_retry(Page *page, const MailsimEvent *event, const Attempt *attempt)
{
    g_autofree char *number = g_strdup_printf("%u", event->queue.attempt);
    g_autofree char *age = dup_age(attempt);
    g_autofree char *time =
        dup_moment(page, event->time_us, MAILSIM_PHRASE_MOMENT, MAILSIM_PHRASE_MOMENT_DAY);
    g_autofree char *line = mailsim_phrase_format(
        age != NULL ? MAILSIM_PHRASE_RETRIED_AGE : MAILSIM_PHRASE_RETRIED, language_of(page),
        "time", time, "party", render_name_party(page, event->party), "queue_id",
        event->queue.queue_id, "number", number, "age", age, NULL);

    page->origin_us = event->time_us;
    page->day = clock_count_days(event->time_us);
    page_put_hanging(page, INK_BOLD, 3, line, 2);
    render_note(page, event);
}

static void
put_deferred(Page *page, const MailsimEvent *event)
{
    g_autofree char *time =
        dup_moment(page, event->queue.until_us, MAILSIM_PHRASE_UNTIL, MAILSIM_PHRASE_UNTIL_DAY);
    g_autofree char *wait = clock_dup_span(event->queue.until_us - event->time_us);
    g_autofree char *text = mailsim_phrase_format(MAILSIM_PHRASE_DEFERRED, language_of(page),
                                                  "time", time, "wait", wait, NULL);

    page_put_fact(page, INK_WARNING, text, 2);
}

static void
put_expired(Page *page, const MailsimEvent *event)
{
    const char *sender = mailsim_reading_get_value(page->reading, event->sequence, "sender");
    g_autofree char *text =
        g_strdup_printf("%s: from=<%s>, status=expired, returned to sender",
                        event->queue.queue_id, sender != NULL ? sender : "");

    page_put_fact(page, INK_BAD, text, 4);
}

void
render_queue(Page *page, const MailsimEvent *event, const Attempt *attempt)
{
    const char *action = event->queue.action;

    if (g_strcmp0(action, "retried") == 0) {
        put_retry(page, event, attempt);
        return;
    }
    if (g_strcmp0(action, "deferred") == 0) {
        put_deferred(page, event);
    } else if (g_strcmp0(action, "expired") == 0 && is_brief(page)) {
        put_expired(page, event);
    }
    render_note(page, event);
}

/* --- notifications ------------------------------------------------------------------------ */

typedef struct {
    const char *notification;
    const char *subject;
} Notification;

/* bounce(8)'s words. */
static const Notification notifications[] = {
    {"bounce",     "Undelivered Mail Returned to Sender"},
    {"delay",      "Delayed Mail (still being retried)" },
    {"success",    "Successful Mail Delivery Report"    },
    {"postmaster", "Postmaster Copy: Undelivered Mail"  },
};

void
render_notification(Page *page, const MailsimEvent *event)
{
    const Notification *row = notifications;

    for (guint i = 0; i < G_N_ELEMENTS(notifications); i++) {
        if (g_strcmp0(notifications[i].notification, event->notification.notification) == 0)
            row = &notifications[i];
    }
    g_autofree char *text =
        mailsim_phrase_format(MAILSIM_PHRASE_NOTIFICATION, language_of(page), "recipient",
                              event->notification.recipient, "subject", row->subject, NULL);
    page_put_fact(page, INK_BOLD, text, 2);
    render_note(page, event);
}

/* --- many attempts in one line ------------------------------------------------------------ */

/* “deferred 4.4.1”, each once. */
static char *
describe_results(const Attempt *attempt)
{
    GString *results = g_string_new(NULL);

    for (guint i = 0; i < attempt->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(attempt->events, i);

        if (event->kind != MAILSIM_EVENT_STATUS)
            continue;
        g_autofree char *result = g_strdup_printf(
            "%s %s", event->status.status, event->status.dsn != NULL ? event->status.dsn : "");
        if (strstr(results->str, result) == NULL)
            g_string_append_printf(results, "%s%s", results->len > 0 ? ", " : "", result);
    }
    return g_string_free(results, FALSE);
}

static void
append_wait(GString *waits, const char *wait, guint n_times)
{
    if (n_times == 0)
        return;
    g_string_append_printf(waits, "%s%s", waits->len > 0 ? ", " : "", wait);
    if (n_times > 1)
        g_string_append_printf(waits, " (× %u)", n_times);
}

/* “15 min, 30 min, 1 h 10 min (× 99)”: what was waited before each. */
static char *
describe_waits(const Attempt *first)
{
    GString *waits = g_string_new(NULL);
    g_autofree char *last = clock_dup_span(first->waited_us);
    guint n_times = 1;

    for (guint i = 0; i < first->others->len; i++) {
        const Attempt *attempt = g_ptr_array_index(first->others, i);
        char *wait = clock_dup_span(attempt->waited_us);

        if (strcmp(wait, last) != 0) {
            append_wait(waits, last, n_times);
            n_times = 0;
        }
        n_times++;
        g_free(last);
        last = wait;
    }
    append_wait(waits, last, n_times);
    return g_string_free(waits, FALSE);
}

/* Its queue id, without the host. */
static const char *
name_queue(const Attempt *attempt)
{
    const char *blank = strchr(attempt->queue, ' ');

    return blank != NULL ? blank + 1 : attempt->queue;
}

void
render_counted(Page *page, const Attempt *first)
{
    const Attempt *last = g_ptr_array_index(first->others, first->others->len - 1);
    g_autofree char *count = g_strdup_printf("%u", first->others->len + 1);
    g_autofree char *results = describe_results(first);
    g_autofree char *waits = describe_waits(first);
    g_autofree char *age = dup_age(last);
    g_autofree char *time =
        dup_moment(page, last->started_us, MAILSIM_PHRASE_MOMENT, MAILSIM_PHRASE_MOMENT_DAY);
    g_autofree char *line = mailsim_phrase_format(
        MAILSIM_PHRASE_COUNTED, language_of(page), "queue_id", name_queue(first), "count",
        count, "results", results, "waits", waits, "time", time, NULL);
    g_autofree char *whole =
        age == NULL ? g_strdup_printf("%s.", line)
                    : mailsim_phrase_format(MAILSIM_PHRASE_COUNTED_AGE, language_of(page),
                                            "line", line, "age", age, NULL);

    page->day = -1; /* whatever comes next is named again */
    page_end_line(page);
    page_put_hanging(page, INK_DIM, 3, whole, 2);
    page->time_us = -1;
}
