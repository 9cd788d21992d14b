/* SPDX-License-Identifier: MIT
 *
 * Virtual time as text, there and back. No function here asks the machine what time it is,
 * which zone it is in or what it calls the days: the same moment gives the same text
 * everywhere. */
#include <mailsim/base/time.h>

#include <string.h>

/* Longer than any story, and far from where sums of moments and durations would overflow. */
#define DURATION_MAX_US (1000 * 366 * MAILSIM_DAY)

static const struct {
    const char *name;
    gint64 length_us;
} units[] = {
    {"ms", MAILSIM_MILLISECOND},
    {"s",  MAILSIM_SECOND     },
    {"m",  MAILSIM_MINUTE     },
    {"h",  MAILSIM_HOUR       },
    {"d",  MAILSIM_DAY        },
    {"w",  MAILSIM_WEEK       },
};

gboolean
mailsim_duration_parse(const char *text, gint64 *duration_us)
{
    gint64 count = 0;
    const char *unit = text;

    for (; g_ascii_isdigit(*unit); unit++) {
        if (count > DURATION_MAX_US / 10)
            return FALSE;
        count = count * 10 + g_ascii_digit_value(*unit);
    }
    if (unit == text)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        if (strcmp(unit, units[i].name) != 0)
            continue;
        if (count > DURATION_MAX_US / units[i].length_us)
            return FALSE;
        *duration_us = count * units[i].length_us;
        return TRUE;
    }
    return FALSE;
}

char *
mailsim_duration_format(gint64 duration_us)
{
    guint i = G_N_ELEMENTS(units) - 1;

    if (duration_us == 0)
        return g_strdup("0s");
    while (i > 0 && duration_us % units[i].length_us != 0)
        i--;
    return g_strdup_printf("%" G_GINT64_FORMAT "%s", duration_us / units[i].length_us,
                           units[i].name);
}

/* Exactly COUNT digits; -1 when there are not as many. */
static int
parse_digits(const char *text, guint count)
{
    int number = 0;

    for (guint i = 0; i < count; i++) {
        if (!g_ascii_isdigit(text[i]))
            return -1;
        number = number * 10 + g_ascii_digit_value(text[i]);
    }
    return number;
}

static gboolean
parse_clock(const char *text, gint64 *time_us)
{
    if (strlen(text) != strlen("09:00") || text[2] != ':')
        return FALSE;

    int hour = parse_digits(text, 2);
    int minute = parse_digits(text + 3, 2);

    if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
        return FALSE;
    *time_us = hour * MAILSIM_HOUR + minute * MAILSIM_MINUTE;
    return TRUE;
}

gboolean
mailsim_time_parse(const char *text, MailsimTime *time_us)
{
    gsize day_length = strlen("2026-01-12");
    gint64 clock_us = 0;
    GDate date;

    if (strlen(text) < day_length || text[4] != '-' || text[7] != '-')
        return FALSE;

    int year = parse_digits(text, 4);
    int month = parse_digits(text + 5, 2);
    int day = parse_digits(text + 8, 2);

    if (year < 1970 || month < 0 || day < 0 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return FALSE;
    if (text[day_length] != '\0' &&
        (text[day_length] != ' ' || !parse_clock(text + day_length + 1, &clock_us)))
        return FALSE;

    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);

    GDate epoch;
    g_date_clear(&epoch, 1);
    g_date_set_dmy(&epoch, 1, G_DATE_JANUARY, 1970);
    *time_us = g_date_days_between(&epoch, &date) * MAILSIM_DAY + clock_us;
    return TRUE;
}

typedef struct {
    GDate date;
    int hour, minute, second;
} Calendar;

static Calendar
split_time(MailsimTime time_us)
{
    Calendar calendar;
    gint64 days = time_us / MAILSIM_DAY;
    gint64 rest = time_us % MAILSIM_DAY;

    if (rest < 0) {
        rest += MAILSIM_DAY;
        days--;
    }
    g_date_clear(&calendar.date, 1);
    g_date_set_dmy(&calendar.date, 1, G_DATE_JANUARY, 1970);
    if (days >= 0)
        g_date_add_days(&calendar.date, (guint)days);
    else
        g_date_subtract_days(&calendar.date, (guint)-days);
    calendar.hour = (int)(rest / MAILSIM_HOUR);
    calendar.minute = (int)(rest % MAILSIM_HOUR / MAILSIM_MINUTE);
    calendar.second = (int)(rest % MAILSIM_MINUTE / MAILSIM_SECOND);
    return calendar;
}

