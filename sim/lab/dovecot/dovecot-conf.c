/* SPDX-License-Identifier: MIT
 *
 * What dovecot.conf comes to. */
#include "dovecot-private.h"

#include <mailsim/base/ip-address.h>
#include <mailsim/lab/main-cf.h>
#include <mailsim/settings/dovecot-setting.h>
#include <mailsim/settings/dovecot-value.h>

/* ---- settings ---------------------------------------------------------------------------- */

static const char *
get_setting(const MailsimHostDefinition *definition, const char *name)
{
    const MailsimSetting *setting = mailsim_settings_find(definition->dovecot, name);

    return setting != NULL ? setting->value : mailsim_dovecot_setting_get_default(name);
}

const char *
mailsim_host_get_dovecot_setting(const MailsimHost *host, const char *name)
{
    return get_setting(host->definition, name);
}

gboolean
mailsim_host_get_dovecot_flag(const MailsimHost *host, const char *name)
{
    return mailsim_dovecot_setting_read_boolean(mailsim_host_get_dovecot_setting(host, name));
}

guint64
mailsim_host_get_dovecot_size(const MailsimHost *host, const char *name)
{
    return mailsim_dovecot_setting_read_size(mailsim_host_get_dovecot_setting(host, name));
}

gint64
mailsim_host_get_dovecot_time(const MailsimHost *host, const char *name)
{
    return mailsim_dovecot_setting_read_time(mailsim_host_get_dovecot_setting(host, name));
}

/* ---- listeners --------------------------------------------------------------------------- */

/* 10-master.conf of Debian. */
static const struct {
    const char *name;
    MailsimProtocol protocol;
    guint port;
} listeners[] = {
    {"imap",  MAILSIM_PROTOCOL_IMAP, 143},
    {"imaps", MAILSIM_PROTOCOL_IMAP, 993},
    {"pop3",  MAILSIM_PROTOCOL_POP3, 110},
    {"pop3s", MAILSIM_PROTOCOL_POP3, 995},
};

static void
free_service(gpointer data)
{
    MailsimServiceDefinition *service = data;

    g_free(service->name);
    g_ptr_array_unref(service->settings);
    g_free(service);
}

static gboolean
has_protocol(const MailsimHostDefinition *definition, MailsimProtocol protocol)
{
    g_auto(GStrv) words = g_strsplit_set(get_setting(definition, "protocols"), " \t", -1);

    return g_strv_contains((const char *const *)words, mailsim_protocol_get_name(protocol));
}

static gboolean
is_open(const MailsimHostDefinition *definition, guint port)
{
    const GArray *ports = definition->dovecot_ports;

    for (guint i = 0; ports != NULL && i < ports->len; i++) {
        if (g_array_index(ports, guint, i) == port)
            return TRUE;
    }
    return ports == NULL;
}

static GPtrArray *
list_services(const MailsimHostDefinition *definition)
{
    GPtrArray *services = g_ptr_array_new_with_free_func(free_service);

    for (guint i = 0; i < G_N_ELEMENTS(listeners) && definition->has_dovecot; i++) {
        MailsimServiceDefinition *service;

        if (!has_protocol(definition, listeners[i].protocol) ||
            !is_open(definition, listeners[i].port))
            continue;
        service = mailsim_service_definition_new();
        service->name = g_strdup(listeners[i].name);
        service->protocol = listeners[i].protocol;
        service->port = listeners[i].port;
        g_ptr_array_add(services, service);
    }
    return services;
}

/* ---- the certificate --------------------------------------------------------------------- */

/* ssl_cert, or the host's certificate: the name that the lab knows it by; NULL: it cannot be
 * read. */
static char *
dup_certificate(const MailsimHost *host)
{
    const MailsimSetting *setting =
        mailsim_settings_find(host->definition->dovecot, "ssl_cert");
    const char *path = setting != NULL ? setting->value : NULL;

    if (path == NULL)
        return g_strdup(host->definition->certificate);
    return path[0] == '<' ? mailsim_world_dup_certificate_at(host->lab->world, path + 1) : NULL;
}

