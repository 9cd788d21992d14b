/* SPDX-License-Identifier: MIT
 *
 * Questions to DNS and their answers, of the lab's names (name-space.c), which come back after
 * a round trip to the resolver. */
#include "host-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>

/* Aliases of aliases: a resolver gives up after some. */
#define ALIASES_MAX 11

void
mailsim_dns_answer_clear(MailsimDnsAnswer *answer)
{
    g_clear_pointer(&answer->aliases, g_ptr_array_unref);
    g_clear_pointer(&answer->records, g_ptr_array_unref);
}

/* PTR records hang on a name that is made of the address (RFC 1035 §3.5, RFC 3596 §2.5). */
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

/* ---- answers ----------------------------------------------------------------------------- */

static gpointer
copy_string(gconstpointer string, G_GNUC_UNUSED gpointer data)
{
    return g_strdup(string);
}

static gpointer
copy_tlsa(gconstpointer text, gpointer lab)
{
    return mailsim_lab_dup_tlsa(lab, text);
}

/* “.” alone stays: it is a name of its own (RFC 7505). */
static void
drop_final_dot(char *text)
{
    if (g_str_has_suffix(text, ".") && !g_str_has_suffix(text, " ."))
        text[strlen(text) - 1] = '\0';
}

/* The name that NAME is an alias of; NULL: it is none. */
static char *
dup_target(const MailsimLab *lab, const char *name)
{
    const GPtrArray *records;

    if (mailsim_name_space_find(lab->names, "CNAME", name, &records) != MAILSIM_DNS_FOUND)
        return NULL;
    char *target = g_strdup(g_ptr_array_index(records, 0));

    drop_final_dot(target);
    return target;
}

/* “a.root-servers.net.” to “m…”: who answers for the root. */
static void
find_root_servers(MailsimDnsAnswer *answer)
{
    answer->aliases = g_ptr_array_new_with_free_func(g_free);
    answer->authenticated = TRUE;
    answer->begins_signed = TRUE;
    answer->result = MAILSIM_DNS_FOUND;
    answer->records = g_ptr_array_new_with_free_func(g_free);
    for (char letter = 'a'; letter <= 'm'; letter++)
        g_ptr_array_add(answer->records, g_strdup_printf("%c.root-servers.net.", letter));
}

void
mailsim_dns_find(const MailsimLab *lab,
                 const char *type,
                 const char *name,
                 MailsimDnsAnswer *answer)
{
    g_autofree char *at = g_strdup(name);
    const GPtrArray *records;

    drop_final_dot(at);
    if (at[0] == '\0' && g_str_equal(type, "NS")) {
        find_root_servers(answer);
        return;
    }
    answer->aliases = g_ptr_array_new_with_free_func(g_free);
    answer->authenticated = TRUE;
    for (;;) {
        char *target;

        const MailsimDnssec dnssec = mailsim_name_space_get_dnssec(lab->names, at);

        answer->authenticated = answer->authenticated && dnssec == MAILSIM_DNSSEC_SECURE;
        answer->bogus = answer->bogus || dnssec == MAILSIM_DNSSEC_BOGUS;
        if (answer->aliases->len == 0)
            answer->begins_signed = dnssec == MAILSIM_DNSSEC_SECURE;
        answer->result = mailsim_name_space_find(lab->names, type, at, &records);
        target = answer->result == MAILSIM_DNS_NO_DATA ? dup_target(lab, at) : NULL;
        if (target == NULL)
            break;
        g_ptr_array_add(answer->aliases, target);
        g_free(at);
        at = g_strdup(target);
        if (answer->aliases->len > ALIASES_MAX) {
            answer->result = MAILSIM_DNS_FAILED;
            break;
        }
    }
    if (answer->result == MAILSIM_DNS_FAILED) {
        g_ptr_array_set_size(answer->aliases, 0);
        answer->authenticated = FALSE;
    }
    if (answer->result == MAILSIM_DNS_NO_DATA)
        answer->records = g_ptr_array_new_with_free_func(g_free);
    if (answer->result == MAILSIM_DNS_FOUND) {
        answer->records = g_str_equal(type, "TLSA")
                              ? g_ptr_array_copy((GPtrArray *)records, copy_tlsa, (gpointer)lab)
                              : g_ptr_array_copy((GPtrArray *)records, copy_string, NULL);
        g_ptr_array_set_free_func(answer->records, g_free);
    }
}

