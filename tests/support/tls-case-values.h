/* SPDX-License-Identifier: MIT
 *
 * What a recorded TLS delivery says of certificates in brackets: “cut(digest:c)”,
 * “lower(fingerprint:c)”, “pem:ca” (tests/dialogue/README.md, “Recorded TLS deliveries”). What
 * stands without brackets the lab knows itself. */
#pragma once

#include <glib.h>

/* SCENARIO with such values written out; WORLD is what of it there must be for the certificates
 * to be known. Free with g_free(). */
char *tls_case_write_values(const char *scenario, const char *world);

/* The same of a line of the log: what TLSA records hold is in capitals there. SCENARIO says by
 * which digest fingerprints are. */
char *tls_case_write_logged_values(const char *line, const char *scenario, const char *world);
