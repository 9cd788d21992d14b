/* SPDX-License-Identifier: MIT
 *
 * SEARCH (RFC 3501 §6.4.4): which messages are looked at. What is looked for is in
 * imap-search.c. */
#include "imap-server-private.h"

/* So much is done before others may do something (see mailsim_imap_search_get_work). */
#define WORK_AT_A_TIME (4 * 1000 * 1000)

void
mailsim_imap_server_clear_search(MailsimImapServer *server)
{
    g_clear_pointer(&server->search.program, mailsim_imap_search_free);
    server->search = (MailsimImapServerSearch){0};
}

static void
finish_search(MailsimImapServer *server)
{
    const guint look = server->by_uid ? MAILSIM_LOOK_EXPUNGES : 0;
    const gboolean missed = server->search.missed;

    g_string_append(server->out, "\r\n");
    mailsim_imap_server_clear_search(server);
    if (missed)
        mailsim_imap_server_finish_with_news(server, look,
                                             "OK [EXPUNGEISSUED] Search completed");
    else
        mailsim_imap_server_finish_with_news(server, look, "OK Search completed");
}

static void
search_message(MailsimImapServer *server, guint number)
{
    MailsimImapServerSearch *search = &server->search;

    switch (mailsim_imap_search_judge(search->program, server->view, number)) {
    case MAILSIM_IMAP_SEARCH_YES:
        g_string_append_printf(
            server->out, " %u",
            server->by_uid ? mailsim_mailbox_view_get(server->view, number)->uid : number);
        break;
    case MAILSIM_IMAP_SEARCH_UNKNOWN:
        search->missed = TRUE;
        break;
    case MAILSIM_IMAP_SEARCH_MISS:
        break;
    }
}

void
mailsim_imap_server_continue_search(MailsimImapServer *server)
{
    MailsimImapServerSearch *search = &server->search;
    const guint64 most = mailsim_imap_search_get_work(search->program) + WORK_AT_A_TIME;

    while (search->next <= mailsim_mailbox_view_count(server->view)) {
        if (mailsim_imap_search_get_work(search->program) > most)
            return;
        search_message(server, search->next++);
    }
    finish_search(server);
}

static void
begin_search(MailsimImapServer *server, MailsimImapSearch *program)
{
    const GPtrArray *keywords = mailsim_imap_search_get_keywords(program);

    for (guint i = 0; i < keywords->len; i++)
        mailsim_mailbox_add_keyword(server->mailbox, g_ptr_array_index(keywords, i));
    server->search.program = program;
    server->search.next = 1;
    g_string_append(server->out, "* SEARCH");
    mailsim_imap_server_continue_search(server);
}

void
mailsim_imap_server_do_search(MailsimImapServer *server)
{
    MailsimImapSearch *program = NULL;
    g_autofree char *problem = NULL;

    switch (mailsim_imap_search_parse(server->reader.arguments, 0, server->view, &program,
                                      &problem)) {
    case MAILSIM_IMAP_SEARCH_BAD:
        mailsim_imap_server_fail(server, problem);
        break;
    case MAILSIM_IMAP_SEARCH_NO:
        mailsim_imap_server_finish(server, "NO %s", problem);
        break;
    case MAILSIM_IMAP_SEARCH_OK:
        begin_search(server, program);
        break;
    }
}