/* Whoever asks compares, and shows, names without the root's dot. */
static void
find(const MailsimLab *lab, const char *type, const char *name, MailsimDnsAnswer *answer)
{
    mailsim_dns_find(lab, type, name, answer);
    for (guint i = 0; answer->records != NULL && i < answer->records->len; i++)
        drop_final_dot(g_ptr_array_index(answer->records, i));
}

/* “10 mx.instituto.example”, “192.0.2.7, 192.0.2.8”, “CNAME mx.iesgn.example, 192.0.2.7”,
 * “NXDOMAIN”. */
static char *
describe(const MailsimDnsAnswer *answer)
{
    static const char *const words[] = {
        [MAILSIM_DNS_FOUND] = NULL,
        [MAILSIM_DNS_NO_DATA] = "NODATA",
        [MAILSIM_DNS_NO_NAME] = "NXDOMAIN",
        [MAILSIM_DNS_FAILED] = "SERVFAIL",
    };
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < answer->aliases->len; i++)
        g_string_append_printf(text, "CNAME %s, ",
                               (const char *)g_ptr_array_index(answer->aliases, i));
    if (words[answer->result] != NULL)
        g_string_append(text, words[answer->result]);
    for (guint i = 0; answer->records != NULL && i < answer->records->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(answer->records, i));
    return g_string_free(text, FALSE);
}

/* ---- clients ----------------------------------------------------------------------------- */

static gboolean
has_address(const MailsimLab *lab, const char *name, const char *address, MailsimDnsResult *why)
{
    g_auto(MailsimDnsAnswer) found = {0};

    find(lab, strchr(address, ':') != NULL ? "AAAA" : "A", name, &found);
    *why = found.result;
    return found.result == MAILSIM_DNS_FOUND &&
           g_ptr_array_find_with_equal_func(found.records, address, g_str_equal, NULL);
}

/* A name that does not lead back could be anybody's claim. */
MailsimClientName
mailsim_dns_find_client(const MailsimLab *lab, const char *address)
{
    MailsimClientName client = {"unknown", MAILSIM_DNS_NO_NAME, "unknown", MAILSIM_DNS_NO_NAME};
    g_autofree char *reverse = mailsim_dns_dup_reverse_name(address);
    g_auto(MailsimDnsAnswer) found = {0};

    /* /etc/hosts comes before DNS. */
    if (g_str_equal(address, "127.0.0.1") || g_str_equal(address, "::1"))
        return (MailsimClientName){"localhost", MAILSIM_DNS_FOUND, "localhost",
                                   MAILSIM_DNS_FOUND};
    find(lab, "PTR", reverse, &found);
    client.result = client.reverse_result = found.result;
    if (found.result != MAILSIM_DNS_FOUND)
        return client;
    client.reverse_name = g_intern_string(g_ptr_array_index(found.records, 0));
    if (has_address(lab, client.reverse_name, address, &client.result))
        client.name = client.reverse_name;
    else if (client.result == MAILSIM_DNS_FOUND)
        client.result = MAILSIM_DNS_NO_DATA;
    return client;
}

const char *
mailsim_dns_get_client_name(const MailsimLab *lab, const char *address)
{
    return mailsim_dns_find_client(lab, address).name;
}

/* ---- questions --------------------------------------------------------------------------- */

static void
record(MailsimLab *lab,
       const MailsimDnsQuestion *question,
       int hop,
       const MailsimDnsAnswer *answer)
{
    MailsimEvent *event = mailsim_lab_record(lab, MAILSIM_EVENT_DNS, question->party, hop);

    event->dns.question = g_strdup_printf("%s %s", question->type, question->name);
    event->dns.answer = describe(answer);
    event->dns.asks_signed = question->asks_signed;
    event->dns.authenticated = answer->authenticated;
    event->dns.bogus = answer->bogus;
}

