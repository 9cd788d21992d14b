/* SPDX-License-Identifier: MIT
 *
 * IMAP as a listener reads it (RFC 3501): which command a line answers, by its tag; what a
 * server tells untagged; what is a literal's octets and no line of the protocol. */
#include "conversation-private.h"

#include <string.h>

#include <mailsim/protocol/imap-command.h>

#define NESTING_MAX 8 /* of parentheses, in what is read here */

#define add       conversation_add
#define add_value conversation_add_value

/* Octets that one side has announced, as {512}, and that are still to come. */
typedef struct {
    gsize left;
    gboolean is_open;
    gboolean is_message; /* not a name or a password */
} Literal;

typedef struct {
    GString *command; /* what the client has said of it so far, literals included */
    Literal sent;
    Literal received;
    gboolean idle; /* the next line ends an IDLE */
} Speech;

static gpointer
create(void)
{
    Speech *speech = g_new0(Speech, 1);

    speech->command = g_string_new(NULL);
    return speech;
}

static void
destroy(gpointer data)
{
    Speech *speech = data;

    g_string_free(speech->command, TRUE);
    g_free(speech);
}

/* --- literals ----------------------------------------------------------------------------- */

static void
begin_literal(Conversation *self, const MailsimEvent *event, Literal *literal, gboolean message)
{
    const char *text = event->line.text;
    g_autofree char *octets = NULL;
    gboolean synchronizing;

    literal->is_open =
        mailsim_imap_find_literal(text, strlen(text), &literal->left, &synchronizing);
    if (!literal->is_open)
        return;
    literal->is_message = message;
    octets = g_strdup_printf("%" G_GSIZE_FORMAT, literal->left);
    add(self, event, "literal", synchronizing ? "waits" : NULL);
    add_value(self, event, "size", octets);
}

/* A line, of which the first octets, or all, belong to LITERAL. Where it ends inside of this
 * line the rest is lent; NULL: there is none. A line end is two octets. */
static const char *
hear_literal(Conversation *self, const MailsimEvent *event, Literal *literal)
{
    const char *text = event->line.text;
    const gsize length = strlen(text);
    const gsize n_taken = MIN(literal->left, length);

    if (literal->is_message && literal->left > 0)
        conversation_hear_message(self, event);
    else if (literal->left > 0)
        add(self, event, "literal", NULL);
    if (literal->left >= length + 2) {
        literal->left -= length + 2;
        return NULL;
    }
    literal->is_open = FALSE;
    if (literal->is_message)
        conversation_end_fetched(self, event);
    return text + n_taken;
}

/* --- what the client says ----------------------------------------------------------------- */

static gboolean
is_fetch(const char *verb)
{
    return g_str_equal(verb, "FETCH") || g_str_equal(verb, "UID FETCH");
}

static gboolean
is_store(const char *verb)
{
    return g_str_equal(verb, "STORE") || g_str_equal(verb, "UID STORE");
}

static const char *
peek_text(const MailsimImapCommand *command, guint index)
{
    const MailsimImapArgument *argument =
        index < command->arguments->len ? g_ptr_array_index(command->arguments, index) : NULL;

    return argument != NULL ? argument->text : NULL;
}

/* The atoms of an argument that may be a list: “FLAGS”, or “(UID FLAGS)”. */
static void
add_atoms(Conversation *self,
          const MailsimEvent *event,
          const char *fact,
          const MailsimImapCommand *command,
          guint index)
{
    const MailsimImapArgument *argument =
        index < command->arguments->len ? g_ptr_array_index(command->arguments, index) : NULL;

    if (argument != NULL && argument->text != NULL)
        add(self, event, fact, argument->text);
    for (guint i = 0; argument != NULL && argument->items != NULL && i < argument->items->len;
         i++) {
        const MailsimImapArgument *item = g_ptr_array_index(argument->items, i);
        if (item->text != NULL)
            add(self, event, fact, item->text);
    }
}

static void
hear_login(Conversation *self, const MailsimEvent *event, const MailsimImapCommand *command)
{
    const char *user = peek_text(command, 0);
    const char *password = peek_text(command, 1);

    conversation_begin_sasl(self, event, NULL, NULL);
    if (user == NULL || password == NULL)
        return;
    self->user = g_strdup(user);
    self->password = g_strdup(password);
    conversation_read_password(self, event);
}

