/* SPDX-License-Identifier: MIT
 *
 * The recorded server as a policy: the least that gives the recorded answers. */
#include "dest-example.h"

#include <string.h>

#include <mailsim/protocol/mail-address.h>

#define RELAY_LATER "454 4.7.1"
#define RELAY_NEVER "554 5.7.1"

/* clang-format off */
static const DestExampleService services[] = {
    {.name = "may", .tls_offered = TRUE, .relay_refusal = RELAY_LATER},
    {.name = "badcert", .tls_offered = TRUE, .tls_broken = TRUE, .relay_refusal = RELAY_LATER},
    {.name = "none", .relay_refusal = RELAY_LATER},
    {.name = "encrypt", .tls_offered = TRUE, .tls_required = TRUE, .relay_refusal = RELAY_LATER},
    {.name = "may-auth", .tls_offered = TRUE, .auth_enabled = TRUE, .auth_needs_tls = TRUE,
     .relay_refusal = RELAY_LATER},
    {.name = "may-auth-plain", .tls_offered = TRUE, .auth_enabled = TRUE,
     .relay_refusal = RELAY_LATER},
    {.name = "encrypt-auth", .tls_offered = TRUE, .tls_required = TRUE, .auth_enabled = TRUE,
     .relay_refusal = RELAY_LATER},
    {.name = "submission", .tls_offered = TRUE, .tls_required = TRUE, .auth_enabled = TRUE,
     .auth_needs_tls = TRUE, .submission = TRUE},
    {.name = "submission-may", .tls_offered = TRUE, .auth_enabled = TRUE, .auth_needs_tls = TRUE,
     .submission = TRUE},
    {.name = "smtps", .tls_wrappermode = TRUE, .auth_enabled = TRUE, .auth_needs_tls = TRUE,
     .submission = TRUE},
    {.name = "open-relay", .tls_offered = TRUE},
    {.name = "reject-unauth", .relay_refusal = RELAY_NEVER},
    {.name = "no-vrfy", .vrfy_disabled = TRUE, .relay_refusal = RELAY_LATER},
    {.name = "small", .tls_offered = TRUE, .message_size_limit = 2000,
     .relay_refusal = RELAY_LATER},
};
/* clang-format on */

const DestExampleService *
dest_example_find_service(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(services); i++) {
        if (g_str_equal(services[i].name, name))
            return &services[i];
    }
    return NULL;
}

DestExample *
dest_example_new(const DestExampleService *service, gboolean inside)
{
    DestExample *host = g_new0(DestExample, 1);

    host->service = service;
    host->inside = inside;
    host->login = g_string_new(NULL);
    host->messages = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    host->envelopes = g_ptr_array_new_with_free_func(g_free);
    return host;
}

void
dest_example_free(DestExample *host)
{
    if (host == NULL)
        return;
    g_string_free(host->login, TRUE);
    g_ptr_array_unref(host->messages);
    g_ptr_array_unref(host->envelopes);
    g_free(host);
}

/* ---- who may send to whom ---------------------------------------------------------------- */

static gboolean
is_local_user(const char *recipient)
{
    static const char *const users[] = {"alice", "bob", "postmaster"};
    g_autofree char *local_part = mailsim_mail_address_dup_local_part(recipient);

    for (guint i = 0; i < G_N_ELEMENTS(users); i++) {
        if (mailsim_mail_address_equal(local_part, users[i]))
            return TRUE;
    }
    return FALSE;
}

static char *
check_recipient(gpointer data, const MailsimSmtpEnvelope *envelope, const char *recipient)
{
    const DestExample *host = data;
    const char *domain = mailsim_mail_address_get_domain(recipient);
    gboolean local = domain == NULL || mailsim_mail_address_equal(domain, "dest.example");
    gboolean trusted = host->inside || envelope->user != NULL;

    if (host->service->submission && envelope->user == NULL)
        return g_strdup_printf("554 5.7.1 <%s>: Recipient address rejected: Access denied",
                               recipient);
    if (!local && !trusted && host->service->relay_refusal != NULL)
        return g_strdup_printf("%s <%s>: Relay access denied", host->service->relay_refusal,
                               recipient);
    if (local && !is_local_user(recipient))
        return g_strdup_printf("550 5.1.1 <%s>: Recipient address rejected: User unknown in "
                               "local recipient table",
                               recipient);
    return NULL;
}

