/* SPDX-License-Identifier: MIT
 *
 * See the header. Nothing here asks the locale or the time zone. */
#include "clock.h"

static const char *const months[][2] = {
    {"January",   "enero"     },
    {"February",  "febrero"   },
    {"March",     "marzo"     },
    {"April",     "abril"     },
    {"May",       "mayo"      },
    {"June",      "junio"     },
    {"July",      "julio"     },
    {"August",    "agosto"    },
    {"September", "septiembre"},
    {"October",   "octubre"   },
    {"November",  "noviembre" },
    {"December",  "diciembre" },
};

char *
clock_dup_hour(MailsimTime time_us)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(time_us / MAILSIM_SECOND);

    return g_strdup_printf("%02d:%02d:%02d", g_date_time_get_hour(time),
                           g_date_time_get_minute(time), g_date_time_get_second(time));
}

char *
clock_dup_day(MailsimTime time_us, MailsimLanguage language)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(time_us / MAILSIM_SECOND);
    const gboolean spanish = language == MAILSIM_LANGUAGE_ES;
    const char *month = months[g_date_time_get_month(time) - 1][spanish ? 1 : 0];

    return g_strdup_printf(spanish ? "%d de %s" : "%d %s", g_date_time_get_day_of_month(time),
                           month);
}

gint64
clock_count_days(MailsimTime time_us)
{
    return time_us / MAILSIM_DAY;
}

static void
append(GString *out, gint64 count, const char *unit)
{
    if (count > 0)
        g_string_append_printf(out, "%s%" G_GINT64_FORMAT " %s", out->len > 0 ? " " : "", count,
                               unit);
}

char *
clock_dup_span(gint64 duration_us)
{
    const gint64 unit_us = duration_us < 5 * MAILSIM_MINUTE ? MAILSIM_SECOND : MAILSIM_MINUTE;
    const gint64 rounded_us = (duration_us + unit_us / 2) / unit_us * unit_us;
    GString *out = g_string_new(NULL);

    append(out, rounded_us / MAILSIM_DAY, "d");
    append(out, rounded_us % MAILSIM_DAY / MAILSIM_HOUR, "h");
    append(out, rounded_us % MAILSIM_HOUR / MAILSIM_MINUTE, "min");
    append(out, rounded_us % MAILSIM_MINUTE / MAILSIM_SECOND, "s");
    if (out->len == 0)
        g_string_append(out, "0 s");
    return g_string_free(out, FALSE);
}
