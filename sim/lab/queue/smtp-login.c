/* SPDX-License-Identifier: MIT
 *
 * Who smtp(8) is to another server: its password there, and what of it may go over the wire. */
#include "smtp-private.h"

#include <string.h>

#include <mailsim/settings/postfix-parameter.h>

#define INCOMPATIBLE                                                                           \
    "SASL authentication failed: server %s offered no compatible authentication mechanisms "   \
    "for this type of connection security"
#define CANNOT "SASL authentication failed; cannot authenticate to server %s: "

struct MailsimSmtpLogin {
    const MailsimSmtpDelivery *delivery; /* borrowed */
    const MailsimHost *host;             /* likewise */
    char *user;
    char *password;
    const char *unreadable; /* what was looked up in a table that cannot be opened; NULL */
    const char *problem;
    MailsimSaslLogin *sasl;
};

/* As Debian's libsasl2-modules, as far as libgsasl has them; the strongest first. */
static const char *const mechanisms[] = {"CRAM-MD5", "PLAIN", "LOGIN", NULL};

/* “user:password”. */
static MailsimSmtpLogin *
new_login(const MailsimSmtpDelivery *delivery, const char *secret)
{
    const MailsimHost *host = delivery->host;
    MailsimSmtpLogin *login = g_new0(MailsimSmtpLogin, 1);
    const gsize length = strcspn(secret, ":");

    login->delivery = delivery;
    login->host = host;
    login->user = g_strndup(secret, length);
    login->password = g_strdup(secret[length] == ':' ? secret + length + 1 : "");
    login->sasl = mailsim_sasl_login_new(host->lab, mechanisms, login->user, login->password);
    login->problem = CANNOT "generic failure";
    return login;
}

MailsimSmtpLogin *
mailsim_smtp_login_new(const MailsimSmtpDelivery *delivery)
{
    const MailsimHost *host = delivery->host;
    const char *const keys[] = {delivery->address->name, delivery->sites[delivery->site]};
    g_autofree char *tables = mailsim_host_dup_parameter(host, NULL, "smtp_sasl_password_maps");
    MailsimSmtpLogin *login = NULL;

    if (!mailsim_host_get_flag(host, NULL, "smtp_sasl_auth_enable"))
        return NULL;
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *secret = NULL;

        switch (mailsim_host_look_up(host, tables, keys[i], &secret)) {
        case MAILSIM_LOOKUP_FOUND:
            return new_login(delivery, secret);
        case MAILSIM_LOOKUP_ERROR:
            login = new_login(delivery, "");
            login->unreadable = keys[i];
            return login;
        case MAILSIM_LOOKUP_NOT_FOUND:
            break;
        }
    }
    return NULL;
}

void
mailsim_smtp_login_free(MailsimSmtpLogin *login)
{
    if (login == NULL)
        return;
    g_free(login->user);
    g_free(login->password);
    mailsim_sasl_login_free(login->sasl);
    g_free(login);
}

char *
mailsim_smtp_find_fatal(const MailsimHost *host)
{
    static const char *const words[] = {
        "smtp_tls_security_level",    "smtp_tls_verify_cert_match",
        "smtp_tls_secure_cert_match", "smtp_tls_fingerprint_digest",
        "smtp_tls_ciphers",           "smtp_tls_mandatory_ciphers",
        "smtp_tls_policy_maps",       "smtp_use_tls",
        "smtp_enforce_tls",           "smtp_dns_support_level",
        "smtp_host_lookup",           "smtp_tls_dane_insecure_mx_policy",
        "tls_dane_digests",
    };
    const char *tables = mailsim_host_get_parameter(host, NULL, "smtp_sasl_password_maps");
    char *fatal = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(words) && fatal == NULL; i++)
        fatal = mailsim_postfix_parameter_find_fatal(
            words[i], mailsim_host_get_parameter(host, NULL, words[i]));
    if (fatal == NULL && mailsim_host_get_flag(host, NULL, "smtp_sasl_auth_enable") &&
        tables[0] == '\0')
        fatal = g_strdup("specify a password table via the `smtp_sasl_password_maps' "
                         "configuration parameter");
    return fatal;
}

const char *
mailsim_smtp_login_get_password(const MailsimSmtpLogin *login)
{
    return login->password;
}

const char *
mailsim_smtp_login_get_problem(const MailsimSmtpLogin *login)
{
    return login->problem;
}

/* postconf(5) smtp_sasl_mechanism_filter: words, “!” before those that are not wanted, and
 * lookup tables. */
