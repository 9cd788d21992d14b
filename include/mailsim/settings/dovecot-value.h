/* SPDX-License-Identifier: MIT
 *
 * Values of dovecot.conf as Dovecot 2.3 reads them. Each function but the last four says FALSE
 * where Dovecot would not start, or nobody could log in: mailsim_dovecot_setting_check() tells
 * why. Values stand without the quotes that may be around them. */
#pragma once

#include <mailsim/base/ip-address.h>

/* “yes”, “y”, “1” or “no”, in any case; “n” and “0” are none. */
gboolean mailsim_dovecot_setting_parse_boolean(const char *value, gboolean *flag);

/* “2 secs”, “30 mins”, “1h”, “0”: a number alone has no unit but 0. */
gboolean mailsim_dovecot_setting_parse_time(const char *value, gint64 *seconds);

/* “64 k”, “1M”, “65536”, in bytes. */
gboolean mailsim_dovecot_setting_parse_size(const char *value, guint64 *bytes);

gboolean mailsim_dovecot_setting_parse_number(const char *value, guint *number);

typedef enum {
    MAILSIM_DOVECOT_TLS_NO,
    MAILSIM_DOVECOT_TLS_OFFERED,  /* yes */
    MAILSIM_DOVECOT_TLS_REQUIRED, /* whatever disable_plaintext_auth says */
} MailsimDovecotTls;

/* ssl: its words are in small letters alone. */
gboolean mailsim_dovecot_setting_parse_tls(const char *value, MailsimDovecotTls *tls);

/* ssl_min_protocol: N of the oldest TLS 1.N. What is older than 1.0 is 0. */
gboolean mailsim_dovecot_setting_parse_min_protocol(const char *value, guint *minor);

/* ssl_cert, ssl_key: the path behind the “<”, whether there is such a file or not; NULL: there
 * is no “<”, and the value itself would be the certificate. Lent. */
const char *mailsim_dovecot_setting_find_path(const char *value);

/* A list whose members blanks (and commas, where Dovecot takes them) separate: is WORD one? */
gboolean mailsim_dovecot_setting_has_word(const char *value, const char *word);

/* login_trusted_networks: is ADDRESS in one of them? */
gboolean mailsim_dovecot_setting_trusts(const char *value, const MailsimIpAddress *address);

/* listen: is the port open at ADDRESS, one of the machine's? */
gboolean mailsim_dovecot_setting_listens_at(const char *value, const MailsimIpAddress *address);

/* auth_username_format: the name that NAME, as somebody typed it, stands for. Free with
 * g_free(). */
char *mailsim_dovecot_setting_format_user(const char *format, const char *name);

/* TEMPLATE with %u, %n, %d and %h for USER, who lives at HOME; a “~” at its start is HOME, too.
 * Free with g_free(). */
char *mailsim_dovecot_setting_expand(const char *template, const char *user, const char *home);
