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
    MAILSIM_SMTP_EXPECT_CHUNK,
} MailsimSmtpServerState;

/* BDAT of one transaction. */
typedef struct {
    gboolean begun;   /* there was a BDAT, and only BDAT or RSET may follow */
    gboolean failed;  /* what is still to come is read and thrown away */
    gboolean last;    /* the chunk under way is */
    gsize chunk_size; /* as announced */
    gsize n_missing;  /* of the chunk under way */
    char *refusal;    /* of the chunk under way; NULL: it is taken */
    GString *content; /* all chunks up to now */
} MailsimSmtpChunking;

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
    gboolean vrfy_disabled;

    const MailsimSmtpPolicy *policy; /* borrowed, with its data */
    gpointer data;

    MailsimSmtpServerState state;
    MailsimSmtpEnvelope envelope;
    MailsimSmtpChunking chunking;
} MailsimSmtpServer;

/* Write the reply to OUT, and say what is wanted next. ARGUMENT is never NULL. */
typedef MailsimWant (*MailsimSmtpHandler)(MailsimSmtpServer *server,
                                          const char *argument,
                                          GString *out);

/* Append TEXT and CR LF; the next command is wanted. */
MailsimWant mailsim_smtp_server_reply(GString *out, const char *text);

/* Is AUTH to be had now: enabled, and under TLS where it needs that. */
gboolean mailsim_smtp_server_offers_auth(const MailsimSmtpServer *server);

/* No MAIL, no recipients, no chunks. */
void mailsim_smtp_server_reset_transaction(MailsimSmtpServer *server);

/* smtp-server-bdat.c */
MailsimWant
mailsim_smtp_server_do_bdat(MailsimSmtpServer *server, const char *argument, GString *out);
MailsimWant mailsim_smtp_server_hear_chunk(MailsimSmtpServer *server,
                                           const char *bytes,
                                           gsize length,
                                           GString *out);
gsize mailsim_smtp_server_count_chunk_bytes(const MailsimSmtpServer *server);

/* smtp-server-dsn.c: the reply that refuses the parameter at INDEX, one of RET, ENVID, NOTIFY
 * and ORCPT with a value; NULL: fine. Free with g_free(). */
char *mailsim_smtp_server_refuse_dsn(const GPtrArray *parameters, guint index);

/* smtp-server-query.c */
MailsimWant
mailsim_smtp_server_do_vrfy(MailsimSmtpServer *server, const char *argument, GString *out);
MailsimWant
mailsim_smtp_server_do_etrn(MailsimSmtpServer *server, const char *argument, GString *out);

/* smtp-server-auth.c */
MailsimWant
mailsim_smtp_server_do_auth(MailsimSmtpServer *server, const char *argument, GString *out);
MailsimWant mailsim_smtp_server_hear_sasl_response(MailsimSmtpServer *server,
                                                   const char *response,
                                                   GString *out);
