/* SPDX-License-Identifier: MIT
 *
 * What the files of the SMTP client share: the session, and the steps of a login. */
#pragma once

#include <mailsim/protocol/smtp-reply.h>
#include <mailsim/session/dialogue.h>
#include <mailsim/session/smtp-client.h>

struct MailsimSmtpClient {
    MailsimSession session;
    MailsimDialogue dialogue;
    MailsimSmtpReply *reply; /* the one being read */

    gboolean relays;
    char *helo_name;
    char *own_name;
    MailsimClientTls tls;
    gboolean tls_unavailable;
    MailsimSaslClient sasl;
    char *sender;
    GPtrArray *recipients; /* of MailsimSmtpRecipient */
    MailsimReturn returns;
    char *envelope_id;
    GBytes *message;
    gboolean eight_bit;
    gboolean utf8;
    MailsimSmtpTimeouts timeouts;
    void (*ready)(gpointer data);
    void (*answered)(gpointer data, guint recipient);
    gpointer data;

    /* Learnt from EHLO, and forgotten with STARTTLS (RFC 3207 §4.2). */
    GHashTable *keywords; /* upper case: the whole line after the keyword */
    gboolean secured;
    gboolean ehlo_refused;
    gboolean welcome; /* EHLO or HELO was taken */
    gboolean greeted_as_self;

    /* AUTH: the answer to the last challenge, to be said next. */
    char *sasl_response;
    gboolean auth_started;

    /* The transaction. */
    gboolean mail_said;
    gboolean mail_refused;
    guint next_to_say;  /* recipient */
    guint next_to_hear; /* recipient */
    guint n_accepted;
    gboolean data_accepted;
    gboolean message_said;

    MailsimSmtpFailure failure;
    const char *lost_step;        /* NULL: the server is still there */
    MailsimSmtpOutcome *outcomes; /* one for each recipient */
};

/* Is KEYWORD in the server's last answer to EHLO? */
gboolean mailsim_smtp_client_offers(const MailsimSmtpClient *client, const char *keyword);

void mailsim_smtp_client_append_mail(const MailsimSmtpClient *client, GString *out);
void mailsim_smtp_client_append_rcpt(const MailsimSmtpClient *client,
                                     const MailsimSmtpRecipient *recipient,
                                     GString *out);

MailsimHeard mailsim_smtp_client_hear_greeting(gpointer data, gconstpointer reply);
MailsimSaid mailsim_smtp_client_say_ehlo(gpointer data, GString *out);
MailsimHeard mailsim_smtp_client_hear_ehlo(gpointer data, gconstpointer reply);
MailsimSaid mailsim_smtp_client_say_helo(gpointer data, GString *out);
MailsimHeard mailsim_smtp_client_hear_helo(gpointer data, gconstpointer reply);

/* After STARTTLS, which has made all that was learnt before void. */
MailsimSaid mailsim_smtp_client_say_ehlo_again(gpointer data, GString *out);

MailsimSaid mailsim_smtp_client_say_auth(gpointer data, GString *out);
MailsimHeard mailsim_smtp_client_hear_auth(gpointer data, gconstpointer reply);
