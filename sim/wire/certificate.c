/* SPDX-License-Identifier: MIT
 *
 * The authorities of the lab, and what they issue. A request is completed from its profile,
 * given a key and a serial number that follow from its words, and signed; the certificate
 * then carries the chain as a server sends it. How the X.509 is put together is in
 * certificate-draft.c. */
#include "certificate-private.h"

#include <gio/gio.h>
#include <string.h>

#include "certs-resources.h"

G_DEFINE_QUARK(mailsim - certificate - error, mailsim_certificate_error)

/* What X.509 can write (RFC 5280 §4.1.2.5): years of two digits begin in 1950, and the last
 * second is 9999-12-31 23:59:59. */
#define FIRST_TIME_US (G_GINT64_CONSTANT(-631152000) * MAILSIM_SECOND)
#define LAST_TIME_US  (G_GINT64_CONSTANT(253402300799) * MAILSIM_SECOND)

/* An authority and its own certificate. */
typedef struct {
    MailsimAuthorityProfile *profile; /* borrowed from the MailsimAuthority */
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t crt;
} Issuer;

struct MailsimAuthority {
    GPtrArray *issuer_profiles; /* of MailsimAuthorityProfile */
    GPtrArray *profiles;        /* of MailsimCertificateProfile */
    GPtrArray *profile_names;   /* borrowed from the profiles */
    GPtrArray *issuers;         /* of Issuer, in the order of issuer_profiles */
    gnutls_x509_crt_t *roots;   /* owned, as are its members */
    guint n_roots;
    GHashTable *issued; /* of MailsimCertificate, by all that was asked for */
};

struct MailsimCertificate {
    gnutls_x509_crt_t *chain; /* owned, as are its members */
    guint n_chain;
    gnutls_x509_privkey_t key;
    gnutls_certificate_credentials_t credentials; /* NULL: nobody has shown it yet */
};

static void
free_issuer(gpointer data)
{
    Issuer *issuer = data;
    gnutls_x509_crt_deinit(issuer->crt);
    gnutls_x509_privkey_deinit(issuer->key);
    g_free(issuer);
}

static void
free_certificates(gnutls_x509_crt_t *certificates, guint n)
{
    for (guint i = 0; i < n; i++)
        gnutls_x509_crt_deinit(certificates[i]);
    g_free(certificates);
}

/* Append a copy of CRT, read from its bytes. */
static gboolean
append_certificate(gnutls_x509_crt_t **certificates,
                   guint *n,
                   gnutls_x509_crt_t crt,
                   GError **error)
{
    gnutls_x509_crt_t copy = mailsim_certificate_import_again(crt, error);
    if (copy == NULL)
        return FALSE;
    *certificates = g_renew(gnutls_x509_crt_t, *certificates, *n + 1);
    (*certificates)[(*n)++] = copy;
    return TRUE;
}

/* ---- the authorities ---- */

static const Issuer *
find_issuer(const MailsimAuthority *authority, const char *name)
{
    for (guint i = 0; i < authority->issuers->len; i++) {
        const Issuer *issuer = authority->issuers->pdata[i];
        if (strcmp(issuer->profile->name, name) == 0)
            return issuer;
    }
    return NULL;
}

gnutls_x509_crt_t
mailsim_authority_find(const MailsimAuthority *authority, const char *name)
{
    g_return_val_if_fail(authority != NULL && name != NULL, NULL);
    const Issuer *issuer = find_issuer(authority, name);
    return issuer != NULL ? issuer->crt : NULL;
}

/* Sixteen bytes that follow from the words; positive and of full length as a DER integer. */
static void
derive_serial(const char *words, guint8 serial[MAILSIM_SERIAL_BYTES])
{
    guint8 digest[32];
    gsize size = sizeof digest;
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, (const guchar *)"mailsim lab serial\n", -1);
    g_checksum_update(checksum, (const guchar *)words, -1);
    g_checksum_get_digest(checksum, digest, &size);
    memcpy(serial, digest, MAILSIM_SERIAL_BYTES);
    serial[0] = (serial[0] & 0x3f) | 0x40;
}

