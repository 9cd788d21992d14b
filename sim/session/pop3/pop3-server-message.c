/* SPDX-License-Identifier: MIT
 *
 * RETR and TOP (RFC 1939 §5, §7): a message, line by line, a dot doubled at its beginning. */
#include "pop3-server-private.h"

#include <string.h>

#define reply mailsim_pop3_server_reply

/* The header, the empty line, and so many lines behind it; all of them come with their ends,
 * and if the last has none it gets one. */
static void
append_message(const MailsimStoredMessage *message, guint64 n_body_lines, GString *out)
{
    g_autoptr(GBytes) whole = mailsim_stored_message_dup_text(message);
    gsize length;
    const char *text = g_bytes_get_data(whole, &length);
    const char *end = text + length;
    gboolean in_body = FALSE;

    for (guint64 n_lines = 0; text < end && (!in_body || n_lines < n_body_lines);) {
        const char *line_feed = memchr(text, '\n', (gsize)(end - text));
        const char *next = line_feed != NULL ? line_feed + 1 : end;

        if (*text == '.')
            g_string_append_c(out, '.');
        g_string_append_len(out, text, (gssize)(next - text));
        n_lines += in_body;
        in_body = in_body || next - text == 2;
        text = next;
    }
    if (length > 0 && out->str[out->len - 1] != '\n')
        g_string_append(out, "\r\n");
}

static MailsimWant
say_message(MailsimPop3Server *server,
            guint number,
            guint64 n_body_lines,
            MailsimPop3Tally *tally,
            GString *out)
{
    tally->n_times++;
    if (mailsim_mailbox_view_is_gone(server->view, number))
        return reply(server, out, "-ERR Message %u expunged.", number);
    if (tally == &server->retr)
        reply(server, out, "+OK %" G_GSIZE_FORMAT " octets",
              mailsim_mailbox_view_get(server->view, number)->size);
    else
        reply(server, out, "+OK");
    append_message(mailsim_mailbox_view_get(server->view, number), n_body_lines, out);
    tally->n_bytes += out->len;
    return reply(server, out, ".");
}

MailsimWant
mailsim_pop3_server_do_retr(MailsimPop3Server *server, const char *argument, GString *out)
{
    guint number = mailsim_pop3_server_read_number(server, &argument, FALSE, out);

    if (number == 0)
        return MAILSIM_WANT_TEXT;
    server->entries[number - 1].seen = !server->options.no_flag_updates;
    return say_message(server, number, G_MAXUINT64, &server->retr, out);
}

MailsimWant
mailsim_pop3_server_do_top(MailsimPop3Server *server, const char *argument, GString *out)
{
    guint number = mailsim_pop3_server_read_number(server, &argument, TRUE, out);
    char *rest;
    guint64 n_lines;

    if (number == 0)
        return MAILSIM_WANT_TEXT;
    if (!g_ascii_isdigit(*argument))
        return reply(server, out, "-ERR Invalid size: %s", argument);
    n_lines = g_ascii_strtoull(argument, &rest, 10);
    if (n_lines == G_MAXUINT64)
        return reply(server, out, "-ERR Size too large: %s", argument);
    if (*rest != '\0')
        return reply(server, out, "-ERR Noise after size: %s", rest);
    return say_message(server, number, n_lines, &server->top, out);
}
