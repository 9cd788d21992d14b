/* SPDX-License-Identifier: MIT
 *
 * The wire's state, and what wire.c and wire-tls.c call of each other. */
#pragma once

#include <mailsim/session/feed.h>
#include <mailsim/wire/wire.h>

struct MailsimWire {
    int fd;
    MailsimSession *session;
    MailsimTls *tls; /* NULL: this side has none */
    char *server_name;
    char *expected_names;
    MailsimTlsAnnouncement *announced; /* NULL: nothing */
    GBytes *ticket;                    /* to resume from; NULL: none */
    MailsimTlsLimits limits;
    MailsimTlsResumption resumption; /* a server's */
    gboolean lets_resume;            /* its memory is referenced */
    gboolean asks_certificate;
    gboolean heeds_left_over;
    gsize read_max_bytes;
    gboolean by_turns;
    gboolean has_more; /* its turn was over before all had been read and heard */

    const MailsimWireObserver *observer; /* borrowed, with its data */
    gpointer data;

    MailsimWant want;
    MailsimFeed feed; /* plain text that the session has not heard */
    gboolean ended;   /* nothing more will arrive, and why; to be heard after the rest */
    MailsimLoss end;
    GByteArray *output; /* raw bytes to be sent */
    gboolean over;

    gnutls_session_t channel; /* NULL before the handshake */
    gboolean handshaking;
    gboolean secured;
    GBytes *pulled;   /* what the socket gave and GnuTLS has not taken all of; NULL: nothing */
    gsize n_taken;    /* of PULLED */
    gboolean emptied; /* the socket gave less than was asked for: there is no more for now */
    gboolean starved; /* the last pull found nothing */
    guint8 tail[7];   /* the last bytes that were pulled: the size of an alert in the clear */
    gboolean ticket_came; /* one of TLS 1.3, not told yet */
    gboolean acceptable;  /* the server's certificate, by the client's rules */
    GPtrArray *messages;  /* handshake messages seen and not yet told; NULL: none */
};

/* wire.c: say SAID, then go on as WANT demands. */
void mailsim_wire_obey(MailsimWire *wire, MailsimWant want, const GString *said);

/* Nothing more will arrive; the session is told once it has heard what has. */
void mailsim_wire_end_input(MailsimWire *wire, MailsimLoss why);

/* wire-tls.c. Those that return a boolean say FALSE when there is nothing more to read for
 * now. */
void mailsim_wire_start_handshake(MailsimWire *wire);
gboolean mailsim_wire_continue_handshake(MailsimWire *wire);
void mailsim_wire_give_up_handshake(MailsimWire *wire);
void mailsim_wire_encrypt(MailsimWire *wire, const char *text, gsize length);
gboolean mailsim_wire_decrypt(MailsimWire *wire);
void mailsim_wire_end_tls(MailsimWire *wire);
