/* SPDX-License-Identifier: MIT
 *
 * What dovecot.conf comes to at a host that is alive: where it listens, what it shows, and the
 * options of its sessions. */
#include "dovecot-private.h"

#include <mailsim/base/ip-address.h>
#include <mailsim/lab/dovecot-conf.h>

/* ---- listeners --------------------------------------------------------------------------- */

static void
free_service(gpointer data)
{
    mailsim_service_definition_free(data);
}

static GPtrArray *
list_services(const MailsimHostDefinition *definition)
{
    /* 10-master.conf of Debian */
    static const struct {
        const char *name;
        guint port;
    } listeners[] = {
        {"imap",  143},
        {"imaps", 993},
        {"pop3",  110},
        {"pop3s", 995}
    };
    GPtrArray *services = g_ptr_array_new_with_free_func(free_service);

    for (guint i = 0; i < G_N_ELEMENTS(listeners); i++) {
        MailsimServiceDefinition *service;

        if (!mailsim_dovecot_conf_has_port(definition, listeners[i].port))
            continue;
        service = mailsim_service_definition_new();
        service->name = g_strdup(listeners[i].name);
        service->protocol = mailsim_protocol_of_port(listeners[i].port);
        service->port = listeners[i].port;
        g_ptr_array_add(services, service);
    }
    return services;
}

/* ---- the certificate --------------------------------------------------------------------- */

/* It shows the same as Postfix where both have the same. A definition may have changed. */
static gboolean
configure_tls(MailsimHost *host, GError **error)
{
    g_autofree char *name =
        mailsim_dovecot_conf_dup_certificate(host->lab->world, host->definition, NULL);

    g_clear_pointer(&host->dovecot_tls, mailsim_tls_unref);
    g_clear_pointer(&host->dovecot_certificate, mailsim_certificate_unref);
    if (name == NULL)
        return TRUE;
    if (g_strcmp0(name, host->certificate_name) == 0 && host->certificate != NULL) {
        host->dovecot_tls = mailsim_tls_ref(host->server_tls);
        host->dovecot_certificate = mailsim_certificate_ref(host->certificate);
        return TRUE;
    }
    host->dovecot_certificate = mailsim_host_issue_certificate(host, name, error);
    if (host->dovecot_certificate == NULL)
        return FALSE;
    host->dovecot_tls = mailsim_tls_new(MAILSIM_TLS_ROLE_SERVER, host->dovecot_certificate);
    return TRUE;
}

gboolean
mailsim_dovecot_configure(MailsimHost *host, GError **error)
{
    g_clear_pointer(&host->dovecot_services, g_ptr_array_unref);
    host->dovecot_services = list_services(host->definition);
    return host->dovecot_services->len == 0 || configure_tls(host, error);
}

/* ---- what clients meet ------------------------------------------------------------------- */

gboolean
mailsim_dovecot_listens_at(const MailsimHost *host, const char *address)
{
    MailsimIpAddress parsed;

    return mailsim_ip_address_parse(address, &parsed) &&
           mailsim_dovecot_setting_listens_at(
               mailsim_dovecot_conf_get(host->definition, "listen"), &parsed);
}

/* login_trusted_networks */
static gboolean
is_trusted(const MailsimHost *host, const char *client_address)
{
    const char *networks = mailsim_dovecot_conf_get(host->definition, "login_trusted_networks");
    MailsimIpAddress address;

    return mailsim_ip_address_parse(client_address, &address) &&
           mailsim_dovecot_setting_trusts(networks, &address);
}

void
mailsim_dovecot_read_login(const MailsimHost *host,
                           const MailsimServiceDefinition *service,
                           const char *client_address,
                           MailsimLoginOptions *options)
{
    const MailsimDovecotTls tls = mailsim_dovecot_conf_get_tls(host->definition);

    options->tls_offered = tls != MAILSIM_DOVECOT_TLS_NO;
    options->tls_required = tls == MAILSIM_DOVECOT_TLS_REQUIRED;
    options->tls_broken = host->dovecot_tls == NULL;
    options->tls_wrappermode = mailsim_port_has_implicit_tls(service->port);
    options->disable_plaintext_auth =
        mailsim_dovecot_conf_get_flag(host->definition, "disable_plaintext_auth");
    options->trusted = is_trusted(host, client_address);
    options->greeting = mailsim_dovecot_conf_get(host->definition, "login_greeting");
}

void
mailsim_dovecot_read_imap(const MailsimHost *host, MailsimImapServerOptions *options)
{
    options->line_length_max =
        mailsim_dovecot_conf_get_size(host->definition, "imap_max_line_length");
    options->idle_notify_us =
        mailsim_dovecot_conf_get_time_us(host->definition, "imap_idle_notify_interval");
}

void
mailsim_dovecot_read_pop3(const MailsimHost *host, MailsimPop3ServerOptions *options)
{
    options->no_flag_updates =
        mailsim_dovecot_conf_get_flag(host->definition, "pop3_no_flag_updates");
    options->uidl_format = mailsim_dovecot_conf_get(host->definition, "pop3_uidl_format");
}

/* dovecot.conf ssl_min_protocol: all below it are left out. */
void
mailsim_dovecot_read_tls_limits(const MailsimHost *host, MailsimTlsLimits *limits)
{
    guint minor = 0;

    mailsim_dovecot_setting_parse_min_protocol(
        mailsim_dovecot_conf_get(host->definition, "ssl_min_protocol"), &minor);
    limits->excluded_versions = (1U << minor) - 1;
}
