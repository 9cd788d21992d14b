/* SPDX-License-Identifier: MIT
 *
 * Is a certificate for one of these names? As OpenSSL's X509_check_host(3) and X509_check_ip(3)
 * answer with the flags that Postfix sets: see docs/decisions/0006-openssl-and-gnutls.md. */
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <glib.h>

/* EXPECTED: names and addresses, joined by “, ”. One of the names has to be in it, and where
 * there are addresses the first of them as well; a name that begins with a dot stands for those
 * that end in it. FALSE also when nothing is expected. */
gboolean mailsim_server_name_matches(gnutls_x509_crt_t crt, const char *expected);
