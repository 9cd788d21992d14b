/* SPDX-License-Identifier: MIT
 *
 * Which certificates and keys the files of a host hold: those of Debian's ssl-cert and
 * dovecot-core, those of certbot, and /etc/mailsim/, where the certificates of a scenario
 * lie. */
#pragma once

#include <glib.h>

/* The name of the certificate in the file at PATH: “snakeoil”, “letsencrypt”,
 * “no-intermediate” (certbot's cert.pem), or NAME of /etc/mailsim/NAME.pem, which may be
 * nobody's. NULL: there is no such file. Free with g_free(). */
char *mailsim_certificate_file_dup_name(const char *path);

/* NAME of /etc/mailsim/NAME.pem and /etc/mailsim/NAME.key, which may be nobody's; NULL: the
 * path is another. Free with g_free(). */
char *mailsim_certificate_file_dup_owner(const char *path);

/* Is the key in the file at PATH that of CERTIFICATE, by its name? Certbot's privkey.pem is
 * taken for that of any certificate of an authority; /etc/mailsim/NAME.pem has its key in it,
 * as /etc/mailsim/NAME.key has. */
gboolean mailsim_key_file_fits(const char *path, const char *certificate);

/* Is there a private key in the file at PATH? The certificate that it belongs to may be
 * nobody's. */
gboolean mailsim_path_is_key_file(const char *path);

/* Are the two files certbot's, in different folders of /etc/letsencrypt/live? Then the key at
 * PATH is not that of the certificate. */
gboolean mailsim_key_file_is_of_another(const char *path, const char *certificate_path);

/* Where the authorities of Debian's ca-certificates are: the file for smtp_tls_CAfile, and the
 * folder for smtp_tls_CApath. OpenSSL takes neither for the other. */
gboolean mailsim_path_is_trust_file(const char *path);
gboolean mailsim_path_is_trust_folder(const char *path);
