/* SPDX-License-Identifier: MIT
 *
 * The server side of SMTP, in Postfix's words. The session knows the protocol; what is allowed
 * is asked of a policy, a small table of functions, so that a test may give only what it is
 * about. */
#pragma once

#include <mailsim/session/session.h>

typedef struct {
    const char *hostname;     /* postconf(5) myhostname */
    const char *banner;       /* postconf(5) smtpd_banner, expanded */
    gsize message_size_limit; /* 0: none announced */
    gboolean tls_offered;     /* smtpd_tls_security_level may or encrypt */
    gboolean tls_required;    /* encrypt */
    gboolean tls_broken;      /* the certificate cannot be read: offered, then refused */
    gboolean tls_wrappermode; /* TLS before the first word */
    gboolean auth_enabled;    /* smtpd_sasl_auth_enable */
    gboolean auth_needs_tls;  /* smtpd_tls_auth_only, implied by encrypt */
    const char *mechanisms;   /* “PLAIN LOGIN” */
    gboolean vrfy_disabled;   /* disable_vrfy_command */
} MailsimSmtpServerOptions;

/* What a server knows of its client and of the message under way. Strings belong to the
 * session. */
typedef struct {
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
    GPtrArray *recipients; /* of char *: accepted ones */
} MailsimSmtpEnvelope;

/* “ESMTPSA” and its kin, for Received: (RFC 3848, RFC 6531 §4.3). */
const char *mailsim_smtp_envelope_get_protocol(const MailsimSmtpEnvelope *envelope);

typedef enum {
    MAILSIM_SASL_OK,       /* *text is the user's name */
    MAILSIM_SASL_CONTINUE, /* *text is a challenge, base64 */
    MAILSIM_SASL_FAILED,   /* *text is the reason */
} MailsimSaslResult;

typedef struct {
    /* The reply that refuses this recipient; NULL: accepted. To be freed. */
    char *(*check_recipient)(gpointer data,
                             const MailsimSmtpEnvelope *envelope,
                             const char *recipient);

    /* Likewise for VRFY, which begins no message; NULL: all are there. */
    char *(*verify_recipient)(gpointer data,
                              const MailsimSmtpEnvelope *envelope,
                              const char *recipient);

    /* RESPONSE is base64 as it came; NULL: there was no initial response. *text is to be
     * freed. */
    MailsimSaslResult (*sasl_start)(gpointer data,
                                    const char *mechanism,
                                    const char *response,
                                    char **text);
    MailsimSaslResult (*sasl_step)(gpointer data, const char *response, char **text);

    /* Take the message over (lines end in LF); its queue id, to be freed. */
    char *(*take_message)(gpointer data, const MailsimSmtpEnvelope *envelope, GBytes *message);
} MailsimSmtpPolicy;

/* OPTIONS are copied; POLICY and DATA are borrowed for the life of the session. */
MailsimSession *mailsim_smtp_server_new(const MailsimSmtpServerOptions *options,
                                        const MailsimSmtpPolicy *policy,
                                        gpointer data);
