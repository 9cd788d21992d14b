/* SPDX-License-Identifier: MIT
 *
 * What the lab knows of main.cf: Debian's lines, the blocks of Debian's master.cf, and the
 * table of the parameters that have an effect. A parameter that decides where mail goes or
 * who may send it, and that the lab does not build yet, is in the table too: passing over it
 * would tell a lie. */
#include <mailsim/settings/postfix-parameter.h>

#include <stdlib.h>
#include <string.h>

#include <mailsim/settings/expansion.h>

#include "postfix-defaults-private.h"
#include "postfix-parameter-private.h"

typedef struct {
    const char *name;
    const char *value;
} ParameterLine;

/* The main.cf that Debian's installer writes for “Internet Site”. Its myhostname, myorigin and
 * mydestination are made from the answers, so the lab makes them. */
static const ParameterLine debian_main_cf[] = {
    {"alias_database",                  "hash:/etc/aliases"                           },
    {"alias_maps",                      "hash:/etc/aliases"                           },
    {"append_dot_mydomain",             "no"                                          },
    {"biff",                            "no"                                          },
    {"compatibility_level",             "3.6"                                         },
    {"inet_interfaces",                 "all"                                         },
    {"inet_protocols",                  "all"                                         },
    {"mailbox_size_limit",              "0"                                           },
    {"mynetworks",                      "127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128"},
    {"readme_directory",                "no"                                          },
    {"recipient_delimiter",             "+"                                           },
    {"relayhost",                       ""                                            },
    {"smtp_tls_CApath",                 "/etc/ssl/certs"                              },
    {"smtp_tls_security_level",         "may"                                         },
    {"smtp_tls_session_cache_database", "btree:${data_directory}/smtp_scache"         },
    {"smtpd_banner",                    "$myhostname ESMTP $mail_name (Debian/GNU)"   },
    {"smtpd_relay_restrictions",
     "permit_mynetworks permit_sasl_authenticated defer_unauth_destination"           },
    {"smtpd_tls_cert_file",             "/etc/ssl/certs/ssl-cert-snakeoil.pem"        },
    {"smtpd_tls_key_file",              "/etc/ssl/private/ssl-cert-snakeoil.key"      },
    {"smtpd_tls_security_level",        "may"                                         },
};

typedef struct {
    const char *service;
    const char *name;
    const char *value;
} ServiceLine;

/* The -o lines of Debian's master.cf, uncommented. */
static const ServiceLine debian_master_cf[] = {
    {"submission",  "syslog_name",                     "postfix/submission"              },
    {"submission",  "smtpd_tls_security_level",        "encrypt"                         },
    {"submission",  "smtpd_sasl_auth_enable",          "yes"                             },
    {"submission",  "smtpd_tls_auth_only",             "yes"                             },
    {"submission",  "smtpd_reject_unlisted_recipient", "no"                              },
    {"submission",  "smtpd_client_restrictions",       ""                                },
    {"submission",  "smtpd_helo_restrictions",         ""                                },
    {"submission",  "smtpd_sender_restrictions",       ""                                },
    {"submission",  "smtpd_relay_restrictions",        ""                                },
    {"submission",  "smtpd_recipient_restrictions",    "permit_sasl_authenticated,reject"},
    {"submission",  "milter_macro_daemon_name",        "ORIGINATING"                     },
    {"submissions", "syslog_name",                     "postfix/submissions"             },
    {"submissions", "smtpd_tls_wrappermode",           "yes"                             },
    {"submissions", "smtpd_sasl_auth_enable",          "yes"                             },
    {"submissions", "smtpd_reject_unlisted_recipient", "no"                              },
    {"submissions", "smtpd_client_restrictions",       ""                                },
    {"submissions", "smtpd_helo_restrictions",         ""                                },
    {"submissions", "smtpd_sender_restrictions",       ""                                },
    {"submissions", "smtpd_relay_restrictions",        ""                                },
    {"submissions", "smtpd_recipient_restrictions",    "permit_sasl_authenticated,reject"},
    {"submissions", "milter_macro_daemon_name",        "ORIGINATING"                     },
};

