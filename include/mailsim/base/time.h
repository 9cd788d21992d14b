/* SPDX-License-Identifier: MIT
 *
 * Virtual time. A MailsimTime is a count of microseconds since 1970-01-01 00:00:00 UTC,
 * always UTC, never read from the machine's clock. Durations are plain gint64 counts of
 * microseconds. */
#pragma once

#include <glib.h>

typedef gint64 MailsimTime;

#define MAILSIM_MILLISECOND ((gint64)1000)
#define MAILSIM_SECOND      ((gint64)1000000)
#define MAILSIM_MINUTE      (60 * MAILSIM_SECOND)
#define MAILSIM_HOUR        (60 * MAILSIM_MINUTE)
#define MAILSIM_DAY         (24 * MAILSIM_HOUR)
#define MAILSIM_WEEK        (7 * MAILSIM_DAY)

/* Read “20ms”, “300s”, “5m”, “1h”, “90d”, “6w”. The unit is required. FALSE when TEXT is not
 * one. */
gboolean mailsim_duration_parse(const char *text, gint64 *duration_us);

/* The same in the largest unit of which it is a whole number: “300s” is “5m”, “0ms” is “0s”;
 * free with g_free(). What is no whole number of milliseconds is cut. */
char *mailsim_duration_format(gint64 duration_us);

/* Read “2026-01-12” or “2026-01-12 09:00”, UTC. FALSE when TEXT is not one or names no real
 * day. */
gboolean mailsim_time_parse(const char *text, MailsimTime *time_us);

/* “2026-01-12 09:00” and “2026-01-12”; free with g_free(). */
char *mailsim_time_format_minute(MailsimTime time_us);
char *mailsim_time_format_day(MailsimTime time_us);

/* RFC 5322 §3.3, as Postfix writes it: “Mon, 12 Jan 2026 09:00:00 +0000 (UTC)”; free with
 * g_free(). */
char *mailsim_time_format_rfc5322(MailsimTime time_us);

/* “Mon Jan 12 09:00:00 2026”, as ctime(3) writes it, without line end; free with g_free(). */
char *mailsim_time_format_ctime(MailsimTime time_us);

/* “12-Jan-2026 09:00:00 +0000”, as IMAP has it (RFC 3501 §9, date-time); free with g_free(). */
char *mailsim_time_format_imap(MailsimTime time_us);

/* “20260112090000”, as in Postfix's Message-Id; free with g_free(). */
char *mailsim_time_format_stamp(MailsimTime time_us);

/* “Jan 12 09:00:00”, as postlogd(8) and journalctl(1) begin a line; free with g_free(). */
char *mailsim_time_format_log(MailsimTime time_us);

/* “2026-01-12T09:00:00.140000+00:00”, as rsyslog begins one (RFC 3339); free with g_free(). */
char *mailsim_time_format_rfc3339(MailsimTime time_us);

/* “09:00:00.34”, as systemd.time(7) reads it: no more digits than it needs; free with
 * g_free(). */
char *mailsim_time_format_clock(MailsimTime time_us);
