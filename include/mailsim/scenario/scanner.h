/* SPDX-License-Identifier: MIT
 *
 * The lines of a scenario as groups and entries, each with its place. The scanner knows the
 * syntax (GLib's key file, plus the continuation lines of main.cf and the -o options of
 * master.cf) and nothing of what the words mean: that is the key table's and the checker's. */
#pragma once

#include <mailsim/base/diagnostics.h>

/* “key[locale] = value”. Strings are owned. */
typedef struct {
    char *key;
    char *locale;       /* NULL: none */
    char *value;        /* continuation lines joined; no blanks at either end */
    gboolean is_option; /* written “-o key=value” */
    gboolean is_mended; /* held a byte that no text has: told, and of no further use */
    MailsimSpan key_span;
    MailsimSpan locale_span;
    MailsimSpan value_span; /* in its first line */
    GArray *pieces;         /* where the further lines begin; NULL: there are none */
} MailsimEntry;

/* “[name]” and the entries below it. */
typedef struct {
    char *name;            /* words separated by one blank */
    MailsimSpan span;      /* what stands between the brackets */
    GPtrArray *entries;    /* of MailsimEntry */
    GPtrArray *duplicates; /* of MailsimEntry: their keys stand among the entries already */
    GHashTable *index;     /* the entries, when they are many; else NULL */
} MailsimGroup;

typedef struct {
    MailsimSource *source;
    GPtrArray *groups; /* of MailsimGroup, in the order of the file */
} MailsimScan;

/* Read all of SOURCE. Every line that is not understood and every group or key that stands
 * twice is put in DIAGNOSTICS; what is understood is in the result, which is never NULL. */
MailsimScan *mailsim_scan(MailsimSource *source, MailsimDiagnostics *diagnostics);
void mailsim_scan_free(MailsimScan *scan);

/* The place of bytes START up to END of an entry's value, whichever line they came from. */
MailsimSpan mailsim_entry_locate(const MailsimEntry *entry, gsize start, gsize end);

const MailsimEntry *
mailsim_group_find(const MailsimGroup *group, const char *key, const char *locale);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimScan, mailsim_scan_free)
