/* SPDX-License-Identifier: MIT
 *
 * Times for people who read a story that goes on for days: the hour, the day, how long. Hours
 * are UTC, as everywhere in the lab. */
#pragma once

#include <mailsim/base/time.h>
#include <mailsim/recording/recording.h>

/* “09:05:00”. */
char *clock_dup_hour(MailsimTime time_us);

/* “13 January”, “13 de enero”. */
char *clock_dup_day(MailsimTime time_us, MailsimLanguage language);

/* Days since 1970: two times with the same are on one day. */
gint64 clock_count_days(MailsimTime time_us);

/* “45 s”, “5 min”, “1 h 10 min”, “5 d 12 min”: to the second, and from five minutes on to the
 * minute; the symbols are the same in both languages. */
char *clock_dup_span(gint64 duration_us);
