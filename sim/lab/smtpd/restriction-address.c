/* SPDX-License-Identifier: MIT
 *
 * The rules about the addresses of the envelope: whether mail is taken for their domain,
 * whether they are complete, whether DNS and this host's lists of users know them. */
#include "queue-private.h"
#include "restrictions-private.h"

#include <string.h>

#include <mailsim/protocol/domain-name.h>
#include <mailsim/protocol/mail-address.h>

/* ---- whether mail is taken for a domain -------------------------------------------------- */

/* Is this host the last one of its way? */
static gboolean
is_final(const MailsimDestination *destination)
{
    return destination->class == MAILSIM_DOMAIN_LOCAL ||
           destination->class == MAILSIM_DOMAIN_VIRTUAL;
}

/* FALSE: nothing is known of the recipient yet, or a table cannot be asked. */
static gboolean
look_at_destination(const MailsimScrutiny *scrutiny, MailsimRuleLook *look, gboolean *may_relay)
{
    const char *recipient = scrutiny->recipient;
    g_auto(MailsimDestination) destination = {0};
    const char *domain;

    if (recipient == NULL) {
        look->reason = g_strdup("no recipient has been named");
        return FALSE;
    }
    mailsim_host_resolve(scrutiny->query->host, recipient, &destination);
    if (destination.failed) {
        mailsim_look_fail(look, recipient, "the lists of domains cannot be read");
        return FALSE;
    }
    *may_relay = FALSE;
    domain = mailsim_mail_address_get_domain(destination.recipient);
    look->subject = g_strdup(domain != NULL ? domain : recipient);
    switch (destination.class) {
    case MAILSIM_DOMAIN_LOCAL:
        look->against = g_strdup("mydestination");
        break;
    case MAILSIM_DOMAIN_VIRTUAL:
        look->against = g_strdup("virtual_alias_domains");
        break;
    case MAILSIM_DOMAIN_RELAY:
        look->against = g_strdup("relay_domains");
        break;
    case MAILSIM_DOMAIN_ELSEWHERE:
        look->reason = g_strdup_printf("%s is neither in mydestination nor in relay_domains",
                                       look->subject);
        return TRUE;
    }
    if (destination.routed && !is_final(&destination)) {
        look->reason = g_strdup_printf("%s would be sent on from %s", recipient, look->subject);
        g_clear_pointer(&look->against, g_free);
        return TRUE;
    }
    look->reason = g_strdup_printf("%s is in %s", look->subject, look->against);
    *may_relay = TRUE;
    return TRUE;
}

gboolean
mailsim_scrutiny_may_relay(const MailsimScrutiny *scrutiny, const char *recipient)
{
    g_auto(MailsimDestination) destination = {0};

    mailsim_host_resolve(scrutiny->query->host, recipient, &destination);
    return !destination.failed &&
           (is_final(&destination) ||
            (destination.class == MAILSIM_DOMAIN_RELAY && !destination.routed));
}

void
mailsim_look_permit_auth_destination(MailsimScrutiny *scrutiny,
                                     G_GNUC_UNUSED const char *argument,
                                     MailsimRuleLook *look)
{
    gboolean may_relay;

    if (look_at_destination(scrutiny, look, &may_relay) && may_relay)
        look->verdict = MAILSIM_VERDICT_PERMIT;
}

void
mailsim_look_reject_unauth_destination(MailsimScrutiny *scrutiny,
                                       G_GNUC_UNUSED const char *argument,
                                       MailsimRuleLook *look)
{
    gboolean may_relay;

    if (look_at_destination(scrutiny, look, &may_relay) && !may_relay)
        mailsim_look_refuse(scrutiny, look, "relay_domains_reject_code", "5.7.1",
                            "<%s>: Relay access denied", scrutiny->recipient);
}

/* The code is that of reject_unauth_destination less a hundred: 454 of 554. What was temporary
 * before comes to 3xx, which refuses nobody. */
void
mailsim_look_defer_unauth_destination(MailsimScrutiny *scrutiny,
                                      G_GNUC_UNUSED const char *argument,
                                      MailsimRuleLook *look)
{
    gboolean may_relay;

    if (!look_at_destination(scrutiny, look, &may_relay) || may_relay)
        return;
    mailsim_look_refuse(scrutiny, look, "relay_domains_reject_code", "5.7.1",
                        "<%s>: Relay access denied", scrutiny->recipient);
    if (look->verdict == MAILSIM_VERDICT_REJECT) {
        look->verdict = MAILSIM_VERDICT_DEFER;
        look->reply[0] = '4';
        look->reply[strlen("554 ")] = '4';
    } else {
        g_autofree char *code =
            mailsim_scrutiny_dup_parameter(scrutiny, "relay_domains_reject_code");
        g_autofree char *text =
            g_strdup_printf("<%s>: Relay access denied", scrutiny->recipient);

        code[0]--;
        mailsim_look_misword(scrutiny, look, code, "4.7.1", text);
    }
}

