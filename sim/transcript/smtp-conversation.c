/* SPDX-License-Identifier: MIT
 *
 * SMTP as a listener reads it (RFC 5321): which command a reply answers, what is message and no
 * command, what an EHLO reply offers. */
#include "conversation-private.h"

#include <string.h>

#define add conversation_add

/* --- what the client says ----------------------------------------------------------------- */

/* “<ana@iesgn.example>” out of “FROM:<ana@iesgn.example>”. */
static void
read_path(Conversation *self, const MailsimEvent *event, const char *name)
{
    const char *open = strchr(event->line.text, '<');
    const char *close = open == NULL ? NULL : strchr(open, '>');

    if (close == NULL)
        return;
    g_autofree char *path = g_utf8_make_valid(open + 1, close - open - 1);
    if (*path != '\0')
        conversation_add_value(self, event, name, path);
    const char *at = strrchr(path, '@');
    if (at != NULL)
        conversation_add_value(self, event, "domain", at + 1);
}

static void
read_parameters(Conversation *self, const MailsimEvent *event, char **words)
{
    for (char **word = words; *word != NULL; word++) {
        const char *equals = strchr(*word, '=');
        if (equals == NULL || equals == *word || strchr(*word, '<') != NULL)
            continue;
        g_autofree char *name = g_strndup(*word, (gsize)(equals - *word));
        add(self, event, "parameter", name);
        if (strcmp(name, "SIZE") == 0)
            conversation_add_value(self, event, "size", equals + 1);
    }
}

static void
hear_command(Conversation *self, const MailsimEvent *event)
{
    g_auto(GStrv) words = g_strsplit(event->line.text, " ", -1);
    g_autofree char *verb = g_ascii_strup(words[0] != NULL ? words[0] : "", -1);

    conversation_hear_verb(self, event, NULL, verb);
    if (self->offered) {
        conversation_add_value(self, event, "name", words[1]);
    } else if (strcmp(verb, "AUTH") == 0) {
        conversation_begin_sasl(self, event, words[1], words[1] != NULL ? words[2] : NULL);
    } else if (strcmp(verb, "MAIL") == 0) {
        read_path(self, event, "sender");
        read_parameters(self, event, words + 1);
    } else if (strcmp(verb, "RCPT") == 0) {
        read_path(self, event, "recipient");
        read_parameters(self, event, words + 1);
    }
}

static void
hear_message(Conversation *self, const MailsimEvent *event)
{
    if (strcmp(event->line.text, ".") != 0) {
        conversation_hear_message(self, event);
        return;
    }
    add(self, event, "message", NULL);
    add(self, event, "end", NULL);
    conversation_remember_message(self, event);
    self->in_message = FALSE;
    conversation_await(self, NULL, "message");
}

static void
hear_client(Conversation *self, const MailsimEvent *event)
{
    if (self->in_message)
        hear_message(self, event);
    else if (self->response_due)
        conversation_hear_response(self, event, "AUTH");
    else
        hear_command(self, event);
}

/* --- what the server says ----------------------------------------------------------------- */

/* “250-AUTH PLAIN LOGIN”: the line by itself; the list is summed up on its last line. */
static void
hear_keyword(Conversation *self, const MailsimEvent *event)
{
    const char *text = event->line.text + 4;

    g_auto(GStrv) words = g_strsplit(text, " ", 2);
    add(self, event, "keyword", words[0]);
    if (g_strcmp0(words[0], "AUTH") == 0)
        conversation_add_value(self, event, "mechanisms", words[1]);
    if (g_strcmp0(words[0], "SIZE") == 0)
        conversation_add_value(self, event, "size", words[1]);
    if (reading_hear_keyword(self->reading, event, self->hop->to_fqdn, text))
        add(self, event, "repeated", NULL);
    if (conversation_is_new_offer(self, words[0]))
        add(self, event, "new", NULL);
    g_ptr_array_add(self->offers, g_strdup(text));
}

