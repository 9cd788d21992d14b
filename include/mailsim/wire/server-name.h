/* SPDX-License-Identifier: MIT
 *
 * Is a certificate for one of these names? As OpenSSL's X509_check_host(3) and X509_check_ip(3)
 * answer with the flags that Postfix sets: see docs/decisions/0006-openssl-and-gnutls.md. */
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <glib.h>

typedef enum {
    MAILSIM_SERVER_NAME_FITS,
    MAILSIM_SERVER_NAME_IS_ANOTHER,
    MAILSIM_SERVER_ADDRESS_IS_ANOTHER, /* the name fits, or none is expected */
} MailsimServerNameFit;

/* EXPECTED: names and addresses, joined by “, ”. One of the names has to be in it, and where
 * there are addresses the first of them as well; a name that begins with a dot stands for those
 * that end in it. Another name also when nothing is expected. */
MailsimServerNameFit mailsim_server_name_compare(gnutls_x509_crt_t crt, const char *expected);
gboolean mailsim_server_name_matches(gnutls_x509_crt_t crt, const char *expected);
