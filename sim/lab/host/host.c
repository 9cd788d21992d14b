/* SPDX-License-Identifier: MIT
 *
 * A host: its users and mailboxes, its certificate, and which services listen. */
#include "queue-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/lab/main-cf.h>
#include <mailsim/settings/certificate-file.h>
#include <mailsim/wire/certificate-digest.h>

static void
free_queue_file(gpointer data)
{
    mailsim_queue_file_free(data);
}

MailsimHost *
mailsim_host_new(MailsimLab *lab)
{
    MailsimHost *host = g_new0(MailsimHost, 1);

    host->lab = lab;
    host->tlsmgr = mailsim_tlsmgr_new(host);
    host->anvil = mailsim_anvil_new();
    host->auth_penalties = mailsim_sasl_penalties_new();
    host->throttled = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    host->mail = mailsim_host_mail_new();
    host->queue = g_ptr_array_new_with_free_func(free_queue_file);
    host->deliveries = g_ptr_array_new_with_free_func(mailsim_smtp_delivery_free);
    host->searches = g_ptr_array_new_with_free_func(mailsim_smtp_search_free);
    host->missing_transports = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    host->processes = mailsim_processes_new();
    host->readers = g_ptr_array_new();
    return host;
}

void
mailsim_host_free(MailsimHost *host)
{
    if (host == NULL)
        return;

    mailsim_tls_unref(host->server_tls);
    mailsim_tls_unref(host->relay_tls);
    mailsim_tls_unref(host->dovecot_tls);
    g_clear_pointer(&host->dovecot_certificate, mailsim_certificate_unref);
    g_clear_pointer(&host->dovecot_services, g_ptr_array_unref);
    g_free(host->relay_trust);
    g_free(host->certificate_name);
    g_clear_pointer(&host->certificate, mailsim_certificate_unref);
    g_clear_pointer(&host->first_certificate, mailsim_certificate_unref);
    g_clear_pointer(&host->parameters, g_hash_table_unref);
    g_clear_pointer(&host->match_lists, g_hash_table_unref);
    mailsim_last_resolved_free(host->last_resolved);
    mailsim_tlsmgr_free(host->tlsmgr);
    mailsim_anvil_free(host->anvil);
    g_hash_table_unref(host->auth_penalties);
    g_hash_table_unref(host->throttled);
    g_hash_table_unref(host->mail);
    g_ptr_array_unref(host->deliveries);
    g_ptr_array_unref(host->searches);
    g_clear_pointer(&host->destinations, g_hash_table_unref);
    g_ptr_array_unref(host->queue);
    g_hash_table_unref(host->missing_transports);
    g_ptr_array_unref(host->processes);
    g_ptr_array_unref(host->readers);
    g_free(host);
}

/* ---- configuration ----------------------------------------------------------------------- */

static gboolean
is_same_certificate(const MailsimCertificate *a, const MailsimCertificate *b)
{
    guint n_a;
    guint n_b;
    const gnutls_x509_crt_t *chain_a = mailsim_certificate_get_chain(a, &n_a);
    const gnutls_x509_crt_t *chain_b = mailsim_certificate_get_chain(b, &n_b);

    return n_a == n_b && gnutls_x509_crt_equals(chain_a[0], chain_b[0]);
}

/* Whoever wants no certificate has TLS without one; whoever cannot read his has none. */
static void
show_nothing(MailsimHost *host)
{
    const gboolean has_shown = host->certificate != NULL;

    g_clear_pointer(&host->certificate, mailsim_certificate_unref);
    if (!mailsim_main_cf_wants_no_certificate(host->definition, NULL) || has_shown)
        g_clear_pointer(&host->server_tls, mailsim_tls_unref);
    if (mailsim_main_cf_wants_no_certificate(host->definition, NULL) &&
        host->server_tls == NULL)
        host->server_tls = mailsim_tls_new(MAILSIM_TLS_ROLE_SERVER, NULL);
}

/* A server keeps its context, and with it the key of its tickets, until it gets another
 * certificate. */
