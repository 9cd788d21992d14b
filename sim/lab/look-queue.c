/* SPDX-License-Identifier: MIT
 *
 * The queue as postqueue(1) prints it with -p, which is what mailq(1) does: a line for each
 * message, first those that are being delivered, and its recipients with the reasons why they
 * wait, in the order of bounce(8)'s logfile; then those that nobody has tried. */
#include "look-private.h"

#include <mailsim/protocol/message.h>

#define HEADING "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n"

/* Reasons end in this column; recipients begin in that one. */
#define REASON_COLUMNS   78
#define RECIPIENT_COLUMN 41

static void
append_message(GString *text, const MailsimQueueFile *file, gboolean active)
{
    g_autofree char *id = g_strconcat(file->queue_id, active ? "*" : "", NULL);
    g_autofree char *arrived = mailsim_time_format_ctime(file->arrived_us);

    g_string_append_printf(text, "%-11s %7" G_GSIZE_FORMAT " %20.20s %s\n", id,
                           mailsim_message_get_size(file->content), arrived,
                           file->sender[0] != '\0' ? file->sender : "MAILER-DAEMON");
}

/* A reason stands once before all recipients in a row that share it. */
static void
append_recipient(GString *text, const char *address, const char *reason, const char **before)
{
    if (reason != NULL && g_strcmp0(*before, reason) != 0) {
        g_autofree char *shown = g_strdup_printf("(%s)", reason);

        g_string_append_printf(text, "%*s\n", REASON_COLUMNS, shown);
        *before = reason;
    }
    g_string_append_printf(text, "%*s%s\n", RECIPIENT_COLUMN, "", address);
}

/* Where others of the message have a reason, those without one are told so. */
static void
append_recipients(GString *text, const MailsimQueueFile *file)
{
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
    const char *missing = file->defer_log->len > 0 ? "reason unavailable" : NULL;
    const char *before = NULL;

    for (guint i = 0; i < file->defer_log->len; i++) {
        const MailsimLogEntry *entry = g_ptr_array_index(file->defer_log, i);

        append_recipient(text, entry->recipient->address, entry->reason, &before);
        g_hash_table_add(told, entry->recipient->address);
    }
    for (guint i = 0; i < file->recipients->len; i++) {
        const MailsimQueueRecipient *recipient = g_ptr_array_index(file->recipients, i);

        if (!recipient->done && !g_hash_table_contains(told, recipient->address))
            append_recipient(text, recipient->address, missing, &before);
    }
}

/* Those that are being delivered, or those that wait. */
static void
append_queue(GString *text, const MailsimHost *host, gboolean active, gsize *size)
{
    for (guint i = 0; i < host->queue->len; i++) {
        const MailsimQueueFile *file = g_ptr_array_index(host->queue, i);

        if ((file->next_try_us == 0) != active)
            continue;
        append_message(text, file, active);
        append_recipients(text, file);
        g_string_append_c(text, '\n');
        *size += mailsim_message_get_size(file->content);
    }
}

char *
mailsim_look_dup_queue(const MailsimHost *host, guint *count)
{
    GString *text = g_string_new(HEADING);
    gsize size = 0;

    *count = host->queue->len;
    if (*count == 0) {
        g_string_assign(text, "Mail queue is empty\n");
        return g_string_free(text, FALSE);
    }
    append_queue(text, host, TRUE, &size);
    append_queue(text, host, FALSE, &size);
    g_string_append_printf(text, "-- %" G_GSIZE_FORMAT " Kbytes in %u Request%s.\n",
                           size / 1024, *count, *count == 1 ? "" : "s");
    return g_string_free(text, FALSE);
}
