/* SPDX-License-Identifier: MIT
 *
 * STORE (RFC 3501 §6.4.6). What has changed is told with the news. */
#include "imap-server-private.h"

#include <string.h>

typedef enum {
    REPLACE,
    ADD,
    REMOVE,
} Way;

typedef struct {
    Way way;
    gboolean silent;
    MailsimFlagSet flags;
} Change;

static void
change_clear(Change *change)
{
    mailsim_flag_set_clear(&change->flags);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Change, change_clear)

/* “+FLAGS.SILENT” */
static gboolean
parse_item(const char *item, Change *change)
{
    change->way = *item == '+' ? ADD : *item == '-' ? REMOVE : REPLACE;
    if (change->way != REPLACE)
        item++;
    change->silent = g_ascii_strcasecmp(item, "FLAGS.SILENT") == 0;
    return change->silent || g_ascii_strcasecmp(item, "FLAGS") == 0;
}

/* FALSE: the command has failed. */
static gboolean
parse_change(MailsimImapServer *server, Change *change)
{
    const char *item = mailsim_imap_server_get_string(server, 1);
    const GPtrArray *list = mailsim_imap_server_get_list(server, 2);

    if (mailsim_imap_server_get_list(server, 1) != NULL) {
        mailsim_imap_server_fail(server, "Invalid STORE modifiers");
        return FALSE;
    }
    if (item == NULL || !parse_item(item, change)) {
        mailsim_imap_server_fail(server, "Invalid arguments");
        return FALSE;
    }
    return list != NULL ? mailsim_imap_server_parse_flags(server, list, 0, &change->flags)
                        : mailsim_imap_server_parse_flags(server, server->reader.arguments, 2,
                                                          &change->flags);
}

/* ---- keywords: all of them are the mailbox's own strings --------------------------------- */

static gboolean
has_keyword(const MailsimFlagSet *set, char *keyword)
{
    return set->keywords != NULL && g_ptr_array_find(set->keywords, keyword, NULL);
}

/* Append to KEYWORDS those of SET that OTHER does not have. */
static void
add_others(GPtrArray *keywords, const MailsimFlagSet *set, const MailsimFlagSet *other)
{
    for (guint i = 0; set->keywords != NULL && i < set->keywords->len; i++) {
        char *keyword = g_ptr_array_index(set->keywords, i);

        if (!has_keyword(other, keyword))
            g_ptr_array_add(keywords, keyword);
    }
}

static gboolean
is_same(const MailsimFlagSet *old, const MailsimFlagSet *flags)
{
    const guint n_old = old->keywords != NULL ? old->keywords->len : 0;

    if (old->flags != flags->flags || flags->keywords->len != n_old)
        return FALSE;
    for (guint i = 0; i < n_old; i++) {
        if (!has_keyword(flags, g_ptr_array_index(old->keywords, i)))
            return FALSE;
    }
    return TRUE;
}

/* ---- messages ---------------------------------------------------------------------------- */

static void
change_message(MailsimImapServer *server, guint number, const Change *change)
{
    static const MailsimFlagSet none = {0};
    const MailsimFlagSet *old = &mailsim_mailbox_view_get(server->view, number)->flags;
    g_autoptr(GPtrArray) keywords = g_ptr_array_new();
    MailsimFlagSet flags = {.flags = change->flags.flags, .keywords = keywords};

    switch (change->way) {
    case REPLACE:
        add_others(keywords, &change->flags, &none);
        break;
    case ADD:
        flags.flags |= old->flags;
        add_others(keywords, old, &none);
        add_others(keywords, &change->flags, old);
        break;
    case REMOVE:
        flags.flags = old->flags & ~change->flags.flags;
        add_others(keywords, old, &change->flags);
        break;
    }
    if (is_same(old, &flags))
        return;
    if ((flags.flags & ~old->flags & MAILSIM_MESSAGE_DELETED) != 0)
        server->tally.n_deleted++;
    mailsim_mailbox_view_set_flags(server->view, number, &flags, change->silent);
}

static void
change_messages(MailsimImapServer *server, const GArray *numbers, const Change *change)
{
    for (guint i = 0; i < numbers->len; i++) {
        const MailsimImapRange *range = &g_array_index(numbers, MailsimImapRange, i);

        for (guint32 number = range->first; number <= range->last; number++)
            change_message(server, number, change);
    }
}

void
mailsim_imap_server_do_store(MailsimImapServer *server)
{
    const char *set = mailsim_imap_server_get_atom(server, 0);
    g_auto(Change) change = {0};
    g_autoptr(GArray) numbers = NULL;
    const guint expunges = server->by_uid ? MAILSIM_LOOK_EXPUNGES : 0;
    guint with_uids;

    if (set == NULL) {
        mailsim_imap_server_fail(server, "Invalid arguments");
        return;
    }
    numbers = mailsim_imap_server_parse_set(server, set);
    if (numbers == NULL || !parse_change(server, &change) ||
        !mailsim_imap_server_add_keywords(server, server->mailbox, &change.flags))
        return;
    if (server->examined) {
        mailsim_imap_server_finish_with_news(server, expunges,
                                             "OK Store ignored with read-only mailbox");
        return;
    }
    change_messages(server, numbers, &change);
    with_uids = server->by_uid && !change.silent ? MAILSIM_IMAP_LOOK_WITH_UIDS : 0;
    mailsim_imap_server_finish_with_news(server, MAILSIM_LOOK_DELIVERIES | expunges | with_uids,
                                         "OK Store completed");
}
