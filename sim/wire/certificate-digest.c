/* SPDX-License-Identifier: MIT
 *
 * A certificate, or its public key, as bytes, and digests of those. */
#include <mailsim/wire/certificate-digest.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <mailsim/protocol/tlsa.h>

/* The certificate in DER, or the SubjectPublicKeyInfo in it; NULL data: it cannot be had. */
static gnutls_datum_t export(gnutls_x509_crt_t crt, gboolean key_alone)
{
    gnutls_datum_t der = {0};
    gnutls_pubkey_t key;

    if (!key_alone) {
        gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der);
        return der;
    }
    if (gnutls_pubkey_init(&key) < 0)
        return der;
    if (gnutls_pubkey_import_x509(key, crt, 0) >= 0)
        gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &der);
    gnutls_pubkey_deinit(key);
    return der;
}

/* DIGEST of it, or, with GNUTLS_DIG_NULL, itself; NULL: it cannot be had. */
static GBytes *
dup_digest(gnutls_x509_crt_t crt, gboolean key_alone, gnutls_digest_algorithm_t digest)
{
    gnutls_datum_t der = export(crt, key_alone);
    GBytes *bytes = NULL;

    if (der.data != NULL && digest == GNUTLS_DIG_NULL) {
        bytes = g_bytes_new(der.data, der.size);
    } else if (der.data != NULL) {
        guint8 hash[64];

        if (gnutls_hash_fast(digest, der.data, der.size, hash) >= 0)
            bytes = g_bytes_new(hash, gnutls_hash_get_len(digest));
    }
    gnutls_free(der.data);
    return bytes;
}

static char *
format(GBytes *bytes, const char *format_byte, gboolean with_colons)
{
    GString *text = g_string_new(NULL);
    gsize length;
    const guint8 *at = g_bytes_get_data(bytes, &length);

    for (gsize i = 0; i < length; i++) {
        if (with_colons && i > 0)
            g_string_append_c(text, ':');
        g_string_append_printf(text, format_byte, at[i]);
    }
    return g_string_free(text, FALSE);
}

void
mailsim_certificate_append_pem(gnutls_x509_crt_t crt, GString *out)
{
    gnutls_datum_t pem = {0};
    int result;

    g_return_if_fail(crt != NULL && out != NULL);
    result = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem);
    if (result < 0)
        g_error("GnuTLS: %s", gnutls_strerror_name(result));
    g_string_append_len(out, (const char *)pem.data, (gssize)pem.size);
    gnutls_free(pem.data);
}

gboolean
mailsim_certificate_digest_exists(const char *digest)
{
    const gnutls_digest_algorithm_t algorithm = gnutls_digest_get_id(digest);

    return algorithm != GNUTLS_DIG_UNKNOWN && algorithm != GNUTLS_DIG_NULL;
}

char *
mailsim_certificate_dup_fingerprint(gnutls_x509_crt_t crt, const char *digest, gboolean of_key)
{
    g_return_val_if_fail(crt != NULL && digest != NULL, NULL);
    g_autoptr(GBytes) bytes = NULL;

    if (mailsim_certificate_digest_exists(digest))
        bytes = dup_digest(crt, of_key, gnutls_digest_get_id(digest));
    return bytes != NULL ? format(bytes, "%02X", TRUE) : NULL;
}

char *
mailsim_certificate_dup_association(gnutls_x509_crt_t crt, guint8 selector, guint8 matching)
{
    static const gnutls_digest_algorithm_t digests[] = {
        [MAILSIM_TLSA_MATCHING_FULL] = GNUTLS_DIG_NULL,
        [MAILSIM_TLSA_MATCHING_SHA2_256] = GNUTLS_DIG_SHA256,
        [MAILSIM_TLSA_MATCHING_SHA2_512] = GNUTLS_DIG_SHA512,
    };
    g_return_val_if_fail(crt != NULL, NULL);
    g_autoptr(GBytes) bytes = NULL;

    if (selector <= MAILSIM_TLSA_SELECTOR_SPKI && matching < G_N_ELEMENTS(digests))
        bytes = dup_digest(crt, selector == MAILSIM_TLSA_SELECTOR_SPKI, digests[matching]);
    return bytes != NULL ? format(bytes, "%02x", FALSE) : NULL;
}
