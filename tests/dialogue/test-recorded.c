/* SPDX-License-Identifier: MIT
 *
 * What a real Postfix was seen to say, dialogue by dialogue, against what smtpd of the lab
 * says, and what it delivers: every line the same, whole and in small pieces. */
#include <string.h>

#include "dest-lab.h"
#include "recorded-dialogue.h"
#include "recorded-text.h"

#include "../support/run-suite.h"

/* “(nothing more from the server)” was written after so long. */
#define SILENCE_US (700 * MAILSIM_MILLISECOND)

/* Check takes no more than so much of a message. */
#define TOLD_MAX_BYTES 1500

static Recordings *recordings;
static DestScenario *dest;

static GPtrArray *refused; /* of RecordedService: the language would not have them */

/* Where services are looked for; each dialogue has a lab of its own. */
static DestLab *pattern;
static DestLab *lab;

/* ---- one replay -------------------------------------------------------------------------- */

typedef struct {
    const RecordedDialogue *dialogue;
    gsize piece_bytes; /* how much arrives at a time; 0: packets as they were */
    DestConnection connection;
    GString *told;   /* the conversation so far, for whoever must find what is wrong */
    GArray *delays;  /* of gint64: before each reply, microseconds */
    gint64 heard_us; /* when the last reply was complete, or the client spoke */
    gboolean timed;  /* the dialogue tells when the server took its time */
    double after_s;  /* how long it takes for what it does next */
    double drip_s;   /* between the octets of the next packet */
} Replay;

static void G_GNUC_PRINTF(3, 4) G_GNUC_NORETURN
    differ(const Replay *replay, const RecordedStep *step, const char *format, ...)
{
    va_list arguments;
    g_autofree char *text = NULL;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    ck_abort_msg("%s, service %s, in pieces of %u, line %u: %.*s\n--- so far:\n%s",
                 replay->dialogue->title, replay->dialogue->service, (guint)replay->piece_bytes,
                 step != NULL ? step->line : 0, TOLD_MAX_BYTES, text,
                 replay->told->str + MAX(replay->told->len, TOLD_MAX_BYTES) - TOLD_MAX_BYTES);
}

static SessionEnd *
get_server(Replay *replay)
{
    return &replay->connection.end;
}

/* Rests pass while they end within MAX_US. */
static void
let_rest(Replay *replay, gint64 max_us)
{
    SessionEnd *server = get_server(replay);
    gint64 start_us = server->now_us;

    while (!server->over && server->want == MAILSIM_WANT_REST &&
           server->now_us - start_us + server->session->class->get_patience(server->session) <=
               max_us)
        session_end_wait(server);
}

/* An octet each so many seconds, until the server speaks. */
static void
drip(Replay *replay, const GString *text)
{
    SessionEnd *server = get_server(replay);
    gint64 delay_us = (gint64)(replay->drip_s * MAILSIM_SECOND);

    for (gsize i = 0; i < text->len && server->said->len == 0 && !server->over; i++) {
        if (i > 0)
            session_end_pass(server, delay_us);
        session_end_hear(server, text->str + i, 1);
    }
    replay->drip_s = 0;
    replay->heard_us = server->now_us;
}

/* What comes where a handshake is due is the beginning of one, or its end: a record of TLS
 * begins with its content type (RFC 8446 §5.1). */
static void
begin_handshake(Replay *replay, const GString *text)
{
    const MailsimTlsFailure failure = {.reason = "plain-text", .alert = -1};

    if (text->str[0] == '\x16')
        return;
    mailsim_smtpd_note_tls_failure(replay->connection.smtpd, &failure);
    session_end_lose(get_server(replay), MAILSIM_LOSS_TLS);
}

static void
say(Replay *replay, const GString *text)
{
    SessionEnd *server = get_server(replay);
    g_autofree char *shown = g_strescape(text->str, "\"\\");
    gsize piece = replay->piece_bytes > 0 ? replay->piece_bytes : MAX(text->len, 1);

    g_string_append_printf(replay->told, "C: %s\n", shown);
    replay->heard_us = server->now_us;
    if (!server->begun) {
        session_end_hear(server, text->str, text->len);
        session_end_begin(server);
        if (server->want == MAILSIM_WANT_TLS)
            begin_handshake(replay, text);
        return;
    }
    if (server->want == MAILSIM_WANT_TLS) {
        begin_handshake(replay, text);
        return;
    }
    if (replay->drip_s > 0) {
        drip(replay, text);
        return;
    }
    for (gsize i = 0; i < text->len && !server->over; i += piece)
        session_end_hear(server, text->str + i, MIN(piece, text->len - i));
}

