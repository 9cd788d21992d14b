/* SPDX-License-Identifier: MIT
 *
 * The JSON form: that it is JSON, that members are where docs/json.md says, and that nothing in
 * a recording can break it. */
#include <json-glib/json-glib.h>
#include <string.h>

#include <mailsim/transcript/render.h>

#include "../support/sample-recording.h"
#include "../support/run-suite.h"

static const MailsimRenderOptions english = {.detail = MAILSIM_DETAIL_NORMAL};

static char *
render(const MailsimRecording *recording, const MailsimRenderOptions *options)
{
    GString *out = g_string_new(NULL);

    mailsim_render_json(recording, options, out);
    return g_string_free(out, FALSE);
}

static JsonNode *
parse(const MailsimRecording *recording)
{
    g_autofree char *text = render(recording, &english);
    g_autoptr(GError) error = NULL;
    JsonNode *root = json_from_string(text, &error);

    ck_assert_msg(error == NULL, "%s", error != NULL ? error->message : "");
    return root;
}

/* What a JSONPath finds, as JSON in one line. */
static char *
find(JsonNode *root, const char *path)
{
    g_autoptr(JsonNode) found = json_path_query(path, root, NULL);

    ck_assert_msg(found != NULL, "%s", path);
    return json_to_string(found, FALSE);
}

/* clang-format off */
static const struct {
    const char *path;
    const char *expected;
} members[] = {
    {"$.scenario",
     "[{\"id\":\"case5\",\"title\":\"Case 5: sending mail through our own server\","
     "\"file\":\"case5.scenario\"}]"},
    {"$.mailsim", "[\""
     MAILSIM_VERSION
     "\"]"},
    {"$.steps[*].id", "[\"submit\",\"implicit\",\"wrong-password\",\"stranger\"]"},
    {"$.steps[0].message_number", "[1]"},
    {"$.steps[0].outcome", "[\"delivered\"]"},
    {"$.steps[3].message_number", "[null]"},
    {"$.steps[0].hops[*].message_number", "[1,1]"},
    {"$.steps[0].hops[*].to", "[\"mail\",\"instituto\"]"},
    {"$.steps[0].hops[*].port", "[587,25]"},
    {"$.steps[0].hops[*].encrypted", "[true,true]"},
    {"$.steps[0].hops[1].tls",
     "[{\"version\":\"TLSv1.3\",\"cipher\":\"TLS_AES_256_GCM_SHA384\",\"group\":\"X25519\","
     "\"resumed\":false,\"trust\":\"Untrusted\",\"failure\":null}]"},
    {"$.steps[0].hops[1].certificate",
     "[{\"chain_ok\":false,\"name_ok\":true,\"dates_ok\":true}]"},
    {"$.steps[0].hops[0].authenticated_user", "[\"ana\"]"},
    {"$.steps[0].hops[0].decided_by",
     "[\"smtpd_recipient_restrictions: permit_sasl_authenticated\"]"},
    {"$.steps[0].hops[1].listener",
     "[{\"password\":null,\"text\":\"hidden\",\"addresses\":\"hidden\"}]"},
    {"$.steps[3].hops[0].tls", "[null]"},
    {"$.steps[3].hops[0].listener.addresses", "[\"seen\"]"},
    {"$.steps[3].hops[0].dsn", "[\"4.7.1\"]"},
    {"$.steps[3].expectations",
     "[[{\"key\":\"expect.hop.mail\",\"expected\":\"554, clear\",\"actual\":\"454, clear\","
     "\"holds\":false}]]"},
    {"$.events[0].kind", "[\"step\"]"},
    {"$.events[0].time_us", "[0]"},
    {"$.events[1]", "[{\"time_us\":0,\"step\":\"submit\",\"hop\":null,\"party\":\"laptop\","
     "\"direction\":null,\"kind\":\"dns\",\"text\":\"A mail.iesgn.example\","
     "\"question\":\"A mail.iesgn.example\",\"answer\":\"203.0.113.25\",\"authenticated\":false,\"note\":{"
     "\"id\":\"dns-address-mua\",\"text\":\"First the name becomes an IP address. Which "
     "server to call is a setting of the mail program (MUA); the recipient's domain has no "
     "say in it.\",\"reference\":null,\"parameter\":null}}]"},
    {"$.events[4].text", "[\"EHLO laptop.iesgn.example\"]"},
    {"$.events[4].direction", "[\"out\"]"},
    {"$.events[4].hop", "[0]"},
    {"$.events[4].secured", "[false]"},
};
/* clang-format on */

