/* SPDX-License-Identifier: MIT
 *
 * What a client says of a password once base64 is undone, as whoever listens reads it
 * (RFC 4954 §4). */
#pragma once

#include <glib.h>

/* The bytes that TEXT, base64, stands for; free with g_bytes_unref(); NULL: it is none. */
GBytes *mailsim_sasl_response_decode(const char *text);

/* Read NAME and PASSWORD, which the caller owns, out of what the client sends. PLAIN says both
 * at once (RFC 4616 §2: [authzid] NUL authcid NUL passwd); LOGIN first the name, then the
 * password. TRUE once both are there. */
gboolean mailsim_sasl_response_read_plain(const char *text, char **name, char **password);
gboolean mailsim_sasl_response_read_login(const char *text, char **name, char **password);
