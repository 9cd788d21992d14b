/* SPDX-License-Identifier: MIT
 *
 * DNS blocklists (RFC 5782): the zones of the scenario's [blocklist] groups, which have an A
 * and a TXT record for each address that is listed. */
#include "lab-private.h"

#include <string.h>

/* “7.2.0.192.bl.example”: the address in it, backwards, that DEFINITION lists; NULL: none. */
static const char *
find_listed(const MailsimBlocklistDefinition *definition, const char *name)
{
    for (guint i = 0; i < definition->listed->len; i++) {
        const char *address = g_ptr_array_index(definition->listed, i);
        g_autofree char *reverse = mailsim_dns_dup_reverse_name(address);
        const char *suffix = strstr(reverse, ".in-addr.arpa");
        g_autofree char *listed = NULL;

        if (suffix == NULL)
            suffix = strstr(reverse, ".ip6.arpa");
        listed = g_strdup_printf("%.*s.%s", (int)(suffix - reverse), reverse, definition->name);
        if (g_ascii_strcasecmp(listed, name) == 0)
            return address;
    }
    return NULL;
}

static void
add_record(GPtrArray *records, const char *zone, const char *address, const char *type)
{
    if (g_str_equal(type, "A"))
        g_ptr_array_add(records, g_strdup("127.0.0.2"));
    else if (g_str_equal(type, "TXT"))
        g_ptr_array_add(records, g_strdup_printf("\"%s is listed in %s\"", address, zone));
}

GPtrArray *
mailsim_blocklist_list_records(const MailsimLab *lab, const char *type, const char *name)
{
    for (guint i = 0; i < lab->world->blocklists->len; i++) {
        const MailsimBlocklistDefinition *definition =
            g_ptr_array_index(lab->world->blocklists, i);
        const char *address = find_listed(definition, name);
        GPtrArray *records;

        if (address == NULL && g_ascii_strcasecmp(definition->name, name) != 0)
            continue;
        records = g_ptr_array_new_with_free_func(g_free);
        if (address != NULL)
            add_record(records, definition->name, address, type);
        return records;
    }
    return NULL;
}
