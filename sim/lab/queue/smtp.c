/* SPDX-License-Identifier: MIT
 *
 * smtp(8): one delivery of one message to the recipients of one next hop. Address after
 * address is tried until each recipient has been taken or refused for good; what is left
 * over at the last one is deferred. */
#include "smtp-private.h"

#include <string.h>

#include <mailsim/base/limits.h>
#include <mailsim/protocol/message.h>
#include <mailsim/settings/expansion.h>
#include <mailsim/settings/tls-loglevel.h>

typedef struct {
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
    MailsimSmtpTlsPolicy policy;
    MailsimSmtpLogin *login;   /* NULL: without a password */
    MailsimSmtpClient *client; /* lives in the connection */
} Delivery;

static void begin_waiting(MailsimHost *host);
static void try_next(Delivery *delivery);

void
mailsim_smtp_delivery_free(gpointer data)
{
    Delivery *delivery = data;

    g_free(delivery->nexthop);
    g_strfreev(delivery->sites);
    mailsim_next_hop_clear(&delivery->parsed);
    g_ptr_array_unref(delivery->recipients);
    g_clear_pointer(&delivery->addresses, g_ptr_array_unref);
    mailsim_smtp_why_clear(&delivery->why);
    mailsim_smtp_tls_policy_clear(&delivery->policy);
    mailsim_smtp_login_free(delivery->login);
    mailsim_process_end(delivery->process);
    g_free(delivery);
}

static void
end_delivery(Delivery *delivery)
{
    MailsimHost *host = delivery->host;
    MailsimQueueFile *file = delivery->file;
    const MailsimSmtpEnd end = {
        .nexthop = delivery->nexthop,
        .unreachable = delivery->unreachable,
        .dsn = delivery->why.dsn,
        .reason = delivery->why.reason,
    };

    mailsim_destination_note(host, &end);
    g_ptr_array_remove(host->deliveries, delivery);
    begin_waiting(host);
    mailsim_qmgr_finish_delivery(host, file);
}

/* ---- fates ------------------------------------------------------------------------------- */

static const char *
get_status(const char *dsn)
{
    if (dsn[0] == '2')
        return "sent";
    return dsn[0] == '5' ? "bounced" : "deferred";
}

/* RELAY=none when there never was a conversation. */
static void
settle(Delivery *delivery,
       MailsimQueueRecipient *recipient,
       const MailsimHop *hop,
       const MailsimSmtpWhy *why)
{
    const gboolean talked = hop != NULL && hop->connected;
    g_autofree char *relay =
        talked ? g_strdup_printf("%s[%s]:%u", delivery->address->name,
                                 delivery->address->address, delivery->parsed.port)
               : g_strdup("none");
    const MailsimDeliveryStatus status = {
        .status = get_status(why->dsn),
        .dsn = why->dsn,
        .relay = relay,
        .reason = why->reason,
        .remote_mta = why->remote_reply != NULL ? delivery->address->name : NULL,
        .remote_reply = why->remote_reply,
        .action = "relayed",
        .passed_on = talked && mailsim_smtp_client_passed_notify_on(delivery->client),
        .daemon = "error",
        .process = delivery->process,
        .by_network = delivery->process != NULL,
        .begun_us = delivery->begun_us,
        .ready_us = delivery->ready_us,
    };

    mailsim_qmgr_finish_recipient(delivery->host, delivery->file, recipient,
                                  talked ? (int)hop->index : -1, &status);
}

static void
settle_all(Delivery *delivery, const MailsimHop *hop, const MailsimSmtpWhy *why)
{
    for (guint i = 0; i < delivery->recipients->len; i++)
        settle(delivery, g_ptr_array_index(delivery->recipients, i), hop, why);
    g_ptr_array_set_size(delivery->recipients, 0);
}

static void
give_up(Delivery *delivery, const char *dsn, const char *reason)
{
    const MailsimSmtpWhy why = {(char *)dsn, (char *)reason, NULL};

    settle_all(delivery, NULL, &why);
    end_delivery(delivery);
}

static void
keep_why(Delivery *delivery, MailsimSmtpWhy *why)
{
    mailsim_smtp_why_clear(&delivery->why);
    delivery->why = *why;
    *why = (MailsimSmtpWhy){0};
}

