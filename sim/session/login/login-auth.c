/* SPDX-License-Identifier: MIT
 *
 * Somebody says who he is. The policy knows passwords and mechanisms; here is who may say one,
 * what the protocols have in common of SASL (RFC 4422), and what is answered. */
#include "login-private.h"

#include <string.h>

/* Dovecot's LOGIN_MAX_AUTH_BUF_SIZE */
#define RESPONSE_MAX_BYTES 8192

static const char invalid_base64[] = "Invalid base64 data in ";

/* ---- who may ----------------------------------------------------------------------------- */

/* Such a mechanism says the password itself. */
static gboolean
is_plaintext(const char *mechanism)
{
    return g_str_equal(mechanism, "PLAIN") || g_str_equal(mechanism, "LOGIN");
}

static gboolean
lacks_tls(const MailsimLogin *login)
{
    return login->options.tls_required && !mailsim_login_is_secured(login);
}

static gboolean
forbids_plaintext(const MailsimLogin *login)
{
    return login->options.disable_plaintext_auth && !mailsim_login_is_secured(login);
}

gboolean
mailsim_login_allows_password(const MailsimLogin *login)
{
    return !lacks_tls(login) && !forbids_plaintext(login);
}

gboolean
mailsim_login_may_say_password(MailsimLogin *login, const char *name)
{
    if (mailsim_login_allows_password(login))
        return TRUE;
    mailsim_login_log_verbose(login, "Login failed: Plaintext authentication disabled");
    login->n_attempts++;
    if (login->user == NULL)
        login->user = g_strdup(name);
    return FALSE;
}

static gboolean
has_mechanism(const MailsimLogin *login, const char *mechanism)
{
    g_auto(GStrv) mechanisms = g_strsplit(login->options.mechanisms, " ", -1);

    return g_strv_contains((const char *const *)mechanisms, mechanism);
}

char **
mailsim_login_list_mechanisms(const MailsimLogin *login)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_auto(GStrv) mechanisms = g_strsplit(login->options.mechanisms, " ", -1);

    for (char **mechanism = mechanisms; *mechanism != NULL; mechanism++) {
        if (!lacks_tls(login) && !(forbids_plaintext(login) && is_plaintext(*mechanism)))
            g_strv_builder_add(builder, *mechanism);
    }
    return g_strv_builder_end(builder);
}

/* ---- answers ----------------------------------------------------------------------------- */

MailsimWant
mailsim_login_refuse(MailsimLogin *login,
                     MailsimLoginRefusal refusal,
                     const char *text,
                     GString *out)
{
    login->state = MAILSIM_LOGIN_EXPECT_COMMAND;
    if (login->protocol->begin_answer != NULL)
        login->protocol->begin_answer(login, out);
    g_string_append_printf(out, "%s %s\r\n", login->protocol->refusals[refusal], text);
    return MAILSIM_WANT_TEXT;
}

/* The same, and why in the log. */
static MailsimWant
refuse_mechanism(MailsimLogin *login,
                 MailsimLoginRefusal refusal,
                 const char *text,
                 GString *out)
{
    g_autofree char *line = g_strdup_printf("Authenticate %s failed: %s", login->method, text);

    mailsim_login_log_verbose(login, line);
    return mailsim_login_refuse(login, refusal, text, out);
}

/* mail_max_userip_connections */
static MailsimWant
refuse_connection(MailsimLogin *login, guint n_max, GString *out)
{
    g_autofree char *text =
        g_strdup_printf("Maximum number of connections from user+IP exceeded "
                        "(mail_max_userip_connections=%u)",
                        n_max);
    g_autofree char *line = g_strconcat("Disconnected: ", text, NULL);

    mailsim_login_refuse(login, MAILSIM_LOGIN_TOO_MANY, text, out);
    mailsim_login_log(login, line, 0);
    return MAILSIM_WANT_END;
}

static MailsimWant
let_in(MailsimLogin *login, GString *out)
{
    MailsimMailStore *store;
    guint pid = 0;

    g_free(login->user);
    login->user = g_steal_pointer(&login->text);
    store = login->policy->open(login->data, login->user, &pid);
    if (store == NULL)
        return refuse_connection(login, pid, out);
    mailsim_login_log(login, "Login", pid);
    login->protocol->welcome(login, out);
    login->reader = login->protocol->create_reader(login, store);
    login->state = MAILSIM_LOGIN_EXPECT_NOTHING;
    return login->reader->class->begin(login->reader, out);
}

static MailsimWant
refuse_user(MailsimLogin *login, GString *out)
{
    const gboolean base64 = g_str_has_prefix(login->text, invalid_base64);

    if (base64)
        login->failure = "sent invalid base64 in response";
    return mailsim_login_refuse(login,
                                base64 ? MAILSIM_LOGIN_INVALID_BASE64 : MAILSIM_LOGIN_WRONG,
                                base64 ? login->text : "Authentication failed.", out);
}

