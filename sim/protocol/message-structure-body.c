/* SPDX-License-Identifier: MIT
 *
 * BODY and BODYSTRUCTURE: the tree of the parts (RFC 3501 §7.4.2). */
#include "message-structure-private.h"

#include <mailsim/protocol/imap-command.h>
#include <string.h>

/* Of the Content-… fields of a part. Of each the first one counts, of Content-Disposition the
 * first one with parameters. */
typedef struct {
    gboolean is_mime;
    gboolean has_type;
    MailsimContentType type;
    char *id;
    char *description;
    char *encoding;
    char *md5;
    char *location;
    char *disposition;
    GPtrArray *disposition_parameters;
    GPtrArray *languages; /* of char * */
} PartFields;

static void
clear_fields(PartFields *fields)
{
    mailsim_content_type_clear(&fields->type);
    g_free(fields->id);
    g_free(fields->description);
    g_free(fields->encoding);
    g_free(fields->md5);
    g_free(fields->location);
    g_free(fields->disposition);
    g_clear_pointer(&fields->disposition_parameters, g_ptr_array_unref);
    g_clear_pointer(&fields->languages, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PartFields, clear_fields)

/* ---- reading ----------------------------------------------------------------------------- */

/* What is more than a word is none. */
static char *
read_encoding(MailsimWordReader *reader)
{
    g_autoptr(GString) word = g_string_new(NULL);

    mailsim_words_skip_blanks(reader);
    if (mailsim_words_read_token(reader, word) != MAILSIM_WORDS_END || word->len == 0)
        return NULL;
    return g_strdup(word->str);
}

static void
read_disposition(MailsimWordReader *reader, PartFields *fields)
{
    g_autoptr(GString) word = g_string_new(NULL);

    mailsim_words_skip_blanks(reader);
    if (mailsim_words_read_token(reader, word) == MAILSIM_WORDS_BROKEN)
        return;
    g_free(fields->disposition);
    fields->disposition = g_strdup(word->str);
    g_clear_pointer(&fields->disposition_parameters, g_ptr_array_unref);
    fields->disposition_parameters = mailsim_content_parameters_parse(reader);
}

/* RFC 3282 §2: tags between commas */
static GPtrArray *
read_languages(MailsimWordReader *reader)
{
    g_autoptr(GPtrArray) languages = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) word = g_string_new(NULL);

    mailsim_words_skip_blanks(reader);
    while (mailsim_words_read_atom(reader, word) != MAILSIM_WORDS_BROKEN) {
        g_ptr_array_add(languages, g_strdup(word->str));
        g_string_truncate(word, 0);
        if (reader->at == reader->end || *reader->at != ',')
            break;
        reader->at++;
        mailsim_words_skip_blanks(reader);
    }
    return languages->len > 0 ? g_steal_pointer(&languages) : NULL;
}

static void
read_field(const MailsimMessageField *field, PartFields *fields)
{
    const struct {
        const char *name;
        char **value;
    } plain[] = {
        {"Content-ID",          &fields->id         },
        {"Content-Description", &fields->description},
        {"Content-MD5",         &fields->md5        },
        {"Content-Location",    &fields->location   },
    };
    g_autoptr(GString) value = mailsim_message_field_dup_value(field);
    MailsimWordReader reader = {.at = value->str, .end = value->str + value->len};

    for (guint i = 0; i < G_N_ELEMENTS(plain); i++) {
        if (mailsim_message_field_is(field, plain[i].name) && *plain[i].value == NULL)
            *plain[i].value = mailsim_message_field_dup_text(field);
    }
    if (mailsim_message_field_is(field, "MIME-Version")) {
        fields->is_mime = TRUE;
    } else if (mailsim_message_field_is(field, "Content-Type") && !fields->has_type) {
        fields->is_mime = fields->has_type = TRUE;
        mailsim_content_type_parse(value, &fields->type);
    } else if (mailsim_message_field_is(field, "Content-Transfer-Encoding") &&
               fields->encoding == NULL) {
        fields->encoding = read_encoding(&reader);
    } else if (mailsim_message_field_is(field, "Content-Disposition") &&
               (fields->disposition == NULL || fields->disposition_parameters->len == 0)) {
        read_disposition(&reader, fields);
    } else if (mailsim_message_field_is(field, "Content-Language") &&
               fields->languages == NULL) {
        fields->languages = read_languages(&reader);
    }
}

/* Where nothing says that it is MIME, they mean nothing (RFC 2045 §4). */
static void
read_fields(const MailsimMessageStructure *structure,
            const MailsimMessagePart *part,
            PartFields *fields)
{
    const char *at = structure->text + part->header_start;
    const char *end = structure->text + part->body_start;
    MailsimMessageField field;

    fields->is_mime = part->parent != NULL && part->parent->kind == MAILSIM_PART_MULTIPART;
    while (mailsim_message_next_field(&at, end, &field)) {
        if (field.name_length > strlen("Content-"))
            read_field(&field, fields);
    }
    if (!fields->is_mime) {
        clear_fields(fields);
        *fields = (PartFields){0};
    }
}

/* ---- writing ----------------------------------------------------------------------------- */

/* Text without a charset is us-ascii (RFC 2045 §5.2). */
static void
append_parameters(GString *out, const GPtrArray *parameters, gboolean is_text)
{
    const guint n = parameters != NULL ? parameters->len : 0;
    const gboolean lacks_charset =
        is_text && mailsim_content_parameter_find(parameters, "charset") == NULL;

    if (n == 0 && !lacks_charset) {
        g_string_append(out, "NIL");
        return;
    }
    g_string_append_c(out, '(');
    for (guint i = 0; i < n; i++) {
        if (i > 0)
            g_string_append_c(out, ' ');
        mailsim_imap_append_string(out, g_ptr_array_index(parameters, i));
    }
    if (lacks_charset)
        g_string_append_printf(out, "%s\"charset\" \"us-ascii\"", n > 0 ? " " : "");
    g_string_append_c(out, ')');
}

