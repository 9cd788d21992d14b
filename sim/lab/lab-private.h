/* SPDX-License-Identifier: MIT
 *
 * What the files of the lab share: the lab, its hosts, its mail. Each group of functions stands
 * in the file named after Postfix's own daemon, or after the thing. */
#pragma once

#include <gsasl.h>

#include <mailsim/lab/lab.h>
#include <mailsim/lab/schedule.h>
#include <mailsim/protocol/trivial-rewrite.h>
#include <mailsim/session/smtp-client.h>
#include <mailsim/session/smtp-server.h>
#include <mailsim/wire/wire.h>

struct MailsimLab {
    MailsimRecording *recording; /* borrowed */
    MailsimSchedule *schedule;
    MailsimAuthority *authority;
    MailsimWorld *world;
    GPtrArray *hosts;         /* of MailsimHost */
    GPtrArray *connections;   /* of MailsimConnection: open ones */
    GHashTable *certificates; /* definition's name: MailsimCertificate, of the world as it is */
    Gsasl *gsasl;
    gsize read_max_bytes;
    guint n_drafts; /* messages written by mail programs so far */
    MailsimSpan errand_span;
};

/* One message in a host's queue. */
typedef struct {
    char *queue_id;
    char *sender;          /* empty: <> */
    GPtrArray *recipients; /* of char * */
    GPtrArray *originals;  /* of char *: the same as they were given, perhaps without domain */
    GBytes *content;       /* lines end in LF */
    gboolean eight_bit;    /* declared so, by its client or its header */
    gboolean utf8;         /* declared so by its client */
    MailsimTime arrived_us;
} MailsimQueueFile;

typedef struct {
    MailsimLab *lab;                         /* borrowed */
    const MailsimHostDefinition *definition; /* borrowed from the world */
    MailsimTls *server_tls;
    MailsimTls *relay_tls;
    guint certificate_issue; /* the one that is shown, and its day */
    MailsimTime certificate_day_us;
    char *certificate_name;          /* its profile or definition */
    MailsimCertificate *certificate; /* shown by server_tls; NULL: unreadable */
    GHashTable *sessions;            /* smtp_tls_session_cache_database */
    GHashTable *auth_penalties;      /* Dovecot's, by client address; see sasl-penalty.c */
    GHashTable *throttled;           /* service: gint64, when master(8) starts it again */
    GHashTable *mailboxes;           /* user: GPtrArray of GBytes */
    GPtrArray *queue;                /* of MailsimQueueFile: active and deferred */
    GPtrArray *deliveries;           /* of smtp(8): under way, then waiting */
    guint n_queue_files;
} MailsimHost;

/* ---- lab.c ------------------------------------------------------------------------------- */

MailsimHost *mailsim_lab_find_host(MailsimLab *lab, const char *name);
MailsimHost *mailsim_lab_find_host_at(MailsimLab *lab, const char *address);
gint64 mailsim_lab_get_latency(const MailsimLab *lab, const char *a, const char *b);

/* A new event of KIND, stamped with the time, in the recording; lent, to be filled in. PARTY
 * may be NULL; HOP is -1 for none. */
MailsimEvent *
mailsim_lab_record(MailsimLab *lab, MailsimEventKind kind, const char *party, int hop);

/* ---- host.c ------------------------------------------------------------------------------ */

MailsimHost *mailsim_host_new(MailsimLab *lab);
void mailsim_host_free(MailsimHost *host);
gboolean mailsim_host_configure(MailsimHost *host,
                                const MailsimHostDefinition *definition,
                                GError **error);
const MailsimUser *mailsim_host_find_user(const MailsimHost *host, const char *name);

/* Is there a certificate in the file at PATH? */
gboolean mailsim_host_has_certificate_at(const MailsimHost *host, const char *path);

/* The service that listens on PORT; NULL: nobody does. The plain port 25 is a service without
 * settings of its own. */
const MailsimServiceDefinition *mailsim_host_find_service(const MailsimHost *host, guint port);

/* ---- parameters.c: main.cf, master.cf and dovecot.conf ----------------------------------- */

/* The value of a Postfix parameter as SERVICE (NULL: any other daemon) sees it, $names expanded
 * but in templates such as default_rbl_reply; free with g_free(). */
