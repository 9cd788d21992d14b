/* SPDX-License-Identifier: MIT
 *
 * Results as JSON: docs/json.md. */
#include <json-glib/json-glib.h>

#include "results-private.h"

/* “-” is how the record says that there is nothing to say. */
static void
build_string(JsonBuilder *json, const char *name, const char *value)
{
    json_builder_set_member_name(json, name);
    if (g_str_equal(value, "-"))
        json_builder_add_null_value(json);
    else
        json_builder_add_string_value(json, value);
}

static void
build_attempt(JsonBuilder *json, const MailsimAttempt *attempt)
{
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "attempt");
    json_builder_add_int_value(json, attempt->number);
    build_string(json, "outcome", attempt->outcome);
    build_string(json, "channel", attempt->channel);
    build_string(json, "client_tls_status", attempt->trust);
    build_string(json, "dsn", attempt->dsn);
    build_string(json, "reason", attempt->reason);
    build_string(json, "server_saw", attempt->server_saw);
    json_builder_end_object(json);
}

static void
build_result(JsonBuilder *json, const Result *result)
{
    json_builder_begin_object(json);
    for (guint axis = 0; axis < MAILSIM_AXES; axis++) {
        json_builder_set_member_name(json, mailsim_axis_get_name((MailsimAxis)axis));
        json_builder_add_string_value(
            json, mailsim_axis_get_value((MailsimAxis)axis, result->cell.values[axis])->name);
    }
    json_builder_set_member_name(json, "attempts");
    json_builder_begin_array(json);
    for (guint i = 0; i < result->attempts->len; i++)
        build_attempt(json, g_ptr_array_index(result->attempts, i));
    json_builder_end_array(json);
    json_builder_end_object(json);
}

void
mailsim_results_append_json(const MailsimResults *results, GString *out)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    g_autoptr(JsonGenerator) generator = json_generator_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *text = NULL;

    json_builder_begin_object(json);
    json_builder_set_member_name(json, "mailsim");
    json_builder_add_string_value(json, MAILSIM_VERSION);
    json_builder_set_member_name(json, "cells");
    json_builder_begin_array(json);
    for (guint i = 0; i < results->list->len; i++)
        build_result(json, g_ptr_array_index(results->list, i));
    json_builder_end_array(json);
    json_builder_end_object(json);
    root = json_builder_get_root(json);
    json_generator_set_root(generator, root);
    json_generator_set_pretty(generator, TRUE);
    text = json_generator_to_data(generator, NULL);
    g_string_append(out, text);
    g_string_append_c(out, '\n');
}
