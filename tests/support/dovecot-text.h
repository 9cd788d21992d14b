/* SPDX-License-Identifier: MIT
 *
 * How the recordings of Dovecot write octets and stand in for what differs each time: see
 * tests/dialogue/README.md. */
#pragma once

#include <glib.h>

/* TEXT with “<300 x>” written out, to be freed. */
char *dovecot_text_expand(const char *text);

/* Is the line SEEN what was RECORDED? Announced capabilities are, as long as they are some of
 * those that were recorded, in their order. */
gboolean dovecot_text_matches(const GString *recorded, const GString *seen);

/* Likewise for a line of the log. */
gboolean dovecot_log_matches(const char *recorded, const char *seen);
