/* SPDX-License-Identifier: MIT
 *
 * What delivery status notifications add to MAIL and RCPT (RFC 3461 §4), as strictly as Postfix
 * reads it. */
#include "smtp-server-private.h"

#include <string.h>

/* Is it repeated? Postfix takes the first one, and refuses the second. */
static gboolean
came_before(const GPtrArray *parameters, guint index)
{
    const MailsimSmtpParameter *parameter = g_ptr_array_index(parameters, index);

    for (guint i = 0; i < index; i++) {
        const MailsimSmtpParameter *earlier = g_ptr_array_index(parameters, i);

        if (g_str_equal(earlier->name, parameter->name))
            return TRUE;
    }
    return FALSE;
}

/* Every plus sign has its two digits, of either case. */
static gboolean
is_xtext(const char *text)
{
    for (const char *plus = strchr(text, '+'); plus != NULL; plus = strchr(plus + 1, '+')) {
        if (!g_ascii_isxdigit(plus[1]) || !g_ascii_isxdigit(plus[2]))
            return FALSE;
    }
    return TRUE;
}

/* ret-value = "FULL" / "HDRS" */
static gboolean
is_ret(const char *value)
{
    return g_ascii_strcasecmp(value, "FULL") == 0 || g_ascii_strcasecmp(value, "HDRS") == 0;
}

/* Once its digits are undone it is printable ASCII. */
static gboolean
is_envid(const char *value)
{
    for (const char *c = value; *c != '\0'; c++) {
        int byte = (guchar)*c;

        if (*c == '+' && g_ascii_isxdigit(c[1]) && g_ascii_isxdigit(c[2])) {
            byte = g_ascii_xdigit_value(c[1]) * 16 + g_ascii_xdigit_value(c[2]);
            c += 2;
        } else if (*c == '+') {
            return FALSE;
        }
        if (byte >= 0x80 || !g_ascii_isprint((char)byte))
            return FALSE;
    }
    return value[0] != '\0';
}

static gboolean
is_notify_word(const char *word)
{
    static const char *const words[] = {"NEVER", "SUCCESS", "FAILURE", "DELAY"};

    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(word, words[i]) == 0)
            return TRUE;
    }
    return word[0] == '\0';
}

static void
log_unknown_notify(MailsimSmtpServer *server, const char *value)
{
    g_auto(GStrv) words = g_strsplit(value, ",", -1);

    for (guint i = 0; words[i] != NULL; i++) {
        if (!is_notify_word(words[i])) {
            mailsim_smtp_server_log(
                server, "warning: unknown DSN NOTIFY command value \"%s\" in \"%s\"", words[i],
                value);
            return;
        }
    }
}

/* notify-esmtp-value = "NEVER" / 1#("SUCCESS" / "FAILURE" / "DELAY") */
static gboolean
is_notify(const char *value)
{
    g_auto(GStrv) words = g_strsplit(value, ",", -1);
    guint n_never = 0;
    guint n_others = 0;

    for (guint i = 0; words[i] != NULL; i++) {
        if (g_ascii_strcasecmp(words[i], "NEVER") == 0)
            n_never++;
        else if (!is_notify_word(words[i]))
            return FALSE;
        else if (words[i][0] != '\0')
            n_others++;
    }
    return (n_never > 0) != (n_others > 0);
}

/* original-recipient-address = addr-type ";" xtext */
static gboolean
is_orcpt(const char *value)
{
    const char *semicolon = strchr(value, ';');

    return semicolon != NULL && semicolon != value && is_xtext(semicolon + 1);
}

static const struct {
    const char *name;
    gboolean (*accepts)(const char *value);
    const char *refusal;
} dsn_parameters[] = {
    {"RET",    is_ret,    "501 5.5.4 Bad RET parameter syntax"          },
    {"ENVID",  is_envid,  "501 5.5.4 Bad ENVID parameter syntax"        },
    {"NOTIFY", is_notify, "501 5.5.4 Error: Bad NOTIFY parameter syntax"},
    {"ORCPT",  is_orcpt,  "501 5.5.4 Error: Bad ORCPT parameter syntax" },
};

char *
mailsim_smtp_server_refuse_dsn(MailsimSmtpServer *server,
                               const GPtrArray *parameters,
                               guint index)
{
    const MailsimSmtpParameter *parameter = g_ptr_array_index(parameters, index);

    if (mailsim_smtp_server_discards(server, "DSN"))
        return g_strdup("501 5.7.1 DSN support is disabled");

    for (guint i = 0; i < G_N_ELEMENTS(dsn_parameters); i++) {
        if (!g_str_equal(dsn_parameters[i].name, parameter->name))
            continue;
        if (came_before(parameters, index))
            return g_strdup(dsn_parameters[i].refusal);
        if (dsn_parameters[i].accepts(parameter->value))
            return NULL;
        if (dsn_parameters[i].accepts == is_notify)
            log_unknown_notify(server, parameter->value);
        return g_strdup(dsn_parameters[i].refusal);
    }
    return NULL;
}
