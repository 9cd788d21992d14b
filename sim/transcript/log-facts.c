/* SPDX-License-Identifier: MIT
 *
 * Facts of lines of mail logs: part of facts.c. What a line means is said in its words; here
 * are those that notes ask for. */
#include "reading-private.h"

#include <string.h>

#include "log-kind.h"

/* What follows WORDS in TEXT, up to one of ENDS; NULL: they are not in it. Free with
 * g_free(). */
static char *
dup_after(const char *text, const char *words, const char *ends)
{
    const char *found = strstr(text, words);

    if (found == NULL)
        return NULL;
    found += strlen(words);
    return g_strndup(found, strcspn(found, ends));
}

/* “rcpt=0/1”: was any command refused, of those that a conversation is summed up in? */
static gboolean
has_refusals(const char *text)
{
    g_autofree char *commands = dup_after(text, " commands=", " ");

    return commands != NULL && strchr(commands, '/') != NULL;
}

void
log_facts_read(MailsimReading *self, const MailsimEvent *event)
{
    const char *text = event->log.text;
    const LogKind kind = log_kind_find(event);
    g_autofree char *status = kind == LOG_STATUS ? dup_after(text, ", status=", " ") : NULL;

    reading_add_fact(self, event, "log", log_kind_name(kind));
    reading_add_fact(self, event, "program", log_get_daemon(event));
    if (log_has_queue_id(event))
        reading_add_fact(self, event, "queue-id", NULL);
    if (status != NULL)
        reading_add_fact(self, event, "status", status);
    if (kind == LOG_STATUS && reading_hear_keyword(self, event, event->party, "log"))
        reading_add_fact(self, event, "again", NULL);
    if (kind == LOG_DISCONNECT && has_refusals(text))
        reading_add_fact(self, event, "refusals", NULL);
    if (kind == LOG_TLS && strstr(text, " TLS connection established ") != NULL) {
        g_autofree char *word = g_strndup(text, strcspn(text, " "));
        reading_add_fact(self, event, "proof", word);
    }
}
