/* SPDX-License-Identifier: MIT
 *
 * POP3 as a listener reads it (RFC 1939): which command a reply answers, which replies have
 * several lines, and what is a message among them. */
#include "conversation-private.h"

#include <string.h>

#define add       conversation_add
#define add_value conversation_add_value

/* A reply with lines behind it: each of them, and all at once. */
typedef struct {
    const char *verb;
    gboolean only_bare; /* only without an argument */
    void (*hear_line)(Conversation *self, const MailsimEvent *event);
    void (*hear_end)(Conversation *self, const MailsimEvent *event);
} Listing;

typedef struct {
    const Listing *listing; /* that is being told; NULL: none is */
} Speech;

static gpointer
create(void)
{
    return g_new0(Speech, 1);
}

/* --- replies of several lines ------------------------------------------------------------- */

/* “SASL PLAIN LOGIN”: the line by itself; the list is summed up on its last line. */
static void
hear_capability(Conversation *self, const MailsimEvent *event)
{
    g_autofree char *text = g_utf8_make_valid(event->line.text, -1);
    g_auto(GStrv) words = g_strsplit(text, " ", 2);

    add(self, event, "keyword", words[0]);
    if (g_strcmp0(words[0], "SASL") == 0) {
        if (words[1] == NULL || *words[1] == '\0')
            add(self, event, "nothing", NULL);
        add_value(self, event, "mechanisms", words[1]);
    }
    if (reading_hear_keyword(self->reading, event, self->hop->to_fqdn, text))
        add(self, event, "repeated", NULL);
    if (conversation_is_new_offer(self, text))
        add(self, event, "new", NULL);
    g_ptr_array_add(self->offers, g_strdup(text));
}

/* Each keyword, and the whole line where it has arguments: “SASL PLAIN” is more than SASL. */
static void
end_capabilities(Conversation *self, const MailsimEvent *event)
{
    gboolean tells_passwords = FALSE;

    for (guint i = 0; i < self->offers->len; i++) {
        const char *offer = g_ptr_array_index(self->offers, i);
        g_auto(GStrv) words = g_strsplit(offer, " ", -1);

        add(self, event, "offers", offer);
        if (words[0] != NULL && words[1] != NULL)
            add(self, event, "offers", words[0]);
        if (g_strcmp0(words[0], "USER") == 0)
            tells_passwords = TRUE;
        if (g_strcmp0(words[0], "SASL") != 0)
            continue;
        for (char **word = words + 1; *word != NULL; word++)
            add(self, event, "mechanism", *word);
        tells_passwords = tells_passwords || (words[1] != NULL && *words[1] != '\0');
    }
    conversation_end_list(self, event, tells_passwords);
}

/* “1 00000001696e4a90” */
static void
hear_listed(Conversation *self, const MailsimEvent *event)
{
    g_autofree char *text = g_utf8_make_valid(event->line.text, -1);
    g_auto(GStrv) words = g_strsplit(text, " ", 2);

    add(self, event, "listed", NULL);
    add_value(self, event, "number", words[0]);
}

static const Listing listings[] = {
    {"CAPA", FALSE, hear_capability,           end_capabilities        },
    {"LIST", TRUE,  hear_listed,               NULL                    },
    {"UIDL", TRUE,  hear_listed,               NULL                    },
    {"RETR", FALSE, conversation_hear_message, conversation_end_fetched},
    {"TOP",  FALSE, conversation_hear_message, conversation_end_fetched},
};

/* BARE: the command had no argument. NULL: the reply has one line. */
static const Listing *
find_listing(const char *verb, gboolean bare)
{
    for (guint i = 0; i < G_N_ELEMENTS(listings); i++) {
        if (g_strcmp0(verb, listings[i].verb) == 0 && (bare || !listings[i].only_bare))
            return &listings[i];
    }
    return NULL;
}

/* --- what the client says ----------------------------------------------------------------- */

static void
hear_pass(Conversation *self, const MailsimEvent *event, const char *password)
{
    g_free(self->password);
    self->password = g_strdup(password);
    if (self->user != NULL && password != NULL)
        conversation_read_password(self, event);
}