void
mailsim_dns_ask(MailsimLab *lab,
                const MailsimDnsQuestion *question,
                const MailsimHop *hop,
                gint64 *delay_us,
                MailsimDnsAnswer *answer)
{
    find(lab, question->type, question->name, answer);
    answer->authenticated = FALSE;
    record(lab, question, (int)hop->index, answer);
    if (delay_us != NULL)
        *delay_us += 2 * mailsim_lab_get_latency(lab, question->party, "dns");
}

typedef struct {
    MailsimLab *lab;
    char *party;
    char *type;
    char *name;
    gboolean asks_signed;
    MailsimProcess *process; /* see MailsimDnsQuestion */
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
answer(const Query *query, MailsimDnsAnswer *found)
{
    find(query->lab, query->type, query->name, found);
    found->authenticated = found->authenticated && query->asks_signed;
}

/* The root, which is always signed. */
static void
come_back_from_probe(gpointer data)
{
    Query *query = data;
    const MailsimDnsQuestion probe = {query->party, "NS", ".", TRUE, NULL};
    g_auto(MailsimDnsAnswer) root = {0};
    g_auto(MailsimDnsAnswer) found = {0};

    find(query->lab, probe.type, probe.name, &root);
    record(query->lab, &probe, -1, &root);
    answer(query, &found);
    query->found(query->data, &found);
}

static void
wait(Query *query, void (*then)(gpointer data))
{
    const gint64 latency_us = mailsim_lab_get_latency(query->lab, query->party, "dns");

    mailsim_schedule_add(query->lab->schedule, 2 * latency_us, then, query, free_query);
}

/* The same, of NAME. */
static Query *
copy_query(const Query *query, const char *name)
{
    Query *copy = g_new0(Query, 1);

    *copy = *query;
    copy->party = g_strdup(query->party);
    copy->type = g_strdup(query->type);
    copy->name = g_strdup(name);
    return copy;
}

/* An answer that is an alias alone has Postfix ask for what it leads to. */
static void
come_back(gpointer data)
{
    Query *query = data;
    const MailsimDnsQuestion question = {query->party, query->type, query->name,
                                         query->asks_signed, NULL};
    g_auto(MailsimDnsAnswer) found = {0};

    answer(query, &found);
    record(query->lab, &question, -1, &found);
    if (query->asks_signed && query->process != NULL &&
        mailsim_process_doubts_resolver(query->process, found.authenticated))
        wait(copy_query(query, query->name), come_back_from_probe);
    else if (query->process != NULL && found.result == MAILSIM_DNS_NO_DATA &&
             found.aliases->len > 0)
        wait(copy_query(query, g_ptr_array_index(found.aliases, found.aliases->len - 1)),
             come_back);
    else
        query->found(query->data, &found);
}

void
mailsim_dns_look_up(MailsimLab *lab,
                    const MailsimDnsQuestion *question,
                    MailsimDnsFound found,
                    gpointer data)
{
    Query *query = g_new0(Query, 1);

    query->lab = lab;
    query->party = g_strdup(question->party);
    query->type = g_strdup(question->type);
    query->name = g_strdup(question->name);
    query->asks_signed = question->asks_signed;
    query->process = question->process;
    query->found = found;
    query->data = data;
    wait(query, come_back);
}

/* ---- machines ---------------------------------------------------------------------------- */

typedef struct {
    MailsimLab *lab;
    char *party;
    char *name;
    MailsimDnsFound found;
    gpointer data;
    gboolean failed; /* the question for A was not answered */
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
    MailsimDnsAnswer told = *found;

    if (query->failed && found->result != MAILSIM_DNS_FOUND)
        told.result = MAILSIM_DNS_FAILED;
    query->found(query->data, &told);
    free_machine_query(query);
}

static void
tell_ipv4(gpointer data, const MailsimDnsAnswer *found)
{
    MachineQuery *query = data;
    const MailsimDnsQuestion question = {query->party, "AAAA", query->name, FALSE, NULL};

    query->failed = found->result == MAILSIM_DNS_FAILED;
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
    const MailsimDnsQuestion first = {question->party, "A", question->name, FALSE, NULL};
    MachineQuery *query = g_new0(MachineQuery, 1);

    query->lab = lab;
    query->party = g_strdup(question->party);
    query->name = g_strdup(question->name);
    query->found = found;
    query->data = data;
    mailsim_dns_look_up(lab, &first, tell_ipv4, query);
}