/* What Postfix had before reject_unauth_destination; 3.7 warns that it will go. */
void
mailsim_look_check_relay_domains(MailsimScrutiny *scrutiny,
                                 G_GNUC_UNUSED const char *argument,
                                 MailsimRuleLook *look)
{
    gboolean may_relay;

    mailsim_scrutiny_log_old(scrutiny, "check_relay_domains", "reject_unauth_destination");
    if (!look_at_destination(scrutiny, look, &may_relay))
        return;
    if (may_relay)
        look->verdict = MAILSIM_VERDICT_PERMIT;
    else
        mailsim_look_refuse(scrutiny, look, "relay_domains_reject_code", "5.7.1",
                            "<%s>: %s rejected: Relay access denied", scrutiny->recipient,
                            MAILSIM_CLASS_RECIPIENT);
}

/* ---- complete addresses ------------------------------------------------------------------ */

/* FALSE: there is no such address yet, or it is <>, and the rule has no opinion. */
static gboolean
begin(const char *address, MailsimRuleLook *look)
{
    look->subject = g_strdup(address);
    if (address == NULL)
        look->reason = g_strdup("no address has been named");
    else if (address[0] == '\0')
        look->reason = g_strdup("<> is the sender of bounces");
    return address != NULL && address[0] != '\0';
}

static void
look_for_domain(const MailsimScrutiny *scrutiny,
                const char *address,
                const char *class,
                MailsimRuleLook *look)
{
    const char *domain;
    g_autofree char *name = NULL;

    if (!begin(address, look))
        return;
    domain = mailsim_mail_address_get_domain(address);
    name = g_strdup(domain != NULL ? domain : "");
    if (g_str_has_suffix(name, "."))
        name[strlen(name) - 1] = '\0';
    if ((name[0] == '[' && g_str_has_suffix(name, "]")) ||
        (mailsim_domain_name_is_valid(name) && strchr(name, '.') != NULL)) {
        look->reason = g_strdup_printf("%s has a complete domain", address);
        return;
    }
    look->reason = g_strdup_printf("%s has no complete domain", address);
    mailsim_look_refuse(scrutiny, look, "non_fqdn_reject_code", "5.5.2",
                        "<%s>: %s rejected: need fully-qualified address", address, class);
}

void
mailsim_look_non_fqdn_sender(MailsimScrutiny *scrutiny,
                             G_GNUC_UNUSED const char *argument,
                             MailsimRuleLook *look)
{
    look_for_domain(scrutiny, scrutiny->sender, MAILSIM_CLASS_SENDER, look);
}

void
mailsim_look_non_fqdn_recipient(MailsimScrutiny *scrutiny,
                                G_GNUC_UNUSED const char *argument,
                                MailsimRuleLook *look)
{
    look_for_domain(scrutiny, scrutiny->recipient, MAILSIM_CLASS_RECIPIENT, look);
}

/* ---- domains in DNS ---------------------------------------------------------------------- */

/* Mail can go to a domain that has an MX record or an address (RFC 5321 §5.1). MAY_FAIL: one
 * of the questions had no answer. */
typedef struct {
    gboolean found;
    gboolean null_mx;
    gboolean may_fail;
} DomainInDns;

static DomainInDns
ask_for_domain(const MailsimScrutiny *scrutiny, const char *domain)
{
    static const char *const types[] = {"MX", "A", "AAAA"};
    DomainInDns found = {0};

    for (guint i = 0; i < G_N_ELEMENTS(types) && !found.found && !found.null_mx; i++) {
        g_auto(MailsimDnsAnswer) answer = {0};

        mailsim_scrutiny_ask_dns(scrutiny, types[i], domain, &answer);
        found.null_mx = i == 0 && mailsim_dns_answer_is_null_mx(&answer);
        found.found = answer.result == MAILSIM_DNS_FOUND && !found.null_mx;
        found.may_fail |= answer.result == MAILSIM_DNS_FAILED;
    }
    return found;
}

