/* SPDX-License-Identifier: MIT
 *
 * The mail of a host, file by file named after Postfix's daemons. */
#pragma once

#include "host-private.h"
#include "smtpd-private.h"

/* Somebody whom a message in the queue is for. */
typedef struct {
    char *address;  /* by now: after virtual(5) aliases and the like */
    char *original; /* as it was given, perhaps without a domain: X-Original-To: */
    char
        *dsn_original; /* ORCPT=, else the address as it came: “rfc822;bob@instituto.example” */
    guint notify;      /* of MailsimNotify; 0: nothing was said */
    gboolean done;     /* delivered, sent on, or given up */
} MailsimQueueRecipient;

MailsimQueueRecipient *mailsim_queue_recipient_new(const char *address, const char *original);
MailsimQueueRecipient *mailsim_queue_recipient_copy(const MailsimQueueRecipient *from);
void mailsim_queue_recipient_free(MailsimQueueRecipient *recipient);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimQueueRecipient, mailsim_queue_recipient_free)

/* What one attempt came to, for one recipient. Strings are borrowed. */
typedef struct {
    const char *status; /* “sent”, “deferred”, “bounced” */
    const char *dsn;    /* “5.1.1” */
    const char *relay;  /* “mx.instituto.example[192.0.2.10]:25”, “local”, “none” */
    const char *reason; /* as in the log */
    const char *remote_mta; /* the name of the server that said so; NULL: Postfix itself did */
    const char *remote_reply; /* what it said: “550 5.1.1 …” */
    const char *action;       /* “relayed”, “expanded”; NULL: what the status says */
    gboolean delivered;       /* it lies in a mailbox now */
    gboolean passed_on;       /* the next server was asked to report a success itself */

    /* Whose line it is in the mail log: a daemon that has done its work at once, or a process;
     * when it began, 0: now, and when it was ready to send, 0: it never was. */
    const char *daemon; /* “local”, “error” */
    const MailsimProcess *process;
    gboolean by_network;
    MailsimTime begun_us;
    MailsimTime ready_us;
    MailsimTime ended_us; /* 0: now */
} MailsimDeliveryStatus;

/* A line of bounce(8)'s logfile of a message: what its sender is told of one recipient. */
typedef struct {
    MailsimQueueRecipient *recipient; /* a copy */
    char *dsn;
    char *relay;
    char *reason;
    char *remote_mta;
    char *remote_reply;
    char *action; /* of a success: “relayed”, “expanded”; NULL: “delivered” */
} MailsimLogEntry;

/* One message in a host's queue. */
typedef struct {
    char *queue_id;
    guint message;         /* which errand or notification it carries; see MailsimHop */
    char *sender;          /* empty: <> */
    GPtrArray *recipients; /* of MailsimQueueRecipient */
    MailsimReturn returns;
    char *envelope_id;       /* ENVID=; NULL: none */
    GBytes *content;         /* lines end in LF */
    gboolean eight_bit;      /* declared so, by its client or its header */
    gboolean utf8;           /* declared so by its client */
    MailsimTime arrived_us;  /* MAIL FROM: what its delays count from, and warnings */
    MailsimTime created_us;  /* the queue file: what its age counts from */
    MailsimTime active_us;   /* when qmgr(8) took it up the last time */
    MailsimTime next_try_us; /* not before; 0: it is being tried */
    MailsimTime warn_us; /* postconf(5) delay_warning_time is over then; 0: nobody is warned */
    guint n_attempts;
    guint n_deliveries;     /* under way */
    GPtrArray *bounce_log;  /* of MailsimLogEntry: not told to the sender yet */
    GPtrArray *defer_log;   /* of the attempt under way, or the last one */
    GPtrArray *success_log; /* of those who asked for it: NOTIFY=SUCCESS */
} MailsimQueueFile;

MailsimQueueFile *mailsim_queue_file_new(MailsimHost *host, const char *queue_id);
void mailsim_queue_file_free(MailsimQueueFile *file);

/* ---- cleanup.c --------------------------------------------------------------------------- */

/* A queue id for the message to come; free with g_free(). */
char *mailsim_cleanup_new_queue_id(MailsimHost *host);