/* The worst of the recipients is the hop's: bounced before deferred before sent. */
static void
tell_hop(MailsimHop *hop, const MailsimSmtpWhy *why)
{
    const char *order = "245";

    if (hop->dsn != NULL && strchr(order, why->dsn[0]) <= strchr(order, hop->dsn[0]))
        return;
    g_free(hop->status);
    g_free(hop->dsn);
    g_free(hop->reply);
    hop->status = g_strdup(get_status(why->dsn));
    hop->dsn = g_strdup(why->dsn);
    hop->reply = g_strdup(why->reason);
}

/* ---- after a conversation ---------------------------------------------------------------- */

static gboolean
has_reached(const Delivery *delivery, guint count, const char *parameter)
{
    const gint64 limit = mailsim_host_get_number(delivery->host, NULL, parameter);

    return limit > 0 && count >= limit;
}

/* postconf(5) smtp_mx_address_limit, smtp_mx_session_limit; 0: no limit. */
static gboolean
has_no_more_addresses(const Delivery *delivery)
{
    return delivery->next >= delivery->addresses->len ||
           has_reached(delivery, delivery->n_addresses, "smtp_mx_address_limit") ||
           has_reached(delivery, delivery->n_sessions, "smtp_mx_session_limit");
}

static gboolean
is_last(const Delivery *delivery)
{
    return has_no_more_addresses(delivery) &&
           (delivery->has_self || delivery->sites[delivery->site + 1] == NULL);
}

/* A fate that is not for good is one only at the last address: else the next may do better.
 * With postconf(5) soft_bounce no refusal is for good. */
static gboolean
is_final(const Delivery *delivery, const MailsimSmtpWhy *why)
{
    return why->dsn[0] == '2' || is_last(delivery) ||
           (why->dsn[0] == '5' && !mailsim_host_get_flag(delivery->host, NULL, "soft_bounce"));
}

static void
log_setback(const Delivery *delivery, const MailsimHop *hop, const MailsimSmtpWhy *why)
{
    mailsim_process_log(delivery->process, (int)hop->index, "%s: %s", delivery->file->queue_id,
                        why->reason);
}

static void
conclude_together(Delivery *delivery, MailsimHop *hop, MailsimSmtpWhy *why)
{
    tell_hop(hop, why);
    if (is_final(delivery, why)) {
        settle_all(delivery, hop, why);
        delivery->unreachable = why->dsn[0] == '4';
    } else {
        log_setback(delivery, hop, why);
    }
    keep_why(delivery, why);
}

static void
conclude_each(Delivery *delivery, MailsimHop *hop, const MailsimSmtpTalk *talk)
{
    GPtrArray *left = g_ptr_array_new();

    for (guint i = 0; i < delivery->recipients->len; i++) {
        MailsimQueueRecipient *recipient = g_ptr_array_index(delivery->recipients, i);
        g_auto(MailsimSmtpWhy) why = {0};

        mailsim_smtp_explain_outcome(talk, i, &why);
        tell_hop(hop, &why);
        if (is_final(delivery, &why))
            settle(delivery, recipient, hop, &why);
        else {
            log_setback(delivery, hop, &why);
            g_ptr_array_add(left, recipient);
        }
        keep_why(delivery, &why);
    }
    delivery->unreachable = !mailsim_smtp_client_is_welcome(delivery->client);
    g_ptr_array_unref(delivery->recipients);
    delivery->recipients = left;
}

/* After a handshake that failed at level may, or TLS that broke off, plain text will do once
 * the message has waited for minimal_backoff_time, and where no password would go out with
 * it. */
static gboolean
falls_back(const Delivery *delivery)
{
    const MailsimSmtpFailure failure = mailsim_smtp_client_get_failure(delivery->client);
    const gboolean tls_failed =
        failure == MAILSIM_SMTP_FAILURE_TLS_HANDSHAKE ||
        (mailsim_smtp_client_is_secured(delivery->client) &&
         (failure == MAILSIM_SMTP_FAILURE_LOST || failure == MAILSIM_SMTP_FAILURE_TIMEOUT));

    return tls_failed && !delivery->in_clear &&
           delivery->policy.mode == MAILSIM_SMTP_TLS_IF_OFFERED && delivery->login == NULL &&
           delivery->file->active_us - delivery->file->arrived_us >=
               mailsim_host_get_time_us(delivery->host, NULL, "minimal_backoff_time");
}

