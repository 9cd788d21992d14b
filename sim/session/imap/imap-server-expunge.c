/* SPDX-License-Identifier: MIT
 *
 * EXPUNGE (RFC 3501 §6.4.3), and that of certain UIDs (RFC 4315). What is gone is told with the
 * news. */
#include "imap-server-private.h"

#define LOOK_FOR_ALL (MAILSIM_LOOK_EXPUNGES | MAILSIM_LOOK_DELIVERIES)

void
mailsim_imap_server_expunge(MailsimImapServer *server, const GArray *numbers)
{
    g_autoptr(GPtrArray) gone = g_ptr_array_new();
    const MailsimImapRange all = {1, mailsim_mailbox_view_count(server->view)};
    const guint n_ranges = numbers != NULL ? numbers->len : 1;

    for (guint i = 0; i < n_ranges; i++) {
        const MailsimImapRange range =
            numbers != NULL ? g_array_index(numbers, MailsimImapRange, i) : all;

        for (guint32 number = range.first; number <= range.last; number++) {
            MailsimStoredMessage *message = mailsim_mailbox_view_get(server->view, number);

            if ((message->flags.flags & MAILSIM_MESSAGE_DELETED) != 0)
                g_ptr_array_add(gone, message);
        }
    }
    server->tally.n_expunged += gone->len;
    if (gone->len > 0)
        mailsim_mailbox_expunge(server->mailbox, gone);
}

static void
expunge(MailsimImapServer *server, const GArray *numbers)
{
    if (!server->examined)
        mailsim_imap_server_expunge(server, numbers);
    mailsim_imap_server_finish_with_news(server, LOOK_FOR_ALL, "OK Expunge completed");
}

void
mailsim_imap_server_do_expunge(MailsimImapServer *server)
{
    expunge(server, NULL);
}

void
mailsim_imap_server_do_uid_expunge(MailsimImapServer *server)
{
    g_autoptr(GArray) numbers =
        mailsim_imap_server_parse_set(server, mailsim_imap_server_get_string(server, 0));

    if (numbers != NULL)
        expunge(server, numbers);
}
