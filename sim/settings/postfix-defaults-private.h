/* SPDX-License-Identifier: MIT
 *
 * The long table of Postfix's built-in defaults, for postfix-parameter.c alone. */
#pragma once

#include <glib.h>

typedef struct {
    const char *name;
    const char *value; /* $names not expanded */
} MailsimPostfixDefault;

/* Sorted by name. */
extern const MailsimPostfixDefault mailsim_postfix_defaults[];
extern const gsize mailsim_n_postfix_defaults;