/* From an SMTP session: with the Received: line of smtpd(8). NULL: taken; else the reply that
 * refuses it, to be freed. */
char *mailsim_cleanup_take_smtp(const MailsimRestrictionQuery *query,
                                const char *queue_id,
                                GBytes *message);

/* From a user at a shell, by sendmail(1) and pickup(8). MESSAGE: its number in the
 * recording. */
void mailsim_cleanup_take_local(MailsimHost *host, const MailsimErrand *errand, guint message);

/* FROM goes on to the RECIPIENTS (of MailsimQueueRecipient) that an alias of DELIVERED_TO, or a
 * ~/.forward, names. Borrowed. */
typedef struct {
    const MailsimQueueFile *from;
    const char *queue_id;
    const char *sender;
    const char *delivered_to;
    gboolean from_list; /* an owner- alias has taken over: without ENVID= and RET= */
    const GPtrArray *recipients;
} MailsimForwardedMessage;

/* From local(8). FALSE: it must come again. */
gboolean mailsim_cleanup_take_forwarded(MailsimHost *host,
                                        const MailsimForwardedMessage *forwarded);

/* From bounce(8): CONTENT, with a header that still lacks Received: and Message-Id:. It is a
 * message of its own. */
void mailsim_cleanup_take_notification(MailsimHost *host,
                                       const char *queue_id,
                                       const char *sender,
                                       const char *recipient,
                                       GBytes *content);

/* An address without a domain gets $myorigin (postconf(5) append_at_myorigin), a route is
 * followed; free with g_free(). */
char *mailsim_cleanup_complete_address(const MailsimHost *host, const char *address);

/* NOTIFY= of what an address expands to (RFC 3461 §5.2.7.1): without SUCCESS. */
guint mailsim_notify_drop_success(guint notify);

/* ---- cleanup-header.c -------------------------------------------------------------------- */

/* The Received: field of smtpd(8); free with g_free(). */
char *mailsim_cleanup_write_received(const MailsimRestrictionQuery *query,
                                     const char *queue_id);

/* That of a daemon of HOST itself, with COMMENT after its name: “, from userid 1000”. Free with
 * g_free(). */
char *mailsim_cleanup_write_own_received(const MailsimHost *host,
                                         const char *queue_id,
                                         const char *comment);

/* MESSAGE, of FILE, without message_drop_headers and, if it ADDS_FIELDS, with Message-Id, Date
 * and From where it lacks them. FULL_NAME is the sender's in /etc/passwd; NULL: none is
 * known. */
GBytes *mailsim_cleanup_complete_header(MailsimHost *host,
                                        const MailsimQueueFile *file,
                                        const char *full_name,
                                        gboolean adds_fields,
                                        GBytes *message);

/* ---- alias-targets.c --------------------------------------------------------------------- */

/* The addresses in TEXT, in internal form: array of char *, to be freed with
 * g_ptr_array_unref(). */
GPtrArray *mailsim_alias_targets_parse(const char *text);

/* ---- virtual-alias.c --------------------------------------------------------------------- */

/* What ADDRESS, of the message QUEUE_ID, comes to by virtual_alias_maps: array of char *, of
 * itself where it is no alias; free with g_ptr_array_unref(). NULL: a limit was reached, or a
 * table cannot be read, which the log says, unless QUEUE_ID is NULL. */
GPtrArray *
mailsim_virtual_alias_expand(MailsimHost *host, const char *address, const char *queue_id);

/* Does propagate_unmatched_extensions have WORD? */
gboolean mailsim_host_propagates_extension(const MailsimHost *host, const char *word);

/* ---- qmgr.c ------------------------------------------------------------------------------ */

/* It is in the queue, and will be delivered as soon as whoever brought it has been answered. */
void mailsim_qmgr_accept(MailsimHost *host, MailsimQueueFile *file);

/* Write the STATUS of RECIPIENT down: an event, and a line for bounce(8). HOP: -1 for none.
 * TRUE: he is to be tried again, be it that postconf(5) soft_bounce says so. */
gboolean mailsim_qmgr_log(MailsimHost *host,
                          MailsimQueueFile *file,
                          const MailsimQueueRecipient *recipient,
                          int hop,
                          const MailsimDeliveryStatus *status);

