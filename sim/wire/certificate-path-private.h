/* SPDX-License-Identifier: MIT
 *
 * The way from a server's certificate up to a root, as OpenSSL looks for it: through those
 * that are trusted first, then through those that were sent, and to the end. */
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <glib.h>

typedef struct {
    GPtrArray *crts;  /* of gnutls_x509_crt_t, lent by the chain and the list; the own first */
    gboolean trusted; /* it ends at a certificate that signed itself and is in the list */
    gboolean through_trusted; /* its last is in the list, wherever it leads */
} MailsimCertificatePath;

/* It lives as long as CHAIN and TRUSTED do. */
void mailsim_certificate_path_find(const gnutls_x509_crt_t *chain,
                                   guint n_chain,
                                   gnutls_x509_trust_list_t trusted,
                                   MailsimCertificatePath *path);

/* The same through those that were sent alone: TRUSTED is never set. */
void mailsim_certificate_path_find_sent(const gnutls_x509_crt_t *chain,
                                        guint n_chain,
                                        MailsimCertificatePath *path);

/* The same up to ANCHOR, of the chain or not, which need be no root: who has announced it
 * (DANE-TA) vouches for it. */
void mailsim_certificate_path_find_below(const gnutls_x509_crt_t *chain,
                                         guint n_chain,
                                         gnutls_x509_crt_t anchor,
                                         MailsimCertificatePath *path);
void mailsim_certificate_path_clear(MailsimCertificatePath *path);

/* What is wrong with it, as GNUTLS_CERT_… flags; 0: nothing. */
unsigned mailsim_certificate_path_verify(const MailsimCertificatePath *path,
                                         gnutls_x509_trust_list_t trusted,
                                         unsigned flags);

/* May the first serve TLS, and the others vouch for who does (RFC 5280 §4.2.1.3, §4.2.1.12)? */
gboolean mailsim_certificate_path_is_for_servers(const MailsimCertificatePath *path);

/* The same of one at DEPTH: 0 serves. */
gboolean mailsim_certificate_is_for_servers(gnutls_x509_crt_t crt, guint depth);

/* Did CRT sign itself? */
gboolean mailsim_certificate_signed_itself(gnutls_x509_crt_t crt);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimCertificatePath, mailsim_certificate_path_clear)
