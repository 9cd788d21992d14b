/* SPDX-License-Identifier: MIT
 *
 * Moments and durations, read and written. */
#include <mailsim/base/time.h>

#include "../support/run-suite.h"

/* clang-format off */
static const struct {
    const char *text;
    gint64 expected; /* -1: not a duration */
} durations[] = {
    {"20ms", 20000},
    {"0s", 0},
    {"300s", 300 * G_GINT64_CONSTANT(1000000)},
    {"5m", 300 * G_GINT64_CONSTANT(1000000)},
    {"1h", 3600 * G_GINT64_CONSTANT(1000000)},
    {"90d", 90 * 86400 * G_GINT64_CONSTANT(1000000)},
    {"6w", 42 * 86400 * G_GINT64_CONSTANT(1000000)},
    {"", -1},
    {"300", -1},
    {"s", -1},
    {"-1s", -1},
    {"1.5s", -1},
    {"1 h", -1},
    {"1H", -1},
    {"1hh", -1},
    {" 1h", -1},
    {"99999999999999999999w", -1},
    {"9223372036854775807ms", -1},
    {"1000000w", -1},
};
/* clang-format on */

START_TEST(a_duration_is_a_number_and_a_unit)
{
    gint64 duration = -1;
    gboolean parsed = mailsim_duration_parse(durations[_i].text, &duration);

    ck_assert_msg(parsed == (durations[_i].expected >= 0), "“%s”", durations[_i].text);
    ck_assert_int_eq(duration, durations[_i].expected);
}
END_TEST

/* clang-format off */
static const struct {
    const char *text;
    gint64 seconds; /* -1: not a moment */
} moments[] = {
    {"1970-01-01", 0},
    {"2026-01-12", 1768176000},
    {"2026-01-12 09:00", 1768208400},
    {"2028-02-29 23:59", 1835481540},
    {"2026-02-29", -1},
    {"2026-13-01", -1},
    {"2026-00-10", -1},
    {"2026-01-00", -1},
    {"2026-1-12", -1},
    {"1969-12-31", -1},
    {"2026-01-12 24:00", -1},
    {"2026-01-12 09:60", -1},
    {"2026-01-12 9:00", -1},
    {"2026-01-12T09:00", -1},
    {"2026-01-12 09:00:00", -1},
    {"2026-01-12 ", -1},
    {"2026-01-1x", -1},
    {"", -1},
    {"tomorrow", -1},
};
/* clang-format on */

START_TEST(a_moment_is_a_real_day_and_perhaps_a_time)
{
    MailsimTime moment = -1;
    gboolean parsed = mailsim_time_parse(moments[_i].text, &moment);

    ck_assert_msg(parsed == (moments[_i].seconds >= 0), "“%s”", moments[_i].text);
    ck_assert_int_eq(moment, parsed ? moments[_i].seconds * MAILSIM_SECOND : -1);
}
END_TEST

/* clang-format off */
static const struct {
    const char *text;
    const char *rfc5322;
    const char *ctime;
} formats[] = {
    {"2026-01-12 09:00", "Mon, 12 Jan 2026 09:00:00 +0000 (UTC)", "Mon Jan 12 09:00:00 2026"},
    {"2026-07-02 10:00", "Thu,  2 Jul 2026 10:00:00 +0000 (UTC)", "Thu Jul  2 10:00:00 2026"},
    {"2028-02-29 23:59", "Tue, 29 Feb 2028 23:59:00 +0000 (UTC)", "Tue Feb 29 23:59:00 2028"},
    {"1970-01-01 00:00", "Thu,  1 Jan 1970 00:00:00 +0000 (UTC)", "Thu Jan  1 00:00:00 1970"},
};
/* clang-format on */

START_TEST(what_is_read_is_written_again)
{
    MailsimTime moment;

    ck_assert(mailsim_time_parse(formats[_i].text, &moment));

    g_autofree char *minute = mailsim_time_format_minute(moment);
    g_autofree char *day = mailsim_time_format_day(moment);
    g_autofree char *rfc5322 = mailsim_time_format_rfc5322(moment);
    g_autofree char *written = mailsim_time_format_ctime(moment);
    g_autofree char *expected_day = g_strndup(formats[_i].text, 10);

    ck_assert_str_eq(minute, formats[_i].text);
    ck_assert_str_eq(day, expected_day);
    ck_assert_str_eq(rfc5322, formats[_i].rfc5322);
    ck_assert_str_eq(written, formats[_i].ctime);
}
END_TEST