char *mailsim_host_dup_parameter(const MailsimHost *host,
                                 const MailsimServiceDefinition *service,
                                 const char *name);
/* The same as it is written; default_rbl_reply has $names of its own. */
char *mailsim_host_dup_raw_parameter(const MailsimHost *host,
                                     const MailsimServiceDefinition *service,
                                     const char *name);
gboolean mailsim_host_get_flag(const MailsimHost *host,
                               const MailsimServiceDefinition *service,
                               const char *name);
/* The same split at commas and blanks; free with g_strfreev(). */
char **mailsim_host_dup_list(const MailsimHost *host,
                             const MailsimServiceDefinition *service,
                             const char *name);
/* As numbers; 0 for a value that is none, which find_fatal has told of before. A time without
 * unit has that of the default. */
gint64 mailsim_host_get_number(const MailsimHost *host,
                               const MailsimServiceDefinition *service,
                               const char *name);
gint64 mailsim_host_get_time_us(const MailsimHost *host,
                                const MailsimServiceDefinition *service,
                                const char *name);
const char *mailsim_host_get_dovecot_setting(const MailsimHost *host, const char *name);

/* What the first parameter that smtpd(8) cannot use has it die of, when a client connects:
 * “bad boolean configuration: smtpd_helo_required = si”. NULL: nothing; free with g_free(). A
 * value that cannot be expanded (“macro processing error: …”) keeps the whole of Postfix from
 * starting. What is wrong with restriction lists is mailsim_restrictions_find_fatal()'s. */
char *mailsim_host_find_fatal_parameter(const MailsimHost *host,
                                        const MailsimServiceDefinition *service);

/* ---- lookup-table.c, pattern-table.c: hash:/etc/aliases and the like --------------------- */

typedef enum {
    MAILSIM_LOOKUP_NOT_FOUND,
    MAILSIM_LOOKUP_FOUND,
    MAILSIM_LOOKUP_ERROR, /* a table that cannot be opened: “Temporary lookup failure” */
} MailsimLookup;

/* Look KEY up in TABLES, one after the other: “hash:/etc/aliases, static:x”, a value of a
 * *_maps parameter. VALUE may be NULL; what is found is to be freed. */
MailsimLookup mailsim_host_look_up(const MailsimHost *host,
                                   const char *tables,
                                   const char *key,
                                   char **value);

/* The same with a part of what is looked up, such as the domain of an address: tables of
 * patterns (regexp, pcre, cidr) are asked for the whole only. */
MailsimLookup mailsim_host_look_up_part(const MailsimHost *host,
                                        const char *tables,
                                        const char *key,
                                        char **value);

/* An address as virtual(5) and the *_recipient_maps have it: user+ext@domain, user@domain;
 * user+ext and user where the domain is local; @domain. */
MailsimLookup mailsim_host_look_up_address(const MailsimHost *host,
                                           const char *tables,
                                           const char *address,
                                           char **value);

/* “root” of “root+x” by recipient_delimiter; NULL: there is no extension. Free with
 * g_free(). */
char *mailsim_host_dup_bare_local_part(const MailsimHost *host, const char *local_part);

/* An address or a name as aliases(5) has it, without quotes and backslashes; free with
 * g_free(). */
char *mailsim_alias_dup_unquoted(const char *text);

/* The file at PATH; NULL: the host has none. */
const MailsimFileDefinition *mailsim_host_find_file(const MailsimHost *host, const char *path);

/* Why smtpd(8) dies of a list of TABLES: one is not of the form “type:name”. NULL: it does not;
 * free with g_free(). */
char *mailsim_host_find_fatal_table(const char *tables);

/* What a table of patterns, given by its LINES, makes of KEY. */
MailsimLookup mailsim_pattern_table_look_up(const char *const *lines,
                                            const char *type,
                                            const char *key,
                                            char **value);

/* ---- match-list.c: mynetworks, mydestination and their like ------------------------------ */

/* Does a list of domains (mydestination, relay_domains, …) have DOMAIN? mydestination and
 * relay_domains are trivial-rewrite(8)'s, which sees no SERVICE: pass NULL. */
