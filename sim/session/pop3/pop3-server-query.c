/* SPDX-License-Identifier: MIT
 *
 * STAT, LIST and UIDL (RFC 1939 §5, §7), and how a message is named by its number. */
#include "pop3-server-private.h"

#define reply mailsim_pop3_server_reply

guint
mailsim_pop3_server_read_number(MailsimPop3Server *server,
                                const char **argument,
                                gboolean more,
                                GString *out)
{
    char *rest;
    guint64 number;

    if (!g_ascii_isdigit(**argument))
        return reply(server, out, "-ERR Invalid message number: %s", *argument), 0;
    number = g_ascii_strtoull(*argument, &rest, 10);
    if (number == G_MAXUINT64)
        return reply(server, out, "-ERR Message number too large: %s", *argument), 0;
    if (number > G_MAXUINT32)
        return reply(server, out, "-ERR Message number too large: %s", rest), 0;
    if (*rest != (more ? ' ' : '\0'))
        return reply(server, out, "-ERR Noise after message number: %s", rest), 0;
    if (number == 0 || number > server->n_messages)
        return reply(server, out, "-ERR There's no message %u.", (guint)number), 0;
    if (server->entries[number - 1].deleted)
        return reply(server, out, "-ERR Message is deleted."), 0;
    while (*rest == ' ')
        rest++;
    *argument = rest;
    return (guint)number;
}

MailsimWant
mailsim_pop3_server_do_stat(MailsimPop3Server *server,
                            G_GNUC_UNUSED const char *argument,
                            GString *out)
{
    guint n_messages = 0;
    gsize size = 0;

    for (guint number = 1; number <= server->n_messages; number++) {
        if (server->entries[number - 1].deleted)
            continue;
        n_messages++;
        size += mailsim_mailbox_view_get(server->view, number)->size;
    }
    return reply(server, out, "+OK %u %" G_GSIZE_FORMAT, n_messages, size);
}

/* ---- one line for each message ----------------------------------------------------------- */

/* A line of LIST or of UIDL. */
typedef void (*Describe)(const MailsimPop3Server *server, guint number, GString *out);

static void
describe_size(const MailsimPop3Server *server, guint number, GString *out)
{
    g_string_append_printf(out, "%u %" G_GSIZE_FORMAT, number,
                           mailsim_mailbox_view_get(server->view, number)->size);
}

/* “%08Xu”: in hexadecimal, of so many figures; the text behind it. */
static const char *
append_variable(const MailsimPop3Server *server, guint number, const char *text, GString *out)
{
    char *letter;
    guint64 width = g_ascii_strtoull(text, &letter, 10);
    gboolean hexadecimal = *letter == 'X';
    guint value;

    if (hexadecimal)
        letter++;
    if (*letter != 'u' && *letter != 'v') {
        g_string_append_len(out, letter, *letter != '\0');
        return letter + (*letter != '\0');
    }
    value = *letter == 'u' ? mailsim_mailbox_view_get(server->view, number)->uid
                           : mailsim_mailbox_get_uid_validity(server->mailbox);
    if (hexadecimal)
        g_string_append_printf(out, "%0*x", (int)MIN(width, 32), value);
    else
        g_string_append_printf(out, "%0*u", (int)MIN(width, 32), value);
    return letter + 1;
}

/* pop3_uidl_format */
static void
describe_uid(const MailsimPop3Server *server, guint number, GString *out)
{
    g_string_append_printf(out, "%u ", number);
    for (const char *text = server->options.uidl_format; *text != '\0';) {
        if (*text == '%')
            text = append_variable(server, number, text + 1, out);
        else
            g_string_append_c(out, *text++);
    }
}

static MailsimWant
describe_one(MailsimPop3Server *server, const char *argument, Describe describe, GString *out)
{
    guint number = mailsim_pop3_server_read_number(server, &argument, FALSE, out);
    g_autoptr(GString) line = g_string_new(NULL);

    if (number == 0)
        return MAILSIM_WANT_TEXT;
    describe(server, number, line);
    return reply(server, out, "+OK %s", line->str);
}

static MailsimWant
describe_all(MailsimPop3Server *server, Describe describe, GString *out)
{
    for (guint number = 1; number <= server->n_messages; number++) {
        if (server->entries[number - 1].deleted)
            continue;
        describe(server, number, out);
        g_string_append(out, "\r\n");
    }
    return reply(server, out, ".");
}

MailsimWant
mailsim_pop3_server_do_list(MailsimPop3Server *server, const char *argument, GString *out)
{
    guint n_messages = 0;

    if (*argument != '\0')
        return describe_one(server, argument, describe_size, out);
    for (guint i = 0; i < server->n_messages; i++)
        n_messages += !server->entries[i].deleted;
    reply(server, out, "+OK %u messages:", n_messages);
    return describe_all(server, describe_size, out);
}

MailsimWant
mailsim_pop3_server_do_uidl(MailsimPop3Server *server, const char *argument, GString *out)
{
    if (*argument != '\0')
        return describe_one(server, argument, describe_uid, out);
    reply(server, out, "+OK");
    return describe_all(server, describe_uid, out);
}
