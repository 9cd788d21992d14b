/* SPDX-License-Identifier: MIT
 *
 * The rules that fit every restriction list: those without a question, and those about the
 * connection. */
#include "restrictions-private.h"

/* ---- without a question ------------------------------------------------------------------ */

void
mailsim_look_permit(G_GNUC_UNUSED MailsimScrutiny *scrutiny,
                    G_GNUC_UNUSED const char *argument,
                    MailsimRuleLook *look)
{
    look->verdict = MAILSIM_VERDICT_PERMIT;
    look->reason = g_strdup("permits everybody");
}

void
mailsim_look_defer(MailsimScrutiny *scrutiny,
                   G_GNUC_UNUSED const char *argument,
                   MailsimRuleLook *look)
{
    look->reason = g_strdup("defers everybody");
    mailsim_look_refuse(scrutiny, look, "defer_code", "4.3.2",
                        "<%s>: %s rejected: Try again later", scrutiny->subject,
                        scrutiny->class);
}

void
mailsim_look_reject(MailsimScrutiny *scrutiny,
                    G_GNUC_UNUSED const char *argument,
                    MailsimRuleLook *look)
{
    look->reason = g_strdup("rejects everybody");
    mailsim_look_refuse(scrutiny, look, "reject_code", "5.7.1",
                        "<%s>: %s rejected: Access denied", scrutiny->subject, scrutiny->class);
}

void
mailsim_look_defer_if_permit(MailsimScrutiny *scrutiny,
                             G_GNUC_UNUSED const char *argument,
                             MailsimRuleLook *look)
{
    look->effect = MAILSIM_EFFECT_IF_PERMITTED;
    look->reason = g_strdup("defers what nothing else refuses");
    mailsim_look_refuse(scrutiny, look, "450", "4.7.0",
                        "<%s>: %s rejected: defer_if_permit requested", scrutiny->subject,
                        scrutiny->class);
}

void
mailsim_look_defer_if_reject(MailsimScrutiny *scrutiny,
                             G_GNUC_UNUSED const char *argument,
                             MailsimRuleLook *look)
{
    look->effect = MAILSIM_EFFECT_IF_REFUSED;
    look->reason = g_strdup("defers what would be refused");
    mailsim_look_refuse(scrutiny, look, "450", "4.7.0",
                        "<%s>: %s rejected: defer_if_reject requested", scrutiny->subject,
                        scrutiny->class);
}

void
mailsim_look_sleep(MailsimScrutiny *scrutiny, const char *argument, MailsimRuleLook *look)
{
    look->reason = g_strdup_printf("waits %s s", argument);
    if (scrutiny->query->delay_us != NULL)
        *scrutiny->query->delay_us +=
            (gint64)g_ascii_strtoull(argument, NULL, 10) * MAILSIM_SECOND;
}

/* ---- the conversation -------------------------------------------------------------------- */

void
mailsim_look_unauth_pipelining(MailsimScrutiny *scrutiny,
                               G_GNUC_UNUSED const char *argument,
                               MailsimRuleLook *look)
{
    if (!scrutiny->query->envelope->pipelined) {
        look->reason = g_strdup("the client waits where it must");
        return;
    }
    look->reason = g_strdup("the client sends ahead where it must not");
    mailsim_look_refuse(scrutiny, look, "503", "5.5.0",
                        "<%s>: %s rejected: Improper use of SMTP command pipelining",
                        scrutiny->subject, scrutiny->class);
}

/* At RCPT those before this one count, at DATA all. */
void
mailsim_look_multi_recipient_bounce(MailsimScrutiny *scrutiny,
                                    G_GNUC_UNUSED const char *argument,
                                    MailsimRuleLook *look)
{
    const MailsimSmtpEnvelope *envelope = scrutiny->query->envelope;
    guint n_recipients = envelope->recipients != NULL ? envelope->recipients->len : 0;
    guint n_allowed = scrutiny->query->stage == MAILSIM_STAGE_DATA ? 1 : 0;

    look->subject = g_strdup(scrutiny->sender);
    if (scrutiny->sender == NULL || scrutiny->sender[0] != '\0' || n_recipients <= n_allowed) {
        look->reason = g_strdup("no bounce with more than one recipient");
        return;
    }
    look->reason = g_strdup("a bounce with more than one recipient");
    mailsim_look_refuse(scrutiny, look, "multi_recipient_bounce_reject_code", "5.5.3",
                        "<%s>: %s rejected: Multi-recipient bounce", scrutiny->subject,
                        scrutiny->class);
}