static gboolean
make_issuer(MailsimAuthority *authority, MailsimAuthorityProfile *profile, GError **error)
{
    g_auto(gnutls_x509_privkey_t) key = mailsim_key_load(profile->key_file, error);
    if (key == NULL)
        return FALSE;
    const Issuer *above =
        profile->issuer != NULL ? find_issuer(authority, profile->issuer) : NULL;
    MailsimCertificateDraft draft = {
        .key = key,
        .issuer = above != NULL ? above->crt : NULL,
        .issuer_key = above != NULL ? above->key : NULL,
        .common_name = profile->common_name,
        .not_before_us = profile->from_us,
        .not_after_us = profile->until_us,
        .is_authority = TRUE,
    };
    derive_serial(profile->common_name, draft.serial);
    gnutls_x509_crt_t crt = mailsim_certificate_draft_sign(&draft, error);
    if (crt == NULL)
        return FALSE;
    Issuer *issuer = g_new0(Issuer, 1);
    issuer->profile = profile;
    issuer->key = g_steal_pointer(&key);
    issuer->crt = crt;
    g_ptr_array_add(authority->issuers, issuer);
    return !profile->trusted ||
           append_certificate(&authority->roots, &authority->n_roots, crt, error);
}

MailsimAuthority *
mailsim_authority_new_from_profiles(GBytes *profiles, GError **error)
{
    g_return_val_if_fail(profiles != NULL, NULL);
    g_autoptr(MailsimAuthority) authority = g_new0(MailsimAuthority, 1);
    authority->issuer_profiles =
        g_ptr_array_new_with_free_func((GDestroyNotify)mailsim_authority_profile_free);
    authority->profiles =
        g_ptr_array_new_with_free_func((GDestroyNotify)mailsim_certificate_profile_free);
    authority->profile_names = g_ptr_array_new();
    authority->issuers = g_ptr_array_new_with_free_func(free_issuer);
    authority->issued = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                              (GDestroyNotify)mailsim_certificate_unref);
    mailsim_certs_get_resource(); /* registers it; nothing else refers to that object file */

    if (!mailsim_certificate_profiles_read(profiles, authority->issuer_profiles,
                                           authority->profiles, error))
        return NULL;
    for (guint i = 0; i < authority->issuer_profiles->len; i++)
        if (!make_issuer(authority, authority->issuer_profiles->pdata[i], error))
            return NULL;
    for (guint i = 0; i < authority->profiles->len; i++) {
        MailsimCertificateProfile *profile = authority->profiles->pdata[i];
        g_ptr_array_add(authority->profile_names, profile->name);
    }
    return g_steal_pointer(&authority);
}

