/* SPDX-License-Identifier: MIT
 *
 * What the IMAP server says, and what it leaves in the log. Whatever it does takes a
 * millisecond: Dovecot says so behind each reply. */
#include "imap-server-private.h"

#include <string.h>

#define TAKEN       "(0.001 + 0.000 secs)"
#define N_BAD_MAX   20
#define TOO_MANY    "Too many invalid IMAP commands."
#define IDLE_LOCKED 0.001

void
mailsim_imap_server_say(MailsimImapServer *server, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_string_append_vprintf(server->out, format, arguments);
    va_end(arguments);
    g_string_append(server->out, "\r\n");
}

static void
forget_command(MailsimImapServer *server)
{
    g_free(server->last_name);
    server->last_name = g_steal_pointer(&server->name);
    server->last_us = mailsim_imap_server_get_now(server);
    g_clear_pointer(&server->tag, g_free);
    mailsim_imap_reader_clear(&server->reader);
    server->command = NULL;
}

void
mailsim_imap_server_finish(MailsimImapServer *server, const char *format, ...)
{
    va_list arguments;

    g_string_append_printf(server->out, "%s ", server->tag);
    va_start(arguments, format);
    g_string_append_vprintf(server->out, format, arguments);
    va_end(arguments);
    g_string_append(server->out, " " TAKEN ".\r\n");
    server->n_bad = 0;
    forget_command(server);
}

void
mailsim_imap_server_fail(MailsimImapServer *server, const char *problem)
{
    g_string_append_printf(server->out, "%s BAD Error in IMAP %s",
                           server->tag != NULL ? server->tag : "*",
                           server->tag != NULL ? "command" : "tag");
    if (server->name != NULL)
        g_string_append_printf(server->out, " %s", server->name);
    g_string_append_printf(server->out, ": %s " TAKEN ".\r\n", problem);
    forget_command(server);
    if (++server->n_bad == N_BAD_MAX)
        mailsim_imap_server_say_bye(server, TOO_MANY);
}

void
mailsim_imap_server_say_bye(MailsimImapServer *server, const char *reason)
{
    mailsim_imap_server_say(server, "* BYE %s", reason);
    mailsim_imap_server_log_end(server, reason);
}

/* ---- the log ----------------------------------------------------------------------------- */

void
mailsim_imap_server_log_end(MailsimImapServer *server, const char *reason)
{
    const MailsimImapServerTally *tally = &server->tally;
    g_autofree char *text = NULL;

    if (server->ended)
        return;
    server->ended = TRUE;
    if (server->policy == NULL || server->policy->log == NULL)
        return;
    text = g_strdup_printf(
        "Disconnected: %s in=%" G_GUINT64_FORMAT " out=%" G_GUINT64_FORMAT
        " deleted=%" G_GUINT64_FORMAT " expunged=%" G_GUINT64_FORMAT
        " trashed=0 hdr_count=%" G_GUINT64_FORMAT " hdr_bytes=%" G_GUINT64_FORMAT
        " body_count=%" G_GUINT64_FORMAT " body_bytes=%" G_GUINT64_FORMAT,
        reason, tally->n_in - server->n_behind,
        tally->n_out + (server->out != NULL ? server->out->len : 0), tally->n_deleted,
        tally->n_expunged, tally->fetched.hdr_count, tally->fetched.hdr_bytes,
        tally->fetched.body_count, tally->fetched.body_bytes);
    server->policy->log(server->data, text);
}

static double
count_seconds_since(const MailsimImapServer *server, MailsimTime time_us)
{
    return (double)(mailsim_imap_server_get_now(server) - time_us) / G_USEC_PER_SEC;
}

/* “c SELECT INB”: Dovecot obeys SELECT as soon as it has read the blank. NULL: there is no
 * command in it. */
static const char *
find_begun_command(const char *left, gsize n_left)
{
    g_autofree char *text = g_strndup(left, n_left);
    g_auto(GStrv) words = g_strsplit(text, " ", 4);
    const MailsimImapServerCommand *command;
    g_autofree char *name = NULL;

    if (g_strv_length(words) < 3)
        return NULL;
    name = g_ascii_strup(words[1], -1);
    command = mailsim_imap_server_find_command(name);
    return command != NULL ? command->name : NULL;
}

static char *
describe_loss(MailsimImapServer *server, const char *left, gsize n_left)
{
    const MailsimImapServerAppend *append = &server->append;
    const double waited = count_seconds_since(server, server->input_us);
    const char *running = server->name;

    switch (server->state) {
    case MAILSIM_IMAP_EXPECT_MESSAGE:
        if (!append->refused) {
            const MailsimImapServerAppended *last =
                g_ptr_array_index(append->messages, append->messages->len - 1);

            return g_strdup_printf(
                "While APPENDing: %u msgs, %.0f secs, %" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT
                " bytes",
                append->messages->len, count_seconds_since(server, append->begun_us),
                last->text->len + n_left, last->text->len + append->n_missing);
        }
        break;
    case MAILSIM_IMAP_EXPECT_DONE:
        return g_strdup_printf(
            "IDLE running for 0.001 + waiting input for %.3f secs, %.3f in locks, 2 B in + "
            "%" G_GUINT64_FORMAT " B out, state=wait-input",
            waited, IDLE_LOCKED, server->tally.n_out - server->idle.n_out_before);
    case MAILSIM_IMAP_EXPECT_COMMAND:
        running = find_begun_command(left, n_left);
        break;
    case MAILSIM_IMAP_EXPECT_ARGUMENTS:
    case MAILSIM_IMAP_EXPECT_LITERAL:
    case MAILSIM_IMAP_EXPECT_LINE_END:
        break;
    }
    if (running != NULL)
        return g_strdup_printf(
            "%s running for 0.001 + waiting input for %.3f secs, 0 B in + 0 B out, "
            "state=wait-input",
            running, waited);
    if (server->last_name == NULL)
        return g_strdup("No commands sent");
    return g_strdup_printf("%s finished %.3f secs ago", server->last_name,
                           count_seconds_since(server, server->last_us));
}

void
mailsim_imap_server_log_loss(MailsimImapServer *server, const char *left, gsize n_left)
{
    g_autofree char *what = describe_loss(server, left, n_left);
    g_autofree char *reason = g_strdup_printf("Connection closed (%s)", what);

    mailsim_imap_server_log_end(server, reason);
}

/* ---- strings ----------------------------------------------------------------------------- */

/* astring = 1*ASTRING-CHAR / string                                          RFC 3501 §9 */
void
mailsim_imap_server_append_astring(GString *out, const char *text)
{
    gboolean plain = *text != '\0' && g_ascii_strcasecmp(text, "NIL") != 0;

    for (const char *c = text; *c != '\0' && plain; c++)
        plain = (guchar)*c > ' ' && (guchar)*c < 0x7f && strchr("(){%*\"\\", *c) == NULL;
    if (plain)
        g_string_append(out, text);
    else
        mailsim_imap_append_string(out, text);
}
