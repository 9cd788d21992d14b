/* SPDX-License-Identifier: MIT
 *
 * What Postfix's TLS library writes into the mail log of a client's host (postconf(5)
 * smtp_tls_loglevel). The server's side is in session/smtp-server.c and smtpd/. */
#include "host-private.h"

/* “mx.instituto.example[192.0.2.10]:25” */
static char *
name_server(const MailsimHop *hop)
{
    return g_strdup_printf("%s[%s]:%u", hop->to_fqdn, hop->address, hop->port);
}

/* Once a session has begun, its server's name is in small letters. */
static char *
name_peer(const MailsimHop *hop)
{
    g_autofree char *server = name_server(hop);

    return g_ascii_strdown(server, -1);
}

/* ---- it begins, or comes to nothing ------------------------------------------------------ */

void
mailsim_tls_log_begin(MailsimTlsLog *log, const MailsimHop *hop)
{
    g_autoptr(GPtrArray) warnings = g_steal_pointer(&log->warnings);

    for (guint i = 0; warnings != NULL && log->process != NULL && i < warnings->len; i++)
        mailsim_process_log(log->process, (int)hop->index, "warning: %s",
                            (const char *)g_ptr_array_index(warnings, i));
}

/* OpenSSL's words for an alert of its server, RFC 8446 §6. The lines of its sources are those of
 * Debian 12. */
static const struct {
    gnutls_alert_description_t alert;
    const char *words;
} alerts[] = {
    {GNUTLS_A_HANDSHAKE_FAILURE, "0A000410:SSL routines::sslv3 alert handshake failure"},
    {GNUTLS_A_PROTOCOL_VERSION,  "0A00042E:SSL routines::tlsv1 alert protocol version" },
};

static char *
describe_failure(const MailsimTlsFailure *failure)
{
    if (failure->no_version)
        return g_strdup("0A0000BF:SSL routines::no protocols available:"
                        "../ssl/statem/statem_lib.c:102:");
    if (g_str_equal(failure->reason, "plain-text"))
        return g_strdup(
            "0A00010B:SSL routines::wrong version number:../ssl/record/ssl3_record.c:350:");
    for (guint i = 0; i < G_N_ELEMENTS(alerts); i++) {
        if ((int)alerts[i].alert == failure->alert)
            return g_strdup_printf("%s:../ssl/record/rec_layer_s3.c:1602:SSL alert number %d:",
                                   alerts[i].words, failure->alert);
    }
    return NULL;
}

void
mailsim_tls_log_failure(const MailsimTlsLog *log,
                        const MailsimHop *hop,
                        const MailsimTlsFailure *failure)
{
    g_autofree char *server = name_server(hop);
    g_autofree char *words = describe_failure(failure);

    if (log->process == NULL || log->gives_up)
        return;
    mailsim_process_log(log->process, (int)hop->index, "SSL_connect error to %s: -1", server);
    if (words != NULL)
        mailsim_process_log(log->process, (int)hop->index,
                            "warning: TLS library problem: error:%s", words);
}

/* ---- the certificate --------------------------------------------------------------------- */

/* tls_log_verify_error() of Postfix: some in its own words, the others in those of OpenSSL's
 * X509_verify_cert_error_string(3). */
static const struct {
    MailsimX509Error error;
    gboolean says_whose;
    const char *words;
} problems[] = {
    {MAILSIM_X509_SELF_SIGNED,   FALSE, "self-signed certificate"                         },
    {MAILSIM_X509_NOT_YET_VALID, TRUE,  "certificate not yet valid"                       },
    {MAILSIM_X509_EXPIRED,       TRUE,  "certificate has expired"                         },
    {MAILSIM_X509_UNSPECIFIED,   TRUE,  "num=1:unspecified certificate verification error"},
    {MAILSIM_X509_NO_ISSUER,     TRUE,  "num=2:unable to get issuer certificate"          },
    {MAILSIM_X509_HOST_NAME,     TRUE,  "num=62:hostname mismatch"                        },
    {MAILSIM_X509_IP_ADDRESS,    TRUE,  "num=64:IP address mismatch"                      },
    {MAILSIM_X509_NO_TLSA_MATCH, TRUE,  "num=65:no matching DANE TLSA records"            },
    {MAILSIM_X509_INVALID_CA,    TRUE,  "num=79:invalid CA certificate"                   },
};

/* SERVER: as name_peer() has it. */
static char *
describe_problem(const MailsimCertificateProblem *problem, const char *server)
{
    const char *whose = problem->depth > 0 ? "CA" : "server";

    if (problem->error == MAILSIM_X509_INVALID_PURPOSE)
        return g_strdup_printf("certificate verification failed for %s: "
                               "not designated for use as a %s certificate",
                               server, whose);
    for (guint i = 0; i < G_N_ELEMENTS(problems); i++) {
        if (problems[i].error == problem->error)
            return g_strdup_printf("%s%scertificate verification failed for %s: %s",
                                   problems[i].says_whose ? whose : "",
                                   problems[i].says_whose ? " " : "", server,
                                   problems[i].words);
    }
    return g_strdup_printf("certificate verification failed for %s: untrusted issuer %s",
                           server, problem->issuer);
}

void
mailsim_tls_log_unproved(const MailsimTlsLog *log,
                         const MailsimHop *hop,
                         const MailsimTrustDemand *demand,
                         const MailsimTlsJudgement *judgement)
{
    static const MailsimCertificateProblem unspecified = {MAILSIM_X509_UNSPECIFIED, 0, NULL};
    g_autofree char *server = name_peer(hop);
    g_autofree char *words = NULL;

    if (log->process == NULL || judgement == NULL)
        return;
    words = describe_problem(demand->unmeetable ? &unspecified : &judgement->problem, server);
    mailsim_process_log(log->process, (int)hop->index, "%s", words);
}

/* “Untrusted TLS connection established to mx.instituto.example[192.0.2.10]:25: TLSv1.3 with
 * cipher …” */
void
mailsim_tls_log_established(const MailsimTlsLog *log,
                            const MailsimHop *hop,
                            gnutls_session_t session)
{
    g_autofree char *server = name_peer(hop);
    g_autofree char *description = NULL;
    g_autofree char *key_exchange = NULL;

    if (log->process == NULL || log->level < 1)
        return;
    description = mailsim_tls_format_description(session);
    key_exchange = mailsim_tls_format_key_exchange(log->tls, session);
    mailsim_process_log(log->process, (int)hop->index,
                        "%s TLS connection established to %s: %s%s%s", hop->trust, server,
                        description, key_exchange != NULL ? " " : "",
                        key_exchange != NULL ? key_exchange : "");
}
