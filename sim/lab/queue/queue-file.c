/* SPDX-License-Identifier: MIT
 *
 * A message in the queue: its recipients, and what has been written down about them. */
#include "queue-private.h"

MailsimQueueRecipient *
mailsim_queue_recipient_new(const char *address, const char *original)
{
    MailsimQueueRecipient *recipient = g_new0(MailsimQueueRecipient, 1);

    recipient->address = g_strdup(address);
    recipient->original = g_strdup(original);
    return recipient;
}

MailsimQueueRecipient *
mailsim_queue_recipient_copy(const MailsimQueueRecipient *from)
{
    MailsimQueueRecipient *copy = mailsim_queue_recipient_new(from->address, from->original);

    copy->dsn_original = g_strdup(from->dsn_original);
    copy->notify = from->notify;
    copy->done = from->done;
    return copy;
}

void
mailsim_queue_recipient_free(MailsimQueueRecipient *recipient)
{
    if (recipient == NULL)
        return;
    g_free(recipient->address);
    g_free(recipient->original);
    g_free(recipient->dsn_original);
    g_free(recipient);
}

static void
free_recipient(gpointer data)
{
    mailsim_queue_recipient_free(data);
}

static void
free_log_entry(gpointer data)
{
    MailsimLogEntry *entry = data;

    mailsim_queue_recipient_free(entry->recipient);
    g_free(entry->dsn);
    g_free(entry->relay);
    g_free(entry->reason);
    g_free(entry->remote_mta);
    g_free(entry->remote_reply);
    g_free(entry->action);
    g_free(entry);
}

MailsimQueueFile *
mailsim_queue_file_new(MailsimHost *host, const char *queue_id)
{
    MailsimQueueFile *file = g_new0(MailsimQueueFile, 1);

    file->queue_id = g_strdup(queue_id);
    file->recipients = g_ptr_array_new_with_free_func(free_recipient);
    file->bounce_log = g_ptr_array_new_with_free_func(free_log_entry);
    file->defer_log = g_ptr_array_new_with_free_func(free_log_entry);
    file->success_log = g_ptr_array_new_with_free_func(free_log_entry);
    file->arrived_us = mailsim_lab_get_now(host->lab);
    file->created_us = file->arrived_us;
    g_ptr_array_add(host->queue, file);
    return file;
}

void
mailsim_queue_file_free(MailsimQueueFile *file)
{
    if (file == NULL)
        return;
    g_free(file->queue_id);
    g_free(file->sender);
    g_free(file->envelope_id);
    g_ptr_array_unref(file->recipients);
    g_ptr_array_unref(file->bounce_log);
    g_ptr_array_unref(file->defer_log);
    g_ptr_array_unref(file->success_log);
    g_clear_pointer(&file->content, g_bytes_unref);
    g_free(file);
}
