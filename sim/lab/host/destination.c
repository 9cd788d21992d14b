/* SPDX-License-Identifier: MIT
 *
 * Whose mail a recipient is: the answer that smtpd(8) and qmgr(8) get from trivial-rewrite(8).
 * */
#include "host-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/protocol/domain-name.h>
#include <mailsim/protocol/mail-address.h>

static gboolean
is_same_address(const char *text, const MailsimIpAddress *wanted)
{
    MailsimIpAddress address;

    return mailsim_ip_address_parse(text, &address) &&
           mailsim_ip_address_equal(&address, wanted);
}

static gboolean
speaks_ipv6(const MailsimHost *host)
{
    g_autofree char *protocols = mailsim_host_dup_parameter(host, NULL, "inet_protocols");

    return strstr(protocols, "all") != NULL || strstr(protocols, "ipv6") != NULL;
}

/* An address literal, RFC 5321 §4.1.3: is it one of this host (postconf(5) inet_interfaces)? */
static gboolean
is_own_literal(const MailsimHost *host, const char *domain)
{
    const GPtrArray *addresses = host->definition->addresses;
    MailsimIpAddress wanted;

    if (!mailsim_domain_name_get_address(domain, &wanted))
        return FALSE;
    for (guint i = 0; i < addresses->len; i++) {
        if (is_same_address(g_ptr_array_index(addresses, i), &wanted))
            return TRUE;
    }
    return is_same_address("127.0.0.1", &wanted) ||
           (speaks_ipv6(host) && is_same_address("::1", &wanted));
}

static gboolean
is_local(const char *domain, gpointer data)
{
    const MailsimHost *host = data;

    return is_own_literal(host, domain) ||
           mailsim_host_match_domain(host, NULL, "mydestination", domain) ==
               MAILSIM_LOOKUP_FOUND;
}

/* Postfix asks about a name without the root's dot. */
static char *
dup_domain(const char *recipient)
{
    const char *domain = mailsim_mail_address_get_domain(recipient);
    gsize length = domain != NULL ? strlen(domain) : 0;

    if (length > 1 && domain[length - 1] == '.')
        length--;
    return domain != NULL ? g_strndup(domain, length) : NULL;
}

static char *
dup_if(const MailsimHost *host, const char *flag, const char *name)
{
    return mailsim_host_get_flag(host, NULL, flag)
               ? mailsim_host_dup_parameter(host, NULL, name)
               : NULL;
}

static MailsimDomainClass
classify(const MailsimHost *host, const char *domain, gboolean *failed)
{
    switch (mailsim_host_match_domain(host, NULL, "mydestination", domain)) {
    case MAILSIM_LOOKUP_FOUND:
        return MAILSIM_DOMAIN_LOCAL;
    case MAILSIM_LOOKUP_ERROR:
        *failed = TRUE;
        return MAILSIM_DOMAIN_ELSEWHERE;
    case MAILSIM_LOOKUP_NOT_FOUND:
        break;
    }
    if (is_own_literal(host, domain))
        return MAILSIM_DOMAIN_LOCAL;
    switch (mailsim_host_match_domain(host, NULL, "virtual_alias_domains", domain)) {
    case MAILSIM_LOOKUP_FOUND:
        return MAILSIM_DOMAIN_VIRTUAL;
    case MAILSIM_LOOKUP_ERROR:
        *failed = TRUE;
        return MAILSIM_DOMAIN_ELSEWHERE;
    case MAILSIM_LOOKUP_NOT_FOUND:
        break;
    }
    switch (mailsim_host_match_domain(host, NULL, "relay_domains", domain)) {
    case MAILSIM_LOOKUP_FOUND:
        return MAILSIM_DOMAIN_RELAY;
    case MAILSIM_LOOKUP_ERROR:
        *failed = TRUE;
        break;
    case MAILSIM_LOOKUP_NOT_FOUND:
        break;
    }
    return MAILSIM_DOMAIN_ELSEWHERE;
}

