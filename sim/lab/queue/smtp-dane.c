/* SPDX-License-Identifier: MIT
 *
 * DANE (RFC 7672) in smtp(8)'s policy for a server: what signed DNS says of its certificate,
 * and what levels dane and dane-only come to where it says nothing. */
#include "smtp-private.h"

#include <string.h>

#include <mailsim/lab/main-cf.h>
#include <mailsim/protocol/tlsa.h>

/* dane asks for less where there is no DANE; dane-only sends nothing then. Takes REASON over.
 */
static void
do_without_dane(MailsimSmtpTlsPolicy *policy,
                const char *instead,
                const char *failure,
                char *reason)
{
    if (mailsim_smtp_tls_policy_is_level(policy, "dane")) {
        mailsim_smtp_tls_policy_set_level(policy, instead);
        g_free(policy->reason);
        policy->reason = reason;
        return;
    }
    policy->tls_failure = failure;
    mailsim_smtp_tls_policy_invalidate(policy, reason);
}

/* Was the MX record not signed? Whoever forged it could name a server of his own, with records.
 */
static gboolean
is_led_unsigned(const MailsimSmtpTlsPolicy *policy)
{
    return policy->address->by_mx && !policy->address->mx_authenticated;
}

/* postconf(5) smtp_tls_dane_insecure_mx_policy: what records are good for then. */
static gboolean
has_insecure_policy(const MailsimHost *host, const char *word)
{
    const char *value =
        mailsim_host_get_parameter(host, NULL, "smtp_tls_dane_insecure_mx_policy");

    return g_ascii_strcasecmp(value, word) == 0;
}

gboolean
mailsim_smtp_dane_trusts_unsigned_mx(const MailsimHost *host)
{
    return has_insecure_policy(host, "dane") || has_insecure_policy(host, "encrypt");
}

/* Those that DNS leads through, signed, each once. */
static char *
dup_names(const MailsimSmtpTlsPolicy *policy, const char *base)
{
    const MailsimSmtpAddress *address = policy->address;
    const char *on_the_way[] = {address->mx_name, policy->next_hop->name};
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    g_ptr_array_add(names, (gpointer)base);
    for (guint i = 0; address->by_mx && i < G_N_ELEMENTS(on_the_way); i++) {
        if (!g_ptr_array_find_with_equal_func(names, on_the_way[i], g_str_equal, NULL))
            g_ptr_array_add(names, (gpointer)on_the_way[i]);
    }
    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **)names->pdata);
}

/* An authority's record asks for a name, too: any of those that DNS, signed, leads through. */
static void
expect_records(MailsimSmtpTlsPolicy *policy, GPtrArray *usable, const char *base)
{
    if (is_led_unsigned(policy) && has_insecure_policy(policy->host, "encrypt")) {
        do_without_dane(policy, "encrypt", NULL, g_strdup("non DNSSEC destination"));
        return;
    }
    policy->server_name = base;
    policy->demand.name_unproved = is_led_unsigned(policy);
    policy->demand.announced = mailsim_tls_announcement_new();
    policy->demand.announced->tlsa = g_ptr_array_ref(usable);
    policy->demand.names = dup_names(policy, base);
}

static void ask_for_records(MailsimSmtpTlsPolicy *policy);

/* postconf(5) tls_dane_digests: where a digest of a kind stands; G_MAXUINT: nowhere. */
static guint
find_rank(const MailsimHost *host, const MailsimTlsa *tlsa)
{
    static const char *const names[] = {
        [MAILSIM_TLSA_MATCHING_SHA2_256] = "sha256",
        [MAILSIM_TLSA_MATCHING_SHA2_512] = "sha512",
    };
    char **digests = mailsim_host_get_list(host, NULL, "tls_dane_digests");

    if (tlsa->matching >= G_N_ELEMENTS(names))
        return G_MAXUINT;
    for (guint i = 0; digests[i] != NULL; i++) {
        if (g_ascii_strcasecmp(digests[i], names[tlsa->matching]) == 0)
            return i;
    }
    return G_MAXUINT;
}

