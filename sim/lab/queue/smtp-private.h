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

/* ---- smtp-address.c ---------------------------------------------------------------------- */

typedef struct {
    char *name; /* of the machine: an MX host, or the next hop itself */
    char *address;
    guint preference;
} MailsimSmtpAddress;

/* ADDRESSES (of MailsimSmtpAddress, to be unreferenced) are in the order in which they are
 * tried; where there are none, WHY says why, lent. */
typedef void (*MailsimSmtpAddressesFound)(gpointer data,
                                          GPtrArray *addresses,
                                          const MailsimSmtpWhy *why);

void mailsim_smtp_find_addresses(MailsimHost *host,
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

/* ---- smtp-security.c --------------------------------------------------------------------- */

/* postconf(5) smtp_tls_security_level and what goes with it, for one server. */
typedef struct {
    MailsimSmtpTls mode;
    gboolean verifies;       /* verify and secure: a certificate that does not hold ends it */
    guint excluded_versions; /* of TLS; see MailsimTlsLimits */
    char *names;             /* that its certificate may have; see MailsimConnectionOptions */
    char *problem;           /* it cannot be used; NULL: it can */
} MailsimSmtpSecurity;

void mailsim_smtp_security_read(const MailsimHost *host,
                                const MailsimNextHop *next_hop,
                                const char *server,
                                MailsimSmtpSecurity *security);
void mailsim_smtp_security_clear(MailsimSmtpSecurity *security);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimSmtpSecurity, mailsim_smtp_security_clear)

/* Who HOST is to a server: postconf(5) smtp_sasl_password_maps, by the server's name, then
 * by the next hop as it is written. NULL: nobody; free with mailsim_smtp_login_free(). */
typedef struct MailsimSmtpLogin MailsimSmtpLogin;
MailsimSmtpLogin *
mailsim_smtp_login_new(const MailsimHost *host, const char *server, const char *nexthop);
void mailsim_smtp_login_free(MailsimSmtpLogin *login);
MailsimSaslClient mailsim_smtp_login_get_client(MailsimSmtpLogin *login);
const char *mailsim_smtp_login_get_password(const MailsimSmtpLogin *login);

/* Why it came to nothing before the server said so, with %s for the server; lent. */
const char *mailsim_smtp_login_get_problem(const MailsimSmtpLogin *login);

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
