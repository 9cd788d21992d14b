/* SPDX-License-Identifier: MIT
 *
 * A session is one side of one protocol conversation, and nothing else: it does no I/O, has no
 * clock and no randomness, and knows no TLS library. A wire tells it what it wanted to hear; it
 * answers by writing to OUT, which is empty at each call, and saying what it wants next.
 * Whatever is in OUT then is sent, whichever want comes back. */
#pragma once

#include <glib.h>

typedef enum {
    MAILSIM_WANT_LINE,  /* one line; what is longer than the session's class says is cut off */
    MAILSIM_WANT_TEXT,  /* one line; what is longer comes in pieces of that length */
    MAILSIM_WANT_BYTES, /* as many as the session's class says */
    MAILSIM_WANT_TLS,   /* a handshake; nothing that came before it may be read after it */
    MAILSIM_WANT_REST,  /* nothing for a while: to hear nothing and say nothing */
    MAILSIM_WANT_END,   /* nothing more: close */
} MailsimWant;

typedef enum {
    MAILSIM_LINE_END_CRLF,
    MAILSIM_LINE_END_LF,   /* a bare line feed */
    MAILSIM_LINE_END_NONE, /* a piece of a longer line, or bytes */
} MailsimLineEnd;

/* What a session hears. Lent for the call. */
typedef struct {
    const char *text; /* without its line end; may hold NUL and CR; a NUL stands behind it */
    gsize length;
    MailsimLineEnd line_end;

    /* What has arrived behind it already, as a client that pipelines sends it. */
    const char *waiting;
    gsize n_waiting;
} MailsimInput;

typedef enum {
    MAILSIM_LOSS_CLOSED,  /* the other side closed the connection */
    MAILSIM_LOSS_TLS,     /* the handshake, or a record later, failed */
    MAILSIM_LOSS_TIMEOUT, /* what was wanted did not come in time */
} MailsimLoss;

/* What the wire says of a finished handshake. Strings are lent for the call. */
typedef struct {
    const char *description; /* “TLSv1.3 with cipher … (256/256 bits)”, as Postfix logs it */
    const char *key_exchange;  /* “key-exchange X25519 server-signature …”, likewise */
    gboolean acceptable;       /* a client's own rules accept the server's certificate */
    gboolean peer_certificate; /* the other side has shown one */
} MailsimTlsInfo;

typedef struct MailsimSession MailsimSession;

typedef struct {
    MailsimWant (*begin)(MailsimSession *session, GString *out);
    MailsimWant (*heard)(MailsimSession *session, const MailsimInput *input, GString *out);
    MailsimWant (*secured)(MailsimSession *session, const MailsimTlsInfo *tls, GString *out);

    /* It has rested. NULL: it never does. */
    MailsimWant (*rested)(MailsimSession *session, GString *out);

    /* What it wants has not come in time; what it has to say about that. NULL: lost() with
     * MAILSIM_LOSS_TIMEOUT, and the end. */
    MailsimWant (*timed_out)(MailsimSession *session, GString *out);

    /* While it waited for a line, something has happened that it may want to tell: mail has
     * come. It goes on waiting, unless it says otherwise. NULL: it has nothing to do with
     * that. */
    MailsimWant (*noticed)(MailsimSession *session, GString *out);

    /* The conversation has ended from outside. MAILSIM_LOSS_TIMEOUT: or what it has said was
     * not taken in time. */
    void (*lost)(MailsimSession *session, MailsimLoss why);

    /* Microseconds: how long it rests, or waits for more of what it wants; 0: for ever. NULL:
     * it always waits for ever. */
    gint64 (*get_patience)(MailsimSession *session);

    /* The longest line. NULL: MAILSIM_LINE_MAX_BYTES. */
    gsize (*get_line_max)(MailsimSession *session);

    /* How many, where it wants bytes: at least one. NULL: it never does. */
    gsize (*count_bytes)(MailsimSession *session);

    /* What it waits for now: “greeting”, “reply”, “command”, “message”, “chunk”, “SASL
     * response”. Lent. NULL: nothing that it could miss, and its patience is no time-out. */
    const char *(*waits_for)(MailsimSession *session);
    void (*free)(MailsimSession *session);
} MailsimSessionClass;

/* First member of every session. */
struct MailsimSession {
    const MailsimSessionClass *class;
    gsize n_early;     /* bytes that had come before it began; the wire says so */
    const char *early; /* which, while it begins; lent */
    gsize n_left; /* bytes that it had not heard when its connection was lost, or its patience;
                    * likewise */
    const char *left; /* which, while it is told so; lent; NULL: whoever lost it cannot say */
};

void mailsim_session_free(MailsimSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimSession, mailsim_session_free)