static gboolean
configure_server_tls(MailsimHost *host, GError **error)
{
    g_autofree char *name =
        mailsim_main_cf_dup_certificate(host->lab->world, host->definition, NULL);
    g_autoptr(MailsimCertificate) certificate = NULL;

    if (host->certificate_day_us == 0)
        host->certificate_day_us = host->lab->world->start_us;
    if (host->definition->certificate_issue != host->certificate_issue) {
        host->certificate_issue = host->definition->certificate_issue;
        host->certificate_day_us = mailsim_lab_get_now(host->lab);
        g_clear_pointer(&host->certificate_name, g_free);
    }
    /* A profile gives the same certificate again; a definition may have changed. */
    if (g_strcmp0(name, host->certificate_name) == 0 && host->certificate != NULL &&
        mailsim_world_find_certificate(host->lab->world, name) == NULL)
        return TRUE;
    g_free(host->certificate_name);
    host->certificate_name = g_strdup(name);
    if (name == NULL) {
        show_nothing(host);
        return TRUE;
    }
    certificate = mailsim_host_issue_certificate(host, name, error);
    if (certificate == NULL) {
        g_prefix_error(error,
                       "cannot make the certificate of host “%s”: ", host->definition->name);
        return FALSE;
    }
    if (host->certificate != NULL && is_same_certificate(host->certificate, certificate))
        return TRUE;
    g_clear_pointer(&host->certificate, mailsim_certificate_unref);
    g_clear_pointer(&host->server_tls, mailsim_tls_unref);
    host->certificate = g_steal_pointer(&certificate);
    if (host->first_certificate == NULL)
        host->first_certificate = mailsim_certificate_ref(host->certificate);
    host->server_tls = mailsim_tls_new(MAILSIM_TLS_ROLE_SERVER, host->certificate);
    return TRUE;
}

static void
trust_authorities(MailsimHost *host)
{
    guint n_roots;
    const gnutls_x509_crt_t *roots =
        mailsim_authority_get_roots(host->lab->authority, &n_roots);

    mailsim_tls_trust(host->relay_tls, roots, n_roots);
}

/* The authorities that Debian's ca-certificates would bring are the lab's; any other file
 * holds a certificate of the scenario with its chain, or nothing: that is the end of TLS. */
static gboolean
trust_file(MailsimHost *host, const char *path, GError **error)
{
    g_autofree char *name = mailsim_world_dup_certificate_at(host->lab->world, path);
    g_autoptr(MailsimCertificate) certificate = NULL;
    const gnutls_x509_crt_t *chain;
    guint n_chain;

    if (mailsim_path_is_trust_file(path)) {
        trust_authorities(host);
        return TRUE;
    }
    if (name == NULL) {
        g_clear_pointer(&host->relay_tls, mailsim_tls_unref);
        return TRUE;
    }
    certificate = mailsim_host_issue_certificate(host, name, error);
    if (certificate == NULL)
        return FALSE;
    chain = mailsim_certificate_get_chain(certificate, &n_chain);
    mailsim_tls_trust(host->relay_tls, chain, n_chain);
    return TRUE;
}

/* postconf(5) smtp_tls_CAfile, smtp_tls_CApath; without a digest for
 * smtp_tls_fingerprint_digest there is no TLS at all. */
static gboolean
configure_relay_tls(MailsimHost *host, GError **error)
{
    g_autofree char *file = mailsim_host_dup_parameter(host, NULL, "smtp_tls_CAfile");
    g_autofree char *path = mailsim_host_dup_parameter(host, NULL, "smtp_tls_CApath");
    const char *digest = mailsim_host_get_parameter(host, NULL, "smtp_tls_fingerprint_digest");
    g_autofree char *own = mailsim_host_dup_parameter(host, NULL, "smtp_tls_cert_file");
    g_autofree char *named = mailsim_world_dup_certificate_at(host->lab->world, own);
    g_autofree char *settings = g_strjoin("\n", file, path, digest, own, NULL);

    if (g_strcmp0(settings, host->relay_trust) == 0)
        return TRUE;
    g_clear_pointer(&host->relay_tls, mailsim_tls_unref);
    host->relay_tls = mailsim_tls_new(MAILSIM_TLS_ROLE_RELAY, NULL);
    g_free(host->relay_trust);
    host->relay_trust = g_steal_pointer(&settings);
    if (!mailsim_certificate_digest_exists(digest) || (own[0] != '\0' && named == NULL)) {
        g_clear_pointer(&host->relay_tls, mailsim_tls_unref);
        return TRUE;
    }
    if (mailsim_path_is_trust_folder(path))
        trust_authorities(host);
    return file[0] == '\0' || trust_file(host, file, error);
}

/* ---- reload and restart ------------------------------------------------------------------ */

/* Does each line of SETTINGS, which are SERVICE's or main.cf's in one of the two, come to the
 * same in the OTHER, be it that Debian says so there? */
static gboolean
come_to_the_same(const GPtrArray *settings,
                 const MailsimHostDefinition *other,
                 const MailsimServiceDefinition *service)
{
    for (guint i = 0; i < settings->len; i++) {
        const MailsimSetting *setting = g_ptr_array_index(settings, i);
        g_autofree char *value = mailsim_main_cf_dup_raw(other, service, setting->name);

        if (!g_str_equal(setting->value, value))
            return FALSE;
    }
    return TRUE;
}

