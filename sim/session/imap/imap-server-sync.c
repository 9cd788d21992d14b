/* SPDX-License-Identifier: MIT
 *
 * What happens to the selected mailbox, and when the client is told. As in Dovecot, commands
 * that look at it are obeyed at once and answered later, several with one look, as long as
 * others wait behind them: first those that may not tell of expunges (RFC 3501 §7.4.1). */
#include "imap-server-private.h"

#define N_PENDING_MAX 4
#define INCONSISTENT  "IMAP session state is inconsistent, please relogin."

/* ---- news -------------------------------------------------------------------------------- */

static void
append_keywords(const MailsimImapServer *server, GString *out)
{
    const GPtrArray *keywords = mailsim_mailbox_get_keywords(server->mailbox);

    g_string_append(out, "\\Answered \\Flagged \\Deleted \\Seen \\Draft");
    for (guint i = 0; i < keywords->len; i++)
        g_string_append_printf(out, " %s", (char *)g_ptr_array_index(keywords, i));
}

void
mailsim_imap_server_tell_flags(MailsimImapServer *server)
{
    g_autoptr(GString) flags = g_string_new(NULL);

    append_keywords(server, flags);
    mailsim_imap_server_say(server, "* FLAGS (%s)", flags->str);
    if (server->examined)
        mailsim_imap_server_say(server, "* OK [PERMANENTFLAGS ()] Read-only mailbox.");
    else
        mailsim_imap_server_say(server, "* OK [PERMANENTFLAGS (%s \\*)] Flags permitted.",
                                flags->str);
    server->n_keywords = mailsim_mailbox_get_keywords(server->mailbox)->len;
}

void
mailsim_imap_server_tell_keywords(MailsimImapServer *server)
{
    if (server->n_keywords != mailsim_mailbox_get_keywords(server->mailbox)->len)
        mailsim_imap_server_tell_flags(server);
}

static void
tell_changed(gpointer data, guint number)
{
    MailsimImapServer *server = data;

    g_string_append_printf(server->out, "* %u FETCH (", number);
    if (server->tells_uids)
        g_string_append_printf(server->out, "UID %u ",
                               mailsim_mailbox_view_get(server->view, number)->uid);
    g_string_append(server->out, "FLAGS ");
    mailsim_imap_append_flags(server->view, number, server->out);
    g_string_append(server->out, ")\r\n");
}

static void
tell_expunged(gpointer data, guint number)
{
    MailsimImapServer *server = data;

    mailsim_imap_server_say(server, "* %u EXPUNGE", number);
    server->n_messages--;
}

gboolean
mailsim_imap_server_tell_news(MailsimImapServer *server, guint look)
{
    static const MailsimMailboxNews news = {tell_changed, tell_expunged};
    guint n_messages;
    guint n_recent;

    if (mailsim_mailbox_view_is_lost(server->view)) {
        mailsim_imap_server_say_bye(server, INCONSISTENT);
        return FALSE;
    }
    mailsim_imap_server_tell_keywords(server);
    server->tells_uids = (look & MAILSIM_IMAP_LOOK_WITH_UIDS) != 0;
    mailsim_mailbox_view_look(server->view, look, &news, server);
    n_messages = mailsim_mailbox_view_count(server->view);
    n_recent = mailsim_mailbox_view_count_recent(server->view);
    if (n_messages != server->n_messages)
        mailsim_imap_server_say(server, "* %u EXISTS", n_messages);
    if (n_recent != server->n_recent)
        mailsim_imap_server_say(server, "* %u RECENT", n_recent);
    server->n_messages = n_messages;
    server->n_recent = n_recent;
    return TRUE;
}

/* ---- answers ----------------------------------------------------------------------------- */

static void
free_pending(gpointer data)
{
    MailsimImapServerPending *pending = data;

    g_free(pending->reply);
    g_free(pending);
}

GPtrArray *
mailsim_imap_server_new_pending(void)
{
    return g_ptr_array_new_with_free_func(free_pending);
}

void
mailsim_imap_server_finish_with_news(MailsimImapServer *server,
                                     guint look,
                                     const char *format,
                                     ...)
{
    GString *out = server->out;
    GString *reply = g_string_new(NULL);
    MailsimImapServerPending *pending;
    va_list arguments;
    g_autofree char *text = NULL;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (server->view == NULL) {
        g_string_free(reply, TRUE);
        mailsim_imap_server_finish(server, "%s", text);
        return;
    }
    server->out = reply;
    mailsim_imap_server_finish(server, "%s", text);
    server->out = out;
    pending = g_new0(MailsimImapServerPending, 1);
    pending->reply = g_string_free(reply, FALSE);
    pending->look = look;
    g_ptr_array_add(server->pending, pending);
}

/* Those that may not tell of expunges are answered before the others. */
static void
settle_group(MailsimImapServer *server)
{
    g_autoptr(GPtrArray) group = mailsim_imap_server_new_pending();
    GPtrArray *later = mailsim_imap_server_new_pending();
    guint look = 0;

    for (guint i = 0; i < server->pending->len; i++) {
        MailsimImapServerPending *pending = g_ptr_array_index(server->pending, i);
        const gboolean expunges = (pending->look & MAILSIM_LOOK_EXPUNGES) != 0;

        g_ptr_array_add(expunges ? later : group, pending);
    }
    g_ptr_array_set_free_func(server->pending, NULL);
    g_ptr_array_unref(server->pending);
    server->pending = later;
    if (group->len == 0) {
        server->pending = g_steal_pointer(&group);
        group = later;
    }
    for (guint i = 0; i < group->len; i++)
        look |= ((MailsimImapServerPending *)g_ptr_array_index(group, i))->look;
    if (!mailsim_imap_server_tell_news(server, look))
        return;
    for (guint i = 0; i < group->len; i++)
        g_string_append(server->out,
                        ((MailsimImapServerPending *)g_ptr_array_index(group, i))->reply);
}

void
mailsim_imap_server_settle(MailsimImapServer *server)
{
    while (!server->ended && server->pending->len > 0)
        settle_group(server);
}

gboolean
mailsim_imap_server_may_wait(const MailsimImapServer *server)
{
    return server->pending->len < N_PENDING_MAX;
}