typedef struct {
    const char *name;
    const MailsimPostfixType *type;
    const char *description;
} EffectiveParameter;

static MailsimPostfixCheck check_default_only;
static const MailsimPostfixType default_only = {.check = check_default_only};

#define BOOLEAN      &mailsim_postfix_boolean
#define REWRITE      &mailsim_postfix_rewrite_boolean
#define COUNT        &mailsim_postfix_count
#define LINE_LENGTH  &mailsim_postfix_line_length
#define SIZE         &mailsim_postfix_size
#define TIME         &mailsim_postfix_time
#define TIMEOUT      &mailsim_postfix_timeout
#define REPLY_CODE   &mailsim_postfix_reply_code
#define CLIENT_LEVEL &mailsim_postfix_client_level
#define SERVER_LEVEL &mailsim_postfix_server_level
#define BARE_NEWLINE &mailsim_postfix_bare_newline
#define SASL_TYPE    &mailsim_postfix_sasl_type
#define SASL_OPTIONS &mailsim_postfix_sasl_options
#define DOMAINS      &mailsim_postfix_domains
#define NETWORKS     &mailsim_postfix_networks
#define TABLES       &mailsim_postfix_tables
#define RESTRICTIONS &mailsim_postfix_restrictions
#define TEXT         &mailsim_postfix_text
#define DEFAULT_ONLY &default_only

