/* SPDX-License-Identifier: MIT
 *
 * What the sender's smtp(8) logged of an attempt besides its status, in the record's words. */
#include "matrix-private.h"

#include <string.h>

static gboolean
is_logged(const MailsimEvent *event, const char *sender)
{
    return event->kind == MAILSIM_EVENT_LOG && g_strcmp0(event->party, sender) == 0 &&
           g_str_has_suffix(event->log.program, "/smtp") &&
           strstr(event->log.text, ", status=") == NULL;
}

/* Names and ports that differ from world to world, and queue ids. */
static char *
dup_anonymous(const char *text, const MailsimRecording *recording)
{
    g_autoptr(GRegex) ids = g_regex_new("^[0-9A-F]{8,}: ", 0, 0, NULL);
    g_autoptr(GRegex) domains = g_regex_new("lookup for [a-z.]+/", 0, 0, NULL);
    g_autofree char *without_id = g_regex_replace_literal(ids, text, -1, 0, "", 0, NULL);
    g_autofree char *bare = g_regex_replace_literal(
        domains, without_id, -1, 0, "lookup for <nexthop-domain>:<port>/", 0, NULL);
    GString *line = g_string_new(bare);

    for (guint i = 0; i < recording->parties->len; i++) {
        const MailsimParty *party = g_ptr_array_index(recording->parties, i);

        g_string_replace(line, party->fqdn, "<host>", 0);
        g_string_replace(line, party->address, "<ip>", 0);
    }
    g_string_replace(line, "<host>:25", "<host>:<port>", 0);
    g_string_replace(line, "]:25", "]:<port>", 0);
    g_string_replace(line, "_25._tcp", "_<port>._tcp", 0);
    g_string_replace(line, "lookup for [<host>]/", "lookup for [<host>]:<port>/", 0);
    return g_string_free(line, FALSE);
}

void
matrix_append_log(const MailsimRecording *recording,
                  const char *sender,
                  guint after,
                  guint until,
                  GString *out)
{
    for (guint i = after; i < until; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);
        g_autofree char *line = NULL;

        if (!is_logged(event, sender))
            continue;
        line = dup_anonymous(event->log.text, recording);
        g_string_append_printf(out, "%s%s", out->len > 0 ? "; " : "log: ", line);
    }
}
