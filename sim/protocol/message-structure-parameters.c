/* SPDX-License-Identifier: MIT
 *
 * Content-Type and what else has parameters (RFC 2045 §5.1). Those that were cut into pieces
 * (RFC 2231 §3) are joined; what they are encoded in is left to the client. */
#include "message-structure-private.h"

#include <string.h>

typedef struct {
    char *name; /* without “*0*” */
    char *value;
    guint number;
    gboolean is_encoded;
    guint place; /* in the value */
} Piece;

static void
clear_piece(gpointer data)
{
    Piece *piece = data;

    g_free(piece->name);
    g_free(piece->value);
}

static gint
compare_pieces(gconstpointer a, gconstpointer b)
{
    const Piece *first = a;
    const Piece *second = b;
    const gint names = strcmp(first->name, second->name);

    if (names != 0)
        return names;
    if (first->number != second->number)
        return first->number < second->number ? -1 : 1;
    return first->place < second->place ? -1 : 1;
}

/* ---- one parameter ----------------------------------------------------------------------- */

/* parameter = ";" attribute "=" value; where it is BROKEN, the reader may be anywhere. */
static MailsimWords
read_parameter(MailsimWordReader *reader, GString *name, GString *value)
{
    MailsimWords said;

    g_string_truncate(name, 0);
    g_string_truncate(value, 0);
    if (*reader->at != ';')
        return MAILSIM_WORDS_BROKEN;
    reader->at++;
    if (mailsim_words_skip_blanks(reader) != MAILSIM_WORDS_MORE ||
        mailsim_words_read_token(reader, name) != MAILSIM_WORDS_MORE || *reader->at != '=')
        return MAILSIM_WORDS_BROKEN;
    reader->at++;
    said = mailsim_words_skip_blanks(reader);
    if (said != MAILSIM_WORDS_MORE)
        return said;
    if (*reader->at == '"')
        return mailsim_words_read_quoted(reader, value);
    if (*reader->at != '=')
        return mailsim_words_read_token(reader, value);
    /* An encoded word, where none may be (RFC 2047 §5) */
    while (reader->at < reader->end && strchr("; \t\r\n", *reader->at) == NULL)
        g_string_append_c(value, *reader->at++);
    return MAILSIM_WORDS_MORE;
}

/* Is NAME the name of a piece, “filename*0*”? One without a number, “filename*”, has that of
 * the piece before it, which was LAST. */
static gboolean
read_piece(const char *name, const char *value, guint last, Piece *piece)
{
    const char *asterisk = strchr(name, '*');
    const char *c = asterisk;

    if (asterisk == NULL)
        return FALSE;
    piece->number = *++c == '\0' ? last : 0;
    for (; g_ascii_isdigit(*c); c++)
        piece->number = piece->number * 10 + (guint)(*c - '0');
    piece->is_encoded = c == asterisk + 1 || *c == '*';
    if (*c == '*')
        c++;
    if (*c != '\0')
        return FALSE;
    piece->name = g_strndup(name, (gsize)(asterisk - name));
    piece->value = g_strdup(value);
    return TRUE;
}

/* ---- pieces ------------------------------------------------------------------------------ */

static void
add(GPtrArray *parameters, const char *name, const char *value)
{
    g_ptr_array_add(parameters, g_strdup(name));
    g_ptr_array_add(parameters, g_strdup(value));
}

/* The N pieces of one parameter; what was not encoded is, as far as it must be. */
static void
add_joined(GPtrArray *parameters, const Piece *pieces, guint n)
{
    g_autoptr(GString) value = g_string_new(NULL);
    g_autofree char *name = NULL;
    gboolean is_encoded = FALSE;

    for (guint i = 0; i < n; i++)
        is_encoded |= pieces[i].is_encoded;
    if (is_encoded && !pieces[0].is_encoded)
        g_string_append(value, "''");
    for (guint i = 0; i < n; i++) {
        for (const char *c = pieces[i].value; *c != '\0'; c++)
            g_string_append_printf(
                value, is_encoded && !pieces[i].is_encoded && *c == '%' ? "%c25" : "%c", *c);
    }
    name = g_strconcat(pieces[0].name, is_encoded ? "*" : NULL, NULL);
    add(parameters, name, value->str);
}

