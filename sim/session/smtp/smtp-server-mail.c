/* SPDX-License-Identifier: MIT
 *
 * MAIL and RCPT: the envelope, and the parameters of the extensions (RFC 5321 §4.1.1.11). */
#include "smtp-server-private.h"

#include <string.h>

#define reply mailsim_smtp_server_reply

static char *
refuse_size(const char *value)
{
    guint64 size;

    if (strspn(value, "0123456789") != strlen(value) || value[0] == '\0')
        return g_strdup("501 5.5.4 Bad message size syntax");
    size = g_ascii_strtoull(value, NULL, 10);
    if (size > G_MAXINT64)
        return g_strdup("552 5.3.4 Message size exceeds file system imposed limit");
    return NULL;
}

static gboolean
is_one_of(const char *value, const char *first, const char *second)
{
    return g_ascii_strcasecmp(value, first) == 0 || g_ascii_strcasecmp(value, second) == 0;
}

static gboolean
offers_smtputf8(const MailsimSmtpServer *server)
{
    return !server->options.smtputf8_disabled &&
           !mailsim_smtp_server_discards(server, "SMTPUTF8");
}

/* The parameters of the extensions offered: SIZE, BODY (RFC 6152), SMTPUTF8 (RFC 6531), AUTH
 * (RFC 4954), RET and ENVID (RFC 3461). NULL: fine. */
static char *
refuse_mail_parameter(MailsimSmtpServer *server, const GPtrArray *parameters, guint index)
{
    const MailsimSmtpParameter *parameter = g_ptr_array_index(parameters, index);
    const char *name = parameter->name;
    const char *value = parameter->value;

    if (value != NULL && g_str_equal(name, "SIZE"))
        return refuse_size(value);
    if (value != NULL && is_one_of(name, "RET", "ENVID"))
        return mailsim_smtp_server_refuse_dsn(server, parameters, index);
    if (value != NULL && g_str_equal(name, "AUTH"))
        return server->submitter_named ? g_strdup("503 5.5.4 Error: multiple AUTH= options")
                                       : NULL;
    if (value != NULL && g_str_equal(name, "BODY") && is_one_of(value, "8BITMIME", "7BIT"))
        return NULL;
    if (value == NULL && g_str_equal(name, "SMTPUTF8") && offers_smtputf8(server))
        return NULL;
    return g_strdup_printf("555 5.5.4 Unsupported option: %s", parameter->text);
}

/* NOTIFY and ORCPT (RFC 3461). */
static char *
refuse_rcpt_parameter(MailsimSmtpServer *server, const GPtrArray *parameters, guint index)
{
    const MailsimSmtpParameter *parameter = g_ptr_array_index(parameters, index);

    if (parameter->value != NULL && is_one_of(parameter->name, "NOTIFY", "ORCPT"))
        return mailsim_smtp_server_refuse_dsn(server, parameters, index);
    return g_strdup_printf("555 5.5.4 Unsupported option: %s", parameter->text);
}

/* RFC 6152 §3, RFC 6531 §3.4, RFC 3461 §4.3 and §4.4 */
static void
note_kind(MailsimSmtpEnvelope *envelope, const GPtrArray *parameters)
{
    envelope->eight_bit = FALSE;
    envelope->utf8 = FALSE;
    envelope->returns = MAILSIM_RETURN_UNSAID;
    g_clear_pointer(&envelope->envelope_id, g_free);
    for (guint i = 0; i < parameters->len; i++) {
        const MailsimSmtpParameter *parameter = g_ptr_array_index(parameters, i);

        if (g_str_equal(parameter->name, "BODY"))
            envelope->eight_bit = g_ascii_strcasecmp(parameter->value, "8BITMIME") == 0;
        else if (g_str_equal(parameter->name, "SMTPUTF8"))
            envelope->utf8 = TRUE;
        else if (g_str_equal(parameter->name, "RET"))
            envelope->returns = g_ascii_strcasecmp(parameter->value, "HDRS") == 0
                                    ? MAILSIM_RETURN_HEADERS
                                    : MAILSIM_RETURN_FULL;
        else if (g_str_equal(parameter->name, "ENVID"))
            envelope->envelope_id = mailsim_smtp_decode_xtext(parameter->value);
    }
}

/* RFC 1870 §6.1: a size announced can be refused before it is sent. Postfix remembers it: the
 * next MAIL without SIZE is refused as well, until RSET. */
static char *
refuse_announced_size(MailsimSmtpServer *server, const char *sender)
{
    const char *refusal = "552 5.3.4 Message size exceeds fixed limit";
    gsize limit = server->options.message_size_limit;

    if (limit == 0 || server->envelope.size <= limit)
        return NULL;
    mailsim_smtp_server_log_refusal(server, MAILSIM_STAGE_MAIL, sender, refusal);
    return g_strdup(refusal);
}

/* What is remembered until RSET, even if a parameter behind it is refused. */
static void
note_lasting(MailsimSmtpServer *server, const MailsimSmtpParameter *parameter)
{
    if (g_str_equal(parameter->name, "SIZE"))
        server->envelope.size = g_ascii_strtoull(parameter->value, NULL, 10);
    else if (g_str_equal(parameter->name, "AUTH"))
        server->submitter_named |= !g_str_equal(parameter->value, "<>");
}

