/* SPDX-License-Identifier: MIT
 *
 * What the files of smtp(8) share: where a next hop leads, how it is secured, and the words for
 * what went wrong there. */
#pragma once

#include <mailsim/settings/next-hop.h>

#include "queue-private.h"

/* An attempt's failure, as it is logged; strings are owned. */
typedef struct {
    char *dsn;
    char *reason;
    char *remote_reply; /* what the server said; NULL: Postfix's own words */
} MailsimSmtpWhy;

void mailsim_smtp_why_clear(MailsimSmtpWhy *why);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimSmtpWhy, mailsim_smtp_why_clear)

typedef struct MailsimSmtpDelivery MailsimSmtpDelivery;

/* ---- smtp-address.c ---------------------------------------------------------------------- */

typedef struct {
    char *name; /* of the machine: an MX host, or the next hop itself */
    char *address;
    guint preference;
    char *canonical;           /* what NAME is an alias of, else the same */
    gboolean authenticated;    /* the address comes from a signed zone, when that was asked */
    gboolean by_mx;            /* an MX record led to NAME */
    gboolean mx_authenticated; /* and it was signed */
    char *mx_name; /* of the domain whose they are: the next hop, or what it is an alias of */
} MailsimSmtpAddress;

/* ADDRESSES (of MailsimSmtpAddress, to be unreferenced) are in the order in which they are
 * tried; where there are none, WHY says why, lent. HAS_SELF: HOST itself was among them. */
typedef void (*MailsimSmtpAddressesFound)(gpointer data,
                                          GPtrArray *addresses,
                                          gboolean has_self,
                                          const MailsimSmtpWhy *why);

void mailsim_smtp_find_addresses(MailsimHost *host,
                                 MailsimProcess *process,
                                 const MailsimNextHop *next_hop,
                                 MailsimSmtpAddressesFound found,
                                 gpointer data);

/* ---- smtp-destination.c ------------------------------------------------------------------ */

/* How one delivery to a next hop ended. */
typedef struct {
    const char *nexthop;
    gboolean unreachable; /* nobody there, or nobody who talks */
    const char *dsn;
    const char *reason;
} MailsimSmtpEnd;

/* How many deliveries by way of NEXTHOP there are, under way or waiting. */
guint mailsim_smtp_count_deliveries(const MailsimHost *host, const char *nexthop);

/* qmgr(8) remembers a destination as long as it has deliveries for it. */
void mailsim_destination_note(MailsimHost *host, const MailsimSmtpEnd *end);

/* How many deliveries it makes to NEXTHOP at a time: fewer with each that fails. */
guint mailsim_destination_get_window(const MailsimHost *host, const char *nexthop);

/* Does it try NEXTHOP no more for now? Then why, “delivery temporarily suspended: …”; lent. */
gboolean mailsim_destination_is_suspended(const MailsimHost *host,
                                          const char *nexthop,
                                          const char **dsn,
                                          const char **reason);

/* ---- smtp-tls-policy.c ------------------------------------------------------------------- */

/* The server that a delivery is about to talk to; all lent. */
typedef struct {
    const char *nexthop; /* as main.cf or transport(5) writes it */
    const MailsimNextHop *next_hop;
    const MailsimSmtpAddress *address;
    MailsimProcess *process; /* that asks */
} MailsimSmtpServer;

typedef void MailsimSmtpTlsPolicyFound(gpointer data);

/* postconf(5) smtp_tls_security_level and what goes with it, for one server. */
typedef struct {
    const char *asked; /* the level of main.cf or of the entry; static */
    const char *level; /* that it came to: “secure”, static */
    char *reason;      /* why to another one; NULL: it is the same */
    char *entry;       /* of smtp_tls_policy_maps; NULL: main.cf decides */
    MailsimClientTls mode;
    MailsimTrustDemand demand; /* on its certificate */
    guint excluded_versions;   /* of TLS; see MailsimTlsLimits */
    char *problem;             /* no mail goes there for now: why; NULL: it does */
    const char *server_name;   /* SNI, lent; NULL: none is sent */
    const char *tls_failure;   /* the same as a result type of RFC 8460; NULL: none */
    GPtrArray *warnings;       /* of char *: as in Postfix's log */
    GPtrArray *tls_warnings;   /* the same, once TLS begins */
    gboolean gives_up;         /* after these: its settings allow no handshake */

    /* While it is being found. */
    const MailsimHost *host;
    char *nexthop;
    const MailsimNextHop *next_hop;
    const MailsimSmtpAddress *address;
    MailsimProcess *process;
    char *match;       /* of the entry; NULL: what main.cf says */
    char *protocols;   /* likewise */
    char *ciphers;     /* likewise */
    char *known_owner; /* whose records are known, in this delivery; NULL: nobody's */
    MailsimDnsAnswer known;
    gboolean asked_again; /* for records, by the server's other name */
    gboolean insisted;    /* and once more, of who did not answer */
    MailsimSmtpTlsPolicyFound *found;
    gpointer data;
} MailsimSmtpTlsPolicy;

