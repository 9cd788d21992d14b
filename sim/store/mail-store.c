/* SPDX-License-Identifier: MIT
 *
 * The mailboxes of a user, by name. INBOX is there always, in whatever capitals it is
 * written (RFC 3501 §5.1). */
#include "store-private.h"

#include <string.h>

#define INBOX "INBOX"

struct MailsimMailStore {
    GPtrArray *mailboxes;     /* of MailsimMailbox, INBOX first, then by name */
    GPtrArray *subscriptions; /* of char *, by name */
    guint next_validity;
};

static void
unref_mailbox(gpointer mailbox)
{
    mailbox_unref(mailbox);
}

MailsimMailStore *
mailsim_mail_store_new(guint uid_validity)
{
    MailsimMailStore *store = g_new0(MailsimMailStore, 1);

    store->mailboxes = g_ptr_array_new_with_free_func(unref_mailbox);
    store->subscriptions = g_ptr_array_new_with_free_func(g_free);
    store->next_validity = uid_validity;
    mailsim_mail_store_create(store, INBOX);
    return store;
}

void
mailsim_mail_store_free(MailsimMailStore *store)
{
    if (store == NULL)
        return;
    g_ptr_array_unref(store->mailboxes);
    g_ptr_array_unref(store->subscriptions);
    g_free(store);
}

/* “inbox.Spam” is “INBOX.Spam”; free with g_free(). */
static char *
dup_canonical(const char *name)
{
    const gsize length = strlen(INBOX);

    if (g_ascii_strncasecmp(name, INBOX, length) == 0 &&
        (name[length] == '\0' || name[length] == MAILSIM_MAILBOX_SEPARATOR))
        return g_strconcat(INBOX, name + length, NULL);
    return g_strdup(name);
}

static gint
compare_names(const char *a, const char *b)
{
    if (strcmp(a, INBOX) == 0 || strcmp(b, INBOX) == 0)
        return (strcmp(b, INBOX) == 0) - (strcmp(a, INBOX) == 0);
    return strcmp(a, b);
}

static gint
compare_mailboxes(gconstpointer a, gconstpointer b)
{
    return compare_names((*(const MailsimMailbox *const *)a)->name,
                         (*(const MailsimMailbox *const *)b)->name);
}

static gint
compare_subscriptions(gconstpointer a, gconstpointer b)
{
    return compare_names(*(const char *const *)a, *(const char *const *)b);
}

MailsimMailbox *
mailsim_mail_store_find(const MailsimMailStore *store, const char *name)
{
    g_autofree char *canonical = dup_canonical(name);

    for (guint i = 0; i < store->mailboxes->len; i++) {
        MailsimMailbox *mailbox = g_ptr_array_index(store->mailboxes, i);

        if (strcmp(mailbox->name, canonical) == 0)
            return mailbox;
    }
    return NULL;
}

const GPtrArray *
mailsim_mail_store_list(const MailsimMailStore *store)
{
    return store->mailboxes;
}

MailsimMailbox *
mailsim_mail_store_create(MailsimMailStore *store, const char *name)
{
    g_autofree char *canonical = dup_canonical(name);
    MailsimMailbox *mailbox;

    if (mailsim_mail_store_find(store, canonical) != NULL)
        return NULL;
    mailbox = mailbox_new(canonical, store->next_validity++);
    g_ptr_array_add(store->mailboxes, mailbox);
    g_ptr_array_sort(store->mailboxes, compare_mailboxes);
    return mailbox;
}

void
mailsim_mail_store_delete(MailsimMailStore *store, MailsimMailbox *mailbox)
{
    mailbox_expunge_all(mailbox);
    g_ptr_array_remove(store->mailboxes, mailbox);
}

static gboolean
is_below(const char *name, const char *parent)
{
    const gsize length = strlen(parent);

    return strncmp(name, parent, length) == 0 && name[length] == MAILSIM_MAILBOX_SEPARATOR;
}

gboolean
mailsim_mail_store_rename(MailsimMailStore *store, MailsimMailbox *mailbox, const char *name)
{
    g_autofree char *from = g_strdup(mailbox->name);
    g_autofree char *to = dup_canonical(name);

    if (mailsim_mail_store_find(store, to) != NULL)
        return FALSE;
    for (guint i = 0; i < store->mailboxes->len; i++) {
        MailsimMailbox *other = g_ptr_array_index(store->mailboxes, i);
        char *renamed;

        if (other != mailbox && !is_below(other->name, from))
            continue;
        renamed = g_strconcat(to, other->name + strlen(from), NULL);
        g_free(other->name);
        other->name = renamed;
    }
    g_ptr_array_sort(store->mailboxes, compare_mailboxes);
    return TRUE;
}

void
mailsim_mail_store_subscribe(MailsimMailStore *store, const char *name)
{
    g_autofree char *canonical = dup_canonical(name);

    if (g_ptr_array_find_with_equal_func(store->subscriptions, canonical, g_str_equal, NULL))
        return;
    g_ptr_array_add(store->subscriptions, g_steal_pointer(&canonical));
    g_ptr_array_sort(store->subscriptions, compare_subscriptions);
}

gboolean
mailsim_mail_store_unsubscribe(MailsimMailStore *store, const char *name)
{
    g_autofree char *canonical = dup_canonical(name);
    guint i;

    if (!g_ptr_array_find_with_equal_func(store->subscriptions, canonical, g_str_equal, &i))
        return FALSE;
    g_ptr_array_remove_index(store->subscriptions, i);
    return TRUE;
}

const GPtrArray *
mailsim_mail_store_get_subscriptions(const MailsimMailStore *store)
{
    return store->subscriptions;
}
