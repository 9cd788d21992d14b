/* SPDX-License-Identifier: MIT
 *
 * Where GnuTLS and OpenSSL look for different ways, this goes OpenSSL's: see
 * docs/decisions/0006-openssl-and-gnutls.md. Signatures are GnuTLS's business. */
#include "certificate-path-private.h"

#include <string.h>

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
gboolean
mailsim_certificate_signed_itself(gnutls_x509_crt_t crt)
{
    return names_itself_as_issuer(crt) && gnutls_x509_crt_check_issuer(crt, crt) != 0;
}

/* ---- finding ----------------------------------------------------------------------------- */

static gnutls_x509_crt_t
find_trusted_issuer(gnutls_x509_trust_list_t trusted, gnutls_x509_crt_t crt)
{
    gnutls_x509_crt_t issuer = NULL;

    return gnutls_x509_trust_list_get_issuer(trusted, crt, &issuer, 0) >= 0 ? issuer : NULL;
}

/* In whatever order they were sent. */
static gnutls_x509_crt_t
find_sent_issuer(const gnutls_x509_crt_t *chain,
                 guint n_chain,
                 const MailsimCertificatePath *path,
                 gnutls_x509_crt_t crt)
{
    for (guint i = 1; i < n_chain; i++)
        if (!g_ptr_array_find(path->crts, chain[i], NULL) &&
            gnutls_x509_crt_check_issuer(crt, chain[i]) != 0)
            return chain[i];
    return NULL;
}

/* Once a trusted one is on the way, only trusted ones may follow. */
void
mailsim_certificate_path_find(const gnutls_x509_crt_t *chain,
                              guint n_chain,
                              gnutls_x509_trust_list_t trusted,
                              MailsimCertificatePath *path)
{
    gnutls_x509_crt_t crt = chain[0];

    *path = (MailsimCertificatePath){.crts = g_ptr_array_new()};
    while (crt != NULL && !g_ptr_array_find(path->crts, crt, NULL)) {
        gnutls_x509_crt_t issuer = find_trusted_issuer(trusted, crt);

        g_ptr_array_add(path->crts, crt);
        if (mailsim_certificate_signed_itself(crt)) {
            path->trusted = issuer != NULL && gnutls_x509_crt_equals(issuer, crt);
            return;
        }
        path->through_trusted = path->through_trusted || issuer != NULL;
        crt = path->through_trusted ? issuer : find_sent_issuer(chain, n_chain, path, crt);
    }
}

void
mailsim_certificate_path_find_sent(const gnutls_x509_crt_t *chain,
                                   guint n_chain,
                                   MailsimCertificatePath *path)
{
    *path = (MailsimCertificatePath){.crts = g_ptr_array_new()};
    for (gnutls_x509_crt_t crt = chain[0]; crt != NULL;) {
        g_ptr_array_add(path->crts, crt);
        crt = mailsim_certificate_signed_itself(crt)
                  ? NULL
                  : find_sent_issuer(chain, n_chain, path, crt);
    }
}

void
mailsim_certificate_path_find_below(const gnutls_x509_crt_t *chain,
                                    guint n_chain,
                                    gnutls_x509_crt_t anchor,
                                    MailsimCertificatePath *path)
{
    gnutls_x509_crt_t crt = chain[0];

    *path = (MailsimCertificatePath){.crts = g_ptr_array_new()};
    while (crt != NULL && !path->trusted) {
        g_ptr_array_add(path->crts, crt);
        path->trusted = gnutls_x509_crt_equals(crt, anchor) != 0;
        crt = !path->trusted && gnutls_x509_crt_check_issuer(crt, anchor) != 0
                  ? anchor
                  : find_sent_issuer(chain, n_chain, path, crt);
    }
}

void
mailsim_certificate_path_clear(MailsimCertificatePath *path)
{
    g_clear_pointer(&path->crts, g_ptr_array_unref);
}

/* ---- judging ----------------------------------------------------------------------------- */

/* GnuTLS ends a chain at the first that it trusts; nothing but the root is to be that. Nothing
 * is said as 0, which GnuTLS does when it cannot verify at all: that is no trust. */
unsigned
mailsim_certificate_path_verify(const MailsimCertificatePath *path,
                                gnutls_x509_trust_list_t trusted,
                                unsigned flags)
{
    const guint n = path->crts->len;
    gnutls_x509_crt_t *crts = (gnutls_x509_crt_t *)path->crts->pdata;
    gnutls_x509_trust_list_t root_alone = NULL;
    unsigned status = 0;
    int outcome = 0;

    if (path->trusted)
        outcome = gnutls_x509_trust_list_init(&root_alone, 1);
    if (outcome >= 0 && path->trusted)
        outcome = gnutls_x509_trust_list_add_cas(root_alone, &crts[n - 1], 1, 0);
    if (outcome >= 0)
        outcome = gnutls_x509_trust_list_verify_crt2(path->trusted ? root_alone : trusted, crts,
                                                     n, NULL, 0, flags, &status, NULL);
    if (root_alone != NULL)
        gnutls_x509_trust_list_deinit(root_alone, 0);
    return outcome < 0 ? GNUTLS_CERT_INVALID : status;
}

/* To GnuTLS “any” is for servers, too. */
static gboolean
has_server_purpose(gnutls_x509_crt_t crt)
{
    char oid[64];

    for (unsigned i = 0;; i++) {
        size_t size = sizeof oid;
        const int status = gnutls_x509_crt_get_key_purpose_oid(crt, i, oid, &size, NULL);

        if (status == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
            return i == 0;
        if (status >= 0 && strcmp(oid, GNUTLS_KP_TLS_WWW_SERVER) == 0)
            return TRUE;
        if (status < 0 && status != GNUTLS_E_SHORT_MEMORY_BUFFER)
            return FALSE;
    }
}

/* Any of three will do, whatever the key is good for. */
static gboolean
has_server_usage(gnutls_x509_crt_t crt)
{
    unsigned usage = 0;

    return gnutls_x509_crt_get_key_usage(crt, &usage, NULL) < 0 ||
           (usage & (GNUTLS_KEY_DIGITAL_SIGNATURE | GNUTLS_KEY_KEY_ENCIPHERMENT |
                     GNUTLS_KEY_KEY_AGREEMENT)) != 0;
}

gboolean
mailsim_certificate_is_for_servers(gnutls_x509_crt_t crt, guint depth)
{
    return has_server_purpose(crt) && (depth > 0 || has_server_usage(crt));
}

gboolean
mailsim_certificate_path_is_for_servers(const MailsimCertificatePath *path)
{
    for (guint i = 0; i < path->crts->len; i++)
        if (!mailsim_certificate_is_for_servers(g_ptr_array_index(path->crts, i), i))
            return FALSE;
    return TRUE;
}