static void
note_eavesdropped(const Delivery *delivery, MailsimHop *hop)
{
    g_autoptr(GPtrArray) addresses = g_ptr_array_new();
    const char *password =
        delivery->login != NULL ? mailsim_smtp_login_get_password(delivery->login) : NULL;

    for (guint i = 0; i < delivery->recipients->len; i++) {
        const MailsimQueueRecipient *recipient = g_ptr_array_index(delivery->recipients, i);

        g_ptr_array_add(addresses, recipient->address);
    }
    mailsim_listener_search(hop, password, g_bytes_get_data(delivery->file->content, NULL),
                            addresses);
}

static void
conclude(Delivery *delivery, MailsimHop *hop)
{
    g_autofree char *server =
        g_strdup_printf("%s[%s]", delivery->address->name, delivery->address->address);
    const MailsimSmtpTalk talk = {
        .server = server,
        .nexthop = delivery->parsed.name,
        .login_problem =
            delivery->login != NULL ? mailsim_smtp_login_get_problem(delivery->login) : NULL,
        .client = delivery->client,
        .size = mailsim_message_get_size(delivery->file->content),
    };
    g_auto(MailsimSmtpWhy) why = {0};
    const gboolean in_clear = falls_back(delivery);
    const gboolean failed = mailsim_smtp_explain_failure(&talk, &why);

    note_eavesdropped(delivery, hop);
    hop->fell_back = delivery->in_clear;
    if (mailsim_smtp_client_get_failure(delivery->client) ==
        MAILSIM_SMTP_FAILURE_TLS_NOT_OFFERED)
        hop->tls_failure = g_strdup("starttls-not-supported");
    if (!in_clear && mailsim_smtp_client_is_welcome(delivery->client))
        delivery->n_sessions++;
    if (in_clear) {
        if (!failed)
            mailsim_smtp_explain_outcome(&talk, 0, &why);
        tell_hop(hop, &why);
        log_setback(delivery, hop, &why);
        delivery->next--;
        delivery->n_addresses--;
    } else if (failed) {
        conclude_together(delivery, hop, &why);
    } else {
        conclude_each(delivery, hop, &talk);
    }
    delivery->in_clear = in_clear;
}

static void
finish(gpointer data, MailsimHop *hop, MailsimConnectionEnd end)
{
    Delivery *delivery = data;

    if (end != MAILSIM_CONNECTION_OVER) {
        g_auto(MailsimSmtpWhy) why = {
            g_strdup("4.4.1"),
            g_strdup_printf("connect to %s[%s]:%u: Connection %s", delivery->address->name,
                            delivery->address->address, delivery->parsed.port,
                            end == MAILSIM_CONNECTION_REFUSED ? "refused" : "timed out"),
            NULL};

        delivery->unreachable = TRUE;
        mailsim_process_log(delivery->process, (int)hop->index, "%s", why.reason);
        tell_hop(hop, &why);
        keep_why(delivery, &why);
    } else {
        conclude(delivery, hop);
    }
    try_next(delivery);
}

/* ---- a conversation ---------------------------------------------------------------------- */

static void
note_ready(gpointer data)
{
    Delivery *delivery = data;

    delivery->ready_us = mailsim_lab_get_now(delivery->host->lab);
}

static void
converse(Delivery *delivery)
{
    MailsimHost *host = delivery->host;
    g_autofree char *cache =
        mailsim_host_dup_parameter(host, NULL, "smtp_tls_session_cache_database");
    MailsimConnectionOptions connection = {
        .from = host->definition->name,
        .from_address = g_ptr_array_index(host->definition->addresses, 0),
        .to_fqdn = delivery->address->name,
        .address = delivery->address->address,
        .port = delivery->parsed.port,
        .message = delivery->file->message,
        .tls = host->relay_tls,
        .excluded_versions = delivery->policy.excluded_versions,
        .server_name = delivery->in_clear ? NULL : delivery->policy.server_name,
        .demand = delivery->policy.demand,
        .sessions = cache[0] != '\0' ? host->sessions : NULL,
        .process = delivery->process,
        .tls_loglevel = mailsim_tls_loglevel_parse(
            mailsim_host_get_parameter(host, NULL, "smtp_tls_loglevel"), NULL),
        .connect_timeout_us = mailsim_host_get_time_us(host, NULL, "smtp_connect_timeout"),
        .done = finish,
        .data = delivery,
    };

    delivery->client = mailsim_smtp_create_client(&(MailsimSmtpConversation){
        host, delivery->file, delivery->recipients, delivery->login,
        delivery->in_clear ? MAILSIM_SMTP_TLS_NONE : delivery->policy.mode,
        delivery->parsed.port, note_ready, delivery});
    connection.session = mailsim_smtp_client_get_session(delivery->client);
    delivery->ready_us = 0;
    mailsim_smtp_tls_policy_record(&delivery->policy, delivery->process,
                                   mailsim_connection_open(host->lab, &connection));
}

