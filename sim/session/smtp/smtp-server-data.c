/* SPDX-License-Identifier: MIT
 *
 * DATA, and the message that follows it, line by line: doubled dots, bare line feeds, and the
 * one line that ends it. What Postfix takes for that line is what SMTP smuggling is about:
 * postconf(5) smtpd_forbid_bare_newline. */
#include "smtp-server-private.h"

#include <string.h>

#include <mailsim/protocol/message.h>

#define reply mailsim_smtp_server_reply

MailsimWant
mailsim_smtp_server_do_data(MailsimSmtpServer *server,
                            const MailsimSmtpCommand *command,
                            GString *out)
{
    g_autofree char *refusal = NULL;

    if (server->chunking.begun)
        return reply(out, "503 5.5.1 Error: DATA after BDAT");
    if (server->envelope.recipients->len == 0)
        return reply(out, server->envelope.sender != NULL
                              ? "554 5.5.1 Error: no valid recipients"
                              : "503 5.5.1 Error: need RCPT command");
    if (command->argument[0] != '\0')
        return reply(out, "501 5.5.4 Syntax: DATA");
    refusal = mailsim_smtp_server_check(server, MAILSIM_STAGE_DATA, NULL);
    if (refusal != NULL)
        return reply(out, refusal);
    reply(out, "354 End data with <CR><LF>.<CR><LF>");
    server->state = MAILSIM_SMTP_EXPECT_MESSAGE;
    server->text.last_end = MAILSIM_LINE_END_CRLF;
    return MAILSIM_WANT_TEXT;
}

char *
mailsim_smtp_server_refuse_bare_newline(MailsimSmtpServer *server, gboolean received)
{
    if (!received || server->options.bare_newline != MAILSIM_BARE_NEWLINE_REJECT)
        return NULL;
    mailsim_smtp_server_log_refusal(server, MAILSIM_STAGE_DATA, NULL, "bare <LF> received");
    return g_strdup_printf("550 5.5.2 %s Error: bare <LF> received", server->options.hostname);
}

static char *
refuse_message(MailsimSmtpServer *server)
{
    char *refusal;

    server->envelope.where = "END-OF-MESSAGE";
    if (server->text.too_big)
        return g_strdup("552 5.3.4 Error: message file too big");
    refusal = mailsim_smtp_server_refuse_bare_newline(server, server->text.bare_newline);
    if (refusal != NULL)
        return refusal;
    return mailsim_smtp_server_check(server, MAILSIM_STAGE_END_OF_MESSAGE, NULL);
}

/* Whoever has sent mail starts afresh. */
char *
mailsim_smtp_server_take_message(MailsimSmtpServer *server, GBytes *message, char **refusal)
{
    server->n_errors = 0;
    server->n_junk = 0;
    return server->policy->take_message(server->data, &server->envelope, message, refusal);
}

static MailsimWant
finish_message(MailsimSmtpServer *server, GString *out)
{
    const GString *content = server->text.content;
    g_autofree char *refusal = refuse_message(server);
    g_autofree char *queue_id = NULL;
    g_autoptr(GBytes) message = NULL;

    server->state = MAILSIM_SMTP_EXPECT_COMMAND;
    if (refusal == NULL) {
        message = g_bytes_new(content->str, content->len);
        queue_id = mailsim_smtp_server_take_message(server, message, &refusal);
    }
    if (queue_id != NULL)
        g_string_append_printf(out, "250 2.0.0 Ok: queued as %s\r\n", queue_id);
    else
        reply(out, refusal);
    mailsim_smtp_server_reset_transaction(server);
    return MAILSIM_WANT_LINE;
}

/* A lone dot ends the message; where bare line feeds are forbidden it must stand between two CR
 * LF (RFC 5321 §4.1.1.4). */
static gboolean
ends_message(const MailsimSmtpServer *server, const MailsimInput *input)
{
    if (server->options.bare_newline == MAILSIM_BARE_NEWLINE_ALLOW)
        return TRUE;
    return input->line_end == MAILSIM_LINE_END_CRLF &&
           server->text.last_end == MAILSIM_LINE_END_CRLF;
}

/* All CRs before the line feed belong to the line end, or only one of them. */
static gsize
measure_line(const MailsimSmtpServer *server, const MailsimInput *input)
{
    gsize length = input->length;

    if (input->line_end == MAILSIM_LINE_END_NONE ||
        server->options.bare_newline != MAILSIM_BARE_NEWLINE_ALLOW)
        return length;
    while (length > 0 && input->text[length - 1] == '\r')
        length--;
    return length;
}

/* “From sender date”, which begins a message in a mailbox that is one file. */
static gboolean
is_mailbox_line(const MailsimInput *input)
{
    static const char from[] = "From ";
    gsize n_marks = 0;

    while (n_marks < input->length && input->text[n_marks] == '>')
        n_marks++;
    return input->length - n_marks >= strlen(from) &&
           strncmp(input->text + n_marks, from, strlen(from)) == 0;
}

/* What cannot begin a header: it is made a field, or the text begins with it. */
static void
begin_text(MailsimSmtpText *text, const MailsimInput *input)
{
    text->begun = !is_mailbox_line(input);
    if (!text->begun)
        g_string_append(text->content, "X-Mailbox-Line: ");
    else if (input->length > 0 && (input->text[0] == ' ' || input->text[0] == '\t'))
        g_string_append_c(text->content, '\n');
}

static void
note_too_big(MailsimSmtpServer *server)
{
    if (!server->text.too_big)
        mailsim_smtp_server_log(server, "warning: %s: queue file size limit exceeded",
                                mailsim_smtp_server_get_queue_id(server));
    server->text.too_big = TRUE;
}

/* A CR that ends no line becomes a blank (postconf(5) cleanup_replace_stray_cr_lf). */
static void
append_text(MailsimSmtpServer *server, const MailsimInput *input, gsize length, gsize n_dots)
{
    MailsimSmtpText *text = &server->text;
    gsize limit = server->options.message_size_limit;

    length -= n_dots;
    if (text->bare_newline && server->options.bare_newline == MAILSIM_BARE_NEWLINE_REJECT)
        return; /* it will be refused */
    if (limit > 0 && limit - text->size < length + 2)
        note_too_big(server);
    if (text->too_big)
        return;
    if (!text->begun)
        begin_text(text, input);
    text->size += length + 2;
    g_string_append_len(text->content, input->text + n_dots, (gssize)length);
    mailsim_message_replace_stray_cr(text->content, text->content->len - length);
    if (input->line_end != MAILSIM_LINE_END_NONE)
        g_string_append_c(text->content, '\n');
}

MailsimWant
mailsim_smtp_server_hear_text(MailsimSmtpServer *server,
                              const MailsimInput *input,
                              GString *out)
{
    MailsimSmtpText *text = &server->text;
    gsize length = measure_line(server, input);
    gboolean starts_line = text->last_end != MAILSIM_LINE_END_NONE;
    gboolean dotted = starts_line && length > 0 && input->text[0] == '.';
    gboolean lone_dot = dotted && length == 1 && input->line_end != MAILSIM_LINE_END_NONE;

    if (lone_dot && ends_message(server, input))
        return finish_message(server, out);
    text->bare_newline |= input->line_end == MAILSIM_LINE_END_LF;
    if (!lone_dot)
        append_text(server, input, length, dotted ? 1 : 0);
    text->last_end = input->line_end;
    return MAILSIM_WANT_TEXT;
}
