/* SPDX-License-Identifier: MIT
 *
 * Times for people. */
#include "../../sim/transcript/clock.h"
#include "../support/run-suite.h"

#define MONDAY ((MailsimTime)1768208400 * MAILSIM_SECOND) /* 2026-01-12 09:00 UTC */

START_TEST(an_hour_and_a_day)
{
    g_autofree char *hour = clock_dup_hour(MONDAY + 5 * MAILSIM_MINUTE + 999999);
    g_autofree char *english = clock_dup_day(MONDAY, MAILSIM_LANGUAGE_EN);
    g_autofree char *spanish = clock_dup_day(MONDAY + 20 * MAILSIM_DAY, MAILSIM_LANGUAGE_ES);

    ck_assert_str_eq(hour, "09:05:00");
    ck_assert_str_eq(english, "12 January");
    ck_assert_str_eq(spanish, "1 de febrero");
}
END_TEST

START_TEST(a_day_ends_at_midnight)
{
    ck_assert_int_eq(clock_count_days(MONDAY), clock_count_days(MONDAY + 14 * MAILSIM_HOUR));
    ck_assert_int_lt(clock_count_days(MONDAY), clock_count_days(MONDAY + 15 * MAILSIM_HOUR));
}
END_TEST

static const struct {
    gint64 duration_us;
    const char *expected;
} spans[] = {
    {0,                                              "0 s"       },
    {40 * MAILSIM_MILLISECOND,                       "0 s"       },
    {45 * MAILSIM_SECOND,                            "45 s"      },
    {90 * MAILSIM_SECOND,                            "1 min 30 s"},
    {5 * MAILSIM_MINUTE - 300 * MAILSIM_MILLISECOND, "5 min"     },
    {597 * MAILSIM_SECOND,                           "10 min"    },
    {MAILSIM_HOUR - MAILSIM_SECOND,                  "1 h"       },
    {4200 * MAILSIM_SECOND,                          "1 h 10 min"},
    {5 * MAILSIM_DAY + 12 * MAILSIM_MINUTE,          "5 d 12 min"},
    {2 * MAILSIM_DAY - 1,                            "2 d"       },
};

START_TEST(a_span_is_as_exact_as_it_matters)
{
    g_autofree char *span = clock_dup_span(spans[_i].duration_us);

    ck_assert_str_eq(span, spans[_i].expected);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("clock");
    TCase *tcase = tcase_create("clock");

    tcase_add_test(tcase, an_hour_and_a_day);
    tcase_add_test(tcase, a_day_ends_at_midnight);
    tcase_add_loop_test(tcase, a_span_is_as_exact_as_it_matters, 0, G_N_ELEMENTS(spans));
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
