/* SPDX-License-Identifier: MIT
 *
 * What Postfix's TLS library writes into the mail log of a client's host (postconf(5)
 * smtp_tls_loglevel): at level 1 the sum of a handshake, at level 2 each step of it. The
 * server's side is in session/smtp-server.c and smtpd/smtpd-tls-log.c. */
#include "smtpd-private.h"

#include <mailsim/wire/certificate-digest.h>
#include <mailsim/wire/certificate-walk.h>

static void G_GNUC_PRINTF(3, 4)
    write_line(const MailsimTlsLog *log, const MailsimHop *hop, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    mailsim_process_log_valist(log->process, (int)hop->index, format, arguments);
    va_end(arguments);
}

char *
mailsim_tls_log_dup_server(const MailsimHop *hop)
{
    return g_strdup_printf("%s[%s]:%u", hop->to_fqdn, hop->address, hop->port);
}

char *
mailsim_tls_log_dup_peer(const MailsimHop *hop)
{
    g_autofree char *server = mailsim_tls_log_dup_server(hop);

    return g_ascii_strdown(server, -1);
}

void
mailsim_tls_log_copy(const MailsimTlsLog *from, MailsimTlsLog *to)
{
    *to = *from;
    to->session_id = g_strdup(from->session_id);
    to->ciphers = g_strdup(from->ciphers);
    to->names = g_strdup(from->names);
    to->digest = g_strdup(from->digest);
    if (from->warnings != NULL)
        g_ptr_array_ref(from->warnings);
}

void
mailsim_tls_log_clear(MailsimTlsLog *log)
{
    g_free(log->session_id);
    g_free(log->ciphers);
    g_free(log->names);
    g_free(log->digest);
    g_clear_pointer(&log->warnings, g_ptr_array_unref);
    *log = (MailsimTlsLog){0};
}

static gboolean
tells(const MailsimTlsLog *log, guint level)
{
    return log->process != NULL && log->level >= level;
}

/* ---- sessions ---------------------------------------------------------------------------- */

static gboolean
is_tls13(gnutls_session_t session)
{
    return gnutls_protocol_get_version(session) == GNUTLS_TLS1_3;
}

static gboolean
has_rsa_key(gnutls_session_t session)
{
    const gnutls_datum_t *der = gnutls_certificate_get_peers(session, NULL);
    gnutls_pk_algorithm_t key = GNUTLS_PK_UNKNOWN;
    gnutls_x509_crt_t certificate;

    if (der == NULL || gnutls_x509_crt_init(&certificate) < 0)
        return FALSE;
    if (gnutls_x509_crt_import(certificate, der, GNUTLS_X509_FMT_DER) >= 0)
        key = gnutls_x509_crt_get_pk_algorithm(certificate, NULL);
    gnutls_x509_crt_deinit(certificate);
    return key == GNUTLS_PK_RSA;
}

/* How many bytes a real Postfix keeps of a session, as far as that does not change from run to
 * run: OpenSSL's session, with the ticket that a server gave, and with its certificate. */
static guint
estimate_size(const MailsimHop *hop, gnutls_session_t session, const MailsimSmtpd *smtpd)
{
    const gboolean has_ticket =
        smtpd == NULL || mailsim_smtpd_tls_log_has_tickets(mailsim_smtpd_get_tls_log(smtpd));
    const guint alone = is_tls13(session) ? 172 : 125;
    const guint with_ticket = is_tls13(session) ? 350 : 315;
    const guint certificate = !hop->certificate_seen && !is_tls13(session) ? 0
                              : has_rsa_key(session)                       ? 832
                                                                           : 592;

    return (has_ticket ? with_ticket : alone) + certificate;
}

static void
log_save(const MailsimTlsLog *log, const MailsimHop *hop, guint size_bytes)
{
    if (log->cache == NULL)
        return;
    write_line(log, hop, "save session %s to smtp cache", log->session_id);
    mailsim_tlsmgr_log_put(log->cache, MAILSIM_TLS_CACHE_SMTP, log->session_id, size_bytes,
                           (int)hop->index);
}

