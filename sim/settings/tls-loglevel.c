/* SPDX-License-Identifier: MIT
 *
 * Words and digits of smtp_tls_loglevel and smtpd_tls_loglevel, as Postfix takes them. */
#include <mailsim/settings/tls-loglevel.h>

#include "postfix-parameter-private.h"

static const struct {
    const char *word;
    guint level;
} words[] = {
    {"0",             0},
    {"none",          0},
    {"1",             1},
    {"routine",       1},
    {"2",             2},
    {"debug",         2},
    {"3",             3},
    {"ssl-expert",    3},
    {"4",             4},
    {"5",             4},
    {"ssl-developer", 4},
};

static int
find_level(const char *word)
{
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(words[i].word, word) == 0)
            return (int)words[i].level;
    }
    return -1;
}

guint
mailsim_tls_loglevel_parse(const char *value, char **unknown)
{
    g_auto(GStrv) members = g_strsplit_set(value, ", \t\r\n", -1);
    guint most = 0;

    for (guint i = 0; members[i] != NULL; i++) {
        const int level = members[i][0] != '\0' ? find_level(members[i]) : 0;

        if (level < 0) {
            if (unknown != NULL)
                *unknown = g_strdup(members[i]);
            return 0;
        }
        most = MAX(most, (guint)level);
    }
    return most;
}

/* Postfix warns, and goes on. */
static char *
check_loglevel(const char *name, const char *value, char **hint, gboolean *is_warning)
{
    g_autofree char *unknown = NULL;
    const guint level = mailsim_tls_loglevel_parse(value, &unknown);

    *is_warning = TRUE;
    if (unknown != NULL) {
        *hint = g_strdup("0, 1 or 2; as it is, nothing about TLS is logged");
        return g_strdup_printf("unknown %s value \"%s\" in \"%s\"", name, unknown, value);
    }
    if (level < 3)
        return NULL;
    *hint =
        g_strdup("2 has each step of a handshake, and is more than enough to find a mistake");
    return g_strdup_printf("%s = %s asks for hexdumps, which the lab does not write", name,
                           value);
}

const MailsimPostfixType mailsim_postfix_tls_loglevel = {.name = "TLS log level",
                                                         .check = check_loglevel};