/* Fill in POLICY, which was zeroed or filled in before, and call FOUND: at once, or when DNS
 * has answered. */
void mailsim_smtp_tls_policy_find(MailsimSmtpTlsPolicy *policy,
                                  const MailsimHost *host,
                                  const MailsimSmtpServer *server,
                                  MailsimSmtpTlsPolicyFound *found,
                                  gpointer data);
void mailsim_smtp_tls_policy_clear(MailsimSmtpTlsPolicy *policy);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimSmtpTlsPolicy, mailsim_smtp_tls_policy_clear)

/* Write down on HOP what was found, if it is more than what main.cf says outright; what PROCESS
 * has to say of it goes into the log. */
void mailsim_smtp_tls_policy_record(const MailsimSmtpTlsPolicy *policy,
                                    const MailsimProcess *process,
                                    const MailsimHop *hop);

/* What smtp-dane.c asks of it, and it of smtp-dane.c: */

/* LEVEL is one of postconf(5) smtp_tls_security_level. */
void mailsim_smtp_tls_policy_set_level(MailsimSmtpTlsPolicy *policy, const char *level);
gboolean mailsim_smtp_tls_policy_is_level(const MailsimSmtpTlsPolicy *policy,
                                          const char *level);
void mailsim_smtp_tls_policy_warn(MailsimSmtpTlsPolicy *policy, const char *format, ...)
    G_GNUC_PRINTF(2, 3);

/* The same once TLS begins, after “mx.dest.example[192.0.2.10]:25: ”. */
void mailsim_smtp_tls_policy_warn_of_tls(MailsimSmtpTlsPolicy *policy, const char *format, ...)
    G_GNUC_PRINTF(2, 3);

/* It is of no use: mail waits until somebody has put it right. PROBLEM is taken over; NULL: the
 * configuration is at fault. */
void mailsim_smtp_tls_policy_invalidate(MailsimSmtpTlsPolicy *policy, char *problem);

/* The level stands: what goes with it, and the answer. */
void mailsim_smtp_tls_policy_complete(MailsimSmtpTlsPolicy *policy);

/* smtp-tls-demand.c: what the level asks of a certificate, as names of PARAMETER or of the
 * entry, or as fingerprints; and of TLS itself. */
void mailsim_smtp_tls_expect_names(MailsimSmtpTlsPolicy *policy, const char *parameter);
void mailsim_smtp_tls_expect_fingerprints(MailsimSmtpTlsPolicy *policy);
void mailsim_smtp_tls_limit(MailsimSmtpTlsPolicy *policy);

/* At level dane or dane-only: ask DNS, and complete the policy when it has answered. FALSE:
 * what DANE comes to is known without asking. */
gboolean mailsim_smtp_dane_begin(MailsimSmtpTlsPolicy *policy);

/* Are records of use where an MX record that is not signed leads (postconf(5)
 * smtp_tls_dane_insecure_mx_policy)? */
gboolean mailsim_smtp_dane_trusts_unsigned_mx(const MailsimHost *host);

/* postconf(5) smtp_tls_wrappermode asks for a level that insists on TLS. */
gboolean mailsim_smtp_tls_policy_is_wrapped_in_vain(const MailsimHost *host,
                                                    const char *nexthop);

/* ---- smtp-tls-start.c -------------------------------------------------------------------- */

/* What HOST's PROCESS, if it has just been started, writes about its TLS. */
void mailsim_smtp_tls_log_start(MailsimHost *host, MailsimProcess *process);

/* postconf(5) smtp_tls_note_starttls_offer: the server of DELIVERY has answered EHLO. */
void mailsim_smtp_tls_note_offer(const MailsimSmtpDelivery *delivery);

/* ---- smtp-login.c ------------------------------------------------------------------------ */

/* Who the host of DELIVERY, borrowed, is to the server that it is about to talk to: postconf(5)
 * smtp_sasl_password_maps, by the server's name, then by the next hop as it is written. NULL:
 * nobody; free with mailsim_smtp_login_free(). */
typedef struct MailsimSmtpLogin MailsimSmtpLogin;
MailsimSmtpLogin *mailsim_smtp_login_new(const MailsimSmtpDelivery *delivery);
void mailsim_smtp_login_free(MailsimSmtpLogin *login);
MailsimSaslClient mailsim_smtp_login_get_client(MailsimSmtpLogin *login);
const char *mailsim_smtp_login_get_password(const MailsimSmtpLogin *login);

/* Why it came to nothing before the server said so, with %s for the server; lent. */
const char *mailsim_smtp_login_get_problem(const MailsimSmtpLogin *login);

/* ---- smtp-conversation.c ----------------------------------------------------------------- */

#define SMTP_PORT  25
#define SMTPS_PORT 465

