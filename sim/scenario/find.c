/* SPDX-License-Identifier: MIT
 *
 * What a scenario has of a kind: hosts, users, steps; and, for a name that it does not have,
 * the one that was probably meant and where it stands. */
#include "scenario-private.h"

#include <string.h>

#include <mailsim/base/suggestion.h>

#include "value-private.h"

Section *
find_section(const MailsimScenario *scenario, MailsimGroupKind kind, const char *name)
{
    g_autofree char *id = g_strconcat(mailsim_key_table_get_group(kind)->name, " ", name, NULL);

    return g_hash_table_lookup(scenario->index, id);
}

/* The rest of a section's header: “mail submission”. Lent. */
static const char *
name_of(const Section *section)
{
    return section->id + strlen(section->row->name) + (section->names[0] ? 1 : 0);
}

GPtrArray *
find_names(const MailsimScenario *scenario, MailsimGroupKind kind)
{
    GPtrArray *names = g_ptr_array_new();
    const GPtrArray *sections = scenario->by_kind[kind];

    for (guint i = 0; i < sections->len; i++)
        g_ptr_array_add(names, (char *)name_of(g_ptr_array_index(sections, i)));
    return names;
}

char *
find_hint(const MailsimScenario *scenario, MailsimGroupKind kind, const char *name)
{
    g_autoptr(GPtrArray) names = find_names(scenario, kind);
    const char *nearest = mailsim_suggestion_find(name, names);

    if (!nearest)
        return NULL;

    const Section *section = find_section(scenario, kind, nearest);

    return g_strdup_printf("did you mean “%s” (%s:%u)?", nearest,
                           mailsim_source_get_name(section->span.source), section->span.line);
}

char *
find_mailname(const Section *host)
{
    const char *mailname = section_get(host, "mailname");

    return mailname ? g_ascii_strdown(mailname, -1)
                    : g_strconcat(host->names[0], ".example", NULL);
}

char *
find_hostname(const Section *host)
{
    const char *hostname = section_get(host, "hostname");
    g_autofree char *mailname = find_mailname(host);

    return hostname ? g_ascii_strdown(hostname, -1) : g_strconcat("mail.", mailname, NULL);
}

Section *
find_endpoint_host(const MailsimScenario *scenario, const char *name)
{
    const GPtrArray *hosts = scenario->by_kind[MAILSIM_GROUP_HOST];
    Section *host = find_section(scenario, MAILSIM_GROUP_HOST, name);

    for (guint i = 0; !host && i < hosts->len; i++) {
        Section *other = g_ptr_array_index(hosts, i);
        g_autofree char *hostname = find_hostname(other);

        if (g_ascii_strcasecmp(hostname, name) == 0)
            host = other;
    }
    return host;
}

/* --- Users --- */

static void
index_user(GHashTable *users, char *name, Section *host)
{
    GPtrArray *hosts = g_hash_table_lookup(users, name);

    if (!hosts) {
        hosts = g_ptr_array_new();
        g_hash_table_insert(users, g_strdup(name), hosts);
    }
    if (!g_ptr_array_find(hosts, host, NULL))
        g_ptr_array_add(hosts, host);
}

static void
index_users_of(GHashTable *users, const Section *said, Section *host)
{
    const char *value = section_get(said, "users");

    if (!value)
        return;

    g_autoptr(GPtrArray) items = value_split(value);

    for (guint i = 0; i < items->len; i++) {
        char *name = g_ptr_array_index(items, i);

        name[strcspn(name, ":")] = '\0';
        index_user(users, name, host);
    }
}

static void
free_hosts(gpointer data)
{
    g_ptr_array_unref(data);
}

void
find_index_users(MailsimScenario *scenario)
{
    const GPtrArray *hosts = scenario->by_kind[MAILSIM_GROUP_HOST];

    scenario->users = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_hosts);
    for (guint i = 0; i < hosts->len; i++) {
        Section *host = g_ptr_array_index(hosts, i);

        index_users_of(scenario->users, host, host);
    }
    for (guint i = 0; i < scenario->changes->len; i++) {
        const Section *change = g_ptr_array_index(scenario->changes, i);
        Section *host = g_hash_table_lookup(scenario->index, change->id);

        if (change->row->kind == MAILSIM_GROUP_HOST && host)
            index_users_of(scenario->users, change, host);
    }
    g_hash_table_insert(scenario->users, g_strdup("root"),
                        g_ptr_array_copy(scenario->by_kind[MAILSIM_GROUP_HOST], NULL, NULL));
}

GPtrArray *
find_user_hosts(const MailsimScenario *scenario, const char *user)
{
    const char *at = strchr(user, '@');
    g_autofree char *name = at ? g_strndup(user, (gsize)(at - user)) : g_strdup(user);
    const GPtrArray *hosts = g_hash_table_lookup(scenario->users, name);
    GPtrArray *found = g_ptr_array_new();

    for (guint i = 0; hosts && i < hosts->len; i++) {
        Section *host = g_ptr_array_index(hosts, i);
        g_autofree char *mailname = find_mailname(host);

        if (!at || g_ascii_strcasecmp(mailname, at + 1) == 0)
            g_ptr_array_add(found, host);
    }
    return found;
}

/* --- Steps and the clock --- */

MailsimTime
find_start(const MailsimScenario *scenario)
{
    const Section *head = g_hash_table_lookup(scenario->index, "scenario");
    const char *start = head ? section_get(head, "start") : NULL;
    MailsimTime start_us = 0;

    if (!start || !mailsim_time_parse(start, &start_us))
        mailsim_time_parse("2026-01-12 09:00", &start_us);
    return start_us;
}

static gboolean
is_send(const Section *step)
{
    return g_strcmp0(section_get(step, "do"), "send") == 0;
}

void
find_index_steps(MailsimScenario *scenario)
{
    const GPtrArray *steps = scenario->by_kind[MAILSIM_GROUP_STEP];
    const Section *last = NULL;

    for (guint i = 0; i < steps->len; i++)
        ((Section *)g_ptr_array_index(steps, i))->position = i;
    for (guint i = 0; i < steps->len; i++) {
        Section *step = g_ptr_array_index(steps, i);
        const char *name = section_get(step, "message");
        const Section *named = name ? find_section(scenario, MAILSIM_GROUP_STEP, name) : last;

        if (named && is_send(named) && named->position < i)
            step->watched = named;
        if (is_send(step))
            last = step;
    }
}

static const MailsimEntry *
find_in(const GPtrArray *entries)
{
    for (guint i = 0; entries && i < entries->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(entries, i);

        if (strcmp(entry->key, "for") == 0 || strcmp(entry->key, "until") == 0)
            return entry;
    }
    return NULL;
}

const MailsimEntry *
find_wait(const Section *step)
{
    const MailsimEntry *own = find_in(step->own);

    return own ? own : find_in(step->entries);
}
