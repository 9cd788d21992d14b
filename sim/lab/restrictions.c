/* SPDX-License-Identifier: MIT
 *
 * Who may send where: the restriction lists of smtpd(8), evaluated rule by rule. Each look at a
 * rule is recorded, so that it can be told which one decided and which were not reached. The
 * table below says what each rule does. */
#include "lab-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/protocol/mail-address.h>

/* What one look at a rule came to. Strings are owned. */
typedef struct {
    MailsimRuleVerdict verdict;
    char *subject;
    char *against;
    char *reason;
    char *reply; /* NULL: this rule does not refuse */
} Look;

typedef struct {
    const char *name;
    void (*look)(const MailsimRestrictionQuery *query, Look *look);
    gboolean can_refuse; /* counts for smtpd's demand for at least one rule that does */
} Rule;

static void look_permit_mynetworks(const MailsimRestrictionQuery *query, Look *look);
static void look_permit_sasl_authenticated(const MailsimRestrictionQuery *query, Look *look);
static void look_permit_auth_destination(const MailsimRestrictionQuery *query, Look *look);
static void look_reject_unauth_destination(const MailsimRestrictionQuery *query, Look *look);
static void look_defer_unauth_destination(const MailsimRestrictionQuery *query, Look *look);
static void look_permit(const MailsimRestrictionQuery *query, Look *look);
static void look_defer(const MailsimRestrictionQuery *query, Look *look);
static void look_reject(const MailsimRestrictionQuery *query, Look *look);

/* postconf(5) smtpd_relay_restrictions, smtpd_recipient_restrictions */
static const Rule rules[] = {
    {"permit_mynetworks",         look_permit_mynetworks,         FALSE},
    {"permit_sasl_authenticated", look_permit_sasl_authenticated, FALSE},
    {"permit_auth_destination",   look_permit_auth_destination,   FALSE},
    {"reject_unauth_destination", look_reject_unauth_destination, TRUE },
    {"defer_unauth_destination",  look_defer_unauth_destination,  TRUE },
    {"permit",                    look_permit,                    FALSE},
    {"defer",                     look_defer,                     TRUE },
    {"reject",                    look_reject,                    TRUE },
};

static const Rule *
find_rule(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (g_ascii_strcasecmp(rules[i].name, name) == 0)
            return &rules[i];
    }
    return NULL;
}

/* ---- domains ----------------------------------------------------------------------------- */

static gboolean
lists_domain(char **list, const char *domain, gboolean with_subdomains)
{
    for (guint i = 0; list[i] != NULL; i++) {
        gsize length = strlen(list[i]);
        gsize domain_length = strlen(domain);

        if (g_ascii_strcasecmp(list[i], domain) == 0)
            return TRUE;
        if (with_subdomains && domain_length > length &&
            domain[domain_length - length - 1] == '.' &&
            g_ascii_strcasecmp(domain + domain_length - length, list[i]) == 0)
            return TRUE;
    }
    return FALSE;
}

/* An address literal, RFC 5321 §4.1.3: is it one of this host (postconf(5) inet_interfaces)? */
static gboolean
is_own_literal(const MailsimHost *host, const char *domain)
{
    gsize length = strlen(domain);
    g_autofree char *address = NULL;

    if (length < 2 || domain[0] != '[' || domain[length - 1] != ']')
        return FALSE;
    address = g_strndup(domain + 1, length - 2);
    if (g_str_has_prefix(address, "127."))
        return TRUE;
    for (guint i = 0; i < host->definition->addresses->len; i++) {
        if (g_str_equal(g_ptr_array_index(host->definition->addresses, i), address))
            return TRUE;
    }
    return FALSE;
}

/* A name may end in the root's dot. */
static char *
dup_domain(const char *recipient)
{
    const char *domain = mailsim_mail_address_get_domain(recipient);
    gsize length = domain != NULL ? strlen(domain) : 0;

    if (length > 1 && domain[length - 1] == '.')
        length--;
    return domain != NULL ? g_strndup(domain, length) : NULL;
}

/* A recipient without a domain is the host's own: $myorigin is appended. relay_domains matches
 * subdomains too (postconf(5) parent_domain_matches_subdomains). */
MailsimDomainClass
mailsim_host_classify(const MailsimHost *host, const char *recipient)
{
    g_autofree char *domain = dup_domain(recipient);
    g_auto(GStrv) local = mailsim_host_dup_list(host, NULL, "mydestination");
    g_auto(GStrv) relay = mailsim_host_dup_list(host, NULL, "relay_domains");

    if (domain == NULL || lists_domain(local, domain, FALSE) || is_own_literal(host, domain))
        return MAILSIM_DOMAIN_LOCAL;
    return lists_domain(relay, domain, TRUE) ? MAILSIM_DOMAIN_RELAY : MAILSIM_DOMAIN_ELSEWHERE;
}

/* ---- the rules, in table order ----------------------------------------------------------- */

