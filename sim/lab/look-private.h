/* SPDX-License-Identifier: MIT
 *
 * What look.c gets from the files beside it: texts as the tools of a real host print them. Free
 * with g_free(). */
#pragma once

#include "queue-private.h"

/* What postqueue(1) prints of HOST's queue, and how many messages. */
char *mailsim_look_dup_queue(const MailsimHost *host, guint *count);

/* What openssl-x509(1) prints of a certificate: subject, issuer, dates, names. */
char *mailsim_look_dup_certificate(gnutls_x509_crt_t certificate);
