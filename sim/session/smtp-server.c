/* SPDX-License-Identifier: MIT
 *
 * The server side of SMTP, as Postfix's smtpd(8) answers. The command table says which commands
 * there are and when; the functions below it are in its order. Login is in smtp-server-auth.c,
 * BDAT in smtp-server-bdat.c, the parameters for notifications in smtp-server-dsn.c, and what
 * asks and sends nothing in smtp-server-query.c. */
#include "smtp-server-private.h"

#include <string.h>

#include <mailsim/protocol/message.h>

/* postconf(5) line_length_limit: what is longer is cut, and answered as if it ended there. */
#define LINE_LENGTH_LIMIT 2048

typedef enum {
    BEFORE_TLS =
        1 << 0, /* answered even where TLS is required and not there yet (RFC 3207 §4) */
} CommandFlags;

typedef struct {
    const char *verb;
    CommandFlags flags;
    MailsimSmtpHandler handler;
    const char *syntax;
    const char *reference;
} Command;

static MailsimWant do_ehlo(MailsimSmtpServer *server, const char *argument, GString *out);
static MailsimWant do_helo(MailsimSmtpServer *server, const char *argument, GString *out);
static MailsimWant do_starttls(MailsimSmtpServer *server, const char *argument, GString *out);
static MailsimWant do_mail(MailsimSmtpServer *server, const char *argument, GString *out);
static MailsimWant do_rcpt(MailsimSmtpServer *server, const char *argument, GString *out);
static MailsimWant do_data(MailsimSmtpServer *server, const char *argument, GString *out);
static MailsimWant do_rset(MailsimSmtpServer *server, const char *argument, GString *out);
static MailsimWant do_noop(MailsimSmtpServer *server, const char *argument, GString *out);
static MailsimWant do_quit(MailsimSmtpServer *server, const char *argument, GString *out);

/* clang-format off */
static const Command commands[] = {
    /* verb       flags       handler                        syntax                 reference */
    {"EHLO",      BEFORE_TLS, do_ehlo,                       "EHLO hostname",       "RFC 5321 §4.1.1.1" },
    {"HELO",      BEFORE_TLS, do_helo,                       "HELO hostname",       "RFC 5321 §4.1.1.1" },
    {"STARTTLS",  BEFORE_TLS, do_starttls,                   "STARTTLS",            "RFC 3207 §4"       },
    {"AUTH",      0,          mailsim_smtp_server_do_auth,   "AUTH mechanism",      "RFC 4954 §4"       },
    {"MAIL",      0,          do_mail,                       "MAIL FROM:<address>", "RFC 5321 §4.1.1.2" },
    {"RCPT",      0,          do_rcpt,                       "RCPT TO:<address>",   "RFC 5321 §4.1.1.3" },
    {"DATA",      0,          do_data,                       "DATA",                "RFC 5321 §4.1.1.4" },
    {"BDAT",      0,          mailsim_smtp_server_do_bdat,   "BDAT count [LAST]",   "RFC 3030 §2"       },
    {"RSET",      0,          do_rset,                       "RSET",                "RFC 5321 §4.1.1.5" },
    {"VRFY",      0,          mailsim_smtp_server_do_vrfy,   "VRFY address",        "RFC 5321 §4.1.1.6" },
    {"ETRN",      0,          mailsim_smtp_server_do_etrn,   "ETRN domain",         "RFC 1985 §5"       },
    {"NOOP",      BEFORE_TLS, do_noop,                       "NOOP",                "RFC 5321 §4.1.1.9" },
    {"QUIT",      BEFORE_TLS, do_quit,                       "QUIT",                "RFC 5321 §4.1.1.10"},
};
/* clang-format on */

MailsimWant
mailsim_smtp_server_reply(GString *out, const char *text)
{
    g_string_append(out, text);
    g_string_append(out, "\r\n");
    return MAILSIM_WANT_LINE;
}

#define reply mailsim_smtp_server_reply

void
mailsim_smtp_server_reset_transaction(MailsimSmtpServer *server)
{
    g_clear_pointer(&server->chunking.refusal, g_free);
    g_string_truncate(server->chunking.content, 0);
    server->chunking.begun = FALSE;
    server->chunking.failed = FALSE;
    g_clear_pointer(&server->envelope.sender, g_free);
    g_ptr_array_set_size(server->envelope.recipients, 0);
}

/* ---- hello ------------------------------------------------------------------------------- */

gboolean
mailsim_smtp_server_offers_auth(const MailsimSmtpServer *server)
{
    return server->auth_enabled && (!server->auth_needs_tls || server->envelope.secured);
}

