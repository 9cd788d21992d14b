/* SPDX-License-Identifier: MIT
 *
 * Under which name smtp(8) keeps a session of TLS, and what goes with it into its log. The name
 * says for whom the session is good: for the same next hop, server and address, and with the
 * same versions, ciphers and announcements. Names that a certificate must have are not in it:
 * a session that was accepted for one serves for another (recorded/session-cache-more.md). */
#include "queue-private.h"
#include "smtp-private.h"

static const char *
name_service(const char *daemon)
{
    return g_str_has_prefix(daemon, "relay") ? "relay" : "smtp";
}

/* Postfix's digest is of the same, and of OpenSSL's version, in another form: this one stands
 * for it. */
static char *
make_digest(const MailsimSmtpTlsPolicy *policy, const char *ciphers)
{
    const MailsimTlsAnnouncement *announced = policy->demand.announced;
    g_autofree char *records =
        announced != NULL ? mailsim_tls_announcement_describe(announced) : NULL;
    g_autofree char *all = g_strdup_printf(
        "%x\n%s\n%s\n%s", policy->excluded_versions, ciphers, records != NULL ? records : "",
        policy->server_name != NULL ? policy->server_name : "");
    g_autofree char *digits = g_compute_checksum_for_string(G_CHECKSUM_SHA256, all, -1);

    return g_ascii_strup(digits, -1);
}

/* NULL: it looks for none, or for what was announced. */
static char *
dup_names(const MailsimSmtpTlsUse *use)
{
    const MailsimTrustDemand *demand = &use->policy->demand;

    if (!demand->insists || demand->announced != NULL)
        return NULL;
    return g_strdup(demand->names != NULL ? demand->names : use->address->name);
}

void
mailsim_smtp_read_tls_log(const MailsimSmtpTlsUse *use, MailsimTlsLog *log)
{
    const MailsimSmtpTlsPolicy *policy = use->policy;
    const MailsimHost *host = use->host;
    g_autofree char *ciphers = mailsim_tls_ciphers_describe(&(MailsimTlsCipherRules){
        .host = host,
        .side = "smtp",
        .is_mandatory = policy->mode != MAILSIM_CLIENT_TLS_IF_OFFERED,
        .is_certified = policy->demand.insists,
    });
    g_autofree char *digest = make_digest(policy, ciphers);

    *log = (MailsimTlsLog){
        .lab = host->lab,
        .process = use->process,
        .level = mailsim_host_get_tls_loglevel(host, NULL, "smtp_tls_loglevel"),
        .tls = host->relay_tls,
        .cache = mailsim_tlsmgr_has_cache(host->tlsmgr, MAILSIM_TLS_CACHE_SMTP) ? host->tlsmgr
                                                                                : NULL,
        .session_id =
            g_strdup_printf("%s&%s&%s&%s&&%s", name_service(use->daemon), use->nexthop,
                            use->address->name, use->address->address, digest),
        .ciphers = g_steal_pointer(&ciphers),
        .names = dup_names(use),
        .warnings = policy->tls_warnings != NULL ? g_ptr_array_ref(policy->tls_warnings) : NULL,
        .gives_up = policy->gives_up,
        .is_announced = policy->demand.announced != NULL,
        .digest = mailsim_host_dup_parameter(host, NULL, "smtp_tls_fingerprint_digest"),
    };
}

void
mailsim_smtp_begin_tls(MailsimHost *host, MailsimProcess *process)
{
    if (mailsim_host_get_tls_loglevel(host, NULL, "smtp_tls_loglevel") >= 2)
        mailsim_tls_log_engine(process, "client");
    mailsim_tlsmgr_begin(host->tlsmgr);
}
