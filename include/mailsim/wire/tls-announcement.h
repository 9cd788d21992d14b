/* SPDX-License-Identifier: MIT
 *
 * What has been announced of a server's certificate beforehand, so that no authority need vouch
 * for it: fingerprints in main.cf (postconf(5) smtp_tls_fingerprint_cert_match), or TLSA
 * records in signed DNS (RFC 7672). */
#pragma once

#include <mailsim/wire/tls-judgement.h>

/* One of the two lists is there, and not empty. Strings and arrays are owned. */
typedef struct {
    char *digest;            /* of the fingerprints: “sha256” */
    GPtrArray *fingerprints; /* of char *: “AB:CD:…”, of the certificate or of its key alone */
    GPtrArray *tlsa;         /* of char *: usable data, “3 1 1 89ab…” */
} MailsimTlsAnnouncement;

/* Empty; the arrays are NULL. Give it back with mailsim_tls_announcement_unref(). */
MailsimTlsAnnouncement *mailsim_tls_announcement_new(void);
MailsimTlsAnnouncement *mailsim_tls_announcement_ref(MailsimTlsAnnouncement *announcement);
void mailsim_tls_announcement_unref(MailsimTlsAnnouncement *announcement);

/* “3 1 1 89ab…, 2 0 1 …”: all that was announced. Free with g_free(). */
char *mailsim_tls_announcement_describe(const MailsimTlsAnnouncement *announcement);

/* Can TLS compare anything with a record of this data: where it is whole (matching type 0), it
 * has to be a certificate, or a key. */
gboolean mailsim_tls_understands_record(const char *data);

/* Add to JUDGEMENT, of mailsim_tls_judge(), what CHAIN fits. Where that is an authority's
 * record (DANE-TA, RFC 7671 §5.2), chain, name and dates are judged anew below that authority.
 */
void mailsim_tls_judge_announced(const gnutls_x509_crt_t *chain,
                                 guint n_chain,
                                 const MailsimTlsAnnouncement *announcement,
                                 const char *expected_names,
                                 MailsimTlsJudgement *judgement);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimTlsAnnouncement, mailsim_tls_announcement_unref)
