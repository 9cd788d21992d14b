/* SPDX-License-Identifier: MIT
 *
 * A message, and the octets of its sections (RFC 3501 §6.4.5). */
#include "message-structure-private.h"

#include <string.h>

#define NUL_REPLACEMENT '\x80' /* Dovecot's */

MailsimMessageStructure *
mailsim_message_structure_new(GBytes *text)
{
    MailsimMessageStructure *structure = g_new0(MailsimMessageStructure, 1);

    structure->bytes = g_bytes_ref(text);
    structure->text = g_bytes_get_data(text, &structure->length);
    if (structure->text == NULL)
        structure->text = "";
    structure->parts = g_ptr_array_new_with_free_func(g_free);
    mailsim_message_find_parts(structure);
    return structure;
}

void
mailsim_message_structure_free(MailsimMessageStructure *structure)
{
    if (structure == NULL)
        return;
    g_ptr_array_unref(structure->parts);
    g_bytes_unref(structure->bytes);
    g_free(structure);
}

/* ---- the grammar ------------------------------------------------------------------------- */

/* section-part = nz-number *("." nz-number); behind it, and the dot before a word. NULL: it is
 * broken. */
static const char *
skip_path(const char *text, gsize *length)
{
    const char *c = text;

    *length = 0;
    while (g_ascii_isdigit(*c)) {
        while (g_ascii_isdigit(*c))
            c++;
        *length = (gsize)(c - text);
        if (*c == '\0')
            return c;
        if (*c++ != '.')
            return NULL;
    }
    return c == text || *c != '\0' ? c : NULL;
}

static gboolean
find_kind(const char *word,
          gboolean in_part,
          gboolean has_fields,
          MailsimMessageSection *section)
{
    static const struct {
        const char *word;
        MailsimMessageSectionKind kind;
        gboolean has_fields;
    } kinds[] = {
        {"",                  MAILSIM_SECTION_ALL,        FALSE},
        {"HEADER",            MAILSIM_SECTION_HEADER,     FALSE},
        {"TEXT",              MAILSIM_SECTION_TEXT,       FALSE},
        {"MIME",              MAILSIM_SECTION_MIME,       FALSE},
        {"HEADER.FIELDS",     MAILSIM_SECTION_FIELDS,     TRUE },
        {"HEADER.FIELDS.NOT", MAILSIM_SECTION_FIELDS_NOT, TRUE },
    };

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_ascii_strcasecmp(word, kinds[i].word) == 0 && kinds[i].has_fields == has_fields) {
            section->kind = kinds[i].kind;
            return section->kind != MAILSIM_SECTION_MIME || in_part;
        }
    }
    return FALSE;
}

gboolean
mailsim_message_section_parse(const char *text,
                              const char *const *fields,
                              MailsimMessageSection *section)
{
    gsize length;
    const char *word = skip_path(text, &length);

    if (word == NULL || (fields != NULL && fields[0] == NULL) ||
        !find_kind(word, length > 0, fields != NULL, section))
        return FALSE;
    section->path = g_strndup(text, length);
    section->fields = g_strdupv((char **)fields);
    return TRUE;
}

void
mailsim_message_section_clear(MailsimMessageSection *section)
{
    g_clear_pointer(&section->path, g_free);
    g_clear_pointer(&section->fields, g_strfreev);
}

/* ---- parts ------------------------------------------------------------------------------- */

/* The number at *PATH, which moves behind it and its dot. */
static guint64
read_number(const char **path)
{
    const guint64 number = g_ascii_strtoull(*path, (char **)path, 10);

    if (**path == '.')
        (*path)++;
    return number;
}

/* What is no multipart is its own part 1, once. */
static const MailsimMessagePart *
find_part(const MailsimMessageStructure *structure, const char *path)
{
    const MailsimMessagePart *part = g_ptr_array_index(structure->parts, 0);
    gboolean is_own = FALSE;

    while (*path != '\0' && part != NULL) {
        guint64 number = read_number(&path);

        if (part->kind == MAILSIM_PART_MULTIPART) {
            part = number > 0 ? part->first_child : NULL;
            for (; number > 1 && part != NULL; number--)
                part = part->next;
            is_own = FALSE;
        } else if (number != 1 || is_own) {
            part = NULL;
        } else {
            is_own = TRUE;
        }
        if (part != NULL && part->kind == MAILSIM_PART_MESSAGE && *path != '\0') {
            part = part->first_child;
            is_own = FALSE;
        }
    }
    return part;
}

