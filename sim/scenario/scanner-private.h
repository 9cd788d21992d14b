/* SPDX-License-Identifier: MIT
 *
 * What the scanner, its lines (scanner-line.c), sections of
 * dovecot.conf (scanner-block.c) and the data that it makes (scan.c) share. */
#pragma once

#include <mailsim/scenario/scanner.h>

typedef enum {
    LINE_BLANK,
    LINE_COMMENT,
    LINE_HEADER,
    LINE_OPTION,
    LINE_INDENTED,
    LINE_ENTRY,
} LineKind;

LineKind line_classify(const char *text, gsize length);
gboolean line_is_blank(char c);

/* The first byte from AT on that is no blank, and the end without the blanks before it. */
gsize line_skip_blanks(const char *text, gsize at, gsize length);
gsize line_drop_blanks(const char *text, gsize start, gsize end);

/* [dovecot …] takes lines, and tells of sections, as dovecot.conf has them. */
gboolean line_has_dovecot_name(const char *name);

/* [postfix …] and [service …] take lines as main.cf and master.cf write them. */
gboolean line_has_postfix_name(const char *name, gsize length);

MailsimScan *mailsim_scan_new(MailsimSource *source);
MailsimGroup *mailsim_group_new(const char *name, const MailsimSpan *span);
void mailsim_group_take_entry(MailsimGroup *group, MailsimEntry *entry);

/* Join bytes START up to END of line LINE, standing at TEXT, to the value with a blank. */
void
mailsim_entry_append(MailsimEntry *entry, const char *text, guint line, gsize start, gsize end);

/* --- scanner-block.c --- */

typedef struct Block Block;

/* The section of dovecot.conf that the line at SPAN begins; NULL: it begins none. */
Block *block_new(const char *text, gsize length, const MailsimSpan *span);
void block_free(Block *block);

/* Is its last “}” still to come? */
gboolean block_is_open(const Block *block);
void block_take_line(Block *block, const char *text, gsize length);

/* That it is not read, and what to write instead; once, when no more lines come. */
void block_tell(Block *block, MailsimDiagnostics *diagnostics);