MailsimLookup mailsim_host_match_domain(const MailsimHost *host,
                                        const MailsimServiceDefinition *service,
                                        const char *parameter,
                                        const char *domain);

/* Does a list of clients (mynetworks, smtpd_forbid_bare_newline_exclusions, …) have the one at
 * ADDRESS, by address or name? PATTERN, which may be NULL, is the member that decided, “!”
 * included, to be freed; NULL where none did. */
MailsimLookup mailsim_host_match_client(const MailsimHost *host,
                                        const MailsimServiceDefinition *service,
                                        const char *parameter,
                                        const char *address,
                                        char **pattern);

/* Why smtpd(8) dies of a list; NULL: it does not. Free with g_free(). */
char *mailsim_host_find_fatal_list(const MailsimHost *host,
                                   const MailsimServiceDefinition *service,
                                   const char *parameter);

/* ---- dns.c ------------------------------------------------------------------------------- */

typedef struct {
    char *name;    /* the host to connect to */
    char *address; /* NULL: it has none */
} MailsimDnsAnswer;

typedef void (*MailsimDnsFound)(gpointer data, const MailsimDnsAnswer *answer);

typedef struct {
    const char *party; /* who asks */
    const char *type;  /* “A” or “AAAA” */
    const char *name;
} MailsimDnsQuestion;

/* Look up on behalf of a party and call FOUND when the answer has come back. An answer without
 * address: there is no such record. */
void mailsim_dns_look_up_address(MailsimLab *lab,
                                 const MailsimDnsQuestion *question,
                                 MailsimDnsFound found,
                                 gpointer data);
void mailsim_dns_look_up_mx(MailsimLab *lab,
                            const char *party,
                            const char *domain,
                            MailsimDnsFound found,
                            gpointer data);

/* The data of each record of TYPE at NAME as in a zone file, array of char *; empty: none of
 * this type. NULL: no such name. Free with g_ptr_array_unref(). */
GPtrArray *mailsim_dns_list_records(const MailsimLab *lab, const char *type, const char *name);

/* The same, asked by a party that waits for the answer in the middle of a HOP: recorded there,
 * and the round trip added to *DELAY_US, which may be NULL. */
GPtrArray *mailsim_dns_ask(MailsimLab *lab,
                           const MailsimDnsQuestion *question,
                           const MailsimHop *hop,
                           gint64 *delay_us);

/* “25.113.0.203.in-addr.arpa”; free with g_free(); NULL when ADDRESS is none. */
char *mailsim_dns_dup_reverse_name(const char *address);

/* What a server finds for its client's address, forwards and backwards: “unknown” when
 * nothing. */
const char *mailsim_dns_get_client_name(MailsimLab *lab, const char *address);

/* ---- blocklist.c ------------------------------------------------------------------------- */

/* As mailsim_dns_list_records(), of the zones of blocklists. */
GPtrArray *
mailsim_blocklist_list_records(const MailsimLab *lab, const char *type, const char *name);

/* ---- connection.c ------------------------------------------------------------------------ */

typedef struct MailsimConnection MailsimConnection;

typedef struct {
    const char *from; /* party */
    const char *from_address;
    gboolean from_mail_program;
    gboolean typed;      /* by hand */
    const char *to_fqdn; /* the name that was looked up */
    const char *address;
    guint port;
    MailsimSession *session; /* the client's; taken over */
    MailsimTls *tls;
    const char *server_name;   /* SNI; NULL: none */
    const char *expected_name; /* in the certificate; NULL: any will do */
    gboolean insists;          /* a certificate that does not hold ends it */
    GHashTable *sessions;      /* the client's cache of TLS sessions; NULL: none */

    /* The client's session is over. Called once; the session lives until it returns. REFUSED:
     * nobody listened. */
    void (*done)(gpointer data, MailsimHop *hop, gboolean refused);
    gpointer data;
} MailsimConnectionOptions;

void mailsim_connection_open(MailsimLab *lab, const MailsimConnectionOptions *options);
void mailsim_connection_free(MailsimConnection *connection);

/* client-hello.c: what a server that awaits text is given when its client begins with TLS;
 * lent. */
GBytes *mailsim_client_hello_get(void);

