/* SPDX-License-Identifier: MIT
 *
 * smtp(8): what a conversation came to, for each recipient: taken, refused, or left over for
 * the next address; and what the log says of it. */
#include "smtp-private.h"

#include <string.h>

#include <mailsim/protocol/message.h>

typedef MailsimSmtpDelivery Delivery;

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
       const MailsimSmtpWhy *why,
       MailsimTime ended_us)
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
        .ended_us = ended_us,
    };

    mailsim_qmgr_finish_recipient(delivery->host, delivery->file, recipient,
                                  talked ? (int)hop->index : -1, &status);
}

void
mailsim_smtp_settle_all(Delivery *delivery, const MailsimHop *hop, const MailsimSmtpWhy *why)
{
    for (guint i = 0; i < delivery->recipients->len; i++)
        settle(delivery, g_ptr_array_index(delivery->recipients, i), hop, why, 0);
    g_ptr_array_set_size(delivery->recipients, 0);
}

void
mailsim_smtp_keep_why(Delivery *delivery, MailsimSmtpWhy *why)
{
    mailsim_smtp_why_clear(&delivery->why);
    delivery->why = *why;
    *why = (MailsimSmtpWhy){0};
}

/* The worst of the recipients is the hop's: bounced before deferred before sent. */
void
mailsim_smtp_tell_hop(MailsimHop *hop, const MailsimSmtpWhy *why)
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
gboolean
mailsim_smtp_has_no_more_addresses(const Delivery *delivery)
{
    return delivery->next >= delivery->addresses->len ||
           has_reached(delivery, delivery->n_addresses, "smtp_mx_address_limit") ||
           has_reached(delivery, delivery->n_sessions, "smtp_mx_session_limit");
}

static gboolean
is_last(const Delivery *delivery)
{
    return mailsim_smtp_has_no_more_addresses(delivery) &&
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
    mailsim_smtp_tell_hop(hop, why);
    if (is_final(delivery, why)) {
        mailsim_smtp_settle_all(delivery, hop, why);
        delivery->unreachable = why->dsn[0] == '4';
    } else {
        log_setback(delivery, hop, why);
    }
    mailsim_smtp_keep_why(delivery, why);
}

/* TRUE: it has no fate yet. */
static gboolean
conclude_one(Delivery *delivery, guint i, MailsimHop *hop, const MailsimSmtpTalk *talk)
{
    g_auto(MailsimSmtpWhy) why = {0};
    gboolean final;

    mailsim_smtp_explain_outcome(talk, i, &why);
    mailsim_smtp_tell_hop(hop, &why);
    final = is_final(delivery, &why);
    if (final)
        settle(delivery, g_ptr_array_index(delivery->recipients, i), hop, &why,
               delivery->answered_us[i]);
    else
        log_setback(delivery, hop, &why);
    mailsim_smtp_keep_why(delivery, &why);
    return !final;
}

/* Its RCPT was refused. */
static gboolean
is_refused_alone(const Delivery *delivery, guint i)
{
    const MailsimSmtpOutcome *outcome = mailsim_smtp_client_get_outcome(delivery->client, i);

    return outcome->reply != NULL && g_str_equal(outcome->command, "RCPT TO command");
}

/* Those who were refused alone knew it first. */
static void
conclude_each(Delivery *delivery, MailsimHop *hop, const MailsimSmtpTalk *talk)
{
    const guint n_recipients = delivery->recipients->len;
    g_autofree gboolean *left_over = g_new0(gboolean, n_recipients);
    GPtrArray *left = g_ptr_array_new();

    for (guint i = 0; i < n_recipients; i++) {
        if (is_refused_alone(delivery, i))
            left_over[i] = conclude_one(delivery, i, hop, talk);
    }
    for (guint i = 0; i < n_recipients; i++) {
        if (!is_refused_alone(delivery, i))
            left_over[i] = conclude_one(delivery, i, hop, talk);
        if (left_over[i])
            g_ptr_array_add(left, g_ptr_array_index(delivery->recipients, i));
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
           delivery->policy.mode == MAILSIM_CLIENT_TLS_IF_OFFERED && delivery->login == NULL &&
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

/* The server calls itself as this host does. */
static void
log_own_name(const Delivery *delivery, const MailsimHop *hop, const char *server)
{
    const char *name = mailsim_host_get_parameter(delivery->host, NULL, "myhostname");

    if (mailsim_smtp_client_is_greeted_as_self(delivery->client))
        mailsim_process_log(delivery->process, (int)hop->index,
                            "warning: host %s:%u greeted me with my own hostname %s", server,
                            delivery->parsed.port, name);
    if (mailsim_smtp_client_get_failure(delivery->client) == MAILSIM_SMTP_FAILURE_LOOP)
        mailsim_process_log(delivery->process, (int)hop->index,
                            "warning: host %s:%u replied to HELO/EHLO with my own hostname %s",
                            server, delivery->parsed.port, name);
}

void
mailsim_smtp_conclude(Delivery *delivery, MailsimHop *hop)
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

    log_own_name(delivery, hop, server);
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
        mailsim_smtp_tell_hop(hop, &why);
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
