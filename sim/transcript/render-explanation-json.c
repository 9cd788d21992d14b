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
