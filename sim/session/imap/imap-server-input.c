/* SPDX-License-Identifier: MIT
 *
 * How the IMAP server reads commands: tag, name, as many arguments as the command looks at,
 * with literals between the lines. What is behind them on the line is passed over, read or
 * not. */
#include "imap-server-private.h"

#include <string.h>

#include <mailsim/base/limits.h>

/* Up to a blank, or to a stray CR. */
static gsize
measure_word(const char *text, gsize length)
{
    gsize end = 0;

    while (end < length && text[end] != ' ' && text[end] != '\r')
        end++;
    return end;
}

/* FORBIDDEN besides what no atom can have (RFC 3501 §9, ATOM-CHAR). */
static gboolean
is_word(const char *text, gsize length, const char *forbidden)
{
    for (gsize i = 0; i < length; i++) {
        const guchar octet = (guchar)text[i];

        if (octet <= ' ' || octet >= 0x80 || strchr("(){%*\"\\]", octet) != NULL ||
            strchr(forbidden, octet) != NULL)
            return FALSE;
    }
    return length > 0;
}

/* The next word of TEXT, at *OFFSET, and the blank behind it; to be freed. NULL: the command
 * has failed. */
static char *
take_word(MailsimImapServer *server,
          const char *text,
          gsize length,
          gsize *offset,
          const char *forbidden,
          const char *problem)
{
    const char *start = text + *offset;
    const gsize size = measure_word(start, length - *offset);

    if (size >= server->options.line_length_max) {
        mailsim_imap_server_fail(server, "Too long argument");
        return NULL;
    }
    if (!is_word(start, size, forbidden)) {
        mailsim_imap_server_fail(server, problem);
        return NULL;
    }
    *offset += size;
    if (*offset < length && text[*offset] == ' ')
        (*offset)++;
    server->n_behind = server->n_line - *offset;
    return g_strndup(start, size);
}

/* The name of a command, in capitals. */
static gboolean
take_name(MailsimImapServer *server, const char *text, gsize length, gsize *offset)
{
    static const char problem[] = "Invalid command name";
    g_autofree char *name = take_word(server, text, length, offset, "", problem);
    g_autofree char *second = NULL;

    if (name == NULL)
        return FALSE;
    server->by_uid = g_ascii_strcasecmp(name, "UID") == 0;
    if (!server->by_uid) {
        server->name = g_ascii_strup(name, -1);
        return TRUE;
    }
    second = take_word(server, text, length, offset, "", problem);
    if (second != NULL) {
        g_autofree char *capitals = g_ascii_strup(second, -1);

        server->name = g_strconcat("UID ", capitals, NULL);
    }
    return second != NULL;
}

/* ---- arguments --------------------------------------------------------------------------- */

static gboolean
has_its_arguments(const MailsimImapServer *server, const char **problem)
{
    const MailsimImapServerCommand *command = server->command;
    const GPtrArray *arguments = server->reader.arguments;
    const gboolean strings = (command->flags & MAILSIM_IMAP_NEEDS_STRINGS) != 0;

    if (command->n_arguments == 0 || command->n_arguments == MAILSIM_IMAP_ALL_ARGUMENTS)
        return TRUE;
    *problem = "Missing arguments";
    if (arguments->len < command->n_arguments)
        return FALSE;
    *problem = "Invalid arguments";
    for (guint i = 0; strings && i < arguments->len; i++) {
        if (mailsim_imap_server_get_string(server, i) == NULL)
            return FALSE;
    }
    return TRUE;
}

static void
obey(MailsimImapServer *server)
{
    const char *problem;

    if (!has_its_arguments(server, &problem))
        mailsim_imap_server_fail(server, problem);
    else if (server->view == NULL && (server->command->flags & MAILSIM_IMAP_NEEDS_MAILBOX) != 0)
        mailsim_imap_server_finish(server, "BAD No mailbox selected");
    else
        server->command->handler(server);
}

/* A literal of no octets is there already. */
static void
expect_literal(MailsimImapServer *server)
{
    server->state = MAILSIM_IMAP_EXPECT_LITERAL;
    if (server->reader.literal_size > 0)
        return;
    mailsim_imap_reader_take_literal(&server->reader, "", 0);
    server->state = MAILSIM_IMAP_EXPECT_ARGUMENTS;
}

MailsimImapReadResult
mailsim_imap_server_read(MailsimImapServer *server)
{
    MailsimImapReader *reader = &server->reader;
    const MailsimImapReadResult result =
        mailsim_imap_reader_read(reader, server->line, server->line_length, server->cut);

    server->n_behind = server->n_line - MIN(reader->offset, server->n_line);
    if (result == MAILSIM_IMAP_READ_TOO_BIG)
        mailsim_imap_server_say_bye(server, "Literal size too large");
    return result;
}