/* clang-format off */
static const struct {
    const char *text;
    gint64 more_us;
    const char *log;
    const char *rfc3339;
    const char *clock;
} log_formats[] = {
    {"2026-01-12 09:00", 140000,
     "Jan 12 09:00:00", "2026-01-12T09:00:00.140000+00:00", "09:00:00.14"},
    {"2026-07-02 10:00", 21053,
     "Jul 02 10:00:00", "2026-07-02T10:00:00.021053+00:00", "10:00:00.021053"},
    {"2028-02-29 23:59", 0,
     "Feb 29 23:59:00", "2028-02-29T23:59:00.000000+00:00", "23:59:00"},
    {"1970-01-01 00:00", 10 * MAILSIM_SECOND,
     "Jan 01 00:00:10", "1970-01-01T00:00:10.000000+00:00", "00:00:10"},
};
/* clang-format on */

START_TEST(a_log_writes_its_times_so)
{
    MailsimTime moment;

    ck_assert(mailsim_time_parse(log_formats[_i].text, &moment));
    moment += log_formats[_i].more_us;
    g_autofree char *log = mailsim_time_format_log(moment);
    g_autofree char *rfc3339 = mailsim_time_format_rfc3339(moment);
    g_autofree char *clock = mailsim_time_format_clock(moment);

    ck_assert_str_eq(log, log_formats[_i].log);
    ck_assert_str_eq(rfc3339, log_formats[_i].rfc3339);
    ck_assert_str_eq(clock, log_formats[_i].clock);
}
END_TEST

static const struct {
    MailsimTime time_us;
    const char *imap;
} imap_formats[] = {
    {1782892800 * MAILSIM_SECOND,   "01-Jul-2026 08:00:00 +0000"},
    {-1,                            "31-Dec-1969 23:59:59 +0000"},
    {-62135596800 * MAILSIM_SECOND, "01-Jan-0001 00:00:00 +0000"},
    {-62135596801 * MAILSIM_SECOND, "01-Jan-0001 23:59:59 +0000"},
    {253402300799 * MAILSIM_SECOND, "31-Dec-9999 23:59:59 +0000"},
    {G_MAXINT64,                    "31-Dec-9999 04:00:54 +0000"},
};

START_TEST(imap_writes_a_time_so_but_only_days_that_there_are)
{
    g_autofree char *imap = mailsim_time_format_imap(imap_formats[_i].time_us);

    ck_assert_str_eq(imap, imap_formats[_i].imap);
}
END_TEST

START_TEST(the_zone_of_the_machine_does_not_matter)
{
    MailsimTime moment;

    g_setenv("TZ", "America/Caracas", TRUE);
    ck_assert(mailsim_time_parse("2026-01-12 09:00", &moment));
    ck_assert_int_eq(moment, 1768208400 * MAILSIM_SECOND);

    g_autofree char *minute = mailsim_time_format_minute(moment);

    ck_assert_str_eq(minute, "2026-01-12 09:00");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("time");
    TCase *tcase = tcase_create("time");

    tcase_add_loop_test(tcase, a_duration_is_a_number_and_a_unit, 0, G_N_ELEMENTS(durations));
    tcase_add_loop_test(tcase, a_moment_is_a_real_day_and_perhaps_a_time, 0,
                        G_N_ELEMENTS(moments));
    tcase_add_loop_test(tcase, what_is_read_is_written_again, 0, G_N_ELEMENTS(formats));
    tcase_add_loop_test(tcase, a_log_writes_its_times_so, 0, G_N_ELEMENTS(log_formats));
    tcase_add_loop_test(tcase, imap_writes_a_time_so_but_only_days_that_there_are, 0,
                        G_N_ELEMENTS(imap_formats));
    tcase_add_test(tcase, the_zone_of_the_machine_does_not_matter);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);

    return run_suite(suite);
}
