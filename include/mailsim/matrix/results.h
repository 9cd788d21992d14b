/* SPDX-License-Identifier: MIT
 *
 * What came of many cells, and how it is shown: as the record of real servers is written (TSV),
 * as JSON, as a table. */
#pragma once

#include <mailsim/matrix/matrix.h>
#include <mailsim/matrix/selection.h>
#include <mailsim/transcript/grid.h>

typedef struct MailsimResults MailsimResults;

MailsimResults *mailsim_results_new(void);
void mailsim_results_free(MailsimResults *results);

/* ATTEMPTS (of MailsimAttempt) are what came of CELL; taken over. */
void
mailsim_results_take(MailsimResults *results, const MailsimCell *cell, GPtrArray *attempts);

gboolean mailsim_results_is_empty(const MailsimResults *results);

/* The attempts of CELL, lent; NULL: it has not been run. */
const GPtrArray *mailsim_results_find(const MailsimResults *results, const MailsimCell *cell);

/* Append a line of names and one for each attempt, in the order in which the cells were run:
 * the columns of tests/dialogue/recorded/smtp-tls-matrix.tsv. */
void mailsim_results_append_tsv(const MailsimResults *results, GString *out);

/* Append one JSON object and a newline: docs/json.md. */
void mailsim_results_append_json(const MailsimResults *results, GString *out);

/* The rows and columns of SELECTION, with the values of TABLE on the other axes; what is shown
 * of a cell is its last attempt. ASCII: marks are to be of no other characters. Free with
 * mailsim_grid_free(). */
MailsimGrid *mailsim_results_make_grid(const MailsimResults *results,
                                       const MailsimSelection *selection,
                                       const MailsimCell *table,
                                       MailsimLanguage language,
                                       gboolean ascii);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimResults, mailsim_results_free)
