/* SPDX-License-Identifier: MIT
 *
 * TLS handshakes with nothing around them: what a conversation in the lab is measured against.
 * */
#pragma once

#include <glib.h>

typedef struct BareTls BareTls;

BareTls *bare_tls_new(void);
void bare_tls_free(BareTls *bare);

/* One handshake of a client and a server in memory, of the kind that the lab's are: TLS 1.3,
 * X25519, a certificate of ECDSA P-256 with its chain, verified by the client; then closed. */
void bare_tls_shake_hands(BareTls *bare);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BareTls, bare_tls_free)
