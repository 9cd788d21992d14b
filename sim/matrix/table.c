/* SPDX-License-Identifier: MIT
 *
 * Results as a table for people: a word for each cell, and what the words mean. */
#include "results-private.h"

#include <string.h>

#include "axis-private.h"

/* ---- the word of a cell ------------------------------------------------------------------ */

typedef enum {
    MARK_DELIVERED,
    MARK_DEFERRED,
    MARK_BOUNCED,
} Mark;

static const char *const marks[][2] = {
    [MARK_DELIVERED] = {"✔", "+"},
    [MARK_DEFERRED] = {"…", "~"},
    [MARK_BOUNCED] = {"✘", "x"},
};

/* clang-format off */
static const char *const clear_word[MAILSIM_LANGUAGES] = {"clear", "en claro"};

static const struct {
    const char *word; /* as Postfix logs it; NULL: in the clear */
    MailsimTone tone;
    const char *meaning[MAILSIM_LANGUAGES];
} deliveries[] = {
    {"Verified", MAILSIM_TONE_GOOD,
     {"delivered over TLS; the server has proved what the level demands",
      "entregado con TLS; el servidor ha demostrado lo que exige el nivel"}},
    {"Trusted", MAILSIM_TONE_PLAIN,
     {"delivered over TLS; chain and dates are good, no name was compared",
      "entregado con TLS; la cadena y las fechas valen, no se comparó ningún nombre"}},
    {"Untrusted", MAILSIM_TONE_PLAIN,
     {"delivered over TLS, to a server that may be anybody",
      "entregado con TLS, a un servidor que puede ser cualquiera"}},
    {"Anonymous", MAILSIM_TONE_PLAIN,
     {"delivered over TLS; no certificate was shown at all",
      "entregado con TLS; no se mostró ningún certificado"}},
    {NULL, MAILSIM_TONE_WARNING,
     {"delivered unencrypted: whoever is on the path can read it",
      "entregado sin cifrar: puede leerlo quien esté en el camino"}},
};

static const char *const failure_meanings[][MAILSIM_LANGUAGES] = {
    [MARK_DEFERRED] = {"deferred: it waits in the queue and is tried again", "aplazado: espera en la cola y se reintenta"},
    [MARK_BOUNCED] = {"bounced: it goes back to its sender", "devuelto: vuelve a su remitente"},
};
/* clang-format on */

typedef struct {
    const MailsimResults *results;
    const MailsimSelection *selection;
    MailsimLanguage language;
    gboolean ascii;
    MailsimGrid *grid;
    GArray *rows; /* of guint */
    GArray *columns;
    MailsimCell table;
} Table;

static Mark
get_mark(const MailsimAttempt *attempt)
{
    return g_str_equal(attempt->outcome, "delivered")  ? MARK_DELIVERED
           : g_str_equal(attempt->outcome, "deferred") ? MARK_DEFERRED
                                                       : MARK_BOUNCED;
}

/* Its place among the ways of delivery. */
static guint
find_delivery(const MailsimAttempt *attempt)
{
    guint i = 0;

    while (deliveries[i].word != NULL && !g_str_equal(deliveries[i].word, attempt->trust))
        i++;
    return i;
}

static const char *
get_mark_text(const Table *table, const MailsimAttempt *attempt)
{
    return marks[get_mark(attempt)][table->ascii ? 1 : 0];
}

static const char *
get_word(const Table *table, const MailsimAttempt *attempt)
{
    const char *word;

    if (get_mark(attempt) != MARK_DELIVERED)
        return attempt->dsn;
    word = deliveries[find_delivery(attempt)].word;
    return word != NULL ? word : clear_word[table->language];
}

static MailsimTone
get_tone(const MailsimAttempt *attempt)
{
    switch (get_mark(attempt)) {
    case MARK_DELIVERED:
        return deliveries[find_delivery(attempt)].tone;
    case MARK_DEFERRED:
        return MAILSIM_TONE_DIM;
    case MARK_BOUNCED:
        return MAILSIM_TONE_BAD;
    }
    g_assert_not_reached();
}

/* ---- cells ------------------------------------------------------------------------------- */

/* FALSE: there is no such cell. */
static gboolean
find_cell(const Table *table, guint row, guint column, MailsimCell *cell)
{
    *cell = table->table;
    cell->values[table->selection->rows] = (guint8)row;
    cell->values[table->selection->columns] = (guint8)column;
    return mailsim_selection_fit(table->selection, cell);
}

/* The last attempt of a cell, lent; NULL: there is no such cell. */
static const MailsimAttempt *
find_attempt(const Table *table, guint row, guint column)
{
    MailsimCell cell;
    const GPtrArray *attempts;

    if (!find_cell(table, row, column, &cell))
        return NULL;
    attempts = mailsim_results_find(table->results, &cell);
    return attempts != NULL && attempts->len > 0
               ? g_ptr_array_index(attempts, attempts->len - 1)
               : NULL;
}

