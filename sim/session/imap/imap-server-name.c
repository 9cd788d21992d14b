/* SPDX-License-Identifier: MIT
 *
 * Names of mailboxes: which Dovecot takes, and why it does not take others. */
#include "imap-server-private.h"

#include <string.h>

/* A file's name (NAME_MAX), in Maildir with a dot before it, and all of a mailbox's
 * (MAILBOX_LIST_NAME_MAX_LENGTH). */
#define FILE_NAME_MAX  255
#define NAME_MAX_BYTES 4096

#define CANNOT(problem) "NO [CANNOT] Invalid mailbox name: " problem

/* ---- modified UTF-7 (RFC 3501 §5.1.3) ---------------------------------------------------- */

/* The value of a letter of its base64; -1: it is none. */
static int
get_value(char letter)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
    const char *found = letter != '\0' ? strchr(letters, letter) : NULL;

    return found != NULL ? (int)(found - letters) : -1;
}

/* What UTF-16 may be written so: no ASCII that stands for itself, surrogates in pairs. *HIGH:
 * the one before was the first of a pair. */
static gboolean
is_worth_encoding(guint unit, gboolean *high)
{
    const gboolean low = unit >= 0xdc00 && unit < 0xe000;

    if (low != *high || (unit >= ' ' && unit < 0x7f))
        return FALSE;
    *high = unit >= 0xd800 && unit < 0xdc00;
    return TRUE;
}

/* The base64 behind “&”, up to “-”, where *TEXT is left. */
static gboolean
read_shifted(const char **text)
{
    guint32 bits = 0;
    guint n_bits = 0;
    gboolean high = FALSE;
    const char *letter = *text;

    for (; get_value(*letter) >= 0; letter++) {
        bits = bits << 6 | (guint32)get_value(*letter);
        n_bits += 6;
        if (n_bits < 16)
            continue;
        n_bits -= 16;
        if (!is_worth_encoding(bits >> n_bits & 0xffff, &high))
            return FALSE;
    }
    if (*letter != '-' || high || n_bits >= 6 || (bits & ((1U << n_bits) - 1)) != 0 ||
        letter == *text)
        return FALSE;
    *text = letter;
    return TRUE;
}

static gboolean
is_utf7(const char *name)
{
    for (const char *text = name; *text != '\0'; text++) {
        if (*text < ' ' || *text == 0x7f)
            return FALSE;
        if (*text != '&')
            continue;
        text++;
        if (*text == '-')
            continue;
        if (!read_shifted(&text))
            return FALSE;
        if (text[1] == '&' && text[2] != '-')
            return FALSE;
    }
    return TRUE;
}

/* ---- names ------------------------------------------------------------------------------- */

/* Is one of the parts between the separators no name for a file of mbox? NULL: all are. */
static const char *
find_bad_part(const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, "/", -1);

    for (char **part = parts; *part != NULL; part++) {
        if (strcmp(*part, "..") == 0)
            return CANNOT("Contains '..' part");
        if (strcmp(*part, ".") == 0)
            return CANNOT("Contains '.' part");
        if (g_str_has_suffix(*part, ".lock") && strcmp(*part, ".lock") != 0)
            return CANNOT("Contains reserved name");
    }
    return NULL;
}

static const char *
find_problem(const MailsimImapServer *server, const char *name)
{
    const gboolean mbox = mailsim_mail_store_get_layout(server->store) == MAILSIM_LAYOUT_MBOX;
    const char separator = mailsim_mail_store_get_separator(server->store);
    const char adjacent[] = {separator, separator, '\0'};

    if (*name == '\0')
        return CANNOT("Name is empty");
    if (!is_utf7(name))
        return "NO Mailbox name is not valid mUTF-7";
    if (*name == separator)
        return CANNOT("Begins with hierarchy separator");
    if (name[strlen(name) - 1] == separator)
        return CANNOT("Ends with hierarchy separator");
    if (strstr(name, adjacent) != NULL)
        return CANNOT("Has adjacent hierarchy separators");
    if (!mbox && strchr(name, '/') != NULL)
        return CANNOT("Name must not have '/' characters");
    if (*name == '~')
        return CANNOT("Begins with '~'");
    return mbox ? find_bad_part(name) : NULL;
}

char *
mailsim_imap_server_refuse_name(const MailsimImapServer *server, const char *name)
{
    return g_strdup(find_problem(server, name));
}

static gsize
measure_longest_part(const char *name)
{
    gsize longest = 0;

    for (;;) {
        const gsize length = strcspn(name, "/");

        longest = MAX(longest, length);
        if (name[length] == '\0')
            return longest;
        name += length + 1;
    }
}

gsize
mailsim_imap_server_get_name_max(const MailsimImapServer *server)
{
    return mailsim_mail_store_get_layout(server->store) == MAILSIM_LAYOUT_MBOX
               ? NAME_MAX_BYTES
               : FILE_NAME_MAX - strlen(".");
}

char *
mailsim_imap_server_refuse_new_name(const MailsimImapServer *server, const char *name)
{
    const char *problem = find_problem(server, name);

    if (problem == NULL && (measure_longest_part(name) > FILE_NAME_MAX ||
                            strlen(name) > mailsim_imap_server_get_name_max(server)))
        problem = "NO [CANNOT] Mailbox name too long";
    return g_strdup(problem);
}

char *
mailsim_imap_server_dup_name(const MailsimImapServer *server, const char *name)
{
    const gsize length = strlen(name);
    const char separator = mailsim_mail_store_get_separator(server->store);

    return g_strndup(name, length > 0 && name[length - 1] == separator ? length - 1 : length);
}

MailsimMailbox *
mailsim_imap_server_find_mailbox(const MailsimImapServer *server,
                                 const char *name,
                                 char **refusal)
{
    MailsimMailbox *mailbox = NULL;

    *refusal = mailsim_imap_server_refuse_name(server, name);
    if (*refusal != NULL)
        return NULL;
    mailbox = mailsim_mail_store_find(server->store, name);
    if (mailbox != NULL)
        return mailbox;
    if (mailsim_mail_store_get_layout(server->store) == MAILSIM_LAYOUT_MBOX &&
        mailsim_mail_store_has_folder(server->store, name))
        *refusal = g_strdup("NO Mailbox isn't selectable");
    else
        *refusal = g_strdup_printf("NO Mailbox doesn't exist: %s", name);
    return NULL;
}

MailsimMailbox *
mailsim_imap_server_find_target(const MailsimImapServer *server,
                                const char *name,
                                char **refusal)
{
    g_autofree char *reply = NULL;
    MailsimMailbox *mailbox = mailsim_imap_server_find_mailbox(server, name, &reply);

    if (reply != NULL && find_problem(server, name) == NULL)
        *refusal = g_strconcat("NO [TRYCREATE]", reply + strlen("NO"), NULL);
    else
        *refusal = g_steal_pointer(&reply);
    return mailbox;
}
