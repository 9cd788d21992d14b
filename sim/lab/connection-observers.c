/* SPDX-License-Identifier: MIT
 *
 * What the two wires of a connection tell: the client's is what is recorded, and both sides
 * write their logs. */
#include "connection-private.h"

/* ---- what the wires tell ----------------------------------------------------------------- */

static void
record_line(gpointer data, gboolean sent, gboolean secured, const char *text)
{
    MailsimConnection *connection = data;

    if (!sent && secured)
        mailsim_tls_log_hear(&connection->tls_log, connection->hop, connection->client.wire,
                             &connection->offered, connection->daemon.smtpd);
    mailsim_witness_line(connection->lab, connection->hop,
                         sent ? MAILSIM_DIRECTION_OUT : MAILSIM_DIRECTION_IN, secured, text);
}

/* ---- TLS, as the client tells it --------------------------------------------------------- */

static void
begin_client_tls(gpointer data, G_GNUC_UNUSED MailsimTlsResumption *resumption)
{
    MailsimConnection *connection = data;

    mailsim_tls_log_begin(&connection->tls_log, connection->hop);
    mailsim_tls_log_find(&connection->tls_log, connection->hop, &connection->offered);
    mailsim_wire_set_ticket(connection->client.wire, connection->offered.ticket);
}

static void
record_handshake(gpointer data, gboolean sent, const char *message, const char *detail)
{
    MailsimConnection *connection = data;

    mailsim_witness_handshake(connection->lab, connection->hop,
                              sent ? MAILSIM_DIRECTION_OUT : MAILSIM_DIRECTION_IN, message,
                              detail);
    mailsim_tls_log_message(&connection->tls_log, connection->hop, connection->client.wire,
                            connection->daemon.smtpd, sent, message);
}

static void
record_secured(gpointer data, gnutls_session_t session)
{
    MailsimConnection *connection = data;

    mailsim_witness_secured(connection->lab, connection->hop, session);
    mailsim_tls_log_established(&connection->tls_log, connection->hop, session,
                                connection->daemon.smtpd);
}

static gboolean
judge(gpointer data, const MailsimTlsJudgement *judgement)
{
    MailsimConnection *connection = data;
    const gboolean good =
        mailsim_trust_judge(connection->lab, connection->hop, &connection->demand, judgement);

    if (!good || connection->demand.is_told)
        mailsim_tls_log_unproved(&connection->tls_log, connection->hop, &connection->demand,
                                 judgement);
    return good;
}

/* Postfix's verdict travels with the session: nothing is judged again. */
static gboolean
recall(gpointer data)
{
    MailsimConnection *connection = data;

    mailsim_trust_recall(connection->hop, &connection->offered);
    return connection->hop->tls_failure == NULL;
}

static void
keep_session(gpointer data, GBytes *ticket)
{
    MailsimConnection *connection = data;

    if (connection->tls_log.cache == NULL)
        return;
    mailsim_tls_log_keep(&connection->tls_log, connection->hop, connection->client.wire, ticket,
                         connection->daemon.smtpd);
}

static void
record_tls_failed(gpointer data, const MailsimTlsFailure *failure)
{
    MailsimConnection *connection = data;

    mailsim_tls_log_failure(&connection->tls_log, connection->hop, failure);
    mailsim_witness_tls_failed(connection->lab, connection->hop, failure->reason);
    g_free(connection->hop->tls_failure);
    connection->hop->tls_failure = g_strdup("validation-failure");
}

static void
find_left_over_at_client(gpointer data, G_GNUC_UNUSED gsize n_bytes)
{
    MailsimConnection *connection = data;

    mailsim_witness_left_over(
        connection->lab, connection->hop, connection->from,
        "plain text came after the answer to STARTTLS; it is thrown away");
}

static void
find_left_over_at_server(gpointer data, G_GNUC_UNUSED gsize n_bytes)
{
    MailsimConnection *connection = data;

    mailsim_witness_left_over(connection->lab, connection->hop, connection->hop->to,
                              mailsim_daemon_describe_left_over(&connection->daemon));
}

/* ---- TLS, as an smtpd(8) tells it to its log --------------------------------------------- */

static void
begin_server_tls(gpointer data, MailsimTlsResumption *resumption)
{
    MailsimConnection *connection = data;

    mailsim_smtpd_tls_log_begin(mailsim_daemon_get_tls_log(&connection->daemon),
                                &connection->offered, resumption);
}

static void
hear_hello(gpointer data, MailsimTlsResumption *resumption)
{
    MailsimConnection *connection = data;

    mailsim_smtpd_tls_log_find_memory(mailsim_daemon_get_tls_log(&connection->daemon),
                                      resumption);
}

static void
log_servers_handshake(gpointer data,
                      gboolean sent,
                      const char *message,
                      G_GNUC_UNUSED const char *detail)
{
    MailsimConnection *connection = data;

    mailsim_smtpd_tls_log_message(mailsim_daemon_get_tls_log(&connection->daemon),
                                  connection->server.wire, sent, message);
}

static void
log_servers_secured(gpointer data, gnutls_session_t session)
{
    MailsimConnection *connection = data;

    mailsim_smtpd_tls_log_secured(mailsim_daemon_get_tls_log(&connection->daemon),
                                  gnutls_session_is_resumed(session) != 0);
}

static void
note_failure(gpointer data, const MailsimTlsFailure *failure)
{
    mailsim_daemon_note_tls_failure(&((MailsimConnection *)data)->daemon, failure);
}

const MailsimWireObserver mailsim_connection_client_observer = {
    .line = record_line,
    .begins = begin_client_tls,
    .handshake = record_handshake,
    .judge = judge,
    .resumed = recall,
    .secured = record_secured,
    .tls_failed = record_tls_failed,
    .ticket = keep_session,
    .left_over = find_left_over_at_client,
};

const MailsimWireObserver mailsim_connection_smtpd_observer = {
    .begins = begin_server_tls,
    .hello = hear_hello,
    .handshake = log_servers_handshake,
    .secured = log_servers_secured,
    .tls_failed = note_failure,
    .left_over = find_left_over_at_server,
};

const MailsimWireObserver mailsim_connection_server_observer = {
    .tls_failed = note_failure,
    .left_over = find_left_over_at_server,
};
