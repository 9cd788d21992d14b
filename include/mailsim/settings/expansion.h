/* SPDX-License-Identifier: MIT
 *
 * What $name, ${name?{text}:{text}} and ${{value} == {value} ? {text}} in a value of main.cf
 * come to (postconf(5), “FILE FORMAT”), and how Postfix splits a value that is a list. Where
 * the values of the names come from is the caller's business. */
#pragma once

#include <glib.h>

/* The value of NAME as it is written, to be freed; NULL: there is no such parameter, and an
 * empty text is put in its place. */
typedef char *(*MailsimExpansionLookup)(gpointer data, const char *name);

/* TEXT with every reference replaced, and the references in what replaces it; free with
 * g_free(). NULL when Postfix would call it a “macro processing error”: then *PROBLEM, to be
 * freed, is what it warns of. A text that is not taken is not looked at. */
char *mailsim_expansion_expand(const char *text,
                               MailsimExpansionLookup look_up,
                               gpointer data,
                               char **problem);

/* The members of a list, between commas and blanks; those inside {…} do not separate. Free with
 * g_strfreev(). */
char **mailsim_expansion_split(const char *list);
