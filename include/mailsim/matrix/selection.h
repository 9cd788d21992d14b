/* SPDX-License-Identifier: MIT
 *
 * Which cells somebody wants to see: values of some axes, by name, and the usual value of the
 * others; two axes are spread out, as rows and columns. */
#pragma once

#include <mailsim/matrix/cell.h>

#define MAILSIM_SELECTION_ERROR (mailsim_selection_error_quark())
GQuark mailsim_selection_error_quark(void);

typedef struct {
    guint values[MAILSIM_AXES]; /* sets of bits; 0: nobody has named any */
    MailsimAxis rows;
    MailsimAxis columns;
    guint n_attempts; /* of each cell */
} MailsimSelection;

/* Rows are client levels, columns certificates. */
MailsimSelection mailsim_selection_new(void);

/* Values of AXIS in LIST, separated by commas; “all” is all of them. FALSE with
 * MAILSIM_SELECTION_ERROR, a phrase for whoever typed it: there is no such value. */
gboolean mailsim_selection_name(MailsimSelection *selection,
                                MailsimAxis axis,
                                const char *list,
                                GError **error);

/* Has anybody named a value? */
gboolean mailsim_selection_is_empty(const MailsimSelection *selection);

/* The values of AXIS that are looked at; of guint. Free with g_array_unref(). */
GArray *mailsim_selection_list_values(const MailsimSelection *selection, MailsimAxis axis);

/* The cell that is meant where CELL was put together from the values of SELECTION: a level that
 * nobody has named gives way to a certificate that somebody has, and the other way round.
 * FALSE: there is no such cell. */
gboolean mailsim_selection_fit(const MailsimSelection *selection, MailsimCell *cell);

/* The one cell that is meant where each axis has one value or none: nothing is spread out.
 * FALSE: there is no such cell. */
gboolean mailsim_selection_get_cell(const MailsimSelection *selection, MailsimCell *cell);

/* All of them, as they were put together, the last axis the fastest; those that cannot be are
 * left out. Of MailsimCell; free with g_array_unref(). */
GArray *mailsim_selection_list_cells(const MailsimSelection *selection);

/* The same, with one value for rows and columns: a table for each. */
GArray *mailsim_selection_list_tables(const MailsimSelection *selection);
