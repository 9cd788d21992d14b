/* SPDX-License-Identifier: MIT
 *
 * Replies of an SMTP server (RFC 5321 §4.2): three digits, then a hyphen while more lines
 * come. */
#pragma once

#include <mailsim/protocol/parse.h>

typedef struct {
    guint code;
    GPtrArray *lines; /* of char *: the text after the code and its separator */
} MailsimSmtpReply;

MailsimSmtpReply *mailsim_smtp_reply_new(void);
void mailsim_smtp_reply_free(MailsimSmtpReply *reply);

/* Add one line without its line end. DONE: the reply is whole. ERROR: this is no reply line, it
 * belongs to another reply, or there are more lines than MAILSIM_REPLY_LINES_MAX. */
MailsimParse mailsim_smtp_reply_add_line(MailsimSmtpReply *reply, const char *line);

/* 2 to 5: positive, intermediate, transient, permanent (RFC 5321 §4.2.1). */
guint mailsim_smtp_reply_get_class(const MailsimSmtpReply *reply);

/* “250 2.0.0 Ok: queued as …”, lines joined by a blank, and controls masked by “?”, as Postfix
 * logs them; free with g_free(). */
char *mailsim_smtp_reply_format(const MailsimSmtpReply *reply);

/* The enhanced status code at the start of TEXT, a reply or its text (RFC 3463); when there is
 * none, CLASS.0.0 as Postfix assumes. NULL when TEXT is no reply. Free with g_free(). */
char *mailsim_smtp_reply_dup_dsn(const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimSmtpReply, mailsim_smtp_reply_free)
