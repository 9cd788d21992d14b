/* SPDX-License-Identifier: MIT
 *
 * The client side of SMTP. Read the two tables first; the functions below follow in their
 * order. A step with nothing to say is skipped: no TLS offered, no password, no recipient
 * accepted. */
#include "smtp-client-private.h"

#include <string.h>

#include <mailsim/protocol/message.h>
#include <mailsim/protocol/smtp-command.h>
#include <mailsim/protocol/trivial-rewrite.h>

static MailsimSaid say_starttls(gpointer data, GString *out);
static MailsimHeard hear_starttls(gpointer data, gconstpointer reply);
static MailsimSaid say_mail(gpointer data, GString *out);
static MailsimSaid say_rcpt(gpointer data, GString *out);
static MailsimHeard hear_rcpt(gpointer data, gconstpointer reply);
static MailsimSaid say_data(gpointer data, GString *out);
static MailsimHeard hear_data(gpointer data, gconstpointer reply);
static MailsimSaid say_message(gpointer data, GString *out);
static MailsimHeard hear_message(gpointer data, gconstpointer reply);
static MailsimSaid say_rset(gpointer data, GString *out);
static MailsimSaid say_quit(gpointer data, GString *out);
static MailsimHeard
hear_refusal(gpointer data, const MailsimDialogueStep *step, gconstpointer reply);

#define GREETING       "initial server greeting"
#define EHLO           "EHLO command"
#define HELO           "HELO command"
#define STARTTLS       "STARTTLS command"
#define AUTH           "AUTH command"
#define MAIL           "MAIL FROM command"
#define RCPT           "RCPT TO command"
#define DATA           "DATA command"
#define MESSAGE        "end of DATA command"
#define RSET           "RSET command"
#define QUIT           "QUIT command"
#define offers         mailsim_smtp_client_offers
#define hear_greeting  mailsim_smtp_client_hear_greeting
#define say_ehlo       mailsim_smtp_client_say_ehlo
#define hear_ehlo      mailsim_smtp_client_hear_ehlo
#define say_helo       mailsim_smtp_client_say_helo
#define hear_helo      mailsim_smtp_client_hear_helo
#define say_ehlo_again mailsim_smtp_client_say_ehlo_again
#define say_auth       mailsim_smtp_client_say_auth
#define hear_auth      mailsim_smtp_client_hear_auth
#define PIPELINE       MAILSIM_STEP_PIPELINE
#define UNHEARD        MAILSIM_STEP_UNHEARD
#define FOR(what)      G_STRUCT_OFFSET(MailsimSmtpTimeouts, what##_us)

/* clang-format off */

/* A mail program submits. It waits for each answer, and for the answer to its goodbye. */
static const MailsimDialogueStep submission_steps[] = {
    /* step   we say          they    we conclude    flags  reference             patience */
    {GREETING, NULL,           "2",    NULL,          0,     "RFC 5321 §3.1",      FOR(helo)},
    {EHLO,     say_ehlo,       "2",    hear_ehlo,     0,     "RFC 5321 §3.2",      FOR(helo)},
    {HELO,     say_helo,       "2",    hear_helo,     0,     "RFC 5321 §3.2",      FOR(helo)},
    {STARTTLS, say_starttls,   "2",    hear_starttls, 0,     "RFC 3207 §4",        FOR(starttls)},
    {EHLO,     say_ehlo_again, "2",    hear_ehlo,     0,     "RFC 3207 §4.2",      FOR(helo)},
    {AUTH,     say_auth,       "23",   hear_auth,     0,     "RFC 4954 §4",        FOR(helo)},
    {MAIL,     say_mail,       "2",    NULL,          0,     "RFC 5321 §4.1.1.2",  FOR(mail)},
    {RCPT,     say_rcpt,       "2345", hear_rcpt,     0,     "RFC 5321 §4.1.1.3",  FOR(rcpt)},
    {DATA,     say_data,       "3",    hear_data,     0,     "RFC 5321 §4.1.1.4",  FOR(data_init)},
    {MESSAGE,  say_message,    "2",    hear_message,  0,     "RFC 5321 §4.1.1.4",  FOR(data_done)},
    {RSET,     say_rset,       "2",    NULL,          0,     "RFC 5321 §4.1.1.5",  FOR(rset)},
    {QUIT,     say_quit,       "2",    NULL,          0,     "RFC 5321 §4.1.1.10", FOR(quit)},
};

