/* SPDX-License-Identifier: MIT
 *
 * Values of main.cf that are yes or no, a number or a time: how Postfix reads them, and the
 * words in which its daemons die of one that they cannot read. */
#include "postfix-parameter-private.h"

#include <string.h>

#include <mailsim/settings/postfix-parameter.h>

/* ---- yes and no ------------------------------------------------------------------------- */

static char *
find_fatal_boolean(const char *name, const char *value)
{
    if (g_ascii_strcasecmp(value, "yes") == 0 || g_ascii_strcasecmp(value, "no") == 0)
        return NULL;
    return g_strdup_printf("bad boolean configuration: %s = %s", name, value);
}

#define BOOLEAN_HINT "write yes or no; with anything else Postfix's daemon dies"

/* trivial-rewrite(8) dies, and smtpd(8) lives on. */
static char *
check_rewrite_boolean(const char *name,
                      const char *value,
                      char **hint,
                      G_GNUC_UNUSED gboolean *is_warning)
{
    char *fatal = find_fatal_boolean(name, value);

    if (fatal != NULL)
        *hint = g_strdup(BOOLEAN_HINT);
    return fatal;
}

const MailsimPostfixType mailsim_postfix_boolean = {
    .name = "boolean",
    .find_fatal = find_fatal_boolean,
    .hint = BOOLEAN_HINT,
};
const MailsimPostfixType mailsim_postfix_rewrite_boolean = {.name = "boolean",
                                                            .check = check_rewrite_boolean};

/* ---- numbers ---------------------------------------------------------------------------- */

static char *
find_fatal_number_below(const char *name, const char *value, int minimum)
{
    gint64 number;
    const char *digits = value + (*value == '+');

    if (!g_ascii_string_to_signed(digits, 10, G_MININT, G_MAXINT, &number, NULL))
        return g_strdup_printf("bad numerical configuration: %s = %s", name, value);
    if (number >= minimum)
        return NULL;
    return g_strdup_printf("invalid %s parameter value %d < %d", name, (int)number, minimum);
}

static char *
find_fatal_number(const char *name, const char *value)
{
    return find_fatal_number_below(name, value, G_MININT);
}

static char *
find_fatal_count(const char *name, const char *value)
{
    return find_fatal_number_below(name, value, 1);
}

static char *
find_fatal_line_length(const char *name, const char *value)
{
    return find_fatal_number_below(name, value, 512);
}

static char *
find_fatal_natural(const char *name, const char *value)
{
    return find_fatal_number_below(name, value, 0);
}

const MailsimPostfixType mailsim_postfix_number = {
    .name = "number",
    .find_fatal = find_fatal_natural,
    .hint = "write a number from 1 on; with anything else Postfix's daemon dies",
};
const MailsimPostfixType mailsim_postfix_limit = {
    .name = "number",
    .find_fatal = find_fatal_number,
    .hint = "write a number; 0 is no limit",
};
const MailsimPostfixType mailsim_postfix_count = {
    .name = "number",
    .find_fatal = find_fatal_count,
    .hint = "write a number from 1 on; with anything else Postfix's daemon dies",
};
const MailsimPostfixType mailsim_postfix_line_length = {
    .name = "size",
    .find_fatal = find_fatal_line_length,
    .hint = "write a number from 512 on; below it Postfix's daemon dies",
};

/* ---- sizes ------------------------------------------------------------------------------ */

static char *
find_fatal_size(const char *name, const char *value)
{
    gint64 number;

    if (g_ascii_string_to_signed(value, 10, G_MININT64, G_MAXINT64, &number, NULL))
        return NULL;
    return g_strdup_printf("bad numerical configuration: %s = %s", name, value);
}

static char *
check_size(const char *name, const char *value, char **hint, G_GNUC_UNUSED gboolean *is_warning)
{
    char *fatal = find_fatal_size(name, value);

    if (fatal == NULL && *value != '-')
        return NULL;
    if (fatal == NULL) {
        *hint = g_strdup("Postfix takes it for no limit; write 0 for that");
        return g_strdup("a size below zero is not built");
    }
    *hint = g_strdup("write a plain number of bytes: 10240000");
    return fatal;
}