/* For usage and selector: where the best digest among the records stands. */
#define USAGES    (MAILSIM_TLSA_USAGE_DANE_EE + 1)
#define SELECTORS (MAILSIM_TLSA_SELECTOR_SPKI + 1)
typedef guint BestRanks[USAGES][SELECTORS];

/* Found once for all records: a zone may have thousands. */
static void
find_best_ranks(const MailsimHost *host, const GPtrArray *records, BestRanks best)
{
    for (guint usage = 0; usage < USAGES; usage++)
        for (guint selector = 0; selector < SELECTORS; selector++)
            best[usage][selector] = G_MAXUINT;
    for (guint i = 0; i < records->len; i++) {
        g_auto(MailsimTlsa) tlsa = {0};
        guint *rank;

        if (!mailsim_tlsa_parse(g_ptr_array_index(records, i), &tlsa, NULL) ||
            tlsa.usage >= USAGES || tlsa.matching == MAILSIM_TLSA_MATCHING_FULL ||
            !mailsim_tlsa_is_understood(&tlsa))
            continue;
        rank = &best[tlsa.usage][tlsa.selector];
        *rank = MIN(*rank, find_rank(host, &tlsa));
    }
}

/* Of two digests of the same thing only the one that is listed first counts (RFC 7671 §9). */
static gboolean
is_outdone(const MailsimHost *host, const MailsimTlsa *tlsa, BestRanks best)
{
    return tlsa->matching != MAILSIM_TLSA_MATCHING_FULL && tlsa->usage < USAGES &&
           tlsa->selector < SELECTORS &&
           best[tlsa->usage][tlsa->selector] < find_rank(host, tlsa);
}

/* Does it say anything to TLS: a digest that main.cf does not list says nothing. */
static gboolean
is_understood(const MailsimHost *host, const MailsimTlsa *tlsa, const char *text)
{
    return mailsim_tls_understands_record(text) &&
           (tlsa->matching == MAILSIM_TLSA_MATCHING_FULL || find_rank(host, tlsa) != G_MAXUINT);
}

/* As Postfix writes a record: the digits large, and not too many of them. */
#define DIGITS_AT_AN_END 64

static char *
describe_record(const MailsimTlsa *tlsa)
{
    g_autofree char *hex = g_ascii_strup(tlsa->hex != NULL ? tlsa->hex : "", -1);
    const gsize length = strlen(hex);

    if (length <= 2 * DIGITS_AT_AN_END)
        return g_strdup_printf("%u %u %u %s", tlsa->usage, tlsa->selector, tlsa->matching, hex);
    return g_strdup_printf("%u %u %u %.*s...%s", tlsa->usage, tlsa->selector, tlsa->matching,
                           DIGITS_AT_AN_END, hex, hex + length - DIGITS_AT_AN_END);
}

/* One that fits nothing stands for it, so that there is something to ask for. */
static void
add_useless(MailsimSmtpTlsPolicy *policy, const MailsimTlsa *tlsa, GPtrArray *usable)
{
    g_autofree char *record = describe_record(tlsa);

    mailsim_smtp_tls_policy_warn_of_tls(policy, "unusable TLSA RR: %s", record);
    g_ptr_array_add(usable,
                    g_strdup_printf("%u %u %u", tlsa->usage, tlsa->selector, tlsa->matching));
}

/* What of RECORDS is of use; *UNDERSTOOD is set when TLS itself can compare some of it. */
static GPtrArray *
list_usable(MailsimSmtpTlsPolicy *policy,
            const char *name,
            const GPtrArray *records,
            gboolean *understood)
{
    GPtrArray *usable = g_ptr_array_new_with_free_func(g_free);
    BestRanks best;

    find_best_ranks(policy->host, records, best);
    for (guint i = 0; i < records->len; i++) {
        const char *text = g_ptr_array_index(records, i);
        g_auto(MailsimTlsa) tlsa = {0};
        const char *problem;

        if (!mailsim_tlsa_parse(text, &tlsa, NULL))
            continue;
        problem = mailsim_tlsa_find_unusable(&tlsa);
        if (problem != NULL) {
            g_autofree char *record = describe_record(&tlsa);

            mailsim_smtp_tls_policy_warn(policy, "%s %s: %s", name, problem, record);
            continue;
        }
        if (is_outdone(policy->host, &tlsa, best))
            continue;
        if (is_understood(policy->host, &tlsa, text)) {
            *understood = TRUE;
            g_ptr_array_add(usable, g_strdup(text));
        } else {
            add_useless(policy, &tlsa, usable);
        }
    }
    return usable;
}

