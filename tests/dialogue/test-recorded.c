/* SPDX-License-Identifier: MIT
 *
 * What a real Postfix was seen to say, dialogue by dialogue, against what the server session
 * says: every line must be the same, whole and byte by byte. */
#include <string.h>

#include "dest-example.h"
#include "session-pair.h"

#include "../support/run-suite.h"

typedef enum {
    STEP_SAY,
    STEP_HEAR,
    STEP_TLS,
    STEP_LEAVE,  /* the client closes the connection */
    STEP_CLOSED, /* the server does */
} StepKind;

typedef struct {
    StepKind kind;
    char *text; /* bytes to say; the line to hear; NULL */
} Step;

typedef struct {
    char *title; /* “auth.txt: AUTH LOGIN right” */
    const DestExampleService *service;
    gboolean inside;
    GPtrArray *steps;
} Dialogue;

static const char *const files[] = {
    "greeting.txt", "injection.txt", "auth.txt",        "submission.txt",
    "relay.txt",    "syntax.txt",    "transaction.txt", "extensions.txt",
    "data.txt",     "chunking.txt",  "query.txt",       "octets.txt",
};

static GPtrArray *dialogues;

/* ---- reading the recordings -------------------------------------------------------------- */

static void
free_step(gpointer data)
{
    Step *step = data;

    g_free(step->text);
    g_free(step);
}

static void
free_dialogue(gpointer data)
{
    Dialogue *dialogue = data;

    g_free(dialogue->title);
    g_ptr_array_unref(dialogue->steps);
    g_free(dialogue);
}

static void
add_step(Dialogue *dialogue, StepKind kind, const char *text)
{
    Step *step = g_new0(Step, 1);

    step->kind = kind;
    step->text = g_strdup(text);
    g_ptr_array_add(dialogue->steps, step);
}

/* “250-... [EHLO reply: the usual keywords + SIZE 2000 + STARTTLS]” as the lines it stands
 * for. */
static void
add_ehlo_reply(Dialogue *dialogue, const char *text)
{
    add_step(dialogue, STEP_HEAR, "250-mx.dest.example");
    add_step(dialogue, STEP_HEAR, "250-PIPELINING");
    add_step(dialogue, STEP_HEAR,
             strstr(text, "SIZE 2000") ? "250-SIZE 2000" : "250-SIZE 10240000");
    if (strstr(text, "- VRFY") == NULL)
        add_step(dialogue, STEP_HEAR, "250-VRFY");
    add_step(dialogue, STEP_HEAR, "250-ETRN");
    if (strstr(text, "+ STARTTLS") != NULL)
        add_step(dialogue, STEP_HEAR, "250-STARTTLS");
    if (strstr(text, "+ AUTH PLAIN LOGIN") != NULL)
        add_step(dialogue, STEP_HEAR, "250-AUTH PLAIN LOGIN");
    add_step(dialogue, STEP_HEAR, "250-ENHANCEDSTATUSCODES");
    add_step(dialogue, STEP_HEAR, "250-8BITMIME");
    add_step(dialogue, STEP_HEAR, "250-DSN");
    add_step(dialogue, STEP_HEAR, "250-SMTPUTF8");
    add_step(dialogue, STEP_HEAR, "250 CHUNKING");
}

/* \r, \n and \xHH are octets; a line that does not end in one of its own gets CR LF, unless it
 * ends in \c. */
static char *
dup_octets(const char *text)
{
    GString *octets = g_string_new(NULL);

    while (*text != '\0') {
        gsize n_used = 2;

        if (g_str_has_prefix(text, "\\r")) {
            g_string_append_c(octets, '\r');
        } else if (g_str_has_prefix(text, "\\n")) {
            g_string_append_c(octets, '\n');
        } else if (g_str_equal(text, "\\c")) {
            return g_string_free(octets, FALSE);
        } else if (g_str_has_prefix(text, "\\x")) {
            g_string_append_c(octets, (char)(g_ascii_xdigit_value(text[2]) * 16 +
                                             g_ascii_xdigit_value(text[3])));
            n_used = 4;
        } else {
            g_string_append_c(octets, *text);
            n_used = 1;
        }
        text += n_used;
    }
    if (octets->len == 0 || octets->str[octets->len - 1] != '\n')
        g_string_append(octets, "\r\n");
    return g_string_free(octets, FALSE);
}

static void
add_line(Dialogue *dialogue, const char *line)
{
    if (g_str_has_prefix(line, "C: ")) {
        g_autofree char *octets = dup_octets(line + 3);

        add_step(dialogue, STEP_SAY, octets);
    } else if (g_str_has_prefix(line, "S: 250-... [EHLO reply")) {
        add_ehlo_reply(dialogue, line);
    } else if (g_str_has_prefix(line, "S: ")) {
        add_step(dialogue, STEP_HEAR, line + 3);
    } else if (g_str_has_prefix(line, "-- TLS handshake done")) {
        add_step(dialogue, STEP_TLS, NULL);
    } else if (g_str_equal(line, "-- client closes here")) {
        add_step(dialogue, STEP_LEAVE, NULL);
    } else if (g_str_equal(line, "-- server closed the connection")) {
        add_step(dialogue, STEP_CLOSED, NULL);
    }
}