START_TEST(members_are_where_they_should_be)
{
    g_autoptr(MailsimRecording) recording = sample_story_new();
    g_autoptr(JsonNode) root = parse(recording);
    g_autofree char *found = find(root, members[_i].path);

    ck_assert_str_eq(found, members[_i].expected);
}
END_TEST

/* clang-format off */
static const struct {
    const char *of;
    const char *names;
} orders[] = {
    {"$", "scenario mailsim steps events"},
    {"$.steps[0]", "id title message_number outcome hops expectations"},
    {"$.steps[0].hops[0]",
     "hop message_number from to name address port service protocol connected encrypted tls certificate "
     "authenticated_user status dsn reply decided_by listener"},
    {"$.events[4]", "time_us step hop party direction kind text secured note"},
};
/* clang-format on */

START_TEST(members_keep_their_order)
{
    g_autoptr(MailsimRecording) recording = sample_story_new();
    g_autoptr(JsonNode) root = parse(recording);
    g_autoptr(JsonNode) found = json_path_query(orders[_i].of, root, NULL);
    JsonObject *object = json_array_get_object_element(json_node_get_array(found), 0);
    g_autoptr(GList) names = json_object_get_members(object);
    g_autoptr(GString) joined = g_string_new(NULL);

    for (GList *name = names; name != NULL; name = name->next)
        g_string_append_printf(joined, "%s%s", joined->len > 0 ? " " : "", (char *)name->data);
    ck_assert_str_eq(joined->str, orders[_i].names);
}
END_TEST

START_TEST(every_event_is_there)
{
    g_autoptr(MailsimRecording) recording = sample_recording_new((guint)_i);
    g_autoptr(JsonNode) root = parse(recording);
    JsonArray *events = json_object_get_array_member(json_node_get_object(root), "events");

    ck_assert_uint_eq(json_array_get_length(events), recording->events->len);
    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);
        JsonObject *object = json_array_get_object_element(events, i);
        ck_assert_str_eq(json_object_get_string_member(object, "kind"),
                         mailsim_event_kind_name(event->kind));
    }
}
END_TEST

/* The words in backticks of the row of docs/json.md on events of KIND, joined by blanks. */
static char *
find_documented(const char *document, const char *kind)
{
    g_autofree char *start = g_strdup_printf("\n| `%s`", kind);
    const char *row = strstr(document, start);
    g_auto(GStrv) lines = NULL;
    g_auto(GStrv) words = NULL;
    GString *list = g_string_new(" ");

    /* Several kinds with nothing of their own share a row. */
    if (row == NULL)
        return g_string_free(list, FALSE);
    lines = g_strsplit(row + 1, "\n", 2);
    words = g_strsplit(lines[0], "`", -1);
    for (guint i = 3; words[i] != NULL && words[i + 1] != NULL; i += 2)
        g_string_append_printf(list, "%s ", words[i]);
    return g_string_free(list, FALSE);
}

/* Those between “text”, which every event has, and “note”. */
static void
assert_documented(const char *document, JsonObject *event)
{
    const char *kind = json_object_get_string_member(event, "kind");
    g_autofree char *documented = find_documented(document, kind);
    g_autoptr(GList) names = json_object_get_members(event);
    const char *at = documented;
    gboolean own = FALSE;

    for (GList *name = names; name != NULL; name = name->next) {
        g_autofree char *word = g_strdup_printf(" %s ", (char *)name->data);

        if (own && strcmp(name->data, "note") != 0) {
            at = strstr(at, word);
            ck_assert_msg(at != NULL, "docs/json.md: “%s” lacks%s, or has it elsewhere", kind,
                          word);
        }
        own |= strcmp(name->data, "text") == 0;
    }
}

START_TEST(every_member_is_documented)
{
    g_autoptr(MailsimRecording) recording = sample_recording_new((guint)_i);
    g_autoptr(JsonNode) root = parse(recording);
    JsonArray *events = json_object_get_array_member(json_node_get_object(root), "events");
    g_autofree char *path =
        g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "docs", "json.md", NULL);
    g_autofree char *document = NULL;

    ck_assert(g_file_get_contents(path, &document, NULL, NULL));
    for (guint i = 0; i < json_array_get_length(events); i++)
        assert_documented(strstr(document, "### events[]"),
                          json_array_get_object_element(events, i));
}
END_TEST

