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

/* The text of a message as it comes, by DATA or by BDAT. */
typedef struct {
    GString *content;        /* lines end in LF; dots are undone */
    gsize size;              /* as Postfix counts it: each line with CR LF */
    MailsimLineEnd last_end; /* of the line before */
    gboolean begun;          /* a line has come that is the message's own */
    gboolean bare_newline;   /* a line ended in a bare LF */
    gboolean too_big;        /* message_size_limit is passed; what comes is thrown away */
} MailsimSmtpText;

/* BDAT of one transaction. */
typedef struct {
    gboolean begun;   /* there was a BDAT, and only BDAT or RSET may follow */
    gboolean failed;  /* what is still to come is read and thrown away */
    gboolean last;    /* the chunk under way is */
    gsize chunk_size; /* as announced */
    gsize n_missing;  /* of the chunk under way */
    char *refusal;    /* of the chunk under way; NULL: it is taken */
} MailsimSmtpChunking;

/* What is not said yet: of a client that made too many errors, or while a policy takes its
 * time, or because more commands wait. */
typedef struct {
    GString *due;     /* said when the rest is over, or with the next answer */
    GString *later;   /* the lines after it */
    gint64 rest_us;   /* how long the rest under way takes */
    gint64 sleep_us;  /* before each of the lines after it */
    MailsimWant want; /* once all is said */
} MailsimSmtpHeld;

/* How often a command was said, and how often obeyed. */
typedef struct {
    guint n_said;
    guint n_obeyed;
} MailsimSmtpTally;

#define MAILSIM_SMTP_COMMANDS 15

typedef struct {
    MailsimSession session;
    MailsimSmtpServerOptions options; /* with strings of its own */
    const MailsimSmtpPolicy *policy;  /* borrowed, with its data */
    gpointer data;

    MailsimSmtpServerState state;
    MailsimWant want;    /* the last one */
    gboolean more_waits; /* whole lines behind the command under way */
    gsize n_waiting;     /* bytes behind it */
    guint n_errors;      /* replies 4xx and 5xx */
    guint n_junk;        /* commands that send nothing, since the last message */
    guint n_overshoot;   /* recipients beyond the limit, in this transaction */
    gboolean junk;       /* the command under way was one too many of those that move no mail */
    gboolean forgiven;   /* the reply under way is no error, though it says so */
    gboolean submitter_named; /* MAIL had AUTH= with somebody, as it may have once */
    gboolean denied;          /* smtpd_client_restrictions refused it at once */
    MailsimSmtpTally tallies[MAILSIM_SMTP_COMMANDS];
    MailsimSmtpTally unknown;
    MailsimSmtpTally *tally; /* of the command under way; NULL: none that could be obeyed */
    gboolean ended;          /* and the log says so */
    MailsimSmtpHeld held;
    MailsimSmtpEnvelope envelope;
    MailsimSmtpText text;
    MailsimSmtpChunking chunking;
} MailsimSmtpServer;

/* Write the reply to OUT, and say what is wanted next. */
typedef MailsimWant (*MailsimSmtpHandler)(MailsimSmtpServer *server,
                                          const MailsimSmtpCommand *command,
                                          GString *out);

/* Append TEXT and CR LF; the next command is wanted. */
MailsimWant mailsim_smtp_server_reply(GString *out, const char *text);

/* The policy's reply that refuses; NULL: it lets it pass. Free with g_free(). */
char *mailsim_smtp_server_check(MailsimSmtpServer *server,
                                MailsimSmtpStage stage,
                                const char *subject);

MailsimSmtpTally *mailsim_smtp_server_get_tally(MailsimSmtpServer *server, const char *verb);

/* smtp-server-log.c: lines of the mail log. */
void mailsim_smtp_server_log(MailsimSmtpServer *server, const char *format, ...)
    G_GNUC_PRINTF(2, 3);

/* “NOQUEUE” when there is none; lent. */
const char *mailsim_smtp_server_get_queue_id(const MailsimSmtpServer *server);
void mailsim_smtp_server_log_refusal(MailsimSmtpServer *server,
                                     MailsimSmtpStage stage,
                                     const char *subject,
                                     const char *reply);

/* The client has sent TEXT ahead where it may not; has said what is no SMTP. */
void
mailsim_smtp_server_log_improper(MailsimSmtpServer *server, const char *text, gsize length);
void mailsim_smtp_server_log_unknown(MailsimSmtpServer *server, const char *line, gsize length);

/* VERB had an address that is none; a line was too long. */
void mailsim_smtp_server_log_bad_address(MailsimSmtpServer *server,
                                         const char *verb,
                                         const MailsimSmtpPath *path);
void mailsim_smtp_server_log_long_line(MailsimSmtpServer *server, const MailsimInput *input);

/* After what the client was waited for too long, which REPLY has told it (NULL: it takes none);
 * after what it went; why there was no handshake; the sum of the conversation, once. */
void mailsim_smtp_server_log_timeout(MailsimSmtpServer *server, const char *reply);
void mailsim_smtp_server_log_loss(MailsimSmtpServer *server, MailsimLoss why);
void mailsim_smtp_server_log_no_handshake(MailsimSmtpServer *server, MailsimLoss why);
void mailsim_smtp_server_log_end(MailsimSmtpServer *server);

