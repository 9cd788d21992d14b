/* SPDX-License-Identifier: MIT
 *
 * The parameters of main.cf as facts: which names exist in Postfix 3.7, what they are on a
 * fresh Debian 12, which of them the lab obeys, and what Postfix would say to a bad value.
 * What the values of one host come to, with $names expanded, is the host's business. */
#pragma once

#include <glib.h>

/* Is NAME a parameter of postconf(5)? */
gboolean mailsim_postfix_parameter_exists(const char *name);

/* All names, sorted; lent. */
const GPtrArray *mailsim_postfix_parameter_list(void);

/* Does the lab obey it? A parameter whose other values are not built yet counts: the value that
 * it may have is obeyed, and mailsim_postfix_parameter_check() refuses the others. */
gboolean mailsim_postfix_parameter_has_effect(const char *name);

/* What it does, in one line of English; NULL when it has no effect. Lent. */
const char *mailsim_postfix_parameter_describe(const char *name);

/* What kind of value it has, where the lab knows: “boolean”, “number”, “size”, “time”,
 * “reply-code”, “text”, “word”, “level”, “options”, “domains”, “networks”, “tables”,
 * “restrictions”, “protocols”, “default-only”. NULL when it has no effect. Lent. */
const char *mailsim_postfix_parameter_get_type(const char *name);

/* The words that its value may be, where they are few, ended by NULL; an empty one is the
 * empty value. BUILT: those that the lab obeys, else those that only Postfix has. Never
 * NULL; lent. */
const char *const *mailsim_postfix_parameter_list_values(const char *name, gboolean built);

/* The line of Debian's main.cf, NULL when it has none; Postfix's own default, NULL when
 * there is no such parameter. Lent. What depends on the host is as said below. */
const char *mailsim_postfix_parameter_get_debian_line(const char *name);
const char *mailsim_postfix_parameter_get_built_in(const char *name);

/* Its value after “Internet Site”: the line of Debian's main.cf, else the built-in default at
 * compatibility_level 3.6. $names stand as written. NULL when there is no such parameter. Lent.
 * Debian's lines for myhostname, myorigin and mydestination depend on the host and are the
 * lab's to set, as is mydomain; the built-in default is given for them. */
const char *mailsim_postfix_parameter_get_default(const char *name);

/* The services that have a block in Debian's master.cf; lent strings, a lent array. */
const GPtrArray *mailsim_postfix_service_list(void);

/* What Debian's master.cf says of NAME in the block of “submission” or “submissions”, its #
 * taken away. NULL when the block says nothing, and for any other service. Lent. */
const char *mailsim_postfix_service_default(const char *service, const char *name);

/* The names of the lines that Debian's main.cf has, but for those that depend on the host; and
 * of those in the block of SERVICE in its master.cf: none, where it has no block. Lent strings;
 * free with g_ptr_array_unref(). */
GPtrArray *mailsim_postfix_parameter_list_installed(void);
GPtrArray *mailsim_postfix_service_list_installed(const char *service);

/* What is wrong with VALUE, as a phrase for a diagnostic; NULL when nothing is. The caller
 * frees it and HINT, which may be left NULL. IS_WARNING: Postfix goes on with it, and so does
 * the lab. Of a value with a $ it is only asked whether it can be read; one of a parameter
 * without effect is not looked at. */
char *mailsim_postfix_parameter_check(const char *name,
                                      const char *value,
                                      char **hint,
                                      gboolean *is_warning);

/* Is its value a template, such as default_rbl_reply, whose $names a daemon replaces when it
 * uses it? */
gboolean mailsim_postfix_parameter_is_raw(const char *name);

/* Those that smtpd(8) dies of when their value is no number, no time …; lent. Of them
 * find_fatal says so of VALUE, with $names expanded, in Postfix's words (“bad boolean
 * configuration: …”). NULL: it takes the value; free with g_free(). */
const GPtrArray *mailsim_postfix_parameter_list_typed(void);
char *mailsim_postfix_parameter_find_fatal(const char *name, const char *value);

/* The seconds that VALUE of parameter NAME is: “5m”, “1h30m”; a number alone has the unit of
 * the default. FALSE: it is no time. */
gboolean mailsim_postfix_time_parse(const char *name, const char *value, gint64 *seconds);

/* The paths of the files that VALUE of parameter NAME has looked up: of “hash:/etc/aliases”, of
 * “/etc/postfix/networks”. Strings; free with g_ptr_array_unref(). */
GPtrArray *mailsim_postfix_parameter_list_files(const char *name, const char *value);

/* A word of a restriction list (postconf(5), smtpd_relay_restrictions): does Postfix know it,
 * and does the lab obey it? Upper and lower case are the same, as in Postfix. */
gboolean mailsim_restriction_exists(const char *word);
gboolean mailsim_restriction_is_built(const char *word);

/* All words that Postfix knows; lent. */
const GPtrArray *mailsim_restriction_list(void);

/* Has Debian's Postfix the type of TABLE, “hash:/etc/aliases”? */
gboolean mailsim_postfix_has_table_type(const char *table);

/* Is VALUE a word of smtp_tls_ciphers and its like, by which a handshake can begin? */
gboolean mailsim_postfix_is_cipher_grade(const char *value);
