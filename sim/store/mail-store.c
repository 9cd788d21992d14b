/* SPDX-License-Identifier: MIT
 *
 * The mailboxes of a user, by name. INBOX is there always, in whatever capitals it is
 * written (RFC 3501 §5.1). */
#include "store-private.h"

#include <string.h>

#include <mailsim/base/limits.h>

#define INBOX "INBOX"

typedef struct {
    MailsimMailStoreChanged changed; /* NULL: taken back; the place is the next one's */
    gpointer data;
} Watch;

struct MailsimMailStore {
    MailsimMailLayout layout;
    GArray *watches;          /* of Watch */
    GPtrArray *mailboxes;     /* of MailsimMailbox, INBOX first, then by name */
    GHashTable *by_name;      /* of the same */
    GPtrArray *folders;       /* of char *, by name */
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
    store->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    store->folders = g_ptr_array_new_with_free_func(g_free);
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
    g_hash_table_unref(store->by_name);
    g_ptr_array_unref(store->mailboxes);
    g_ptr_array_unref(store->folders);
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

    for (guint i = 0; i < store->watches->len; i++) {
        if (g_array_index(store->watches, Watch, i).changed == NULL) {
            g_array_index(store->watches, Watch, i) = watch;
            return;
        }
    }
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

/* Whoever is told may take back, his own or another's. */
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
compare_strings(gconstpointer a, gconstpointer b)
{
    return compare_names(*(const char *const *)a, *(const char *const *)b);
}

static gboolean
is_below(const MailsimMailStore *store, const char *name, const char *parent)
{
    const gsize length = strlen(parent);

    return strncmp(name, parent, length) == 0 &&
           name[length] == mailsim_mail_store_get_separator(store);
}

/* The first mailbox that does not come before NAME. */
static guint
find_place(const MailsimMailStore *store, const char *name)
{
    guint low = 0;
    guint high = store->mailboxes->len;

    while (low < high) {
        const guint middle = low + (high - low) / 2;

        if (compare_names(((MailsimMailbox *)store->mailboxes->pdata[middle])->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

MailsimMailbox *
mailsim_mail_store_find(const MailsimMailStore *store, const char *name)
{
    g_autofree char *canonical = dup_canonical(store, name);

    return g_hash_table_lookup(store->by_name, canonical);
}

const GPtrArray *
mailsim_mail_store_list(const MailsimMailStore *store)
{
    return store->mailboxes;
}

/* Those below it follow each other. */
gboolean
mailsim_mail_store_has_below(const MailsimMailStore *store, const char *name)
{
    g_autofree char *canonical = dup_canonical(store, name);
    g_autofree char *first =
        g_strdup_printf("%s%c", canonical, mailsim_mail_store_get_separator(store));
    const guint place = find_place(store, first);

    return place < store->mailboxes->len &&
           is_below(store, ((MailsimMailbox *)store->mailboxes->pdata[place])->name, canonical);
}

/* ---- folders ----------------------------------------------------------------------------- */

const GPtrArray *
mailsim_mail_store_list_folders(const MailsimMailStore *store)
{
    return store->folders;
}

/* *PLACE, which may be NULL, is that of the first folder that does not come before NAME. */
static gboolean
find_folder(const MailsimMailStore *store, const char *name, guint *place)
{
    guint low = 0;
    guint high = store->folders->len;

    while (low < high) {
        const guint middle = low + (high - low) / 2;

        if (compare_names(store->folders->pdata[middle], name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (place != NULL)
        *place = low;
    return low < store->folders->len && g_str_equal(store->folders->pdata[low], name);
}

gboolean
mailsim_mail_store_has_folder(const MailsimMailStore *store, const char *name)
{
    return find_folder(store, name, NULL);
}

static void
add_folder(MailsimMailStore *store, const char *name)
{
    guint place;

    if (!find_folder(store, name, &place))
        g_ptr_array_insert(store->folders, (gint)place, g_strdup(name));
}

gboolean
mailsim_mail_store_create_folder(MailsimMailStore *store, const char *name)
{
    if (mailsim_mail_store_find(store, name) != NULL || find_folder(store, name, NULL) ||
        store->folders->len >= MAILSIM_MAILBOXES_MAX)
        return FALSE;
    add_folder(store, name);
    return TRUE;
}

void
mailsim_mail_store_delete_folder(MailsimMailStore *store, const char *name)
{
    guint place;

    if (find_folder(store, name, &place))
        g_ptr_array_remove_index(store->folders, place);
}

/* What stands above NAME on the disk. */
static void
add_folders_above(MailsimMailStore *store, const char *name)
{
    const char separator = mailsim_mail_store_get_separator(store);

    if (store->layout != MAILSIM_LAYOUT_MBOX)
        return;
    for (const char *end = strchr(name, separator); end != NULL;
         end = strchr(end + 1, separator)) {
        g_autofree char *above = g_strndup(name, (gsize)(end - name));

        if (mailsim_mail_store_find(store, above) == NULL)
            add_folder(store, above);
    }
}

/* Of Maildir nothing is left of a deleted mailbox once there are none below it. */
static void
drop_empty_folders(MailsimMailStore *store)
{
    if (store->layout == MAILSIM_LAYOUT_MBOX)
        return;
    for (guint i = store->folders->len; i > 0; i--) {
        if (!mailsim_mail_store_has_below(store, g_ptr_array_index(store->folders, i - 1)))
            g_ptr_array_remove_index(store->folders, i - 1);
    }
}

/* ---- what becomes of mailboxes ----------------------------------------------------------- */

MailsimMailbox *
mailsim_mail_store_create(MailsimMailStore *store, const char *name)
{
    g_autofree char *canonical = dup_canonical(store, name);
    MailsimMailbox *mailbox;

    if (mailsim_mail_store_find(store, canonical) != NULL ||
        store->mailboxes->len >= MAILSIM_MAILBOXES_MAX)
        return NULL;
    mailbox = mailbox_new(store, canonical, store->next_validity++);
    g_ptr_array_insert(store->mailboxes, (gint)find_place(store, canonical), mailbox);
    g_hash_table_insert(store->by_name, mailbox->name, mailbox);
    mailsim_mail_store_delete_folder(store, canonical);
    add_folders_above(store, canonical);
    return mailbox;
}

void
mailsim_mail_store_delete(MailsimMailStore *store, MailsimMailbox *mailbox)
{
    if (store->layout == MAILSIM_LAYOUT_MAILDIR &&
        mailsim_mail_store_has_below(store, mailbox->name))
        add_folder(store, mailbox->name);
    mailbox_expunge_all(mailbox);
    g_hash_table_remove(store->by_name, mailbox->name);
    g_ptr_array_remove(store->mailboxes, mailbox);
    drop_empty_folders(store);
}

/* What NAME is called once FROM is TO; to be freed. NULL: it keeps its name. */
static char *
dup_renamed(const MailsimMailStore *store, const char *name, const char *from, const char *to)
{
    if (strcmp(name, from) != 0 && !is_below(store, name, from))
        return NULL;
    return g_strconcat(to, name + strlen(from), NULL);
}

/* None of the new names is a mailbox's. */
static gboolean
can_rename(const MailsimMailStore *store, const char *from, const char *to)
{
    gboolean found = find_folder(store, from, NULL);

    for (guint i = 0; i < store->mailboxes->len; i++) {
        const MailsimMailbox *mailbox = g_ptr_array_index(store->mailboxes, i);
        g_autofree char *renamed = dup_renamed(store, mailbox->name, from, to);

        if (renamed != NULL && g_hash_table_contains(store->by_name, renamed))
            return FALSE;
        found = found || renamed != NULL;
    }
    return found && !g_hash_table_contains(store->by_name, to);
}

static void
rename_mailboxes(MailsimMailStore *store, const char *from, const char *to)
{
    g_hash_table_remove_all(store->by_name);
    for (guint i = 0; i < store->mailboxes->len; i++) {
        MailsimMailbox *mailbox = g_ptr_array_index(store->mailboxes, i);
        char *renamed = dup_renamed(store, mailbox->name, from, to);

        if (renamed != NULL) {
            mailsim_mail_store_delete_folder(store, renamed);
            g_free(mailbox->name);
            mailbox->name = renamed;
        }
        g_hash_table_insert(store->by_name, mailbox->name, mailbox);
    }
    g_ptr_array_sort(store->mailboxes, compare_mailboxes);
}

/* Of Maildir they are no more than memories. */
static void
rename_folders(MailsimMailStore *store, const char *from, const char *to)
{
    for (guint i = store->folders->len; i > 0; i--) {
        char *renamed = dup_renamed(store, g_ptr_array_index(store->folders, i - 1), from, to);

        if (renamed == NULL)
            continue;
        g_ptr_array_remove_index(store->folders, i - 1);
        if (store->layout == MAILSIM_LAYOUT_MBOX)
            g_ptr_array_add(store->folders, renamed);
        else
            g_free(renamed);
    }
    g_ptr_array_sort(store->folders, compare_strings);
}

gboolean
mailsim_mail_store_rename(MailsimMailStore *store, const char *name, const char *new_name)
{
    g_autofree char *from = dup_canonical(store, name);
    g_autofree char *to = dup_canonical(store, new_name);

    if (!can_rename(store, from, to) ||
        (store->layout == MAILSIM_LAYOUT_MBOX && find_folder(store, to, NULL)))
        return FALSE;
    rename_folders(store, from, to);
    rename_mailboxes(store, from, to);
    add_folders_above(store, to);
    drop_empty_folders(store);
    return TRUE;
}

/* ---- subscriptions ----------------------------------------------------------------------- */

static gboolean
find_subscription(const MailsimMailStore *store, const char *name, guint *place)
{
    g_autofree char *canonical = dup_canonical(store, name);

    return g_ptr_array_find_with_equal_func(store->subscriptions, canonical, g_str_equal,
                                            place);
}

gboolean
mailsim_mail_store_is_subscribed(const MailsimMailStore *store, const char *name)
{
    return find_subscription(store, name, NULL);
}

void
mailsim_mail_store_subscribe(MailsimMailStore *store, const char *name)
{
    if (find_subscription(store, name, NULL) ||
        store->subscriptions->len >= MAILSIM_MAILBOXES_MAX)
        return;
    g_ptr_array_add(store->subscriptions, dup_canonical(store, name));
    g_ptr_array_sort(store->subscriptions, compare_strings);
}

gboolean
mailsim_mail_store_unsubscribe(MailsimMailStore *store, const char *name)
{
    guint place;

    if (!find_subscription(store, name, &place))
        return FALSE;
    g_ptr_array_remove_index(store->subscriptions, place);
    return TRUE;
}

const GPtrArray *
mailsim_mail_store_get_subscriptions(const MailsimMailStore *store)
{
    return store->subscriptions;
}
