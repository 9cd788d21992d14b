/* SPDX-License-Identifier: MIT
 *
 * A host: what it is made of, its settings and tables, and whose mail an address is to it. */
#pragma once

#include <stdarg.h>

#include <mailsim/protocol/trivial-rewrite.h>
#include <mailsim/settings/mail-location.h>
#include <mailsim/store/mail-store.h>

#include "anvil-private.h"
#include "lab-private.h"

typedef struct MailsimLastResolved MailsimLastResolved;

struct MailsimHost {
    MailsimLab *lab;                         /* borrowed */
    const MailsimHostDefinition *definition; /* borrowed from the world */
    MailsimTls *server_tls;
    MailsimTls *relay_tls;
    MailsimTls *dovecot_tls; /* NULL: its certificate cannot be read, or it does not run */
    MailsimCertificate *dovecot_certificate; /* shown by dovecot_tls */
    GPtrArray *dovecot_services;             /* of MailsimServiceDefinition: where it listens */
    GPtrArray *readers;      /* of MailsimDovecot: who has logged in; borrowed */
    char *relay_trust;       /* the settings that relay_tls was made of */
    guint certificate_issue; /* the one that is shown, and its day */
    MailsimTime certificate_day_us;
    char *certificate_name;                /* its profile or definition */
    MailsimCertificate *certificate;       /* shown by server_tls; NULL: unreadable */
    MailsimCertificate *first_certificate; /* that it began with; NULL: it has had none */
    GHashTable *parameters;                /* see mailsim_host_forget_parameters() */
    GHashTable *match_lists;               /* the same of match-list.c */
    MailsimLastResolved *last_resolved;    /* the same of destination.c */
    MailsimTlsmgr *tlsmgr;
    MailsimAnvil *anvil;
    GHashTable *auth_penalties;    /* Dovecot's, by client address; see sasl-penalty.c */
    GHashTable *throttled;         /* service: gint64, when master(8) starts it again */
    GHashTable *mail;              /* place: MailsimMailStore; see mail-location.c */
    GPtrArray *queue;              /* of MailsimQueueFile: active and deferred */
    GHashTable *destinations;      /* that smtp(8) has deliveries for; NULL: none yet */
    GPtrArray *deliveries;         /* of smtp(8): under way, then waiting */
    GPtrArray *searches;           /* of smtp(8), for addresses: under way */
    MailsimAppointment *queue_run; /* the next one that has something to do; NULL: none */
    gboolean lifetimes_told;       /* that one was adjusted, by qmgr(8) */
    guint n_queue_files;
    GHashTable *missing_transports; /* when qmgr(8) asked for them: MailsimTime */
    GPtrArray *processes;           /* of MailsimProcess */
    guint n_processes;              /* that there ever were */
    guint auth_pid; /* of Dovecot's auth; its worker's is the next. 0: none yet */
};

/* ---- host.c ------------------------------------------------------------------------------ */

MailsimHost *mailsim_host_new(MailsimLab *lab);
void mailsim_host_free(MailsimHost *host);
gboolean mailsim_host_configure(MailsimHost *host,
                                const MailsimHostDefinition *definition,
                                GError **error);

/* ---- dovecot/dovecot-options.c ----------------------------------------------------------- */

/* Where it listens, and the certificate that it shows, by the host's definition. FALSE: that
 * could not be made. */
gboolean mailsim_dovecot_configure(MailsimHost *host, GError **error);

/* dovecot.conf listen: does it listen at ADDRESS? */
gboolean mailsim_dovecot_listens_at(const MailsimHost *host, const char *address);

/* ---- mail-location.c --------------------------------------------------------------------- */

GHashTable *mailsim_host_mail_new(void);

/* Where local(8) puts it (postconf(5) home_mailbox, mail_spool_directory), and where Dovecot
 * looks for it (dovecot.conf mail_location). */
void mailsim_host_find_delivery(const MailsimHost *host,
                                const char *user,
                                MailsimMailLocation *location);
void mailsim_host_find_mail(const MailsimHost *host,
                            const char *user,
                            MailsimMailLocation *location);

/* What lies at LOCATION, made if need be; lent. */
MailsimMailStore *mailsim_host_open_mail(MailsimHost *host,
                                         const MailsimMailLocation *location);

