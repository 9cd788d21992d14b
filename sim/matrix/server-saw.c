/* SPDX-License-Identifier: MIT
 *
 * What smtpd's log sums up in “disconnect from”: how often each command came, and how often it
 * was obeyed, where that is less (“starttls=0/1”). Read from the lines of a connection. */
#include "matrix-private.h"

#include <string.h>

static const char *const verbs[] = {"ehlo", "starttls", "mail", "rcpt", "data", "rset", "quit"};

#define NO_VERB G_N_ELEMENTS(verbs)

typedef struct {
    guint seen[G_N_ELEMENTS(verbs)];
    guint obeyed[G_N_ELEMENTS(verbs)];
    GQueue waiting; /* verbs whose reply has not come yet */
    gboolean in_text;
} Count;

static guint
find_verb(const char *line)
{
    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (g_ascii_strncasecmp(line, verbs[i], strlen(verbs[i])) == 0)
            return i;
    }
    return NO_VERB;
}

static void
hear_client(Count *count, const char *line)
{
    guint verb;

    if (count->in_text) {
        count->in_text = !g_str_equal(line, ".");
        return;
    }
    verb = find_verb(line);
    if (verb == NO_VERB)
        return;
    count->seen[verb]++;
    g_queue_push_tail(&count->waiting, GUINT_TO_POINTER(verb));
}

/* The greeting answers nothing. The text follows the reply 354, and one more reply the text. */
static void
hear_server(Count *count, const char *line)
{
    guint verb;

    if (strlen(line) > 3 && line[3] == '-')
        return;
    if (g_str_has_prefix(line, "354")) {
        count->in_text = TRUE;
        return;
    }
    if (g_queue_is_empty(&count->waiting))
        return;
    verb = GPOINTER_TO_UINT(g_queue_pop_head(&count->waiting));
    if (line[0] == '2')
        count->obeyed[verb]++;
}

static void
append_count(GString *out, const char *name, guint obeyed, guint seen)
{
    if (obeyed == seen)
        g_string_append_printf(out, "%s=%u", name, seen);
    else
        g_string_append_printf(out, "%s=%u/%u", name, obeyed, seen);
}

void
matrix_append_server_saw(const MailsimRecording *recording, const MailsimHop *hop, GString *out)
{
    Count count = {.waiting = G_QUEUE_INIT};
    guint seen = 0;
    guint obeyed = 0;

    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind != MAILSIM_EVENT_LINE || event->hop != (int)hop->index)
            continue;
        if (event->line.direction == MAILSIM_DIRECTION_OUT)
            hear_client(&count, event->line.text);
        else
            hear_server(&count, event->line.text);
    }
    g_queue_clear(&count.waiting);
    /* A client does not wait for the answer to QUIT; and 220 promises a handshake, no more. */
    count.obeyed[find_verb("quit")] = count.seen[find_verb("quit")];
    if (!hop->encrypted)
        count.obeyed[find_verb("starttls")] = 0;
    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
        seen += count.seen[i];
        obeyed += count.obeyed[i];
        if (count.seen[i] == 0)
            continue;
        append_count(out, verbs[i], count.obeyed[i], count.seen[i]);
        g_string_append_c(out, ' ');
    }
    append_count(out, "commands", obeyed, seen);
}