static GBytes *
load_profiles(void)
{
    mailsim_certs_get_resource();
    GBytes *profiles = g_resources_lookup_data("/org/mailsim/certs/profiles.ini",
                                               G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_assert(profiles != NULL);
    return profiles;
}

MailsimAuthority *
mailsim_authority_new(GError **error)
{
    g_autoptr(GBytes) profiles = load_profiles();
    return mailsim_authority_new_from_profiles(profiles, error);
}

static gboolean
has_group(const char *prefix, const char *name)
{
    static GKeyFile *file; /* read once */
    g_autofree char *group = g_strconcat(prefix, name, NULL);
    if (file == NULL) {
        g_autoptr(GBytes) profiles = load_profiles();
        file = g_key_file_new();
        g_key_file_load_from_bytes(file, profiles, G_KEY_FILE_NONE, NULL);
    }
    return g_key_file_has_group(file, group);
}

gboolean
mailsim_certificate_profile_exists(const char *name)
{
    return has_group(MAILSIM_PROFILE_PREFIX, name);
}

gboolean
mailsim_certificate_authority_exists(const char *name)
{
    return has_group(MAILSIM_AUTHORITY_PREFIX, name);
}

void
mailsim_authority_free(MailsimAuthority *authority)
{
    if (authority == NULL)
        return;
    free_certificates(authority->roots, authority->n_roots);
    g_hash_table_unref(authority->issued);
    g_ptr_array_unref(authority->issuers);
    g_ptr_array_unref(authority->profile_names);
    g_ptr_array_unref(authority->profiles);
    g_ptr_array_unref(authority->issuer_profiles);
    g_free(authority);
}

const GPtrArray *
mailsim_authority_list_profiles(const MailsimAuthority *authority)
{
    g_return_val_if_fail(authority != NULL, NULL);
    return authority->profile_names;
}

const gnutls_x509_crt_t *
mailsim_authority_get_roots(const MailsimAuthority *authority, guint *n_roots)
{
    g_return_val_if_fail(authority != NULL && n_roots != NULL, NULL);
    *n_roots = authority->n_roots;
    return authority->roots;
}

gboolean
mailsim_authority_get_root(const MailsimAuthority *authority, guint index, MailsimRoot *root)
{
    g_return_val_if_fail(authority != NULL && root != NULL, FALSE);
    for (guint i = 0; i < authority->issuers->len; i++) {
        const Issuer *issuer = authority->issuers->pdata[i];
        if (issuer->profile->issuer != NULL || index-- > 0)
            continue;
        root->common_name = issuer->profile->common_name;
        root->trusted = issuer->profile->trusted;
        root->crt = issuer->crt;
        return TRUE;
    }
    return FALSE;
}

/* ---- a request, completed from its profile ---- */

static const MailsimCertificateProfile *
find_profile(const MailsimAuthority *authority, const char *name, GError **error)
{
    for (guint i = 0; i < authority->profiles->len; i++) {
        const MailsimCertificateProfile *profile = authority->profiles->pdata[i];
        if (strcmp(profile->name, name) == 0)
            return profile;
    }
    g_set_error(error, MAILSIM_CERTIFICATE_ERROR, MAILSIM_CERTIFICATE_ERROR_PROFILE,
                "no certificate profile “%s”", name);
    return NULL;
}

gboolean
mailsim_authority_summarize_profile(const MailsimAuthority *authority,
                                    const char *name,
                                    MailsimProfileSummary *summary)
{
    g_return_val_if_fail(authority != NULL && name != NULL && summary != NULL, FALSE);
    const MailsimCertificateProfile *profile = find_profile(authority, name, NULL);
    if (profile == NULL)
        return FALSE;
    *summary = (MailsimProfileSummary){
        .issuer = profile->issuer != NULL
                      ? find_issuer(authority, profile->issuer)->profile->common_name
                      : NULL,
        .sends_chain = profile->sends_chain,
        .key = mailsim_key_type_get_name(profile->key_type),
        .names = (const char *const *)profile->names,
        .key_usage = (const char *const *)profile->key_usage,
        .extended_key_usage = (const char *const *)profile->extended_key_usage,
        .issued_days = profile->issued_days,
        .days = profile->days,
    };
    return TRUE;
}

static gnutls_x509_privkey_t
find_key(const MailsimCertificateRequest *request,
         const MailsimCertificateProfile *profile,
         GError **error)
{
    MailsimKeyType type = profile->key_type;
    if (request->key != NULL && !mailsim_key_type_parse(request->key, &type)) {
        g_set_error(error, MAILSIM_CERTIFICATE_ERROR, MAILSIM_CERTIFICATE_ERROR_PROFILE,
                    "unknown type of key “%s”", request->key);
        return NULL;
    }
    if (type != MAILSIM_KEY_TYPE_RSA)
        return mailsim_key_derive(type, request->identity, request->issue, error);
    const guint n_keys = g_strv_length(profile->rsa_keys);
    return mailsim_key_load(profile->rsa_keys[request->issue % n_keys], error);
}

/* When it begins and ends. FALSE when no certificate can say so. */
static gboolean
set_dates(MailsimCertificateDraft *draft,
          const MailsimCertificateRequest *request,
          const MailsimCertificateProfile *profile,
          GError **error)
{
    const gint64 into_day = (request->now_us % MAILSIM_DAY + MAILSIM_DAY) % MAILSIM_DAY;
    const gint64 days = request->days > 0 ? request->days : profile->days;
    draft->not_before_us = request->now_us - into_day + profile->issued_days * MAILSIM_DAY;
    if (request->issued_us != G_MININT64)
        draft->not_before_us = request->issued_us;
    if (draft->not_before_us >= FIRST_TIME_US &&
        days <= (LAST_TIME_US - draft->not_before_us) / MAILSIM_DAY) {
        draft->not_after_us = draft->not_before_us + days * MAILSIM_DAY;
        return TRUE;
    }
    g_set_error(error, MAILSIM_CERTIFICATE_ERROR, MAILSIM_CERTIFICATE_ERROR_PROFILE,
                "the dates of a certificate lie between the years 1950 and 9999");
    return FALSE;
}

static void
append_words(GString *text, const char *label, const char *const *words)
{
    g_autofree char *joined = words != NULL ? g_strjoinv(" ", (char **)words) : NULL;
    if (joined != NULL)
        g_string_append_printf(text, "%s %s\n", label, joined);
}

/* Everything that tells one certificate from another, but for its issuer. */
static char *
dup_words(const MailsimCertificateDraft *draft, const MailsimCertificateRequest *request)
{
    g_autofree char *names =
        draft->names != NULL ? g_strjoinv(" ", (char **)draft->names) : NULL;
    GString *words = g_string_new(NULL);
    g_string_printf(words,
                    "%s\n%s\n%s\n%s\n%s\n%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT "\n%u\n",
                    request->identity, draft->profile->name, draft->common_name,
                    names != NULL ? names : "", request->key != NULL ? request->key : "",
                    draft->not_before_us, draft->not_after_us, request->issue);
    append_words(words, "key-usage", draft->key_usage);
    append_words(words, "extended-key-usage", draft->extended_key_usage);
    return g_string_free(words, FALSE);
}

/* The same words make the same certificate, so it is made once. An issuer that is known by its
 * place stays there: whatever an authority has issued lives as long as it does. */
static char *
dup_key(const char *words, const MailsimCertificateRequest *request)
{
    return g_strdup_printf("%s%p %d %d", words, (gconstpointer)request->issuer,
                           request->self_signed != FALSE, request->is_authority != FALSE);
}

static MailsimCertificate *
sign_draft(MailsimCertificateDraft *draft, gnutls_x509_privkey_t key, GError **error)
{
    g_auto(gnutls_x509_crt_t) crt = mailsim_certificate_draft_sign(draft, error);
    if (crt == NULL)
        return NULL;
    MailsimCertificate *certificate = g_rc_box_new0(MailsimCertificate);
    certificate->chain = g_new(gnutls_x509_crt_t, 1);
    certificate->chain[0] = g_steal_pointer(&crt);
    certificate->n_chain = 1;
    certificate->key = key;
    return certificate;
}

/* The certificates above it, without a root that whoever looks at it has anyhow. */
static gboolean
append_issuers(MailsimCertificate *certificate,
               const MailsimAuthority *authority,
               const MailsimCertificateRequest *request,
               const MailsimCertificateProfile *profile,
               GError **error)
{
    for (guint i = 0; request->issuer != NULL && i < request->issuer->n_chain; i++)
        if (!append_certificate(&certificate->chain, &certificate->n_chain,
                                request->issuer->chain[i], error))
            return FALSE;
    const char *name = request->issuer == NULL ? profile->issuer : NULL;
    while (name != NULL) {
        const Issuer *issuer = find_issuer(authority, name);
        if (!issuer->profile->trusted &&
            !append_certificate(&certificate->chain, &certificate->n_chain, issuer->crt, error))
            return FALSE;
        name = issuer->profile->issuer;
    }
    return TRUE;
}

static void
choose_issuer(MailsimCertificateDraft *draft,
              const MailsimAuthority *authority,
              const MailsimCertificateRequest *request,
              const MailsimCertificateProfile *profile)
{
    if (request->self_signed)
        return;
    if (request->issuer != NULL) {
        draft->issuer = request->issuer->chain[0];
        draft->issuer_key = request->issuer->key;
        return;
    }
    if (profile->issuer == NULL)
        return;
    const Issuer *issuer = find_issuer(authority, profile->issuer);
    draft->issuer = issuer->crt;
    draft->issuer_key = issuer->key;
}

/* Sign what DRAFT says, with a key of its own. */
static MailsimCertificate *
issue_draft(MailsimCertificateDraft *draft,
            const MailsimAuthority *authority,
            const MailsimCertificateRequest *request,
            GError **error)
{
    const MailsimCertificateProfile *profile = draft->profile;
    g_auto(gnutls_x509_privkey_t) key = find_key(request, profile, error);
    if (key == NULL)
        return NULL;
    draft->key = key;
    choose_issuer(draft, authority, request, profile);
    g_autoptr(MailsimCertificate) certificate = sign_draft(draft, key, error);
    if (certificate == NULL)
        return NULL;
    g_steal_pointer(&key);
    if (profile->sends_chain && draft->issuer != NULL &&
        !append_issuers(certificate, authority, request, profile, error))
        return NULL;
    return g_steal_pointer(&certificate);
}

MailsimCertificate *
mailsim_authority_issue(MailsimAuthority *authority,
                        const MailsimCertificateRequest *request,
                        GError **error)
{
    g_return_val_if_fail(authority != NULL && request != NULL, NULL);
    g_return_val_if_fail(request->identity != NULL && request->profile != NULL, NULL);
    g_return_val_if_fail(request->hostname != NULL, NULL);

    const char *const host_alone[] = {request->hostname, NULL};
    const MailsimCertificateProfile *profile = find_profile(authority, request->profile, error);
    if (profile == NULL)
        return NULL;
    MailsimCertificateDraft draft = {
        .names = request->names,
        .is_authority = request->is_authority,
        .key_usage = request->key_usage,
        .extended_key_usage = request->extended_key_usage,
        .profile = profile,
    };
    if (draft.names == NULL)
        draft.names = profile->names != NULL ? (const char *const *)profile->names : host_alone;
    draft.common_name = request->common_name;
    if (draft.common_name == NULL)
        draft.common_name = draft.names[0] != NULL ? draft.names[0] : request->hostname;
    if (!set_dates(&draft, request, profile, error))
        return NULL;
    g_autofree char *words = dup_words(&draft, request);
    g_autofree char *key = dup_key(words, request);
    MailsimCertificate *certificate = g_hash_table_lookup(authority->issued, key);
    if (certificate == NULL) {
        derive_serial(words, draft.serial);
        certificate = issue_draft(&draft, authority, request, error);
        if (certificate == NULL)
            return NULL;
        g_hash_table_insert(authority->issued, g_steal_pointer(&key), certificate);
    }
    return mailsim_certificate_ref(certificate);
}

/* ---- a certificate ---- */

MailsimCertificate *
mailsim_certificate_ref(MailsimCertificate *certificate)
{
    g_return_val_if_fail(certificate != NULL, NULL);
    return g_rc_box_acquire(certificate);
}

static void
clear_certificate(gpointer data)
{
    MailsimCertificate *certificate = data;
    free_certificates(certificate->chain, certificate->n_chain);
    gnutls_x509_privkey_deinit(certificate->key);
    if (certificate->credentials != NULL)
        gnutls_certificate_free_credentials(certificate->credentials);
}

void
mailsim_certificate_unref(MailsimCertificate *certificate)
{
    if (certificate != NULL)
        g_rc_box_release_full(certificate, clear_certificate);
}

const gnutls_x509_crt_t *
mailsim_certificate_get_chain(const MailsimCertificate *certificate, guint *n_chain)
{
    g_return_val_if_fail(certificate != NULL && n_chain != NULL, NULL);
    *n_chain = certificate->n_chain;
    return certificate->chain;
}

gnutls_x509_privkey_t
mailsim_certificate_get_key(const MailsimCertificate *certificate)
{
    g_return_val_if_fail(certificate != NULL, NULL);
    return certificate->key;
}

/* GnuTLS tries key and certificate together when it is given them: that costs a signature. */
gnutls_certificate_credentials_t
mailsim_certificate_get_credentials(MailsimCertificate *certificate)
{
    int result = GNUTLS_E_SUCCESS;

    g_return_val_if_fail(certificate != NULL, NULL);
    if (certificate->credentials == NULL) {
        result = gnutls_certificate_allocate_credentials(&certificate->credentials);
        if (result >= 0)
            result =
                gnutls_certificate_set_x509_key(certificate->credentials, certificate->chain,
                                                (int)certificate->n_chain, certificate->key);
    }
    if (result < 0)
        g_error("GnuTLS: %s", gnutls_strerror_name(result));
    return certificate->credentials;
}
