/* SPDX-License-Identifier: MIT
 *
 * An explanation as text: heading, paragraphs, and facts in two or three columns. */
#include <mailsim/transcript/explanation.h>

#include "columns.h"
#include "page.h"

/* A label that is longer stands on a line of its own. */
#define LABEL_MAX_COLUMNS 16
#define WORD_MAX_COLUMNS  30

/* Of a line of a log: a longer value has what is said of it below it. */
#define VALUE_MAX_COLUMNS 20
#define BELOW_INDENT      2

static guint
measure_labels(const MailsimExplanation *explanation)
{
    guint width = 0;

    for (guint i = 0; i < explanation->facts->len; i++) {
        const MailsimExplanationFact *fact = g_ptr_array_index(explanation->facts, i);
        const guint columns = columns_width(fact->label);

        if (fact->rows->len > 0 && columns <= LABEL_MAX_COLUMNS)
            width = MAX(width, columns);
    }
    return width;
}

/* The widest word that has a text beside it, and is no wider than MOST. */
static guint
measure_words(const MailsimExplanationFact *fact, guint most)
{
    guint width = 0;

    for (guint i = 0; i < fact->rows->len; i++) {
        const MailsimExplanationRow *row = g_ptr_array_index(fact->rows, i);
        const guint columns = row->word != NULL ? columns_width(row->word) : 0;

        if (row->text != NULL && columns <= most)
            width = MAX(width, columns);
    }
    return width;
}

/* One row as a line: its word, and from column WIDTH on its text. *HANGING: how far its later
 * lines stand to the right. */
static char *
join_row(const MailsimExplanationRow *row, guint width, guint *hanging)
{
    g_autoptr(GString) line = g_string_new(row->word);

    *hanging = 0;
    if (row->text == NULL || row->word == NULL) {
        g_string_append(line, row->text != NULL ? row->text : "");
        return g_string_free(g_steal_pointer(&line), FALSE);
    }
    *hanging = width + 2;
    columns_pad(line, width);
    g_string_append_printf(line, "  %s", row->text);
    return g_string_free(g_steal_pointer(&line), FALSE);
}

static char *
join_list(const MailsimExplanationFact *fact)
{
    GString *line = g_string_new(NULL);

    for (guint i = 0; i < fact->rows->len; i++) {
        const MailsimExplanationRow *row = g_ptr_array_index(fact->rows, i);
        const char *end = i + 1 < fact->rows->len ? ", " : "";

        g_string_append_printf(line, "%s%s", row->word != NULL ? row->word : row->text, end);
    }
    return g_string_free(line, FALSE);
}

typedef struct {
    Page *page;
    guint indent;      /* of what stands beside the labels */
    const char *label; /* still to be put */
    gboolean below;    /* what is said of a long value stands below it */
} FactWriter;

static void
put_label(FactWriter *writer)
{
    g_autoptr(GString) label = g_string_new("  ");

    if (writer->label != NULL)
        g_string_append(label, writer->label);
    if (columns_width(label->str) + 2 > writer->indent) {
        page_put_line(writer->page, INK_DIM, label->str);
        g_string_truncate(label, 0);
    }
    columns_pad(label, writer->indent);
    page_put(writer->page, INK_DIM, label->str);
    writer->label = NULL;
}

/* TEXT beside the labels, SHIFT columns further right, its later lines HANGING more. */
static void
put_beside(FactWriter *writer, const char *text, guint shift, guint hanging)
{
    g_autofree char *shown = page_dup_shown(writer->page, text);
    g_autoptr(GPtrArray) lines =
        columns_wrap_hanging(shown, PAGE_COLUMNS - writer->indent - shift, hanging);

    for (guint i = 0; i < lines->len; i++) {
        g_autoptr(GString) line = g_string_new(NULL);

        put_label(writer);
        columns_pad(line, shift + (i == 0 ? 0 : hanging));
        g_string_append(line, g_ptr_array_index(lines, i));
        page_put_line(writer->page, INK_PLAIN, line->str);
    }
}

