/* SPDX-License-Identifier: MIT
 *
 * An explanation, held and shown: heading, paragraphs, and facts in two or three columns. */
#include <mailsim/transcript/explanation.h>

#include <json-glib/json-glib.h>
#include <string.h>

#include "columns.h"
#include "page.h"

/* A label that is longer stands on a line of its own. */
#define LABEL_MAX_COLUMNS 16
#define WORD_MAX_COLUMNS  30

/* ---- holding ----------------------------------------------------------------------------- */

static void
free_row(gpointer data)
{
    MailsimExplanationRow *row = data;

    g_free(row->word);
    g_free(row->text);
    g_free(row);
}

static void
free_fact(gpointer data)
{
    MailsimExplanationFact *fact = data;

    g_free(fact->name);
    g_free(fact->label);
    g_ptr_array_unref(fact->rows);
    g_free(fact);
}

MailsimExplanation *
mailsim_explanation_new(const char *topic,
                        const char *title,
                        const char *subject,
                        const char *kind)
{
    MailsimExplanation *self = g_new0(MailsimExplanation, 1);

    self->topic = g_strdup(topic);
    self->title = g_strdup(title);
    self->subject = g_strdup(subject);
    self->kind = g_strdup(kind);
    self->text = g_ptr_array_new_with_free_func(g_free);
    self->facts = g_ptr_array_new_with_free_func(free_fact);
    return self;
}

void
mailsim_explanation_free(MailsimExplanation *self)
{
    if (self == NULL)
        return;
    g_free(self->topic);
    g_free(self->title);
    g_free(self->subject);
    g_free(self->kind);
    g_ptr_array_unref(self->text);
    g_ptr_array_unref(self->facts);
    g_free(self);
}

void
mailsim_explanation_add_text(MailsimExplanation *self, const char *text)
{
    g_ptr_array_add(self->text, g_strdup(text));
}

MailsimExplanationFact *
mailsim_explanation_add_fact(MailsimExplanation *self, const char *name, const char *label)
{
    MailsimExplanationFact *fact = g_new0(MailsimExplanationFact, 1);

    fact->name = g_strdup(name);
    fact->label = g_strdup(label);
    fact->rows = g_ptr_array_new_with_free_func(free_row);
    g_ptr_array_add(self->facts, fact);
    return fact;
}

void
mailsim_explanation_fact_add(MailsimExplanationFact *fact, const char *word, const char *text)
{
    MailsimExplanationRow *row = g_new0(MailsimExplanationRow, 1);

    row->word = g_strdup(word);
    row->text = g_strdup(text);
    g_ptr_array_add(fact->rows, row);
}

/* ---- as text ----------------------------------------------------------------------------- */

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