/* The next line of the server's, for which time may have to pass; NULL: there will be none. */
static char *
dup_next_line(Replay *replay)
{
    SessionEnd *server = get_server(replay);
    const char *end;
    char *line;

    while ((end = strstr(server->said->str, "\r\n")) == NULL) {
        if (!session_end_wait(server))
            return NULL;
    }
    line = g_strndup(server->said->str, (gsize)(end - server->said->str));
    g_string_erase(server->said, 0, end + 2 - server->said->str);
    g_string_append_printf(replay->told, "S: %s\n", line);
    return line;
}

/* Where some delays were recorded, what was not was none. */
static void
expect_delay(Replay *replay, const RecordedStep *step)
{
    gint64 delay_us = get_server(replay)->now_us - replay->heard_us;
    gint64 recorded_us = (gint64)(replay->after_s * MAILSIM_SECOND);

    if (replay->timed && ABS(delay_us - recorded_us) > MAILSIM_SECOND / 2)
        differ(replay, step, "after %" G_GINT64_FORMAT " µs, recorded %" G_GINT64_FORMAT,
               delay_us, recorded_us);
    replay->after_s = 0;
    replay->heard_us = get_server(replay)->now_us;
}

static void
hear(Replay *replay, const RecordedStep *step)
{
    g_autofree char *line = dup_next_line(replay);
    gint64 delay_us = get_server(replay)->now_us - replay->heard_us;

    if (line == NULL)
        differ(replay, step, "nothing is said, recorded: S: %s", step->text->str);
    if (!recorded_text_matches(step->text->str, line))
        differ(replay, step, "recorded: S: %s", step->text->str);
    expect_delay(replay, step);
    if (strlen(line) < 4 || line[3] != '-')
        g_array_append_val(replay->delays, delay_us);
}

static void
shake_hands(Replay *replay, const RecordedStep *step)
{
    SessionEnd *server = get_server(replay);
    g_autofree char *description = g_strdup_printf(
        "%s with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)", step->text->str);
    const MailsimTlsInfo tls = {
        .description = description,
        .key_exchange = "key-exchange X25519 server-signature RSA-PSS (2048 bits) "
                        "server-digest SHA256",
        .acceptable = TRUE,
    };

    let_rest(replay, SILENCE_US);
    if (server->said->len > 0 || server->over || server->want != MAILSIM_WANT_TLS)
        differ(replay, step, "no handshake; said: %s", server->said->str);
    g_string_append(replay->told, "-- TLS\n");
    session_end_secure(server, &tls);
}

static void
expect_silence(Replay *replay, const RecordedStep *step)
{
    let_rest(replay, SILENCE_US);
    if (get_server(replay)->said->len > 0)
        differ(replay, step, "too much: %s", get_server(replay)->said->str);
}

static void
expect_close(Replay *replay, const RecordedStep *step)
{
    SessionEnd *server = get_server(replay);

    if (!server->over && server->said->len == 0)
        session_end_wait(server);
    if (server->said->len > 0)
        differ(replay, step, "too much: %s", server->said->str);
    if (!server->over)
        differ(replay, step, "the server does not close the connection");
    expect_delay(replay, step);
}

/* They stand before the last replies. */
static void
expect_delays(Replay *replay, const RecordedStep *step)
{
    g_auto(GStrv) words = g_strsplit(step->text->str, " ", -1);
    guint n_words = g_strv_length(words);

    if (n_words > replay->delays->len)
        differ(replay, step, "fewer replies than delays");
    for (guint i = 0; i < n_words; i++) {
        gint64 delay_us =
            g_array_index(replay->delays, gint64, replay->delays->len - n_words + i);
        gint64 recorded_us = g_ascii_strtoll(words[i], NULL, 10) * MAILSIM_SECOND;

        if (ABS(delay_us - recorded_us) > MAILSIM_SECOND / 2)
            differ(replay, step, "%u. delay: %" G_GINT64_FORMAT " µs", i + 1, delay_us);
    }
}