char *
mailsim_time_format_day(MailsimTime time_us)
{
    Calendar calendar = split_time(time_us);

    return g_strdup_printf("%04u-%02u-%02u", g_date_get_year(&calendar.date),
                           g_date_get_month(&calendar.date), g_date_get_day(&calendar.date));
}

char *
mailsim_time_format_minute(MailsimTime time_us)
{
    Calendar calendar = split_time(time_us);
    g_autofree char *day = mailsim_time_format_day(time_us);

    return g_strdup_printf("%s %02d:%02d", day, calendar.hour, calendar.minute);
}

static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

char *
mailsim_time_format_rfc5322(MailsimTime time_us)
{
    Calendar calendar = split_time(time_us);

    /* Postfix pads the day of the month with a blank (strftime's %e). */
    return g_strdup_printf(
        "%s, %2u %s %04u %02d:%02d:%02d +0000 (UTC)",
        weekdays[g_date_get_weekday(&calendar.date) - 1], g_date_get_day(&calendar.date),
        months[g_date_get_month(&calendar.date) - 1], g_date_get_year(&calendar.date),
        calendar.hour, calendar.minute, calendar.second);
}

char *
mailsim_time_format_ctime(MailsimTime time_us)
{
    Calendar calendar = split_time(time_us);

    return g_strdup_printf(
        "%s %s %2u %02d:%02d:%02d %04u", weekdays[g_date_get_weekday(&calendar.date) - 1],
        months[g_date_get_month(&calendar.date) - 1], g_date_get_day(&calendar.date),
        calendar.hour, calendar.minute, calendar.second, g_date_get_year(&calendar.date));
}

char *
mailsim_time_format_imap(MailsimTime time_us)
{
    Calendar calendar = split_time(time_us);

    return g_strdup_printf("%02u-%s-%04u %02d:%02d:%02d +0000", g_date_get_day(&calendar.date),
                           months[g_date_get_month(&calendar.date) - 1],
                           g_date_get_year(&calendar.date), calendar.hour, calendar.minute,
                           calendar.second);
}

char *
mailsim_time_format_stamp(MailsimTime time_us)
{
    Calendar calendar = split_time(time_us);

    return g_strdup_printf("%04u%02u%02u%02d%02d%02d", g_date_get_year(&calendar.date),
                           g_date_get_month(&calendar.date), g_date_get_day(&calendar.date),
                           calendar.hour, calendar.minute, calendar.second);
}

char *
mailsim_time_format_log(MailsimTime time_us)
{
    Calendar calendar = split_time(time_us);

    return g_strdup_printf(
        "%s %02u %02d:%02d:%02d", months[g_date_get_month(&calendar.date) - 1],
        g_date_get_day(&calendar.date), calendar.hour, calendar.minute, calendar.second);
}

/* Of the second that TIME_US is in. */
static int
get_microseconds(MailsimTime time_us)
{
    return (int)((time_us % MAILSIM_SECOND + MAILSIM_SECOND) % MAILSIM_SECOND);
}

char *
mailsim_time_format_rfc3339(MailsimTime time_us)
{
    Calendar calendar = split_time(time_us);
    g_autofree char *day = mailsim_time_format_day(time_us);

    return g_strdup_printf("%sT%02d:%02d:%02d.%06d+00:00", day, calendar.hour, calendar.minute,
                           calendar.second, get_microseconds(time_us));
}

char *
mailsim_time_format_clock(MailsimTime time_us)
{
    Calendar calendar = split_time(time_us);
    GString *text = g_string_new(NULL);

    g_string_printf(text, "%02d:%02d:%02d.%06d", calendar.hour, calendar.minute,
                    calendar.second, get_microseconds(time_us));
    while (text->str[text->len - 1] == '0' && text->len > strlen("09:00:00"))
        g_string_truncate(text, text->len - 1);
    if (text->str[text->len - 1] == '.')
        g_string_truncate(text, text->len - 1);
    return g_string_free(text, FALSE);
}
