/* SPDX-License-Identifier: MIT
 *
 * POP3 once somebody has logged in, as Dovecot's pop3 answers: the command table, the handlers
 * in its order, and what becomes of the mailbox at the end. */
#include <string.h>

#include "pop3-private.h"
#include "pop3-server-private.h"

/* Dovecot's CLIENT_MAX_BAD_COMMANDS, MAX_INBUF_SIZE, which has room for a line feed, too, and
 * CLIENT_IDLE_TIMEOUT_MSECS */
#define BAD_COMMANDS_MAX 20
#define LINE_MAX_BYTES   2047
#define PATIENCE_US      (10 * MAILSIM_MINUTE)

typedef MailsimWant (*Handler)(MailsimPop3Server *server, const char *argument, GString *out);

typedef struct {
    MailsimPop3Feature feature;
    Handler handle;
} Command;

static MailsimWant do_capa(MailsimPop3Server *server, const char *argument, GString *out);
static MailsimWant do_dele(MailsimPop3Server *server, const char *argument, GString *out);
static MailsimWant do_noop(MailsimPop3Server *server, const char *argument, GString *out);
static MailsimWant do_rset(MailsimPop3Server *server, const char *argument, GString *out);
static MailsimWant do_quit(MailsimPop3Server *server, const char *argument, GString *out);

static const Command commands[] = {
    {{"CAPA", "CAPA", "RFC 2449 §5"},             do_capa                    },
    {{"DELE", "DELE message", "RFC 1939 §5"},     do_dele                    },
    {{"LIST", "LIST [message]", "RFC 1939 §5"},   mailsim_pop3_server_do_list},
    {{"NOOP", "NOOP", "RFC 1939 §5"},             do_noop                    },
    {{"QUIT", "QUIT", "RFC 1939 §6"},             do_quit                    },
    {{"RETR", "RETR message", "RFC 1939 §5"},     mailsim_pop3_server_do_retr},
    {{"RSET", "RSET", "RFC 1939 §5"},             do_rset                    },
    {{"STAT", "STAT", "RFC 1939 §5"},             mailsim_pop3_server_do_stat},
    {{"TOP", "TOP message lines", "RFC 1939 §7"}, mailsim_pop3_server_do_top },
    {{"UIDL", "UIDL [message]", "RFC 1939 §7"},   mailsim_pop3_server_do_uidl},
};

gboolean
mailsim_pop3_server_get_command(guint index, MailsimPop3Feature *command)
{
    if (index >= G_N_ELEMENTS(commands))
        return FALSE;
    *command = commands[index].feature;
    return TRUE;
}

MailsimWant
mailsim_pop3_server_reply(MailsimPop3Server *server, GString *out, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    server->refused = format[0] == '-';
    g_string_append_vprintf(out, format, arguments);
    g_string_append(out, "\r\n");
    va_end(arguments);
    return MAILSIM_WANT_TEXT;
}

#define reply mailsim_pop3_server_reply

/* ---- the end ----------------------------------------------------------------------------- */

/* What was read is \Seen, but for what RSET has taken back. */
static void
mark_seen(MailsimPop3Server *server)
{
    for (guint number = 1; number <= server->n_messages; number++) {
        MailsimStoredMessage *message = mailsim_mailbox_view_get(server->view, number);
        g_auto(MailsimFlagSet) flags = {0};

        if (!server->entries[number - 1].seen ||
            (message->flags.flags & MAILSIM_MESSAGE_SEEN) ||
            mailsim_mailbox_view_is_gone(server->view, number))
            continue;
        mailsim_flag_set_copy(&message->flags, &flags);
        flags.flags |= MAILSIM_MESSAGE_SEEN;
        mailsim_mailbox_set_flags(server->mailbox, message, &flags);
    }
}

/* How many. */
static guint
expunge(MailsimPop3Server *server)
{
    g_autoptr(GPtrArray) deleted = g_ptr_array_new();

    for (guint number = 1; number <= server->n_messages; number++) {
        if (server->entries[number - 1].deleted)
            g_ptr_array_add(deleted, mailsim_mailbox_view_get(server->view, number));
    }
    if (deleted->len > 0)
        mailsim_mailbox_expunge(server->mailbox, deleted);
    return deleted->len;
}

/* “Disconnected: Logged out top=0/0, retr=1/180, del=1/2, size=328” */
static MailsimWant
end(MailsimPop3Server *server, const char *reason, guint n_deleted)
{
    g_autofree char *text =
        g_strdup_printf("Disconnected: %s top=%u/%" G_GSIZE_FORMAT ", retr=%u/%" G_GSIZE_FORMAT
                        ", del=%u/%u, size=%" G_GSIZE_FORMAT,
                        reason, server->top.n_times, server->top.n_bytes, server->retr.n_times,
                        server->retr.n_bytes, n_deleted, server->n_messages, server->size);

    mark_seen(server);
    if (server->policy->log != NULL)
        server->policy->log(server->data, text);
    return MAILSIM_WANT_END;
}

/* ---- commands ---------------------------------------------------------------------------- */

static MailsimWant
do_capa(MailsimPop3Server *server, G_GNUC_UNUSED const char *argument, GString *out)
{
    server->refused = FALSE;
    mailsim_pop3_append_capabilities(out, FALSE, FALSE, NULL);
    return MAILSIM_WANT_TEXT;
}

