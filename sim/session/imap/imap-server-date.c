/* SPDX-License-Identifier: MIT
 *
 * The date of an appended message, as Dovecot reads it. */
#include "imap-server-private.h"

#include <string.h>

typedef struct {
    int day;
    int month;
    int year;
    int hour;
    int minute;
    int second;
    int zone; /* minutes */
} Date;

static gboolean
read_digits(const char **text, guint n_digits, int *value)
{
    *value = 0;
    for (guint i = 0; i < n_digits; i++, (*text)++) {
        if (!g_ascii_isdigit(**text))
            return FALSE;
        *value = *value * 10 + (**text - '0');
    }
    return TRUE;
}

static gboolean
read_letter(const char **text, char letter)
{
    return *(*text)++ == letter;
}

/* date-day-fixed = (SP DIGIT) / 2DIGIT; one figure alone will do, too. */
static gboolean
read_day(const char **text, int *day)
{
    if (**text == ' ')
        (*text)++;
    return read_digits(text, g_ascii_isdigit(**text) && g_ascii_isdigit((*text)[1]) ? 2 : 1,
                       day);
}

static gboolean
read_month(const char **text, int *month)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

    for (guint i = 0; i < G_N_ELEMENTS(months); i++) {
        if (g_ascii_strncasecmp(*text, months[i], 3) == 0) {
            *text += 3;
            *month = (int)i + 1;
            return TRUE;
        }
    }
    return FALSE;
}

/* What is no number, “CEST”, is taken for UTC. */
static int
read_zone(const char *text)
{
    const int sign = *text == '-' ? -1 : 1;
    int hours;
    int minutes;

    if (strchr("+-", *text++) == NULL || !read_digits(&text, 2, &hours) ||
        !read_digits(&text, 2, &minutes) || *text != '\0')
        return 0;
    return sign * (hours * 60 + minutes);
}

/* date-time = date-day-fixed "-" date-month "-" date-year SP time SP zone      RFC 3501 §9 */
static gboolean
read_date(const char *text, Date *date)
{
    if (!read_day(&text, &date->day) || !read_letter(&text, '-') ||
        !read_month(&text, &date->month) || !read_letter(&text, '-') ||
        !read_digits(&text, 4, &date->year) || !read_letter(&text, ' ') ||
        !read_digits(&text, 2, &date->hour) || !read_letter(&text, ':') ||
        !read_digits(&text, 2, &date->minute) || !read_letter(&text, ':') ||
        !read_digits(&text, 2, &date->second) || !read_letter(&text, ' '))
        return FALSE;
    date->zone = read_zone(text);
    return TRUE;
}

gboolean
mailsim_imap_server_parse_date(const char *text, MailsimTime now_us, MailsimTime *time_us)
{
    Date date;
    g_autoptr(GDateTime) time = NULL;

    if (!read_date(text, &date))
        return FALSE;
    time = g_date_time_new_utc(date.year, date.month, date.day, date.hour, date.minute,
                               date.second);
    *time_us = time != NULL
                   ? g_date_time_to_unix(time) * MAILSIM_SECOND - date.zone * MAILSIM_MINUTE
                   : now_us;
    return TRUE;
}
