/* SPDX-License-Identifier: MIT
 *
 * The event queue: a sequence kept in order. */
#include <mailsim/lab/schedule.h>

typedef struct {
    MailsimTime at_us;
    guint64 sequence;
    MailsimHappening happen;
    gpointer data;
    GDestroyNotify destroy;
    guint *n_awaited; /* counted there; NULL: in the background */
} Entry;

struct MailsimSchedule {
    MailsimTime now_us;
    guint n_awaited; /* entries that somebody waits for */
    guint64 n_added;
    guint n_happened;
    GSequence *entries;
};

static void
free_entry(gpointer data)
{
    Entry *entry = data;

    if (entry->destroy != NULL)
        entry->destroy(entry->data);
    if (entry->n_awaited != NULL)
        (*entry->n_awaited)--;
    g_free(entry);
}

static int
compare_entries(gconstpointer a, gconstpointer b, G_GNUC_UNUSED gpointer data)
{
    const Entry *first = a;
    const Entry *second = b;

    if (first->at_us != second->at_us)
        return first->at_us < second->at_us ? -1 : 1;
    return first->sequence < second->sequence ? -1 : 1;
}

MailsimSchedule *
mailsim_schedule_new(MailsimTime start_us)
{
    MailsimSchedule *schedule = g_new0(MailsimSchedule, 1);

    schedule->now_us = start_us;
    schedule->entries = g_sequence_new(free_entry);
    return schedule;
}

void
mailsim_schedule_free(MailsimSchedule *schedule)
{
    if (schedule == NULL)
        return;
    g_sequence_free(schedule->entries);
    g_free(schedule);
}

MailsimTime
mailsim_schedule_get_now(const MailsimSchedule *schedule)
{
    return schedule->now_us;
}

static Entry *
new_entry(MailsimSchedule *schedule, gint64 delay_us, MailsimHappening happen, gpointer data)
{
    Entry *entry = g_new0(Entry, 1);

    entry->at_us = schedule->now_us + delay_us;
    entry->sequence = schedule->n_added++;
    entry->happen = happen;
    entry->data = data;
    return entry;
}

MailsimAppointment *
mailsim_schedule_add(MailsimSchedule *schedule,
                     gint64 delay_us,
                     MailsimHappening happen,
                     gpointer data,
                     GDestroyNotify destroy)
{
    Entry *entry;

    g_return_val_if_fail(delay_us >= 0, NULL);
    entry = new_entry(schedule, delay_us, happen, data);
    entry->destroy = destroy;
    entry->n_awaited = &schedule->n_awaited;
    schedule->n_awaited++;
    return g_sequence_insert_sorted(schedule->entries, entry, compare_entries, NULL);
}

MailsimAppointment *
mailsim_schedule_add_background(MailsimSchedule *schedule,
                                gint64 delay_us,
                                MailsimHappening happen,
                                gpointer data)
{
    g_return_val_if_fail(delay_us >= 0, NULL);
    return g_sequence_insert_sorted(
        schedule->entries, new_entry(schedule, delay_us, happen, data), compare_entries, NULL);
}

gboolean
mailsim_schedule_is_busy(const MailsimSchedule *schedule)
{
    return schedule->n_awaited > 0;
}

void
mailsim_schedule_cancel(MailsimAppointment *appointment)
{
    if (appointment != NULL)
        g_sequence_remove(appointment);
}

gboolean
mailsim_schedule_step(MailsimSchedule *schedule)
{
    GSequenceIter *first = g_sequence_get_begin_iter(schedule->entries);
    Entry *entry;
    Entry copy;

    if (g_sequence_iter_is_end(first))
        return FALSE;

    /* Out of the queue before it happens: what happens adds to the queue. */
    entry = g_sequence_get(first);
    copy = *entry;
    entry->destroy = NULL;
    g_sequence_remove(first);

    g_assert(copy.at_us >= schedule->now_us);
    schedule->now_us = copy.at_us;
    schedule->n_happened++;
    copy.happen(copy.data);
    if (copy.destroy != NULL)
        copy.destroy(copy.data);
    return TRUE;
}

gboolean
mailsim_schedule_peek(const MailsimSchedule *schedule, MailsimTime *at_us)
{
    GSequenceIter *first = g_sequence_get_begin_iter(schedule->entries);
    const Entry *entry;

    if (g_sequence_iter_is_end(first))
        return FALSE;
    entry = g_sequence_get(first);
    *at_us = entry->at_us;
    return TRUE;
}

void
mailsim_schedule_pass(MailsimSchedule *schedule, MailsimTime now_us)
{
    MailsimTime next_us;

    g_return_if_fail(now_us >= schedule->now_us);
    g_return_if_fail(!mailsim_schedule_peek(schedule, &next_us) || next_us >= now_us);
    schedule->now_us = now_us;
}

void
mailsim_schedule_follow(MailsimSchedule *schedule, MailsimTime now_us)
{
    MailsimTime next_us;

    while (mailsim_schedule_peek(schedule, &next_us) && next_us <= now_us)
        mailsim_schedule_step(schedule);
    if (now_us > schedule->now_us)
        mailsim_schedule_pass(schedule, now_us);
}

guint
mailsim_schedule_count(const MailsimSchedule *schedule)
{
    return schedule->n_happened;
}