static MailsimWant
do_dele(MailsimPop3Server *server, const char *argument, GString *out)
{
    guint number = mailsim_pop3_server_read_number(server, &argument, FALSE, out);

    if (number == 0)
        return MAILSIM_WANT_TEXT;
    server->entries[number - 1].deleted = TRUE;
    return reply(server, out, "+OK Marked to be deleted.");
}

static MailsimWant
do_noop(MailsimPop3Server *server, G_GNUC_UNUSED const char *argument, GString *out)
{
    return reply(server, out, "+OK");
}

static MailsimWant
do_quit(MailsimPop3Server *server, G_GNUC_UNUSED const char *argument, GString *out)
{
    guint n_deleted = expunge(server);

    reply(server, out,
          n_deleted > 0 ? "+OK Logging out, messages deleted." : "+OK Logging out.");
    return end(server, "Logged out", n_deleted);
}

static MailsimWant
do_rset(MailsimPop3Server *server, G_GNUC_UNUSED const char *argument, GString *out)
{
    for (guint i = 0; i < server->n_messages; i++) {
        server->entries[i].deleted = FALSE;
        server->entries[i].seen = FALSE;
    }
    return reply(server, out, "+OK");
}

static MailsimWant
obey(MailsimPop3Server *server, const char *line, GString *out)
{
    const char *argument;
    g_autofree char *name = mailsim_pop3_split_command(line, &argument);

    argument += strspn(argument, " ");
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (g_str_equal(commands[i].feature.name, name))
            return commands[i].handle(server, argument, out);
    }
    if (name[0] == '\0')
        return reply(server, out, "-ERR Unknown command.");
    return reply(server, out, "-ERR Unknown command: %s", name);
}

/* ---- the session ------------------------------------------------------------------------- */

static MailsimPop3Server *
get_server(MailsimSession *session)
{
    return (MailsimPop3Server *)session;
}

static MailsimWant
begin(G_GNUC_UNUSED MailsimSession *session, G_GNUC_UNUSED GString *out)
{
    return MAILSIM_WANT_TEXT;
}

static MailsimWant
heard(MailsimSession *session, const MailsimInput *input, GString *out)
{
    MailsimPop3Server *server = get_server(session);
    MailsimWant want;

    if (input->line_end == MAILSIM_LINE_END_NONE) {
        reply(server, out, "-ERR Input line too long.");
        return end(server, "Input line too long", 0);
    }
    want = obey(server, input->text, out);
    server->n_bad = server->refused ? server->n_bad + 1 : 0;
    if (server->n_bad <= BAD_COMMANDS_MAX)
        return want;
    reply(server, out, "-ERR Too many bad commands.");
    return end(server, "Too many bad commands.", 0);
}

static MailsimWant
timed_out(MailsimSession *session, GString *out)
{
    MailsimPop3Server *server = get_server(session);
    g_autofree char *reason = g_strdup_printf("Inactivity - no input for %d secs",
                                              (int)(PATIENCE_US / MAILSIM_SECOND));

    reply(server, out, "-ERR Disconnected for inactivity.");
    return end(server, reason, 0);
}

static void
lost(MailsimSession *session, G_GNUC_UNUSED MailsimLoss why)
{
    end(get_server(session), "Connection closed", 0);
}

static gint64
get_patience(G_GNUC_UNUSED MailsimSession *session)
{
    return PATIENCE_US;
}

static gsize
get_line_max(G_GNUC_UNUSED MailsimSession *session)
{
    return LINE_MAX_BYTES;
}

static const char *
waits_for(G_GNUC_UNUSED MailsimSession *session)
{
    return "command";
}

static void
free_server(MailsimSession *session)
{
    MailsimPop3Server *server = get_server(session);

    mailsim_mailbox_view_free(server->view);
    g_free((char *)server->options.uidl_format);
    g_free(server->entries);
    g_free(server);
}

static const MailsimSessionClass class = {
    .begin = begin,
    .heard = heard,
    .timed_out = timed_out,
    .lost = lost,
    .get_patience = get_patience,
    .get_line_max = get_line_max,
    .waits_for = waits_for,
    .free = free_server,
};

MailsimSession *
mailsim_pop3_server_new(const MailsimPop3ServerOptions *options,
                        MailsimMailStore *store,
                        const MailsimPop3ServerPolicy *policy,
                        gpointer data)
{
    MailsimPop3Server *server = g_new0(MailsimPop3Server, 1);

    server->session.class = &class;
    server->options = *options;
    server->options.uidl_format =
        g_strdup(options->uidl_format != NULL ? options->uidl_format : "%08Xu%08Xv");
    server->policy = policy;
    server->data = data;
    server->mailbox = mailsim_mail_store_find(store, "INBOX");
    server->view = mailsim_mailbox_view_new(server->mailbox, options->no_flag_updates);
    server->n_messages = mailsim_mailbox_view_count(server->view);
    server->entries = g_new0(MailsimPop3Entry, server->n_messages);
    for (guint number = 1; number <= server->n_messages; number++)
        server->size += mailsim_mailbox_view_get(server->view, number)->size;
    return &server->session;
}
