/* SPDX-License-Identifier: MIT
 *
 * What the files of smtpd's restriction lists share. restrictions.c walks through the lists;
 * the restriction-*.c files say what each rule does. */
#pragma once

#include "smtpd-private.h"

/* What replies call the thing that a rule is about. */
#define MAILSIM_CLASS_CLIENT         "Client host"
#define MAILSIM_CLASS_REVERSE_CLIENT "Unverified Client host"
#define MAILSIM_CLASS_SASL           "SASL login name"
#define MAILSIM_CLASS_HELO           "Helo command"
#define MAILSIM_CLASS_SENDER         "Sender address"
#define MAILSIM_CLASS_RECIPIENT      "Recipient address"
#define MAILSIM_CLASS_ETRN           "Etrn command"
#define MAILSIM_CLASS_DATA           "Data command"
#define MAILSIM_CLASS_END_OF_DATA    "End-of-data"

/* The walk through the lists of one query. What is not known yet is NULL. */
typedef struct {
    const MailsimRestrictionQuery *query;
    char *client; /* “unknown[192.0.2.7]” */
    const char *helo_name;
    const char *sender; /* empty: <> */
    const char *recipient;
    const char *etrn_domain;

    /* The list under way. */
    const char *list;         /* “smtpd_helo_restrictions” */
    const char *subject;      /* what it is about: “client.example” */
    const char *class;        /* “Helo command” */
    const char *implied_rule; /* what a bare table stands for; NULL: for nothing */

    const char *rule; /* the one under way, by its name */
    gboolean warns;   /* the rule under way may only warn (warn_if_reject) */
    gboolean sender_is_known;
    gboolean recipient_is_known; /* held against the lists of users already */
} MailsimScrutiny;

typedef enum {
    MAILSIM_OUTCOME_GOES_ON, /* no rule decided */
    MAILSIM_OUTCOME_PERMITTED,
    MAILSIM_OUTCOME_REFUSED,
} MailsimOutcome;

typedef struct {
    MailsimScrutiny scrutiny; /* what the rules see */
    MailsimRestrictionMemory *memory;
    char *if_refused; /* what is said in place of a refusal; NULL: the refusal */
    char *refusal;    /* what is said; NULL: nothing so far */
    guint depth;      /* of lists in lists */
    GArray *records;  /* what is not in the recording yet */
} MailsimWalk;

/* When a rule's refusal counts. */
typedef enum {
    MAILSIM_EFFECT_AT_ONCE,
    MAILSIM_EFFECT_IF_PERMITTED, /* when nothing else refuses: postconf(5) defer_if_permit */
    MAILSIM_EFFECT_IF_REFUSED,   /* in place of another refusal: defer_if_reject */
    MAILSIM_EFFECT_BROKEN,       /* at once, warn_if_reject or not: main.cf is wrong */
} MailsimRuleEffect;

/* What one look at a rule came to. Strings are owned; those that say nothing are NULL. */
typedef struct {
    MailsimRuleVerdict verdict;
    MailsimRuleEffect effect;
    char *subject;
    char *against;
    char *reason;
    char *reply;         /* NULL: this rule does not refuse */
    char **restrictions; /* to be looked at in place of this one; NULL: none */
} MailsimRuleLook;

typedef enum {
    MAILSIM_ARGUMENT_NONE,
    MAILSIM_ARGUMENT_DOMAIN, /* reject_rbl_client: without it the rule does nothing */
    MAILSIM_ARGUMENT_TABLE,  /* check_sender_access: “type:name” */
    MAILSIM_ARGUMENT_NUMBER, /* sleep */
} MailsimRuleArgument;

typedef void
MailsimRuleLooks(MailsimScrutiny *scrutiny, const char *argument, MailsimRuleLook *look);

typedef struct {
    const char *name;
    MailsimRuleLooks *look;
    MailsimRuleArgument argument;
    gboolean can_refuse; /* counts for smtpd's demand for at least one rule that does */
} MailsimRule;

