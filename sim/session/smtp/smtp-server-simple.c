/* SPDX-License-Identifier: MIT
 *
 * STARTTLS, RSET, NOOP and QUIT, as Postfix answers them. */
#include "smtp-server-private.h"

#define reply mailsim_smtp_server_reply

MailsimWant
mailsim_smtp_server_do_starttls(MailsimSmtpServer *server,
                                const MailsimSmtpCommand *command,
                                GString *out)
{
    if (command->argument[0] != '\0')
        return reply(out, "501 5.5.4 Syntax: STARTTLS");
    if (server->envelope.secured)
        return reply(out, "554 5.5.1 Error: TLS already active");
    if (!server->options.tls_offered || mailsim_smtp_server_discards(server, "STARTTLS"))
        return reply(out, "502 5.5.1 Error: command not implemented");
    if (server->options.tls_broken)
        return reply(out, "454 4.7.0 TLS not available due to local problem");
    if (mailsim_smtp_server_is_too_much(server, MAILSIM_ACT_STARTTLS, out))
        return MAILSIM_WANT_LINE;
    reply(out, "220 2.0.0 Ready to start TLS");
    return MAILSIM_WANT_TLS;
}

MailsimWant
mailsim_smtp_server_do_rset(MailsimSmtpServer *server,
                            const MailsimSmtpCommand *command,
                            GString *out)
{
    if (command->argument[0] != '\0')
        return reply(out, "501 5.5.4 Syntax: RSET");
    mailsim_smtp_server_reset_transaction(server);
    return reply(out, "250 2.0.0 Ok");
}

MailsimWant
mailsim_smtp_server_do_noop(G_GNUC_UNUSED MailsimSmtpServer *server,
                            G_GNUC_UNUSED const MailsimSmtpCommand *command,
                            GString *out)
{
    return reply(out, "250 2.0.0 Ok");
}

MailsimWant
mailsim_smtp_server_do_quit(G_GNUC_UNUSED MailsimSmtpServer *server,
                            G_GNUC_UNUSED const MailsimSmtpCommand *command,
                            GString *out)
{
    reply(out, "221 2.0.0 Bye");
    return MAILSIM_WANT_END;
}
