/* SPDX-License-Identifier: MIT
 *
 * Three answers about a server's certificate, always apart: is the chain trusted, does the name
 * match, are the dates valid. What follows from them is the client's policy, not said here. */
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <mailsim/base/time.h>

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
