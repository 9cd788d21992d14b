/* SPDX-License-Identifier: MIT
 *
 * The rules about names: what DNS calls the client, and what the client calls itself in HELO or
 * EHLO. */
#include "restrictions-private.h"

#include <string.h>

#include <mailsim/protocol/domain-name.h>

/* ---- the client -------------------------------------------------------------------------- */

/* Where DNS gives no answer, that is no reason to refuse for good. */
static const char *
get_code(MailsimDnsResult result)
{
    return result == MAILSIM_DNS_FAILED ? "450" : "unknown_client_reject_code";
}

static MailsimClientName
find_client(const MailsimScrutiny *scrutiny, MailsimRuleLook *look)
{
    const MailsimRestrictionQuery *query = scrutiny->query;

    look->subject = g_strdup(query->client_address);
    return mailsim_dns_find_client(query->host->lab, query->client_address);
}

void
mailsim_look_unknown_client(MailsimScrutiny *scrutiny,
                            G_GNUC_UNUSED const char *argument,
                            MailsimRuleLook *look)
{
    const MailsimClientName client = find_client(scrutiny, look);

    if (client.result == MAILSIM_DNS_FOUND) {
        look->against = g_strdup(client.name);
        look->reason = g_strdup_printf("%s is %s", look->subject, client.name);
        return;
    }
    if (client.result == MAILSIM_DNS_FAILED)
        look->reason = g_strdup_printf("DNS does not answer for %s", look->subject);
    else if (client.reverse_result == MAILSIM_DNS_FOUND)
        look->reason =
            g_strdup_printf("%s does not lead back to %s", client.reverse_name, look->subject);
    else
        look->reason = g_strdup_printf("%s has no name in DNS", look->subject);
    mailsim_look_refuse(scrutiny, look, get_code(client.result), "4.7.25",
                        "Client host rejected: cannot find your hostname, [%s]", look->subject);
}

/* Here it is enough that there is a name, true or not. */
void
mailsim_look_unknown_reverse_client(MailsimScrutiny *scrutiny,
                                    G_GNUC_UNUSED const char *argument,
                                    MailsimRuleLook *look)
{
    const MailsimClientName client = find_client(scrutiny, look);

    if (client.reverse_result == MAILSIM_DNS_FOUND) {
        look->against = g_strdup(client.reverse_name);
        look->reason = g_strdup_printf("%s is %s", look->subject, client.reverse_name);
        return;
    }
    look->reason = g_strdup_printf(client.reverse_result == MAILSIM_DNS_FAILED
                                       ? "DNS does not answer for %s"
                                       : "%s has no name in DNS",
                                   look->subject);
    mailsim_look_refuse(scrutiny, look, get_code(client.reverse_result), "4.7.1",
                        "Client host rejected: cannot find your reverse hostname, [%s]",
                        look->subject);
}

/* ---- HELO -------------------------------------------------------------------------------- */

/* FALSE: there was no HELO, and the rule has no opinion. */
static gboolean
begin(const MailsimScrutiny *scrutiny, MailsimRuleLook *look)
{
    look->subject = g_strdup(scrutiny->helo_name);
    if (scrutiny->helo_name == NULL)
        look->reason = g_strdup("the client has not said HELO");
    return scrutiny->helo_name != NULL;
}

/* A name may end in the root's dot, and in one only. */
static char *
dup_without_dot(const char *name)
{
    gsize length = strlen(name);

    if (length > 1 && name[length - 1] == '.' && name[length - 2] != '.')
        length--;
    return g_strndup(name, length);
}

/* “[192.0.2.7]” is good as it is, whatever is asked of names. TRUE: it was one, good or bad. */
static gboolean
look_at_literal(const MailsimScrutiny *scrutiny, MailsimRuleLook *look)
{
    const char *name = scrutiny->helo_name;

    if (name[0] != '[')
        return FALSE;
    if (mailsim_domain_name_is_literal(name)) {
        look->reason = g_strdup_printf("%s is an address", name);
        return TRUE;
    }
    look->reason = g_strdup_printf("%s is no address", name);
    mailsim_look_refuse(scrutiny, look, "invalid_hostname_reject_code", "5.5.2",
                        "<%s>: %s rejected: invalid ip address", name, MAILSIM_CLASS_HELO);
    return TRUE;
}