/* It is whole: its last line tells what all of it says. */
static void
read_arguments(Conversation *self, const MailsimEvent *event, const char *verb)
{
    const Speech *speech = self->speech;
    const gboolean by_uid = g_str_has_prefix(verb, "UID ");
    g_auto(MailsimImapCommand) command = {0};

    mailsim_imap_command_parse(speech->command->str, speech->command->len, NESTING_MAX,
                               &command);
    if (command.problem != NULL || command.arguments == NULL)
        return;
    if (g_str_equal(verb, "LOGIN")) {
        hear_login(self, event, &command);
    } else if (g_str_equal(verb, "SELECT") || g_str_equal(verb, "EXAMINE")) {
        add_value(self, event, "mailbox", peek_text(&command, 0));
    } else if (is_fetch(verb)) {
        add_value(self, event, "number", peek_text(&command, by_uid ? 1 : 0));
        add_atoms(self, event, "item", &command, by_uid ? 2 : 1);
    } else if (is_store(verb)) {
        add_value(self, event, "number", peek_text(&command, by_uid ? 1 : 0));
        add_atoms(self, event, "item", &command, by_uid ? 2 : 1);
        add_atoms(self, event, "flag", &command, by_uid ? 3 : 2);
    } else if (g_str_equal(verb, "AUTHENTICATE")) {
        conversation_begin_sasl(self, event, peek_text(&command, 0), peek_text(&command, 1));
    }
}

/* The verb of the command that is being said; “UID FETCH” is one. Free with g_free(). */
static char *
dup_verb(const char *command)
{
    g_auto(GStrv) words = g_strsplit_set(command, " \r", 4);
    g_autofree char *verb = NULL;

    if (words[0] == NULL || words[1] == NULL)
        return NULL;
    verb = g_ascii_strup(words[1], -1);
    if (!g_str_equal(verb, "UID") || words[2] == NULL)
        return g_steal_pointer(&verb);
    g_autofree char *second = g_ascii_strup(words[2], -1);
    return g_strdup_printf("%s %s", verb, second);
}

/* “a1 LOGIN {3}”, and the lines behind its literals. */
static void
go_on_with_command(Conversation *self, const MailsimEvent *event, const char *text)
{
    Speech *speech = self->speech;
    g_autofree char *verb = NULL;

    g_string_append(speech->command, text);
    verb = dup_verb(speech->command->str);
    begin_literal(self, event, &speech->sent, g_strcmp0(verb, "APPEND") == 0);
    if (speech->sent.is_open && speech->sent.is_message)
        conversation_begin_message(self, FALSE);
    if (speech->sent.is_open)
        g_string_append(speech->command, "\r\n");
    else if (verb != NULL)
        read_arguments(self, event, verb);
}

static void
hear_command(Conversation *self, const MailsimEvent *event)
{
    Speech *speech = self->speech;
    const char *text = event->line.text;
    g_autofree char *tag = g_strndup(text, strcspn(text, " "));
    g_autofree char *verb = dup_verb(text);

    g_string_truncate(speech->command, 0);
    conversation_hear_verb(self, event, tag, verb);
    add_value(self, event, "tag", tag);
    go_on_with_command(self, event, text);
}

static void
hear_own_literal(Conversation *self, const MailsimEvent *event)
{
    Speech *speech = self->speech;
    const gboolean is_message = speech->sent.is_message;
    const char *rest = hear_literal(self, event, &speech->sent);

    if (rest == NULL) {
        if (!is_message)
            g_string_append_printf(speech->command, "%s\r\n", event->line.text);
        return;
    }
    if (is_message)
        return;
    g_string_append_len(speech->command, event->line.text, rest - event->line.text);
    go_on_with_command(self, event, rest);
}

static void
hear_client(Conversation *self, const MailsimEvent *event)
{
    Speech *speech = self->speech;

    if (speech->sent.is_open) {
        hear_own_literal(self, event);
    } else if (self->response_due) {
        conversation_hear_response(self, event, NULL);
    } else if (speech->idle) {
        speech->idle = FALSE;
        add(self, event, "command", NULL);
        add(self, event, "verb", "DONE");
    } else {
        hear_command(self, event);
    }
}

/* --- what the server says ----------------------------------------------------------------- */

static void
end_list(Conversation *self, const MailsimEvent *event, const char *list)
{
    g_auto(GStrv) words = g_strsplit(list, " ", -1);
    gboolean tells_passwords = FALSE;

    for (char **word = words; *word != NULL; word++) {
        const char *equals = strchr(*word, '=');

        if (conversation_is_new_offer(self, *word))
            add(self, event, "new", *word);
        add(self, event, "offers", *word);
        if (!g_str_has_prefix(*word, "AUTH="))
            continue;
        add(self, event, "mechanism", equals + 1);
        tells_passwords = TRUE;
    }
    conversation_end_list(self, event, tells_passwords);
    self->offered = TRUE; /* also where nobody has asked */
}