/* Who changes main.cf, master.cf or the certificate reloads Postfix. */
static gboolean
is_same_postfix(const MailsimHostDefinition *a, const MailsimHostDefinition *b)
{
    if (a->certificate_issue != b->certificate_issue || a->services->len != b->services->len ||
        !come_to_the_same(a->postfix, b, NULL) || !come_to_the_same(b->postfix, a, NULL))
        return FALSE;
    for (guint i = 0; i < a->services->len; i++) {
        const MailsimServiceDefinition *one = g_ptr_array_index(a->services, i);
        const MailsimServiceDefinition *other = g_ptr_array_index(b->services, i);

        if (!g_str_equal(one->name, other->name) || one->port != other->port ||
            !come_to_the_same(one->settings, b, other) ||
            !come_to_the_same(other->settings, a, one))
            return FALSE;
    }
    return TRUE;
}

static void
log_master(MailsimHost *host, const char *does)
{
    mailsim_host_log(host, "master", -1, "%s -- version %s, configuration /etc/postfix", does,
                     mailsim_host_get_parameter(host, NULL, "mail_version"));
}

/* Its daemons end, and others take their place: tlsmgr(8) too, which opens its caches anew, and
 * anvil(8), which counts from the beginning. */
static void
reload(MailsimHost *host)
{
    mailsim_host_log(host, "postfix-script", -1, "refreshing the Postfix mail system");
    log_master(host, "reload");
    mailsim_processes_end(host->processes, FALSE);
    mailsim_tlsmgr_restart(host->tlsmgr);
    mailsim_anvil_restart(host->anvil);
}

void
mailsim_host_restart(MailsimHost *host)
{
    mailsim_host_log(host, "postfix-script", -1, "stopping the Postfix mail system");
    mailsim_processes_end(host->processes, TRUE);
    mailsim_tlsmgr_restart(host->tlsmgr);
    mailsim_anvil_restart(host->anvil);
    mailsim_host_log(host, "postfix-script", -1, "starting the Postfix mail system");
    log_master(host, "daemon started");
}

gboolean
mailsim_host_configure(MailsimHost *host,
                       const MailsimHostDefinition *definition,
                       GError **error)
{
    const MailsimHostDefinition *before = host->definition;

    host->definition = definition;
    mailsim_host_forget_parameters(host);
    if (before != NULL && !is_same_postfix(before, definition))
        reload(host);
    return configure_relay_tls(host, error) && configure_server_tls(host, error) &&
           mailsim_dovecot_configure(host, error);
}

/* ---- looking things up ------------------------------------------------------------------- */

const MailsimUser *
mailsim_host_find_user(const MailsimHost *host, const char *name)
{
    for (guint i = 0; i < host->definition->users->len; i++) {
        const MailsimUser *user = g_ptr_array_index(host->definition->users, i);

        if (g_ascii_strcasecmp(user->name, name) == 0)
            return user;
    }
    return NULL;
}

const MailsimServiceDefinition *
mailsim_host_find_service(const MailsimHost *host, guint port)
{
    static MailsimServiceDefinition plain_smtp = {.name = (char *)"smtp", .port = 25};

    for (guint i = 0; i < host->definition->services->len; i++) {
        const MailsimServiceDefinition *service =
            g_ptr_array_index(host->definition->services, i);

        if (service->port == port)
            return service;
    }
    for (guint i = 0; i < host->dovecot_services->len; i++) {
        const MailsimServiceDefinition *service = g_ptr_array_index(host->dovecot_services, i);

        if (service->port == port)
            return service;
    }
    return port == plain_smtp.port ? &plain_smtp : NULL;
}

/* Names and addresses; “all”, “loopback-only”. */
gboolean
mailsim_host_listens_at(const MailsimHost *host, const char *address)
{
    char **words = mailsim_host_get_list(host, NULL, "inet_interfaces");
    MailsimIpAddress parsed;
    const gboolean is_loopback =
        mailsim_ip_address_parse(address, &parsed) && mailsim_ip_address_is_loopback(&parsed);

    for (guint i = 0; words[i] != NULL; i++) {
        if (g_ascii_strcasecmp(words[i], "all") == 0 || g_str_equal(words[i], address) ||
            g_ascii_strcasecmp(words[i], host->definition->hostname) == 0)
            return TRUE;
        if (is_loopback && (g_ascii_strcasecmp(words[i], "loopback-only") == 0 ||
                            g_ascii_strcasecmp(words[i], "localhost") == 0))
            return TRUE;
    }
    return FALSE;
}
