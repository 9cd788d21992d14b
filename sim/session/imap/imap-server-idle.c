/* SPDX-License-Identifier: MIT
 *
 * IDLE (RFC 2177): news as they come, and a sign of life now and then. */
#include "imap-server-private.h"

#define LOOK_FOR_ALL (MAILSIM_LOOK_EXPUNGES | MAILSIM_LOOK_DELIVERIES)

/* Dovecot waits a moment for what may come with it (lib-storage, NOTIFY_DELAY_MSECS). */
#define TELL_DELAY_US (MAILSIM_SECOND / 2)

static void
tell(MailsimImapServer *server)
{
    server->idle.tell_us = 0;
    if (server->view != NULL)
        mailsim_imap_server_tell_news(server, LOOK_FOR_ALL);
}

void
mailsim_imap_server_do_idle(MailsimImapServer *server)
{
    MailsimImapServerIdle *idle = &server->idle;

    idle->still_here_us = mailsim_imap_server_get_now(server) + server->options.idle_notify_us;
    idle->n_out_before = server->tally.n_out + server->out->len;
    mailsim_imap_server_say(server, "+ idling");
    server->state = MAILSIM_IMAP_EXPECT_DONE;
    tell(server);
}

/* Whatever is said ends it, and is no command. */
void
mailsim_imap_server_end_idle(MailsimImapServer *server, const char *line)
{
    if (g_ascii_strcasecmp(line, "DONE") == 0)
        mailsim_imap_server_finish(server, "OK Idle completed");
    else
        mailsim_imap_server_finish(server, "BAD Expected DONE");
}

/* Without a clock nothing can be put off. */
void
mailsim_imap_server_notice(MailsimImapServer *server)
{
    if (server->policy == NULL || server->policy->get_now == NULL)
        tell(server);
    else if (server->idle.tell_us == 0 && server->view != NULL)
        server->idle.tell_us = mailsim_imap_server_get_now(server) + TELL_DELAY_US;
}

void
mailsim_imap_server_wake_idle(MailsimImapServer *server)
{
    MailsimImapServerIdle *idle = &server->idle;
    const MailsimTime now_us = mailsim_imap_server_get_now(server);

    if (idle->tell_us != 0 && now_us >= idle->tell_us) {
        tell(server);
        return;
    }
    mailsim_imap_server_say(server, "* OK Still here");
    idle->still_here_us = now_us + server->options.idle_notify_us;
}

gint64
mailsim_imap_server_get_idle_patience(const MailsimImapServer *server)
{
    const MailsimImapServerIdle *idle = &server->idle;
    MailsimTime due_us = idle->still_here_us;

    if (idle->tell_us != 0)
        due_us = MIN(due_us, idle->tell_us);
    return MAX(due_us - mailsim_imap_server_get_now(server), 1);
}
