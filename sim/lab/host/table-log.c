/* SPDX-License-Identifier: MIT
 *
 * What a daemon writes into the mail log of a lookup table that cannot be read. */
#include "host-private.h"

#include <string.h>

#include <mailsim/settings/expansion.h>
#include <mailsim/settings/postfix-parameter.h>

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

/* Types that Debian's Postfix has in packages of their own. */
static const char *const unsupported[] = {"dbm",   "sdbm",   "ldap", "mysql",
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
    if (g_strv_contains(unsupported, type) || !mailsim_postfix_has_table_type(table))
        return g_strdup_printf("unsupported dictionary type: %s", type);
    for (guint i = 0; i < G_N_ELEMENTS(complaints); i++) {
        if (!g_str_equal(complaints[i].type, type))
            continue;
        if (mailsim_host_find_file(host, name) != NULL)
            return g_str_equal(type, "texthash") ? mailsim_host_find_duplicate(host, name)
                                                 : NULL;
        return replace(complaints[i].words, complaints[i].whole ? table : name);
    }
    return NULL;
}

/* The first of TABLES that cannot be read; NULL: each can. Lent by LIST. */
static const char *
find_unreadable(const MailsimHost *host, char **list, const char *key)
{
    for (; *list != NULL; list++) {
        if (mailsim_host_look_up(host, *list, key, NULL) == MAILSIM_LOOKUP_ERROR)
            return *list;
    }
    return NULL;
}

static char *
describe_unavailable(const MailsimHost *host, const char *table)
{
    g_autofree char *reason = describe(host, table);

    return reason != NULL ? g_strdup_printf("%s is unavailable. %s", table, reason) : NULL;
}

void
mailsim_process_log_unavailable(const MailsimProcess *process,
                                int hop,
                                const MailsimHost *host,
                                const char *tables,
                                const char *key)
{
    g_auto(GStrv) list = mailsim_expansion_split(tables);
    const char *table = find_unreadable(host, list, key);
    g_autofree char *words = table != NULL ? describe_unavailable(host, table) : NULL;

    if (words != NULL)
        mailsim_process_log(process, hop, "warning: %s", words);
}

GPtrArray *
mailsim_host_list_lookup_errors(const MailsimHost *host, const char *tables, const char *key)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) list = mailsim_expansion_split(tables);
    const char *table = find_unreadable(host, list, key);
    char *words = table != NULL ? describe_unavailable(host, table) : NULL;

    if (words != NULL)
        g_ptr_array_add(lines, words);
    if (table != NULL)
        g_ptr_array_add(lines, g_strdup_printf("%s lookup error for \"%s\"", table, key));
    return lines;
}

void
mailsim_process_log_lookup_error(const MailsimProcess *process,
                                 int hop,
                                 const MailsimHost *host,
                                 const char *tables,
                                 const char *key)
{
    g_autoptr(GPtrArray) lines = mailsim_host_list_lookup_errors(host, tables, key);

    for (guint i = 0; i < lines->len; i++)
        mailsim_process_log(process, hop, "warning: %s",
                            (const char *)g_ptr_array_index(lines, i));
}

/* ---- opening ----------------------------------------------------------------------------- */

/* Any key will do: one that cannot be read cannot be read for any. */
static void
log_opening(const MailsimProcess *process, const MailsimHost *host, const char *table)
{
    g_autoptr(GPtrArray) skipped = NULL;
    g_autofree char *reason = NULL;

    if (mailsim_host_look_up(host, table, "x", NULL) == MAILSIM_LOOKUP_ERROR) {
        reason = describe(host, table);
        if (reason != NULL)
            mailsim_process_log(process, -1, "error: %s", reason);
        return;
    }
    skipped = mailsim_host_list_skipped_lines(host, table);
    for (guint i = 0; i < skipped->len; i++)
        mailsim_process_log(process, -1, "warning: %s",
                            (const char *)g_ptr_array_index(skipped, i));
}

void
mailsim_process_log_opening(const MailsimProcess *process,
                            const MailsimHost *host,
                            const char *tables)
{
    g_auto(GStrv) list = mailsim_expansion_split(tables);

    for (guint i = 0; list[i] != NULL; i++)
        log_opening(process, host, list[i]);
}