static void
set_helo_name(MailsimSmtpServer *server, const char *name, gboolean esmtp)
{
    mailsim_smtp_server_reset_transaction(server);
    g_free(server->envelope.helo_name);
    server->envelope.helo_name = g_strdup(name);
    server->envelope.esmtp = esmtp;
}

static MailsimWant
do_ehlo(MailsimSmtpServer *server, const char *argument, GString *out)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    if (argument[0] == '\0')
        return reply(out, "501 Syntax: EHLO hostname");
    set_helo_name(server, argument, TRUE);

    g_ptr_array_add(lines, g_strdup(server->hostname));
    g_ptr_array_add(lines, g_strdup("PIPELINING"));
    if (server->message_size_limit > 0)
        g_ptr_array_add(lines,
                        g_strdup_printf("SIZE %" G_GSIZE_FORMAT, server->message_size_limit));
    else
        g_ptr_array_add(lines, g_strdup("SIZE"));
    if (!server->vrfy_disabled)
        g_ptr_array_add(lines, g_strdup("VRFY"));
    g_ptr_array_add(lines, g_strdup("ETRN"));
    if (server->tls_offered && !server->envelope.secured)
        g_ptr_array_add(lines, g_strdup("STARTTLS"));
    if (mailsim_smtp_server_offers_auth(server))
        g_ptr_array_add(lines, g_strdup_printf("AUTH %s", server->mechanisms));
    g_ptr_array_add(lines, g_strdup("ENHANCEDSTATUSCODES"));
    g_ptr_array_add(lines, g_strdup("8BITMIME"));
    g_ptr_array_add(lines, g_strdup("DSN"));
    g_ptr_array_add(lines, g_strdup("SMTPUTF8"));
    g_ptr_array_add(lines, g_strdup("CHUNKING"));

    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(out, "250%c%s\r\n", i + 1 < lines->len ? '-' : ' ',
                               (const char *)g_ptr_array_index(lines, i));
    return MAILSIM_WANT_LINE;
}

static MailsimWant
do_helo(MailsimSmtpServer *server, const char *argument, GString *out)
{
    if (argument[0] == '\0')
        return reply(out, "501 Syntax: HELO hostname");
    set_helo_name(server, argument, FALSE);
    g_string_append_printf(out, "250 %s\r\n", server->hostname);
    return MAILSIM_WANT_LINE;
}

/* ---- TLS --------------------------------------------------------------------------------- */

static MailsimWant
do_starttls(MailsimSmtpServer *server, const char *argument, GString *out)
{
    if (argument[0] != '\0')
        return reply(out, "501 5.5.4 Syntax: STARTTLS");
    if (server->envelope.secured)
        return reply(out, "554 5.5.1 Error: TLS already active");
    if (!server->tls_offered)
        return reply(out, "502 5.5.1 Error: command not implemented");
    if (server->tls_broken)
        return reply(out, "454 4.7.0 TLS not available due to local problem");
    reply(out, "220 2.0.0 Ready to start TLS");
    return MAILSIM_WANT_TLS;
}

/* ---- transaction ------------------------------------------------------------------------- */

/* RFC 1870 §6.1: a size announced can be refused before it is sent. */
static char *
refuse_size(const MailsimSmtpServer *server, const char *value)
{
    guint64 size;

    if (strspn(value, "0123456789") != strlen(value) || value[0] == '\0')
        return g_strdup("501 5.5.4 Bad message size syntax");
    size = g_ascii_strtoull(value, NULL, 10);
    if (size > G_MAXINT64)
        return g_strdup("552 5.3.4 Message size exceeds file system imposed limit");
    if (server->message_size_limit > 0 && size > server->message_size_limit)
        return g_strdup("552 5.3.4 Message size exceeds fixed limit");
    return NULL;
}

static gboolean
is_one_of(const char *value, const char *first, const char *second)
{
    return g_ascii_strcasecmp(value, first) == 0 || g_ascii_strcasecmp(value, second) == 0;
}

/* The parameters of the extensions offered: SIZE, BODY (RFC 6152), SMTPUTF8 (RFC 6531), AUTH
 * (RFC 4954), RET and ENVID (RFC 3461). NULL: fine. */
