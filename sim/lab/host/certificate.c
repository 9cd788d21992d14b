/* SPDX-License-Identifier: MIT
 *
 * Certificates by name: those that the scenario defines, those of profiles for a host, and what
 * others say of them: fingerprints in main.cf, TLSA records. */
#include "host-private.h"

#include <string.h>

#include <mailsim/lab/main-cf.h>
#include <mailsim/protocol/tlsa.h>
#include <mailsim/wire/certificate-digest.h>

/* ---- issuing ----------------------------------------------------------------------------- */

static MailsimCertificate *issue_defined(MailsimHost *host, const char *name, GError **error);

/* Who shows a certificate, however many trust it: it has that host's name in it. */
static const char *
find_shown_by(const MailsimHost *host, const char *name)
{
    const MailsimWorld *world = host->lab->world;

    for (guint i = 0; i < world->hosts->len; i++) {
        const MailsimHostDefinition *other = g_ptr_array_index(world->hosts, i);
        g_autofree char *shown = mailsim_main_cf_dup_certificate(world, other, NULL);

        if (g_strcmp0(shown, name) == 0)
            return other->hostname;
    }
    return host->definition->hostname;
}

/* A certificate that the scenario defines: what it leaves out is the profile's. */
static MailsimCertificate *
issue_from_definition(MailsimHost *host,
                      const MailsimCertificateDefinition *definition,
                      GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autoptr(MailsimCertificate) issuer = NULL;
    MailsimCertificateRequest request = {
        .identity = definition->name,
        .profile = definition->profile,
        .hostname = find_shown_by(host, definition->name),
        .now_us = host->lab->world->start_us,
        .common_name = definition->cn,
        .self_signed = g_strcmp0(definition->issuer, "self") == 0,
        .key = definition->key,
        .issued_us = definition->issued_us,
        .days = definition->days,
        .is_authority = definition->is_authority,
        .key_usage = (const char *const *)definition->key_usage,
        .extended_key_usage = (const char *const *)definition->extended_key_usage,
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
    definition = mailsim_world_find_certificate(host->lab->world, name);
    g_assert(definition != NULL);
    issued = issue_from_definition(host, definition, error);
    if (issued != NULL)
        g_hash_table_insert(host->lab->certificates, g_strdup(name),
                            mailsim_certificate_ref(issued));
    return issued;
}

MailsimCertificate *
mailsim_host_issue_certificate(MailsimHost *host, const char *name, GError **error)
{
    MailsimCertificateRequest request = {
        .identity = host->definition->name,
        .profile = name,
        .hostname = host->definition->hostname,
        .now_us = host->certificate_day_us,
        .issued_us = G_MININT64,
        .issue = host->certificate_issue,
    };

    if (mailsim_world_find_certificate(host->lab->world, name) != NULL)
        return issue_defined(host, name, error);
    return mailsim_authority_issue(host->lab->authority, &request, error);
}

/* ---- by name ----------------------------------------------------------------------------- */

/* To be unreferenced. */
static MailsimCertificate *
find_certificate(const MailsimLab *lab, const char *name)
{
    if (lab->hosts->len > 0 && mailsim_world_find_certificate(lab->world, name) != NULL)
        return issue_defined(g_ptr_array_index(lab->hosts, 0), name, NULL);
    for (guint i = 0; i < lab->hosts->len; i++) {
        const MailsimHost *host = g_ptr_array_index(lab->hosts, i);

        if (g_str_equal(host->definition->name, name) && host->first_certificate != NULL)
            return mailsim_certificate_ref(host->first_certificate);
    }
    return NULL;
}

char *
mailsim_lab_dup_tlsa(const MailsimLab *lab, const char *text)
{
    g_auto(MailsimTlsa) tlsa = {0};
    g_autoptr(MailsimCertificate) certificate = NULL;
    g_autofree char *hex = NULL;
    guint n_chain;

    if (!mailsim_tlsa_parse(text, &tlsa, NULL))
        return g_strdup(text);
    if (tlsa.digest != NULL)
        certificate = find_certificate(lab, tlsa.digest);
    if (certificate != NULL)
        hex = mailsim_certificate_dup_association(
            mailsim_certificate_get_chain(certificate, &n_chain)[0], tlsa.selector,
            tlsa.matching);
    if (hex == NULL && tlsa.hex == NULL)
        return g_strdup(text);
    return g_strdup_printf("%u %u %u %s", tlsa.usage, tlsa.selector, tlsa.matching,
                           hex != NULL ? hex : tlsa.hex);
}

char *
mailsim_lab_dup_fingerprint(const MailsimLab *lab, const char *text, const char *digest)
{
    static const char *const words[] = {"fingerprint:", "public-key:"};

    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autoptr(MailsimCertificate) certificate = NULL;
        guint n_chain;

        if (g_str_has_prefix(text, words[i]))
            certificate = find_certificate(lab, text + strlen(words[i]));
        if (certificate != NULL)
            return mailsim_certificate_dup_fingerprint(
                mailsim_certificate_get_chain(certificate, &n_chain)[0], digest, i == 1);
    }
    return g_strdup(text);
}
