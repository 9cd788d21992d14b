/* SPDX-License-Identifier: MIT
 *
 * A dialogue is played step by step; the first thing that differs ends it. */
#include "dovecot-replay.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <mailsim/base/time.h>

#include "dovecot-text.h"
#include "recorded-text.h"

/* “(nothing more from the server)” was written after so long. */
#define SILENCE_US (500 * MAILSIM_MILLISECOND)

/* For no answer does a client wait longer. */
#define PATIENCE_US (30 * MAILSIM_SECOND)

/* ---- one replay -------------------------------------------------------------------------- */

typedef struct {
    const DovecotDialogue *dialogue;
    DovecotWorld *world;
    gsize piece_bytes; /* how much arrives at a time; 0: packets as they were */
    GString *told;     /* the conversation so far, for whoever must find what is wrong */
    char *difference;  /* the first; NULL: none */
    gint64 since_us;   /* when something was last said or heard */
    gint64 waited_us;  /* when the last wait began */
    gboolean timed;    /* the dialogue tells when the server took its time */
    double after_s;    /* how long it takes for what it does next */
    double drip_s;     /* between the octets of the next packet */
} Replay;

static void G_GNUC_PRINTF(3, 4)
    differ(Replay *replay, const DovecotStep *step, const char *format, ...)
{
    va_list arguments;
    g_autofree char *text = NULL;

    if (replay->difference != NULL)
        return;
    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    replay->difference = g_strdup_printf("line %u: %s", step != NULL ? step->line : 0, text);
}

static void
tell(Replay *replay, char side, guint client, const GString *text)
{
    g_autofree char *shown = g_strescape(text->str, "\"\\");

    g_string_append_printf(replay->told, "%c%u: %s\n", side, client, shown);
}

static guint
get_port(const DovecotDialogue *dialogue, guint client)
{
    guint port = g_array_index(dialogue->clients, DovecotClient, client - 1).port;

    return port > 0 ? port : dialogue->port;
}

/* A client that is not connected connects when it is first heard of. */
static DovecotConnection *
get_connection(Replay *replay, guint client)
{
    DovecotConnection *connection = dovecot_world_get(replay->world, client);

    if (connection != NULL)
        return connection;
    return dovecot_world_connect(replay->world, client, get_port(replay->dialogue, client));
}

/* ---- what clients do --------------------------------------------------------------------- */

/* What comes where a handshake is due is none. */
static void
fail_handshake(DovecotConnection *connection)
{
    g_free(connection->tls_problem);
    connection->tls_problem =
        g_strdup("SSL_accept() failed: error:0A00010B:SSL routines::wrong version number");
    session_end_lose(&connection->end, MAILSIM_LOSS_TLS);
}

static void
hear_packet(Replay *replay, DovecotConnection *connection, const char *octets, gsize length)
{
    SessionEnd *end = &connection->end;

    if (end->over)
        return;
    if (end->want == MAILSIM_WANT_TLS) {
        fail_handshake(connection);
        return;
    }
    session_end_hear(end, octets, length);
    if (end->want == MAILSIM_WANT_TLS && mailsim_feed_count(&end->feed) > 0)
        fail_handshake(connection);
    dovecot_world_notify(replay->world);
}

static void
say(Replay *replay, guint client, const GString *text)
{
    DovecotConnection *connection = get_connection(replay, client);
    gsize piece = replay->piece_bytes > 0 ? replay->piece_bytes : MAX(text->len, 1);

    tell(replay, 'C', client, text);
    if (replay->drip_s > 0)
        piece = 1;
    for (gsize i = 0; i < text->len; i += piece) {
        if (replay->drip_s > 0 && i > 0)
            dovecot_world_pass(replay->world, (gint64)(replay->drip_s * MAILSIM_SECOND));
        hear_packet(replay, connection, text->str + i, MIN(piece, text->len - i));
    }
    if (connection->end.over && connection->closed_us == 0)
        connection->closed_us = replay->world->now_us;
    replay->drip_s = 0;
    replay->since_us = replay->world->now_us;
}

static void
shake_hands(Replay *replay, const DovecotStep *step)
{
    const MailsimTlsInfo tls = {
        .description = "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)",
        .key_exchange = "key-exchange X25519 server-signature RSA-PSS (2048 bits) "
                        "server-digest SHA256",
        .acceptable = TRUE,
    };
    SessionEnd *end = &get_connection(replay, step->client)->end;

    if (end->said->len > 0 || end->over || end->want != MAILSIM_WANT_TLS) {
        differ(replay, step, "no handshake; said: %s", end->said->str);
        return;
    }
    g_string_append(replay->told, "-- TLS\n");
    session_end_secure(end, &tls);
}

