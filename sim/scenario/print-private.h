/* SPDX-License-Identifier: MIT
 *
 * A scenario on its way back to lines. Values by their types (print-value.c) are collected on a
 * sheet, a group each (print-sheet.c), with the defaults of what is not said
 * (print-default.c); print-world.c, print-zone.c and print-step.c say which groups there are.
 */
#pragma once

#include <mailsim/scenario/print.h>
#include <mailsim/wire/certificate.h>

#include "scenario-private.h"

typedef struct {
    const MailsimScenario *scenario;
    MailsimPrintOptions options;
    MailsimWorld *world;         /* as it is at the beginning */
    MailsimAuthority *authority; /* NULL: it cannot be had, and profiles are not told */
    const Overlay *overlay;      /* borrowed; as it is by the step that is printed */
    GString *out;                /* borrowed */
} Printer;

/* ---- print-value.c ----------------------------------------------------------------------- */

/* VALUE of a key with this row in the form that its type has: “5m” for “300s”, “mail:587
 * starttls” for “mail:587”. Free with g_free(). */
char *print_value(const MailsimKeyRow *row, const char *value);

/* ---- print-sheet.c ----------------------------------------------------------------------- */

/* Where a line comes from, if no file says it. */
typedef enum {
    ORIGIN_FILE,
    ORIGIN_DEFAULT,
    ORIGIN_MAIN_CF,
    ORIGIN_MASTER_CF,
    ORIGIN_DOVECOT_CONF,
    ORIGIN_ALIASES,
    ORIGIN_MAILNAME, /* the rest follow from other lines, so they are comments */
    ORIGIN_HOST,
    ORIGIN_HOSTS,
    ORIGIN_PASSWORD,
    ORIGIN_ADDRESS,
    ORIGIN_PROFILE,
} Origin;

typedef struct Sheet Sheet;

/* The group [HEADER]. FOLLOWS: all of it is a comment. */
Sheet *sheet_new(const Printer *printer, MailsimGroupKind kind, const char *header);
Sheet *sheet_new_implied(const Printer *printer, MailsimGroupKind kind, const char *header);
void sheet_free(Sheet *sheet);

gboolean sheet_has(const Sheet *sheet, const char *key);

/* A line that a file says; one that none does. */
void sheet_add_entry(Sheet *sheet, const MailsimEntry *entry);
void sheet_add(Sheet *sheet, const char *key, const char *value, Origin origin);

/* A comment after the line of KEY. */
void sheet_add_comment(Sheet *sheet, const char *key, const char *comment);

/* Append it to the printer's text. */
void sheet_write(Sheet *sheet);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sheet, sheet_free)

/* ---- print-default.c --------------------------------------------------------------------- */

/* What SECTION, one of the world or a step, does not say and yet has. */
void print_add_defaults(const Printer *printer, const Section *section, Sheet *sheet);

/* Is DEFAULT_VALUE of this row a value, and not a word about one (“the mail program's”)? */
gboolean print_has_literal_default(const MailsimKeyRow *row);

/* ---- print-world.c ----------------------------------------------------------------------- */

/* All entries of SECTION but those that are resolved: include, like. */
void print_add_entries(const Section *section, Sheet *sheet);

/* ---- print-zone.c, print-step.c ---------------------------------------------------------- */

void print_zones(const Printer *printer);
void print_step(const Printer *printer, const Section *step);