static void
take_step(Replay *replay, const RecordedStep *step)
{
    switch (step->kind) {
    case RECORDED_SAY:
        say(replay, step->text);
        break;
    case RECORDED_HEAR:
        hear(replay, step);
        break;
    case RECORDED_TLS:
        shake_hands(replay, step);
        break;
    case RECORDED_SILENCE:
    case RECORDED_WAIT:
        expect_silence(replay, step);
        break;
    case RECORDED_CLIENT_CLOSES:
        session_end_lose(get_server(replay), MAILSIM_LOSS_CLOSED);
        g_string_truncate(get_server(replay)->said, 0);
        break;
    case RECORDED_SERVER_CLOSED:
        expect_close(replay, step);
        break;
    case RECORDED_DELAYS:
        expect_delays(replay, step);
        break;
    case RECORDED_AFTER:
        replay->after_s = g_ascii_strtod(step->text->str, NULL);
        break;
    case RECORDED_DRIP:
        replay->drip_s = g_ascii_strtod(step->text->str, NULL);
        break;
    }
}

/* ---- what was delivered ------------------------------------------------------------------ */

static gboolean
take_match(GPtrArray *seen, const char *recorded)
{
    for (guint i = 0; i < seen->len; i++) {
        if (recorded_text_matches(recorded, g_ptr_array_index(seen, i))) {
            g_ptr_array_remove_index(seen, i);
            return TRUE;
        }
    }
    return FALSE;
}

static char *
join(GPtrArray *texts)
{
    GString *joined = g_string_new(NULL);

    for (guint i = 0; i < texts->len; i++)
        g_string_append_printf(joined, "== delivered\n%s",
                               (const char *)g_ptr_array_index(texts, i));
    return g_string_free(joined, FALSE);
}

/* Lines of one header field, some of them left out. */
static void
expect_excerpts(const Replay *replay, const char *mail)
{
    for (guint i = 0; i < replay->dialogue->excerpts->len; i++) {
        const char *recorded = g_ptr_array_index(replay->dialogue->excerpts, i);
        g_auto(GStrv) lines = g_strsplit(mail, "\n", -1);
        gboolean found = FALSE;

        for (guint j = 0; lines[j] != NULL && !found; j++)
            found = recorded_text_matches(recorded, lines[j]);
        if (!found)
            differ(replay, NULL, "no such line was delivered: %s\n%s", recorded, mail);
    }
}

/* The order in which messages were delivered was not recorded. */
static void
expect_delivery(const Replay *replay)
{
    const RecordedDialogue *dialogue = replay->dialogue;
    g_autoptr(GPtrArray) seen = NULL;
    g_autofree char *mail = NULL;

    if (dialogue->delivered == NULL && dialogue->excerpts->len == 0)
        return;
    mailsim_lab_run(lab->lab, NULL);
    seen = dest_lab_list_mail(lab);
    mail = join(seen);
    expect_excerpts(replay, mail);
    if (dialogue->delivered == NULL)
        return;
    for (guint i = 0; i < dialogue->delivered->len; i++) {
        const char *recorded = g_ptr_array_index(dialogue->delivered, i);

        if (!take_match(seen, recorded))
            differ(replay, NULL, "not delivered, but recorded:\n%s--- seen:\n%s", recorded,
                   mail);
    }
    if (seen->len > 0)
        differ(replay, NULL, "more was delivered than recorded:\n%s", mail);
}

/* ---- the mail log ------------------------------------------------------------------------ */

/* All lines of this smtpd, and of master(8) about it; no others. */
static void
expect_log(const Replay *replay)
{
    g_autoptr(GPtrArray) seen = dest_connection_list_log(&replay->connection, lab);
    g_autofree char *difference =
        recorded_log_find_difference(replay->dialogue->log, seen, replay->piece_bytes > 0);

    if (difference != NULL)
        differ(replay, NULL, "%s", difference);
}

/* ---- the test ---------------------------------------------------------------------------- */

