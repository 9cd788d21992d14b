/* SPDX-License-Identifier: MIT
 *
 * What a sender and its servers wrote into their logs, and what it asked of DNS, against what a
 * real Postfix did (tests/dialogue/README.md, “Recorded TLS deliveries”). Tests fail here. */
#pragma once

#include <mailsim/recording/recording.h>

#include "tls-case.h"

/* “mx.dest.example[192.0.2.10]”: the address as “<ip>”. Free with g_free(). */
char *tls_log_mask_addresses(const char *text);

void tls_log_compare(const TlsCase *tls_case, const MailsimRecording *recording);
