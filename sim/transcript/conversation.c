/* SPDX-License-Identifier: MIT
 *
 * The lines of one hop, read in order: which command a reply answers (also under pipelining),
 * what is message and no command, what an EHLO reply offers, what a password exchange says once
 * base64 is undone. It knows SMTP as a listener does; the sessions know it as speakers. */
#include "reading-private.h"

#include <string.h>

#include <mailsim/base/sasl-response.h>

/* A reply that has taken longer has been held back: no link of the lab's is that slow. */
#define LATE_US (900 * MAILSIM_MILLISECOND)

struct Conversation {
    MailsimReading *reading; /* borrowed */
    const MailsimHop *hop;   /* borrowed */

    gboolean implicit_tls;
    GPtrArray *prelude; /* of MailsimEvent, borrowed: before the first line; NULL after it */
    gboolean announced; /* the client knew beforehand what the certificate had to fit */
    gboolean secured;
    gboolean authenticated;

    MailsimTime before_us; /* of the line before, either side's, or what came in its place */
    GQueue *unanswered;    /* of char *: the verbs that wait for a reply, oldest first */
    gboolean reply_open;   /* in the middle of a reply of several lines */
    gboolean response_due; /* after 334 the next line is no command */
    char *mechanism;       /* of the AUTH that is going on */
    char *user;
    char *password;
    const char *judgement; /* of the last password: “accepted”, “refused”, “cyrus”, which
                              knows none, or “no-password”: none has come */

    gboolean offered;    /* the last command was EHLO */
    gboolean goodbye;    /* it was QUIT */
    gboolean awaits_tls; /* STARTTLS was answered by yes */
    gboolean in_message;
    gboolean in_body;
    char *header;       /* name of the header field that the next line may continue */
    GPtrArray *message; /* of MailsimEvent, borrowed: the lines of the last message */

    GPtrArray *offers;    /* of char *: keywords of the EHLO reply, with their arguments */
    GPtrArray *ehlo_ends; /* of MailsimEvent, borrowed: last lines of the replies to EHLO */
};

Conversation *
conversation_new(MailsimReading *reading, const MailsimHop *hop)
{
    Conversation *self = g_new0(Conversation, 1);

    self->reading = reading;
    self->hop = hop;
    self->prelude = g_ptr_array_new();
    self->unanswered = g_queue_new();
    self->message = g_ptr_array_new();
    self->offers = g_ptr_array_new_with_free_func(g_free);
    self->ehlo_ends = g_ptr_array_new();
    g_queue_push_tail(self->unanswered, g_strdup("CONNECT"));
    return self;
}

void
conversation_free(Conversation *self)
{
    g_clear_pointer(&self->prelude, g_ptr_array_unref);
    g_queue_free_full(self->unanswered, g_free);
    g_ptr_array_unref(self->message);
    g_ptr_array_unref(self->offers);
    g_ptr_array_unref(self->ehlo_ends);
    g_free(self->header);
    g_free(self->mechanism);
    g_free(self->user);
    g_free(self->password);
    g_free(self);
}

gboolean
conversation_has_message(const Conversation *self)
{
    return self->message->len > 0;
}

static void
add(Conversation *self, const MailsimEvent *event, const char *name, const char *value)
{
    reading_add_fact(self->reading, event, name, value);
}

/* --- passwords ---------------------------------------------------------------------------- */

static void
read_response(Conversation *self, const MailsimEvent *event, const char *text)
{
    gboolean complete = FALSE;

    add(self, event, "mechanism", self->mechanism);
    reading_add_value(self->reading, event, "base64", text);
    reading_add_value(self->reading, event, "mechanism", self->mechanism);
    if (g_strcmp0(self->mechanism, "PLAIN") == 0)
        complete = mailsim_sasl_response_read_plain(text, &self->user, &self->password);
    else if (g_strcmp0(self->mechanism, "LOGIN") == 0)
        complete = mailsim_sasl_response_read_login(text, &self->user, &self->password);
    if (!complete)
        return;
    add(self, event, "decoded", NULL);
    reading_add_value(self->reading, event, "user", self->user);
    reading_add_value(self->reading, event, "password", self->password);
}

