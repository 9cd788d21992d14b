/* SPDX-License-Identifier: MIT
 *
 * The settings that the Dovecots had that were recorded: lines of dovecot.conf by name, blocks
 * by all of their text. */
#pragma once

#include <glib.h>

/* All services of imap/services.txt: settings by name. */
GHashTable *dovecot_settings_read_services(void);

/* What the recordings that were handed over have in common; a line may set more: “    ssl =
 * no”, or “…: `ssl = no`, `disable_plaintext_auth = no`”. */
GHashTable *dovecot_settings_new_recorded(void);
void dovecot_settings_read_line(GHashTable *settings, const char *line);