/* clang-format off */
static const EffectiveParameter effective_parameters[] = {
    /* who we are, and what is ours */
    {"myhostname", TEXT,
     "this host's name: in the greeting, in EHLO, in Received:"},
    {"mydomain", TEXT,
     "this host's domain: myhostname without its first label"},
    {"myorigin", TEXT,
     "the domain that an address without one is given"},
    {"mydestination", DOMAINS,
     "the domains whose mail is delivered on this host"},
    {"mynetworks", NETWORKS,
     "the clients that permit_mynetworks trusts"},
    {"relay_domains", DOMAINS,
     "domains of others that mail may be relayed to"},
    {"virtual_alias_domains", DEFAULT_ONLY,
     "domains whose addresses are all rewritten to others"},
    {"virtual_mailbox_domains", DEFAULT_ONLY,
     "domains whose users are no users of the system"},
    {"parent_domain_matches_subdomains", TEXT,
     "the lists in which a domain stands for its subdomains too"},
    {"recipient_delimiter", TEXT,
     "what separates a user's name from an extension"},
    {"alias_maps", TABLES,
     "the tables of aliases that local delivery looks in"},
    {"alias_database", TABLES,
     "the tables that newaliases makes of files of aliases"},
    {"local_recipient_maps", TABLES,
     "the users of mydestination; empty: everybody"},
    {"relay_recipient_maps", TABLES,
     "the users of relay_domains; empty: everybody"},
    {"mail_name", TEXT,
     "the word that the greeting and Received: call this mail system"},
    {"inet_interfaces", DEFAULT_ONLY,
     "the addresses that this host listens on"},
    {"inet_protocols", TEXT,
     "the kinds of addresses that it has: ipv4, ipv6, all"},
    {"double_bounce_sender", TEXT,
     "the sender of what must never bounce"},
    {"address_verify_sender", TEXT,
     "another that is always a user of this host"},
    /* addresses */
    {"strict_rfc821_envelopes", BOOLEAN,
     "addresses stand in <>, and nothing else does"},
    {"allow_percent_hack", REWRITE,
     "user%domain is for user@domain"},
    {"swap_bangpath", REWRITE,
     "domain!user is for user@domain"},
    {"resolve_numeric_domain", REWRITE,
     "user@192.0.2.1 is for user@[192.0.2.1]"},
    {"resolve_null_domain", REWRITE,
     "user@ is for a user of this host"},
    {"allow_min_user", REWRITE,
     "a user's name may begin with a hyphen"},
    {"append_at_myorigin", REWRITE,
     "an address without a domain is given myorigin"},
    {"append_dot_mydomain", REWRITE,
     "a domain without a dot is given mydomain"},
    {"always_add_missing_headers", REWRITE,
     "Message-ID:, Date: and From: are added for strangers too"},
    /* the server side */
    {"smtpd_banner", TEXT,
     "what follows 220 in the greeting"},
    {"disable_vrfy_command", BOOLEAN,
     "VRFY is refused and not offered"},
    {"message_size_limit", SIZE,
     "the largest message in bytes; SIZE in the reply to EHLO"},
    {"soft_bounce", BOOLEAN,
     "whatever is refused is refused for now: 4xx, not 5xx"},
    {"line_length_limit", LINE_LENGTH,
     "longer lines are cut into pieces"},
    {"smtputf8_enable", BOOLEAN,
     "SMTPUTF8 is offered, and letters of any language taken"},
    {"smtpd_helo_required", BOOLEAN,
     "MAIL is refused before HELO or EHLO"},
    {"smtpd_discard_ehlo_keywords", TEXT,
     "what the reply to EHLO does not offer"},
    {"smtpd_forbid_bare_newline", BARE_NEWLINE,
     "what becomes of lines that end in LF alone"},
    {"smtpd_forbid_bare_newline_exclusions", NETWORKS,
     "the clients whose lines may end so all the same"},
    {"smtpd_forbid_unauth_pipelining", BOOLEAN,
     "clients that do not wait for their turn are disconnected"},
    {"smtpd_noop_commands", TEXT,
     "commands that are answered 250 2.0.0 Ok, and no more"},
    {"smtpd_forbidden_commands", TEXT,
     "commands that end the conversation"},
    {"smtpd_timeout", TIMEOUT,
     "how long the server waits for a line"},
    {"smtpd_starttls_timeout", TIMEOUT,
     "how long the server waits for the TLS handshake"},
    {"smtpd_recipient_limit", COUNT,
     "how many recipients a message may have"},
    {"smtpd_recipient_overshoot_limit", COUNT,
     "how many recipients beyond that are no errors yet"},
    {"smtpd_soft_error_limit", COUNT,
     "after this many errors every reply waits"},
    {"smtpd_hard_error_limit", COUNT,
     "after this many errors the client is disconnected"},
    {"smtpd_error_sleep_time", TIME,
     "how long a reply waits after errors"},
    {"smtpd_junk_command_limit", COUNT,
     "how many NOOP, VRFY, ETRN and RSET are no error"},
    {"smtpd_client_event_limit_exceptions", NETWORKS,
     "the clients that no limits in time hold for"},
    {"fast_flush_domains", DOMAINS,
     "the domains that ETRN takes"},
    {"smtpd_tls_security_level", SERVER_LEVEL,
     "TLS for clients: none, may (offered), encrypt (demanded)"},
    {"smtpd_use_tls", BOOLEAN,
     "without a level: may"},
    {"smtpd_enforce_tls", BOOLEAN,
     "without a level: encrypt"},
    {"smtpd_tls_wrappermode", BOOLEAN,
     "TLS from the first byte, without STARTTLS"},
    {"smtpd_tls_auth_only", BOOLEAN,
     "AUTH is neither offered nor taken outside TLS"},
    {"smtpd_tls_received_header", BOOLEAN,
     "Received: says which TLS version and cipher there was"},
    {"smtpd_tls_ask_ccert", BOOLEAN,
     "clients are asked for a certificate"},
    {"smtpd_tls_req_ccert", BOOLEAN,
     "clients without a certificate are refused"},
    {"smtpd_tls_chain_files", TEXT,
     "key and certificates of the server, in one file"},
    {"smtpd_tls_cert_file", TEXT,
     "the server's certificate, and the chain after it"},
    {"smtpd_sasl_auth_enable", BOOLEAN,
     "clients may log in with AUTH"},
    {"smtpd_sasl_type", SASL_TYPE,
     "who checks passwords: cyrus or dovecot"},
    {"smtpd_sasl_path", TEXT,
     "where that one is: Dovecot's socket, private/auth"},
    {"smtpd_sasl_security_options", SASL_OPTIONS,
     "which mechanisms are not offered"},
    /* who may do what */
    {"smtpd_delay_reject", BOOLEAN,
     "client, helo and sender lists wait for RCPT TO"},
    {"smtpd_client_restrictions", RESTRICTIONS,
     "which clients may connect"},
    {"smtpd_helo_restrictions", RESTRICTIONS,
     "which names after EHLO are taken"},
    {"smtpd_sender_restrictions", RESTRICTIONS,
     "which senders are taken"},
    {"smtpd_relay_restrictions", RESTRICTIONS,
     "who may send to domains that are not ours"},
    {"smtpd_recipient_restrictions", RESTRICTIONS,
     "which recipients are taken"},
    {"smtpd_data_restrictions", RESTRICTIONS,
     "what is asked at DATA"},
    {"smtpd_end_of_data_restrictions", RESTRICTIONS,
     "what is asked at the end of the message"},
    {"smtpd_etrn_restrictions", RESTRICTIONS,
     "who may say ETRN"},
    {"smtpd_relay_before_recipient_restrictions", BOOLEAN,
     "the relay list is asked before the recipient list"},
    {"smtpd_reject_unlisted_recipient", BOOLEAN,
     "unknown users of our own domains are refused at RCPT TO"},
    {"smtpd_reject_unlisted_sender", BOOLEAN,
     "senders that claim to be unknown users of ours are refused"},
    {"default_rbl_reply", TEXT,
     "what a client that is on a blocklist is told"},
    {"rbl_reply_maps", TABLES,
     "the same for single blocklists"},
    {"maps_rbl_domains", TEXT,
     "the blocklists that reject_maps_rbl asks"},
    {"smtpd_sender_login_maps", TABLES,
     "which users own which sender addresses"},
    {"smtpd_null_access_lookup_key", TEXT,
     "what access tables call the sender of bounces"},
    {"smtpd_restriction_classes", TEXT,
     "names for lists of restrictions"},
    {"show_user_unknown_table_name", BOOLEAN,
     "who is refused is told which list lacks the user"},
    /* the codes of refusals */
    {"access_map_defer_code", REPLY_CODE,
     "of an access table's DEFER"},
    {"access_map_reject_code", REPLY_CODE,
     "of an access table's REJECT"},
    {"defer_code", REPLY_CODE,
     "of defer"},
    {"invalid_hostname_reject_code", REPLY_CODE,
     "of reject_invalid_helo_hostname"},
    {"maps_rbl_reject_code", REPLY_CODE,
     "of reject_rbl_client and its like"},
    {"multi_recipient_bounce_reject_code", REPLY_CODE,
     "of reject_multi_recipient_bounce"},
    {"non_fqdn_reject_code", REPLY_CODE,
     "of reject_non_fqdn_recipient and its like"},
    {"plaintext_reject_code", REPLY_CODE,
     "of reject_plaintext_session"},
    {"reject_code", REPLY_CODE,
     "of reject"},
    {"relay_domains_reject_code", REPLY_CODE,
     "of reject_unauth_destination"},
    {"unknown_address_reject_code", REPLY_CODE,
     "of reject_unknown_sender_domain and its like"},
    {"unknown_client_reject_code", REPLY_CODE,
     "of reject_unknown_client_hostname"},
    {"unknown_hostname_reject_code", REPLY_CODE,
     "of reject_unknown_helo_hostname"},
    {"unknown_local_recipient_reject_code", REPLY_CODE,
     "of users that local_recipient_maps lacks"},
    {"unknown_relay_recipient_reject_code", REPLY_CODE,
     "of users that relay_recipient_maps lacks"},
    /* the client side, and where mail goes */
    {"smtp_tls_security_level", CLIENT_LEVEL,
     "TLS to other servers: none, may (if offered), encrypt …"},
    {"smtp_tls_policy_maps", DEFAULT_ONLY,
     "TLS levels for single destinations"},
    {"smtp_tls_session_cache_database", TEXT,
     "where the client keeps TLS sessions to resume; empty: nowhere"},
    {"smtp_helo_name", TEXT,
     "the name that the client says in EHLO"},
    {"smtp_sasl_auth_enable", DEFAULT_ONLY,
     "the client logs in at other servers"},
    {"relayhost", DEFAULT_ONLY,
     "the server that all mail for others is handed to"},
    {"transport_maps", DEFAULT_ONLY,
     "where the mail of single domains is handed to"},
    {"virtual_alias_maps", DEFAULT_ONLY,
     "addresses that are rewritten to others"},
};
/* clang-format on */

