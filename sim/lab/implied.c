/* SPDX-License-Identifier: MIT
 *
 * What follows from a host without being said. */
#include <mailsim/lab/implied.h>

#include <string.h>

#include <mailsim/settings/postfix-parameter.h>

#include "lab-private.h"

/* ---- DNS --------------------------------------------------------------------------------- */

typedef struct {
    GPtrArray *records; /* of MailsimRecordsDefinition */
    GHashTable *index;  /* “name type”: the same, borrowed */
    GHashTable *said;   /* “name type”: what zones speak about themselves */
    GHashTable *taken;  /* “name what”: what a host before has */
} Collector;

static void
collect_said(Collector *collector, const MailsimWorld *world)
{
    for (guint i = 0; i < world->zones->len; i++) {
        const MailsimZoneDefinition *zone = g_ptr_array_index(world->zones, i);

        for (guint j = 0; j < zone->records->len; j++) {
            const MailsimRecordsDefinition *records = g_ptr_array_index(zone->records, j);

            g_hash_table_add(collector->said,
                             mailsim_dns_make_key(records->owner, records->type));
        }
    }
}

/* Takes DATA. What a host before has implied of the same name and type gets one more. */
static void
imply(Collector *collector, const char *owner, const char *type, char *data)
{
    g_autofree char *key = mailsim_dns_make_key(owner, type);
    MailsimRecordsDefinition *records;

    if (g_hash_table_contains(collector->said, key)) {
        g_free(data);
        return;
    }
    records = g_hash_table_lookup(collector->index, key);
    if (records == NULL) {
        records = mailsim_records_definition_new(owner, type);
        g_ptr_array_add(collector->records, records);
        g_hash_table_insert(collector->index, g_steal_pointer(&key), records);
    }
    g_ptr_array_add(records->data, data);
}

/* Of two hosts with the same name, or mail name, the first has it. */
static gboolean
is_free(Collector *collector, const char *what, const char *name)
{
    return g_hash_table_add(collector->taken, mailsim_dns_make_key(name, what));
}

static void
collect_host(Collector *collector, const MailsimHostDefinition *host)
{
    const gboolean owns_name = is_free(collector, "host", host->hostname);

    for (guint i = 0; i < host->addresses->len; i++) {
        const char *address = g_ptr_array_index(host->addresses, i);
        const char *type = strchr(address, ':') != NULL ? "AAAA" : "A";
        g_autofree char *reverse = mailsim_dns_dup_reverse_name(address);

        if (owns_name)
            imply(collector, host->hostname, type, g_strdup(address));
        if (is_free(collector, "address", reverse))
            imply(collector, reverse, "PTR", g_strconcat(host->hostname, ".", NULL));
    }
    if (is_free(collector, "mail", host->mailname))
        imply(collector, host->mailname, "MX", g_strdup_printf("10 %s.", host->hostname));
}

static void
free_records(gpointer data)
{
    mailsim_records_definition_free(data);
}

GPtrArray *
mailsim_world_list_implied_records(const MailsimWorld *world)
{
    g_autoptr(GHashTable) index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Collector collector = {g_ptr_array_new_with_free_func(free_records), index, said, taken};

    collect_said(&collector, world);
    for (guint i = 0; i < world->hosts->len; i++)
        collect_host(&collector, g_ptr_array_index(world->hosts, i));
    return collector.records;
}

/* ---- files of the host ------------------------------------------------------------------- */

char *
mailsim_host_definition_dup_installed(const MailsimHostDefinition *host, const char *name)
{
    const char *hostname = host->hostname;
    const char *mailname = host->mailname;
    const char *dot = strchr(hostname, '.');

    if (g_str_equal(name, "myhostname"))
        return g_strdup(hostname);
    if (g_str_equal(name, "mydomain"))
        return g_strdup(dot != NULL ? dot + 1 : "localdomain");
    if (g_str_equal(name, "myorigin"))
        return g_strdup(mailname);
    if (g_str_equal(name, "mydestination"))
        return g_strdup_printf("$myhostname, %s, %s, localhost.%s, localhost", mailname,
                               hostname, dot != NULL ? dot + 1 : "localdomain");
    return g_strdup(mailsim_postfix_parameter_get_default(name));
}

const char *const *
mailsim_host_installed_aliases(void)
{
    static const char *const lines[] = {"postmaster:    root", NULL};

    return lines;
}
