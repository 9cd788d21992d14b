/* SPDX-License-Identifier: MIT
 *
 * Mail addresses as the envelope carries them: local part, at sign, domain (RFC 5321
 * §4.1.2). */
#pragma once

#include <glib.h>

/* The part after the last at sign, lent; NULL when there is none. */
const char *mailsim_mail_address_get_domain(const char *address);

/* The part before it, as written; free with g_free(). The whole address when there is no
 * domain. */
char *mailsim_mail_address_dup_local_part(const char *address);

/* Local parts differ by case in principle, domains never do (RFC 5321 §2.4); Postfix folds both
 * when it looks for users, and so does the lab. */
gboolean mailsim_mail_address_equal(const char *a, const char *b);
