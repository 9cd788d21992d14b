/* SPDX-License-Identifier: MIT
 *
 * What the files of the lab share: the lab, its clock, its names, its connections, its mail
 * programs. Hosts are in host/, their smtpd(8) in smtpd/, their mail in queue/. */
#pragma once

#include <gsasl.h>

#include <mailsim/lab/lab.h>
#include <mailsim/lab/main-cf.h>
#include <mailsim/lab/schedule.h>
#include <mailsim/session/smtp-client.h>
#include <mailsim/wire/wire.h>

typedef struct MailsimHost MailsimHost;
typedef struct MailsimProcess MailsimProcess;
typedef struct MailsimNameSpace MailsimNameSpace;

struct MailsimLab {
    MailsimRecording *recording; /* borrowed */
    MailsimSchedule *schedule;
    MailsimAuthority *authority;     /* borrowed, or its own */
    MailsimAuthority *own_authority; /* NULL: it was given one */
    MailsimWorld *world;
    MailsimNameSpace *names;  /* of the world as it is */
    GPtrArray *hosts;         /* of MailsimHost */
    GPtrArray *connections;   /* of MailsimConnection: open ones */
    GHashTable *certificates; /* definition's name: MailsimCertificate, of the world as it is */
    MailsimTls *mail_program_tls; /* of all mail programs; NULL: none has needed it yet */
    Gsasl *gsasl;
    gsize read_max_bytes;
    GHashTable *fetched; /* program: GPtrArray of char *, ids of what it has got */
    guint n_drafts;      /* messages written by mail programs so far */
    guint n_messages;    /* errands and notifications so far; see MailsimHop */
    MailsimSpan errand_span;

    /* For tests: is there a machine at ADDRESS besides the hosts? *SESSION, taken over, is what
     * listens there, or stays NULL. NULL: there are only hosts. */
    gboolean (*answer)(gpointer data,
                       const char *address,
                       guint port,
                       MailsimSession **session);
    gpointer answer_data;
    MailsimTls *answer_tls; /* borrowed */
};

/* ---- lab.c ------------------------------------------------------------------------------- */

MailsimHost *mailsim_lab_find_host(MailsimLab *lab, const char *name);
MailsimHost *mailsim_lab_find_host_at(MailsimLab *lab, const char *address);
gint64 mailsim_lab_get_latency(const MailsimLab *lab, const char *a, const char *b);

/* A new event of KIND, stamped with the time, in the recording; lent, to be filled in. PARTY
 * may be NULL; HOP is -1 for none. */
MailsimEvent *
mailsim_lab_record(MailsimLab *lab, MailsimEventKind kind, const char *party, int hop);

/* ---- host/certificate.c ------------------------------------------------------------------ */

/* TEXT, data of a TLSA record, with “digest:C” replaced by that of certificate C, or of the one
 * that host C began with; blanks among its digits are left out. Free with g_free(). */
char *mailsim_lab_dup_tlsa(const MailsimLab *lab, const char *text);

/* TEXT, an entry of a list of fingerprints, with “fingerprint:C” and “public-key:C” replaced by
 * what certificate C has. Free with g_free(). */
char *mailsim_lab_dup_fingerprint(const MailsimLab *lab, const char *text, const char *digest);

/* ---- dns.c ------------------------------------------------------------------------------- */

typedef enum {
    MAILSIM_DNS_FOUND,
    MAILSIM_DNS_NO_DATA, /* the name exists, but has nothing of this type: NODATA */
    MAILSIM_DNS_NO_NAME, /* NXDOMAIN */
    MAILSIM_DNS_FAILED,  /* SERVFAIL */
} MailsimDnsResult;

typedef struct {
    MailsimDnsResult result;
    gboolean authenticated; /* each step of the way was signed (RFC 4035 §3.2.3: the AD bit) */
    gboolean bogus;         /* one was signed, but its signature does not hold */
    GPtrArray *aliases;     /* of char *: where CNAME records lead, one after another */
    GPtrArray *records; /* of char *: data as in a zone file, to those who ask without the final
                           dot of names; NULL: no such name, or no answer */
} MailsimDnsAnswer;

