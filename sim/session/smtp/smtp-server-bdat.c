/* SPDX-License-Identifier: MIT
 *
 * BDAT (RFC 3030 §2) as Postfix answers it. A chunk that is refused is read all the same, or
 * its bytes would be taken for commands. */
#include "smtp-server-private.h"

#include <string.h>

#include <mailsim/protocol/message.h>

#define reply mailsim_smtp_server_reply

/* However large the chunk is said to be, no more than this is waited for at a time. */
#define PIECE_MAX_BYTES 65536

/* bdat-cmd = "BDAT" SP chunk-size [SP end-marker] CRLF                      RFC 3030 §2 */
static gboolean
parse_chunk(const char *argument, MailsimSmtpChunking *chunking)
{
    gsize n_digits = strspn(argument, "0123456789");
    const char *marker = argument + n_digits + strspn(argument + n_digits, " \t");
    guint64 size;

    if (n_digits == 0 || (marker == argument + n_digits && marker[0] != '\0'))
        return FALSE;
    if (marker[0] != '\0' && g_ascii_strcasecmp(marker, "LAST") != 0)
        return FALSE;
    size = g_ascii_strtoull(argument, NULL, 10);
    if (size > G_MAXINT64)
        return FALSE;
    chunking->chunk_size = size;
    chunking->last = marker[0] != '\0';
    return TRUE;
}

gsize
mailsim_smtp_server_count_bare_newlines(const GString *content, gsize start)
{
    gsize n_newlines = 0;

    for (gsize i = start; i < content->len; i++)
        n_newlines += content->str[i] == '\n' && (i == 0 || content->str[i - 1] != '\r');
    return n_newlines;
}

/* NULL: the chunk is taken. */
static char *
refuse_chunk(MailsimSmtpServer *server)
{
    const MailsimSmtpChunking *chunking = &server->chunking;
    gsize limit = server->options.message_size_limit;

    if (chunking->chunk_size == 0 && !chunking->last) {
        mailsim_smtp_server_log(server, "warning: %s: null BDAT request from %s",
                                mailsim_smtp_server_get_queue_id(server),
                                server->options.client);
        return g_strdup("551 5.7.1 Null BDAT request");
    }
    if (chunking->failed)
        return g_strdup_printf("551 5.0.0 Discarded %" G_GSIZE_FORMAT
                               " bytes after earlier error",
                               chunking->chunk_size);
    if (server->envelope.sender == NULL)
        return g_strdup("503 5.5.1 Error: need RCPT command");
    if (server->envelope.recipients->len == 0)
        return g_strdup("554 5.5.1 Error: no valid recipients");
    if (!chunking->begun) {
        char *refusal = mailsim_smtp_server_check(server, MAILSIM_STAGE_DATA, NULL);

        if (refusal != NULL)
            return refusal;
    }
    if (limit > 0 && (chunking->chunk_size > limit ||
                      server->text.content->len > limit - chunking->chunk_size)) {
        mailsim_smtp_server_log(
            server, "warning: %s: BDAT request from %s exceeds message size limit",
            mailsim_smtp_server_get_queue_id(server), server->options.client);
        return g_strdup("552 5.3.4 Chunk exceeds message size limit");
    }
    return NULL;
}

/* As Postfix counts: each line with a CR LF, whichever line end it came with, and so each of
 * the pieces into which a long one is cut. Behind a full piece the line end makes one more,
 * which is not there when the last line is UNFINISHED. */
static gsize
measure_on_wire(const MailsimSmtpServer *server, GBytes *message, gboolean unfinished)
{
    gsize limit = server->options.line_length_limit;
    gsize length;
    const char *text = g_bytes_get_data(message, &length);
    const char *end = text + length;
    gsize size = 0;

    while (text < end) {
        const char *line_feed = memchr(text, '\n', (gsize)(end - text));
        gsize line_length = (gsize)((line_feed != NULL ? line_feed : end) - text);
        gboolean open = unfinished && text + line_length + 1 == end;

        size += line_length + 2 * ((line_length - (open ? 1 : 0)) / limit + 1);
        text += line_length + 1;
    }
    return size;
}

