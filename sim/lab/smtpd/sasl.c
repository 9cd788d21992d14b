/* SPDX-License-Identifier: MIT
 *
 * Logins, both ends, by GNU SASL: Dovecot's auth service for a server, the account of a mail
 * program. The library knows the mechanisms; the words around them are Dovecot's. Cyrus, which
 * a server gets when it asks for nothing, is in sasl-cyrus.c. */
#include "smtpd-private.h"

#include <mailsim/lab/dovecot-conf.h>

#include <string.h>

#include <mailsim/settings/dovecot-value.h>

struct MailsimSaslServer {
    MailsimHost *host;
    MailsimSaslType type;
    char *mechanisms;
    MailsimCyrus cyrus;
    Gsasl_session *session; /* Dovecot's; NULL: no login under way */
    gboolean login;         /* the mechanism is LOGIN */
    guint n_challenges;
    char *named; /* by the attempt under way; NULL: nobody so far */
    char *user; /* whom the last one that failed named, of this attempt or before; NULL: none */
};

struct MailsimSaslLogin {
    MailsimLab *lab;
    const char *const *mechanisms; /* in the order in which it likes them */
    char *user;
    char *password;
    Gsasl_session *session;
    gboolean done; /* the mechanism has said all that it has to say */
};

/* ---- what libgsasl asks back ------------------------------------------------------------- */

/* By the name that auth_username_format makes of it: with Debian's %Lu in small letters. */
static void
name_user(MailsimSaslServer *server, const char *name)
{
    g_free(server->named);
    server->named = mailsim_dovecot_setting_format_user(
        mailsim_dovecot_conf_get(server->host->definition, "auth_username_format"), name);
}

/* The user who is named as that, to the letter. */
static const MailsimUser *
find_named_user(const MailsimSaslServer *server)
{
    const MailsimUser *user = mailsim_host_find_user(server->host, server->named);
    g_autofree char *small = user != NULL ? g_ascii_strdown(user->name, -1) : NULL;

    return user != NULL &&
                   (g_str_equal(server->named, user->name) || g_str_equal(server->named, small))
               ? user
               : NULL;
}

static int
validate_password(Gsasl_session *session, MailsimSaslServer *server)
{
    const char *name = gsasl_property_fast(session, GSASL_AUTHID);
    const char *authorization = gsasl_property_fast(session, GSASL_AUTHZID);
    const char *password = gsasl_property_fast(session, GSASL_PASSWORD);
    const MailsimUser *user = NULL;

    if (name != NULL) {
        name_user(server, name);
        user = find_named_user(server);
    }
    if (user == NULL || user->password == NULL || user->password[0] == '\0' ||
        g_strcmp0(user->password, password) != 0)
        return GSASL_AUTHENTICATION_ERROR;
    /* RFC 4616 §2: to act as somebody else is for master users, and there are none. */
    if (authorization != NULL && authorization[0] != '\0' &&
        g_ascii_strcasecmp(authorization, name) != 0)
        return GSASL_AUTHENTICATION_ERROR;
    return GSASL_OK;
}

static int
answer_server(G_GNUC_UNUSED Gsasl *gsasl, Gsasl_session *session, Gsasl_property property)
{
    if (property == GSASL_VALIDATE_SIMPLE)
        return validate_password(session, gsasl_session_hook_get(session));
    return GSASL_NO_CALLBACK;
}

/* ---- Dovecot's side ---------------------------------------------------------------------- */

MailsimSaslServer *
mailsim_sasl_server_new(MailsimHost *host, MailsimSaslType type)
{
    MailsimSaslServer *server = g_new0(MailsimSaslServer, 1);

    server->host = host;
    server->type = type;
    server->mechanisms =
        type == MAILSIM_SASL_CYRUS
            ? mailsim_cyrus_dup_mechanisms()
            : g_ascii_strup(mailsim_dovecot_conf_get(host->definition, "auth_mechanisms"), -1);
    return server;
}

const char *
mailsim_sasl_server_get_mechanisms(const MailsimSaslServer *server)
{
    return server->mechanisms;
}

