/* SPDX-License-Identifier: MIT
 *
 * DNS blocklists (RFC 5782): the zones of the scenario's [blocklist] groups, which have an A
 * and a TXT record for each address that is listed. */
#include "lab-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/protocol/mail-address.h>

/* What a [zone] of the scenario says of the name and type replaces what the list implies. */
static void
add_unless_said(MailsimLab *lab, const char *name, const char *type, const char *data)
{
    if (mailsim_name_space_is_implied(lab->names, name, type))
        mailsim_name_space_add_record(lab->names, name, type, data);
}

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
    add_unless_said(lab, name, "A", "127.0.0.2");
    add_unless_said(lab, name, "TXT", text);
}

static gboolean
lists(const MailsimBlocklistDefinition *definition, const char *address)
{
    return g_ptr_array_find_with_equal_func(definition->listed, address, g_str_equal, NULL);
}

static const MailsimBlocklistDefinition *
find_blocklist(const MailsimWorld *world, const char *name)
{
    for (guint i = 0; world != NULL && i < world->blocklists->len; i++) {
        const MailsimBlocklistDefinition *definition = g_ptr_array_index(world->blocklists, i);

        if (g_str_equal(definition->name, name))
            return definition;
    }
    return NULL;
}

/* What the list had beside what the scenario says, it keeps until a step says who is listed. */
static void
keep_caught(MailsimBlocklistDefinition *definition, const MailsimWorld *before)
{
    const MailsimBlocklistDefinition *old = find_blocklist(before, definition->name);

    if (old == NULL || old->listings != definition->listings)
        return;
    for (guint i = 0; i < old->listed->len; i++) {
        const char *address = g_ptr_array_index(old->listed, i);

        if (!lists(definition, address))
            g_ptr_array_add(definition->listed, g_strdup(address));
    }
}

void
mailsim_blocklists_add_names(MailsimLab *lab, const MailsimWorld *before)
{
    for (guint i = 0; i < lab->world->blocklists->len; i++) {
        MailsimBlocklistDefinition *definition = g_ptr_array_index(lab->world->blocklists, i);

        keep_caught(definition, before);
        mailsim_name_space_add_name(lab->names, definition->name);
        for (guint j = 0; j < definition->listed->len; j++)
            add_listed(lab, definition->name, g_ptr_array_index(definition->listed, j));
    }
}

/* ---- traps ------------------------------------------------------------------------------- */

static void
list_address(MailsimLab *lab,
             MailsimBlocklistDefinition *definition,
             const char *host,
             const MailsimHop *hop,
             const char *address)
{
    MailsimEvent *event = mailsim_lab_record(lab, MAILSIM_EVENT_FINDING, host, (int)hop->index);

    event->finding.rule = g_strdup("listed");
    event->finding.text =
        g_strdup_printf("%s wrote to %s, a trap: from now on it is listed in %s", address,
                        definition->trap, definition->name);
    event->finding.subject = g_strdup(address);
    event->finding.trap = g_strdup(definition->trap);
    event->finding.list = g_strdup(definition->name);
    g_ptr_array_add(definition->listed, g_strdup(address));
    add_listed(lab, definition->name, address);
}

void
mailsim_blocklists_catch(MailsimLab *lab,
                         const char *host,
                         const MailsimHop *hop,
                         const char *address,
                         const char *recipient)
{
    MailsimIpAddress parsed;

    /* Nobody lists itself. */
    if (!mailsim_ip_address_parse(address, &parsed) ||
        (parsed.n_bytes == 4 ? parsed.bytes[0] == 127 : g_str_equal(address, "::1")))
        return;
    for (guint i = 0; i < lab->world->blocklists->len; i++) {
        MailsimBlocklistDefinition *definition = g_ptr_array_index(lab->world->blocklists, i);

        if (definition->trap != NULL && !lists(definition, address) &&
            mailsim_mail_address_equal(recipient, definition->trap))
            list_address(lab, definition, host, hop, address);
    }
}
