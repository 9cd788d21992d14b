/* SPDX-License-Identifier: MIT
 *
 * Reading a command of IMAP. Like Dovecot it takes as an atom whatever is not something else;
 * brackets hold nothing together: BODY[HEADER.FIELDS (To Date)] is an atom, a list, an atom. */
#include <mailsim/protocol/imap-command.h>

#include <string.h>

#define ESCAPES_MAX 4

typedef struct {
    const char *text;
    const char *end;
    guint depth;
    guint nesting_max;
    const char *problem;
} Reader;

static void
free_argument(gpointer data)
{
    MailsimImapArgument *argument = data;

    g_free(argument->text);
    if (argument->items != NULL)
        g_ptr_array_unref(argument->items);
    g_free(argument);
}

static MailsimImapArgument *
new_argument(MailsimImapArgumentKind kind)
{
    MailsimImapArgument *argument = g_new0(MailsimImapArgument, 1);

    argument->kind = kind;
    return argument;
}

static gpointer
fail(Reader *reader, const char *problem)
{
    if (reader->problem == NULL)
        reader->problem = problem;
    return NULL;
}

/* ---- strings ----------------------------------------------------------------------------- */

/* quoted = DQUOTE *QUOTED-CHAR DQUOTE; a backslash stands before “"” and itself. */
static MailsimImapArgument *
read_quoted(Reader *reader)
{
    g_autoptr(GString) string = g_string_new(NULL);
    MailsimImapArgument *argument;

    for (reader->text++; reader->text < reader->end && *reader->text != '"'; reader->text++) {
        if (*reader->text == '\\' && reader->text + 1 < reader->end)
            reader->text++;
        if (*reader->text == '\r' || *reader->text == '\n')
            return fail(reader, "Missing '\"'");
        g_string_append_c(string, *reader->text);
    }
    if (reader->text == reader->end)
        return fail(reader, "Missing '\"'");
    reader->text++;
    argument = new_argument(MAILSIM_IMAP_STRING);
    argument->length = string->len;
    argument->text = g_string_free(g_steal_pointer(&string), FALSE);
    return argument;
}

/* literal = "{" number ["+"] "}" CRLF *CHAR8                  RFC 3501 §9, RFC 7888 §3 */
static MailsimImapArgument *
read_literal(Reader *reader)
{
    const char *line_feed = memchr(reader->text, '\n', (gsize)(reader->end - reader->text));
    const char *line_end = line_feed;
    gsize size;
    gboolean synchronizing;
    MailsimImapArgument *argument;

    if (line_feed != NULL && line_feed > reader->text && line_feed[-1] == '\r')
        line_end--;
    if (line_feed == NULL ||
        !mailsim_imap_find_literal(reader->text, (gsize)(line_end - reader->text), &size,
                                   &synchronizing) ||
        size > (gsize)(reader->end - line_feed - 1))
        return fail(reader, "Invalid literal size");
    argument = new_argument(MAILSIM_IMAP_STRING);
    argument->length = size;
    argument->text = g_malloc(size + 1);
    memcpy(argument->text, line_feed + 1, size);
    argument->text[size] = '\0';
    reader->text = line_feed + 1 + size;
    return argument;
}

/* Up to a blank, or to the parenthesis that closes the list. */
static MailsimImapArgument *
read_atom(Reader *reader)
{
    const char *start = reader->text;
    MailsimImapArgument *argument;

    for (; reader->text < reader->end; reader->text++) {
        const guchar octet = (guchar)*reader->text;

        if (octet == ' ' || octet == ')' || octet == '\r' || octet == '\n')
            break;
        if (octet == '(' || octet == '{' || octet == '"' || octet < ' ' || octet == 0x7f)
            return fail(reader, "Invalid characters in atom");
        if (octet >= 0x80)
            return fail(reader, "8bit data in atom");
    }
    argument = new_argument(MAILSIM_IMAP_ATOM);
    argument->length = (gsize)(reader->text - start);
    argument->text = g_strndup(start, argument->length);
    if (g_ascii_strcasecmp(argument->text, "NIL") == 0)
        argument->kind = MAILSIM_IMAP_NIL;
    return argument;
}

/* ---- arguments --------------------------------------------------------------------------- */

static GPtrArray *read_arguments(Reader *reader);

static MailsimImapArgument *
read_list(Reader *reader)
{
    MailsimImapArgument *argument = new_argument(MAILSIM_IMAP_LIST);

    reader->text++;
    reader->depth++;
    if (reader->depth > reader->nesting_max)
        fail(reader, "Too many '('");
    else
        argument->items = read_arguments(reader);
    reader->depth--;
    if (reader->problem == NULL && reader->text < reader->end && *reader->text == ')')
        reader->text++;
    else
        fail(reader, "Missing ')'");
    if (argument->items == NULL)
        argument->items = g_ptr_array_new();
    return argument;
}

static MailsimImapArgument *
read_argument(Reader *reader)
{
    switch (*reader->text) {
    case '"':
        return read_quoted(reader);
    case '{':
        return read_literal(reader);
    case '(':
        return read_list(reader);
    default:
        return read_atom(reader);
    }
}

/* Up to the end, or to the parenthesis that closes the list. */
static GPtrArray *
read_arguments(Reader *reader)
{
    GPtrArray *arguments = g_ptr_array_new_with_free_func(free_argument);

    while (reader->problem == NULL && reader->text < reader->end) {
        MailsimImapArgument *argument;

        if (*reader->text == ' ') {
            reader->text++;
            continue;
        }
        if (*reader->text == ')' && reader->depth > 0)
            break;
        if (*reader->text == ')')
            fail(reader, "Unexpected ')'");
        argument = reader->problem == NULL ? read_argument(reader) : NULL;
        if (argument != NULL)
            g_ptr_array_add(arguments, argument);
    }
    return arguments;
}

/* ---- the command ------------------------------------------------------------------------- */

/* NULL: there is none. */
static char *
read_word(Reader *reader)
{
    const char *start = reader->text;

    while (reader->text < reader->end && *reader->text != ' ' && *reader->text != '\r' &&
           *reader->text != '\n')
        reader->text++;
    if (reader->text == start)
        return NULL;
    return g_strndup(start, (gsize)(reader->text - start));
}

void
mailsim_imap_command_parse(const char *text,
                           gsize length,
                           guint nesting_max,
                           MailsimImapCommand *command)
{
    Reader reader = {.text = text, .end = text + length, .nesting_max = nesting_max};
    g_autofree char *name = NULL;

    command->tag = read_word(&reader);
    if (reader.text < reader.end && *reader.text == ' ')
        reader.text++;
    name = read_word(&reader);
    command->name = name != NULL ? g_ascii_strup(name, -1) : NULL;
    command->arguments = read_arguments(&reader);
    command->problem = reader.problem;
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
