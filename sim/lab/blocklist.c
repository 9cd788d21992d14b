/* SPDX-License-Identifier: MIT
 *
 * DNS blocklists (RFC 5782): the zones of the scenario's [blocklist] groups, which have an A
 * and a TXT record for each address that is listed. */
#include "lab-private.h"

#include <string.h>

/* “7.2.0.192.bl.example” is there for 192.0.2.7. */
static void
add_listed(MailsimLab *lab, const char *zone, const char *address)
{
    g_autofree char *reverse = mailsim_dns_dup_reverse_name(address);
    const char *suffix = strstr(reverse, ".in-addr.arpa");
    g_autofree char *text = g_strdup_printf("\"%s is listed in %s\"", address, zone);
    g_autofree char *name = NULL;

    if (suffix == NULL)
        suffix = strstr(reverse, ".ip6.arpa");
    name = g_strdup_printf("%.*s.%s", (int)(suffix - reverse), reverse, zone);
    mailsim_name_space_add_record(lab->names, name, "A", "127.0.0.2");
    mailsim_name_space_add_record(lab->names, name, "TXT", text);
}

void
mailsim_blocklists_add_names(MailsimLab *lab)
{
    for (guint i = 0; i < lab->world->blocklists->len; i++) {
        const MailsimBlocklistDefinition *definition =
            g_ptr_array_index(lab->world->blocklists, i);

        mailsim_name_space_add_name(lab->names, definition->name);
        for (guint j = 0; j < definition->listed->len; j++)
            add_listed(lab, definition->name, g_ptr_array_index(definition->listed, j));
    }
}
