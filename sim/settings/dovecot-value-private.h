/* SPDX-License-Identifier: MIT
 *
 * Between dovecot-value.c, which reads values, and dovecot-check.c, which tells what is wrong
 * with them. */
#pragma once

#include <mailsim/settings/dovecot-value.h>

/* What is wrong, in Dovecot's words; NULL: the value is read. Free with g_free(). */
char *mailsim_dovecot_read_boolean(const char *value, gboolean *flag);
char *mailsim_dovecot_read_time(const char *value, gint64 *seconds);
char *mailsim_dovecot_read_size(const char *value, guint64 *bytes);
char *mailsim_dovecot_read_number(const char *value, guint *number);

/* The words of a list; free with g_strfreev(). */
char **mailsim_dovecot_split(const char *value, const char *separators);

/* The first variable of TEMPLATE whose letter is none of LETTERS, “%z”; NULL: all are known.
 * L and U before the letter change the case. Free with g_free(). */
char *mailsim_dovecot_find_variable(const char *template, const char *letters);
