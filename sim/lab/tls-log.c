/* SPDX-License-Identifier: MIT
 *
 * What Postfix's TLS library writes into the mail log of a client's host (postconf(5)
 * smtp_tls_loglevel). The server's side is in session/smtp-server.c and smtpd/. */
#include "host-private.h"

/* “Untrusted TLS connection established to mx.instituto.example[192.0.2.10]:25: TLSv1.3 with
 * cipher …” */
void
mailsim_tls_log_established(const MailsimTlsLog *log,
                            const MailsimHop *hop,
                            gnutls_session_t session)
{
    g_autofree char *description = NULL;
    g_autofree char *key_exchange = NULL;

    if (log->process == NULL || log->level < 1)
        return;
    description = mailsim_tls_format_description(session);
    key_exchange = mailsim_tls_format_key_exchange(log->tls, session);
    mailsim_process_log(
        log->process, (int)hop->index, "%s TLS connection established to %s[%s]:%u: %s%s%s",
        hop->trust, hop->to_fqdn, hop->address, hop->port, description,
        key_exchange != NULL ? " " : "", key_exchange != NULL ? key_exchange : "");
}
