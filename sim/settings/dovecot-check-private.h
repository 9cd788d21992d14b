/* SPDX-License-Identifier: MIT
 *
 * Between dovecot-setting.c, which answers, and dovecot-check.c, which has the table of what
 * the lab obeys. */
#pragma once

#include <glib.h>

/* Judge one value, as mailsim_dovecot_setting_check(); HINT and IS_WARNING are never NULL. */
typedef char *MailsimDovecotCheck(const char *value, char **hint, gboolean *is_warning);

/* The check of a setting that the lab obeys; NULL: it has no effect. */
MailsimDovecotCheck *mailsim_dovecot_find_check(const char *name);
