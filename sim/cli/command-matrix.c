/* SPDX-License-Identifier: MIT
 *
 * mailsim matrix: what the sender demands, what the server offers and shows, and what becomes
 * of a message between them; every cell a lab of its own. */
#include "cli-private.h"

#include <mailsim/base/suggestion.h>
#include <mailsim/matrix/results.h>
#include <mailsim/matrix/why.h>
#include <mailsim/transcript/explanation.h>

#include "progress-private.h"

#define NOT_GIVEN G_MININT /* of a number */

typedef struct {
    MailsimAppearance appearance;
    char *format;
    char *output;
    char *rows;
    char *columns;
    char *values[MAILSIM_AXES];
    int attempts;
    gboolean why;
    gboolean scenario;
} Options;

static void
clear_options(Options *options)
{
    mailsim_cli_appearance_clear(&options->appearance);
    g_free(options->format);
    g_free(options->output);
    g_free(options->rows);
    g_free(options->columns);
    for (guint i = 0; i < MAILSIM_AXES; i++)
        g_free(options->values[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

typedef enum {
    FORMAT_TEXT,
    FORMAT_TSV,
    FORMAT_JSON,
} Format;

typedef struct {
    Format format;
    MailsimSelection selection;
    gboolean whole; /* nothing was said: all that real servers were asked */
    MailsimRenderOptions render;
} Plan;

/* ---- what is asked for ------------------------------------------------------------------- */

static gboolean
settle_axis(const char *option, const char *word, MailsimAxis *axis)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autofree char *hint = NULL;
    g_autofree char *all = NULL;

    if (word == NULL || mailsim_axis_find(word, axis))
        return TRUE;
    for (guint i = 0; i < MAILSIM_AXES; i++)
        g_ptr_array_add(words, (gpointer)mailsim_axis_get_word((MailsimAxis)i));
    hint = mailsim_suggestion_hint(word, words);
    g_ptr_array_add(words, NULL);
    all = g_strjoinv(", ", (char **)words->pdata);
    mailsim_cli_complain("matrix: %s: no “%s”; %s%s", option, word,
                         hint != NULL ? hint : "there is ", hint != NULL ? "" : all);
    return FALSE;
}

static gboolean
settle_values(const Options *options, MailsimSelection *selection)
{
    for (guint i = 0; i < MAILSIM_AXES; i++) {
        g_autoptr(GError) error = NULL;

        if (options->values[i] == NULL ||
            mailsim_selection_name(selection, (MailsimAxis)i, options->values[i], &error))
            continue;
        mailsim_cli_complain("matrix: %s", error->message);
        return FALSE;
    }
    return TRUE;
}

/* Of one cell there is no table, and no choice. */
static gboolean
check_one_cell(const Options *options, const Plan *plan)
{
    const char *option = options->why ? "--why" : "--scenario";

    if (options->appearance.detail != NULL && !options->why) {
        mailsim_cli_complain("matrix: --detail is for --why");
        return FALSE;
    }
    if (!options->why && !options->scenario)
        return TRUE;
    if (options->why && options->scenario) {
        mailsim_cli_complain("matrix: --why tells what happens in a cell, --scenario prints "
                             "it: choose one");
        return FALSE;
    }
    if (options->rows != NULL || options->columns != NULL || plan->format != FORMAT_TEXT) {
        mailsim_cli_complain("matrix: %s is of one cell: without --rows, --columns and "
                             "--format",
                             option);
        return FALSE;
    }
    for (guint i = 0; i < MAILSIM_AXES; i++) {
        const guint set = plan->selection.values[i];

        if ((set & (set - 1)) != 0) {
            mailsim_cli_complain("matrix: %s is of one cell: name one value with --%s", option,
                                 mailsim_axis_get_word((MailsimAxis)i));
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
settle(const Options *options, Plan *plan)
{
    static const char *const formats[] = {"text", "tsv", "json", NULL};
    MailsimSelection *selection = &plan->selection;
    guint choice = FORMAT_TEXT;

    *selection = mailsim_selection_new();
    if (options->format != NULL &&
        !mailsim_cli_parse_choice("--format", options->format, formats, &choice))
        return FALSE;
    if (options->output != NULL && options->output[0] == '\0') {
        mailsim_cli_complain("matrix: --output: into which file?");
        return FALSE;
    }
    if (!settle_axis("--rows", options->rows, &selection->rows) ||
        !settle_axis("--columns", options->columns, &selection->columns) ||
        !settle_values(options, selection))
        return FALSE;
    if (selection->rows == selection->columns) {
        mailsim_cli_complain("matrix: rows and columns are both %s: choose another axis for "
                             "one of them",
                             mailsim_axis_get_word(selection->rows));
        return FALSE;
    }
    if ((options->attempts < 1 && options->attempts != NOT_GIVEN) ||
        options->attempts > MAILSIM_CELL_ATTEMPTS_MAX) {
        mailsim_cli_complain("matrix: --attempts: from 1 to %d", MAILSIM_CELL_ATTEMPTS_MAX);
        return FALSE;
    }
    selection->n_attempts = (guint)MAX(options->attempts, 1);
    plan->format = (Format)choice;
    plan->whole = plan->format != FORMAT_TEXT && mailsim_selection_is_empty(selection) &&
                  options->rows == NULL && options->columns == NULL &&
                  options->attempts == NOT_GIVEN;
    return check_one_cell(options, plan) &&
           mailsim_cli_settle_appearance(&options->appearance, options->output == NULL,
                                         &plan->render);
}

/* ---- running ----------------------------------------------------------------------------- */

static gboolean
run_cell(MailsimMatrix *matrix, const MailsimCell *cell, MailsimResults *results)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MailsimRecording) recording = mailsim_matrix_record(matrix, cell, &error);

    if (recording == NULL) {
        mailsim_cli_complain("matrix: %s", error->message);
        return FALSE;
    }
    mailsim_results_take(results, cell, mailsim_cell_list_attempts(cell, recording));
    return TRUE;
}

static gboolean
run_cells(const Plan *plan, MailsimResults *results)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MailsimMatrix) matrix = mailsim_matrix_new(&error);
    g_autoptr(GArray) cells = plan->whole ? mailsim_cells_list_recorded()
                                          : mailsim_selection_list_cells(&plan->selection);
    MailsimProgress progress;
    gboolean fine = TRUE;

    if (matrix == NULL) {
        mailsim_cli_complain("matrix: %s", error->message);
        return FALSE;
    }
    mailsim_progress_begin(&progress, plan->render.ascii);
    for (guint i = 0; i < cells->len && fine; i++) {
        MailsimCell cell = g_array_index(cells, MailsimCell, i);

        if (!plan->whole)
            mailsim_selection_fit(&plan->selection, &cell);
        fine = run_cell(matrix, &cell, results) &&
               mailsim_progress_tell(&progress, i + 1, cells->len);
    }
    mailsim_progress_end(&progress);
    return fine;
}

static void
complain_of_nothing(void)
{
    mailsim_cli_complain("matrix: there is no such cell: --server-level=454 is a server that "
                         "cannot read its certificate, --cert=broken, and no other");
}

/* ---- showing ----------------------------------------------------------------------------- */

static void
show_tables(const Plan *plan, const MailsimResults *results, GString *out)
{
    g_autoptr(GArray) tables = mailsim_selection_list_tables(&plan->selection);

    for (guint i = 0; i < tables->len; i++) {
        g_autoptr(MailsimGrid) grid = mailsim_results_make_grid(
            results, &plan->selection, &g_array_index(tables, MailsimCell, i),
            plan->render.language, plan->render.ascii);

        if (grid->rows->len == 0)
            continue;
        if (out->len > 0)
            g_string_append_c(out, '\n');
        mailsim_render_grid(grid, &plan->render, out);
    }
}

static MailsimExit
show_cells(const Plan *plan, const char *output)
{
    g_autoptr(MailsimResults) results = mailsim_results_new();
    g_autoptr(GString) out = g_string_new(NULL);

    if (!run_cells(plan, results))
        return MAILSIM_EXIT_ENVIRONMENT;
    if (mailsim_results_is_empty(results)) {
        complain_of_nothing();
        return MAILSIM_EXIT_INPUT;
    }
    if (plan->format == FORMAT_TSV)
        mailsim_results_append_tsv(results, out);
    else if (plan->format == FORMAT_JSON)
        mailsim_results_append_json(results, out);
    else
        show_tables(plan, results, out);
    return mailsim_cli_deliver(output, out) ? MAILSIM_EXIT_SUCCESS : MAILSIM_EXIT_ENVIRONMENT;
}

/* ---- one cell ---------------------------------------------------------------------------- */

static gboolean
tell_why(const MailsimCell *cell, const Plan *plan, GString *out)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MailsimMatrix) matrix = mailsim_matrix_new(&error);
    g_autoptr(MailsimRecording) recording = NULL;
    g_autoptr(MailsimExplanation) explanation = NULL;

    if (matrix != NULL)
        recording = mailsim_matrix_record(matrix, cell, &error);
    if (recording == NULL) {
        mailsim_cli_complain("matrix: %s", error->message);
        return FALSE;
    }
    explanation = mailsim_cell_explain(cell, recording, plan->render.language);
    mailsim_render_explanation_text(explanation, &plan->render, out);
    g_string_append_c(out, '\n');
    mailsim_render_text(recording, &plan->render, out);
    return TRUE;
}