static char *
refuse_mail_parameter(const MailsimSmtpServer *server, const GPtrArray *parameters, guint index)
{
    const MailsimSmtpParameter *parameter = g_ptr_array_index(parameters, index);
    const char *name = parameter->name;
    const char *value = parameter->value;

    if (value != NULL && g_str_equal(name, "SIZE"))
        return refuse_size(server, value);
    if (value != NULL && is_one_of(name, "RET", "ENVID"))
        return mailsim_smtp_server_refuse_dsn(parameters, index);
    if (value != NULL && g_str_equal(name, "AUTH"))
        return NULL;
    if (value != NULL && g_str_equal(name, "BODY") && is_one_of(value, "8BITMIME", "7BIT"))
        return NULL;
    if (value == NULL && g_str_equal(name, "SMTPUTF8"))
        return NULL;
    return g_strdup_printf("555 5.5.4 Unsupported option: %s", parameter->text);
}

/* NOTIFY and ORCPT (RFC 3461). */
static char *
refuse_rcpt_parameter(const GPtrArray *parameters, guint index)
{
    const MailsimSmtpParameter *parameter = g_ptr_array_index(parameters, index);

    if (parameter->value != NULL && is_one_of(parameter->name, "NOTIFY", "ORCPT"))
        return mailsim_smtp_server_refuse_dsn(parameters, index);
    return g_strdup_printf("555 5.5.4 Unsupported option: %s", parameter->text);
}

/* RFC 6152 §3, RFC 6531 §3.4 */
static void
note_kind(MailsimSmtpEnvelope *envelope, const MailsimSmtpPath *path)
{
    envelope->eight_bit = FALSE;
    envelope->utf8 = FALSE;
    for (guint i = 0; i < path->parameters->len; i++) {
        const MailsimSmtpParameter *parameter = g_ptr_array_index(path->parameters, i);

        if (g_str_equal(parameter->name, "BODY"))
            envelope->eight_bit = g_ascii_strcasecmp(parameter->value, "8BITMIME") == 0;
        else if (g_str_equal(parameter->name, "SMTPUTF8"))
            envelope->utf8 = TRUE;
    }
}

static MailsimWant
do_mail(MailsimSmtpServer *server, const char *argument, GString *out)
{
    g_auto(MailsimSmtpPath) path = {0};
    g_autofree char *refusal = NULL;

    if (server->envelope.sender != NULL)
        return reply(out, "503 5.5.1 Error: nested MAIL command");
    if (server->chunking.begun)
        return reply(out, "503 5.5.1 Error: MAIL after BDAT");
    switch (mailsim_smtp_path_parse(argument, "FROM", &path)) {
    case MAILSIM_PATH_OK:
        break;
    case MAILSIM_PATH_SYNTAX:
        return reply(out, "501 5.5.4 Syntax: MAIL FROM:<address>");
    case MAILSIM_PATH_BAD_ADDRESS:
        return reply(out, "501 5.1.7 Bad sender address syntax");
    }
    for (guint i = 0; i < path.parameters->len && refusal == NULL; i++)
        refusal = refuse_mail_parameter(server, path.parameters, i);
    if (refusal != NULL)
        return reply(out, refusal);

    note_kind(&server->envelope, &path);
    server->envelope.sender = g_steal_pointer(&path.address);
    return reply(out, "250 2.1.0 Ok");
}

static MailsimWant
do_rcpt(MailsimSmtpServer *server, const char *argument, GString *out)
{
    g_auto(MailsimSmtpPath) path = {0};
    g_autofree char *refusal = NULL;

    if (server->envelope.sender == NULL)
        return reply(out, "503 5.5.1 Error: need MAIL command");
    if (server->chunking.begun)
        return reply(out, "503 5.5.1 Error: RCPT after BDAT");
    switch (mailsim_smtp_path_parse(argument, "TO", &path)) {
    case MAILSIM_PATH_OK:
        break;
    case MAILSIM_PATH_SYNTAX:
        return reply(out, "501 5.5.4 Syntax: RCPT TO:<address>");
    case MAILSIM_PATH_BAD_ADDRESS:
        return reply(out, "501 5.1.3 Bad recipient address syntax");
    }
    for (guint i = 0; i < path.parameters->len && refusal == NULL; i++)
        refusal = refuse_rcpt_parameter(path.parameters, i);
    if (refusal == NULL && server->policy->check_recipient != NULL)
        refusal =
            server->policy->check_recipient(server->data, &server->envelope, path.address);
    if (refusal != NULL)
        return reply(out, refusal);
    g_ptr_array_add(server->envelope.recipients, g_steal_pointer(&path.address));
    return reply(out, "250 2.1.5 Ok");
}

