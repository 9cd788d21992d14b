/* SPDX-License-Identifier: MIT
 *
 * cleanup(8): the recipients of a message that is being taken in: what they are aliases of
 * (virtual-alias.c), each of them once. */
#include "cleanup-private.h"

void
mailsim_intake_init(MailsimIntake *intake, MailsimHost *host, MailsimQueueFile *file)
{
    intake->host = host;
    intake->file = file;
    intake->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    intake->seen_max = mailsim_host_get_number(host, NULL, "duplicate_filter_limit");
    intake->by_original = mailsim_host_get_flag(host, NULL, "enable_original_recipient");
}

void
mailsim_intake_clear(MailsimIntake *intake)
{
    g_hash_table_unref(intake->seen);
}

/* Once, however often it was given, capitals or not. Who was given by another address, or with
 * another NOTIFY=, is another recipient. */
static gboolean
is_new(const MailsimIntake *intake,
       const MailsimQueueRecipient *recipient,
       const char *dsn_original)
{
    g_autofree char *key = g_strdup_printf(
        "%s\n%u\n%s\n%s", dsn_original != NULL ? dsn_original : "", recipient->notify,
        intake->by_original ? recipient->original : "", recipient->address);
    g_autofree char *folded = g_ascii_strdown(key, -1);

    if (g_hash_table_contains(intake->seen, folded))
        return FALSE;
    if (intake->seen_max <= 0 || g_hash_table_size(intake->seen) < (guint)intake->seen_max)
        g_hash_table_add(intake->seen, g_steal_pointer(&folded));
    return TRUE;
}

guint
mailsim_notify_drop_success(guint notify)
{
    return notify == MAILSIM_NOTIFY_SUCCESS ? MAILSIM_NOTIFY_NEVER
                                            : notify & ~(guint)MAILSIM_NOTIFY_SUCCESS;
}

/* RFC 3461 §5.2.7.1: success is reported of the alias, and of nothing behind it. */
static guint
report_expansion(const MailsimIntake *intake,
                 const MailsimSmtpRecipient *given,
                 const char *address,
                 const GPtrArray *targets)
{
    g_autoptr(MailsimQueueRecipient) alias = NULL;

    if ((given->notify & MAILSIM_NOTIFY_SUCCESS) == 0 ||
        (targets->len == 1 && g_str_equal(targets->pdata[0], address)))
        return given->notify;
    alias = mailsim_queue_recipient_new(address, given->address);
    alias->notify = given->notify;
    alias->dsn_original = given->original != NULL ? g_strdup(given->original)
                                                  : g_strconcat("rfc822;", address, NULL);
    mailsim_qmgr_log_expansion(intake->file, alias, "none");
    return mailsim_notify_drop_success(given->notify);
}

void
mailsim_intake_add(MailsimIntake *intake,
                   const MailsimSmtpRecipient *given,
                   const char *original)
{
    g_autofree char *address = mailsim_cleanup_resolve(intake->host, given->address);
    g_autoptr(GPtrArray) targets =
        mailsim_virtual_alias_expand(intake->host, address, intake->file->queue_id);
    guint notify = given->notify;

    if (targets == NULL) {
        intake->unexpanded = TRUE;
        targets = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(targets, g_strdup(address));
    } else {
        notify = report_expansion(intake, given, address, targets);
    }
    for (guint i = 0; i < targets->len; i++) {
        g_autoptr(MailsimQueueRecipient) recipient =
            mailsim_queue_recipient_new(g_ptr_array_index(targets, i), original);

        recipient->notify = notify;
        recipient->dsn_original = given->original != NULL
                                      ? g_strdup(given->original)
                                      : g_strconcat("rfc822;", address, NULL);
        if (is_new(intake, recipient, given->original))
            g_ptr_array_add(intake->file->recipients, g_steal_pointer(&recipient));
    }
}

void
mailsim_intake_add_plain(MailsimIntake *intake, const char *address)
{
    const MailsimSmtpRecipient given = {.address = (char *)address};

    mailsim_intake_add(intake, &given, address);
}
