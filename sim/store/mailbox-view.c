/* SPDX-License-Identifier: MIT
 *
 * What one session knows of a mailbox. Numbers are its own: another session's EXPUNGE changes
 * them only when this one may be told (RFC 3501 §7.4.1). */
#include "store-private.h"

#include <string.h>

typedef struct {
    MailsimStoredMessage *message;
    MailsimFlagSet known; /* flags that the session has been told of, or has set */
    guint64 changed;      /* what it has been told of is as old as this */
    gboolean recent;
} Entry;

struct MailsimMailboxView {
    MailsimMailbox *mailbox;
    char *name; /* that it had then */
    gboolean examines;
    GArray *entries;   /* of Entry, by UID */
    guint uid_next;    /* of messages that are not in it yet */
    guint64 looked;    /* the mailbox's changes when nothing more was to be told */
    gboolean has_gone; /* some that are gone keep their numbers */
};

static void
clear_entry(gpointer data)
{
    Entry *entry = data;

    mailsim_flag_set_clear(&entry->known);
    message_unref(entry->message);
}

static Entry *
get_entry(const MailsimMailboxView *view, guint number)
{
    g_assert(number >= 1 && number <= view->entries->len);
    return &g_array_index(view->entries, Entry, number - 1);
}

static void
know_flags(Entry *entry)
{
    mailsim_flag_set_clear(&entry->known);
    mailsim_flag_set_copy(&entry->message->flags, &entry->known);
}

/* Messages that are new to the view, and that a session has come upon. */
static void
add_new(MailsimMailboxView *view)
{
    MailsimMailbox *mailbox = view->mailbox;
    guint first = mailbox->messages->len;

    while (first > 0 &&
           ((MailsimStoredMessage *)mailbox->messages->pdata[first - 1])->uid >= view->uid_next)
        first--;
    for (guint i = first; i < mailbox->messages->len; i++) {
        MailsimStoredMessage *message = g_ptr_array_index(mailbox->messages, i);
        Entry entry = {.recent = message->recent};

        if (message->uid >= mailbox->first_new)
            break;
        entry.message = message_ref(message);
        know_flags(&entry);
        entry.changed = message->changed;
        g_array_append_val(view->entries, entry);
        if (!view->examines)
            message->recent = FALSE;
    }
    view->uid_next = MAX(view->uid_next, mailbox->first_new);
}

MailsimMailboxView *
mailsim_mailbox_view_new(MailsimMailbox *mailbox, gboolean examines)
{
    MailsimMailboxView *view = g_new0(MailsimMailboxView, 1);

    view->mailbox = mailbox_ref(mailbox);
    view->name = g_strdup(mailbox->name);
    view->examines = examines;
    view->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    g_array_set_clear_func(view->entries, clear_entry);
    view->uid_next = 1;
    mailsim_mailbox_come_upon(mailbox);
    add_new(view);
    view->looked = mailbox->n_changes;
    return view;
}

void
mailsim_mailbox_view_free(MailsimMailboxView *view)
{
    if (view == NULL)
        return;
    g_array_unref(view->entries);
    g_free(view->name);
    mailbox_unref(view->mailbox);
    g_free(view);
}

gboolean
mailsim_mailbox_view_is_lost(const MailsimMailboxView *view)
{
    return view->mailbox->store == NULL || strcmp(view->mailbox->name, view->name) != 0;
}

/* ---- what is in it ----------------------------------------------------------------------- */

guint
mailsim_mailbox_view_count(const MailsimMailboxView *view)
{
    return view->entries->len;
}

guint
mailsim_mailbox_view_count_recent(const MailsimMailboxView *view)
{
    guint n_recent = 0;

    for (guint i = 0; i < view->entries->len; i++)
        n_recent += g_array_index(view->entries, Entry, i).recent != FALSE;
    return n_recent;
}

guint
mailsim_mailbox_view_get_uid_next(const MailsimMailboxView *view)
{
    return view->uid_next;
}

MailsimStoredMessage *
mailsim_mailbox_view_get(const MailsimMailboxView *view, guint number)
{
    return get_entry(view, number)->message;
}

gboolean
mailsim_mailbox_view_is_recent(const MailsimMailboxView *view, guint number)
{
    return get_entry(view, number)->recent;
}