/* A server relays, as Postfix's smtp(8) does: MAIL, RCPT and DATA in one go, the message and
 * QUIT in another, and no waiting for the answer to QUIT (postconf(5)
 * smtp_skip_quit_response = yes). The four rows with a remark differ from those above. */
static const MailsimDialogueStep relay_steps[] = {
    /* step   we say          they    we conclude    flags               reference             patience */
    {GREETING, NULL,           "2",    hear_greeting, 0,                  "RFC 5321 §3.1",      FOR(helo)},
    {EHLO,     say_ehlo,       "2",    hear_ehlo,     0,                  "RFC 5321 §3.2",      FOR(helo)},
    {HELO,     say_helo,       "2",    hear_helo,     0,                  "RFC 5321 §3.2",      FOR(helo)},
    {STARTTLS, say_starttls,   "2",    hear_starttls, 0,                  "RFC 3207 §4",        FOR(starttls)},
    {EHLO,     say_ehlo_again, "2",    hear_ehlo,     0,                  "RFC 3207 §4.2",      FOR(helo)},
    {HELO,     say_helo,       "2",    hear_helo,     0,                  "RFC 5321 §3.2",      FOR(helo)},
    {AUTH,     say_auth,       "23",   hear_auth,     0,                  "RFC 4954 §4",        FOR(helo)},
    {MAIL,     say_mail,       "2",    NULL,          0,                  "RFC 5321 §4.1.1.2",  FOR(mail)},
    {RCPT,     say_rcpt,       "2345", hear_rcpt,     PIPELINE,           "RFC 2920 §3.1",      FOR(rcpt)},      /* with MAIL */
    {DATA,     say_data,       "3",    hear_data,     PIPELINE,           "RFC 2920 §3.1",      FOR(data_init)}, /* with MAIL */
    {MESSAGE,  say_message,    "2",    hear_message,  0,                  "RFC 5321 §4.1.1.4",  FOR(data_done)},
    {RSET,     say_rset,       "2",    NULL,          PIPELINE,           "RFC 5321 §4.1.1.5",  FOR(rset)},      /* at once */
    {QUIT,     say_quit,       "2",    NULL,          PIPELINE | UNHEARD, "RFC 5321 §4.1.1.10", FOR(quit)},      /* behind the message */
};

/* clang-format on */

static const MailsimDialogueTable submission = {submission_steps,
                                                G_N_ELEMENTS(submission_steps), hear_refusal};
static const MailsimDialogueTable relay = {relay_steps, G_N_ELEMENTS(relay_steps),
                                           hear_refusal};

/* ---- outcomes ---------------------------------------------------------------------------- */

static void
set_outcome(MailsimSmtpClient *client, guint recipient, const char *reply, const char *command)
{
    MailsimSmtpOutcome *outcome = &client->outcomes[recipient];

    g_free(outcome->reply);
    outcome->reply = g_strdup(reply);
    outcome->command = command;
    if (client->answered != NULL)
        client->answered(client->data, recipient);
}

/* For every recipient that has not been refused on its own. */
static void
set_all_outcomes(MailsimSmtpClient *client, const MailsimSmtpReply *reply, const char *command)
{
    g_autofree char *text = mailsim_smtp_reply_format(reply);

    for (guint i = 0; i < client->recipients->len; i++) {
        const char *earlier = client->outcomes[i].reply;

        if (earlier == NULL || earlier[0] == '2')
            set_outcome(client, i, text, command);
    }
}

