/* SPDX-License-Identifier: MIT
 *
 * A policy that says no more than clients must hear. */
#include "dest-example.h"

#include <mailsim/protocol/mail-address.h>

/* clang-format off */
static const DestExampleService services[] = {
    {.name = "may", .tls_offered = TRUE},
    {.name = "none"},
    {.name = "encrypt", .tls_offered = TRUE, .tls_required = TRUE},
    {.name = "may-auth-plain", .tls_offered = TRUE, .auth_enabled = TRUE},
    {.name = "submission", .tls_offered = TRUE, .tls_required = TRUE, .auth_enabled = TRUE,
     .auth_needs_tls = TRUE, .submission = TRUE},
    {.name = "submission-may", .tls_offered = TRUE, .auth_enabled = TRUE, .auth_needs_tls = TRUE,
     .submission = TRUE},
    {.name = "smtps", .tls_wrappermode = TRUE, .auth_enabled = TRUE, .auth_needs_tls = TRUE,
     .submission = TRUE},
    {.name = "small", .tls_offered = TRUE, .message_size_limit = 2000},
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
dest_example_new(const DestExampleService *service)
{
    DestExample *host = g_new0(DestExample, 1);

    host->service = service;
    host->messages = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    host->envelopes = g_ptr_array_new_with_free_func(g_free);
    return host;
}

void
dest_example_free(DestExample *host)
{
    if (host == NULL)
        return;
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
check_recipient(const DestExample *host,
                const MailsimSmtpEnvelope *envelope,
                const char *recipient)
{
    const char *domain = mailsim_mail_address_get_domain(recipient);
    gboolean local = domain == NULL || mailsim_mail_address_equal(domain, "dest.example");

    if (host->service->submission && envelope->user == NULL)
        return g_strdup_printf("554 5.7.1 <%s>: Recipient address rejected: Access denied",
                               recipient);
    if (!local && envelope->user == NULL)
        return g_strdup_printf("454 4.7.1 <%s>: Relay access denied", recipient);
    if (local && !is_local_user(recipient))
        return g_strdup_printf("550 5.1.1 <%s>: Recipient address rejected: User unknown in "
                               "local recipient table",
                               recipient);
    return NULL;
}

static char *
check(gpointer data,
      MailsimSmtpStage stage,
      const MailsimSmtpEnvelope *envelope,
      const char *subject)
{
    return stage == MAILSIM_STAGE_RCPT ? check_recipient(data, envelope, subject) : NULL;
}

static char *
take_message(gpointer data,
             const MailsimSmtpEnvelope *envelope,
             GBytes *message,
             G_GNUC_UNUSED char **refusal)
{
    DestExample *host = data;
    GString *summary = g_string_new(mailsim_smtp_envelope_get_protocol(envelope));

    if (envelope->user != NULL)
        g_string_append_printf(summary, " %s", envelope->user);
    g_string_append_printf(summary, ": %s >", envelope->sender);
    for (guint i = 0; i < envelope->recipients->len; i++)
        g_string_append_printf(
            summary, " %s",
            ((const MailsimSmtpRecipient *)g_ptr_array_index(envelope->recipients, i))
                ->address);
    g_ptr_array_add(host->envelopes, g_string_free(summary, FALSE));
    g_ptr_array_add(host->messages, g_bytes_ref(message));
    return g_strdup("<queue-id>");
}

/* ---- login ------------------------------------------------------------------------------- */

#define USERNAME_PROMPT "VXNlcm5hbWU6"
#define PASSWORD_PROMPT "UGFzc3dvcmQ6"

static MailsimSaslResult
challenge(const char *prompt, char **text)
{
    *text = g_strdup(prompt);
    return MAILSIM_SASL_CONTINUE;
}

/* alice with her password, in base64: all of the response. */
static MailsimSaslResult
judge(const char *response, const char *right, char **text)
{
    gboolean holds = g_str_equal(response, right);

    *text = g_strdup(holds ? "alice" : "(reason unavailable)");
    return holds ? MAILSIM_SASL_OK : MAILSIM_SASL_FAILED;
}

static MailsimSaslResult
hear_response(DestExample *host, const char *response, char **text)
{
    if (host->plain)
        return judge(response, "AGFsaWNlAGFsaWNlcHc=", text);
    if (host->user_named)
        return judge(response, "YWxpY2Vwdw==", text);
    host->user_named = TRUE;
    return challenge(PASSWORD_PROMPT, text);
}

static MailsimSaslResult
sasl_start(gpointer data, const char *mechanism, const char *response, char **text)
{
    DestExample *host = data;

    host->plain = g_str_equal(mechanism, "PLAIN");
    host->user_named = FALSE;
    if (response == NULL)
        return challenge(host->plain ? "" : USERNAME_PROMPT, text);
    return hear_response(host, response, text);
}

static MailsimSaslResult
sasl_step(gpointer data, const char *response, char **text)
{
    return hear_response(data, response, text);
}

static const MailsimSmtpPolicy policy = {
    .check = check,
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
        .tls_wrappermode = service->tls_wrappermode,
        .auth_enabled = service->auth_enabled,
        .auth_needs_tls = service->auth_needs_tls,
        .mechanisms = "PLAIN LOGIN",
    };

    return mailsim_smtp_server_new(&options, &policy, host);
}
