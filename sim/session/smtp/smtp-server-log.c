/* SPDX-License-Identifier: MIT
 *
 * What smtpd(8) writes into the mail log about a conversation: who connects, what is refused,
 * how it ends, and how many commands of each kind there were. What the policy decides it logs
 * with the same words. */
#include "smtp-server-private.h"

#include <stdarg.h>
#include <string.h>

/* Of what a client sends ahead, no more is quoted. */
#define QUOTED_MAX_BYTES 100

void
mailsim_smtp_server_log(MailsimSmtpServer *server, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    if (server->policy->log == NULL)
        return;
    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    server->policy->log(server->data, text);
}

const char *
mailsim_smtp_server_get_queue_id(const MailsimSmtpServer *server)
{
    const char *queue_id = server->policy->get_queue_id != NULL
                               ? server->policy->get_queue_id(server->data)
                               : NULL;

    return queue_id != NULL ? queue_id : "NOQUEUE";
}

const char *
mailsim_smtp_envelope_find_only_recipient(const MailsimSmtpEnvelope *envelope)
{
    if (envelope->recipients == NULL || envelope->recipients->len != 1)
        return NULL;
    return ((const MailsimSmtpRecipient *)g_ptr_array_index(envelope->recipients, 0))->address;
}

char *
mailsim_smtp_envelope_describe(const MailsimSmtpEnvelope *envelope,
                               MailsimSmtpStage stage,
                               const char *subject)
{
    GString *text = g_string_new(NULL);
    const char *sender = stage == MAILSIM_STAGE_MAIL ? subject : envelope->sender;
    const char *recipient = stage == MAILSIM_STAGE_RCPT || stage == MAILSIM_STAGE_VRFY
                                ? subject
                                : mailsim_smtp_envelope_find_only_recipient(envelope);
    const char *helo = stage == MAILSIM_STAGE_HELO ? subject : envelope->helo_name;

    if (sender != NULL) {
        g_autofree char *quoted = mailsim_address_quote_envelope(sender);
        g_string_append_printf(text, " from=<%s>", quoted);
    }
    if (recipient != NULL) {
        g_autofree char *quoted = mailsim_address_quote(recipient);
        g_string_append_printf(text, " to=<%s>", quoted);
    }
    g_string_append_printf(text, " proto=%s", envelope->esmtp ? "ESMTP" : "SMTP");
    if (helo != NULL)
        g_string_append_printf(text, " helo=<%s>", helo);
    return g_string_free(text, FALSE);
}

void
mailsim_smtp_server_log_refusal(MailsimSmtpServer *server,
                                MailsimSmtpStage stage,
                                const char *subject,
                                const char *reply)
{
    g_autofree char *about = mailsim_smtp_envelope_describe(&server->envelope, stage, subject);

    mailsim_smtp_server_log(server, "%s: reject: %s from %s: %s;%s",
                            mailsim_smtp_server_get_queue_id(server), server->envelope.where,
                            server->options.client, reply, about);
}

/* Line ends and what cannot be printed are written as in C, “\r\n”. */
static char *
dup_escaped(const char *text, gsize length)
{
    static const char codes[] = "\a\b\f\n\r\t\v\\";
    static const char letters[] = "abfnrtv\\";
    GString *escaped = g_string_new(NULL);

    for (gsize i = 0; i < length; i++) {
        const char *code = text[i] != '\0' ? strchr(codes, text[i]) : NULL;

        if (code != NULL)
            g_string_append_printf(escaped, "\\%c", letters[code - codes]);
        else if (g_ascii_isprint(text[i]))
            g_string_append_c(escaped, text[i]);
        else
            g_string_append_printf(escaped, "\\%03o", (guchar)text[i]);
    }
    return g_string_free(escaped, FALSE);
}

void
mailsim_smtp_server_log_improper(MailsimSmtpServer *server, const char *text, gsize length)
{
    g_autofree char *quoted = dup_escaped(text, MIN(length, QUOTED_MAX_BYTES));

    mailsim_smtp_server_log(server, "improper command pipelining after %s from %s: %s",
                            server->envelope.where, server->options.client, quoted);
}

void
mailsim_smtp_server_log_unknown(MailsimSmtpServer *server, const char *line, gsize length)
{
    g_autofree char *quoted = dup_escaped(line, MIN(length, QUOTED_MAX_BYTES));

    mailsim_smtp_server_log(server, "warning: non-SMTP command from %s: %s",
                            server->options.client, quoted);
}

void
mailsim_smtp_server_log_bad_address(MailsimSmtpServer *server,
                                    const char *verb,
                                    const MailsimSmtpPath *path)
{
    if (path->written == NULL)
        return;
    mailsim_smtp_server_log(server, "warning: Illegal address syntax from %s in %s command: %s",
                            server->options.client, verb, path->written);
}

/* A line that is no text of a message, cut off where the limit is. */
void
mailsim_smtp_server_log_long_line(MailsimSmtpServer *server, const MailsimInput *input)
{
    if (input->line_end == MAILSIM_LINE_END_NONE)
        mailsim_smtp_server_log(
            server, "warning: %s: request longer than %" G_GSIZE_FORMAT ": %.30s...",
            server->options.client, server->options.line_length_limit, input->text);
}

