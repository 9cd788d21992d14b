/* SPDX-License-Identifier: MIT
 *
 * What a line of a mail log is about, found in its words as a person finds it, or grep(1); and
 * from that, which lines a reader of a transcript wants to see. */
#pragma once

#include <mailsim/recording/event.h>

typedef enum {
    LOG_OTHER,
    LOG_CONNECT,
    LOG_DISCONNECT,
    LOG_CLIENT,
    LOG_PICKUP,
    LOG_MESSAGE_ID,
    LOG_ACTIVE,
    LOG_REMOVED,
    LOG_UNREACHABLE, /* “connect to …: Connection refused”; the status says it again */
    LOG_LOST,        /* the other side hung up, or kept silent */
    LOG_OFFENCE,     /* it broke the protocol */
    LOG_REJECT,
    LOG_WARNING,
    LOG_FATAL,
    LOG_TLS,
    LOG_SETBACK, /* of a delivery that goes on: with the next server, or without TLS */
    LOG_STATUS,
    LOG_EXPIRED,
    LOG_NOTIFICATION,
    LOG_LOGIN,       /* Dovecot: somebody is in */
    LOG_LOGIN_ERROR, /* … is not, or TLS has failed */
    LOG_LOGIN_END,   /* … left without having tried */
    LOG_SESSION_END, /* … has read enough */
} LogKind;

/* Of an event of kind MAILSIM_EVENT_LOG, as the next two. */
LogKind log_kind_find(const MailsimEvent *line);

/* “reject”: the word of notes. */
const char *log_kind_name(LogKind kind);

/* The daemon, “smtpd” of “postfix/submission/smtpd”; lent. */
const char *log_get_daemon(const MailsimEvent *line);

/* Does it begin with a queue id? */
gboolean log_has_queue_id(const MailsimEvent *line);

/* Does it stand in a transcript of normal detail, whether a note explains it or not? */
gboolean log_kind_matters(LogKind kind);

/* Does it say what came of an attempt? Else it belongs to the conversation. */
gboolean log_kind_concludes(LogKind kind);

/* Is LINE what the log has of EVENT, of another kind? */
gboolean log_records(const MailsimEvent *line, const MailsimEvent *event);
