/* SPDX-License-Identifier: MIT
 *
 * The mail of a host, file by file named after Postfix's daemons. */
#pragma once

#include "host-private.h"
#include "smtpd-private.h"

/* One message in a host's queue. */
typedef struct {
    char *queue_id;
    char *sender;          /* empty: <> */
    GPtrArray *recipients; /* of char * */
    GPtrArray *originals;  /* of char *: the same as they were given, perhaps without domain */
    GBytes *content;       /* lines end in LF */
    gboolean eight_bit;    /* declared so, by its client or its header */
    gboolean utf8;         /* declared so by its client */
    MailsimTime arrived_us;
} MailsimQueueFile;

/* cleanup(8): a queue id for the message to come; free with g_free(). */
char *mailsim_cleanup_new_queue_id(MailsimHost *host);

/* From an SMTP session: with the Received: line of smtpd(8). */
void mailsim_cleanup_take_smtp(const MailsimRestrictionQuery *query,
                               const char *queue_id,
                               GBytes *message);

/* From a user at a shell, by sendmail(1) and pickup(8). */
void mailsim_cleanup_take_local(MailsimHost *host, const MailsimErrand *errand);

/* From local(8): FROM goes on to the RECIPIENTS that an alias of DELIVERED_TO has elsewhere. */
void mailsim_cleanup_take_forwarded(MailsimHost *host,
                                    const MailsimQueueFile *from,
                                    const char *queue_id,
                                    const char *delivered_to,
                                    const GPtrArray *recipients);

/* qmgr(8): deliver what just came in. */
void mailsim_qmgr_activate(MailsimHost *host, MailsimQueueFile *file);
void mailsim_queue_file_free(MailsimQueueFile *file);

/* The result of one delivery attempt, for one recipient. */
typedef struct {
    const char *status; /* “sent”, “deferred”, “bounced” */
    const char *dsn;
    const char *relay;
    const char *reason;
    gboolean delivered;
} MailsimDeliveryStatus;

void mailsim_qmgr_record_status(MailsimHost *host,
                                const MailsimQueueFile *file,
                                const char *recipient,
                                int hop,
                                const MailsimDeliveryStatus *status);

/* smtp(8): deliver FILE to the RECIPIENTS (taken over), all at DOMAIN. */
void mailsim_smtp_deliver(MailsimHost *host,
                          MailsimQueueFile *file,
                          const char *domain,
                          GPtrArray *recipients);
void mailsim_smtp_delivery_free(gpointer delivery);

/* local(8): deliver FILE to one of its recipients. */
void mailsim_local_deliver(MailsimHost *host, const MailsimQueueFile *file, guint recipient);

/* Is RECIPIENT, internal form, one that smtpd(8) takes: postconf(5) local_recipient_maps for a
 * domain of mydestination, relay_recipient_maps for one of relay_domains. Without such a list
 * everybody is found. */
MailsimLookup mailsim_local_recipient_exists(const MailsimHost *host,
                                             const MailsimServiceDefinition *service,
                                             const char *recipient);
MailsimLookup mailsim_relay_recipient_exists(const MailsimHost *host,
                                             const MailsimServiceDefinition *service,
                                             const char *recipient);