static void
finish_server(MailsimSaslServer *server)
{
    g_clear_pointer(&server->session, gsasl_finish);
}

void
mailsim_sasl_server_free(MailsimSaslServer *server)
{
    if (server == NULL)
        return;
    finish_server(server);
    g_free(server->mechanisms);
    g_free(server->named);
    g_free(server->user);
    mailsim_cyrus_clear(&server->cyrus);
    g_free(server);
}

const char *
mailsim_sasl_server_get_user(const MailsimSaslServer *server)
{
    return server->type == MAILSIM_SASL_CYRUS ? server->cyrus.user : server->user;
}

const char *
mailsim_sasl_server_get_complaint(const MailsimSaslServer *server)
{
    return server->type == MAILSIM_SASL_CYRUS ? server->cyrus.complaint : NULL;
}

/* What auth_mechanisms says, not what the library can. */
static gboolean
is_offered(const MailsimSaslServer *server, const char *mechanism)
{
    g_auto(GStrv) names = g_strsplit_set(server->mechanisms, " \t", -1);

    for (guint i = 0; names[i] != NULL; i++) {
        if (names[i][0] != '\0' && g_ascii_strcasecmp(names[i], mechanism) == 0)
            return TRUE;
    }
    return FALSE;
}

/* In these words, for which Postfix has no better ones. */
#define WRONG_PASSWORD "(reason unavailable)"

gboolean
mailsim_sasl_is_wrong_password(MailsimSaslResult result, const char *text)
{
    return result == MAILSIM_SASL_FAILED && g_str_equal(text, WRONG_PASSWORD);
}

static MailsimSaslResult
fail_server(MailsimSaslServer *server, const char *reason, char **text)
{
    finish_server(server);
    if (server->named != NULL) {
        g_free(server->user);
        server->user = g_steal_pointer(&server->named);
    }
    *text = g_strdup(reason);
    return MAILSIM_SASL_FAILED;
}

/* PLAIN needs its three parts at once: no bytes are not “go on”, as libgsasl would have it. */
static gboolean
is_hopeless(const MailsimSaslServer *server, const char *response)
{
    return !server->login && response != NULL && response[0] == '\0';
}

/* LOGIN's challenges are Dovecot's: libgsasl has texts of its own. */
static char *
dup_challenge(MailsimSaslServer *server, const char *challenge)
{
    static const char *const prompts[] = {"Username:", "Password:"};

    if (!server->login || server->n_challenges >= G_N_ELEMENTS(prompts))
        return g_strdup(challenge);
    return g_base64_encode((const guchar *)prompts[server->n_challenges],
                           strlen(prompts[server->n_challenges]));
}

/* LOGIN says the name alone, up to a NUL. */
static void
note_name(MailsimSaslServer *server, const char *response)
{
    gsize length;
    g_autofree guchar *name = g_base64_decode(response != NULL ? response : "", &length);
    g_autofree char *text = g_strndup((const char *)name, length);

    if (response != NULL)
        name_user(server, text);
}

static MailsimSaslResult
step_server(MailsimSaslServer *server,
            const char *response,
            const char *base64_reason,
            char **text)
{
    char *output = NULL;
    int result = is_hopeless(server, response)
                     ? GSASL_AUTHENTICATION_ERROR
                     : gsasl_step64(server->session, response, &output);

    if (server->login && server->n_challenges == 1 && result != GSASL_BASE64_ERROR)
        note_name(server, response);
    if (result == GSASL_NEEDS_MORE) {
        *text = dup_challenge(server, output != NULL ? output : "");
        server->n_challenges++;
        gsasl_free(output);
        return MAILSIM_SASL_CONTINUE;
    }
    if (result == GSASL_OK) {
        *text = g_strdup(server->named);
        gsasl_free(output);
        finish_server(server);
        return MAILSIM_SASL_OK;
    }
    return fail_server(server, result == GSASL_BASE64_ERROR ? base64_reason : WRONG_PASSWORD,
                       text);
}

