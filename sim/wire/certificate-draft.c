/* SPDX-License-Identifier: MIT
 *
 * From a draft to a signed X.509 certificate (RFC 5280), one step for each part of it, in
 * the order of the table. The same draft gives the same bytes: ECDSA signatures take their
 * nonce from the message (RFC 6979). */
#include "certificate-private.h"

#include <string.h>

#include <gio/gio.h>
#include <gnutls/x509-ext.h>

/* Long enough for a key identifier, which is a SHA-1 digest. */
#define KEY_ID_BYTES 64

/* RFC 5280, appendix A.1, ub-common-name. A longer name stands in subjectAltName alone. */
#define COMMON_NAME_MAX_BYTES 64

gboolean
mailsim_certificate_succeeded(int status, const char *action, GError **error)
{
    if (status >= 0)
        return TRUE;
    g_set_error(error, MAILSIM_CERTIFICATE_ERROR, MAILSIM_CERTIFICATE_ERROR_GNUTLS,
                "cannot %s: %s", action, gnutls_strerror(status));
    return FALSE;
}

static int
set_serial(gnutls_x509_crt_t crt, const MailsimCertificateDraft *draft)
{
    const int status = gnutls_x509_crt_set_version(crt, 3);
    if (status < 0)
        return status;
    return gnutls_x509_crt_set_serial(crt, draft->serial, sizeof draft->serial);
}

static int
set_subject(gnutls_x509_crt_t crt, const MailsimCertificateDraft *draft)
{
    const gsize length = strlen(draft->common_name);
    if (length == 0 || length > COMMON_NAME_MAX_BYTES)
        return 0;
    return gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0,
                                         draft->common_name, (unsigned)length);
}

static int
set_dates(gnutls_x509_crt_t crt, const MailsimCertificateDraft *draft)
{
    const int status = gnutls_x509_crt_set_activation_time(
        crt, (time_t)(draft->not_before_us / MAILSIM_SECOND));
    if (status < 0)
        return status;
    return gnutls_x509_crt_set_expiration_time(crt,
                                               (time_t)(draft->not_after_us / MAILSIM_SECOND));
}

static int
set_key(gnutls_x509_crt_t crt, const MailsimCertificateDraft *draft)
{
    return gnutls_x509_crt_set_key(crt, draft->key);
}

static int
set_constraints(gnutls_x509_crt_t crt, const MailsimCertificateDraft *draft)
{
    static const guint8 empty_sequence[] = {0x30,
                                            0x00}; /* CA:FALSE is the default, so left out */
    if (draft->is_authority || draft->profile->constraints_critical)
        return gnutls_x509_crt_set_basic_constraints(crt, draft->is_authority ? 1 : 0, -1);
    return gnutls_x509_crt_set_extension_by_oid(crt, GNUTLS_X509EXT_OID_BASIC_CONSTRAINTS,
                                                empty_sequence, sizeof empty_sequence, 0);
}

/* A name of a host, an address or a mail address, as it looks. */
static int
add_name(gnutls_subject_alt_names_t names, const char *name)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(name);
    if (address != NULL) {
        const gnutls_datum_t bytes = {(unsigned char *)g_inet_address_to_bytes(address),
                                      (unsigned)g_inet_address_get_native_size(address)};
        return gnutls_subject_alt_names_set(names, GNUTLS_SAN_IPADDRESS, &bytes, NULL);
    }
    const gnutls_datum_t text = {(unsigned char *)name, (unsigned)strlen(name)};
    return gnutls_subject_alt_names_set(
        names, strchr(name, '@') != NULL ? GNUTLS_SAN_RFC822NAME : GNUTLS_SAN_DNSNAME, &text,
        NULL);
}

static int
add_names(gnutls_subject_alt_names_t names, const MailsimCertificateDraft *draft)
{
    int status = 0;
    for (const char *const *name = draft->names; status >= 0 && *name != NULL; name++)
        status = add_name(names, *name);
    return status;
}

/* As one extension: GNUTLS_FSAN_APPEND would write all of it anew for each name. */
static int
set_names(gnutls_x509_crt_t crt, const MailsimCertificateDraft *draft)
{
    gnutls_subject_alt_names_t names = NULL;
    gnutls_datum_t extension = {.data = NULL};
    if (draft->names == NULL || draft->names[0] == NULL)
        return 0;
    int status = gnutls_subject_alt_names_init(&names);
    if (status < 0)
        return status;
    status = add_names(names, draft);
    if (status >= 0)
        status = gnutls_x509_ext_export_subject_alt_names(names, &extension);
    if (status >= 0)
        status = gnutls_x509_crt_set_extension_by_oid(crt, GNUTLS_X509EXT_OID_SAN,
                                                      extension.data, extension.size, 0);
    gnutls_free(extension.data);
    gnutls_subject_alt_names_deinit(names);
    return status;
}

