/* SPDX-License-Identifier: MIT
 *
 * The axes of the matrix of TLS: what the sender demands, what the server offers, its
 * certificate, how the next hop is written, what is published for DANE. One table declares each
 * value with its words and with what it adds to a scenario (axis.c); docs/matrix.md says where
 * they come from. */
#pragma once

#include <mailsim/recording/recording.h>

typedef enum {
    MAILSIM_AXIS_CLIENT_LEVEL, /* smtp_tls_security_level */
    MAILSIM_AXIS_SERVER_LEVEL, /* smtpd_tls_security_level, and what goes wrong there */
    MAILSIM_AXIS_CERT,
    MAILSIM_AXIS_NEXTHOP,
    MAILSIM_AXIS_TLSA,
    MAILSIM_AXIS_ZONE,
} MailsimAxis;

#define MAILSIM_AXES (MAILSIM_AXIS_ZONE + 1)

/* The most values that an axis has. */
#define MAILSIM_AXIS_VALUES_MAX 9

typedef struct {
    const char *word; /* as it is typed: “may-1.2” */
    const char *name; /* as TSV and JSON say it: “may (TLS<=1.2 only)” */
    const char *meaning[MAILSIM_LANGUAGES]; /* a phrase, for people */
} MailsimAxisValue;

/* “client_level”, the column of TSV; “client-level”, the word of the command line. */
const char *mailsim_axis_get_name(MailsimAxis axis);
const char *mailsim_axis_get_word(MailsimAxis axis);

/* “client level”, for people. */
const char *mailsim_axis_get_title(MailsimAxis axis, MailsimLanguage language);

/* FALSE: there is no axis of that word or name. */
gboolean mailsim_axis_find(const char *word, MailsimAxis *axis);

guint mailsim_axis_count_values(MailsimAxis axis);
const MailsimAxisValue *mailsim_axis_get_value(MailsimAxis axis, guint value);

/* By its word or its name; FALSE: AXIS has no such value. */
gboolean mailsim_axis_find_value(MailsimAxis axis, const char *word, guint *value);

/* The value that is taken where nobody names one. */
guint mailsim_axis_get_usual(MailsimAxis axis);
