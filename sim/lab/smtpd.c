/* SPDX-License-Identifier: MIT
 *
 * smtpd(8) of one connection: what main.cf and master.cf make of the session's options, and the
 * policy behind it: restrictions, Dovecot's verdict on passwords, and cleanup(8). */
#include "lab-private.h"

#include <string.h>

struct MailsimSmtpd {
    MailsimHost *host;
    const MailsimServiceDefinition *service;
    MailsimHop *hop;
    char *client_address;
    MailsimSaslServer *sasl;
    char *login_mechanism;
    char *queue_id; /* of the message under way; NULL: none yet */
};

/* ---- the policy -------------------------------------------------------------------------- */

static MailsimRestrictionQuery
make_query(const MailsimSmtpd *smtpd,
           const MailsimSmtpEnvelope *envelope,
           const char *recipient)
{
    MailsimRestrictionQuery query = {
        .host = smtpd->host,
        .service = smtpd->service,
        .hop = smtpd->hop,
        .client_address = smtpd->client_address,
        .client_name = mailsim_dns_get_client_name(smtpd->host->lab, smtpd->client_address),
        .envelope = envelope,
        .recipient = recipient,
    };

    return query;
}

/* A message gets its queue id with the first recipient that is accepted. */
static char *
check_recipient(gpointer data, const MailsimSmtpEnvelope *envelope, const char *recipient)
{
    MailsimSmtpd *smtpd = data;
    MailsimRestrictionQuery query = make_query(smtpd, envelope, recipient);
    char *refusal = mailsim_restrictions_check_recipient(&query);

    if (refusal == NULL && smtpd->queue_id == NULL)
        smtpd->queue_id = mailsim_cleanup_new_queue_id(smtpd->host);
    return refusal;
}

static char *
verify_recipient(gpointer data, const MailsimSmtpEnvelope *envelope, const char *recipient)
{
    MailsimSmtpd *smtpd = data;
    MailsimRestrictionQuery query = make_query(smtpd, envelope, recipient);

    return mailsim_restrictions_check_recipient(&query);
}

static void
record_login(MailsimSmtpd *smtpd, MailsimSaslResult result, const char *user)
{
    MailsimEvent *event;

    if (result == MAILSIM_SASL_CONTINUE)
        return;
    event = mailsim_lab_record(smtpd->host->lab, MAILSIM_EVENT_LOGIN,
                               smtpd->host->definition->name, (int)smtpd->hop->index);
    event->login.mechanism = g_strdup(smtpd->login_mechanism);
    event->login.accepted = result == MAILSIM_SASL_OK;
    if (event->login.accepted) {
        event->login.user = g_strdup(user);
        smtpd->hop->authenticated_user = g_strdup(user);
    }
}

static MailsimSaslResult
start_sasl(gpointer data, const char *mechanism, const char *response, char **text)
{
    MailsimSmtpd *smtpd = data;
    MailsimSaslResult result;

    g_free(smtpd->login_mechanism);
    smtpd->login_mechanism = g_strdup(mechanism);
    result = mailsim_sasl_server_start(smtpd->sasl, mechanism, response, text);
    record_login(smtpd, result, *text);
    return result;
}

static MailsimSaslResult
step_sasl(gpointer data, const char *response, char **text)
{
    MailsimSmtpd *smtpd = data;
    MailsimSaslResult result = mailsim_sasl_server_step(smtpd->sasl, response, text);

    record_login(smtpd, result, *text);
    return result;
}

static char *
take_message(gpointer data, const MailsimSmtpEnvelope *envelope, GBytes *message)
{
    MailsimSmtpd *smtpd = data;
    MailsimRestrictionQuery query = make_query(smtpd, envelope, NULL);
    g_autofree char *queue_id = g_steal_pointer(&smtpd->queue_id);

    mailsim_cleanup_take_smtp(&query, queue_id, message);
    return g_steal_pointer(&queue_id);
}

static const MailsimSmtpPolicy policy = {
    .check_recipient = check_recipient,
    .verify_recipient = verify_recipient,
    .sasl_start = start_sasl,
    .sasl_step = step_sasl,
    .take_message = take_message,
};