/* ---- session-cache.c --------------------------------------------------------------------- */

/* A client's cache of TLS sessions, by the server's name, address and port; free with
 * g_hash_table_unref(). */
GHashTable *mailsim_session_cache_new(void);

/* The ticket to resume from, lent; NULL: none, or too old, or CACHE is NULL. */
GBytes *mailsim_session_cache_find(GHashTable *cache, const char *id, MailsimTime now_us);

/* Remember a session with the verdict of its HOP; tell that verdict to a HOP that resumed. */
void mailsim_session_cache_keep(GHashTable *cache,
                                const char *id,
                                GBytes *ticket,
                                const MailsimHop *hop,
                                MailsimTime now_us);
void mailsim_session_cache_recall(GHashTable *cache, const char *id, MailsimHop *hop);

/* ---- smtpd.c, restrictions.c, sasl.c ----------------------------------------------------- */

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
    gint64 *delay_us;                 /* what looking things up has taken is added */
    MailsimRestrictionMemory *memory; /* of the connection; NULL: nothing is remembered */
} MailsimRestrictionQuery;

/* Look at the restriction lists that belong to the stage, rule by rule, recording each. The
 * reply that refuses, to be freed; NULL: accepted. */
char *mailsim_restrictions_check(const MailsimRestrictionQuery *query);

/* Why smtpd(8) would refuse to serve with these lists; NULL: it serves. */
char *mailsim_restrictions_find_fatal(const MailsimHost *host,
                                      const MailsimServiceDefinition *service);

typedef enum {
    MAILSIM_DOMAIN_LOCAL, /* postconf(5) mydestination */
    MAILSIM_DOMAIN_RELAY, /* postconf(5) relay_domains */
    MAILSIM_DOMAIN_ELSEWHERE,
} MailsimDomainClass;

MailsimDomainClass mailsim_host_classify(const MailsimHost *host, const char *recipient);

/* destination.c: what trivial-rewrite(8) makes of an address. The rules are the host's, and
 * hold for it alone. */
typedef struct {
    MailsimRewriteRules rules; /* with strings of its own */
} MailsimRewriter;

void mailsim_rewriter_init(MailsimRewriter *rewriter, const MailsimHost *host);
void mailsim_rewriter_clear(MailsimRewriter *rewriter);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimRewriter, mailsim_rewriter_clear)

typedef struct {
    MailsimDomainClass class;
    char *recipient; /* who it is really for, always with a domain */
    gboolean routed; /* the local part names another domain still */
    gboolean failed; /* a list of domains cannot be read */
} MailsimDestination;

void mailsim_host_resolve(const MailsimHost *host,
                          const char *address,
                          MailsimDestination *destination);
void mailsim_destination_clear(MailsimDestination *destination);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimDestination, mailsim_destination_clear)

typedef struct MailsimSaslServer MailsimSaslServer;

typedef enum {
    MAILSIM_SASL_DOVECOT,
    MAILSIM_SASL_CYRUS, /* Postfix's default; on a fresh Debian it knows nobody */
} MailsimSaslType;

/* The side of a login that checks the password, at HOST (postconf(5) smtpd_sasl_type). */
MailsimSaslServer *mailsim_sasl_server_new(MailsimHost *host, MailsimSaslType type);
void mailsim_sasl_server_free(MailsimSaslServer *server);

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

/* A mail program's side; DATA of the table is the client itself. */
typedef struct MailsimSaslLogin MailsimSaslLogin;
MailsimSaslLogin *
mailsim_sasl_login_new(MailsimLab *lab, const char *user, const char *password);
void mailsim_sasl_login_free(MailsimSaslLogin *login);
MailsimSaslClient mailsim_sasl_login_get_client(MailsimSaslLogin *login);

/* ---- cleanup.c, qmgr.c, smtp.c, local.c, mail-program.c ---------------------------------- */

/* cleanup(8): a queue id for the message to come; free with g_free(). */
char *mailsim_cleanup_new_queue_id(MailsimHost *host);

/* From an SMTP session: with the Received: line of smtpd(8). */
void mailsim_cleanup_take_smtp(const MailsimRestrictionQuery *query,
                               const char *queue_id,
                               GBytes *message);