/* “[UIDVALIDITY 1768208400] UIDs valid”: the code, and what stands behind it
 * (RFC 3501 §7.1). */
static void
read_code(Conversation *self, const MailsimEvent *event, const char *text)
{
    const char *end = *text == '[' ? strchr(text, ']') : NULL;

    if (end == NULL)
        return;
    g_autofree char *inside = g_utf8_make_valid(text + 1, end - text - 1);
    g_auto(GStrv) words = g_strsplit(inside, " ", 2);
    if (words[0] == NULL)
        return;
    add(self, event, "code", words[0]);
    add_value(self, event, "code", words[0]);
    if (g_str_equal(words[0], "CAPABILITY") && words[1] != NULL)
        end_list(self, event, words[1]);
    else if (words[1] != NULL)
        add_value(self, event, "number", words[1]);
}

static const char *
name_result(const char *word)
{
    static const char *const results[][2] = {
        {"OK",  "ok" },
        {"NO",  "no" },
        {"BAD", "bad"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(results); i++) {
        if (g_ascii_strcasecmp(word, results[i][0]) == 0)
            return results[i][1];
    }
    return NULL;
}

/* What TEXT says of flags: “FLAGS (\Seen \Deleted)”. */
static void
read_flags(Conversation *self, const MailsimEvent *event, const char *text)
{
    const char *open = strstr(text, "FLAGS (");
    const char *close = open == NULL ? NULL : strchr(open, ')');

    if (close == NULL)
        return;
    open += strlen("FLAGS (");
    g_autofree char *inside = g_utf8_make_valid(open, close - open);
    g_auto(GStrv) flags = g_strsplit(inside, " ", -1);
    for (char **flag = flags; *flag != NULL; flag++)
        add(self, event, "flag", *flag);
}

/* Does the literal that ends LINE hold a message, or a part of one? *IN_BODY: one without a
 * header. */
static gboolean
announces_message(const char *line, gboolean *in_body)
{
    const char *brace = strrchr(line, '{');
    const char *item = NULL;
    static const char *const items[] = {" BODY[", "(BODY[", " RFC822", "(RFC822"};

    for (guint i = 0; i < G_N_ELEMENTS(items) && brace != NULL; i++) {
        const char *found = g_strrstr_len(line, brace - line, items[i]);
        item = found != NULL && (item == NULL || found > item) ? found : item;
    }
    *in_body = item != NULL && (g_str_has_prefix(item + 1, "BODY[TEXT]") ||
                                g_str_has_prefix(item + 1, "RFC822.TEXT") ||
                                g_ascii_isdigit(item[1 + strlen("BODY[")]));
    return item != NULL;
}

static void
go_on_with_data(Conversation *self, const MailsimEvent *event, const char *text)
{
    Speech *speech = self->speech;
    gboolean in_body;
    const gboolean is_message = announces_message(text, &in_body);

    begin_literal(self, event, &speech->received, is_message);
    if (speech->received.is_open && is_message)
        conversation_begin_message(self, in_body);
}

/* Is WHAT part of the answer to VERB? All else is news. */
static gboolean
is_asked_for(const char *what, const char *verb)
{
    if (verb == NULL)
        return FALSE;
    if (g_str_equal(what, "FETCH"))
        return is_fetch(verb) || is_store(verb);
    if (g_str_equal(what, "EXPUNGE"))
        return g_str_equal(verb, "EXPUNGE");
    return g_str_equal(verb, "SELECT") || g_str_equal(verb, "EXAMINE");
}

/* “* 3 EXISTS”, “* 1 FETCH (FLAGS (\Seen))”. */
static void
hear_numbered(Conversation *self, const MailsimEvent *event, char **words)
{
    const char *what = words[1] != NULL ? words[1] : "?";

    add(self, event, "untagged", what);
    add_value(self, event, "number", words[0]);
    add_value(self, event, "count", words[0]);
    if (!is_asked_for(what, conversation_peek_verb(self)))
        add(self, event, "unasked", NULL);
    if (g_str_equal(words[0], "0"))
        add(self, event, "nothing", NULL);
    if (g_str_equal(what, "FETCH") && words[2] != NULL)
        read_flags(self, event, words[2]);
}

static void
hear_untagged(Conversation *self, const MailsimEvent *event)
{
    g_autofree char *text = g_utf8_make_valid(event->line.text + 2, -1);
    g_auto(GStrv) words = g_strsplit(text, " ", 3);
    const char *verb = conversation_peek_verb(self);
    const char *rest;

    conversation_hear_reply_to(self, event, verb);
    if (words[0] == NULL)
        return;
    rest = text + MIN(strlen(words[0]) + 1, strlen(text));
    if (g_ascii_isdigit(*words[0])) {
        hear_numbered(self, event, words);
    } else {
        add(self, event, "untagged", words[0]);
        if (name_result(words[0]) != NULL)
            add(self, event, "result", name_result(words[0]));
        read_code(self, event, rest);
    }
    if (g_str_equal(words[0], "CAPABILITY"))
        end_list(self, event, rest);
    go_on_with_data(self, event, event->line.text);
    if (g_strcmp0(verb, "CONNECT") == 0)
        conversation_settle(self, NULL);
}

/* “+ ” and what the server wants to hear. */
static void
hear_go_on(Conversation *self, const MailsimEvent *event)
{
    Speech *speech = self->speech;
    const Command *command = g_queue_peek_tail(self->unanswered);
    const char *verb = command != NULL ? command->verb : NULL;
    const char *text = event->line.text;

    conversation_hear_reply_to(self, event, verb);
    add(self, event, "result", "go-on");
    if (speech->sent.is_open)
        return;
    speech->idle = g_strcmp0(verb, "IDLE") == 0;
    self->response_due = g_strcmp0(verb, "AUTHENTICATE") == 0;
    if (self->response_due && strlen(text) > 2)
        conversation_read_prompt(self, event, text + 2);
}

static Command *
find_command(const Conversation *self, const char *tag)
{
    for (GList *link = self->unanswered->head; link != NULL; link = link->next) {
        Command *command = link->data;
        if (g_strcmp0(command->tag, tag) == 0)
            return command;
    }
    return NULL;
}

/* “a1 OK [READ-WRITE] Select completed”: that is all to a1. */
static void
hear_tagged(Conversation *self, const MailsimEvent *event)
{
    g_autofree char *text = g_utf8_make_valid(event->line.text, -1);
    g_auto(GStrv) words = g_strsplit(text, " ", 3);
    Speech *speech = self->speech;
    const Command *command = words[0] != NULL ? find_command(self, words[0]) : NULL;
    const char *result = words[0] != NULL && words[1] != NULL ? name_result(words[1]) : NULL;
    g_autofree char *verb = command != NULL ? g_strdup(command->verb) : NULL;
    const gboolean ok = g_strcmp0(result, "ok") == 0;

    conversation_hear_reply_to(self, event, verb);
    add_value(self, event, "tag", words[0]);
    if (result == NULL || verb == NULL)
        return;
    add(self, event, "first", NULL);
    add(self, event, "last", NULL);
    add(self, event, "result", result);
    if (words[2] != NULL)
        read_code(self, event, words[2]);
    conversation_settle(self, words[0]);
    if (g_str_equal(verb, "STARTTLS"))
        self->awaits_tls = ok;
    if (g_str_equal(verb, "LOGIN") || g_str_equal(verb, "AUTHENTICATE")) {
        self->response_due = FALSE;
        conversation_conclude_login(self, event, ok);
    }
    if (g_str_equal(verb, "IDLE"))
        speech->idle = FALSE;
    if (!ok)
        speech->sent.is_open = FALSE;
}

static void
hear_server(Conversation *self, const MailsimEvent *event)
{
    Speech *speech = self->speech;
    const char *text = event->line.text;

    if (speech->received.is_open) {
        const gboolean had_octets = speech->received.left > 0;
        const char *rest = hear_literal(self, event, &speech->received);
        if (rest == NULL)
            return;
        if (!had_octets)
            conversation_hear_reply_to(self, event, conversation_peek_verb(self));
        add(self, event, "untagged", "FETCH");
        add(self, event, "continued", NULL);
        go_on_with_data(self, event, rest);
    } else if (g_str_has_prefix(text, "* ")) {
        hear_untagged(self, event);
    } else if (*text == '+') {
        hear_go_on(self, event);
    } else {
        hear_tagged(self, event);
    }
}

const ConversationProtocol conversation_imap = {
    .protocol = "imap",
    .create = create,
    .destroy = destroy,
    .hear_client = hear_client,
    .hear_server = hear_server,
};
