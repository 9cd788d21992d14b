/* SPDX-License-Identifier: MIT
 *
 * A mail program that reads its mailbox, by IMAP (RFC 3501) or by POP3 (RFC 1939): one
 * conversation, from the greeting to LOGOUT or QUIT, in which it gets what it has not yet. The
 * tables in imap-client.c and pop3-client.c tell the story. */
#pragma once

#include <mailsim/session/client.h>

/* Why a conversation did not come to its end. */
typedef enum {
    MAILSIM_FETCH_FAILURE_NONE,
    MAILSIM_FETCH_FAILURE_REPLY, /* a command was refused, or BYE said: see the reply */
    MAILSIM_FETCH_FAILURE_TLS_NOT_OFFERED, /* STARTTLS or STLS is required and not announced */
    MAILSIM_FETCH_FAILURE_TLS_REFUSED,     /* … and was answered by an error */
    MAILSIM_FETCH_FAILURE_TLS_HANDSHAKE,
    MAILSIM_FETCH_FAILURE_CERTIFICATE, /* the handshake is done, the certificate will not do */
    MAILSIM_FETCH_FAILURE_LOGIN_DISABLED, /* the server takes no password here (LOGINDISABLED),
                                             and none was said */
    MAILSIM_FETCH_FAILURE_AUTH_BROKEN, /* the server challenges, and there is no answer to it */
    MAILSIM_FETCH_FAILURE_NO_REPLY,    /* what came was no answer of such a server */
    MAILSIM_FETCH_FAILURE_LOST,        /* the server hung up */
    MAILSIM_FETCH_FAILURE_TIMEOUT,     /* it did not answer in time */
} MailsimFetchFailure;

/* Strings are copied. */
typedef struct {
    MailsimClientTls tls;
    MailsimSaslClient sasl; /* of the account; start is NULL: AUTHENTICATE is never tried */
    const char *user;       /* for LOGIN, or USER; NULL: the program does not log in at all */
    const char *password;
    const GPtrArray *known; /* of char *: messages that it has, by id; NULL: none; copied */
    gboolean deletes;       /* POP3: what it has, now or before, is deleted at the server */
    gint64 timeout_us;      /* how long each answer is waited for */
} MailsimFetchOptions;

/* A message as the program knows it. Strings are owned. */
typedef struct {
    char *id;        /* “UIDVALIDITY.UID”, or what UIDL says: by this it is known again */
    gboolean seen;   /* IMAP: it was \Seen already when the program looked */
    GBytes *content; /* lines end in LF; NULL: the program had it already, or did not get it */
} MailsimFetchedMessage;

typedef struct {
    MailsimFetchFailure failure;
    const char *command; /* that was answered by an error: “LOGIN”, “STLS”; NULL: none was */
    char *reply; /* that error, without a tag: “NO [AUTHENTICATIONFAILED] …”, “-ERR …” */
    gboolean logged_in;
    gboolean secured;    /* inside TLS at the end */
    GPtrArray *messages; /* of MailsimFetchedMessage: all that are in the mailbox */
} MailsimFetchResult;

typedef struct MailsimFetchClient MailsimFetchClient;

MailsimFetchClient *mailsim_imap_client_new(const MailsimFetchOptions *options);
MailsimFetchClient *mailsim_pop3_client_new(const MailsimFetchOptions *options);

/* The same object; freed by mailsim_session_free(). */
MailsimSession *mailsim_fetch_client_get_session(MailsimFetchClient *client);

/* Lent. */
const MailsimFetchResult *mailsim_fetch_client_get_result(const MailsimFetchClient *client);
