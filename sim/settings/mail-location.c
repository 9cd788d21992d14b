/* SPDX-License-Identifier: MIT
 *
 * home_mailbox, mail_spool_directory and mail_location, for one user. */
#include <mailsim/settings/mail-location.h>

#include <string.h>

#include <mailsim/settings/dovecot-value.h>

void
mailsim_mail_location_clear(MailsimMailLocation *location)
{
    g_clear_pointer(&location->inbox, g_free);
}

gboolean
mailsim_mail_location_equal(const MailsimMailLocation *a, const MailsimMailLocation *b)
{
    return a->is_maildir == b->is_maildir && g_str_equal(a->inbox, b->inbox);
}

char *
mailsim_home_dup(const char *user)
{
    return g_str_equal(user, "root") ? g_strdup("/root") : g_strconcat("/home/", user, NULL);
}

/* PATH is taken over. */
static void
set_inbox(MailsimMailLocation *location, char *path)
{
    gsize length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        path[--length] = '\0';
    location->inbox = path;
}

/* “…/Maildir/” is one, and “…/mbox” a file. */
void
mailsim_mail_location_find_delivery(const char *home_mailbox,
                                    const char *spool,
                                    const char *user,
                                    MailsimMailLocation *location)
{
    g_autofree char *home = mailsim_home_dup(user);

    location->is_maildir = g_str_has_suffix(*home_mailbox != '\0' ? home_mailbox : spool, "/");
    set_inbox(location, *home_mailbox != '\0' ? g_build_filename(home, home_mailbox, NULL)
                                              : g_build_filename(spool, user, NULL));
}

/* ---- Dovecot (doc.dovecot.org, “Mail location settings”) --------------------------------- */

/* What KEY says among the words behind the path, “INBOX=/var/mail/%u”; NULL: nothing. Lent. */
static const char *
find_word(char *const *words, const char *key)
{
    for (guint i = 2; words[i] != NULL; i++)
        if (g_str_has_prefix(words[i], key))
            return words[i] + strlen(key);
    return NULL;
}

void
mailsim_mail_location_find_mail(const char *setting,
                                const char *user,
                                MailsimMailLocation *location)
{
    g_auto(GStrv) words = g_strsplit(setting, ":", -1);
    g_autofree char *home = mailsim_home_dup(user);
    const char *inbox;

    location->is_maildir = words[0] != NULL && g_ascii_strcasecmp(words[0], "maildir") == 0;
    if (g_strv_length(words) < 2) {
        set_inbox(location, g_strdup(setting));
        return;
    }
    inbox = find_word(words, "INBOX=");
    if (inbox != NULL || location->is_maildir) {
        set_inbox(location,
                  mailsim_dovecot_setting_expand(inbox != NULL ? inbox : words[1], user, home));
    } else {
        g_autofree char *folder = mailsim_dovecot_setting_expand(words[1], user, home);

        set_inbox(location, g_build_filename(folder, "inbox", NULL));
    }
}
