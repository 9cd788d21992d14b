/* SPDX-License-Identifier: MIT
 *
 * From words to cells. */
#include <mailsim/matrix/selection.h>

#include <mailsim/base/suggestion.h>

#include "axis-private.h"

G_DEFINE_QUARK(mailsim - selection - error - quark, mailsim_selection_error)

#define EVERY_VALUE "all"

MailsimSelection
mailsim_selection_new(void)
{
    return (MailsimSelection){
        .rows = MAILSIM_AXIS_CLIENT_LEVEL,
        .columns = MAILSIM_AXIS_CERT,
        .n_attempts = 1,
    };
}

/* ---- words ------------------------------------------------------------------------------- */

static void
set_error(MailsimAxis axis, const char *word, GError **error)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autofree char *hint = NULL;
    g_autofree char *all = NULL;

    for (guint i = 0; i < mailsim_axis_count_values(axis); i++)
        g_ptr_array_add(words, (gpointer)mailsim_axis_get_value(axis, i)->word);
    hint = mailsim_suggestion_hint(word, words);
    g_ptr_array_add(words, NULL);
    all = g_strjoinv(", ", (char **)words->pdata);
    g_set_error(error, MAILSIM_SELECTION_ERROR, 0, "--%s: no “%s”; %s%s",
                mailsim_axis_get_word(axis), word, hint != NULL ? hint : "there is ",
                hint != NULL ? "" : all);
}

gboolean
mailsim_selection_name(MailsimSelection *selection,
                       MailsimAxis axis,
                       const char *list,
                       GError **error)
{
    g_auto(GStrv) words = NULL;
    guint value;

    /* The record's own words, some of which have a comma. */
    if (mailsim_axis_find_value(axis, list, &value)) {
        selection->values[axis] |= 1U << value;
        return TRUE;
    }
    words = g_strsplit(list, ",", -1);
    for (guint i = 0; words[i] != NULL || i == 0; i++) {
        const char *word = words[i] != NULL ? g_strstrip(words[i]) : "";

        if (g_str_equal(word, EVERY_VALUE)) {
            selection->values[axis] |= (1U << mailsim_axis_count_values(axis)) - 1;
        } else if (mailsim_axis_find_value(axis, word, &value)) {
            selection->values[axis] |= 1U << value;
        } else {
            set_error(axis, word, error);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean
mailsim_selection_is_empty(const MailsimSelection *selection)
{
    for (guint axis = 0; axis < MAILSIM_AXES; axis++) {
        if (selection->values[axis] != 0)
            return FALSE;
    }
    return TRUE;
}

/* ---- cells ------------------------------------------------------------------------------- */

static gboolean
is_spread(const MailsimSelection *selection, MailsimAxis axis)
{
    return axis == selection->rows || axis == selection->columns;
}

GArray *
mailsim_selection_list_values(const MailsimSelection *selection, MailsimAxis axis)
{
    GArray *values = g_array_new(FALSE, FALSE, sizeof(guint));
    guint set = selection->values[axis];

    if (set == 0)
        set = is_spread(selection, axis) ? G_MAXUINT : 1U << mailsim_axis_get_usual(axis);
    for (guint value = 0; value < mailsim_axis_count_values(axis); value++) {
        if ((set & (1U << value)) != 0)
            g_array_append_val(values, value);
    }
    return values;
}

/* May another value of AXIS take the place of the one that CELL has? */
static gboolean
gives_way(const MailsimSelection *selection, MailsimAxis axis)
{
    return selection->values[axis] == 0 && !is_spread(selection, axis);
}

gboolean
mailsim_selection_fit(const MailsimSelection *selection, MailsimCell *cell)
{
    guint8 *server = &cell->values[MAILSIM_AXIS_SERVER_LEVEL];
    guint8 *cert = &cell->values[MAILSIM_AXIS_CERT];

    if (*server == SERVER_REFUSES && gives_way(selection, MAILSIM_AXIS_CERT))
        *cert = CERT_BROKEN;
    else if (*cert == CERT_BROKEN && selection->values[MAILSIM_AXIS_CERT] != 0 &&
             gives_way(selection, MAILSIM_AXIS_SERVER_LEVEL))
        *server = SERVER_REFUSES;
    return mailsim_cell_is_possible(cell);
}

gboolean
mailsim_selection_get_cell(const MailsimSelection *selection, MailsimCell *cell)
{
    MailsimSelection alone = *selection;

    alone.rows = alone.columns = MAILSIM_AXES;
    *cell = mailsim_cell_usual();
    cell->n_attempts = (guint8)selection->n_attempts;
    for (guint axis = 0; axis < MAILSIM_AXES; axis++) {
        if (selection->values[axis] != 0)
            cell->values[axis] = (guint8)g_bit_nth_lsf(selection->values[axis], -1);
    }
    return mailsim_selection_fit(&alone, cell);
}

static void
append_cells(GArray *cells,
             const MailsimSelection *selection,
             gboolean spread,
             MailsimCell cell,
             guint axis)
{
    g_autoptr(GArray) values = NULL;

    if (axis == MAILSIM_AXES) {
        MailsimCell fitted = cell;

        if (!spread || mailsim_selection_fit(selection, &fitted))
            g_array_append_val(cells, cell);
        return;
    }
    values = mailsim_selection_list_values(selection, (MailsimAxis)axis);
    for (guint i = 0; i < values->len; i++) {
        cell.values[axis] = (guint8)g_array_index(values, guint, i);
        append_cells(cells, selection, spread, cell, axis + 1);
        if (!spread && is_spread(selection, (MailsimAxis)axis))
            break;
    }
}

static GArray *
list_cells(const MailsimSelection *selection, gboolean spread)
{
    GArray *cells = g_array_new(FALSE, FALSE, sizeof(MailsimCell));
    const MailsimCell cell = {.n_attempts = (guint8)selection->n_attempts};

    append_cells(cells, selection, spread, cell, 0);
    return cells;
}

GArray *
mailsim_selection_list_cells(const MailsimSelection *selection)
{
    return list_cells(selection, TRUE);
}

GArray *
mailsim_selection_list_tables(const MailsimSelection *selection)
{
    return list_cells(selection, FALSE);
}