MailsimWant
mailsim_login_hear_verdict(MailsimLogin *login, GString *out)
{
    login->unfinished = login->result == MAILSIM_SASL_CONTINUE;
    switch (login->result) {
    case MAILSIM_SASL_OK:
        return let_in(login, out);
    case MAILSIM_SASL_CONTINUE:
        login->state = MAILSIM_LOGIN_EXPECT_SASL_RESPONSE;
        g_string_append_printf(out, "+ %s\r\n", login->text);
        return MAILSIM_WANT_TEXT;
    case MAILSIM_SASL_FAILED:
        return refuse_user(login, out);
    case MAILSIM_SASL_UNAVAILABLE:
        return mailsim_login_refuse(login, MAILSIM_LOGIN_UNAVAILABLE,
                                    "Temporary authentication failure.", out);
    }
    g_assert_not_reached();
}

/* ---- an exchange ------------------------------------------------------------------------- */

/* TEXT is taken. */
static MailsimWant
wait_for_verdict(MailsimLogin *login, MailsimSaslResult result, char *text, GString *out)
{
    const MailsimLoginPolicy *policy = login->policy;
    const char *user = policy->get_user != NULL ? policy->get_user(login->data) : NULL;

    if (user != NULL) {
        g_free(login->user);
        login->user = g_strdup(user);
    }
    g_free(login->text);
    login->text = text;
    login->result = result;
    login->delay_us = policy->take_delay != NULL ? policy->take_delay(login->data) : 0;
    if (login->delay_us <= 0)
        return mailsim_login_hear_verdict(login, out);
    login->state = MAILSIM_LOGIN_EXPECT_VERDICT;
    return MAILSIM_WANT_REST;
}

static MailsimWant
start(MailsimLogin *login, const char *mechanism, const char *response, GString *out)
{
    char *text = NULL;
    MailsimSaslResult result;

    login->n_attempts++;
    if (login->attempted_us == 0)
        login->attempted_us = mailsim_login_get_now(login);
    login->unfinished = TRUE;
    login->failure = NULL;
    if (!has_mechanism(login, mechanism)) {
        login->failure = "tried to use unsupported auth mechanism";
        return refuse_mechanism(login, MAILSIM_LOGIN_ALERT,
                                "Unsupported authentication mechanism.", out);
    }
    if (forbids_plaintext(login) && is_plaintext(mechanism)) {
        login->failure = "tried to use disallowed plaintext auth";
        return refuse_mechanism(login, MAILSIM_LOGIN_NEEDS_TLS,
                                "Plaintext authentication disabled.", out);
    }
    result = login->policy->sasl_start(login->data, mechanism, response, &text);
    return wait_for_verdict(login, result, text, out);
}

MailsimWant
mailsim_login_authenticate(MailsimLogin *login,
                           const char *mechanism,
                           const char *response,
                           GString *out)
{
    g_autofree char *name = g_ascii_strup(mechanism, -1);

    g_free(login->method);
    login->method = mailsim_login_dup_printable(name);
    if (strlen(response) > RESPONSE_MAX_BYTES)
        return mailsim_login_disconnect(login, "Authentication response too large", NULL, out);
    if (!lacks_tls(login))
        return start(login, login->method, *response != '\0' ? response : NULL, out);
    mailsim_login_log_verbose(login, "Login failed: SSL required for authentication");
    login->n_attempts++;
    login->unfinished = FALSE;
    return mailsim_login_refuse(login, MAILSIM_LOGIN_NEEDS_TLS,
                                "Authentication not allowed until SSL/TLS is enabled.", out);
}

MailsimWant
mailsim_login_check_password(MailsimLogin *login,
                             const char *user,
                             const char *password,
                             GString *out)
{
    g_autoptr(GString) message = g_string_new(NULL);
    g_autofree char *response = NULL;

    g_string_append_c(message, '\0');
    g_string_append_len(message, user, (gssize)strlen(user) + 1);
    g_string_append(message, password);
    response = g_base64_encode((const guchar *)message->str, message->len);
    g_free(login->method);
    login->method = g_strdup("PLAIN");
    return start(login, login->method, response, out);
}

/* Who judges looks again: here it is only whether it could be any. */
static gboolean
is_base64(const char *text)
{
    static const char characters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

    return text[strspn(text, characters)] == '\0';
}

static MailsimWant
step(MailsimLogin *login, const char *response, GString *out)
{
    char *text = NULL;
    MailsimSaslResult result;

    if (g_str_equal(response, "*"))
        return mailsim_login_refuse(login, MAILSIM_LOGIN_ABORTED,
                                    "Authentication aborted by client.", out);
    if (!is_base64(response))
        return refuse_mechanism(login, MAILSIM_LOGIN_ALERT, "Invalid base64 in response", out);
    result = login->policy->sasl_step(login->data, response, &text);
    return wait_for_verdict(login, result, text, out);
}

MailsimWant
mailsim_login_hear_response(MailsimLogin *login, const MailsimInput *input, GString *out)
{
    g_autofree char *response = NULL;

    mailsim_login_append_piece(login->response, input);
    if (login->response->len > RESPONSE_MAX_BYTES)
        return mailsim_login_disconnect(login, "Authentication response too large", NULL, out);
    if (input->line_end == MAILSIM_LINE_END_NONE)
        return MAILSIM_WANT_TEXT;
    response = g_strndup(login->response->str, login->response->len);
    g_string_truncate(login->response, 0);
    return step(login, response, out);
}
