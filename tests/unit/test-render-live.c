/* SPDX-License-Identifier: MIT
 *
 * The transcript of a recording that grows: it says what the finished one says, and nothing
 * that nobody could know yet. */
#include <string.h>

#include <mailsim/transcript/render.h>

#include "../../sim/transcript/columns.h"
#include "../support/recording-script.h"
#include "../support/sample-recording.h"
#include "../support/run-suite.h"

/* A finished recording, handed over bit by bit. */
typedef struct {
    MailsimRecording *finished; /* without the events that have been handed over */
    MailsimRecording *growing;
    MailsimLiveTranscript *transcript;
} Growth;

static gint
compare_times(gconstpointer a, gconstpointer b)
{
    const MailsimEvent *left = *(const MailsimEvent *const *)a;
    const MailsimEvent *right = *(const MailsimEvent *const *)b;

    if (left->time_us != right->time_us)
        return left->time_us < right->time_us ? -1 : 1;
    return left->sequence < right->sequence ? -1 : left->sequence > right->sequence;
}

/* Takes RECORDING. */
static Growth
begin_growth(MailsimRecording *recording,
             const MailsimRenderOptions *options,
             gboolean interleaved)
{
    Growth growth = {recording, mailsim_recording_new(), NULL};

    g_ptr_array_sort(recording->events, compare_times);
    g_ptr_array_extend_and_steal(growth.growing->hops, g_steal_pointer(&recording->hops));
    g_ptr_array_extend_and_steal(growth.growing->parties, g_steal_pointer(&recording->parties));
    growth.growing->n_hops = recording->n_hops;
    recording->hops = g_ptr_array_new();
    recording->parties = g_ptr_array_new();
    growth.growing->id = g_strdup(recording->id);
    mailsim_recording_add_step(growth.growing);
    growth.transcript = mailsim_live_transcript_new(growth.growing, options, interleaved);
    return growth;
}

static void
end_growth(Growth *growth)
{
    mailsim_live_transcript_free(growth->transcript);
    mailsim_recording_free(growth->finished);
    mailsim_recording_free(growth->growing);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Growth, end_growth)

/* What happened at one and the same time is told together, as it is by a program that waits. */
static gboolean
grow(Growth *growth, GString *out)
{
    GPtrArray *events = growth->finished->events;
    MailsimTime now_us;

    if (events->len == 0)
        return FALSE;
    now_us = ((const MailsimEvent *)g_ptr_array_index(events, 0))->time_us;
    while (events->len > 0 &&
           ((const MailsimEvent *)g_ptr_array_index(events, 0))->time_us == now_us)
        mailsim_recording_take_event(growth->growing, g_ptr_array_steal_index(events, 0));
    mailsim_live_transcript_tell(growth->transcript, out);
    return TRUE;
}

/* Until what is told has TEXT in it. */
static void
grow_until(Growth *growth, GString *out, const char *text)
{
    while (strstr(out->str, text) == NULL)
        ck_assert_msg(grow(growth, out), "never told: %s", text);
}

