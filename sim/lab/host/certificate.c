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

/* The certificate NAME itself, of the scenario, a host, or an authority; to be freed with
 * gnutls_x509_crt_deinit(); NULL: nobody has it. */
static gnutls_x509_crt_t
dup_named(const MailsimLab *lab, const char *name)
{
    g_autoptr(MailsimCertificate) certificate = find_certificate(lab, name);
    gnutls_x509_crt_t found = mailsim_authority_find(lab->authority, name);
    gnutls_x509_crt_t copy = NULL;
    gnutls_datum_t der = {0};
    guint n_chain;

    if (certificate != NULL)
        found = mailsim_certificate_get_chain(certificate, &n_chain)[0];
    if (found == NULL || gnutls_x509_crt_export2(found, GNUTLS_X509_FMT_DER, &der) < 0)
        return NULL;
    if (gnutls_x509_crt_init(&copy) >= 0)
        gnutls_x509_crt_import(copy, &der, GNUTLS_X509_FMT_DER);
    gnutls_free(der.data);
    return copy;
}

/* Where nobody has said what selector or type mean: of the key, or all of it. */
char *
mailsim_lab_dup_tlsa(const MailsimLab *lab, const char *text)
{
    g_auto(MailsimTlsa) tlsa = {0};
    gnutls_x509_crt_t certificate;
    g_autofree char *hex = NULL;

    if (!mailsim_tlsa_parse(text, &tlsa, NULL))
        return g_strdup(text);
    certificate = tlsa.digest != NULL ? dup_named(lab, tlsa.digest) : NULL;
    if (certificate != NULL) {
        hex = mailsim_certificate_dup_association(
            certificate, MIN(tlsa.selector, MAILSIM_TLSA_SELECTOR_SPKI),
            tlsa.matching <= MAILSIM_TLSA_MATCHING_SHA2_512 ? tlsa.matching
                                                            : MAILSIM_TLSA_MATCHING_FULL);
        gnutls_x509_crt_deinit(certificate);
    }
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
        gnutls_x509_crt_t certificate =
            g_str_has_prefix(text, words[i]) ? dup_named(lab, text + strlen(words[i])) : NULL;
        char *fingerprint;

        if (certificate == NULL)
            continue;
        fingerprint = mailsim_certificate_dup_fingerprint(certificate, digest, i == 1);
        gnutls_x509_crt_deinit(certificate);
        return fingerprint != NULL ? fingerprint : g_strdup(text);
    }
    return g_strdup(text);
}
