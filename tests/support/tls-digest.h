/* SPDX-License-Identifier: MIT
 *
 * Digests that recorded/tls writes otherwise than the language does: “lower(fingerprint:c)”,
 * “cut(digest:c)” (tests/dialogue/README.md, “Recorded TLS deliveries”). */
#pragma once

/* SCENARIO with those written out; free with g_free(). */
char *tls_digests_write_out(const char *scenario);