const MailsimFlagSet *
mailsim_mailbox_view_get_known_flags(const MailsimMailboxView *view, guint number)
{
    return &get_entry(view, number)->known;
}

static gboolean
is_gone(const MailsimMailboxView *view, const Entry *entry)
{
    const MailsimMailbox *mailbox = view->mailbox;

    return mailbox_find_message(mailbox, entry->message) == mailbox->messages->len;
}

gboolean
mailsim_mailbox_view_is_gone(const MailsimMailboxView *view, guint number)
{
    return is_gone(view, get_entry(view, number));
}

guint
mailsim_mailbox_view_find_from(const MailsimMailboxView *view, guint uid)
{
    guint low = 0;
    guint high = view->entries->len;

    while (low < high) {
        const guint middle = low + (high - low) / 2;

        if (g_array_index(view->entries, Entry, middle).message->uid < uid)
            low = middle + 1;
        else
            high = middle;
    }
    return low + 1;
}

void
mailsim_mailbox_view_set_flags(MailsimMailboxView *view,
                               guint number,
                               const MailsimFlagSet *flags,
                               gboolean told)
{
    Entry *entry = get_entry(view, number);
    const gboolean knew_all = entry->changed == entry->message->changed;

    mailsim_mailbox_set_flags(view->mailbox, entry->message, flags);
    know_flags(entry);
    if (told && knew_all)
        entry->changed = entry->message->changed;
}

/* ---- looking ----------------------------------------------------------------------------- */

/* Is the message of ENTRY still in the mailbox? PLACE walks along with the entries. */
static gboolean
is_still_there(const MailsimMailboxView *view, const Entry *entry, guint *place)
{
    const GPtrArray *messages = view->mailbox->messages;

    while (*place < messages->len &&
           ((const MailsimStoredMessage *)messages->pdata[*place])->uid < entry->message->uid)
        (*place)++;
    return *place < messages->len && messages->pdata[*place] == entry->message;
}

/* What is gone and will be told to be gone has no flags to tell of. */
static void
look_for_changes(MailsimMailboxView *view,
                 guint look,
                 const MailsimMailboxNews *news,
                 gpointer data)
{
    guint place = 0;

    for (guint number = 1; number <= view->entries->len; number++) {
        Entry *entry = get_entry(view, number);
        const gboolean gone = !is_still_there(view, entry, &place);

        view->has_gone = view->has_gone || gone;
        if (entry->changed == entry->message->changed ||
            (gone && (look & MAILSIM_LOOK_EXPUNGES) != 0))
            continue;
        know_flags(entry);
        entry->changed = entry->message->changed;
        news->changed(data, number);
    }
}

static void
look_for_expunged(MailsimMailboxView *view, const MailsimMailboxNews *news, gpointer data)
{
    GArray *kept = g_array_sized_new(FALSE, FALSE, sizeof(Entry), view->entries->len);
    guint place = 0;

    for (guint number = view->entries->len; number > 0; number--) {
        if (is_gone(view, get_entry(view, number)))
            news->expunged(data, number);
    }
    for (guint number = 1; number <= view->entries->len; number++) {
        Entry *entry = get_entry(view, number);

        if (is_still_there(view, entry, &place))
            g_array_append_val(kept, *entry);
        else
            clear_entry(entry);
    }
    g_array_set_clear_func(view->entries, NULL);
    g_array_unref(view->entries);
    g_array_set_clear_func(kept, clear_entry);
    view->entries = kept;
    view->has_gone = FALSE;
}

void
mailsim_mailbox_view_look(MailsimMailboxView *view,
                          guint look,
                          const MailsimMailboxNews *news,
                          gpointer data)
{
    const guint64 n_changes = view->mailbox->n_changes;

    if ((look & MAILSIM_LOOK_DELIVERIES) != 0)
        mailsim_mailbox_come_upon(view->mailbox);
    if (view->looked != n_changes)
        look_for_changes(view, look, news, data);
    if (view->has_gone && (look & MAILSIM_LOOK_EXPUNGES) != 0)
        look_for_expunged(view, news, data);
    add_new(view);
    view->looked = n_changes;
}
