/* SPDX-License-Identifier: MIT
 *
 * Zones on paper: what they say, and below it, as comments, the records that follow from hosts.
 * Those of a zone that nobody has written stand in one that is a comment, too. */
#include "print-private.h"

#include <string.h>

#include <mailsim/lab/implied.h>

#include "value-private.h"

/* The labels of a reverse name that are not the zone's: networks of 2^8, and of 2^64,
 * addresses. */
#define HOST_LABELS_IN_ADDR 1
#define HOST_LABELS_IP6     16

/* Is NAME the zone itself, or below it? */
static gboolean
is_in_zone(const char *name, const char *zone)
{
    gsize length = strlen(name), zone_length = strlen(zone);

    return length >= zone_length &&
           g_ascii_strcasecmp(name + length - zone_length, zone) == 0 &&
           (length == zone_length || name[length - zone_length - 1] == '.');
}

static const char *
drop_labels(const char *name, guint count)
{
    for (; count > 0; count--)
        name = strchr(name, '.') + 1;
    return name;
}

/* The zone in which a person would look for OWNER; lent. */
static const char *
find_usual_zone(const Printer *printer, const char *owner)
{
    const char *dot = strchr(owner, '.');

    if (g_str_has_suffix(owner, ".in-addr.arpa"))
        return drop_labels(owner, HOST_LABELS_IN_ADDR);
    if (g_str_has_suffix(owner, ".ip6.arpa"))
        return drop_labels(owner, HOST_LABELS_IP6);
    for (guint i = 0; i < printer->world->hosts->len; i++) {
        const MailsimHostDefinition *host = g_ptr_array_index(printer->world->hosts, i);

        if (is_in_zone(owner, host->mailname))
            return host->mailname;
    }
    return dot && strchr(dot + 1, '.') ? dot + 1 : owner;
}

/* The nearest zone of the file above OWNER, lent; NULL: there is none. */
static const char *
find_said_zone(const Printer *printer, const char *owner)
{
    const char *nearest = NULL;

    for (guint i = 0; i < printer->world->zones->len; i++) {
        const MailsimZoneDefinition *zone = g_ptr_array_index(printer->world->zones, i);

        if (is_in_zone(owner, zone->name) && (!nearest || strlen(zone->name) > strlen(nearest)))
            nearest = zone->name;
    }
    return nearest;
}

static void
add_records(Sheet *sheet, const char *zone, const MailsimRecordsDefinition *records)
{
    gsize length = strlen(records->owner) - strlen(zone);
    g_autofree char *owner = length > 0 ? g_strndup(records->owner, length - 1) : g_strdup("@");
    g_autofree char *key = g_strdup_printf("%s %s", owner, records->type);
    g_autoptr(GString) data = g_string_new(NULL);

    for (guint i = 0; i < records->data->len; i++)
        g_string_append_printf(data, "%s%s", i > 0 ? "; " : "",
                               (const char *)g_ptr_array_index(records->data, i));
    sheet_add(sheet, key, data->str, ORIGIN_HOSTS);
}

static void
print_said_zone(const Printer *printer, const Section *section, const GPtrArray *implied)
{
    g_autoptr(Sheet) sheet = sheet_new(printer, MAILSIM_GROUP_ZONE, section->id);

    print_add_entries(section, sheet);
    print_add_defaults(printer, section, sheet);
    for (guint i = 0; i < implied->len; i++) {
        const MailsimRecordsDefinition *records = g_ptr_array_index(implied, i);
        const char *zone = find_said_zone(printer, records->owner);

        if (zone && g_ascii_strcasecmp(zone, section->names[0]) == 0)
            add_records(sheet, zone, records);
    }
    sheet_write(sheet);
}

static void
free_sheet(gpointer data)
{
    sheet_free(data);
}

static void
print_implied_zones(const Printer *printer, const GPtrArray *implied)
{
    g_autoptr(GPtrArray) sheets = g_ptr_array_new_with_free_func(free_sheet);
    g_autoptr(GHashTable) index = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < implied->len; i++) {
        const MailsimRecordsDefinition *records = g_ptr_array_index(implied, i);
        const char *zone = find_usual_zone(printer, records->owner);
        Sheet *sheet = g_hash_table_lookup(index, zone);

        if (find_said_zone(printer, records->owner))
            continue;
        if (!sheet) {
            g_autofree char *header = g_strdup_printf("zone %s", zone);

            sheet = sheet_new_implied(printer, MAILSIM_GROUP_ZONE, header);
            g_ptr_array_add(sheets, sheet);
            g_hash_table_insert(index, (gpointer)zone, sheet);
        }
        add_records(sheet, zone, records);
    }
    for (guint i = 0; i < sheets->len; i++)
        sheet_write(g_ptr_array_index(sheets, i));
}

void
print_zones(const Printer *printer)
{
    g_autoptr(GPtrArray) implied = mailsim_world_list_implied_records(printer->world);
    const GPtrArray *zones = printer->scenario->by_kind[MAILSIM_GROUP_ZONE];

    for (guint i = 0; i < zones->len; i++)
        print_said_zone(printer, g_ptr_array_index(zones, i), implied);
    if (!printer->options.bare)
        print_implied_zones(printer, implied);
}
