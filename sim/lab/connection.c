/* SPDX-License-Identifier: MIT
 *
 * One connection between two parties: two wires over a socketpair, and a link that carries what
 * one side says to the other after its latency. Whatever is recorded of it is seen from the
 * client's end; the cable itself is recorded byte by byte. */
#include "connection-private.h"

#include <errno.h>
#include <sys/socket.h>

#include <mailsim/base/limits.h>

static MailsimEvent *
record(MailsimConnection *connection, MailsimEventKind kind, const char *party)
{
    return mailsim_lab_record(connection->lab, kind, party, (int)connection->hop->index);
}

/* ---- carrying ---------------------------------------------------------------------------- */

typedef struct {
    MailsimConnectionSide *end; /* who said it */
    GBytes *bytes;              /* NULL: the end of the stream */
} Parcel;

static void carry(MailsimConnectionSide *end);

static MailsimConnectionSide *
get_other_end(MailsimConnectionSide *end)
{
    MailsimConnection *connection = end->connection;

    return end == &connection->client ? &connection->server : &connection->client;
}

static void
free_parcel(gpointer data)
{
    Parcel *parcel = data;

    if (parcel->bytes != NULL)
        g_bytes_unref(parcel->bytes);
    g_free(parcel);
}

/* The connection is forgotten when both sides are done with it and nothing is on its way. */
static void
forget_if_over(MailsimConnection *connection)
{
    if (connection->n_on_the_way == 0 && connection->client.shut && connection->server.shut)
        g_ptr_array_remove(connection->lab->connections, connection);
}

static void
tell_client_is_over(MailsimConnection *connection)
{
    if (connection->done_called)
        return;
    connection->done_called = TRUE;
    mailsim_witness_closed(connection->lab, connection->hop,
                           connection->server.shut ? connection->hop->to : connection->from);
    connection->done(connection->data, connection->hop, MAILSIM_CONNECTION_OVER);
}

/* NULL: the end of the stream. The other side reads at once, and a parcel is never more than a
 * socket holds: a short write would be a mistake of ours. What is sent to a side that is gone
 * is lost. */
