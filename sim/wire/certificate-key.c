/* SPDX-License-Identifier: MIT
 *
 * Private keys: read from certs/keys/, or derived from a name. A derived key needs its
 * public half computed, which GnuTLS does not offer for a scalar that is given; nettle, on
 * which GnuTLS stands, does. Nothing here is secret, and nothing is random. */
#include "certificate-private.h"

#include <gio/gio.h>
#include <string.h>

#include <nettle/bignum.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>
#include <nettle/eddsa.h>

#define SCALAR_BYTES 32

static const char *const key_type_names[] = {
    [MAILSIM_KEY_TYPE_ECDSA] = "ecdsa",
    [MAILSIM_KEY_TYPE_RSA] = "rsa",
    [MAILSIM_KEY_TYPE_ED25519] = "ed25519",
};

gboolean
mailsim_key_type_parse(const char *text, MailsimKeyType *type)
{
    for (gsize i = 0; i < G_N_ELEMENTS(key_type_names); i++) {
        if (strcmp(text, key_type_names[i]) != 0)
            continue;
        *type = (MailsimKeyType)i;
        return TRUE;
    }
    return FALSE;
}

const char *
mailsim_key_type_get_name(MailsimKeyType type)
{
    return key_type_names[type];
}

gnutls_x509_privkey_t
mailsim_key_load(const char *file, GError **error)
{
    g_autofree char *path = g_strdup_printf("/org/mailsim/certs/keys/%s", file);
    g_autoptr(GBytes) text = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    if (text == NULL) {
        g_set_error(error, MAILSIM_CERTIFICATE_ERROR, MAILSIM_CERTIFICATE_ERROR_PROFILE,
                    "cannot find the key “%s”", file);
        return NULL;
    }
    g_auto(gnutls_x509_privkey_t) key = NULL;
    gsize size;
    const guint8 *bytes = g_bytes_get_data(text, &size);
    const gnutls_datum_t datum = {.data = (guint8 *)bytes, .size = (unsigned)size};
    g_autofree char *action = g_strdup_printf("read the key “%s”", file);
    if (!mailsim_certificate_succeeded(gnutls_x509_privkey_init(&key), action, error) ||
        !mailsim_certificate_succeeded(
            gnutls_x509_privkey_import(key, &datum, GNUTLS_X509_FMT_PEM), action, error))
        return NULL;
    return g_steal_pointer(&key);
}

/* 32 bytes that follow from the words. ATTEMPT counts those that were no use. */
static void
digest_words(MailsimKeyType type,
             const char *identity,
             guint issue,
             guint attempt,
             guint8 scalar[SCALAR_BYTES])
{
    g_autofree char *words = g_strdup_printf("mailsim lab key\n%s\n%s\n%u\n%u\n", identity,
                                             key_type_names[type], issue, attempt);
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    gsize size = SCALAR_BYTES;
    g_checksum_update(checksum, (const guchar *)words, -1);
    g_checksum_get_digest(checksum, scalar, &size);
    g_assert(size == SCALAR_BYTES);
}

/* The point SCALAR × G of P-256. FALSE when the scalar is 0 or not below the group's order. */
static gboolean
multiply_generator(const guint8 scalar[SCALAR_BYTES],
                   guint8 x[SCALAR_BYTES],
                   guint8 y[SCALAR_BYTES])
{
    const struct ecc_curve *curve = nettle_get_secp_256r1();
    struct ecc_scalar number;
    struct ecc_point point;
    mpz_t k, point_x, point_y;

    nettle_mpz_init_set_str_256_u(k, SCALAR_BYTES, scalar);
    mpz_init(point_x);
    mpz_init(point_y);
    ecc_scalar_init(&number, curve);
    ecc_point_init(&point, curve);
    const gboolean usable = ecc_scalar_set(&number, k) == 1;
    if (usable) {
        ecc_point_mul_g(&point, &number);
        ecc_point_get(&point, point_x, point_y);
        nettle_mpz_get_str_256(SCALAR_BYTES, x, point_x);
        nettle_mpz_get_str_256(SCALAR_BYTES, y, point_y);
    }
    ecc_point_clear(&point);
    ecc_scalar_clear(&number);
    mpz_clear(point_y);
    mpz_clear(point_x);
    mpz_clear(k);
    return usable;
}

static int
import_ecdsa(gnutls_x509_privkey_t key, const char *identity, guint issue)
{
    guint8 scalar[SCALAR_BYTES], x[SCALAR_BYTES], y[SCALAR_BYTES];
    guint attempt = 0;
    do
        digest_words(MAILSIM_KEY_TYPE_ECDSA, identity, issue, attempt++, scalar);
    while (!multiply_generator(scalar, x, y));

    const gnutls_datum_t k = {.data = scalar, .size = SCALAR_BYTES};
    const gnutls_datum_t point_x = {.data = x, .size = SCALAR_BYTES};
    const gnutls_datum_t point_y = {.data = y, .size = SCALAR_BYTES};
    return gnutls_x509_privkey_import_ecc_raw(key, GNUTLS_ECC_CURVE_SECP256R1, &point_x,
                                              &point_y, &k);
}

static int
import_ed25519(gnutls_x509_privkey_t key, const char *identity, guint issue)
{
    guint8 scalar[SCALAR_BYTES], point[ED25519_KEY_SIZE];
    G_STATIC_ASSERT(SCALAR_BYTES == ED25519_KEY_SIZE);
    digest_words(MAILSIM_KEY_TYPE_ED25519, identity, issue, 0, scalar);
    ed25519_sha512_public_key(point, scalar);

    const gnutls_datum_t k = {.data = scalar, .size = SCALAR_BYTES};
    const gnutls_datum_t public_key = {.data = point, .size = ED25519_KEY_SIZE};
    return gnutls_x509_privkey_import_ecc_raw(key, GNUTLS_ECC_CURVE_ED25519, &public_key, NULL,
                                              &k);
}

gnutls_x509_privkey_t
mailsim_key_derive(MailsimKeyType type, const char *identity, guint issue, GError **error)
{
    g_assert(type != MAILSIM_KEY_TYPE_RSA);
    g_auto(gnutls_x509_privkey_t) key = NULL;
    int status = gnutls_x509_privkey_init(&key);
    if (status >= 0)
        status = type == MAILSIM_KEY_TYPE_ECDSA ? import_ecdsa(key, identity, issue)
                                                : import_ed25519(key, identity, issue);
    if (!mailsim_certificate_succeeded(status, "derive a key", error))
        return NULL;
    return g_steal_pointer(&key);
}