/* The client's first record, where none is due, are lines. */
static void
begin_handshake(Replay *replay, const DovecotStep *step)
{
    DovecotConnection *connection = get_connection(replay, step->client);
    g_autoptr(GString) hello = g_string_new(NULL);

    g_string_append(replay->told, "-- TLS fails\n");
    if (connection->end.over)
        return;
    if (connection->end.want == MAILSIM_WANT_TLS) {
        fail_handshake(connection);
        return;
    }
    recorded_text_append_said(hello, "<ClientHello, binary>");
    hear_packet(replay, connection, hello->str, hello->len);
    g_string_truncate(connection->end.said, 0);
}

static void
close_connection(Replay *replay, guint client)
{
    DovecotConnection *connection = get_connection(replay, client);

    if (!connection->end.over)
        session_end_lose(&connection->end, MAILSIM_LOSS_CLOSED);
    g_string_truncate(connection->end.said, 0);
    dovecot_world_notify(replay->world);
}

/* ---- what the server does ---------------------------------------------------------------- */

/* The next line of the server's, for which time may have to pass; a bare line feed at its end
 * stays. NULL: there will be none. */
static GString *
take_line(Replay *replay, guint client)
{
    GString *said = get_connection(replay, client)->end.said;
    const char *end;
    GString *line;
    gsize length;

    while ((end = memchr(said->str, '\n', said->len)) == NULL) {
        if (!dovecot_world_wait(replay->world, PATIENCE_US))
            return NULL;
    }
    length = (gsize)(end - said->str);
    if (length > 0 && end[-1] == '\r')
        line = g_string_new_len(said->str, (gssize)length - 1);
    else
        line = g_string_new_len(said->str, (gssize)length + 1);
    g_string_erase(said, 0, (gssize)length + 1);
    tell(replay, 'S', client, line);
    return line;
}

/* Where some delays were recorded, what was not was none; PAM's varies. */
static void
expect_delay(Replay *replay, const DovecotStep *step, gint64 delay_us)
{
    gint64 recorded_us = (gint64)(replay->after_s * MAILSIM_SECOND);
    gint64 tolerance_us =
        dovecot_dialogue_get_setting(replay->dialogue, "passdb { driver = pam }") != NULL
            ? MAILSIM_SECOND
            : MAILSIM_SECOND / 2;

    if (replay->timed && ABS(delay_us - recorded_us) > tolerance_us)
        differ(replay, step, "after %" G_GINT64_FORMAT " µs, recorded %g s", delay_us,
               replay->after_s);
    replay->after_s = 0;
}

static gboolean
is_listed(const DovecotStep *step)
{
    return step->kind == DOVECOT_HEAR && (g_str_has_prefix(step->text->str, "* LIST ") ||
                                          g_str_has_prefix(step->text->str, "* LSUB "));
}

/* Directories have no order: the lines from FIRST on are the recorded ones in any. */
static guint
count_listed(const DovecotDialogue *dialogue, guint first)
{
    const DovecotStep *step = g_ptr_array_index(dialogue->steps, first);
    guint n_listed = 0;

    while (first + n_listed < dialogue->steps->len) {
        const DovecotStep *next = g_ptr_array_index(dialogue->steps, first + n_listed);

        if (!is_listed(next) || next->client != step->client)
            break;
        n_listed++;
    }
    return n_listed;
}

/* Is LINE one of the N recorded from FIRST on that were not TAKEN? */
static gboolean
take_match(const Replay *replay, guint first, guint n, const GString *line, gboolean *taken)
{
    for (guint i = 0; i < n; i++) {
        const DovecotStep *step = g_ptr_array_index(replay->dialogue->steps, first + i);

        if (!taken[i] && dovecot_text_matches(step->text, line)) {
            taken[i] = TRUE;
            return TRUE;
        }
    }
    return FALSE;
}

/* The step FIRST, or all of a list; how many steps. */
static guint
hear(Replay *replay, guint first)
{
    const DovecotStep *step = g_ptr_array_index(replay->dialogue->steps, first);
    guint n_lines = MAX(count_listed(replay->dialogue, first), 1);
    g_autofree gboolean *taken = g_new0(gboolean, n_lines);

    for (guint i = 0; i < n_lines && replay->difference == NULL; i++) {
        GString *line = take_line(replay, step->client);

        if (line == NULL) {
            differ(replay, step, "nothing is said, recorded: S: %s", step->text->str);
            break;
        }
        if (!take_match(replay, first, n_lines, line, taken)) {
            g_autofree char *shown = g_strescape(step->text->str, "\"\\");

            differ(replay, step, "recorded: S%u: %s\n#     seen: S%u: %s", step->client, shown,
                   step->client, line->str);
        }
        g_string_free(line, TRUE);
    }
    expect_delay(replay, step, replay->world->now_us - replay->since_us);
    replay->since_us = replay->world->now_us;
    return n_lines;
}

