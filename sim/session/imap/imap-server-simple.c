/* SPDX-License-Identifier: MIT
 *
 * Commands that change nothing. */
#include "imap-server-private.h"

#define LOOK_FOR_ALL (MAILSIM_LOOK_EXPUNGES | MAILSIM_LOOK_DELIVERIES)

void
mailsim_imap_server_do_capability(MailsimImapServer *server)
{
    mailsim_imap_server_say(server, "* CAPABILITY %s", mailsim_imap_server_get_capabilities());
    mailsim_imap_server_finish(server, "OK Capability completed");
}

void
mailsim_imap_server_do_noop(MailsimImapServer *server)
{
    mailsim_imap_server_finish_with_news(server, LOOK_FOR_ALL, "OK NOOP completed");
}

void
mailsim_imap_server_do_check(MailsimImapServer *server)
{
    mailsim_imap_server_finish_with_news(server, LOOK_FOR_ALL, "OK Check completed");
}

void
mailsim_imap_server_do_logout(MailsimImapServer *server)
{
    mailsim_imap_server_say(server, "* BYE Logging out");
    mailsim_imap_server_finish(server, "OK Logout completed");
    mailsim_imap_server_log_end(server, "Logged out");
}

/* What the client says of itself is not looked at (imap_id_log). */
void
mailsim_imap_server_do_id(MailsimImapServer *server)
{
    mailsim_imap_server_say(server, "* ID (\"name\" \"Dovecot\")");
    mailsim_imap_server_finish(server, "OK ID completed");
}

/* RFC 5161: none of the extensions that are announced has to be enabled. */
void
mailsim_imap_server_do_enable(MailsimImapServer *server)
{
    for (guint i = 0; i < server->reader.arguments->len; i++) {
        if (mailsim_imap_server_get_atom(server, i) == NULL) {
            mailsim_imap_server_fail(server, "Invalid arguments");
            return;
        }
    }
    mailsim_imap_server_finish(server, "OK Enabled");
}

void
mailsim_imap_server_do_namespace(MailsimImapServer *server)
{
    mailsim_imap_server_say(server, "* NAMESPACE ((\"\" \"%c\")) NIL NIL",
                            mailsim_mail_store_get_separator(server->store));
    mailsim_imap_server_finish(server, "OK Namespace completed");
}
