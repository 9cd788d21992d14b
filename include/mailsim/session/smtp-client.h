/* SPDX-License-Identifier: MIT
 *
 * The client side of SMTP: a mail program that submits (RFC 6409), or a mail server that relays
 * (RFC 5321). One message for each conversation. The tables in smtp-client.c tell the story. */
#pragma once

#include <mailsim/protocol/smtp-recipient.h>
#include <mailsim/session/client.h>

/* How long each answer is waited for, in microseconds: postconf(5) smtp_helo_timeout and its
 * like. */
typedef struct {
    gint64 helo_us; /* greeting, EHLO, and AUTH */
    gint64 starttls_us;
    gint64 mail_us;
    gint64 rcpt_us;
    gint64 data_init_us;
    gint64 data_done_us;
    gint64 rset_us;
    gint64 quit_us;
} MailsimSmtpTimeouts;

typedef struct {
    gboolean relays; /* a server that relays, not a mail program */
    const char *helo_name;
    const char *own_name; /* a server that has it is the client itself; NULL: nobody cares */
    MailsimClientTls tls;
    gboolean tls_unavailable; /* the client could not do what it is asked to */
    MailsimSaslClient sasl;   /* start is NULL: no login */
    const char *sender;
    GPtrArray *recipients;   /* of MailsimSmtpRecipient; referenced */
    MailsimReturn returns;   /* asked for where DSN is offered (RFC 3461 §4) */
    const char *envelope_id; /* the same; NULL: none */
    GBytes *message;         /* lines end in LF */
    gboolean eight_bit;      /* announce it where 8BITMIME is offered (RFC 6152) */
    gboolean utf8;           /* announce it where SMTPUTF8 is offered (RFC 6531) */
    MailsimSmtpTimeouts timeouts;

    /* All is set up: the mail transaction begins. NULL: nobody wants to know. */
    void (*ready)(gpointer data);

    /* The server has said what becomes of RECIPIENT; it may change its mind. NULL likewise. */
    void (*answered)(gpointer data, guint recipient);
    gpointer data;
} MailsimSmtpClientOptions;

/* Why a conversation did not come to a message accepted. */
typedef enum {
    MAILSIM_SMTP_FAILURE_NONE,
    MAILSIM_SMTP_FAILURE_REPLY,           /* a command was refused: see the reply */
    MAILSIM_SMTP_FAILURE_TLS_NOT_OFFERED, /* STARTTLS is required and not in the EHLO list */
    MAILSIM_SMTP_FAILURE_TLS_REFUSED, /* STARTTLS is required and was answered by an error */
    MAILSIM_SMTP_FAILURE_TLS_UNAVAILABLE, /* it is required and offered; the client has none */
    MAILSIM_SMTP_FAILURE_TLS_HANDSHAKE,
    MAILSIM_SMTP_FAILURE_CERTIFICATE, /* the handshake is done, the certificate will not do */
    MAILSIM_SMTP_FAILURE_AUTH_NOT_OFFERED,
    MAILSIM_SMTP_FAILURE_AUTH_BROKEN, /* the server challenges, and there is no answer to it */
    MAILSIM_SMTP_FAILURE_LOOP,        /* the server has the client's own name */
    MAILSIM_SMTP_FAILURE_TOO_LARGE,   /* for the SIZE that the server announces */
    MAILSIM_SMTP_FAILURE_NO_REPLY,    /* what came was no SMTP reply */
    MAILSIM_SMTP_FAILURE_LOST,        /* the server hung up */
    MAILSIM_SMTP_FAILURE_TIMEOUT,     /* it did not answer in time */
} MailsimSmtpFailure;

/* What the server said of one recipient, or of all. */
typedef struct {
    char *reply;         /* “250 2.0.0 Ok: queued as …”; NULL: never got that far */
    const char *command; /* “RCPT TO command”, as Postfix names it in its log */
} MailsimSmtpOutcome;

typedef struct MailsimSmtpClient MailsimSmtpClient;

/* Everything in OPTIONS is copied, or borrowed as said there. */
MailsimSmtpClient *mailsim_smtp_client_new(const MailsimSmtpClientOptions *options);

/* The same object; freed by mailsim_session_free(). */
MailsimSession *mailsim_smtp_client_get_session(MailsimSmtpClient *client);

MailsimSmtpFailure mailsim_smtp_client_get_failure(const MailsimSmtpClient *client);
const MailsimSmtpOutcome *mailsim_smtp_client_get_outcome(const MailsimSmtpClient *client,
                                                          guint recipient);

/* The step whose answer never came because the server hung up: “RCPT TO command”; NULL: it did
 * not. */
const char *mailsim_smtp_client_get_lost_step(const MailsimSmtpClient *client);

/* The SIZE that the server announces; 0: none, or no limit. */
guint64 mailsim_smtp_client_get_size_limit(const MailsimSmtpClient *client);

/* Did the greeting have the client's own name? */
gboolean mailsim_smtp_client_is_greeted_as_self(const MailsimSmtpClient *client);

/* Has the server let it past EHLO or HELO? */
gboolean mailsim_smtp_client_is_welcome(const MailsimSmtpClient *client);

/* Did the server offer DSN, so that it was asked for what it may report itself? */
gboolean mailsim_smtp_client_passed_notify_on(const MailsimSmtpClient *client);

/* Is KEYWORD among those of the server's last answer to EHLO? */
gboolean mailsim_smtp_client_is_offered(const MailsimSmtpClient *client, const char *keyword);

/* Was it inside TLS at the end? */
gboolean mailsim_smtp_client_is_secured(const MailsimSmtpClient *client);