static void
hear_command(Conversation *self, const MailsimEvent *event)
{
    g_auto(GStrv) words = g_strsplit(event->line.text, " ", 2);
    g_autofree char *verb = g_ascii_strup(words[0] != NULL ? words[0] : "", -1);
    const char *argument = words[0] != NULL ? words[1] : NULL;

    /* Whether it has an argument decides how many lines the reply has: that is its tag. */
    conversation_hear_verb(self, event, argument, verb);
    if (g_str_equal(verb, "USER")) {
        conversation_begin_sasl(self, event, NULL, NULL);
        self->user = g_strdup(argument);
        add_value(self, event, "user", argument);
    } else if (g_str_equal(verb, "PASS")) {
        hear_pass(self, event, argument);
    } else if (g_str_equal(verb, "AUTH")) {
        g_auto(GStrv) parts = g_strsplit(argument != NULL ? argument : "", " ", 2);
        conversation_begin_sasl(self, event, parts[0], parts[0] != NULL ? parts[1] : NULL);
    } else if (argument != NULL) {
        add_value(self, event, "number", argument);
    }
}

static void
hear_client(Conversation *self, const MailsimEvent *event)
{
    if (self->response_due)
        conversation_hear_response(self, event, "AUTH");
    else
        hear_command(self, event);
}

/* --- what the server says ----------------------------------------------------------------- */

static void
hear_listing(Conversation *self, const MailsimEvent *event)
{
    Speech *speech = self->speech;
    const Listing *listing = speech->listing;

    if (strcmp(event->line.text, ".") != 0) {
        listing->hear_line(self, event);
        return;
    }
    conversation_hear_reply_to(self, event, listing->verb);
    add(self, event, "end", NULL);
    add(self, event, "last", NULL);
    if (listing->hear_end != NULL)
        listing->hear_end(self, event);
    speech->listing = NULL;
}

/* “-ERR [AUTH] Authentication failed.” (RFC 2449 §8) */
static void
read_code(Conversation *self, const MailsimEvent *event)
{
    const char *open = strstr(event->line.text, " [");
    const char *close = open == NULL ? NULL : strchr(open, ']');

    if (close == NULL)
        return;
    g_autofree char *code = g_utf8_make_valid(open + 2, close - open - 2);
    add(self, event, "code", code);
    add_value(self, event, "code", code);
}

static const char *
name_result(const char *text)
{
    if (g_str_has_prefix(text, "+OK"))
        return "ok";
    if (g_str_has_prefix(text, "-ERR"))
        return "no";
    return g_str_has_prefix(text, "+") ? "go-on" : NULL;
}

/* “+OK 2 412” */
static void
read_stat(Conversation *self, const MailsimEvent *event)
{
    g_auto(GStrv) words = g_strsplit(event->line.text, " ", 3);

    if (g_strv_length(words) < 3)
        return;
    add_value(self, event, "count", words[1]);
    add_value(self, event, "size", words[2]);
}

static void
settle(Conversation *self, const MailsimEvent *event, const char *verb, const char *result)
{
    const gboolean ok = g_str_equal(result, "ok");
    const gboolean go_on = g_str_equal(result, "go-on");

    if (ok && g_str_equal(verb, "STAT"))
        read_stat(self, event);
    if (g_str_equal(verb, "STLS"))
        self->awaits_tls = ok;
    if (g_str_equal(verb, "DELE") || g_str_equal(verb, "RSET"))
        self->deletes = ok ? g_str_equal(verb, "DELE") : self->deletes;
    if (g_str_equal(verb, "AUTH") && go_on) {
        self->response_due = TRUE;
        conversation_read_prompt(self, event,
                                 event->line.text + MIN(strlen(event->line.text), 2));
    }
    if (g_str_equal(verb, "AUTH") || g_str_equal(verb, "PASS"))
        conversation_conclude_login(self, event, ok);
}

static void
hear_reply(Conversation *self, const MailsimEvent *event)
{
    Speech *speech = self->speech;
    const Command *command = g_queue_peek_head(self->unanswered);
    g_autofree char *verb = command != NULL ? g_strdup(command->verb) : NULL;
    const gboolean bare = command != NULL && command->tag == NULL;
    const char *result = name_result(event->line.text);

    conversation_hear_reply_to(self, event, verb);
    if (result == NULL)
        return;
    add(self, event, "first", NULL);
    add(self, event, "result", result);
    read_code(self, event);
    if (verb == NULL)
        return;
    conversation_settle(self, NULL);
    if (g_str_equal(result, "ok"))
        speech->listing = find_listing(verb, bare);
    if (speech->listing == NULL) {
        add(self, event, "last", NULL);
        settle(self, event, verb, result);
    } else {
        conversation_begin_message(self, FALSE);
    }
}

static void
hear_server(Conversation *self, const MailsimEvent *event)
{
    if (((const Speech *)self->speech)->listing != NULL)
        hear_listing(self, event);
    else
        hear_reply(self, event);
}

const ConversationProtocol conversation_pop3 = {
    .protocol = "pop3",
    .create = create,
    .destroy = g_free,
    .hear_client = hear_client,
    .hear_server = hear_server,
};