static void
begin_auth(Conversation *self, const MailsimEvent *event, char **words)
{
    g_clear_pointer(&self->mechanism, g_free);
    g_clear_pointer(&self->user, g_free);
    g_clear_pointer(&self->password, g_free);
    if (words[0] == NULL || words[1] == NULL)
        return;
    self->mechanism = g_ascii_strup(words[1], -1);
    read_response(self, event, words[2] != NULL ? words[2] : "");
}

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
        reading_add_value(self->reading, event, name, path);
    const char *at = strrchr(path, '@');
    if (at != NULL)
        reading_add_value(self->reading, event, "domain", at + 1);
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
            reading_add_value(self->reading, event, "size", equals + 1);
    }
}

static void
hear_command(Conversation *self, const MailsimEvent *event)
{
    g_auto(GStrv) words = g_strsplit(event->line.text, " ", -1);
    g_autofree char *verb = g_ascii_strup(words[0] != NULL ? words[0] : "", -1);

    if (!g_utf8_validate(verb, -1, NULL))
        g_clear_pointer(&verb, g_free);
    self->goodbye = g_strcmp0(verb, "QUIT") == 0;
    if (self->goodbye && self->offered && self->ehlo_ends->len > 0)
        add(self, g_ptr_array_index(self->ehlo_ends, self->ehlo_ends->len - 1), "quit-follows",
            NULL);
    self->offered = g_strcmp0(verb, "EHLO") == 0;
    add(self, event, "command", NULL);
    add(self, event, "verb", verb != NULL ? verb : "?");
    if (!g_queue_is_empty(self->unanswered) && !self->hop->typed)
        add(self, event, "pipelined", NULL);
    if (self->offered) {
        if (self->ehlo_ends->len > 0)
            add(self, event, "again", NULL);
        reading_add_value(self->reading, event, "name", words[1]);
    } else if (g_strcmp0(verb, "STARTTLS") == 0 && self->ehlo_ends->len > 0) {
        add(self, g_ptr_array_index(self->ehlo_ends, self->ehlo_ends->len - 1),
            "starttls-follows", NULL);
    } else if (g_strcmp0(verb, "AUTH") == 0) {
        begin_auth(self, event, words);
    } else if (g_strcmp0(verb, "MAIL") == 0) {
        read_path(self, event, "sender");
        read_parameters(self, event, words + 1);
    } else if (g_strcmp0(verb, "RCPT") == 0) {
        read_path(self, event, "recipient");
        read_parameters(self, event, words + 1);
    }
    g_queue_push_tail(self->unanswered, g_strdup(verb != NULL ? verb : "?"));
}

static void
hear_header(Conversation *self, const MailsimEvent *event)
{
    const char *text = event->line.text;
    const char *colon = strchr(text, ':');

    if (*text != ' ' && *text != '\t') {
        g_free(self->header);
        self->header = colon == NULL ? NULL : g_utf8_make_valid(text, colon - text);
    } else {
        add(self, event, "folded", NULL);
    }
    add(self, event, "header", NULL);
    if (self->header != NULL)
        add(self, event, "field", self->header);
    if (strstr(text, "=?UTF-8?") != NULL)
        add(self, event, "encoded-word", NULL);
    if (strstr(text, "(using TLS") != NULL)
        add(self, event, "using-tls", NULL);
    const char *with = strstr(text, " with ");
    if (g_strcmp0(self->header, "Received") != 0 || with == NULL)
        return;
    g_auto(GStrv) words = g_strsplit(with + strlen(" with "), " ", 2);
    add(self, event, "with", words[0]);
}

static void
hear_message(Conversation *self, const MailsimEvent *event)
{
    const char *text = event->line.text;

    add(self, event, "message", NULL);
    if (strcmp(text, ".") == 0) {
        add(self, event, "end", NULL);
        self->in_message = FALSE;
        g_queue_push_tail(self->unanswered, g_strdup("message"));
        return;
    }
    g_ptr_array_add(self->message, (gpointer)event);
    if (self->in_body) {
        add(self, event, "body", NULL);
        if (*text == '.')
            add(self, event, "stuffed", NULL);
    } else if (*text == '\0') {
        add(self, event, "blank", NULL);
        self->in_body = TRUE;
    } else {
        hear_header(self, event);
    }
}