void
mailsim_look_invalid_helo(MailsimScrutiny *scrutiny,
                          G_GNUC_UNUSED const char *argument,
                          MailsimRuleLook *look)
{
    g_autofree char *name = NULL;

    if (!begin(scrutiny, look) || look_at_literal(scrutiny, look))
        return;
    name = dup_without_dot(scrutiny->helo_name);
    if (mailsim_domain_name_is_valid(name) || mailsim_domain_name_is_number(name)) {
        look->reason = g_strdup_printf("%s can be a name", scrutiny->helo_name);
        return;
    }
    look->reason = g_strdup_printf("%s cannot be a name", scrutiny->helo_name);
    mailsim_look_refuse(scrutiny, look, "invalid_hostname_reject_code", "5.5.2",
                        "<%s>: %s rejected: Invalid name", scrutiny->helo_name,
                        MAILSIM_CLASS_HELO);
}

void
mailsim_look_non_fqdn_helo(MailsimScrutiny *scrutiny,
                           G_GNUC_UNUSED const char *argument,
                           MailsimRuleLook *look)
{
    g_autofree char *name = NULL;

    if (!begin(scrutiny, look) || look_at_literal(scrutiny, look))
        return;
    name = dup_without_dot(scrutiny->helo_name);
    if (mailsim_domain_name_is_valid(name) && strchr(name, '.') != NULL) {
        look->reason = g_strdup_printf("%s has a domain", scrutiny->helo_name);
        return;
    }
    look->reason = g_strdup_printf("%s is no complete name", scrutiny->helo_name);
    mailsim_look_refuse(scrutiny, look, "non_fqdn_reject_code", "5.5.2",
                        "<%s>: %s rejected: need fully-qualified hostname", scrutiny->helo_name,
                        MAILSIM_CLASS_HELO);
}

void
mailsim_look_unknown_helo(MailsimScrutiny *scrutiny,
                          G_GNUC_UNUSED const char *argument,
                          MailsimRuleLook *look)
{
    static const char *const types[] = {"A", "AAAA", "MX"};
    g_autofree char *name = NULL;
    gboolean found = FALSE, fails = FALSE;

    if (!begin(scrutiny, look) || look_at_literal(scrutiny, look))
        return;
    name = dup_without_dot(scrutiny->helo_name);
    for (guint i = 0; i < G_N_ELEMENTS(types) && !found; i++) {
        g_auto(MailsimDnsAnswer) answer = {0};

        mailsim_scrutiny_ask_dns(scrutiny, types[i], name, &answer);
        found = answer.result == MAILSIM_DNS_FOUND;
        fails |= answer.result == MAILSIM_DNS_FAILED;
    }
    if (found || !fails)
        look->reason =
            g_strdup_printf("%s is %sin DNS", scrutiny->helo_name, found ? "" : "not ");
    else
        look->reason = g_strdup_printf("DNS does not answer for %s", scrutiny->helo_name);
    if (!found && fails)
        mailsim_look_give_no_answer(scrutiny, look, "unknown_helo_hostname_tempfail_action",
                                    "4.7.1", "<%s>: %s rejected: Host not found",
                                    scrutiny->helo_name, MAILSIM_CLASS_HELO);
    else if (!found)
        mailsim_look_refuse(scrutiny, look, "unknown_hostname_reject_code", "4.7.1",
                            "<%s>: %s rejected: Host not found", scrutiny->helo_name,
                            MAILSIM_CLASS_HELO);
}

/* An address where a name should be; Postfix advises against it. */
void
mailsim_look_permit_naked_address(MailsimScrutiny *scrutiny,
                                  G_GNUC_UNUSED const char *argument,
                                  MailsimRuleLook *look)
{
    const char *name = scrutiny->helo_name;
    g_autofree char *literal = NULL;

    mailsim_scrutiny_log(scrutiny,
                         "warning: restriction permit_naked_ip_address is deprecated. Use "
                         "permit_mynetworks or permit_sasl_authenticated instead");
    if (!begin(scrutiny, look))
        return;
    if (name[strspn(name, "0123456789.:")] != '\0') {
        look->reason = g_strdup_printf("%s is not a bare address", name);
        return;
    }
    literal = g_strdup_printf("[%s]", name);
    if (mailsim_domain_name_is_literal(literal)) {
        look->verdict = MAILSIM_VERDICT_PERMIT;
        look->reason = g_strdup_printf("%s is a bare address", name);
        return;
    }
    look->reason = g_strdup_printf("%s is no address", name);
    mailsim_look_refuse(scrutiny, look, "invalid_hostname_reject_code", "5.5.2",
                        "<%s>: %s rejected: invalid ip address", name, MAILSIM_CLASS_HELO);
}
