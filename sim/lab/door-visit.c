/* SPDX-License-Identifier: MIT
 *
 * One connection of a visitor: the server's wire over a socket that leads out of the lab. What
 * the kernel does not take is kept, and until it is sent nothing more is heard: a client that
 * does not read is not read from, and costs a bounded number of bytes. */
#include "door-private.h"

#include <sys/epoll.h>
#include <sys/socket.h>

/* NULL: Dovecot serves, and logs nothing of TLS that works. */
static MailsimSmtpdTlsLog *
get_tls_log(const Visit *visit)
{
    return mailsim_daemon_get_tls_log(&visit->daemon);
}

/* ---- what the wire tells, as the client would -------------------------------------------- */

static void
see_line(gpointer data, gboolean sent, gboolean secured, const char *text)
{
    Visit *visit = data;

    mailsim_witness_line(visit->lab, visit->hop,
                         sent ? MAILSIM_DIRECTION_IN : MAILSIM_DIRECTION_OUT, secured, text);
}

static void
begin_tls(gpointer data, MailsimTlsResumption *resumption)
{
    MailsimSmtpdTlsLog *log = get_tls_log(data);

    if (log != NULL)
        mailsim_smtpd_tls_log_begin(log, NULL, resumption);
}

static void
see_hello(gpointer data, MailsimTlsResumption *resumption)
{
    MailsimSmtpdTlsLog *log = get_tls_log(data);

    if (log != NULL)
        mailsim_smtpd_tls_log_find_memory(log, resumption);
}

static void
see_handshake(gpointer data, gboolean sent, const char *message, const char *detail)
{
    Visit *visit = data;
    MailsimSmtpdTlsLog *log = get_tls_log(visit);

    if (log != NULL)
        mailsim_smtpd_tls_log_message(log, visit->wire, sent, message);
    mailsim_witness_handshake(visit->lab, visit->hop,
                              sent ? MAILSIM_DIRECTION_IN : MAILSIM_DIRECTION_OUT, message,
                              detail);
}

static void
see_choice(gpointer data, gnutls_session_t session)
{
    Visit *visit = data;

    mailsim_witness_negotiated(visit->hop, session);
}

static void
see_secured(gpointer data, gnutls_session_t session)
{
    Visit *visit = data;
    MailsimSmtpdTlsLog *log = get_tls_log(visit);

    mailsim_witness_secured(visit->lab, visit->hop, session);
    if (log != NULL)
        mailsim_smtpd_tls_log_secured(log, visit->hop->resumed);
}

static void
see_tls_failed(gpointer data, const MailsimTlsFailure *failure)
{
    Visit *visit = data;

    mailsim_daemon_note_tls_failure(&visit->daemon, failure);
    mailsim_witness_tls_failed(visit->lab, visit->hop, failure->reason);
}

static void
see_left_over(gpointer data, G_GNUC_UNUSED gsize n_bytes)
{
    Visit *visit = data;

    mailsim_witness_left_over(visit->lab, visit->hop, visit->hop->to,
                              mailsim_daemon_describe_left_over(&visit->daemon));
}

static const MailsimWireObserver observer = {
    .line = see_line,
    .begins = begin_tls,
    .hello = see_hello,
    .handshake = see_handshake,
    .negotiated = see_choice,
    .secured = see_secured,
    .tls_failed = see_tls_failed,
    .left_over = see_left_over,
};

/* ---- sending ----------------------------------------------------------------------------- */

/* TRUE: nothing is left to send. */
static gboolean
send_rest(Visit *visit)
{
    while (visit->unsent != NULL && !visit->gone) {
        gsize length;
        const guint8 *bytes = g_bytes_get_data(visit->unsent, &length);
        gssize n =
            mailsim_wire_transmit(visit->wire, bytes + visit->n_sent, length - visit->n_sent);

        if (n == 0)
            return FALSE;
        visit->gone = n < 0;
        visit->n_sent += n > 0 ? (gsize)n : 0;
        if (visit->n_sent == length)
            g_clear_pointer(&visit->unsent, g_bytes_unref);
    }
    return TRUE;
}

static void
send_said(Visit *visit)
{
    if (!send_rest(visit) || visit->gone)
        return;
    visit->unsent = mailsim_wire_steal_output(visit->wire);
    visit->n_sent = 0;
    send_rest(visit);
}

/* ---- time -------------------------------------------------------------------------------- */

static void set_alarm(Visit *visit);

static void
wake(gpointer data)
{
    Visit *visit = data;

    visit->alarm = NULL;
    visit->given_up = visit->unsent != NULL;
    if (visit->given_up) {
        mailsim_wire_lose(visit->wire, MAILSIM_LOSS_TIMEOUT);
        visit->stir(visit->data, visit);
        return;
    }
    if (!mailsim_wire_is_resting(visit->wire))
        mailsim_witness_timeout(visit->lab, visit->hop, visit->hop->to, visit->wire);
    mailsim_wire_wake(visit->wire);
    send_said(visit);
    set_alarm(visit);
}

/* Whoever does not take what was said last is waited for as long as for a command, and the
 * server has no more to say until it is taken. */
