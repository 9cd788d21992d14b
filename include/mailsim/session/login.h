/* SPDX-License-Identifier: MIT
 *
 * Before anybody reads mail: what imap-login and pop3-login of Dovecot 2.3 share. Like an
 * smtp-server's, these sessions know the protocol and ask a policy for the rest. Once somebody
 * has logged in, the conversation goes on as an imap-server's or a pop3-server's, in the same
 * session. */
#pragma once

#include <mailsim/base/time.h>
#include <mailsim/session/sasl.h>
#include <mailsim/session/session.h>
#include <mailsim/store/mail-store.h>

/* What dovecot.conf says, and who comes. Strings are copied. Times in microseconds. */
typedef struct {
    gboolean tls_offered;  /* ssl = yes or required */
    gboolean tls_required; /* ssl = required */
    gboolean tls_broken; /* the certificate cannot be read: offered, and the handshake fails */
    gboolean tls_wrappermode; /* TLS before the first word: 993 and 995 */
    gboolean disable_plaintext_auth;
    gboolean trusted; /* the client is in login_trusted_networks: as good as TLS, and so is the
                       * server's own address */
    const char *mechanisms; /* auth_mechanisms: “PLAIN LOGIN”, in capitals */
    const char *greeting;   /* login_greeting */
    const char *rip;        /* the client's address, for the log */
    const char *lip;        /* the server's */
    const char *session_id; /* for the log: “session=<…>” */
} MailsimLoginOptions;

/* Whose line of the log it is. */
typedef enum {
    MAILSIM_LOGIN_LOG_LOGIN, /* imap-login, pop3-login */
    MAILSIM_LOGIN_LOG_MAIL,  /* imap(ana)<pid><session>, pop3(…) */
} MailsimLoginLog;

/* All but sasl_start, sasl_step and open may be NULL. */
typedef struct {
    /* RESPONSE is base64 as it came; NULL: there was no initial response. *text is to be
     * freed: see MailsimSaslResult. What fails is “Invalid authentication mechanism”, “Invalid
     * base64 data in initial response”, “… in continued response”, or else a wrong user or
     * password. */
    MailsimSaslResult (*sasl_start)(gpointer data,
                                    const char *mechanism,
                                    const char *response,
                                    char **text);
    MailsimSaslResult (*sasl_step)(gpointer data, const char *response, char **text);

    /* Microseconds that the answer to the last of these takes (auth_failure_delay, and the
     * penalty of who guesses). */
    gint64 (*take_delay)(gpointer data);

    /* Whom the last of these has named as the user who comes, right or wrong, for the log; lent
     * until the next of them. NULL: nobody. */
    const char *(*get_user)(gpointer data);

    /* USER has said the right password: his mail, lent for the life of the session; *PID is of
     * the process that serves him, for the log. NULL: he has too many connections
     * (mail_max_userip_connections), whose number is in *PID. */
    MailsimMailStore *(*open)(gpointer data, const char *user, guint *pid);

    /* The clock; NULL: it stands still, and nobody is ever sent away. */
    MailsimTime (*get_now)(gpointer data);

    /* A line for the log, in Dovecot's words: “Login: user=<ana>, method=PLAIN, …”; lent. */
    void (*log)(gpointer data, MailsimLoginLog daemon, const char *text);

    /* A line that Dovecot logs only with auth_verbose = yes is the policy's to leave out. */
    gboolean (*is_verbose)(gpointer data);

    /* Why the handshake failed, in OpenSSL's words, lent; NULL: the client is gone. */
    const char *(*get_tls_problem)(gpointer data);
} MailsimLoginPolicy;