/* Is AUTH to be had now: enabled, and under TLS where it needs that. */
gboolean mailsim_smtp_server_offers_auth(const MailsimSmtpServer *server);

/* smtp-server-simple.c */
MailsimWant mailsim_smtp_server_do_starttls(MailsimSmtpServer *server,
                                            const MailsimSmtpCommand *command,
                                            GString *out);
MailsimWant mailsim_smtp_server_do_rset(MailsimSmtpServer *server,
                                        const MailsimSmtpCommand *command,
                                        GString *out);
MailsimWant mailsim_smtp_server_do_noop(MailsimSmtpServer *server,
                                        const MailsimSmtpCommand *command,
                                        GString *out);
MailsimWant mailsim_smtp_server_do_quit(MailsimSmtpServer *server,
                                        const MailsimSmtpCommand *command,
                                        GString *out);

/* smtp-server-limits.c: what is in OUT is to be said, and WANT what comes after it: count the
 * errors, and let the client wait where it must. What is wanted now. */
MailsimWant
mailsim_smtp_server_settle(MailsimSmtpServer *server, MailsimWant want, GString *out);

/* The client does ACT: is that too much? Then OUT has the reply, if there is one. */
gboolean
mailsim_smtp_server_is_too_much(MailsimSmtpServer *server, MailsimSmtpAct act, GString *out);

/* postconf(5) soft_bounce: a reply that refuses for good refuses for now. */
void mailsim_smtp_server_soften(char *said);

/* It has waited. */
MailsimWant mailsim_smtp_server_go_on(MailsimSmtpServer *server, GString *out);

/* smtp-server-hello.c: is KEYWORD among those that EHLO is not to offer? */
gboolean mailsim_smtp_server_discards(const MailsimSmtpServer *server, const char *keyword);
MailsimWant mailsim_smtp_server_do_ehlo(MailsimSmtpServer *server,
                                        const MailsimSmtpCommand *command,
                                        GString *out);
MailsimWant mailsim_smtp_server_do_helo(MailsimSmtpServer *server,
                                        const MailsimSmtpCommand *command,
                                        GString *out);

/* No MAIL, no recipients, no text, no chunks. */
void mailsim_smtp_server_reset_transaction(MailsimSmtpServer *server);

/* How addresses are read in the transaction under way. */
MailsimSmtpPathOptions mailsim_smtp_server_get_path_options(const MailsimSmtpServer *server);

/* smtp-server-mail.c */
MailsimWant mailsim_smtp_server_do_mail(MailsimSmtpServer *server,
                                        const MailsimSmtpCommand *command,
                                        GString *out);
MailsimWant mailsim_smtp_server_do_rcpt(MailsimSmtpServer *server,
                                        const MailsimSmtpCommand *command,
                                        GString *out);

/* smtp-server-data.c */
MailsimWant mailsim_smtp_server_do_data(MailsimSmtpServer *server,
                                        const MailsimSmtpCommand *command,
                                        GString *out);
MailsimWant mailsim_smtp_server_hear_text(MailsimSmtpServer *server,
                                          const MailsimInput *input,
                                          GString *out);

/* The reply that refuses a bare line feed where they are forbidden; NULL: there was none, or
 * it may be. Free with g_free(). */
char *mailsim_smtp_server_refuse_bare_newline(MailsimSmtpServer *server, gboolean received);

/* Hand it over; the queue id, to be freed. */
char *
mailsim_smtp_server_take_message(MailsimSmtpServer *server, GBytes *message, char **refusal);

/* smtp-server-bdat.c: line feeds without a CR, from START on */
gsize mailsim_smtp_server_count_bare_newlines(const GString *content, gsize start);
MailsimWant mailsim_smtp_server_do_bdat(MailsimSmtpServer *server,
                                        const MailsimSmtpCommand *command,
                                        GString *out);
MailsimWant mailsim_smtp_server_hear_chunk(MailsimSmtpServer *server,
                                           const MailsimInput *input,
                                           GString *out);
gsize mailsim_smtp_server_count_chunk_bytes(const MailsimSmtpServer *server);

/* smtp-server-dsn.c: the reply that refuses the parameter at INDEX, one of RET, ENVID, NOTIFY
 * and ORCPT with a value; NULL: fine. Free with g_free(). */
char *mailsim_smtp_server_refuse_dsn(MailsimSmtpServer *server,
                                     const GPtrArray *parameters,
                                     guint index);

/* smtp-server-query.c */
MailsimWant mailsim_smtp_server_do_vrfy(MailsimSmtpServer *server,
                                        const MailsimSmtpCommand *command,
                                        GString *out);
MailsimWant mailsim_smtp_server_do_etrn(MailsimSmtpServer *server,
                                        const MailsimSmtpCommand *command,
                                        GString *out);

MailsimWant mailsim_smtp_server_do_xclient(MailsimSmtpServer *server,
                                           const MailsimSmtpCommand *command,
                                           GString *out);

/* smtp-server-auth.c */
MailsimWant mailsim_smtp_server_do_auth(MailsimSmtpServer *server,
                                        const MailsimSmtpCommand *command,
                                        GString *out);
MailsimWant mailsim_smtp_server_hear_sasl_response(MailsimSmtpServer *server,
                                                   const char *response,
                                                   GString *out);
