/* SPDX-License-Identifier: MIT
 *
 * What tls.c asks of tls-resumption.c for a server's session. */
#pragma once

#include <mailsim/wire/tls.h>

/* For gnutls_init(). */
guint mailsim_tls_resumption_get_flags(const MailsimTlsResumption *resumption);

/* Before the handshake; OWN stands in for a memory that is not given. */
void mailsim_tls_resumption_enable(const MailsimTlsResumption *resumption,
                                   MailsimTlsMemory *own,
                                   gnutls_session_t session);
