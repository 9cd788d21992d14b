/* SPDX-License-Identifier: MIT
 *
 * Explanations as JSON: docs/json.md. */
#include <json-glib/json-glib.h>

#include <mailsim/transcript/explanation.h>

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
    if (explanation->quoted != NULL) {
        json_builder_set_member_name(json, "number");
        json_builder_add_int_value(json, (gint64)MAX(explanation->number, 1));
        build_string(json, "line", explanation->quoted);
    }
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

/* ---- one object with all of them --------------------------------------------------------- */

/* How deep a member of “explanations” stands. */
#define MEMBER_INDENT "    "

void
mailsim_render_explanations_json_begin(GString *out)
{
    g_string_append(out, "{\n  \"mailsim\" : \"" MAILSIM_VERSION "\",\n  \"explanations\" : [");
}

void
mailsim_render_explanation_json(const MailsimExplanation *explanation,
                                gboolean first,
                                GString *out)
{
    g_return_if_fail(explanation != NULL && out != NULL);
    g_autoptr(JsonBuilder) json = json_builder_new();
    g_autoptr(JsonGenerator) generator = json_generator_new();

    build_explanation(json, explanation);
    g_autoptr(JsonNode) root = json_builder_get_root(json);
    json_generator_set_root(generator, root);
    json_generator_set_pretty(generator, TRUE);
    g_autofree char *text = json_generator_to_data(generator, NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (line == lines)
            g_string_append(out, first ? "\n" : ",\n");
        else
            g_string_append_c(out, '\n');
        g_string_append_printf(out, MEMBER_INDENT "%s", *line);
    }
}

void
mailsim_render_explanations_json_end(gboolean any, GString *out)
{
    g_string_append(out, any ? "\n  ]\n}\n" : "]\n}\n");
}

void
mailsim_render_explanations_json(const GPtrArray *explanations, GString *out)
{
    g_return_if_fail(explanations != NULL && out != NULL);

    mailsim_render_explanations_json_begin(out);
    for (guint i = 0; i < explanations->len; i++)
        mailsim_render_explanation_json(g_ptr_array_index(explanations, i), i == 0, out);
    mailsim_render_explanations_json_end(explanations->len > 0, out);
}
