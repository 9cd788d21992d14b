/* SPDX-License-Identifier: MIT
 *
 * Which parts a message has (RFC 2046 §5.1). A line is a boundary when it begins with one: the
 * longest counts, then the innermost. The line end before it belongs to it. */
#include "message-structure-private.h"

#include <string.h>

/* What of a boundary counts (RFC 2046 has 70), how deep parts are nested, and how many there
 * are: what is deeper is text, what comes later belongs to the last one. Dovecot's. */
#define BOUNDARY_MAX_OCTETS 80
#define NESTING_MAX         100
#define PARTS_MAX           10000

typedef struct {
    char *text;
    gsize length;
    MailsimMessagePart *part; /* the multipart that it divides */
} Boundary;

typedef struct {
    MailsimMessageStructure *structure;
    const char *at;
    const char *end;
    const char *text;   /* where the text before AT begins, behind a header or a boundary */
    GArray *boundaries; /* of Boundary, the innermost last */
    MailsimMessagePart *part;
    guint depth; /* of part */
} Splitter;

static void
clear_boundary(gpointer data)
{
    g_free(((Boundary *)data)->text);
}

static gsize
tell(const Splitter *splitter, const char *at)
{
    return (gsize)(at - splitter->structure->text);
}

/* Below its part, where it is now. */
static void
begin_part(Splitter *splitter)
{
    MailsimMessagePart *part = g_new0(MailsimMessagePart, 1);
    MailsimMessagePart *parent = splitter->part;

    part->parent = parent;
    part->header_start = tell(splitter, splitter->at);
    if (parent != NULL && parent->last_child != NULL)
        parent->last_child->next = part;
    else if (parent != NULL)
        parent->first_child = part;
    if (parent != NULL)
        parent->last_child = part;
    g_ptr_array_add(splitter->structure->parts, part);
    splitter->part = part;
    splitter->depth++;
}

/* ---- boundaries -------------------------------------------------------------------------- */

/* The one that LINE is, up to its end; -1: it is none. *FINAL: no more parts come. */
static gint
find_boundary(const Splitter *splitter, const char *line, gboolean *final)
{
    const char *line_end = memchr(line, '\n', (gsize)(splitter->end - line));
    gint found = -1;
    gsize length;

    if (splitter->boundaries->len == 0 || splitter->structure->parts->len >= PARTS_MAX ||
        splitter->end - line < 2 || line[0] != '-' || line[1] != '-')
        return -1;
    line += 2;
    length = (gsize)((line_end != NULL ? line_end : splitter->end) - line);
    if (line_end != NULL && length > 0 && line[length - 1] == '\r')
        length--;
    for (gint i = (gint)splitter->boundaries->len - 1; i >= 0; i--) {
        const Boundary *boundary = &g_array_index(splitter->boundaries, Boundary, i);
        const Boundary *best =
            found >= 0 ? &g_array_index(splitter->boundaries, Boundary, found) : NULL;

        if (boundary->length > length || memcmp(line, boundary->text, boundary->length) != 0 ||
            (best != NULL && best->length >= boundary->length))
            continue;
        found = i;
        *final =
            length >= boundary->length + 2 && memcmp(line + boundary->length, "--", 2) == 0;
        if (length == boundary->length || (length == boundary->length + 2 && *final))
            break;
    }
    return found;
}

/* Before the line end that stands before AT, if it does not stand before START. */
static const char *
skip_line_end_back(const char *at, const char *start)
{
    if (at == start || at[-1] != '\n')
        return at;
    at--;
    return at > start && at[-1] == '\r' ? at - 1 : at;
}

/* The part of the message that ends at END, and those above it up to ANCESTOR. */
static void
end_parts(Splitter *splitter, const char *end, const MailsimMessagePart *ancestor)
{
    for (; splitter->part != ancestor; splitter->part = splitter->part->parent) {
        splitter->part->body_end =
            splitter->part->is_cut ? splitter->part->body_start : tell(splitter, end);
        splitter->depth--;
    }
}

/* ---- headers ----------------------------------------------------------------------------- */

static void
read_content_type(Splitter *splitter, const MailsimMessageField *field, char **boundary)
{
    g_auto(MailsimContentType) type = {0};
    g_autofree char *value = NULL;
    GString *unfolded = mailsim_message_field_dup_value(field);
    MailsimMessagePart *part = splitter->part;

    mailsim_content_type_parse(unfolded, &type);
    value = g_string_free(unfolded, FALSE);
    part->kind = MAILSIM_PART_OTHER;
    if (g_ascii_strcasecmp(type.type, "text") == 0) {
        part->kind = MAILSIM_PART_TEXT;
    } else if (g_ascii_strcasecmp(type.type, "message") == 0 &&
               g_ascii_strcasecmp(type.subtype, "rfc822") == 0) {
        part->kind = MAILSIM_PART_MESSAGE;
    } else if (g_ascii_strcasecmp(type.type, "multipart") == 0 && type.subtype[0] != '\0') {
        const char *found = mailsim_content_parameter_find(type.parameters, "boundary");

        part->kind = MAILSIM_PART_MULTIPART;
        part->is_digest = g_ascii_strcasecmp(type.subtype, "digest") == 0;
        *boundary = g_strndup(found, BOUNDARY_MAX_OCTETS);
    }
}

