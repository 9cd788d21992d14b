/* SPDX-License-Identifier: MIT
 *
 * The candidate nearest to a mistyped word, by the distance of Damerau and Levenshtein in its
 * restricted form: two letters swapped count once, and nothing is changed twice. A word may be
 * wrong in a third of its letters; beyond that a suggestion would only puzzle. */
#include <mailsim/base/suggestion.h>

#include <string.h>

#include <mailsim/base/limits.h>

#define WORD_MAX_BYTES 64

static guint
least(guint a, guint b, guint c)
{
    return MIN(MIN(a, b), c);
}

/* Three rows are enough: the one being filled, the one above, and for swaps the one above
 * that. */
static guint
measure_distance(const char *a, gsize a_length, const char *b, gsize b_length)
{
    guint rows[3][WORD_MAX_BYTES + 1];

    for (gsize j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (gsize i = 1; i <= a_length; i++) {
        guint *row = rows[i % 3];
        guint *above = rows[(i + 2) % 3];
        guint *swap = rows[(i + 1) % 3];

        row[0] = i;
        for (gsize j = 1; j <= b_length; j++) {
            guint differs = g_ascii_tolower(a[i - 1]) != g_ascii_tolower(b[j - 1]);

            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + differs);
            if (i > 1 && j > 1 && differs &&
                g_ascii_tolower(a[i - 1]) == g_ascii_tolower(b[j - 2]) &&
                g_ascii_tolower(a[i - 2]) == g_ascii_tolower(b[j - 1]))
                row[j] = MIN(row[j], swap[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

const char *
mailsim_suggestion_find(const char *word, const GPtrArray *candidates)
{
    gsize length = strlen(word);
    const char *nearest = NULL;
    guint limit = MAX(1, length / 3) + 1; /* the nearest so far; only less is better */

    if (length == 0 || length > WORD_MAX_BYTES ||
        candidates->len > MAILSIM_SUGGESTION_MAX_CANDIDATES)
        return NULL;
    for (guint i = 0; i < candidates->len; i++) {
        const char *candidate = g_ptr_array_index(candidates, i);
        gsize candidate_length = strlen(candidate);
        gsize difference = MAX(length, candidate_length) - MIN(length, candidate_length);

        if (candidate_length > WORD_MAX_BYTES || difference >= limit)
            continue;
        guint distance = measure_distance(word, length, candidate, candidate_length);
        if (distance < limit && distance < MIN(length, candidate_length)) {
            nearest = candidate;
            limit = distance;
        }
    }
    return nearest;
}

char *
mailsim_suggestion_hint(const char *word, const GPtrArray *candidates)
{
    const char *nearest = mailsim_suggestion_find(word, candidates);

    return nearest ? g_strdup_printf("did you mean “%s”?", nearest) : NULL;
}
