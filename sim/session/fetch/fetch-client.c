/* SPDX-License-Identifier: MIT
 *
 * A mail program that gets its mail: what is the same by IMAP and by POP3. The stories are in
 * imap-client.c and pop3-client.c. */
#include "fetch-private.h"

#include <string.h>

#include <mailsim/base/limits.h>

/* ---- failures ---------------------------------------------------------------------------- */

MailsimHeard
mailsim_fetch_client_fail(MailsimFetchClient *client, MailsimFetchFailure failure)
{
    if (client->result.failure == MAILSIM_FETCH_FAILURE_NONE)
        client->result.failure = failure;
    return MAILSIM_HEARD_GIVE_UP;
}

static MailsimSaid
give_up(MailsimFetchClient *client, MailsimFetchFailure failure)
{
    mailsim_fetch_client_fail(client, failure);
    return MAILSIM_SAID_GIVE_UP;
}

static gboolean
asks_for_tls(const MailsimDialogueStep *step)
{
    return step->hear == mailsim_fetch_client_hear_tls;
}

MailsimHeard
mailsim_fetch_client_refuse(MailsimFetchClient *client,
                            const MailsimDialogueStep *step,
                            const char *text)
{
    if (client->result.failure == MAILSIM_FETCH_FAILURE_NONE) {
        client->result.command = step->name;
        client->result.reply = g_strdup(text);
    }
    return mailsim_fetch_client_fail(client, asks_for_tls(step)
                                                 ? MAILSIM_FETCH_FAILURE_TLS_REFUSED
                                                 : MAILSIM_FETCH_FAILURE_REPLY);
}

/* After a refused goodbye nothing is left to be said. */
MailsimHeard
mailsim_fetch_client_hear_refusal(gpointer data,
                                  const MailsimDialogueStep *step,
                                  gconstpointer reply)
{
    MailsimFetchClient *client = data;
    const MailsimFetchReply *refusal = reply;

    if (refusal->class != MAILSIM_FETCH_ERROR)
        mailsim_fetch_client_fail(client, MAILSIM_FETCH_FAILURE_NO_REPLY);
    else if (asks_for_tls(step) && client->tls == MAILSIM_CLIENT_TLS_IF_OFFERED)
        return MAILSIM_HEARD_NEXT;
    else
        mailsim_fetch_client_refuse(client, step, refusal->text);
    return mailsim_dialogue_is_goodbye(&client->dialogue, step) ? MAILSIM_HEARD_NEXT
                                                                : MAILSIM_HEARD_GIVE_UP;
}

/* ---- capabilities ------------------------------------------------------------------------ */

/* A server that has more to offer than a reply has lines is not listened to any longer. */
void
mailsim_fetch_client_learn(MailsimFetchClient *client,
                           const char *keyword,
                           const char *argument)
{
    if (g_hash_table_size(client->capabilities) < MAILSIM_REPLY_LINES_MAX)
        g_hash_table_insert(client->capabilities, g_ascii_strup(keyword, -1),
                            g_ascii_strup(argument, -1));
}

const char *
mailsim_fetch_client_find(const MailsimFetchClient *client, const char *keyword)
{
    return g_hash_table_lookup(client->capabilities, keyword);
}

/* ---- TLS --------------------------------------------------------------------------------- */

/* Who is logged in cannot ask for TLS any more, and so nothing less than that will do for who
 * requires it (RFC 9051 §11.1). */
MailsimSaid
mailsim_fetch_client_say_tls(MailsimFetchClient *client, const char *keyword)
{
    if (client->result.secured || client->tls == MAILSIM_CLIENT_TLS_NONE)
        return MAILSIM_SAID_NOTHING;
    if (!client->result.logged_in && mailsim_fetch_client_find(client, keyword) != NULL)
        return MAILSIM_SAID_ALL;
    return client->tls == MAILSIM_CLIENT_TLS_REQUIRED
               ? give_up(client, MAILSIM_FETCH_FAILURE_TLS_NOT_OFFERED)
               : MAILSIM_SAID_NOTHING;
}

MailsimHeard
mailsim_fetch_client_hear_tls(G_GNUC_UNUSED gpointer data, G_GNUC_UNUSED gconstpointer reply)
{
    return MAILSIM_HEARD_SECURE;
}

/* ---- login ------------------------------------------------------------------------------- */

gboolean
mailsim_fetch_client_needs_login(const MailsimFetchClient *client)
{
    return client->user != NULL && !client->result.logged_in;
}