void mailsim_dns_answer_clear(MailsimDnsAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimDnsAnswer, mailsim_dns_answer_clear)

typedef void (*MailsimDnsFound)(gpointer data, const MailsimDnsAnswer *answer);

typedef struct {
    const char *party; /* who asks */
    const char *type;  /* “MX”, “A”, “AAAA” … */
    const char *name;
    gboolean asks_signed;    /* and is the answer signed (the DO bit)? Else nobody says so */
    MailsimProcess *process; /* that doubts a resolver who never says so; NULL: nobody does */
} MailsimDnsQuestion;

/* Look up on behalf of a party, and call FOUND when the answer has come back. */
void mailsim_dns_look_up(MailsimLab *lab,
                         const MailsimDnsQuestion *question,
                         MailsimDnsFound found,
                         gpointer data);

/* The same for the addresses of a machine: A, and AAAA where there is none; the type that
 * QUESTION names is passed over. */
void mailsim_dns_look_up_machine(MailsimLab *lab,
                                 const MailsimDnsQuestion *question,
                                 MailsimDnsFound found,
                                 gpointer data);

/* What is known of NAME at this moment, aliases followed (RFC 1034 §3.6.2), in the words of
 * zone files, with final dots. */
void mailsim_dns_find(const MailsimLab *lab,
                      const char *type,
                      const char *name,
                      MailsimDnsAnswer *answer);

/* The same, asked by a party that waits for the answer in the middle of a HOP: recorded there,
 * and the round trip added to *DELAY_US, which may be NULL. */
void mailsim_dns_ask(MailsimLab *lab,
                     const MailsimDnsQuestion *question,
                     const MailsimHop *hop,
                     gint64 *delay_us,
                     MailsimDnsAnswer *answer);

/* “25.113.0.203.in-addr.arpa”; free with g_free(); NULL when ADDRESS is none. */
char *mailsim_dns_dup_reverse_name(const char *address);

/* What a server finds for its client's address, backwards and then forwards: “unknown” when
 * nothing. Lent. */
typedef struct {
    const char *name; /* whose addresses this one is among */
    MailsimDnsResult result;
    const char *reverse_name; /* as the PTR record says it, true or not */
    MailsimDnsResult reverse_result;
    gboolean leads_elsewhere; /* the reverse name has addresses, but not this one */
} MailsimClientName;

MailsimClientName mailsim_dns_find_client(const MailsimLab *lab, const char *address);

/* The name alone. */
const char *mailsim_dns_get_client_name(const MailsimLab *lab, const char *address);

/* ---- name-space.c ------------------------------------------------------------------------ */

/* “mail.iesgn.example MX”, whatever the letters of NAME: one key for all records of a type at a
 * name. Free with g_free(). */
char *mailsim_dns_make_key(const char *name, const char *type);

/* All names of WORLD, which must live as long. Blocklists add theirs. */
MailsimNameSpace *mailsim_name_space_new(const MailsimWorld *world);
void mailsim_name_space_free(MailsimNameSpace *self);

/* Does no zone say anything of NAME and TYPE itself? */
gboolean
mailsim_name_space_is_implied(const MailsimNameSpace *self, const char *name, const char *type);
void mailsim_name_space_add_name(MailsimNameSpace *self, const char *name);
void mailsim_name_space_add_record(MailsimNameSpace *self,
                                   const char *name,
                                   const char *type,
                                   const char *data);

/* Of NAME itself, aliases not followed; *RECORDS, of char *, lent, is NULL unless found. */
MailsimDnsResult mailsim_name_space_find(const MailsimNameSpace *self,
                                         const char *type,
                                         const char *name,
                                         const GPtrArray **records);

/* How the zone of NAME, which need not be there, is signed. */
MailsimDnssec mailsim_name_space_get_dnssec(const MailsimNameSpace *self, const char *name);

/* ---- blocklist.c ------------------------------------------------------------------------- */

/* Put all who are listed among the lab's names; also those whom a trap has caught in the world
 * BEFORE, which may be NULL, and whom no step has let go. */
void mailsim_blocklists_add_names(MailsimLab *lab, const MailsimWorld *before);