/* Those of which a piece is missing, or there twice, stay in pieces. */
static void
add_pieces(GPtrArray *parameters, GArray *all)
{
    g_array_sort(all, compare_pieces);
    for (guint first = 0, n; first < all->len; first += n) {
        const Piece *pieces = &g_array_index(all, Piece, first);
        gboolean is_whole = pieces[0].number == 0;

        for (n = 1;
             first + n < all->len && g_ascii_strcasecmp(pieces[n].name, pieces[0].name) == 0;
             n++)
            is_whole &= pieces[n].number == n;
        if (is_whole) {
            add_joined(parameters, pieces, n);
            continue;
        }
        for (guint i = 0; i < n; i++) {
            g_autofree char *name = g_strdup_printf("%s*%u%s", pieces[i].name, pieces[i].number,
                                                    pieces[i].is_encoded ? "*" : "");

            add(parameters, name, pieces[i].value);
        }
    }
}

/* ---- all --------------------------------------------------------------------------------- */

GPtrArray *
mailsim_content_parameters_parse(MailsimWordReader *reader)
{
    GPtrArray *parameters = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    g_autoptr(GString) name = g_string_new(NULL);
    g_autoptr(GString) value = g_string_new(NULL);
    guint number = 0; /* of the last piece */

    g_array_set_clear_func(pieces, clear_piece);
    while (reader->at < reader->end) {
        Piece piece = {.place = pieces->len};

        if (read_parameter(reader, name, value) == MAILSIM_WORDS_BROKEN) {
            if (reader->at < reader->end)
                reader->at++;
        } else if (read_piece(name->str, value->str, number, &piece)) {
            number = piece.number;
            g_array_append_val(pieces, piece);
        } else {
            add(parameters, name->str, value->str);
        }
    }
    add_pieces(parameters, pieces);
    return parameters;
}

const char *
mailsim_content_parameter_find(const GPtrArray *parameters, const char *name)
{
    for (guint i = 0; parameters != NULL && i < parameters->len; i += 2) {
        if (g_ascii_strcasecmp(g_ptr_array_index(parameters, i), name) == 0)
            return g_ptr_array_index(parameters, i + 1);
    }
    return NULL;
}

/* ---- Content-Type ------------------------------------------------------------------------ */

/* type = token "/" token, and then parameters or nothing; a type alone is one without subtype.
 * FALSE: it is none at all. */
static gboolean
read_type(MailsimWordReader *reader, GString *type, GString *subtype)
{
    if (mailsim_words_skip_blanks(reader) != MAILSIM_WORDS_MORE)
        return FALSE;
    if (mailsim_words_read_token(reader, type) != MAILSIM_WORDS_MORE)
        return TRUE;
    if (*reader->at != '/' || type->len == 0)
        return FALSE;
    reader->at++;
    return mailsim_words_skip_blanks(reader) == MAILSIM_WORDS_MORE &&
           mailsim_words_read_token(reader, subtype) != MAILSIM_WORDS_BROKEN &&
           subtype->len > 0 && (reader->at == reader->end || *reader->at == ';');
}

void
mailsim_content_type_parse(const GString *value, MailsimContentType *type)
{
    MailsimWordReader reader = {.at = value->str, .end = value->str + value->len};
    GString *name = g_string_new(NULL);
    GString *subname = g_string_new(NULL);

    if (!read_type(&reader, name, subname)) {
        g_string_truncate(name, 0);
        g_string_truncate(subname, 0);
        reader.at = reader.end;
    }
    type->type = g_string_free(name, FALSE);
    type->subtype = g_string_free(subname, FALSE);
    type->parameters = mailsim_content_parameters_parse(&reader);
}

void
mailsim_content_type_clear(MailsimContentType *type)
{
    g_clear_pointer(&type->type, g_free);
    g_clear_pointer(&type->subtype, g_free);
    g_clear_pointer(&type->parameters, g_ptr_array_unref);
}
