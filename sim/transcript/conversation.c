/* SPDX-License-Identifier: MIT
 *
 * The lines of one hop, read in order, as a listener reads them; the sessions know them as
 * speakers. Here is what the protocols have in common: what the hop is like, which command a
 * reply answers (also under pipelining), what is offered, what a password exchange says once
 * base64 is undone. The lines themselves are read by smtp-, imap- and pop3-conversation.c. */
#include "conversation-private.h"

#include <string.h>

#include <mailsim/base/sasl-response.h>

/* A reply that has taken longer has been held back: no link of the lab's is that slow. */
#define LATE_US (900 * MAILSIM_MILLISECOND)

/* So many of the last offers are come back to. */
#define LISTS_HELD_MAX 8

static const ConversationProtocol *
find_protocol(const char *name)
{
    static const ConversationProtocol *const protocols[] = {
        &conversation_smtp, &conversation_imap, &conversation_pop3};

    for (guint i = 0; i < G_N_ELEMENTS(protocols); i++) {
        if (g_strcmp0(protocols[i]->protocol, name) == 0)
            return protocols[i];
    }
    return &conversation_smtp;
}

static void
free_command(gpointer data)
{
    Command *command = data;

    g_free(command->tag);
    g_free(command->verb);
    g_free(command);
}

Conversation *
conversation_new(MailsimReading *reading, const MailsimHop *hop)
{
    Conversation *self = g_new0(Conversation, 1);

    self->reading = reading;
    self->hop = hop;
    self->protocol = find_protocol(hop->protocol);
    if (self->protocol->create != NULL)
        self->speech = self->protocol->create();
    self->prelude = g_ptr_array_new();
    self->unanswered = g_queue_new();
    self->message = g_ptr_array_new();
    self->offers = g_ptr_array_new_with_free_func(g_free);
    self->lists = g_ptr_array_new();
    conversation_await(self, NULL, "CONNECT");
    return self;
}

void
conversation_hold(Conversation *self, GPtrArray *events, const MailsimEvent *event)
{
    reading_hold(self->reading, event);
    g_ptr_array_add(events, (gpointer)event);
}

void
conversation_let_go(Conversation *self, GPtrArray *events, guint n_first)
{
    for (guint i = 0; i < n_first; i++)
        reading_let_go(self->reading, g_ptr_array_index(events, i));
    if (n_first > 0)
        g_ptr_array_remove_range(events, 0, n_first);
}

static void
end_prelude(Conversation *self)
{
    if (self->prelude == NULL)
        return;
    conversation_let_go(self, self->prelude, self->prelude->len);
    g_clear_pointer(&self->prelude, g_ptr_array_unref);
}

void
conversation_free(Conversation *self)
{
    if (self->speech != NULL)
        self->protocol->destroy(self->speech);
    end_prelude(self);
    conversation_let_go(self, self->message, self->message->len);
    conversation_let_go(self, self->lists, self->lists->len);
    g_queue_free_full(self->unanswered, free_command);
    g_ptr_array_unref(self->message);
    g_ptr_array_unref(self->offers);
    g_ptr_array_unref(self->lists);
    g_free(self->header);
    g_free(self->message_id);
    g_free(self->mechanism);
    g_free(self->user);
    g_free(self->password);
    g_free(self);
}

void
conversation_add(Conversation *self,
                 const MailsimEvent *event,
                 const char *name,
                 const char *value)
{
    reading_add_fact(self->reading, event, name, value);
}

void
conversation_add_value(Conversation *self,
                       const MailsimEvent *event,
                       const char *name,
                       const char *value)
{
    reading_add_value(self->reading, event, name, value);
}

/* --- commands and replies ----------------------------------------------------------------- */

void
conversation_await(Conversation *self, const char *tag, const char *verb)
{
    Command *command = g_new0(Command, 1);

    command->tag = g_strdup(tag);
    command->verb = g_strdup(verb);
    g_queue_push_tail(self->unanswered, command);
}

const char *
conversation_peek_verb(const Conversation *self)
{
    const Command *command = g_queue_peek_head(self->unanswered);

    return command != NULL ? command->verb : NULL;
}

void
conversation_settle(Conversation *self, const char *tag)
{
    for (GList *link = self->unanswered->head; link != NULL; link = link->next) {
        Command *command = link->data;

        if (tag != NULL && g_strcmp0(command->tag, tag) != 0)
            continue;
        g_queue_delete_link(self->unanswered, link);
        free_command(command);
        return;
    }
}

static const MailsimEvent *
peek_list(const Conversation *self)
{
    return self->lists->len == 0 ? NULL : g_ptr_array_index(self->lists, self->lists->len - 1);
}

static gboolean
is_among(const char *verb, const char *const *verbs)
{
    return g_strv_contains(verbs, verb);
}