/* HOST has taken mail for RECIPIENT, its own, that HOP has brought from ADDRESS: if it is a
 * trap, ADDRESS is listed from now on. */
void mailsim_blocklists_catch(MailsimLab *lab,
                              const char *host,
                              const MailsimHop *hop,
                              const char *address,
                              const char *recipient);

/* ---- host/tlsmgr.c -------------------------------------------------------------------- */

/* tlsmgr(8) of a host: its caches of TLS sessions, and the keys of its tickets. */
typedef struct MailsimTlsmgr MailsimTlsmgr;

/* In the order in which Postfix opens them. */
typedef enum {
    MAILSIM_TLS_CACHE_SMTPD,
    MAILSIM_TLS_CACHE_SMTP,
} MailsimTlsCache;

#define MAILSIM_TLS_CACHES (MAILSIM_TLS_CACHE_SMTP + 1)

/* A session as a cache keeps it; of the server's everything else is GnuTLS's business.
 * Postfix's verdict travels with a client's, and the certificate is not judged again. */
typedef struct {
    GBytes *ticket;  /* a client's: what it resumes from */
    char *server_id; /* a client's: under which name its server knows it; for the log */
    char *trust;     /* the hop's, when the session was new, and what follows */
    char *tls_failure;
    gboolean certificate_seen, chain_ok, name_ok, dates_ok;
    guint size_bytes; /* for the log */
    MailsimTime issued_us;
} MailsimTlsSession;

void mailsim_tls_session_copy(const MailsimTlsSession *from, MailsimTlsSession *to);
void mailsim_tls_session_clear(MailsimTlsSession *session);

/* ---- trust.c ----------------------------------------------------------------------------- */

/* What a client asks of a server's certificate. */
typedef struct {
    gboolean insists; /* one that does not hold ends the conversation */
    char *names;      /* that it may have, joined by “, ”; NULL: any will do */
    MailsimTlsAnnouncement *announced; /* of it; NULL: nothing */
    gboolean needs_certificate; /* no anonymous ciphers: also where any certificate will do */
    gboolean name_unproved;     /* DNS led there unsigned: it can be no more than Trusted */
    gboolean is_told;           /* what is wrong is logged, though it will do */
    gboolean unmeetable;        /* nothing of it can be held against a certificate */
} MailsimTrustDemand;

void mailsim_trust_demand_copy(const MailsimTrustDemand *from, MailsimTrustDemand *to);
void mailsim_trust_demand_clear(MailsimTrustDemand *demand);

/* The same for the same demand; empty without one. Free with g_free(). */
char *mailsim_trust_demand_describe(const MailsimTrustDemand *demand);

/* May the client go on: JUDGEMENT is of its server's certificate, NULL when there was none (an
 * anonymous cipher). Noted on HOP, and recorded. */
gboolean mailsim_trust_judge(MailsimLab *lab,
                             MailsimHop *hop,
                             const MailsimTrustDemand *demand,
                             const MailsimTlsJudgement *judgement);

/* The verdict on HOP is that on the session that it takes up. */
void mailsim_trust_recall(MailsimHop *hop, const MailsimTlsSession *session);

/* ---- openssl-words.c --------------------------------------------------------------------- */

/* What the log has of FAILURE, seen by a server or a client: “error:0A000102:SSL
 * routines::unsupported protocol:…”. NULL: the other side is gone, and OpenSSL says nothing.
 * Free with g_free(). */
char *mailsim_openssl_describe_failure(const MailsimTlsFailure *failure, gboolean is_server);

/* ---- tls-states.c --------------------------------------------------------------------- */

/* How far OpenSSL is with a handshake, for the log at level 2. */
typedef struct {
    const MailsimProcess *process;
    int hop;
    gboolean server;
    gboolean is_tls13;
    gboolean done;      /* what follows is said outside the handshake */
    gboolean sent_last; /* an answer is awaited */
    gboolean changed;   /* ciphers */
    const char *last;
} MailsimTlsStates;

void mailsim_tls_states_begin(MailsimTlsStates *states);
void mailsim_tls_states_wait(MailsimTlsStates *states);
void mailsim_tls_states_tell(MailsimTlsStates *states, gboolean sent, const char *message);