START_TEST(a_queue_and_its_notifications_are_told)
{
    g_autoptr(MailsimRecording) recording = sample_troubles_new();
    g_autoptr(JsonNode) root = parse(recording);
    g_autofree char *actions = find(root, "$.events[*].action");
    g_autofree char *attempts = find(root, "$.events[*].attempt");
    g_autofree char *until = find(root, "$.events[*].until_us");
    g_autofree char *notification = find(root, "$.events[*].notification_id");

    ck_assert_str_eq(actions, "[\"deferred\",\"retried\",\"expired\",\"removed\"]");
    ck_assert_str_eq(attempts, "[null,2,null,null]");
    ck_assert_str_eq(until, "[340000000,null,null,null]");
    ck_assert_str_eq(notification, "[\"4C1A7B000A\"]");
}
END_TEST

START_TEST(a_line_of_a_log_is_told)
{
    g_autoptr(MailsimRecording) recording = sample_story_new();
    g_autoptr(JsonNode) root = parse(recording);
    g_autofree char *programs = find(root, "$.events[*].program");
    g_autofree char *processes = find(root, "$.events[*].pid");
    g_autofree char *text = render(recording, &english);

    ck_assert_str_eq(programs, "[\"postfix/smtpd\",\"postfix/local\",\"postfix/smtp\"]");
    ck_assert_str_eq(processes, "[1201,1204,1205]");
    ck_assert_ptr_nonnull(
        strstr(text, "\"text\" : \"connect from mail.iesgn.example[203.0.113.25]\""));
}
END_TEST

START_TEST(notes_follow_the_language)
{
    g_autoptr(MailsimRecording) recording = sample_story_new();
    const MailsimRenderOptions spanish = {.language = MAILSIM_LANGUAGE_ES};
    g_autofree char *text = render(recording, &spanish);

    ck_assert_ptr_nonnull(strstr(text, "Caso 5: enviar correo"));
    ck_assert_ptr_nonnull(strstr(text, "220: el servidor está listo;"));
    ck_assert(g_utf8_validate(text, -1, NULL));
    ck_assert(g_str_has_suffix(text, "\n}\n"));
}
END_TEST

START_TEST(bytes_that_are_no_text_do_no_harm)
{
    static const char odd[] = "NOOP \xff\x01\"\\\t";
    g_autoptr(MailsimRecording) recording = sample_story_new();
    MailsimEvent *event = g_ptr_array_index(recording->events, 4);

    g_free(event->line.text);
    event->line.text = g_strdup(odd);
    g_autofree char *text = render(recording, &english);
    ck_assert(g_utf8_validate(text, -1, NULL));
    g_autoptr(JsonNode) root = parse(recording);
    g_autofree char *found = find(root, "$.events[4].text");
    ck_assert_str_eq(found, "[\"NOOP \\\\xFF\\\\x01\\\"\\\\    \"]");
}
END_TEST

START_TEST(a_second_rendering_is_the_same)
{
    g_autoptr(MailsimRecording) recording = sample_story_new();
    g_autofree char *first = render(recording, &english);
    g_autofree char *second = render(recording, &english);

    ck_assert_str_eq(first, second);
}
END_TEST

START_TEST(an_empty_recording_is_an_object_too)
{
    g_autoptr(MailsimRecording) recording = mailsim_recording_new();
    g_autoptr(JsonNode) root = parse(recording);
    g_autofree char *found = find(root, "$.events");

    ck_assert_str_eq(found, "[[]]");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("render-json");
    TCase *tcase = tcase_create("render-json");

    tcase_add_loop_test(tcase, members_are_where_they_should_be, 0, G_N_ELEMENTS(members));
    tcase_add_loop_test(tcase, members_keep_their_order, 0, G_N_ELEMENTS(orders));
    tcase_add_loop_test(tcase, every_event_is_there, 0, SAMPLE_RECORDINGS);
    tcase_add_loop_test(tcase, every_member_is_documented, 0, SAMPLE_RECORDINGS);
    tcase_add_test(tcase, a_queue_and_its_notifications_are_told);
    tcase_add_test(tcase, a_line_of_a_log_is_told);
    tcase_add_test(tcase, notes_follow_the_language);
    tcase_add_test(tcase, bytes_that_are_no_text_do_no_harm);
    tcase_add_test(tcase, a_second_rendering_is_the_same);
    tcase_add_test(tcase, an_empty_recording_is_an_object_too);
    suite_add_tcase(suite, tcase);

    return run_suite(suite);
}