static int
compare_defaults(const void *a, const void *b)
{
    const MailsimPostfixDefault *first = a, *second = b;
    return strcmp(first->name, second->name);
}

static const MailsimPostfixDefault *
find_built_in(const char *name)
{
    MailsimPostfixDefault wanted = {.name = name};
    return bsearch(&wanted, mailsim_postfix_defaults, mailsim_n_postfix_defaults, sizeof wanted,
                   compare_defaults);
}

static const EffectiveParameter *
find_effective(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(effective_parameters); i++)
        if (strcmp(effective_parameters[i].name, name) == 0)
            return &effective_parameters[i];
    return NULL;
}

gboolean
mailsim_postfix_parameter_exists(const char *name)
{
    g_return_val_if_fail(name != NULL, FALSE);
    return find_built_in(name) != NULL;
}

const GPtrArray *
mailsim_postfix_parameter_list(void)
{
    static GPtrArray *list;
    if (list == NULL) {
        list = g_ptr_array_new();
        for (gsize i = 0; i < mailsim_n_postfix_defaults; i++)
            g_ptr_array_add(list, (gpointer)mailsim_postfix_defaults[i].name);
    }
    return list;
}

gboolean
mailsim_postfix_parameter_has_effect(const char *name)
{
    g_return_val_if_fail(name != NULL, FALSE);
    return find_effective(name) != NULL;
}

