/* SPDX-License-Identifier: MIT
 *
 * The data of a TLSA record as a zone file has it, “3 1 1 89ab…” (RFC 6698 §2.2). */
#pragma once

#include <glib.h>

#define MAILSIM_TLSA_USAGE_DANE_TA     2 /* RFC 7671 §5.2: an authority above the certificate */
#define MAILSIM_TLSA_USAGE_DANE_EE     3 /* RFC 7671 §5.1: the certificate itself, or its key */
#define MAILSIM_TLSA_SELECTOR_CERT     0
#define MAILSIM_TLSA_SELECTOR_SPKI     1 /* the public key alone */
#define MAILSIM_TLSA_MATCHING_FULL     0
#define MAILSIM_TLSA_MATCHING_SHA2_256 1
#define MAILSIM_TLSA_MATCHING_SHA2_512 2

typedef struct {
    guint8 usage;
    guint8 selector;
    guint8 matching;
    char *hex;    /* in small letters, without blanks; NULL with digest */
    char *digest; /* C of “digest:C”, in the lab's words: that of certificate C; else NULL */
} MailsimTlsa;

/* FALSE: TEXT is no data of a TLSA record; *PROBLEM_AT, which may be NULL, is where that shows.
 */
gboolean mailsim_tlsa_parse(const char *text, MailsimTlsa *tlsa, gsize *problem_at);
void mailsim_tlsa_clear(MailsimTlsa *tlsa);

/* Why an SMTP client cannot use it at all, in Postfix's words; NULL: it can. RFC 7672 §3.1.3
 * has usages 2 and 3 only. What TLS itself cannot use is another matter: see
 * mailsim_tlsa_is_understood(). */
const char *mailsim_tlsa_find_unusable(const MailsimTlsa *tlsa);

/* How long a digest of this matching type is (RFC 6698 §2.1.3); 0: it is none. */
guint mailsim_tlsa_count_digest_octets(guint8 matching);

/* Does TLS know what its selector, its matching type and the length of its digest mean? See
 * mailsim_tls_understands_record() for what it needs besides. */
gboolean mailsim_tlsa_is_understood(const MailsimTlsa *tlsa);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimTlsa, mailsim_tlsa_clear)
