/* SPDX-License-Identifier: MIT
 *
 * What smtp(8) goes into a conversation with: whom it greets as, what it hands over, how long
 * it waits. */
#include "smtp-private.h"

static GPtrArray *
list_recipients(const GPtrArray *from)
{
    GPtrArray *list = mailsim_smtp_recipient_list_new();

    for (guint i = 0; i < from->len; i++) {
        const MailsimQueueRecipient *queued = g_ptr_array_index(from, i);
        MailsimSmtpRecipient *recipient = mailsim_smtp_recipient_new(queued->address);

        recipient->notify = queued->notify;
        recipient->original = g_strdup(queued->dsn_original);
        g_ptr_array_add(list, recipient);
    }
    return list;
}

static void
read_timeouts(const MailsimHost *host, MailsimSmtpTimeouts *timeouts)
{
    timeouts->helo_us = mailsim_host_get_time_us(host, NULL, "smtp_helo_timeout");
    timeouts->starttls_us = mailsim_host_get_time_us(host, NULL, "smtp_starttls_timeout");
    timeouts->mail_us = mailsim_host_get_time_us(host, NULL, "smtp_mail_timeout");
    timeouts->rcpt_us = mailsim_host_get_time_us(host, NULL, "smtp_rcpt_timeout");
    timeouts->data_init_us = mailsim_host_get_time_us(host, NULL, "smtp_data_init_timeout");
    timeouts->data_done_us = mailsim_host_get_time_us(host, NULL, "smtp_data_done_timeout");
    timeouts->rset_us = mailsim_host_get_time_us(host, NULL, "smtp_rset_timeout");
    timeouts->quit_us = mailsim_host_get_time_us(host, NULL, "smtp_quit_timeout");
}

MailsimSmtpClient *
mailsim_smtp_create_client(const MailsimSmtpConversation *conversation)
{
    const MailsimHost *host = conversation->host;
    const MailsimQueueFile *file = conversation->file;
    g_autoptr(GPtrArray) recipients = list_recipients(conversation->recipients);
    MailsimSmtpClientOptions options = {
        .relays = TRUE,
        .helo_name = mailsim_host_get_parameter(host, NULL, "smtp_helo_name"),
        .own_name = conversation->port == SMTP_PORT
                        ? mailsim_host_get_parameter(host, NULL, "myhostname")
                        : NULL,
        .tls_unavailable = host->relay_tls == NULL,
        .tls = conversation->tls,
        .sender = file->sender,
        .recipients = recipients,
        .returns = file->returns,
        .envelope_id = file->envelope_id,
        .message = file->content,
        .eight_bit = file->eight_bit,
        .utf8 = file->utf8,
        .ready = conversation->ready,
        .answered = conversation->answered,
        .data = conversation->data,
    };

    read_timeouts(host, &options.timeouts);
    if (conversation->login != NULL)
        options.sasl = mailsim_smtp_login_get_client(conversation->login);
    return mailsim_smtp_client_new(&options);
}
