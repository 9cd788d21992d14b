/* SPDX-License-Identifier: MIT
 *
 * “Did you mean …?”: the candidate nearest to a mistyped word. */
#pragma once

#include <glib.h>

/* The nearest of the CANDIDATES (strings), lent; NULL when none is near enough to be meant.
 * Counts inserted, deleted, replaced and transposed letters; case does not count. */
const char *mailsim_suggestion_find(const char *word, const GPtrArray *candidates);

/* The same as a hint, “did you mean “mail”?”; NULL when there is none. Free with g_free(). */
char *mailsim_suggestion_hint(const char *word, const GPtrArray *candidates);
