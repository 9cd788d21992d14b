/* SPDX-License-Identifier: MIT
 *
 * What the two ends of a wire bring to a TLS handshake, and how a finished one is described.
 * Made once for each daemon or mail program, shared by all its wires. */
#pragma once

#include <gnutls/gnutls.h>

#include <mailsim/wire/certificate.h>

typedef enum {
    MAILSIM_TLS_ROLE_SERVER,
    MAILSIM_TLS_ROLE_MAIL_PROGRAM,
    MAILSIM_TLS_ROLE_RELAY, /* Postfix's smtp(8) at may or encrypt: anonymous ciphers too */
} MailsimTlsRole;

typedef struct MailsimTls MailsimTls;

/* CERTIFICATE: the server's, else NULL. */
MailsimTls *mailsim_tls_new(MailsimTlsRole role, MailsimCertificate *certificate);
MailsimTlsRole mailsim_tls_get_role(const MailsimTls *tls);
MailsimTls *mailsim_tls_ref(MailsimTls *tls);
void mailsim_tls_unref(MailsimTls *tls);

/* Trust the CERTIFICATES (a client's CA file or path); they are copied. */
void mailsim_tls_trust(MailsimTls *tls, const gnutls_x509_crt_t *certificates, guint n);

gnutls_x509_trust_list_t mailsim_tls_get_trusted(const MailsimTls *tls);

/* What one handshake may not come to. */
typedef struct {
    guint excluded_versions;    /* bit N: TLS 1.N */
    gboolean needs_certificate; /* a client that takes no anonymous ciphers */
} MailsimTlsLimits;

/* A session ready for its handshake; free with gnutls_deinit(). */
gnutls_session_t mailsim_tls_open(const MailsimTls *tls, const MailsimTlsLimits *limits);

/* A server has heard its client, and SESSION knows the version: which ciphers will do. */
void mailsim_tls_meet_client(const MailsimTls *tls,
                             const MailsimTlsLimits *limits,
                             gnutls_session_t session);

/* FALSE: with all versions excluded, no handshake can be begun. */
gboolean mailsim_tls_has_version(const MailsimTlsLimits *limits);

/* After a handshake: a server gives its client one ticket for a full handshake and none for a
 * resumed one, as Postfix does (RFC 8446 §4.6.1). */
void mailsim_tls_send_ticket(const MailsimTls *tls, gnutls_session_t session);

/* What a client may resume from, once it has a ticket; NULL: it has none. Free with
 * g_bytes_unref(). */
GBytes *mailsim_tls_dup_ticket(gnutls_session_t session);

/* “TLSv1.3”; “X25519”; “TLS_AES_256_GCM_SHA384”; “TLSv1.3 with cipher TLS_AES_256_GCM_SHA384
 * (256/256 bits)”; “key-exchange X25519 server-signature ECDSA (prime256v1) server-digest
 * SHA256”, NULL below TLS 1.3: the words of Postfix's log, of a finished handshake. Free the
 * ones not const with g_free(). */
const char *mailsim_tls_get_version(gnutls_session_t session);
const char *mailsim_tls_get_group(gnutls_session_t session);
const char *mailsim_tls_get_cipher(gnutls_session_t session);
char *mailsim_tls_format_description(gnutls_session_t session);
char *mailsim_tls_format_key_exchange(const MailsimTls *tls, gnutls_session_t session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimTls, mailsim_tls_unref)
