/* SPDX-License-Identifier: MIT
 *
 * Names and addresses, as they follow from the hosts: MX of a mail name, A and AAAA of a host
 * name, PTR of an address. An answer comes back after a round trip to the resolver. */
#include "lab-private.h"

#include <string.h>

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

    return host != NULL ? host->definition->hostname : "unknown";
}
