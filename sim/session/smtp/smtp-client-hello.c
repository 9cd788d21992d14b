/* SPDX-License-Identifier: MIT
 *
 * EHLO and HELO: what the server calls itself, and what it offers. */
#include "smtp-client-private.h"

#include <string.h>

MailsimSaid
mailsim_smtp_client_say_ehlo(gpointer data, GString *out)
{
    MailsimSmtpClient *client = data;

    g_string_append_printf(out, "EHLO %s\r\n", client->helo_name);
    return MAILSIM_SAID_ALL;
}

/* The name that the server calls itself by is the client's own (RFC 5321 §6.3). */
static gboolean
is_own_name(const MailsimSmtpClient *client, const MailsimSmtpReply *reply)
{
    const char *line = g_ptr_array_index(reply->lines, 0);
    const gsize length = strcspn(line, " ");

    return client->own_name != NULL && strlen(client->own_name) == length &&
           g_ascii_strncasecmp(line, client->own_name, length) == 0;
}

/* That alone does no harm yet. */
MailsimHeard
mailsim_smtp_client_hear_greeting(gpointer data, gconstpointer reply)
{
    MailsimSmtpClient *client = data;

    client->greeted_as_self = is_own_name(client, reply);
    return MAILSIM_HEARD_NEXT;
}

/* ehlo-line = ehlo-keyword *( SP ehlo-param ); the first line is the server's name.
 *                                                                       RFC 5321 §4.1.1.1 */
MailsimHeard
mailsim_smtp_client_hear_ehlo(gpointer data, gconstpointer reply)
{
    MailsimSmtpClient *client = data;
    const MailsimSmtpReply *list = reply;

    g_hash_table_remove_all(client->keywords);
    client->welcome = TRUE;
    if (is_own_name(client, list)) {
        client->failure = MAILSIM_SMTP_FAILURE_LOOP;
        return MAILSIM_HEARD_GIVE_UP;
    }
    for (guint i = 1; i < list->lines->len; i++) {
        const char *line = g_ptr_array_index(list->lines, i);
        gsize length = strcspn(line, " ");

        /* “AUTH=PLAIN”: as servers wrote it before RFC 2554, and some still do. */
        if (g_ascii_strncasecmp(line, "AUTH=", strlen("AUTH=")) == 0)
            length = strlen("AUTH");

        g_hash_table_insert(client->keywords, g_ascii_strup(line, (gssize)length),
                            g_strdup(line[length] != '\0' ? line + length + 1 : ""));
    }
    client->dialogue.pipelining =
        client->relays && mailsim_smtp_client_offers(client, "PIPELINING");
    return MAILSIM_HEARD_NEXT;
}

MailsimSaid
mailsim_smtp_client_say_helo(gpointer data, GString *out)
{
    MailsimSmtpClient *client = data;

    if (!client->ehlo_refused)
        return MAILSIM_SAID_NOTHING;
    client->ehlo_refused = FALSE;
    g_string_append_printf(out, "HELO %s\r\n", client->helo_name);
    return MAILSIM_SAID_ALL;
}

MailsimHeard
mailsim_smtp_client_hear_helo(gpointer data, G_GNUC_UNUSED gconstpointer reply)
{
    MailsimSmtpClient *client = data;

    client->welcome = TRUE;
    return MAILSIM_HEARD_NEXT;
}

/* All that was learnt before TLS could have been written by anybody (RFC 3207 §4.2). */
MailsimSaid
mailsim_smtp_client_say_ehlo_again(gpointer data, GString *out)
{
    MailsimSmtpClient *client = data;

    if (!client->secured || client->tls == MAILSIM_CLIENT_TLS_IMPLICIT)
        return MAILSIM_SAID_NOTHING;
    g_hash_table_remove_all(client->keywords);
    return mailsim_smtp_client_say_ehlo(data, out);
}
