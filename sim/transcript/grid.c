/* SPDX-License-Identifier: MIT
 *
 * A table of short cells, held. */
#include <mailsim/transcript/grid.h>

static void
free_cell(gpointer data)
{
    MailsimGridCell *cell = data;

    g_free(cell->mark);
    g_free(cell->text);
    g_free(cell);
}

static void
free_entry(gpointer data)
{
    MailsimGridEntry *entry = data;

    g_free(entry->word);
    g_free(entry->text);
    g_free(entry);
}

static void
free_row(gpointer data)
{
    MailsimGridRow *row = data;

    g_free(row->label);
    g_ptr_array_unref(row->cells);
    g_free(row);
}

MailsimGrid *
mailsim_grid_new(const char *title, const char *rows_title, const char *columns_title)
{
    MailsimGrid *grid = g_new0(MailsimGrid, 1);

    grid->title = g_strdup(title);
    grid->rows_title = g_strdup(rows_title);
    grid->columns_title = g_strdup(columns_title);
    grid->facts = g_ptr_array_new_with_free_func(free_entry);
    grid->columns = g_ptr_array_new_with_free_func(g_free);
    grid->rows = g_ptr_array_new_with_free_func(free_row);
    grid->legend = g_ptr_array_new_with_free_func(free_entry);
    return grid;
}

void
mailsim_grid_free(MailsimGrid *grid)
{
    if (grid == NULL)
        return;
    g_free(grid->title);
    g_free(grid->rows_title);
    g_free(grid->columns_title);
    g_ptr_array_unref(grid->facts);
    g_ptr_array_unref(grid->columns);
    g_ptr_array_unref(grid->rows);
    g_ptr_array_unref(grid->legend);
    g_free(grid->remark);
    g_free(grid);
}

static void
add_entry(GPtrArray *entries, const char *word, const char *text)
{
    MailsimGridEntry *entry = g_new0(MailsimGridEntry, 1);

    entry->word = g_strdup(word);
    entry->text = g_strdup(text);
    g_ptr_array_add(entries, entry);
}

void
mailsim_grid_add_fact(MailsimGrid *grid, const char *word, const char *text)
{
    add_entry(grid->facts, word, text);
}

void
mailsim_grid_add_legend(MailsimGrid *grid, const char *word, const char *text)
{
    add_entry(grid->legend, word, text);
}

void
mailsim_grid_add_column(MailsimGrid *grid, const char *label)
{
    g_ptr_array_add(grid->columns, g_strdup(label));
}

MailsimGridRow *
mailsim_grid_add_row(MailsimGrid *grid, const char *label)
{
    MailsimGridRow *row = g_new0(MailsimGridRow, 1);

    row->label = g_strdup(label);
    row->cells = g_ptr_array_new_with_free_func(free_cell);
    g_ptr_array_add(grid->rows, row);
    return row;
}

void
mailsim_grid_row_add_cell(MailsimGridRow *row,
                          MailsimTone tone,
                          const char *mark,
                          const char *text)
{
    MailsimGridCell *cell = g_new0(MailsimGridCell, 1);

    cell->mark = g_strdup(mark);
    cell->text = g_strdup(text);
    cell->tone = tone;
    g_ptr_array_add(row->cells, cell);
}
