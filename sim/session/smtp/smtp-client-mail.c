/* SPDX-License-Identifier: MIT
 *
 * MAIL and RCPT of a client, with the parameters that its server has offered to understand. */
#include "smtp-client-private.h"

#include <string.h>

#include <mailsim/protocol/message.h>
#include <mailsim/protocol/smtp-command.h>
#include <mailsim/protocol/trivial-rewrite.h>

/* Local parts with blanks and the like go in quotes (RFC 5321 §4.1.2). */
static void
append_path(GString *out, const char *command, const char *address)
{
    g_autofree char *quoted = mailsim_address_quote_envelope(address);

    g_string_append_printf(out, "%s:<%s>", command, quoted);
}

/* RFC 3461 §4.3 and §4.4 */
static void
append_return(const MailsimSmtpClient *client, GString *out)
{
    if (client->envelope_id != NULL) {
        g_string_append(out, " ENVID=");
        mailsim_smtp_append_xtext(out, client->envelope_id);
    }
    if (client->returns != MAILSIM_RETURN_UNSAID)
        g_string_append_printf(out, " RET=%s",
                               client->returns == MAILSIM_RETURN_FULL ? "FULL" : "HDRS");
}

/* Postfix announces the size to a server that offers SIZE (RFC 1870), unless it might have to
 * convert the body for one without 8BITMIME; both kinds of client announce bytes above 127 to
 * one that offers 8BITMIME (RFC 6152). */
void
mailsim_smtp_client_append_mail(const MailsimSmtpClient *client, GString *out)
{
    append_path(out, "MAIL FROM", client->sender);
    if (client->relays && mailsim_smtp_client_offers(client, "SIZE") &&
        mailsim_smtp_client_offers(client, "8BITMIME"))
        g_string_append_printf(out, " SIZE=%" G_GSIZE_FORMAT,
                               mailsim_message_get_size(client->message));
    if (client->eight_bit && mailsim_smtp_client_offers(client, "8BITMIME"))
        g_string_append(out, " BODY=8BITMIME");
    if (client->utf8 && mailsim_smtp_client_offers(client, "SMTPUTF8"))
        g_string_append(out, " SMTPUTF8");
    if (client->relays && mailsim_smtp_client_offers(client, "DSN"))
        append_return(client, out);
    g_string_append(out, "\r\n");
}

/* The address in ORCPT is xtext, its type is not. */
static void
append_notify(const MailsimSmtpRecipient *recipient, GString *out)
{
    const char *original = recipient->original;
    const char *semicolon = original != NULL ? strchr(original, ';') : NULL;

    if (recipient->notify != 0) {
        g_autofree char *notify = mailsim_notify_format(recipient->notify);

        g_string_append_printf(out, " NOTIFY=%s", notify);
    }
    if (semicolon != NULL)
        g_string_append_printf(out, " ORCPT=%.*s;", (int)(semicolon - original), original);
    else
        g_string_append(out, " ORCPT=rfc822;");
    mailsim_smtp_append_xtext(out, semicolon != NULL ? semicolon + 1 : recipient->address);
}

void
mailsim_smtp_client_append_rcpt(const MailsimSmtpClient *client,
                                const MailsimSmtpRecipient *recipient,
                                GString *out)
{
    append_path(out, "RCPT TO", recipient->address);
    if (client->relays && mailsim_smtp_client_offers(client, "DSN"))
        append_notify(recipient, out);
    g_string_append(out, "\r\n");
}
