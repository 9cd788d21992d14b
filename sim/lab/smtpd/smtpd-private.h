/* SPDX-License-Identifier: MIT
 *
 * smtpd(8) at a host: its session, its restrictions, its logins. */
#pragma once

#include <mailsim/session/smtp-server.h>

#include "host-private.h"

typedef struct MailsimSmtpd MailsimSmtpd;

/* smtpd(8) for one connection. */
MailsimSmtpd *mailsim_smtpd_new(MailsimHost *host,
                                const MailsimServiceDefinition *service,
                                const char *client_address,
                                MailsimHop *hop);
void mailsim_smtpd_free(MailsimSmtpd *smtpd);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimSmtpd, mailsim_smtpd_free)

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

/* Which TLS versions it does not speak, and whether it can read its list of them (postconf(5)
 * smtpd_tls_protocols; smtpd_tls_mandatory_protocols where TLS is demanded). */
gboolean mailsim_smtpd_read_tls_limits(const MailsimHost *host,
                                       const MailsimServiceDefinition *service,
                                       MailsimTlsLimits *limits);

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
    const char *subject;              /* what is asked about; see MailsimSmtpStage */
    MailsimTime mail_us;              /* when the last MAIL FROM came */
    MailsimTime opened_us;            /* when the message got its queue id */
    gint64 *delay_us;                 /* what looking things up has taken is added */
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
} MailsimSaslAttempt;

/* How many microseconds the answer takes. Where Postfix does not wait so long, RESULT and TEXT
 * become what it says instead. */
gint64 mailsim_sasl_penalize(const MailsimSaslAttempt *attempt,
                             MailsimSaslResult *result,
                             char **text);

/* sasl-cyrus.c */
typedef struct {
    const char *mechanism;
    gboolean user_named; /* LOGIN has heard the user's name */
} MailsimCyrus;

char *mailsim_cyrus_dup_mechanisms(void);
MailsimSaslResult mailsim_cyrus_start(MailsimCyrus *cyrus,
                                      const char *mechanism,
                                      const char *response,
                                      char **text);
MailsimSaslResult mailsim_cyrus_step(MailsimCyrus *cyrus, const char *response, char **text);