static void
take_message(MailsimSmtpServer *server, GString *out)
{
    MailsimSmtpChunking *chunking = &server->chunking;
    const GString *content = server->text.content;
    g_autoptr(GBytes) message = mailsim_message_from_chunks(content->str, content->len);
    g_autofree char *queue_id =
        mailsim_smtp_server_take_message(server, message, &chunking->refusal);
    gboolean unfinished = content->len > 0 && content->str[content->len - 1] != '\n';

    if (queue_id == NULL)
        reply(out, chunking->refusal);
    else
        g_string_append_printf(out, "250 2.0.0 Ok: %" G_GSIZE_FORMAT " bytes queued as %s\r\n",
                               measure_on_wire(server, message, unfinished), queue_id);
}

static MailsimWant
finish_chunk(MailsimSmtpServer *server, GString *out)
{
    MailsimSmtpChunking *chunking = &server->chunking;

    server->state = MAILSIM_SMTP_EXPECT_COMMAND;
    if (chunking->refusal == NULL && chunking->last)
        chunking->refusal =
            mailsim_smtp_server_check(server, MAILSIM_STAGE_END_OF_MESSAGE, NULL);
    if (chunking->refusal != NULL)
        reply(out, chunking->refusal);
    else if (chunking->last)
        take_message(server, out);
    else
        g_string_append_printf(out, "250 2.0.0 Ok: %" G_GSIZE_FORMAT " bytes\r\n",
                               chunking->chunk_size);
    chunking->failed = chunking->refusal != NULL;
    g_clear_pointer(&chunking->refusal, g_free);
    if (chunking->last)
        mailsim_smtp_server_reset_transaction(server);
    return MAILSIM_WANT_LINE;
}

MailsimWant
mailsim_smtp_server_do_bdat(MailsimSmtpServer *server,
                            const MailsimSmtpCommand *command,
                            GString *out)
{
    MailsimSmtpChunking *chunking = &server->chunking;

    if (mailsim_smtp_server_discards(server, "CHUNKING"))
        return reply(out, "521 5.5.1 Error: command not implemented");
    if (!parse_chunk(command->argument, chunking)) {
        mailsim_smtp_server_log(
            server, "warning: %s: malformed BDAT command syntax from %s: BDAT%s%s",
            mailsim_smtp_server_get_queue_id(server), server->options.client,
            command->argument[0] != '\0' ? " " : "", command->argument);
        /* How much to read over is not known: there is no going on. */
        return reply(out, "521 5.5.4 Syntax: BDAT count [LAST]");
    }
    chunking->refusal = refuse_chunk(server);
    chunking->begun = TRUE;
    chunking->n_missing = chunking->chunk_size;
    if (chunking->n_missing == 0)
        return finish_chunk(server, out);
    server->state = MAILSIM_SMTP_EXPECT_CHUNK;
    return MAILSIM_WANT_BYTES;
}

gsize
mailsim_smtp_server_count_chunk_bytes(const MailsimSmtpServer *server)
{
    return MIN(server->chunking.n_missing, PIECE_MAX_BYTES);
}

MailsimWant
mailsim_smtp_server_hear_chunk(MailsimSmtpServer *server,
                               const MailsimInput *input,
                               GString *out)
{
    MailsimSmtpChunking *chunking = &server->chunking;

    if (chunking->refusal == NULL) {
        gsize start = server->text.content->len;

        server->envelope.where = "BDAT content";
        g_string_append_len(server->text.content, input->text, (gssize)input->length);
        chunking->refusal = mailsim_smtp_server_refuse_bare_newline(
            server, mailsim_smtp_server_count_bare_newlines(server->text.content, start) > 0);
    }
    chunking->n_missing -= input->length;
    return chunking->n_missing > 0 ? MAILSIM_WANT_BYTES : finish_chunk(server, out);
}
