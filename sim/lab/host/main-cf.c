/* SPDX-License-Identifier: MIT
 *
 * main.cf and master.cf of a host that need not be alive: the -o of a service in master.cf,
 * then main.cf as the scenario gives it, then what a fresh Debian host has. */
#include <mailsim/lab/main-cf.h>

#include <mailsim/lab/implied.h>
#include <mailsim/settings/certificate-file.h>
#include <mailsim/settings/expansion.h>
#include <mailsim/settings/postfix-parameter.h>
#include <mailsim/wire/certificate.h>

typedef struct {
    const MailsimHostDefinition *host;
    const MailsimServiceDefinition *service;
} View;

const MailsimSetting *
mailsim_main_cf_find(const MailsimHostDefinition *host,
                     const MailsimServiceDefinition *service,
                     const char *name)
{
    const MailsimSetting *own =
        service != NULL ? mailsim_settings_find(service->settings, name) : NULL;

    if (own != NULL)
        return own;
    return service != NULL && mailsim_postfix_service_default(service->name, name) != NULL
               ? NULL
               : mailsim_settings_find(host->postfix, name);
}

char *
mailsim_main_cf_dup_raw(const MailsimHostDefinition *host,
                        const MailsimServiceDefinition *service,
                        const char *name)
{
    const MailsimSetting *setting = mailsim_main_cf_find(host, service, name);
    const char *of_block =
        service != NULL ? mailsim_postfix_service_default(service->name, name) : NULL;

    if (setting != NULL)
        return g_strdup(setting->value);
    return of_block != NULL ? g_strdup(of_block)
                            : mailsim_host_definition_dup_installed(host, name);
}

static char *
look_up_raw(gpointer data, const char *name)
{
    const View *view = data;

    return mailsim_main_cf_dup_raw(view->host, view->service, name);
}

/* The value with its references replaced; NULL, with the problem: it cannot be read. */
static char *
dup_expanded(View *view, const char *name, char **problem)
{
    g_autofree char *raw = look_up_raw(view, name);

    if (raw == NULL) /* a restriction class that nobody has defined */
        return g_strdup("");
    if (mailsim_postfix_parameter_is_raw(name))
        return g_strstrip(g_steal_pointer(&raw));

    g_autofree char *value = mailsim_expansion_expand(raw, look_up_raw, view, problem);

    return value != NULL ? g_strstrip(g_steal_pointer(&value)) : NULL;
}

char *
mailsim_main_cf_dup(const MailsimHostDefinition *host,
                    const MailsimServiceDefinition *service,
                    const char *name)
{
    View view = {host, service};
    g_autofree char *problem = NULL;
    char *value = dup_expanded(&view, name, &problem);

    return value != NULL ? value : g_strdup("");
}

static char *
find_unreadable(View *view, const GPtrArray *settings)
{
    for (guint i = 0; settings != NULL && i < settings->len; i++) {
        const MailsimSetting *setting = g_ptr_array_index(settings, i);
        g_autofree char *problem = NULL;
        g_autofree char *value = dup_expanded(view, setting->name, &problem);

        if (value == NULL)
            return g_steal_pointer(&problem);
    }
    return NULL;
}

char *
mailsim_main_cf_find_unreadable(const MailsimHostDefinition *host,
                                const MailsimServiceDefinition *service)
{
    View view = {host, service};
    char *problem = find_unreadable(&view, host->postfix);

    return problem != NULL || service == NULL ? problem
                                              : find_unreadable(&view, service->settings);
}

/* ---- certificate and key ----------------------------------------------------------------- */

char *
mailsim_world_dup_certificate_at(const MailsimWorld *world, const char *path)
{
    g_autofree char *name = mailsim_certificate_file_dup_name(path);

    if (name == NULL || mailsim_world_find_certificate(world, name) != NULL ||
        mailsim_certificate_profile_exists(name))
        return g_steal_pointer(&name);
    return NULL;
}

static gboolean
is_said(const MailsimHostDefinition *host,
        const MailsimServiceDefinition *service,
        const char *name)
{
    return mailsim_main_cf_find(host, service, name) != NULL;
}

char *
mailsim_main_cf_dup_certificate(const MailsimWorld *world,
                                const MailsimHostDefinition *host,
                                const MailsimServiceDefinition *service)
{
    g_autofree char *chain = mailsim_main_cf_dup(host, service, "smtpd_tls_chain_files");
    g_autofree char *file = mailsim_main_cf_dup(host, service, "smtpd_tls_cert_file");

    if (chain[0] != '\0')
        return mailsim_world_dup_certificate_at(world, chain);
    return is_said(host, service, "smtpd_tls_cert_file")
               ? mailsim_world_dup_certificate_at(world, file)
               : g_strdup(host->certificate);
}

