/* SPDX-License-Identifier: MIT
 *
 * How Dovecot 2.3 reads the values of dovecot.conf. What it takes, and its words for what it
 * does not, were asked of doveconf(1) and of a running Dovecot 2.3.19. */
#include "dovecot-value-private.h"

#include <string.h>

/* ---- yes and no -------------------------------------------------------------------------- */

char *
mailsim_dovecot_read_boolean(const char *value, gboolean *flag)
{
    *flag = g_ascii_strcasecmp(value, "yes") == 0 || g_ascii_strcasecmp(value, "y") == 0 ||
            strcmp(value, "1") == 0;
    if (*flag || g_ascii_strcasecmp(value, "no") == 0)
        return NULL;
    return g_strdup_printf("invalid boolean value: %s (use yes or no)", value);
}

gboolean
mailsim_dovecot_setting_parse_boolean(const char *value, gboolean *flag)
{
    g_autofree char *problem = mailsim_dovecot_read_boolean(value, flag);

    return problem == NULL;
}

/* ---- numbers with a unit ----------------------------------------------------------------- */

/* Digits, then blanks; *rest is what follows them. FALSE: no digits, or too many. */
static gboolean
read_digits(const char *value, guint64 *number, const char **rest)
{
    const gsize length = strspn(value, "0123456789");
    g_autofree char *digits = g_strndup(value, length);

    *rest = value + length + strspn(value + length, " ");
    return g_ascii_string_to_unsigned(digits, 10, 0, G_MAXUINT64, number, NULL);
}

typedef struct {
    const char *word; /* any beginning of it will do, in any case */
    gint64 ms;
} TimeUnit;

/* In this order: “m” and “mi” are minutes, “ms” and “mil” are not. */
static const TimeUnit time_units[] = {
    {"secs",         1000     },
    {"seconds",      1000     },
    {"mins",         60000    },
    {"minutes",      60000    },
    {"hours",        3600000  },
    {"days",         86400000 },
    {"weeks",        604800000},
    {"msecs",        1        },
    {"mseconds",     1        },
    {"millisecs",    1        },
    {"milliseconds", 1        },
};

static const TimeUnit *
find_time_unit(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(time_units); i++)
        if (g_ascii_strncasecmp(time_units[i].word, word, strlen(word)) == 0)
            return &time_units[i];
    return NULL;
}

char *
mailsim_dovecot_read_time(const char *value, gint64 *seconds)
{
    guint64 number;
    const char *rest;
    const TimeUnit *unit;

    *seconds = 0;
    if (!read_digits(value, &number, &rest))
        return g_strdup_printf("invalid time interval: %s", value);
    if (*rest == '\0' && number == 0)
        return NULL;
    if (*rest == '\0')
        return g_strdup_printf("time interval '%s' is missing units (add e.g. 's' for seconds)",
                               value);
    unit = find_time_unit(rest);
    if (unit == NULL)
        return g_strdup_printf("invalid time interval: %s", value);
    if (unit->ms == 1 && number % 1000 != 0)
        return g_strdup_printf("milliseconds not supported for this setting: %s", value);
    if (number > (guint64)G_MAXUINT32 * 1000 / (guint64)unit->ms)
        return g_strdup_printf("time interval is too large: %s", value);
    *seconds = (gint64)number * unit->ms / 1000;
    return NULL;
}

gboolean
mailsim_dovecot_setting_parse_time(const char *value, gint64 *seconds)
{
    g_autofree char *problem = mailsim_dovecot_read_time(value, seconds);

    return problem == NULL;
}

/* How many bits UNIT shifts by: “B”; “k”, “ki”, “kB” or “kiB”, and so M, G, T. -1: it is
 * none. */
static int
find_size_shift(const char *unit)
{
    static const char letters[] = "BKMGT";
    const char *letter = strchr(letters, g_ascii_toupper(*unit));

    if (*unit == '\0')
        return 0;
    if (letter == NULL)
        return -1;
    unit++;
    if (letter > letters && g_ascii_tolower(*unit) == 'i')
        unit++;
    if (letter > letters && g_ascii_tolower(*unit) == 'b')
        unit++;
    return *unit == '\0' ? (int)(letter - letters) * 10 : -1;
}

char *
mailsim_dovecot_read_size(const char *value, guint64 *bytes)
{
    const char *rest;
    int shift;

    *bytes = 0;
    if (!read_digits(value, bytes, &rest))
        return g_strdup_printf("invalid size: %s", value);
    shift = find_size_shift(rest);
    if (shift < 0)
        return g_strdup_printf("invalid size: %s", value);
    if (*bytes > G_MAXUINT64 >> shift)
        return g_strdup_printf("size is too large: %s", value);
    *bytes <<= shift;
    return NULL;
}

gboolean
mailsim_dovecot_setting_parse_size(const char *value, guint64 *bytes)
{
    g_autofree char *problem = mailsim_dovecot_read_size(value, bytes);

    return problem == NULL;
}

char *
mailsim_dovecot_read_number(const char *value, guint *number)
{
    guint64 read = 0;
    const char *digits = value + (*value == '-');
    const char *why = NULL;

    if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0')
        why = "Not a valid number";
    else if (digits > value)
        why = "Number too small";
    else if (!g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT32, &read, NULL))
        why = "Number too large";
    *number = (guint)read;
    return why != NULL ? g_strdup_printf("invalid number %s: %s", value, why) : NULL;
}

