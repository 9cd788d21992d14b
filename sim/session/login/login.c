/* SPDX-License-Identifier: MIT
 *
 * A connection before anybody reads mail, and the session's class: until somebody has logged in
 * it is the login's, then all is passed on to the session that reads his mail. */
#include "login-private.h"

#include <mailsim/base/limits.h>

/* Dovecot's CLIENT_LOGIN_IDLE_TIMEOUT_MSECS; nothing that is said puts it off. */
#define PATIENCE_US (3 * MAILSIM_MINUTE)

/* Dovecot's LOGIN_MAX_INBUF_SIZE */
#define LINE_MAX_BYTES 1024

gboolean
mailsim_login_is_secured(const MailsimLogin *login)
{
    return login->under_tls || login->options.trusted ||
           g_str_equal(login->options.rip, login->options.lip);
}

void
mailsim_login_append_piece(GString *line, const MailsimInput *input)
{
    g_string_append_len(line, input->text, (gssize)input->length);
    /* The CR may have come with the piece before. */
    if (input->line_end == MAILSIM_LINE_END_LF && input->length == 0 && line->len > 0 &&
        line->str[line->len - 1] == '\r')
        g_string_truncate(line, line->len - 1);
}

MailsimWant
mailsim_login_disconnect(MailsimLogin *login,
                         const char *reason,
                         const char *text,
                         GString *out)
{
    if (text != NULL)
        g_string_append_printf(out, "%s %s\r\n", login->protocol->farewell, text);
    mailsim_login_log_end(login, reason, NULL);
    return MAILSIM_WANT_END;
}

/* ---- TLS --------------------------------------------------------------------------------- */

const char *
mailsim_login_find_tls_problem(const MailsimLogin *login)
{
    if (login->under_tls)
        return "TLS is already active.";
    if (!login->options.tls_offered)
        return "TLS support isn't enabled.";
    return NULL;
}

MailsimWant
mailsim_login_want_tls(MailsimLogin *login, GString *out)
{
    if (login->options.tls_broken)
        return mailsim_login_disconnect(login, "TLS initialization failed.",
                                        "TLS initialization failed.", out);
    login->state = MAILSIM_LOGIN_EXPECT_HANDSHAKE;
    return MAILSIM_WANT_TLS;
}

/* ---- the session ------------------------------------------------------------------------- */

static MailsimLogin *
get_login(MailsimSession *session)
{
    return (MailsimLogin *)session;
}

static MailsimWant
begin(MailsimSession *session, GString *out)
{
    MailsimLogin *login = get_login(session);

    login->began_us = mailsim_login_get_now(login);
    if (login->options.tls_wrappermode)
        return login->want = mailsim_login_want_tls(login, out);
    login->protocol->greet(login, out);
    return login->want = MAILSIM_WANT_TEXT;
}

static MailsimWant
hear(MailsimLogin *login, const MailsimInput *input, GString *out)
{
    switch (login->state) {
    case MAILSIM_LOGIN_EXPECT_NOTHING:
        return login->reader->class->heard(login->reader, input, out);
    case MAILSIM_LOGIN_EXPECT_SASL_RESPONSE:
        return mailsim_login_hear_response(login, input, out);
    case MAILSIM_LOGIN_EXPECT_COMMAND:
        return login->protocol->heard(login, input, out);
    case MAILSIM_LOGIN_EXPECT_HANDSHAKE:
    case MAILSIM_LOGIN_EXPECT_VERDICT:
        break;
    }
    g_assert_not_reached();
}

static MailsimWant
heard(MailsimSession *session, const MailsimInput *input, GString *out)
{
    MailsimLogin *login = get_login(session);

    return login->want = hear(login, input, out);
}

static MailsimWant
secured(MailsimSession *session, G_GNUC_UNUSED const MailsimTlsInfo *tls, GString *out)
{
    MailsimLogin *login = get_login(session);

    login->under_tls = TRUE;
    login->state = MAILSIM_LOGIN_EXPECT_COMMAND;
    if (login->options.tls_wrappermode)
        login->protocol->greet(login, out);
    return login->want = MAILSIM_WANT_TEXT;
}

static MailsimWant
rested(MailsimSession *session, GString *out)
{
    MailsimLogin *login = get_login(session);

    if (login->reader != NULL)
        return login->want = login->reader->class->rested(login->reader, out);
    return login->want = mailsim_login_hear_verdict(login, out);
}

static MailsimWant
time_out_reader(MailsimLogin *login, GString *out)
{
    const MailsimSessionClass *class = login->reader->class;

    login->reader->n_left = login->session.n_left;
    login->reader->left = login->session.left;
    if (class->timed_out != NULL)
        return class->timed_out(login->reader, out);
    class->lost(login->reader, MAILSIM_LOSS_TIMEOUT);
    return MAILSIM_WANT_END;
}

