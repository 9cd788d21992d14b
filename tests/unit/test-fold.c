/* SPDX-License-Identifier: MIT
 *
 * How much is told of attempts that are alike. Each case is a row of letters, an attempt each,
 * and “|” where a step ends. */
#include <string.h>

#include <mailsim/transcript/notes.h>

#include "../../sim/transcript/fold.h"
#include "../support/recording-script.h"
#include "../support/run-suite.h"

/* r: connection refused; o: something else; x: refused, and the time is up; d: refused, and the
 * sender is warned. W, S, C: told whole, shortly, counted. */
/* clang-format off */
static const struct {
    const char *attempts;
    const char *expected;
    MailsimDetail detail;
} cases[] = {
    {"r", "W", MAILSIM_DETAIL_NORMAL},
    {"rr", "WS", MAILSIM_DETAIL_NORMAL},
    {"rrr", "WSS", MAILSIM_DETAIL_NORMAL}, /* to count one alone saves nothing */
    {"rrrr", "WSCC", MAILSIM_DETAIL_NORMAL},
    {"rrr", "WCC", MAILSIM_DETAIL_BRIEF},
    {"rr", "WS", MAILSIM_DETAIL_BRIEF},
    {"rrrr", "WSSS", MAILSIM_DETAIL_FULL},
    {"rrrrrx", "WSCCCS", MAILSIM_DETAIL_NORMAL},
    {"rrrrdrrrx", "WSCCSCCCS", MAILSIM_DETAIL_NORMAL},
    {"rrorr", "WSWWS", MAILSIM_DETAIL_NORMAL},
    {"r|rrrr|rr", "W|SCCC|CC", MAILSIM_DETAIL_NORMAL},
    {"rrr|rrr", "WSS|CCC", MAILSIM_DETAIL_NORMAL},
};
/* clang-format on */

static void
write_attempt(RecordingScript *script, char kind, guint number)
{
    const guint at_ms = number * 300000;
    const char *reason = kind == 'o' ? "timed out" : "Connection refused";
    g_autofree char *begin =
        number == 1 ? g_strdup_printf("%u @mail queued Q1|a@x|b@y|300", at_ms)
                    : g_strdup_printf("%u @mail queue Q1|retried|%u", at_ms, number);
    g_autofree char *refused = g_strdup_printf("%u refused", at_ms + 40);
    g_autofree char *warned =
        g_strdup_printf("%u @mail notification Q1|delay|Q2|a@x\n", at_ms + 40);
    g_autofree char *end = g_strdup_printf("%u @mail status Q1|b@y|deferred|4.4.1|none|%s\n"
                                           "%s%u @mail queue Q1|%s",
                                           at_ms + 40, reason, kind == 'd' ? warned : "",
                                           at_ms + 40, kind == 'x' ? "expired" : "deferred");
    MailsimHop *hop;

    recording_script_write(script, begin);
    hop = recording_script_begin_hop(script, "mail", "instituto", 25, at_ms);
    hop->connected = FALSE;
    recording_script_end_hop(hop, "deferred", "4.4.1", reason, NULL);
    recording_script_write(script, refused);
    recording_script_write(script, end);
}

static MailsimRecording *
record(const char *attempts)
{
    RecordingScript script = recording_script_begin("x", "x", "x");
    guint number = 0;

    recording_script_begin_step(&script, "s", "s", "s");
    for (const char *p = attempts; *p != '\0'; p++) {
        if (*p == '|')
            recording_script_begin_step(&script, "s", "s", "s");
        else
            write_attempt(&script, *p, ++number);
    }
    return script.recording;
}

/* One letter for each attempt, in the order of telling. */
static void
append_extents(GString *out, const GPtrArray *scenes)
{
    const Attempt *last = NULL;

    for (guint i = 0; i < scenes->len; i++) {
        const Scene *scene = g_ptr_array_index(scenes, i);

        if (scene->attempt != NULL && scene->attempt != last)
            g_string_append_c(out, "WSC"[scene->attempt->extent]);
        last = scene->attempt;
    }
}

static char *
fold(const MailsimRecording *recording, const GPtrArray *attached, MailsimDetail detail)
{
    g_autoptr(Fold) folding = fold_new(recording, attached, detail);
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < recording->steps->len; i++) {
        g_autoptr(GPtrArray) scenes = story_new_scenes(recording, i);

        fold_scenes(folding, scenes);
        g_string_append(out, i > 0 ? "|" : "");
        append_extents(out, scenes);
    }
    return g_string_free(out, FALSE);
}

static GPtrArray *
attach_nothing(const MailsimRecording *recording)
{
    GPtrArray *attached = g_ptr_array_new();

    g_ptr_array_set_size(attached, (int)recording->events->len);
    return attached;
}

START_TEST(what_is_alike_is_counted)
{
    g_autoptr(MailsimRecording) recording = record(cases[_i].attempts);
    g_autoptr(GPtrArray) attached = attach_nothing(recording);
    g_autofree char *seen = fold(recording, attached, cases[_i].detail);

    ck_assert_msg(strcmp(seen, cases[_i].expected) == 0, "%s: %s, not %s", cases[_i].attempts,
                  seen, cases[_i].expected);
}
END_TEST

static const MailsimEvent *
find_status(const MailsimRecording *recording, guint nth)
{
    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind == MAILSIM_EVENT_STATUS && nth-- == 0)
            return event;
    }
    return NULL;
}

/* A note that is first reached in the middle of equal attempts is shown where it belongs. */
START_TEST(a_note_is_not_lost)
{
    g_autoptr(MailsimRecording) recording = record("rrrrrrr");
    g_autoptr(GPtrArray) attached = attach_nothing(recording);
    MailsimNote note = {.id = (char *)"x"};
    MailsimNote repeated = {.id = (char *)"y", .repeat = (char *)"always"};
    g_autofree char *seen = NULL;
    g_autofree char *brief = NULL;

    attached->pdata[find_status(recording, 4)->sequence] = &note;
    attached->pdata[find_status(recording, 5)->sequence] = &repeated;
    seen = fold(recording, attached, MAILSIM_DETAIL_NORMAL);
    brief = fold(recording, attached, MAILSIM_DETAIL_BRIEF);
    ck_assert_str_eq(seen, "WSCCSCC");
    ck_assert_str_eq(brief, "WCCCCCC");
}
END_TEST

START_TEST(the_first_counts_the_others)
{
    g_autoptr(MailsimRecording) recording = record("rrrrrr");
    g_autoptr(GPtrArray) attached = attach_nothing(recording);
    g_autoptr(Fold) folding = fold_new(recording, attached, MAILSIM_DETAIL_NORMAL);
    g_autoptr(GPtrArray) scenes = story_new_scenes(recording, 0);
    guint n_leaders = 0;

    fold_scenes(folding, scenes);
    for (guint i = 0; i < scenes->len; i++) {
        const Scene *scene = g_ptr_array_index(scenes, i);

        if (scene->hop != NULL || scene->attempt->others->len == 0)
            continue;
        n_leaders++;
        ck_assert_uint_eq(scene->attempt->others->len, 3);
        ck_assert_uint_eq(scene->attempt->number, 3);
        ck_assert_int_eq(scene->attempt->waited_us, 5 * MAILSIM_MINUTE);
    }
    ck_assert_uint_eq(n_leaders, 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("fold");
    TCase *tcase = tcase_create("fold");

    tcase_add_loop_test(tcase, what_is_alike_is_counted, 0, G_N_ELEMENTS(cases));
    tcase_add_test(tcase, a_note_is_not_lost);
    tcase_add_test(tcase, the_first_counts_the_others);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
