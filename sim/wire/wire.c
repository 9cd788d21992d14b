/* SPDX-License-Identifier: MIT
 *
 * One side of a connection: plain bytes here, the handshake in wire-tls.c. Everything that
 * arrives is read until the socket has no more, because GnuTLS may hold what a poll would not
 * show; everything that is said is collected, and leaves in one parcel. */
#include "wire-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mailsim/base/limits.h>

#define READ_DEFAULT_BYTES 4096

MailsimWire *
mailsim_wire_new(const MailsimWireOptions *options)
{
    MailsimWire *wire = g_new0(MailsimWire, 1);

    wire->fd = options->fd;
    wire->session = options->session;
    wire->tls = options->tls != NULL ? mailsim_tls_ref(options->tls) : NULL;
    wire->server_name = g_strdup(options->server_name);
    wire->expected_names = g_strdup(options->expected_names);
    if (options->announced != NULL)
        wire->announced = mailsim_tls_announcement_ref(options->announced);
    wire->ticket = options->ticket != NULL ? g_bytes_ref(options->ticket) : NULL;
    wire->limits = options->limits;
    wire->asks_certificate = options->asks_certificate;
    wire->heeds_left_over = options->heeds_left_over;
    wire->read_max_bytes =
        options->read_max_bytes > 0 ? options->read_max_bytes : READ_DEFAULT_BYTES;
    wire->by_turns = options->by_turns;
    wire->observer = options->observer;
    wire->data = options->data;
    mailsim_feed_init(&wire->feed);
    wire->output = g_byte_array_new();
    return wire;
}

void
mailsim_wire_free(MailsimWire *wire)
{
    if (wire == NULL)
        return;

    if (wire->channel != NULL)
        gnutls_deinit(wire->channel);
    mailsim_tls_unref(wire->tls);
    if (wire->lets_resume)
        mailsim_tls_memory_unref(wire->resumption.memory);
    mailsim_session_free(wire->session);
    close(wire->fd);
    mailsim_feed_clear(&wire->feed);
    g_byte_array_unref(wire->output);
    g_clear_pointer(&wire->messages, g_ptr_array_unref);
    g_clear_pointer(&wire->pulled, g_bytes_unref);
    g_clear_pointer(&wire->ticket, g_bytes_unref);
    g_free(wire->server_name);
    g_free(wire->expected_names);
    mailsim_tls_announcement_unref(wire->announced);
    g_free(wire);
}

/* ---- saying ------------------------------------------------------------------------------ */

static void
observe_line(MailsimWire *wire, gboolean sent, const char *text)
{
    if (wire->observer->line != NULL)
        wire->observer->line(wire->data, sent, wire->secured, text);
}

static void
observe_said(MailsimWire *wire, const GString *said)
{
    const char *end = said->str + said->len;
    const char *next;

    if (wire->observer->line == NULL)
        return;
    for (const char *line = said->str; line < end; line = next) {
        const char *line_end = g_strstr_len(line, end - line, "\r\n");
        g_autofree char *text = NULL;

        next = line_end != NULL ? line_end + strlen("\r\n") : end;
        text = g_strndup(line, (gsize)((line_end != NULL ? line_end : end) - line));
        observe_line(wire, TRUE, text);
    }
}

static void
say(MailsimWire *wire, const GString *said)
{
    if (said->len == 0)
        return;
    observe_said(wire, said);
    if (wire->secured)
        mailsim_wire_encrypt(wire, said->str, said->len);
    else
        g_byte_array_append(wire->output, (const guint8 *)said->str, (guint)said->len);
}

/* ---- obeying the session ----------------------------------------------------------------- */

void
mailsim_wire_obey(MailsimWire *wire, MailsimWant want, const GString *said)
{
    say(wire, said);
    wire->want = want;
    switch (want) {
    case MAILSIM_WANT_LINE:
    case MAILSIM_WANT_TEXT:
    case MAILSIM_WANT_BYTES:
    case MAILSIM_WANT_REST:
        break;
    case MAILSIM_WANT_TLS:
        mailsim_wire_start_handshake(wire);
        break;
    case MAILSIM_WANT_END:
        if (wire->secured)
            mailsim_wire_end_tls(wire);
        wire->over = TRUE;
        break;
    }
}

