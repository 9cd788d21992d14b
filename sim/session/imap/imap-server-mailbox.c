/* SPDX-License-Identifier: MIT
 *
 * What makes mailboxes and takes them away (RFC 3501 §6.3.3 to §6.3.7). */
#include "imap-server-private.h"

#include <string.h>

#include <mailsim/base/limits.h>

#define TOO_MANY "NO [LIMIT] Maximum number of mailboxes reached"

static gboolean
is_mbox(const MailsimImapServer *server)
{
    return mailsim_mail_store_get_layout(server->store) == MAILSIM_LAYOUT_MBOX;
}

/* Each level of NAME may be a folder that is not there yet. */
static gboolean
has_room_for_folders(const MailsimImapServer *server, const char *name)
{
    const char separator = mailsim_mail_store_get_separator(server->store);
    guint n_levels = 0;

    if (!is_mbox(server))
        return TRUE;
    for (; *name != '\0'; name++)
        n_levels += *name == separator;
    return mailsim_mail_store_list_folders(server->store)->len + n_levels <=
           MAILSIM_MAILBOXES_MAX;
}

static gboolean
has_room_for_mailbox(const MailsimImapServer *server, const char *name)
{
    return mailsim_mail_store_list(server->store)->len < MAILSIM_MAILBOXES_MAX &&
           has_room_for_folders(server, name);
}

static gboolean
is_inbox(const char *name)
{
    return g_ascii_strcasecmp(name, "INBOX") == 0;
}

/* ---- CREATE ------------------------------------------------------------------------------ */

/* A file holds no others: of mbox, INBOX alone lies elsewhere. */
static gboolean
has_mailbox_above(const MailsimImapServer *server, const char *name)
{
    const char separator = mailsim_mail_store_get_separator(server->store);

    if (!is_mbox(server))
        return FALSE;
    for (const char *end = strchr(name, separator); end != NULL;
         end = strchr(end + 1, separator)) {
        g_autofree char *above = g_strndup(name, (gsize)(end - name));

        if (!is_inbox(above) && mailsim_mail_store_find(server->store, above) != NULL)
            return TRUE;
    }
    return FALSE;
}

/* “dir/” is a folder of mbox; in Maildir a mailbox like others. */
static gboolean
create(MailsimImapServer *server, const char *name, gboolean folder)
{
    if (!folder)
        return !mailsim_mail_store_has_folder(server->store, name) || !is_mbox(server)
                   ? mailsim_mail_store_create(server->store, name) != NULL
                   : FALSE;
    return mailsim_mail_store_create_folder(server->store, name);
}

void
mailsim_imap_server_do_create(MailsimImapServer *server)
{
    const char *given = mailsim_imap_server_get_string(server, 0);
    g_autofree char *name = mailsim_imap_server_dup_name(server, given);
    const gboolean folder = is_mbox(server) && strlen(given) > strlen(name);
    g_autofree char *refusal = mailsim_imap_server_refuse_new_name(server, name);

    if (refusal != NULL)
        mailsim_imap_server_finish(server, "%s", refusal);
    else if (has_mailbox_above(server, name))
        mailsim_imap_server_finish(server,
                                   "NO [CANNOT] Mailbox doesn't allow inferior mailboxes");
    else if (mailsim_mail_store_find(server->store, name) == NULL &&
             !has_room_for_mailbox(server, name))
        mailsim_imap_server_finish(server, TOO_MANY);
    else if (create(server, name, folder))
        mailsim_imap_server_finish(server, "OK Create completed");
    else
        mailsim_imap_server_finish(server, "NO [ALREADYEXISTS] Mailbox already exists");
}

/* ---- DELETE ------------------------------------------------------------------------------ */

static void
delete_mailbox(MailsimImapServer *server, MailsimMailbox *mailbox)
{
    const gboolean selected = mailbox == server->mailbox;

    mailsim_mail_store_delete(server->store, mailbox);
    mailsim_imap_server_finish(server, "OK Delete completed");
    if (selected)
        mailsim_imap_server_say_bye(server,
                                    "Selected mailbox was deleted, have to disconnect.");
}

static void
delete_folder(MailsimImapServer *server, const char *name)
{
    if (mailsim_mail_store_has_below(server->store, name)) {
        mailsim_imap_server_finish(server, "NO Mailbox has children, delete them first");
        return;
    }
    mailsim_mail_store_delete_folder(server->store, name);
    mailsim_imap_server_finish(server, "OK Delete completed");
}

void
mailsim_imap_server_do_delete(MailsimImapServer *server)
{
    const char *name = mailsim_imap_server_get_string(server, 0);
    g_autofree char *refusal = *name == '\0'
                                   ? g_strdup("NO [CANNOT] Storage root can't be deleted")
                                   : mailsim_imap_server_refuse_name(server, name);
    MailsimMailbox *mailbox;

    if (refusal != NULL) {
        mailsim_imap_server_finish(server, "%s", refusal);
        return;
    }
    mailbox = mailsim_mail_store_find(server->store, name);
    if (is_inbox(name))
        mailsim_imap_server_finish(server, "NO INBOX can't be deleted");
    else if (mailbox != NULL)
        delete_mailbox(server, mailbox);
    else if (is_mbox(server) && mailsim_mail_store_has_folder(server->store, name))
        delete_folder(server, name);
    else
        mailsim_imap_server_finish(server, "NO [NONEXISTENT] Mailbox doesn't exist: %s", name);
}

