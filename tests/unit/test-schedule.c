/* SPDX-License-Identifier: MIT
 *
 * The virtual clock: everything in the order of its time, and of its turn where times are
 * equal. */
#include <mailsim/lab/schedule.h>

#include "../support/run-suite.h"

#define START (1768208400 * MAILSIM_SECOND) /* 2026-01-12 09:00 */

typedef struct {
    MailsimSchedule *schedule;
    GString *history; /* “NAME@MICROSECONDS ” */
    guint n_freed;
} Diary;

typedef struct {
    Diary *diary;
    const char *name;
    const char *then; /* what it adds when it happens; NULL: nothing */
    gint64 then_after_us;
} Note;

static Diary diary;

static void
free_note(gpointer data)
{
    Note *note = data;

    note->diary->n_freed++;
    g_free(note);
}

static void write_down(gpointer data);

static void
add(const char *name, gint64 delay_us, const char *then, gint64 then_after_us)
{
    Note *note = g_new0(Note, 1);

    note->diary = &diary;
    note->name = name;
    note->then = then;
    note->then_after_us = then_after_us;
    mailsim_schedule_add(diary.schedule, delay_us, write_down, note, free_note);
}

static void
write_down(gpointer data)
{
    Note *note = data;

    g_string_append_printf(diary.history, "%s@%" G_GINT64_FORMAT " ", note->name,
                           mailsim_schedule_get_now(diary.schedule) - START);
    if (note->then != NULL)
        add(note->then, note->then_after_us, NULL, 0);
}

static void
set_up(void)
{
    diary.schedule = mailsim_schedule_new(START);
    diary.history = g_string_new(NULL);
    diary.n_freed = 0;
}

static void
tear_down(void)
{
    g_clear_pointer(&diary.schedule, mailsim_schedule_free);
    g_string_free(diary.history, TRUE);
}

static void
run(void)
{
    while (mailsim_schedule_step(diary.schedule))
        continue;
}

START_TEST(nothing_happens_of_itself)
{
    ck_assert(!mailsim_schedule_step(diary.schedule));
    ck_assert_int_eq(mailsim_schedule_get_now(diary.schedule), START);
    ck_assert_uint_eq(mailsim_schedule_count(diary.schedule), 0);
}
END_TEST

START_TEST(the_earlier_happens_first)
{
    add("late", 30, NULL, 0);
    add("early", 10, NULL, 0);
    add("middle", 20, NULL, 0);
    run();
    ck_assert_str_eq(diary.history->str, "early@10 middle@20 late@30 ");
}
END_TEST

START_TEST(at_the_same_time_the_first_added_happens_first)
{
    add("a", 10, NULL, 0);
    add("b", 10, NULL, 0);
    add("now", 0, NULL, 0);
    add("c", 10, NULL, 0);
    run();
    ck_assert_str_eq(diary.history->str, "now@0 a@10 b@10 c@10 ");
}
END_TEST

START_TEST(what_is_added_at_once_waits_for_its_turn)
{
    add("a", 10, "a-again", 0);
    add("b", 10, "b-later", 5);
    add("c", 12, NULL, 0);
    run();
    ck_assert_str_eq(diary.history->str, "a@10 b@10 a-again@10 c@12 b-later@15 ");
    ck_assert_uint_eq(mailsim_schedule_count(diary.schedule), 5);
}
END_TEST

START_TEST(delays_count_from_the_time_of_adding)
{
    add("first", 100, NULL, 0);
    ck_assert(mailsim_schedule_step(diary.schedule));
    ck_assert_int_eq(mailsim_schedule_get_now(diary.schedule), START + 100);
    add("second", 100, NULL, 0);
    ck_assert(mailsim_schedule_step(diary.schedule));
    ck_assert_str_eq(diary.history->str, "first@100 second@200 ");
    ck_assert(!mailsim_schedule_step(diary.schedule));
    ck_assert_int_eq(mailsim_schedule_get_now(diary.schedule), START + 200);
}
END_TEST

START_TEST(the_next_thing_can_be_seen_coming)
{
    MailsimTime at_us = 0;

    ck_assert(!mailsim_schedule_peek(diary.schedule, &at_us));
    add("late", 30, NULL, 0);
    add("early", 10, NULL, 0);
    ck_assert(mailsim_schedule_peek(diary.schedule, &at_us));
    ck_assert_int_eq(at_us, START + 10);
    ck_assert_str_eq(diary.history->str, "");
}
END_TEST

