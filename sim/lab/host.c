/* SPDX-License-Identifier: MIT
 *
 * A host: its users and mailboxes, its certificate, and which services listen. */
#include "lab-private.h"

#include <string.h>

static void
free_mailbox(gpointer data)
{
    g_ptr_array_unref(data);
}

static void
free_queue_file(gpointer data)
{
    mailsim_queue_file_free(data);
}

static void
unref_message(gpointer data)
{
    g_bytes_unref(data);
}

MailsimHost *
mailsim_host_new(MailsimLab *lab)
{
    MailsimHost *host = g_new0(MailsimHost, 1);

    host->lab = lab;
    host->mailboxes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_mailbox);
    host->queue = g_ptr_array_new_with_free_func(free_queue_file);
    return host;
}

void
mailsim_host_free(MailsimHost *host)
{
    if (host == NULL)
        return;

    mailsim_tls_unref(host->server_tls);
    mailsim_tls_unref(host->relay_tls);
    g_hash_table_unref(host->mailboxes);
    g_ptr_array_unref(host->queue);
    g_free(host);
}

/* ---- certificates -------------------------------------------------------------------------- */

static const MailsimCertificateDefinition *
find_certificate_definition(const MailsimLab *lab, const char *name)
{
    for (guint i = 0; i < lab->world->certificates->len; i++) {
        const MailsimCertificateDefinition *definition =
            g_ptr_array_index(lab->world->certificates, i);

        if (g_str_equal(definition->name, name))
            return definition;
    }
    return NULL;
}

static MailsimCertificate *issue_defined(MailsimHost *host, const char *name, GError **error);

static gboolean
is_somebodys_issuer(const MailsimLab *lab, const char *name)
{
    for (guint i = 0; i < lab->world->certificates->len; i++) {
        const MailsimCertificateDefinition *definition =
            g_ptr_array_index(lab->world->certificates, i);

        if (g_strcmp0(definition->issuer, name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* A certificate that the scenario defines, for HOST: what it leaves out is the profile's. */
static MailsimCertificate *
issue_from_definition(MailsimHost *host, const MailsimCertificateDefinition *definition,
                      GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autoptr(MailsimCertificate) issuer = NULL;
    MailsimCertificateRequest request = {
        .identity = definition->name,
        .profile = definition->profile,
        .hostname = host->definition->hostname,
        .now_us = host->lab->world->start_us,
        .common_name = definition->cn,
        .self_signed = g_strcmp0(definition->issuer, "self") == 0,
        .key = definition->key,
        .issued_us = definition->issued_us,
        .days = definition->days,
        .is_authority = is_somebodys_issuer(host->lab, definition->name),
    };

    if (definition->names != NULL) {
        g_ptr_array_extend(names, definition->names, NULL, NULL);
        g_ptr_array_add(names, NULL);
        request.names = (const char *const *)names->pdata;
    }
    if (definition->issuer != NULL && !request.self_signed) {
        issuer = issue_defined(host, definition->issuer, error);
        if (issuer == NULL)
            return NULL;
        request.issuer = issuer;
    }
    return mailsim_authority_issue(host->lab->authority, &request, error);
}

/* The same certificate is issued once, however many hosts show it. */
static MailsimCertificate *
issue_defined(MailsimHost *host, const char *name, GError **error)
{
    MailsimCertificate *known = g_hash_table_lookup(host->lab->certificates, name);
    const MailsimCertificateDefinition *definition;
    MailsimCertificate *issued;

    if (known != NULL)
        return mailsim_certificate_ref(known);
    definition = find_certificate_definition(host->lab, name);
    g_assert(definition != NULL);
    issued = issue_from_definition(host, definition, error);
    if (issued != NULL)
        g_hash_table_insert(host->lab->certificates, g_strdup(name),
                            mailsim_certificate_ref(issued));
    return issued;
}

static MailsimCertificate *
issue_certificate(MailsimHost *host, GError **error)
{
    const char *name = host->definition->certificate;
    MailsimCertificateRequest request = {
        .identity = host->definition->name,
        .profile = name,
        .hostname = host->definition->hostname,
        .now_us = host->definition->certificate_issue > 0 ? mailsim_lab_get_now(host->lab)
                                                          : host->lab->world->start_us,
        .issued_us = G_MININT64,
        .issue = host->definition->certificate_issue,
    };

    if (find_certificate_definition(host->lab, name) != NULL)
        return issue_defined(host, name, error);
    return mailsim_authority_issue(host->lab->authority, &request, error);
}

/* ---- configuration ------------------------------------------------------------------------- */

static gboolean
configure_tls(MailsimHost *host, GError **error)
{
    g_autoptr(MailsimCertificate) certificate = issue_certificate(host, error);
    const gnutls_x509_crt_t *roots;
    guint n_roots;

    if (certificate == NULL) {
        g_prefix_error(error, "cannot make the certificate of host “%s”: ",
                       host->definition->name);
        return FALSE;
    }
    g_clear_pointer(&host->server_tls, mailsim_tls_unref);
    g_clear_pointer(&host->relay_tls, mailsim_tls_unref);
    host->server_tls = mailsim_tls_new(MAILSIM_TLS_ROLE_SERVER, certificate);
    host->relay_tls = mailsim_tls_new(MAILSIM_TLS_ROLE_RELAY, NULL);
    roots = mailsim_authority_get_roots(host->lab->authority, &n_roots);
    mailsim_tls_trust(host->relay_tls, roots, n_roots);
    return TRUE;
}

gboolean
mailsim_host_configure(MailsimHost *host, const MailsimHostDefinition *definition,
                       GError **error)
{
    host->definition = definition;
    for (guint i = 0; i < definition->users->len; i++) {
        const MailsimUser *user = g_ptr_array_index(definition->users, i);

        if (!g_hash_table_contains(host->mailboxes, user->name))
            g_hash_table_insert(host->mailboxes, g_strdup(user->name),
                                g_ptr_array_new_with_free_func(unref_message));
    }
    return configure_tls(host, error);
}

/* ---- looking things up --------------------------------------------------------------------- */

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
    return port == plain_smtp.port ? &plain_smtp : NULL;
}