static char *
tell(MailsimRecording *recording, const MailsimRenderOptions *options, gboolean interleaved)
{
    g_auto(Growth) growth = begin_growth(recording, options, interleaved);
    g_autoptr(GString) out = g_string_new(NULL);

    mailsim_live_transcript_begin(growth.transcript, out);
    while (grow(&growth, out))
        continue;
    mailsim_live_transcript_end(growth.transcript, out);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* ---- the same as afterwards -------------------------------------------------------------- */

static gint
compare_lines(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What was said, found out and decided in TEXT, a line each, sorted, without its times. */
static char *
extract_facts(const char *text)
{
    static const char *const signs[] = {" -> ", " <- ", " ~> ", " <~ ", " ==> ", " <== ", "┃"};
    g_autoptr(GPtrArray) facts = g_ptr_array_new();
    g_auto(GStrv) lines = g_strsplit(strstr(text, "━━"), "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
            const char *sign = strstr(*line, signs[i]);
            if (sign == NULL || sign - *line > 14)
                continue;
            g_ptr_array_add(facts, (gpointer)sign);
            break;
        }
    }
    g_ptr_array_sort(facts, compare_lines);
    g_ptr_array_add(facts, NULL);
    return g_strjoinv("\n", (char **)facts->pdata);
}

START_TEST(what_is_told_live_is_what_is_told_afterwards)
{
    const MailsimRenderOptions full = {.detail = MAILSIM_DETAIL_FULL};
    const guint index = (guint)_i / 2;
    g_autoptr(MailsimRecording) recording = sample_recording_new(index);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *live = tell(sample_recording_new(index), &full, _i % 2 == 1);
    g_autofree char *told = extract_facts(live);
    g_autofree char *expected = NULL;

    mailsim_render_text(recording, &full, out);
    expected = extract_facts(out->str);
    ck_assert_uint_gt(strlen(expected), 500);
    ck_assert_str_eq(told, expected);
}
END_TEST

/* clang-format off */
static const MailsimRenderOptions forms[] = {
    {.detail = MAILSIM_DETAIL_NORMAL},
    {.detail = MAILSIM_DETAIL_BRIEF},
    {.detail = MAILSIM_DETAIL_FULL, .language = MAILSIM_LANGUAGE_ES},
    {.detail = MAILSIM_DETAIL_FULL, .language = MAILSIM_LANGUAGE_ES, .ascii = TRUE},
};
/* clang-format on */

START_TEST(columns_and_alphabet_are_kept)
{
    for (guint n = 0; n < 2 * SAMPLE_RECORDINGS; n++) {
        const guint i = n / 2;
        const guint interleaved = n % 2;
        g_autofree char *text = tell(sample_recording_new(i), &forms[_i], interleaved == 1);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

        ck_assert_int_eq(g_str_is_ascii(text), forms[_i].ascii);
        ck_assert(g_str_has_suffix(text, "\n"));
        for (char **line = lines; *line != NULL; line++) {
            ck_assert_msg(columns_width(*line) <= 80, "%s", *line);
            ck_assert_msg(!g_str_has_suffix(*line, " "), "“%s”", *line);
        }
    }
}
END_TEST

/* ---- nothing is guessed ------------------------------------------------------------------ */

static const char tls_first[] = "0 connected\n20 => ClientHello\n";

static const char offer_left[] = "0 connected\n"
                                 "10 <- 220 mail.iesgn.example\n"
                                 "20 -> EHLO laptop\n"
                                 "30 <- 250-mail.iesgn.example\n"
                                 "30 <- 250 STARTTLS\n"
                                 "40 -> QUIT\n";

static const struct {
    const char *description;
    guint port;
    const char *script;
    const char *until; /* so far nobody can know */
    const char *note;  /* what is said when it is known */
    const char *settled_by;
} waits[] = {
    {
     .description = "whether TLS comes first",
     .port = 465,
     .script = tls_first,
     .until = "(TCP connection to port 465)",
     .note = "Port 465",
     .settled_by = "ClientHello",
     },
    {
     .description = "whether an offer is taken",
     .port = 587,
     .script = offer_left,
     .until = "250 STARTTLS",
     .note = "No AUTH on the list",
     .settled_by = "->  QUIT",
     },
};

START_TEST(a_note_waits_until_its_matter_is_settled)
{
    const MailsimRenderOptions normal = {.detail = MAILSIM_DETAIL_NORMAL};
    RecordingScript script = recording_script_begin("waits", "Waits", "Espera");
    g_auto(Growth) growth = {0};
    g_autoptr(GString) out = g_string_new(NULL);
    const char *settled;
    gsize length;

    recording_script_begin_step(&script, "step", "A step", "Un paso");
    recording_script_begin_hop(&script, "laptop", "mail", waits[_i].port, 0);
    recording_script_write(&script, waits[_i].script);
    growth = begin_growth(script.recording, &normal, TRUE);
    grow_until(&growth, out, waits[_i].until);
    ck_assert_msg(strstr(strstr(out->str, waits[_i].until), "│") == NULL, "%s: %s",
                  waits[_i].description, out->str);

    length = out->len;
    grow_until(&growth, out, waits[_i].settled_by);
    settled = strstr(out->str + length, waits[_i].settled_by);
    g_string_truncate(out, (gsize)(settled - out->str));
    ck_assert_msg(strstr(out->str + length, "│") != NULL &&
                      strstr(out->str + length, waits[_i].note) != NULL,
                  "%s: %s", waits[_i].description, out->str);
}
END_TEST

START_TEST(whether_the_server_was_proved_is_the_clients_secret)
{
    const MailsimRenderOptions normal = {.detail = MAILSIM_DETAIL_NORMAL};
    RecordingScript script = recording_script_begin("secret", "Secret", "Secreto");
    MailsimHop *hop;
    g_autofree char *text = NULL;

    recording_script_begin_step(&script, "step", "A step", "Un paso");
    hop = recording_script_begin_hop(&script, "laptop", "mail", 465, 0);
    recording_script_encrypt(hop, "Verified");
    g_clear_pointer(&hop->trust, g_free); /* as of a visitor */
    recording_script_write(&script, "0 connected\n20 => ClientHello\n40 secured\n");
    text = tell(script.recording, &normal, TRUE);
    ck_assert_ptr_nonnull(strstr(text, "only the client knows"));
    ck_assert_ptr_null(strstr(text, "check = no"));
}
END_TEST

/* ---- by blocks --------------------------------------------------------------------------- */

static RecordingScript
begin_blocks(void)
{
    RecordingScript script = recording_script_begin("blocks", "Blocks", "Bloques");

    recording_script_begin_step(&script, "step", "A step", "Un paso")->message = 1;
    return script;
}

static void
write_hop(RecordingScript *script, const char *from, const char *to, const char *text)
{
    recording_script_begin_hop(script, from, to, 25, 0)->message = 1;
    recording_script_write(script, text);
}

/* Each of WORDS once, in that order. */
static void
assert_order(const char *text, const char *const *words)
{
    const char *at = text;

    for (; *words != NULL; words++) {
        const char *first = strstr(text, *words);

        ck_assert_msg(first != NULL && first >= at, "“%s” is not there:\n%s", *words, text);
        ck_assert_msg(strstr(first + 1, *words) == NULL, "“%s” twice:\n%s", *words, text);
        at = first;
    }
}

/* clang-format off */
static const struct {
    const char *description;
    const char *first;
    const char *second; /* from mail to instituto */
    const char *order[8];
} blocks[] = {
    {"two at once, in the order of their ends",
     "10 connected\n20 <- 220 one\n90 closed mail\n",
     "15 connected\n25 <- 220 two\n60 closed mail\n",
     {"Connection 2", "220 two", "Connection 1", "220 one", "Connections: 2.", NULL}},
    {"what a connection has led to comes after it",
     "10 connected\n20 <- 220 one\n"
     "22 queued 4C1A7B0001|ana@iesgn.example|bob@instituto.example|9\n90 closed mail\n",
     "25 connected\n26 <- 220 two\n60 closed mail\n",
     {"Connection 1", "220 one", "Connection 2", "220 two", "Connections: 2.", NULL}},
    {"one is refused",
     "10 connected\n20 <- 220 one\n90 closed mail\n", "15 refused\n",
     {"Connection 2", "Connection 1", "220 one", "Connections: 2.", NULL}},
    {"one is never answered",
     "10 connected\n20 <- 220 one\n90 closed mail\n", "15 timeout connection|30000000|\n",
     {"Connection 2", "Connection 1", "220 one", "Connections: 2.", NULL}},
    {"what is not over is told at the end",
     "10 connected\n20 <- 220 one\n",
     "25 connected\n26 <- 220 two\n60 closed mail\n",
     {"Connection 2", "220 two", "Connection 1", "220 one", "Connections: 2.", NULL}},
};
/* clang-format on */

START_TEST(each_connection_is_a_block)
{
    const MailsimRenderOptions normal = {.detail = MAILSIM_DETAIL_NORMAL};
    RecordingScript script = begin_blocks();
    g_autofree char *text = NULL;

    write_hop(&script, "laptop", "mail", blocks[_i].first);
    write_hop(&script, "mail", "instituto", blocks[_i].second);
    text = tell(script.recording, &normal, FALSE);
    assert_order(text, blocks[_i].order);
}
END_TEST

START_TEST(a_connection_is_told_when_it_is_over)
{
    const MailsimRenderOptions normal = {.detail = MAILSIM_DETAIL_NORMAL};
    RecordingScript script = begin_blocks();
    g_autoptr(GString) out = g_string_new(NULL);
    g_auto(Growth) growth = {0};

    write_hop(&script, "laptop", "mail", "10 connected\n20 <- 220 one\n90 closed mail\n");
    growth = begin_growth(script.recording, &normal, FALSE);
    while (growth.finished->events->len > 1)
        ck_assert(grow(&growth, out));
    ck_assert_str_eq(out->str, "");
    ck_assert(grow(&growth, out));
    ck_assert_ptr_nonnull(strstr(out->str, "220 one"));
}
END_TEST

/* ---- what has been told is forgotten ----------------------------------------------------- */

#define N_CONVERSATIONS 2000
#define HELD_EVENTS_MAX 1500
#define HELD_HOPS_MAX   250

static const struct {
    gboolean interleaved;
    gboolean quiet;
} ways[] = {
    {FALSE, FALSE},
    {TRUE,  FALSE},
    {FALSE, TRUE },
    {TRUE,  TRUE },
};

START_TEST(what_has_been_told_is_forgotten)
{
    const MailsimRenderOptions options = {.detail = MAILSIM_DETAIL_NORMAL,
                                          .quiet = ways[_i].quiet};
    RecordingScript script = begin_blocks();
    MailsimRecording *recording = script.recording;
    g_autoptr(MailsimLiveTranscript) transcript =
        mailsim_live_transcript_new(recording, &options, ways[_i].interleaved);
    g_autoptr(GString) out = g_string_new(NULL);
    guint n_told = 0;

    for (guint i = 0; i < N_CONVERSATIONS; i++) {
        script.base += MAILSIM_SECOND;
        recording_script_begin_hop(&script, "laptop", "mail", 25, 0);
        recording_script_write(&script, "10 connected\n20 <- 220 one\n30 -> EHLO x\n"
                                        "40 <- 250 one\n50 closed mail\n");
        g_string_truncate(out, 0);
        mailsim_live_transcript_tell(transcript, out);
        n_told += strstr(out->str, "220 one") != NULL;
        ck_assert_uint_lt(recording->events->len, HELD_EVENTS_MAX);
        ck_assert_uint_lt(recording->hops->len, HELD_HOPS_MAX);
    }
    ck_assert_uint_eq(n_told, ways[_i].quiet ? 0 : N_CONVERSATIONS);
    g_clear_pointer(&transcript, mailsim_live_transcript_free);
    mailsim_recording_free(recording);
}
END_TEST

/* Each event weighs 2 KiB and its text; 64 MiB may wait. */
#define MORE_THAN_MAY_WAIT (33 * 1024)

START_TEST(what_is_too_much_to_hold_is_told_before_its_end)
{
    const MailsimRenderOptions normal = {.detail = MAILSIM_DETAIL_NORMAL};
    RecordingScript script = begin_blocks();
    g_autoptr(MailsimLiveTranscript) transcript =
        mailsim_live_transcript_new(script.recording, &normal, FALSE);
    g_autoptr(GString) out = g_string_new(NULL);

    write_hop(&script, "laptop", "mail", "10 connected\n20 <- 220 one\n");
    mailsim_live_transcript_tell(transcript, out);
    ck_assert_str_eq(out->str, "");
    for (guint i = 0; i < MORE_THAN_MAY_WAIT; i++)
        recording_script_write(&script, "30 -> x\n");
    mailsim_live_transcript_tell(transcript, out);
    ck_assert_ptr_nonnull(strstr(out->str, "220 one"));

    write_hop(&script, "stranger", "mail", "40 connected\n45 <- 220 two\n50 closed mail\n");
    script.hop = mailsim_recording_find_hop(script.recording, 0);
    recording_script_write(&script, "60 <- 500 five\n70 closed mail\n");
    g_string_truncate(out, 0);
    mailsim_live_transcript_tell(transcript, out);
    assert_order(out->str, (const char *const[]){"Connection 2", "220 two",
                                                 "Connection 1 goes on", "500 five", NULL});
    g_clear_pointer(&transcript, mailsim_live_transcript_free);
    mailsim_recording_free(script.recording);
}
END_TEST

/* A line of the log that the transcript does not show. */
START_TEST(what_shows_nothing_gets_no_heading)
{
    const MailsimRenderOptions normal = {.detail = MAILSIM_DETAIL_NORMAL};
    RecordingScript script = begin_blocks();
    g_autofree char *text = NULL;

    recording_script_write(&script,
                           "10 @instituto log postfix/qmgr|1204|4C1A7B0009: removed\n");
    write_hop(&script, "laptop", "mail", "20 connected\n30 <- 220 one\n90 closed mail\n");
    text = tell(script.recording, &normal, FALSE);
    assert_order(text, (const char *const[]){"━━ Connection 1", "220 one", NULL});
    ck_assert_ptr_null(strstr(text, "━━ mx.instituto"));
    ck_assert_ptr_null(strstr(text, "━━ instituto"));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("render-live");
    TCase *tcase = tcase_create("render-live");

    tcase_add_loop_test(tcase, what_is_told_live_is_what_is_told_afterwards, 0,
                        2 * SAMPLE_RECORDINGS);
    tcase_add_loop_test(tcase, columns_and_alphabet_are_kept, 0, G_N_ELEMENTS(forms));
    tcase_add_loop_test(tcase, a_note_waits_until_its_matter_is_settled, 0,
                        G_N_ELEMENTS(waits));
    tcase_add_test(tcase, whether_the_server_was_proved_is_the_clients_secret);
    tcase_add_loop_test(tcase, each_connection_is_a_block, 0, G_N_ELEMENTS(blocks));
    tcase_add_test(tcase, a_connection_is_told_when_it_is_over);
    tcase_add_loop_test(tcase, what_has_been_told_is_forgotten, 0, G_N_ELEMENTS(ways));
    tcase_add_test(tcase, what_is_too_much_to_hold_is_told_before_its_end);
    tcase_add_test(tcase, what_shows_nothing_gets_no_heading);
    suite_add_tcase(suite, tcase);

    return run_suite(suite);
}