static void
read_arguments(MailsimImapServer *server)
{
    const MailsimImapReadResult result = mailsim_imap_server_read(server);

    if (server->reader.invites)
        g_string_append(server->out, "+ OK\r\n");
    switch (result) {
    case MAILSIM_IMAP_READ_DONE:
    case MAILSIM_IMAP_READ_LINE:
        obey(server);
        break;
    case MAILSIM_IMAP_READ_LITERAL:
        expect_literal(server);
        break;
    case MAILSIM_IMAP_READ_FAILED:
        mailsim_imap_server_fail(server, server->reader.problem);
        break;
    case MAILSIM_IMAP_READ_TOO_BIG:
        break;
    }
}

void
mailsim_imap_server_begin_reader(MailsimImapServer *server, gsize offset)
{
    MailsimImapReader *reader = &server->reader;

    mailsim_imap_reader_clear(reader);
    mailsim_imap_reader_init(reader, 0);
    reader->offset = offset;
    reader->length_max = server->options.line_length_max;
    reader->nesting_max = MAILSIM_IMAP_NESTING_MAX;
}

/* ---- lines ------------------------------------------------------------------------------- */

void
mailsim_imap_server_hear_command(MailsimImapServer *server, const char *text, gsize length)
{
    gsize offset = 0;

    server->n_line -= server->line_length - length;
    server->line = text;
    server->line_length = length;
    server->n_behind = server->n_line;
    server->tag = take_word(server, text, length, &offset, "+", "Invalid tag");
    if (server->tag == NULL || !take_name(server, text, length, &offset))
        return;
    server->command = mailsim_imap_server_find_command(server->name);
    if (server->command == NULL) {
        mailsim_imap_server_fail(server, "Unknown command");
        return;
    }
    if ((server->command->flags & MAILSIM_IMAP_STANDS_ALONE) != 0)
        mailsim_imap_server_settle(server);
    if (server->ended)
        return;
    mailsim_imap_server_begin_reader(server, offset);
    server->reader.count_max = server->command->n_arguments == MAILSIM_IMAP_ALL_ARGUMENTS
                                   ? 0
                                   : server->command->n_arguments;
    if (server->command->n_arguments == 0)
        obey(server);
    else
        read_arguments(server);
}

static gsize
measure_line(const MailsimInput *input)
{
    switch (input->line_end) {
    case MAILSIM_LINE_END_CRLF:
        return input->length + 2;
    case MAILSIM_LINE_END_LF:
        return input->length + 1;
    case MAILSIM_LINE_END_NONE:
        break;
    }
    return input->length;
}

static void
hear_text(MailsimImapServer *server, MailsimImapServerState state)
{
    switch (state) {
    case MAILSIM_IMAP_EXPECT_COMMAND:
        mailsim_imap_server_hear_command(server, server->line, server->line_length);
        break;
    case MAILSIM_IMAP_EXPECT_ARGUMENTS:
        if (server->append.messages != NULL)
            mailsim_imap_server_continue_append(server);
        else
            read_arguments(server);
        break;
    case MAILSIM_IMAP_EXPECT_DONE:
        mailsim_imap_server_end_idle(server, server->line);
        break;
    case MAILSIM_IMAP_EXPECT_LITERAL:
    case MAILSIM_IMAP_EXPECT_LINE_END:
    case MAILSIM_IMAP_EXPECT_MESSAGE:
        break;
    }
}

void
mailsim_imap_server_hear_line(MailsimImapServer *server, const MailsimInput *input)
{
    const MailsimImapServerState state = server->state;

    server->line = input->text;
    server->line_length = input->length;
    server->n_line = measure_line(input);
    server->tally.n_in += server->n_line;
    server->n_behind = 0;
    /* Of a MAILSIM_WANT_LINE the end has come, too. */
    server->cut = input->line_end == MAILSIM_LINE_END_NONE && server->want == MAILSIM_WANT_TEXT;
    server->state = MAILSIM_IMAP_EXPECT_COMMAND;
    hear_text(server, state);
    if (server->cut && server->state == MAILSIM_IMAP_EXPECT_COMMAND)
        server->state = MAILSIM_IMAP_EXPECT_LINE_END;
}

void
mailsim_imap_server_hear_literal(MailsimImapServer *server, const MailsimInput *input)
{
    server->tally.n_in += input->length;
    mailsim_imap_reader_take_literal(&server->reader, input->text, input->length);
    server->state = MAILSIM_IMAP_EXPECT_ARGUMENTS;
}

/* Whole words alone are taken out of what has come. */
gsize
mailsim_imap_server_count_words(const char *text, gsize length)
{
    while (length > 0 && text[length - 1] != ' ')
        length--;
    return length;
}
