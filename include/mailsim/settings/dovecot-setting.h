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

/* Does the lab obey it? */
gboolean mailsim_dovecot_setting_has_effect(const char *name);

/* Its value on a fresh Debian 12; NULL when there is no such setting. Lent. */
const char *mailsim_dovecot_setting_get_default(const char *name);

/* As mailsim_postfix_parameter_check(). */
char *mailsim_dovecot_setting_check(const char *name,
                                    const char *value,
                                    char **hint,
                                    gboolean *is_warning);

/* VALUE without the quotes that may be around it, and without the backslashes in them. Free
 * with g_free(). */
char *mailsim_dovecot_setting_unquote(const char *value);

/* What to write instead of NAME, which Dovecot 2.3 has not outside its sections: it is one of
 * Dovecot 2.4, or belongs into a section. NULL: nobody knows. Lent. */
const char *mailsim_dovecot_setting_advise(const char *name);

/* What to write instead of a section, since the lab reads none. HEADER is what stands before
 * its “{”: “service imap-login”. LINES are those inside, without blanks around them, those of
 * inner sections too; ended by NULL. Free with g_free(). */
char *mailsim_dovecot_section_advise(const char *header, const char *const *lines);
