/* SPDX-License-Identifier: MIT
 *
 * A grid on a page: how wide its columns are, and how many of them stand beside each other. */
#include <mailsim/transcript/grid.h>

#include <string.h>

#include "columns.h"
#include "page.h"

typedef struct {
    Page *page;
    const MailsimGrid *grid;
    guint gap;      /* before each column */
    gboolean tight; /* no blank behind a mark */
    guint label_width;
    guint *widths; /* of each column */
} GridWriter;

/* ---- labels ------------------------------------------------------------------------------ */

/* LABEL in lines of at most WIDTH columns, broken after hyphens and at blanks; a part that is
 * too long stays whole. Of char *. */
static GPtrArray *
break_label(const char *label, guint width)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    GString *line = g_string_new(NULL);

    while (*label != '\0') {
        gsize length = strcspn(label, "- ");
        g_autofree char *part = NULL;

        if (label[length] == '-')
            length++;
        part = g_strndup(label, length);
        if (line->len > 0 && columns_width(line->str) + columns_width(part) > width) {
            g_ptr_array_add(lines, g_string_free(line, FALSE));
            line = g_string_new(NULL);
        }
        g_string_append(line, part);
        label += length;
        if (*label == ' ') {
            g_string_append_c(line, ' ');
            label++;
        }
    }
    g_ptr_array_add(lines, g_string_free(line, FALSE));
    return lines;
}

static guint
measure_lines(const GPtrArray *lines)
{
    guint width = 0;

    for (guint i = 0; i < lines->len; i++) {
        g_autofree char *line = g_strchomp(g_strdup(g_ptr_array_index(lines, i)));

        width = MAX(width, columns_width(line));
    }
    return width;
}

static guint
measure_label(const char *label, guint width)
{
    g_autoptr(GPtrArray) lines = break_label(label, width);

    return measure_lines(lines);
}

/* ---- widths ------------------------------------------------------------------------------ */

/* As it is shown, free with g_free(). */
static char *
dup_cell(const GridWriter *writer, const MailsimGridCell *cell)
{
    g_autofree char *text = g_strconcat(
        cell->mark, writer->tight || cell->mark[0] == '\0' ? "" : " ", cell->text, NULL);

    return page_dup_shown(writer->page, text);
}

static guint
measure_column(const GridWriter *writer, guint column)
{
    const MailsimGrid *grid = writer->grid;
    guint width = measure_label(g_ptr_array_index(grid->columns, column), 1);

    for (guint i = 0; i < grid->rows->len; i++) {
        const MailsimGridRow *row = g_ptr_array_index(grid->rows, i);
        const MailsimGridCell *cell = g_ptr_array_index(row->cells, column);
        g_autofree char *shown = dup_cell(writer, cell);

        width = MAX(width, columns_width(shown));
    }
    return width;
}

/* Of the labels of all rows, in lines of at most WIDTH columns. */
static guint
measure_row_labels(const MailsimGrid *grid, guint width)
{
    guint needed = measure_label(grid->rows_title, width);

    for (guint i = 0; i < grid->rows->len; i++) {
        const MailsimGridRow *row = g_ptr_array_index(grid->rows, i);

        needed = MAX(needed, measure_label(row->label, width));
    }
    return needed;
}

/* Do all columns stand beside each other? */
static gboolean
fits(GridWriter *writer)
{
    const guint n = writer->grid->columns->len;
    guint width = writer->label_width;

    for (guint i = 0; i < n; i++) {
        writer->widths[i] = measure_column(writer, i);
        width += writer->gap + writer->widths[i];
    }
    return width <= PAGE_COLUMNS;
}

/* As much room as there is: it is taken away in steps. */
static void
measure(GridWriter *writer)
{
    writer->widths = g_new0(guint, writer->grid->columns->len);
    writer->label_width = measure_row_labels(writer->grid, PAGE_COLUMNS);
    writer->gap = 2;
    if (fits(writer))
        return;
    writer->label_width = measure_row_labels(writer->grid, 1);
    writer->gap = 1;
    if (fits(writer))
        return;
    writer->tight = TRUE;
    if (fits(writer))
        return;
    writer->tight = FALSE;
    fits(writer);
}

/* How many columns from FIRST on stand beside each other: one at least. */
static guint
count_fitting(const GridWriter *writer, guint first)
{
    guint width = writer->label_width + writer->gap + writer->widths[first];
    guint n = 1;

    while (first + n < writer->grid->columns->len) {
        width += writer->gap + writer->widths[first + n];
        if (width > PAGE_COLUMNS)
            break;
        n++;
    }
    return n;
}

/* ---- writing ----------------------------------------------------------------------------- */

static Ink
get_ink(MailsimTone tone)
{
    static const Ink inks[] = {
        [MAILSIM_TONE_PLAIN] = INK_PLAIN, [MAILSIM_TONE_DIM] = INK_DIM,
        [MAILSIM_TONE_GOOD] = INK_GOOD,   [MAILSIM_TONE_WARNING] = INK_WARNING,
        [MAILSIM_TONE_BAD] = INK_BAD,
    };

    return inks[tone];
}