void
conversation_hear_verb(Conversation *self,
                       const MailsimEvent *event,
                       const char *tag,
                       const char *verb)
{
    static const char *const goodbyes[] = {"QUIT", "LOGOUT", NULL};
    static const char *const questions[] = {"EHLO", "CAPABILITY", "CAPA", NULL};
    static const char *const starts[] = {"STARTTLS", "STLS", NULL};
    const char *name = verb != NULL && g_utf8_validate(verb, -1, NULL) ? verb : "?";
    const MailsimEvent *list = peek_list(self);

    self->goodbye = is_among(name, goodbyes);
    if (self->goodbye && self->offered && list != NULL)
        conversation_add(self, list, "quit-follows", NULL);
    self->offered = is_among(name, questions);
    conversation_add(self, event, "command", NULL);
    conversation_add(self, event, "verb", name);
    if (!g_queue_is_empty(self->unanswered) && !self->hop->typed)
        conversation_add(self, event, "pipelined", NULL);
    if (self->offered && list != NULL)
        conversation_add(self, event, "again", NULL);
    if (is_among(name, starts) && list != NULL)
        conversation_add(self, list, "starttls-follows", NULL);
    conversation_await(self, tag, name);
}

void
conversation_hear_reply_to(Conversation *self, const MailsimEvent *event, const char *verb)
{
    conversation_add(self, event, "reply", NULL);
    conversation_add(self, event, "reply-to", verb != NULL ? verb : "nothing");
    if (event->time_us - self->before_us >= LATE_US)
        conversation_add(self, event, "late", NULL);
}

void
conversation_conclude_login(Conversation *self, const MailsimEvent *event, gboolean accepted)
{
    if (accepted)
        self->authenticated = TRUE;
    if (self->judgement != NULL)
        conversation_add(self, event, self->judgement, NULL);
}

/* --- what is offered ---------------------------------------------------------------------- */

gboolean
conversation_is_new_offer(const Conversation *self, const char *keyword)
{
    g_autofree char *lacking = g_strdup_printf("!offers=%s", keyword);
    const MailsimEvent *earlier = peek_list(self);

    return earlier != NULL && mailsim_reading_holds(self->reading, earlier->sequence, lacking);
}

void
conversation_end_list(Conversation *self, const MailsimEvent *event, gboolean tells_passwords)
{
    for (guint i = 0; tells_passwords && i < self->lists->len; i++)
        conversation_add(self, g_ptr_array_index(self->lists, i), "auth-later", NULL);
    if (self->lists->len == LISTS_HELD_MAX)
        conversation_let_go(self, self->lists, 1);
    conversation_hold(self, self->lists, event);
    g_ptr_array_set_size(self->offers, 0);
}

/* --- passwords ---------------------------------------------------------------------------- */

void
conversation_read_password(Conversation *self, const MailsimEvent *event)
{
    conversation_add(self, event, "decoded", NULL);
    conversation_add_value(self, event, "user", self->user);
    conversation_add_value(self, event, "password", self->password);
}

static void
read_response(Conversation *self, const MailsimEvent *event, const char *text)
{
    gboolean complete = FALSE;

    conversation_add(self, event, "mechanism", self->mechanism);
    conversation_add_value(self, event, "base64", text);
    conversation_add_value(self, event, "mechanism", self->mechanism);
    if (g_strcmp0(self->mechanism, "PLAIN") == 0)
        complete = mailsim_sasl_response_read_plain(text, &self->user, &self->password);
    else if (g_strcmp0(self->mechanism, "LOGIN") == 0)
        complete = mailsim_sasl_response_read_login(text, &self->user, &self->password);
    if (!complete)
        return;
    conversation_add(self, event, "base64", NULL);
    conversation_read_password(self, event);
}

void
conversation_begin_sasl(Conversation *self,
                        const MailsimEvent *event,
                        const char *mechanism,
                        const char *response)
{
    g_clear_pointer(&self->mechanism, g_free);
    g_clear_pointer(&self->user, g_free);
    g_clear_pointer(&self->password, g_free);
    if (mechanism == NULL)
        return;
    self->mechanism = g_ascii_strup(mechanism, -1);
    read_response(self, event, response != NULL ? response : "");
}

void
conversation_hear_response(Conversation *self, const MailsimEvent *event, const char *verb)
{
    self->response_due = FALSE;
    conversation_add(self, event, "response", NULL);
    read_response(self, event, event->line.text);
    if (verb != NULL)
        conversation_await(self, NULL, verb);
}

/* “VXNlcm5hbWU6”: what LOGIN asks for. */
void
conversation_read_prompt(Conversation *self, const MailsimEvent *event, const char *text)
{
    g_autoptr(GBytes) decoded = mailsim_sasl_response_decode(text);

    if (decoded == NULL)
        return;
    gsize n_bytes = 0;
    const char *bytes = g_bytes_get_data(decoded, &n_bytes);
    g_autofree char *asked = g_utf8_make_valid(bytes, (gssize)n_bytes);
    conversation_add_value(self, event, "prompt", asked);
    conversation_add_value(self, event, "base64", text);
}