const char *
mailsim_postfix_parameter_describe(const char *name)
{
    g_return_val_if_fail(name != NULL, NULL);
    const EffectiveParameter *parameter = find_effective(name);
    return parameter != NULL ? parameter->description : NULL;
}

const char *
mailsim_postfix_parameter_get_default(const char *name)
{
    g_return_val_if_fail(name != NULL, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(debian_main_cf); i++)
        if (strcmp(debian_main_cf[i].name, name) == 0)
            return debian_main_cf[i].value;
    const MailsimPostfixDefault *built_in = find_built_in(name);
    return built_in != NULL ? built_in->value : NULL;
}

const char *
mailsim_postfix_service_default(const char *service, const char *name)
{
    g_return_val_if_fail(service != NULL && name != NULL, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(debian_master_cf); i++)
        if (strcmp(debian_master_cf[i].service, service) == 0 &&
            strcmp(debian_master_cf[i].name, name) == 0)
            return debian_master_cf[i].value;
    return NULL;
}

/* A parameter of which only Debian's value is built. Where that is another parameter
 * ($virtual_maps), the other is empty. */
static char *
check_default_only(const char *name,
                   const char *value,
                   char **hint,
                   G_GNUC_UNUSED gboolean *is_warning)
{
    const char *standard = mailsim_postfix_parameter_get_default(name);
    if (*standard == '$')
        standard = "";
    if (g_ascii_strcasecmp(value, standard) == 0)
        return NULL;
    if (*standard == '\0')
        *hint = g_strdup("so far it can only be empty");
    else
        *hint = g_strdup_printf("so far it can only be “%s”", standard);
    return g_strdup_printf("%s is not built yet", name);
}

