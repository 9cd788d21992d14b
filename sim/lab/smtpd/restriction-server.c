/* SPDX-License-Identifier: MIT
 *
 * Access tables that are asked for the servers of a domain: check_*_mx_access,
 * check_*_a_access. They may refuse, and never permit. */
#include "restrictions-private.h"

#include <string.h>

#include <mailsim/protocol/mail-address.h>

/* What came of the questions for the addresses of a name. */
typedef struct {
    gboolean any;
    gboolean may_fail;
} Addresses;

static gboolean
find_in_addresses(const MailsimAccess *access,
                  const char *name,
                  MailsimRuleLook *look,
                  Addresses *found)
{
    static const char *const types[] = {"A", "AAAA"};

    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        g_auto(MailsimDnsAnswer) answer = {0};

        mailsim_scrutiny_ask_dns(access->scrutiny, types[i], name, &answer);
        found->any = found->any || answer.result == MAILSIM_DNS_FOUND;
        found->may_fail = found->may_fail || answer.result == MAILSIM_DNS_FAILED;
        for (guint j = 0; answer.records != NULL && j < answer.records->len; j++) {
            if (mailsim_access_find_address(access, g_ptr_array_index(answer.records, j), look))
                return TRUE;
        }
    }
    return FALSE;
}

static gboolean
find_addresses(const MailsimAccess *access, const char *name, MailsimRuleLook *look)
{
    Addresses found = {0};

    return find_in_addresses(access, name, look, &found);
}

static gboolean
find_server(const MailsimAccess *access, const char *name, MailsimRuleLook *look)
{
    Addresses found = {0};

    if (mailsim_access_find_domain(access, name, look) ||
        find_in_addresses(access, name, look, &found))
        return TRUE;
    if (!found.any)
        mailsim_scrutiny_log(access->scrutiny,
                             "warning: Unable to look up MX host %s for %s %s: %s", name,
                             access->class, access->name,
                             found.may_fail ? "Temporary failure in name resolution"
                                            : "Name or service not known");
    return FALSE;
}

/* A domain without MX is its own (RFC 5321 §5.1), even one that is not there. */
static gboolean
find_mx(const MailsimAccess *access, const char *domain, MailsimRuleLook *look)
{
    g_auto(MailsimDnsAnswer) answer = {0};

    mailsim_scrutiny_ask_dns(access->scrutiny, "MX", domain, &answer);
    if (answer.result == MAILSIM_DNS_NO_NAME || answer.result == MAILSIM_DNS_NO_DATA)
        return find_server(access, domain, look);
    if (answer.result == MAILSIM_DNS_FAILED)
        mailsim_scrutiny_log(access->scrutiny,
                             "warning: Unable to look up MX host for %s: Host not found, try "
                             "again",
                             domain);
    if (mailsim_dns_answer_is_null_mx(&answer))
        return FALSE;
    for (guint i = 0; answer.records != NULL && i < answer.records->len; i++) {
        const char *record = g_ptr_array_index(answer.records, i);
        const char *blank = strchr(record, ' ');

        if (blank != NULL && find_server(access, blank + 1, look))
            return TRUE;
    }
    return FALSE;
}

/* An address in brackets is its own server. */
static gboolean
find_literal(const MailsimAccess *access, const char *literal, MailsimRuleLook *look)
{
    gsize length = strlen(literal);
    g_autofree char *address = NULL;

    if (length < 2 || literal[length - 1] != ']')
        return FALSE;
    address = g_strndup(literal + 1, length - 2);
    return mailsim_access_find_address(access, address, look);
}

typedef gboolean
FindsServer(const MailsimAccess *access, const char *domain, MailsimRuleLook *look);

/* A server may be anybody's: what it is called permits nothing. */
static void
forbid_permit(const MailsimScrutiny *scrutiny, const char *name, MailsimRuleLook *look)
{
    mailsim_look_break(look, "this table must not permit: DUNNO makes an exception");
    mailsim_scrutiny_log(scrutiny, "warning: restriction %s returns OK for %s", scrutiny->rule,
                         name);
    mailsim_scrutiny_log(scrutiny, "warning: this is not allowed for security reasons");
    mailsim_scrutiny_log(scrutiny,
                         "warning: use DUNNO instead of OK if you want to make an exception");
}

