/* SPDX-License-Identifier: MIT
 *
 * qmgr(8): which recipients go where. Deferred mail stays in the queue; trying it again is not
 * built yet, and bounce messages are not either. */
#include "queue-private.h"

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
    g_ptr_array_unref(file->originals);
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

static const char *
get_recipient(const MailsimQueueFile *file, const GArray *order, guint i)
{
    return g_ptr_array_index(file->recipients, g_array_index(order, guint, i));
}

typedef struct {
    const MailsimHost *host;
    const MailsimQueueFile *file;
} Sorting;

/* By transport (local, relay, smtp), then by domain, then by address. */
static int
compare_recipients(gconstpointer a, gconstpointer b, gpointer data)
{
    const Sorting *sorting = data;
    const char *first = g_ptr_array_index(sorting->file->recipients, *(const guint *)a);
    const char *second = g_ptr_array_index(sorting->file->recipients, *(const guint *)b);
    int result = (int)mailsim_host_classify(sorting->host, first) -
                 (int)mailsim_host_classify(sorting->host, second);

    if (result == 0)
        result = g_ascii_strcasecmp(mailsim_mail_address_get_domain(first),
                                    mailsim_mail_address_get_domain(second));
    return result != 0 ? result : strcmp(first, second);
}

static GArray *
sort_recipients(const MailsimHost *host, const MailsimQueueFile *file)
{
    GArray *order = g_array_new(FALSE, FALSE, sizeof(guint));
    Sorting sorting = {host, file};

    for (guint i = 0; i < file->recipients->len; i++)
        g_array_append_val(order, i);
    g_array_sort_with_data(order, compare_recipients, &sorting);
    return order;
}

/* The recipients from *NEXT on that share a domain; *NEXT is then the first that does not. */
static GPtrArray *
collect_recipients(const MailsimQueueFile *file, const GArray *order, guint *next)
{
    GPtrArray *collected = g_ptr_array_new_with_free_func(g_free);
    const char *domain = mailsim_mail_address_get_domain(get_recipient(file, order, *next));

    for (; *next < order->len; (*next)++) {
        const char *recipient = get_recipient(file, order, *next);

        if (g_ascii_strcasecmp(mailsim_mail_address_get_domain(recipient), domain) != 0)
            break;
        g_ptr_array_add(collected, g_strdup(recipient));
    }
    return collected;
}

/* One delivery for each destination: postconf(5) default_destination_recipient_limit allows
 * many recipients in one. */
void
mailsim_qmgr_activate(MailsimHost *host, MailsimQueueFile *file)
{
    g_autoptr(GArray) order = sort_recipients(host, file);
    guint i = 0;

    while (i < order->len) {
        const char *recipient = get_recipient(file, order, i);

        if (mailsim_host_classify(host, recipient) == MAILSIM_DOMAIN_LOCAL)
            mailsim_local_deliver(host, file, g_array_index(order, guint, i++));
        else
            mailsim_smtp_deliver(host, file, mailsim_mail_address_get_domain(recipient),
                                 collect_recipients(file, order, &i));
    }
}