static gboolean
passes_filter(const MailsimHost *host, const char *mechanism)
{
    char **patterns = mailsim_host_get_list(host, NULL, "smtp_sasl_mechanism_filter");

    for (guint i = 0; patterns[i] != NULL; i++) {
        const gboolean wanted = patterns[i][0] != '!';
        const char *pattern = wanted ? patterns[i] : patterns[i] + 1;

        if (strchr(pattern, ':') != NULL
                ? mailsim_host_look_up(host, pattern, mechanism, NULL) == MAILSIM_LOOKUP_FOUND
                : g_ascii_strcasecmp(pattern, mechanism) == 0)
            return wanted;
    }
    return patterns[0] == NULL;
}

/* What goes on the wire as it is; noplaintext forbids it, inside TLS too. */
static gboolean
is_allowed(const MailsimSmtpLogin *login, gboolean secured, const char *mechanism)
{
    char **options = mailsim_host_get_list(login->host, NULL,
                                           secured ? "smtp_sasl_tls_security_options"
                                                   : "smtp_sasl_security_options");
    const gboolean plain = g_str_equal(mechanism, "PLAIN") || g_str_equal(mechanism, "LOGIN");

    return !plain || !g_strv_contains((const char *const *)options, "noplaintext");
}

G_GNUC_PRINTF(2, 3)
static void
warn(const MailsimSmtpLogin *login, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    mailsim_process_log(login->delivery->process, login->delivery->hop, "warning: %s", text);
}

static void
warn_of_table(const MailsimSmtpLogin *login)
{
    const MailsimSmtpDelivery *delivery = login->delivery;
    g_autofree char *tables =
        mailsim_host_dup_parameter(login->host, NULL, "smtp_sasl_password_maps");

    mailsim_process_log_lookup_error(delivery->process, delivery->hop, login->host, tables,
                                     login->unreadable);
    warn(login, "%s: smtp_sasl_password_maps lookup error", delivery->file->queue_id);
}

/* What Cyrus, whose libsasl2 Postfix's client uses, has to say before anything is said. */
static void
warn_of_mechanisms(const MailsimSmtpLogin *login, const char *offered, guint n_compatible)
{
    const MailsimSmtpDelivery *delivery = login->delivery;
    g_autofree char *server =
        g_strdup_printf("%s[%s]:%u", delivery->address->name, delivery->address->address,
                        delivery->parsed.port);

    if (offered[0] == '\0')
        warn(login, "%s offered null AUTH mechanism list", server);
    else if (n_compatible == 0)
        warn(login, "%s offered no supported AUTH mechanisms: '%s'", server, offered);
    else
        warn(login, "SASL authentication failure: No worthy mechs found");
}

static char *
start_login(gpointer data, const char *offered, gboolean secured, char **initial)
{
    MailsimSmtpLogin *login = data;
    const MailsimSaslClient client = mailsim_sasl_login_get_client(login->sasl);
    g_auto(GStrv) words = g_strsplit(offered, " ", -1);
    g_autoptr(GString) allowed = g_string_new(NULL);
    guint n_compatible = 0;
    char *mechanism;

    if (login->unreadable != NULL) {
        login->problem = "local data error while talking to %s";
        warn_of_table(login);
        return NULL;
    }
    if (login->user[0] == '\0') {
        warn(login, "SASL authentication failure: All-whitespace username.");
        return NULL;
    }
    for (guint i = 0; words[i] != NULL; i++) {
        if (words[i][0] == '\0' || !passes_filter(login->host, words[i]))
            continue;
        n_compatible++;
        if (is_allowed(login, secured, words[i]))
            g_string_append_printf(allowed, "%s%s", allowed->len > 0 ? " " : "", words[i]);
    }
    login->problem = n_compatible > 0 ? CANNOT "no mechanism available" : INCOMPATIBLE;
    mechanism = client.start(client.data, allowed->str, secured, initial);
    if (mechanism == NULL)
        warn_of_mechanisms(login, offered, n_compatible);
    return mechanism;
}

static char *
step_login(gpointer data, const char *challenge)
{
    MailsimSmtpLogin *login = data;
    const MailsimSaslClient client = mailsim_sasl_login_get_client(login->sasl);
    char *response = client.step(client.data, challenge);

    login->problem =
        strlen(challenge) % 4 == 0 ? CANNOT "generic failure" : CANNOT "bad protocol / cancel";
    if (response == NULL && strlen(challenge) % 4 == 0)
        warn(login, "SASL authentication problem: attempting client step after doneflag");
    return response;
}

MailsimSaslClient
mailsim_smtp_login_get_client(MailsimSmtpLogin *login)
{
    return (MailsimSaslClient){start_login, step_login, login};
}
