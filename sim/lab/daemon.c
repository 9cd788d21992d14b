/* SPDX-License-Identifier: MIT
 *
 * By the protocol of the port, one daemon or the other. */
#include "daemon-private.h"

static void
start_smtpd(MailsimDaemon *daemon, const MailsimCaller *caller, MailsimWireOptions *wire)
{
    daemon->smtpd =
        mailsim_smtpd_new(caller->host, caller->service, caller->client_address, caller->hop);
    wire->session = mailsim_smtpd_create_session(daemon->smtpd);
    wire->asks_certificate = mailsim_smtpd_asks_certificate(caller->host, caller->service);
    mailsim_smtpd_read_tls_limits(caller->host, caller->service, &wire->limits);
    wire->tls = caller->host->server_tls;
}

static void
start_dovecot(MailsimDaemon *daemon, const MailsimCaller *caller, MailsimWireOptions *wire)
{
    daemon->dovecot =
        mailsim_dovecot_new(caller->host, caller->service, caller->client_address, caller->hop);
    wire->session =
        mailsim_dovecot_create_session(daemon->dovecot, caller->notice, caller->data);
    mailsim_dovecot_read_tls_limits(caller->host, &wire->limits);
    wire->tls = caller->host->dovecot_tls;
    wire->heeds_left_over = TRUE;
}

void
mailsim_daemon_start(MailsimDaemon *daemon,
                     const MailsimCaller *caller,
                     MailsimWireOptions *wire)
{
    if (caller->service->protocol == MAILSIM_PROTOCOL_SMTP)
        start_smtpd(daemon, caller, wire);
    else
        start_dovecot(daemon, caller, wire);
}

void
mailsim_daemon_stop(MailsimDaemon *daemon)
{
    g_clear_pointer(&daemon->smtpd, mailsim_smtpd_free);
    g_clear_pointer(&daemon->dovecot, mailsim_dovecot_free);
}

void
mailsim_daemon_note_tls_failure(const MailsimDaemon *daemon, const MailsimTlsFailure *failure)
{
    if (daemon->smtpd != NULL)
        mailsim_smtpd_note_tls_failure(daemon->smtpd, failure);
    if (daemon->dovecot != NULL)
        mailsim_dovecot_note_tls_failure(daemon->dovecot, failure);
}

MailsimSmtpdTlsLog *
mailsim_daemon_get_tls_log(const MailsimDaemon *daemon)
{
    return daemon->smtpd != NULL ? mailsim_smtpd_get_tls_log(daemon->smtpd) : NULL;
}

const char *
mailsim_daemon_describe_left_over(const MailsimDaemon *daemon)
{
    return daemon->dovecot != NULL
               ? "plain text came after STARTTLS; it is taken for the handshake, which fails"
               : "plain text came after STARTTLS; it is thrown away";
}