/* ---- the daemon -------------------------------------------------------------------------- */

static gboolean
get_flag(const MailsimSmtpd *smtpd, const char *name)
{
    return mailsim_host_get_flag(smtpd->host, smtpd->service, name);
}

static char *
dup_parameter(const MailsimSmtpd *smtpd, const char *name)
{
    return mailsim_host_dup_parameter(smtpd->host, smtpd->service, name);
}

/* Password checks are Dovecot's: smtpd_sasl_type = dovecot, smtpd_sasl_path = private/auth, and
 * somebody at that socket. */
static char *
find_sasl_fatal(const MailsimSmtpd *smtpd)
{
    g_autofree char *type = dup_parameter(smtpd, "smtpd_sasl_type");
    g_autofree char *path = dup_parameter(smtpd, "smtpd_sasl_path");

    if (!get_flag(smtpd, "smtpd_sasl_auth_enable"))
        return NULL;
    if (smtpd->host->definition->has_dovecot && g_str_equal(type, "dovecot") &&
        g_str_equal(path, "private/auth"))
        return NULL;
    return g_strdup("no SASL authentication mechanisms");
}

MailsimSmtpd *
mailsim_smtpd_new(MailsimHost *host,
                  const MailsimServiceDefinition *service,
                  const char *client_address,
                  MailsimHop *hop,
                  char **fatal)
{
    g_autoptr(MailsimSmtpd) smtpd = g_new0(MailsimSmtpd, 1);

    smtpd->host = host;
    smtpd->service = service;
    smtpd->hop = hop;
    smtpd->client_address = g_strdup(client_address);
    *fatal = find_sasl_fatal(smtpd);
    if (*fatal == NULL)
        *fatal = mailsim_restrictions_find_fatal(host, service);
    if (*fatal != NULL)
        return NULL;
    smtpd->sasl = mailsim_sasl_server_new(host);
    return g_steal_pointer(&smtpd);
}

void
mailsim_smtpd_free(MailsimSmtpd *smtpd)
{
    if (smtpd == NULL)
        return;

    mailsim_sasl_server_free(smtpd->sasl);
    g_free(smtpd->client_address);
    g_free(smtpd->login_mechanism);
    g_free(smtpd->queue_id);
    g_free(smtpd);
}

static gboolean
level_is(const char *level, const char *name)
{
    return g_ascii_strcasecmp(level, name) == 0;
}

/* smtpd has none, may and encrypt; what only a client knows becomes encrypt, with a warning in
 * the log (postconf(5) smtpd_tls_security_level). */
static gboolean
demands_tls(const char *level)
{
    return level_is(level, "encrypt") || level_is(level, "fingerprint") ||
           level_is(level, "verify") || level_is(level, "secure");
}

MailsimSession *
mailsim_smtpd_create_session(MailsimSmtpd *smtpd)
{
    g_autofree char *hostname = dup_parameter(smtpd, "myhostname");
    g_autofree char *banner = dup_parameter(smtpd, "smtpd_banner");
    g_autofree char *level = dup_parameter(smtpd, "smtpd_tls_security_level");
    g_autofree char *size = dup_parameter(smtpd, "message_size_limit");
    g_autofree char *mechanisms =
        g_ascii_strup(mailsim_host_get_dovecot_setting(smtpd->host, "auth_mechanisms"), -1);
    MailsimSmtpServerOptions options = {
        .hostname = hostname,
        .banner = banner,
        .message_size_limit = (gsize)g_ascii_strtoull(size, NULL, 10),
        .tls_offered = level_is(level, "may") || demands_tls(level),
        .tls_required = demands_tls(level),
        .tls_broken = smtpd->host->server_tls == NULL,
        .tls_wrappermode = get_flag(smtpd, "smtpd_tls_wrappermode"),
        .auth_enabled = get_flag(smtpd, "smtpd_sasl_auth_enable"),
        .auth_needs_tls = get_flag(smtpd, "smtpd_tls_auth_only"),
        .mechanisms = mechanisms,
        .vrfy_disabled = get_flag(smtpd, "disable_vrfy_command"),
    };

    return mailsim_smtp_server_new(&options, &policy, smtpd);
}
