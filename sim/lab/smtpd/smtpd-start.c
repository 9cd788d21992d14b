/* SPDX-License-Identifier: MIT
 *
 * What smtpd(8) dies of before it has served anybody: values that it cannot use, lists that it
 * cannot open, and restriction lists that refuse nothing. */
#include "restrictions-private.h"

#include <mailsim/lab/main-cf.h>
#include <mailsim/settings/expansion.h>
#include <mailsim/settings/postfix-parameter.h>

/* ---- values and lists -------------------------------------------------------------------- */

/* The lists that smtpd(8) opens when it starts, by what they are made of. */
static const char *const match_lists[] = {
    "smtpd_client_event_limit_exceptions",  "mynetworks", "mydestination", "relay_domains",
    "smtpd_forbid_bare_newline_exclusions",
};

static const char *const tables[] = {
    "local_recipient_maps",
    "relay_recipient_maps",
    "virtual_alias_maps",
};

static char *
find_fatal_opening(const MailsimHost *host, const MailsimServiceDefinition *service)
{
    for (guint i = 0; i < G_N_ELEMENTS(match_lists); i++) {
        char *fatal = mailsim_host_find_fatal_list(host, service, match_lists[i]);

        if (fatal != NULL)
            return fatal;
    }
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
        const char *value = mailsim_host_get_parameter(host, service, tables[i]);
        char *fatal = mailsim_host_find_fatal_table(value);

        if (fatal != NULL)
            return fatal;
    }
    return NULL;
}

static char *
find_fatal_parameter(const MailsimHost *host, const MailsimServiceDefinition *service)
{
    const GPtrArray *names = mailsim_postfix_parameter_list_typed();
    g_autofree char *problem = mailsim_main_cf_find_unreadable(host->definition, service);
    char *fatal =
        problem != NULL ? g_strdup_printf("macro processing error: %s", problem) : NULL;

    for (guint i = 0; i < names->len && fatal == NULL; i++) {
        const char *name = g_ptr_array_index(names, i);

        fatal = mailsim_postfix_parameter_find_fatal(
            name, mailsim_host_get_parameter(host, service, name));
    }
    return fatal != NULL ? fatal : find_fatal_opening(host, service);
}

static gboolean
knows_sasl_type(const MailsimHost *host, const MailsimServiceDefinition *service)
{
    const char *type = mailsim_host_get_parameter(host, service, "smtpd_sasl_type");

    return g_str_equal(type, "cyrus") || g_str_equal(type, "dovecot") ||
           !mailsim_host_get_flag(host, service, "smtpd_sasl_auth_enable");
}

/* ---- restriction lists ------------------------------------------------------------------- */

typedef struct {
    const MailsimHostDefinition *host;
    const MailsimServiceDefinition *service;
    GHashTable *seen; /* classes that have been looked into */
} Guard;

static char **
dup_list(const Guard *guard, const char *name)
{
    g_autofree char *value = mailsim_main_cf_dup(guard->host, guard->service, name);

    return mailsim_expansion_split(value);
}

/* Rules after a plain permit can never refuse, and smtpd(8) knows it. LIST may be a class. */
static gboolean
list_can_refuse(const Guard *guard, const char *list)
{
    g_auto(GStrv) names = dup_list(guard, list);
    g_auto(GStrv) classes = dup_list(guard, "smtpd_restriction_classes");

    for (guint i = 0; names[i] != NULL; i++) {
        const MailsimRule *rule = mailsim_rule_find(names[i]);

        if (g_ascii_strcasecmp(names[i], "permit") == 0)
            return FALSE;
        if (g_ascii_strcasecmp(names[i], "warn_if_reject") == 0 && names[i + 1] != NULL)
            i++;
        else if (rule != NULL && rule->can_refuse)
            return TRUE;
        else if (g_strv_contains((const char *const *)classes, names[i]) &&
                 g_hash_table_add(guard->seen, g_strdup(names[i])) &&
                 list_can_refuse(guard, names[i]))
            return TRUE;
    }
    return FALSE;
}

