/* SPDX-License-Identifier: MIT
 *
 * The mail of users, kept by the place where it lies. */
#include "host-private.h"

#include <mailsim/lab/dovecot-conf.h>

GHashTable *
mailsim_host_mail_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                 (GDestroyNotify)mailsim_mail_store_free);
}

void
mailsim_host_find_delivery(const MailsimHost *host,
                           const char *user,
                           MailsimMailLocation *location)
{
    mailsim_mail_location_find_delivery(
        mailsim_host_get_parameter(host, NULL, "home_mailbox"),
        mailsim_host_get_parameter(host, NULL, "mail_spool_directory"), user, location);
}

void
mailsim_host_find_mail(const MailsimHost *host, const char *user, MailsimMailLocation *location)
{
    mailsim_mail_location_find_mail(mailsim_dovecot_conf_get(host->definition, "mail_location"),
                                    user, location);
}

/* Dovecot takes the second in which it makes a mailbox for its UIDVALIDITY. */
MailsimMailStore *
mailsim_host_open_mail(MailsimHost *host, const MailsimMailLocation *location)
{
    const MailsimMailLayout layout =
        location->is_maildir ? MAILSIM_LAYOUT_MAILDIR : MAILSIM_LAYOUT_MBOX;
    g_autofree char *place =
        g_strdup_printf("%s:%s", location->is_maildir ? "maildir" : "mbox", location->inbox);
    MailsimMailStore *store = g_hash_table_lookup(host->mail, place);

    if (store == NULL) {
        const MailsimTime start_us = host->lab->world->start_us;

        store = mailsim_mail_store_new(layout, (guint)(start_us / MAILSIM_SECOND));
        g_hash_table_insert(host->mail, g_steal_pointer(&place), store);
    }
    return store;
}

MailsimMailbox *
mailsim_host_open_inbox(MailsimHost *host, const char *user)
{
    g_auto(MailsimMailLocation) location = {0};

    mailsim_host_find_delivery(host, user, &location);
    return mailsim_mail_store_find(mailsim_host_open_mail(host, &location), "INBOX");
}