static void
put_row(FactWriter *writer, const MailsimExplanationRow *row, guint width)
{
    const guint columns = row->word != NULL ? columns_width(row->word) : 0;
    guint hanging;

    if (writer->below && columns > VALUE_MAX_COLUMNS && row->text != NULL) {
        put_beside(writer, row->word, 0, 0);
        put_beside(writer, row->text, BELOW_INDENT, 0);
        return;
    }
    g_autofree char *line = join_row(row, width, &hanging);
    put_beside(writer, line, 0, hanging);
}

static void
put_fact(FactWriter *writer, const MailsimExplanationFact *fact)
{
    const guint width =
        measure_words(fact, writer->below ? VALUE_MAX_COLUMNS : WORD_MAX_COLUMNS);

    writer->label = fact->label;
    if (fact->is_list) {
        g_autofree char *list = join_list(fact);
        put_beside(writer, list, 0, 0);
        return;
    }
    for (guint i = 0; i < fact->rows->len; i++)
        put_row(writer, g_ptr_array_index(fact->rows, i), width);
}

static gboolean
has_facts(const MailsimExplanation *explanation)
{
    for (guint i = 0; i < explanation->facts->len; i++) {
        const MailsimExplanationFact *fact = g_ptr_array_index(explanation->facts, i);

        if (fact->rows->len > 0)
            return TRUE;
    }
    return FALSE;
}

/* What stands below the heading. */
static void
put_body(Page *page, const MailsimExplanation *explanation)
{
    FactWriter writer = {
        .page = page,
        .indent = measure_labels(explanation) + 4,
        .below = explanation->quoted != NULL,
    };

    for (guint i = 0; i < explanation->text->len; i++) {
        page_end_line(page);
        page_put_paragraph(page, INK_PLAIN, 0, g_ptr_array_index(explanation->text, i));
    }
    if (has_facts(explanation))
        page_end_line(page);
    for (guint i = 0; i < explanation->facts->len; i++) {
        const MailsimExplanationFact *fact = g_ptr_array_index(explanation->facts, i);

        if (fact->rows->len > 0)
            put_fact(&writer, fact);
    }
}

void
mailsim_render_explanation_text(const MailsimExplanation *explanation,
                                const MailsimRenderOptions *options,
                                GString *out)
{
    g_return_if_fail(explanation != NULL && options != NULL && out != NULL);
    Page page = {.out = out, .options = options};

    page_put_heading(&page, explanation->title);
    if (explanation->kind != NULL)
        page_put_paragraph(&page, INK_DIM, 3, explanation->kind);
    put_body(&page, explanation);
}

/* ---- a line of a log --------------------------------------------------------------------- */

/* Nothing but what its title says. An unknown line is shown, whatever else is said of it. */
static gboolean
is_short(const MailsimExplanation *explanation)
{
    return explanation->text->len == 0 && !has_facts(explanation) && explanation->topic != NULL;
}

static void
put_short(Page *page, const MailsimExplanation *explanation)
{
    const guint hanging = 4;
    g_autofree char *line =
        g_strdup_printf("%s%s%s", explanation->place, *explanation->place != '\0' ? ": " : "",
                        explanation->title);

    page_put_hanging(page, INK_PLAIN, 0, line, hanging);
}

void
mailsim_render_log_line_text(const MailsimExplanation *explanation,
                             const MailsimExplanation *after,
                             const MailsimRenderOptions *options,
                             GString *out)
{
    g_return_if_fail(explanation != NULL && options != NULL && out != NULL);
    Page page = {.out = out, .options = options};
    const gboolean is_first = after == NULL;

    if (!is_first && !(is_short(explanation) && is_short(after)))
        page_end_line(&page);
    if (is_short(explanation)) {
        put_short(&page, explanation);
        return;
    }
    if (*explanation->place != '\0')
        page_put_heading(&page, explanation->place);
    page_put_paragraph(&page, INK_DIM, 3, explanation->quoted);
    page_end_line(&page);
    page_put_paragraph(&page, INK_BOLD, 0, explanation->title);
    put_body(&page, explanation);
}
