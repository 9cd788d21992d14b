/* SPDX-License-Identifier: MIT
 *
 * The lines of one queue id belong together: which they are, who writes to whom, and what became
 * of it. Bounded: of a log of any length only so many messages, lines and recipients are kept. */
#include "log-private.h"

#include <string.h>

#include <mailsim/base/limits.h>

#define LINES_MAX      10
#define RECIPIENTS_MAX 5

typedef struct {
    char *id;
    char *from; /* “<>”; NULL: no line says */
    guint64 lines[LINES_MAX];
    guint n_lines;         /* also those that are not kept */
    GPtrArray *recipients; /* of char *: “bob@x.example” */
    GPtrArray *fates;      /* of char *, beside them: “sent” */
    guint n_left_out;      /* recipients */
    char *next;            /* its id on the next host, or of the message that reports it */
    gboolean removed;
} Message;

struct LogMessages {
    GPtrArray *messages; /* of Message */
    GHashTable *by_id;   /* lent */
    guint64 left_out;    /* messages */
};

static void
free_message(gpointer data)
{
    Message *message = data;

    g_free(message->id);
    g_free(message->from);
    g_ptr_array_unref(message->recipients);
    g_ptr_array_unref(message->fates);
    g_free(message->next);
    g_free(message);
}

LogMessages *
log_messages_new(void)
{
    LogMessages *self = g_new0(LogMessages, 1);

    self->messages = g_ptr_array_new_with_free_func(free_message);
    self->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    return self;
}

void
log_messages_free(LogMessages *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->by_id);
    g_ptr_array_unref(self->messages);
    g_free(self);
}

static Message *
find_message(LogMessages *self, const char *id)
{
    Message *message = g_hash_table_lookup(self->by_id, id);

    if (message != NULL)
        return message;
    if (self->messages->len >= MAILSIM_LOG_MESSAGES_MAX) {
        self->left_out++;
        return NULL;
    }
    message = g_new0(Message, 1);
    message->id = g_strdup(id);
    message->recipients = g_ptr_array_new_with_free_func(g_free);
    message->fates = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(self->messages, message);
    g_hash_table_insert(self->by_id, message->id, message);
    return message;
}

/* What became of one recipient: the last line about him counts. */
static void
note_recipient(Message *message, const char *recipient, const char *fate)
{
    for (guint i = 0; i < message->recipients->len; i++) {
        if (strcmp(g_ptr_array_index(message->recipients, i), recipient) == 0) {
            g_free(g_ptr_array_index(message->fates, i));
            g_ptr_array_index(message->fates, i) = g_strdup(fate);
            return;
        }
    }
    if (message->recipients->len >= RECIPIENTS_MAX) {
        message->n_left_out++;
        return;
    }
    g_ptr_array_add(message->recipients, g_strdup(recipient));
    g_ptr_array_add(message->fates, g_strdup(fate));
}

void
log_messages_add(LogMessages *self, const char *queue_id, guint64 number, GHashTable *values)
{
    Message *message = find_message(self, queue_id);
    const char *from = g_hash_table_lookup(values, "from");
    const char *to = g_hash_table_lookup(values, "to");
    const char *status = g_hash_table_lookup(values, "status");
    const char *next = g_hash_table_lookup(values, "next_id");

    if (message == NULL)
        return;
    if (message->n_lines < LINES_MAX)
        message->lines[message->n_lines] = number;
    message->n_lines++;
    if (from != NULL && message->from == NULL)
        message->from = g_strdup(from);
    if (to != NULL && status != NULL)
        note_recipient(message, to, status);
    if (next != NULL) {
        g_free(message->next);
        message->next = g_strdup(next);
    }
    if (g_hash_table_contains(values, "_removed"))
        message->removed = TRUE;
}

gboolean
log_messages_has_some(const LogMessages *self)
{
    for (guint i = 0; i < self->messages->len; i++) {
        const Message *message = g_ptr_array_index(self->messages, i);
        if (message->n_lines > 1)
            return TRUE;
    }
    return FALSE;
}

/* “2-4, 7” */
static char *
dup_lines(const Message *message)
{
    GString *text = g_string_new(NULL);
    const guint kept = MIN(message->n_lines, LINES_MAX);

    for (guint i = 0; i < kept; i++) {
        guint last = i;

        while (last + 1 < kept && message->lines[last + 1] == message->lines[last] + 1)
            last++;
        g_string_append_printf(text, "%s%" G_GUINT64_FORMAT, i > 0 ? ", " : "",
                               message->lines[i]);
        if (last > i)
            g_string_append_printf(text, "%s%" G_GUINT64_FORMAT, last == i + 1 ? ", " : "-",
                                   message->lines[last]);
        i = last;
    }
    if (message->n_lines > kept)
        g_string_append(text, ", …");
    return g_string_free(text, FALSE);
}

static void
tell_message(const Teller *teller, const Message *message)
{
    MailsimExplanationFact *fact =
        mailsim_explanation_add_fact(teller->explanation, message->id, message->id);
    g_autofree char *lines = dup_lines(message);
    g_autofree char *where =
        g_strdup_printf(message->n_lines > 1 ? teller_say(teller, "lines %s", "líneas %s")
                                             : teller_say(teller, "line %s", "línea %s"),
                        lines);
    g_autoptr(GString) what = g_string_new(NULL);

    if (message->from != NULL)
        g_string_append_printf(what, teller_say(teller, "from %s", "de %s"), message->from);
    for (guint i = 0; i < message->recipients->len; i++)
        g_string_append_printf(what, "%s%s: %s", what->len > 0 ? "; " : "",
                               (char *)g_ptr_array_index(message->recipients, i),
                               (char *)g_ptr_array_index(message->fates, i));
    if (message->n_left_out > 0)
        g_string_append_printf(what, teller_say(teller, "; %u more", "; %u más"),
                               message->n_left_out);
    if (message->next != NULL)
        g_string_append_printf(what, teller_say(teller, "%sgoes on as %s", "%ssigue como %s"),
                               what->len > 0 ? "; " : "", message->next);
    if (message->removed)
        g_string_append_printf(
            what, teller_say(teller, "%sno longer in the queue", "%sya no está en la cola"),
            what->len > 0 ? "; " : "");
    mailsim_explanation_fact_add(fact, where, what->len > 0 ? what->str : NULL);
}

void
log_messages_tell(const LogMessages *self, const Teller *teller)
{
    for (guint i = 0; i < self->messages->len; i++)
        tell_message(teller, g_ptr_array_index(self->messages, i));
    if (self->left_out > 0) {
        g_autofree char *text = g_strdup_printf(
            teller_say(teller, "… and more messages: only the first %d are put together",
                       "… y más mensajes: solo se reúnen los %d primeros"),
            MAILSIM_LOG_MESSAGES_MAX);
        mailsim_explanation_add_text(teller->explanation, text);
    }
}