/* A server whose policy is of no use is passed over: the next one may do. */
static void
refrain(Delivery *delivery)
{
    const MailsimHost *host = delivery->host;
    const MailsimConnectionOptions connection = {
        .from = host->definition->name,
        .to_fqdn = delivery->address->name,
        .address = delivery->address->address,
        .port = delivery->parsed.port,
        .message = delivery->file->message,
    };
    MailsimHop *hop = mailsim_connection_refrain(host->lab, &connection);
    g_auto(MailsimSmtpWhy) why = {g_strdup("4.7.5"), g_strdup(delivery->policy.problem), NULL};

    mailsim_smtp_tls_policy_record(&delivery->policy, delivery->process, hop);
    hop->tls_failure = g_strdup(delivery->policy.tls_failure);
    tell_hop(hop, &why);
    keep_why(delivery, &why);
    try_next(delivery);
}

/* Recipients that are left over after the last address share the fate that it had in store; a
 * relayhost that cannot be found is taken for a mistake in main.cf, which can be put right. */
static void
give_up_rest(Delivery *delivery)
{
    g_autofree char *relayhost = mailsim_host_dup_parameter(delivery->host, NULL, "relayhost");
    MailsimSmtpWhy *why = &delivery->why;

    if (why->dsn[0] == '5' && g_str_equal(relayhost, delivery->nexthop)) {
        g_free(why->dsn);
        why->dsn = g_strdup("4.3.5");
    }
    settle_all(delivery, NULL, why);
    end_delivery(delivery);
}

static void begin_site(Delivery *delivery);

static void
obey_policy(gpointer data)
{
    Delivery *delivery = data;

    if (delivery->policy.problem != NULL) {
        refrain(delivery);
        return;
    }
    mailsim_smtp_login_free(delivery->login);
    delivery->login = mailsim_smtp_login_new(delivery->host, delivery->address->name,
                                             delivery->sites[delivery->site]);
    converse(delivery);
}

static void
try_next(Delivery *delivery)
{
    if (delivery->recipients->len == 0) {
        end_delivery(delivery);
        return;
    }
    if (!delivery->in_clear && has_no_more_addresses(delivery)) {
        delivery->site++;
        if (delivery->sites[delivery->site] != NULL && !delivery->has_self)
            begin_site(delivery);
        else
            give_up_rest(delivery);
        return;
    }
    delivery->address = g_ptr_array_index(delivery->addresses, delivery->next++);
    delivery->n_addresses++;
    if (delivery->in_clear) {
        converse(delivery);
        return;
    }
    mailsim_smtp_tls_policy_find(&delivery->policy, delivery->host,
                                 &(MailsimSmtpServer){delivery->sites[delivery->site],
                                                      &delivery->parsed, delivery->address},
                                 obey_policy, delivery);
}

/* ---- the delivery ------------------------------------------------------------------------ */

static void
take_addresses(gpointer data,
               GPtrArray *addresses,
               gboolean has_self,
               const MailsimSmtpWhy *why)
{
    Delivery *delivery = data;

    g_clear_pointer(&delivery->addresses, g_ptr_array_unref);
    delivery->addresses = addresses;
    delivery->has_self = has_self;
    delivery->next = 0;
    mailsim_smtp_why_clear(&delivery->why);
    delivery->why.dsn = g_strdup(why->dsn);
    delivery->why.reason = g_strdup(why->reason);
    try_next(delivery);
}

/* The daemon dies of what main.cf says: nobody's status is known, and the queue manager tries
 * again. */
