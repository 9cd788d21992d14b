/* SPDX-License-Identifier: MIT
 *
 * Names and addresses, as they follow from the hosts: MX of a mail name, A and AAAA of a host
 * name, PTR of an address. An answer comes back after a round trip to the resolver. */
#include "host-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>

static const MailsimHostDefinition *
find_by_name(const MailsimLab *lab, const char *name)
{
    for (guint i = 0; i < lab->world->hosts->len; i++) {
        const MailsimHostDefinition *host = g_ptr_array_index(lab->world->hosts, i);

        if (g_ascii_strcasecmp(host->hostname, name) == 0)
            return host;
    }
    return NULL;
}

static const MailsimHostDefinition *
find_by_mailname(const MailsimLab *lab, const char *domain)
{
    for (guint i = 0; i < lab->world->hosts->len; i++) {
        const MailsimHostDefinition *host = g_ptr_array_index(lab->world->hosts, i);

        if (g_ascii_strcasecmp(host->mailname, domain) == 0)
            return host;
    }
    return NULL;
}

const char *
mailsim_dns_get_client_name(MailsimLab *lab, const char *address)
{
    MailsimHost *host = mailsim_lab_find_host_at(lab, address);

    /* /etc/hosts comes before DNS. */
    if (g_str_equal(address, "127.0.0.1") || g_str_equal(address, "::1"))
        return "localhost";
    return host != NULL ? host->definition->hostname : "unknown";
}

/* ---- all records ------------------------------------------------------------------------- */

static void
add_addresses(GPtrArray *records, const MailsimHostDefinition *host, const char *type)
{
    const gboolean wants_ipv6 = g_str_equal(type, "AAAA");

    if (!wants_ipv6 && !g_str_equal(type, "A"))
        return;
    for (guint i = 0; i < host->addresses->len; i++) {
        const char *address = g_ptr_array_index(host->addresses, i);

        if ((strchr(address, ':') != NULL) == wants_ipv6)
            g_ptr_array_add(records, g_strdup(address));
    }
}

/* PTR records hang on a name that is made of the address (RFC 1035 §3.5, RFC 3596 §2.5). */
static const MailsimHostDefinition *
find_by_reverse_name(const MailsimLab *lab, const char *name)
{
    for (guint i = 0; i < lab->world->hosts->len; i++) {
        const MailsimHostDefinition *host = g_ptr_array_index(lab->world->hosts, i);

        for (guint j = 0; j < host->addresses->len; j++) {
            g_autofree char *reverse =
                mailsim_dns_dup_reverse_name(g_ptr_array_index(host->addresses, j));

            if (g_ascii_strcasecmp(reverse, name) == 0)
                return host;
        }
    }
    return NULL;
}

char *
mailsim_dns_dup_reverse_name(const char *address)
{
    MailsimIpAddress parsed;
    GString *name;

    if (!mailsim_ip_address_parse(address, &parsed))
        return NULL;
    name = g_string_new(NULL);
    for (guint i = parsed.n_bytes; i > 0; i--) {
        const guint8 byte = parsed.bytes[i - 1];

        if (parsed.n_bytes == 4)
            g_string_append_printf(name, "%u.", byte);
        else
            g_string_append_printf(name, "%x.%x.", byte & 15u, byte >> 4);
    }
    g_string_append(name, parsed.n_bytes == 4 ? "in-addr.arpa" : "ip6.arpa");
    return g_string_free(name, FALSE);
}

/* Resolvers answer for it themselves (RFC 6761 §6.3). */
static GPtrArray *
list_localhost(const char *type)
{
    GPtrArray *records = g_ptr_array_new_with_free_func(g_free);

    if (g_str_equal(type, "A"))
        g_ptr_array_add(records, g_strdup("127.0.0.1"));
    else if (g_str_equal(type, "AAAA"))
        g_ptr_array_add(records, g_strdup("::1"));
    return records;
}

GPtrArray *
mailsim_dns_list_records(const MailsimLab *lab, const char *type, const char *name)
{
    const MailsimHostDefinition *host = find_by_name(lab, name);
    const MailsimHostDefinition *domain = find_by_mailname(lab, name);
    const MailsimHostDefinition *reverse = find_by_reverse_name(lab, name);
    GPtrArray *records;

    if (g_ascii_strcasecmp(name, "localhost") == 0)
        return list_localhost(type);
    if (host == NULL && domain == NULL && reverse == NULL)
        return mailsim_blocklist_list_records(lab, type, name);
    records = g_ptr_array_new_with_free_func(g_free);
    if (host != NULL)
        add_addresses(records, host, type);
    if (domain != NULL && g_str_equal(type, "MX"))
        g_ptr_array_add(records, g_strdup_printf("10 %s.", domain->hostname));
    if (reverse != NULL && g_str_equal(type, "PTR"))
        g_ptr_array_add(records, g_strdup_printf("%s.", reverse->hostname));
    return records;
}

