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

typedef MailsimSmtpDelivery Delivery;

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
    g_free(delivery->answered_us);
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
    mailsim_process_end(delivery->process);
    g_ptr_array_remove(host->deliveries, delivery);
    begin_waiting(host);
    mailsim_qmgr_finish_delivery(host, file);
}

static void
give_up(Delivery *delivery, const char *dsn, const char *reason)
{
    const MailsimSmtpWhy why = {(char *)dsn, (char *)reason, NULL};

    mailsim_smtp_settle_all(delivery, NULL, &why);
    end_delivery(delivery);
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
        mailsim_smtp_tell_hop(hop, &why);
        mailsim_smtp_keep_why(delivery, &why);
    } else {
        mailsim_smtp_conclude(delivery, hop);
    }
    try_next(delivery);
}

/* ---- a conversation ---------------------------------------------------------------------- */

static void
note_ready(gpointer data)
{
    Delivery *delivery = data;

    delivery->ready_us = mailsim_lab_get_now(delivery->host->lab);
    mailsim_smtp_tls_note_offer(delivery);
}

static void
note_answer(gpointer data, guint recipient)
{
    Delivery *delivery = data;

    delivery->answered_us[recipient] = mailsim_lab_get_now(delivery->host->lab);
}

static void
converse(Delivery *delivery)
{
    MailsimHost *host = delivery->host;
    MailsimHop *hop;
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
        .connect_timeout_us = mailsim_host_get_time_us(host, NULL, "smtp_connect_timeout"),
        .done = finish,
        .data = delivery,
    };

    mailsim_smtp_read_tls_log(&(MailsimSmtpTlsUse){host, &delivery->policy, delivery->daemon,
                                                   delivery->sites[delivery->site],
                                                   delivery->address, delivery->process},
                              &connection.tls_log);
    delivery->client = mailsim_smtp_create_client(&(MailsimSmtpConversation){
        host, delivery->file, delivery->recipients, delivery->login,
        delivery->in_clear ? MAILSIM_CLIENT_TLS_NONE : delivery->policy.mode,
        delivery->parsed.port, note_ready, note_answer, delivery});
    connection.session = mailsim_smtp_client_get_session(delivery->client);
    delivery->ready_us = 0;
    g_free(delivery->answered_us);
    delivery->answered_us = g_new0(MailsimTime, delivery->recipients->len);
    hop = mailsim_connection_open(host->lab, &connection);
    delivery->hop = (int)hop->index;
    mailsim_smtp_tls_policy_record(&delivery->policy, delivery->process, hop);
    mailsim_tls_log_clear(&connection.tls_log);
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
    mailsim_smtp_tell_hop(hop, &why);
    mailsim_smtp_keep_why(delivery, &why);
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
        mailsim_process_log(delivery->process, -1, "warning: relayhost configuration problem");
        g_free(why->dsn);
        why->dsn = g_strdup("4.3.5");
    }
    mailsim_smtp_settle_all(delivery, NULL, why);
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
    delivery->login = mailsim_smtp_login_new(delivery);
    converse(delivery);
}

static void
try_next(Delivery *delivery)
{
    if (delivery->recipients->len == 0) {
        end_delivery(delivery);
        return;
    }
    if (!delivery->in_clear && mailsim_smtp_has_no_more_addresses(delivery)) {
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
                                                      &delivery->parsed, delivery->address,
                                                      delivery->process},
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
die(Delivery *delivery, const char *words, gboolean at_start)
{
    mailsim_delivery_log_death(delivery->host, delivery->process, "smtp", words);
    if (!at_start)
        mailsim_host_log(delivery->host, "qmgr", -1,
                         "warning: private/%s socket: malformed response",
                         delivery->daemon[0] == 'r' ? "relay" : "smtp");
    end_delivery(delivery);
}

/* A server on that port waits for TLS, and this client for the greeting. */
static void
warn_of_smtps(const Delivery *delivery)
{
    if (delivery->parsed.port == SMTPS_PORT &&
        !mailsim_host_get_flag(delivery->host, NULL, "smtp_tls_wrappermode"))
        mailsim_process_log(delivery->process, -1,
                            "SMTPS wrappermode (TCP port 465) requires setting "
                            "\"smtp_tls_wrappermode = yes\", and \"smtp_tls_security_level = "
                            "encrypt\" (or stronger)");
}

static void
begin_site(Delivery *delivery)
{
    g_autofree char *fatal = NULL;

    mailsim_next_hop_clear(&delivery->parsed);
    fatal = mailsim_next_hop_parse(delivery->sites[delivery->site], &delivery->parsed);
    warn_of_smtps(delivery);
    if (fatal != NULL)
        die(delivery, fatal, FALSE);
    else
        mailsim_smtp_find_addresses(delivery->host, delivery->process, &delivery->parsed,
                                    take_addresses, delivery);
}

static void
refuse_to_wrap(Delivery *delivery)
{
    mailsim_process_log(delivery->process, -1,
                        "warning: smtp_tls_wrappermode requires \"smtp_tls_security_level = "
                        "encrypt\" (or stronger)");
    give_up(delivery, "4.3.0", "server unavailable or unable to receive mail");
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
    if (fatal != NULL) {
        die(delivery, fatal, TRUE);
        return;
    }
    mailsim_smtp_tls_log_start(delivery->host, delivery->process);
    if (mailsim_smtp_tls_policy_is_wrapped_in_vain(delivery->host, delivery->nexthop))
        refuse_to_wrap(delivery);
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
    delivery->hop = -1;
    delivery->nexthop = g_strdup(nexthop);
    delivery->sites = list_sites(host, nexthop);
    delivery->recipients = recipients;
    delivery->daemon = g_str_equal(destination->transport, "relay") ? "relay/smtp" : "smtp";
    g_ptr_array_add(host->deliveries, delivery);
    begin_waiting(host);
}
