/* SPDX-License-Identifier: MIT
 *
 * The lab's certification authorities and the certificates that they issue. Everything
 * follows from fixed, public keys and from names, so that the same words in a scenario give
 * the same bytes in every run: a fingerprint or a TLSA record written in a scenario stays
 * valid. */
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <mailsim/base/time.h>

typedef struct MailsimAuthority MailsimAuthority;
typedef struct MailsimCertificate MailsimCertificate;

#define MAILSIM_CERTIFICATE_ERROR (mailsim_certificate_error_quark())
GQuark mailsim_certificate_error_quark(void);

typedef enum {
    MAILSIM_CERTIFICATE_ERROR_PROFILE, /* a profile or key of certs/ is unusable */
    MAILSIM_CERTIFICATE_ERROR_GNUTLS,  /* GnuTLS refused to make it */
} MailsimCertificateError;

/* What to issue. Everything but identity, profile, hostname and now_us may be unset: NULL, 0
 * and, for issued_us, G_MININT64 mean what the profile says. */
typedef struct {
    const char *identity;     /* whose: keys and serial numbers follow from it */
    const char *profile;      /* a name of certs/profiles.ini */
    const char *hostname;     /* the host that will show it */
    MailsimTime now_us;       /* the profile's dates count from this day, in UTC */
    const char *const *names; /* subjectAltName; NULL-terminated */
    const char *common_name;
    const MailsimCertificate *issuer; /* another certificate as issuer */
    gboolean self_signed;
    const char *key; /* “ecdsa”, “rsa”, “ed25519” */
    MailsimTime issued_us;
    int days;
    guint issue;           /* 0 the first; 1 and up: renewed, with a new key */
    gboolean is_authority; /* CA:TRUE */
    /* Words, NULL-terminated: “digital-signature” …, “server-auth” …; empty: no extension. */
    const char *const *key_usage;
    const char *const *extended_key_usage;
} MailsimCertificateRequest;

/* The authority reads certs/ from the program's resources. */
MailsimAuthority *mailsim_authority_new(GError **error);

/* The same with the text of another profiles.ini; the keys are still those of certs/. */
MailsimAuthority *mailsim_authority_new_from_profiles(GBytes *profiles, GError **error);
void mailsim_authority_free(MailsimAuthority *authority);

/* What a profile says. Strings are lent. */
typedef struct {
    const char *issuer;           /* the common name of the authority; NULL: it signs itself */
    gboolean sends_chain;         /* those above it, its root too where nobody trusts that */
    const char *key;              /* “ecdsa” */
    const char *const *names;     /* NULL-terminated; NULL: those of the host */
    const char *const *key_usage; /* as in a request */
    const char *const *extended_key_usage;
    int issued_days; /* its first day, counted from the day on which it is asked for */
    int days;
} MailsimProfileSummary;

/* FALSE: there is no profile NAME. */
gboolean mailsim_authority_summarize_profile(const MailsimAuthority *authority,
                                             const char *name,
                                             MailsimProfileSummary *summary);

/* Names of the profiles in certs/profiles.ini, in its order; lent. */
const GPtrArray *mailsim_authority_list_profiles(const MailsimAuthority *authority);

/* Does certs/profiles.ini have a profile, or an authority, NAME? Needs no authority. */
gboolean mailsim_certificate_profile_exists(const char *name);
gboolean mailsim_certificate_authority_exists(const char *name);

/* Root certificates of the trust store that mail programs and /etc/ssl/certs have, as fresh
 * imports; the caller adds them to a trust list. Array of gnutls_x509_crt_t; lent. */
const gnutls_x509_crt_t *mailsim_authority_get_roots(const MailsimAuthority *authority,
                                                     guint *n_roots);

/* An authority that nobody else vouches for. Its certificate says the same in every run: a
 * program that trusts it once trusts it for good. */
typedef struct {
    const char *common_name; /* “Lab Root X1”; lent */
    gboolean trusted;        /* it is one of mailsim_authority_get_roots() */
    gnutls_x509_crt_t crt;   /* lent */
} MailsimRoot;

/* The one at INDEX, in the order of certs/profiles.ini. FALSE: there are no more. */
gboolean
mailsim_authority_get_root(const MailsimAuthority *authority, guint index, MailsimRoot *root);

/* The certificate of the authority NAME of certs/profiles.ini (“root”, “intermediate”), lent;
 * NULL: there is none. */
gnutls_x509_crt_t mailsim_authority_find(const MailsimAuthority *authority, const char *name);

/* What has been asked for before is not made again. Free the result with
 * mailsim_certificate_unref(). */
MailsimCertificate *mailsim_authority_issue(MailsimAuthority *authority,
                                            const MailsimCertificateRequest *request,
                                            GError **error);
MailsimCertificate *mailsim_certificate_ref(MailsimCertificate *certificate);
void mailsim_certificate_unref(MailsimCertificate *certificate);

/* The chain as a server sends it, its own certificate first; and its private key. Lent. */
const gnutls_x509_crt_t *mailsim_certificate_get_chain(const MailsimCertificate *certificate,
                                                       guint *n_chain);
gnutls_x509_privkey_t mailsim_certificate_get_key(const MailsimCertificate *certificate);

/* What a server shows it with, the same each time; lent. */
gnutls_certificate_credentials_t
mailsim_certificate_get_credentials(MailsimCertificate *certificate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimAuthority, mailsim_authority_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimCertificate, mailsim_certificate_unref)