/* Leave out what has no cell at all: rows with all COLUMNS, or the other way round. */
static void
drop_empty(const Table *table, GArray *values, const GArray *others, gboolean are_rows)
{
    for (guint i = values->len; i > 0; i--) {
        const guint value = g_array_index(values, guint, i - 1);
        gboolean found = FALSE;

        for (guint j = 0; j < others->len && !found; j++) {
            const guint other = g_array_index(others, guint, j);

            found =
                find_attempt(table, are_rows ? value : other, are_rows ? other : value) != NULL;
        }
        if (!found)
            g_array_remove_index(values, i - 1);
    }
}

static void
add_cells(Table *table)
{
    for (guint i = 0; i < table->columns->len; i++)
        mailsim_grid_add_column(table->grid,
                                mailsim_axis_get_value(table->selection->columns,
                                                       g_array_index(table->columns, guint, i))
                                    ->word);
    for (guint i = 0; i < table->rows->len; i++) {
        const guint row_value = g_array_index(table->rows, guint, i);
        MailsimGridRow *row = mailsim_grid_add_row(
            table->grid, mailsim_axis_get_value(table->selection->rows, row_value)->word);

        for (guint j = 0; j < table->columns->len; j++) {
            const MailsimAttempt *attempt =
                find_attempt(table, row_value, g_array_index(table->columns, guint, j));

            if (attempt != NULL)
                mailsim_grid_row_add_cell(row, get_tone(attempt), get_mark_text(table, attempt),
                                          get_word(table, attempt));
            else
                mailsim_grid_row_add_cell(row, MAILSIM_TONE_PLAIN, "", "");
        }
    }
}

/* ---- what stands around them ------------------------------------------------------------- */

/* The values that the cells have on AXIS, which is none of rows and columns; a set of bits. */
static guint
collect_values(const Table *table, MailsimAxis axis)
{
    guint values = 0;

    for (guint i = 0; i < table->rows->len; i++) {
        for (guint j = 0; j < table->columns->len; j++) {
            MailsimCell cell;

            if (find_cell(table, g_array_index(table->rows, guint, i),
                          g_array_index(table->columns, guint, j), &cell))
                values |= 1U << cell.values[axis];
        }
    }
    return values;
}

static void
add_fact(Table *table, MailsimAxis axis)
{
    const char *title = mailsim_axis_get_title(axis, table->language);
    const guint values = collect_values(table, axis);

    for (guint i = 0; i < mailsim_axis_count_values(axis); i++) {
        const MailsimAxisValue *value = mailsim_axis_get_value(axis, i);
        g_autofree char *text = NULL;

        if ((values & (1U << i)) == 0)
            continue;
        text = g_strdup_printf("%s – %s", value->word, value->meaning[table->language]);
        mailsim_grid_add_fact(table->grid, title, text);
        title = "";
    }
}

/* What holds for all cells. */
static void
add_facts(Table *table)
{
    /* clang-format off */
    static const char *const later[MAILSIM_LANGUAGES] = {"the last of up to %u", "el último de hasta %u"};
    static const char *const attempts[MAILSIM_LANGUAGES] = {"attempt", "intento"};
    /* clang-format on */

    for (guint axis = 0; axis < MAILSIM_AXES; axis++) {
        if (axis != table->selection->rows && axis != table->selection->columns)
            add_fact(table, (MailsimAxis)axis);
    }
    if (table->selection->n_attempts > 1) {
        g_autofree char *text =
            g_strdup_printf(later[table->language], table->selection->n_attempts);

        mailsim_grid_add_fact(table->grid, attempts[table->language], text);
    }
}

/* Call VISIT for each attempt that the table shows. */
static void
foreach_attempt(const Table *table,
                void (*visit)(const MailsimAttempt *attempt, gpointer data),
                gpointer data)
{
    for (guint i = 0; i < table->rows->len; i++) {
        for (guint j = 0; j < table->columns->len; j++) {
            const MailsimAttempt *attempt =
                find_attempt(table, g_array_index(table->rows, guint, i),
                             g_array_index(table->columns, guint, j));

            if (attempt != NULL)
                visit(attempt, data);
        }
    }
}

/* What there is to explain: ways of delivery, and codes with their reasons. */
typedef struct {
    guint deliveries;                 /* set of bits */
    GTree *reasons[MARK_BOUNCED + 1]; /* of “CODE\nREASON”; NULL for what was delivered */
} Legend;

static void
collect(const MailsimAttempt *attempt, gpointer data)
{
    Legend *legend = data;
    const Mark mark = get_mark(attempt);

    if (mark == MARK_DELIVERED)
        legend->deliveries |= 1U << find_delivery(attempt);
    else
        g_tree_insert(legend->reasons[mark],
                      g_strconcat(attempt->dsn, "\n", attempt->reason, NULL), NULL);
}