static void
refuse_domain(const MailsimScrutiny *scrutiny,
              const char *address,
              const char *domain,
              const char *class,
              MailsimRuleLook *look)
{
    const gboolean is_sender = g_str_equal(class, MAILSIM_CLASS_SENDER);
    const char *status = is_sender ? "4.1.8" : "4.1.2";
    const DomainInDns found = ask_for_domain(scrutiny, domain);

    if (found.found) {
        look->reason = g_strdup_printf("%s has MX or address records", domain);
    } else if (found.null_mx) {
        look->reason = g_strdup_printf("%s says that it takes no mail", domain);
        mailsim_look_refuse(scrutiny, look, is_sender ? "550" : "556",
                            is_sender ? "4.7.27" : "4.1.10",
                            "<%s>: %s rejected: Domain %s does not accept mail (nullMX)",
                            address, class, domain);
    } else if (found.may_fail) {
        look->reason = g_strdup_printf("DNS does not answer for %s", domain);
        mailsim_look_give_no_answer(scrutiny, look, "unknown_address_tempfail_action", status,
                                    "<%s>: %s rejected: Domain not found", address, class);
    } else {
        look->reason = g_strdup_printf("%s has neither MX nor address records", domain);
        mailsim_look_refuse(scrutiny, look, "unknown_address_reject_code", status,
                            "<%s>: %s rejected: Domain not found", address, class);
    }
}

static void
look_domain_up(const MailsimScrutiny *scrutiny,
               const char *address,
               const char *class,
               MailsimRuleLook *look)
{
    g_auto(MailsimDestination) destination = {0};
    const char *domain;

    if (!begin(address, look))
        return;
    mailsim_host_resolve(scrutiny->query->host, address, &destination);
    domain = mailsim_mail_address_get_domain(destination.recipient);
    if (is_final(&destination) || domain == NULL) {
        look->reason = g_strdup_printf("%s is an address of this host", address);
        return;
    }
    if (domain[0] == '[') {
        look->reason = g_strdup_printf("%s is no name", domain);
        return;
    }
    refuse_domain(scrutiny, address, domain, class, look);
}

void
mailsim_look_unknown_sender_domain(MailsimScrutiny *scrutiny,
                                   G_GNUC_UNUSED const char *argument,
                                   MailsimRuleLook *look)
{
    look_domain_up(scrutiny, scrutiny->sender, MAILSIM_CLASS_SENDER, look);
}

void
mailsim_look_unknown_recipient_domain(MailsimScrutiny *scrutiny,
                                      G_GNUC_UNUSED const char *argument,
                                      MailsimRuleLook *look)
{
    look_domain_up(scrutiny, scrutiny->recipient, MAILSIM_CLASS_RECIPIENT, look);
}

/* ---- lists of users ---------------------------------------------------------------------- */

/* What a kind of domain keeps its users in, and how smtpd(8) says that one is not there. */
typedef struct {
    const char *parameter;
    const char *table;
    const char *code;
    MailsimLookup (*exists)(const MailsimHost *host,
                            const MailsimServiceDefinition *service,
                            const char *recipient);
} UserList;

static const UserList user_lists[] = {
    [MAILSIM_DOMAIN_LOCAL] =
        {
                                .parameter = "local_recipient_maps",
                                .table = "local recipient table",
                                .code = "unknown_local_recipient_reject_code",
                                .exists = mailsim_local_recipient_exists,
                                },
    [MAILSIM_DOMAIN_VIRTUAL] =
        {
                                .parameter = "virtual_alias_maps",
                                .table = "virtual alias table",
                                .code = "unknown_virtual_alias_reject_code",
                                .exists = mailsim_virtual_recipient_exists,
                                },
    [MAILSIM_DOMAIN_RELAY] =
        {
                                .parameter = "relay_recipient_maps",
                                .table = "relay recipient table",
                                .code = "unknown_relay_recipient_reject_code",
                                .exists = mailsim_relay_recipient_exists,
                                },
    [MAILSIM_DOMAIN_ELSEWHERE] = {0            },
};

static void
refuse_unlisted(const MailsimScrutiny *scrutiny,
                const UserList *list,
                const char *address,
                const char *class,
                MailsimRuleLook *look)
{
    const gboolean is_sender = g_str_equal(class, MAILSIM_CLASS_SENDER);
    const gboolean shows_table = mailsim_host_get_flag(
        scrutiny->query->host, scrutiny->query->service, "show_user_unknown_table_name");

    look->reason = g_strdup_printf("%s is not in %s", address, list->parameter);
    mailsim_look_refuse(scrutiny, look, list->code, is_sender ? "5.1.0" : "5.1.1",
                        "<%s>: %s rejected: User unknown%s%s", address, class,
                        shows_table ? " in " : "", shows_table ? list->table : "");
}

