/* SPDX-License-Identifier: MIT
 *
 * The axes of the matrix, what may be chosen from them, and that each cell that there can be is
 * a scenario in which nothing is wrong. What comes of cells is matrix.py's business. */
#include <string.h>

#include <mailsim/matrix/results.h>
#include <mailsim/scenario/scenario.h>

#include "../support/run-suite.h"

/* As many as smtp-tls-matrix.tsv has, later attempts not counted. */
#define N_RECORDED 620

/* ---- axes -------------------------------------------------------------------------------- */

START_TEST(test_every_value_has_words_of_its_own)
{
    const MailsimAxis axis = (MailsimAxis)_i;
    guint found;

    for (guint i = 0; i < mailsim_axis_count_values(axis); i++) {
        const MailsimAxisValue *value = mailsim_axis_get_value(axis, i);

        ck_assert(mailsim_axis_find_value(axis, value->word, &found));
        ck_assert_uint_eq(found, i);
        ck_assert(mailsim_axis_find_value(axis, value->name, &found));
        ck_assert_uint_eq(found, i);
        ck_assert_ptr_null(strchr(value->word, ','));
        ck_assert_str_ne(value->word, "all");
        for (guint language = 0; language < MAILSIM_LANGUAGES; language++)
            ck_assert_ptr_nonnull(value->meaning[language]);
    }
    ck_assert_uint_le(mailsim_axis_count_values(axis), MAILSIM_AXIS_VALUES_MAX);
    ck_assert_uint_lt(mailsim_axis_get_usual(axis), mailsim_axis_count_values(axis));
    ck_assert(!mailsim_axis_find_value(axis, "", &found));
}
END_TEST

START_TEST(test_axes_are_found_by_word_and_name)
{
    MailsimAxis axis;

    ck_assert(mailsim_axis_find("server-level", &axis));
    ck_assert_int_eq(axis, MAILSIM_AXIS_SERVER_LEVEL);
    ck_assert(mailsim_axis_find("server_level", &axis));
    ck_assert_int_eq(axis, MAILSIM_AXIS_SERVER_LEVEL);
    ck_assert(!mailsim_axis_find("server level", &axis));
}
END_TEST

/* ---- cells ------------------------------------------------------------------------------- */

static GArray *
list_all(void)
{
    MailsimSelection selection = mailsim_selection_new();

    for (guint axis = 0; axis < MAILSIM_AXES; axis++)
        ck_assert(mailsim_selection_name(&selection, (MailsimAxis)axis, "all", NULL));
    selection.n_attempts = MAILSIM_CELL_ATTEMPTS_MAX;
    return mailsim_selection_list_cells(&selection);
}

START_TEST(test_every_cell_is_a_scenario)
{
    g_autoptr(GArray) cells = list_all();

    /* Five levels of the server go with six certificates, the sixth with the seventh. */
    ck_assert_uint_eq(cells->len, 9 * (5 * 6 + 1) * 3 * 5 * 2);
    for (guint i = 0; i < cells->len; i++) {
        g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
        char *text = mailsim_cell_dup_scenario(&g_array_index(cells, MailsimCell, i));
        g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));
        MailsimScenario *scenario = mailsim_scenario_load_text("cell", bytes, diagnostics);
        g_autofree char *remarks = mailsim_diagnostics_print(diagnostics, 0);

        ck_assert_msg(*remarks == '\0', "%s\n%s", text, remarks);
        mailsim_scenario_free(scenario);
    }
}
END_TEST

START_TEST(test_recorded_cells_are_there_once)
{
    g_autoptr(GArray) cells = mailsim_cells_list_recorded();
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    ck_assert_uint_eq(cells->len, N_RECORDED);
    for (guint i = 0; i < cells->len; i++) {
        const MailsimCell *cell = &g_array_index(cells, MailsimCell, i);

        ck_assert(mailsim_cell_is_possible(cell));
        ck_assert(g_hash_table_add(seen, mailsim_cell_dup_scenario(cell)));
    }
}
END_TEST

/* ---- selections -------------------------------------------------------------------------- */

typedef struct {
    const char *description;
    const char *options; /* “cert=ca-ok zone=all” */
    guint n_cells;       /* 0: there is none */
    guint n_tables;
    const char *error; /* NULL: it is fine */
} SelectionCase;

/* clang-format off */
static const SelectionCase selection_cases[] = {
    {"nothing", "", 54, 1, NULL},
    {"one row", "client-level=may", 6, 1, NULL},
    {"a list", "client-level=may,dane cert=ca-ok", 2, 1, NULL},
    {"the same twice", "client-level=may,may", 6, 1, NULL},
    {"two tables", "zone=all cert=ca-ok", 18, 2, NULL},
    {"454 brings its certificate", "server-level=454", 9, 1, NULL},
    {"and that its server", "cert=broken client-level=may", 1, 1, NULL},
    {"but not another one's", "server-level=454 cert=ca-ok", 0, 1, NULL},
    {"a name of the record", "nexthop=[host]:port", 54, 1, NULL},
    {"a wrong word", "cert=ca-okay", 0, 0, "--cert: no “ca-okay”; did you mean “ca-ok”?"},
    {"a word of another axis", "zone=may", 0, 0, "there is signed, unsigned"},
    {"an empty word", "cert=ca-ok,", 0, 0, "--cert: no “”"},
};
/* clang-format on */

