/* SPDX-License-Identifier: MIT
 *
 * A recording as JSON, an object a line: that each line is one, that each event is told once,
 * as it is afterwards, and that what has been told is forgotten. */
#include <json-glib/json-glib.h>
#include <string.h>

#include <mailsim/transcript/render.h>

#include "../support/recording-script.h"
#include "../support/run-suite.h"
#include "../support/sample-recording.h"

static const MailsimRenderOptions english = {.detail = MAILSIM_DETAIL_NORMAL};

/* The objects of TEXT, a line each. */
static GPtrArray *
parse_lines(const char *text)
{
    GPtrArray *objects = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    const guint n_lines = g_strv_length(lines) - 1;

    ck_assert_str_eq(lines[n_lines], "");
    for (guint i = 0; i < n_lines; i++) {
        g_autoptr(GError) error = NULL;
        JsonNode *node = json_from_string(lines[i], &error);

        ck_assert_msg(error == NULL && node != NULL && JSON_NODE_HOLDS_OBJECT(node), "%s",
                      lines[i]);
        g_ptr_array_add(objects, node);
    }
    return objects;
}

static JsonObject *
get_object(const GPtrArray *objects, guint index)
{
    return json_node_get_object(g_ptr_array_index(objects, index));
}

static const char *
get_kind(JsonObject *object)
{
    return json_object_get_string_member(object, "kind");
}

static char *
tell(MailsimRecording *recording)
{
    const MailsimEvent *first = g_ptr_array_index(recording->events, 0);
    g_autoptr(MailsimJsonLines) lines =
        mailsim_json_lines_new(recording, &english, first->time_us);
    GString *out = g_string_new(NULL);

    mailsim_json_lines_begin(lines, "laptop", "198.51.100.10", out);
    mailsim_json_lines_put_service(lines, "mail", "smtp", "127.0.0.1", 2525, out);
    mailsim_json_lines_put_ready(lines, out);
    mailsim_json_lines_tell(lines, out);
    mailsim_json_lines_end(lines, out);
    return g_string_free(out, FALSE);
}

START_TEST(what_is_served_comes_first_and_the_count_last)
{
    g_autoptr(MailsimRecording) recording = sample_recording_new((guint)_i);
    const guint n_hops = recording->n_hops;
    g_autofree char *text = tell(recording);
    g_autoptr(GPtrArray) objects = parse_lines(text);
    JsonObject *end = get_object(objects, objects->len - 1);

    ck_assert_str_eq(get_kind(get_object(objects, 0)), "serve");
    ck_assert_str_eq(json_object_get_string_member(get_object(objects, 0), "client"), "laptop");
    ck_assert_str_eq(get_kind(get_object(objects, 1)), "service");
    ck_assert_int_eq(json_object_get_int_member(get_object(objects, 1), "port"), 2525);
    ck_assert_str_eq(get_kind(get_object(objects, 2)), "ready");
    ck_assert_str_eq(get_kind(end), "end");
    ck_assert_uint_eq((guint)json_object_get_int_member(end, "connections"), n_hops);
}
END_TEST

/* OBJECT in one line, without its note, which depends on what has been told before. */
static char *
print_event(JsonObject *object)
{
    g_autoptr(JsonNode) copy = json_from_string("{}", NULL);
    JsonObject *bare = json_node_get_object(copy);
    g_autoptr(GList) names = json_object_get_members(object);

    for (GList *name = names; name != NULL; name = name->next) {
        if (strcmp(name->data, "note") != 0)
            json_object_set_member(bare, name->data,
                                   json_object_dup_member(object, name->data));
    }
    ck_assert(json_object_has_member(object, "note"));
    return json_to_string(copy, FALSE);
}

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *
join_sorted(GPtrArray *texts)
{
    g_ptr_array_sort(texts, compare_texts);
    g_ptr_array_add(texts, NULL);
    return g_strjoinv("\n", (char **)texts->pdata);
}