static gboolean
is_timed(const RecordedDialogue *dialogue)
{
    for (guint i = 0; i < dialogue->steps->len; i++) {
        const RecordedStep *step = g_ptr_array_index(dialogue->steps, i);

        if (step->kind == RECORDED_AFTER)
            return TRUE;
    }
    return FALSE;
}

static gboolean
client_speaks_first(const RecordedDialogue *dialogue)
{
    const RecordedStep *first = g_ptr_array_index(dialogue->steps, 0);

    return first->kind == RECORDED_SAY;
}

/* How long it took. */
static gint64
replay_dialogue(const RecordedDialogue *dialogue, gsize piece_bytes)
{
    Replay replay = {
        .dialogue = dialogue,
        .piece_bytes = piece_bytes,
        /* What leaves together depends on what came together. */
        .timed = piece_bytes == 0 && is_timed(dialogue),
    };
    const MailsimServiceDefinition *service =
        dest_lab_find_service(lab, dialogue->service, dialogue->port);
    g_autoptr(GString) told = g_string_new(NULL);
    g_autoptr(GArray) delays = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GPtrArray) more = NULL;
    gint64 took_us;

    replay.told = told;
    replay.delays = delays;
    if (service == NULL)
        differ(&replay, NULL, "dest.scenario has no such service");
    more = dest_lab_connect_more(lab, service, dialogue->client, dialogue->n_more);
    dest_connection_open(&replay.connection, lab, service, dialogue->client);
    if (!client_speaks_first(dialogue))
        session_end_begin(get_server(&replay));
    for (guint i = 0; i < dialogue->steps->len; i++)
        take_step(&replay, g_ptr_array_index(dialogue->steps, i));
    expect_silence(&replay, NULL);
    if (!get_server(&replay)->over)
        session_end_lose(get_server(&replay), MAILSIM_LOSS_CLOSED);
    expect_log(&replay);
    expect_delivery(&replay);
    took_us = get_server(&replay)->now_us;
    dest_connection_close(&replay.connection);
    return took_us;
}

/* With what went before it, where that makes a difference. */
static gint64
replay_with_earlier(guint index, gsize piece_bytes)
{
    const RecordedDialogue *dialogue = g_ptr_array_index(recordings->dialogues, index);

    if (dialogue->later_s >= 0) {
        const gint64 took_us = replay_with_earlier(index - 1, piece_bytes);
        const gint64 later_us = (gint64)(dialogue->later_s * MAILSIM_SECOND);

        mailsim_lab_follow(lab->lab, mailsim_lab_get_now(lab->lab) + took_us + later_us);
    }
    return replay_dialogue(dialogue, piece_bytes);
}

static void add_refused_services(DestLab *to);

static void
replay_recorded(guint index, gsize piece_bytes)
{
    lab = dest_lab_new(dest);
    add_refused_services(lab);
    replay_with_earlier(index, piece_bytes);
    g_clear_pointer(&lab, dest_lab_free);
}

/* Where smtpd looks at how commands arrive, packets must be what they were. */
static gboolean
depends_on_packets(const RecordedDialogue *dialogue)
{
    const MailsimServiceDefinition *service =
        dest_lab_find_service(pattern, dialogue->service, dialogue->port);

    for (guint i = 0; service != NULL && i < service->settings->len; i++) {
        const MailsimSetting *setting = g_ptr_array_index(service->settings, i);

        if (strstr(setting->name, "unauth_pipelining") != NULL ||
            strstr(setting->value, "unauth_pipelining") != NULL)
            return TRUE;
    }
    return FALSE;
}

START_TEST(the_grammar_knows_every_line)
{
    for (guint i = 0; i < recordings->mistakes->len; i++)
        g_printerr("# %s\n", (const char *)g_ptr_array_index(recordings->mistakes, i));
    ck_assert_uint_eq(recordings->mistakes->len, 0);
    ck_assert_uint_gt(recordings->dialogues->len, 0);
}
END_TEST

