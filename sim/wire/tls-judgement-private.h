/* SPDX-License-Identifier: MIT
 *
 * A judgement below an authority that somebody has announced. */
#pragma once

#include <mailsim/wire/tls-judgement.h>

/* As mailsim_tls_judge(), with ANCHOR in place of the authorities that are trusted. */
void mailsim_tls_judge_below(const gnutls_x509_crt_t *chain,
                             guint n_chain,
                             gnutls_x509_crt_t anchor,
                             const char *expected_names,
                             MailsimTlsJudgement *judgement);