static MailsimHeard
fail(MailsimSmtpClient *client, MailsimSmtpFailure failure)
{
    client->failure = failure;
    return MAILSIM_HEARD_GIVE_UP;
}

static MailsimSaid
give_up(MailsimSmtpClient *client, MailsimSmtpFailure failure)
{
    client->failure = failure;
    return MAILSIM_SAID_GIVE_UP;
}

gboolean
offers(const MailsimSmtpClient *client, const char *keyword)
{
    return g_hash_table_contains(client->keywords, keyword);
}

/* ---- TLS --------------------------------------------------------------------------------- */

static MailsimSaid
say_starttls(gpointer data, GString *out)
{
    MailsimSmtpClient *client = data;

    if (client->secured || client->tls == MAILSIM_CLIENT_TLS_NONE)
        return MAILSIM_SAID_NOTHING;
    if (client->tls_unavailable && client->tls == MAILSIM_CLIENT_TLS_IF_OFFERED)
        return MAILSIM_SAID_NOTHING;
    if (client->tls_unavailable && offers(client, "STARTTLS"))
        return give_up(client, MAILSIM_SMTP_FAILURE_TLS_UNAVAILABLE);
    if (!offers(client, "STARTTLS"))
        return client->tls == MAILSIM_CLIENT_TLS_REQUIRED
                   ? give_up(client, MAILSIM_SMTP_FAILURE_TLS_NOT_OFFERED)
                   : MAILSIM_SAID_NOTHING;
    g_string_append(out, "STARTTLS\r\n");
    return MAILSIM_SAID_ALL;
}

static MailsimHeard
hear_starttls(G_GNUC_UNUSED gpointer data, G_GNUC_UNUSED gconstpointer reply)
{
    return MAILSIM_HEARD_SECURE;
}

/* ---- transaction ------------------------------------------------------------------------- */

/* RFC 1870 §4 */
guint64
mailsim_smtp_client_get_size_limit(const MailsimSmtpClient *client)
{
    const char *limit = g_hash_table_lookup(client->keywords, "SIZE");

    return limit != NULL ? g_ascii_strtoull(limit, NULL, 10) : 0;
}

gboolean
mailsim_smtp_client_passed_notify_on(const MailsimSmtpClient *client)
{
    return mailsim_smtp_client_offers(client, "DSN");
}

/* RFC 1870 §6.1: a message that the server will not take is not even announced to it. */
static gboolean
is_too_large(const MailsimSmtpClient *client)
{
    const guint64 limit = mailsim_smtp_client_get_size_limit(client);

    return client->relays && limit > 0 && mailsim_message_get_size(client->message) > limit;
}

static MailsimSaid
say_mail(gpointer data, GString *out)
{
    MailsimSmtpClient *client = data;

    if (is_too_large(client))
        return give_up(client, MAILSIM_SMTP_FAILURE_TOO_LARGE);
    mailsim_smtp_client_append_mail(client, out);
    client->mail_said = TRUE;
    if (client->ready != NULL)
        client->ready(client->data);
    return MAILSIM_SAID_ALL;
}

static MailsimSaid
say_rcpt(gpointer data, GString *out)
{
    MailsimSmtpClient *client = data;
    const MailsimSmtpRecipient *recipient;

    if (client->failure != MAILSIM_SMTP_FAILURE_NONE || client->mail_refused ||
        client->next_to_say >= client->recipients->len)
        return MAILSIM_SAID_NOTHING;

    recipient = g_ptr_array_index(client->recipients, client->next_to_say++);
    mailsim_smtp_client_append_rcpt(client, recipient, out);
    return client->next_to_say < client->recipients->len ? MAILSIM_SAID_MORE : MAILSIM_SAID_ALL;
}

/* One refused recipient does not end the mail; only when all are refused is there nobody left
 * to send it to (RFC 5321 §3.3). */
