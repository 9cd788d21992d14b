/* SPDX-License-Identifier: MIT
 *
 * Reading arguments. Like Dovecot it takes as an atom whatever is not something else; brackets
 * hold nothing together: BODY[HEADER.FIELDS (To Date)] is an atom, a list, an atom. */
#include <mailsim/protocol/imap-reader.h>

#include <string.h>

/* A line under the finger. */
typedef struct {
    MailsimImapReader *reader;
    const char *line;
    gsize length;
    gboolean cut;
} Line;

static void
free_argument(gpointer data)
{
    MailsimImapArgument *argument = data;

    g_free(argument->text);
    if (argument->items != NULL)
        g_ptr_array_unref(argument->items);
    g_free(argument);
}

void
mailsim_imap_reader_init(MailsimImapReader *reader, gsize length)
{
    *reader = (MailsimImapReader){
        .length_max = G_MAXSIZE,
        .nesting_max = G_MAXUINT,
        .arguments = g_ptr_array_new_with_free_func(free_argument),
        .open = g_ptr_array_new(),
        .length = length,
    };
}

void
mailsim_imap_reader_clear(MailsimImapReader *reader)
{
    g_clear_pointer(&reader->arguments, g_ptr_array_unref);
    g_clear_pointer(&reader->open, g_ptr_array_unref);
}

static MailsimImapArgument *
add_argument(MailsimImapReader *reader, MailsimImapArgumentKind kind)
{
    MailsimImapArgument *argument = g_new0(MailsimImapArgument, 1);
    GPtrArray *list = reader->open->len > 0
                          ? g_ptr_array_index(reader->open, reader->open->len - 1)
                          : reader->arguments;

    argument->kind = kind;
    g_ptr_array_add(list, argument);
    return argument;
}

static void
add_text(MailsimImapReader *reader, MailsimImapArgumentKind kind, const char *text, gsize size)
{
    MailsimImapArgument *argument = add_argument(reader, kind);

    argument->length = size;
    argument->text = g_malloc(size + 1);
    memcpy(argument->text, text, size);
    argument->text[size] = '\0';
}

static MailsimImapReadResult
fail(MailsimImapReader *reader, const char *problem)
{
    reader->problem = problem;
    return MAILSIM_IMAP_READ_FAILED;
}

/* Of an argument that goes on behind the end of what there is; PROBLEM, if it is the line's. */
static MailsimImapReadResult
fail_at_end(const Line *line, gsize start, const char *problem)
{
    if (line->length - start >= line->reader->length_max)
        return fail(line->reader, "Too long argument");
    return fail(line->reader, line->cut ? "IMAP command line too large" : problem);
}

/* ---- arguments --------------------------------------------------------------------------- */

/* quoted = DQUOTE *QUOTED-CHAR DQUOTE; a backslash stands before “"” and itself. */
static MailsimImapReadResult
read_quoted(const Line *line)
{
    MailsimImapReader *reader = line->reader;
    const gsize start = ++reader->offset;
    g_autoptr(GString) string = g_string_new(NULL);

    for (gsize i = start; i < line->length && line->line[i] != '\r'; i++) {
        if (line->line[i] == '"') {
            if (i - start >= reader->length_max)
                return fail(reader, "Too long argument");
            add_text(reader, MAILSIM_IMAP_STRING, string->str, string->len);
            reader->offset = i + 1;
            return MAILSIM_IMAP_READ_DONE;
        }
        if (line->line[i] == '\0')
            return fail(reader, "NULs not allowed in strings");
        if (line->line[i] == '\\' && i + 1 < line->length && line->line[i + 1] != '\r')
            i++;
        g_string_append_c(string, line->line[i]);
    }
    return fail_at_end(line, start, "Missing '\"'");
}

/* Up to a blank, or to the parenthesis that closes the list. */
static MailsimImapReadResult
read_atom(const Line *line)
{
    MailsimImapReader *reader = line->reader;
    const char *start = line->line + reader->offset;
    gsize end = reader->offset;
    gsize size;

    for (; end < line->length; end++) {
        const guchar octet = (guchar)line->line[end];

        if (octet == ' ' || octet == ')' || octet == '\r')
            break;
        if (octet == '(' || octet == '{' || octet == '"' || octet < ' ' || octet == 0x7f)
            return fail(reader, "Invalid characters in atom");
        if (octet >= 0x80)
            return fail(reader, "8bit data in atom");
    }
    size = end - reader->offset;
    if (size >= reader->length_max || (end == line->length && line->cut))
        return fail_at_end(line, reader->offset, NULL);
    add_text(reader,
             size == 3 && g_ascii_strncasecmp(start, "NIL", size) == 0 ? MAILSIM_IMAP_NIL
                                                                       : MAILSIM_IMAP_ATOM,
             start, size);
    reader->offset = end;
    return MAILSIM_IMAP_READ_DONE;
}