/* ---- RENAME ------------------------------------------------------------------------------ */

static gboolean
is_below(const MailsimImapServer *server, const char *name, const char *parent)
{
    const gsize length = strlen(parent);

    return g_str_has_prefix(name, parent) &&
           name[length] == mailsim_mail_store_get_separator(server->store);
}

/* Is there NAME, below FROM, that would be too long below TO? */
static gboolean
is_too_long(const MailsimImapServer *server, const char *name, const char *from, const char *to)
{
    return is_below(server, name, from) &&
           strlen(name) - strlen(from) + strlen(to) > mailsim_imap_server_get_name_max(server);
}

/* In Maildir Dovecot learns it from the disk, when half is done (NO [SERVERBUG]). */
static gboolean
makes_too_long(const MailsimImapServer *server, const char *from, const char *to)
{
    const GPtrArray *mailboxes = mailsim_mail_store_list(server->store);
    const GPtrArray *folders = mailsim_mail_store_list_folders(server->store);

    for (guint i = 0; i < mailboxes->len; i++) {
        const MailsimMailbox *mailbox = g_ptr_array_index(mailboxes, i);

        if (is_too_long(server, mailsim_mailbox_get_name(mailbox), from, to))
            return TRUE;
    }
    for (guint i = 0; i < folders->len; i++) {
        if (is_too_long(server, g_ptr_array_index(folders, i), from, to))
            return TRUE;
    }
    return FALSE;
}

/* Why FROM cannot be called TO, as a reply; NULL: it can. Free with g_free(). */
static char *
refuse_rename(const MailsimImapServer *server, const char *from, const char *given)
{
    g_autofree char *to = mailsim_imap_server_dup_name(server, given);
    char *refusal = mailsim_imap_server_refuse_name(server, from);

    if (refusal == NULL)
        refusal = mailsim_imap_server_refuse_new_name(server, to);
    if (refusal != NULL)
        return refusal;
    if (mailsim_mail_store_find(server->store, from) == NULL &&
        !mailsim_mail_store_has_below(server->store, from) &&
        !mailsim_mail_store_has_folder(server->store, from))
        return g_strdup_printf("NO [NONEXISTENT] Mailbox doesn't exist: %s", from);
    if (is_below(server, given, from))
        return g_strdup("NO Can't rename mailbox under its own child");
    if (strcmp(from, given) == 0)
        return g_strdup("NO [ALREADYEXISTS] Can't rename mailbox to itself");
    if (is_inbox(from))
        return g_strdup("NO [CANNOT] Renaming INBOX isn't supported");
    if (has_mailbox_above(server, to))
        return g_strdup("NO [CANNOT] Target mailbox doesn't allow inferior mailboxes");
    if (makes_too_long(server, from, to))
        return g_strdup("NO [CANNOT] Mailbox or child name too long");
    if (!has_room_for_folders(server, to))
        return g_strdup(TOO_MANY);
    return NULL;
}

void
mailsim_imap_server_do_rename(MailsimImapServer *server)
{
    const char *from = mailsim_imap_server_get_string(server, 0);
    const char *given = mailsim_imap_server_get_string(server, 1);
    g_autofree char *to = mailsim_imap_server_dup_name(server, given);
    g_autofree char *refusal = refuse_rename(server, from, given);

    if (refusal != NULL)
        mailsim_imap_server_finish(server, "%s", refusal);
    else if (mailsim_mail_store_rename(server->store, from, to))
        mailsim_imap_server_finish(server, "OK Rename completed");
    else
        mailsim_imap_server_finish(server, "NO [ALREADYEXISTS] Target mailbox already exists");
}

/* ---- subscriptions ----------------------------------------------------------------------- */

/* Of wrong names there are no mailboxes. */
void
mailsim_imap_server_do_subscribe(MailsimImapServer *server)
{
    const char *given = mailsim_imap_server_get_string(server, 0);
    g_autofree char *name = mailsim_imap_server_dup_name(server, given);
    g_autofree char *refusal = mailsim_imap_server_refuse_name(server, name);

    if (refusal != NULL && !g_str_has_prefix(refusal, "NO [CANNOT]")) {
        mailsim_imap_server_finish(server, "%s", refusal);
    } else if (mailsim_mail_store_find(server->store, name) == NULL &&
               !mailsim_mail_store_has_folder(server->store, name)) {
        mailsim_imap_server_finish(server, "NO Mailbox doesn't exist: %s", name);
    } else {
        mailsim_mail_store_subscribe(server->store, name);
        mailsim_imap_server_finish(server, "OK Subscribe completed");
    }
}

void
mailsim_imap_server_do_unsubscribe(MailsimImapServer *server)
{
    const char *given = mailsim_imap_server_get_string(server, 0);
    g_autofree char *name = mailsim_imap_server_dup_name(server, given);
    g_autofree char *refusal = mailsim_imap_server_refuse_name(server, name);

    if (refusal != NULL) {
        mailsim_imap_server_finish(server, "%s", refusal);
        return;
    }
    mailsim_mail_store_unsubscribe(server->store, name);
    mailsim_imap_server_finish(server, "OK Unsubscribe completed");
}