static MailsimHeard
hear_rcpt(gpointer data, gconstpointer reply)
{
    MailsimSmtpClient *client = data;
    guint recipient = client->next_to_hear++;

    if (client->mail_refused)
        return MAILSIM_HEARD_NEXT;
    if (mailsim_smtp_reply_get_class(reply) == 2) {
        client->n_accepted++;
    } else {
        g_autofree char *text = mailsim_smtp_reply_format(reply);

        set_outcome(client, recipient, text, RCPT);
    }
    return MAILSIM_HEARD_NEXT;
}

/* Pipelined, DATA is on its way before the answers to RCPT are known. */
static MailsimSaid
say_data(gpointer data, GString *out)
{
    MailsimSmtpClient *client = data;
    gboolean all_heard = client->next_to_hear == client->recipients->len;

    if (client->failure != MAILSIM_SMTP_FAILURE_NONE || client->mail_refused)
        return MAILSIM_SAID_NOTHING;
    if (all_heard && client->n_accepted == 0)
        return MAILSIM_SAID_NOTHING;
    g_string_append(out, "DATA\r\n");
    return MAILSIM_SAID_ALL;
}

static MailsimHeard
hear_data(gpointer data, G_GNUC_UNUSED gconstpointer reply)
{
    MailsimSmtpClient *client = data;

    client->data_accepted = TRUE;
    return MAILSIM_HEARD_NEXT;
}

/* A server that says 354 although it took no recipient gets an empty message (RFC 2920
 * §3.1). */
static MailsimSaid
say_message(gpointer data, GString *out)
{
    MailsimSmtpClient *client = data;

    if (!client->data_accepted)
        return MAILSIM_SAID_NOTHING;
    if (client->n_accepted > 0) {
        mailsim_message_append_data(client->message, out);
        client->message_said = TRUE;
    } else {
        g_string_append(out, ".\r\n");
    }
    return MAILSIM_SAID_ALL;
}

static MailsimHeard
hear_message(gpointer data, gconstpointer reply)
{
    MailsimSmtpClient *client = data;

    if (client->message_said)
        set_all_outcomes(client, reply, MESSAGE);
    return MAILSIM_HEARD_NEXT;
}

/* As Postfix does when a transaction came to nothing. */
static MailsimSaid
say_rset(gpointer data, GString *out)
{
    MailsimSmtpClient *client = data;

    if (!client->relays || !client->mail_said || client->data_accepted)
        return MAILSIM_SAID_NOTHING;
    g_string_append(out, "RSET\r\n");
    return MAILSIM_SAID_ALL;
}

/* Postfix hangs up without a word on a server that will not take so large a message. */
static MailsimSaid
say_quit(gpointer data, GString *out)
{
    MailsimSmtpClient *client = data;

    if (client->failure == MAILSIM_SMTP_FAILURE_TOO_LARGE)
        return MAILSIM_SAID_NOTHING;
    g_string_append(out, "QUIT\r\n");
    return MAILSIM_SAID_ALL;
}

/* ---- refusals ---------------------------------------------------------------------------- */

static MailsimHeard
hear_refusal(gpointer data, const MailsimDialogueStep *step, gconstpointer reply)
{
    MailsimSmtpClient *client = data;
    const MailsimSmtpReply *refusal = reply;
    guint class = mailsim_smtp_reply_get_class(refusal);

    if (step->say == say_rset || step->say == say_quit)
        return MAILSIM_HEARD_NEXT;
    if ((step->say == say_ehlo || (step->say == say_ehlo_again && client->relays)) &&
        refusal->code != 421) {
        client->ehlo_refused = TRUE;
        return MAILSIM_HEARD_NEXT;
    }
    if (step->say == say_starttls && client->tls == MAILSIM_CLIENT_TLS_IF_OFFERED)
        return MAILSIM_HEARD_NEXT;
    /* The reply to DATA after refused recipients says nothing new about them. */
    if (step->say == say_data && (client->mail_refused || client->n_accepted == 0))
        return MAILSIM_HEARD_NEXT;

    /* “250” to DATA, “354” to MAIL: no answer to what was asked. Postfix takes it for a
     * refusal. */
    if (class < 4 && !client->relays)
        client->failure = MAILSIM_SMTP_FAILURE_NO_REPLY;
    else
        set_all_outcomes(client, refusal, step->name);
    if (step->say == say_mail)
        client->mail_refused = TRUE;
    if (step->say == say_mail || step->say == say_data || step->say == say_message)
        return MAILSIM_HEARD_NEXT;
    return fail(client, step->say == say_starttls ? MAILSIM_SMTP_FAILURE_TLS_REFUSED
                                                  : MAILSIM_SMTP_FAILURE_REPLY);
}

