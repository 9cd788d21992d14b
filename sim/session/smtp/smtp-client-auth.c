/* SPDX-License-Identifier: MIT
 *
 * AUTH (RFC 4954) from the client's side. What a mechanism says is the lab's affair; here it is
 * offered, answered and cancelled. */
#include "smtp-client-private.h"

MailsimSaid
mailsim_smtp_client_say_auth(gpointer data, GString *out)
{
    MailsimSmtpClient *client = data;
    const char *mechanisms = g_hash_table_lookup(client->keywords, "AUTH");
    g_autofree char *mechanism = NULL;
    g_autofree char *initial = NULL;

    if (client->auth_started) {
        /* RFC 4954 §4: a lone asterisk cancels. */
        const char *response = client->sasl_response != NULL ? client->sasl_response : "*";

        g_string_append_printf(out, "%s\r\n", response);
        return MAILSIM_SAID_ALL;
    }
    if (client->sasl.start == NULL)
        return MAILSIM_SAID_NOTHING;
    /* Postfix goes on without a login where none is to be had, as it has always done. */
    if (mechanisms == NULL && client->relays)
        return MAILSIM_SAID_NOTHING;
    if (mechanisms != NULL)
        mechanism =
            client->sasl.start(client->sasl.data, mechanisms, client->secured, &initial);
    if (mechanism == NULL) {
        client->failure = MAILSIM_SMTP_FAILURE_AUTH_NOT_OFFERED;
        return MAILSIM_SAID_GIVE_UP;
    }
    client->auth_started = TRUE;
    g_string_append_printf(out, "AUTH %s%s%s\r\n", mechanism, initial != NULL ? " " : "",
                           initial != NULL ? initial : "");
    return MAILSIM_SAID_ALL;
}

MailsimHeard
mailsim_smtp_client_hear_auth(gpointer data, gconstpointer reply)
{
    MailsimSmtpClient *client = data;
    const MailsimSmtpReply *challenge = reply;

    if (mailsim_smtp_reply_get_class(challenge) == 2)
        return MAILSIM_HEARD_NEXT;
    g_free(client->sasl_response);
    client->sasl_response =
        client->sasl.step(client->sasl.data, g_ptr_array_index(challenge->lines, 0));
    if (client->sasl_response != NULL || !client->relays)
        return MAILSIM_HEARD_AGAIN;
    /* Postfix does not even cancel. */
    client->failure = MAILSIM_SMTP_FAILURE_AUTH_BROKEN;
    return MAILSIM_HEARD_GIVE_UP;
}