static void
let_out(MailsimWire *wire, GBytes *bytes)
{
    gssize n;

    if (bytes == NULL) {
        mailsim_wire_shut(wire);
        return;
    }
    n = mailsim_wire_transmit(wire, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_assert(n < 0 || n == (gssize)g_bytes_get_size(bytes));
}

/* A ClientHello, to a server that awaits text. */
static gboolean
is_mistaken(const Parcel *parcel)
{
    const MailsimConnection *connection = parcel->end->connection;

    return parcel->bytes != NULL && parcel->end == &connection->client &&
           mailsim_wire_is_handshaking(connection->client.wire) &&
           !mailsim_wire_is_handshaking(connection->server.wire) &&
           !mailsim_wire_is_secured(connection->server.wire);
}

/* Whoever has hung up reads no more, and nothing is sent to him. */
static void
deliver_parcel(gpointer data)
{
    Parcel *parcel = data;
    MailsimConnectionSide *end = parcel->end;
    MailsimConnectionSide *other = get_other_end(end);
    MailsimConnection *connection = end->connection;

    connection->n_on_the_way--;
    if (!mailsim_wire_is_over(other->wire)) {
        let_out(end->wire, is_mistaken(parcel) ? mailsim_client_hello_get() : parcel->bytes);
        mailsim_wire_read(other->wire);
    }
    carry(other);
    forget_if_over(connection);
}

static void
send_parcel(MailsimConnectionSide *end, GBytes *bytes)
{
    MailsimConnection *connection = end->connection;
    Parcel *parcel = g_new0(Parcel, 1);

    parcel->end = end;
    parcel->bytes = bytes;
    connection->n_on_the_way++;
    mailsim_schedule_add(connection->lab->schedule, connection->latency_us, deliver_parcel,
                         parcel, free_parcel);
}

/* ---- time -------------------------------------------------------------------------------- */

static void
wake(gpointer data)
{
    MailsimConnectionSide *end = data;

    end->alarm = NULL;
    if (!mailsim_wire_is_resting(end->wire))
        mailsim_witness_timeout(end->connection->lab, end->connection->hop, end->party,
                                end->wire);
    mailsim_wire_wake(end->wire);
    carry(end);
}

/* Counted anew from each thing that END hears or says. */
static void
set_alarm(MailsimConnectionSide *end)
{
    gint64 patience_us = mailsim_wire_get_patience(end->wire);

    mailsim_schedule_cancel(end->alarm);
    end->alarm = NULL;
    if (patience_us > 0)
        end->alarm =
            mailsim_schedule_add(end->connection->lab->schedule, patience_us, wake, end, NULL);
}

/* What END has said goes on its way, and the end of its stream once it has no more to say. */
static void
carry(MailsimConnectionSide *end)
{
    MailsimConnection *connection = end->connection;
    const gboolean out = end == &connection->client;
    g_autoptr(GBytes) output = mailsim_wire_steal_output(end->wire);

    if (output != NULL) {
        const MailsimTime now_us = mailsim_lab_get_now(connection->lab);
        gsize length;
        const guint8 *bytes = g_bytes_get_data(output, &length);

        mailsim_hop_carry(connection->hop, out ? MAILSIM_DIRECTION_OUT : MAILSIM_DIRECTION_IN,
                          out ? now_us : now_us + connection->latency_us, bytes, length);
        for (gsize start = 0; start < length; start += MAILSIM_CARRY_MAX_BYTES)
            send_parcel(end, g_bytes_new_from_bytes(
                                 output, start, MIN(length - start, MAILSIM_CARRY_MAX_BYTES)));
    }
    set_alarm(end);
    if (mailsim_wire_is_over(end->wire) && !end->shut) {
        if (end == &connection->client)
            tell_client_is_over(connection);
        end->shut = TRUE;
        send_parcel(end, NULL);
    }
}

/* ---- opening ----------------------------------------------------------------------------- */

static void
end_unopened(MailsimConnection *connection, MailsimConnectionEnd end)
{
    connection->done_called = TRUE;
    connection->done(connection->data, connection->hop, end);
    g_ptr_array_remove(connection->lab->connections, connection);
}

static void
refuse(gpointer data)
{
    MailsimConnection *connection = data;

    record(connection, MAILSIM_EVENT_REFUSED, connection->from);
    end_unopened(connection, MAILSIM_CONNECTION_REFUSED);
}

/* What is sent to an address that no machine has is lost. */
static void
hear_nothing(gpointer data)
{
    MailsimConnection *connection = data;
    MailsimEvent *event = record(connection, MAILSIM_EVENT_TIMEOUT, connection->from);

    event->timeout.waits_for = g_strdup("connection");
    event->timeout.waited_us = connection->connect_timeout_us;
    end_unopened(connection, MAILSIM_CONNECTION_TIMED_OUT);
}

static void
begin_client(gpointer data)
{
    MailsimConnection *connection = data;

    connection->hop->connected = TRUE;
    record(connection, MAILSIM_EVENT_CONNECTED, connection->from);
    mailsim_wire_begin(connection->client.wire);
    carry(&connection->client);
}

static void
begin_server(gpointer data)
{
    MailsimConnection *connection = data;

    mailsim_wire_begin(connection->server.wire);
    carry(&connection->server);
}

/* The server may have something to tell by itself. */
static void
notice(gpointer data)
{
    MailsimConnection *connection = data;

    mailsim_wire_notice(connection->server.wire);
    carry(&connection->server);
}

/* The session of whoever listens, and what it brings to a handshake; FALSE: there is no such
 * machine. */
static gboolean
find_server(MailsimConnection *connection,
            const MailsimConnectionOptions *options,
            const MailsimServiceDefinition *service,
            MailsimWireOptions *server)
{
    MailsimLab *lab = connection->lab;

    if (service != NULL) {
        const MailsimCaller caller = {
            .host = connection->host,
            .service = service,
            .client_address = options->from_address,
            .hop = connection->hop,
            .notice = notice,
            .data = connection,
        };

        mailsim_daemon_start(&connection->daemon, &caller, server);
    } else if (lab->answer != NULL) {
        server->tls = lab->answer_tls;
        return lab->answer(lab->answer_data, options->address, options->port, &server->session);
    }
    return connection->host != NULL;
}

static void
open_wires(MailsimConnection *connection,
           const MailsimConnectionOptions *options,
           MailsimWireOptions *server)
{
    int fds[2];
    MailsimWireOptions client = {
        .session = options->session,
        .tls = options->tls,
        .limits = {options->excluded_versions,
                   options->demand.insists || options->demand.needs_certificate},
        .server_name = options->server_name,
        .expected_names =
            options->demand.names != NULL ? options->demand.names : options->to_fqdn,
        .announced = options->demand.announced,
        .read_max_bytes = connection->lab->read_max_bytes,
        .observer = &mailsim_connection_client_observer,
        .data = connection,
    };
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0)
        g_error("socketpair: %s", g_strerror(errno));
    client.fd = fds[0];
    server->fd = fds[1];
    server->read_max_bytes = connection->lab->read_max_bytes;
    server->observer = connection->daemon.smtpd != NULL ? &mailsim_connection_smtpd_observer
                                                        : &mailsim_connection_server_observer;
    server->data = connection;
    connection->client.wire = mailsim_wire_new(&client);
    connection->server.wire = mailsim_wire_new(server);
}