/* Whoever is refused reads no ticket any more. */
void
mailsim_tls_log_keep(const MailsimTlsLog *log,
                     const MailsimHop *hop,
                     const MailsimWire *wire,
                     GBytes *ticket,
                     const MailsimSmtpd *smtpd)
{
    const gnutls_session_t session = mailsim_wire_get_channel(wire);
    const MailsimTlsSession kept = {
        .ticket = ticket,
        .server_id = smtpd != NULL ? (char *)mailsim_smtpd_tls_log_get_session_id(
                                         mailsim_smtpd_get_tls_log(smtpd))
                                   : NULL,
        .trust = hop->trust,
        .tls_failure = hop->tls_failure,
        .certificate_seen = hop->certificate_seen,
        .chain_ok = hop->chain_ok,
        .name_ok = hop->name_ok,
        .dates_ok = hop->dates_ok,
        .size_bytes = estimate_size(hop, session, smtpd),
        .issued_us = mailsim_lab_get_now(log->lab),
    };

    if (hop->tls_failure == NULL || !is_tls13(session))
        mailsim_tlsmgr_put(log->cache, MAILSIM_TLS_CACHE_SMTP, log->session_id, &kept);
}

/* ---- level 2: the handshake -------------------------------------------------------------- */

void
mailsim_tls_log_engine(const MailsimProcess *process, const char *side)
{
    mailsim_process_log(process, -1, "initializing the %s-side TLS engine", side);
}

void
mailsim_tls_log_begin(MailsimTlsLog *log, const MailsimHop *hop)
{
    g_autofree char *server = mailsim_tls_log_dup_server(hop);
    g_autoptr(GPtrArray) warnings = g_steal_pointer(&log->warnings);

    if (tells(log, 2))
        write_line(log, hop, "setting up TLS connection to %s", server);
    for (guint i = 0; warnings != NULL && log->process != NULL && i < warnings->len; i++)
        write_line(log, hop, "warning: %s", (const char *)g_ptr_array_index(warnings, i));
    if (tells(log, 2) && !log->gives_up) {
        log->states = (MailsimTlsStates){.process = log->process, .hop = (int)hop->index};
        write_line(log, hop, "%s: TLS cipher list \"%s\"", server, log->ciphers);
    }
}

void
mailsim_tls_log_find(const MailsimTlsLog *log,
                     const MailsimHop *hop,
                     MailsimTlsSession *session)
{
    const MailsimTlsSession *found;

    if (log->cache == NULL)
        return;
    if (tells(log, 2))
        write_line(log, hop, "looking for session %s in smtp cache", log->session_id);
    found = mailsim_tlsmgr_look_up(log->cache, MAILSIM_TLS_CACHE_SMTP, log->session_id,
                                   (int)hop->index);
    if (found == NULL)
        return;
    mailsim_tls_session_copy(found, session);
    if (tells(log, 2))
        write_line(log, hop, "reloaded session %s from smtp cache", log->session_id);
}

static void
log_path(const MailsimTlsLog *log, const MailsimHop *hop, gnutls_session_t session)
{
    g_autofree char *server = mailsim_tls_log_dup_server(hop);
    g_auto(GStrv) steps = mailsim_certificate_walk(session, mailsim_tls_get_trusted(log->tls),
                                                   log->names, mailsim_lab_get_now(log->lab));

    for (guint i = 0; steps[i] != NULL; i++)
        write_line(log, hop, "%s: %s", server, steps[i]);
}

/* Of a ticket of TLS 1.3 OpenSSL tells when the handshake is over. */
static void
log_late_ticket(const MailsimTlsLog *log, const MailsimHop *hop)
{
    for (guint i = 0; i < 2; i++)
        write_line(log, hop, "SSL_connect:SSL negotiation finished successfully");
}

void
mailsim_tls_log_message(MailsimTlsLog *log,
                        const MailsimHop *hop,
                        const MailsimWire *wire,
                        const MailsimSmtpd *smtpd,
                        gboolean sent,
                        const char *message)
{
    const gnutls_session_t session = mailsim_wire_get_channel(wire);

    if (!tells(log, 2))
        return;
    if (log->states.last == NULL)
        mailsim_tls_states_begin(&log->states);
    if (g_str_equal(message, "ServerHello"))
        log->states.is_tls13 = is_tls13(session);
    if (!sent)
        mailsim_tls_states_wait(&log->states);
    if (!sent && g_str_equal(message, "Certificate") && !log->is_announced)
        log_path(log, hop, session);
    if (log->states.done) {
        log_late_ticket(log, hop);
        log_save(log, hop, estimate_size(hop, session, smtpd));
    }
    mailsim_tls_states_tell(&log->states, sent, message);
}

