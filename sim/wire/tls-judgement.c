/* SPDX-License-Identifier: MIT
 *
 * Chain, name and dates of a server's certificate, each judged alone. GnuTLS verifies; where
 * Postfix, by OpenSSL, would say otherwise, Postfix's answer is given. */
#include "tls-judgement-private.h"

#include <string.h>

#include <mailsim/wire/server-name.h>

#include "certificate-path-private.h"
#include "certificate-problem-private.h"

#define WITHOUT_TIME                                                                           \
    (GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS)

/* gnutls_x509_crt_get_dn_by_oid() or its twin for the issuer. */
typedef int ReadName(gnutls_x509_crt_t crt,
                     const char *oid,
                     unsigned index,
                     unsigned raw,
                     void *buffer,
                     size_t *size);

/* The common name, of any length; empty when there is none. Each question is dear, so few names
 * should need a second one. */
static char *
read_common_name(gnutls_x509_crt_t crt, ReadName *read)
{
    char usual[48];
    size_t size = sizeof usual;
    int status = read(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, usual, &size);
    if (status == GNUTLS_E_SUCCESS)
        return g_strndup(usual, size);
    if (status != GNUTLS_E_SHORT_MEMORY_BUFFER)
        return g_strdup("");
    g_autofree char *name = g_malloc0(size + 1);
    if (read(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size) < 0)
        return g_strdup("");
    return g_steal_pointer(&name);
}

static char *
read_dns_names(gnutls_x509_crt_t crt)
{
    g_autoptr(GString) names = g_string_new(NULL);
    for (unsigned i = 0;; i++) {
        size_t size = 0;
        unsigned type;
        int status = gnutls_x509_crt_get_subject_alt_name2(crt, i, NULL, &size, &type, NULL);
        if (status != GNUTLS_E_SHORT_MEMORY_BUFFER)
            break;
        g_autofree char *name = g_malloc0(size + 1);
        status = gnutls_x509_crt_get_subject_alt_name2(crt, i, name, &size, &type, NULL);
        if (status < 0 || type != GNUTLS_SAN_DNSNAME)
            continue;
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", name);
    }
    return g_string_free(g_steal_pointer(&names), FALSE);
}

/* A root that was sent too names nobody new. */
static char *
read_issuers(const gnutls_x509_crt_t *chain, guint n_chain)
{
    g_autoptr(GString) issuers = g_string_new(NULL);
    for (guint i = 0; i < n_chain; i++) {
        if (i > 0 && mailsim_certificate_signed_itself(chain[i]))
            break;
        g_autofree char *name =
            read_common_name(chain[i], gnutls_x509_crt_get_issuer_dn_by_oid);
        g_string_append_printf(issuers, "%s%s", i > 0 ? ", " : "", name);
    }
    return g_string_free(g_steal_pointer(&issuers), FALSE);
}

/* Why nobody vouches for it. Whoever sends an authority's certificate along sends all that
 * there is; one that comes alone, and whose issuer is unknown, lacks the one between. */
static const char *
find_chain_problem(const MailsimCertificatePath *path, guint n_chain)
{
    if (path->trusted)
        return mailsim_certificate_path_is_for_servers(path) ? "invalid authority"
                                                             : "not for servers";
    if (mailsim_certificate_signed_itself(g_ptr_array_index(path->crts, 0)))
        return "self-signed certificate";
    return n_chain == 1 ? "missing intermediate" : "unknown issuer";
}

static void
judge_path(const gnutls_x509_crt_t *chain,
           guint n_chain,
           gnutls_x509_trust_list_t trusted,
           const MailsimCertificatePath *path,
           const char *expected_names,
           MailsimTlsJudgement *judgement)
{
    const gnutls_x509_crt_t own = chain[0];
    const unsigned all = mailsim_certificate_path_verify(path, trusted, 0);
    const gboolean dates_ok = (all & (GNUTLS_CERT_EXPIRED | GNUTLS_CERT_NOT_ACTIVATED)) == 0;
    /* Signatures are dear: they are looked at again only where dates may hide what they say. */
    const unsigned timeless =
        dates_ok ? all : mailsim_certificate_path_verify(path, trusted, WITHOUT_TIME);

    *judgement = (MailsimTlsJudgement){
        .chain_ok =
            timeless == 0 && path->trusted && mailsim_certificate_path_is_for_servers(path),
        .name_ok = expected_names != NULL && mailsim_server_name_matches(own, expected_names),
        .dates_ok = dates_ok,
        .self_signed = mailsim_certificate_signed_itself(own),
        .subject = read_common_name(own, gnutls_x509_crt_get_dn_by_oid),
        .names = read_dns_names(own),
        .issuers = read_issuers(chain, n_chain),
        .not_before_us = (MailsimTime)gnutls_x509_crt_get_activation_time(own) * MAILSIM_SECOND,
        .not_after_us = (MailsimTime)gnutls_x509_crt_get_expiration_time(own) * MAILSIM_SECOND,
    };
    if (!judgement->chain_ok)
        judgement->chain_problem = find_chain_problem(path, n_chain);
    if (!judgement->chain_ok || !judgement->name_ok || !judgement->dates_ok)
        mailsim_certificate_problem_find(path, expected_names, &judgement->problem);
}

void
mailsim_tls_judge(const gnutls_x509_crt_t *chain,
                  guint n_chain,
                  gnutls_x509_trust_list_t trusted,
                  const char *expected_names,
                  MailsimTlsJudgement *judgement)
{
    g_return_if_fail(chain != NULL && n_chain > 0 && trusted != NULL && judgement != NULL);
    g_auto(MailsimCertificatePath) path = {0};
    mailsim_certificate_path_find(chain, n_chain, trusted, &path);
    judge_path(chain, n_chain, trusted, &path, expected_names, judgement);
}

void
mailsim_tls_judge_below(const gnutls_x509_crt_t *chain,
                        guint n_chain,
                        gnutls_x509_crt_t anchor,
                        const char *expected_names,
                        MailsimTlsJudgement *judgement)
{
    g_auto(MailsimCertificatePath) path = {0};
    gnutls_x509_trust_list_t nobody;
    mailsim_certificate_path_find_below(chain, n_chain, anchor, &path);
    gnutls_x509_trust_list_init(&nobody, 0);
    judge_path(chain, n_chain, nobody, &path, expected_names, judgement);
    gnutls_x509_trust_list_deinit(nobody, 0);
}

void
mailsim_tls_judgement_clear(MailsimTlsJudgement *judgement)
{
    g_free(judgement->subject);
    g_free(judgement->names);
    g_free(judgement->issuers);
    g_free(judgement->match);
    mailsim_certificate_problem_clear(&judgement->problem);
    *judgement = (MailsimTlsJudgement){0};
}
