/* SPDX-License-Identifier: MIT
 *
 * Where the mail of a user lies: one program puts it there, another looks for it, and each has
 * a setting of its own. Where the two do not agree, the mailbox that is read stays empty. */
#pragma once

#include <glib.h>

typedef struct {
    gboolean is_maildir; /* else an mbox, a file */
    char *inbox;         /* “/var/mail/ana”; without a slash at its end */
} MailsimMailLocation;

void mailsim_mail_location_clear(MailsimMailLocation *location);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimMailLocation, mailsim_mail_location_clear)

gboolean mailsim_mail_location_equal(const MailsimMailLocation *a,
                                     const MailsimMailLocation *b);

/* The home of USER; free with g_free(). */
char *mailsim_home_dup(const char *user);

/* Where local(8) puts it: postconf(5) home_mailbox, mail_spool_directory. */
void mailsim_mail_location_find_delivery(const char *home_mailbox,
                                         const char *spool,
                                         const char *user,
                                         MailsimMailLocation *location);

/* Where Dovecot looks for it: mail_location of dovecot.conf. */
void mailsim_mail_location_find_mail(const char *setting,
                                     const char *user,
                                     MailsimMailLocation *location);
