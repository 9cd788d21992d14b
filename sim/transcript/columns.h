/* SPDX-License-Identifier: MIT
 *
 * Text in columns of a terminal: how wide it is, where it breaks, and how it looks with nothing
 * but ASCII. Knows neither colours nor recordings. */
#pragma once

#include <glib.h>

/* Columns that TEXT (UTF-8) takes. */
guint columns_width(const char *text);

/* TEXT with only ASCII characters, the same in every locale: “─” is “-”, “á” is “a”. */
char *columns_transliterate(const char *text);

/* What crossed the wire, fit for a terminal: a tab becomes blanks; what is no printable
 * character (with ASCII, no ASCII one) becomes “\xNN” for each byte. */
char *columns_escape_wire(const char *bytes, gboolean ascii);

/* TEXT in lines of at most WIDTH columns, broken at blanks; a word that is too long is cut.
 * Runs of blanks inside a line are kept. Array of char *, at least one. */
GPtrArray *columns_wrap(const char *text, guint width);

/* The same, but all lines after the first are HANGING columns narrower. */
GPtrArray *columns_wrap_hanging(const char *text, guint width, guint hanging);

void columns_pad(GString *line, guint width);
