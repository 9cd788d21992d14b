/* SPDX-License-Identifier: MIT
 *
 * VRFY and ETRN, which ask and send nothing, as Postfix answers them. */
#include "smtp-server-private.h"

#include <string.h>

#include <mailsim/protocol/domain-name.h>

#define reply mailsim_smtp_server_reply

/* vrfy = "VRFY" SP String CRLF                                        RFC 5321 §4.1.1.6 */
MailsimWant
mailsim_smtp_server_do_vrfy(MailsimSmtpServer *server,
                            const MailsimSmtpCommand *command,
                            GString *out)
{
    const MailsimSmtpPathOptions options = mailsim_smtp_server_get_path_options(server);
    g_auto(MailsimSmtpPath) path = {0};
    g_autofree char *refusal = NULL;
    MailsimPathResult result;

    if (server->options.vrfy_disabled)
        return reply(out, "502 5.5.1 VRFY command is disabled");
    result = mailsim_smtp_mailbox_parse_with(command->rest, &options, &path);
    if (result != MAILSIM_PATH_SYNTAX &&
        mailsim_smtp_server_is_too_much(server, MAILSIM_ACT_RECIPIENT, out))
        return MAILSIM_WANT_LINE;
    switch (result) {
    case MAILSIM_PATH_OK:
        break;
    case MAILSIM_PATH_SYNTAX:
        return reply(out, server->options.smtputf8_disabled
                              ? "501 5.5.4 Syntax: VRFY address"
                              : "501 5.5.4 Syntax: VRFY address [SMTPUTF8]");
    case MAILSIM_PATH_BAD_ADDRESS:
        mailsim_smtp_server_log_bad_address(server, "VRFY", &path);
        return reply(out, "501 5.1.3 Bad recipient address syntax");
    }
    refusal = mailsim_smtp_server_check(server, MAILSIM_STAGE_VRFY, path.address);
    if (refusal != NULL)
        return reply(out, refusal);
    g_string_append_printf(out, "252 2.0.0 %s\r\n", path.written);
    return MAILSIM_WANT_LINE;
}

static gboolean
is_domain(const char *domain)
{
    return mailsim_domain_name_is_valid(domain) || mailsim_domain_name_is_literal(domain);
}

/* ETRN [option character]<node name>                                    RFC 1985 §5.1 */
MailsimWant
mailsim_smtp_server_do_etrn(MailsimSmtpServer *server,
                            const MailsimSmtpCommand *command,
                            GString *out)
{
    const char *argument = command->argument;
    const char *domain = argument;
    g_autofree char *refusal = NULL;

    if (server->options.helo_required && server->envelope.helo_name == NULL)
        return reply(out, "503 Error: send HELO/EHLO first");
    if (server->envelope.sender != NULL)
        return reply(out, "503 Error: MAIL transaction in progress");
    if (argument[0] == '\0' || strpbrk(argument, " \t") != NULL)
        return reply(out, "500 Syntax: ETRN domain");
    if (domain[0] == '@' || domain[0] == '#')
        domain++;
    if (!is_domain(domain))
        return reply(out, "501 Error: invalid parameter syntax");
    refusal = mailsim_smtp_server_check(server, MAILSIM_STAGE_ETRN, domain);
    if (refusal == NULL && server->policy->flush != NULL)
        refusal = server->policy->flush(server->data, domain);
    if (refusal == NULL) {
        mailsim_smtp_server_log(server, "warning: reject: ETRN %.100s... from %s", domain,
                                server->options.client);
        refusal = g_strdup_printf("459 <%s>: service unavailable", domain);
    }
    return reply(out, refusal);
}

/* postconf(5) smtpd_authorized_xclient_hosts, smtpd_authorized_xforward_hosts: nobody. XFORWARD
 * is answered likewise. */
MailsimWant
mailsim_smtp_server_do_xclient(MailsimSmtpServer *server,
                               const MailsimSmtpCommand *command,
                               GString *out)
{
    g_autofree char *syntax = NULL;

    if (server->envelope.sender != NULL)
        return reply(out, "503 5.5.1 Error: MAIL transaction in progress");
    if (command->argument[0] != '\0')
        return reply(out, "550 5.7.0 Error: insufficient authorization");
    syntax = g_strdup_printf("501 5.5.4 Syntax: %s attribute=value...", command->verb);
    return reply(out, syntax);
}
