/* SPDX-License-Identifier: MIT
 *
 * A recording that is still being written as JSON, an object a line: each event when it
 * happens. Only an event whose note the next one settles waits for that. */
#include <mailsim/transcript/render.h>

#include "json-writer.h"
#include "live-memory.h"
#include "live-settled.h"

struct MailsimJsonLines {
    MailsimReading *reading;
    MailsimNotes *notes;
    gboolean *spent; /* by note */
    LiveMemory memory;
    GHashTable *due; /* hop: MailsimEvent, borrowed: not told yet */
    JsonWriter writer;
    guint n_told; /* events that are told, or due */
};

static void
put_line(JsonWriter *writer, GString *out)
{
    g_autoptr(JsonNode) root = json_builder_get_root(writer->json);
    g_autoptr(JsonGenerator) generator = json_generator_new();
    g_autofree char *text = NULL;

    json_generator_set_root(generator, root);
    text = json_generator_to_data(generator, NULL);
    g_string_append_printf(out, "%s\n", text);
    json_builder_reset(writer->json);
}

/* ---- where it is said -------------------------------------------------------------------- */

static void
begin_line(MailsimJsonLines *self, const char *kind)
{
    json_begin_object(&self->writer, NULL);
    json_put_string(&self->writer, "kind", kind);
}

static void
end_line(MailsimJsonLines *self, GString *out)
{
    json_end_object(&self->writer);
    put_line(&self->writer, out);
}

void
mailsim_json_lines_begin(MailsimJsonLines *self,
                         const char *client,
                         const char *client_address,
                         GString *out)
{
    begin_line(self, "serve");
    json_put_string(&self->writer, "mailsim", MAILSIM_VERSION);
    json_put_scenario(&self->writer);
    json_put_string(&self->writer, "client", client);
    json_put_string(&self->writer, "client_address", client_address);
    end_line(self, out);
}

void
mailsim_json_lines_put_service(MailsimJsonLines *self,
                               const char *host,
                               const char *service,
                               const char *address,
                               guint port,
                               GString *out)
{
    begin_line(self, "service");
    json_put_string(&self->writer, "host", host);
    json_put_string(&self->writer, "service", service);
    json_put_string(&self->writer, "address", address);
    json_put_integer(&self->writer, "port", port);
    end_line(self, out);
}

void
mailsim_json_lines_put_ready(MailsimJsonLines *self, GString *out)
{
    begin_line(self, "ready");
    end_line(self, out);
}

/* ---- what is said ------------------------------------------------------------------------ */

static void
put_event(MailsimJsonLines *self, const MailsimEvent *event, GString *out)
{
    const MailsimNote *note =
        mailsim_notes_choose(self->notes, self->reading, event, self->spent);

    json_put_event(&self->writer, event, note);
    put_line(&self->writer, out);
    live_memory_release(&self->memory, event);
}

/* All that is known of a connection that is over. */
static void
put_connection(MailsimJsonLines *self, const MailsimHop *hop, GString *out)
{
    begin_line(self, "connection");
    json_put_hop_members(&self->writer, hop);
    end_line(self, out);
    live_memory_end_hop(&self->memory, hop);
}

static void
put_due(MailsimJsonLines *self, const MailsimHop *hop, GString *out)
{
    const MailsimEvent *due = hop != NULL ? g_hash_table_lookup(self->due, hop) : NULL;

    if (due == NULL)
        return;
    g_hash_table_remove(self->due, hop);
    put_event(self, due, out);
}

static void
tell(MailsimJsonLines *self, MailsimEvent *event, GString *out)
{
    MailsimHop *hop = mailsim_recording_find_hop(self->writer.recording, event->hop);

    put_due(self, hop, out);
    if (hop != NULL && live_is_unsettled(self->reading, event))
        g_hash_table_insert(self->due, hop, event);
    else
        put_event(self, event, out);
    if (hop != NULL && live_ends_hop(event))
        put_connection(self, hop, out);
}

static void
forget_nothing(G_GNUC_UNUSED const MailsimHop *hop, G_GNUC_UNUSED gpointer data)
{
}

void
mailsim_json_lines_tell(MailsimJsonLines *self, GString *out)
{
    const GPtrArray *events = self->writer.recording->events;

    mailsim_reading_go_on(self->reading);
    for (guint i = mailsim_recording_find_event(self->writer.recording, self->n_told);
         i < events->len; i++) {
        MailsimEvent *event = g_ptr_array_index(events, i);

        self->n_told = event->sequence + 1;
        tell(self, event, out);
    }
    live_memory_sweep(&self->memory, forget_nothing, NULL);
}

static gint
compare_sequences(gconstpointer a, gconstpointer b)
{
    const MailsimEvent *left = *(const MailsimEvent *const *)a;
    const MailsimEvent *right = *(const MailsimEvent *const *)b;

    return left->sequence < right->sequence ? -1 : left->sequence > right->sequence;
}

void
mailsim_json_lines_end(MailsimJsonLines *self, GString *out)
{
    g_autoptr(GPtrArray) due = g_ptr_array_new();
    GHashTableIter iter;
    gpointer event;

    g_hash_table_iter_init(&iter, self->due);
    while (g_hash_table_iter_next(&iter, NULL, &event))
        g_ptr_array_add(due, event);
    g_ptr_array_sort(due, compare_sequences);
    for (guint i = 0; i < due->len; i++)
        put_event(self, g_ptr_array_index(due, i), out);
    g_hash_table_remove_all(self->due);
    begin_line(self, "end");
    json_put_integer(&self->writer, "connections", self->writer.recording->n_hops);
    end_line(self, out);
}

MailsimJsonLines *
mailsim_json_lines_new(MailsimRecording *recording,
                       const MailsimRenderOptions *options,
                       MailsimTime start_us)
{
    MailsimJsonLines *self = g_new0(MailsimJsonLines, 1);

    self->reading = mailsim_reading_new_open(recording);
    self->notes = mailsim_notes_new();
    self->spent = g_new0(gboolean, mailsim_notes_count(self->notes) + 1);
    self->due = g_hash_table_new(NULL, NULL);
    live_memory_init(&self->memory, recording, self->reading);
    self->writer = (JsonWriter){
        .json = json_builder_new(),
        .recording = recording,
        .reading = self->reading,
        .language = options->language,
        .start_us = start_us,
    };
    return self;
}

void
mailsim_json_lines_free(MailsimJsonLines *self)
{
    if (self == NULL)
        return;

    live_memory_clear(&self->memory);
    g_hash_table_unref(self->due);
    g_object_unref(self->writer.json);
    mailsim_reading_free(self->reading);
    mailsim_notes_free(self->notes);
    g_free(self->spent);
    g_free(self);
}