static MailsimWant
do_data(MailsimSmtpServer *server, const char *argument, GString *out)
{
    if (server->chunking.begun)
        return reply(out, "503 5.5.1 Error: DATA after BDAT");
    if (server->envelope.recipients->len == 0)
        return reply(out, server->envelope.sender != NULL
                              ? "554 5.5.1 Error: no valid recipients"
                              : "503 5.5.1 Error: need RCPT command");
    if (argument[0] != '\0')
        return reply(out, "501 5.5.4 Syntax: DATA");
    reply(out, "354 End data with <CR><LF>.<CR><LF>");
    server->state = MAILSIM_SMTP_EXPECT_MESSAGE;
    return MAILSIM_WANT_MESSAGE;
}

static MailsimWant
hear_message(MailsimSmtpServer *server, const char *content, gsize length, GString *out)
{
    g_autoptr(GBytes) message = mailsim_message_from_data(content, length);
    g_autofree char *queue_id = NULL;

    server->state = MAILSIM_SMTP_EXPECT_COMMAND;
    if (server->message_size_limit > 0 &&
        g_bytes_get_size(message) > server->message_size_limit) {
        reply(out, "552 5.3.4 Error: message file too big");
    } else {
        queue_id = server->policy->take_message(server->data, &server->envelope, message);
        g_string_append_printf(out, "250 2.0.0 Ok: queued as %s\r\n", queue_id);
    }
    mailsim_smtp_server_reset_transaction(server);
    return MAILSIM_WANT_LINE;
}

static MailsimWant
do_rset(MailsimSmtpServer *server, const char *argument, GString *out)
{
    if (argument[0] != '\0')
        return reply(out, "501 5.5.4 Syntax: RSET");
    mailsim_smtp_server_reset_transaction(server);
    return reply(out, "250 2.0.0 Ok");
}

static MailsimWant
do_noop(G_GNUC_UNUSED MailsimSmtpServer *server,
        G_GNUC_UNUSED const char *argument,
        GString *out)
{
    return reply(out, "250 2.0.0 Ok");
}

static MailsimWant
do_quit(G_GNUC_UNUSED MailsimSmtpServer *server,
        G_GNUC_UNUSED const char *argument,
        GString *out)
{
    reply(out, "221 2.0.0 Bye");
    return MAILSIM_WANT_END;
}

/* ---- the session ------------------------------------------------------------------------- */

static MailsimWant
greet(MailsimSmtpServer *server, GString *out)
{
    g_string_append_printf(out, "220 %s\r\n", server->banner);
    return MAILSIM_WANT_LINE;
}

static MailsimWant
begin(MailsimSession *session, GString *out)
{
    MailsimSmtpServer *server = (MailsimSmtpServer *)session;

    if (server->tls_wrappermode)
        return server->tls_broken ? MAILSIM_WANT_END : MAILSIM_WANT_TLS;
    return greet(server, out);
}

/* postconf(5) smtpd_forbidden_commands = CONNECT GET POST regexp:{{/^[^A-Z]/ Bogus}} */
static gboolean
is_forbidden(const char *verb)
{
    return (verb[0] != '\0' && !g_ascii_isupper(verb[0])) || g_str_equal(verb, "CONNECT") ||
           g_str_equal(verb, "GET") || g_str_equal(verb, "POST");
}

static MailsimWant
hear_command(MailsimSmtpServer *server, const char *line, GString *out)
{
    g_auto(MailsimSmtpCommand) command = {0};
    g_autofree char *cut = g_strndup(line, LINE_LENGTH_LIMIT);

    if (!g_utf8_validate(cut, -1, NULL))
        return reply(out, "500 5.5.2 Error: bad UTF-8 syntax");
    mailsim_smtp_command_parse(cut, &command);
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (!g_str_equal(commands[i].verb, command.verb))
            continue;
        if (server->tls_required && !server->envelope.secured &&
            (commands[i].flags & BEFORE_TLS) == 0)
            return reply(out, "530 5.7.0 Must issue a STARTTLS command first");
        return commands[i].handler(server, command.argument, out);
    }
    if (is_forbidden(command.verb)) {
        reply(out, "221 2.7.0 Error: I can break rules, too. Goodbye.");
        return MAILSIM_WANT_END;
    }
    return reply(out, command.verb[0] == '\0' ? "500 5.5.2 Error: bad syntax"
                                              : "500 5.5.2 Error: command not recognized");
}

static MailsimWant
heard(MailsimSession *session, const char *text, gsize length, GString *out)
{
    MailsimSmtpServer *server = (MailsimSmtpServer *)session;

    switch (server->state) {
    case MAILSIM_SMTP_EXPECT_COMMAND:
        return hear_command(server, text, out);
    case MAILSIM_SMTP_EXPECT_SASL_RESPONSE:
        return mailsim_smtp_server_hear_sasl_response(server, text, out);
    case MAILSIM_SMTP_EXPECT_MESSAGE:
        return hear_message(server, text, length, out);
    case MAILSIM_SMTP_EXPECT_CHUNK:
        return mailsim_smtp_server_hear_chunk(server, text, length, out);
    }
    g_assert_not_reached();
}