/* The mailbox that local(8) puts the mail of USER into; lent. */
MailsimMailbox *mailsim_host_open_inbox(MailsimHost *host, const char *user);

/* Postfix is stopped, and started again. */
void mailsim_host_restart(MailsimHost *host);
const MailsimUser *mailsim_host_find_user(const MailsimHost *host, const char *name);

/* The service that listens on PORT; NULL: nobody does. The plain port 25 is a service without
 * settings of its own. */
const MailsimServiceDefinition *mailsim_host_find_service(const MailsimHost *host, guint port);

/* Do its services listen at ADDRESS, one of its own: postconf(5) inet_interfaces? */
gboolean mailsim_host_listens_at(const MailsimHost *host, const char *address);

/* ---- process.c: master(8)'s processes, and the mail log ------------------------------------
 */

GPtrArray *mailsim_processes_new(void);

/* One of DAEMON (“smtpd”), of SERVICE or, NULL, of the daemon's only one: one that is idle,
 * else a new one. Lent, until mailsim_process_end(), which takes NULL. */
MailsimProcess *mailsim_process_start(MailsimHost *host,
                                      const MailsimServiceDefinition *service,
                                      const char *daemon);
void mailsim_process_end(MailsimProcess *process);
/* Is it the first time that the process comes to WHAT? Some things a daemon says once. */
gboolean mailsim_process_is_first(MailsimProcess *process, const char *what);
guint mailsim_process_get_pid(const MailsimProcess *process);