gboolean
mailsim_main_cf_can_refuse(const MailsimHostDefinition *host,
                           const MailsimServiceDefinition *service)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const Guard guard = {host, service, seen};

    return list_can_refuse(&guard, "smtpd_recipient_restrictions") ||
           list_can_refuse(&guard, "smtpd_relay_restrictions");
}

/* What becomes of a client of mynetworks, and a recipient elsewhere, in LIST or class. */
static MailsimOutcome
find_outcome_for_networks(const Guard *guard, const char *list)
{
    g_auto(GStrv) names = dup_list(guard, list);
    g_auto(GStrv) classes = dup_list(guard, "smtpd_restriction_classes");
    MailsimOutcome outcome = MAILSIM_OUTCOME_GOES_ON;

    for (guint i = 0; names[i] != NULL && outcome == MAILSIM_OUTCOME_GOES_ON; i++) {
        const MailsimRule *rule = mailsim_rule_find(names[i]);

        if (g_ascii_strcasecmp(names[i], "permit_mynetworks") == 0 ||
            g_ascii_strcasecmp(names[i], "permit") == 0)
            outcome = MAILSIM_OUTCOME_PERMITTED;
        else if (g_ascii_strcasecmp(names[i], "warn_if_reject") == 0 && names[i + 1] != NULL)
            i++;
        else if (rule != NULL && rule->can_refuse)
            outcome = MAILSIM_OUTCOME_REFUSED;
        else if (g_strv_contains((const char *const *)classes, names[i]) &&
                 g_hash_table_add(guard->seen, g_strdup(names[i])))
            outcome = find_outcome_for_networks(guard, names[i]);
    }
    return outcome;
}

gboolean
mailsim_main_cf_relays_for_networks(const MailsimHostDefinition *host,
                                    const MailsimServiceDefinition *service)
{
    static const char *const lists[] = {
        "smtpd_client_restrictions",    "smtpd_helo_restrictions",
        "smtpd_sender_restrictions",    "smtpd_relay_restrictions",
        "smtpd_recipient_restrictions",
    };

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autoptr(GHashTable) seen =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        const Guard guard = {host, service, seen};

        if (find_outcome_for_networks(&guard, lists[i]) == MAILSIM_OUTCOME_REFUSED)
            return FALSE;
    }
    return TRUE;
}

/* postconf(5) smtpd_restriction_classes: an empty one is a mistake. */
static char *
find_undefined_class(const MailsimHost *host, const MailsimServiceDefinition *service)
{
    char **classes = mailsim_host_get_list(host, service, "smtpd_restriction_classes");

    for (guint i = 0; classes[i] != NULL; i++) {
        const char *rules = mailsim_host_get_parameter(host, service, classes[i]);

        if (rules[0] == '\0')
            return g_strdup_printf("restriction class `%s' needs a definition", classes[i]);
    }
    return NULL;
}

/* ---- all of it --------------------------------------------------------------------------- */

static char *
find_fatal(const MailsimHost *host, const MailsimServiceDefinition *service)
{
    char *fatal = find_fatal_parameter(host, service);

    if (fatal != NULL)
        return fatal;
    if (!knows_sasl_type(host, service))
        return g_strdup("SASL per-process initialization failed");
    if (mailsim_main_cf_can_refuse(host->definition, service))
        return find_undefined_class(host, service);
    return g_strdup("in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, "
                    "specify at least one working instance of: reject_unauth_destination, "
                    "defer_unauth_destination, reject, defer, defer_if_permit or "
                    "check_relay_domains");
}

const char *
mailsim_smtpd_find_fatal(const MailsimHost *host, const MailsimServiceDefinition *service)
{
    return mailsim_host_examine_parameters(host, service, find_fatal);
}
