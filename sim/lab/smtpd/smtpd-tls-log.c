/* SPDX-License-Identifier: MIT
 *
 * What Postfix's TLS library writes into the mail log of a server's host at level 2
 * (postconf(5) smtpd_tls_loglevel), and what of it tlsmgr(8) does. The line of level 1 is in
 * session/smtp-server.c. */
#include "smtpd-private.h"

#include <mailsim/lab/main-cf.h>

/* What OpenSSL 3 writes of a session into a cache of Postfix's. */
#define OLD_SESSION_BYTES 138
#define NEW_SESSION_BYTES 141

/* OpenSSL_version_num() of Debian 12's 3.0.19 */
#define OPENSSL_VERSION 0x30000130L

struct MailsimSmtpdTlsLog {
    MailsimHost *host; /* borrowed, like all else that points somewhere */
    const MailsimHop *hop;
    const MailsimProcess *process;
    const char *client;
    char *ciphers;
    gboolean is_told; /* at level 2 */
    MailsimTlsResumption resumption;
    const MailsimTlsSession *offered; /* what the client would resume; NULL: not known */
    guint n_sessions;                 /* that the handshake has left in the cache */
    char *session_id;                 /* of the last of them; NULL: none */
    MailsimTlsStates states;
    gboolean is_resumed;
};

MailsimSmtpdTlsLog *
mailsim_smtpd_tls_log_new(MailsimHost *host,
                          const MailsimServiceDefinition *service,
                          const MailsimHop *hop,
                          const MailsimProcess *process,
                          const char *client)
{
    MailsimSmtpdTlsLog *log = g_new0(MailsimSmtpdTlsLog, 1);
    const MailsimTlsCipherRules rules = {
        .host = host,
        .service = service,
        .side = "smtpd",
        .is_mandatory = mailsim_main_cf_get_server_tls(host->definition, service) ==
                        MAILSIM_SERVER_TLS_REQUIRED,
        .is_certified = mailsim_smtpd_asks_certificate(host, service),
    };

    log->host = host;
    log->hop = hop;
    log->process = process;
    log->client = client;
    log->ciphers = mailsim_tls_ciphers_describe(&rules);
    log->is_told = mailsim_host_get_tls_loglevel(host, service, "smtpd_tls_loglevel") >= 2;
    return log;
}

void
mailsim_smtpd_tls_log_free(MailsimSmtpdTlsLog *log)
{
    if (log == NULL)
        return;
    g_free(log->ciphers);
    g_free(log->session_id);
    g_free(log);
}

static void G_GNUC_PRINTF(2, 3)
    write_line(const MailsimSmtpdTlsLog *log, const char *format, ...)
{
    va_list arguments;

    if (!log->is_told)
        return;
    va_start(arguments, format);
    mailsim_process_log_valist(log->process, (int)log->hop->index, format, arguments);
    va_end(arguments);
}

void
mailsim_smtpd_tls_log_begin(MailsimSmtpdTlsLog *log,
                            const MailsimTlsSession *offered,
                            MailsimTlsResumption *resumption)
{
    mailsim_tlsmgr_read_resumption(log->host->tlsmgr, resumption);
    log->resumption = *resumption;
    log->offered = offered;
    log->states = (MailsimTlsStates){
        .process = log->process, .hop = (int)log->hop->index, .server = TRUE};
    write_line(log, "setting up TLS connection from %s", log->client);
    write_line(log, "%s: TLS cipher list \"%s\"", log->client, log->ciphers);
    if (log->is_told)
        mailsim_tls_states_begin(&log->states);
}

/* ---- sessions of the server's ------------------------------------------------------------ */

/* A session id is random, of 32 bytes; this one stands for it, the same in each run. */
static char *
make_session_id(const MailsimSmtpdTlsLog *log, guint n)
{
    g_autofree char *seed = g_strdup_printf("%s %u %u %u", log->host->definition->hostname,
                                            log->hop->index, n, log->hop->port);
    g_autofree char *digits = g_compute_checksum_for_string(G_CHECKSUM_SHA256, seed, -1);
    g_autofree char *hash = g_ascii_strup(digits, -1);

    return g_strdup_printf("%s&s=%s:%u&l=%ld", hash, log->hop->address, log->hop->port,
                           OPENSSL_VERSION);
}

static void
save_session(MailsimSmtpdTlsLog *log)
{
    const MailsimTlsSession session = {.size_bytes = log->states.is_tls13 ? NEW_SESSION_BYTES
                                                                          : OLD_SESSION_BYTES};
    MailsimTlsmgr *tlsmgr = log->host->tlsmgr;

    g_free(log->session_id);
    log->session_id = make_session_id(log, ++log->n_sessions);
    write_line(log, "%s: save session %s to smtpd cache", log->client, log->session_id);
    mailsim_tlsmgr_log_put(tlsmgr, MAILSIM_TLS_CACHE_SMTPD, log->session_id, session.size_bytes,
                           (int)log->hop->index);
    mailsim_tlsmgr_put(tlsmgr, MAILSIM_TLS_CACHE_SMTPD, log->session_id, &session);
}

static gboolean
is_offered(const MailsimSmtpdTlsLog *log)
{
    return log->offered != NULL && log->offered->ticket != NULL;
}