static void
die(Delivery *delivery, const char *words)
{
    MailsimLab *lab = delivery->host->lab;
    MailsimEvent *event =
        mailsim_lab_record(lab, MAILSIM_EVENT_FINDING, delivery->host->definition->name, -1);

    event->finding.rule = g_strdup("fatal");
    event->finding.text = g_strdup_printf("postfix/smtp: fatal: %s", words);
    event->finding.reference = g_strdup("smtp(8)");
    mailsim_process_log(delivery->process, -1, "fatal: %s", words);
    end_delivery(delivery);
}

static void
begin_site(Delivery *delivery)
{
    g_autofree char *fatal = NULL;

    mailsim_next_hop_clear(&delivery->parsed);
    fatal = mailsim_next_hop_parse(delivery->sites[delivery->site], &delivery->parsed);
    if (fatal != NULL)
        die(delivery, fatal);
    else
        mailsim_smtp_find_addresses(delivery->host, &delivery->parsed, take_addresses,
                                    delivery);
}

static void
begin(Delivery *delivery)
{
    const char *dsn;
    const char *reason;
    g_autofree char *fatal = mailsim_smtp_find_fatal(delivery->host);

    delivery->running = TRUE;
    delivery->begun_us = mailsim_lab_get_now(delivery->host->lab);
    if (mailsim_destination_is_suspended(delivery->host, delivery->nexthop, &dsn, &reason)) {
        give_up(delivery, dsn, reason);
        return;
    }
    delivery->process = mailsim_process_start(delivery->host, NULL, delivery->daemon);
    if (fatal != NULL)
        die(delivery, fatal);
    else if (mailsim_smtp_tls_policy_is_wrapped_in_vain(delivery->host, delivery->nexthop))
        give_up(delivery, "4.3.0", "server unavailable or unable to receive mail");
    else
        begin_site(delivery);
}

static guint
count_running(const MailsimHost *host, const char *nexthop)
{
    guint n_running = 0;

    for (guint i = 0; i < host->deliveries->len; i++) {
        const Delivery *delivery = g_ptr_array_index(host->deliveries, i);

        n_running +=
            delivery->running && (nexthop == NULL || g_str_equal(delivery->nexthop, nexthop));
    }
    return n_running;
}

guint
mailsim_smtp_count_deliveries(const MailsimHost *host, const char *nexthop)
{
    guint n_deliveries = 0;

    for (guint i = 0; i < host->deliveries->len; i++) {
        const Delivery *delivery = g_ptr_array_index(host->deliveries, i);

        n_deliveries += g_str_equal(delivery->nexthop, nexthop);
    }
    return n_deliveries;
}

/* postconf(5) initial_destination_concurrency, and what the machine can bear. */
static void
begin_waiting(MailsimHost *host)
{
    Delivery *next = NULL;

    if (count_running(host, NULL) >= MAILSIM_DELIVERIES_MAX)
        return;
    for (guint i = 0; i < host->deliveries->len && next == NULL; i++) {
        Delivery *delivery = g_ptr_array_index(host->deliveries, i);

        if (!delivery->running && count_running(host, delivery->nexthop) <
                                      mailsim_destination_get_window(host, delivery->nexthop))
            next = delivery;
    }
    if (next != NULL)
        begin(next);
}

/* The next hops one by one; those of postconf(5) smtp_fallback_relay come last. */
static GStrv
list_sites(const MailsimHost *host, const char *nexthop)
{
    const char *fallback = mailsim_host_get_parameter(host, NULL, "smtp_fallback_relay");
    g_autofree char *all = g_strjoin(" ", nexthop, fallback, NULL);

    return mailsim_expansion_split(all);
}

void
mailsim_smtp_deliver(MailsimHost *host,
                     MailsimQueueFile *file,
                     const MailsimDestination *destination,
                     GPtrArray *recipients)
{
    Delivery *delivery = g_new0(Delivery, 1);
    const char *nexthop = destination->nexthop;

    delivery->host = host;
    delivery->file = file;
    delivery->nexthop = g_strdup(nexthop);
    delivery->sites = list_sites(host, nexthop);
    delivery->recipients = recipients;
    delivery->daemon = g_str_equal(destination->transport, "relay") ? "relay/smtp" : "smtp";
    g_ptr_array_add(host->deliveries, delivery);
    begin_waiting(host);
}
