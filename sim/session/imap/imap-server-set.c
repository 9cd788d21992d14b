/* SPDX-License-Identifier: MIT
 *
 * The arguments of a command, one by one, and sets of messages: sequence numbers or UIDs, both
 * are numbers of the view then. */
#include "imap-server-private.h"

#include <string.h>

static const MailsimImapArgument *
get_argument(const MailsimImapServer *server, guint index)
{
    const GPtrArray *arguments = server->reader.arguments;

    return index < arguments->len ? g_ptr_array_index(arguments, index) : NULL;
}

const char *
mailsim_imap_server_get_string(const MailsimImapServer *server, guint index)
{
    const MailsimImapArgument *argument = get_argument(server, index);

    return argument != NULL ? argument->text : NULL;
}

const char *
mailsim_imap_server_get_atom(const MailsimImapServer *server, guint index)
{
    const MailsimImapArgument *argument = get_argument(server, index);

    return argument != NULL && argument->kind == MAILSIM_IMAP_ATOM ? argument->text : NULL;
}

const GPtrArray *
mailsim_imap_server_get_list(const MailsimImapServer *server, guint index)
{
    const MailsimImapArgument *argument = get_argument(server, index);

    return argument != NULL ? argument->items : NULL;
}

/* The messages that have the UIDs; those that do not exist do not count. */
static GArray *
find_numbers(const MailsimMailboxView *view, const GArray *uids)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(MailsimImapRange));

    for (guint i = 0; i < uids->len; i++) {
        const MailsimImapRange *range = &g_array_index(uids, MailsimImapRange, i);
        const MailsimImapRange found = {
            mailsim_mailbox_view_find_from(view, range->first),
            range->last == G_MAXUINT32
                ? mailsim_mailbox_view_count(view)
                : mailsim_mailbox_view_find_from(view, range->last + 1) - 1,
        };

        if (found.first <= found.last)
            g_array_append_val(numbers, found);
    }
    return numbers;
}

static GArray *
parse_uids(const MailsimMailboxView *view, const char *text)
{
    const guint n_messages = mailsim_mailbox_view_count(view);
    const guint32 star =
        n_messages > 0 ? mailsim_mailbox_view_get(view, n_messages)->uid : G_MAXUINT32;
    g_autoptr(GArray) uids = mailsim_imap_set_parse(text, star);

    return uids != NULL ? find_numbers(view, uids) : NULL;
}

static GArray *
parse_numbers(const MailsimMailboxView *view, const char *text)
{
    const guint n_messages = mailsim_mailbox_view_count(view);
    g_autoptr(GArray) numbers =
        n_messages > 0 ? mailsim_imap_set_parse(text, n_messages) : NULL;

    if (numbers == NULL ||
        g_array_index(numbers, MailsimImapRange, numbers->len - 1).last > n_messages)
        return NULL;
    return g_steal_pointer(&numbers);
}

/* “$” is what a SEARCH has saved (RFC 5182): here none ever does. */
GArray *
mailsim_imap_server_parse_set(MailsimImapServer *server, const char *text)
{
    GArray *numbers;

    if (strcmp(text, "$") == 0)
        return g_array_new(FALSE, FALSE, sizeof(MailsimImapRange));
    numbers =
        server->by_uid ? parse_uids(server->view, text) : parse_numbers(server->view, text);
    if (numbers == NULL)
        mailsim_imap_server_fail(server,
                                 server->by_uid ? "Invalid uidset" : "Invalid messageset");
    return numbers;
}