START_TEST(each_event_is_told_once_as_it_is_afterwards)
{
    g_autoptr(MailsimRecording) recording = sample_recording_new((guint)_i);
    g_autoptr(MailsimRecording) told = sample_recording_new((guint)_i);
    g_autoptr(GString) whole = g_string_new(NULL);
    g_autofree char *text = tell(told);
    g_autoptr(GPtrArray) objects = parse_lines(text);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) expected = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(JsonNode) root = NULL;
    JsonArray *events;

    mailsim_render_json(recording, &english, whole);
    root = json_from_string(whole->str, NULL);
    events = json_object_get_array_member(json_node_get_object(root), "events");
    for (guint i = 0; i < json_array_get_length(events); i++)
        g_ptr_array_add(expected, print_event(json_array_get_object_element(events, i)));
    for (guint i = 0; i < objects->len; i++) {
        if (json_object_has_member(get_object(objects, i), "time_us"))
            g_ptr_array_add(found, print_event(get_object(objects, i)));
    }
    ck_assert_uint_gt(expected->len, 50);
    ck_assert_uint_eq(found->len, expected->len);
    g_autofree char *left = join_sorted(found);
    g_autofree char *right = join_sorted(expected);
    ck_assert_str_eq(left, right);
}
END_TEST

START_TEST(a_connection_has_its_note_when_the_next_event_settles_it)
{
    RecordingScript script = recording_script_begin("waits", "Waits", "Espera");
    g_autoptr(MailsimRecording) recording = script.recording;
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(MailsimJsonLines) lines = mailsim_json_lines_new(recording, &english, 0);

    mailsim_recording_add_step(recording)->id = g_strdup("step");
    recording_script_begin_hop(&script, "laptop", "mail", 465, 0);
    recording_script_write(&script, "0 connected\n");
    mailsim_json_lines_tell(lines, out);
    ck_assert_str_eq(out->str, "");
    recording_script_write(&script, "20 => ClientHello\n30 closed laptop\n");
    mailsim_json_lines_tell(lines, out);
    g_autoptr(GPtrArray) objects = parse_lines(out->str);
    ck_assert_uint_eq(objects->len, 4);
    ck_assert_str_eq(get_kind(get_object(objects, 0)), "connected");
    ck_assert(!json_object_get_null_member(get_object(objects, 0), "note"));
    ck_assert_str_eq(get_kind(get_object(objects, 2)), "closed");
    ck_assert_str_eq(get_kind(get_object(objects, 3)), "connection");
    g_clear_pointer(&lines, mailsim_json_lines_free);
}
END_TEST

#define N_CONVERSATIONS 2000

START_TEST(what_has_been_told_is_forgotten)
{
    RecordingScript script = recording_script_begin("many", "Many", "Muchas");
    g_autoptr(MailsimRecording) recording = script.recording;
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(MailsimJsonLines) lines = mailsim_json_lines_new(recording, &english, 0);

    mailsim_recording_add_step(recording)->id = g_strdup("step");
    for (guint i = 0; i < N_CONVERSATIONS; i++) {
        script.base += MAILSIM_SECOND;
        recording_script_begin_hop(&script, "laptop", "mail", 25, 0);
        recording_script_write(&script, "10 connected\n20 <- 220 one\n50 closed mail\n");
        g_string_truncate(out, 0);
        mailsim_json_lines_tell(lines, out);
        ck_assert_ptr_nonnull(strstr(out->str, "220 one"));
        ck_assert_uint_lt(recording->events->len, 1500);
        ck_assert_uint_lt(recording->hops->len, 250);
    }
    ck_assert_uint_eq(recording->n_hops, N_CONVERSATIONS);
    g_clear_pointer(&lines, mailsim_json_lines_free);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("json-lines");
    TCase *tcase = tcase_create("json-lines");

    tcase_add_loop_test(tcase, what_is_served_comes_first_and_the_count_last, 0,
                        SAMPLE_RECORDINGS);
    tcase_add_loop_test(tcase, each_event_is_told_once_as_it_is_afterwards, 0,
                        SAMPLE_RECORDINGS);
    tcase_add_test(tcase, a_connection_has_its_note_when_the_next_event_settles_it);
    tcase_add_test(tcase, what_has_been_told_is_forgotten);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
