/* SPDX-License-Identifier: MIT
 *
 * smtpd(8) at a host: its session, its restrictions, its logins. */
#pragma once

#include <mailsim/session/smtp-server.h>
#include <mailsim/wire/wire.h>

#include "anvil-private.h"
#include "host-private.h"

/* smtpd(8) for one connection. */
MailsimSmtpd *mailsim_smtpd_new(MailsimHost *host,
                                const MailsimServiceDefinition *service,
                                const char *client_address,
                                MailsimHop *hop);
void mailsim_smtpd_free(MailsimSmtpd *smtpd);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimSmtpd, mailsim_smtpd_free)

/* The handshake that its session wanted has failed; to be said before the session hears
 * it. */
void mailsim_smtpd_note_tls_failure(MailsimSmtpd *smtpd, const MailsimTlsFailure *failure);

/* Its session, which lives no longer than it. Where the settings are such that the daemon
 * cannot serve, that is recorded as a finding, and the session does what its clients would see
 * of it. */
MailsimSession *mailsim_smtpd_create_session(MailsimSmtpd *smtpd);

/* It dies with these WORDS of Postfix's: a finding. */
void mailsim_smtpd_record_fatal(const MailsimSmtpd *smtpd, const char *words);

/* smtpd-start.c: what smtpd(8) dies of when a client connects, before it has said a word: “bad
 * boolean configuration: smtpd_helo_required = si”. NULL: it serves. Lent until the settings
 * change. A value that cannot be expanded (“macro processing error: …”) keeps the whole of
 * Postfix from starting. */
const char *mailsim_smtpd_find_fatal(const MailsimHost *host,
                                     const MailsimServiceDefinition *service);

/* smtpd-log.c: what is wrong with its settings, when PROCESS has just started; with the name of
 * its client. */
void mailsim_smtpd_log_start(MailsimHost *host,
                             const MailsimServiceDefinition *service,
                             MailsimProcess *process,
                             int hop);
void mailsim_smtpd_log_client_name(const MailsimHost *host,
                                   MailsimProcess *process,
                                   int hop,
                                   const char *address);

/* smtpd-fatal.c: the session of an smtpd that cannot start: it says nothing, for ever. */
MailsimSession *mailsim_smtpd_silent_session_new(const MailsimSmtpd *smtpd, const char *words);

/* Microseconds until master(8) starts the service again; 0: it runs. */
gint64 mailsim_smtpd_get_throttle(const MailsimHost *host,
                                  const MailsimServiceDefinition *service);

/* In DELAY_US from now the service dies of its client: how many microseconds that takes. */
gint64 mailsim_smtpd_throttle(MailsimHost *host,
                              const MailsimServiceDefinition *service,
                              gint64 delay_us);

/* Does it ask clients for a certificate (postconf(5) smtpd_tls_ask_ccert, _req_ccert)? */
gboolean mailsim_smtpd_asks_certificate(const MailsimHost *host,
                                        const MailsimServiceDefinition *service);

/* Does SERVICE show the certificate of HOST to whoever begins TLS with it? */
gboolean mailsim_smtpd_shows_certificate(const MailsimHost *host,
                                         const MailsimServiceDefinition *service);

/* Which TLS versions it does not speak, and whether it can read its list of them (postconf(5)
 * smtpd_tls_protocols; smtpd_tls_mandatory_protocols where TLS is demanded). */
gboolean mailsim_smtpd_read_tls_limits(const MailsimHost *host,
                                       const MailsimServiceDefinition *service,
                                       MailsimTlsLimits *limits);

/* smtpd-tls-log.c: what it lets its clients resume, and what the log has of their
 * handshakes. */
typedef struct MailsimSmtpdTlsLog MailsimSmtpdTlsLog;

/* All that is given is lent, for as long as it lives. */
MailsimSmtpdTlsLog *mailsim_smtpd_tls_log_new(MailsimHost *host,
                                              const MailsimServiceDefinition *service,
                                              const MailsimHop *hop,
                                              const MailsimProcess *process,
                                              const char *client);
void mailsim_smtpd_tls_log_free(MailsimSmtpdTlsLog *log);

/* As the wire tells it. OFFERED, lent for the handshake, will be what the client would take up:
 * empty where it is nothing; NULL: nobody knows what. */
void mailsim_smtpd_tls_log_begin(MailsimSmtpdTlsLog *log,
                                 const MailsimTlsSession *offered,
                                 MailsimTlsResumption *resumption);
void mailsim_smtpd_tls_log_find_memory(MailsimSmtpdTlsLog *log,
                                       MailsimTlsResumption *resumption);
void mailsim_smtpd_tls_log_message(MailsimSmtpdTlsLog *log,
                                   const MailsimWire *wire,
                                   gboolean sent,
                                   const char *message);
void mailsim_smtpd_tls_log_secured(MailsimSmtpdTlsLog *log, gboolean resumed);

/* Under which the server knows the session that it made last; NULL: it keeps none. Lent. */
const char *mailsim_smtpd_tls_log_get_session_id(const MailsimSmtpdTlsLog *log);

/* Has the handshake that is done resumed a session? */
gboolean mailsim_smtpd_tls_log_is_resumed(const MailsimSmtpdTlsLog *log);

/* Does it give out tickets of Postfix's, with all of a session inside? */
gboolean mailsim_smtpd_tls_log_has_tickets(const MailsimSmtpdTlsLog *log);

MailsimSmtpdTlsLog *mailsim_smtpd_get_tls_log(const MailsimSmtpd *smtpd);

/* smtpd-settings.c: what main.cf and master.cf make of a session's options. */
typedef struct {
    MailsimSmtpServerOptions options; /* but for client and mechanisms; strings are owned */
} MailsimSmtpdSettings;