/* It shows the same as Postfix where both have the same. A definition may have changed. */
static gboolean
configure_tls(MailsimHost *host, GError **error)
{
    g_autofree char *name = dup_certificate(host);
    g_autoptr(MailsimCertificate) certificate = NULL;

    g_clear_pointer(&host->dovecot_tls, mailsim_tls_unref);
    g_free(host->dovecot_certificate);
    host->dovecot_certificate = g_strdup(name);
    if (name == NULL)
        return TRUE;
    if (g_strcmp0(name, host->certificate_name) == 0 && host->certificate != NULL) {
        host->dovecot_tls = mailsim_tls_ref(host->server_tls);
        return TRUE;
    }
    certificate = mailsim_host_issue_certificate(host, name, error);
    if (certificate == NULL)
        return FALSE;
    host->dovecot_tls = mailsim_tls_new(MAILSIM_TLS_ROLE_SERVER, certificate);
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

/* login_trusted_networks; separated by blanks or commas. */
static gboolean
is_in_trusted_network(const MailsimHost *host, const char *client_address)
{
    const char *networks = mailsim_host_get_dovecot_setting(host, "login_trusted_networks");
    g_auto(GStrv) words = g_strsplit_set(networks, " ,\t", -1);
    MailsimIpAddress address;

    if (!mailsim_ip_address_parse(client_address, &address))
        return FALSE;
    for (guint i = 0; words[i] != NULL; i++) {
        MailsimIpNetwork network;

        if (mailsim_ip_network_parse(words[i], &network) &&
            mailsim_ip_network_contains(&network, &address))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_trusted(const MailsimHost *host, const char *client_address)
{
    return g_ptr_array_find_with_equal_func(host->definition->addresses, client_address,
                                            g_str_equal, NULL) ||
           is_in_trusted_network(host, client_address);
}

void
mailsim_dovecot_read_login(const MailsimHost *host,
                           const MailsimServiceDefinition *service,
                           const char *client_address,
                           MailsimLoginOptions *options)
{
    const char *ssl = mailsim_host_get_dovecot_setting(host, "ssl");

    options->tls_offered = !g_str_equal(ssl, "no");
    options->tls_required = g_str_equal(ssl, "required");
    options->tls_broken = host->dovecot_tls == NULL;
    options->tls_wrappermode = mailsim_port_has_implicit_tls(service->port);
    options->disable_plaintext_auth =
        mailsim_host_get_dovecot_flag(host, "disable_plaintext_auth");
    options->trusted = is_trusted(host, client_address);
    options->greeting = mailsim_host_get_dovecot_setting(host, "login_greeting");
}

void
mailsim_dovecot_read_imap(const MailsimHost *host, MailsimImapServerOptions *options)
{
    options->line_length_max = mailsim_host_get_dovecot_size(host, "imap_max_line_length");
    options->idle_notify_us = mailsim_host_get_dovecot_time(host, "imap_idle_notify_interval");
}

void
mailsim_dovecot_read_pop3(const MailsimHost *host, MailsimPop3ServerOptions *options)
{
    options->no_flag_updates = mailsim_host_get_dovecot_flag(host, "pop3_no_flag_updates");
    options->uidl_format = mailsim_host_get_dovecot_setting(host, "pop3_uidl_format");
}

/* dovecot.conf ssl_min_protocol: all below it are left out. */
void
mailsim_dovecot_read_tls_limits(const MailsimHost *host, MailsimTlsLimits *limits)
{
    static const char *const versions[] = {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"};
    const char *first = mailsim_host_get_dovecot_setting(host, "ssl_min_protocol");

    for (guint i = 0; i < G_N_ELEMENTS(versions); i++) {
        if (g_str_equal(versions[i], first))
            limits->excluded_versions = (1U << i) - 1;
    }
}
