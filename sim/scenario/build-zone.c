/* SPDX-License-Identifier: MIT
 *
 * From [zone] groups without a mistake to the zones of the world. */
#include "scenario-private.h"

#include <string.h>

#include "value-zone-private.h"

static void
build_records(ZoneReader *reader, const MailsimEntry *entry, MailsimZoneDefinition *zone)
{
    g_auto(RecordKey) key = {0};
    MailsimRecordsDefinition *records;
    gsize start, end = 0;

    if (!value_parse_record_key(reader, entry->key, &key))
        return;
    records = mailsim_zone_definition_add(zone, key.owner, key.type);
    while (value_next_record(entry->value, &start, &end)) {
        g_autofree char *item = g_strndup(entry->value + start, end - start);

        g_ptr_array_add(records->data, value_dup_record(reader, key.type, item, start));
    }
}

/* TEXT was checked; NULL: not said. */
static MailsimDnssec
read_dnssec(const char *text)
{
    if (g_strcmp0(text, "bogus") == 0)
        return MAILSIM_DNSSEC_BOGUS;
    return g_strcmp0(text, "yes") == 0 ? MAILSIM_DNSSEC_SECURE : MAILSIM_DNSSEC_INSECURE;
}

void
build_zones(const Overlay *overlay, MailsimWorld *world)
{
    g_autoptr(GPtrArray) sections = overlay_list(overlay, MAILSIM_GROUP_ZONE);

    for (guint i = 0; i < sections->len; i++) {
        const Section *section = g_ptr_array_index(sections, i);
        g_autofree char *name = g_ascii_strdown(section->names[0], -1);
        MailsimZoneDefinition *zone = mailsim_zone_definition_new(name);
        g_auto(ZoneReader) reader = {.zone = zone->name};
        const char *fails = section_get(section, "fails");
        g_autoptr(GPtrArray) types = value_split(fails ? fails : "");

        zone->span = section->span;
        zone->dnssec = read_dnssec(section_get(section, "dnssec"));
        for (guint j = 0; j < types->len; j++)
            g_ptr_array_add(zone->fails,
                            g_strdup(value_find_record_type(g_ptr_array_index(types, j))));
        for (guint j = 0; j < section->entries->len; j++) {
            const MailsimEntry *entry = g_ptr_array_index(section->entries, j);

            if (strchr(entry->key, ' '))
                build_records(&reader, entry, zone);
        }
        g_ptr_array_add(world->zones, zone);
    }
}
