/* SPDX-License-Identifier: MIT
 *
 * Steps in which time passes: until when, whose message is watched, and what a teacher may
 * expect of it by then. */
#include <string.h>

#include <mailsim/scenario/runner.h>

#include "../support/run-suite.h"
#include "../support/scenario-text.h"

/* bad has a certificate that proves nothing, so that mail for it waits. */
#define HEAD                                                                                   \
    "[scenario]\ntitle = Wait\n"                                                               \
    "[host mail]\nmailname = iesgn.example\nusers = ana, luis\n"                               \
    "[postfix mail]\nsmtp_tls_security_level = secure\n"                                       \
    "[host good]\nusers = eva\ncertificate = letsencrypt\n[host bad]\nusers = bob, pep\n"      \
    "[mua laptop]\nuser = ana\noutgoing = mail:25\nlogin = no\n"
#define SEND(NAME, TO)    "[step " NAME "]\ntitle = S\ndo = send\nby = ana\nto = " TO "\n"
#define WAIT(NAME, LINES) "[step " NAME "]\ntitle = W\ndo = wait\n" LINES
#define MEND(STEP)        "[host bad @" STEP "]\ncertificate = letsencrypt\n"
#define ALIASES(LINES)    "[file mail /etc/aliases]\n" LINES

static MailsimRecording *
run(const char *steps, char **told)
{
    g_autofree char *whole = g_strconcat(HEAD, steps, NULL);

    return scenario_text_run(whole, told);
}

typedef struct {
    const char *description;
    const char *steps;
    const char *told; /* what the diagnostics contain; NULL: nothing is said */
} Expectation;

/* clang-format off */
static const Expectation expectations[] = {
    {.description = "what waits goes on waiting when nothing happens",
     .steps = SEND("s", "bob@bad.example") "expect.outcome = deferred\n"
              WAIT("w", "for = 1m\n") "expect.outcome = deferred\n"
              "expect.to.bob@bad.example = deferred, 4.7.5\n"
              "expect.hop.bad = deferred, certificate-not-trusted\n"},
    {.description = "mended while it waits, and the first connection was another",
     .steps = SEND("s", "bob@bad.example, eva@good.example") WAIT("w", "for = 1h\n")
              "expect.outcome = delivered\nexpect.hop.bad = sent, verified\n"
              "expect.hop.bad.1 = deferred, untrusted\nexpect.hop.good = sent, verified\n"
              "expect.hop.bad.reply = queued as\n" MEND("w")},
    {.description = "given up at last",
     .steps = SEND("s", "bob@bad.example, eva@good.example") WAIT("w", "for = 6d\n")
              "expect.outcome = bounced\nexpect.to.bob@bad.example = bounced, 4.7.5\n"
              "expect.to.eva@good.example = delivered\n"},
    {.description = "until no queue has anything in it",
     .steps = SEND("s", "bob@bad.example") WAIT("w", "until = queue-empty\n")
              "expect.outcome = bounced\n"
              "[step l]\ntitle = L\ndo = look\nat = queue mail\nexpect.count = 0\n"},
    {.description = "the queues are empty already",
     .steps = SEND("s", "eva@good.example") WAIT("w", "until = queue-empty\n")
              "expect.outcome = delivered\n"},
    {.description = "two messages: the last one is watched, unless another is named",
     .steps = SEND("one", "bob@bad.example") SEND("two", "eva@good.example")
              WAIT("last", "for = 1s\n") "expect.outcome = delivered\n"
              WAIT("named", "for = 1s\nmessage = one\n") "expect.outcome = deferred\n"
              WAIT("given-up", "for = 6d\nmessage = one\n") "expect.outcome = bounced\n"
              "expect.hop.bad = deferred\n"
              WAIT("again", "for = 0s\nmessage = two\n") "expect.outcome = delivered\n"
              "expect.hop.good = sent\n"},
    {.description = "the other message went nowhere near that host",
     .steps = SEND("one", "bob@bad.example") SEND("two", "eva@good.example")
              WAIT("w", "for = 1s\n") "expect.hop.bad = deferred\n",
     .told = "seen: no connection"},
    {.description = "a send sees only its own message, though the other is tried meanwhile",
     .steps = SEND("one", "bob@bad.example") WAIT("w", "for = 299s\n") MEND("two")
              SEND("two", "bob@bad.example") "expect.hop.bad = sent, verified\n"
              "expect.outcome = delivered\n"},
    {.description = "an alias, and one of its parts waits",
     .steps = ALIASES("1 = all: luis, bob@bad.example, eva@good.example\n")
              SEND("s", "all@iesgn.example") "expect.outcome = deferred\n"
              WAIT("w", "for = 1h\n") "expect.to.all@iesgn.example = delivered\n" MEND("w")},
    {.description = "an alias, and one of its parts comes back, though others have it",
     .steps = ALIASES("1 = all: luis, nobody@good.example\n")
              SEND("s", "all") "expect.outcome = bounced\nexpect.to.all = bounced, 5.1.1\n"},
    {.description = "told no is worse than given up",
     .steps = "[step s]\ntitle = S\ndo = send\nby = laptop\nto = bob@nowhere.example\n"
              "expect.outcome = rejected\n"
              WAIT("w", "for = 1d\n") "expect.outcome = rejected\n"},
    {.description = "like copies a wait, with its message, and what is said here wins",
     .steps = SEND("one", "bob@bad.example") WAIT("w", "for = 1s\nmessage = one\n")
              SEND("two", "eva@good.example")
              "[step x]\ntitle = X\nlike = w\nexpect.outcome = deferred\n"
              "[step y]\ntitle = Y\nlike = w\nuntil = queue-empty\nexpect.outcome = bounced\n"
              "[step z]\ntitle = Z\nlike = w\nmessage = two\nexpect.outcome = delivered\n"},
    {.description = "a moment that is over",
     .steps = WAIT("w", "for = 2h\n") WAIT("x", "until = 2026-01-12 10:30\n"),
     .told = "“2026-01-12 10:30” is over already\n"
             "   24 | until = 2026-01-12 10:30\n"
             "      |         ^^^^^^^^^^^^^^^^ when this step comes it is 2026-01-12 11:00"},
    {.description = "a moment that is now",
     .steps = WAIT("w", "for = 2h\n") WAIT("x", "until = 2026-01-12 11:00\n")},
};
/* clang-format on */

