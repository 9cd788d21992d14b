/* SPDX-License-Identifier: MIT
 *
 * The server side of SMTP, as Postfix's smtpd(8) answers. The command table says which commands
 * there are and when; what each does is in the file that the table names. Here is what holds
 * for all of them: who is let in, how many errors a client may make and how long it waits for
 * them, and what it may send ahead. */
#include "smtp-server-private.h"

#include <string.h>

#include <mailsim/base/limits.h>

#define reply mailsim_smtp_server_reply

typedef enum {
    BEFORE_TLS =
        1 << 0,    /* answered even where TLS is required and not there yet (RFC 3207 §4) */
    LAST = 1 << 1, /* nothing may be sent ahead behind it (RFC 2920 §3.1) */
    JUNK = 1 << 2, /* moves no mail: counted by smtpd_junk_command_limit */
} CommandFlags;

typedef struct {
    const char *verb;
    CommandFlags flags;
    MailsimSmtpHandler handler;
    const char *syntax;
    const char *reference;
} Command;

/* clang-format off */
static const Command commands[] = {
    /* verb       flags                     handler                         syntax                 reference */
    {"EHLO",      BEFORE_TLS | LAST | JUNK, mailsim_smtp_server_do_ehlo,    "EHLO hostname",       "RFC 5321 §4.1.1.1" },
    {"HELO",      BEFORE_TLS | LAST | JUNK, mailsim_smtp_server_do_helo,    "HELO hostname",       "RFC 5321 §4.1.1.1" },
    {"STARTTLS",  BEFORE_TLS,               mailsim_smtp_server_do_starttls,                    "STARTTLS",            "RFC 3207 §4"       },
    {"AUTH",      0,                        mailsim_smtp_server_do_auth,    "AUTH mechanism",      "RFC 4954 §4"       },
    {"MAIL",      0,                        mailsim_smtp_server_do_mail,    "MAIL FROM:<address>", "RFC 5321 §4.1.1.2" },
    {"RCPT",      0,                        mailsim_smtp_server_do_rcpt,    "RCPT TO:<address>",   "RFC 5321 §4.1.1.3" },
    {"DATA",      LAST,                     mailsim_smtp_server_do_data,    "DATA",                "RFC 5321 §4.1.1.4" },
    {"BDAT",      0,                        mailsim_smtp_server_do_bdat,    "BDAT count [LAST]",   "RFC 3030 §2"       },
    {"RSET",      JUNK,                     mailsim_smtp_server_do_rset,                        "RSET",                "RFC 5321 §4.1.1.5" },
    {"VRFY",      LAST | JUNK,              mailsim_smtp_server_do_vrfy,    "VRFY address",        "RFC 5321 §4.1.1.6" },
    {"ETRN",      JUNK,                     mailsim_smtp_server_do_etrn,    "ETRN domain",         "RFC 1985 §5"       },
    {"NOOP",      BEFORE_TLS | LAST | JUNK, mailsim_smtp_server_do_noop,                        "NOOP",                "RFC 5321 §4.1.1.9" },
    {"XCLIENT",   BEFORE_TLS,               mailsim_smtp_server_do_xclient, "XCLIENT name=value",  "XCLIENT_README"    },
    {"XFORWARD",  BEFORE_TLS,               mailsim_smtp_server_do_xclient, "XFORWARD name=value", "XFORWARD_README"   },
    {"QUIT",      BEFORE_TLS,               mailsim_smtp_server_do_quit,                        "QUIT",                "RFC 5321 §4.1.1.10"},
};
/* clang-format on */

G_STATIC_ASSERT(G_N_ELEMENTS(commands) == MAILSIM_SMTP_COMMANDS);

/* Postfix hangs up after these, whoever chose them: a restriction's code, an access table. */
static gboolean
is_farewell(const char *text)
{
    return g_str_has_prefix(text, "421") || g_str_has_prefix(text, "521");
}

MailsimWant
mailsim_smtp_server_reply(GString *out, const char *text)
{
    g_string_append(out, text);
    g_string_append(out, "\r\n");
    return is_farewell(text) ? MAILSIM_WANT_END : MAILSIM_WANT_LINE;
}

/* A reply quotes what the client said: nothing in it may move a terminal, and what is not ASCII
 * belongs into it only since RFC 6531. */
static void
blank_out(const MailsimSmtpServer *server, char *text)
{
    for (; *text != '\0'; text++) {
        if (g_ascii_iscntrl(*text) ||
            ((guchar)*text >= 0x80 && server->options.smtputf8_disabled))
            *text = ' ';
    }
}

