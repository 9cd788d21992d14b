/* SPDX-License-Identifier: MIT
 *
 * One side of a connection: plain bytes and lines here, the handshake in wire-tls.c. Everything
 * that arrives is read until the socket has no more, because GnuTLS may hold what a poll would
 * not show; everything that is said is collected, and leaves in one piece. */
#include "wire-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_DEFAULT_BYTES 4096

MailsimWire *
mailsim_wire_new(const MailsimWireOptions *options)
{
    MailsimWire *wire = g_new0(MailsimWire, 1);

    wire->fd = options->fd;
    wire->session = options->session;
    wire->tls = options->tls != NULL ? mailsim_tls_ref(options->tls) : NULL;
    wire->server_name = g_strdup(options->server_name);
    wire->expected_name = g_strdup(options->expected_name);
    wire->ticket = options->ticket != NULL ? g_bytes_ref(options->ticket) : NULL;
    wire->read_max_bytes =
        options->read_max_bytes > 0 ? options->read_max_bytes : READ_DEFAULT_BYTES;
    wire->observer = options->observer;
    wire->data = options->data;
    wire->input = g_string_new(NULL);
    wire->output = g_byte_array_new();
    wire->messages = g_ptr_array_new_with_free_func(mailsim_handshake_message_free);
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
    mailsim_session_free(wire->session);
    close(wire->fd);
    g_string_free(wire->input, TRUE);
    g_byte_array_unref(wire->output);
    g_ptr_array_unref(wire->messages);
    g_clear_pointer(&wire->ticket, g_bytes_unref);
    g_free(wire->server_name);
    g_free(wire->expected_name);
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
    g_auto(GStrv) lines = NULL;

    if (wire->observer->line == NULL)
        return;
    lines = g_strsplit(said->str, "\r\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (lines[i + 1] != NULL || lines[i][0] != '\0')
            observe_line(wire, TRUE, lines[i]);
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
    case MAILSIM_WANT_MESSAGE:
    case MAILSIM_WANT_BYTES:
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
    wire->session->class->lost(wire->session, why);
}

void
mailsim_wire_begin(MailsimWire *wire)
{
    g_autoptr(GString) said = g_string_new(NULL);
    MailsimWant want = wire->session->class->begin(wire->session, said);

    mailsim_wire_obey(wire, want, said);
}

/* ---- hearing ----------------------------------------------------------------------------- */

static void
hear(MailsimWire *wire, const char *text, gsize length)
{
    g_autoptr(GString) said = g_string_new(NULL);
    MailsimWant want = wire->session->class->heard(wire->session, text, length, said);

    mailsim_wire_obey(wire, want, said);
}

/* The next whole line of the input from OFFSET on: its length without line end, and where the
 * following one begins. FALSE: it has not all arrived. */
static gboolean
find_line(const GString *input, gsize offset, gsize *length, gsize *next)
{
    const char *start = input->str + offset;
    const char *newline = memchr(start, '\n', input->len - offset);

    if (newline == NULL)
        return FALSE;
    *length = (gsize)(newline - start);
    *next = offset + *length + 1;
    if (*length > 0 && start[*length - 1] == '\r')
        (*length)--;
    return TRUE;
}

static gboolean
hear_line(MailsimWire *wire)
{
    gsize length;
    gsize next;
    g_autofree char *line = NULL;

    if (!find_line(wire->input, 0, &length, &next))
        return FALSE;
    line = g_strndup(wire->input->str, length);
    g_string_erase(wire->input, 0, (gssize)next);
    observe_line(wire, FALSE, line);
    hear(wire, line, length);
    return TRUE;
}

/* The message ends at a line that is a lone dot. What was looked at already is not looked at
 * again, however small the pieces in which it arrives. */
static gboolean
hear_message(MailsimWire *wire)
{
    gsize length;
    gsize next;

    while (find_line(wire->input, wire->n_scanned, &length, &next)) {
        if (length == 1 && wire->input->str[wire->n_scanned] == '.') {
            /* A copy by length: a message may hold NUL bytes. */
            gsize content_length = wire->n_scanned;
            g_autofree char *content = g_memdup2(wire->input->str, content_length + 1);

            g_string_erase(wire->input, 0, (gssize)next);
            wire->n_scanned = 0;
            hear(wire, content, content_length);
            return TRUE;
        }
        wire->n_scanned = next;
    }
    return FALSE;
}

static gboolean
hear_bytes(MailsimWire *wire)
{
    gsize length = wire->session->class->count_bytes(wire->session);
    g_autofree char *bytes = NULL;

    if (wire->input->len < length)
        return FALSE;
    bytes = g_memdup2(wire->input->str, length);
    g_string_erase(wire->input, 0, (gssize)length);
    hear(wire, bytes, length);
    return TRUE;
}

static void
hear_input(MailsimWire *wire)
{
    gboolean more = TRUE;

    while (more && !wire->over) {
        switch (wire->want) {
        case MAILSIM_WANT_LINE:
            more = hear_line(wire);
            break;
        case MAILSIM_WANT_MESSAGE:
            more = hear_message(wire);
            break;
        case MAILSIM_WANT_BYTES:
            more = hear_bytes(wire);
            break;
        case MAILSIM_WANT_TLS:
        case MAILSIM_WANT_END:
            more = FALSE;
            break;
        }
    }
}

/* ---- reading ----------------------------------------------------------------------------- */

/* FALSE: nothing more for now. */
static gboolean
read_plain(MailsimWire *wire)
{
    char buffer[READ_DEFAULT_BYTES];
    gsize most = MIN(wire->read_max_bytes, sizeof buffer);
    gssize n = recv(wire->fd, buffer, most, MSG_DONTWAIT);

    if (n < 0)
        return FALSE;
    if (n == 0) {
        mailsim_wire_lose(wire, MAILSIM_LOSS_CLOSED);
        return FALSE;
    }
    g_string_append_len(wire->input, buffer, n);
    return TRUE;
}

void
mailsim_wire_read(MailsimWire *wire)
{
    gboolean more = TRUE;

    while (more && !wire->over) {
        if (wire->handshaking)
            more = mailsim_wire_continue_handshake(wire);
        else if (wire->secured)
            more = mailsim_wire_decrypt(wire);
        else
            more = read_plain(wire);
        if (!wire->handshaking)
            hear_input(wire);
    }
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

/* The other side reads at once, and the owner never sends more than a socket holds: a short
 * write would be a mistake of ours. A peer that is gone is not: what was sent to it is lost. */
void
mailsim_wire_transmit(MailsimWire *wire, const guint8 *bytes, gsize length)
{
    gssize n = send(wire->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);

    g_assert(n == (gssize)length || (n < 0 && (errno == EPIPE || errno == ECONNRESET)));
}

void
mailsim_wire_shut(MailsimWire *wire)
{
    shutdown(wire->fd, SHUT_WR);
}

void
mailsim_wire_hang_up(MailsimWire *wire)
{
    mailsim_wire_lose(wire, MAILSIM_LOSS_CLOSED);
}

gboolean
mailsim_wire_is_over(const MailsimWire *wire)
{
    return wire->over;
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
