/* SPDX-License-Identifier: MIT
 *
 * Settings as rules of lint ask for them: what they come to, not how they are written. */
#include "lint-private.h"

#include <string.h>

#include <mailsim/lab/implied.h>
#include <mailsim/settings/expansion.h>
#include <mailsim/settings/postfix-parameter.h>

/* --- Values --- */

char *
lint_dup(const LintView *view, const char *name)
{
    return mailsim_main_cf_dup(view->host, view->service, name);
}

char **
lint_dup_list(const LintView *view, const char *name)
{
    g_autofree char *value = lint_dup(view, name);

    return mailsim_expansion_split(value);
}

gboolean
lint_is(const LintView *view, const char *name, const char *word)
{
    g_autofree char *value = lint_dup(view, name);

    return g_ascii_strcasecmp(value, word) == 0;
}

gboolean
lint_get_flag(const LintView *view, const char *name)
{
    return lint_is(view, name, "yes");
}

gint64
lint_get_seconds(const LintView *view, const char *name)
{
    g_autofree char *value = lint_dup(view, name);
    gint64 seconds = 0;

    mailsim_postfix_time_parse(name, value, &seconds);
    return seconds;
}

gint64
lint_get_number(const LintView *view, const char *name)
{
    g_autofree char *value = lint_dup(view, name);
    gint64 number = 0;

    g_ascii_string_to_signed(value, 10, G_MININT64, G_MAXINT64, &number, NULL);
    return number;
}

gboolean
lint_has_word(const LintView *view, const char *name, const char *word)
{
    g_auto(GStrv) words = lint_dup_list(view, name);

    for (guint i = 0; words[i]; i++)
        if (g_ascii_strcasecmp(words[i], word) == 0)
            return TRUE;
    return FALSE;
}

/* --- Names of old --- */

gboolean
lint_find_old_name(const LintView *view,
                   const char *name,
                   const char *level,
                   const char *value,
                   LintFinding *finding)
{
    g_autofree char *said = lint_dup(view, level);

    if (!mailsim_main_cf_find(view->host, view->service, name))
        return FALSE;
    finding->is_name = TRUE;
    finding->message = g_strdup_printf("“%s” is the old way to write %s", name, level);
    if (*said)
        finding->hint = g_strdup_printf("%s = %s wins over it, without a word, in the lab too: "
                                        "the line can go",
                                        level, said);
    else if (!lint_get_flag(view, name))
        finding->hint = g_strdup("it changes nothing: the line can go");
    else
        finding->hint =
            g_strdup_printf("without a level Postfix obeys it, and so does the lab: it means "
                            "%s = %s; write that",
                            level, value);
    return TRUE;
}

/* --- Who is an MX --- */

static gboolean
is_at(const MailsimHostDefinition *host, const char *address)
{
    return g_ptr_array_find_with_equal_func(host->addresses, address, g_str_equal, NULL);
}

static gboolean
is_name(const char *name, const char *of_record)
{
    const gsize length = strlen(name);

    return g_ascii_strncasecmp(name, of_record, length) == 0 &&
           (strcmp(of_record + length, ".") == 0 || of_record[length] == '\0');
}

GPtrArray *
lint_list_records(const MailsimWorld *world, const GPtrArray *implied)
{
    GPtrArray *all = g_ptr_array_new();

    g_ptr_array_extend(all, (GPtrArray *)implied, NULL, NULL);
    for (guint i = 0; i < world->zones->len; i++) {
        const MailsimZoneDefinition *zone = g_ptr_array_index(world->zones, i);

        g_ptr_array_extend(all, zone->records, NULL, NULL);
    }
    return all;
}

static gboolean
has_address(const GPtrArray *all, const MailsimHostDefinition *host, const char *exchanger)
{
    for (guint i = 0; i < all->len; i++) {
        const MailsimRecordsDefinition *records = g_ptr_array_index(all, i);

        if ((strcmp(records->type, "A") != 0 && strcmp(records->type, "AAAA") != 0) ||
            !is_name(records->owner, exchanger))
            continue;
        for (guint j = 0; j < records->data->len; j++)
            if (is_at(host, g_ptr_array_index(records->data, j)))
                return TRUE;
    }
    return FALSE;
}

/* “10 mail.iesgn.example.” */
static gboolean
leads_to(const GPtrArray *all, const char *mx, const MailsimHostDefinition *host)
{
    const char *blank = strrchr(mx, ' ');

    return blank && has_address(all, host, blank + 1);
}

gboolean
lint_is_mx(const MailsimWorld *world, const MailsimHostDefinition *host)
{
    g_autoptr(GPtrArray) implied = mailsim_world_list_implied_records(world);
    g_autoptr(GPtrArray) all = lint_list_records(world, implied);

    for (guint i = 0; i < all->len; i++) {
        const MailsimRecordsDefinition *records = g_ptr_array_index(all, i);

        if (strcmp(records->type, "MX") != 0)
            continue;
        for (guint j = 0; j < records->data->len; j++)
            if (leads_to(all, g_ptr_array_index(records->data, j), host))
                return TRUE;
    }
    return FALSE;
}
