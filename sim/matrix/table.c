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
      "entregado con TLS; cadena y fechas son buenas, no se comparó ningún nombre"}},
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

static char *
dup_word(const Table *table, const MailsimAttempt *attempt)
{
    const Mark mark = get_mark(attempt);
    const char *word = attempt->dsn;

    if (mark == MARK_DELIVERED) {
        word = deliveries[find_delivery(attempt)].word;
        if (word == NULL)
            word = clear_word[table->language];
    }
    return g_strdup_printf("%s %s", marks[mark][table->ascii ? 1 : 0], word);
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

            found = find_attempt(table, are_rows ? value : other,
                                 are_rows ? other : value) != NULL;
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
            g_autofree char *word = attempt != NULL ? dup_word(table, attempt) : g_strdup("");

            mailsim_grid_row_add_cell(
                row, attempt != NULL ? get_tone(attempt) : MAILSIM_TONE_PLAIN, word);
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

/* All that can be said of an attempt, once for each; the set keeps what has been said. */
static void
add_legend_for(Table *table, const MailsimAttempt *attempt, GHashTable *said)
{
    g_autofree char *word = dup_word(table, attempt);
    const Mark mark = get_mark(attempt);
    g_autofree char *text =
        mark == MARK_DELIVERED
            ? g_strdup(deliveries[find_delivery(attempt)].meaning[table->language])
            : g_strdup_printf("%s. %s", failure_meanings[mark][table->language],
                              attempt->reason);
    g_autofree char *key = g_strconcat(word, "\n", text, NULL);

    if (g_hash_table_add(said, g_steal_pointer(&key)))
        mailsim_grid_add_legend(table->grid, word, text);
}

/* The best first: deliveries in their order, then what waits, then what goes back. */
static guint
get_rank(const MailsimAttempt *attempt)
{
    const Mark mark = get_mark(attempt);

    return mark == MARK_DELIVERED ? find_delivery(attempt)
                                  : G_N_ELEMENTS(deliveries) + (guint)mark;
}

static void
add_legend(Table *table)
{
    g_autoptr(GHashTable) said =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint rank = 0; rank <= G_N_ELEMENTS(deliveries) + MARK_BOUNCED; rank++) {
        for (guint i = 0; i < table->rows->len; i++) {
            for (guint j = 0; j < table->columns->len; j++) {
                const MailsimAttempt *attempt =
                    find_attempt(table, g_array_index(table->rows, guint, i),
                                 g_array_index(table->columns, guint, j));

                if (attempt != NULL && get_rank(attempt) == rank)
                    add_legend_for(table, attempt, said);
            }
        }
    }
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
    g_array_unref(table.rows);
    g_array_unref(table.columns);
    return table.grid;
}
