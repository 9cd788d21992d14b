/* SPDX-License-Identifier: MIT
 *
 * The cases of recorded/tls: a piece of a scenario, and what a real Postfix did with the same
 * (tests/dialogue/README.md, “Recorded TLS deliveries”). */
#pragma once

#include <glib.h>

/* What became of the message for one recipient at one attempt. */
typedef struct {
    char *recipient; /* NULL: there is one alone */
    char *relay;     /* “mx.dest.example[<ip>]:25”; NULL: it is not said */
    char *version;   /* of TLS; NULL: it is not said */
    char *status;    /* “deferred” */
    char *dsn;       /* “4.7.5” */
    char *reason;    /* Postfix's text in parentheses */
    char *tls;       /* the first word of “… TLS connection established”; “-”: none */
    char *channel;   /* “tls”, “plaintext”; “-”: it did not connect */
} TlsAttempt;

typedef struct {
    char *file; /* “names.txt” */
    char *name;
    gboolean is_tried_again;
    char *scenario;      /* all of it, with the two hosts */
    char *hidden;        /* the same, with what main.cf says hidden from check */
    char *world;         /* its hosts and certificates alone */
    gboolean is_beyond;  /* does it ask for what the language of scenarios cannot say */
    gboolean is_brief;   /* its log leaves lines out: see tls_log_compare() */
    GPtrArray *attempts; /* of TlsAttempt; empty: nothing became of it */

    /* Of all attempts, in order; of char *. */
    GPtrArray *log;   /* the sender's, but for statuses */
    GPtrArray *asked; /* “dest.example MX dnssec NOERROR ad”; empty: it is not said */
    GPtrArray *saw;   /* “dest ehlo=1 quit=1 commands=2” of each host that it is said of */
} TlsCase;

/* Those of one file below recorded/tls; of TlsCase, to be unreferenced. */
GPtrArray *tls_cases_read(const char *file);

void tls_attempt_free(TlsAttempt *attempt);
