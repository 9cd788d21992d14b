/* SPDX-License-Identifier: MIT
 *
 * Every name that DNS knows, with its records: what the zones of the scenario say, what follows
 * from hosts where zones say nothing (MX of a mail name, A and AAAA of a host name, PTR of an
 * address), and who is listed. One question at a time: whoever asks follows aliases. */
#include "lab-private.h"

#include <string.h>

#include <mailsim/lab/implied.h>

/* All records at one name; none: other names end in it (an empty non-terminal, RFC 8020 §2). */
typedef struct {
    GPtrArray *types; /* of char * */
    GPtrArray *data;  /* of GPtrArray of char *, beside types */
} Node;

struct MailsimNameSpace {
    GHashTable *nodes; /* name: Node */
    GHashTable *zones; /* name: MailsimZoneDefinition, borrowed from the world */
    GHashTable *said;  /* “name type”: what zones speak about themselves */
};

/* ---- nodes ------------------------------------------------------------------------------- */

static void
free_node(gpointer data)
{
    Node *node = data;

    g_ptr_array_unref(node->types);
    g_ptr_array_unref(node->data);
    g_free(node);
}

static void
free_data(gpointer data)
{
    g_ptr_array_unref(data);
}

/* A name is there with all that it ends in. */
static Node *
add_node(MailsimNameSpace *self, const char *name)
{
    g_autofree char *small = g_ascii_strdown(name, -1);
    Node *node = g_hash_table_lookup(self->nodes, small);
    const char *dot = strchr(small, '.');

    if (node != NULL)
        return node;
    node = g_new0(Node, 1);
    node->types = g_ptr_array_new_with_free_func(g_free);
    node->data = g_ptr_array_new_with_free_func(free_data);
    g_hash_table_insert(self->nodes, g_strdup(small), node);
    if (dot != NULL)
        add_node(self, dot + 1);
    return node;
}

static GPtrArray *
find_data(const Node *node, const char *type)
{
    guint place;

    if (!g_ptr_array_find_with_equal_func(node->types, type, g_str_equal, &place))
        return NULL;
    return g_ptr_array_index(node->data, place);
}

/* Takes DATA. */
static void
add_record(MailsimNameSpace *self, const char *name, const char *type, char *data)
{
    Node *node = add_node(self, name);
    GPtrArray *all = find_data(node, type);

    if (all == NULL) {
        all = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(node->types, g_strdup(type));
        g_ptr_array_add(node->data, all);
    }
    g_ptr_array_add(all, data);
}

/* ---- what zones say ---------------------------------------------------------------------- */

char *
mailsim_dns_make_key(const char *name, const char *type)
{
    g_autofree char *small = g_ascii_strdown(name, -1);

    return g_strconcat(small, " ", type, NULL);
}

static void
add_zone(MailsimNameSpace *self, MailsimZoneDefinition *zone)
{
    g_hash_table_insert(self->zones, g_ascii_strdown(zone->name, -1), zone);
    add_node(self, zone->name);
    for (guint i = 0; i < zone->records->len; i++) {
        const MailsimRecordsDefinition *records = g_ptr_array_index(zone->records, i);

        g_hash_table_add(self->said, mailsim_dns_make_key(records->owner, records->type));
        for (guint j = 0; j < records->data->len; j++)
            add_record(self, records->owner, records->type,
                       g_strdup(g_ptr_array_index(records->data, j)));
    }
}

/* ---- what hosts imply -------------------------------------------------------------------- */

gboolean
mailsim_name_space_is_implied(const MailsimNameSpace *self, const char *name, const char *type)
{
    g_autofree char *key = mailsim_dns_make_key(name, type);

    return !g_hash_table_contains(self->said, key);
}

static void
add_implied(MailsimNameSpace *self, const MailsimWorld *world)
{
    g_autoptr(GPtrArray) implied = mailsim_world_list_implied_records(world);

    for (guint i = 0; i < implied->len; i++) {
        const MailsimRecordsDefinition *records = g_ptr_array_index(implied, i);

        for (guint j = 0; j < records->data->len; j++)
            add_record(self, records->owner, records->type,
                       g_strdup(g_ptr_array_index(records->data, j)));
    }
}

