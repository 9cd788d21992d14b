/* SPDX-License-Identifier: MIT
 *
 * OpenSSL's way up and down a server's certificates, as its verification tells it to Postfix's
 * log from level 2 on: “depth=1 verify=1 subject=/CN=Lab Encrypt R1”. Recorded of a real one:
 * tests/dialogue/recorded/session-cache-more.md. */
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <mailsim/base/time.h>

/* A line for each certificate from the root down, and one before for whatever is wrong with one:
 * it is unknown, it did not begin yet, or has ended, or (NAMES, joined by “, ”; NULL: none is
 * looked for) it has none of these names. Of a server that shows none, no line. Free with
 * g_strfreev(). */
char **mailsim_certificate_walk(gnutls_session_t session,
                                gnutls_x509_trust_list_t trusted,
                                const char *names,
                                MailsimTime now_us);

/* The common name of CRT, or of its issuer; empty when it has none. Free with g_free(). */
char *mailsim_certificate_dup_common_name(gnutls_x509_crt_t crt, gboolean of_issuer);
