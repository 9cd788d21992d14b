/* SPDX-License-Identifier: MIT
 *
 * What the files of the SMTP server share: the session's state and the form of its handlers. */
#pragma once

#include <mailsim/protocol/smtp-command.h>
#include <mailsim/session/smtp-server.h>

/* Named by what the server waits for. */
typedef enum {
    MAILSIM_SMTP_EXPECT_COMMAND,
    MAILSIM_SMTP_EXPECT_SASL_RESPONSE,
    MAILSIM_SMTP_EXPECT_MESSAGE,
} MailsimSmtpServerState;

typedef struct {
    MailsimSession session;

    char *hostname;
    char *banner;
    char *mechanisms;
    gsize message_size_limit;
    gboolean tls_offered;
    gboolean tls_required;
    gboolean tls_broken;
    gboolean tls_wrappermode;
    gboolean auth_enabled;
    gboolean auth_needs_tls;

    const MailsimSmtpPolicy *policy; /* borrowed, with its data */
    gpointer data;

    MailsimSmtpServerState state;
    MailsimSmtpEnvelope envelope;
} MailsimSmtpServer;

/* Write the reply to OUT, and say what is wanted next. ARGUMENT is never NULL. */
typedef MailsimWant (*MailsimSmtpHandler)(MailsimSmtpServer *server,
                                          const char *argument,
                                          GString *out);

/* Append TEXT and CR LF; the next command is wanted. */
MailsimWant mailsim_smtp_server_reply(GString *out, const char *text);

/* Is AUTH to be had now: enabled, and under TLS where it needs that. */
gboolean mailsim_smtp_server_offers_auth(const MailsimSmtpServer *server);

/* smtp-server-auth.c */
MailsimWant
mailsim_smtp_server_do_auth(MailsimSmtpServer *server, const char *argument, GString *out);
MailsimWant mailsim_smtp_server_hear_sasl_response(MailsimSmtpServer *server,
                                                   const char *response,
                                                   GString *out);