void
mailsim_look_plaintext_session(MailsimScrutiny *scrutiny,
                               G_GNUC_UNUSED const char *argument,
                               MailsimRuleLook *look)
{
    if (scrutiny->query->envelope->secured) {
        look->reason = g_strdup("the session is encrypted");
        return;
    }
    look->reason = g_strdup("the session is not encrypted");
    mailsim_look_refuse(scrutiny, look, "plaintext_reject_code", "4.7.1",
                        "Session encryption is required");
}

/* ---- who the client is ------------------------------------------------------------------- */

void
mailsim_look_permit_mynetworks(MailsimScrutiny *scrutiny,
                               G_GNUC_UNUSED const char *argument,
                               MailsimRuleLook *look)
{
    const MailsimRestrictionQuery *query = scrutiny->query;
    const MailsimListAsker asker = {query->process, (int)query->hop->index, "mynetworks"};
    g_autofree char *networks = mailsim_scrutiny_dup_parameter(scrutiny, "mynetworks");

    look->subject = g_strdup(query->client_address);
    switch (mailsim_host_match_client(query->host, query->service, "mynetworks",
                                      query->client_address, &look->against)) {
    case MAILSIM_LOOKUP_ERROR:
        mailsim_look_fail(look, scrutiny->subject, "mynetworks cannot be read");
        if (query->process != NULL)
            mailsim_host_log_broken_list(query->host, query->service, &asker,
                                         query->client_address);
        return;
    case MAILSIM_LOOKUP_FOUND:
        look->verdict = MAILSIM_VERDICT_PERMIT;
        look->reason = g_strdup_printf("%s is in %s", look->subject, look->against);
        return;
    case MAILSIM_LOOKUP_NOT_FOUND:
        break;
    }
    if (look->against == NULL)
        look->against = g_steal_pointer(&networks);
    look->reason = g_strdup_printf("%s is not in %s", look->subject, look->against);
}

/* postconf(5) inet_interfaces: all of the host's addresses. */
void
mailsim_look_permit_inet_interfaces(MailsimScrutiny *scrutiny,
                                    G_GNUC_UNUSED const char *argument,
                                    MailsimRuleLook *look)
{
    const MailsimRestrictionQuery *query = scrutiny->query;
    const GPtrArray *addresses = query->host->definition->addresses;
    gboolean own = g_str_has_prefix(query->client_address, "127.") ||
                   g_str_equal(query->client_address, "::1");

    for (guint i = 0; i < addresses->len && !own; i++)
        own = g_str_equal(g_ptr_array_index(addresses, i), query->client_address);
    look->verdict = own ? MAILSIM_VERDICT_PERMIT : MAILSIM_VERDICT_NO_OPINION;
    look->subject = g_strdup(query->client_address);
    look->against = g_strdup("inet_interfaces");
    look->reason =
        g_strdup_printf("%s is %san address of this host", look->subject, own ? "" : "not ");
}

void
mailsim_look_permit_sasl_authenticated(MailsimScrutiny *scrutiny,
                                       G_GNUC_UNUSED const char *argument,
                                       MailsimRuleLook *look)
{
    const char *user = scrutiny->query->envelope->user;

    look->verdict = user != NULL ? MAILSIM_VERDICT_PERMIT : MAILSIM_VERDICT_NO_OPINION;
    look->subject = g_strdup(user);
    look->reason = user != NULL ? g_strdup_printf("%s is logged in", user)
                                : g_strdup("nobody is logged in");
}

/* The lab's clients have no certificates. */
void
mailsim_look_permit_clientcerts(G_GNUC_UNUSED MailsimScrutiny *scrutiny,
                                G_GNUC_UNUSED const char *argument,
                                MailsimRuleLook *look)
{
    look->reason = g_strdup("the client shows no certificate");
}
