/* SPDX-License-Identifier: MIT
 *
 * What a daemon writes into the mail log of a lookup table that cannot be read. */
#include "host-private.h"

#include <string.h>

#include <mailsim/settings/expansion.h>

/* What each type says when it is opened; %s stands for its name, or for the whole. Of types
 * that are not here nothing is known, but for those that Postfix does not know itself. */
static const struct {
    const char *type;
    const char *words;
    gboolean whole;
} complaints[] = {
    {"hash",     "open database %s.db: No such file or directory", FALSE},
    {"btree",    "open database %s.db: No such file or directory", FALSE},
    {"texthash", "open database %s: No such file or directory",    FALSE},
    {"regexp",   "open %s: No such file or directory",             FALSE},
    {"pcre",     "open %s: No such file or directory",             FALSE},
    {"cidr",     "open %s: No such file or directory",             FALSE},
    {"unix",     "unknown table: %s",                              TRUE },
};

/* Types that Debian's Postfix has in packages of their own, or not at all. */
static const char *const unsupported[] = {"dbm",  "sdbm",   "ldap",   "mysql",
                                          "pgsql", "sqlite", NULL};

static char *
describe_inline(const char *table, const char *name)
{
    const char *problem = name[0] == '{' ? "missing '=' after attribute name" : "bad syntax";

    return g_strdup_printf("%s: \"%s\"; need \"inline:{name=value...}\"", problem, table);
}

static char *
replace(const char *words, const char *by)
{
    g_auto(GStrv) around = g_strsplit(words, "%s", 2);

    return g_strjoinv(by, around);
}

/* NULL: it is not known, or there is something else in the file. */
static char *
describe(const MailsimHost *host, const char *table)
{
    const gsize length = strcspn(table, ":");
    g_autofree char *type = g_strndup(table, length);
    const char *name = table[length] == ':' ? table + length + 1 : "";

    if (g_str_equal(type, "inline"))
        return describe_inline(table, name);
    if (g_strv_contains(unsupported, type))
        return g_strdup_printf("unsupported dictionary type: %s", type);
    for (guint i = 0; i < G_N_ELEMENTS(complaints); i++) {
        if (!g_str_equal(complaints[i].type, type))
            continue;
        if (mailsim_host_find_file(host, name) != NULL)
            return NULL;
        return replace(complaints[i].words, complaints[i].whole ? table : name);
    }
    return NULL;
}

void
mailsim_process_log_unavailable(const MailsimProcess *process,
                                int hop,
                                const MailsimHost *host,
                                const char *tables,
                                const char *key)
{
    g_auto(GStrv) list = mailsim_expansion_split(tables);

    for (guint i = 0; list[i] != NULL; i++) {
        g_autofree char *reason = NULL;

        if (mailsim_host_look_up(host, list[i], key, NULL) != MAILSIM_LOOKUP_ERROR)
            continue;
        reason = describe(host, list[i]);
        if (reason != NULL)
            mailsim_process_log(process, hop, "warning: %s is unavailable. %s", list[i],
                                reason);
        return;
    }
}

void
mailsim_process_log_unopened(MailsimProcess *process,
                             int hop,
                             const MailsimHost *host,
                             const char *tables)
{
    g_auto(GStrv) list = mailsim_expansion_split(tables);

    for (guint i = 0; list[i] != NULL; i++) {
        g_autofree char *reason = NULL;

        if (mailsim_host_look_up(host, list[i], "", NULL) != MAILSIM_LOOKUP_ERROR)
            continue;
        reason = describe(host, list[i]);
        if (reason != NULL && mailsim_process_is_first(process, list[i]))
            mailsim_process_log(process, hop, "error: %s", reason);
    }
}

void
mailsim_process_log_lookup_error(const MailsimProcess *process,
                                 int hop,
                                 const MailsimHost *host,
                                 const char *tables,
                                 const char *key)
{
    g_auto(GStrv) list = mailsim_expansion_split(tables);

    mailsim_process_log_unavailable(process, hop, host, tables, key);
    for (guint i = 0; list[i] != NULL; i++) {
        if (mailsim_host_look_up(host, list[i], key, NULL) != MAILSIM_LOOKUP_ERROR)
            continue;
        mailsim_process_log(process, hop, "warning: %s lookup error for \"%s\"", list[i], key);
        return;
    }
}