const MailsimPostfixType mailsim_postfix_size = {
    .name = "size", .check = check_size, .find_fatal = find_fatal_size};

/* ---- times ------------------------------------------------------------------------------ */

static gint64
find_unit(char letter)
{
    static const struct {
        char letter;
        gint64 seconds;
    } units[] = {
        {'s', 1               },
        {'m', 60              },
        {'h', 60 * 60         },
        {'d', 24 * 60 * 60    },
        {'w', 7 * 24 * 60 * 60},
    };

    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        if (units[i].letter == letter)
            return units[i].seconds;
    }
    return 0;
}

/* “300s” gives seconds. */
static gint64
find_default_unit(const char *name)
{
    const char *standard = mailsim_postfix_parameter_get_default(name);
    gsize length = standard != NULL ? strlen(standard) : 0;
    gint64 unit = length > 0 ? find_unit(standard[length - 1]) : 0;

    return unit > 0 ? unit : 1;
}

/* “1h30m” and “4h 3” are sums. */
gboolean
mailsim_postfix_time_parse(const char *name, const char *value, gint64 *seconds)
{
    const char *at = value + strspn(value, " \t");
    gint64 sum = 0;

    if (*at == '\0')
        return FALSE;
    while (*at != '\0') {
        gint64 number = 0;
        gint64 unit;

        for (; g_ascii_isdigit(*at) && number <= G_MAXINT; at++)
            number = number * 10 + (*at - '0');
        unit = find_unit(*at);
        if (unit > 0)
            at++;
        else
            unit = find_default_unit(name);
        sum += number * unit;
        if (sum > G_MAXINT || (*at != '\0' && !g_ascii_isdigit(*at) && *at != ' '))
            return FALSE;
        at += strspn(at, " \t");
        if (*at != '\0' && !g_ascii_isdigit(*at))
            return FALSE;
    }
    *seconds = sum;
    return TRUE;
}

static char *
find_fatal_time(const char *name, const char *value)
{
    gint64 seconds;

    if (mailsim_postfix_time_parse(name, value, &seconds))
        return NULL;
    return g_strdup_printf("parameter %s: bad time value or unit: %s", name, value);
}

static char *
find_fatal_timeout(const char *name, const char *value)
{
    gint64 seconds;

    if (!mailsim_postfix_time_parse(name, value, &seconds))
        return find_fatal_time(name, value);
    return seconds >= 1 ? NULL : g_strdup_printf("invalid %s: 0 (min 1)", name);
}

#define TIME_HINT "write a number and s, m, h, d or w: 5m"

const MailsimPostfixType mailsim_postfix_time = {
    .name = "time",
    .find_fatal = find_fatal_time,
    .hint = TIME_HINT,
};
const MailsimPostfixType mailsim_postfix_timeout = {
    .name = "time",
    .find_fatal = find_fatal_timeout,
    .hint = TIME_HINT,
};

/* ---- reply codes ------------------------------------------------------------------------ */

/* Postfix takes any number, and finds out when it has to refuse somebody with it. */
static char *
check_reply_code(const char *name,
                 const char *value,
                 char **hint,
                 G_GNUC_UNUSED gboolean *is_warning)
{
    char *fatal = find_fatal_number(name, value);
    gint64 code = g_ascii_strtoll(value, NULL, 10);

    if (fatal != NULL) {
        *hint = g_strdup("write a plain number; with anything else Postfix's daemon dies");
        return fatal;
    }
    if (code >= 400 && code <= 599)
        return NULL;
    *hint = g_strdup("write one from 400 to 599; Postfix would answer 450 Service unavailable");
    return g_strdup_printf("“%s” is no reply code that refuses", value);
}

const MailsimPostfixType mailsim_postfix_reply_code = {
    .name = "reply-code",
    .check = check_reply_code,
    .find_fatal = find_fatal_number,
};