static gint
compare_keys(gconstpointer a, gconstpointer b, G_GNUC_UNUSED gpointer data)
{
    return strcmp(a, b);
}

static gboolean
add_reason(gpointer key, G_GNUC_UNUSED gpointer value, gpointer data)
{
    Table *table = data;
    g_auto(GStrv) parts = g_strsplit(key, "\n", 2);

    mailsim_grid_add_legend(table->grid, parts[0], parts[1]);
    return FALSE;
}

static void
add_failures(Table *table, Mark mark, GTree *reasons)
{
    if (g_tree_nnodes(reasons) == 0)
        return;
    mailsim_grid_add_legend(table->grid, marks[mark][table->ascii ? 1 : 0],
                            failure_meanings[mark][table->language]);
    g_tree_foreach(reasons, add_reason, table);
}

/* The best first: deliveries in their order, then what waits, then what goes back. */
static void
add_legend(Table *table)
{
    Legend legend = {0};

    for (Mark mark = MARK_DEFERRED; mark <= MARK_BOUNCED; mark++)
        legend.reasons[mark] = g_tree_new_full(compare_keys, NULL, g_free, NULL);
    foreach_attempt(table, collect, &legend);
    for (guint i = 0; i < G_N_ELEMENTS(deliveries); i++) {
        const char *word =
            deliveries[i].word != NULL ? deliveries[i].word : clear_word[table->language];
        g_autofree char *marked =
            g_strdup_printf("%s %s", marks[MARK_DELIVERED][table->ascii ? 1 : 0], word);

        if ((legend.deliveries & (1U << i)) != 0)
            mailsim_grid_add_legend(table->grid, marked,
                                    deliveries[i].meaning[table->language]);
    }
    for (Mark mark = MARK_DEFERRED; mark <= MARK_BOUNCED; mark++) {
        add_failures(table, mark, legend.reasons[mark]);
        g_tree_unref(legend.reasons[mark]);
    }
}

/* The cell to ask about: the first whose message was not delivered, else the first of all. */
static gboolean
find_example(const Table *table, MailsimCell *example)
{
    gboolean found = FALSE;

    for (guint i = 0; i < table->rows->len; i++) {
        for (guint j = 0; j < table->columns->len; j++) {
            const guint row = g_array_index(table->rows, guint, i);
            const guint column = g_array_index(table->columns, guint, j);
            const MailsimAttempt *attempt = find_attempt(table, row, column);

            if (attempt == NULL)
                continue;
            if (!found || get_mark(attempt) != MARK_DELIVERED)
                find_cell(table, row, column, example);
            if (get_mark(attempt) != MARK_DELIVERED)
                return TRUE;
            found = TRUE;
        }
    }
    return found;
}

/* How to ask why: what is usual need not be said. */
static void
add_remark(Table *table)
{
    static const char *const asks[MAILSIM_LANGUAGES] = {"Why a cell is as it is:",
                                                        "Por qué una celda es así:"};
    g_autoptr(GString) remark = g_string_new(asks[table->language]);
    MailsimCell example;

    if (!find_example(table, &example))
        return;
    g_string_append(remark, "\nmailsim matrix --why");
    for (guint i = 0; i < MAILSIM_AXES; i++) {
        const MailsimAxis axis = (MailsimAxis)i;

        if (axis == table->selection->rows || axis == table->selection->columns ||
            example.values[i] != mailsim_axis_get_usual(axis))
            g_string_append_printf(remark, " --%s=%s", mailsim_axis_get_word(axis),
                                   mailsim_axis_get_value(axis, example.values[i])->word);
    }
    if (table->selection->n_attempts > 1)
        g_string_append_printf(remark, " --attempts=%u", table->selection->n_attempts);
    table->grid->remark = g_string_free(g_steal_pointer(&remark), FALSE);
}

MailsimGrid *
mailsim_results_make_grid(const MailsimResults *results,
                          const MailsimSelection *selection,
                          const MailsimCell *cell,
                          MailsimLanguage language,
                          gboolean ascii)
{
    static const char *const titles[MAILSIM_LANGUAGES] = {
        "What becomes of a message between two servers",
        "Qué es de un mensaje entre dos servidores",
    };
    Table table = {
        .results = results,
        .selection = selection,
        .language = language,
        .ascii = ascii,
        .rows = mailsim_selection_list_values(selection, selection->rows),
        .columns = mailsim_selection_list_values(selection, selection->columns),
        .table = *cell,
    };

    table.grid =
        mailsim_grid_new(titles[language], mailsim_axis_get_title(selection->rows, language),
                         mailsim_axis_get_title(selection->columns, language));
    drop_empty(&table, table.rows, table.columns, TRUE);
    drop_empty(&table, table.columns, table.rows, FALSE);
    add_facts(&table);
    add_cells(&table);
    add_legend(&table);
    add_remark(&table);
    g_array_unref(table.rows);
    g_array_unref(table.columns);
    return table.grid;
}