void
mailsim_rewriter_init(MailsimRewriter *rewriter, const MailsimHost *host)
{
    MailsimRewriteRules *rules = &rewriter->rules;

    *rules = mailsim_rewrite_rules_default;
    rules->hostname = mailsim_host_dup_parameter(host, NULL, "myhostname");
    rules->origin = dup_if(host, "append_at_myorigin", "myorigin");
    rules->parent = dup_if(host, "append_dot_mydomain", "mydomain");
    rules->percent_hack = mailsim_host_get_flag(host, NULL, "allow_percent_hack");
    rules->bang_path = mailsim_host_get_flag(host, NULL, "swap_bangpath");
    rules->numeric_domain = mailsim_host_get_flag(host, NULL, "resolve_numeric_domain");
    rules->null_domain = mailsim_host_get_flag(host, NULL, "resolve_null_domain");
    rules->leading_hyphen = mailsim_host_get_flag(host, NULL, "allow_min_user");
    rules->utf8 = mailsim_host_get_flag(host, NULL, "smtputf8_enable");
    rules->is_local = is_local;
    rules->data = (gpointer)host;
}

void
mailsim_rewriter_clear(MailsimRewriter *rewriter)
{
    g_free((char *)rewriter->rules.hostname);
    g_free((char *)rewriter->rules.origin);
    g_free((char *)rewriter->rules.parent);
}

/* ---- where to ---------------------------------------------------------------------------- */

typedef struct {
    char *transport;
    char *nexthop;
} Route;

