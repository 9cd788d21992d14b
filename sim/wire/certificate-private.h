/* SPDX-License-Identifier: MIT
 *
 * What the files behind certificate.h share: profiles as certs/profiles.ini declares them,
 * keys as they are loaded or derived, and the draft of a certificate that is made and
 * signed. */
#pragma once

#include <gnutls/abstract.h>

#include <mailsim/wire/certificate.h>

G_DEFINE_AUTO_CLEANUP_FREE_FUNC(gnutls_x509_crt_t, gnutls_x509_crt_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(gnutls_x509_privkey_t, gnutls_x509_privkey_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(gnutls_privkey_t, gnutls_privkey_deinit, NULL)

typedef enum {
    MAILSIM_KEY_TYPE_ECDSA,
    MAILSIM_KEY_TYPE_RSA,
    MAILSIM_KEY_TYPE_ED25519,
} MailsimKeyType;

/* ---- profiles ---- */

/* Of their groups in profiles.ini. */
#define MAILSIM_AUTHORITY_PREFIX "authority "
#define MAILSIM_PROFILE_PREFIX   "profile "

typedef struct {
    char *name; /* “root” */
    char *common_name;
    char *key_file;
    char *issuer; /* another authority's name; NULL: it signs itself */
    gboolean trusted;
    MailsimTime from_us;
    MailsimTime until_us;
} MailsimAuthorityProfile;

typedef struct {
    char *name;   /* “letsencrypt” */
    char *issuer; /* an authority's name; NULL: it signs itself */
    gboolean sends_chain;
    MailsimKeyType key_type;
    char **rsa_keys; /* files: for the first certificate, for the renewed one … */
    char **names;    /* NULL: the host's */
    int issued_days;
    int days;
    gboolean constraints_critical;
    char **key_usage;
    char **extended_key_usage;
} MailsimCertificateProfile;

void mailsim_authority_profile_free(MailsimAuthorityProfile *profile);
void mailsim_certificate_profile_free(MailsimCertificateProfile *profile);

/* Read the text of a profiles.ini: arrays of MailsimAuthorityProfile, an issuer before those
 * that it signs, and of MailsimCertificateProfile. FALSE, with an error, when it is broken. */
gboolean mailsim_certificate_profiles_read(GBytes *text,
                                           GPtrArray *authorities,
                                           GPtrArray *profiles,
                                           GError **error);

/* The flag GNUTLS_KEY_… of a word of key-usage; 0: there is none. */
unsigned mailsim_key_usage_parse(const char *word);

/* The object identifier of a word of extended-key-usage; NULL: there is none. */
const char *mailsim_key_purpose_parse(const char *word);

/* ---- keys ---- */

gboolean mailsim_key_type_parse(const char *text, MailsimKeyType *type);
const char *mailsim_key_type_get_name(MailsimKeyType type);

/* A key of certs/keys/. Free the results with gnutls_x509_privkey_deinit(). */
gnutls_x509_privkey_t mailsim_key_load(const char *file, GError **error);

/* The ECDSA P-256 or Ed25519 key that follows from a name and a count of issues. */
gnutls_x509_privkey_t
mailsim_key_derive(MailsimKeyType type, const char *identity, guint issue, GError **error);

/* ---- drafts ---- */

#define MAILSIM_SERIAL_BYTES 16

typedef struct {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t issuer; /* NULL: it signs itself */
    gnutls_x509_privkey_t issuer_key;
    const char *common_name;
    const char *const *names; /* NULL: no subjectAltName */
    MailsimTime not_before_us;
    MailsimTime not_after_us;
    guint8 serial[MAILSIM_SERIAL_BYTES];
    gboolean is_authority;
    const char *const *key_usage; /* NULL: as authorities have it, or the profile's */
    const char *const *extended_key_usage;
    const MailsimCertificateProfile *profile; /* NULL: an authority's own */
} MailsimCertificateDraft;

/* Make and sign it. Free the result with gnutls_x509_crt_deinit(). */
gnutls_x509_crt_t mailsim_certificate_draft_sign(const MailsimCertificateDraft *draft,
                                                 GError **error);

/* The same certificate once more, read from its bytes. */
gnutls_x509_crt_t mailsim_certificate_import_again(gnutls_x509_crt_t crt, GError **error);

/* TRUE when STATUS is no error of GnuTLS; else ERROR says that ACTION could not be done. */
gboolean mailsim_certificate_succeeded(int status, const char *action, GError **error);