/* ---- what it came to --------------------------------------------------------------------- */

/* “subject_CN=…, issuer_CN=…, fingerprint=…, pkey_fingerprint=…” */
static void
log_certificate(const MailsimTlsLog *log, const MailsimHop *hop, gnutls_session_t session)
{
    const gnutls_datum_t *der = gnutls_certificate_get_peers(session, NULL);
    g_autofree char *server = mailsim_tls_log_dup_server(hop);
    g_autofree char *subject = NULL;
    g_autofree char *issuer = NULL;
    g_autofree char *fingerprint = NULL;
    g_autofree char *key = NULL;
    gnutls_x509_crt_t certificate;

    if (!hop->certificate_seen || der == NULL || gnutls_x509_crt_init(&certificate) < 0)
        return;
    gnutls_x509_crt_import(certificate, der, GNUTLS_X509_FMT_DER);
    subject = mailsim_certificate_dup_common_name(certificate, FALSE);
    issuer = mailsim_certificate_dup_common_name(certificate, TRUE);
    fingerprint = mailsim_certificate_dup_fingerprint(certificate, log->digest, FALSE);
    key = mailsim_certificate_dup_fingerprint(certificate, log->digest, TRUE);
    write_line(log, hop, "%s: subject_CN=%s, issuer_CN=%s, fingerprint=%s, pkey_fingerprint=%s",
               server, subject, issuer, fingerprint, key);
    gnutls_x509_crt_deinit(certificate);
}

/* What was wrong with the certificate of a session was told when it was new. */
static void
log_reuse(const MailsimTlsLog *log, const MailsimHop *hop)
{
    g_autofree char *server = mailsim_tls_log_dup_server(hop);

    if (log->level >= 2)
        write_line(log, hop, "%s: Reusing old session", server);
    if (hop->tls_failure != NULL)
        write_line(log, hop,
                   "%s: re-using session with untrusted certificate, look for details earlier "
                   "in the log",
                   server);
}

void
mailsim_tls_log_hear(MailsimTlsLog *log,
                     const MailsimHop *hop,
                     const MailsimWire *wire,
                     const MailsimTlsSession *offered,
                     const MailsimSmtpd *smtpd)
{
    if (!log->awaits_ticket)
        return;
    log->awaits_ticket = FALSE;
    mailsim_tls_log_message(log, hop, wire, smtpd, FALSE, "NewSessionTicket");
    if (log->cache != NULL)
        mailsim_tls_log_keep(log, hop, wire, offered->ticket, smtpd);
}

/* “Untrusted TLS connection established to mx.instituto.example[192.0.2.10]:25: TLSv1.3 with
 * cipher …” */
void
mailsim_tls_log_established(MailsimTlsLog *log,
                            const MailsimHop *hop,
                            gnutls_session_t session,
                            const MailsimSmtpd *smtpd)
{
    g_autofree char *server = mailsim_tls_log_dup_peer(hop);
    g_autofree char *description = NULL;
    g_autofree char *key_exchange = NULL;

    log->awaits_ticket = hop->resumed && is_tls13(session) && smtpd != NULL &&
                         !mailsim_smtpd_tls_log_has_tickets(mailsim_smtpd_get_tls_log(smtpd));
    if (!tells(log, 1))
        return;
    if (tells(log, 2) && !is_tls13(session) && !hop->resumed)
        log_save(log, hop, estimate_size(hop, session, smtpd));
    log->states.done = TRUE;
    if (hop->resumed)
        log_reuse(log, hop);
    if (tells(log, 2))
        log_certificate(log, hop, session);
    description = mailsim_tls_format_description(session);
    key_exchange = mailsim_tls_format_key_exchange(log->tls, session);
    write_line(log, hop, "%s TLS connection established to %s: %s%s%s", hop->trust, server,
               description, key_exchange != NULL ? " " : "",
               key_exchange != NULL ? key_exchange : "");
}