static void
conclude(const MailsimScrutiny *scrutiny,
         gboolean found,
         const char *name,
         MailsimRuleLook *look)
{
    if (!found)
        look->reason = g_strdup_printf("the servers of %s are not in %s", name, look->against);
    else if (look->verdict == MAILSIM_VERDICT_PERMIT)
        forbid_permit(scrutiny, name, look);
}

static void
look_servers_up(const MailsimAccess *access, FindsServer *find, MailsimRuleLook *look)
{
    const char *at;
    const char *domain;

    look->subject = g_strdup(access->name);
    look->against = g_strdup(access->table);
    if (access->name == NULL || access->name[0] == '\0') {
        look->reason = g_strdup("there is nothing to look up");
        return;
    }
    at = mailsim_mail_address_get_domain(access->name);
    domain = at != NULL ? at : access->name;
    conclude(access->scrutiny,
             domain[0] == '[' ? find_literal(access, domain, look) : find(access, domain, look),
             access->name, look);
}

static void
look_client_up(MailsimScrutiny *scrutiny,
               const char *table,
               FindsServer *find,
               MailsimRuleLook *look)
{
    const char *name = scrutiny->query->client_name;
    const MailsimAccess access = {scrutiny, table, scrutiny->client, MAILSIM_CLASS_CLIENT};

    look->subject = g_strdup(scrutiny->client);
    look->against = g_strdup(table);
    conclude(scrutiny, !g_str_equal(name, "unknown") && find(&access, name, look), name, look);
}

/* ---- the rules --------------------------------------------------------------------------- */

void
mailsim_look_client_a_access(MailsimScrutiny *scrutiny,
                             const char *table,
                             MailsimRuleLook *look)
{
    look_client_up(scrutiny, table, find_addresses, look);
}

void
mailsim_look_client_mx_access(MailsimScrutiny *scrutiny,
                              const char *table,
                              MailsimRuleLook *look)
{
    look_client_up(scrutiny, table, find_mx, look);
}

void
mailsim_look_helo_a_access(MailsimScrutiny *scrutiny, const char *table, MailsimRuleLook *look)
{
    const MailsimAccess access = {scrutiny, table, scrutiny->helo_name, MAILSIM_CLASS_HELO};

    look_servers_up(&access, find_addresses, look);
}

void
mailsim_look_helo_mx_access(MailsimScrutiny *scrutiny, const char *table, MailsimRuleLook *look)
{
    const MailsimAccess access = {scrutiny, table, scrutiny->helo_name, MAILSIM_CLASS_HELO};

    look_servers_up(&access, find_mx, look);
}

void
mailsim_look_sender_a_access(MailsimScrutiny *scrutiny,
                             const char *table,
                             MailsimRuleLook *look)
{
    const MailsimAccess access = {scrutiny, table, scrutiny->sender, MAILSIM_CLASS_SENDER};

    look_servers_up(&access, find_addresses, look);
}

void
mailsim_look_sender_mx_access(MailsimScrutiny *scrutiny,
                              const char *table,
                              MailsimRuleLook *look)
{
    const MailsimAccess access = {scrutiny, table, scrutiny->sender, MAILSIM_CLASS_SENDER};

    look_servers_up(&access, find_mx, look);
}

void
mailsim_look_recipient_a_access(MailsimScrutiny *scrutiny,
                                const char *table,
                                MailsimRuleLook *look)
{
    const MailsimAccess access = {scrutiny, table, scrutiny->recipient,
                                  MAILSIM_CLASS_RECIPIENT};

    look_servers_up(&access, find_addresses, look);
}

void
mailsim_look_recipient_mx_access(MailsimScrutiny *scrutiny,
                                 const char *table,
                                 MailsimRuleLook *look)
{
    const MailsimAccess access = {scrutiny, table, scrutiny->recipient,
                                  MAILSIM_CLASS_RECIPIENT};

    look_servers_up(&access, find_mx, look);
}
