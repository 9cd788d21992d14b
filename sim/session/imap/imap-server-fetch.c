/* SPDX-License-Identifier: MIT
 *
 * FETCH (RFC 3501 §6.4.5): of which messages. What is said of each is in imap-fetch-items.c. */
#include "imap-server-private.h"

/* So much is said before the client takes it, but for what one item is. */
#define SAY_BYTES (256 * 1024)

void
mailsim_imap_server_clear_fetch(MailsimImapServer *server)
{
    MailsimImapServerFetch *fetch = &server->fetch;

    g_clear_pointer(&fetch->items, mailsim_imap_fetch_items_free);
    g_clear_pointer(&fetch->numbers, g_array_unref);
    *fetch = (MailsimImapServerFetch){0};
}

static void
finish_fetch(MailsimImapServer *server)
{
    const MailsimImapServerFetch *fetch = &server->fetch;
    const gboolean missed = fetch->missed;
    const guint look = (server->by_uid ? MAILSIM_LOOK_EXPUNGES : 0) |
                       (fetch->marks ? MAILSIM_LOOK_DELIVERIES : 0);

    mailsim_imap_server_clear_fetch(server);
    if (missed)
        mailsim_imap_server_finish_with_news(
            server, look, "OK [EXPUNGEISSUED] Some messages were already expunged");
    else
        mailsim_imap_server_finish_with_news(server, look, "OK Fetch completed");
}

/* FALSE: enough is said for now. */
static gboolean
fetch_message(MailsimImapServer *server)
{
    MailsimImapServerFetch *fetch = &server->fetch;

    if (!fetch->in_message)
        mailsim_imap_fetch_items_begin(fetch->items, server->view, fetch->next,
                                       !server->examined, server->out);
    fetch->in_message = TRUE;
    while (server->out->len < SAY_BYTES) {
        if (mailsim_imap_fetch_items_continue(fetch->items, server->view,
                                              &server->tally.fetched, server->out))
            continue;
        fetch->in_message = FALSE;
        fetch->missed = fetch->missed || mailsim_imap_fetch_items_missed(fetch->items);
        fetch->marks = fetch->marks || mailsim_imap_fetch_items_marked(fetch->items);
        return TRUE;
    }
    return FALSE;
}

void
mailsim_imap_server_continue_fetch(MailsimImapServer *server)
{
    MailsimImapServerFetch *fetch = &server->fetch;

    for (; fetch->next_range < fetch->numbers->len; fetch->next_range++) {
        const MailsimImapRange *range =
            &g_array_index(fetch->numbers, MailsimImapRange, fetch->next_range);

        for (fetch->next = MAX(fetch->next, range->first); fetch->next <= range->last;
             fetch->next++) {
            if (!fetch_message(server))
                return;
        }
    }
    finish_fetch(server);
}

void
mailsim_imap_server_do_fetch(MailsimImapServer *server)
{
    MailsimImapServerFetch *fetch = &server->fetch;
    const GPtrArray *arguments = server->reader.arguments;
    g_autofree char *problem = NULL;

    if (!mailsim_imap_fetch_is_well_formed(arguments, 0)) {
        mailsim_imap_server_fail(server, "Invalid arguments");
        return;
    }
    fetch->numbers =
        mailsim_imap_server_parse_set(server, mailsim_imap_server_get_string(server, 0));
    if (fetch->numbers == NULL)
        return;
    fetch->items = mailsim_imap_fetch_items_parse(arguments, 0, server->by_uid, &problem);
    if (fetch->items == NULL) {
        mailsim_imap_server_clear_fetch(server);
        mailsim_imap_server_fail(server, problem);
        return;
    }
    mailsim_imap_server_tell_keywords(server);
    mailsim_imap_server_continue_fetch(server);
}
