/* SPDX-License-Identifier: MIT
 *
 * A lab in a hurry: the clock jumps to what is waited for, and to nothing else. */
#include <string.h>

#include <mailsim/lab/lab.h>
#include <mailsim/scenario/scenario.h>

#include "../support/run-suite.h"
#include "../support/scenario-text.h"

#define PLENTY 100000

/* bad has a certificate that proves nothing, so that mail for it waits. */
static const char world_text[] =
    "[scenario]\ntitle = Hurry\n"
    "[host mail]\nmailname = iesgn.example\nusers = ana\n"
    "[postfix mail]\nsmtp_tls_security_level = secure\n"
    "[host good]\nusers = eva\ncertificate = letsencrypt\n[host bad]\nusers = bob\n"
    "[mua laptop]\nuser = ana\noutgoing = mail:25\nlogin = no\n"
    "[step s]\ntitle = S\ndo = send\nby = ana\nto = eva@good.example\n";

static MailsimScenario *scenario;
static MailsimRecording *recording;
static MailsimLab *lab;
static MailsimTime start_us;

static void
set_up(void)
{
    MailsimWorld *world;

    scenario = scenario_text_load(world_text);
    recording = mailsim_recording_new();
    world = mailsim_scenario_build_world(scenario, 0);
    start_us = world->start_us;
    lab = mailsim_lab_new(recording, start_us, 0, NULL);
    ck_assert(mailsim_lab_configure(lab, world, NULL));
}

static void
tear_down(void)
{
    g_clear_pointer(&lab, mailsim_lab_free);
    g_clear_pointer(&recording, mailsim_recording_free);
    g_clear_pointer(&scenario, mailsim_scenario_free);
}

static void
send(const char *recipient)
{
    g_autoptr(GPtrArray) to = g_ptr_array_new();
    const MailsimErrand errand = {
        .by_user = "ana", .by_host = "mail", .to = to, .subject = "Hola", .text = "Hola.\n"};

    g_ptr_array_add(to, (gpointer)recipient);
    mailsim_lab_send(lab, &errand);
}

static guint
count_actions(const char *action)
{
    guint n = 0;

    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        n += event->kind == MAILSIM_EVENT_QUEUE && strcmp(event->queue.action, action) == 0;
    }
    return n;
}

START_TEST(nothing_is_waited_for_in_a_lab_at_rest)
{
    mailsim_lab_hurry(lab, PLENTY);
    ck_assert_int_eq(mailsim_lab_get_now(lab), start_us);
    ck_assert_uint_eq(recording->events->len, 0);
}
END_TEST

START_TEST(what_is_waited_for_happens)
{
    send("eva@good.example");
    ck_assert_uint_eq(mailsim_lab_get_mailbox(lab, "good", "eva")->len, 0);
    mailsim_lab_hurry(lab, PLENTY);
    ck_assert_uint_eq(mailsim_lab_get_mailbox(lab, "good", "eva")->len, 1);
    ck_assert_int_gt(mailsim_lab_get_now(lab), start_us);
    ck_assert_int_lt(mailsim_lab_get_now(lab), start_us + MAILSIM_MINUTE);
}
END_TEST

START_TEST(a_queue_run_is_not_waited_for)
{
    MailsimTime now_us;

    send("bob@bad.example");
    mailsim_lab_hurry(lab, PLENTY);
    ck_assert_uint_eq(count_actions("deferred"), 1);
    ck_assert_uint_eq(count_actions("retried"), 0);
    now_us = mailsim_lab_get_now(lab);
    ck_assert_int_lt(now_us, start_us + MAILSIM_MINUTE);

    mailsim_lab_hurry(lab, PLENTY);
    ck_assert_int_eq(mailsim_lab_get_now(lab), now_us);
    mailsim_lab_follow(lab, start_us + MAILSIM_HOUR);
    ck_assert_uint_ge(count_actions("retried"), 1);
}
END_TEST

START_TEST(no_more_happens_than_so_many_things)
{
    guint n = 0;

    send("eva@good.example");
    mailsim_lab_hurry(lab, 0);
    ck_assert_int_eq(mailsim_lab_get_now(lab), start_us);
    mailsim_lab_hurry(lab, 3);
    ck_assert_uint_eq(mailsim_lab_get_mailbox(lab, "good", "eva")->len, 0);
    while (n < PLENTY && mailsim_lab_get_mailbox(lab, "good", "eva")->len == 0) {
        mailsim_lab_hurry(lab, 1);
        n++;
    }
    ck_assert_uint_gt(n, 3);
    ck_assert_uint_lt(n, PLENTY);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("hurry");
    TCase *tcase = tcase_create("hurry");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, nothing_is_waited_for_in_a_lab_at_rest);
    tcase_add_test(tcase, what_is_waited_for_happens);
    tcase_add_test(tcase, a_queue_run_is_not_waited_for);
    tcase_add_test(tcase, no_more_happens_than_so_many_things);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
