/* SPDX-License-Identifier: MIT
 *
 * qmgr(8): which recipients go where. Deferred mail stays in the queue; trying it again is not
 * built yet, and bounce messages are not either. */
#include "lab-private.h"

#include <string.h>

#include <mailsim/protocol/mail-address.h>

void
mailsim_queue_file_free(MailsimQueueFile *file)
{
    if (file == NULL)
        return;
    g_free(file->queue_id);
    g_free(file->sender);
    g_ptr_array_unref(file->recipients);
    g_bytes_unref(file->content);
    g_free(file);
}

void
mailsim_qmgr_record_status(MailsimHost *host,
                           const MailsimQueueFile *file,
                           const char *recipient,
                           int hop,
                           const MailsimDeliveryStatus *status)
{
    MailsimEvent *event =
        mailsim_lab_record(host->lab, MAILSIM_EVENT_STATUS, host->definition->name, hop);

    event->status.queue_id = g_strdup(file->queue_id);
    event->status.recipient = g_strdup(recipient);
    event->status.status = g_strdup(status->status);
    event->status.dsn = g_strdup(status->dsn);
    event->status.relay = g_strdup(status->relay);
    event->status.reason = g_strdup(status->reason);
    event->status.delivered = status->delivered;
}

/* The recipients of FILE at DOMAIN, in order. */
static GPtrArray *
collect_recipients(const MailsimHost *host, const MailsimQueueFile *file, const char *domain)
{
    GPtrArray *collected = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < file->recipients->len; i++) {
        const char *recipient = g_ptr_array_index(file->recipients, i);
        const char *its_domain = mailsim_mail_address_get_domain(recipient);

        if (its_domain != NULL && g_ascii_strcasecmp(its_domain, domain) == 0 &&
            mailsim_host_classify(host, recipient) != MAILSIM_DOMAIN_LOCAL)
            g_ptr_array_add(collected, g_strdup(recipient));
    }
    return collected;
}

/* One delivery for each destination: postconf(5) default_destination_recipient_limit allows many
 * recipients in one. */
void
mailsim_qmgr_activate(MailsimHost *host, MailsimQueueFile *file)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < file->recipients->len; i++) {
        const char *recipient = g_ptr_array_index(file->recipients, i);
        const char *domain = mailsim_mail_address_get_domain(recipient);

        if (mailsim_host_classify(host, recipient) == MAILSIM_DOMAIN_LOCAL)
            mailsim_local_deliver(host, file, recipient);
        else if (g_hash_table_add(seen, g_ascii_strdown(domain, -1)))
            mailsim_smtp_deliver(host, file, domain, collect_recipients(host, file, domain));
    }
}
