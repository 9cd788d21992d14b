/* SPDX-License-Identifier: MIT
 *
 * What a mail server writes to a sender about his message: a text for people, a report for
 * programs (RFC 3464) and the message itself, in one (RFC 6522). As bounce(8) of Postfix does
 * it, to the byte. */
#pragma once

#include <mailsim/base/time.h>

typedef enum {
    MAILSIM_REPORT_FAILURE,
    MAILSIM_REPORT_DELAY,
    MAILSIM_REPORT_SUCCESS,
} MailsimReportKind;

/* What became of one recipient. */
typedef struct {
    const char *address;
    const char *given;    /* the address that it was before, “nadie”; NULL: the same */
    const char *original; /* “rfc822;nadie@iesgn.example”; NULL: unknown */
    const char *action; /* RFC 3464 §2.3.3: “failed”, “delayed”, “delivered” … */
    const char *status; /* “5.1.1” */
    const char *reason;
    const char *remote_mta;   /* the name of the server that said so; NULL: nobody did */
    const char *remote_reply; /* what it said */
} MailsimReportRecipient;

typedef struct {
    MailsimReportKind kind;
    gboolean for_postmaster; /* a copy: without the text that explains it to people */
    gboolean headers_only;   /* the message comes back without its body */
    const char *to;          /* addresses are in the form of headers: quoted */
    const char *origin;      /* the domain of MAILER-DAEMON */
    const char *hostname;    /* of the server that reports */
    const char *mail_name;   /* “Postfix” */
    MailsimTime now_us;

    /* The message that it is about. */
    const char *queue_id;
    const char *sender;
    const char *envelope_id; /* NULL: none */
    gboolean utf8;           /* was declared so (RFC 6531): its report is, too (RFC 6533) */
    MailsimTime arrived_us;
    GBytes *message; /* lines end in LF */

    /* For a delay. */
    gint64 warned_after_us; /* postconf(5) delay_warning_time */
    gint64 lifetime_us;     /* postconf(5) maximal_queue_lifetime */

    const GPtrArray *recipients; /* of MailsimReportRecipient, one at least */
} MailsimDeliveryReport;

/* The whole, but for the header fields that a server adds to each message. */
GBytes *mailsim_delivery_report_write(const MailsimDeliveryReport *report);
