/* SPDX-License-Identifier: MIT
 *
 * COPY and MOVE (RFC 3501 §6.4.7, RFC 6851), with the UIDs of both sides (RFC 4315). */
#include "imap-server-private.h"

#include <mailsim/base/limits.h>

#define LOOK_FOR_ALL (MAILSIM_LOOK_EXPUNGES | MAILSIM_LOOK_DELIVERIES)
#define FULL         "NO [OVERQUOTA] Quota exceeded (mailbox for user is full)"

gboolean
mailsim_imap_server_has_room(const MailsimImapServer *server, guint n_messages, guint64 size)
{
    const GPtrArray *mailboxes = mailsim_mail_store_list(server->store);
    guint64 n_all = n_messages;
    guint64 size_of_all = size;

    for (guint i = 0; i < mailboxes->len; i++) {
        const MailsimMailbox *mailbox = g_ptr_array_index(mailboxes, i);

        n_all += mailsim_mailbox_get_messages(mailbox)->len;
        size_of_all += mailsim_mailbox_get_size(mailbox);
    }
    return n_all <= MAILSIM_MESSAGES_MAX && size_of_all <= MAILSIM_MAIL_MAX_BYTES;
}

static guint64
measure(const GPtrArray *messages)
{
    guint64 size = 0;

    for (guint i = 0; i < messages->len; i++)
        size += ((const MailsimStoredMessage *)g_ptr_array_index(messages, i))->size;
    return size;
}

/* Of NUMBERS; NULL: one of them is gone. */
static GPtrArray *
list_messages(const MailsimImapServer *server, const GArray *numbers)
{
    g_autoptr(GPtrArray) messages = g_ptr_array_new();

    for (guint i = 0; i < numbers->len; i++) {
        const MailsimImapRange *range = &g_array_index(numbers, MailsimImapRange, i);

        for (guint32 number = range->first; number <= range->last; number++) {
            if (mailsim_mailbox_view_is_gone(server->view, number))
                return NULL;
            g_ptr_array_add(messages, mailsim_mailbox_view_get(server->view, number));
        }
    }
    return g_steal_pointer(&messages);
}

/* “COPYUID 1763757296 2:3 1:2”; free with g_free(). */
static char *
copy_messages(const GPtrArray *messages, MailsimMailbox *target)
{
    g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(MailsimImapRange));
    g_autoptr(GArray) copies = g_array_new(FALSE, FALSE, sizeof(MailsimImapRange));
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;

    for (guint i = 0; i < messages->len; i++) {
        const MailsimStoredMessage *message = g_ptr_array_index(messages, i);

        mailsim_imap_set_add(sources, message->uid);
        mailsim_imap_set_add(copies, mailsim_mailbox_append_copy(target, message));
    }
    mailsim_mailbox_come_upon(target);
    from = mailsim_imap_set_format(sources);
    to = mailsim_imap_set_format(copies);
    return g_strdup_printf("COPYUID %u %s %s", mailsim_mailbox_get_uid_validity(target), from,
                           to);
}

/* The mailbox that the command names; NULL: there is none, and its reply is said. */
static MailsimMailbox *
find_target(MailsimImapServer *server)
{
    g_autofree char *refusal = NULL;
    MailsimMailbox *target = mailsim_imap_server_find_target(
        server, mailsim_imap_server_get_string(server, 1), &refusal);

    if (target == NULL)
        mailsim_imap_server_finish(server, "%s", refusal);
    return target;
}

static void
copy(MailsimImapServer *server, gboolean move)
{
    g_autoptr(GArray) numbers =
        mailsim_imap_server_parse_set(server, mailsim_imap_server_get_string(server, 0));
    MailsimMailbox *target = numbers != NULL ? find_target(server) : NULL;
    g_autoptr(GPtrArray) messages = target != NULL ? list_messages(server, numbers) : NULL;
    g_autofree char *uids = NULL;

    if (target == NULL)
        return;
    if (messages == NULL) {
        mailsim_imap_server_finish_with_news(
            server, LOOK_FOR_ALL,
            "NO [EXPUNGEISSUED] Some of the requested messages no longer exist");
        return;
    }
    if (messages->len == 0) {
        mailsim_imap_server_finish_with_news(server, LOOK_FOR_ALL, "OK No messages found");
        return;
    }
    if (!mailsim_imap_server_has_room(server, messages->len, measure(messages))) {
        mailsim_imap_server_finish(server, FULL);
        return;
    }
    uids = copy_messages(messages, target);
    if (!move) {
        mailsim_imap_server_finish_with_news(server, LOOK_FOR_ALL, "OK [%s] Copy completed",
                                             uids);
        return;
    }
    mailsim_imap_server_say(server, "* OK [%s] Moved UIDs.", uids);
    mailsim_mailbox_expunge(server->mailbox, messages);
    mailsim_imap_server_finish_with_news(server, LOOK_FOR_ALL, "OK Move completed");
}

void
mailsim_imap_server_do_copy(MailsimImapServer *server)
{
    copy(server, FALSE);
}

void
mailsim_imap_server_do_move(MailsimImapServer *server)
{
    copy(server, TRUE);
}