/* What is not said of an authority's key is what authorities do with it. */
static unsigned
find_usage(const MailsimCertificateDraft *draft)
{
    const char *const *words = draft->key_usage;
    unsigned usage = 0;
    if (words == NULL && draft->is_authority)
        return GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN | GNUTLS_KEY_DIGITAL_SIGNATURE;
    if (words == NULL)
        words = (const char *const *)draft->profile->key_usage;
    for (; *words != NULL; words++)
        usage |= mailsim_key_usage_parse(*words);
    /* TLS 1.2 may send the secret encrypted to an RSA key. */
    if (usage != 0 && draft->key_usage == NULL &&
        gnutls_x509_privkey_get_pk_algorithm(draft->key) == GNUTLS_PK_RSA)
        usage |= GNUTLS_KEY_KEY_ENCIPHERMENT;
    return usage;
}

static int
set_usage(gnutls_x509_crt_t crt, const MailsimCertificateDraft *draft)
{
    const unsigned usage = find_usage(draft);
    return usage != 0 ? gnutls_x509_crt_set_key_usage(crt, usage) : 0;
}

static int
set_extended_usage(gnutls_x509_crt_t crt, const MailsimCertificateDraft *draft)
{
    const char *const *words = draft->extended_key_usage;
    int status = 0;
    if (words == NULL && draft->is_authority)
        return 0;
    if (words == NULL)
        words = (const char *const *)draft->profile->extended_key_usage;
    for (; status >= 0 && *words != NULL; words++)
        status = gnutls_x509_crt_set_key_purpose_oid(crt, mailsim_key_purpose_parse(*words), 0);
    return status;
}

static int
set_key_identifiers(gnutls_x509_crt_t crt, const MailsimCertificateDraft *draft)
{
    guint8 id[KEY_ID_BYTES];
    size_t size = sizeof id;
    int status = gnutls_x509_crt_get_key_id(crt, 0, id, &size);
    if (status >= 0)
        status = gnutls_x509_crt_set_subject_key_id(crt, id, size);
    if (status < 0 || draft->issuer == NULL)
        return status;
    size = sizeof id;
    status = gnutls_x509_crt_get_subject_key_id(draft->issuer, id, &size, NULL);
    if (status < 0)
        return status;
    return gnutls_x509_crt_set_authority_key_id(crt, id, size);
}

static int
sign(gnutls_x509_crt_t crt, const MailsimCertificateDraft *draft)
{
    g_auto(gnutls_privkey_t) key = NULL;
    int status = gnutls_privkey_init(&key);
    if (status >= 0)
        status = gnutls_privkey_import_x509(
            key, draft->issuer != NULL ? draft->issuer_key : draft->key, 0);
    if (status < 0)
        return status;
    return gnutls_x509_crt_privkey_sign(crt, draft->issuer != NULL ? draft->issuer : crt, key,
                                        GNUTLS_DIG_UNKNOWN, GNUTLS_PRIVKEY_FLAG_REPRODUCIBLE);
}

typedef struct {
    const char *action;
    int (*apply)(gnutls_x509_crt_t crt, const MailsimCertificateDraft *draft);
} DraftStep;

static const DraftStep steps[] = {
    {"number a certificate",               set_serial         },
    {"name the subject of a certificate",  set_subject        },
    {"set the dates of a certificate",     set_dates          },
    {"put the key into a certificate",     set_key            },
    {"say whether a certificate may sign", set_constraints    },
    {"put the names into a certificate",   set_names          },
    {"say what a key is for",              set_usage          },
    {"say what a certificate is for",      set_extended_usage },
    {"identify the keys of a certificate", set_key_identifiers},
    {"sign a certificate",                 sign               },
};

gnutls_x509_crt_t
mailsim_certificate_import_again(gnutls_x509_crt_t crt, GError **error)
{
    g_auto(gnutls_x509_crt_t) fresh = NULL;
    gnutls_datum_t der = {.data = NULL};
    int status = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der);
    if (status >= 0)
        status = gnutls_x509_crt_init(&fresh);
    if (status >= 0)
        status = gnutls_x509_crt_import(fresh, &der, GNUTLS_X509_FMT_DER);
    gnutls_free(der.data);
    if (!mailsim_certificate_succeeded(status, "read a certificate again", error))
        return NULL;
    return g_steal_pointer(&fresh);
}

gnutls_x509_crt_t
mailsim_certificate_draft_sign(const MailsimCertificateDraft *draft, GError **error)
{
    g_auto(gnutls_x509_crt_t) crt = NULL;
    if (!mailsim_certificate_succeeded(gnutls_x509_crt_init(&crt), "begin a certificate",
                                       error))
        return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++)
        if (!mailsim_certificate_succeeded(steps[i].apply(crt, draft), steps[i].action, error))
            return NULL;
    /* A certificate that was just made does not verify, nor know its names, until it is read
     * from its own bytes. */
    return mailsim_certificate_import_again(crt, error);
}