void
mailsim_wire_lose(MailsimWire *wire, MailsimLoss why)
{
    if (wire->over)
        return;
    wire->over = TRUE;
    wire->session->n_left = mailsim_feed_count(&wire->feed);
    wire->session->left = mailsim_feed_peek(&wire->feed);
    wire->session->class->lost(wire->session, why);
}

/* ---- hearing ----------------------------------------------------------------------------- */

static gboolean
has_said_enough(const MailsimWire *wire)
{
    return wire->by_turns && wire->output->len >= MAILSIM_SAY_AHEAD_MAX_BYTES;
}

static void
hear_input(MailsimWire *wire)
{
    g_autoptr(GString) said = g_string_new(NULL);
    MailsimInput input;
    MailsimWant want;

    while (!wire->over && !has_said_enough(wire) &&
           mailsim_feed_take(&wire->feed, wire->session, wire->want, &input)) {
        if (wire->want != MAILSIM_WANT_BYTES)
            observe_line(wire, FALSE, input.text);
        g_string_truncate(said, 0);
        want = wire->session->class->heard(wire->session, &input, said);
        mailsim_wire_obey(wire, want, said);
    }
}

/* What came before the end of the stream is heard first; whoever rests hears nothing. */
static void
hear_end(MailsimWire *wire)
{
    if (wire->ended && !wire->has_more && !wire->handshaking && wire->want != MAILSIM_WANT_REST)
        mailsim_wire_lose(wire, wire->end);
}

/* ---- reading ----------------------------------------------------------------------------- */

void
mailsim_wire_end_input(MailsimWire *wire, MailsimLoss why)
{
    wire->ended = TRUE;
    wire->end = why;
}

/* FALSE: nothing more for now. A socket that gave less than was asked for has been emptied; the
 * end of the stream, should it follow, will wake the owner once more. */
static gboolean
read_plain(MailsimWire *wire)
{
    char buffer[READ_DEFAULT_BYTES];
    gsize most = MIN(wire->read_max_bytes, sizeof buffer);
    gssize n = recv(wire->fd, buffer, most, MSG_DONTWAIT);

    if (n > 0)
        mailsim_feed_append(&wire->feed, buffer, (gsize)n);
    else if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
        mailsim_wire_end_input(wire, MAILSIM_LOSS_CLOSED);
    return n == (gssize)most;
}

/* All that has arrived is read before any of it is heard: a server must see whether more waits
 * behind a command, and see the same whatever the size of the reads. Where there is no room for
 * more it is made first: what GnuTLS holds would not show in a poll. */
void
mailsim_wire_read(MailsimWire *wire)
{
    gboolean more = TRUE;

    wire->has_more = FALSE;
    wire->emptied = FALSE;
    while (more && !wire->over && !wire->has_more) {
        if (wire->handshaking)
            more = mailsim_wire_continue_handshake(wire);
        else if (mailsim_wire_wants_input(wire))
            more = wire->secured ? mailsim_wire_decrypt(wire) : read_plain(wire);
        if (more && !wire->handshaking && mailsim_wire_wants_input(wire))
            continue;
        hear_input(wire);
        more = more && mailsim_wire_wants_input(wire);
        wire->has_more = wire->by_turns && (more || has_said_enough(wire)) && !wire->over;
    }
    hear_end(wire);
}

gboolean
mailsim_wire_has_more(const MailsimWire *wire)
{
    return wire->has_more;
}

/* Only looked at, not read: it may be a ClientHello. */
static gsize
peek(const MailsimWire *wire, char buffer[static READ_DEFAULT_BYTES])
{
    gssize n = recv(wire->fd, buffer, READ_DEFAULT_BYTES, MSG_DONTWAIT | MSG_PEEK);

    return n > 0 ? (gsize)n : 0;
}

/* Whoever speaks first is heard once the session has begun. */
void
mailsim_wire_begin(MailsimWire *wire)
{
    g_autoptr(GString) said = g_string_new(NULL);
    char early[READ_DEFAULT_BYTES];
    MailsimWant want;

    wire->session->n_early = peek(wire, early);
    wire->session->early = early;
    want = wire->session->class->begin(wire->session, said);
    wire->session->early = NULL;
    mailsim_wire_obey(wire, want, said);
    if (wire->session->n_early > 0)
        mailsim_wire_read(wire);
}