/* ---- what is lost ------------------------------------------------------------------------ */

/* Where the text of a message breaks off: how much of it there was. Of a chunk Postfix counts
 * its buffer as well: what has come of the chunk, and when it has replied that the time is
 * over, that REPLY. NULL: there is no text under way. */
static char *
dup_text_place(const MailsimSmtpServer *server, const char *reply)
{
    const gboolean in_chunk =
        server->state == MAILSIM_SMTP_EXPECT_CHUNK && server->chunking.refusal == NULL;
    gsize n_bytes;

    if (server->state == MAILSIM_SMTP_EXPECT_MESSAGE)
        return g_strdup_printf("DATA (%" G_GSIZE_FORMAT " bytes)", server->text.size);
    if (!in_chunk && !g_str_equal(server->envelope.where, "BDAT content"))
        return NULL;
    n_bytes = server->text.content->len +
              mailsim_smtp_server_count_bare_newlines(server->text.content, 0);
    if (reply != NULL)
        n_bytes += strlen(reply);
    else if (in_chunk)
        n_bytes += server->session.n_left;
    return g_strdup_printf("BDAT (%" G_GSIZE_FORMAT " bytes)", n_bytes);
}

void
mailsim_smtp_server_log_timeout(MailsimSmtpServer *server, const char *reply)
{
    g_autofree char *place = dup_text_place(server, reply);

    mailsim_smtp_server_log(server, "timeout after %s from %s",
                            place != NULL ? place : server->envelope.where,
                            server->options.client);
}

/* Whoever goes away when his message has been taken, or refused, is not spoken of. */
void
mailsim_smtp_server_log_loss(MailsimSmtpServer *server, MailsimLoss why)
{
    g_autofree char *place = dup_text_place(server, NULL);

    if (why == MAILSIM_LOSS_TIMEOUT)
        mailsim_smtp_server_log_timeout(server, NULL);
    else if (!g_str_equal(server->envelope.where, "END-OF-MESSAGE"))
        mailsim_smtp_server_log(server, "lost connection after %s from %s",
                                place != NULL ? place : server->envelope.where,
                                server->options.client);
}

/* The library's words are known where it was the handshake itself that failed. One that is too
 * much ends without another word. */
void
mailsim_smtp_server_log_no_handshake(MailsimSmtpServer *server, MailsimLoss why)
{
    const char *problem = why == MAILSIM_LOSS_TLS && server->policy->get_tls_problem != NULL
                              ? server->policy->get_tls_problem(server->data)
                              : NULL;
    const char *words = problem != NULL               ? "-1"
                        : why == MAILSIM_LOSS_TIMEOUT ? "Connection timed out"
                                                      : "lost connection";
    g_autoptr(GString) unsaid = g_string_new(NULL);

    mailsim_smtp_server_log(server, "SSL_accept error from %s: %s", server->options.client,
                            words);
    if (problem != NULL)
        mailsim_smtp_server_log(server, "warning: TLS library problem: %s", problem);
    if (!mailsim_smtp_server_is_too_much(server, MAILSIM_ACT_TLS_SESSION, unsaid))
        mailsim_smtp_server_log_loss(server, MAILSIM_LOSS_CLOSED);
}

/* ---- the sum at the end ------------------------------------------------------------------ */

static void
append_count(GString *text, const char *name, const MailsimSmtpTally *tally)
{
    if (tally->n_said == 0)
        return;
    g_string_append_printf(text, " %s=%u", name, tally->n_obeyed);
    if (tally->n_obeyed < tally->n_said)
        g_string_append_printf(text, "/%u", tally->n_said);
}

/* Postfix names the commands in the order of its own table. */
void
mailsim_smtp_server_log_end(MailsimSmtpServer *server)
{
    static const char *const order[] = {"HELO", "EHLO", "XCLIENT", "XFORWARD", "STARTTLS",
                                        "AUTH", "MAIL", "RCPT",    "DATA",     "BDAT",
                                        "RSET", "NOOP", "VRFY",    "ETRN",     "QUIT"};
    g_autoptr(GString) text = g_string_new(NULL);
    MailsimSmtpTally sum = server->unknown;

    if (server->ended)
        return;
    server->ended = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
        const MailsimSmtpTally *tally = mailsim_smtp_server_get_tally(server, order[i]);
        g_autofree char *name = g_ascii_strdown(order[i], -1);

        append_count(text, name, tally);
        sum.n_said += tally->n_said;
        sum.n_obeyed += tally->n_obeyed;
    }
    append_count(text, "unknown", &server->unknown);
    g_string_append_printf(text, " commands=%u", sum.n_obeyed);
    if (sum.n_obeyed < sum.n_said || sum.n_said == 0)
        g_string_append_printf(text, "/%u", sum.n_said);
    if (server->policy->count != NULL)
        server->policy->count(server->data, MAILSIM_ACT_LEAVE);
    mailsim_smtp_server_log(server, "disconnect from %s%s", server->options.client, text->str);
}