static MailsimImapReadResult
announce_literal(const Line *line, gboolean synchronizing)
{
    MailsimImapReader *reader = line->reader;
    const gsize length = reader->length + reader->offset;

    if (!reader->literal_sizes &&
        (length >= reader->length_max || reader->literal_size > reader->length_max - length)) {
        reader->offset++;
        return MAILSIM_IMAP_READ_TOO_BIG;
    }
    reader->invites = synchronizing;
    if (reader->offset < line->length)
        return fail(reader, "Missing LF after literal size");
    reader->length += line->length;
    if (!reader->literal_sizes)
        return MAILSIM_IMAP_READ_LITERAL;
    add_argument(reader, MAILSIM_IMAP_LITERAL)->length = reader->literal_size;
    return reader->open->len > 0 ? MAILSIM_IMAP_READ_LINE : MAILSIM_IMAP_READ_DONE;
}

/* literal = "{" number ["+"] "}" CRLF *CHAR8                  RFC 3501 §9, RFC 7888 §3 */
static MailsimImapReadResult
read_literal(const Line *line)
{
    MailsimImapReader *reader = line->reader;
    const gsize start = ++reader->offset;
    guint64 size = 0;
    gboolean synchronizing = TRUE;

    for (gsize i = start; i < line->length; i++) {
        const char octet = line->line[i];

        if (octet == '}') {
            reader->offset = i + 1;
            reader->literal_size = size;
            return announce_literal(line, synchronizing);
        }
        if (!synchronizing)
            return fail(reader, "Expecting '}' after '+'");
        if (octet == '+') {
            synchronizing = FALSE;
            continue;
        }
        if (!g_ascii_isdigit(octet))
            return fail(reader, "Invalid literal size");
        if (size > (G_MAXSIZE - 9) / 10)
            return MAILSIM_IMAP_READ_TOO_BIG;
        size = size * 10 + (guint64)(octet - '0');
    }
    return fail_at_end(line, start, "Invalid literal size");
}

static MailsimImapReadResult
begin_list(MailsimImapReader *reader)
{
    MailsimImapArgument *list;

    if (reader->open->len >= reader->nesting_max)
        return fail(reader, "Too many '('");
    list = add_argument(reader, MAILSIM_IMAP_LIST);
    list->items = g_ptr_array_new_with_free_func(free_argument);
    g_ptr_array_add(reader->open, list->items);
    reader->offset++;
    return MAILSIM_IMAP_READ_DONE;
}

static MailsimImapReadResult
end_list(MailsimImapReader *reader)
{
    if (reader->open->len == 0)
        return fail(reader, "Unexpected ')'");
    g_ptr_array_set_size(reader->open, (int)reader->open->len - 1);
    reader->offset++;
    return MAILSIM_IMAP_READ_DONE;
}

static MailsimImapReadResult
read_argument(const Line *line)
{
    MailsimImapReader *reader = line->reader;
    const char *text = line->line + reader->offset;

    switch (*text) {
    case '\r':
        return fail(reader, "CR sent without LF");
    case '"':
        return read_quoted(line);
    case '{':
        return read_literal(line);
    case '(':
        return begin_list(reader);
    case ')':
        return end_list(reader);
    case '~':
        if (reader->offset + 1 < line->length && text[1] == '{')
            return fail(reader, "literal8 not allowed here");
        return read_atom(line);
    default:
        return read_atom(line);
    }
}

/* ---- lines ------------------------------------------------------------------------------- */

static gboolean
has_enough(const MailsimImapReader *reader)
{
    return reader->open->len == 0 && reader->count_max > 0 &&
           reader->arguments->len >= reader->count_max;
}

/* Nothing stands behind the size of a literal. */
static gboolean
has_size(const MailsimImapReader *reader)
{
    const MailsimImapArgument *last =
        reader->open->len == 0 && reader->arguments->len > 0
            ? g_ptr_array_index(reader->arguments, reader->arguments->len - 1)
            : NULL;

    return last != NULL && last->kind == MAILSIM_IMAP_LITERAL;
}

MailsimImapReadResult
mailsim_imap_reader_read(MailsimImapReader *reader,
                         const char *line,
                         gsize length,
                         gboolean cut)
{
    const Line under_finger = {reader, line, length, cut};

    reader->invites = FALSE;
    while (!has_enough(reader) && !has_size(reader) && reader->offset < length) {
        MailsimImapReadResult result = MAILSIM_IMAP_READ_DONE;

        if (line[reader->offset] == ' ')
            reader->offset++;
        else
            result = read_argument(&under_finger);
        if (result != MAILSIM_IMAP_READ_DONE)
            return result;
    }
    if (has_enough(reader) || has_size(reader))
        return MAILSIM_IMAP_READ_DONE;
    if (cut)
        return fail(reader, "IMAP command line too large");
    return reader->open->len > 0 ? fail(reader, "Missing ')'") : MAILSIM_IMAP_READ_DONE;
}

void
mailsim_imap_reader_take_literal(MailsimImapReader *reader, const char *octets, gsize length)
{
    add_text(reader, MAILSIM_IMAP_STRING, octets, length);
    reader->length += length;
    reader->offset = 0;
}