/* TEXT in WIDTH columns; at the end of a line without what would be blank. */
static void
put_padded(Page *page, Ink ink, const char *text, guint width, gboolean is_last)
{
    g_autofree char *shown = page_dup_shown(page, text);
    g_autoptr(GString) rest = g_string_new(NULL);
    const guint taken = columns_width(shown);

    page_put(page, ink, shown);
    if (is_last) {
        page_end_line(page);
        return;
    }
    columns_pad(rest, taken < width ? width - taken : 0);
    page_put(page, INK_PLAIN, rest->str);
}

/* The line LINE of N_LINES of a label that ends in the last line. */
static const char *
get_line_from_below(const GPtrArray *lines, guint line, guint n_lines)
{
    const guint above = n_lines - lines->len;

    return line < above ? "" : g_ptr_array_index(lines, line - above);
}

static void
put_gap(const GridWriter *writer)
{
    g_autoptr(GString) gap = g_string_new(NULL);

    columns_pad(gap, writer->gap);
    page_put(writer->page, INK_PLAIN, gap->str);
}

/* Of the label of all rows, and of N columns from FIRST on; of GPtrArray of char *. */
static GPtrArray *
break_head(const GridWriter *writer, guint first, guint n, guint *n_lines)
{
    const MailsimGrid *grid = writer->grid;
    GPtrArray *labels = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);

    *n_lines = 0;
    g_ptr_array_add(labels, break_label(grid->rows_title, writer->label_width));
    for (guint i = first; i < first + n; i++)
        g_ptr_array_add(labels,
                        break_label(g_ptr_array_index(grid->columns, i), writer->widths[i]));
    for (guint i = 0; i < labels->len; i++) {
        const GPtrArray *lines = g_ptr_array_index(labels, i);

        *n_lines = MAX(*n_lines, lines->len);
    }
    return labels;
}

static void
put_head(const GridWriter *writer, guint first, guint n)
{
    guint n_lines;
    g_autoptr(GPtrArray) labels = break_head(writer, first, n, &n_lines);
    g_autoptr(GString) above = g_string_new(NULL);

    columns_pad(above, writer->label_width + writer->gap);
    g_string_append(above, writer->grid->columns_title);
    page_put_line(writer->page, INK_DIM, above->str);
    for (guint line = 0; line < n_lines; line++) {
        for (guint i = 0; i <= n; i++) {
            const GPtrArray *lines = g_ptr_array_index(labels, i);
            g_autofree char *text =
                g_strchomp(g_strdup(get_line_from_below(lines, line, n_lines)));
            const guint width = i == 0 ? writer->label_width : writer->widths[first + i - 1];

            if (i > 0)
                put_gap(writer);
            put_padded(writer->page, i == 0 ? INK_DIM : INK_BOLD, text, width, i == n);
        }
    }
}

static void
put_row(const GridWriter *writer, const MailsimGridRow *row, guint first, guint n)
{
    g_autoptr(GPtrArray) lines = break_label(row->label, writer->label_width);

    for (guint line = 0; line < lines->len; line++) {
        g_autofree char *label = g_strchomp(g_strdup(g_ptr_array_index(lines, line)));

        put_padded(writer->page, INK_BOLD, label, writer->label_width, line > 0);
        for (guint i = 0; i < n && line == 0; i++) {
            const MailsimGridCell *cell = g_ptr_array_index(row->cells, first + i);
            g_autofree char *text = dup_cell(writer, cell);

            put_gap(writer);
            put_padded(writer->page, get_ink(cell->tone), text, writer->widths[first + i],
                       i + 1 == n);
        }
    }
}

static void
put_entries(Page *page, const GPtrArray *entries)
{
    guint width = 0;

    for (guint i = 0; i < entries->len; i++) {
        const MailsimGridEntry *entry = g_ptr_array_index(entries, i);
        g_autofree char *shown = page_dup_shown(page, entry->word);

        width = MAX(width, columns_width(shown));
    }
    for (guint i = 0; i < entries->len; i++) {
        const MailsimGridEntry *entry = g_ptr_array_index(entries, i);
        g_autoptr(GString) line = g_string_new(NULL);
        g_autofree char *shown = page_dup_shown(page, entry->word);

        g_string_append(line, shown);
        columns_pad(line, width + 2);
        g_string_append(line, entry->text);
        page_put_hanging(page, INK_PLAIN, 2, line->str, width + 2);
    }
}

void
mailsim_render_grid(const MailsimGrid *grid, const MailsimRenderOptions *options, GString *out)
{
    g_return_if_fail(grid != NULL && options != NULL && out != NULL);
    Page page = {.out = out, .options = options, .time_us = -1};
    GridWriter writer = {.page = &page, .grid = grid};
    guint n;

    page_put_heading(&page, grid->title);
    page_end_line(&page);
    put_entries(&page, grid->facts);
    measure(&writer);
    for (guint first = 0; first < grid->columns->len; first += n) {
        n = count_fitting(&writer, first);
        page_end_line(&page);
        put_head(&writer, first, n);
        for (guint i = 0; i < grid->rows->len; i++)
            put_row(&writer, g_ptr_array_index(grid->rows, i), first, n);
    }
    if (grid->legend->len > 0)
        page_end_line(&page);
    put_entries(&page, grid->legend);
    if (grid->remark != NULL) {
        page_end_line(&page);
        page_put_paragraph(&page, INK_DIM, 2, grid->remark);
    }
    g_free(writer.widths);
}