START_TEST(what_is_expected_is_asked_of_the_message)
{
    g_autofree char *told = NULL;
    g_autoptr(MailsimRecording) recording = run(expectations[_i].steps, &told);
    const char *wanted = expectations[_i].told;

    if (wanted == NULL)
        ck_assert_msg(!strstr(told, "error"), "%s: %s", expectations[_i].description, told);
    else
        ck_assert_msg(strstr(told, wanted) != NULL, "%s: %s", expectations[_i].description,
                      told);
    ck_assert_int_eq(mailsim_recording_holds(recording, NULL, NULL), wanted == NULL);
}
END_TEST

static const MailsimStepRecord *
get_step(const MailsimRecording *recording, guint index)
{
    return g_ptr_array_index(recording->steps, index);
}

START_TEST(a_wait_takes_as_long_as_it_says)
{
    g_autofree char *told = NULL;
    g_autoptr(MailsimRecording) recording =
        run(WAIT("w", "for = 90m\n") WAIT("x", "until = 2026-01-13 08:15\n")
                SEND("s", "eva@good.example") WAIT("y", "for = 20ms\n") WAIT("z", "for = 0s\n"),
            &told);
    const MailsimTime start_us = get_step(recording, 0)->started_us;

    ck_assert_int_eq(get_step(recording, 1)->started_us - start_us, 90 * MAILSIM_MINUTE);
    ck_assert_int_eq(get_step(recording, 2)->started_us - start_us,
                     23 * MAILSIM_HOUR + 15 * MAILSIM_MINUTE);
    ck_assert_int_eq(get_step(recording, 4)->started_us - get_step(recording, 3)->started_us,
                     20 * MAILSIM_MILLISECOND);
    ck_assert_ptr_null(get_step(recording, 0)->outcome);
    ck_assert_uint_eq(get_step(recording, 0)->message, 0);
    ck_assert_uint_eq(get_step(recording, 2)->message, 1);
    ck_assert_uint_eq(get_step(recording, 4)->message, 1);
    ck_assert_str_eq(get_step(recording, 4)->outcome, "delivered");
}
END_TEST

/* What happened, without the steps that wait: time, kind, who. */
static char *
list_events(const MailsimRecording *recording)
{
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);
        const MailsimStepRecord *step = get_step(recording, event->step);

        if (event->kind == MAILSIM_EVENT_STEP && g_str_has_prefix(step->id, "zero"))
            continue;
        g_string_append_printf(list, "%" G_GINT64_FORMAT " %s %s %d\n", event->time_us,
                               mailsim_event_kind_name(event->kind),
                               event->party != NULL ? event->party : "-", event->hop);
    }
    return g_string_free(list, FALSE);
}

/* clang-format off */
static const char *const stories[][3] = {
    {SEND("a", "eva@good.example"), SEND("b", "luis"), ""},
    {SEND("a", "bob@bad.example, luis"), WAIT("b", "for = 1h\n"), MEND("b")},
    {SEND("a", "bob@bad.example"), WAIT("b", "until = queue-empty\n"), ""},
    {WAIT("a", "for = 1d\n"), SEND("b", "bob@bad.example, nobody@good.example"), ""},
};
/* clang-format on */

START_TEST(a_wait_of_no_time_changes_nothing)
{
    const char *const *story = stories[_i];
    g_autofree char *plain = g_strconcat(story[0], story[1], story[2], NULL);
    g_autofree char *filled =
        g_strconcat(WAIT("zero-first", "for = 0s\n"), story[0], WAIT("zero-amid", "for = 0s\n"),
                    story[1], WAIT("zero-last", "for = 0s\n"), story[2], NULL);
    g_autofree char *told = NULL;
    g_autofree char *told_too = NULL;
    g_autoptr(MailsimRecording) without = run(plain, &told);
    g_autoptr(MailsimRecording) with = run(filled, &told_too);
    g_autofree char *events = list_events(without);
    g_autofree char *events_too = list_events(with);

    ck_assert_str_eq(events, events_too);
    ck_assert_str_eq(get_step(without, 0)->outcome != NULL ? get_step(without, 0)->outcome : "",
                     get_step(with, 2)->outcome != NULL ? get_step(with, 2)->outcome : "");
    ck_assert_pstr_eq(get_step(without, 1)->outcome, get_step(with, 3)->outcome);
    ck_assert_pstr_eq(get_step(with, 4)->outcome, get_step(with, 3)->outcome);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("wait");
    TCase *tcase = tcase_create("wait");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, what_is_expected_is_asked_of_the_message, 0,
                        G_N_ELEMENTS(expectations));
    tcase_add_test(tcase, a_wait_takes_as_long_as_it_says);
    tcase_add_loop_test(tcase, a_wait_of_no_time_changes_nothing, 0, G_N_ELEMENTS(stories));
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