/* ---- the session ------------------------------------------------------------------------- */

static MailsimWant
begin(MailsimSession *session, GString *out)
{
    MailsimSmtpClient *client = (MailsimSmtpClient *)session;

    if (client->tls == MAILSIM_CLIENT_TLS_IMPLICIT)
        return MAILSIM_WANT_TLS;
    return mailsim_dialogue_speak(&client->dialogue, out);
}

static MailsimWant
heard(MailsimSession *session, const MailsimInput *input, GString *out)
{
    MailsimSmtpClient *client = (MailsimSmtpClient *)session;
    g_autoptr(MailsimSmtpReply) reply = NULL;

    switch (mailsim_smtp_reply_add_line(client->reply, input->text)) {
    case MAILSIM_PARSE_NEED_MORE:
        return MAILSIM_WANT_LINE;
    case MAILSIM_PARSE_ERROR:
        client->failure = MAILSIM_SMTP_FAILURE_NO_REPLY;
        return MAILSIM_WANT_END;
    case MAILSIM_PARSE_DONE:
        break;
    }
    reply = g_steal_pointer(&client->reply);
    client->reply = mailsim_smtp_reply_new();
    return mailsim_dialogue_hear(&client->dialogue,
                                 (char)('0' + mailsim_smtp_reply_get_class(reply)), reply, out);
}

/* A certificate that will not do ends a mail program's conversation at once; Postfix finishes
 * the handshake, says QUIT and leaves the message in its queue. */
static MailsimWant
secured(MailsimSession *session, const MailsimTlsInfo *tls, GString *out)
{
    MailsimSmtpClient *client = (MailsimSmtpClient *)session;

    client->secured = TRUE;
    if (!tls->acceptable) {
        client->failure = MAILSIM_SMTP_FAILURE_CERTIFICATE;
        if (!client->relays)
            return MAILSIM_WANT_END;
        client->dialogue.cursor = client->dialogue.table->n_steps - 1;
    }
    return mailsim_dialogue_speak(&client->dialogue, out);
}

static MailsimSmtpFailure
name_loss(MailsimLoss why)
{
    switch (why) {
    case MAILSIM_LOSS_CLOSED:
        return MAILSIM_SMTP_FAILURE_LOST;
    case MAILSIM_LOSS_TLS:
        return MAILSIM_SMTP_FAILURE_TLS_HANDSHAKE;
    case MAILSIM_LOSS_TIMEOUT:
        return MAILSIM_SMTP_FAILURE_TIMEOUT;
    }
    g_assert_not_reached();
}

static void
lost(MailsimSession *session, MailsimLoss why)
{
    MailsimSmtpClient *client = (MailsimSmtpClient *)session;
    const MailsimDialogueStep *step = mailsim_dialogue_get_awaited(&client->dialogue);

    /* All is said by then: a server that owes the last word owes nothing. */
    if (step != NULL && step->say == say_quit)
        return;
    if (client->failure != MAILSIM_SMTP_FAILURE_NONE)
        return;
    if (why != MAILSIM_LOSS_TLS)
        client->lost_step = step != NULL ? step->name : NULL;
    client->failure = name_loss(why);
}

