/* SPDX-License-Identifier: MIT
 *
 * A text that somebody wrote, and places in it. Every token of a scenario keeps its span, so
 * that whatever is wrong with it later can be shown where it stands. */
#pragma once

#include <glib.h>

typedef struct MailsimSource MailsimSource;

/* NAME is what diagnostics print (“case5.scenario”). Takes a reference to TEXT. */
MailsimSource *mailsim_source_new(const char *name, GBytes *text);
MailsimSource *mailsim_source_ref(MailsimSource *source);
void mailsim_source_unref(MailsimSource *source);

const char *mailsim_source_get_name(const MailsimSource *source);

/* The line NUMBER (from 1) without its line end; lent, not NUL-terminated. NULL beyond the
 * end. */
const char *mailsim_source_get_line(const MailsimSource *source, guint number, gsize *length);
guint mailsim_source_count_lines(const MailsimSource *source);

/* A piece of one line: bytes START up to END (not included), counted from 0. SOURCE is
 * borrowed; it is NULL for what no file says (a default, a command line). */
typedef struct {
    const MailsimSource *source;
    guint line;
    gsize start;
    gsize end;
} MailsimSpan;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimSource, mailsim_source_unref)