static void
set(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

/* “smtp:[mail.example]:587”: the part before the first colon, and that after it. */
static void
split_route(const char *text, char **transport, const char **nexthop)
{
    const gsize length = strcspn(text, ":");

    *transport = g_strndup(text, length);
    *nexthop = text[length] == ':' ? text + length + 1 : "";
}

/* One of postconf(5) local_transport, relay_transport, default_transport: with a next hop of
 * its own it wins over OTHERWISE. */
static void
follow_parameter(const MailsimHost *host,
                 const char *parameter,
                 const char *otherwise,
                 Route *route)
{
    g_autofree char *value = mailsim_host_dup_parameter(host, NULL, parameter);
    const char *nexthop;

    split_route(value, &route->transport, &nexthop);
    route->nexthop = g_strdup(nexthop[0] != '\0' ? nexthop : otherwise);
}

/* With mail for others, postconf(5) relayhost takes the place of the recipient's domain. */
static void
follow_class(const MailsimHost *host,
             MailsimDomainClass class,
             const char *domain,
             Route *route)
{
    g_autofree char *relayhost = mailsim_host_dup_parameter(host, NULL, "relayhost");
    const char *way_out = relayhost[0] != '\0' ? relayhost : domain;

    switch (class) {
    case MAILSIM_DOMAIN_LOCAL:
        follow_parameter(host, "local_transport", domain, route);
        break;
    case MAILSIM_DOMAIN_VIRTUAL:
        /* cleanup(8) has rewritten those that are known. */
        route->transport = g_strdup("error");
        route->nexthop =
            g_strconcat("5.1.1 User unknown",
                        mailsim_host_get_flag(host, NULL, "show_user_unknown_table_name")
                            ? " in virtual alias table"
                            : "",
                        NULL);
        break;
    case MAILSIM_DOMAIN_RELAY:
        follow_parameter(host, "relay_transport", way_out, route);
        break;
    case MAILSIM_DOMAIN_ELSEWHERE:
        follow_parameter(host, "default_transport", way_out, route);
        break;
    }
}

static gboolean
look_up_without_extension(const MailsimHost *host,
                          const char *tables,
                          const char *recipient,
                          char **value)
{
    g_autofree char *local_part = mailsim_mail_address_dup_local_part(recipient);
    g_autofree char *bare = mailsim_host_dup_bare_local_part(host, local_part);
    g_autofree char *address =
        bare != NULL
            ? g_strdup_printf("%s@%s", bare, mailsim_mail_address_get_domain(recipient))
            : NULL;

    return address != NULL &&
           mailsim_host_look_up_part(host, tables, address, value) == MAILSIM_LOOKUP_FOUND;
}

/* transport(5): the address, the same without its extension, then its domain and the domains
 * above that, each with a dot before it, then “*”. */
static char *
look_up_transport(const MailsimHost *host, const char *recipient, const char *domain)
{
    g_autofree char *tables = mailsim_host_dup_parameter(host, NULL, "transport_maps");
    char *value = NULL;

    if (tables[0] == '\0')
        return NULL;
    if (mailsim_host_look_up(host, tables, recipient, &value) == MAILSIM_LOOKUP_FOUND ||
        look_up_without_extension(host, tables, recipient, &value))
        return value;
    for (const char *at = domain; at != NULL; at = strchr(at + 1, '.')) {
        if (mailsim_host_look_up_part(host, tables, at, &value) == MAILSIM_LOOKUP_FOUND)
            return value;
    }
    if (mailsim_host_look_up_part(host, tables, "*", &value) == MAILSIM_LOOKUP_FOUND)
        return value;
    return NULL;
}

/* “:” changes nothing; a transport alone goes to the recipient's own domain. */
static void
follow_table(const MailsimHost *host, const char *recipient, const char *domain, Route *route)
{
    g_autofree char *value = look_up_transport(host, recipient, domain);
    g_autofree char *transport = NULL;
    const char *nexthop;

    if (value == NULL)
        return;
    split_route(value, &transport, &nexthop);
    if (transport[0] != '\0') {
        gboolean says = g_str_equal(transport, "error") || g_str_equal(transport, "retry");

        set(&route->transport, transport);
        set(&route->nexthop, says ? "Address is undeliverable" : domain);
    }
    if (nexthop[0] != '\0')
        set(&route->nexthop, nexthop);
}

/* Neither a name nor an address in brackets (RFC 5321 §4.1.2). */
static gboolean
is_bad_domain(const char *domain)
{
    if (mailsim_domain_name_is_literal(domain))
        return FALSE;
    return mailsim_domain_name_is_number(domain) || !mailsim_domain_name_is_valid_utf8(domain);
}

static void
resolve(const MailsimHost *host, const char *address, MailsimDestination *destination)
{
    g_auto(MailsimRewriter) rewriter = {0};
    g_auto(MailsimResolution) resolution = {0};
    g_autofree char *domain = NULL;
    Route route = {0};

    mailsim_rewriter_init(&rewriter, host);
    mailsim_address_resolve(address, &rewriter.rules, &resolution);
    domain = dup_domain(resolution.recipient);
    if (domain == NULL)
        domain = g_strdup(rewriter.rules.hostname);
    destination->class = classify(host, domain, &destination->failed);
    if (is_bad_domain(domain)) {
        route.transport = g_strdup("error");
        route.nexthop = g_strdup("5.1.3 bad address syntax");
    } else {
        follow_class(host, destination->class, domain, &route);
        follow_table(host, resolution.recipient, domain, &route);
    }
    destination->recipient = g_steal_pointer(&resolution.recipient);
    destination->transport = route.transport;
    destination->nexthop = route.nexthop;
    destination->routed = resolution.routed;
}

void
mailsim_destination_clear(MailsimDestination *destination)
{
    g_clear_pointer(&destination->recipient, g_free);
    g_clear_pointer(&destination->transport, g_free);
    g_clear_pointer(&destination->nexthop, g_free);
}

/* smtpd(8), cleanup(8) and qmgr(8) ask about one address after the other, each several times:
 * the last answer is kept, as Postfix's resolve_clnt(3) does. */
struct MailsimLastResolved {
    char *address;
    MailsimDestination destination;
};

void
mailsim_last_resolved_free(MailsimLastResolved *last)
{
    if (last == NULL)
        return;
    g_free(last->address);
    mailsim_destination_clear(&last->destination);
    g_free(last);
}

MailsimLastResolved *
mailsim_last_resolved_new(void)
{
    return g_new0(MailsimLastResolved, 1);
}

void
mailsim_host_resolve(const MailsimHost *host,
                     const char *address,
                     MailsimDestination *destination)
{
    MailsimLastResolved *last = host->last_resolved;

    if (g_strcmp0(last->address, address) != 0) {
        g_free(last->address);
        mailsim_destination_clear(&last->destination);
        last->destination = (MailsimDestination){0};
        resolve(host, address, &last->destination);
        last->address = g_strdup(address);
    }
    *destination = last->destination;
    destination->recipient = g_strdup(last->destination.recipient);
    destination->transport = g_strdup(last->destination.transport);
    destination->nexthop = g_strdup(last->destination.nexthop);
}

/* A recipient without a domain is the host's own: $myorigin is appended. */
MailsimDomainClass
mailsim_host_classify(const MailsimHost *host, const char *recipient)
{
    g_autofree char *domain = dup_domain(recipient);
    gboolean failed = FALSE;

    return domain != NULL ? classify(host, domain, &failed) : MAILSIM_DOMAIN_LOCAL;
}
