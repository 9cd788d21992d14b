/* SPDX-License-Identifier: MIT
 *
 * The server side of SMTP, in Postfix's words. The session knows the protocol; what is allowed
 * is asked of a policy, a small table of functions, so that a test may give only what it is
 * about. */
#pragma once

#include <mailsim/protocol/smtp-recipient.h>
#include <mailsim/protocol/trivial-rewrite.h>
#include <mailsim/session/sasl.h>
#include <mailsim/session/feature.h>
#include <mailsim/session/session.h>

/* postconf(5) smtpd_forbid_bare_newline, as Postfix 3.7 knows it */
typedef enum {
    MAILSIM_BARE_NEWLINE_ALLOW,     /* no: a bare line feed ends a line, too */
    MAILSIM_BARE_NEWLINE_NORMALIZE, /* it does, but the message ends at CR LF . CR LF alone */
    MAILSIM_BARE_NEWLINE_REJECT,    /* the same, and whoever sends one is refused */
} MailsimBareNewline;

/* What main.cf and master.cf say. Strings are copied. Times in microseconds; 0: for ever. */
typedef struct {
    const char *hostname;     /* postconf(5) myhostname */
    const char *banner;       /* postconf(5) smtpd_banner, expanded */
    const char *client;       /* “unknown[192.0.2.7]”; NULL: “unknown” */
    const char *service;      /* its name in master.cf, for the log; NULL: “smtp” */
    gsize message_size_limit; /* 0: none announced */
    gsize line_length_limit;  /* 0: 2048 */

    gboolean tls_offered;     /* smtpd_tls_security_level may or encrypt */
    gboolean tls_required;    /* encrypt */
    gboolean tls_broken;      /* the certificate cannot be read: offered, then refused */
    gboolean tls_wrappermode; /* TLS before the first word */
    gboolean tls_requires_certificate; /* smtpd_tls_req_ccert, where TLS is required */

    gboolean auth_enabled;   /* smtpd_sasl_auth_enable */
    gboolean auth_needs_tls; /* smtpd_tls_auth_only, implied by encrypt */
    const char *mechanisms;  /* “PLAIN LOGIN” */

    gboolean helo_required;           /* smtpd_helo_required */
    gboolean vrfy_disabled;           /* disable_vrfy_command */
    gboolean smtputf8_disabled;       /* smtputf8_enable = no */
    gboolean strict_addresses;        /* strict_rfc821_envelopes */
    const MailsimRewriteRules *rules; /* borrowed; NULL: Postfix's defaults, nothing is local */
    const char *discarded_keywords;   /* smtpd_discard_ehlo_keywords; NULL: none */
    MailsimBareNewline bare_newline;  /* smtpd_forbid_bare_newline, for this client */
    gboolean pipelining_is_forbidden; /* smtpd_forbid_unauth_pipelining */

    guint soft_error_limit;   /* smtpd_soft_error_limit; 0: no delays */
    guint hard_error_limit;   /* smtpd_hard_error_limit; 0: no limit */
    gint64 error_sleep_us;    /* smtpd_error_sleep_time */
    gboolean soft_bounce;     /* soft_bounce: what is refused is refused for now */
    guint junk_command_limit; /* smtpd_junk_command_limit; 0: no limit */
    guint recipient_limit;    /* smtpd_recipient_limit; 0: no limit */
    guint overshoot_limit;    /* smtpd_recipient_overshoot_limit: so many more are no errors */
    gint64 timeout_us;        /* smtpd_timeout */
    gint64 starttls_timeout_us; /* smtpd_starttls_timeout */
    guint tls_loglevel;         /* smtpd_tls_loglevel */
} MailsimSmtpServerOptions;

/* What a server knows of its client and of the message under way. Strings belong to the
 * session. */
typedef struct {
    const char *where; /* what it said last, for the log: “CONNECT”, “RCPT”, “UNKNOWN” */
    char *helo_name; /* NULL before EHLO or HELO */
    gboolean esmtp;  /* it said EHLO */
    gboolean secured;
    char *tls_description; /* see MailsimTlsInfo; NULL in the clear */
    char *tls_key_exchange;
    char *user;            /* NULL: not logged in */
    char *mechanism;       /* by which it logged in */
    char *sender;          /* NULL: no MAIL yet; empty: <> */
    gboolean eight_bit;    /* MAIL said BODY=8BITMIME */
    gboolean utf8;         /* MAIL said SMTPUTF8 */
    guint64 size;          /* MAIL said SIZE=; 0: it did not */
    MailsimReturn returns; /* MAIL said RET= */
    char *envelope_id;     /* MAIL said ENVID=, decoded; NULL: it did not */
    GPtrArray *recipients; /* of MailsimSmtpRecipient: accepted ones */
    gboolean pipelined;    /* this client sends ahead where it must not (RFC 2920 §3.1) */
} MailsimSmtpEnvelope;

/* “ESMTPSA” and its kin, for Received: (RFC 3848, RFC 6531 §4.3). */
const char *mailsim_smtp_envelope_get_protocol(const MailsimSmtpEnvelope *envelope);

/* One recipient stands for the message; NULL: there are several, of which none does, or none
 * yet. Lent. */