/* A success of its own, which is no status: the alias RECIPIENT has become other addresses.
 * RELAY: “local”, or “none” for cleanup(8). */
void mailsim_qmgr_log_expansion(MailsimQueueFile *file,
                                const MailsimQueueRecipient *recipient,
                                const char *relay);

/* The same as mailsim_qmgr_log(), and RECIPIENT, of FILE, is done with unless deferred. */
void mailsim_qmgr_finish_recipient(MailsimHost *host,
                                   MailsimQueueFile *file,
                                   MailsimQueueRecipient *recipient,
                                   int hop,
                                   const MailsimDeliveryStatus *status);

/* One of the deliveries of FILE is over, with a status for each of its recipients. FILE may be
 * gone afterwards. */
void mailsim_qmgr_finish_delivery(MailsimHost *host, MailsimQueueFile *file);

/* main.cf has changed: the next queue run may be another one. */
void mailsim_qmgr_reload(MailsimHost *host);

/* delivery-log.c: the line of the mail log. HOP: -1 for none. */
void mailsim_delivery_log(MailsimHost *host,
                          const MailsimQueueFile *file,
                          const MailsimQueueRecipient *recipient,
                          int hop,
                          const MailsimDeliveryStatus *status);

/* The agent DAEMON has died: “fatal: WORDS”. Nobody's status is known. */
void mailsim_delivery_log_death(MailsimHost *host,
                                MailsimProcess *process,
                                const char *daemon,
                                const char *words);

/* ---- bounce.c ---------------------------------------------------------------------------- */

typedef enum {
    MAILSIM_BOUNCE_FAILURE,
    MAILSIM_BOUNCE_DELAY,
    MAILSIM_BOUNCE_SUCCESS,
} MailsimBounceKind;

/* Tell the sender of FILE, by a message of its own, what became of the recipients in ENTRIES
 * (of MailsimLogEntry): those who are to be told of (NOTIFY=). To nobody, where there is no
 * sender. */
void mailsim_bounce_send(MailsimHost *host,
                         const MailsimQueueFile *file,
                         MailsimBounceKind kind,
                         const GPtrArray *entries);

/* ---- error.c ----------------------------------------------------------------------------- */

/* error(8), retry(8), discard(8): RECIPIENT, of FILE, is disposed of as DESTINATION says; no
 * other transport is left. */
void mailsim_error_deliver(MailsimHost *host,
                           MailsimQueueFile *file,
                           MailsimQueueRecipient *recipient,
                           const MailsimDestination *destination);

/* ---- smtp.c, local.c --------------------------------------------------------------------- */

/* smtp(8): deliver FILE to the RECIPIENTS (of MailsimQueueRecipient, borrowed of FILE; the
 * array is taken over) by way of DESTINATION's next hop, as its transport: smtp or relay. */
void mailsim_smtp_deliver(MailsimHost *host,
                          MailsimQueueFile *file,
                          const MailsimDestination *destination,
                          GPtrArray *recipients);
void mailsim_smtp_delivery_free(gpointer delivery);
void mailsim_smtp_search_free(gpointer search);

/* local(8): deliver FILE to one of its recipients, now. */
void mailsim_local_deliver(MailsimHost *host,
                           MailsimQueueFile *file,
                           MailsimQueueRecipient *recipient);

/* Is RECIPIENT, internal form, one that smtpd(8) takes: postconf(5) local_recipient_maps for a
 * domain of mydestination, relay_recipient_maps for one of relay_domains. Without such a list
 * everybody is found. */
MailsimLookup mailsim_local_recipient_exists(const MailsimHost *host,
                                             const MailsimServiceDefinition *service,
                                             const char *recipient);
MailsimLookup mailsim_relay_recipient_exists(const MailsimHost *host,
                                             const MailsimServiceDefinition *service,
                                             const char *recipient);

/* The same with virtual_alias_maps, which also make local addresses known; but without it
 * nobody is found. */
MailsimLookup mailsim_virtual_recipient_exists(const MailsimHost *host,
                                               const MailsimServiceDefinition *service,
                                               const char *recipient);