static void
look_permit_mynetworks(const MailsimRestrictionQuery *query, Look *look)
{
    g_auto(GStrv) networks = mailsim_host_dup_list(query->host, query->service, "mynetworks");
    MailsimIpAddress address;
    const char *match = NULL;

    if (mailsim_ip_address_parse(query->client_address, &address)) {
        for (guint i = 0; networks[i] != NULL && match == NULL; i++) {
            MailsimIpNetwork network;

            if (mailsim_ip_network_parse(networks[i], &network) &&
                mailsim_ip_network_contains(&network, &address))
                match = networks[i];
        }
    }
    look->verdict = match != NULL ? MAILSIM_VERDICT_PERMIT : MAILSIM_VERDICT_NO_OPINION;
    look->subject = g_strdup(query->client_address);
    look->against = match != NULL ? g_strdup(match) : g_strjoinv(" ", networks);
    look->reason = g_strdup_printf("%s is %sin %s", look->subject, match != NULL ? "" : "not ",
                                   look->against);
}

static void
look_permit_sasl_authenticated(const MailsimRestrictionQuery *query, Look *look)
{
    const char *user = query->envelope->user;

    look->verdict = user != NULL ? MAILSIM_VERDICT_PERMIT : MAILSIM_VERDICT_NO_OPINION;
    look->subject = g_strdup(user);
    look->reason = user != NULL ? g_strdup_printf("%s is logged in", user)
                                : g_strdup("nobody is logged in");
}

/* Where a local part has mail sent on to: “x%next”, “next!x”, “x@next” (postconf(5)
 * allow_percent_hack, swap_bangpath). NULL: nowhere, or back to this host. */
static char *
dup_routed_domain(const MailsimHost *host, const char *recipient)
{
    g_autofree char *local_part = mailsim_mail_address_dup_local_part(recipient);
    const char *at = strrchr(local_part, '@');
    const char *separator = at != NULL ? at : strrchr(local_part, '%');
    const char *bang = strchr(local_part, '!');
    char *domain = NULL;
    g_autofree char *next = NULL;

    if (separator != NULL)
        domain = g_strdup(separator + 1);
    else if (bang != NULL)
        domain = g_strndup(local_part, (gsize)(bang - local_part));
    else
        return NULL;
    next = g_strconcat("@", domain, NULL);
    if (mailsim_host_classify(host, next) == MAILSIM_DOMAIN_LOCAL)
        g_clear_pointer(&domain, g_free);
    return domain;
}

static gboolean
look_at_destination(const MailsimRestrictionQuery *query, Look *look)
{
    const char *domain = mailsim_mail_address_get_domain(query->recipient);
    MailsimDomainClass class = mailsim_host_classify(query->host, query->recipient);
    g_autofree char *next = dup_routed_domain(query->host, query->recipient);

    look->subject = g_strdup(domain != NULL ? domain : query->recipient);
    if (class != MAILSIM_DOMAIN_ELSEWHERE && next != NULL) {
        look->reason =
            g_strdup_printf("%s would have it sent on to %s", query->recipient, next);
        return FALSE;
    }
    switch (class) {
    case MAILSIM_DOMAIN_LOCAL:
        look->against = g_strdup("mydestination");
        break;
    case MAILSIM_DOMAIN_RELAY:
        look->against = g_strdup("relay_domains");
        break;
    case MAILSIM_DOMAIN_ELSEWHERE:
        look->reason = g_strdup_printf("%s is neither in mydestination nor in relay_domains",
                                       look->subject);
        return FALSE;
    }
    look->reason = g_strdup_printf("%s is in %s", look->subject, look->against);
    return TRUE;
}

static void
look_permit_auth_destination(const MailsimRestrictionQuery *query, Look *look)
{
    look->verdict =
        look_at_destination(query, look) ? MAILSIM_VERDICT_PERMIT : MAILSIM_VERDICT_NO_OPINION;
}

static void
look_reject_unauth_destination(const MailsimRestrictionQuery *query, Look *look)
{
    if (look_at_destination(query, look)) {
        look->verdict = MAILSIM_VERDICT_NO_OPINION;
        return;
    }
    look->verdict = MAILSIM_VERDICT_REJECT;
    look->reply = g_strdup_printf("554 5.7.1 <%s>: Relay access denied", query->recipient);
}

static void
look_defer_unauth_destination(const MailsimRestrictionQuery *query, Look *look)
{
    if (look_at_destination(query, look)) {
        look->verdict = MAILSIM_VERDICT_NO_OPINION;
        return;
    }
    look->verdict = MAILSIM_VERDICT_DEFER;
    look->reply = g_strdup_printf("454 4.7.1 <%s>: Relay access denied", query->recipient);
}

static void
look_permit(G_GNUC_UNUSED const MailsimRestrictionQuery *query, Look *look)
{
    look->verdict = MAILSIM_VERDICT_PERMIT;
    look->reason = g_strdup("permits everybody");
}

static void
look_defer(const MailsimRestrictionQuery *query, Look *look)
{
    look->verdict = MAILSIM_VERDICT_DEFER;
    look->reason = g_strdup("defers everybody");
    look->reply = g_strdup_printf("450 4.7.1 <%s>: Recipient address rejected: Try again later",
                                  query->recipient);
}