char *
mailsim_smtp_server_check(MailsimSmtpServer *server,
                          MailsimSmtpStage stage,
                          const char *subject)
{
    char *refusal;

    if (server->policy->check == NULL)
        return NULL;
    refusal = server->policy->check(server->data, stage, &server->envelope, subject);
    if (refusal == NULL)
        return NULL;
    blank_out(server, refusal);
    if (server->options.soft_bounce)
        mailsim_smtp_server_soften(refusal);
    mailsim_smtp_server_log_refusal(server, stage, subject, refusal);
    return refusal;
}

void
mailsim_smtp_server_reset_transaction(MailsimSmtpServer *server)
{
    MailsimSmtpEnvelope *envelope = &server->envelope;

    if (envelope->sender != NULL && server->policy->forget_transaction != NULL)
        server->policy->forget_transaction(server->data);
    g_clear_pointer(&envelope->sender, g_free);
    g_ptr_array_set_size(envelope->recipients, 0);
    server->n_overshoot = 0;
    envelope->size = 0;
    envelope->eight_bit = FALSE;
    envelope->utf8 = FALSE;
    envelope->returns = MAILSIM_RETURN_UNSAID;
    g_clear_pointer(&envelope->envelope_id, g_free);
    server->submitter_named = FALSE;
    server->text = (MailsimSmtpText){.content = g_string_truncate(server->text.content, 0)};
    g_free(server->chunking.refusal);
    server->chunking = (MailsimSmtpChunking){0};
}

MailsimSmtpPathOptions
mailsim_smtp_server_get_path_options(const MailsimSmtpServer *server)
{
    const MailsimRewriteRules *rules = server->options.rules;

    return (MailsimSmtpPathOptions){
        .rules = rules != NULL ? *rules : mailsim_rewrite_rules_default,
        .strict = server->options.strict_addresses,
        .utf8_withheld = server->options.smtputf8_disabled,
        .utf8 = server->envelope.utf8,
    };
}

gboolean
mailsim_smtp_server_offers_auth(const MailsimSmtpServer *server)
{
    return server->options.auth_enabled &&
           (!server->options.auth_needs_tls || server->envelope.secured);
}

/* ---- one command ------------------------------------------------------------------------- */

static const Command *
find_command(const char *verb)
{
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (g_str_equal(commands[i].verb, verb))
            return &commands[i];
    }
    return NULL;
}

MailsimSmtpTally *
mailsim_smtp_server_get_tally(MailsimSmtpServer *server, const char *verb)
{
    const Command *command = find_command(verb);

    return command != NULL ? &server->tallies[command - commands] : &server->unknown;
}

/* “Subject:”, a field of a message's header (RFC 5322 §2.2): somebody talks to the wrong
 * server. */