/* Mail for these is taken wherever a domain is local: they are what mail systems write from. */
static gboolean
is_service_address(const MailsimScrutiny *scrutiny, const char *recipient)
{
    g_autofree char *local_part = mailsim_mail_address_dup_local_part(recipient);
    g_autofree char *bouncer = mailsim_scrutiny_dup_parameter(scrutiny, "double_bounce_sender");

    return g_ascii_strcasecmp(local_part, bouncer) == 0 ||
           g_ascii_strcasecmp(local_part, "postmaster") == 0 ||
           g_ascii_strcasecmp(local_part, "mailer-daemon") == 0;
}

static void
log_lookup_error(const MailsimScrutiny *scrutiny, const char *parameter, const char *address)
{
    g_autofree char *tables = mailsim_scrutiny_dup_parameter(scrutiny, parameter);

    mailsim_scrutiny_log_lookup_error(scrutiny, tables, address);
}

/* An address of any domain may be an alias by virtual_alias_maps. TRUE: it is, or that cannot
 * be known. */
static gboolean
is_virtual_alias(const MailsimScrutiny *scrutiny, const char *address, MailsimRuleLook *look)
{
    const MailsimRestrictionQuery *query = scrutiny->query;

    switch (mailsim_virtual_recipient_exists(query->host, query->service, address)) {
    case MAILSIM_LOOKUP_FOUND:
        look->reason = g_strdup_printf("%s is in virtual_alias_maps", address);
        return TRUE;
    case MAILSIM_LOOKUP_ERROR:
        mailsim_look_fail(look, address, "virtual_alias_maps cannot be read");
        log_lookup_error(scrutiny, "virtual_alias_maps", address);
        return TRUE;
    case MAILSIM_LOOKUP_NOT_FOUND:
        return FALSE;
    }
    g_assert_not_reached();
}

static void
look_user_up(const MailsimScrutiny *scrutiny,
             const char *address,
             const char *class,
             MailsimRuleLook *look)
{
    const MailsimRestrictionQuery *query = scrutiny->query;
    g_auto(MailsimDestination) destination = {0};
    const UserList *list;

    if (!begin(address, look))
        return;
    mailsim_host_resolve(query->host, address, &destination);
    list = &user_lists[destination.class];
    if (list->exists == NULL) {
        look->reason = g_strdup_printf("%s is an address of others", address);
        return;
    }
    if (destination.class == MAILSIM_DOMAIN_LOCAL &&
        is_service_address(scrutiny, destination.recipient)) {
        look->reason = g_strdup_printf("%s is always there", address);
        return;
    }
    if (destination.failed) {
        mailsim_look_fail(look, address, "the lists of domains cannot be read");
        return;
    }
    if (is_virtual_alias(scrutiny, destination.recipient, look))
        return;
    look->against = g_strdup(list->parameter);
    switch (list->exists(query->host, query->service, destination.recipient)) {
    case MAILSIM_LOOKUP_FOUND:
        look->reason = g_strdup_printf("%s is in %s", address, list->parameter);
        g_clear_pointer(&look->against, g_free);
        break;
    case MAILSIM_LOOKUP_ERROR:
        mailsim_look_fail(look, address, "the list of users cannot be read");
        log_lookup_error(scrutiny, list->parameter, destination.recipient);
        break;
    case MAILSIM_LOOKUP_NOT_FOUND:
        refuse_unlisted(scrutiny, list, address, class, look);
        break;
    }
}

/* Postfix asks once in a list, and what was only warned of again. */
void
mailsim_look_unlisted_sender(MailsimScrutiny *scrutiny,
                             G_GNUC_UNUSED const char *argument,
                             MailsimRuleLook *look)
{
    look_user_up(scrutiny, scrutiny->sender, MAILSIM_CLASS_SENDER, look);
    scrutiny->sender_is_known = !scrutiny->warns;
}

void
mailsim_look_unlisted_recipient(MailsimScrutiny *scrutiny,
                                G_GNUC_UNUSED const char *argument,
                                MailsimRuleLook *look)
{
    look_user_up(scrutiny, scrutiny->recipient, MAILSIM_CLASS_RECIPIENT, look);
    scrutiny->recipient_is_known = !scrutiny->warns;
}