static void
expect_silence(Replay *replay, const DovecotStep *step)
{
    for (guint i = 0; i < replay->world->connections->len; i++) {
        const DovecotConnection *connection = dovecot_world_get(replay->world, i + 1);

        if (connection != NULL && connection->end.said->len > 0)
            differ(replay, step, "too much: S%u: %s", i + 1, connection->end.said->str);
    }
}

static void
expect_close(Replay *replay, const DovecotStep *step)
{
    SessionEnd *end = &get_connection(replay, step->client)->end;

    while (!end->over && end->said->len == 0 && dovecot_world_wait(replay->world, PATIENCE_US))
        continue;
    if (end->said->len > 0)
        differ(replay, step, "too much: %s", end->said->str);
    if (!end->over)
        differ(replay, step, "the server does not close the connection");
}

static void
wait(Replay *replay, const DovecotStep *step)
{
    replay->waited_us = replay->world->now_us;
    dovecot_world_pass(replay->world, (gint64)(step->seconds * MAILSIM_SECOND));
    replay->since_us = replay->world->now_us;
}

/* Behind the end it tells how long that took; else how long the next line does. */
static void
take_delay(Replay *replay, guint index)
{
    const DovecotStep *step = g_ptr_array_index(replay->dialogue->steps, index);
    const DovecotStep *before =
        index > 0 ? g_ptr_array_index(replay->dialogue->steps, index - 1) : NULL;

    replay->after_s = step->seconds;
    if (before != NULL && before->kind == DOVECOT_SERVER_CLOSED) {
        const DovecotConnection *connection = get_connection(replay, before->client);

        expect_delay(replay, step, connection->closed_us - replay->waited_us);
    }
}

/* ---- steps ------------------------------------------------------------------------------- */

/* The step INDEX; how many were taken. */
static guint
take_step(Replay *replay, guint index)
{
    const DovecotStep *step = g_ptr_array_index(replay->dialogue->steps, index);

    switch (step->kind) {
    case DOVECOT_SAY:
        say(replay, step->client, step->text);
        break;
    case DOVECOT_HEAR:
        return hear(replay, index);
    case DOVECOT_TLS:
        shake_hands(replay, step);
        break;
    case DOVECOT_TLS_FAILS:
        begin_handshake(replay, step);
        break;
    case DOVECOT_SILENCE:
        dovecot_world_pass(replay->world, SILENCE_US);
        expect_silence(replay, step);
        break;
    case DOVECOT_WAIT:
        wait(replay, step);
        break;
    case DOVECOT_AFTER:
        take_delay(replay, index);
        break;
    case DOVECOT_CLIENT_CLOSES:
        close_connection(replay, step->client);
        break;
    case DOVECOT_SERVER_CLOSED:
        expect_close(replay, step);
        break;
    case DOVECOT_CLIENT_COMES:
        get_connection(replay, step->client);
        break;
    case DOVECOT_MESSAGE_COMES:
        dovecot_world_deliver(replay->world, step->text->str);
        break;
    case DOVECOT_DRIP:
        replay->drip_s = step->seconds;
        break;
    }
    return 1;
}

/* What a client has done before the dialogue begins, and heard, is not told. */
static void
prepare_client(Replay *replay, guint number)
{
    static const char *const imap[] = {"x1 LOGIN alice alicepw\r\n", "x2 SELECT INBOX\r\n",
                                       "x2 EXAMINE INBOX\r\n"};
    static const char *const pop3[] = {"USER alice\r\n", "PASS alicepw\r\n"};
    const DovecotState state =
        g_array_index(replay->dialogue->clients, DovecotClient, number - 1).state;
    SessionEnd *end;

    if (state == DOVECOT_NOT_CONNECTED)
        return;
    end = &get_connection(replay, number)->end;
    if (state == DOVECOT_CONNECTED)
        return;
    if (get_port(replay->dialogue, number) == 110) {
        for (guint i = 0; i < G_N_ELEMENTS(pop3); i++)
            session_end_hear(end, pop3[i], strlen(pop3[i]));
    } else {
        session_end_hear(end, imap[0], strlen(imap[0]));
        if (state > DOVECOT_LOGGED_IN)
            session_end_hear(end, imap[state - DOVECOT_LOGGED_IN],
                             strlen(imap[state - DOVECOT_LOGGED_IN]));
    }
    g_string_truncate(end->said, 0);
}