static char *
take_message(gpointer data, const MailsimSmtpEnvelope *envelope, GBytes *message)
{
    DestExample *host = data;
    GString *summary = g_string_new(mailsim_smtp_envelope_get_protocol(envelope));

    if (envelope->user != NULL)
        g_string_append_printf(summary, " %s", envelope->user);
    g_string_append_printf(summary, ": %s >", envelope->sender);
    for (guint i = 0; i < envelope->recipients->len; i++)
        g_string_append_printf(summary, " %s",
                               (const char *)g_ptr_array_index(envelope->recipients, i));
    g_ptr_array_add(host->envelopes, g_string_free(summary, FALSE));
    g_ptr_array_add(host->messages, g_bytes_ref(message));
    return g_strdup("<queue-id>");
}

/* ---- login, as Dovecot answers ----------------------------------------------------------- */

#define UNKNOWN_REASON  "(reason unavailable)"
#define USERNAME_PROMPT "VXNlcm5hbWU6"
#define PASSWORD_PROMPT "UGFzc3dvcmQ6"

static gboolean
is_base64(const char *text)
{
    gsize length = strlen(text);

    return length % 4 == 0 &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                        "0123456789+/=") == length;
}

static MailsimSaslResult
fail(const char *reason, char **text)
{
    *text = g_strdup(reason);
    return MAILSIM_SASL_FAILED;
}

static MailsimSaslResult
challenge(const char *prompt, char **text)
{
    *text = g_strdup(prompt);
    return MAILSIM_SASL_CONTINUE;
}

static MailsimSaslResult
judge(const char *user, const char *password, char **text)
{
    if (!g_str_equal(user, "alice") || !g_str_equal(password, "alicepw"))
        return fail(UNKNOWN_REASON, text);
    *text = g_strdup(user);
    return MAILSIM_SASL_OK;
}

/* message = [authzid] UTF8NUL authcid UTF8NUL passwd                   RFC 4616 §2 */
static MailsimSaslResult
hear_plain(const char *response, char **text)
{
    gsize length;
    g_autofree guchar *decoded = g_base64_decode(response, &length);
    g_autofree char *message = g_malloc0(length + 1);
    gsize user;
    gsize password;

    memcpy(message, decoded, length);
    user = strlen(message) + 1;
    password = user < length ? user + strlen(message + user) + 1 : length;

    if (password >= length)
        return fail(UNKNOWN_REASON, text);
    return judge(message + user, message + password, text);
}

static MailsimSaslResult
hear_login(DestExample *host, const char *response, char **text)
{
    gsize length;
    g_autofree guchar *decoded = g_base64_decode(response, &length);
    g_autofree char *answer = g_strndup((const char *)decoded, length);
    const char *user = host->login->str + strlen("LOGIN ");

    if (host->login->len > strlen("LOGIN "))
        return judge(user, answer, text);
    g_string_append(host->login, answer);
    return challenge(PASSWORD_PROMPT, text);
}

static MailsimSaslResult
hear_response(DestExample *host, const char *response, char **text)
{
    if (g_str_equal(host->login->str, "PLAIN "))
        return hear_plain(response, text);
    return hear_login(host, response, text);
}

static MailsimSaslResult
sasl_start(gpointer data, const char *mechanism, const char *response, char **text)
{
    DestExample *host = data;
    gboolean plain = g_str_equal(mechanism, "PLAIN");

    if (!plain && !g_str_equal(mechanism, "LOGIN"))
        return fail("Invalid authentication mechanism", text);
    g_string_printf(host->login, "%s ", mechanism);
    if (response == NULL)
        return challenge(plain ? "" : USERNAME_PROMPT, text);
    if (g_str_equal(response, "="))
        return hear_response(host, "", text);
    if (!is_base64(response))
        return fail("Invalid base64 data in initial response", text);
    return hear_response(host, response, text);
}

static MailsimSaslResult
sasl_step(gpointer data, const char *response, char **text)
{
    if (!is_base64(response))
        return fail("Invalid base64 data in continued response", text);
    return hear_response(data, response, text);
}

static const MailsimSmtpPolicy policy = {
    .check_recipient = check_recipient,
    .verify_recipient = check_recipient,
    .sasl_start = sasl_start,
    .sasl_step = sasl_step,
    .take_message = take_message,
};

MailsimSession *
dest_example_listen(DestExample *host)
{
    const DestExampleService *service = host->service;
    const MailsimSmtpServerOptions options = {
        .hostname = "mx.dest.example",
        .banner = "mx.dest.example ESMTP Postfix",
        .message_size_limit =
            service->message_size_limit > 0 ? service->message_size_limit : 10240000,
        .tls_offered = service->tls_offered,
        .tls_required = service->tls_required,
        .tls_broken = service->tls_broken,
        .tls_wrappermode = service->tls_wrappermode,
        .auth_enabled = service->auth_enabled,
        .auth_needs_tls = service->auth_needs_tls,
        .mechanisms = "PLAIN LOGIN",
        .vrfy_disabled = service->vrfy_disabled,
    };

    return mailsim_smtp_server_new(&options, &policy, host);
}