/* ---- tls-log.c ------------------------------------------------------------------------ */

/* Where a client writes about its TLS, and keeps its sessions; a mail program does neither. */
typedef struct {
    const MailsimLab *lab;
    const MailsimProcess *process; /* lent, as all but the strings; NULL: nowhere */
    guint level;                   /* postconf(5) smtp_tls_loglevel */
    const MailsimTls *tls;         /* the client's */
    MailsimTlsmgr *cache;          /* NULL: sessions are not kept */
    char *session_id;              /* in that cache */
    char *ciphers;                 /* “aNULL:-aNULL:HIGH:…” */
    char *names;                   /* looked for in the certificate; NULL: none are */
    gboolean is_announced; /* the certificate: OpenSSL goes another way, not told here */
    char *digest;          /* postconf(5) smtp_tls_fingerprint_digest */
    GPtrArray *warnings; /* of char *: what its settings come to, once TLS begins; NULL: none */
    gboolean gives_up;   /* after these, without a handshake */
    MailsimTlsStates states;
    gboolean awaits_ticket; /* with the next line; see mailsim_tls_log_hear() */
} MailsimTlsLog;

typedef struct MailsimSmtpd MailsimSmtpd;

void mailsim_tls_log_copy(const MailsimTlsLog *from, MailsimTlsLog *to);
void mailsim_tls_log_clear(MailsimTlsLog *log);

/* A process begins: SIDE is “client” or “server”. At level 2, like the next ones. */
void mailsim_tls_log_engine(const MailsimProcess *process, const char *side);

/* The handshake of HOP begins, once; a SESSION that can be taken up is looked for; a MESSAGE
 * crosses its WIRE, to or from SMTPD, NULL: somebody else. */
void mailsim_tls_log_begin(MailsimTlsLog *log, const MailsimHop *hop);
void mailsim_tls_log_find(const MailsimTlsLog *log,
                          const MailsimHop *hop,
                          MailsimTlsSession *session);
void mailsim_tls_log_message(MailsimTlsLog *log,
                             const MailsimHop *hop,
                             const MailsimWire *wire,
                             const MailsimSmtpd *smtpd,
                             gboolean sent,
                             const char *message);

/* It comes to nothing, or its certificate is not good enough (tls-log-failure.c). */
void mailsim_tls_log_failure(const MailsimTlsLog *log,
                             const MailsimHop *hop,
                             const MailsimTlsFailure *failure);
void mailsim_tls_log_unproved(const MailsimTlsLog *log,
                              const MailsimHop *hop,
                              const MailsimTrustDemand *demand,
                              const MailsimTlsJudgement *judgement);

/* “mx.instituto.example[192.0.2.10]:25”; once a session has begun, the name is in small
 * letters. Free with g_free(). */
char *mailsim_tls_log_dup_server(const MailsimHop *hop);
char *mailsim_tls_log_dup_peer(const MailsimHop *hop);

/* The handshake of HOP is done, and hop->trust known. */
void mailsim_tls_log_established(MailsimTlsLog *log,
                                 const MailsimHop *hop,
                                 gnutls_session_t session,
                                 const MailsimSmtpd *smtpd);

/* A line has come. With a session that is kept at the server OpenSSL gives a new ticket of TLS
 * 1.3 each time, and GnuTLS none when one is resumed: the log has it all the same, and the one
 * that was OFFERED serves on. */
void mailsim_tls_log_hear(MailsimTlsLog *log,
                          const MailsimHop *hop,
                          const MailsimWire *wire,
                          const MailsimTlsSession *offered,
                          const MailsimSmtpd *smtpd);

/* TICKET is what HOP can be resumed from: it is kept, with the verdict. Of this the log has
 * told already. */
void mailsim_tls_log_keep(const MailsimTlsLog *log,
                          const MailsimHop *hop,
                          const MailsimWire *wire,
                          GBytes *ticket,
                          const MailsimSmtpd *smtpd);

/* ---- connection.c ------------------------------------------------------------------------ */

typedef struct MailsimConnection MailsimConnection;

