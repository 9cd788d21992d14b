/* SPDX-License-Identifier: MIT
 *
 * Certificates as others have them: in files (PEM), and as they announce them: fingerprints
 * (postconf(5) smtp_tls_fingerprint_digest), and the data of TLSA records (RFC 6698 §2.1). */
#pragma once

#include <glib.h>
#include <gnutls/x509.h>

/* CRT in PEM (RFC 7468), at the end of OUT. */
void mailsim_certificate_append_pem(gnutls_x509_crt_t crt, GString *out);

/* “md5”, “sha1”, “sha256” … in any letters. */
gboolean mailsim_certificate_digest_exists(const char *digest);

/* “AB:CD:…” of the certificate, or of its public key alone, as Postfix writes it;
 * NULL: there is no such digest. Free with g_free(). */
char *
mailsim_certificate_dup_fingerprint(gnutls_x509_crt_t crt, const char *digest, gboolean of_key);

/* What a TLSA record with this selector and matching type says of the certificate, in
 * hexadecimal digits; NULL: there are no such. Free with g_free(). */
char *
mailsim_certificate_dup_association(gnutls_x509_crt_t crt, guint8 selector, guint8 matching);