/* All lent. */
typedef struct {
    const MailsimHost *host;
    const MailsimQueueFile *file;
    const GPtrArray *recipients; /* of MailsimQueueRecipient */
    MailsimSmtpLogin *login;     /* NULL: without a password */
    MailsimClientTls tls;
    guint port;
    void (*ready)(gpointer data); /* see MailsimSmtpClientOptions */
    void (*answered)(gpointer data, guint recipient);
    gpointer data;
} MailsimSmtpConversation;

/* Its session is taken over by whoever opens the connection. */
MailsimSmtpClient *mailsim_smtp_create_client(const MailsimSmtpConversation *conversation);

/* What the daemon dies of as soon as it is wanted: a level that is none, logins without a
 * password table. NULL: nothing; free with g_free(). */
char *mailsim_smtp_find_fatal(const MailsimHost *host);

/* ---- smtp-reason.c ----------------------------------------------------------------------- */

typedef struct {
    const char *server;        /* “mx.instituto.example[192.0.2.10]” */
    const char *nexthop;       /* without brackets and port */
    const char *login_problem; /* why it has not logged in, with %s for the server */
    const MailsimSmtpClient *client;
    gsize size; /* of the message */
} MailsimSmtpTalk;

/* What the conversation as a whole came to; FALSE: each recipient has a fate of its own. */
gboolean mailsim_smtp_explain_failure(const MailsimSmtpTalk *talk, MailsimSmtpWhy *why);

/* What it came to for one recipient. */
void
mailsim_smtp_explain_outcome(const MailsimSmtpTalk *talk, guint recipient, MailsimSmtpWhy *why);

/* ---- smtp-session.c: the session of TLS that is used for a delivery ------------------- */

typedef struct {
    const MailsimHost *host;
    const MailsimSmtpTlsPolicy *policy;
    const char *daemon;  /* “smtp” or “relay/smtp” */
    const char *nexthop; /* the one that is tried, as it is written */
    const MailsimSmtpAddress *address;
    const MailsimProcess *process;
} MailsimSmtpTlsUse;

/* Clear it with mailsim_tls_log_clear(). */
void mailsim_smtp_read_tls_log(const MailsimSmtpTlsUse *use, MailsimTlsLog *log);

/* A PROCESS has started: if it is a new one it makes ready for TLS. */
void mailsim_smtp_begin_tls(MailsimHost *host, MailsimProcess *process);

/* ---- smtp.c: a delivery ------------------------------------------------------------------ */

struct MailsimSmtpDelivery {
    MailsimHost *host;
    MailsimQueueFile *file;
    char *nexthop; /* as main.cf or transport(5) writes it: several, with commas between */
    char **sites;  /* the same, one by one */
    guint site;
    gboolean has_self;     /* this host is one of the exchangers: no other site will do */
    MailsimNextHop parsed; /* the one that is tried */
    GPtrArray *recipients; /* of MailsimQueueRecipient: those without a fate yet */

    GPtrArray *addresses;    /* of MailsimSmtpAddress */
    guint next;              /* of addresses */
    guint n_addresses;       /* tried */
    guint n_sessions;        /* that got past EHLO */
    gboolean in_clear;       /* the same address again, without TLS */
    MailsimSmtpWhy why;      /* what the last address came to */
    const char *daemon;      /* “smtp” or “relay/smtp”, in the log */
    MailsimProcess *process; /* NULL: it is not running */
    MailsimTime begun_us;
    MailsimTime ready_us; /* to send; 0: never yet */
    gboolean running;     /* else it waits for others to the same destination */
    gboolean
        unreachable; /* nobody there, or nobody who talks: it is not this message's fault */

    /* The conversation under way. */
    const MailsimSmtpAddress *address;
    int hop;                  /* -1: none yet */
    MailsimTime *answered_us; /* for each of RECIPIENTS; 0: not yet */
    MailsimSmtpTlsPolicy policy;
    MailsimSmtpLogin *login;   /* NULL: without a password */
    MailsimSmtpClient *client; /* lives in the connection */
};

/* ---- smtp-outcome.c ---------------------------------------------------------------------- */

gboolean mailsim_smtp_has_no_more_addresses(const MailsimSmtpDelivery *delivery);

/* WHY, taken over, is what the last address came to. */
void mailsim_smtp_keep_why(MailsimSmtpDelivery *delivery, MailsimSmtpWhy *why);

/* The worst of the recipients is the hop's: bounced before deferred before sent. */
void mailsim_smtp_tell_hop(MailsimHop *hop, const MailsimSmtpWhy *why);

/* The recipients that are left share one fate. HOP may be NULL. */
void mailsim_smtp_settle_all(MailsimSmtpDelivery *delivery,
                             const MailsimHop *hop,
                             const MailsimSmtpWhy *why);

/* The conversation of HOP is over: who is left over stays in DELIVERY's recipients. */
void mailsim_smtp_conclude(MailsimSmtpDelivery *delivery, MailsimHop *hop);