/* --- what the hop is like ----------------------------------------------------------------- */

static const char *
name_client(const MailsimHop *hop)
{
    if (hop->typed)
        return "typed";
    return hop->from_mail_program ? "mail-program" : "mta";
}

/* Facts of the hop, true of each of its events. */
static void
describe_hop(Conversation *self, const MailsimEvent *event)
{
    g_autofree char *port = g_strdup_printf("%u", self->hop->port);

    conversation_add(self, event, name_client(self->hop), NULL);
    conversation_add(self, event, "protocol", self->protocol->protocol);
    conversation_add(self, event, "port", port);
    conversation_add(self, event, "service", self->hop->service);
    conversation_add(self, event, self->secured ? "secured" : "clear", NULL);
    if (self->announced && event->kind != MAILSIM_EVENT_CERTIFICATE)
        conversation_add(self, event, "announced", NULL);
    if (self->implicit_tls)
        conversation_add(self, event, "implicit-tls", NULL);
    if (self->authenticated)
        conversation_add(self, event, "authenticated", NULL);
    if (self->deletes)
        conversation_add(self, event, "deletes", NULL);
    if (self->hop->resumed)
        conversation_add(self, event, "resumed", NULL);
    if (self->hop->tls_version != NULL)
        conversation_add(self, event, "version", self->hop->tls_version);
    if (self->hop->trust != NULL)
        conversation_add(self, event, "trust", self->hop->trust);
    if (self->hop->tls_failure != NULL)
        conversation_add(self, event, "failure", self->hop->tls_failure);
    if (self->hop->fell_back)
        conversation_add(self, event, "fall-back", NULL);
}

static void
hear_end(Conversation *self, const MailsimEvent *event)
{
    if (self->goodbye)
        conversation_add(self, event, "goodbye", NULL);
    if (self->awaits_tls && !self->secured)
        conversation_add(self, event, "awaits-tls", NULL);
    if (self->in_message)
        conversation_add(self, event, "unfinished", NULL);
    if (!self->implicit_tls && g_strcmp0(conversation_peek_verb(self), "CONNECT") == 0)
        conversation_add(self, event, "ungreeted", NULL);
}

static void
hear_line(Conversation *self, const MailsimEvent *event)
{
    if (event->line.direction == MAILSIM_DIRECTION_IN) {
        self->protocol->hear_server(self, event);
        return;
    }
    if (strpbrk(event->line.text, "\r\n") != NULL)
        conversation_add(self, event, "bare-line-end", NULL);
    self->protocol->hear_client(self, event);
}

/* A handshake before any line is implicit TLS (RFC 8314 §3.3); it is a fact of the hop's first
 * events already. */
static void
find_implicit_tls(Conversation *self, const MailsimEvent *event)
{
    if (event->kind != MAILSIM_EVENT_LINE && event->kind != MAILSIM_EVENT_HANDSHAKE) {
        conversation_hold(self, self->prelude, event);
        return;
    }
    self->implicit_tls = event->kind == MAILSIM_EVENT_HANDSHAKE;
    for (guint i = 0; i < self->prelude->len && self->implicit_tls; i++)
        conversation_add(self, g_ptr_array_index(self->prelude, i), "implicit-tls", NULL);
    end_prelude(self);
}

/* What a server decides by itself does not end the waiting. */
static gboolean
shows_life(const MailsimEvent *event)
{
    return event->kind == MAILSIM_EVENT_CONNECTED || event->kind == MAILSIM_EVENT_LINE ||
           event->kind == MAILSIM_EVENT_HANDSHAKE;
}

static void
hear_login(Conversation *self, const MailsimEvent *event)
{
    if (event->login.accepted)
        self->judgement = "accepted";
    else if (g_strcmp0(event->login.judge, "cyrus") == 0)
        self->judgement = "cyrus";
    else
        self->judgement = self->password != NULL ? "refused" : "no-password";
    if (g_str_equal(self->judgement, "no-password"))
        conversation_add(self, event, "no-password", NULL);
}

void
conversation_hear(Conversation *self, const MailsimEvent *event)
{
    if (self->prelude != NULL)
        find_implicit_tls(self, event);
    if (event->kind == MAILSIM_EVENT_CERTIFICATE)
        self->announced = event->certificate.announced != NULL;
    if (event->kind == MAILSIM_EVENT_SECURED)
        self->secured = TRUE;
    if (event->kind == MAILSIM_EVENT_LOGIN)
        hear_login(self, event);
    describe_hop(self, event);
    if (event->kind == MAILSIM_EVENT_LOGIN && event->login.user == NULL)
        conversation_add_value(self, event, "user", self->user);
    if (event->kind == MAILSIM_EVENT_CLOSED)
        hear_end(self, event);
    if (event->kind == MAILSIM_EVENT_LINE)
        hear_line(self, event);
    if (shows_life(event))
        self->before_us = event->time_us;
}