/* A handshake is waited for as long as the answer to STARTTLS. */
static gint64
get_patience(MailsimSession *session)
{
    MailsimSmtpClient *client = (MailsimSmtpClient *)session;
    const MailsimDialogueStep *step = mailsim_dialogue_get_awaited(&client->dialogue);

    if (step == NULL)
        step = &client->dialogue.table->steps[0];
    return G_STRUCT_MEMBER(gint64, &client->timeouts, step->patience);
}

static const char *
waits_for(MailsimSession *session)
{
    MailsimSmtpClient *client = (MailsimSmtpClient *)session;
    const MailsimDialogueStep *step = mailsim_dialogue_get_awaited(&client->dialogue);

    return step != NULL && step->say == NULL ? "greeting" : "reply";
}

static void
free_client(MailsimSession *session)
{
    MailsimSmtpClient *client = (MailsimSmtpClient *)session;

    for (guint i = 0; i < client->recipients->len; i++)
        g_free(client->outcomes[i].reply);
    g_free(client->outcomes);
    g_ptr_array_unref(client->recipients);
    mailsim_dialogue_clear(&client->dialogue);
    mailsim_smtp_reply_free(client->reply);
    g_hash_table_unref(client->keywords);
    g_bytes_unref(client->message);
    g_free(client->helo_name);
    g_free(client->own_name);
    g_free(client->sender);
    g_free(client->envelope_id);
    g_free(client->sasl_response);
    g_free(client);
}

static const MailsimSessionClass client_class = {
    .begin = begin,
    .heard = heard,
    .secured = secured,
    .lost = lost,
    .get_patience = get_patience,
    .waits_for = waits_for,
    .free = free_client,
};

MailsimSmtpClient *
mailsim_smtp_client_new(const MailsimSmtpClientOptions *options)
{
    MailsimSmtpClient *client = g_new0(MailsimSmtpClient, 1);

    client->session.class = &client_class;
    client->relays = options->relays;
    client->helo_name = g_strdup(options->helo_name);
    client->own_name = g_strdup(options->own_name);
    client->tls_unavailable = options->tls_unavailable;
    client->tls = options->tls;
    client->sasl = options->sasl;
    client->sender = g_strdup(options->sender);
    client->recipients = g_ptr_array_ref(options->recipients);
    client->returns = options->returns;
    client->envelope_id = g_strdup(options->envelope_id);
    client->message = g_bytes_ref(options->message);
    client->eight_bit = options->eight_bit;
    client->utf8 = options->utf8;
    client->timeouts = options->timeouts;
    client->ready = options->ready;
    client->answered = options->answered;
    client->data = options->data;
    client->keywords = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    client->outcomes = g_new0(MailsimSmtpOutcome, options->recipients->len);
    client->reply = mailsim_smtp_reply_new();
    mailsim_dialogue_init(&client->dialogue, options->relays ? &relay : &submission, client);
    return client;
}

MailsimSession *
mailsim_smtp_client_get_session(MailsimSmtpClient *client)
{
    return &client->session;
}

MailsimSmtpFailure
mailsim_smtp_client_get_failure(const MailsimSmtpClient *client)
{
    return client->failure;
}

const MailsimSmtpOutcome *
mailsim_smtp_client_get_outcome(const MailsimSmtpClient *client, guint recipient)
{
    g_return_val_if_fail(recipient < client->recipients->len, NULL);
    return &client->outcomes[recipient];
}

const char *
mailsim_smtp_client_get_lost_step(const MailsimSmtpClient *client)
{
    return client->lost_step;
}

gboolean
mailsim_smtp_client_is_greeted_as_self(const MailsimSmtpClient *client)
{
    return client->greeted_as_self;
}

gboolean
mailsim_smtp_client_is_welcome(const MailsimSmtpClient *client)
{
    return client->welcome;
}

gboolean
mailsim_smtp_client_is_offered(const MailsimSmtpClient *client, const char *keyword)
{
    return offers(client, keyword);
}

gboolean
mailsim_smtp_client_is_secured(const MailsimSmtpClient *client)
{
    return client->secured;
}