gboolean
mailsim_main_cf_wants_no_certificate(const MailsimHostDefinition *host,
                                     const MailsimServiceDefinition *service)
{
    g_autofree char *chain = mailsim_main_cf_dup(host, service, "smtpd_tls_chain_files");
    g_autofree char *file = mailsim_main_cf_dup(host, service, "smtpd_tls_cert_file");

    return chain[0] == '\0' && g_ascii_strcasecmp(file, "none") == 0;
}

gboolean
mailsim_main_cf_has_key(const MailsimHostDefinition *host,
                        const MailsimServiceDefinition *service)
{
    g_autofree char *chain = mailsim_main_cf_dup(host, service, "smtpd_tls_chain_files");
    g_autofree char *file = mailsim_main_cf_dup(host, service, "smtpd_tls_cert_file");
    g_autofree char *key = mailsim_main_cf_dup(host, service, "smtpd_tls_key_file");
    g_autofree char *named = mailsim_certificate_file_dup_name(file);
    const gboolean is_named = is_said(host, service, "smtpd_tls_cert_file");
    const char *certificate = is_named ? named : host->certificate;

    if (chain[0] != '\0')
        return TRUE;
    if (certificate == NULL)
        return FALSE;
    if (is_said(host, service, "smtpd_tls_key_file"))
        return mailsim_key_file_fits(key, certificate) &&
               !(is_named && mailsim_key_file_is_of_another(key, file));
    return !is_named || mailsim_key_file_fits(file, certificate) ||
           g_str_equal(certificate, "snakeoil") == g_str_equal(host->certificate, "snakeoil");
}

/* ---- levels of TLS ----------------------------------------------------------------------- */

static gboolean
get_flag(const MailsimHostDefinition *host,
         const MailsimServiceDefinition *service,
         const char *name)
{
    g_autofree char *value = mailsim_main_cf_dup(host, service, name);

    return g_ascii_strcasecmp(value, "yes") == 0;
}

MailsimServerTls
mailsim_main_cf_get_server_tls(const MailsimHostDefinition *host,
                               const MailsimServiceDefinition *service)
{
    static const char *const encrypting[] = {"encrypt", "verify", "secure", "fingerprint",
                                             NULL};
    g_autofree char *value = mailsim_main_cf_dup(host, service, "smtpd_tls_security_level");
    g_autofree char *level = g_ascii_strdown(value, -1);

    if (level[0] == '\0')
        return get_flag(host, service, "smtpd_enforce_tls") ? MAILSIM_SERVER_TLS_REQUIRED
               : get_flag(host, service, "smtpd_use_tls")   ? MAILSIM_SERVER_TLS_OFFERED
                                                            : MAILSIM_SERVER_TLS_NONE;
    return g_strv_contains(encrypting, level) ? MAILSIM_SERVER_TLS_REQUIRED
           : g_str_equal(level, "may")        ? MAILSIM_SERVER_TLS_OFFERED
                                              : MAILSIM_SERVER_TLS_NONE;
}

char *
mailsim_main_cf_dup_client_level(const MailsimHostDefinition *host)
{
    g_autofree char *level = mailsim_main_cf_dup(host, NULL, "smtp_tls_security_level");

    if (level[0] != '\0')
        return g_ascii_strdown(level, -1);
    if (get_flag(host, NULL, "smtp_enforce_tls"))
        return g_strdup(get_flag(host, NULL, "smtp_tls_enforce_peername") ? "verify"
                                                                          : "encrypt");
    return g_strdup(get_flag(host, NULL, "smtp_use_tls") ? "may" : "none");
}

gboolean
mailsim_main_cf_asks_signed(const MailsimHostDefinition *host)
{
    g_autofree char *level = mailsim_main_cf_dup(host, NULL, "smtp_dns_support_level");

    return g_ascii_strcasecmp(level, "dnssec") == 0;
}

gboolean
mailsim_main_cf_wants_signed_answers(const MailsimHostDefinition *host)
{
    g_autofree char *lookup = mailsim_main_cf_dup(host, NULL, "smtp_host_lookup");
    g_autofree char *small = g_ascii_strdown(lookup, -1);
    g_auto(GStrv) words = mailsim_expansion_split(small);

    return mailsim_main_cf_asks_signed(host) &&
           g_strv_contains((const char *const *)words, "dns");
}

/* ---- passwords --------------------------------------------------------------------------- */

gboolean
mailsim_main_cf_is_sasl_answered(const MailsimHostDefinition *host,
                                 const MailsimServiceDefinition *service)
{
    g_autofree char *type = mailsim_main_cf_dup(host, service, "smtpd_sasl_type");
    g_autofree char *path = mailsim_main_cf_dup(host, service, "smtpd_sasl_path");

    return !g_str_equal(type, "dovecot") ||
           (host->has_dovecot && g_str_equal(path, "private/auth"));
}
