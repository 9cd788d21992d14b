/* SPDX-License-Identifier: MIT
 *
 * local(8): delivery to a user's mailbox, /var/mail/USER. */
#include "lab-private.h"

#include <string.h>

#include <mailsim/protocol/mail-address.h>
#include <mailsim/protocol/message.h>

/* The local part without capitals and its extension (postconf(5) recipient_delimiter). */
static char *
dup_bare_name(const MailsimHost *host, const char *recipient)
{
    g_autofree char *local_part = mailsim_mail_address_dup_local_part(recipient);
    g_autofree char *delimiter = mailsim_host_dup_parameter(host, NULL, "recipient_delimiter");
    char *name = g_ascii_strdown(local_part, -1);
    char *extension = name[0] != '\0' ? strpbrk(name + 1, delimiter) : NULL;

    if (extension != NULL)
        *extension = '\0';
    return name;
}

/* The user behind a local recipient: postmaster is root, as Debian's /etc/aliases says. */
static const MailsimUser *
find_user(const MailsimHost *host, const char *recipient)
{
    g_autofree char *whole = mailsim_mail_address_dup_local_part(recipient);
    g_autofree char *bare = dup_bare_name(host, recipient);
    const MailsimUser *user = mailsim_host_find_user(host, whole);

    if (user == NULL)
        user = mailsim_host_find_user(host, bare);
    if (user == NULL && g_str_equal(bare, "postmaster"))
        user = mailsim_host_find_user(host, "root");
    return user;
}

gboolean
mailsim_local_recipient_exists(const MailsimHost *host, const char *recipient)
{
    return find_user(host, recipient) != NULL;
}

static void
bounce_unknown_user(MailsimHost *host, const MailsimQueueFile *file, const char *recipient)
{
    g_autofree char *name = dup_bare_name(host, recipient);
    g_autofree char *reason = g_strdup_printf("unknown user: \"%s\"", name);
    MailsimDeliveryStatus status = {"bounced", "5.1.1", "local", reason, FALSE};

    mailsim_qmgr_record_status(host, file, recipient, -1, &status);
}

void
mailsim_local_deliver(MailsimHost *host, const MailsimQueueFile *file, guint recipient)
{
    const char *address = g_ptr_array_index(file->recipients, recipient);
    const char *original = g_ptr_array_index(file->originals, recipient);
    const MailsimUser *user = find_user(host, address);
    MailsimDeliveryStatus status = {"sent", "2.0.0", "local", "delivered to mailbox", TRUE};
    g_autofree char *fields = NULL;
    GPtrArray *mailbox;

    if (user == NULL) {
        bounce_unknown_user(host, file, address);
        return;
    }
    fields = g_strdup_printf("Return-Path: <%s>\nX-Original-To: %s\nDelivered-To: %s\n",
                             file->sender, original, address);
    mailbox = g_hash_table_lookup(host->mailboxes, user->name);
    g_ptr_array_add(mailbox, mailsim_message_prepend(fields, file->content));
    mailsim_qmgr_record_status(host, file, address, -1, &status);
}