char *
mailsim_fetch_client_start_sasl(MailsimFetchClient *client, const char *mechanisms)
{
    char *mechanism;

    if (client->sasl.start == NULL || mechanisms == NULL)
        return NULL;
    mechanism = client->sasl.start(client->sasl.data, mechanisms, client->result.secured,
                                   &client->sasl_initial);
    client->sasl_started = mechanism != NULL;
    return mechanism;
}

void
mailsim_fetch_client_append_initial(MailsimFetchClient *client, gsize most, GString *out)
{
    if (client->sasl_initial == NULL || strlen(client->sasl_initial) > most)
        return;
    g_string_append_printf(out, " %s", client->sasl_initial);
    g_clear_pointer(&client->sasl_initial, g_free);
}

/* A lone asterisk cancels (RFC 3501 §6.2.2, RFC 5034 §4). */
MailsimSaid
mailsim_fetch_client_say_response(const MailsimFetchClient *client, GString *out)
{
    g_string_append_printf(out, "%s\r\n",
                           client->sasl_response != NULL ? client->sasl_response : "*");
    return MAILSIM_SAID_ALL;
}

MailsimHeard
mailsim_fetch_client_hear_sasl(gpointer data, gconstpointer reply)
{
    MailsimFetchClient *client = data;
    const MailsimFetchReply *answer = reply;

    if (answer->class == MAILSIM_FETCH_GOOD)
        return mailsim_fetch_client_hear_login(data, reply);
    g_free(client->sasl_response);
    client->sasl_response = g_steal_pointer(&client->sasl_initial);
    if (client->sasl_response == NULL)
        client->sasl_response = client->sasl.step(client->sasl.data, answer->text);
    if (client->sasl_response == NULL)
        mailsim_fetch_client_fail(client, MAILSIM_FETCH_FAILURE_AUTH_BROKEN);
    return MAILSIM_HEARD_AGAIN;
}

MailsimHeard
mailsim_fetch_client_hear_login(gpointer data, G_GNUC_UNUSED gconstpointer reply)
{
    MailsimFetchClient *client = data;

    client->result.logged_in = client->result.failure == MAILSIM_FETCH_FAILURE_NONE;
    return client->result.logged_in ? MAILSIM_HEARD_NEXT : MAILSIM_HEARD_GIVE_UP;
}

/* ---- messages ---------------------------------------------------------------------------- */

static void
free_message(gpointer data)
{
    MailsimFetchedMessage *message = data;

    g_free(message->id);
    g_clear_pointer(&message->content, g_bytes_unref);
    g_free(message);
}

gboolean
mailsim_fetch_client_take_message(MailsimFetchClient *client,
                                  guint32 number,
                                  char *id,
                                  gboolean seen)
{
    MailsimFetchedMessage *message = g_new0(MailsimFetchedMessage, 1);

    message->id = id;
    message->seen = seen;
    g_ptr_array_add(client->result.messages, message);
    g_array_append_val(client->numbers, number);
    return client->numbers->len <= MAILSIM_FETCH_MESSAGES_MAX;
}

MailsimFetchedMessage *
mailsim_fetch_client_find_wanted(MailsimFetchClient *client, guint32 *number)
{
    const GPtrArray *messages = client->result.messages;

    for (; client->next < messages->len; client->next++) {
        MailsimFetchedMessage *message = g_ptr_array_index(messages, client->next);

        *number = g_array_index(client->numbers, guint32, client->next);
        if (!g_hash_table_contains(client->known, message->id))
            return message;
    }
    return NULL;
}

gboolean
mailsim_fetch_client_has(const MailsimFetchClient *client, const MailsimFetchedMessage *message)
{
    return message->content != NULL || g_hash_table_contains(client->known, message->id);
}

/* ---- the session ------------------------------------------------------------------------- */

static MailsimWant
begin(MailsimSession *session, GString *out)
{
    MailsimFetchClient *client = (MailsimFetchClient *)session;

    if (client->tls == MAILSIM_CLIENT_TLS_IMPLICIT)
        return MAILSIM_WANT_TLS;
    return mailsim_dialogue_speak(&client->dialogue, out);
}

/* What is no such server is not said goodbye to. */
static MailsimWant
heard(MailsimSession *session, const MailsimInput *input, GString *out)
{
    MailsimFetchClient *client = (MailsimFetchClient *)session;
    MailsimFetchReply reply = {0};
    g_autofree char *text = NULL;
    MailsimParse parse = MAILSIM_PARSE_ERROR;

    client->n_heard += input->length + strlen("\r\n");
    if (input->line_end != MAILSIM_LINE_END_NONE && client->n_heard <= MAILSIM_FETCH_MAX_BYTES)
        parse = client->protocol->read(client, input, &reply);
    text = reply.text;
    switch (parse) {
    case MAILSIM_PARSE_DONE:
        return mailsim_dialogue_hear(&client->dialogue, reply.class, &reply, out);
    case MAILSIM_PARSE_NEED_MORE:
        return MAILSIM_WANT_LINE;
    case MAILSIM_PARSE_ERROR:
        mailsim_fetch_client_fail(client, MAILSIM_FETCH_FAILURE_NO_REPLY);
        return MAILSIM_WANT_END;
    }
    g_assert_not_reached();
}