/* A boundary ends the header of its part: there is no body, and the line end before it belongs
 * to the boundary, be it that of the empty line. A message that does not even begin cuts the
 * header of the part that it is, too. */
static void
cut_header(Splitter *splitter)
{
    for (MailsimMessagePart *part = splitter->part;;) {
        const char *start = splitter->structure->text + part->header_start;

        part->is_cut = TRUE;
        part->body_start = tell(splitter, skip_line_end_back(splitter->at, start));
        if (start < splitter->at || part->parent == NULL ||
            part->parent->kind != MAILSIM_PART_MESSAGE)
            break;
        part = part->parent;
    }
}

/* The header of its part, up to the body or a boundary; *BOUNDARY: its own. */
static void
read_header(Splitter *splitter, char **boundary)
{
    MailsimMessagePart *part = splitter->part;
    gboolean has_type = FALSE;
    gboolean is_cut;
    MailsimMessageField field;
    gboolean final;

    part->kind = MAILSIM_PART_TEXT;
    while (!(is_cut = find_boundary(splitter, splitter->at, &final) >= 0) &&
           mailsim_message_next_field(&splitter->at, splitter->end, &field)) {
        if (!has_type && mailsim_message_field_is(&field, "Content-Type")) {
            has_type = TRUE;
            read_content_type(splitter, &field, boundary);
        }
    }
    splitter->text = splitter->at;
    part->body_start = tell(splitter, splitter->at);
    if (is_cut)
        cut_header(splitter);
    if (!has_type && part->parent != NULL && part->parent->is_digest)
        part->kind = MAILSIM_PART_MESSAGE;
}

/* ---- all of it --------------------------------------------------------------------------- */

/* Its part, as far as it is header; a message in it, too. */
static void
read_headers(Splitter *splitter)
{
    for (;;) {
        g_autofree char *boundary = NULL;

        read_header(splitter, &boundary);
        if ((splitter->depth >= NESTING_MAX || splitter->structure->parts->len >= PARTS_MAX) &&
            splitter->part->kind != MAILSIM_PART_TEXT)
            splitter->part->kind = MAILSIM_PART_OTHER;
        if (splitter->part->kind == MAILSIM_PART_MULTIPART && boundary != NULL &&
            !splitter->part->is_cut) {
            const Boundary dividing = {boundary, strlen(boundary), splitter->part};

            boundary = NULL;
            g_array_append_val(splitter->boundaries, dividing);
        }
        if (splitter->part->kind != MAILSIM_PART_MESSAGE)
            return;
        begin_part(splitter);
    }
}

/* What the boundary at INDEX divides, at which the splitter is, goes on behind it. */
static void
pass_boundary(Splitter *splitter, guint index, gboolean final)
{
    MailsimMessagePart *divided = g_array_index(splitter->boundaries, Boundary, index).part;
    const char *line_feed = memchr(splitter->at, '\n', (gsize)(splitter->end - splitter->at));

    if (splitter->part != divided && tell(splitter, splitter->at) == splitter->part->body_start)
        cut_header(splitter);
    end_parts(splitter, skip_line_end_back(splitter->at, splitter->text), divided);
    g_array_set_size(splitter->boundaries, final ? index : index + 1);
    splitter->at = line_feed != NULL ? line_feed + 1 : splitter->end;
    splitter->text = splitter->at;
    if (line_feed == NULL || final)
        return;
    begin_part(splitter);
    read_headers(splitter);
}

void
mailsim_message_find_parts(MailsimMessageStructure *structure)
{
    Splitter splitter = {
        .structure = structure,
        .at = structure->text,
        .end = structure->text + structure->length,
        .boundaries = g_array_new(FALSE, FALSE, sizeof(Boundary)),
    };

    g_array_set_clear_func(splitter.boundaries, clear_boundary);
    begin_part(&splitter);
    read_headers(&splitter);
    while (splitter.at < splitter.end && splitter.boundaries->len > 0) {
        gboolean final = FALSE;
        const gint index = find_boundary(&splitter, splitter.at, &final);
        const char *line_feed;

        if (index >= 0) {
            pass_boundary(&splitter, (guint)index, final);
            continue;
        }
        line_feed = memchr(splitter.at, '\n', (gsize)(splitter.end - splitter.at));
        splitter.at = line_feed != NULL ? line_feed + 1 : splitter.end;
    }
    end_parts(&splitter, splitter.end, NULL);
    g_array_unref(splitter.boundaries);
}
