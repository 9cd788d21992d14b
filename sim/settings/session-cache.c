/* SPDX-License-Identifier: MIT
 *
 * What belongs to the cache of TLS sessions, and what Postfix says of its values. */
#include <mailsim/settings/session-cache.h>

#include <string.h>

#include <mailsim/settings/expansion.h>
#include <mailsim/settings/postfix-parameter.h>

#include "postfix-parameter-private.h"

/* A hundred days */
#define TIME_MAX_SECONDS 8640000

/* ---- the database ------------------------------------------------------------------------ */

/* Types of postconf -m that can be written to; without any, it is default_database_type. */
static const char *const types[] = {"btree", "hash", NULL};

static char *
dup_type(const char *database)
{
    const char *colon = strchr(database, ':');

    return colon != NULL ? g_strndup(database, (gsize)(colon - database)) : g_strdup("hash");
}

gboolean
mailsim_session_cache_can_be_opened(const char *database)
{
    g_autofree char *type = dup_type(database);

    return database[0] != '\0' && g_strv_contains(types, type);
}

/* tlsmgr(8) warns, and goes on without. */
static char *
check_database(G_GNUC_UNUSED const char *name,
               const char *value,
               char **hint,
               gboolean *is_warning)
{
    g_autofree char *type = dup_type(value);

    if (value[0] == '\0' || mailsim_session_cache_can_be_opened(value))
        return NULL;
    *is_warning = TRUE;
    *hint = g_strdup("btree: is what Debian writes; as it is, no session is kept");
    return g_strdup_printf("unsupported dictionary type: %s", type);
}

const MailsimPostfixType mailsim_postfix_session_cache = {.name = "text",
                                                          .check = check_database};

/* ---- the time ---------------------------------------------------------------------------- */

static char *
find_fatal_time(const char *name, const char *value)
{
    char *fatal = mailsim_postfix_time.find_fatal(name, value);
    gint64 seconds = 0;

    if (fatal == NULL && mailsim_postfix_time_parse(name, value, &seconds) &&
        seconds > TIME_MAX_SECONDS)
        fatal = g_strdup_printf("invalid %s: %" G_GINT64_FORMAT " (max %d)", name, seconds,
                                TIME_MAX_SECONDS);
    return fatal;
}

const MailsimPostfixType mailsim_postfix_cache_time = {
    .name = "time",
    .find_fatal = find_fatal_time,
    .hint = "write a number and s, m, h, d or w: 1h; a hundred days at most",
};

/* ---- tls_ssl_options --------------------------------------------------------------------- */

static char *
check_ssl_options(const char *name, const char *value, char **hint, gboolean *is_warning)
{
    g_auto(GStrv) words = mailsim_expansion_split(value);

    for (guint i = 0; words[i] != NULL; i++) {
        if (g_ascii_strcasecmp(words[i], "NO_TICKET") == 0)
            continue;
        *is_warning = TRUE;
        *hint = g_strdup("of OpenSSL's options the lab has NO_TICKET alone");
        return g_strdup_printf("“%s” in %s has no effect in the lab", words[i], name);
    }
    return NULL;
}

const MailsimPostfixType mailsim_postfix_ssl_options = {.name = "text",
                                                        .check = check_ssl_options};