const char *mailsim_smtp_envelope_find_only_recipient(const MailsimSmtpEnvelope *envelope);

typedef enum {
    MAILSIM_COMMANDS_FORBIDDEN, /* postconf(5) smtpd_forbidden_commands */
    MAILSIM_COMMANDS_NOOP,      /* postconf(5) smtpd_noop_commands */
} MailsimSmtpCommandList;

/* Where in the conversation the policy is asked (postconf(5), the smtpd_*_restrictions); what
 * the question is about. */
typedef enum {
    MAILSIM_STAGE_CONNECT,        /* before the greeting; NULL */
    MAILSIM_STAGE_HELO,           /* EHLO or HELO; the name */
    MAILSIM_STAGE_MAIL,           /* the sender; see from */
    MAILSIM_STAGE_RCPT,           /* the recipient; see to */
    MAILSIM_STAGE_VRFY,           /* the recipient: no message is begun */
    MAILSIM_STAGE_ETRN,           /* the domain */
    MAILSIM_STAGE_DATA,           /* DATA or BDAT; NULL */
    MAILSIM_STAGE_END_OF_MESSAGE, /* NULL */
} MailsimSmtpStage;

/* “ from=<…> to=<…> proto=ESMTP helo=<…>”, the end of a line of the mail log: what is known of
 * the client and its message at this moment. Free with g_free(). */
char *mailsim_smtp_envelope_describe(const MailsimSmtpEnvelope *envelope,
                                     MailsimSmtpStage stage,
                                     const char *subject);

/* What a client may not do too often, nor too much of at a time (postconf(5), the
 * smtpd_client_*_limit). */
typedef enum {
    MAILSIM_ACT_CONNECT,
    MAILSIM_ACT_LEAVE,       /* is never too much */
    MAILSIM_ACT_WRAPPED,     /* it is about to begin TLS, without having been asked to */
    MAILSIM_ACT_STARTTLS,    /* it asks for TLS */
    MAILSIM_ACT_TLS_SESSION, /* the handshake is done, or has failed */
    MAILSIM_ACT_AUTH,
    MAILSIM_ACT_MAIL,
    MAILSIM_ACT_RECIPIENT, /* RCPT or VRFY */
} MailsimSmtpAct;

typedef struct {
    /* The client does ACT. The reply that refuses it because it is too much, to be freed;
     * empty: it is refused without a word. NULL: it may. No function: nobody counts. */
    char *(*count)(gpointer data, MailsimSmtpAct act);

    /* The reply that refuses; NULL: go on. To be freed. */
    char *(*check)(gpointer data,
                   MailsimSmtpStage stage,
                   const MailsimSmtpEnvelope *envelope,
                   const char *subject);

    /* Microseconds that the answers since the last call have taken, for DNS and the like; what
     * is said to the client waits as long. NULL: none. */
    gint64 (*take_delay)(gpointer data);

    /* Is VERB, in capitals, in the list? NULL: it is not. */
    gboolean (*lists_command)(gpointer data, MailsimSmtpCommandList list, const char *verb);

    /* AUTH is to be had from now on: is there anybody who knows passwords? FALSE: the daemon
     * dies of it. NULL: there is. */
    gboolean (*find_mechanisms)(gpointer data);

    /* RESPONSE is base64 as it came; NULL: there was no initial response. *text is to be
     * freed. */
    MailsimSaslResult (*sasl_start)(gpointer data,
                                    const char *mechanism,
                                    const char *response,
                                    char **text);
    MailsimSaslResult (*sasl_step)(gpointer data, const char *response, char **text);

    /* ETRN for DOMAIN, which is well-formed: the reply, to be freed. NULL: no domain has a fast
     * flush log. */
    char *(*flush)(gpointer data, const char *domain);

    /* A line for the mail log, in Postfix's words; lent. NULL: there is no log. */
    void (*log)(gpointer data, const char *text);

    /* Why the handshake failed, in OpenSSL's words, lent; NULL: the client is gone, or nobody
     * can say. */
    const char *(*get_tls_problem)(gpointer data);

    /* The queue id of the message under way, lent; NULL: it has none yet, or nobody can say. */
    const char *(*get_queue_id)(gpointer data);

    /* The transaction under way is over, with or without a message. NULL: no matter. */
    void (*forget_transaction)(gpointer data);

    /* Take the message over (lines end in LF); its queue id, to be freed. NULL: it is refused
     * after all, with *refusal, to be freed, as the reply. */
    char *(*take_message)(gpointer data,
                          const MailsimSmtpEnvelope *envelope,
                          GBytes *message,
                          char **refusal);
} MailsimSmtpPolicy;

/* OPTIONS are copied; POLICY and DATA are borrowed for the life of the session. */
MailsimSession *mailsim_smtp_server_new(const MailsimSmtpServerOptions *options,
                                        const MailsimSmtpPolicy *policy,
                                        gpointer data);

/* What the server knows, for documents: commands, and the keywords of its reply to EHLO. */
/* The one at INDEX; FALSE: there are no more. */
gboolean mailsim_smtp_server_get_command(guint index, MailsimFeature *command);
gboolean mailsim_smtp_server_get_extension(guint index, MailsimFeature *extension);
