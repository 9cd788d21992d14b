/* SPDX-License-Identifier: MIT
 *
 * What a message is made of, as IMAP's FETCH tells it (RFC 3501 §7.4.2): fields, parts, and
 * where each lies among the octets. Any octets are a message; what is broken is taken as
 * Dovecot 2.3 takes it. */
#pragma once

#include <glib.h>

typedef struct MailsimMessageStructure MailsimMessageStructure;

/* TEXT is the message as it crosses the wire, lines end in CR LF; it is referenced. */
MailsimMessageStructure *mailsim_message_structure_new(GBytes *text);
void mailsim_message_structure_free(MailsimMessageStructure *structure);

/* Append “("Wed, 1 Jul 2026 …" "Hola" …)”, raw: encoded words stay what they are. */
void mailsim_message_structure_append_envelope(const MailsimMessageStructure *structure,
                                               GString *out);

/* Append “("text" "plain" …)”: BODYSTRUCTURE where it is EXTENDED, else BODY. */
void mailsim_message_structure_append_body(const MailsimMessageStructure *structure,
                                           gboolean extended,
                                           GString *out);

/* ---- sections ---------------------------------------------------------------------------- */

typedef enum {
    MAILSIM_SECTION_ALL,    /* “”: header and text; of a part (“1.2”) its text alone */
    MAILSIM_SECTION_HEADER, /* “HEADER”, “1.2.HEADER” */
    MAILSIM_SECTION_TEXT,   /* “TEXT”, “1.2.TEXT” */
    MAILSIM_SECTION_MIME,   /* “1.2.MIME” */
    MAILSIM_SECTION_FIELDS, /* “HEADER.FIELDS (TO DATE)” */
    MAILSIM_SECTION_FIELDS_NOT,
} MailsimMessageSectionKind;

typedef struct {
    MailsimMessageSectionKind kind;
    char *path;    /* “1.2”; “”: the message itself */
    char **fields; /* NULL but for MAILSIM_SECTION_FIELDS and …_NOT */
} MailsimMessageSection;

/* TEXT is what stands between the brackets, but for the names of fields, which are FIELDS and
 * copied (NULL: there is no list). FALSE: it is no section. */
gboolean mailsim_message_section_parse(const char *text,
                                       const char *const *fields,
                                       MailsimMessageSection *section);
void mailsim_message_section_clear(MailsimMessageSection *section);

/* Its octets, with 0x80 for NUL; of a part that does not exist there are none. Free with
 * g_bytes_unref(). */
GBytes *mailsim_message_structure_dup_section(const MailsimMessageStructure *structure,
                                              const MailsimMessageSection *section);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimMessageStructure, mailsim_message_structure_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimMessageSection, mailsim_message_section_clear)
