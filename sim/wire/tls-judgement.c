/* SPDX-License-Identifier: MIT
 *
 * Chain, name and dates of a server's certificate, each judged alone. GnuTLS verifies; where
 * Postfix, by OpenSSL, would say otherwise, Postfix's answer is given. */
#include <mailsim/wire/tls-judgement.h>

#include <string.h>

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

static gboolean
names_itself_as_issuer(gnutls_x509_crt_t crt)
{
    gnutls_datum_t subject = {0};
    gnutls_datum_t issuer = {0};
    const gboolean equal = gnutls_x509_crt_get_raw_dn(crt, &subject) >= 0 &&
                           gnutls_x509_crt_get_raw_issuer_dn(crt, &issuer) >= 0 &&
                           subject.size == issuer.size &&
                           memcmp(subject.data, issuer.data, subject.size) == 0;

    gnutls_free(subject.data);
    gnutls_free(issuer.data);
    return equal;
}

/* GnuTLS compares keys, too, where the names are the same; both take it long. */
static gboolean
signed_itself(gnutls_x509_crt_t crt)
{
    return names_itself_as_issuer(crt) && gnutls_x509_crt_check_issuer(crt, crt) != 0;
}

/* A root that was sent too names nobody new. */
static char *
read_issuers(const gnutls_x509_crt_t *chain, guint n_chain)
{
    g_autoptr(GString) issuers = g_string_new(NULL);
    for (guint i = 0; i < n_chain; i++) {
        if (i > 0 && signed_itself(chain[i]))
            break;
        g_autofree char *name =
            read_common_name(chain[i], gnutls_x509_crt_get_issuer_dn_by_oid);
        g_string_append_printf(issuers, "%s%s", i > 0 ? ", " : "", name);
    }
    return g_string_free(g_steal_pointer(&issuers), FALSE);
}

/* Nothing is said as 0, which GnuTLS does when it cannot verify at all: that is no trust. */
static unsigned
verify_chain(const gnutls_x509_crt_t *chain,
             guint n_chain,
             gnutls_x509_trust_list_t trusted,
             unsigned flags)
{
    unsigned status = 0;
    const int outcome = gnutls_x509_trust_list_verify_crt2(
        trusted, (gnutls_x509_crt_t *)chain, n_chain, NULL, 0, flags, &status, NULL);
    return outcome < 0 ? GNUTLS_CERT_INVALID : status;
}

/* Why nobody vouches for it. Whoever sends an authority's certificate along sends all that
 * there is; one that comes alone, and whose issuer is unknown, lacks the one between. */
static const char *
find_chain_problem(const gnutls_x509_crt_t *chain, guint n_chain)
{
    if (signed_itself(chain[0]))
        return "self-signed certificate";
    return n_chain == 1 ? "missing intermediate" : "unknown issuer";
}

static gboolean
is_below(const char *name, const char *dot_domain)
{
    const gsize length = strlen(name);
    const gsize end = strlen(dot_domain);

    return length > end && g_ascii_strcasecmp(name + length - end, dot_domain) == 0;
}

/* “.dest.example”: any name below it will do (postconf(5) smtp_tls_secure_cert_match). */
static gboolean
matches_below(gnutls_x509_crt_t crt, const char *dot_domain)
{
    g_autofree char *joined = read_dns_names(crt);
    g_autofree char *common_name = read_common_name(crt, gnutls_x509_crt_get_dn_by_oid);
    g_auto(GStrv) names = g_strsplit(joined[0] != '\0' ? joined : common_name, ", ", -1);

    for (guint i = 0; names[i] != NULL; i++) {
        if (is_below(names[i], dot_domain))
            return TRUE;
    }
    return FALSE;
}

static gboolean
matches_any(gnutls_x509_crt_t crt, const char *expected_names)
{
    g_auto(GStrv) names = g_strsplit(expected_names, ", ", -1);

    for (guint i = 0; names[i] != NULL; i++) {
        if (names[i][0] == '.' ? matches_below(crt, names[i])
                               : gnutls_x509_crt_check_hostname2(crt, names[i], 0) != 0)
            return TRUE;
    }
    return FALSE;
}

void
mailsim_tls_judge(const gnutls_x509_crt_t *chain,
                  guint n_chain,
                  gnutls_x509_trust_list_t trusted,
                  const char *expected_names,
                  MailsimTlsJudgement *judgement)
{
    g_return_if_fail(chain != NULL && n_chain > 0 && trusted != NULL && judgement != NULL);
    const gnutls_x509_crt_t own = chain[0];
    const unsigned all = verify_chain(chain, n_chain, trusted, 0);
    const gboolean dates_ok = (all & (GNUTLS_CERT_EXPIRED | GNUTLS_CERT_NOT_ACTIVATED)) == 0;
    /* Signatures are dear: they are looked at again only where dates may hide what they say. */
    const unsigned timeless =
        dates_ok ? all : verify_chain(chain, n_chain, trusted, WITHOUT_TIME);

    *judgement = (MailsimTlsJudgement){
        .chain_ok = timeless == 0,
        .name_ok = expected_names != NULL && matches_any(own, expected_names),
        .dates_ok = dates_ok,
        .self_signed = signed_itself(own),
        .subject = read_common_name(own, gnutls_x509_crt_get_dn_by_oid),
        .names = read_dns_names(own),
        .issuers = read_issuers(chain, n_chain),
        .not_before_us = (MailsimTime)gnutls_x509_crt_get_activation_time(own) * MAILSIM_SECOND,
        .not_after_us = (MailsimTime)gnutls_x509_crt_get_expiration_time(own) * MAILSIM_SECOND,
    };
    /* OpenSSL lets no certificate with CA:FALSE vouch for itself, even one in the trust store;
     * GnuTLS does. Debian's snakeoil certificate is one. */
    if (judgement->self_signed && gnutls_x509_crt_get_ca_status(own, NULL) != 1)
        judgement->chain_ok = FALSE;
    if (!judgement->chain_ok)
        judgement->chain_problem = find_chain_problem(chain, n_chain);
}

void
mailsim_tls_judgement_clear(MailsimTlsJudgement *judgement)
{
    g_free(judgement->subject);
    g_free(judgement->names);
    g_free(judgement->issuers);
    g_free(judgement->match);
    *judgement = (MailsimTlsJudgement){0};
}
