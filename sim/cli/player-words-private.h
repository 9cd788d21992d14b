/* SPDX-License-Identifier: MIT
 *
 * What the player needs and nobody else: its words, and how much room text takes. */
#pragma once

#include <mailsim/recording/recording.h>

typedef enum {
    WORD_STEP,
    WORD_START,
    WORD_END,
    WORD_WHICH_STEP,
    WORD_NO_SUCH_STEP,
    WORD_AT_START,
    WORD_FOLDED,
    WORD_TEXT,
    WORD_MORE,
    WORD_ALL_FOLDED,
    WORD_NO_MORE,
    WORD_HELP,
    WORD_UNKNOWN,
} Word;

/* Lent. */
const char *player_get_word(Word word, MailsimLanguage language);

/* PLACE and the keys, as many of them as fit into WIDTH columns; free with g_free(). */
char *player_dup_keys(const char *place, guint width, MailsimLanguage language);

/* Bytes of the first line of TEXT, with its end. */
gsize player_measure_line(const char *text);

/* Rows that TEXT takes on a screen of so many COLUMNS. */
guint player_count_rows(const char *text, guint columns);

/* Append lines of TEXT, at least one, but no more than ROOM rows; *N_ROWS, *N_LINES: so many.
 * What is left of TEXT. */
const char *player_put_lines(
    const char *text, guint columns, guint room, guint *n_rows, guint *n_lines, GString *out);
