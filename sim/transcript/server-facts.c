/* SPDX-License-Identifier: MIT
 *
 * Facts of what a client finds out about a server: in DNS, in its own policy for it, and in the
 * certificate that it is shown. */
#include "reading-private.h"

#include <string.h>

void
server_facts_read_dns(MailsimReading *self, const MailsimEvent *event)
{
    g_auto(GStrv) words =
        g_strsplit(event->dns.question != NULL ? event->dns.question : "", " ", 2);

    if (words[0] == NULL || words[1] == NULL)
        return;
    reading_add_fact(self, event, "type", words[0]);
    reading_add_value(self, event, "domain", words[1]);
    reading_add_value(self, event, "name", words[1]);
    if (g_strcmp0(event->dns.answer, "NXDOMAIN") == 0)
        reading_add_fact(self, event, "no-such-name", NULL);
    if (g_strcmp0(event->dns.answer, "NODATA") == 0)
        reading_add_fact(self, event, "nothing", NULL);
    if (event->dns.authenticated)
        reading_add_fact(self, event, "signed", NULL);
    if (event->dns.bogus)
        reading_add_fact(self, event, "bogus", NULL);
}

/* A word for each reason that DANE comes to nothing; the rest is “configuration”. */
static const char *
name_reason(const char *reason)
{
    static const struct {
        const char *part;
        const char *name;
    } reasons[] = {
        {"no TLSA records",   "no-records"},
        {"non DNSSEC",        "not-signed"},
        {"records unusable",  "unusable"  },
        {"TLSA lookup error", "no-answer" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(reasons); i++) {
        if (strstr(reason, reasons[i].part) != NULL)
            return reasons[i].name;
    }
    return "configuration";
}

void
server_facts_read_policy(MailsimReading *self, const MailsimEvent *event)
{
    reading_add_fact(self, event, "asked", event->policy.asked);
    reading_add_fact(self, event, "level", event->policy.level);
    if (event->policy.entry != NULL)
        reading_add_fact(self, event, "entry", NULL);
    if (event->policy.announced != NULL)
        reading_add_fact(self, event, "announced", event->policy.announced);
    if (event->policy.refused)
        reading_add_fact(self, event, "refused", NULL);
    if (event->policy.reason != NULL)
        reading_add_fact(self, event, "reason", name_reason(event->policy.reason));
    if (event->policy.entry != NULL && strstr(event->policy.entry, "match=") != NULL)
        reading_add_fact(self, event, "match", NULL);
    reading_add_value(self, event, "nexthop", event->policy.nexthop);
    reading_add_value(self, event, "level", event->policy.level);
}

/* NULL: it says no more than that the chain is bad. */
static const char *
name_chain_problem(const char *problem)
{
    static const struct {
        const char *problem;
        const char *fact;
    } facts[] = {
        {"missing intermediate", "incomplete"       },
        {"not for servers",      "not-for-servers"  },
        {"invalid authority",    "invalid-authority"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(facts); i++) {
        if (g_strcmp0(facts[i].problem, problem) == 0)
            return facts[i].fact;
    }
    return NULL;
}

void
server_facts_read_certificate(MailsimReading *self, const MailsimEvent *event)
{
    const char *problem = name_chain_problem(event->certificate.chain_problem);
    const char *issuers = event->certificate.issuers;
    const MailsimHop *hop =
        mailsim_recording_find_hop(mailsim_reading_get_recording(self), event->hop);
    g_autofree char *issuer =
        issuers == NULL ? NULL : g_strndup(issuers, strcspn(issuers, ","));
    g_autofree char *not_before = mailsim_time_format_day(event->certificate.not_before);
    g_autofree char *not_after = mailsim_time_format_day(event->certificate.not_after);

    reading_add_fact(self, event, event->certificate.chain_ok ? "chain-ok" : "chain-bad", NULL);
    reading_add_fact(self, event, event->certificate.name_ok ? "name-ok" : "name-bad", NULL);
    reading_add_fact(self, event, event->certificate.dates_ok ? "dates-ok" : "dates-bad", NULL);
    if (!event->certificate.dates_ok && event->time_us >= event->certificate.not_before)
        reading_add_fact(self, event, "expired", NULL);
    if (event->certificate.self_signed)
        reading_add_fact(self, event, "self-signed", NULL);
    if (problem != NULL)
        reading_add_fact(self, event, problem, NULL);
    if (event->certificate.required)
        reading_add_fact(self, event, "required", NULL);
    if (hop != NULL && g_strcmp0(event->certificate.expected, hop->to_fqdn) == 0)
        reading_add_fact(self, event, "server-name", NULL);
    if (event->certificate.trust != NULL)
        reading_add_fact(self, event, "trust", event->certificate.trust);
    if (event->certificate.announced != NULL) {
        reading_add_fact(self, event, "announced", event->certificate.announced);
        reading_add_fact(self, event,
                         event->certificate.match == NULL        ? "match-none"
                         : event->certificate.match_is_authority ? "match-authority"
                                                                 : "match-own",
                         NULL);
    }
    reading_add_value(self, event, "names", event->certificate.names);
    reading_add_value(self, event, "issuer", issuer);
    reading_add_value(self, event, "expected", event->certificate.expected);
    reading_add_value(self, event, "not_before", not_before);
    reading_add_value(self, event, "not_after", not_after);
}