MailsimSaslResult
mailsim_sasl_server_start(MailsimSaslServer *server,
                          const char *mechanism,
                          const char *response,
                          char **text)
{
    g_autofree char *name = g_ascii_strup(mechanism, -1);

    if (server->type == MAILSIM_SASL_CYRUS)
        return mailsim_cyrus_start(&server->cyrus, mechanism, response, text);
    finish_server(server);
    g_clear_pointer(&server->named, g_free);
    if (!is_offered(server, mechanism) ||
        gsasl_server_start(server->host->lab->gsasl, name, &server->session) != GSASL_OK)
        return fail_server(server, "Invalid authentication mechanism", text);

    gsasl_session_hook_set(server->session, server);
    gsasl_callback_set(server->host->lab->gsasl, answer_server);
    server->login = g_ascii_strcasecmp(mechanism, "LOGIN") == 0;
    server->n_challenges = 0;
    /* RFC 4954 §4: a lone = is an initial response of no bytes. LOGIN has none by itself, and
     * takes one for the user's name. */
    if (g_strcmp0(response, "=") == 0)
        response = server->login ? NULL : "";
    if (server->login && response != NULL) {
        step_server(server, NULL, "", text);
        g_clear_pointer(text, g_free);
    }
    return step_server(server, response, "Invalid base64 data in initial response", text);
}

MailsimSaslResult
mailsim_sasl_server_step(MailsimSaslServer *server, const char *response, char **text)
{
    if (server->type == MAILSIM_SASL_CYRUS)
        return mailsim_cyrus_step(&server->cyrus, response, text);
    gsasl_callback_set(server->host->lab->gsasl, answer_server);
    return step_server(server, response, "Invalid base64 data in continued response", text);
}

/* ---- the mail program's side ------------------------------------------------------------- */

MailsimSaslLogin *
mailsim_sasl_login_new(MailsimLab *lab,
                       const char *const *mechanisms,
                       const char *user,
                       const char *password)
{
    MailsimSaslLogin *login = g_new0(MailsimSaslLogin, 1);

    login->lab = lab;
    login->mechanisms = mechanisms;
    login->user = g_strdup(user);
    login->password = g_strdup(password);
    return login;
}

void
mailsim_sasl_login_free(MailsimSaslLogin *login)
{
    if (login == NULL)
        return;
    g_clear_pointer(&login->session, gsasl_finish);
    g_free(login->user);
    g_free(login->password);
    g_free(login);
}

/* libgsasl takes a challenge that is not. */
static gboolean
is_base64(const char *text)
{
    const gsize length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789+/");

    return strspn(text + length, "=") == strlen(text + length) && strlen(text) % 4 == 0;
}

static char *
step_login(gpointer data, const char *challenge)
{
    MailsimSaslLogin *login = data;
    char *output = NULL;
    char *response = NULL;
    int result;

    if (login->done || (challenge != NULL && !is_base64(challenge)))
        return NULL;
    result = gsasl_step64(login->session, challenge, &output);
    login->done = result == GSASL_OK;
    if (result == GSASL_OK || result == GSASL_NEEDS_MORE)
        response = g_strdup(output != NULL ? output : "");
    gsasl_free(output);
    return response;
}

/* Only PLAIN speaks first. */
static char *
start_login(gpointer data,
            const char *mechanisms,
            G_GNUC_UNUSED gboolean secured,
            char **initial)
{
    MailsimSaslLogin *login = data;
    g_auto(GStrv) offered = g_strsplit(mechanisms, " ", -1);

    for (const char *const *known = login->mechanisms; *known != NULL; known++) {
        if (!g_strv_contains((const char *const *)offered, *known) ||
            gsasl_client_start(login->lab->gsasl, *known, &login->session) != GSASL_OK)
            continue;
        gsasl_property_set(login->session, GSASL_AUTHID, login->user);
        gsasl_property_set(login->session, GSASL_PASSWORD, login->password);
        *initial = g_str_equal(*known, "PLAIN") ? step_login(login, NULL) : NULL;
        return g_strdup(*known);
    }
    return NULL;
}

MailsimSaslClient
mailsim_sasl_login_get_client(MailsimSaslLogin *login)
{
    MailsimSaslClient client = {start_login, step_login, login};

    return client;
}
