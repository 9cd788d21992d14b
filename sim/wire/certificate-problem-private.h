/* SPDX-License-Identifier: MIT
 *
 * What OpenSSL reports of a way up to a root, certificate by certificate. */
#pragma once

#include <mailsim/wire/tls-judgement.h>

#include "certificate-path-private.h"

/* PROBLEM, which was empty or of another path, is replaced. EXPECTED_NAMES may be NULL. */
void mailsim_certificate_problem_find(const MailsimCertificatePath *path,
                                      const char *expected_names,
                                      MailsimCertificateProblem *problem);

/* PATH leads to no authority that a TLSA record names: its end counts, unless there is
 * something lower. */
void mailsim_certificate_problem_find_unannounced(const MailsimCertificatePath *path,
                                                  const char *expected_names,
                                                  MailsimCertificateProblem *problem);

/* One that the certificate CRT at DEPTH has. */
void mailsim_certificate_problem_set(MailsimCertificateProblem *problem,
                                     MailsimX509Error error,
                                     guint depth,
                                     gnutls_x509_crt_t crt);
void mailsim_certificate_problem_clear(MailsimCertificateProblem *problem);