/* A client that speaks TLS 1.3 sends an id to older servers, even if it means nothing. */
static void
look_up_session(MailsimSmtpdTlsLog *log)
{
    g_autofree char *unknown = make_session_id(log, 0);
    const char *id =
        is_offered(log) && log->offered->server_id != NULL ? log->offered->server_id : unknown;

    write_line(log, "%s: looking up session %s in smtpd cache", log->client, id);
    if (mailsim_tlsmgr_look_up(log->host->tlsmgr, MAILSIM_TLS_CACHE_SMTPD, id,
                               (int)log->hop->index) != NULL)
        write_line(log, "%s: reloaded session %s from smtpd cache", log->client, id);
}

/* ---- the handshake ----------------------------------------------------------------------- */

static gboolean
keeps_sessions(const MailsimSmtpdTlsLog *log)
{
    return mailsim_tlsmgr_has_cache(log->host->tlsmgr, MAILSIM_TLS_CACHE_SMTPD);
}

/* When the ticket that the client comes with was given out. */
static gint64
get_issued(const MailsimSmtpdTlsLog *log)
{
    return is_offered(log) ? log->offered->issued_us / MAILSIM_SECOND : G_MAXINT64;
}

void
mailsim_smtpd_tls_log_find_memory(MailsimSmtpdTlsLog *log, MailsimTlsResumption *resumption)
{
    mailsim_tlsmgr_find_memory(log->host->tlsmgr, get_issued(log), resumption);
}

static void
hear_hello(MailsimSmtpdTlsLog *log, gnutls_session_t session)
{
    const gboolean resumed = gnutls_session_is_resumed(session) != 0;
    log->states.is_tls13 = g_str_equal(mailsim_tls_get_version(session), "TLSv1.3");
    if (log->resumption.mode == MAILSIM_TLS_RESUME_TICKETS && resumed)
        write_line(log, "%s: Decrypting session ticket, key expiration: %" G_GINT64_FORMAT,
                   log->client,
                   mailsim_tlsmgr_get_key_expiration(log->host->tlsmgr, get_issued(log)));
    else if (log->resumption.mode != MAILSIM_TLS_RESUME_NOT && keeps_sessions(log) &&
             (!log->states.is_tls13 ||
              (log->resumption.mode == MAILSIM_TLS_RESUME_SESSIONS && is_offered(log))))
        look_up_session(log);
}

static void
give_ticket(MailsimSmtpdTlsLog *log)
{
    if (log->resumption.mode == MAILSIM_TLS_RESUME_NOT)
        return;
    if (log->resumption.mode == MAILSIM_TLS_RESUME_TICKETS)
        write_line(log, "%s: Issuing session ticket, key expiration: %" G_GINT64_FORMAT,
                   log->client,
                   mailsim_tlsmgr_get_key_expiration(log->host->tlsmgr, G_MAXINT64));
    if (log->states.is_tls13 && keeps_sessions(log))
        save_session(log);
}

void
mailsim_smtpd_tls_log_message(MailsimSmtpdTlsLog *log,
                              const MailsimWire *wire,
                              gboolean sent,
                              const char *message)
{
    /* Whatever comes between an answer and what is awaited comes after the last state. */
    if (!sent && g_str_equal(message, "ClientHello")) {
        if (log->is_told)
            mailsim_tls_states_wait(&log->states);
        hear_hello(log, mailsim_wire_get_channel(wire));
    }
    if (sent && g_str_equal(message, "NewSessionTicket"))
        give_ticket(log);
    if (log->is_told)
        mailsim_tls_states_tell(&log->states, sent, message);
}

/* A new ticket, in OpenSSL's hands; GnuTLS gives none for a resumed session. */
static void
renew_ticket(MailsimSmtpdTlsLog *log)
{
    give_ticket(log);
    if (log->is_told)
        mailsim_tls_states_tell(&log->states, TRUE, "NewSessionTicket");
}

void
mailsim_smtpd_tls_log_secured(MailsimSmtpdTlsLog *log, gboolean resumed)
{
    log->is_resumed = resumed;
    if (log->resumption.mode == MAILSIM_TLS_RESUME_SESSIONS && log->states.is_tls13 && resumed)
        renew_ticket(log);
    if (log->resumption.mode == MAILSIM_TLS_RESUME_SESSIONS && !log->states.is_tls13 &&
        !resumed)
        save_session(log);
    if (resumed)
        write_line(log, "%s: Reusing old session%s", log->client,
                   log->resumption.mode == MAILSIM_TLS_RESUME_TICKETS
                       ? " (RFC 5077 session ticket)"
                       : "");
}

const char *
mailsim_smtpd_tls_log_get_session_id(const MailsimSmtpdTlsLog *log)
{
    return log->session_id;
}

gboolean
mailsim_smtpd_tls_log_is_resumed(const MailsimSmtpdTlsLog *log)
{
    return log->is_resumed;
}

gboolean
mailsim_smtpd_tls_log_has_tickets(const MailsimSmtpdTlsLog *log)
{
    return log->resumption.mode == MAILSIM_TLS_RESUME_TICKETS;
}
