/* SPDX-License-Identifier: MIT
 *
 * What the scanner and the data that it makes (scan.c) share. */
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

LineKind mailsim_scanner_classify(const char *text, gsize length);

MailsimScan  *mailsim_scan_new(MailsimSource *source);
MailsimGroup *mailsim_group_new(const char *name, const MailsimSpan *span);
void          mailsim_group_take_entry(MailsimGroup *group, MailsimEntry *entry);

/* Join bytes START up to END of line LINE, standing at TEXT, to the value with a blank. */
void mailsim_entry_append(MailsimEntry *entry, const char *text, guint line, gsize start,
                          gsize end);
