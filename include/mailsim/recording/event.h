/* SPDX-License-Identifier: MIT
 *
 * One thing that happened, typed, with its virtual time. Events are facts: what they mean is
 * said by notes (transcript/), which read them and never change them. */
#pragma once

#include <stdbool.h>

#include <mailsim/base/time.h>

typedef enum {
    MAILSIM_EVENT_STEP,        /* a step of the scenario begins */
    MAILSIM_EVENT_DNS,         /* a question and its answer */
    MAILSIM_EVENT_CONNECTED,   /* a hop's TCP connection stands */
    MAILSIM_EVENT_REFUSED,     /* nobody listens there */
    MAILSIM_EVENT_LINE,        /* a line of the protocol, seen from the end that connected */
    MAILSIM_EVENT_HANDSHAKE,   /* a TLS handshake message, seen from the same end */
    MAILSIM_EVENT_CERTIFICATE, /* the server's certificate, judged by the client */
    MAILSIM_EVENT_SECURED,     /* the TLS handshake is complete */
    MAILSIM_EVENT_TLS_FAILED,  /* it is not, and why */
    MAILSIM_EVENT_LOGIN,       /* a server judged a password */
    MAILSIM_EVENT_RULE,        /* a server looked at one restriction for one recipient */
    MAILSIM_EVENT_QUEUED,      /* a host took responsibility for a message */
    MAILSIM_EVENT_STATUS,      /* what became of one recipient at one host */
    MAILSIM_EVENT_CLOSED,      /* a hop's connection is over */
    MAILSIM_EVENT_FINDING, /* a party did what a standard forbids, or what a listener can use */
    MAILSIM_EVENT_TIMEOUT, /* a party has waited long enough, and gives up */
    MAILSIM_EVENT_SHOWN,   /* somebody looked at something */
    MAILSIM_EVENT_QUEUE,   /* a queue manager did something with a whole message */
    MAILSIM_EVENT_NOTIFICATION, /* a host wrote to a sender what became of his message */
    MAILSIM_EVENT_POLICY,  /* a client found out how to secure a hop, not from main.cf alone */
    MAILSIM_EVENT_LOG,     /* a daemon wrote a line into its host's mail log */
    MAILSIM_EVENT_FETCHED, /* a mail program has read its mailbox, or could not */
} MailsimEventKind;

#define MAILSIM_EVENT_KINDS (MAILSIM_EVENT_FETCHED + 1)

/* Seen from the client of a hop: OUT is what it sends. */
typedef enum {
    MAILSIM_DIRECTION_OUT,
    MAILSIM_DIRECTION_IN,
} MailsimDirection;

typedef enum {
    MAILSIM_VERDICT_PERMIT,
    MAILSIM_VERDICT_NO_OPINION,
    MAILSIM_VERDICT_REJECT,
    MAILSIM_VERDICT_DEFER,
    MAILSIM_VERDICT_NOT_REACHED,
} MailsimRuleVerdict;

/* Strings are owned by the event and may be NULL where the kind has nothing to say. There are
 * thirty or more for each conversation: fields lie so that no room is lost between them. */
