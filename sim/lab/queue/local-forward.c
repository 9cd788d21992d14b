/* SPDX-License-Identifier: MIT
 *
 * local(8): addresses that get a new message, by cleanup(8): those of other hosts, and users
 * whom another user, a list or an alias with an owner names. */
#include "local-private.h"

/* One new message for all addresses with the same sender and Delivered-To:. */
typedef struct {
    char *queue_id;
    char *sender;
    char *delivered_to;
    gboolean from_list;
    GPtrArray *recipients; /* of MailsimQueueRecipient */
} Forward;

static void
free_recipient(gpointer data)
{
    mailsim_queue_recipient_free(data);
}

void
mailsim_local_forward_free(gpointer data)
{
    Forward *forward = data;

    g_free(forward->queue_id);
    g_free(forward->sender);
    g_free(forward->delivered_to);
    g_ptr_array_unref(forward->recipients);
    g_free(forward);
}

static Forward *
open_forward(const MailsimLocalTurn *turn)
{
    GPtrArray *forwards = turn->delivery->forwards;
    Forward *forward;

    for (guint i = 0; i < forwards->len; i++) {
        forward = g_ptr_array_index(forwards, i);
        if (g_str_equal(forward->sender, turn->sender) &&
            g_str_equal(forward->delivered_to, turn->delivered_to))
            return forward;
    }
    forward = g_new0(Forward, 1);
    forward->queue_id = mailsim_cleanup_new_queue_id(turn->delivery->host);
    forward->sender = g_strdup(turn->sender);
    forward->delivered_to = g_strdup(turn->delivered_to);
    forward->from_list = turn->from_list;
    forward->recipients = g_ptr_array_new_with_free_func(free_recipient);
    g_ptr_array_add(forwards, forward);
    return forward;
}

void
mailsim_local_forward(const MailsimLocalTurn *turn)
{
    MailsimQueueRecipient *recipient;

    if (!mailsim_local_is_first(turn->delivery, "indirect", turn->address))
        return;
    recipient = mailsim_queue_recipient_new(
        turn->address, turn->original[0] != '\0' ? turn->original : turn->address);
    recipient->dsn_original = g_strdup(turn->dsn_original);
    recipient->notify = turn->notify;
    g_ptr_array_add(open_forward(turn)->recipients, recipient);
}

/* What keeps it from being sent is not told in the log of this message. */
static gboolean
send_forward(const MailsimLocalTurn *turn, const Forward *forward)
{
    const MailsimLocalDelivery *delivery = turn->delivery;
    g_autofree char *reason = g_strdup_printf("forwarded as %s", forward->queue_id);
    const MailsimForwardedMessage forwarded = {
        .from = delivery->file,
        .queue_id = forward->queue_id,
        .sender = forward->sender,
        .delivered_to = forward->delivered_to,
        .from_list = forward->from_list,
        .recipients = forward->recipients,
    };
    MailsimLocalTurn told = *turn;

    if (!mailsim_cleanup_take_forwarded(delivery->host, &forwarded))
        return TRUE;
    told.notify = mailsim_notify_drop_success(turn->notify);
    return mailsim_local_log(
        &told, &(MailsimDeliveryStatus){
                   .status = "sent", .dsn = "2.0.0", .relay = "local", .reason = reason});
}

gboolean
mailsim_local_send_forwards(const MailsimLocalTurn *turn)
{
    const GPtrArray *forwards = turn->delivery->forwards;
    gboolean again = FALSE;

    for (guint i = 0; i < forwards->len && !again; i++)
        again = send_forward(turn, g_ptr_array_index(forwards, i));
    return again;
}