static void
hear_response(Conversation *self, const MailsimEvent *event)
{
    self->response_due = FALSE;
    add(self, event, "response", NULL);
    read_response(self, event, event->line.text);
    g_queue_push_tail(self->unanswered, g_strdup("AUTH"));
}

/* --- what the server says ----------------------------------------------------------------- */

/* The EHLO before, on this same connection, did not bring it. */
static gboolean
is_new_offer(const Conversation *self, const char *keyword)
{
    g_autofree char *lacking = g_strdup_printf("!offers=%s", keyword);
    const guint n_earlier = self->ehlo_ends->len;

    if (n_earlier == 0)
        return FALSE;
    const MailsimEvent *earlier = g_ptr_array_index(self->ehlo_ends, n_earlier - 1);
    return mailsim_reading_holds(self->reading, earlier->sequence, lacking);
}

/* “250-AUTH PLAIN LOGIN”: the line by itself; the list is summed up on its last line. */
static void
hear_keyword(Conversation *self, const MailsimEvent *event)
{
    const char *text = event->line.text + 4;

    g_auto(GStrv) words = g_strsplit(text, " ", 2);
    add(self, event, "keyword", words[0]);
    if (g_strcmp0(words[0], "AUTH") == 0)
        reading_add_value(self->reading, event, "mechanisms", words[1]);
    if (g_strcmp0(words[0], "SIZE") == 0)
        reading_add_value(self->reading, event, "size", words[1]);
    if (reading_hear_keyword(self->reading, event, self->hop->to_fqdn, text))
        add(self, event, "repeated", NULL);
    if (is_new_offer(self, words[0]))
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
    for (guint i = 0; auth && i < self->ehlo_ends->len; i++)
        add(self, g_ptr_array_index(self->ehlo_ends, i), "auth-later", NULL);
    g_ptr_array_add(self->ehlo_ends, (gpointer)event);
    g_ptr_array_set_size(self->offers, 0);
}

static gboolean
is_reply(const char *text)
{
    return g_ascii_isdigit(text[0]) && g_ascii_isdigit(text[1]) && g_ascii_isdigit(text[2]) &&
           (text[3] == '\0' || text[3] == ' ' || text[3] == '-');
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
    reading_add_value(self->reading, event, "code", code);
    if (strlen(text) < 9)
        return;
    const gsize length = strspn(text + 4, "0123456789.");
    if (length < 5 || text[4 + 1] != '.')
        return;
    g_autofree char *enhanced = g_strndup(text + 4, length);
    add(self, event, "enhanced", enhanced);
    reading_add_value(self->reading, event, "enhanced", enhanced);
}

/* “334 VXNlcm5hbWU6”: what AUTH LOGIN asks for. */
static void
read_prompt(Conversation *self, const MailsimEvent *event)
{
    const char *text = event->line.text;
    g_autoptr(GBytes) decoded =
        strlen(text) > 4 ? mailsim_sasl_response_decode(text + 4) : NULL;

    if (decoded == NULL)
        return;
    gsize n_bytes = 0;
    const char *bytes = g_bytes_get_data(decoded, &n_bytes);
    g_autofree char *asked = g_utf8_make_valid(bytes, (gssize)n_bytes);
    reading_add_value(self->reading, event, "prompt", asked);
    reading_add_value(self->reading, event, "base64", text + 4);
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
        self->in_body = FALSE;
        g_ptr_array_set_size(self->message, 0);
        g_clear_pointer(&self->header, g_free);
    }
    if (strcmp(verb, "AUTH") == 0 && *text == '3') {
        self->response_due = TRUE;
        read_prompt(self, event);
    }
    if (strcmp(verb, "AUTH") == 0 && *text == '2')
        self->authenticated = TRUE;
    if (strcmp(verb, "STARTTLS") == 0 && *text == '2')
        self->awaits_tls = TRUE;
    if (strcmp(verb, "AUTH") == 0 && self->judgement != NULL)
        add(self, event, self->judgement, NULL);
}

