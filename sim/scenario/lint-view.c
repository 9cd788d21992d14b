/* SPDX-License-Identifier: MIT
 *
 * Settings as rules of lint ask for them: what they come to, not how they are written. */
#include "lint-private.h"

#include <string.h>

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

gboolean
lint_has_word(const LintView *view, const char *name, const char *word)
{
    g_auto(GStrv) words = lint_dup_list(view, name);

    for (guint i = 0; words[i]; i++)
        if (g_ascii_strcasecmp(words[i], word) == 0)
            return TRUE;
    return FALSE;
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

/* Calls VISIT with each record of TYPE that zones have, until it says yes. */
static gboolean
find_record(const MailsimWorld *world,
            const char *type,
            gboolean (*visit)(const MailsimRecordsDefinition *records,
                              const char *data,
                              gconstpointer user_data),
            gconstpointer user_data)
{
    for (guint i = 0; i < world->zones->len; i++) {
        const MailsimZoneDefinition *zone = g_ptr_array_index(world->zones, i);

        for (guint j = 0; j < zone->records->len; j++) {
            const MailsimRecordsDefinition *records = g_ptr_array_index(zone->records, j);

            if (strcmp(records->type, type) != 0)
                continue;
            for (guint k = 0; k < MAX(records->data->len, 1); k++)
                if (visit(records,
                          records->data->len > 0 ? g_ptr_array_index(records->data, k) : NULL,
                          user_data))
                    return TRUE;
        }
    }
    return FALSE;
}

/* A host, and the name of an exchanger that may be its. */
typedef struct {
    const MailsimWorld *world;
    const MailsimHostDefinition *host;
    const char *exchanger;
} Lead;

static gboolean
leads_by_address(const MailsimRecordsDefinition *records, const char *data, gconstpointer lead)
{
    const Lead *sought = lead;

    return data && is_name(records->owner, sought->exchanger) && is_at(sought->host, data);
}

/* “10 mail.iesgn.example.” */
static gboolean
leads_by_mx(G_GNUC_UNUSED const MailsimRecordsDefinition *records,
            const char *data,
            gconstpointer lead)
{
    Lead sought = *(const Lead *)lead;
    const char *blank = data ? strrchr(data, ' ') : NULL;

    if (!blank)
        return FALSE;
    if (is_name(sought.host->hostname, blank + 1))
        return TRUE;
    sought.exchanger = blank + 1;
    return find_record(sought.world, "A", leads_by_address, &sought) ||
           find_record(sought.world, "AAAA", leads_by_address, &sought);
}

static gboolean
is_of_mailname(const MailsimRecordsDefinition *records,
               G_GNUC_UNUSED const char *data,
               gconstpointer host)
{
    return is_name(((const MailsimHostDefinition *)host)->mailname, records->owner);
}

/* Of two hosts with one mail name, the first has the MX that follows from it. */
static gboolean
has_implied_mx(const MailsimWorld *world, const MailsimHostDefinition *host)
{
    for (guint i = 0; i < world->hosts->len; i++) {
        const MailsimHostDefinition *other = g_ptr_array_index(world->hosts, i);

        if (g_ascii_strcasecmp(other->mailname, host->mailname) == 0)
            return other == host && !find_record(world, "MX", is_of_mailname, host);
    }
    return FALSE;
}

gboolean
lint_is_mx(const MailsimWorld *world, const MailsimHostDefinition *host)
{
    const Lead lead = {world, host, NULL};

    return has_implied_mx(world, host) || find_record(world, "MX", leads_by_mx, &lead);
}