/* Both sides forget what they learnt before TLS (RFC 3207 §4.2). */
static MailsimWant
secured(MailsimSession *session, const MailsimTlsInfo *tls, GString *out)
{
    MailsimSmtpServer *server = (MailsimSmtpServer *)session;

    mailsim_smtp_server_reset_transaction(server);
    g_clear_pointer(&server->envelope.helo_name, g_free);
    g_clear_pointer(&server->envelope.user, g_free);
    g_clear_pointer(&server->envelope.mechanism, g_free);
    server->envelope.esmtp = FALSE;
    server->envelope.secured = TRUE;
    server->envelope.tls_description = g_strdup(tls->description);
    server->envelope.tls_key_exchange = g_strdup(tls->key_exchange);
    return server->tls_wrappermode ? greet(server, out) : MAILSIM_WANT_LINE;
}

static void
lost(G_GNUC_UNUSED MailsimSession *session, G_GNUC_UNUSED MailsimLoss why)
{
}

static const char *
waits_for(MailsimSession *session)
{
    MailsimSmtpServer *server = (MailsimSmtpServer *)session;

    switch (server->state) {
    case MAILSIM_SMTP_EXPECT_COMMAND:
        return "command";
    case MAILSIM_SMTP_EXPECT_SASL_RESPONSE:
        return "SASL response";
    case MAILSIM_SMTP_EXPECT_MESSAGE:
        return "message";
    case MAILSIM_SMTP_EXPECT_CHUNK:
        return "chunk";
    }
    g_assert_not_reached();
}

static gsize
count_bytes(MailsimSession *session)
{
    return mailsim_smtp_server_count_chunk_bytes((MailsimSmtpServer *)session);
}

static void
free_server(MailsimSession *session)
{
    MailsimSmtpServer *server = (MailsimSmtpServer *)session;

    g_free(server->hostname);
    g_free(server->banner);
    g_free(server->mechanisms);
    g_free(server->envelope.helo_name);
    g_free(server->envelope.tls_description);
    g_free(server->envelope.tls_key_exchange);
    g_free(server->envelope.user);
    g_free(server->envelope.mechanism);
    g_free(server->envelope.sender);
    g_free(server->chunking.refusal);
    g_string_free(server->chunking.content, TRUE);
    g_ptr_array_unref(server->envelope.recipients);
    g_free(server);
}

static const MailsimSessionClass server_class = {
    .begin = begin,
    .heard = heard,
    .secured = secured,
    .lost = lost,
    .count_bytes = count_bytes,
    .waits_for = waits_for,
    .free = free_server,
};

MailsimSession *
mailsim_smtp_server_new(const MailsimSmtpServerOptions *options,
                        const MailsimSmtpPolicy *policy,
                        gpointer data)
{
    MailsimSmtpServer *server = g_new0(MailsimSmtpServer, 1);

    server->session.class = &server_class;
    server->hostname = g_strdup(options->hostname);
    server->banner = g_strdup(options->banner);
    server->mechanisms = g_strdup(options->mechanisms);
    server->message_size_limit = options->message_size_limit;
    server->tls_offered = options->tls_offered && !options->tls_wrappermode;
    server->tls_required = options->tls_required && !options->tls_wrappermode;
    server->tls_broken = options->tls_broken;
    server->tls_wrappermode = options->tls_wrappermode;
    server->auth_enabled = options->auth_enabled;
    server->auth_needs_tls = options->auth_needs_tls || options->tls_required;
    server->vrfy_disabled = options->vrfy_disabled;
    server->policy = policy;
    server->data = data;
    server->chunking.content = g_string_new(NULL);
    server->envelope.recipients = g_ptr_array_new_with_free_func(g_free);
    return &server->session;
}

const char *
mailsim_smtp_envelope_get_protocol(const MailsimSmtpEnvelope *envelope)
{
    /* By what it was transmitted, its TLS, its login. */
    static const char *const names[2][2][2] = {
        {{"ESMTP", "ESMTPA"},       {"ESMTPS", "ESMTPSA"}      },
        {{"UTF8SMTP", "UTF8SMTPA"}, {"UTF8SMTPS", "UTF8SMTPSA"}},
    };

    if (!envelope->esmtp && !envelope->utf8)
        return "SMTP";
    return names[envelope->utf8][envelope->secured][envelope->user != NULL];
}
