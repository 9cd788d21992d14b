/* SPDX-License-Identifier: MIT
 *
 * How wide text is on a terminal: as Unicode says it (UAX #11, as GLib has it), and not
 * wcwidth(), which depends on the locale. */
#pragma once

#include <glib.h>

/* Columns that CHARACTER takes: 0, 1 or 2. */
guint mailsim_character_width(gunichar character);

/* Columns that LENGTH bytes of TEXT (UTF-8) take, all of it where LENGTH is negative. A colour,
 * “ESC [ … m”, takes none. */
guint mailsim_text_width(const char *text, gssize length);
