/* SPDX-License-Identifier: MIT
 *
 * What the files of the lab share: the lab, its hosts, its mail. Each group of functions stands
 * in the file named after Postfix's own daemon, or after the thing. */
#pragma once

#include <gsasl.h>

#include <mailsim/lab/lab.h>
#include <mailsim/lab/schedule.h>
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
    GHashTable *mailboxes;           /* user: GPtrArray of GBytes */
    GPtrArray *queue;                /* of MailsimQueueFile: active and deferred */
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

/* The service that listens on PORT; NULL: nobody does. The plain port 25 is a service without
 * settings of its own. */
const MailsimServiceDefinition *mailsim_host_find_service(const MailsimHost *host, guint port);

/* ---- parameters.c: main.cf, master.cf and dovecot.conf ----------------------------------- */

/* The value of a Postfix parameter as SERVICE (NULL: any other daemon) sees it, $names
 * expanded; free with g_free(). */
char *mailsim_host_dup_parameter(const MailsimHost *host,
                                 const MailsimServiceDefinition *service,
                                 const char *name);
gboolean mailsim_host_get_flag(const MailsimHost *host,
                               const MailsimServiceDefinition *service,
                               const char *name);
/* The same split at commas and blanks; free with g_strfreev(). */
char **mailsim_host_dup_list(const MailsimHost *host,
                             const MailsimServiceDefinition *service,
                             const char *name);
const char *mailsim_host_get_dovecot_setting(const MailsimHost *host, const char *name);

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

/* What a server finds for its client's address, forwards and backwards: “unknown” when
 * nothing. */
const char *mailsim_dns_get_client_name(MailsimLab *lab, const char *address);

/* ---- connection.c ------------------------------------------------------------------------ */

typedef struct MailsimConnection MailsimConnection;

typedef struct {
    const char *from; /* party */
    const char *from_address;
    gboolean from_mail_program;
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

/* Nothing more will come: say who waits for what, and let both hang up. */
void mailsim_connection_give_up(MailsimConnection *connection);

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

/* The server of one connection; NULL when the daemon refuses to serve: then *fatal is Postfix's
 * word on it, to be freed. */
MailsimSmtpd *mailsim_smtpd_new(MailsimHost *host,
                                const MailsimServiceDefinition *service,
                                const char *client_address,
                                MailsimHop *hop,
                                char **fatal);
void mailsim_smtpd_free(MailsimSmtpd *smtpd);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimSmtpd, mailsim_smtpd_free)
MailsimSession *mailsim_smtpd_create_session(MailsimSmtpd *smtpd);

typedef struct {
    MailsimHost *host;
    const MailsimServiceDefinition *service;
    MailsimHop *hop;
    const char *client_address;
    const char *client_name; /* “unknown” when DNS knows none */
    const MailsimSmtpEnvelope *envelope;
    const char *recipient;
} MailsimRestrictionQuery;

/* Look at the restriction lists for one recipient, rule by rule, recording each. The reply that
 * refuses it, to be freed; NULL: accepted. */
char *mailsim_restrictions_check_recipient(const MailsimRestrictionQuery *query);

/* Why smtpd(8) would refuse to serve with these lists; NULL: it serves. */
char *mailsim_restrictions_find_fatal(const MailsimHost *host,
                                      const MailsimServiceDefinition *service);

typedef enum {
    MAILSIM_DOMAIN_LOCAL, /* postconf(5) mydestination */
    MAILSIM_DOMAIN_RELAY, /* postconf(5) relay_domains */
    MAILSIM_DOMAIN_ELSEWHERE,
} MailsimDomainClass;

MailsimDomainClass mailsim_host_classify(const MailsimHost *host, const char *recipient);

typedef struct MailsimSaslServer MailsimSaslServer;

/* Dovecot's side of a login at HOST. */
MailsimSaslServer *mailsim_sasl_server_new(MailsimHost *host);
void mailsim_sasl_server_free(MailsimSaslServer *server);
MailsimSaslResult mailsim_sasl_server_start(MailsimSaslServer *server,
                                            const char *mechanism,
                                            const char *response,
                                            char **text);
MailsimSaslResult
mailsim_sasl_server_step(MailsimSaslServer *server, const char *response, char **text);

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

/* local(8): deliver FILE to one of its recipients. */
void mailsim_local_deliver(MailsimHost *host, const MailsimQueueFile *file, guint recipient);
gboolean mailsim_local_recipient_exists(const MailsimHost *host, const char *recipient);

void mailsim_mail_program_send(MailsimLab *lab, const MailsimErrand *errand);

/* What it calls itself in EHLO: “laptop.iesgn.example”; free with g_free(). */
char *mailsim_mail_program_dup_fqdn(MailsimLab *lab,
                                    const MailsimMailProgramDefinition *program);

/* ---- listener.c -------------------------------------------------------------------------- */

/* What must not be seen, to be looked for on every cable. Strings may be NULL. */
void mailsim_listener_search(MailsimHop *hop,
                             const char *password,
                             const char *text,
                             const GPtrArray *addresses);