/* What its session hears at once, a long line with its end, must have come before. */
static gsize
get_read_ahead_max(const MailsimWire *wire)
{
    const MailsimSessionClass *class = wire->session->class;
    const gsize line_max = class->get_line_max != NULL ? class->get_line_max(wire->session) : 0;

    return MAX(MAILSIM_READ_AHEAD_MAX_BYTES, line_max + strlen("\r\n"));
}

gboolean
mailsim_wire_wants_input(const MailsimWire *wire)
{
    return !wire->over && !wire->ended &&
           (!wire->by_turns || mailsim_feed_count(&wire->feed) < get_read_ahead_max(wire));
}

/* ---- time -------------------------------------------------------------------------------- */

gint64
mailsim_wire_get_patience(const MailsimWire *wire)
{
    const MailsimSessionClass *class = wire->session->class;

    return wire->over || class->get_patience == NULL ? 0 : class->get_patience(wire->session);
}

static void
time_out(MailsimWire *wire, GString *said)
{
    const MailsimSessionClass *class = wire->session->class;

    wire->session->n_left = mailsim_feed_count(&wire->feed);
    wire->session->left = mailsim_feed_peek(&wire->feed);
    if (wire->handshaking)
        mailsim_wire_give_up_handshake(wire);
    else if (class->timed_out != NULL)
        mailsim_wire_obey(wire, class->timed_out(wire->session, said), said);
    else
        mailsim_wire_lose(wire, MAILSIM_LOSS_TIMEOUT);
}

void
mailsim_wire_wake(MailsimWire *wire)
{
    g_autoptr(GString) said = g_string_new(NULL);

    if (wire->over)
        return;
    if (wire->want != MAILSIM_WANT_REST) {
        time_out(wire, said);
        return;
    }
    mailsim_wire_obey(wire, wire->session->class->rested(wire->session, said), said);
    mailsim_wire_read(wire);
}

void
mailsim_wire_notice(MailsimWire *wire)
{
    const MailsimSessionClass *class = wire->session->class;
    g_autoptr(GString) said = g_string_new(NULL);

    if (wire->over || wire->want != MAILSIM_WANT_LINE || class->noticed == NULL)
        return;
    mailsim_wire_obey(wire, class->noticed(wire->session, said), said);
}

/* ---- the owner's side -------------------------------------------------------------------- */

GBytes *
mailsim_wire_steal_output(MailsimWire *wire)
{
    GByteArray *output = wire->output;

    if (output->len == 0)
        return NULL;
    wire->output = g_byte_array_new();
    return g_byte_array_free_to_bytes(output);
}

gssize
mailsim_wire_transmit(MailsimWire *wire, const guint8 *bytes, gsize length)
{
    gssize n = send(wire->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (n >= 0)
        return n;
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
}

void
mailsim_wire_shut(MailsimWire *wire)
{
    shutdown(wire->fd, SHUT_WR);
}

gboolean
mailsim_wire_is_over(const MailsimWire *wire)
{
    return wire->over;
}

gboolean
mailsim_wire_is_handshaking(const MailsimWire *wire)
{
    return wire->handshaking;
}

gboolean
mailsim_wire_is_secured(const MailsimWire *wire)
{
    return wire->secured;
}

void
mailsim_wire_set_ticket(MailsimWire *wire, GBytes *ticket)
{
    g_clear_pointer(&wire->ticket, g_bytes_unref);
    wire->ticket = ticket != NULL ? g_bytes_ref(ticket) : NULL;
}

gnutls_session_t
mailsim_wire_get_channel(const MailsimWire *wire)
{
    return wire->channel;
}

gboolean
mailsim_wire_is_resting(const MailsimWire *wire)
{
    return !wire->over && wire->want == MAILSIM_WANT_REST;
}

const char *
mailsim_wire_waits_for(const MailsimWire *wire)
{
    if (wire->over)
        return "nothing";
    if (wire->handshaking)
        return "TLS handshake";
    return wire->session->class->waits_for(wire->session);
}
