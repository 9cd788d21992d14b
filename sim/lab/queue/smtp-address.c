/* SPDX-License-Identifier: MIT
 *
 * Where smtp(8) connects to: the addresses of a next hop, best exchanger first (RFC 5321
 * §5.1). Equal preferences stay in the order of the answer; a real Postfix shuffles them
 * (postconf(5) smtp_randomize_addresses). */
#include "smtp-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/lab/main-cf.h>
#include <mailsim/settings/expansion.h>

/* ---- looking up -------------------------------------------------------------------------- */

typedef struct {
    char *name;
    guint preference;
} Exchanger;

typedef struct {
    MailsimHost *host;
    MailsimProcess *process; /* that asks */
    char *name;              /* of the next hop */
    guint port;
    gboolean asks_signed;      /* are addresses signed? */
    gboolean by_mx;            /* MX records lead there */
    gboolean mx_authenticated; /* and they are signed */
    char *mx_name;             /* of the domain that has them */
    gboolean has_self;
    GPtrArray *exchangers; /* of Exchanger, best first */
    guint current;
    guint type;           /* of address_types */
    GPtrArray *addresses; /* of MailsimSmtpAddress */
    MailsimSmtpWhy why;
    MailsimSmtpAddressesFound found;
    gpointer data;
} Search;

static void
free_exchanger(gpointer data)
{
    Exchanger *exchanger = data;

    g_free(exchanger->name);
    g_free(exchanger);
}

static void
free_address(gpointer data)
{
    MailsimSmtpAddress *address = data;

    g_free(address->name);
    g_free(address->address);
    g_free(address->canonical);
    g_free(address->mx_name);
    g_free(address);
}

static void
set_why(Search *search, const char *dsn, char *reason)
{
    mailsim_smtp_why_clear(&search->why);
    search->why.dsn = g_strdup(dsn);
    search->why.reason = reason;
}

void
mailsim_smtp_search_free(gpointer data)
{
    Search *search = data;

    g_free(search->name);
    g_free(search->mx_name);
    g_ptr_array_unref(search->exchangers);
    g_ptr_array_unref(search->addresses);
    mailsim_smtp_why_clear(&search->why);
    g_free(search);
}

static void
finish(Search *search)
{
    search->found(search->data, g_ptr_array_ref(search->addresses), search->has_self,
                  &search->why);
    g_ptr_array_remove_fast(search->host->searches, search);
}

/* postconf(5) smtp_host_lookup */
static gboolean
looks_up(const MailsimHost *host, const char *how)
{
    g_autofree char *value = mailsim_host_dup_parameter(host, NULL, "smtp_host_lookup");
    g_autofree char *small = g_ascii_strdown(value, -1);
    g_auto(GStrv) words = mailsim_expansion_split(small);

    return g_strv_contains((const char *const *)words, how);
}

/* What getaddrinfo(3) says where DNS has no address, and how Postfix takes it. FALSE: it is not
 * asked. */
static gboolean
note_native_failure(Search *search, const MailsimDnsQuestion *question, MailsimDnsResult result)
{
    static const struct {
        const char *dsn;
        const char *words;
    } failures[] = {
        [MAILSIM_DNS_NO_DATA] = {"5.3.0", "No address associated with hostname" },
        [MAILSIM_DNS_NO_NAME] = {"5.4.4", "Name or service not known"           },
        [MAILSIM_DNS_FAILED] = {"4.4.4", "Temporary failure in name resolution"},
    };

    if (g_str_equal(question->type, "MX") || !looks_up(search->host, "native") ||
        (result == MAILSIM_DNS_FAILED && looks_up(search->host, "dns")))
        return FALSE;
    set_why(search, failures[result].dsn,
            g_strdup_printf("unable to look up host %s: %s", question->name,
                            failures[result].words));
    return TRUE;
}

/* Postfix's own words for what a resolver answers. */
static void
note_failure(Search *search, const MailsimDnsQuestion *question, MailsimDnsResult result)
{
    static const char *const words[] = {
        [MAILSIM_DNS_NO_DATA] = "Host found but no data record of requested type",
        [MAILSIM_DNS_NO_NAME] = "Host not found",
        [MAILSIM_DNS_FAILED] = "Host not found, try again",
    };

    const gboolean failed_before = search->why.dsn != NULL && search->why.dsn[0] == '4';

    if (note_native_failure(search, question, result))
        return;
    /* Once a look-up has failed, none of the others can say “never”. */
    set_why(search,
            result == MAILSIM_DNS_FAILED ? "4.4.3"
            : failed_before              ? "4.4.4"
                                         : "5.4.4",
            g_strdup_printf("Host or domain name not found. Name service error for name=%s "
                            "type=%s: %s",
                            question->name, question->type, words[result]));
}

