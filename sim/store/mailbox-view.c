/* SPDX-License-Identifier: MIT
 *
 * What one session knows of a mailbox. Numbers are its own: another session's EXPUNGE changes
 * them only when this one may be told (RFC 3501 §7.4.1). */
#include "store-private.h"

typedef struct {
    MailsimStoredMessage *message;
    guint64 known; /* its change that the session has been told of */
    gboolean recent;
} Entry;

struct MailsimMailboxView {
    MailsimMailbox *mailbox;
    gboolean examines;
    GArray *entries; /* of Entry, by UID */
    guint uid_next;  /* of messages that are not in it yet */
};

static void
clear_entry(gpointer data)
{
    message_unref(((Entry *)data)->message);
}

static Entry *
get_entry(const MailsimMailboxView *view, guint number)
{
    g_assert(number >= 1 && number <= view->entries->len);
    return &g_array_index(view->entries, Entry, number - 1);
}

/* Messages that are new to the view, from its uid_next on; how many. */
static guint
add_new(MailsimMailboxView *view)
{
    MailsimMailbox *mailbox = view->mailbox;
    guint n_new = 0;
    guint first = mailbox->messages->len;

    while (first > 0 &&
           ((MailsimStoredMessage *)mailbox->messages->pdata[first - 1])->uid >= view->uid_next)
        first--;
    for (guint i = first; i < mailbox->messages->len; i++, n_new++) {
        MailsimStoredMessage *message = g_ptr_array_index(mailbox->messages, i);
        const Entry entry = {message_ref(message), message->changed,
                             message->uid >= mailbox->first_recent};

        g_array_append_val(view->entries, entry);
    }
    view->uid_next = mailbox->uid_next;
    if (!view->examines)
        mailbox->first_recent = mailbox->uid_next;
    return n_new;
}

MailsimMailboxView *
mailsim_mailbox_view_new(MailsimMailbox *mailbox, gboolean examines)
{
    MailsimMailboxView *view = g_new0(MailsimMailboxView, 1);

    view->mailbox = mailbox_ref(mailbox);
    view->examines = examines;
    view->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    g_array_set_clear_func(view->entries, clear_entry);
    view->uid_next = 1;
    add_new(view);
    return view;
}

void
mailsim_mailbox_view_free(MailsimMailboxView *view)
{
    if (view == NULL)
        return;
    g_array_unref(view->entries);
    mailbox_unref(view->mailbox);
    g_free(view);
}

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
        n_recent += g_array_index(view->entries, Entry, i).recent;
    return n_recent;
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

/* Nobody else holds a message of the mailbox by its place: it is found by its UID. */
static gboolean
is_in_mailbox(const MailsimMailbox *mailbox, const MailsimStoredMessage *message)
{
    guint low = 0;
    guint high = mailbox->messages->len;

    while (low < high) {
        const guint middle = low + (high - low) / 2;
        const MailsimStoredMessage *other = g_ptr_array_index(mailbox->messages, middle);

        if (other == message)
            return TRUE;
        if (other->uid < message->uid)
            low = middle + 1;
        else
            high = middle;
    }
    return FALSE;
}

gboolean
mailsim_mailbox_view_is_gone(const MailsimMailboxView *view, guint number)
{
    return !is_in_mailbox(view->mailbox, get_entry(view, number)->message);
}

guint
mailsim_mailbox_view_find(const MailsimMailboxView *view, guint uid)
{
    guint low = 0;
    guint high = view->entries->len;

    while (low < high) {
        const guint middle = low + (high - low) / 2;
        const Entry *entry = &g_array_index(view->entries, Entry, middle);

        if (entry->message->uid == uid)
            return middle + 1;
        if (entry->message->uid < uid)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

static void
look_for_expunged(MailsimMailboxView *view, const MailsimMailboxNews *news, gpointer data)
{
    for (guint number = 1; number <= view->entries->len;) {
        if (!mailsim_mailbox_view_is_gone(view, number)) {
            number++;
            continue;
        }
        g_array_remove_index(view->entries, number - 1);
        if (news->expunged != NULL)
            news->expunged(data, number);
    }
}

static void
look_for_changes(MailsimMailboxView *view, const MailsimMailboxNews *news, gpointer data)
{
    for (guint number = 1; number <= view->entries->len; number++) {
        Entry *entry = get_entry(view, number);

        if (entry->known == entry->message->changed)
            continue;
        entry->known = entry->message->changed;
        if (news->changed != NULL && !mailsim_mailbox_view_is_gone(view, number))
            news->changed(data, number);
    }
}

void
mailsim_mailbox_view_look(MailsimMailboxView *view,
                          gboolean may_expunge,
                          const MailsimMailboxNews *news,
                          gpointer data)
{
    if (may_expunge)
        look_for_expunged(view, news, data);
    look_for_changes(view, news, data);
    if (add_new(view) > 0 && news->arrived != NULL)
        news->arrived(data, view->entries->len, mailsim_mailbox_view_count_recent(view));
}

void
mailsim_mailbox_view_forget_change(MailsimMailboxView *view, guint number)
{
    Entry *entry = get_entry(view, number);

    entry->known = entry->message->changed;
}
