/* SPDX-License-Identifier: MIT
 *
 * A cell of the matrix: one value of each axis. It is a small world with one message, written
 * as a scenario, so whatever a cell says can be run, shown and changed like any other
 * scenario. */
#pragma once

#include <mailsim/matrix/axis.h>

/* A later attempt counts as one of the cell where the first was deferred. */
#define MAILSIM_CELL_ATTEMPTS_MAX 3

typedef struct {
    guint8 values[MAILSIM_AXES];
    guint8 n_attempts; /* how many are looked at: from 1 to the maximum */
} MailsimCell;

/* One value of each axis, the usual one, and one attempt. */
MailsimCell mailsim_cell_usual(void);

/* Can there be such a cell? A server refuses STARTTLS because it cannot read its certificate:
 * that level and that certificate come together only. */
gboolean mailsim_cell_is_possible(const MailsimCell *cell);

/* All cells of the record of real servers, in its order; of MailsimCell. Free with
 * g_array_unref(). */
GArray *mailsim_cells_list_recorded(void);

/* The scenario of CELL, a file that mailsim run takes, with titles in all languages. Free
 * with g_free(). */
char *mailsim_cell_dup_scenario(const MailsimCell *cell);
