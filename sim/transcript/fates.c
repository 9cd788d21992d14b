/* SPDX-License-Identifier: MIT
 *
 * See the header. */
#include "fates.h"

#include <string.h>

/* Addresses as a server reads them: domains have no case, and the lab's users neither. */
static char *
dup_key(const char *address)
{
    return g_ascii_strdown(address != NULL ? address : "", -1);
}

/* What was behind an alias takes its place; what local(8) has sent on is another recipient. */
static void
forget_alias(GHashTable *by_recipient, GPtrArray *fates, const MailsimEvent *event)
{
    g_autofree char *key = dup_key(event->status.original);
    Fate *fate = event->status.original != NULL ? g_hash_table_lookup(by_recipient, key) : NULL;

    if (fate == NULL || fate->event->status.delivered ||
        g_strcmp0(fate->event->status.status, "sent") != 0)
        return;
    g_hash_table_remove(by_recipient, key);
    g_ptr_array_remove(fates, fate);
}

/* A server answers only when it has the message: what it says of it may come before “sent” of
 * the host that sent it, and counts. */
static gboolean
is_passed_on(const Fate *fate, const MailsimEvent *event)
{
    return g_strcmp0(event->status.status, "sent") == 0 && !event->status.delivered &&
           g_strcmp0(fate->event->party, event->party) != 0;
}

static void
add_status(GHashTable *by_recipient, GPtrArray *fates, const MailsimEvent *event)
{
    g_autofree char *key = dup_key(event->status.recipient);
    Fate *fate = g_hash_table_lookup(by_recipient, key);

    forget_alias(by_recipient, fates, event);
    if (fate != NULL && is_passed_on(fate, event)) {
        fate->settled_us = event->time_us;
        return;
    }
    if (fate == NULL) {
        fate = g_new0(Fate, 1);
        g_ptr_array_add(fates, fate);
        g_hash_table_insert(by_recipient, g_steal_pointer(&key), fate);
    }
    fate->event = event;
    fate->settled_us = event->time_us;
}

static void
expire(GPtrArray *fates, const MailsimEvent *event)
{
    for (guint i = 0; i < fates->len; i++) {
        Fate *fate = g_ptr_array_index(fates, i);

        if (g_strcmp0(fate->event->status.status, "deferred") == 0 &&
            g_strcmp0(fate->event->status.queue_id, event->queue.queue_id) == 0 &&
            g_strcmp0(fate->event->party, event->party) == 0)
            fate->expired = TRUE;
    }
}

GPtrArray *
fates_collect(const MailsimRecording *recording, guint step)
{
    const MailsimStepRecord *record = g_ptr_array_index(recording->steps, step);
    GPtrArray *fates = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) by_recipient =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint first;
    guint end;

    mailsim_recording_get_step_events(recording, step, &first, &end);
    for (guint i = first; i < end; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind == MAILSIM_EVENT_STATUS && event->status.message == record->message)
            add_status(by_recipient, fates, event);
        else if (event->kind == MAILSIM_EVENT_QUEUE &&
                 event->queue.message == record->message &&
                 g_strcmp0(event->queue.action, "expired") == 0)
            expire(fates, event);
    }
    return fates;
}
