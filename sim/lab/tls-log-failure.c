/* SPDX-License-Identifier: MIT
 *
 * What Postfix's TLS library writes into the mail log of a client's host when TLS comes to
 * nothing, or when the certificate is not good enough, at any level. */
#include "host-private.h"

void
mailsim_tls_log_failure(const MailsimTlsLog *log,
                        const MailsimHop *hop,
                        const MailsimTlsFailure *failure)
{
    g_autofree char *server = mailsim_tls_log_dup_server(hop);
    g_autofree char *words = mailsim_openssl_describe_failure(failure, FALSE);

    if (log->process == NULL || log->gives_up)
        return;
    mailsim_process_log(log->process, (int)hop->index, "SSL_connect error to %s: -1", server);
    if (words != NULL)
        mailsim_process_log(log->process, (int)hop->index, "warning: TLS library problem: %s",
                            words);
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

/* SERVER: as mailsim_tls_log_dup_peer() has it. */
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
    g_autofree char *server = mailsim_tls_log_dup_peer(hop);
    g_autofree char *words = NULL;

    if (log->process == NULL || judgement == NULL || !g_str_equal(hop->trust, "Untrusted"))
        return;
    words = describe_problem(demand->unmeetable ? &unspecified : &judgement->problem, server);
    mailsim_process_log(log->process, (int)hop->index, "%s", words);
}
