/* SPDX-License-Identifier: MIT
 *
 * What look.c gets from the files beside it: texts as the tools of a real host print them. Free
 * with g_free(). */
#pragma once

#include "queue-private.h"

/* What postqueue(1) prints of HOST's queue, and how many messages. */
char *mailsim_look_dup_queue(const MailsimHost *host, guint *count);

/* What journalctl(1) prints of HOST's mail log, since the last step in which anything happened;
 * the COMMAND for that, to be freed as well, and how many lines. */
char *mailsim_look_dup_log(const MailsimHost *host, char **command, guint *count);

/* What openssl-x509(1) prints of a certificate: subject, issuer, dates, names. */
char *mailsim_look_dup_certificate(gnutls_x509_crt_t certificate);
