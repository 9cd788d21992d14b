/* SPDX-License-Identifier: MIT
 *
 * Three answers about a server's certificate, always apart: is the chain trusted, does the name
 * match, are the dates valid. What follows from them is the client's policy, not said here. */
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <mailsim/base/time.h>

/* What OpenSSL, which Postfix asks, holds against a chain, by its own numbers
 * (X509_V_ERR_…, openssl-verification-options(1)). */
typedef enum {
    MAILSIM_X509_OK = 0,
    MAILSIM_X509_UNSPECIFIED = 1,
    MAILSIM_X509_NO_ISSUER = 2,
    MAILSIM_X509_NOT_YET_VALID = 9,
    MAILSIM_X509_EXPIRED = 10,
    MAILSIM_X509_SELF_SIGNED = 18,
    MAILSIM_X509_SELF_SIGNED_IN_CHAIN = 19,
    MAILSIM_X509_NO_LOCAL_ISSUER = 20,
    MAILSIM_X509_INVALID_PURPOSE = 26,
    MAILSIM_X509_HOST_NAME = 62,
    MAILSIM_X509_IP_ADDRESS = 64,
    MAILSIM_X509_NO_TLSA_MATCH = 65,
    MAILSIM_X509_INVALID_CA = 79,
} MailsimX509Error;

/* The first error of the lowest certificate that has one: that is what Postfix logs. */
typedef struct {
    MailsimX509Error error;
    guint depth;  /* of the certificate; the server's own: 0 */
    char *issuer; /* who it says has issued it, “/CN=Lab Root X1” */
} MailsimCertificateProblem;

typedef struct {
    gboolean chain_ok;
    gboolean name_ok; /* FALSE also when no name was expected */
    gboolean dates_ok;
    gboolean self_signed;
    const char *chain_problem; /* “self-signed certificate”, “unknown issuer”, “missing
                                  intermediate”, “not for servers”, “invalid authority”; NULL:
                                  none; not to be freed */
    char *subject;             /* common name; empty when there is none */
    char *names;               /* subjectAltName DNS names, joined by “, ” */
    char *issuers; /* issuer by issuer, upwards, joined by “, ”; the subject when self-signed */
    MailsimTime not_before_us; /* of the server's own certificate */
    MailsimTime not_after_us;
    char *match; /* the announced fingerprint or record that it fits; NULL: none; see
                    tls-announcement.h */
    gboolean match_is_authority; /* not its own, but that of one above it (DANE-TA) */
    gboolean is_below_announced; /* chain, name and dates are those below such a one */
    MailsimCertificateProblem problem;
} MailsimTlsJudgement;

/* Judge CHAIN, the server's own certificate first, at the time that
 * gnutls_global_set_time_function() gives. EXPECTED_NAMES are joined by “, ”: one of them
 * will do, and one that begins with a dot stands for every name below it; NULL: none is
 * expected. Clear the result with mailsim_tls_judgement_clear(). */
void mailsim_tls_judge(const gnutls_x509_crt_t *chain,
                       guint n_chain,
                       gnutls_x509_trust_list_t trusted,
                       const char *expected_names,
                       MailsimTlsJudgement *judgement);
void mailsim_tls_judgement_clear(MailsimTlsJudgement *judgement);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimTlsJudgement, mailsim_tls_judgement_clear)