/* Upper and lower case are the same. NULL: no such rule, or none that is built. */
const MailsimRule *mailsim_rule_find(const char *name);

/* ---- restriction-walk.c ------------------------------------------------------------------ */

void mailsim_walk_begin(MailsimWalk *walk);
void mailsim_walk_end(MailsimWalk *walk);

/* Through the list of this name, whose subject and class are in the scrutiny. */
MailsimOutcome mailsim_walk_list(MailsimWalk *walk, const char *list);

/* A refusal that waited for permission: it is time. */
MailsimOutcome mailsim_walk_defer_permission(MailsimWalk *walk, MailsimOutcome outcome);

/* A rule that follows the lists by itself (postconf(5) smtpd_reject_unlisted_recipient). */
MailsimOutcome mailsim_walk_implied(MailsimWalk *walk, const char *parameter, const char *rule);

/* ---- restriction-log.c ------------------------------------------------------------------- */

/* A line for the mail log; “NOQUEUE: ACTION: RCPT from …: TEXT; from=<…> …”; a table that gives
 * no answer. */
void mailsim_scrutiny_log(const MailsimScrutiny *scrutiny, const char *format, ...)
    G_GNUC_PRINTF(2, 3);
void mailsim_scrutiny_log_old(const MailsimScrutiny *scrutiny,
                              const char *rule,
                              const char *instead);
void mailsim_scrutiny_log_action(const MailsimScrutiny *scrutiny,
                                 const char *action,
                                 const char *text);
void mailsim_scrutiny_log_lookup_error(const MailsimScrutiny *scrutiny,
                                       const char *tables,
                                       const char *key);

/* ---- restriction-reply.c ----------------------------------------------------------------- */

/* LOOK refuses, with the code that the parameter CODE says, or with CODE itself; the first
 * digit of STATUS follows it. A code that refuses nothing is answered as Postfix does. */
void mailsim_look_refuse(const MailsimScrutiny *scrutiny,
                         MailsimRuleLook *look,
                         const char *code,
                         const char *status,
                         const char *format,
                         ...) G_GNUC_PRINTF(5, 6);

/* CODE refuses nobody: Postfix warns of it, and defers. */
void mailsim_look_misword(const MailsimScrutiny *scrutiny,
                          MailsimRuleLook *look,
                          const char *code,
                          const char *status,
                          const char *text);

/* The same with a TEXT that may begin with an enhanced status code of its own (RFC 3463). Of
 * the codes about addresses only those fit that are about the right one (CLASS); others are
 * replaced. STANDARD stands where the text says nothing. */
typedef struct {
    const char *code;
    const char *status;
    const char *text;
    const char *standard;
} MailsimRefusal;

void mailsim_look_refuse_with_text(const MailsimScrutiny *scrutiny,
                                   MailsimRuleLook *look,
                                   const MailsimRefusal *refusal,
                                   const char *name,
                                   const char *class);

/* TEXT without the enhanced status code at its beginning, which goes, fit for CLASS, to
 * *STATUS, to be freed; STATUS_UNSAID when it has none. */
const char *mailsim_split_status(const MailsimScrutiny *scrutiny,
                                 const char *text,
                                 const char *status_unsaid,
                                 const char *class,
                                 char **status);

/* “451 4.3.5 Server configuration error”, “451 4.3.0 …: Temporary lookup failure”. WHAT is
 * wrong, as a phrase. */
void mailsim_look_break(MailsimRuleLook *look, const char *what);
void mailsim_look_fail(MailsimRuleLook *look, const char *name, const char *what);

char *mailsim_scrutiny_dup_parameter(const MailsimScrutiny *scrutiny, const char *name);

/* Like mailsim_look_refuse() with code 450, where DNS gives no answer; PARAMETER says whether
 * other rules may still refuse for good. */
void mailsim_look_give_no_answer(const MailsimScrutiny *scrutiny,
                                 MailsimRuleLook *look,
                                 const char *parameter,
                                 const char *status,
                                 const char *format,
                                 ...) G_GNUC_PRINTF(5, 6);