typedef enum {
    MAILSIM_CONNECTION_OVER,      /* there was a conversation */
    MAILSIM_CONNECTION_REFUSED,   /* nobody listens there */
    MAILSIM_CONNECTION_TIMED_OUT, /* there is no such machine */
} MailsimConnectionEnd;

typedef struct {
    const char *from; /* party */
    const char *from_address;
    gboolean from_mail_program;
    gboolean typed;      /* by hand */
    const char *to_fqdn; /* the name that was looked up */
    const char *address;
    guint port;
    guint message;           /* that it is about; 0: none */
    MailsimSession *session; /* the client's; taken over */
    MailsimTls *tls;
    guint excluded_versions;   /* see MailsimTlsLimits */
    const char *server_name;   /* SNI; NULL: none */
    MailsimTrustDemand demand; /* lent */
    MailsimTlsLog tls_log;     /* and cache; a mail program has neither */

    gint64 connect_timeout_us; /* how long the client waits for a machine to answer at all */

    /* The client's session is over. Called once; the session lives until it returns. */
    void (*done)(gpointer data, MailsimHop *hop, MailsimConnectionEnd end);
    gpointer data;
} MailsimConnectionOptions;

/* The hop, which the recording owns; it has no events yet. */
MailsimHop *mailsim_connection_open(MailsimLab *lab, const MailsimConnectionOptions *options);

/* One that is not made, because its client may not: the hop alone, without a message sent. */
MailsimHop *mailsim_connection_refrain(MailsimLab *lab,
                                       const MailsimConnectionOptions *options);
void mailsim_connection_free(MailsimConnection *connection);

/* client-hello.c: what a server that awaits text is given when its client begins with TLS;
 * lent. */
GBytes *mailsim_client_hello_get(void);

/* ---- sasl.c: a client's side of a login
 * ----------------------------------------------- */

/* A client's side; DATA of the table is the client itself. MECHANISMS, which ends in NULL
 * and is borrowed for good, are those that it knows, best first. */
typedef struct MailsimSaslLogin MailsimSaslLogin;
MailsimSaslLogin *mailsim_sasl_login_new(MailsimLab *lab,
                                         const char *const *mechanisms,
                                         const char *user,
                                         const char *password);
void mailsim_sasl_login_free(MailsimSaslLogin *login);
MailsimSaslClient mailsim_sasl_login_get_client(MailsimSaslLogin *login);

/* ---- mail-program.c ---------------------------------------------------------------------- */

/* MESSAGE: its number in the recording. */
void mailsim_mail_program_send(MailsimLab *lab, const MailsimErrand *errand, guint message);

GHashTable *mailsim_mail_programs_memory_new(void);

/* What all its connections to ENDPOINT, which has ADDRESS, are like: options but the session
 * and what is done at the end. The TLS is to be given back. */
void mailsim_mail_program_prepare(MailsimLab *lab,
                                  const MailsimMailProgramDefinition *program,
                                  const MailsimEndpoint *endpoint,
                                  const char *address,
                                  MailsimConnectionOptions *options);

/* How its account uses TLS there. */
MailsimClientTls mailsim_mail_program_get_tls(const MailsimEndpoint *endpoint);

/* The login that its account has; NULL: none, or none is tried. */
MailsimSaslLogin *mailsim_mail_program_new_login(MailsimLab *lab,
                                                 const MailsimMailProgramDefinition *program);

/* How long it waits for an answer, in microseconds. */
gint64 mailsim_mail_program_get_patience(void);

/* Why there was no conversation, for its user: END is not OVER. */
const char *mailsim_mail_program_describe_end(MailsimConnectionEnd end);

/* What it calls itself in EHLO: “laptop.iesgn.example”; free with g_free(). */
char *mailsim_mail_program_dup_fqdn(MailsimLab *lab,
                                    const MailsimMailProgramDefinition *program);

/* A client that knows the roots that every computer comes with: the same for all. Free with
 * mailsim_tls_unref(). */
MailsimTls *mailsim_mail_program_ref_tls(MailsimLab *lab);

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

/* PARTY has waited at WIRE as long as it does, if it waits for anything: who tells an idle
 * client by himself does not. */
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