/* body-ext of both kinds of parts: disposition, languages, location */
static void
append_extension(GString *out, const PartFields *fields)
{
    if (fields->disposition == NULL) {
        g_string_append(out, " NIL");
    } else {
        g_string_append(out, " (");
        mailsim_imap_append_string(out, fields->disposition);
        g_string_append_c(out, ' ');
        append_parameters(out, fields->disposition_parameters, FALSE);
        g_string_append_c(out, ')');
    }
    if (fields->languages == NULL)
        g_string_append(out, " NIL");
    for (guint i = 0; fields->languages != NULL && i < fields->languages->len; i++) {
        g_string_append(out, i == 0 ? " (" : " ");
        mailsim_imap_append_string(out, g_ptr_array_index(fields->languages, i));
    }
    g_string_append(out, fields->languages != NULL ? ") " : " ");
    mailsim_message_append_unfolded(out, fields->location);
}

static void append_part(const MailsimMessageStructure *structure,
                        const MailsimMessagePart *part,
                        gboolean extended,
                        GString *out);

/* A multipart without parts is not allowed: it is said to have an empty one. */
static void
append_multipart(const MailsimMessageStructure *structure,
                 const MailsimMessagePart *part,
                 const PartFields *fields,
                 gboolean extended,
                 GString *out)
{
    for (const MailsimMessagePart *p = part->first_child; p != NULL; p = p->next)
        append_part(structure, p, extended, out);
    if (part->first_child == NULL)
        g_string_append_printf(
            out, "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 0 0%s)",
            extended ? " NIL NIL NIL NIL" : "");
    g_string_append_c(out, ' ');
    mailsim_imap_append_string(out, fields->type.subtype);
    if (extended) {
        g_string_append_c(out, ' ');
        append_parameters(out, fields->type.parameters, FALSE);
        append_extension(out, fields);
    }
}

static guint
count_lines(const MailsimMessageStructure *structure, const MailsimMessagePart *part)
{
    const char *end = structure->text + part->body_end;
    guint n = 0;

    for (const char *c = structure->text + part->body_start; c < end; c++)
        n += *c == '\n';
    return n;
}

/* It says that it has parts, but is not taken at its word. */
static gboolean
has_lost_parts(const MailsimMessagePart *part, const MailsimContentType *type)
{
    return part->kind == MAILSIM_PART_OTHER &&
           (g_ascii_strcasecmp(type->type, "multipart") == 0 ||
            (g_ascii_strcasecmp(type->type, "message") == 0 &&
             g_ascii_strcasecmp(type->subtype, "rfc822") == 0));
}

/* body-fields: parameters, id, description, encoding, octets */
static void
append_single_fields(const MailsimMessagePart *part, const PartFields *fields, GString *out)
{
    if (part->kind == MAILSIM_PART_MESSAGE) {
        g_string_append(out, "\"message\" \"rfc822\" ");
    } else if (!fields->has_type) {
        g_string_append(out, "\"text\" \"plain\" ");
    } else if (has_lost_parts(part, &fields->type)) {
        g_string_append(out, "\"application\" \"octet-stream\" ");
    } else {
        mailsim_imap_append_string(out, fields->type.type);
        g_string_append_c(out, ' ');
        mailsim_imap_append_string(out, fields->type.subtype);
        g_string_append_c(out, ' ');
    }
    append_parameters(out, fields->type.parameters, part->kind == MAILSIM_PART_TEXT);
    g_string_append_c(out, ' ');
    mailsim_message_append_unfolded(out, fields->id);
    g_string_append_c(out, ' ');
    mailsim_message_append_unfolded(out, fields->description);
    g_string_append_c(out, ' ');
    mailsim_imap_append_string(out, fields->encoding != NULL ? fields->encoding : "7bit");
    g_string_append_printf(out, " %" G_GSIZE_FORMAT, part->body_end - part->body_start);
}

static void
append_single(const MailsimMessageStructure *structure,
              const MailsimMessagePart *part,
              const PartFields *fields,
              gboolean extended,
              GString *out)
{
    append_single_fields(part, fields, out);
    if (part->kind == MAILSIM_PART_MESSAGE) {
        g_string_append_c(out, ' ');
        mailsim_message_append_envelope(structure, part->first_child, out);
        g_string_append_c(out, ' ');
        append_part(structure, part->first_child, extended, out);
    }
    if (part->kind == MAILSIM_PART_MESSAGE || part->kind == MAILSIM_PART_TEXT)
        g_string_append_printf(out, " %u", count_lines(structure, part));
    if (extended) {
        g_string_append_c(out, ' ');
        mailsim_message_append_unfolded(out, fields->md5);
        append_extension(out, fields);
    }
}

static void
append_part(const MailsimMessageStructure *structure,
            const MailsimMessagePart *part,
            gboolean extended,
            GString *out)
{
    g_auto(PartFields) fields = {0};

    read_fields(structure, part, &fields);
    g_string_append_c(out, '(');
    if (part->kind == MAILSIM_PART_MULTIPART)
        append_multipart(structure, part, &fields, extended, out);
    else
        append_single(structure, part, &fields, extended, out);
    g_string_append_c(out, ')');
}

void
mailsim_message_structure_append_body(const MailsimMessageStructure *structure,
                                      gboolean extended,
                                      GString *out)
{
    append_part(structure, g_ptr_array_index(structure->parts, 0), extended, out);
}