/* ---- octets ------------------------------------------------------------------------------ */

static GBytes *
cut(const MailsimMessageStructure *structure, gsize start, gsize end)
{
    return g_bytes_new_from_bytes(structure->bytes, start, end - start);
}

/* A header and a list of names may both be long. */
static GHashTable *
collect_names(char **fields)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; fields[i] != NULL; i++)
        g_hash_table_add(names, g_ascii_strup(fields[i], -1));
    return names;
}

static gboolean
is_named(const MailsimMessageField *field, GHashTable *names)
{
    g_autofree char *name = g_ascii_strup(field->name, (gssize)field->name_length);

    return strlen(name) == field->name_length && g_hash_table_contains(names, name);
}

/* The lines of the fields that are named, or of all others, and an empty one if the header has
 * one; of the message itself anyhow, where fields are named. */
static GBytes *
pick_fields(const MailsimMessageStructure *structure,
            const MailsimMessagePart *part,
            const MailsimMessageSection *section)
{
    const char *at = structure->text + part->header_start;
    const char *end = structure->text + part->body_start;
    const gboolean is_named_list = section->kind == MAILSIM_SECTION_FIELDS;
    g_autoptr(GHashTable) names = collect_names(section->fields);
    GString *picked = g_string_new(NULL);
    gsize fields_end = part->header_start;
    MailsimMessageField field;

    while (mailsim_message_next_field(&at, end, &field)) {
        fields_end = (gsize)(field.end - structure->text);
        if (is_named(&field, names) == is_named_list)
            g_string_append_len(picked, field.line, field.end - field.line);
    }
    if (picked->len > 0 && picked->str[picked->len - 1] != '\n')
        g_string_append(picked, "\r\n");
    if (fields_end < part->body_start || part->is_cut ||
        (is_named_list && section->path[0] == '\0'))
        g_string_append(picked, "\r\n");
    return g_string_free_to_bytes(picked);
}

/* Header and text of a part are those of the message in it. */
static const MailsimMessagePart *
find_section_part(const MailsimMessageStructure *structure,
                  const MailsimMessageSection *section)
{
    const MailsimMessagePart *part = find_part(structure, section->path);

    if (part == NULL || section->path[0] == '\0' || section->kind == MAILSIM_SECTION_ALL ||
        section->kind == MAILSIM_SECTION_MIME)
        return part;
    return part->kind == MAILSIM_PART_MESSAGE ? part->first_child : NULL;
}

static GBytes *
dup_octets(const MailsimMessageStructure *structure, const MailsimMessageSection *section)
{
    const MailsimMessagePart *part = find_section_part(structure, section);

    if (part == NULL)
        return g_bytes_new_static("", 0);
    switch (section->kind) {
    case MAILSIM_SECTION_ALL:
        return cut(structure, section->path[0] == '\0' ? part->header_start : part->body_start,
                   part->body_end);
    case MAILSIM_SECTION_HEADER:
    case MAILSIM_SECTION_MIME:
        return cut(structure, part->header_start, part->body_start);
    case MAILSIM_SECTION_TEXT:
        return cut(structure, part->body_start, part->body_end);
    case MAILSIM_SECTION_FIELDS:
    case MAILSIM_SECTION_FIELDS_NOT:
        return pick_fields(structure, part, section);
    }
    g_assert_not_reached();
}

/* IMAP has no NUL (RFC 3501 §9, CHAR8). */
GBytes *
mailsim_message_structure_dup_section(const MailsimMessageStructure *structure,
                                      const MailsimMessageSection *section)
{
    g_autoptr(GBytes) octets = dup_octets(structure, section);
    gsize length;
    const char *text = g_bytes_get_data(octets, &length);
    char *copy;

    if (length == 0 || memchr(text, '\0', length) == NULL)
        return g_steal_pointer(&octets);
    copy = g_memdup2(text, length);
    for (char *c = copy; (c = memchr(c, '\0', length - (gsize)(c - copy))) != NULL;)
        *c = NUL_REPLACEMENT;
    return g_bytes_new_take(copy, length);
}
