/* SPDX-License-Identifier: MIT
 *
 * DANE (RFC 7672) in smtp(8)'s policy for a server: what signed DNS says of its certificate,
 * and what levels dane and dane-only come to where it says nothing. */
#include "smtp-private.h"

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

/* An authority's record asks for a name, too: any of those that DNS, signed, leads through. */
static void
expect_records(MailsimSmtpTlsPolicy *policy, GPtrArray *usable, const char *base)
{
    const MailsimSmtpAddress *address = policy->address;

    if (is_led_unsigned(policy) && has_insecure_policy(policy->host, "encrypt")) {
        do_without_dane(policy, "encrypt", NULL, g_strdup("non DNSSEC destination"));
        return;
    }
    policy->server_name = base;
    policy->demand.name_unproved = is_led_unsigned(policy);
    policy->demand.announced = mailsim_tls_announcement_new();
    policy->demand.announced->tlsa = g_ptr_array_ref(usable);
    policy->demand.names = address->by_mx
                               ? g_strdup_printf("%s, %s", base, policy->next_hop->name)
                               : g_strdup(base);
}

static void ask_for_records(MailsimSmtpTlsPolicy *policy);

/* postconf(5) tls_dane_digests: of two digests of the same thing only the stronger one counts
 * (RFC 7671 §9). */
static gboolean
is_outdone(const MailsimTlsa *tlsa, const GPtrArray *records)
{
    if (tlsa->matching != MAILSIM_TLSA_MATCHING_SHA2_256)
        return FALSE;
    for (guint i = 0; i < records->len; i++) {
        g_auto(MailsimTlsa) other = {0};

        if (mailsim_tlsa_parse(g_ptr_array_index(records, i), &other, NULL) &&
            other.usage == tlsa->usage && other.selector == tlsa->selector &&
            other.matching == MAILSIM_TLSA_MATCHING_SHA2_512)
            return TRUE;
    }
    return FALSE;
}

/* What of RECORDS is of use; *UNDERSTOOD is set when TLS itself can compare some of it. */
static GPtrArray *
list_usable(MailsimSmtpTlsPolicy *policy,
            const char *name,
            const GPtrArray *records,
            gboolean *understood)
{
    GPtrArray *usable = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < records->len; i++) {
        const char *text = g_ptr_array_index(records, i);
        g_auto(MailsimTlsa) tlsa = {0};
        const char *problem;

        if (!mailsim_tlsa_parse(text, &tlsa, NULL))
            continue;
        problem = mailsim_tlsa_find_unusable(&tlsa);
        if (problem != NULL) {
            g_autofree char *hex = g_ascii_strup(tlsa.hex != NULL ? tlsa.hex : "", -1);

            mailsim_smtp_tls_policy_warn(policy, "%s %s: %u %u %u %s", name, problem,
                                         tlsa.usage, tlsa.selector, tlsa.matching, hex);
            continue;
        }
        *understood = *understood || mailsim_tlsa_is_understood(&tlsa);
        if (!is_outdone(&tlsa, records))
            g_ptr_array_add(usable, g_strdup(text));
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

static void
warn_of_useless(MailsimSmtpTlsPolicy *policy)
{
    mailsim_smtp_tls_policy_warn(
        policy, "%s[%s]:%u: all TLSA records unusable%s", policy->address->name,
        policy->address->address, policy->next_hop->port,
        mailsim_smtp_tls_policy_is_level(policy, "dane") ? ", fallback to unauthenticated TLS"
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
    if (understood || mailsim_smtp_tls_policy_is_level(policy, "dane-only"))
        expect_records(policy, usable, get_base(policy));
    else
        do_without_dane(policy, "encrypt", NULL, g_strdup("TLSA records unusable"));
}

static void
hear_records(gpointer data, const MailsimDnsAnswer *answer)
{
    MailsimSmtpTlsPolicy *policy = data;
    const MailsimSmtpAddress *address = policy->address;

    if (answer->result == MAILSIM_DNS_FAILED) {
        policy->tls_failure = "dnssec-invalid";
        mailsim_smtp_tls_policy_invalidate(
            policy, g_strdup_printf("TLSA lookup error for %s:%u", address->name,
                                    policy->next_hop->port));
    } else if (answer->result == MAILSIM_DNS_FOUND && answer->authenticated) {
        take_records(policy, answer);
    } else if (!policy->asked_again && !g_str_equal(address->name, address->canonical)) {
        policy->asked_again = TRUE;
        ask_for_records(policy);
        return;
    } else {
        do_without_dane(policy, "may", "dane-required", g_strdup("no TLSA records found"));
    }
    mailsim_smtp_tls_policy_complete(policy);
}

/* By the host's own name first, where that is an alias. */
static void
ask_for_records(MailsimSmtpTlsPolicy *policy)
{
    g_autofree char *name = dup_owner(policy);
    const MailsimDnsQuestion question = {policy->host->definition->name, "TLSA", name};

    mailsim_dns_look_up(policy->host->lab, &question, hear_records, policy);
}

static gboolean
wants_signed_answers(const MailsimHost *host)
{
    const char *level = mailsim_host_get_parameter(host, NULL, "smtp_dns_support_level");

    return g_ascii_strcasecmp(level, "dnssec") == 0;
}

gboolean
mailsim_smtp_dane_begin(MailsimSmtpTlsPolicy *policy)
{
    const MailsimHost *host = policy->host;
    const MailsimSmtpAddress *address = policy->address;

    if (!wants_signed_answers(host)) {
        mailsim_smtp_tls_policy_warn(policy, "%s: %s configured with dnssec lookups disabled",
                                     policy->nexthop, policy->level);
        do_without_dane(policy, "may", "dane-required", NULL);
    } else if (is_led_unsigned(policy) &&
               (mailsim_smtp_tls_policy_is_level(policy, "dane-only") ||
                has_insecure_policy(host, "may"))) {
        do_without_dane(policy, "may", "dane-required", g_strdup("non DNSSEC destination"));
    } else if (!address->authenticated && !address->alias_authenticated &&
               !mailsim_host_get_flag(host, NULL, "smtp_tls_force_insecure_host_tlsa_lookup")) {
        do_without_dane(policy, "may", "dane-required", g_strdup("no TLSA records found"));
    } else {
        policy->asked_again = !address->authenticated && address->alias_authenticated;
        ask_for_records(policy);
        return TRUE;
    }
    return FALSE;
}
