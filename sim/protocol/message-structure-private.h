/* SPDX-License-Identifier: MIT
 *
 * The parts of a message and the words of its fields, shared by the files message-structure*.c
 * and message-search.c. */
#pragma once

#include <mailsim/protocol/message-structure.h>

/* ---- parts ------------------------------------------------------------------------------- */

typedef enum {
    MAILSIM_PART_TEXT,      /* text/…, and what does not say what it is */
    MAILSIM_PART_MULTIPART, /* may have no parts at all */
    MAILSIM_PART_MESSAGE,   /* message/rfc822: one child, the message */
    MAILSIM_PART_OTHER,
} MailsimPartKind;

/* Offsets into the text. The header ends in its empty line, if there is one. */
typedef struct MailsimMessagePart MailsimMessagePart;
struct MailsimMessagePart {
    MailsimPartKind kind;
    gboolean is_digest; /* parts that say nothing else are messages */
    gboolean is_cut;    /* a boundary ends the header: there is no body */
    gsize header_start;
    gsize body_start;
    gsize body_end;
    MailsimMessagePart *parent;
    MailsimMessagePart *first_child;
    MailsimMessagePart *last_child;
    MailsimMessagePart *next;
};

struct MailsimMessageStructure {
    GBytes *bytes;
    const char *text; /* of bytes */
    gsize length;
    GPtrArray *parts; /* of MailsimMessagePart, in their order; the first is the message */
};

/* Find all parts of TEXT. */
void mailsim_message_find_parts(MailsimMessageStructure *structure);

/* ---- fields ------------------------------------------------------------------------------ */

/* Of a header; pointers into the text. A line without a colon has no name, and is all value. */
typedef struct {
    const char *line; /* where it begins */
    const char *end;  /* of it, behind the line end; lines that continue it included */
    const char *name;
    gsize name_length;
    const char *value; /* behind the colon and blanks; ends at end */
} MailsimMessageField;

/* The field at *AT, which moves behind it; the header ends at END. FALSE: it is over, *AT is
 * behind the empty line. */
gboolean
mailsim_message_next_field(const char **at, const char *end, MailsimMessageField *field);

gboolean mailsim_message_field_is(const MailsimMessageField *field, const char *name);

/* The value on its own: no line end behind it, folds are LF. Free with g_string_free(). */
GString *mailsim_message_field_dup_value(const MailsimMessageField *field);

/* The same, with U+FFFD for NUL; free with g_free(). */
char *mailsim_message_field_dup_text(const MailsimMessageField *field);

/* ---- words ------------------------------------------------------------------------------- */

/* Reading a value word by word (RFC 5322 §3.2), as forgiving as Dovecot. */
typedef struct {
    const char *at;
    const char *end;
    GString *comment; /* NULL: comments are not wanted; else the last one */
} MailsimWordReader;

typedef enum {
    MAILSIM_WORDS_BROKEN,
    MAILSIM_WORDS_END, /* of the value */
    MAILSIM_WORDS_MORE,
} MailsimWords;

/* Each goes on behind what it reads and the blanks and comments that follow, and says whether
 * there is more. Words are appended to OUT. */
MailsimWords mailsim_words_skip_blanks(MailsimWordReader *reader);
MailsimWords mailsim_words_read_atom(MailsimWordReader *reader, GString *out);
MailsimWords mailsim_words_read_quoted(MailsimWordReader *reader, GString *out);
MailsimWords mailsim_words_read_phrase(MailsimWordReader *reader, GString *out);
MailsimWords mailsim_words_read_domain(MailsimWordReader *reader, GString *out);
MailsimWords mailsim_words_read_token(MailsimWordReader *reader, GString *out);

gboolean mailsim_words_is_atom_octet(char octet);

/* ---- Content-Type and the like ----------------------------------------------------------- */

typedef struct {
    char *type;            /* “text”, as it was written */
    char *subtype;         /* “” where there is none */
    GPtrArray *parameters; /* of char *: name, value, name, value */
} MailsimContentType;

void mailsim_content_type_parse(const GString *value, MailsimContentType *type);
void mailsim_content_type_clear(MailsimContentType *type);

/* The parameters at READER, names and values; RFC 2231's pieces are joined. */
GPtrArray *mailsim_content_parameters_parse(MailsimWordReader *reader);

/* NULL: it is not there. */
const char *mailsim_content_parameter_find(const GPtrArray *parameters, const char *name);

/* ---- writing ----------------------------------------------------------------------------- */

/* Append “(date subject …)” of the header of PART. */
void mailsim_message_append_envelope(const MailsimMessageStructure *structure,
                                     const MailsimMessagePart *part,
                                     GString *out);

typedef enum {
    MAILSIM_ADDRESSES_AS_IMAP, /* “(name route mailbox host)”, one after the other */
    MAILSIM_ADDRESSES_AS_TEXT, /* “name <mailbox@host>, …” */
} MailsimAddressForm;

/* Append the addresses of VALUE. */
void mailsim_message_append_addresses(const GString *value,
                                      MailsimAddressForm form,
                                      GString *addresses);

/* Append TEXT as a string (NULL: NIL) without its folds. */
void mailsim_message_append_unfolded(GString *out, const char *text);

/* Append TEXT as what people read: blanks are one, none at the end. */
void mailsim_message_append_readable(GString *out, const char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimContentType, mailsim_content_type_clear)
