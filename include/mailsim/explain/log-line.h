/* SPDX-License-Identifier: MIT
 *
 * A line of a mail log, taken apart: what stands before the program's name (rsyslog of today and
 * of before, Postfix's own maillog_file, journalctl, nothing at all), the program, and what it
 * says. (recording/log-line.h writes the lab's lines; here any server's are read.) What a line
 * means is not known here; it is the business of log.h. Forms of the prefix:
 * rsyslog.conf(5), postlogd(8), journalctl(1) --output; of queue ids: postconf(5)
 * enable_long_queue_ids. Any bytes are a line; none of them is an error. */
#pragma once

#include <glib.h>

typedef enum {
    MAILSIM_LOG_NOTHING, /* empty, or the “==> name <==” of tail(1) and of mailsim itself */
    MAILSIM_LOG_BARE,    /* no program is named: only what one of them says, perhaps */
    MAILSIM_LOG_POSTFIX,
    MAILSIM_LOG_DOVECOT,
    MAILSIM_LOG_OTHER, /* a program that is neither */
} MailsimLogProgram;

/* Strings that the line does not have are NULL. */
typedef struct {
    MailsimLogProgram program;
    char *text;    /* the line in UTF-8; what cannot be printed as “\xNN” */
    gboolean cut;  /* it was longer, and only its beginning is looked at */
    char *time;    /* as it is written: “Jul  2 10:00:00” */
    char *host;    /* “mail” */
    char *name;    /* “postfix/submission/smtpd”, “dovecot” */
    char *service; /* “submission”: what syslog_name adds */
    char *daemon;  /* “smtpd”, “imap-login” */
    char *pid;     /* of the daemon */
    char *user;    /* whom a process of Dovecot serves */
    char *session; /* Dovecot's name of a session */
    char *severity; /* “warning”, “error”, “fatal”, “panic”, “info”, “debug” */
    char *queue_id; /* “4F1C2A0B3D”, “NOQUEUE” */
    char *message;  /* what is said: the rest */
} MailsimLogLine;

/* LENGTH bytes without their line feed; a zero byte is one like others. */
MailsimLogLine *mailsim_log_line_new(const char *bytes, gsize length);
void mailsim_log_line_free(MailsimLogLine *line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimLogLine, mailsim_log_line_free)