/* Would “mailsim check” find a mistake in a scenario with this service. */
static gboolean
language_refuses(const RecordedService *recorded)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimScenario) scenario = NULL;
    g_autoptr(GBytes) bytes = NULL;
    GString *text = g_string_new("[scenario]\ntitle = x\n[host h]\n");

    g_string_append_printf(text, "[service h %s]\nport = 2525\n", recorded->name);
    for (guint i = 0; i < recorded->settings->len; i++)
        g_string_append_printf(text, "%s\n",
                               (const char *)g_ptr_array_index(recorded->settings, i));
    bytes = g_string_free_to_bytes(text);
    scenario = mailsim_scenario_load_text("x.scenario", bytes, diagnostics);
    return mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) > 0;
}

/* A service that a scenario cannot have is there all the same, for the dialogues with it. */
static void
find_refused_services(void)
{
    refused = g_ptr_array_new();
    for (guint i = 0; i < recordings->services->len; i++) {
        RecordedService *recorded = g_ptr_array_index(recordings->services, i);

        if (dest_lab_find_service(pattern, recorded->name, 0) == NULL &&
            language_refuses(recorded))
            g_ptr_array_add(refused, recorded);
    }
    add_refused_services(pattern);
}

static void
add_refused_services(DestLab *to)
{
    for (guint i = 0; i < refused->len; i++) {
        const RecordedService *recorded = g_ptr_array_index(refused, i);

        dest_lab_add_service(to, recorded->name, recorded->settings);
    }
}

START_TEST(the_scenario_sets_up_the_recorded_services)
{
    const RecordedService *recorded = g_ptr_array_index(recordings->services, _i);
    const MailsimServiceDefinition *service = dest_lab_find_service(pattern, recorded->name, 0);

    ck_assert_msg(service != NULL, "dest.scenario lacks the service %s", recorded->name);
    for (guint i = 0; i < recorded->settings->len; i++) {
        g_auto(GStrv) parts = g_strsplit(g_ptr_array_index(recorded->settings, i), "=", 2);
        const char *value = NULL;

        for (guint j = 0; j < service->settings->len; j++) {
            const MailsimSetting *setting = g_ptr_array_index(service->settings, j);

            if (g_str_equal(setting->name, parts[0]))
                value = setting->value;
        }
        ck_assert_msg(value != NULL && (parts[1][0] == '<' || g_str_equal(parts[1], value)),
                      "service %s: %s is “%s”, recorded “%s”", recorded->name, parts[0], value,
                      parts[1]);
    }
}
END_TEST

START_TEST(the_server_says_what_postfix_said)
{
    replay_recorded((guint)_i, 0);
}
END_TEST

START_TEST(the_server_says_it_whatever_the_pieces)
{
    const RecordedDialogue *dialogue = g_ptr_array_index(recordings->dialogues, _i);

    if (!depends_on_packets(dialogue))
        replay_recorded((guint)_i, 7);
}
END_TEST

START_TEST(the_server_says_it_byte_by_byte)
{
    const RecordedDialogue *dialogue = g_ptr_array_index(recordings->dialogues, _i);

    if (!depends_on_packets(dialogue))
        replay_recorded((guint)_i, 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("recorded");
    TCase *reading = tcase_create("recordings");
    TCase *replies = tcase_create("dialogues");
    int n_dialogues;
    int n_services;

    /* A process each costs the sanitizers minutes, and each dialogue has a lab of its own. */
    g_setenv("CK_FORK", "no", TRUE);
    recordings = recordings_read();
    dest = dest_scenario_read();
    pattern = dest_lab_new(dest);
    find_refused_services();
    n_dialogues = (int)recordings->dialogues->len;
    n_services = (int)recordings->services->len;
    tcase_add_test(reading, the_grammar_knows_every_line);
    tcase_add_loop_test(reading, the_scenario_sets_up_the_recorded_services, 0, n_services);
    suite_add_tcase(suite, reading);
    tcase_set_timeout(replies, 30);
    tcase_add_loop_test(replies, the_server_says_what_postfix_said, 0, n_dialogues);
    tcase_add_loop_test(replies, the_server_says_it_whatever_the_pieces, 0, n_dialogues);
    tcase_add_loop_test(replies, the_server_says_it_byte_by_byte, 0, n_dialogues);
    suite_add_tcase(suite, replies);

    const int status = run_suite(suite);

    g_ptr_array_unref(refused);
    recordings_free(recordings);
    dest_lab_free(pattern);
    dest_scenario_free(dest);
    return status;
}
