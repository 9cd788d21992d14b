/* SPDX-License-Identifier: MIT
 *
 * The wire's state, and what wire.c and wire-tls.c call of each other. */
#pragma once

#include <mailsim/wire/wire.h>

struct MailsimWire {
    int fd;
    MailsimSession *session;
    MailsimTls *tls; /* NULL: this side has none */
    char *server_name;
    char *expected_name;
    GBytes *ticket; /* to resume from; NULL: none */
    gsize read_max_bytes;

    const MailsimWireObserver *observer; /* borrowed, with its data */
    gpointer data;

    MailsimWant want;
    GString *input;     /* plain text that the session has not heard */
    gsize n_scanned;    /* of it, while a message is awaited: whole lines before this offset */
    GByteArray *output; /* raw bytes to be sent */
    gboolean over;

    gnutls_session_t channel; /* NULL before the handshake */
    gboolean handshaking;
    gboolean secured;
    gboolean starved; /* the last pull found nothing */
    gboolean ticket_told;
    gboolean acceptable; /* the server's certificate, by the client's rules */
    GPtrArray *messages; /* handshake messages seen and not yet told */
};

/* wire.c: say SAID, then go on as WANT demands; tell the session that its connection is
 * lost. */
void mailsim_wire_obey(MailsimWire *wire, MailsimWant want, const GString *said);
void mailsim_wire_lose(MailsimWire *wire, MailsimLoss why);

/* wire-tls.c. Those that return a boolean say FALSE when there is nothing more to read for
 * now. */
void mailsim_wire_start_handshake(MailsimWire *wire);
gboolean mailsim_wire_continue_handshake(MailsimWire *wire);
void mailsim_wire_encrypt(MailsimWire *wire, const char *text, gsize length);
gboolean mailsim_wire_decrypt(MailsimWire *wire);
void mailsim_wire_end_tls(MailsimWire *wire);
void mailsim_handshake_message_free(gpointer message);