static gint64
count_patience(Visit *visit)
{
    const gboolean resting = mailsim_wire_is_resting(visit->wire);

    if (resting && visit->unsent == NULL)
        return mailsim_wire_get_patience(visit->wire);
    if (!resting && !mailsim_wire_is_over(visit->wire))
        visit->patience_us = mailsim_wire_get_patience(visit->wire);
    return visit_is_over(visit) ? 0 : visit->patience_us;
}

/* Counted from what the clock of the real world shows: whoever rests only to let others have
 * their turn would else make up for it at once. */
static gint64
count_delay(const Visit *visit, gint64 patience_us)
{
    return patience_us +
           (visit->clock->now_us - mailsim_schedule_get_now(visit->clock->schedule));
}

static void
set_alarm(Visit *visit)
{
    gint64 patience_us = count_patience(visit);

    mailsim_schedule_cancel(visit->alarm);
    visit->alarm = NULL;
    if (patience_us > 0)
        visit->alarm = mailsim_schedule_add(visit->clock->schedule,
                                            count_delay(visit, patience_us), wake, visit, NULL);
    visit->stir(visit->data, visit);
}

/* The server may have something to tell by itself. */
static void
notice(gpointer data)
{
    Visit *visit = data;

    mailsim_wire_notice(visit->wire);
    send_said(visit);
    set_alarm(visit);
}

/* ---- taking part in the door's turns ----------------------------------------------------- */

guint32
visit_get_question(const Visit *visit)
{
    if (visit->unsent != NULL)
        return EPOLLOUT;
    return !mailsim_wire_is_resting(visit->wire) && mailsim_wire_wants_input(visit->wire)
               ? EPOLLIN
               : 0;
}

gboolean
visit_is_busy(const Visit *visit)
{
    return visit->unsent == NULL && !mailsim_wire_is_resting(visit->wire) &&
           mailsim_wire_has_more(visit->wire);
}

void
visit_attend(Visit *visit, gboolean found)
{
    if (visit->unsent != NULL && !found)
        return;
    if (send_rest(visit)) {
        mailsim_wire_read(visit->wire);
        send_said(visit);
    }
    set_alarm(visit);
}

gboolean
visit_is_over(const Visit *visit)
{
    return visit->gone || visit->given_up ||
           (mailsim_wire_is_over(visit->wire) && visit->unsent == NULL);
}

/* ---- life -------------------------------------------------------------------------------- */

static MailsimHop *
make_hop(MailsimHost *host, const MailsimServiceDefinition *service, const Visitor *visitor)
{
    MailsimHop *hop = mailsim_recording_add_hop(host->lab->recording);

    hop->from = g_strdup(visitor->party);
    hop->to = g_strdup(host->definition->name);
    hop->to_fqdn = g_strdup(host->definition->hostname);
    hop->address = g_strdup(g_ptr_array_index(host->definition->addresses, 0));
    hop->port = service->port;
    hop->service = g_strdup(service->name);
    hop->protocol = g_strdup(mailsim_protocol_get_name(service->protocol));
    hop->from_mail_program = !visitor->is_host;
    hop->started_us = mailsim_lab_get_now(host->lab);
    hop->connected = TRUE;
    return hop;
}

Visit *
visit_new(const VisitOptions *visitor)
{
    Visit *visit = g_new0(Visit, 1);
    MailsimWireOptions options = {
        .fd = visitor->fd,
        .by_turns = TRUE,
        .observer = &observer,
        .data = visit,
    };
    MailsimCaller caller = {
        .host = visitor->host,
        .service = visitor->service,
        .client_address = visitor->visitor->address,
        .notice = notice,
        .data = visit,
    };

    visit->lab = visitor->host->lab;
    visit->clock = visitor->clock;
    visit->stir = visitor->stir;
    visit->data = visitor->data;
    visit->fd = visitor->fd;
    visit->hop = caller.hop = make_hop(visitor->host, visitor->service, visitor->visitor);
    mailsim_lab_record(visit->lab, MAILSIM_EVENT_CONNECTED, visitor->visitor->party,
                       (int)visit->hop->index);
    mailsim_daemon_start(&visit->daemon, &caller, &options);
    visit->wire = mailsim_wire_new(&options);
    mailsim_wire_begin(visit->wire);
    send_said(visit);
    set_alarm(visit);
    return visit;
}

/* Did the client hang up, whatever else it still had to say? */
static gboolean
has_client_left(const Visit *visit)
{
    char byte;

    return visit->gone || recv(visit->fd, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void
visit_end(Visit *visit)
{
    const MailsimHop *hop = visit->hop;

    if (visit->gone)
        mailsim_wire_lose(visit->wire, MAILSIM_LOSS_CLOSED);
    mailsim_witness_closed(visit->lab, visit->hop,
                           has_client_left(visit) ? hop->from : hop->to);
}

void
visit_free(gpointer data)
{
    Visit *visit = data;

    mailsim_schedule_cancel(visit->alarm);
    mailsim_wire_free(visit->wire);
    mailsim_daemon_stop(&visit->daemon);
    g_clear_pointer(&visit->unsent, g_bytes_unref);
    g_free(visit);
}
