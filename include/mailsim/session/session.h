/* SPDX-License-Identifier: MIT
 *
 * A session is one side of one protocol conversation, and nothing else: it does no I/O, has no
 * clock and no randomness, and knows no TLS library. A wire tells it what it wanted to hear; it
 * answers by writing to OUT and saying what it wants next. Whatever is in OUT is sent,
 * whichever want comes back. */
#pragma once

#include <glib.h>

typedef enum {
    MAILSIM_WANT_LINE,    /* one line, without its line end */
    MAILSIM_WANT_MESSAGE, /* all up to a line that is a lone dot, that line left out */
    MAILSIM_WANT_BYTES,   /* as many as the session's class says */
    MAILSIM_WANT_TLS,     /* a handshake; nothing that came before it may be read after it */
    MAILSIM_WANT_END,     /* nothing more: close */
} MailsimWant;

typedef enum {
    MAILSIM_LOSS_CLOSED, /* the other side closed the connection */
    MAILSIM_LOSS_TLS,    /* the handshake, or a record later, failed */
} MailsimLoss;

/* What the wire says of a finished handshake. Strings are lent for the call. */
typedef struct {
    const char *description; /* “TLSv1.3 with cipher … (256/256 bits)”, as Postfix logs it */
    const char *key_exchange; /* “key-exchange X25519 server-signature …”, likewise */
    gboolean acceptable;      /* a client's own rules accept the server's certificate */
} MailsimTlsInfo;

typedef struct MailsimSession MailsimSession;

typedef struct {
    MailsimWant (*begin)(MailsimSession *session, GString *out);
    MailsimWant (*heard)(MailsimSession *session, const char *text, gsize length, GString *out);
    MailsimWant (*secured)(MailsimSession *session, const MailsimTlsInfo *tls, GString *out);
    void (*lost)(MailsimSession *session, MailsimLoss why);

    /* How many, where it wants bytes: at least one. NULL: it never does. */
    gsize (*count_bytes)(MailsimSession *session);

    /* What it waits for now: “greeting”, “reply”, “command”, “message”, “chunk”, “SASL
     * response”. Lent. */
    const char *(*waits_for)(MailsimSession *session);
    void (*free)(MailsimSession *session);
} MailsimSessionClass;

/* First member of every session. */
struct MailsimSession {
    const MailsimSessionClass *class;
};

void mailsim_session_free(MailsimSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimSession, mailsim_session_free)