static const char *
get_base(const MailsimSmtpTlsPolicy *policy)
{
    return policy->asked_again ? policy->address->name : policy->address->canonical;
}

static char *
dup_owner(const MailsimSmtpTlsPolicy *policy)
{
    return g_strdup_printf("_%u._tcp.%s", policy->next_hop->port, get_base(policy));
}

/* By then it is too late for anonymous ciphers. */
static void
encrypt_with_anybody(MailsimSmtpTlsPolicy *policy)
{
    do_without_dane(policy, "encrypt", NULL, g_strdup("TLSA records unusable"));
    policy->demand.needs_certificate = TRUE;
}

static void
warn_of_useless(MailsimSmtpTlsPolicy *policy)
{
    mailsim_smtp_tls_policy_warn_of_tls(policy, "all TLSA records unusable%s",
                                        mailsim_smtp_tls_policy_is_level(policy, "dane")
                                            ? ", fallback to unauthenticated TLS"
                                            : "");
}

/* Records that Postfix takes and TLS does not understand: dane asks for TLS, and for no more;
 * dane-only finds out that no certificate fits. */
static void
take_records(MailsimSmtpTlsPolicy *policy, const MailsimDnsAnswer *answer)
{
    g_autofree char *owner = dup_owner(policy);
    gboolean understood = FALSE;
    g_autoptr(GPtrArray) usable = list_usable(policy, owner, answer->records, &understood);

    if (usable->len == 0) {
        do_without_dane(policy, "encrypt", "tlsa-invalid", g_strdup("TLSA records unusable"));
        return;
    }
    if (!understood)
        warn_of_useless(policy);
    policy->demand.unmeetable =
        !understood && mailsim_smtp_tls_policy_is_level(policy, "dane-only");
    if (understood || policy->demand.unmeetable)
        expect_records(policy, usable, get_base(policy));
    else
        encrypt_with_anybody(policy);
}

static void
warn_of_failure(MailsimSmtpTlsPolicy *policy)
{
    g_autofree char *owner = dup_owner(policy);

    mailsim_smtp_tls_policy_warn(
        policy,
        "DANE TLSA lookup problem: Host or domain name not found. Name "
        "service error for name=%s type=TLSA: Host not found, try "
        "again",
        owner);
}

/* What was not answered is asked once more: Postfix remembers it as out of date at once. */
static void
hear_records(gpointer data, const MailsimDnsAnswer *answer)
{
    MailsimSmtpTlsPolicy *policy = data;
    const MailsimSmtpAddress *address = policy->address;

    if (answer->result == MAILSIM_DNS_FAILED && !policy->insisted) {
        warn_of_failure(policy);
        policy->insisted = TRUE;
        ask_for_records(policy);
        return;
    }
    if (answer->result == MAILSIM_DNS_FAILED) {
        warn_of_failure(policy);
        policy->tls_failure = "dnssec-invalid";
        mailsim_smtp_tls_policy_invalidate(
            policy, g_strdup_printf("TLSA lookup error for %s:%u", address->name,
                                    policy->next_hop->port));
    } else if (answer->result == MAILSIM_DNS_FOUND && answer->authenticated) {
        take_records(policy, answer);
    } else if (!policy->asked_again && !g_str_equal(address->name, address->canonical)) {
        policy->asked_again = TRUE;
        policy->insisted = FALSE;
        ask_for_records(policy);
        return;
    } else {
        do_without_dane(policy, "may", "dane-required", g_strdup("no TLSA records found"));
    }
    mailsim_smtp_tls_policy_complete(policy);
}