static void
sum_up_ehlo(Conversation *self, const MailsimEvent *event)
{
    gboolean auth = FALSE;

    for (guint i = 0; i < self->offers->len; i++) {
        g_auto(GStrv) words = g_strsplit(g_ptr_array_index(self->offers, i), " ", -1);
        add(self, event, "offers", words[0]);
        if (strcmp(words[0], "AUTH") != 0)
            continue;
        auth = TRUE;
        for (char **word = words + 1; *word != NULL; word++)
            add(self, event, "mechanism", *word);
    }
    conversation_end_list(self, event, auth);
}

static gboolean
is_reply(const char *text)
{
    return g_ascii_isdigit(text[0]) && g_ascii_isdigit(text[1]) && g_ascii_isdigit(text[2]) &&
           (text[3] == '\0' || text[3] == ' ' || text[3] == '-');
}

/* RFC 5321 §4.2.1 */
static const char *
name_result(char first_digit)
{
    return first_digit == '2' ? "ok" : first_digit == '3' ? "go-on" : "no";
}

/* postconf(5), the smtpd_client_*_limit: what smtpd(8) says beyond them. */
static void
find_excess(Conversation *self, const MailsimEvent *event)
{
    static const struct {
        const char *words;
        const char *excess;
    } rows[] = {
        {"Error: too many connections from ",      "connections" },
        {"Error: too much mail from ",             "messages"    },
        {"Error: too many recipients from ",       "recipients"  },
        {"Error: too many AUTH commands from ",    "logins"      },
        {"Error: too many new TLS sessions from ", "tls-sessions"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strstr(event->line.text, rows[i].words) != NULL)
            add(self, event, "excess", rows[i].excess);
    }
}

/* RFC 3463 §2: class "." subject "." detail */
static void
read_codes(Conversation *self, const MailsimEvent *event)
{
    const char *text = event->line.text;
    g_autofree char *code = g_strndup(text, 3);
    g_autofree char *class = g_strndup(text, 1);

    add(self, event, "code", code);
    add(self, event, "class", class);
    add(self, event, "result", name_result(*text));
    conversation_add_value(self, event, "code", code);
    if (*text == '4')
        find_excess(self, event);
    if (strlen(text) < 9)
        return;
    const gsize length = strspn(text + 4, "0123456789.");
    if (length < 5 || text[4 + 1] != '.')
        return;
    g_autofree char *enhanced = g_strndup(text + 4, length);
    add(self, event, "enhanced", enhanced);
    conversation_add_value(self, event, "enhanced", enhanced);
}

/* The last line of a reply settles what it answers. */
static void
settle(Conversation *self, const MailsimEvent *event, const char *verb)
{
    const char *text = event->line.text;

    add(self, event, "last", NULL);
    if (strcmp(verb, "EHLO") == 0 && *text == '2')
        sum_up_ehlo(self, event);
    if (strcmp(verb, "DATA") == 0 && *text == '3') {
        self->in_message = TRUE;
        conversation_begin_message(self, FALSE);
    }
    if (strcmp(verb, "AUTH") == 0 && *text == '3') {
        self->response_due = TRUE;
        conversation_read_prompt(self, event, strlen(text) > 4 ? text + 4 : "");
    }
    if (strcmp(verb, "STARTTLS") == 0 && *text == '2')
        self->awaits_tls = TRUE;
    if (strcmp(verb, "AUTH") == 0)
        conversation_conclude_login(self, event, *text == '2');
}

static void
hear_server(Conversation *self, const MailsimEvent *event)
{
    const char *text = event->line.text;
    const char *verb = conversation_peek_verb(self);

    conversation_hear_reply_to(self, event, verb);
    if (!is_reply(text))
        return;
    read_codes(self, event);
    if (!self->reply_open)
        add(self, event, "first", NULL);
    else if (g_strcmp0(verb, "EHLO") == 0)
        hear_keyword(self, event);
    self->reply_open = text[3] == '-';
    if (self->reply_open || verb == NULL)
        return;
    settle(self, event, verb);
    conversation_settle(self, NULL);
}

const ConversationProtocol conversation_smtp = {
    .protocol = "smtp",
    .hear_client = hear_client,
    .hear_server = hear_server,
};