/* The value that is looked at, on a host that has Debian's everywhere else. */
typedef struct {
    const char *name;
    const char *value;
} OwnValue;

static char *
look_up_default(gpointer data, const char *name)
{
    const OwnValue *own = data;
    return g_strdup(strcmp(name, own->name) == 0 ? own->value
                                                 : mailsim_postfix_parameter_get_default(name));
}

static char *
check_references(const char *name, const char *value, char **hint)
{
    OwnValue own = {name, value};
    g_autofree char *problem = NULL;
    g_autofree char *expanded =
        mailsim_expansion_expand(value, look_up_default, &own, &problem);
    if (expanded != NULL || g_str_has_prefix(problem, "malformed compatibility level") ||
        g_str_has_prefix(problem, "mac_exp_eval"))
        return NULL;
    if (g_str_has_prefix(problem, "unreasonable macro call nesting"))
        *hint = g_strdup("a value cannot contain itself; Postfix would not start");
    else
        *hint = g_strdup("Postfix would not start");
    return g_strdup_printf("macro processing error: %s", problem);
}

char *
mailsim_postfix_parameter_check(const char *name,
                                const char *value,
                                char **hint,
                                gboolean *is_warning)
{
    g_return_val_if_fail(name != NULL && value != NULL, NULL);
    g_autofree char *own_hint = NULL;
    gboolean own_is_warning = FALSE;
    char *problem = NULL;

    if (hint != NULL)
        *hint = NULL;
    if (is_warning != NULL)
        *is_warning = FALSE;
    const EffectiveParameter *parameter = find_effective(name);
    if (parameter == NULL || mailsim_postfix_parameter_is_raw(name))
        return NULL;
    if (strchr(value, '$') != NULL)
        problem = check_references(name, value, &own_hint);
    else if (parameter->type->check != NULL)
        problem = parameter->type->check(name, value, &own_hint, &own_is_warning);
    else if (parameter->type->find_fatal != NULL) {
        problem = parameter->type->find_fatal(name, value);
        own_hint = problem != NULL ? g_strdup(parameter->type->hint) : NULL;
    }
    if (hint != NULL)
        *hint = g_steal_pointer(&own_hint);
    if (is_warning != NULL)
        *is_warning = own_is_warning;
    return problem;
}

/* “postconf -x” leaves these as they are. */
gboolean
mailsim_postfix_parameter_is_raw(const char *name)
{
    static const char *const names[] = {
        "command_expansion_filter",
        "default_rbl_reply",
        "forward_expansion_filter",
        "forward_path",
        "luser_relay",
        "mailbox_command",
        "postscreen_expansion_filter",
        "postscreen_reject_footer",
        "smtpd_expansion_filter",
        "smtpd_reject_footer",
        "execution_directory_expansion_filter",
    };
    g_return_val_if_fail(name != NULL, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(names[i], name) == 0)
            return TRUE;
    return FALSE;
}

gboolean
mailsim_postfix_parameter_is_typed(const char *name)
{
    g_return_val_if_fail(name != NULL, FALSE);
    const EffectiveParameter *parameter = find_effective(name);
    return parameter != NULL && parameter->type->find_fatal != NULL;
}

char *
mailsim_postfix_parameter_find_fatal(const char *name, const char *value)
{
    g_return_val_if_fail(name != NULL && value != NULL, NULL);
    const EffectiveParameter *parameter = find_effective(name);
    if (parameter == NULL || parameter->type->find_fatal == NULL)
        return NULL;
    return parameter->type->find_fatal(name, value);
}

GPtrArray *
mailsim_postfix_parameter_list_files(const char *name, const char *value)
{
    g_return_val_if_fail(name != NULL && value != NULL, NULL);
    const EffectiveParameter *parameter = find_effective(name);
    if (parameter != NULL && parameter->type->has_tables)
        return mailsim_postfix_list_files(value, parameter->type != TABLES);
    return g_ptr_array_new_with_free_func(g_free);
}
