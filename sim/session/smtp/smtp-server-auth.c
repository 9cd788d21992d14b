/* SPDX-License-Identifier: MIT
 *
 * AUTH (RFC 4954) as Postfix answers it with Dovecot behind. What a mechanism says is the
 * policy's affair; here are the replies around it. */
#include "smtp-server-private.h"

#include <string.h>

#define reply mailsim_smtp_server_reply

static MailsimWant
conclude(MailsimSmtpServer *server, MailsimSaslResult result, char *text, GString *out)
{
    g_autofree char *owned = text;
    g_autofree char *line = NULL;

    server->state = MAILSIM_SMTP_EXPECT_COMMAND;
    switch (result) {
    case MAILSIM_SASL_OK:
        server->envelope.user = g_steal_pointer(&owned);
        return reply(out, "235 2.7.0 Authentication successful");
    case MAILSIM_SASL_CONTINUE:
        server->state = MAILSIM_SMTP_EXPECT_SASL_RESPONSE;
        line = g_strdup_printf("334 %s", owned);
        return reply(out, line);
    case MAILSIM_SASL_FAILED:
        g_clear_pointer(&server->envelope.mechanism, g_free);
        line = g_strdup_printf("535 5.7.8 Error: authentication failed: %s", owned);
        return reply(out, line);
    case MAILSIM_SASL_UNAVAILABLE:
        g_clear_pointer(&server->envelope.mechanism, g_free);
        line = g_strdup_printf("454 4.7.0 Temporary authentication failure: %s", owned);
        return reply(out, line);
    }
    g_assert_not_reached();
}

/* auth-command = "AUTH" SP sasl-mech [SP initial-response] *(CRLF [base64]) [CRLF
 * cancel-response]
 *                                                                       RFC 4954 §4 */
MailsimWant
mailsim_smtp_server_do_auth(MailsimSmtpServer *server,
                            const MailsimSmtpCommand *command,
                            GString *out)
{
    const char *argument = command->argument;
    gsize length = strcspn(argument, " \t");
    const char *initial = argument + length + strspn(argument + length, " \t");
    char *text = NULL;
    MailsimSaslResult result;

    if (mailsim_smtp_server_is_too_much(server, MAILSIM_ACT_AUTH, out))
        return MAILSIM_WANT_LINE;
    if (server->options.helo_required && server->envelope.helo_name == NULL)
        return reply(out, "503 5.5.1 Error: send HELO/EHLO first");
    if (!mailsim_smtp_server_offers_auth(server) ||
        mailsim_smtp_server_discards(server, "AUTH"))
        return reply(out, "503 5.5.1 Error: authentication not enabled");
    if (server->envelope.sender != NULL)
        return reply(out, "503 5.5.1 Error: MAIL transaction in progress");
    if (server->envelope.user != NULL)
        return reply(out, "503 5.5.1 Error: already authenticated");
    if (length == 0 || strpbrk(initial, " \t") != NULL)
        return reply(out, "501 5.5.4 Syntax: AUTH mechanism");

    g_free(server->envelope.mechanism);
    server->envelope.mechanism = g_strndup(argument, length);
    result = server->policy->sasl_start(server->data, server->envelope.mechanism,
                                        initial[0] != '\0' ? initial : NULL, &text);
    return conclude(server, result, text, out);
}

MailsimWant
mailsim_smtp_server_hear_sasl_response(MailsimSmtpServer *server,
                                       const char *response,
                                       GString *out)
{
    char *text = NULL;
    MailsimSaslResult result;

    if (g_str_equal(response, "*")) {
        server->state = MAILSIM_SMTP_EXPECT_COMMAND;
        mailsim_smtp_server_log(server, "warning: %s: SASL %s authentication aborted",
                                server->options.client, server->envelope.mechanism);
        g_clear_pointer(&server->envelope.mechanism, g_free);
        return reply(out, "501 5.7.0 Authentication aborted");
    }
    result = server->policy->sasl_step(server->data, response, &text);
    return conclude(server, result, text, out);
}