/* A line of the mail log, in Postfix's words, about HOP; -1: about none. */
void mailsim_process_log(const MailsimProcess *process, int hop, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
void mailsim_process_log_valist(const MailsimProcess *process,
                                int hop,
                                const char *format,
                                va_list arguments) G_GNUC_PRINTF(3, 0);

/* It has been told of a signed answer, or of an unsigned one though it asked for signatures.
 * Does it have to find out, once in its life, whether its resolver checks them (postconf(5)
 * dnssec_probe)? */
gboolean mailsim_process_doubts_resolver(MailsimProcess *process, gboolean authenticated);

/* It is over with “fatal: WORDS”; what master(8) says of that. Its pid is not used again. */
void mailsim_process_die(MailsimProcess *process, int hop, const char *words);

/* The same, of a daemon that has done its work at once. */
void mailsim_host_log(MailsimHost *host, const char *daemon, int hop, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* The same of Dovecot's, whose daemons all write through one. */
void mailsim_host_log_dovecot(MailsimHost *host, int hop, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* Of a process that writes nothing by itself. */
guint mailsim_host_take_pid(MailsimHost *host);

/* Has it just been started, and done nothing before? */
gboolean mailsim_process_is_new(const MailsimProcess *process);

/* Postfix is reloaded, or, WITH_MASTER, stopped: those that are idle end, the others when they
 * have done their work. */
void mailsim_processes_end(GPtrArray *processes, gboolean with_master);

/* ---- tlsmgr.c: tlsmgr(8), whom smtp(8) and smtpd(8) ask ------------------------------- */

MailsimTlsmgr *mailsim_tlsmgr_new(MailsimHost *host);
void mailsim_tlsmgr_free(MailsimTlsmgr *tlsmgr);

/* With Postfix, or because Postfix is reloaded: caches and keys are gone. */
void mailsim_tlsmgr_restart(MailsimTlsmgr *tlsmgr);

/* The first daemon has asked for it: it begins, and opens its caches. */
void mailsim_tlsmgr_begin(MailsimTlsmgr *tlsmgr);

gboolean mailsim_tlsmgr_has_cache(const MailsimTlsmgr *tlsmgr, MailsimTlsCache cache);

/* The session under ID, lent; NULL: there is none, or it is too old. HOP is for the log. */
const MailsimTlsSession *
mailsim_tlsmgr_look_up(MailsimTlsmgr *tlsmgr, MailsimTlsCache cache, const char *id, int hop);

/* Keep a copy of SESSION under ID; the log of it, which may come before. */
void mailsim_tlsmgr_put(MailsimTlsmgr *tlsmgr,
                        MailsimTlsCache cache,
                        const char *id,
                        const MailsimTlsSession *session);
void mailsim_tlsmgr_log_put(
    MailsimTlsmgr *tlsmgr, MailsimTlsCache cache, const char *id, guint size_bytes, int hop);

/* How smtpd(8) lets clients resume now; then, once a client has come with a ticket that was
 * given out at a certain second since 1970 (G_MAXINT64: with none, or nobody knows), what it is
 * to be read with, or a new one to be written. The memory is lent. */
void mailsim_tlsmgr_read_resumption(const MailsimTlsmgr *tlsmgr,
                                    MailsimTlsResumption *resumption);
void mailsim_tlsmgr_find_memory(MailsimTlsmgr *tlsmgr,
                                gint64 issued_s,
                                MailsimTlsResumption *resumption);

/* When the key of such a ticket ceases to encrypt, for the log: seconds since 1970. */
gint64 mailsim_tlsmgr_get_key_expiration(const MailsimTlsmgr *tlsmgr, gint64 issued_s);

/* ---- tls-ciphers.c -------------------------------------------------------------------- */

typedef struct {
    const MailsimHost *host;
    const MailsimServiceDefinition *service; /* NULL: a client */
    const char *side;                        /* “smtp”, “smtpd” */
    gboolean is_mandatory;                   /* TLS */
    gboolean is_certified;                   /* the other side must show a certificate */
} MailsimTlsCipherRules;

/* “aNULL:-aNULL:HIGH:MEDIUM:+RC4:@STRENGTH:!aNULL”; free with g_free(). */
char *mailsim_tls_ciphers_describe(const MailsimTlsCipherRules *rules);

/* Who asks a list of clients, and where it writes what is wrong with the list. */
typedef struct {
    MailsimProcess *process;
    int hop;
    const char *list; /* “mynetworks” */
} MailsimListAsker;

/* When the list is opened: what of it is not there, each once for a process. When it is asked
 * for ADDRESS: why there is no answer. */
void mailsim_host_log_missing_files(const MailsimHost *host,
                                    const MailsimServiceDefinition *service,
                                    const MailsimListAsker *asker);
void mailsim_host_log_broken_list(const MailsimHost *host,
                                  const MailsimServiceDefinition *service,
                                  const MailsimListAsker *asker,
                                  const char *address);

/* ---- table-log.c ------------------------------------------------------------------------- */

/* One of TABLES cannot be read, be it asked for KEY or another: “warning: hash:/etc/aliases is
 * unavailable. …”, where it is known why. */
void mailsim_process_log_unavailable(const MailsimProcess *process,
                                     int hop,
                                     const MailsimHost *host,
                                     const char *tables,
                                     const char *key);

/* What is wrong with TABLES when PROCESS opens them: “error: open database …” */
void mailsim_process_log_opening(const MailsimProcess *process,
                                 const MailsimHost *host,
                                 const char *tables);

/* What a process says when a look-up of KEY fails, without “warning: ”: lines, of char *, to be
 * unreferenced. */
GPtrArray *
mailsim_host_list_lookup_errors(const MailsimHost *host, const char *tables, const char *key);

/* The same, and “… lookup error for "KEY"”. */
void mailsim_process_log_lookup_error(const MailsimProcess *process,
                                      int hop,
                                      const MailsimHost *host,
                                      const char *tables,
                                      const char *key);

/* ---- certificate.c ----------------------------------------------------------------------- */

/* That of the definition or profile NAME, for HOST as it is now; to be unreferenced. */
MailsimCertificate *
mailsim_host_issue_certificate(MailsimHost *host, const char *name, GError **error);

/* ---- parameters.c: main.cf, master.cf and dovecot.conf ----------------------------------- */

/* The definition is another one, or has changed: values are worked out anew. Before, there are
 * none at all. */
void mailsim_host_forget_parameters(MailsimHost *host);

/* The value of a Postfix parameter as SERVICE (NULL: any other daemon) sees it, $names expanded
 * but in templates such as default_rbl_reply. Lent until the settings change. */
const char *mailsim_host_get_parameter(const MailsimHost *host,
                                       const MailsimServiceDefinition *service,
                                       const char *name);

/* The same; free with g_free(). */
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
/* The same split at commas and blanks; lent likewise, or to be freed with g_strfreev(). */
char **mailsim_host_get_list(const MailsimHost *host,
                             const MailsimServiceDefinition *service,
                             const char *name);
char **mailsim_host_dup_list(const MailsimHost *host,
                             const MailsimServiceDefinition *service,
                             const char *name);
/* Has such a list WORD, in large letters or small? */
gboolean mailsim_host_list_has(const MailsimHost *host,
                               const MailsimServiceDefinition *service,
                               const char *name,
                               const char *word);
/* As numbers; 0 for a value that is none, which find_fatal has told of before. A time without
 * unit has that of the default. */
gint64 mailsim_host_get_number(const MailsimHost *host,
                               const MailsimServiceDefinition *service,
                               const char *name);
/* smtp_tls_loglevel, smtpd_tls_loglevel: see mailsim_tls_loglevel_parse(). */
guint mailsim_host_get_tls_loglevel(const MailsimHost *host,
                                    const MailsimServiceDefinition *service,
                                    const char *name);
gint64 mailsim_host_get_time_us(const MailsimHost *host,
                                const MailsimServiceDefinition *service,
                                const char *name);

/* What SERVICE dies of when it starts, in Postfix's words; NULL: of nothing. EXAMINE, the same
 * for all, is asked once, until the settings change; its answer is to be freed. Lent likewise.
 */
typedef char *MailsimHostExaminer(const MailsimHost *host,
                                  const MailsimServiceDefinition *service);

const char *mailsim_host_examine_parameters(const MailsimHost *host,
                                            const MailsimServiceDefinition *service,
                                            MailsimHostExaminer *examine);

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

/* The same; EXTENSION, to be freed, is what was left off ADDRESS to find it, with its
 * delimiter: “+ext”; NULL: nothing. */
MailsimLookup mailsim_host_look_up_alias(const MailsimHost *host,
                                         const char *tables,
                                         const char *address,
                                         char **value,
                                         char **extension);

/* “root” of “root+x” by recipient_delimiter; NULL: there is no extension. Free with
 * g_free(). */
char *mailsim_host_dup_bare_local_part(const MailsimHost *host, const char *local_part);

/* An address or a name as aliases(5) has it, without quotes and backslashes; free with
 * g_free(). */
char *mailsim_alias_dup_unquoted(const char *text);

/* The file at PATH; NULL: the host has none. */
const MailsimFileDefinition *mailsim_host_find_file(const MailsimHost *host, const char *path);

/* The first key that texthash:PATH has twice, in Postfix's words; NULL: none, or no such file.
 * Free with g_free(). */
char *mailsim_host_find_duplicate(const MailsimHost *host, const char *path);

/* What Postfix says of the lines of a table, “texthash:/etc/postfix/x”, that it cannot read and
 * passes over when it opens it: lines, of char *, to be unreferenced. */
GPtrArray *mailsim_host_list_skipped_lines(const MailsimHost *host, const char *table);

/* Why smtpd(8) dies of a list of TABLES: one is not of the form “type:name”. NULL: it does not;
 * free with g_free(). */
char *mailsim_host_find_fatal_table(const char *tables);

/* Does the pattern of LINE, of a regexp_table(5), never end? */
gboolean mailsim_pattern_is_unclosed(const char *line);

/* What a table of patterns, given by its LINES, makes of KEY. */
MailsimLookup mailsim_pattern_table_look_up(const char *const *lines,
                                            const char *type,
                                            const char *key,
                                            char **value);

/* ---- match-list.c: mynetworks, mydestination and their like ------------------------------ */

/* The members of lists that were looked at before. */
GHashTable *mailsim_match_lists_new(void);

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

/* ---- destination.c: whose mail a recipient is ------------------------------------------- */

typedef enum {
    MAILSIM_DOMAIN_LOCAL,   /* postconf(5) mydestination */
    MAILSIM_DOMAIN_VIRTUAL, /* postconf(5) virtual_alias_domains */
    MAILSIM_DOMAIN_RELAY,   /* postconf(5) relay_domains */
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
    char *transport; /* “local”, “smtp”, “relay”, “error” …: a service of master.cf */
    char *nexthop;   /* a domain, “[mail.example]:587”, or what an error says */
    gboolean routed; /* the local part names another domain still */
    gboolean failed; /* a list of domains cannot be read */
} MailsimDestination;

MailsimLastResolved *mailsim_last_resolved_new(void);
void mailsim_last_resolved_free(MailsimLastResolved *last);
void mailsim_host_resolve(const MailsimHost *host,
                          const char *address,
                          MailsimDestination *destination);
void mailsim_destination_clear(MailsimDestination *destination);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimDestination, mailsim_destination_clear)