static void
read_service(Dialogue *dialogue, const char *line)
{
    g_auto(GStrv) parts = g_strsplit(line, "`", 3);

    dialogue->service = dest_example_find_service(parts[1]);
    dialogue->inside = strstr(parts[2], "client 127.0.0.1.") != NULL;
}

static void
read_file(const char *name)
{
    g_autofree char *path = g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "tests",
                                             "dialogue", "recorded", name, NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    Dialogue *dialogue = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        g_error("cannot read %s", path);
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (g_str_has_prefix(lines[i], "### ")) {
            dialogue = g_new0(Dialogue, 1);
            dialogue->title = g_strdup_printf("%s: %s", name, lines[i] + 4);
            dialogue->steps = g_ptr_array_new_with_free_func(free_step);
            g_ptr_array_add(dialogues, dialogue);
        } else if (dialogue != NULL && g_str_has_prefix(lines[i], "Service `")) {
            read_service(dialogue, lines[i]);
        } else if (dialogue != NULL) {
            add_line(dialogue, lines[i]);
        }
    }
}

/* ---- a client that says what was recorded ------------------------------------------------ */

typedef struct {
    MailsimSession session;
    const GPtrArray *steps;
    guint next;
} RecordedClient;

static MailsimWant
go_on(RecordedClient *client, GString *out)
{
    while (client->next < client->steps->len) {
        const Step *step = g_ptr_array_index(client->steps, client->next);

        switch (step->kind) {
        case STEP_SAY:
            g_string_append(out, step->text);
            break;
        case STEP_HEAR:
        case STEP_CLOSED:
            return MAILSIM_WANT_LINE;
        case STEP_TLS:
            client->next++;
            return MAILSIM_WANT_TLS;
        case STEP_LEAVE:
            return MAILSIM_WANT_END;
        }
        client->next++;
    }
    return MAILSIM_WANT_END;
}

static MailsimWant
begin(MailsimSession *session, GString *out)
{
    return go_on((RecordedClient *)session, out);
}

static MailsimWant
heard(MailsimSession *session,
      G_GNUC_UNUSED const char *text,
      G_GNUC_UNUSED gsize length,
      GString *out)
{
    RecordedClient *client = (RecordedClient *)session;

    client->next++;
    return go_on(client, out);
}

static MailsimWant
secured(MailsimSession *session, G_GNUC_UNUSED const MailsimTlsInfo *tls, GString *out)
{
    return go_on((RecordedClient *)session, out);
}

static void
lost(G_GNUC_UNUSED MailsimSession *session, G_GNUC_UNUSED MailsimLoss why)
{
}

static const char *
waits_for(G_GNUC_UNUSED MailsimSession *session)
{
    return "reply";
}

static void
free_client(MailsimSession *session)
{
    g_free(session);
}

static const MailsimSessionClass recorded_class = {
    .begin = begin,
    .heard = heard,
    .secured = secured,
    .lost = lost,
    .waits_for = waits_for,
    .free = free_client,
};

/* ---- the test ---------------------------------------------------------------------------- */

static char *
write_expected(const Dialogue *dialogue)
{
    GString *expected = g_string_new(NULL);

    for (guint i = 0; i < dialogue->steps->len; i++) {
        const Step *step = g_ptr_array_index(dialogue->steps, i);

        switch (step->kind) {
        case STEP_SAY:
            session_pair_append_lines(expected, "C", step->text);
            break;
        case STEP_HEAR:
            g_string_append_printf(expected, "S: %s\n", step->text);
            break;
        case STEP_TLS:
            g_string_append(expected, "-- TLS\n");
            break;
        case STEP_LEAVE:
            g_string_append(expected, "-- client closed the connection\n");
            break;
        case STEP_CLOSED:
            g_string_append(expected, "-- server closed the connection\n");
            break;
        }
    }
    return g_string_free(expected, FALSE);
}

static void
replay(const Dialogue *dialogue, gsize piece_bytes)
{
    RecordedClient client = {.session.class = &recorded_class, .steps = dialogue->steps};
    g_autoptr(DestExample) host = dest_example_new(dialogue->service, dialogue->inside);
    g_autoptr(MailsimSession) server = dest_example_listen(host);
    const SessionPairOptions options = {
        .client = &client.session,
        .server = server,
        .piece_bytes = piece_bytes,
    };
    g_autofree char *conversation = session_pair_run(&options);
    g_autofree char *expected = write_expected(dialogue);

    ck_assert_msg(g_str_equal(conversation, expected), "%s\n--- said:\n%s--- recorded:\n%s",
                  dialogue->title, conversation, expected);
}

START_TEST(the_server_says_what_postfix_said)
{
    const Dialogue *dialogue = g_ptr_array_index(dialogues, _i);

    ck_assert_msg(dialogue->service != NULL, "%s: no such service", dialogue->title);
    ck_assert_msg(dialogue->steps->len > 2, "%s: nothing recorded", dialogue->title);
    replay(dialogue, 0);
    replay(dialogue, 1);
    replay(dialogue, 7);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("recorded");
    TCase *replies = tcase_create("dialogues");

    dialogues = g_ptr_array_new_with_free_func(free_dialogue);
    for (guint i = 0; i < G_N_ELEMENTS(files); i++)
        read_file(files[i]);
    tcase_add_loop_test(replies, the_server_says_what_postfix_said, 0, (int)dialogues->len);
    suite_add_tcase(suite, replies);

    const int status = run_suite(suite);

    g_ptr_array_unref(dialogues);
    return status;
}