/* Resolvers answer for it themselves (RFC 6761 §6.3). */
static void
add_localhost(MailsimNameSpace *self)
{
    add_record(self, "localhost", "A", g_strdup("127.0.0.1"));
    add_record(self, "localhost", "AAAA", g_strdup("::1"));
}

/* ---- life -------------------------------------------------------------------------------- */

MailsimNameSpace *
mailsim_name_space_new(const MailsimWorld *world)
{
    MailsimNameSpace *self = g_new0(MailsimNameSpace, 1);

    self->nodes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_node);
    self->zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < world->zones->len; i++)
        add_zone(self, g_ptr_array_index(world->zones, i));
    add_implied(self, world);
    add_localhost(self);
    return self;
}

void
mailsim_name_space_free(MailsimNameSpace *self)
{
    if (self == NULL)
        return;

    g_hash_table_unref(self->nodes);
    g_hash_table_unref(self->zones);
    g_hash_table_unref(self->said);
    g_free(self);
}

void
mailsim_name_space_add_name(MailsimNameSpace *self, const char *name)
{
    add_node(self, name);
}

void
mailsim_name_space_add_record(MailsimNameSpace *self,
                              const char *name,
                              const char *type,
                              const char *data)
{
    add_record(self, name, type, g_strdup(data));
}

/* ---- questions --------------------------------------------------------------------------- */

/* The nearest above NAME; NULL: the scenario says nothing of it. */
static const MailsimZoneDefinition *
find_zone(const MailsimNameSpace *self, const char *name)
{
    for (const char *at = name; at != NULL; at = strchr(at, '.')) {
        const MailsimZoneDefinition *zone;

        at += *at == '.';
        zone = g_hash_table_lookup(self->zones, at);
        if (zone != NULL)
            return zone;
    }
    return NULL;
}

/* A resolver that checks hands out nothing whose signature does not hold (RFC 4035 §5.5). */
static gboolean
fails(const MailsimNameSpace *self, const char *name, const char *type)
{
    const MailsimZoneDefinition *zone = find_zone(self, name);

    return zone != NULL &&
           (zone->dnssec == MAILSIM_DNSSEC_BOGUS ||
            g_ptr_array_find_with_equal_func(zone->fails, type, g_str_equal, NULL));
}

MailsimDnssec
mailsim_name_space_get_dnssec(const MailsimNameSpace *self, const char *name)
{
    g_autofree char *small = g_ascii_strdown(name, -1);
    const MailsimZoneDefinition *zone = find_zone(self, small);

    return zone != NULL ? zone->dnssec : MAILSIM_DNSSEC_INSECURE;
}

/* RFC 4592 §3.3.1: a wildcard right below the nearest name that is there stands for those that
 * are not. */
static const Node *
find_wildcard(const MailsimNameSpace *self, const char *name)
{
    for (const char *dot = strchr(name, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        g_autofree char *wildcard = g_strconcat("*", dot, NULL);

        if (g_hash_table_contains(self->nodes, dot + 1))
            return g_hash_table_lookup(self->nodes, wildcard);
    }
    return NULL;
}

MailsimDnsResult
mailsim_name_space_find(const MailsimNameSpace *self,
                        const char *type,
                        const char *name,
                        const GPtrArray **records)
{
    g_autofree char *small = g_ascii_strdown(name, -1);
    const Node *node = g_hash_table_lookup(self->nodes, small);

    *records = NULL;
    if (fails(self, small, type))
        return MAILSIM_DNS_FAILED;
    if (node == NULL)
        node = find_wildcard(self, small);
    if (node == NULL)
        return MAILSIM_DNS_NO_NAME;
    *records = find_data(node, type);
    return *records != NULL ? MAILSIM_DNS_FOUND : MAILSIM_DNS_NO_DATA;
}