gboolean
mailsim_dovecot_setting_parse_number(const char *value, guint *number)
{
    g_autofree char *problem = mailsim_dovecot_read_number(value, number);

    return problem == NULL;
}

/* ---- words ------------------------------------------------------------------------------- */

gboolean
mailsim_dovecot_setting_parse_tls(const char *value, MailsimDovecotTls *tls)
{
    static const char *const words[] = {
        [MAILSIM_DOVECOT_TLS_NO] = "no",
        [MAILSIM_DOVECOT_TLS_OFFERED] = "yes",
        [MAILSIM_DOVECOT_TLS_REQUIRED] = "required",
    };

    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(value, words[i]) == 0) {
            *tls = (MailsimDovecotTls)i;
            return TRUE;
        }
    return FALSE;
}

gboolean
mailsim_dovecot_setting_parse_min_protocol(const char *value, guint *minor)
{
    static const struct {
        const char *word;
        guint minor;
    } words[] = {
        {"ANY",     0},
        {"SSLv3",   0},
        {"TLSv1",   0},
        {"TLSv1.1", 1},
        {"TLSv1.2", 2},
        {"TLSv1.3", 3},
        {"LATEST",  3},
    };

    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(value, words[i].word) == 0) {
            *minor = words[i].minor;
            return TRUE;
        }
    return FALSE;
}

const char *
mailsim_dovecot_setting_find_path(const char *value)
{
    return *value == '<' ? value + 1 + strspn(value + 1, " \t") : NULL;
}

/* ---- lists ------------------------------------------------------------------------------- */

char **
mailsim_dovecot_split(const char *value, const char *separators)
{
    g_auto(GStrv) parts = g_strsplit_set(value, separators, -1);
    GStrvBuilder *builder = g_strv_builder_new();
    char **words;

    for (guint i = 0; parts[i] != NULL; i++)
        if (*parts[i] != '\0')
            g_strv_builder_add(builder, parts[i]);
    words = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
    return words;
}

gboolean
mailsim_dovecot_setting_has_word(const char *value, const char *word)
{
    g_auto(GStrv) words = mailsim_dovecot_split(value, " \t");

    return g_strv_contains((const char *const *)words, word);
}

gboolean
mailsim_dovecot_setting_trusts(const char *value, const MailsimIpAddress *address)
{
    g_auto(GStrv) words = mailsim_dovecot_split(value, ", \t");
    MailsimIpNetwork network;

    for (guint i = 0; words[i] != NULL; i++)
        if (mailsim_ip_network_parse(words[i], &network) &&
            mailsim_ip_network_contains(&network, address))
            return TRUE;
    return FALSE;
}

gboolean
mailsim_dovecot_setting_listens_at(const char *value, const MailsimIpAddress *address)
{
    g_auto(GStrv) words = mailsim_dovecot_split(value, ", \t");
    MailsimIpAddress own;

    for (guint i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], "*") == 0 ? address->n_bytes == 4
            : strcmp(words[i], "::") == 0 || strcmp(words[i], "[::]") == 0
                ? address->n_bytes == 16
                : mailsim_ip_address_parse(words[i], &own) &&
                      mailsim_ip_address_equal(&own, address))
            return TRUE;
    }
    return FALSE;
}

/* ---- variables (doc.dovecot.org, “Config variables”) ------------------------------------- */

/* The letter of the variable whose % is at AT; *next is behind it. L and U are modifiers. */
static char
read_variable(const char *at, const char **next)
{
    const char *letter = at + 1 + strspn(at + 1, "LU");

    *next = *letter != '\0' ? letter + 1 : letter;
    return *letter;
}

char *
mailsim_dovecot_find_variable(const char *template, const char *letters)
{
    for (const char *at = strchr(template, '%'); at != NULL; at = strchr(at, '%')) {
        const char *start = at;
        const char letter = read_variable(start, &at);

        if (letter == '\0' || (letter != '%' && strchr(letters, letter) == NULL))
            return g_strndup(start, (gsize)(at - start));
    }
    return NULL;
}

static char *
dup_variable(char letter, const char *user, const char *home)
{
    const char *domain = strchr(user, '@');

    if (letter == 'u')
        return g_strdup(user);
    if (letter == 'n')
        return g_strndup(user, strcspn(user, "@"));
    if (letter == 'd')
        return g_strdup(domain != NULL ? domain + 1 : "");
    return g_strdup(letter == 'h' ? home : "%");
}

char *
mailsim_dovecot_setting_expand(const char *template, const char *user, const char *home)
{
    GString *text = g_string_new(*template == '~' ? home : NULL);
    const char *at = template + (*template == '~');

    while (*at != '\0') {
        const char *start = at;

        if (*at != '%') {
            g_string_append_c(text, *at++);
            continue;
        }
        g_autofree char *plain = dup_variable(read_variable(start, &at), user, home);
        g_autofree char *cased = start[1] == 'L'   ? g_ascii_strdown(plain, -1)
                                 : start[1] == 'U' ? g_ascii_strup(plain, -1)
                                                   : g_strdup(plain);

        g_string_append(text, cased);
    }
    return g_string_free(text, FALSE);
}

char *
mailsim_dovecot_setting_format_user(const char *format, const char *name)
{
    return *format != '\0' ? mailsim_dovecot_setting_expand(format, name, "") : g_strdup(name);
}
