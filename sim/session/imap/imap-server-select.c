/* SPDX-License-Identifier: MIT
 *
 * SELECT and EXAMINE, and what ends them (RFC 3501 §6.3.1, §6.4.2, RFC 3691). */
#include "imap-server-private.h"

void
mailsim_imap_server_unselect(MailsimImapServer *server)
{
    g_clear_pointer(&server->view, mailsim_mailbox_view_free);
    server->mailbox = NULL;
}

/* The number of the first message that is not \Seen; 0: there is none. */
static guint
find_unseen(const MailsimMailboxView *view)
{
    for (guint number = 1; number <= mailsim_mailbox_view_count(view); number++) {
        if ((mailsim_mailbox_view_get(view, number)->flags.flags & MAILSIM_MESSAGE_SEEN) == 0)
            return number;
    }
    return 0;
}

static void
open_mailbox(MailsimImapServer *server, MailsimMailbox *mailbox, gboolean examine)
{
    guint unseen;

    server->mailbox = mailbox;
    server->view = mailsim_mailbox_view_new(mailbox, examine);
    server->examined = examine;
    server->n_messages = mailsim_mailbox_view_count(server->view);
    server->n_recent = mailsim_mailbox_view_count_recent(server->view);
    unseen = find_unseen(server->view);
    mailsim_imap_server_tell_flags(server);
    mailsim_imap_server_say(server, "* %u EXISTS", server->n_messages);
    mailsim_imap_server_say(server, "* %u RECENT", server->n_recent);
    if (unseen > 0)
        mailsim_imap_server_say(server, "* OK [UNSEEN %u] First unseen.", unseen);
    mailsim_imap_server_say(server, "* OK [UIDVALIDITY %u] UIDs valid",
                            mailsim_mailbox_get_uid_validity(mailbox));
    mailsim_imap_server_say(server, "* OK [UIDNEXT %u] Predicted next UID",
                            mailsim_mailbox_get_uid_next(mailbox));
    if (examine)
        mailsim_imap_server_finish(server, "OK [READ-ONLY] Examine completed");
    else
        mailsim_imap_server_finish(server, "OK [READ-WRITE] Select completed");
}

/* Whatever becomes of the command, what was selected is so no more. */
static void
select_mailbox(MailsimImapServer *server, gboolean examine)
{
    const char *name = mailsim_imap_server_get_string(server, 0);
    g_autofree char *refusal = NULL;
    MailsimMailbox *mailbox;

    if (server->view != NULL) {
        mailsim_imap_server_unselect(server);
        mailsim_imap_server_say(server, "* OK [CLOSED] Previous mailbox closed.");
    }
    if (name == NULL) {
        mailsim_imap_server_fail(server, "Invalid arguments");
        return;
    }
    if (mailsim_imap_server_get_list(server, 1) != NULL) {
        mailsim_imap_server_fail(server, "Unknown FETCH modifier");
        return;
    }
    mailbox = mailsim_imap_server_find_mailbox(server, name, &refusal);
    if (mailbox == NULL)
        mailsim_imap_server_finish(server, "%s", refusal);
    else
        open_mailbox(server, mailbox, examine);
}

void
mailsim_imap_server_do_select(MailsimImapServer *server)
{
    select_mailbox(server, FALSE);
}

void
mailsim_imap_server_do_examine(MailsimImapServer *server)
{
    select_mailbox(server, TRUE);
}

static void
tell_nothing(G_GNUC_UNUSED gpointer data, G_GNUC_UNUSED guint number)
{
}

/* What has come meanwhile is nobody's news any more: it is not \Recent to the next. */
static void
take_news(MailsimImapServer *server)
{
    static const MailsimMailboxNews news = {tell_nothing, tell_nothing};

    mailsim_mailbox_view_look(server->view, MAILSIM_LOOK_DELIVERIES, &news, NULL);
}

void
mailsim_imap_server_do_close(MailsimImapServer *server)
{
    if (mailsim_mailbox_view_is_lost(server->view)) {
        mailsim_imap_server_say(server, "* NO Mailbox was deleted under us");
        mailsim_imap_server_tell_news(server, 0);
        return;
    }
    if (!server->examined)
        mailsim_imap_server_expunge(server, NULL);
    take_news(server);
    mailsim_imap_server_unselect(server);
    mailsim_imap_server_finish(server, "OK Close completed");
}

void
mailsim_imap_server_do_unselect(MailsimImapServer *server)
{
    mailsim_imap_server_unselect(server);
    mailsim_imap_server_finish(server, "OK Unselect completed");
}