/* What was announced before could have been written by anybody. */
static MailsimWant
secured(MailsimSession *session, const MailsimTlsInfo *tls, GString *out)
{
    MailsimFetchClient *client = (MailsimFetchClient *)session;

    client->result.secured = TRUE;
    client->capable = FALSE;
    g_hash_table_remove_all(client->capabilities);
    if (tls->acceptable)
        return mailsim_dialogue_speak(&client->dialogue, out);
    mailsim_fetch_client_fail(client, MAILSIM_FETCH_FAILURE_CERTIFICATE);
    return MAILSIM_WANT_END;
}

/* A server that owes the last word owes nothing. */
static void
lost(MailsimSession *session, MailsimLoss why)
{
    static const MailsimFetchFailure failures[] = {
        [MAILSIM_LOSS_CLOSED] = MAILSIM_FETCH_FAILURE_LOST,
        [MAILSIM_LOSS_TLS] = MAILSIM_FETCH_FAILURE_TLS_HANDSHAKE,
        [MAILSIM_LOSS_TIMEOUT] = MAILSIM_FETCH_FAILURE_TIMEOUT,
    };
    MailsimFetchClient *client = (MailsimFetchClient *)session;
    const MailsimDialogueStep *step = mailsim_dialogue_get_awaited(&client->dialogue);

    if (step == NULL || !mailsim_dialogue_is_goodbye(&client->dialogue, step))
        mailsim_fetch_client_fail(client, failures[why]);
}

static gint64
get_patience(MailsimSession *session)
{
    return ((const MailsimFetchClient *)session)->timeout_us;
}

static gsize
get_line_max(G_GNUC_UNUSED MailsimSession *session)
{
    return MAILSIM_FETCH_LINE_MAX_BYTES;
}

static const char *
waits_for(MailsimSession *session)
{
    const MailsimFetchClient *client = (const MailsimFetchClient *)session;
    const MailsimDialogueStep *step = mailsim_dialogue_get_awaited(&client->dialogue);

    return step != NULL && step->say == NULL ? "greeting" : "reply";
}

static void
free_client(MailsimSession *session)
{
    MailsimFetchClient *client = (MailsimFetchClient *)session;

    client->protocol->clear(client);
    mailsim_dialogue_clear(&client->dialogue);
    g_free(client->user);
    g_free(client->password);
    g_hash_table_unref(client->known);
    g_hash_table_unref(client->capabilities);
    g_free(client->sasl_initial);
    g_free(client->sasl_response);
    g_array_unref(client->numbers);
    g_ptr_array_unref(client->result.messages);
    g_free(client->result.reply);
    g_free(client);
}

static const MailsimSessionClass client_class = {
    .begin = begin,
    .heard = heard,
    .secured = secured,
    .lost = lost,
    .get_patience = get_patience,
    .get_line_max = get_line_max,
    .waits_for = waits_for,
    .free = free_client,
};

void
mailsim_fetch_client_init(MailsimFetchClient *client,
                          const MailsimFetchProtocol *protocol,
                          const MailsimFetchOptions *options)
{
    client->session.class = &client_class;
    client->protocol = protocol;
    client->tls = options->tls;
    client->sasl = options->sasl;
    client->user = g_strdup(options->user);
    client->password = g_strdup(options->password);
    client->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; options->known != NULL && i < options->known->len; i++)
        g_hash_table_add(client->known, g_strdup(g_ptr_array_index(options->known, i)));
    client->deletes = options->deletes;
    client->timeout_us = options->timeout_us;
    client->capabilities = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    client->numbers = g_array_new(FALSE, FALSE, sizeof(guint32));
    client->result.messages = g_ptr_array_new_with_free_func(free_message);
    mailsim_dialogue_init(&client->dialogue, protocol->table, client);
}

MailsimSession *
mailsim_fetch_client_get_session(MailsimFetchClient *client)
{
    return &client->session;
}

const MailsimFetchResult *
mailsim_fetch_client_get_result(const MailsimFetchClient *client)
{
    return &client->result;
}
