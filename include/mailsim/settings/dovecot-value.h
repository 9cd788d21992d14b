/* SPDX-License-Identifier: MIT
 *
 * Values of dovecot.conf as Dovecot reads them. What cannot be read has been reported before,
 * and counts as nothing. */
#pragma once

#include <glib.h>

gboolean mailsim_dovecot_setting_read_boolean(const char *value);

/* “64 k” in bytes. */
guint64 mailsim_dovecot_setting_read_size(const char *value);

/* “2 mins” in microseconds. */
gint64 mailsim_dovecot_setting_read_time(const char *value);
