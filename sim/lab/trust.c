/* SPDX-License-Identifier: MIT
 *
 * What a client makes of a server's certificate, once chain, name and dates are judged: is it
 * good enough to go on, and which word goes into the log. */
#include "lab-private.h"

/* ---- what is demanded -------------------------------------------------------------------- */

void
mailsim_trust_demand_copy(const MailsimTrustDemand *from, MailsimTrustDemand *to)
{
    *to = *from;
    to->names = g_strdup(from->names);
    if (from->announced != NULL)
        to->announced = mailsim_tls_announcement_ref(from->announced);
}

void
mailsim_trust_demand_clear(MailsimTrustDemand *demand)
{
    g_free(demand->names);
    mailsim_tls_announcement_unref(demand->announced);
    *demand = (MailsimTrustDemand){0};
}

char *
mailsim_trust_demand_describe(const MailsimTrustDemand *demand)
{
    g_autofree char *announced =
        demand->announced != NULL ? mailsim_tls_announcement_describe(demand->announced) : NULL;

    if (!demand->insists)
        return g_strdup("");
    return g_strjoin(" ", demand->names != NULL ? demand->names : "", announced, NULL);
}

/* ---- the verdict ------------------------------------------------------------------------- */

/* RFC 8460 §4.3, the first that applies: a chain that is not trusted says nothing of dates. */
static const char *
name_failure(const MailsimTrustDemand *demand, const MailsimTlsJudgement *judgement)
{
    if (demand->announced != NULL && judgement->match == NULL)
        return demand->announced->tlsa != NULL ? "tlsa-invalid" : "certificate-not-trusted";
    if (!judgement->chain_ok)
        return "certificate-not-trusted";
    return judgement->dates_ok ? "certificate-host-mismatch" : "certificate-expired";
}

/* Who is the announced one needs nobody to vouch for him; but an authority vouches for names.
 */
static gboolean
holds(const MailsimTrustDemand *demand, const MailsimTlsJudgement *judgement)
{
    if (demand->announced != NULL && judgement->match == NULL)
        return FALSE;
    if (demand->announced != NULL && !judgement->match_is_authority)
        return TRUE;
    return judgement->chain_ok && judgement->dates_ok && judgement->name_ok;
}

/* The words of Postfix's log. A mail program that checks gets Verified or Untrusted; one that
 * does not is judged as Postfix at level may, which looks at no name. */
static const char *
name_trust(const MailsimTrustDemand *demand, const MailsimTlsJudgement *judgement)
{
    if (!demand->insists)
        return judgement->chain_ok && judgement->dates_ok ? "Trusted" : "Untrusted";
    if (!holds(demand, judgement))
        return "Untrusted";
    return demand->name_unproved ? "Trusted" : "Verified";
}

static void
record(MailsimLab *lab,
       const MailsimHop *hop,
       const MailsimTrustDemand *demand,
       const MailsimTlsJudgement *judgement)
{
    MailsimEvent *event =
        mailsim_lab_record(lab, MAILSIM_EVENT_CERTIFICATE, hop->from, (int)hop->index);

    event->certificate.subject = g_strdup(judgement->subject);
    event->certificate.names = g_strdup(judgement->names);
    event->certificate.issuers = g_strdup(judgement->issuers);
    event->certificate.expected = g_strdup(demand->names);
    event->certificate.not_before = judgement->not_before_us;
    event->certificate.not_after = judgement->not_after_us;
    event->certificate.chain_ok = judgement->chain_ok;
    event->certificate.name_ok = judgement->name_ok;
    event->certificate.dates_ok = judgement->dates_ok;
    event->certificate.self_signed = judgement->self_signed;
    event->certificate.chain_problem = g_strdup(judgement->chain_problem);
    event->certificate.trust = g_strdup(hop->trust);
    event->certificate.required = demand->insists;
    event->certificate.match = g_strdup(judgement->match);
    event->certificate.match_is_authority = judgement->match_is_authority;
    if (demand->announced != NULL)
        event->certificate.announced =
            g_strdup(demand->announced->tlsa != NULL ? "tlsa" : "fingerprint");
}

gboolean
mailsim_trust_judge(MailsimLab *lab,
                    MailsimHop *hop,
                    const MailsimTrustDemand *demand,
                    const MailsimTlsJudgement *judgement)
{
    if (judgement == NULL) {
        hop->trust = g_strdup("Anonymous");
        return !demand->insists;
    }
    hop->certificate_seen = TRUE;
    hop->chain_ok = judgement->chain_ok;
    hop->name_ok = judgement->name_ok;
    hop->dates_ok = judgement->dates_ok;
    hop->trust = g_strdup(name_trust(demand, judgement));
    record(lab, hop, demand, judgement);
    if (!demand->insists || holds(demand, judgement))
        return TRUE;
    hop->tls_failure = g_strdup(name_failure(demand, judgement));
    return FALSE;
}

void
mailsim_trust_recall(MailsimHop *hop, const MailsimTlsSession *session)
{
    hop->trust = g_strdup(session->trust);
    hop->tls_failure = g_strdup(session->tls_failure);
    hop->certificate_seen = session->certificate_seen;
    hop->chain_ok = session->chain_ok;
    hop->name_ok = session->name_ok;
    hop->dates_ok = session->dates_ok;
}