/* Of a server with several addresses they are asked for once, if there was an answer. */
static void
remember_records(gpointer data, const MailsimDnsAnswer *answer)
{
    MailsimSmtpTlsPolicy *policy = data;

    g_clear_pointer(&policy->known_owner, g_free);
    mailsim_dns_answer_clear(&policy->known);
    if (answer->result != MAILSIM_DNS_FAILED) {
        policy->known_owner = dup_owner(policy);
        policy->known = *answer;
        g_ptr_array_ref(answer->aliases);
        if (answer->records != NULL)
            g_ptr_array_ref(answer->records);
    }
    hear_records(policy, answer);
}

/* By the host's own name first, where that is an alias. */
static void
ask_for_records(MailsimSmtpTlsPolicy *policy)
{
    g_autofree char *name = dup_owner(policy);
    const MailsimDnsQuestion question = {policy->host->definition->name, "TLSA", name, TRUE,
                                         policy->process};

    if (g_strcmp0(name, policy->known_owner) == 0)
        hear_records(policy, &policy->known);
    else
        mailsim_dns_look_up(policy->host->lab, &question, remember_records, policy);
}

/* What main.cf has that goes ill with DANE, as a format for the next hop and the level. */
static const char *
find_obstacle(const MailsimHost *host)
{
    if (!mailsim_main_cf_wants_signed_answers(host->definition))
        return "%s: %s configured with dnssec lookups disabled";
    if (mailsim_host_get_flag(host, NULL, "ignore_mx_lookup_error"))
        return "%s: %s configured with MX lookup errors ignored";
    if (mailsim_host_list_has(host, NULL, "smtp_dns_resolver_options", "res_defnames") ||
        mailsim_host_list_has(host, NULL, "smtp_dns_resolver_options", "res_dnsrch"))
        return "%s: dns resolver options incompatible with %s TLS";
    return NULL;
}

/* Where neither the address nor, of an alias, the alias is signed, nobody asks for records as a
 * rule. */
static gboolean
look_for_records(MailsimSmtpTlsPolicy *policy, gboolean is_alias_signed)
{
    if (!policy->address->authenticated && !is_alias_signed &&
        !mailsim_host_get_flag(policy->host, NULL,
                               "smtp_tls_force_insecure_host_tlsa_lookup")) {
        do_without_dane(policy, "may", "dane-required", g_strdup("no TLSA records found"));
        return FALSE;
    }
    policy->asked_again = !policy->address->authenticated;
    ask_for_records(policy);
    return TRUE;
}

static void
hear_alias(gpointer data, const MailsimDnsAnswer *answer)
{
    MailsimSmtpTlsPolicy *policy = data;

    if (!look_for_records(policy, answer->authenticated))
        mailsim_smtp_tls_policy_complete(policy);
}

/* An address that is not signed may be that of an alias that is. */
static gboolean
ask_for_alias(MailsimSmtpTlsPolicy *policy)
{
    const MailsimSmtpAddress *address = policy->address;
    const MailsimDnsQuestion question = {policy->host->definition->name, "CNAME", address->name,
                                         TRUE, policy->process};

    if (address->authenticated || g_str_equal(address->name, address->canonical))
        return FALSE;
    mailsim_dns_look_up(policy->host->lab, &question, hear_alias, policy);
    return TRUE;
}

gboolean
mailsim_smtp_dane_begin(MailsimSmtpTlsPolicy *policy)
{
    const MailsimHost *host = policy->host;
    const char *obstacle = find_obstacle(host);

    if (obstacle != NULL) {
        mailsim_smtp_tls_policy_warn(policy, obstacle, policy->nexthop, policy->level);
        do_without_dane(policy, "may", "dane-required", NULL);
    } else if (is_led_unsigned(policy) &&
               (mailsim_smtp_tls_policy_is_level(policy, "dane-only") ||
                has_insecure_policy(host, "may"))) {
        do_without_dane(policy, "may", "dane-required", g_strdup("non DNSSEC destination"));
    } else {
        return ask_for_alias(policy) || look_for_records(policy, FALSE);
    }
    return FALSE;
}
