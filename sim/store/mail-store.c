/* SPDX-License-Identifier: MIT
 *
 * The mailboxes of a user, by name. INBOX is there always, in whatever capitals it is
 * written (RFC 3501 §5.1). */
#include "store-private.h"

#include <string.h>

#define INBOX "INBOX"

typedef struct {
    MailsimMailStoreChanged changed; /* NULL: taken back */
    gpointer data;
} Watch;

struct MailsimMailStore {
    MailsimMailLayout layout;
    GArray *watches;          /* of Watch */
    GPtrArray *mailboxes;     /* of MailsimMailbox, INBOX first, then by name */
    GPtrArray *subscriptions; /* of char *, by name */
    guint next_validity;
};

/* A view may hold it longer. */
static void
let_go(gpointer data)
{
    MailsimMailbox *mailbox = data;

    mailbox->store = NULL;
    mailbox_unref(mailbox);
}

MailsimMailStore *
mailsim_mail_store_new(MailsimMailLayout layout, guint uid_validity)
{
    MailsimMailStore *store = g_new0(MailsimMailStore, 1);

    store->layout = layout;
    store->watches = g_array_new(FALSE, FALSE, sizeof(Watch));
    store->mailboxes = g_ptr_array_new_with_free_func(let_go);
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
    g_array_unref(store->watches);
    g_free(store);
}

MailsimMailLayout
mailsim_mail_store_get_layout(const MailsimMailStore *store)
{
    return store->layout;
}

char
mailsim_mail_store_get_separator(const MailsimMailStore *store)
{
    return store->layout == MAILSIM_LAYOUT_MAILDIR ? '.' : '/';
}

/* ---- who watches ------------------------------------------------------------------------- */

void
mailsim_mail_store_watch(MailsimMailStore *store,
                         MailsimMailStoreChanged changed,
                         gpointer data)
{
    const Watch watch = {changed, data};

    g_array_append_val(store->watches, watch);
}

void
mailsim_mail_store_unwatch(MailsimMailStore *store,
                           MailsimMailStoreChanged changed,
                           gpointer data)
{
    for (guint i = 0; i < store->watches->len; i++) {
        Watch *watch = &g_array_index(store->watches, Watch, i);

        if (watch->changed == changed && watch->data == data) {
            watch->changed = NULL;
            return;
        }
    }
}

/* Those that were taken back are forgotten when nobody is being told. */
void
store_tell(const MailsimMailStore *store)
{
    if (store == NULL)
        return;
    for (guint i = 0; i < store->watches->len; i++) {
        const Watch watch = g_array_index(store->watches, Watch, i);

        if (watch.changed != NULL)
            watch.changed(watch.data);
    }
    for (guint i = store->watches->len; i > 0; i--) {
        if (g_array_index(store->watches, Watch, i - 1).changed == NULL)
            g_array_remove_index(store->watches, i - 1);
    }
}

/* ---- names ------------------------------------------------------------------------------- */

/* “inbox.Spam” is “INBOX.Spam”; free with g_free(). */
static char *
dup_canonical(const MailsimMailStore *store, const char *name)
{
    const gsize length = strlen(INBOX);

    if (g_ascii_strncasecmp(name, INBOX, length) == 0 &&
        (name[length] == '\0' || name[length] == mailsim_mail_store_get_separator(store)))
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
    g_autofree char *canonical = dup_canonical(store, name);

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
    g_autofree char *canonical = dup_canonical(store, name);
    MailsimMailbox *mailbox;

    if (mailsim_mail_store_find(store, canonical) != NULL)
        return NULL;
    mailbox = mailbox_new(store, canonical, store->next_validity++);
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
is_below(const MailsimMailStore *store, const char *name, const char *parent)
{
    const gsize length = strlen(parent);

    return strncmp(name, parent, length) == 0 &&
           name[length] == mailsim_mail_store_get_separator(store);
}

gboolean
mailsim_mail_store_rename(MailsimMailStore *store, MailsimMailbox *mailbox, const char *name)
{
    g_autofree char *from = g_strdup(mailbox->name);
    g_autofree char *to = dup_canonical(store, name);

    if (mailsim_mail_store_find(store, to) != NULL)
        return FALSE;
    for (guint i = 0; i < store->mailboxes->len; i++) {
        MailsimMailbox *other = g_ptr_array_index(store->mailboxes, i);
        char *renamed;

        if (other != mailbox && !is_below(store, other->name, from))
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
    g_autofree char *canonical = dup_canonical(store, name);

    if (g_ptr_array_find_with_equal_func(store->subscriptions, canonical, g_str_equal, NULL))
        return;
    g_ptr_array_add(store->subscriptions, g_steal_pointer(&canonical));
    g_ptr_array_sort(store->subscriptions, compare_subscriptions);
}

gboolean
mailsim_mail_store_unsubscribe(MailsimMailStore *store, const char *name)
{
    g_autofree char *canonical = dup_canonical(store, name);
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
