/* SPDX-License-Identifier: MIT
 *
 * The settings of dovecot.conf as facts: which names exist in Dovecot 2.3 outside its
 * sections, what a fresh Debian 12 has, which of them the lab obeys, and what Dovecot would
 * say to a bad value. */
#pragma once

#include <glib.h>

gboolean mailsim_dovecot_setting_exists(const char *name);

/* All names, sorted; lent. */
const GPtrArray *mailsim_dovecot_setting_list(void);

/* Does the lab obey it? FALSE for those that only an IMAP or POP3 login would show. */
gboolean mailsim_dovecot_setting_has_effect(const char *name);

/* Its value on a fresh Debian 12; NULL when there is no such setting. Lent. */
const char *mailsim_dovecot_setting_get_default(const char *name);

/* As mailsim_postfix_parameter_check(). */
char *mailsim_dovecot_setting_check(const char *name,
                                    const char *value,
                                    char **hint,
                                    gboolean *is_warning);
