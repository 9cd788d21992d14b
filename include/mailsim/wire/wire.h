/* SPDX-License-Identifier: MIT
 *
 * A wire is the bytes and the TLS of one side of a connection, and the only code that knows
 * file descriptors. It drives its session: hears what the session wants, collects what it says.
 * It never sends by itself: its owner takes the output, carries it as the link demands, and
 * lets it out with mailsim_wire_transmit(). */
#pragma once

#include <mailsim/session/session.h>
#include <mailsim/wire/tls-announcement.h>
#include <mailsim/wire/tls.h>

typedef struct MailsimWire MailsimWire;

/* Why a handshake came to nothing. */
typedef struct {
    const char *reason;  /* see MAILSIM_EVENT_TLS_FAILED */
    int alert;           /* that the other side sent (RFC 8446 §6); -1: none */
    gboolean no_version; /* this side may speak none, and did not begin */
    gboolean no_common;  /* both sides may, but not the same one */
} MailsimTlsFailure;

/* What a wire tells its owner. All may be NULL. Strings are lent for the call. */
typedef struct {
    void (*line)(gpointer data, gboolean sent, gboolean secured, const char *text);
    void (*handshake)(gpointer data, gboolean sent, const char *message, const char *detail);

    /* The handshake begins: nothing has been said. */
    void (*begins)(gpointer data, MailsimTlsResumption *resumption);

    /* A server has been greeted. Both may say how its clients resume, this one no other mode;
     * the memory is referenced. By itself it lets them with tickets, for an hour. */
    void (*hello)(gpointer data, MailsimTlsResumption *resumption);

    /* The server has chosen: version and group are known, perhaps the cipher. */
    void (*negotiated)(gpointer data, gnutls_session_t session);

    /* The client's rules about the server's certificate: will it do. JUDGEMENT is NULL when the
     * server showed none (an anonymous cipher). */
    gboolean (*judge)(gpointer data, const MailsimTlsJudgement *judgement);

    /* The session is an old one, which was judged when it was new: will it do still. */
    gboolean (*resumed)(gpointer data);

    /* The handshake is complete. */
    void (*secured)(gpointer data, gnutls_session_t session);
    void (*tls_failed)(gpointer data, const MailsimTlsFailure *failure);

    /* TICKET is what a later connection may resume from: a ticket of TLS 1.3 that came, or
     * what a full handshake of an older version has left. */
    void (*ticket)(gpointer data, GBytes *ticket);

    /* Bytes that came before the handshake and would have been read after it. */
    void (*left_over)(gpointer data, gsize n_bytes);
} MailsimWireObserver;

typedef struct {
    int fd;                            /* non-blocking; the wire closes it */
    MailsimSession *session;           /* taken over */
    MailsimTls *tls;                   /* referenced; NULL: this side has no TLS */
    const char *server_name;           /* a client's SNI; NULL: none is sent */
    const char *expected_names;        /* to be in the certificate; NULL: not looked for */
    MailsimTlsAnnouncement *announced; /* referenced; NULL: nothing is known of it before */
    GBytes *ticket; /* to resume from; NULL: none yet; see mailsim_wire_set_ticket() */
    MailsimTlsLimits limits;
    gboolean asks_certificate; /* a server that asks its client for one */
    gboolean heeds_left_over;  /* plain text before a handshake is not thrown away but taken for
                                 its beginning, and is its end: so it is at Dovecot */
    gsize read_max_bytes;      /* at most so many at a time; 0: 4096 */
    gboolean by_turns;         /* see mailsim_wire_has_more() */
    const MailsimWireObserver *observer; /* borrowed, with its data */
    gpointer data;
} MailsimWireOptions;

MailsimWire *mailsim_wire_new(const MailsimWireOptions *options);
void mailsim_wire_free(MailsimWire *wire);

/* The connection stands: let the session begin. */
void mailsim_wire_begin(MailsimWire *wire);

/* There may be something to read: read all there is and let the session hear it. */
void mailsim_wire_read(MailsimWire *wire);

/* By turns a wire reads ahead once at a time, and stops hearing when
 * MAILSIM_SAY_AHEAD_MAX_BYTES wait to be sent, so that a client that never pauses neither keeps
 * its owner for ever nor fills its memory. TRUE: that was so, and mailsim_wire_read() should be
 * called again though nothing new may arrive. */
gboolean mailsim_wire_has_more(const MailsimWire *wire);

/* What is to be sent, in order; NULL when there is nothing. Free with g_bytes_unref(). */
GBytes *mailsim_wire_steal_output(MailsimWire *wire);

/* Let BYTES out to the other side: how many the kernel has taken, perhaps none for now; -1: the
 * other side is gone. */
gssize mailsim_wire_transmit(MailsimWire *wire, const guint8 *bytes, gsize length);

/* Let the end of the stream out. */
void mailsim_wire_shut(MailsimWire *wire);

/* Microseconds until mailsim_wire_wake() is due if nothing arrives before, counted from the
 * last call of any of these functions; 0: never. */
gint64 mailsim_wire_get_patience(const MailsimWire *wire);

/* The time is over: the session has rested, or waited, long enough. */
void mailsim_wire_wake(MailsimWire *wire);
gboolean mailsim_wire_is_resting(const MailsimWire *wire);

/* It is over, unless it is already, and the session is told: the other side is gone, or takes
 * nothing of what is said. */
void mailsim_wire_lose(MailsimWire *wire, MailsimLoss why);

/* Something has happened that its session may want to tell; see MailsimSessionClass. */
void mailsim_wire_notice(MailsimWire *wire);

/* FALSE: more than enough has been read ahead, or nothing will be heard any more. */
gboolean mailsim_wire_wants_input(const MailsimWire *wire);

/* Where it is with TLS: neither before the first handshake. */
gboolean mailsim_wire_is_handshaking(const MailsimWire *wire);
gboolean mailsim_wire_is_secured(const MailsimWire *wire);

/* Before its handshake: TICKET, referenced, is what a client would resume from; NULL:
 * nothing. */
void mailsim_wire_set_ticket(MailsimWire *wire, GBytes *ticket);

/* GnuTLS's session, lent, which may be in the middle of its handshake; NULL: there is none
 * yet. */
gnutls_session_t mailsim_wire_get_channel(const MailsimWire *wire);

/* The session has ended, or its connection is lost: nothing more will be said here. */
gboolean mailsim_wire_is_over(const MailsimWire *wire);

/* What this side waits for: “TLS handshake”, or what its session says. Lent. */
const char *mailsim_wire_waits_for(const MailsimWire *wire);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimWire, mailsim_wire_free)
