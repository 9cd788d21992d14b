/* SPDX-License-Identifier: MIT
 *
 * Messages inside conversations: what DATA announces, and what is fetched. Where the reader has
 * seen one on an earlier hop already, only what is new of it deserves the eye. */
#include "conversation-private.h"

#include <string.h>

/* What is remembered of what an open recording tells: octets of a message, and messages. A line
 * costs more than what is in it. */
#define OCTETS_HELD_MAX   (256 * 1024)
#define LINE_OCTETS       1024
#define MESSAGES_HELD_MAX 64

gboolean
conversation_has_message(const Conversation *self)
{
    return self->message->len > 0;
}

static void
forget_lines(Conversation *self)
{
    conversation_let_go(self, self->message, self->message->len);
    self->n_octets = 0;
}

void
conversation_begin_message(Conversation *self, gboolean in_body)
{
    self->in_body = in_body;
    forget_lines(self);
    g_clear_pointer(&self->header, g_free);
    g_clear_pointer(&self->message_id, g_free);
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
        conversation_add(self, event, "folded", NULL);
    }
    conversation_add(self, event, "header", NULL);
    if (self->header != NULL)
        conversation_add(self, event, "field", self->header);
    if (strstr(text, "=?UTF-8?") != NULL)
        conversation_add(self, event, "encoded-word", NULL);
    if (strstr(text, "(using TLS") != NULL)
        conversation_add(self, event, "using-tls", NULL);
    if (self->header != NULL && self->message_id == NULL &&
        g_ascii_strcasecmp(self->header, "Message-ID") == 0)
        self->message_id = g_strdup(text);
    const char *with = strstr(text, " with ");
    if (g_strcmp0(self->header, "Received") != 0 || with == NULL)
        return;
    g_auto(GStrv) words = g_strsplit(with + strlen(" with "), " ", 2);
    conversation_add(self, event, "with", words[0]);
}

static void
remember_line(Conversation *self, const MailsimEvent *event)
{
    self->n_octets += LINE_OCTETS + strlen(event->line.text);
    if (!reading_is_open(self->reading) || self->n_octets <= OCTETS_HELD_MAX)
        conversation_hold(self, self->message, event);
    else
        conversation_let_go(self, self->message, self->message->len);
}

void
conversation_hear_message(Conversation *self, const MailsimEvent *event)
{
    const char *text = event->line.text;

    conversation_add(self, event, "message", NULL);
    remember_line(self, event);
    if (self->in_body) {
        conversation_add(self, event, "body", NULL);
        if (*text == '.')
            conversation_add(self, event, "stuffed", NULL);
    } else if (*text == '\0') {
        conversation_add(self, event, "blank", NULL);
        self->in_body = TRUE;
    } else {
        hear_header(self, event);
    }
}

/* --- what has been seen before ------------------------------------------------------------ */

typedef struct {
    MailsimReading *reading; /* borrowed */
    GPtrArray *lines;        /* of MailsimEvent, held */
    gboolean stuffed;        /* a dot stands before each that begins with one */
} SeenMessage;

static void
free_seen_message(gpointer data)
{
    SeenMessage *message = data;

    for (guint i = 0; i < message->lines->len; i++)
        reading_let_go(message->reading, g_ptr_array_index(message->lines, i));
    g_ptr_array_unref(message->lines);
    g_free(message);
}

GHashTable *
conversation_new_messages(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_seen_message);
}

/* Without the dot that SMTP and POP3 put before one (RFC 5321 §4.5.2); IMAP counts octets. */
static const char *
peek_line(const GPtrArray *message, guint from_end, gboolean stuffed)
{
    const MailsimEvent *event = g_ptr_array_index(message, message->len - 1 - from_end);
    const char *text = event->line.text;

    return stuffed && *text == '.' ? text + 1 : text;
}

static gboolean
is_stuffed(const Conversation *self)
{
    return self->protocol != &conversation_imap;
}

/* A server puts its lines on top, so what both ends have in common is what came before. */
static void
tell_new_lines(Conversation *self, const GPtrArray *earlier, gboolean earlier_is_stuffed)
{
    const gboolean stuffed = is_stuffed(self);
    guint n_same = 0;

    while (earlier != NULL && n_same < self->message->len && n_same < earlier->len &&
           strcmp(peek_line(self->message, n_same, stuffed),
                  peek_line(earlier, n_same, earlier_is_stuffed)) == 0)
        n_same++;
    for (guint i = 0; i < self->message->len; i++) {
        const gboolean is_new = i + n_same < self->message->len;
        conversation_add(self, g_ptr_array_index(self->message, i), is_new ? "new" : "repeated",
                         NULL);
    }
}

void
conversation_compare_message(Conversation *self, const Conversation *earlier)
{
    tell_new_lines(self, earlier != NULL ? earlier->message : NULL,
                   earlier != NULL && is_stuffed(earlier));
}

/* Who fetches headers has not shown the message. */
static gboolean
has_body(const Conversation *self)
{
    const MailsimEvent *last = self->message->len == 0
                                   ? NULL
                                   : g_ptr_array_index(self->message, self->message->len - 1);

    return last != NULL && mailsim_reading_holds(self->reading, last->sequence, "body");
}

void
conversation_remember_message(Conversation *self, const MailsimEvent *event)
{
    GHashTable *messages = reading_get_messages(self->reading, event);
    SeenMessage *message;

    if (messages == NULL || self->message_id == NULL || !has_body(self))
        return;
    if (reading_is_open(self->reading) && g_hash_table_size(messages) >= MESSAGES_HELD_MAX)
        g_hash_table_remove_all(messages);
    message = g_new0(SeenMessage, 1);
    message->reading = self->reading;
    message->lines = g_ptr_array_new();
    message->stuffed = is_stuffed(self);
    for (guint i = 0; i < self->message->len; i++)
        conversation_hold(self, message->lines, g_ptr_array_index(self->message, i));
    g_hash_table_replace(messages, g_strdup(self->message_id), message);
}

void
conversation_end_fetched(Conversation *self, const MailsimEvent *event)
{
    GHashTable *messages = reading_get_messages(self->reading, event);
    const SeenMessage *earlier = messages == NULL || self->message_id == NULL
                                     ? NULL
                                     : g_hash_table_lookup(messages, self->message_id);

    if (earlier != NULL)
        tell_new_lines(self, earlier->lines, earlier->stuffed);
    else
        tell_new_lines(self, NULL, FALSE);
    conversation_remember_message(self, event);
    forget_lines(self);
}
