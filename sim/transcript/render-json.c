/* SPDX-License-Identifier: MIT
 *
 * A recording as one JSON object, described in docs/json.md. */
#include <mailsim/transcript/render.h>

#include "json-writer.h"

static void
put_step(JsonWriter *writer, guint index)
{
    const MailsimStepRecord *step = g_ptr_array_index(writer->recording->steps, index);
    guint first;
    guint end;

    json_begin_object(writer, NULL);
    json_put_string(writer, "id", step->id);
    json_put_string(writer, "title", mailsim_text_get(&step->title, writer->language));
    json_put_message_number(writer, step->message);
    json_put_string(writer, "outcome", step->outcome);
    json_begin_array(writer, "hops");
    mailsim_recording_get_step_hops(writer->recording, index, &first, &end);
    for (guint i = first; i < end; i++) {
        json_begin_object(writer, NULL);
        json_put_hop_members(writer, g_ptr_array_index(writer->recording->hops, i));
        json_end_object(writer);
    }
    json_end_array(writer);
    json_begin_array(writer, "expectations");
    for (guint i = 0; i < step->expectations->len; i++) {
        const MailsimExpectationResult *result = g_ptr_array_index(step->expectations, i);
        json_begin_object(writer, NULL);
        json_put_string(writer, "key", result->key);
        json_put_string(writer, "expected", result->expected);
        json_put_string(writer, "actual", result->actual);
        json_put_boolean(writer, "holds", result->holds);
        json_end_object(writer);
    }
    json_end_array(writer);
    json_end_object(writer);
}

static void
put_everything(JsonWriter *writer, const GPtrArray *attached)
{
    const MailsimRecording *recording = writer->recording;
    if (recording->steps->len > 0)
        writer->start_us =
            ((const MailsimStepRecord *)g_ptr_array_index(recording->steps, 0))->started_us;
    json_begin_object(writer, NULL);
    json_put_scenario(writer);
    json_put_string(writer, "mailsim", MAILSIM_VERSION);
    json_begin_array(writer, "steps");
    for (guint i = 0; i < recording->steps->len; i++)
        put_step(writer, i);
    json_end_array(writer);
    json_begin_array(writer, "events");
    for (guint i = 0; i < recording->events->len; i++)
        json_put_event(writer, g_ptr_array_index(recording->events, i),
                       g_ptr_array_index(attached, i));
    json_end_array(writer);
    json_end_object(writer);
}

void
mailsim_render_json(const MailsimRecording *recording,
                    const MailsimRenderOptions *options,
                    GString *out)
{
    g_return_if_fail(recording != NULL && options != NULL && out != NULL);
    g_autoptr(MailsimNotes) notes = mailsim_notes_new();
    g_autoptr(MailsimReading) reading = mailsim_reading_new(recording);
    g_autoptr(GPtrArray) attached = mailsim_notes_attach(notes, reading);
    g_autoptr(JsonBuilder) builder = json_builder_new();
    JsonWriter writer = {
        .json = builder,
        .recording = recording,
        .reading = reading,
        .language = options->language,
    };

    put_everything(&writer, attached);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autoptr(JsonGenerator) generator = json_generator_new();
    json_generator_set_root(generator, root);
    json_generator_set_pretty(generator, TRUE);
    g_autofree char *text = json_generator_to_data(generator, NULL);
    g_string_append(out, text);
    g_string_append_c(out, '\n');
}