void mailsim_smtpd_settings_read(MailsimSmtpdSettings *settings,
                                 const MailsimHost *host,
                                 const MailsimServiceDefinition *service,
                                 const char *client_address);
void mailsim_smtpd_settings_clear(MailsimSmtpdSettings *settings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimSmtpdSettings, mailsim_smtpd_settings_clear)

/* smtpd-limits.c: what a client may do at a time, and how often. All is lent. */
typedef struct {
    MailsimHost *host;
    const MailsimServiceDefinition *service;
    MailsimProcess *process;
    int hop;
    const char *name; /* “unknown[198.51.100.7]” */
    MailsimAnvilClient client;
} MailsimSmtpdLimits;

/* The client does ACT: see the policy's count(). */
char *mailsim_smtpd_limits_count(MailsimSmtpdLimits *limits, MailsimSmtpAct act);

/* The process is over: what anvil(8) has counted for it does not count any more. */
void mailsim_smtpd_limits_forget(MailsimSmtpdLimits *limits);

/* A refusal that waits until nothing else refuses (postconf(5) defer_if_permit), and who asked
 * for it: what the restrictions of one connection remember from one command to the next. */
typedef struct {
    gboolean is_set;
    gboolean by_client;
    gboolean by_helo;
    gboolean by_sender;
    char *reply;
    char *list;
    char *rule;
} MailsimRestrictionMemory;

void mailsim_restriction_memory_clear(MailsimRestrictionMemory *memory);

typedef struct {
    MailsimHost *host;
    const MailsimServiceDefinition *service;
    MailsimHop *hop;
    const char *client_address;
    const char *client_name; /* “unknown” when DNS knows none */
    const MailsimSmtpEnvelope *envelope;
    MailsimSmtpStage stage;
    const char *subject;     /* what is asked about; see MailsimSmtpStage */
    MailsimProcess *process; /* the daemon that asks, for its log; NULL: nobody logs */
    const char *queue_id;    /* NULL: none yet */
    MailsimTime mail_us;     /* when the last MAIL FROM came */
    MailsimTime opened_us;   /* when the message got its queue id */
    char **afterwards; /* a line for the log behind that of a refusal: to be set, and freed */
    gboolean *held;    /* has a table said HOLD of this message? */
    gint64 *delay_us;  /* what looking things up has taken is added */
    MailsimRestrictionMemory *memory; /* of the connection; NULL: nothing is remembered */
} MailsimRestrictionQuery;

/* Look at the restriction lists that belong to the stage, rule by rule, recording each. The
 * reply that refuses, to be freed; NULL: accepted. */
char *mailsim_restrictions_check(const MailsimRestrictionQuery *query);

typedef struct MailsimSaslServer MailsimSaslServer;

typedef enum {
    MAILSIM_SASL_DOVECOT,
    MAILSIM_SASL_CYRUS, /* Postfix's default; on a fresh Debian it knows nobody */
} MailsimSaslType;

/* The side of a login that checks the password, at HOST (postconf(5) smtpd_sasl_type). */
MailsimSaslServer *mailsim_sasl_server_new(MailsimHost *host, MailsimSaslType type);
void mailsim_sasl_server_free(MailsimSaslServer *server);

/* Whom the last attempt named, as Dovecot writes names, lent; NULL: nobody. */
const char *mailsim_sasl_server_get_user(const MailsimSaslServer *server);

/* What the library behind it logged of the last step, lent; NULL: nothing. */
const char *mailsim_sasl_server_get_complaint(const MailsimSaslServer *server);

/* “PLAIN LOGIN”; lent. */
const char *mailsim_sasl_server_get_mechanisms(const MailsimSaslServer *server);
MailsimSaslResult mailsim_sasl_server_start(MailsimSaslServer *server,
                                            const char *mechanism,
                                            const char *response,
                                            char **text);
MailsimSaslResult
mailsim_sasl_server_step(MailsimSaslServer *server, const char *response, char **text);

/* sasl-penalty.c: what Dovecot remembers of clients that guess. */
GHashTable *mailsim_sasl_penalties_new(void);

/* Microseconds that Dovecot lets CLIENT wait before it looks at anything. */
gint64 mailsim_sasl_get_penalty(const MailsimHost *host, const char *client);

typedef struct {
    MailsimHost *host;
    const char *client;   /* its address */
    const char *response; /* what it said */
    gint64 wait_us;       /* its penalty, where it is waited for now */
    gboolean judged;      /* a password was looked at */
    gboolean by_postfix;  /* which does not wait for ever */
} MailsimSaslAttempt;

/* Is RESULT, with TEXT, Dovecot's of a password that it has looked at? */
gboolean mailsim_sasl_is_wrong_password(MailsimSaslResult result, const char *text);

/* How many microseconds the answer takes. Where Postfix does not wait so long, RESULT and TEXT
 * become what it says instead. */
gint64 mailsim_sasl_penalize(const MailsimSaslAttempt *attempt,
                             MailsimSaslResult *result,
                             char **text);

/* sasl-cyrus.c */
typedef struct {
    const char *mechanism;
    gboolean user_named; /* LOGIN has heard the user's name */
    char *user;          /* NULL: nobody is named */
    char *complaint;     /* what the library logged at the last step; NULL: nothing */
} MailsimCyrus;

void mailsim_cyrus_clear(MailsimCyrus *cyrus);

char *mailsim_cyrus_dup_mechanisms(void);
MailsimSaslResult mailsim_cyrus_start(MailsimCyrus *cyrus,
                                      const char *mechanism,
                                      const char *response,
                                      char **text);
MailsimSaslResult mailsim_cyrus_step(MailsimCyrus *cyrus, const char *response, char **text);
