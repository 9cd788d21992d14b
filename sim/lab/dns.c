/* SPDX-License-Identifier: MIT
 *
 * Names and addresses, as they follow from the hosts: MX of a mail name, A and AAAA of a host
 * name, PTR of an address. An answer comes back after a round trip to the resolver. */
#include "host-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>

typedef struct {
    MailsimLab *lab;
    char *party;
    char *question;
    char *text; /* the answer as recorded */
    char *name;
    char *address;
    MailsimDnsFound found;
    gpointer data;
} Query;

static void
free_query(gpointer data)
{
    Query *query = data;

    g_free(query->party);
    g_free(query->question);
    g_free(query->text);
    g_free(query->name);
    g_free(query->address);
    g_free(query);
}

static void
answer(gpointer data)
{
    Query *query = data;
    MailsimDnsAnswer found = {query->name, query->address};
    MailsimEvent *event = mailsim_lab_record(query->lab, MAILSIM_EVENT_DNS, query->party, -1);

    event->dns.question = g_strdup(query->question);
    event->dns.answer = g_strdup(query->text);
    query->found(query->data, &found);
}

/* Takes QUERY over. */
static void
ask(MailsimLab *lab, Query *query)
{
    gint64 latency_us = mailsim_lab_get_latency(lab, query->party, "dns");

    query->lab = lab;
    mailsim_schedule_add(lab->schedule, 2 * latency_us, answer, query, free_query);
}

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

/* The first address of HOST that a record of TYPE can hold; NULL: there is none. */
static const char *
find_address(const MailsimHostDefinition *host, const char *type)
{
    gboolean wants_ipv6 = g_str_equal(type, "AAAA");

    for (guint i = 0; i < host->addresses->len; i++) {
        const char *address = g_ptr_array_index(host->addresses, i);

        if ((strchr(address, ':') != NULL) == wants_ipv6)
            return address;
    }
    return NULL;
}

void
mailsim_dns_look_up_address(MailsimLab *lab,
                            const MailsimDnsQuestion *question,
                            MailsimDnsFound found,
                            gpointer data)
{
    const MailsimHostDefinition *host = find_by_name(lab, question->name);
    const char *address = host != NULL ? find_address(host, question->type) : NULL;
    Query *query = g_new0(Query, 1);

    query->party = g_strdup(question->party);
    query->found = found;
    query->data = data;
    query->name = g_strdup(question->name);
    query->address = g_strdup(address);
    query->question = g_strdup_printf("%s %s", question->type, question->name);
    if (address != NULL)
        query->text = g_strdup(address);
    else
        query->text = g_strdup(host != NULL ? "NODATA" : "NXDOMAIN");
    ask(lab, query);
}

void
mailsim_dns_look_up_mx(MailsimLab *lab,
                       const char *party,
                       const char *domain,
                       MailsimDnsFound found,
                       gpointer data)
{
    const MailsimHostDefinition *host = find_by_mailname(lab, domain);
    Query *query = g_new0(Query, 1);

    query->party = g_strdup(party);
    query->found = found;
    query->data = data;
    query->question = g_strdup_printf("MX %s", domain);
    if (host != NULL) {
        query->name = g_strdup(host->hostname);
        query->text = g_strdup_printf("10 %s", host->hostname);
    } else {
        query->text = g_strdup(find_by_name(lab, domain) != NULL ? "NODATA" : "NXDOMAIN");
    }
    ask(lab, query);
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

GPtrArray *
mailsim_dns_ask(MailsimLab *lab,
                const MailsimDnsQuestion *question,
                const MailsimHop *hop,
                gint64 *delay_us)
{
    GPtrArray *records = mailsim_dns_list_records(lab, question->type, question->name);
    MailsimEvent *event =
        mailsim_lab_record(lab, MAILSIM_EVENT_DNS, question->party, (int)hop->index);

    drop_final_dots(records);
    event->dns.question = g_strdup_printf("%s %s", question->type, question->name);
    event->dns.answer = describe_records(records);
    if (delay_us != NULL)
        *delay_us += 2 * mailsim_lab_get_latency(lab, question->party, "dns");
    return records;
}
