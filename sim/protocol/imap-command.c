/* SPDX-License-Identifier: MIT
 *
 * A whole command of IMAP, for who has heard it all, and strings as a server says them. */
#include <mailsim/protocol/imap-command.h>

#include <string.h>

#include <mailsim/protocol/imap-reader.h>

#define ESCAPES_MAX 4

/* What of TEXT is not read yet. */
typedef struct {
    const char *text;
    gsize length;
} Rest;

/* The next line, without its end. */
static Rest
take_line(Rest *rest)
{
    const char *line_feed = rest->length > 0 ? memchr(rest->text, '\n', rest->length) : NULL;
    Rest line = {rest->text,
                 line_feed != NULL ? (gsize)(line_feed - rest->text) : rest->length};
    const gsize taken = line.length + (line_feed != NULL);

    rest->text += taken;
    rest->length -= taken;
    if (line_feed != NULL && line.length > 0 && line_feed[-1] == '\r')
        line.length--;
    return line;
}

/* NULL: there is none. */
static char *
take_word(const Rest *line, gsize *offset)
{
    const gsize start = *offset;

    while (*offset < line->length && strchr(" \r", line->text[*offset]) == NULL)
        (*offset)++;
    return *offset > start ? g_strndup(line->text + start, *offset - start) : NULL;
}

static const char *
read_arguments(MailsimImapReader *reader, Rest line, Rest *rest)
{
    MailsimImapReadResult result;

    while ((result = mailsim_imap_reader_read(reader, line.text, line.length, FALSE)) ==
           MAILSIM_IMAP_READ_LITERAL) {
        if (reader->literal_size > rest->length)
            return "Invalid literal size";
        mailsim_imap_reader_take_literal(reader, rest->text, reader->literal_size);
        rest->text += reader->literal_size;
        rest->length -= reader->literal_size;
        line = take_line(rest);
    }
    return result == MAILSIM_IMAP_READ_DONE ? NULL : reader->problem;
}

void
mailsim_imap_command_parse(const char *text,
                           gsize length,
                           guint nesting_max,
                           MailsimImapCommand *command)
{
    Rest rest = {text, length};
    Rest line = take_line(&rest);
    g_auto(MailsimImapReader) reader = {0};
    g_autofree char *name = NULL;

    mailsim_imap_reader_init(&reader, 0);
    reader.nesting_max = nesting_max;
    command->tag = take_word(&line, &reader.offset);
    if (reader.offset < line.length && line.text[reader.offset] == ' ')
        reader.offset++;
    name = take_word(&line, &reader.offset);
    command->name = name != NULL ? g_ascii_strup(name, -1) : NULL;
    command->problem = read_arguments(&reader, line, &rest);
    command->arguments = g_steal_pointer(&reader.arguments);
}

void
mailsim_imap_command_clear(MailsimImapCommand *command)
{
    g_clear_pointer(&command->tag, g_free);
    g_clear_pointer(&command->name, g_free);
    g_clear_pointer(&command->arguments, g_ptr_array_unref);
}

gboolean
mailsim_imap_find_literal(const char *line, gsize length, gsize *size, gboolean *synchronizing)
{
    gsize end = length;
    gsize start;
    guint64 octets = 0;

    if (end == 0 || line[--end] != '}')
        return FALSE;
    *synchronizing = end == 0 || line[end - 1] != '+';
    if (!*synchronizing)
        end--;
    start = end;
    while (start > 0 && g_ascii_isdigit(line[start - 1]))
        start--;
    if (start == end || start == 0 || line[start - 1] != '{')
        return FALSE;
    for (gsize i = start; i < end; i++) {
        if (octets > G_MAXSIZE / 10 - 1) {
            *size = G_MAXSIZE;
            return TRUE;
        }
        octets = octets * 10 + (guint64)(line[i] - '0');
    }
    *size = octets;
    return TRUE;
}

/* string = quoted / literal. A line end and an octet above 127 need a literal; Dovecot also has
 * one where more than four octets would need an escape. */
void
mailsim_imap_append_string(GString *out, const char *text)
{
    guint n_escapes = 0;
    gboolean is_literal = FALSE;

    if (text == NULL) {
        g_string_append(out, "NIL");
        return;
    }
    for (const char *c = text; *c != '\0'; c++) {
        is_literal |= *c == '\r' || *c == '\n' || (guchar)*c >= 0x80;
        n_escapes += *c == '"' || *c == '\\';
    }
    if (is_literal || n_escapes > ESCAPES_MAX) {
        g_string_append_printf(out, "{%" G_GSIZE_FORMAT "}\r\n%s", strlen(text), text);
        return;
    }
    g_string_append_c(out, '"');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *c);
    }
    g_string_append_c(out, '"');
}
