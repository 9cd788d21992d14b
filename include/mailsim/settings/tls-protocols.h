/* SPDX-License-Identifier: MIT
 *
 * A list of TLS versions as main.cf has it: postconf(5) smtpd_tls_protocols. */
#pragma once

#include <glib.h>

/* Bit N is TLS 1.N: “TLSv1” is bit 0, “TLSv1.3” bit 3. */
#define MAILSIM_TLS_PROTOCOLS_ALL 0xfU

/* Which versions a list such as “>=TLSv1.2” or “!TLSv1, !TLSv1.1” leaves out; perhaps all of
 * them. FALSE: Postfix cannot read it. */
gboolean mailsim_tls_protocols_parse(const char *list, guint *excluded);
