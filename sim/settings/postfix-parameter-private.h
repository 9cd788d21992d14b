/* SPDX-License-Identifier: MIT
 *
 * Between postfix-parameter.c, which answers, postfix-effect.c, which has the table of what the
 * lab obeys, and postfix-check.c, which knows what each type of value may be. */
#pragma once

#include <glib.h>

#include <mailsim/base/ip-address.h>

/* Judge one value, as mailsim_postfix_parameter_check(); HINT and IS_WARNING are never NULL. */
typedef char *
MailsimPostfixCheck(const char *name, const char *value, char **hint, gboolean *is_warning);

/* What smtpd(8) dies of, as mailsim_postfix_parameter_find_fatal(). */
typedef char *MailsimPostfixFatal(const char *name, const char *value);

typedef struct {
    const char *name;           /* “boolean”: see mailsim_postfix_parameter_get_type() */
    const char *const *values;  /* the words that it may be, where they are few; … */
    const char *const *unbuilt; /* … and those that Postfix has and the lab has not */
    MailsimPostfixCheck *check; /* NULL: what smtpd does not die of will do */
    MailsimPostfixFatal *find_fatal; /* NULL: smtpd does not die of it */
    const char *hint;                /* with what FIND_FATAL says, where there is no CHECK */
    gboolean has_tables;             /* its members may be lookup tables, or files */
} MailsimPostfixType;

/* A parameter that the lab obeys. */
typedef struct {
    const char *name;
    const MailsimPostfixType *type;
    const char *description;
} MailsimPostfixEffect;

const MailsimPostfixEffect *mailsim_postfix_find_effect(const char *name);

/* Does smtpd(8) read it, and die of a value that it cannot read? */
gboolean mailsim_postfix_effect_is_smtpds(const MailsimPostfixEffect *effect);

/* postfix-number.c */
extern const MailsimPostfixType mailsim_postfix_boolean;
extern const MailsimPostfixType mailsim_postfix_rewrite_boolean; /* trivial-rewrite(8)'s */
extern const MailsimPostfixType mailsim_postfix_tls_loglevel;
extern const MailsimPostfixType mailsim_postfix_number;      /* none or more */
extern const MailsimPostfixType mailsim_postfix_limit;       /* none: no limit */
extern const MailsimPostfixType mailsim_postfix_count;       /* at least 1 */
extern const MailsimPostfixType mailsim_postfix_line_length; /* at least 512 */
extern const MailsimPostfixType mailsim_postfix_size;        /* in bytes, 64 bits */
extern const MailsimPostfixType mailsim_postfix_time;
extern const MailsimPostfixType mailsim_postfix_timeout; /* at least a second */
extern const MailsimPostfixType mailsim_postfix_reply_code;

/* postfix-check-network.c: what is wrong with “address/mask”, as a check; the address alone. */
char *mailsim_postfix_check_masked(const char *entry, char **hint, gboolean *is_warning);
gboolean mailsim_postfix_parse_network_address(const char *entry, MailsimIpAddress *address);

/* postfix-check.c */
extern const MailsimPostfixType mailsim_postfix_text;
extern const MailsimPostfixType mailsim_postfix_client_level;
extern const MailsimPostfixType mailsim_postfix_server_level;
extern const MailsimPostfixType mailsim_postfix_bare_newline;
extern const MailsimPostfixType mailsim_postfix_insecure_mx_policy;
extern const MailsimPostfixType mailsim_postfix_dns_support;
extern const MailsimPostfixType mailsim_postfix_names;
extern const MailsimPostfixType mailsim_postfix_fingerprints;
extern const MailsimPostfixType mailsim_postfix_digest;
extern const MailsimPostfixType mailsim_postfix_cipher_grade;
extern const MailsimPostfixType mailsim_postfix_dane_digests;
extern const MailsimPostfixType mailsim_postfix_host_lookup;
extern const MailsimPostfixType mailsim_postfix_per_site;
extern const MailsimPostfixType mailsim_postfix_sasl_type;
extern const MailsimPostfixType mailsim_postfix_server_sasl_options;
extern const MailsimPostfixType mailsim_postfix_client_sasl_options;
extern const MailsimPostfixType mailsim_postfix_domains;
extern const MailsimPostfixType mailsim_postfix_networks;
extern const MailsimPostfixType mailsim_postfix_tables;
extern const MailsimPostfixType mailsim_postfix_restrictions;

/* session-cache.c */
extern const MailsimPostfixType mailsim_postfix_session_cache;
extern const MailsimPostfixType mailsim_postfix_cache_time; /* a hundred days at most */
extern const MailsimPostfixType mailsim_postfix_ssl_options;

/* tls-protocols.c */
extern const MailsimPostfixType mailsim_postfix_tls_protocols;

/* The paths of a list's members that are tables with a file; MAY_BE_BARE: or files. */
GPtrArray *mailsim_postfix_list_files(const char *value, gboolean may_be_bare);
