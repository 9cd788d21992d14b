/* SPDX-License-Identifier: MIT
 *
 * The queue as postqueue(1) prints it with -p, which is what mailq(1) does: a line for each
 * message, and for each recipient that still waits, the reason before it. Made of what was
 * recorded, as a mail log tells it. */
#include "look-private.h"

#include <string.h>

#define HEADING "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n"

/* Reasons end in this column; recipients begin in that one. */
#define REASON_COLUMNS   78
#define RECIPIENT_COLUMN 41

/* The words on one recipient so far; NULL: nobody has said anything. */
static const MailsimEvent *
find_last_status(const MailsimLab *lab, const char *queue_id, const char *recipient)
{
    const GPtrArray *events = lab->recording->events;

    for (guint i = events->len; i > 0; i--) {
        const MailsimEvent *event = g_ptr_array_index(events, i - 1);

        if (event->kind == MAILSIM_EVENT_STATUS &&
            g_strcmp0(event->status.queue_id, queue_id) == 0 &&
            g_strcmp0(event->status.recipient, recipient) == 0)
            return event;
    }
    return NULL;
}

static gboolean
is_waiting(const MailsimEvent *status)
{
    return status == NULL || g_str_equal(status->status.status, "deferred");
}

static gint
compare_times(gconstpointer a, gconstpointer b)
{
    const MailsimEvent *first = *(const MailsimEvent *const *)a;
    const MailsimEvent *second = *(const MailsimEvent *const *)b;

    return first->sequence < second->sequence ? -1 : first->sequence > second->sequence;
}

/* The recipients that were tried and wait, as events, in the order in which they were tried;
 * those that nobody has tried yet are in UNTRIED. */
static GPtrArray *
collect_waiting(const MailsimLab *lab, const MailsimEvent *queued, GPtrArray *untried)
{
    GPtrArray *waiting = g_ptr_array_new();
    g_auto(GStrv) recipients = g_strsplit(queued->queued.recipients, ", ", -1);

    for (guint i = 0; recipients[i] != NULL; i++) {
        const MailsimEvent *status =
            find_last_status(lab, queued->queued.queue_id, recipients[i]);

        if (status == NULL)
            g_ptr_array_add(untried, g_strdup(recipients[i]));
        else if (is_waiting(status))
            g_ptr_array_add(waiting, (gpointer)status);
    }
    g_ptr_array_sort(waiting, compare_times);
    return waiting;
}

static void
append_message(GString *text, const MailsimEvent *queued, gboolean active)
{
    const char *sender = queued->queued.sender;
    g_autofree char *id = g_strconcat(queued->queued.queue_id, active ? "*" : "", NULL);
    g_autofree char *arrived = mailsim_time_format_ctime(queued->time_us);

    g_string_append_printf(text, "%-11s %7" G_GSIZE_FORMAT " %20.20s %s\n", id,
                           queued->queued.size_bytes, arrived,
                           sender != NULL && *sender != '\0' ? sender : "MAILER-DAEMON");
}

static void
append_recipient(GString *text, const char *recipient)
{
    g_string_append_printf(text, "%*s%s\n", RECIPIENT_COLUMN, "", recipient);
}

/* A reason stands once before all recipients in a row that share it. */
static void
append_waiting(GString *text, const GPtrArray *waiting)
{
    const char *before = NULL;

    for (guint i = 0; i < waiting->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(waiting, i);
        g_autofree char *reason = g_strdup_printf("(%s)", event->status.reason);

        if (g_strcmp0(before, event->status.reason) != 0)
            g_string_append_printf(text, "%*s\n", REASON_COLUMNS, reason);
        before = event->status.reason;
        append_recipient(text, event->status.recipient);
    }
}

char *
mailsim_look_dup_queue(const MailsimHost *host, guint *count)
{
    const GPtrArray *events = host->lab->recording->events;
    GString *text = g_string_new(HEADING);
    gsize size = 0;

    *count = 0;
    for (guint i = 0; i < events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(events, i);
        g_autoptr(GPtrArray) untried = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GPtrArray) waiting = NULL;

        if (event->kind != MAILSIM_EVENT_QUEUED ||
            g_strcmp0(event->party, host->definition->name) != 0)
            continue;
        waiting = collect_waiting(host->lab, event, untried);
        if (waiting->len + untried->len == 0)
            continue;
        append_message(text, event, untried->len > 0);
        append_waiting(text, waiting);
        for (guint j = 0; j < untried->len; j++)
            append_recipient(text, g_ptr_array_index(untried, j));
        g_string_append_c(text, '\n');
        size += event->queued.size_bytes;
        (*count)++;
    }
    if (*count == 0)
        g_string_assign(text, "Mail queue is empty\n");
    else
        g_string_append_printf(text, "-- %" G_GSIZE_FORMAT " Kbytes in %u Request%s.\n",
                               size / 1024, *count, *count == 1 ? "" : "s");
    return g_string_free(text, FALSE);
}
