/* SPDX-License-Identifier: MIT
 *
 * All that happened in one run: the parties, the steps, the hops (one connection each) and the
 * events in order. The lab writes it, the scenario's runner adds what was expected, and every
 * rendering (text, JSON, …) is a pure function of it. */
#pragma once

#include <mailsim/base/diagnostics.h>
#include <mailsim/recording/event.h>

/* A text in one or more languages. plain is in the scenario's own language. */
typedef struct {
    char *plain;
    char *en;
    char *es;
} MailsimText;

typedef enum {
    MAILSIM_LANGUAGE_EN,
    MAILSIM_LANGUAGE_ES,
} MailsimLanguage;

#define MAILSIM_LANGUAGES (MAILSIM_LANGUAGE_ES + 1)

void mailsim_text_clear(MailsimText *text);
void mailsim_text_copy(const MailsimText *from, MailsimText *to);

/* The translation, else the plain text; lent; NULL when there is none at all. */
const char *mailsim_text_get(const MailsimText *text, MailsimLanguage language);

typedef struct {
    char *name;    /* “mail”, “laptop” */
    char *address; /* first one */
    char *fqdn; /* “mail.iesgn.example”; of a mail program the name that it says in EHLO */
    char *user; /* of a mail program: “ana”; NULL for none and for hosts */
    gboolean is_host;
} MailsimParty;

/* What a listener on the path found in the recorded bytes, both directions. */
typedef struct {
    gboolean password_seen;
    gboolean text_seen;
    gboolean addresses_seen;
    gboolean had_password; /* was there one to see */
    gboolean had_text;
    gboolean had_addresses;
} MailsimEavesdropped;

/* What one end let out at once, in one direction of the cable. */
typedef struct {
    MailsimTime time_us; /* as the client sees it: its own leave then, the others arrive */
    MailsimDirection direction;
    gsize start; /* in the bytes of its direction */
    gsize length;
} MailsimParcel;

/* One connection, from its client's point of view. */
typedef struct {
    guint index;
    guint step;
    /* What it carries, from 1: the messages that steps send and the notifications that hosts
     * write, in the order of their making; 0: none, or typed by hand. */
    guint message;
    char *from;    /* name of the party that connects */
    char *to;      /* name of the host that listens; NULL: no such host */
    char *to_fqdn; /* the name that the client used: “mail.iesgn.example” */
    char *address;
    guint port;
    char *service; /* “smtp”, “submission”, “submissions”, or the service's own name */
    char *protocol; /* “smtp” */
    gboolean from_mail_program;
    gboolean typed; /* by hand, at the machine of either kind */
    MailsimTime started_us;

    gboolean connected;
    gboolean encrypted;
    gboolean resumed;
    char *tls_version; /* the next five: NULL without TLS */
    char *tls_cipher;
    char *tls_group;
    char *trust;        /* “Verified”, “Trusted”, “Untrusted”, “Anonymous” */
    char *tls_failure;  /* a result type of RFC 8460 §4.3; NULL: none */
    gboolean fell_back; /* to plain text, since TLS has failed with the same server */
    gboolean certificate_seen; /* the next three say something only then */
    gboolean chain_ok, name_ok, dates_ok;
    char *authenticated_user; /* NULL: no login */
    char *status; /* “sent”, “deferred”, “bounced”, “rejected”, “failed”; worst recipient */
    char *dsn;
    char *reply;      /* the reply, or the client's own reason, that decided the status */
    char *decided_by; /* “smtpd_relay_restrictions: permit_sasl_authenticated”; NULL */
    MailsimEavesdropped listener;

    /* The cable: every byte that crossed, in order, by direction. */
    GByteArray *bytes_out;
    GByteArray *bytes_in;
    GArray *parcels; /* of MailsimParcel, in the order in which they were let out */
} MailsimHop;

typedef struct {
    char *key;      /* “expect.hop.mail” */
    char *expected; /* as written */
    char *actual;   /* what was seen, in the same words */
    gboolean holds;
} MailsimExpectationResult;

typedef struct {
    char *id;
    MailsimText title;
    MailsimText intro;
    MailsimTime started_us;
    guint message;      /* that it sends, or watches; 0: none */
    gboolean shows_log; /* who reads the transcript is told what a log says, and nothing else */
    char *outcome; /* “delivered”, “deferred”, “bounced”, “rejected”, “failed” */
    GPtrArray *expectations; /* of MailsimExpectationResult */
    guint first_event;       /* where its events and hops begin in the recording */
    guint first_hop;
} MailsimStepRecord;

typedef struct {
    char *id;   /* “case5” */
    char *file; /* as named on the command line, or “case5.scenario” when built in */
    MailsimText title;
    MailsimText summary;
    GPtrArray *parties; /* of MailsimParty, hosts first, in the order of the file */
    GPtrArray *steps;   /* of MailsimStepRecord */
    GPtrArray *hops;    /* of MailsimHop, by index; those that are not forgotten */
    GPtrArray *events;  /* of MailsimEvent, by sequence; the same */
    guint n_hops;       /* that there have been */
    guint n_events;
} MailsimRecording;

MailsimRecording *mailsim_recording_new(void);
void mailsim_recording_free(MailsimRecording *recording);

/* Each appends an empty record and lends it; the recording owns it. Events and hops belong to
 * the step that was added last. */
MailsimParty *mailsim_recording_add_party(MailsimRecording *recording);
MailsimStepRecord *mailsim_recording_add_step(MailsimRecording *recording);
MailsimHop *mailsim_recording_add_hop(MailsimRecording *recording);
MailsimExpectationResult *mailsim_step_record_add_expectation(MailsimStepRecord *step);

/* BYTES have been let out on the cable; TIME_US as in MailsimParcel. */
void mailsim_hop_carry(MailsimHop *hop,
                       MailsimDirection direction,
                       MailsimTime time_us,
                       const guint8 *bytes,
                       gsize length);

/* Append EVENT, taking it over; its sequence and step are filled in. If its hop is forgotten it
 * is of none. */
void mailsim_recording_take_event(MailsimRecording *recording, MailsimEvent *event);

/* The hop with that INDEX, of an event (-1: of none); NULL: none, or it is forgotten. */
MailsimHop *mailsim_recording_find_hop(const MailsimRecording *recording, int index);

/* Where in the array the event with that SEQUENCE is; if it is forgotten, the next one. */
guint mailsim_recording_find_event(const MailsimRecording *recording, guint sequence);

/* A recording that is told as it grows need not keep what has been told: forget the events that
 * IS_NEEDED says no of; a hop, of which no event is left. The others keep their sequence, their
 * index and their order. */
void mailsim_recording_forget_events(MailsimRecording *recording,
                                     gboolean (*is_needed)(const MailsimEvent *event,
                                                           gpointer data),
                                     gpointer data);
void mailsim_recording_forget_hop(MailsimRecording *recording, const MailsimHop *hop);

/* The events and the hops of a step of a recording of which nothing is forgotten: from *FIRST
 * up to *END, not included. */
void mailsim_recording_get_step_events(const MailsimRecording *recording,
                                       guint step,
                                       guint *first,
                                       guint *end);
void mailsim_recording_get_step_hops(const MailsimRecording *recording,
                                     guint step,
                                     guint *first,
                                     guint *end);

const MailsimParty *mailsim_recording_find_party(const MailsimRecording *recording,
                                                 const char *name);

/* Do all expectations of all steps hold; how many there are and how many hold. */
gboolean
mailsim_recording_holds(const MailsimRecording *recording, guint *n_expected, guint *n_held);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimRecording, mailsim_recording_free)