static void
look_reject(const MailsimRestrictionQuery *query, Look *look)
{
    look->verdict = MAILSIM_VERDICT_REJECT;
    look->reason = g_strdup("rejects everybody");
    look->reply = g_strdup_printf("554 5.7.1 <%s>: Recipient address rejected: Access denied",
                                  query->recipient);
}

/* ---- lists ------------------------------------------------------------------------------- */

static void
record_look(const MailsimRestrictionQuery *query,
            const char *list,
            const char *rule,
            Look *look)
{
    MailsimEvent *event =
        mailsim_lab_record(query->host->lab, MAILSIM_EVENT_RULE, query->host->definition->name,
                           (int)query->hop->index);

    event->rule.list = g_strdup(list);
    event->rule.rule = g_strdup(rule);
    event->rule.recipient = g_strdup(query->recipient);
    event->rule.verdict = look->verdict;
    event->rule.decided = look->verdict == MAILSIM_VERDICT_PERMIT || look->reply != NULL;
    event->rule.subject = g_steal_pointer(&look->subject);
    event->rule.against = g_steal_pointer(&look->against);
    event->rule.reason = g_steal_pointer(&look->reason);
}

static void
remember_decision(const MailsimRestrictionQuery *query, const char *list, const char *rule)
{
    g_free(query->hop->decided_by);
    query->hop->decided_by = g_strdup_printf("%s: %s", list, rule);
}

/* The reply that refuses; NULL: the list lets it pass. The rest of the list after a decision is
 * recorded as not reached. */
static char *
evaluate_list(const MailsimRestrictionQuery *query, const char *list)
{
    g_auto(GStrv) names = mailsim_host_dup_list(query->host, query->service, list);
    gboolean decided = FALSE;
    char *refusal = NULL;

    for (guint i = 0; names[i] != NULL; i++) {
        Look look = {.verdict = MAILSIM_VERDICT_NOT_REACHED};
        const Rule *rule = find_rule(names[i]);

        if (rule == NULL)
            continue; /* the checker has refused what is not built */
        if (!decided) {
            rule->look(query, &look);
            decided = look.verdict == MAILSIM_VERDICT_PERMIT || look.reply != NULL;
            if (decided)
                remember_decision(query, list, rule->name);
        }
        record_look(query, list, rule->name, &look);
        if (look.reply != NULL)
            refusal = look.reply;
    }
    return refusal;
}

/* postconf(5) smtpd_reject_unlisted_recipient: implied at the end of the recipient
 * restrictions. */
static char *
check_unlisted(const MailsimRestrictionQuery *query)
{
    Look look = {.verdict = MAILSIM_VERDICT_REJECT};

    if (!mailsim_host_get_flag(query->host, query->service,
                               "smtpd_reject_unlisted_recipient") ||
        mailsim_host_classify(query->host, query->recipient) != MAILSIM_DOMAIN_LOCAL ||
        mailsim_local_recipient_exists(query->host, query->recipient))
        return NULL;

    look.subject = g_strdup(query->recipient);
    look.against = g_strdup("local_recipient_maps");
    look.reason = g_strdup_printf("%s is not in local_recipient_maps", query->recipient);
    look.reply = g_strdup_printf("550 5.1.1 <%s>: Recipient address rejected: User unknown in "
                                 "local recipient table",
                                 query->recipient);
    record_look(query, "smtpd_reject_unlisted_recipient", "reject_unlisted_recipient", &look);
    remember_decision(query, "smtpd_reject_unlisted_recipient", "yes");
    return look.reply;
}

char *
mailsim_restrictions_check_recipient(const MailsimRestrictionQuery *query)
{
    gboolean relay_first = mailsim_host_get_flag(query->host, query->service,
                                                 "smtpd_relay_before_recipient_restrictions");
    const char *lists[] = {
        relay_first ? "smtpd_relay_restrictions" : "smtpd_recipient_restrictions",
        relay_first ? "smtpd_recipient_restrictions" : "smtpd_relay_restrictions",
    };

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        char *refusal = evaluate_list(query, lists[i]);

        if (refusal != NULL)
            return refusal;
    }
    return check_unlisted(query);
}

/* Rules after a plain permit can never refuse, and smtpd(8) knows it. */
static gboolean
list_can_refuse(const MailsimHost *host,
                const MailsimServiceDefinition *service,
                const char *list)
{
    g_auto(GStrv) names = mailsim_host_dup_list(host, service, list);

    for (guint i = 0; names[i] != NULL; i++) {
        const Rule *rule = find_rule(names[i]);

        if (g_ascii_strcasecmp(names[i], "permit") == 0)
            return FALSE;
        if (rule != NULL && rule->can_refuse)
            return TRUE;
    }
    return FALSE;
}

char *
mailsim_restrictions_find_fatal(const MailsimHost *host,
                                const MailsimServiceDefinition *service)
{
    if (list_can_refuse(host, service, "smtpd_relay_restrictions") ||
        list_can_refuse(host, service, "smtpd_recipient_restrictions"))
        return NULL;
    return g_strdup("in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, "
                    "specify at least one working instance of: reject_unauth_destination, "
                    "defer_unauth_destination, reject, defer, defer_if_permit or "
                    "check_relay_domains");
}