/* restriction-walk.c: as mailsim_dns_ask(), for this host; what cannot be a name is not asked
 * for. */
void mailsim_scrutiny_ask_dns(const MailsimScrutiny *scrutiny,
                              const char *type,
                              const char *name,
                              MailsimDnsAnswer *answer);

/* “0 .”: no mail is taken there (RFC 7505). */
gboolean mailsim_dns_answer_is_null_mx(const MailsimDnsAnswer *answer);

/* ---- the rules --------------------------------------------------------------------------- */

/* restriction-general.c */
MailsimRuleLooks mailsim_look_permit, mailsim_look_defer, mailsim_look_reject,
    mailsim_look_defer_if_permit, mailsim_look_defer_if_reject, mailsim_look_unauth_pipelining,
    mailsim_look_multi_recipient_bounce, mailsim_look_plaintext_session, mailsim_look_sleep,
    mailsim_look_permit_mynetworks, mailsim_look_permit_inet_interfaces,
    mailsim_look_permit_sasl_authenticated, mailsim_look_permit_clientcerts;

/* restriction-name.c: of clients and of HELO */
MailsimRuleLooks mailsim_look_unknown_client, mailsim_look_unknown_reverse_client,
    mailsim_look_invalid_helo, mailsim_look_non_fqdn_helo, mailsim_look_unknown_helo,
    mailsim_look_permit_naked_address;

/* restriction-address.c: of senders and recipients */
MailsimRuleLooks mailsim_look_permit_auth_destination, mailsim_look_reject_unauth_destination,
    mailsim_look_defer_unauth_destination, mailsim_look_check_relay_domains,
    mailsim_look_non_fqdn_sender, mailsim_look_non_fqdn_recipient,
    mailsim_look_unknown_sender_domain, mailsim_look_unknown_recipient_domain,
    mailsim_look_unlisted_sender, mailsim_look_unlisted_recipient;

/* Is RECIPIENT for a domain that mail is taken for from everybody? */
gboolean mailsim_scrutiny_may_relay(const MailsimScrutiny *scrutiny, const char *recipient);

/* restriction-login.c */
MailsimRuleLooks mailsim_look_sender_login, mailsim_look_authenticated_sender_login,
    mailsim_look_unauthenticated_sender_login, mailsim_look_known_sender_login;

/* restriction-blocklist.c */
MailsimRuleLooks mailsim_look_rbl_client, mailsim_look_maps_rbl, mailsim_look_rhsbl_client,
    mailsim_look_rhsbl_helo, mailsim_look_rhsbl_sender, mailsim_look_rhsbl_recipient,
    mailsim_look_rhsbl_reverse_client, mailsim_look_dnswl_client, mailsim_look_rhswl_client;

/* restriction-access.c */
MailsimRuleLooks mailsim_look_client_access, mailsim_look_reverse_client_access,
    mailsim_look_helo_access, mailsim_look_sender_access, mailsim_look_recipient_access,
    mailsim_look_sasl_access, mailsim_look_etrn_access;

/* Look a domain, or an address, and what it is part of up in a table; TRUE: found, or LOOK says
 * that it cannot be asked. */
typedef struct {
    const MailsimScrutiny *scrutiny;
    const char *table;
    const char *name; /* as replies show it */
    const char *class;
} MailsimAccess;

gboolean mailsim_access_find_domain(const MailsimAccess *access,
                                    const char *domain,
                                    MailsimRuleLook *look);
gboolean mailsim_access_find_address(const MailsimAccess *access,
                                     const char *address,
                                     MailsimRuleLook *look);

/* restriction-server.c: of the servers of a domain */
MailsimRuleLooks mailsim_look_client_a_access, mailsim_look_client_mx_access,
    mailsim_look_helo_a_access, mailsim_look_helo_mx_access, mailsim_look_sender_a_access,
    mailsim_look_sender_mx_access, mailsim_look_recipient_a_access,
    mailsim_look_recipient_mx_access;