START_TEST(test_selection)
{
    const SelectionCase *row = &selection_cases[_i];
    MailsimSelection selection = mailsim_selection_new();
    g_auto(GStrv) options = g_strsplit(row->options, " ", -1);
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) cells = NULL;
    g_autoptr(GArray) tables = NULL;

    for (guint i = 0; options[i] != NULL && *options[i] != '\0' && error == NULL; i++) {
        g_auto(GStrv) parts = g_strsplit(options[i], "=", 2);
        MailsimAxis axis;

        ck_assert(mailsim_axis_find(parts[0], &axis));
        ck_assert_int_eq(mailsim_selection_name(&selection, axis, parts[1], &error),
                         row->error == NULL);
    }
    if (row->error != NULL) {
        ck_assert_msg(strstr(error->message, row->error) != NULL, "%s: %s", row->description,
                      error->message);
        return;
    }
    cells = mailsim_selection_list_cells(&selection);
    tables = mailsim_selection_list_tables(&selection);
    ck_assert_msg(cells->len == row->n_cells, "%s: %u cells", row->description, cells->len);
    ck_assert_msg(tables->len == row->n_tables, "%s: %u tables", row->description, tables->len);
}
END_TEST

START_TEST(test_one_cell)
{
    MailsimSelection selection = mailsim_selection_new();
    MailsimCell cell;
    guint value;

    ck_assert(mailsim_selection_is_empty(&selection));
    ck_assert(mailsim_selection_get_cell(&selection, &cell));
    for (guint axis = 0; axis < MAILSIM_AXES; axis++)
        ck_assert_uint_eq(cell.values[axis], mailsim_axis_get_usual((MailsimAxis)axis));

    ck_assert(mailsim_selection_name(&selection, MAILSIM_AXIS_SERVER_LEVEL, "454", NULL));
    ck_assert(!mailsim_selection_is_empty(&selection));
    ck_assert(mailsim_selection_get_cell(&selection, &cell));
    ck_assert(mailsim_axis_find_value(MAILSIM_AXIS_CERT, "broken", &value));
    ck_assert_uint_eq(cell.values[MAILSIM_AXIS_CERT], value);
    ck_assert(mailsim_selection_name(&selection, MAILSIM_AXIS_CERT, "ca-ok", NULL));
    ck_assert(!mailsim_selection_get_cell(&selection, &cell));
}
END_TEST

/* ---- running ----------------------------------------------------------------------------- */

static char *
tell(MailsimMatrix *matrix, const MailsimCell *cell)
{
    g_autoptr(MailsimRecording) recording = mailsim_matrix_record(matrix, cell, NULL);
    MailsimResults *results = mailsim_results_new();
    GString *out = g_string_new(NULL);

    ck_assert(mailsim_results_is_empty(results));
    mailsim_results_take(results, cell, mailsim_cell_list_attempts(cell, recording));
    ck_assert(!mailsim_results_is_empty(results));
    ck_assert_ptr_nonnull(mailsim_results_find(results, cell));
    mailsim_results_append_tsv(results, out);
    mailsim_results_free(results);
    return g_string_free(out, FALSE);
}

/* What cells share must not make a difference: neither to those that come later, nor between
 * one matrix and another. */
START_TEST(test_order_makes_no_difference)
{
    g_autoptr(MailsimMatrix) one = mailsim_matrix_new(NULL);
    g_autoptr(MailsimMatrix) other = mailsim_matrix_new(NULL);
    g_autoptr(GPtrArray) told = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) cells = mailsim_cells_list_recorded();
    const guint stride = 31; /* some of each block */

    for (guint i = 0; i < cells->len; i += stride)
        g_ptr_array_add(told, tell(one, &g_array_index(cells, MailsimCell, i)));
    for (guint i = told->len; i > 0; i--) {
        g_autofree char *again =
            tell(other, &g_array_index(cells, MailsimCell, (i - 1) * stride));

        ck_assert_str_eq(again, g_ptr_array_index(told, i - 1));
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("matrix");
    TCase *axes = tcase_create("axes");
    TCase *cells = tcase_create("cells");
    TCase *selections = tcase_create("selections");

    tcase_add_loop_test(axes, test_every_value_has_words_of_its_own, 0, MAILSIM_AXES);
    tcase_add_test(axes, test_axes_are_found_by_word_and_name);
    suite_add_tcase(suite, axes);

    tcase_set_timeout(cells, 120);
    tcase_add_test(cells, test_every_cell_is_a_scenario);
    tcase_add_test(cells, test_recorded_cells_are_there_once);
    tcase_add_test(cells, test_order_makes_no_difference);
    suite_add_tcase(suite, cells);

    tcase_add_loop_test(selections, test_selection, 0, G_N_ELEMENTS(selection_cases));
    tcase_add_test(selections, test_one_cell);
    suite_add_tcase(suite, selections);
    return run_suite(suite);
}