/* Lent until the search is over. */
static MailsimSmtpAddress *
add_address(Search *search, const char *name, const char *address, guint preference)
{
    MailsimSmtpAddress *found = g_new0(MailsimSmtpAddress, 1);

    found->name = g_strdup(name);
    found->address = g_strdup(address);
    found->preference = preference;
    found->canonical = g_strdup(name);
    found->by_mx = search->by_mx;
    found->mx_authenticated = search->mx_authenticated;
    found->mx_name = g_strdup(search->mx_name);
    g_ptr_array_add(search->addresses, found);
    return found;
}

static void
add_answer(Search *search, const Exchanger *exchanger, const MailsimDnsAnswer *answer)
{
    for (guint i = 0; i < answer->records->len; i++) {
        MailsimSmtpAddress *found =
            add_address(search, exchanger->name, g_ptr_array_index(answer->records, i),
                        exchanger->preference);

        found->authenticated = answer->authenticated;
        if (answer->aliases->len == 0)
            continue;
        g_free(found->canonical);
        found->canonical =
            g_strdup(g_ptr_array_index(answer->aliases, answer->aliases->len - 1));
        found->alias_authenticated = answer->begins_signed;
    }
}

static gboolean
is_own(const Search *search, const MailsimSmtpAddress *address)
{
    return mailsim_lab_find_host_at(search->host->lab, address->address) == search->host ||
           g_str_equal(address->address, "127.0.0.1") || g_str_equal(address->address, "::1");
}

/* Mail that comes back to the host itself would go round for ever, and so would mail that
 * goes to an exchanger no better than it (RFC 5321 §5.1). */
static void
leave_out_self(Search *search)
{
    guint kept = search->addresses->len;
    guint best;

    if (search->port != SMTP_PORT || search->addresses->len == 0)
        return;
    best = ((const Exchanger *)g_ptr_array_index(search->exchangers, 0))->preference;
    for (guint i = 0; i < search->addresses->len && kept == search->addresses->len; i++) {
        const MailsimSmtpAddress *address = g_ptr_array_index(search->addresses, i);

        if (!is_own(search, address))
            continue;
        search->has_self = TRUE;
        for (kept = 0; kept < i; kept++) {
            const MailsimSmtpAddress *better = g_ptr_array_index(search->addresses, kept);

            if (better->preference >= address->preference)
                break;
        }
        if (kept == 0 && address->preference == best)
            set_why(search, "5.4.6",
                    g_strdup_printf("mail for %s loops back to myself", search->name));
        else if (kept == 0)
            set_why(search, "4.4.4",
                    g_strdup_printf("unable to find primary relay for %s", search->name));
    }
    g_ptr_array_set_size(search->addresses, (gint)kept);
}

/* ---- addresses of exchangers ------------------------------------------------------------- */

static const char *const address_types[][2] = {
    {"A",    "ipv4"},
    {"AAAA", "ipv6"},
};

/* postconf(5) inet_protocols */
static gboolean
speaks(const MailsimHost *host, const char *protocol)
{
    g_autofree char *protocols = mailsim_host_dup_parameter(host, NULL, "inet_protocols");

    return strstr(protocols, "all") != NULL || strstr(protocols, protocol) != NULL;
}

static void ask_next(Search *search);

static void
hear_addresses(gpointer data, const MailsimDnsAnswer *answer)
{
    Search *search = data;
    const Exchanger *exchanger = g_ptr_array_index(search->exchangers, search->current);
    const MailsimDnsQuestion question = {NULL, address_types[search->type][0], exchanger->name,
                                         FALSE, NULL};

    if (answer->result != MAILSIM_DNS_FOUND)
        note_failure(search, &question, answer->result);
    else
        add_answer(search, exchanger, answer);
    search->type++;
    ask_next(search);
}

/* Both kinds of address of every exchanger are asked for in any case. */
static void
ask_next(Search *search)
{
    while (search->current < search->exchangers->len) {
        const Exchanger *exchanger = g_ptr_array_index(search->exchangers, search->current);
        MailsimDnsQuestion question = {search->host->definition->name, NULL, exchanger->name,
                                       search->asks_signed, search->process};

        while (search->type < G_N_ELEMENTS(address_types) &&
               !speaks(search->host, address_types[search->type][1]))
            search->type++;
        if (search->type < G_N_ELEMENTS(address_types)) {
            question.type = address_types[search->type][0];
            mailsim_dns_look_up(search->host->lab, &question, hear_addresses, search);
            return;
        }
        search->type = 0;
        search->current++;
    }
    if (search->by_mx && search->addresses->len == 0)
        mailsim_process_log(search->process, -1,
                            "warning: no MX host for %s has a valid address record",
                            search->name);
    leave_out_self(search);
    finish(search);
}