static MailsimWant
timed_out(MailsimSession *session, GString *out)
{
    MailsimLogin *login = get_login(session);

    if (login->reader != NULL)
        return login->want = time_out_reader(login, out);
    if (login->state == MAILSIM_LOGIN_EXPECT_SASL_RESPONSE)
        return mailsim_login_disconnect(login, "Inactivity during authentication",
                                        "Disconnected for inactivity during authentication.",
                                        out);
    return mailsim_login_disconnect(login, "Inactivity", "Disconnected for inactivity.", out);
}

static MailsimWant
noticed(MailsimSession *session, GString *out)
{
    MailsimLogin *login = get_login(session);

    if (login->reader != NULL && login->reader->class->noticed != NULL)
        login->want = login->reader->class->noticed(login->reader, out);
    return login->want;
}

static void
lose(MailsimLogin *login, MailsimLoss why)
{
    const gboolean under_tls =
        login->under_tls || login->state == MAILSIM_LOGIN_EXPECT_HANDSHAKE;
    const char *problem = why == MAILSIM_LOSS_TLS && login->policy->get_tls_problem != NULL
                              ? login->policy->get_tls_problem(login->data)
                              : NULL;
    g_autofree char *reason =
        problem != NULL ? g_strconcat("Connection closed: ", problem, NULL) : NULL;

    if (login->state == MAILSIM_LOGIN_EXPECT_VERDICT)
        login->unfinished = FALSE;
    if (why == MAILSIM_LOSS_TIMEOUT)
        mailsim_login_log_end(login, "Inactivity", NULL);
    else if (problem != NULL)
        mailsim_login_log_end(login, reason, problem);
    else
        mailsim_login_log_end(login, "Connection closed",
                              under_tls ? "Connection closed" : NULL);
}

static void
lost(MailsimSession *session, MailsimLoss why)
{
    MailsimLogin *login = get_login(session);

    if (login->reader == NULL) {
        lose(login, why);
        return;
    }
    login->reader->n_left = session->n_left;
    login->reader->left = session->left;
    login->reader->class->lost(login->reader, why);
}

static gint64
get_patience(MailsimSession *session)
{
    MailsimLogin *login = get_login(session);

    if (login->reader != NULL)
        return login->reader->class->get_patience != NULL
                   ? login->reader->class->get_patience(login->reader)
                   : 0;
    if (login->state == MAILSIM_LOGIN_EXPECT_VERDICT)
        return login->delay_us;
    if (login->policy->get_now == NULL)
        return 0;
    return MAX(login->began_us + PATIENCE_US - mailsim_login_get_now(login), 1);
}

static gsize
get_line_max(MailsimSession *session)
{
    MailsimLogin *login = get_login(session);

    if (login->reader == NULL)
        return LINE_MAX_BYTES;
    return login->reader->class->get_line_max != NULL
               ? login->reader->class->get_line_max(login->reader)
               : MAILSIM_LINE_MAX_BYTES;
}

static gsize
count_bytes(MailsimSession *session)
{
    MailsimLogin *login = get_login(session);

    return login->reader != NULL ? login->reader->class->count_bytes(login->reader)
                                 : login->protocol->count_bytes(login);
}

static const char *
waits_for(MailsimSession *session)
{
    MailsimLogin *login = get_login(session);

    if (login->reader != NULL)
        return login->reader->class->waits_for != NULL
                   ? login->reader->class->waits_for(login->reader)
                   : NULL;
    return login->state == MAILSIM_LOGIN_EXPECT_SASL_RESPONSE ? "SASL response" : "command";
}

static void
free_login(MailsimSession *session)
{
    MailsimLogin *login = get_login(session);

    mailsim_session_free(login->reader);
    login->protocol->free(login);
    g_free((char *)login->options.mechanisms);
    g_free((char *)login->options.greeting);
    g_free((char *)login->options.rip);
    g_free((char *)login->options.lip);
    g_free((char *)login->options.session_id);
    g_free(login->user);
    g_free(login->method);
    g_string_free(login->response, TRUE);
    g_free(login->text);
    g_free(login);
}

static const MailsimSessionClass class = {
    .begin = begin,
    .heard = heard,
    .secured = secured,
    .rested = rested,
    .timed_out = timed_out,
    .noticed = noticed,
    .lost = lost,
    .get_patience = get_patience,
    .get_line_max = get_line_max,
    .count_bytes = count_bytes,
    .waits_for = waits_for,
    .free = free_login,
};

void
mailsim_login_init(MailsimLogin *login,
                   const MailsimLoginOptions *options,
                   const MailsimLoginProtocol *protocol,
                   const MailsimLoginPolicy *policy,
                   gpointer data)
{
    login->session.class = &class;
    login->options = *options;
    login->options.mechanisms = g_strdup(options->mechanisms);
    login->options.greeting = g_strdup(options->greeting);
    login->options.rip = g_strdup(options->rip);
    login->options.lip = g_strdup(options->lip);
    login->options.session_id = g_strdup(options->session_id);
    login->protocol = protocol;
    login->policy = policy;
    login->data = data;
    login->response = g_string_new(NULL);
}
