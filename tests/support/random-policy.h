/* SPDX-License-Identifier: MIT
 *
 * Two servers that nobody wrote: policies, certificates and names by chance, good and bad. What
 * must come of them is judged here anew, from what was thrown and from RFC 6125, 7671 and 7672,
 * and not from what the lab makes of it. */
#pragma once

#include <glib.h>

typedef struct RandomPolicy RandomPolicy;

/* The same for the same SEED, on every machine. */
RandomPolicy *random_policy_new(guint32 seed);
void random_policy_free(RandomPolicy *policy);

/* The scenario, where the sender has LEVEL: one message is sent, to bob, and half an hour
 * passes. Free with g_free(). */
char *random_policy_write(const RandomPolicy *policy, const char *level);

/* May a sender with LEVEL find the server Verified? */
gboolean random_policy_allows(const RandomPolicy *policy, const char *level);

/* Do levels verify and secure look for the same names? */
gboolean random_policy_names_are_the_same(const RandomPolicy *policy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RandomPolicy, random_policy_free)