START_TEST(time_can_pass_without_anything_happening)
{
    add("a", 100, NULL, 0);
    mailsim_schedule_pass(diary.schedule, START + 60);
    ck_assert_int_eq(mailsim_schedule_get_now(diary.schedule), START + 60);
    add("b", 20, NULL, 0);
    run();
    ck_assert_str_eq(diary.history->str, "b@80 a@100 ");
}
END_TEST

START_TEST(it_follows_another_clock)
{
    add("a", 10, "a-again", 5);
    add("b", 20, "b-at-once", 0);
    add("c", 30, NULL, 0);
    mailsim_schedule_follow(diary.schedule, START + 20);
    ck_assert_str_eq(diary.history->str, "a@10 a-again@15 b@20 b-at-once@20 ");
    ck_assert_int_eq(mailsim_schedule_get_now(diary.schedule), START + 20);
    mailsim_schedule_follow(diary.schedule, START + 29);
    ck_assert_int_eq(mailsim_schedule_get_now(diary.schedule), START + 29);
    add("d", 0, NULL, 0);
    mailsim_schedule_follow(diary.schedule, START + 100);
    ck_assert_str_eq(diary.history->str, "a@10 a-again@15 b@20 b-at-once@20 d@29 c@30 ");
    ck_assert_int_eq(mailsim_schedule_get_now(diary.schedule), START + 100);
}
END_TEST

START_TEST(it_does_not_follow_a_clock_that_goes_back)
{
    mailsim_schedule_follow(diary.schedule, START + 50);
    add("a", 0, NULL, 0);
    mailsim_schedule_follow(diary.schedule, START + 40);
    ck_assert_int_eq(mailsim_schedule_get_now(diary.schedule), START + 50);
    ck_assert_str_eq(diary.history->str, "");
    mailsim_schedule_follow(diary.schedule, START + 50);
    ck_assert_str_eq(diary.history->str, "a@50 ");
}
END_TEST

START_TEST(five_days_take_no_time)
{
    add("bounce", 5 * MAILSIM_DAY, NULL, 0);
    run();
    ck_assert_int_eq(mailsim_schedule_get_now(diary.schedule), START + 5 * MAILSIM_DAY);
}
END_TEST

START_TEST(data_is_freed_once_whether_it_happened_or_not)
{
    add("a", 1, NULL, 0);
    add("b", 2, NULL, 0);
    add("c", 3, NULL, 0);
    ck_assert(mailsim_schedule_step(diary.schedule));
    ck_assert_uint_eq(diary.n_freed, 1);
    g_clear_pointer(&diary.schedule, mailsim_schedule_free);
    ck_assert_uint_eq(diary.n_freed, 3);
}
END_TEST

/* Many things in an order that looks shuffled: 7919 is prime to 1000. */
START_TEST(a_thousand_things_come_in_order)
{
    MailsimTime before = START;

    for (gint64 i = 0; i < 1000; i++)
        add("x", (i * 7919) % 1000, NULL, 0);
    while (mailsim_schedule_step(diary.schedule)) {
        ck_assert_int_ge(mailsim_schedule_get_now(diary.schedule), before);
        before = mailsim_schedule_get_now(diary.schedule);
    }
    ck_assert_uint_eq(mailsim_schedule_count(diary.schedule), 1000);
    ck_assert_uint_eq(diary.n_freed, 1000);
    ck_assert_int_eq(before, START + 999);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("schedule");
    TCase *clock = tcase_create("clock");
    tcase_add_checked_fixture(clock, set_up, tear_down);
    tcase_add_test(clock, nothing_happens_of_itself);
    tcase_add_test(clock, the_earlier_happens_first);
    tcase_add_test(clock, at_the_same_time_the_first_added_happens_first);
    tcase_add_test(clock, what_is_added_at_once_waits_for_its_turn);
    tcase_add_test(clock, delays_count_from_the_time_of_adding);
    tcase_add_test(clock, the_next_thing_can_be_seen_coming);
    tcase_add_test(clock, time_can_pass_without_anything_happening);
    tcase_add_test(clock, it_follows_another_clock);
    tcase_add_test(clock, it_does_not_follow_a_clock_that_goes_back);
    tcase_add_test(clock, five_days_take_no_time);
    tcase_add_test(clock, data_is_freed_once_whether_it_happened_or_not);
    tcase_add_test(clock, a_thousand_things_come_in_order);
    suite_add_tcase(suite, clock);

    return run_suite(suite);
}