static const MailsimServiceDefinition *
find_service(const MailsimHost *host, const MailsimConnectionOptions *options)
{
    const MailsimServiceDefinition *service =
        host != NULL ? mailsim_host_find_service(host, options->port) : NULL;

    if (service == NULL)
        return NULL;
    return (service->protocol == MAILSIM_PROTOCOL_SMTP
                ? mailsim_host_listens_at(host, options->address)
                : mailsim_dovecot_listens_at(host, options->address))
               ? service
               : NULL;
}

static MailsimHop *
add_hop(MailsimLab *lab,
        const MailsimConnectionOptions *options,
        const MailsimHost *host,
        const MailsimServiceDefinition *service)
{
    MailsimHop *hop = mailsim_recording_add_hop(lab->recording);

    hop->started_us = mailsim_schedule_get_now(lab->schedule);
    hop->message = options->message;
    hop->from = g_strdup(options->from);
    hop->to = host != NULL ? g_strdup(host->definition->name) : NULL;
    hop->to_fqdn = g_strdup(options->to_fqdn);
    hop->address = g_strdup(options->address);
    hop->port = options->port;
    hop->service = g_strdup(service != NULL ? service->name : NULL);
    hop->protocol = g_strdup(mailsim_protocol_get_name(
        service != NULL ? service->protocol : mailsim_protocol_of_port(options->port)));
    hop->from_mail_program = options->from_mail_program;
    hop->typed = options->typed;
    return hop;
}

MailsimHop *
mailsim_connection_refrain(MailsimLab *lab, const MailsimConnectionOptions *options)
{
    const MailsimHost *host = mailsim_lab_find_host_at(lab, options->address);

    return add_hop(lab, options, host, find_service(host, options));
}

/* TCP's handshake: a round trip, and half of one more for the server (RFC 9293 §3.5). */
MailsimHop *
mailsim_connection_open(MailsimLab *lab, const MailsimConnectionOptions *options)
{
    MailsimConnection *connection = g_new0(MailsimConnection, 1);
    MailsimSchedule *schedule = lab->schedule;
    MailsimWireOptions server = {0};
    MailsimHost *host = mailsim_lab_find_host_at(lab, options->address);
    const MailsimServiceDefinition *service = find_service(host, options);

    connection->lab = lab;
    connection->host = host;
    connection->from = g_strdup(options->from);
    mailsim_trust_demand_copy(&options->demand, &connection->demand);
    mailsim_tls_log_copy(&options->tls_log, &connection->tls_log);
    connection->connect_timeout_us = options->connect_timeout_us;
    connection->done = options->done;
    connection->data = options->data;
    connection->client.connection = connection;
    connection->client.party = connection->from;
    connection->server.connection = connection;
    connection->hop = add_hop(lab, options, host, service);
    connection->server.party = connection->hop->to;
    g_ptr_array_add(lab->connections, connection);
    connection->latency_us = mailsim_lab_get_latency(
        lab, options->from, host != NULL ? host->definition->name : "*");

    if (!find_server(connection, options, service, &server)) {
        connection->unopened = options->session;
        mailsim_schedule_add(schedule, connection->connect_timeout_us, hear_nothing, connection,
                             NULL);
        return connection->hop;
    }
    if (server.session == NULL) {
        connection->unopened = options->session;
        mailsim_schedule_add(schedule, 2 * connection->latency_us, refuse, connection, NULL);
        return connection->hop;
    }
    open_wires(connection, options, &server);
    mailsim_schedule_add(schedule, 2 * connection->latency_us, begin_client, connection, NULL);
    mailsim_schedule_add(schedule, 3 * connection->latency_us, begin_server, connection, NULL);
    return connection->hop;
}

void
mailsim_connection_free(MailsimConnection *connection)
{
    if (connection == NULL)
        return;

    mailsim_schedule_cancel(connection->client.alarm);
    mailsim_schedule_cancel(connection->server.alarm);
    mailsim_wire_free(connection->client.wire);
    mailsim_wire_free(connection->server.wire);
    mailsim_session_free(connection->unopened);
    mailsim_daemon_stop(&connection->daemon);
    g_free(connection->from);
    mailsim_tls_log_clear(&connection->tls_log);
    mailsim_tls_session_clear(&connection->offered);
    mailsim_trust_demand_clear(&connection->demand);
    g_free(connection);
}
