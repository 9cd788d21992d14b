/* SPDX-License-Identifier: MIT
 *
 * Whose sender addresses are whose: smtpd_sender_login_maps, and the rules that hold a login
 * against it. */
#include "restrictions-private.h"

/* Who may use the sender's address; NULL: it has no owner. FALSE: the table cannot be asked. */
static gboolean
find_owners(const MailsimScrutiny *scrutiny, MailsimRuleLook *look, char **owners)
{
    const MailsimHost *host = scrutiny->query->host;
    g_auto(MailsimDestination) destination = {0};
    g_autofree char *tables = NULL;

    mailsim_host_resolve(host, scrutiny->sender, &destination);
    tables = mailsim_scrutiny_dup_parameter(scrutiny, "smtpd_sender_login_maps");
    if (mailsim_host_look_up_address(host, tables, destination.recipient, owners) !=
        MAILSIM_LOOKUP_ERROR)
        return TRUE;
    mailsim_look_fail(look, scrutiny->sender, "smtpd_sender_login_maps cannot be read");
    mailsim_scrutiny_log_lookup_error(scrutiny, tables, destination.recipient);
    return FALSE;
}

static gboolean
owns(const char *user, const char *owners)
{
    g_auto(GStrv) names = g_strsplit_set(owners != NULL ? owners : "", ", \t\r\n", -1);

    for (guint i = 0; names[i] != NULL; i++) {
        if (g_ascii_strcasecmp(names[i], user) == 0)
            return TRUE;
    }
    return FALSE;
}

typedef struct {
    gboolean of_users;     /* who is logged in must own the address */
    gboolean of_strangers; /* an address that has an owner needs a login */
    gboolean only_owned;   /* an address without owner is anybody's */
} Demand;

/* reject_sender_login_mismatch stands for two others. */
static void
log_ignored(const MailsimScrutiny *scrutiny, const Demand *demand)
{
    static const char format[] = "warning: restriction `%s' ignored: no SASL support";

    if (demand->only_owned) {
        mailsim_scrutiny_log(scrutiny, format, "reject_known_sender_login_mismatch");
        return;
    }
    if (demand->of_users)
        mailsim_scrutiny_log(scrutiny, format, "reject_authenticated_sender_login_mismatch");
    if (demand->of_strangers)
        mailsim_scrutiny_log(scrutiny, format, "reject_unauthenticated_sender_login_mismatch");
}

static void
look_at_login(const MailsimScrutiny *scrutiny, const Demand *demand, MailsimRuleLook *look)
{
    const char *user = scrutiny->query->envelope->user;
    const char *sender = scrutiny->sender;
    g_autofree char *owners = NULL;

    look->subject = g_strdup(sender);
    if (!mailsim_host_get_flag(scrutiny->query->host, scrutiny->query->service,
                               "smtpd_sasl_auth_enable")) {
        look->reason = g_strdup("ignored: smtpd_sasl_auth_enable = no");
        log_ignored(scrutiny, demand);
        return;
    }
    if (sender == NULL || sender[0] == '\0') {
        look->reason = g_strdup("the sender is nobody");
        return;
    }
    if (!find_owners(scrutiny, look, &owners))
        return;
    if (owners != NULL)
        look->reason = g_strdup_printf("%s belongs to %s; %s", sender, owners,
                                       user != NULL ? user : "nobody is logged in");
    else
        look->reason = g_strdup_printf("%s belongs to nobody", sender);
    if (user == NULL && demand->of_strangers && owners != NULL)
        mailsim_look_refuse(scrutiny, look, "553", "5.7.1", "<%s>: %s rejected: not logged in",
                            sender, MAILSIM_CLASS_SENDER);
    else if (user != NULL && demand->of_users && !owns(user, owners) &&
             (owners != NULL || !demand->only_owned))
        mailsim_look_refuse(scrutiny, look, "553", "5.7.1",
                            "<%s>: %s rejected: not owned by user %s", sender,
                            MAILSIM_CLASS_SENDER, user);
}

void
mailsim_look_sender_login(MailsimScrutiny *scrutiny,
                          G_GNUC_UNUSED const char *argument,
                          MailsimRuleLook *look)
{
    static const Demand demand = {.of_users = TRUE, .of_strangers = TRUE};

    look_at_login(scrutiny, &demand, look);
}

void
mailsim_look_authenticated_sender_login(MailsimScrutiny *scrutiny,
                                        G_GNUC_UNUSED const char *argument,
                                        MailsimRuleLook *look)
{
    static const Demand demand = {.of_users = TRUE};

    look_at_login(scrutiny, &demand, look);
}

void
mailsim_look_unauthenticated_sender_login(MailsimScrutiny *scrutiny,
                                          G_GNUC_UNUSED const char *argument,
                                          MailsimRuleLook *look)
{
    static const Demand demand = {.of_strangers = TRUE};

    look_at_login(scrutiny, &demand, look);
}

void
mailsim_look_known_sender_login(MailsimScrutiny *scrutiny,
                                G_GNUC_UNUSED const char *argument,
                                MailsimRuleLook *look)
{
    static const Demand demand = {.of_users = TRUE, .of_strangers = TRUE, .only_owned = TRUE};

    look_at_login(scrutiny, &demand, look);
}