/* “10 mx.instituto.example”, “192.0.2.7, 192.0.2.8”, “NXDOMAIN”. */
static char *
describe_records(const GPtrArray *records)
{
    GString *text = g_string_new(NULL);

    if (records == NULL)
        g_string_append(text, "NXDOMAIN");
    else if (records->len == 0)
        g_string_append(text, "NODATA");
    for (guint i = 0; records != NULL && i < records->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(records, i));
    return g_string_free(text, FALSE);
}

/* Absolute names are shown, and compared, without the root's dot. */
static void
drop_final_dots(GPtrArray *records)
{
    for (guint i = 0; records != NULL && i < records->len; i++) {
        char *record = g_ptr_array_index(records, i);

        if (g_str_has_suffix(record, "."))
            record[strlen(record) - 1] = '\0';
    }
}

/* ---- questions --------------------------------------------------------------------------- */

static void
answer(const MailsimLab *lab, const MailsimDnsQuestion *question, MailsimDnsAnswer *found)
{
    found->records = mailsim_dns_list_records(lab, question->type, question->name);
    drop_final_dots(found->records);
    if (found->records == NULL)
        found->result = MAILSIM_DNS_NO_NAME;
    else
        found->result = found->records->len > 0 ? MAILSIM_DNS_FOUND : MAILSIM_DNS_NO_DATA;
}

static void
record(MailsimLab *lab, const MailsimDnsQuestion *question, int hop, const GPtrArray *records)
{
    MailsimEvent *event = mailsim_lab_record(lab, MAILSIM_EVENT_DNS, question->party, hop);

    event->dns.question = g_strdup_printf("%s %s", question->type, question->name);
    event->dns.answer = describe_records(records);
}

GPtrArray *
mailsim_dns_ask(MailsimLab *lab,
                const MailsimDnsQuestion *question,
                const MailsimHop *hop,
                gint64 *delay_us)
{
    MailsimDnsAnswer found;

    answer(lab, question, &found);
    record(lab, question, (int)hop->index, found.records);
    if (delay_us != NULL)
        *delay_us += 2 * mailsim_lab_get_latency(lab, question->party, "dns");
    return found.records;
}

typedef struct {
    MailsimLab *lab;
    char *party;
    char *type;
    char *name;
    MailsimDnsFound found;
    gpointer data;
} Query;

static void
free_query(gpointer data)
{
    Query *query = data;

    g_free(query->party);
    g_free(query->type);
    g_free(query->name);
    g_free(query);
}

static void
come_back(gpointer data)
{
    Query *query = data;
    const MailsimDnsQuestion question = {query->party, query->type, query->name};
    MailsimDnsAnswer found;

    answer(query->lab, &question, &found);
    record(query->lab, &question, -1, found.records);
    query->found(query->data, &found);
    g_clear_pointer(&found.records, g_ptr_array_unref);
}

void
mailsim_dns_look_up(MailsimLab *lab,
                    const MailsimDnsQuestion *question,
                    MailsimDnsFound found,
                    gpointer data)
{
    const gint64 latency_us = mailsim_lab_get_latency(lab, question->party, "dns");
    Query *query = g_new0(Query, 1);

    query->lab = lab;
    query->party = g_strdup(question->party);
    query->type = g_strdup(question->type);
    query->name = g_strdup(question->name);
    query->found = found;
    query->data = data;
    mailsim_schedule_add(lab->schedule, 2 * latency_us, come_back, query, free_query);
}

/* ---- machines ---------------------------------------------------------------------------- */

typedef struct {
    MailsimLab *lab;
    char *party;
    char *name;
    MailsimDnsFound found;
    gpointer data;
} MachineQuery;

static void
free_machine_query(MachineQuery *query)
{
    g_free(query->party);
    g_free(query->name);
    g_free(query);
}

static void
tell_ipv6(gpointer data, const MailsimDnsAnswer *found)
{
    MachineQuery *query = data;

    query->found(query->data, found);
    free_machine_query(query);
}

static void
tell_ipv4(gpointer data, const MailsimDnsAnswer *found)
{
    MachineQuery *query = data;
    const MailsimDnsQuestion question = {query->party, "AAAA", query->name};

    if (found->result == MAILSIM_DNS_FOUND)
        tell_ipv6(data, found);
    else
        mailsim_dns_look_up(query->lab, &question, tell_ipv6, query);
}

void
mailsim_dns_look_up_machine(MailsimLab *lab,
                            const MailsimDnsQuestion *question,
                            MailsimDnsFound found,
                            gpointer data)
{
    const MailsimDnsQuestion first = {question->party, "A", question->name};
    MachineQuery *query = g_new0(MachineQuery, 1);

    query->lab = lab;
    query->party = g_strdup(question->party);
    query->name = g_strdup(question->name);
    query->found = found;
    query->data = data;
    mailsim_dns_look_up(lab, &first, tell_ipv4, query);
}
