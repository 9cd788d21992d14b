/* SPDX-License-Identifier: MIT
 *
 * Where the mail of a user lies: one program puts it there, another looks for it, and each has
 * a setting of its own. Where the two do not agree, the mailbox that is read stays empty. */
#include "host-private.h"

#include <string.h>

GHashTable *
mailsim_host_mail_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                 (GDestroyNotify)mailsim_mail_store_free);
}

void
mailsim_mail_location_clear(MailsimMailLocation *location)
{
    g_clear_pointer(&location->inbox, g_free);
}

char *
mailsim_host_dup_home(const char *user)
{
    return g_str_equal(user, "root") ? g_strdup("/root") : g_strconcat("/home/", user, NULL);
}

/* “…/Maildir/” is one, and “…/mbox” a file. PATH is taken over. */
static void
set_location(MailsimMailLocation *location, char *path)
{
    const gsize length = strlen(path);

    location->layout = path[length - 1] == '/' ? MAILSIM_LAYOUT_MAILDIR : MAILSIM_LAYOUT_MBOX;
    location->inbox = path;
    if (location->layout == MAILSIM_LAYOUT_MAILDIR)
        path[length - 1] = '\0';
}

void
mailsim_host_find_delivery(const MailsimHost *host,
                           const char *user,
                           MailsimMailLocation *location)
{
    const char *at_home = mailsim_host_get_parameter(host, NULL, "home_mailbox");
    const char *spool = mailsim_host_get_parameter(host, NULL, "mail_spool_directory");
    g_autofree char *home = mailsim_host_dup_home(user);

    if (at_home[0] != '\0')
        set_location(location, g_build_filename(home, at_home, NULL));
    else if (g_str_has_suffix(spool, "/"))
        set_location(location, g_strconcat(spool, user, "/", NULL));
    else
        set_location(location, g_strconcat(spool, "/", user, NULL));
}

/* ---- Dovecot ----------------------------------------------------------------------------- */

/* “~”, %h and %u (doc.dovecot.org, “Mail location settings”): users of the system have no
 * domain. Free with g_free(). */
static char *
expand(const char *template, const char *user)
{
    g_autofree char *home = mailsim_host_dup_home(user);
    GString *path = g_string_new(NULL);

    for (const char *at = template; *at != '\0'; at++) {
        if (*at == '~' && at == template)
            g_string_append(path, home);
        else if (*at == '%' && at[1] == 'h')
            g_string_append(path, home);
        else if (*at == '%' && (at[1] == 'u' || at[1] == 'n'))
            g_string_append(path, user);
        else
            g_string_append_c(path, *at);
        if (*at == '%' && strchr("hun", at[1]) != NULL && at[1] != '\0')
            at++;
    }
    return g_string_free(path, FALSE);
}

/* What KEY says among the words behind the first, “INBOX=/var/mail/%u”; NULL: nothing. Lent. */
static const char *
find_word(const char *const *words, const char *key)
{
    for (guint i = 1; words[0] != NULL && words[i] != NULL; i++) {
        if (g_str_has_prefix(words[i], key))
            return words[i] + strlen(key);
    }
    return NULL;
}

void
mailsim_host_find_mail(const MailsimHost *host, const char *user, MailsimMailLocation *location)
{
    const char *setting = mailsim_host_get_dovecot_setting(host, "mail_location");
    const gboolean is_maildir = g_str_has_prefix(setting, "maildir:");
    const char *colon = strchr(setting, ':');
    g_auto(GStrv) words = g_strsplit(colon != NULL ? colon + 1 : setting, ":", -1);
    const char *inbox = find_word((const char *const *)words, "INBOX=");
    const char *root = words[0] != NULL ? words[0] : "";
    gsize length;

    location->layout = is_maildir ? MAILSIM_LAYOUT_MAILDIR : MAILSIM_LAYOUT_MBOX;
    if (inbox != NULL || is_maildir) {
        location->inbox = expand(inbox != NULL ? inbox : root, user);
    } else {
        g_autofree char *folder = expand(root, user);

        location->inbox = g_build_filename(folder, "inbox", NULL);
    }
    length = strlen(location->inbox);
    if (length > 1 && location->inbox[length - 1] == '/')
        location->inbox[length - 1] = '\0';
}

/* ---- what lies there --------------------------------------------------------------------- */

/* Dovecot takes the second in which it makes a mailbox for its UIDVALIDITY. */
MailsimMailStore *
mailsim_host_open_mail(MailsimHost *host, const MailsimMailLocation *location)
{
    const char *kind = location->layout == MAILSIM_LAYOUT_MAILDIR ? "maildir" : "mbox";
    g_autofree char *place = g_strdup_printf("%s:%s", kind, location->inbox);
    MailsimMailStore *store = g_hash_table_lookup(host->mail, place);

    if (store == NULL) {
        const MailsimTime start_us = host->lab->world->start_us;

        store = mailsim_mail_store_new(location->layout, (guint)(start_us / MAILSIM_SECOND));
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