static gboolean
is_header_field(const char *verb)
{
    gsize length = strspn(verb, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    return length > 0 && verb[length] == ':';
}

static gboolean
lists_command(const MailsimSmtpServer *server, MailsimSmtpCommandList list, const char *verb)
{
    return server->policy->lists_command != NULL &&
           server->policy->lists_command(server->data, list, verb);
}

/* Has the client sent ahead what it may not? Postfix notes it, and where it is forbidden to do
 * so parts from the client (postconf(5) smtpd_forbid_unauth_pipelining). */
static gboolean
is_improper(MailsimSmtpServer *server, const Command *command, const MailsimInput *input)
{
    gboolean may_pipeline = server->envelope.esmtp && (command->flags & LAST) == 0;

    if (server->n_waiting == 0 || may_pipeline || server->envelope.pipelined)
        return FALSE;
    server->envelope.pipelined = TRUE;
    mailsim_smtp_server_log_improper(server, input->waiting, input->n_waiting);
    return server->options.pipelining_is_forbidden;
}

static MailsimWant
obey(MailsimSmtpServer *server,
     const Command *known,
     const MailsimSmtpCommand *command,
     const MailsimInput *input,
     GString *out)
{
    MailsimWant want;

    if (server->options.tls_required && !server->envelope.secured &&
        (known->flags & BEFORE_TLS) == 0)
        return reply(out, "530 5.7.0 Must issue a STARTTLS command first");
    server->envelope.where = known->verb;
    if (is_improper(server, known, input)) {
        reply(out, "554 5.5.0 Error: SMTP protocol synchronization");
        return MAILSIM_WANT_END;
    }
    server->tally = &server->tallies[known - commands];
    want = known->handler(server, command, out);
    if ((known->flags & JUNK) != 0 && server->options.junk_command_limit > 0 &&
        server->n_junk++ > server->options.junk_command_limit)
        server->junk = TRUE;
    return want;
}

/* NUL bytes are characters, too. */
static gboolean
is_utf8(const MailsimInput *input)
{
    const char *end = input->text + input->length;

    for (const char *part = input->text; part <= end; part += strlen(part) + 1) {
        if (!g_utf8_validate(part, -1, NULL))
            return FALSE;
    }
    return TRUE;
}

static MailsimWant
hear_command(MailsimSmtpServer *server, const MailsimInput *input, GString *out)
{
    const char *line = input->text;
    g_auto(MailsimSmtpCommand) command = {0};
    const Command *known;

    if (!server->options.smtputf8_disabled && !is_utf8(input))
        return reply(out, "500 5.5.2 Error: bad UTF-8 syntax");
    mailsim_smtp_command_parse(line, &command);
    if (command.verb[0] == '\0')
        return reply(out, "500 5.5.2 Error: bad syntax");
    if (lists_command(server, MAILSIM_COMMANDS_NOOP, command.verb))
        return mailsim_smtp_server_do_noop(server, &command, out);
    mailsim_smtp_server_get_tally(server, command.verb)->n_said++;
    known = find_command(command.verb);
    if (known == NULL)
        server->envelope.where = "UNKNOWN";
    if (known == NULL && (is_header_field(command.verb) ||
                          lists_command(server, MAILSIM_COMMANDS_FORBIDDEN, command.verb))) {
        mailsim_smtp_server_log_unknown(server, input->text, input->length);
        reply(out, "221 2.7.0 Error: I can break rules, too. Goodbye.");
        return MAILSIM_WANT_END;
    }
    if (server->denied && (known == NULL || known->handler != mailsim_smtp_server_do_quit)) {
        g_string_append_printf(out, "503 5.7.0 Error: access denied for %s\r\n",
                               server->options.client);
        return MAILSIM_WANT_LINE;
    }
    if (known == NULL)
        return reply(out, "500 5.5.2 Error: command not recognized");
    return obey(server, known, &command, input, out);
}

/* ---- the session ------------------------------------------------------------------------- */

static MailsimWant
greet(MailsimSmtpServer *server, GString *out)
{
    const MailsimSession *session = &server->session;
    const gboolean rude = session->n_early > 0 && server->options.pipelining_is_forbidden;
    g_autofree char *refusal = NULL;

    if (session->n_early > 0 && session->early != NULL) {
        server->envelope.pipelined = TRUE;
        mailsim_smtp_server_log_improper(server, session->early, session->n_early);
    }
    if (!rude && mailsim_smtp_server_is_too_much(server, MAILSIM_ACT_CONNECT, out))
        return MAILSIM_WANT_END;
    refusal = mailsim_smtp_server_check(server, MAILSIM_STAGE_CONNECT, NULL);
    if (rude) {
        reply(out, "554 5.5.0 Error: SMTP protocol synchronization");
        return MAILSIM_WANT_END;
    }
    if (refusal != NULL) {
        server->denied = TRUE;
        return reply(out, refusal);
    }
    g_string_append_printf(out, "220 %s\r\n", server->options.banner);
    return MAILSIM_WANT_LINE;
}

/* Where AUTH can be had and nobody knows passwords, smtpd(8) dies, and logs no more. */
static gboolean
is_lost(MailsimSmtpServer *server)
{
    server->ended = mailsim_smtp_server_offers_auth(server) &&
                    server->policy->find_mechanisms != NULL &&
                    !server->policy->find_mechanisms(server->data);
    return server->ended;
}

static MailsimWant
open_connection(MailsimSmtpServer *server, GString *out)
{
    if (server->options.tls_wrappermode && server->options.tls_broken) {
        mailsim_smtp_server_log(
            server,
            "warning: Wrapper-mode request dropped from %s for service %s. TLS context "
            "initialization failed. For details see earlier warnings in your logs.",
            server->options.client, server->options.service);
        return MAILSIM_WANT_END;
    }
    if (server->options.tls_wrappermode)
        return mailsim_smtp_server_is_too_much(server, MAILSIM_ACT_WRAPPED, out)
                   ? MAILSIM_WANT_END
                   : MAILSIM_WANT_TLS;
    return is_lost(server) ? MAILSIM_WANT_END : greet(server, out);
}

static MailsimWant
begin(MailsimSession *session, GString *out)
{
    MailsimSmtpServer *server = (MailsimSmtpServer *)session;

    mailsim_smtp_server_log(server, "connect from %s", server->options.client);
    return mailsim_smtp_server_settle(server, open_connection(server, out), out);
}

static MailsimWant
hear_command_line(MailsimSmtpServer *server, const MailsimInput *input, GString *out)
{
    g_autofree char *refusal =
        mailsim_smtp_server_refuse_bare_newline(server, input->line_end == MAILSIM_LINE_END_LF);

    if (refusal == NULL)
        return hear_command(server, input, out);
    reply(out, refusal);
    return MAILSIM_WANT_END;
}

static MailsimWant
hear(MailsimSmtpServer *server, const MailsimInput *input, GString *out)
{
    server->n_waiting = input->n_waiting;
    server->more_waits = memchr(input->waiting, '\n', input->n_waiting) != NULL;
    switch (server->state) {
    case MAILSIM_SMTP_EXPECT_COMMAND:
        mailsim_smtp_server_log_long_line(server, input);
        return hear_command_line(server, input, out);
    case MAILSIM_SMTP_EXPECT_SASL_RESPONSE:
        mailsim_smtp_server_log_long_line(server, input);
        return mailsim_smtp_server_hear_sasl_response(server, input->text, out);
    case MAILSIM_SMTP_EXPECT_MESSAGE:
        return mailsim_smtp_server_hear_text(server, input, out);
    case MAILSIM_SMTP_EXPECT_CHUNK:
        return mailsim_smtp_server_hear_chunk(server, input, out);
    }
    g_assert_not_reached();
}

static MailsimWant
heard(MailsimSession *session, const MailsimInput *input, GString *out)
{
    MailsimSmtpServer *server = (MailsimSmtpServer *)session;

    return mailsim_smtp_server_settle(server, hear(server, input, out), out);
}

/* Both sides forget what they learnt before TLS (RFC 3207 §4.2). */
static void
forget(MailsimSmtpServer *server)
{
    mailsim_smtp_server_reset_transaction(server);
    g_clear_pointer(&server->envelope.helo_name, g_free);
    g_clear_pointer(&server->envelope.user, g_free);
    g_clear_pointer(&server->envelope.mechanism, g_free);
}

static MailsimWant
go_on_secured(MailsimSmtpServer *server, const MailsimTlsInfo *tls, GString *out)
{
    if (server->options.tls_loglevel > 0)
        mailsim_smtp_server_log(server, "Anonymous TLS connection established from %s: %s%s%s",
                                server->options.client, tls->description,
                                tls->key_exchange != NULL ? " " : "",
                                tls->key_exchange != NULL ? tls->key_exchange : "");
    if (mailsim_smtp_server_is_too_much(server, MAILSIM_ACT_TLS_SESSION, out))
        return MAILSIM_WANT_END;
    if (server->tally != NULL)
        server->tally->n_obeyed++;
    server->tally = NULL;
    if (server->options.tls_requires_certificate && !tls->peer_certificate) {
        mailsim_smtp_server_log(server,
                                "NOQUEUE: abort: TLS from %s: No client certificate presented",
                                server->options.client);
        g_string_append_printf(out, "421 4.7.1 %s Error: No client certificate presented\r\n",
                               server->options.hostname);
        return MAILSIM_WANT_END;
    }
    if (is_lost(server))
        return MAILSIM_WANT_END;
    return server->options.tls_wrappermode ? greet(server, out) : MAILSIM_WANT_LINE;
}

static MailsimWant
secured(MailsimSession *session, const MailsimTlsInfo *tls, GString *out)
{
    MailsimSmtpServer *server = (MailsimSmtpServer *)session;

    forget(server);
    server->envelope.secured = TRUE;
    server->envelope.tls_description = g_strdup(tls->description);
    server->envelope.tls_key_exchange = g_strdup(tls->key_exchange);
    return mailsim_smtp_server_settle(server, go_on_secured(server, tls, out), out);
}

static MailsimWant
timed_out(MailsimSession *session, GString *out)
{
    MailsimSmtpServer *server = (MailsimSmtpServer *)session;
    g_autofree char *words =
        g_strdup_printf("421 4.4.2 %s Error: timeout exceeded", server->options.hostname);

    mailsim_smtp_server_log_timeout(server, words);
    mailsim_smtp_server_log_end(server);
    mailsim_smtp_server_reset_transaction(server);
    return reply(out, words);
}

static void
lost(MailsimSession *session, MailsimLoss why)
{
    MailsimSmtpServer *server = (MailsimSmtpServer *)session;

    if (!server->ended && server->want == MAILSIM_WANT_TLS)
        mailsim_smtp_server_log_no_handshake(server, why);
    else if (!server->ended)
        mailsim_smtp_server_log_loss(server, why);
    mailsim_smtp_server_log_end(server);
    mailsim_smtp_server_reset_transaction(server);
}

static gint64
get_patience(MailsimSession *session)
{
    const MailsimSmtpServer *server = (const MailsimSmtpServer *)session;

    if (server->want == MAILSIM_WANT_REST)
        return server->held.rest_us;
    return server->want == MAILSIM_WANT_TLS ? server->options.starttls_timeout_us
                                            : server->options.timeout_us;
}

static gsize
get_line_max(MailsimSession *session)
{
    return ((const MailsimSmtpServer *)session)->options.line_length_limit;
}

static gsize
count_bytes(MailsimSession *session)
{
    return mailsim_smtp_server_count_chunk_bytes((MailsimSmtpServer *)session);
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

/* ---- life -------------------------------------------------------------------------------- */

static void
free_options(MailsimSmtpServerOptions *options)
{
    g_free((char *)options->hostname);
    g_free((char *)options->banner);
    g_free((char *)options->client);
    g_free((char *)options->service);
    g_free((char *)options->mechanisms);
    g_free((char *)options->discarded_keywords);
}

static void
free_server(MailsimSession *session)
{
    MailsimSmtpServer *server = (MailsimSmtpServer *)session;

    free_options(&server->options);
    g_free(server->envelope.helo_name);
    g_free(server->envelope.tls_description);
    g_free(server->envelope.tls_key_exchange);
    g_free(server->envelope.user);
    g_free(server->envelope.mechanism);
    g_free(server->envelope.sender);
    g_free(server->envelope.envelope_id);
    g_ptr_array_unref(server->envelope.recipients);
    g_free(server->chunking.refusal);
    g_string_free(server->text.content, TRUE);
    g_string_free(server->held.due, TRUE);
    g_string_free(server->held.later, TRUE);
    g_free(server);
}

static MailsimWant
rested(MailsimSession *session, GString *out)
{
    return mailsim_smtp_server_go_on((MailsimSmtpServer *)session, out);
}

static const MailsimSessionClass server_class = {
    .begin = begin,
    .heard = heard,
    .secured = secured,
    .rested = rested,
    .timed_out = timed_out,
    .lost = lost,
    .get_patience = get_patience,
    .get_line_max = get_line_max,
    .count_bytes = count_bytes,
    .waits_for = waits_for,
    .free = free_server,
};

static void
copy_options(MailsimSmtpServerOptions *own, const MailsimSmtpServerOptions *options)
{
    *own = *options;
    own->hostname = g_strdup(options->hostname);
    own->banner = g_strdup(options->banner);
    own->client = g_strdup(options->client != NULL ? options->client : "unknown");
    own->service = g_strdup(options->service != NULL ? options->service : "smtp");
    own->mechanisms = g_strdup(options->mechanisms);
    own->discarded_keywords = g_strdup(options->discarded_keywords);
    own->tls_offered = options->tls_offered && !options->tls_wrappermode;
    own->tls_required = options->tls_required && !options->tls_wrappermode;
    own->auth_needs_tls = options->auth_needs_tls || options->tls_required;
    if (own->line_length_limit == 0)
        own->line_length_limit = MAILSIM_LINE_MAX_BYTES;
}

MailsimSession *
mailsim_smtp_server_new(const MailsimSmtpServerOptions *options,
                        const MailsimSmtpPolicy *policy,
                        gpointer data)
{
    MailsimSmtpServer *server = g_new0(MailsimSmtpServer, 1);

    server->session.class = &server_class;
    copy_options(&server->options, options);
    server->policy = policy;
    server->data = data;
    server->envelope.where = "CONNECT";
    server->held.due = g_string_new(NULL);
    server->held.later = g_string_new(NULL);
    server->text.content = g_string_new(NULL);
    server->envelope.recipients = mailsim_smtp_recipient_list_new();
    return &server->session;
}

gboolean
mailsim_smtp_server_get_command(guint index, MailsimFeature *command)
{
    if (index >= G_N_ELEMENTS(commands))
        return FALSE;
    command->name = commands[index].verb;
    command->syntax = commands[index].syntax;
    command->reference = commands[index].reference;
    return TRUE;
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