static void
add_exchanger(Search *search, const char *name, guint preference)
{
    Exchanger *exchanger = g_new0(Exchanger, 1);

    exchanger->name = g_strdup(name);
    exchanger->preference = preference;
    g_ptr_array_add(search->exchangers, exchanger);
}

/* An address stands for itself. */
static void
look_up_host(Search *search)
{
    MailsimIpAddress literal;

    add_exchanger(search, search->name, 0);
    if (!mailsim_ip_address_parse(search->name, &literal)) {
        ask_next(search);
        return;
    }
    add_address(search, search->name, search->name, 0);
    leave_out_self(search);
    finish(search);
}

/* ---- exchangers -------------------------------------------------------------------------- */

static gint
compare_exchangers(gconstpointer a, gconstpointer b)
{
    const Exchanger *first = *(const Exchanger *const *)a;
    const Exchanger *second = *(const Exchanger *const *)b;

    return first->preference < second->preference ? -1 : first->preference > second->preference;
}

/* “10 mx.instituto.example”; a lone root, “0 ” without its dot, says that no mail is taken
 * (RFC 7505). FALSE: that is so. */
static gboolean
take_exchangers(Search *search, const GPtrArray *records)
{
    for (guint i = 0; i < records->len; i++) {
        char *name;
        guint64 preference = g_ascii_strtoull(g_ptr_array_index(records, i), &name, 10);

        name += strspn(name, " \t");
        if (records->len == 1 && (name[0] == '\0' || g_str_equal(name, ".")))
            return FALSE;
        add_exchanger(search, name, (guint)preference);
    }
    g_ptr_array_sort(search->exchangers, compare_exchangers);
    return TRUE;
}

/* Without an MX record the domain itself is the exchanger. */
static void
hear_exchangers(gpointer data, const MailsimDnsAnswer *answer)
{
    Search *search = data;
    const MailsimDnsQuestion question = {NULL, "MX", search->name, FALSE, NULL};

    switch (answer->result) {
    case MAILSIM_DNS_FOUND:
        if (take_exchangers(search, answer->records)) {
            search->by_mx = TRUE;
            search->mx_authenticated = answer->authenticated;
            search->asks_signed =
                answer->authenticated || mailsim_smtp_dane_trusts_unsigned_mx(search->host);
            search->mx_name =
                g_strdup(answer->aliases->len > 0
                             ? g_ptr_array_index(answer->aliases, answer->aliases->len - 1)
                             : search->name);
            ask_next(search);
            return;
        }
        set_why(search, "5.1.0",
                g_strdup_printf("Domain %s does not accept mail (nullMX)", search->name));
        break;
    case MAILSIM_DNS_NO_DATA:
    case MAILSIM_DNS_NO_NAME:
        look_up_host(search);
        return;
    case MAILSIM_DNS_FAILED:
        if (mailsim_host_get_flag(search->host, NULL, "ignore_mx_lookup_error")) {
            look_up_host(search);
            return;
        }
        note_failure(search, &question, answer->result);
        break;
    }
    finish(search);
}

void
mailsim_smtp_find_addresses(MailsimHost *host,
                            MailsimProcess *process,
                            const MailsimNextHop *next_hop,
                            MailsimSmtpAddressesFound found,
                            gpointer data)
{
    const gboolean asks_signed = mailsim_main_cf_asks_signed(host->definition);
    const MailsimDnsQuestion question = {host->definition->name, "MX", next_hop->name,
                                         asks_signed, process};
    Search *search = g_new0(Search, 1);

    search->host = host;
    search->process = process;
    search->asks_signed = asks_signed;
    search->name = g_strdup(next_hop->name);
    search->port = next_hop->port;
    search->exchangers = g_ptr_array_new_with_free_func(free_exchanger);
    search->addresses = g_ptr_array_new_with_free_func(free_address);
    search->found = found;
    search->data = data;
    g_ptr_array_add(host->searches, search);
    if (next_hop->bracketed)
        look_up_host(search);
    else
        mailsim_dns_look_up(host->lab, &question, hear_exchangers, search);
}
