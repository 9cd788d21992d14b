/* SPDX-License-Identifier: MIT
 *
 * The long table of Dovecot's settings, for dovecot-setting.c alone. */
#pragma once

#include <glib.h>

typedef struct {
    const char *name;
    const char *value;
} MailsimDovecotDefault;

/* Sorted by name. */
extern const MailsimDovecotDefault mailsim_dovecot_defaults[];
extern const gsize mailsim_n_dovecot_defaults;