typedef struct {
    MailsimEventKind kind;
    guint sequence; /* position in the recording, from 0 */
    MailsimTime time_us;
    guint step; /* index into the recording's steps */
    int hop;    /* index into the recording's hops; -1: none */
    /* Who did it or was asked: a host or a mail program, by its name, of which all events share
     * one copy; see mailsim_event_set_party(). */
    const char *party;

    union {
        struct {
            char *question; /* “MX instituto.example” */
            char *answer; /* “10 mx.instituto.example”; several joined by “, ”; “NXDOMAIN”: no
                               such name; “NODATA”: none of this type (RFC 2308 §2.2) */
            bool asks_signed;   /* whether it is signed was asked, too (RFC 4035 §3.2.1: DO) */
            bool authenticated; /* its zone is signed, and the resolver has checked it (AD) */
            bool bogus;         /* its zone is signed, and not so that it holds: SERVFAIL */
        } dns;
        struct {
            MailsimDirection direction;
            gboolean secured; /* inside TLS */
            char *text;       /* without line end; bytes as they were (may not be UTF-8) */
        } line;
        struct {
            MailsimDirection direction;
            char *message; /* “ClientHello”, “EncryptedExtensions” … (RFC 8446 §4) */
            char *detail;  /* “TLS 1.3, X25519, AES-256-GCM”; NULL: nothing to add */
        } handshake;
        struct {
            char *subject;  /* common name */
            char *names;    /* subjectAltName DNS names, joined by “, ” */
            char *issuers;  /* “Lab Encrypt R1, Lab Root X1”: issuer by issuer, upwards */
            char *expected; /* the name that the client looked for; NULL: it looked for none */
            MailsimTime not_before; /* of the server's own certificate */
            MailsimTime not_after;
            bool chain_ok;
            bool name_ok;
            bool dates_ok;
            bool self_signed;
            bool required; /* the client insists: a bad one ends the conversation */
            char *chain_problem; /* “self-signed certificate”, “unknown issuer” …; NULL: none */
            char *trust; /* “Verified”, “Trusted”, “Untrusted”, “Anonymous” */
            char *announced; /* beforehand: “fingerprint”, “tlsa”; NULL: nothing was */
            char *match; /* the fingerprint or the record (“3 1 1 89ab…”) that it fits; NULL:
                            none */
            bool match_is_authority; /* the record's, not its own: DANE-TA */
        } certificate;
        struct {
            char *version; /* “TLSv1.3” */
            char *cipher;  /* “TLS_AES_256_GCM_SHA384” */
            char *group;   /* “X25519” */
        } secured;
        struct {
            char *reason; /* “plain-text”, “alert”, “closed”, “handshake-failure” */
        } tls_failed;
        struct {
            char *user;
            char *mechanism;
            char *judge; /* “dovecot”, “cyrus” */
            gboolean accepted;
        } login;
        struct {
            char *list; /* “smtpd_relay_restrictions” */
            char *rule; /* “permit_mynetworks” */
            char *recipient;
            char *subject; /* what was looked at: “198.51.100.7”, “ana”, a domain */
            char *against; /* what it was held against: “127.0.0.0/8 [::1]/128” */
            char *reason;  /* both in a phrase: “198.51.100.7 is not in …” */
            MailsimRuleVerdict verdict;
            gboolean decided; /* this rule ended the evaluation of its list */
        } rule;
        struct {
            char *queue_id;
            guint message; /* see MailsimHop */
            char *sender;
            char *recipients; /* joined by “, ” */
            gsize size_bytes;
        } queued;
        struct {
            char *queue_id; /* NULL: the message never had one (a mail program's own outcome) */
            guint message;  /* see MailsimHop */
            gboolean delivered; /* it lies in a mailbox now */
            char *recipient;
            char *original; /* what it was before an alias; NULL: the same */
            char *status; /* “sent”, “deferred”, “bounced”, “rejected”, “failed” */
            char *dsn;   /* “2.0.0” */
            char *relay; /* “mx.instituto.example[192.0.2.10]:25”, “local”, “none” */
            char *reason; /* Postfix's text in parentheses: “250 2.0.0 Ok: queued as …” */
            gint64 delay_us; /* since the message arrived at this host */
        } status;
        struct {
            char *by; /* party that closed; NULL: both */
        } closed;
        struct {
            char *rule; /* a short name, “plaintext-after-starttls” */
            char *text; /* whole phrase, English */
            char *reference;
            char *subject; /* “listed”: the address that wrote to a trap */
            char *trap;    /* “listed”: the mail address it wrote to */
            char *list;    /* “listed”: the blocklist that has it from now on */
        } finding;
        struct {
            char *waits_for; /* “connection”, “greeting”, “reply”, “command”, “message”,
                                “SASL response”, “TLS handshake” */
            gint64 waited_us;
            char *place; /* “case5.scenario:30”: the line of the step */
        } timeout;
        struct {
            char *what;    /* “mailbox ana”, in the scenario's words */
            char *command; /* what shows it on a real host; NULL: nothing does */
            guint count;   /* messages, or DNS records; of all else, lines */
            char *text;    /* lines that end in LF; bytes as they were */
        } shown;
        struct {
            char *queue_id;
            guint message;
            char *action;  /* “retried”, “deferred”, “expired”, “removed” */
            guint attempt; /* “retried”: the second, the third … */
            MailsimTime until_us; /* “deferred”: it is not tried before */
        } queue;
        struct {
            char *queue_id; /* what it is about */
            guint message;
            char *notification; /* “bounce”, “delay”, “success”, “postmaster” */
            char *notification_id; /* its own queue id */
            char *recipient;
        } notification;
        struct {
            char *nexthop; /* as it is looked up: “[smtp.provider.example]:587” */
            char *entry;   /* of smtp_tls_policy_maps: “dest.example secure”; NULL: none */
            char *asked;   /* the level of the entry or of main.cf: “dane” */
            char *level;   /* what it came to: “may” */
            char *reason;  /* why to another one than was asked, or to none; NULL: it did not */
            char *announced; /* “tlsa”, “fingerprint”; NULL: nothing is known beforehand */
            char *records;  /* which, joined by “, ” */
            char *warnings; /* of Postfix's log, a line each; NULL: none */
            bool refused;   /* no connection is made */
        } policy;
        struct {
            const char *program; /* “postfix/submission/smtpd”; shared, see party */
            guint pid;           /* of the process; unique on its host */
            char *text;          /* as Postfix words it, without what syslog puts before it */
        } log;
        struct {
            char *status;     /* “fetched”, “rejected”, “failed” */
            char *reason;     /* the server's answer, or the program's own; NULL: fetched */
            guint n_messages; /* in the mailbox */
            guint n_new;      /* of them: the program has got them now */
        } fetched;
    };
} MailsimEvent;

MailsimEvent *mailsim_event_new(MailsimEventKind kind);
void mailsim_event_free(MailsimEvent *event);

/* NAME, copied when no other event has it; NULL: nobody. */
void mailsim_event_set_party(MailsimEvent *event, const char *name);

/* The same for the program of a line of the log. */
void mailsim_event_set_program(MailsimEvent *event, const char *program);

/* “line”, “handshake” …: the word of JSON and of notes. */
const char *mailsim_event_kind_name(MailsimEventKind kind);
const char *mailsim_rule_verdict_name(MailsimRuleVerdict verdict);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimEvent, mailsim_event_free)
