/* SPDX-License-Identifier: MIT
 *
 * Mistakes in what a person wrote, collected and printed once, in file order, with the line,
 * a caret and a hint. A diagnostic is data, not an error of the program: that is GError's
 * work. */
#pragma once

#include <mailsim/base/source.h>

typedef enum {
    MAILSIM_SEVERITY_ERROR,
    MAILSIM_SEVERITY_WARNING,
} MailsimSeverity;

typedef struct MailsimDiagnostics MailsimDiagnostics;

MailsimDiagnostics *mailsim_diagnostics_new(void);
void mailsim_diagnostics_free(MailsimDiagnostics *diagnostics);

/* Add one. SPAN is copied and its source referenced. HINT, what to do about it, stands after
 * the caret; NULL for none. The message is a whole phrase without final stop. */
void mailsim_diagnostics_add(MailsimDiagnostics *diagnostics,
                             MailsimSeverity severity,
                             const MailsimSpan *span,
                             const char *hint,
                             const char *format,
                             ...) G_GNUC_PRINTF(5, 6);

/* Give the diagnostic added last a second place: “first written here” and the like. */
void mailsim_diagnostics_point_at(MailsimDiagnostics *diagnostics,
                                  const MailsimSpan *span,
                                  const char *label);

/* Give the diagnostic added last a longer hint, for those who ask for all there is. */
void mailsim_diagnostics_set_long_hint(MailsimDiagnostics *diagnostics, const char *hint);

guint mailsim_diagnostics_count(const MailsimDiagnostics *diagnostics,
                                MailsimSeverity severity);

/* All of it as text for standard error, sorted by file (in order of first appearance), line and
 * column; the first SHOWN (0: all, with long hints), then “and N more”. Empty string when there
 * is nothing. */
char *mailsim_diagnostics_print(const MailsimDiagnostics *diagnostics, guint shown);

/* TEXT fit for a terminal: controls become pictures, what is not UTF-8 becomes U+FFFD, and what
 * it quotes is cut to a length that can be read. Free with g_free(). */
char *mailsim_diagnostics_dup_phrase(const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimDiagnostics, mailsim_diagnostics_free)