/* From a user at a shell, by sendmail(1) and pickup(8). */
void mailsim_cleanup_take_local(MailsimHost *host, const MailsimErrand *errand);

/* From local(8): FROM goes on to the RECIPIENTS that an alias of DELIVERED_TO has elsewhere. */
void mailsim_cleanup_take_forwarded(MailsimHost *host,
                                    const MailsimQueueFile *from,
                                    const char *queue_id,
                                    const char *delivered_to,
                                    const GPtrArray *recipients);

/* qmgr(8): deliver what just came in. */
void mailsim_qmgr_activate(MailsimHost *host, MailsimQueueFile *file);
void mailsim_queue_file_free(MailsimQueueFile *file);

/* The result of one delivery attempt, for one recipient. */
typedef struct {
    const char *status; /* “sent”, “deferred”, “bounced” */
    const char *dsn;
    const char *relay;
    const char *reason;
    gboolean delivered;
} MailsimDeliveryStatus;

void mailsim_qmgr_record_status(MailsimHost *host,
                                const MailsimQueueFile *file,
                                const char *recipient,
                                int hop,
                                const MailsimDeliveryStatus *status);

/* smtp(8): deliver FILE to the RECIPIENTS (taken over), all at DOMAIN. */
void mailsim_smtp_deliver(MailsimHost *host,
                          MailsimQueueFile *file,
                          const char *domain,
                          GPtrArray *recipients);
void mailsim_smtp_delivery_free(gpointer delivery);

/* local(8): deliver FILE to one of its recipients. */
void mailsim_local_deliver(MailsimHost *host, const MailsimQueueFile *file, guint recipient);

/* Is RECIPIENT, internal form, one that smtpd(8) takes: postconf(5) local_recipient_maps for a
 * domain of mydestination, relay_recipient_maps for one of relay_domains. Without such a list
 * everybody is found. */
MailsimLookup mailsim_local_recipient_exists(const MailsimHost *host,
                                             const MailsimServiceDefinition *service,
                                             const char *recipient);
MailsimLookup mailsim_relay_recipient_exists(const MailsimHost *host,
                                             const MailsimServiceDefinition *service,
                                             const char *recipient);

void mailsim_mail_program_send(MailsimLab *lab, const MailsimErrand *errand);

/* What it calls itself in EHLO: “laptop.iesgn.example”; free with g_free(). */
char *mailsim_mail_program_dup_fqdn(MailsimLab *lab,
                                    const MailsimMailProgramDefinition *program);

/* A client that knows the roots that every computer comes with. */
MailsimTls *mailsim_mail_program_create_tls(const MailsimLab *lab);

/* ---- witness.c --------------------------------------------------------------------------- */

/* What is seen of HOP from its client's end, as events; what of it concerns the whole hop is
 * noted there, too. */
void mailsim_witness_line(MailsimLab *lab,
                          MailsimHop *hop,
                          MailsimDirection direction,
                          gboolean secured,
                          const char *text);
void mailsim_witness_handshake(MailsimLab *lab,
                               MailsimHop *hop,
                               MailsimDirection direction,
                               const char *message,
                               const char *detail);
void mailsim_witness_negotiated(MailsimHop *hop, gnutls_session_t session);
void mailsim_witness_secured(MailsimLab *lab, MailsimHop *hop, gnutls_session_t session);
void mailsim_witness_tls_failed(MailsimLab *lab, MailsimHop *hop, const char *reason);

/* PARTY got plain text where only TLS may come. */
void mailsim_witness_left_over(MailsimLab *lab,
                               MailsimHop *hop,
                               const char *party,
                               const char *text);

/* PARTY has waited at WIRE as long as it does. */
void mailsim_witness_timeout(MailsimLab *lab,
                             MailsimHop *hop,
                             const char *party,
                             const MailsimWire *wire);
void mailsim_witness_closed(MailsimLab *lab, MailsimHop *hop, const char *by);

/* ---- listener.c -------------------------------------------------------------------------- */

/* What must not be seen, to be looked for on every cable. Strings may be NULL. */
void mailsim_listener_search(MailsimHop *hop,
                             const char *password,
                             const char *text,
                             const GPtrArray *addresses);