/* Who is still there goes: with a word, or without, where the recording was handed over. */
static void
part(Replay *replay)
{
    for (guint i = 1; i <= replay->world->connections->len; i++) {
        DovecotConnection *connection = dovecot_world_get(replay->world, i);
        const char *farewell =
            get_port(replay->dialogue, i) % 100 == 10 || get_port(replay->dialogue, i) == 995
                ? "QUIT\r\n"
                : "z LOGOUT\r\n";

        if (connection == NULL || connection->end.over)
            continue;
        if (!replay->dialogue->handed_over) {
            replay->world->log_counts = FALSE;
            session_end_hear(&connection->end, farewell, strlen(farewell));
            dovecot_world_pass(replay->world, SILENCE_US);
        }
        close_connection(replay, i);
    }
}

/* ---- the log ----------------------------------------------------------------------------- */

/* The lines of auth, and of PAM, are not the sessions' own. */
static gboolean
is_of_session(const char *line)
{
    return !g_str_has_prefix(line, "auth: ") && strstr(line, "] dovecot: auth") == NULL &&
           !g_str_has_prefix(line, "[authpriv.");
}

static void
expect_log(Replay *replay)
{
    const DovecotDialogue *dialogue = replay->dialogue;
    GArray *seen = replay->world->log;
    guint n_taken = 0;

    for (guint i = 0; i < dialogue->log->len && replay->difference == NULL; i++) {
        const char *recorded = g_ptr_array_index(dialogue->log, i);
        const DovecotLogLine *line = NULL;

        if (!is_of_session(recorded))
            continue;
        while (n_taken < seen->len) {
            line = &g_array_index(seen, DovecotLogLine, n_taken++);
            if (line->expected || dovecot_log_matches(recorded, line->text))
                break;
            line = NULL;
        }
        if (line == NULL || !dovecot_log_matches(recorded, line->text))
            differ(replay, NULL, "recorded: log: %s\n#     seen: log: %s", recorded,
                   line != NULL ? line->text : "nothing");
    }
    for (; n_taken < seen->len; n_taken++) {
        const DovecotLogLine *line = &g_array_index(seen, DovecotLogLine, n_taken);

        if (line->expected)
            differ(replay, NULL, "more than recorded: log: %s", line->text);
    }
}

static gboolean
is_timed(const DovecotDialogue *dialogue)
{
    for (guint i = 0; i < dialogue->steps->len; i++) {
        const DovecotStep *step = g_ptr_array_index(dialogue->steps, i);

        if (step->kind == DOVECOT_AFTER)
            return TRUE;
    }
    return FALSE;
}

static gboolean
ends_in_silence(const DovecotDialogue *dialogue)
{
    const DovecotStep *last = g_ptr_array_index(dialogue->steps, dialogue->steps->len - 1);

    return last->kind == DOVECOT_SILENCE;
}

static void
show(const Replay *replay)
{
    g_auto(GStrv) lines = g_strsplit(replay->told->str, "\n", -1);
    const GArray *log = replay->world->log;

    for (char **line = lines; *line != NULL; line++)
        printf("#   %s\n", *line);
    for (guint i = 0; i < log->len; i++)
        printf("#   log: %s\n", g_array_index(log, DovecotLogLine, i).text);
}

char *
dovecot_replay(DovecotWorld *world, const DovecotReplayOptions *options)
{
    g_autoptr(GString) told = g_string_new(NULL);
    Replay replay = {
        .dialogue = world->dialogue,
        .world = world,
        .piece_bytes = options->piece_bytes,
        .timed = is_timed(world->dialogue),
        .told = told,
    };

    world->log_counts = FALSE;
    for (guint i = 1; i <= world->dialogue->clients->len; i++)
        prepare_client(&replay, i);
    g_array_set_size(world->log, 0);
    world->log_counts = TRUE;
    replay.since_us = world->now_us;
    for (guint i = 0; i < world->dialogue->steps->len && replay.difference == NULL;)
        i += take_step(&replay, i);
    if (!ends_in_silence(world->dialogue))
        dovecot_world_pass(world, SILENCE_US);
    expect_silence(&replay, NULL);
    part(&replay);
    if (options->with_log)
        expect_log(&replay);
    if (options->shown)
        show(&replay);
    return replay.difference;
}