static char *
refuse_sender(MailsimSmtpServer *server, const MailsimSmtpPath *path)
{
    const GPtrArray *parameters = path->parameters;
    char *refusal = NULL;

    for (guint i = 0; i < parameters->len; i++) {
        const MailsimSmtpParameter *parameter = g_ptr_array_index(parameters, i);

        refusal = refuse_mail_parameter(server, parameters, i);
        if (refusal != NULL)
            return refusal;
        note_lasting(server, parameter);
    }
    note_kind(&server->envelope, parameters);
    refusal = refuse_announced_size(server, path->address);
    return refusal != NULL
               ? refusal
               : mailsim_smtp_server_check(server, MAILSIM_STAGE_MAIL, path->address);
}

MailsimWant
mailsim_smtp_server_do_mail(MailsimSmtpServer *server,
                            const MailsimSmtpCommand *command,
                            GString *out)
{
    const MailsimSmtpPathOptions options = mailsim_smtp_server_get_path_options(server);
    g_auto(MailsimSmtpPath) path = {0};
    g_autofree char *refusal = NULL;
    MailsimPathResult result;

    if (server->options.helo_required && server->envelope.helo_name == NULL)
        return reply(out, "503 5.5.1 Error: send HELO/EHLO first");
    if (server->envelope.sender != NULL)
        return reply(out, "503 5.5.1 Error: nested MAIL command");
    if (server->chunking.begun)
        return reply(out, "503 5.5.1 Error: MAIL after BDAT");
    result = mailsim_smtp_path_parse_with(command->rest, "FROM", &options, &path);
    if (result != MAILSIM_PATH_SYNTAX &&
        mailsim_smtp_server_is_too_much(server, MAILSIM_ACT_MAIL, out))
        return MAILSIM_WANT_LINE;
    switch (result) {
    case MAILSIM_PATH_OK:
        break;
    case MAILSIM_PATH_SYNTAX:
        return reply(out, "501 5.5.4 Syntax: MAIL FROM:<address>");
    case MAILSIM_PATH_BAD_ADDRESS:
        mailsim_smtp_server_log_bad_address(server, "MAIL", &path);
        return reply(out, "501 5.1.7 Bad sender address syntax");
    }
    refusal = refuse_sender(server, &path);
    if (refusal != NULL)
        return reply(out, refusal);
    server->envelope.sender = g_steal_pointer(&path.address);
    return reply(out, "250 2.1.0 Ok");
}

static char *
refuse_recipient(MailsimSmtpServer *server, const MailsimSmtpPath *path)
{
    char *refusal = NULL;

    for (guint i = 0; i < path->parameters->len && refusal == NULL; i++)
        refusal = refuse_rcpt_parameter(server, path->parameters, i);
    if (refusal != NULL)
        return refusal;
    if (server->options.recipient_limit > 0 &&
        server->envelope.recipients->len >= server->options.recipient_limit) {
        server->forgiven = server->n_overshoot++ < server->options.overshoot_limit;
        return g_strdup("452 4.5.3 Error: too many recipients");
    }
    return mailsim_smtp_server_check(server, MAILSIM_STAGE_RCPT, path->address);
}

/* RFC 3461 §4.1 and §4.2; the address in ORCPT is xtext, its type is not. */
static MailsimSmtpRecipient *
make_recipient(const MailsimSmtpPath *path)
{
    MailsimSmtpRecipient *recipient = mailsim_smtp_recipient_new(path->address);

    for (guint i = 0; i < path->parameters->len; i++) {
        const MailsimSmtpParameter *parameter = g_ptr_array_index(path->parameters, i);

        if (g_str_equal(parameter->name, "NOTIFY"))
            recipient->notify = mailsim_notify_parse(parameter->value);
        else if (g_str_equal(parameter->name, "ORCPT"))
            recipient->original = mailsim_smtp_decode_xtext(parameter->value);
    }
    return recipient;
}

MailsimWant
mailsim_smtp_server_do_rcpt(MailsimSmtpServer *server,
                            const MailsimSmtpCommand *command,
                            GString *out)
{
    const MailsimSmtpPathOptions options = mailsim_smtp_server_get_path_options(server);
    g_auto(MailsimSmtpPath) path = {0};
    g_autofree char *refusal = NULL;
    MailsimPathResult result;

    if (server->envelope.sender == NULL)
        return reply(out, "503 5.5.1 Error: need MAIL command");
    if (server->chunking.begun)
        return reply(out, "503 5.5.1 Error: RCPT after BDAT");
    result = mailsim_smtp_path_parse_with(command->rest, "TO", &options, &path);
    if (result != MAILSIM_PATH_SYNTAX &&
        mailsim_smtp_server_is_too_much(server, MAILSIM_ACT_RECIPIENT, out))
        return MAILSIM_WANT_LINE;
    switch (result) {
    case MAILSIM_PATH_OK:
        break;
    case MAILSIM_PATH_SYNTAX:
        return reply(out, "501 5.5.4 Syntax: RCPT TO:<address>");
    case MAILSIM_PATH_BAD_ADDRESS:
        mailsim_smtp_server_log_bad_address(server, "RCPT", &path);
        return reply(out, "501 5.1.3 Bad recipient address syntax");
    }
    refusal = refuse_recipient(server, &path);
    if (refusal != NULL)
        return reply(out, refusal);
    g_ptr_array_add(server->envelope.recipients, make_recipient(&path));
    return reply(out, "250 2.1.5 Ok");
}