static guint
measure_words(const MailsimExplanationFact *fact)
{
    guint width = 0;

    for (guint i = 0; i < fact->rows->len; i++) {
        const MailsimExplanationRow *row = g_ptr_array_index(fact->rows, i);
        const guint columns = row->word != NULL ? columns_width(row->word) : 0;

        if (row->text != NULL && columns <= WORD_MAX_COLUMNS)
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

static void
put_beside(FactWriter *writer, const char *text, guint hanging)
{
    g_autofree char *shown = page_dup_shown(writer->page, text);
    g_autoptr(GPtrArray) lines =
        columns_wrap_hanging(shown, PAGE_COLUMNS - writer->indent, hanging);

    for (guint i = 0; i < lines->len; i++) {
        g_autoptr(GString) line = g_string_new(NULL);

        put_label(writer);
        columns_pad(line, i == 0 ? 0 : hanging);
        g_string_append(line, g_ptr_array_index(lines, i));
        page_put_line(writer->page, INK_PLAIN, line->str);
    }
}

static void
put_fact(FactWriter *writer, const MailsimExplanationFact *fact)
{
    const guint width = measure_words(fact);

    writer->label = fact->label;
    if (fact->is_list) {
        g_autofree char *list = join_list(fact);
        put_beside(writer, list, 0);
        return;
    }
    for (guint i = 0; i < fact->rows->len; i++) {
        guint hanging;
        g_autofree char *line = join_row(g_ptr_array_index(fact->rows, i), width, &hanging);

        put_beside(writer, line, hanging);
    }
}

void
mailsim_render_explanation_text(const MailsimExplanation *explanation,
                                const MailsimRenderOptions *options,
                                GString *out)
{
    g_return_if_fail(explanation != NULL && options != NULL && out != NULL);
    Page page = {.out = out, .options = options};
    FactWriter writer = {.page = &page, .indent = measure_labels(explanation) + 4};

    page_put_heading(&page, explanation->title);
    if (explanation->kind != NULL)
        page_put_paragraph(&page, INK_DIM, 3, explanation->kind);
    for (guint i = 0; i < explanation->text->len; i++) {
        page_end_line(&page);
        page_put_paragraph(&page, INK_PLAIN, 0, g_ptr_array_index(explanation->text, i));
    }
    if (explanation->facts->len > 0)
        page_end_line(&page);
    for (guint i = 0; i < explanation->facts->len; i++) {
        const MailsimExplanationFact *fact = g_ptr_array_index(explanation->facts, i);

        if (fact->rows->len > 0)
            put_fact(&writer, fact);
    }
}

/* ---- as JSON ----------------------------------------------------------------------------- */

static void
build_string(JsonBuilder *json, const char *name, const char *value)
{
    json_builder_set_member_name(json, name);
    if (value != NULL)
        json_builder_add_string_value(json, value);
    else
        json_builder_add_null_value(json);
}

static void
build_fact(JsonBuilder *json, const MailsimExplanationFact *fact)
{
    json_builder_set_member_name(json, fact->name);
    json_builder_begin_array(json);
    for (guint i = 0; i < fact->rows->len; i++) {
        const MailsimExplanationRow *row = g_ptr_array_index(fact->rows, i);

        json_builder_begin_object(json);
        build_string(json, "word", row->word);
        build_string(json, "text", row->text);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

static void
build_explanation(JsonBuilder *json, const MailsimExplanation *explanation)
{
    json_builder_begin_object(json);
    build_string(json, "topic", explanation->topic);
    build_string(json, "title", explanation->title);
    build_string(json, "subject", explanation->subject);
    build_string(json, "kind", explanation->kind);
    json_builder_set_member_name(json, "text");
    json_builder_begin_array(json);
    for (guint i = 0; i < explanation->text->len; i++)
        json_builder_add_string_value(json, g_ptr_array_index(explanation->text, i));
    json_builder_end_array(json);
    json_builder_set_member_name(json, "facts");
    json_builder_begin_object(json);
    for (guint i = 0; i < explanation->facts->len; i++) {
        const MailsimExplanationFact *fact = g_ptr_array_index(explanation->facts, i);
        if (fact->rows->len > 0)
            build_fact(json, fact);
    }
    json_builder_end_object(json);
    json_builder_end_object(json);
}

void
mailsim_render_explanations_json(const GPtrArray *explanations, GString *out)
{
    g_return_if_fail(explanations != NULL && out != NULL);
    g_autoptr(JsonBuilder) json = json_builder_new();
    g_autoptr(JsonGenerator) generator = json_generator_new();

    json_builder_begin_object(json);
    build_string(json, "mailsim", MAILSIM_VERSION);
    json_builder_set_member_name(json, "explanations");
    json_builder_begin_array(json);
    for (guint i = 0; i < explanations->len; i++)
        build_explanation(json, g_ptr_array_index(explanations, i));
    json_builder_end_array(json);
    json_builder_end_object(json);
    g_autoptr(JsonNode) root = json_builder_get_root(json);
    json_generator_set_root(generator, root);
    json_generator_set_pretty(generator, TRUE);
    g_autofree char *text = json_generator_to_data(generator, NULL);
    g_string_append(out, text);
    g_string_append_c(out, '\n');
}