static void
hear_reply(Conversation *self, const MailsimEvent *event)
{
    const char *text = event->line.text;
    const char *verb = g_queue_peek_head(self->unanswered);

    add(self, event, "reply", NULL);
    add(self, event, "reply-to", verb != NULL ? verb : "nothing");
    if (event->time_us - self->before_us >= LATE_US)
        add(self, event, "late", NULL);
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
    g_free(g_queue_pop_head(self->unanswered));
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

    add(self, event, name_client(self->hop), NULL);
    add(self, event, "port", port);
    add(self, event, "service", self->hop->service);
    add(self, event, self->secured ? "secured" : "clear", NULL);
    if (self->announced && event->kind != MAILSIM_EVENT_CERTIFICATE)
        add(self, event, "announced", NULL);
    if (self->implicit_tls)
        add(self, event, "implicit-tls", NULL);
    if (self->authenticated)
        add(self, event, "authenticated", NULL);
    if (self->hop->resumed)
        add(self, event, "resumed", NULL);
    if (self->hop->tls_version != NULL)
        add(self, event, "version", self->hop->tls_version);
    if (self->hop->trust != NULL)
        add(self, event, "trust", self->hop->trust);
    if (self->hop->tls_failure != NULL)
        add(self, event, "failure", self->hop->tls_failure);
    if (self->hop->fell_back)
        add(self, event, "fall-back", NULL);
}

static void
hear_end(Conversation *self, const MailsimEvent *event)
{
    if (self->goodbye)
        add(self, event, "goodbye", NULL);
    if (self->awaits_tls && !self->secured)
        add(self, event, "awaits-tls", NULL);
    if (self->in_message)
        add(self, event, "unfinished", NULL);
    if (g_strcmp0(g_queue_peek_head(self->unanswered), "CONNECT") == 0)
        add(self, event, "ungreeted", NULL);
}

static void
hear_line(Conversation *self, const MailsimEvent *event)
{
    if (event->line.direction == MAILSIM_DIRECTION_OUT &&
        strpbrk(event->line.text, "\r\n") != NULL)
        add(self, event, "bare-line-end", NULL);
    if (event->line.direction == MAILSIM_DIRECTION_IN)
        hear_reply(self, event);
    else if (self->in_message)
        hear_message(self, event);
    else if (self->response_due)
        hear_response(self, event);
    else
        hear_command(self, event);
}

/* A handshake before any line is implicit TLS (RFC 8314 §3.3); it is a fact of the hop's first
 * events already. */
static void
find_implicit_tls(Conversation *self, const MailsimEvent *event)
{
    if (event->kind != MAILSIM_EVENT_LINE && event->kind != MAILSIM_EVENT_HANDSHAKE) {
        g_ptr_array_add(self->prelude, (gpointer)event);
        return;
    }
    self->implicit_tls = event->kind == MAILSIM_EVENT_HANDSHAKE;
    for (guint i = 0; i < self->prelude->len && self->implicit_tls; i++)
        add(self, g_ptr_array_index(self->prelude, i), "implicit-tls", NULL);
    g_clear_pointer(&self->prelude, g_ptr_array_unref);
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
        add(self, event, "no-password", NULL);
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
        reading_add_value(self->reading, event, "user", self->user);
    if (event->kind == MAILSIM_EVENT_CLOSED)
        hear_end(self, event);
    if (event->kind == MAILSIM_EVENT_LINE)
        hear_line(self, event);
    if (shows_life(event))
        self->before_us = event->time_us;
}

static const char *
peek_line(const Conversation *self, guint from_end)
{
    const MailsimEvent *event =
        g_ptr_array_index(self->message, self->message->len - 1 - from_end);

    return event->line.text;
}

/* A server puts its lines on top, so what both ends have in common is what came before. */
void
conversation_compare_message(Conversation *self, const Conversation *earlier)
{
    guint n_same = 0;

    while (earlier != NULL && n_same < self->message->len && n_same < earlier->message->len &&
           strcmp(peek_line(self, n_same), peek_line(earlier, n_same)) == 0)
        n_same++;
    for (guint i = 0; i < self->message->len; i++) {
        const gboolean is_new = i + n_same < self->message->len;
        add(self, g_ptr_array_index(self->message, i), is_new ? "new" : "repeated", NULL);
    }
}
