/* SPDX-License-Identifier: MIT
 *
 * What imap-login and pop3-login share: who may say a password, the exchange with the policy
 * that knows it, the log, three minutes of patience, and the session that goes on once somebody
 * has logged in. A protocol brings its words. */
#pragma once

#include <mailsim/session/login.h>

typedef struct MailsimLogin MailsimLogin;

/* Named by what it waits for. */
typedef enum {
    MAILSIM_LOGIN_EXPECT_COMMAND,
    MAILSIM_LOGIN_EXPECT_HANDSHAKE,
    MAILSIM_LOGIN_EXPECT_SASL_RESPONSE,
    MAILSIM_LOGIN_EXPECT_VERDICT, /* it rests: the policy takes its time */
    MAILSIM_LOGIN_EXPECT_NOTHING, /* somebody has logged in: it is the reader's affair now */
} MailsimLoginState;

/* Why nobody logs in: each protocol says that with a word of its own in front. */
typedef enum {
    MAILSIM_LOGIN_WRONG,          /* user or password */
    MAILSIM_LOGIN_INVALID_BASE64, /* as who judges says */
    MAILSIM_LOGIN_ALERT,          /* what no client should have said */
    MAILSIM_LOGIN_NEEDS_TLS,
    MAILSIM_LOGIN_ABORTED,
    MAILSIM_LOGIN_TOO_MANY, /* connections */
    MAILSIM_LOGIN_UNAVAILABLE,
    MAILSIM_LOGIN_REFUSALS
} MailsimLoginRefusal;

typedef struct {
    const char *refusals[MAILSIM_LOGIN_REFUSALS]; /* “-ERR [AUTH]” */
    const char *farewell;                         /* “* BYE” */

    void (*greet)(MailsimLogin *login, GString *out);

    /* A line where a command is due, or a piece of one. */
    MailsimWant (*heard)(MailsimLogin *login, const MailsimInput *input, GString *out);

    /* How many octets, where it wants those. NULL: it never does. */
    gsize (*count_bytes)(MailsimLogin *login);

    /* What stands in front of a refusal: the tag. NULL: nothing. */
    void (*begin_answer)(MailsimLogin *login, GString *out);
    void (*welcome)(MailsimLogin *login, GString *out);
    MailsimSession *(*create_reader)(MailsimLogin *login, MailsimMailStore *store);
    void (*free)(MailsimLogin *login);
} MailsimLoginProtocol;

/* First member of the session of each protocol. */
struct MailsimLogin {
    MailsimSession session;
    MailsimLoginOptions options;      /* with strings of its own */
    const MailsimLoginPolicy *policy; /* borrowed, with its data */
    gpointer data;
    const MailsimLoginProtocol *protocol;

    MailsimLoginState state;
    MailsimWant want; /* the last one */
    gboolean under_tls;
    MailsimTime began_us;
    guint n_bad; /* commands */

    /* What the log says of it. */
    guint n_attempts;
    MailsimTime attempted_us; /* the first that was passed on */
    gboolean unfinished;      /* the last attempt got no verdict */
    const char *failure;      /* of the last attempt, where it has a name; NULL: it has none */
    char *user;               /* NULL: nobody was named */
    char *method;             /* NULL: none was chosen */

    GString *response; /* SASL's, as it comes */
    MailsimSaslResult result;
    char *text; /* of the result */
    gint64 delay_us;

    MailsimSession *reader;
};

/* In login.c. The session's class calls what is here; the protocol's own state is the rest of
 * LOGIN. */
void mailsim_login_init(MailsimLogin *login,
                        const MailsimLoginOptions *options,
                        const MailsimLoginProtocol *protocol,
                        const MailsimLoginPolicy *policy,
                        gpointer data);

/* A word, or a literal, that Dovecot's LOGIN_MAX_INBUF_SIZE holds, with the octet behind it. */
#define MAILSIM_LOGIN_WORD_MAX_BYTES 1025

/* A line with AUTH or AUTHENTICATE may be longer: what is longer than this has a response that
 * is too large. */
#define MAILSIM_LOGIN_AUTH_MAX_BYTES (16 * 1024)

/* LINE goes on with INPUT. */
void mailsim_login_append_piece(GString *line, const MailsimInput *input);

/* Is a password as safe as inside TLS? */
gboolean mailsim_login_is_secured(const MailsimLogin *login);

/* “Disconnected: Input buffer full (no auth attempts …): …” and the end; TEXT is said, with the
 * farewell before it; NULL: nothing is. */
MailsimWant mailsim_login_disconnect(MailsimLogin *login,
                                     const char *reason,
                                     const char *text,
                                     GString *out);

/* Why there can be no STARTTLS now; NULL: it can be. */
const char *mailsim_login_find_tls_problem(const MailsimLogin *login);

/* A handshake, behind the answer to STARTTLS or at once. */
MailsimWant mailsim_login_want_tls(MailsimLogin *login, GString *out);

/* In login-auth.c. May USER and LOGIN be said? */
gboolean mailsim_login_allows_password(const MailsimLogin *login);

/* Likewise; who may not has tried, and is named NAME. */
gboolean mailsim_login_may_say_password(MailsimLogin *login, const char *name);

/* Of auth_mechanisms those that may be used now, to be freed with g_strfreev(). */
char **mailsim_login_list_mechanisms(const MailsimLogin *login);

/* AUTH: RESPONSE is base64; nothing is none yet, “=” is an empty one. */
MailsimWant mailsim_login_authenticate(MailsimLogin *login,
                                       const char *mechanism,
                                       const char *response,
                                       GString *out);

/* The same with a user and a password that were said in so many words. */
MailsimWant mailsim_login_check_password(MailsimLogin *login,
                                         const char *user,
                                         const char *password,
                                         GString *out);

MailsimWant mailsim_login_refuse(MailsimLogin *login,
                                 MailsimLoginRefusal refusal,
                                 const char *text,
                                 GString *out);
MailsimWant
mailsim_login_hear_response(MailsimLogin *login, const MailsimInput *input, GString *out);

/* The policy has taken its time. */
MailsimWant mailsim_login_hear_verdict(MailsimLogin *login, GString *out);

/* In login-log.c. What is behind the colon: “user=<ana>, method=PLAIN, rip=…”. PID 0: nobody
 * serves him yet. */
void mailsim_login_log(MailsimLogin *login, const char *text, guint pid);

/* What a client made up, as the log shows it, to be freed: nothing in it moves a terminal. */
char *mailsim_login_dup_printable(const char *text);

/* Only with auth_verbose = yes. */
void mailsim_login_log_verbose(MailsimLogin *login, const char *text);

/* How it ended; TLS_PROBLEM, NULL: TLS has nothing to do with that. */
void mailsim_login_log_end(MailsimLogin *login, const char *reason, const char *tls_problem);
MailsimTime mailsim_login_get_now(const MailsimLogin *login);

/* What a reader asks; the data is a MailsimLogin. */
MailsimTime mailsim_login_get_now_for_reader(gpointer data);
void mailsim_login_log_for_reader(gpointer data, const char *text);