static MailsimExit
show_cell(const Options *options, const Plan *plan)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *scenario = NULL;
    MailsimCell cell;

    if (!mailsim_selection_get_cell(&plan->selection, &cell)) {
        complain_of_nothing();
        return MAILSIM_EXIT_INPUT;
    }
    if (options->scenario) {
        scenario = mailsim_cell_dup_scenario(&cell);
        g_string_append(out, scenario);
    } else if (!tell_why(&cell, plan, out)) {
        return MAILSIM_EXIT_ENVIRONMENT;
    }
    return mailsim_cli_deliver(options->output, out) ? MAILSIM_EXIT_SUCCESS
                                                     : MAILSIM_EXIT_ENVIRONMENT;
}

MailsimExit
mailsim_command_matrix(GStrv arguments)
{
    g_auto(Options) options = {.attempts = NOT_GIVEN};
    char **values = options.values;
    /* clang-format off */
    const GOptionEntry entries[] = {
        {"client-level", 0, 0, G_OPTION_ARG_STRING, &values[MAILSIM_AXIS_CLIENT_LEVEL], NULL, NULL},
        {"server-level", 0, 0, G_OPTION_ARG_STRING, &values[MAILSIM_AXIS_SERVER_LEVEL], NULL, NULL},
        {"cert", 0, 0, G_OPTION_ARG_STRING, &values[MAILSIM_AXIS_CERT], NULL, NULL},
        {"nexthop", 0, 0, G_OPTION_ARG_STRING, &values[MAILSIM_AXIS_NEXTHOP], NULL, NULL},
        {"tlsa", 0, 0, G_OPTION_ARG_STRING, &values[MAILSIM_AXIS_TLSA], NULL, NULL},
        {"zone", 0, 0, G_OPTION_ARG_STRING, &values[MAILSIM_AXIS_ZONE], NULL, NULL},
        {"rows", 0, 0, G_OPTION_ARG_STRING, &options.rows, NULL, NULL},
        {"columns", 0, 0, G_OPTION_ARG_STRING, &options.columns, NULL, NULL},
        {"attempts", 0, 0, G_OPTION_ARG_INT, &options.attempts, NULL, NULL},
        {"why", 0, 0, G_OPTION_ARG_NONE, &options.why, NULL, NULL},
        {"scenario", 0, 0, G_OPTION_ARG_NONE, &options.scenario, NULL, NULL},
        {"detail", 0, 0, G_OPTION_ARG_STRING, &options.appearance.detail, NULL, NULL},
        {"format", 0, 0, G_OPTION_ARG_STRING, &options.format, NULL, NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    /* clang-format on */
    g_auto(GStrv) words =
        mailsim_cli_parse_page("matrix", arguments, entries, &options.appearance);
    Plan plan = {0};

    if (words == NULL)
        return MAILSIM_EXIT_INPUT;
    if (words[0] != NULL) {
        mailsim_cli_complain("matrix: what is “%s”? Values are named with options: "
                             "--client-level=may",
                             words[0]);
        return MAILSIM_EXIT_INPUT;
    }
    if (!settle(&options, &plan))
        return MAILSIM_EXIT_INPUT;
    return options.why || options.scenario ? show_cell(&options, &plan)
                                           : show_cells(&plan, options.output);
}
