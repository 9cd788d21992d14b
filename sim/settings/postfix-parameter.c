/* SPDX-License-Identifier: MIT
 *
 * What the lab knows of main.cf: Debian's lines, the blocks of Debian's master.cf, and the
 * table of the parameters that have an effect. A parameter that decides where mail goes or
 * who may send it, and that the lab does not build yet, is in the table too: passing over it
 * would tell a lie. */
#include <mailsim/settings/postfix-parameter.h>

#include <stdlib.h>
#include <string.h>

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
    MailsimPostfixCheck *check; /* NULL: any text will do */
    const char *description;
} EffectiveParameter;

static MailsimPostfixCheck check_default_only;

#define BOOLEAN      mailsim_postfix_check_boolean
#define CLIENT_LEVEL mailsim_postfix_check_client_level
#define SERVER_LEVEL mailsim_postfix_check_server_level
#define SASL_TYPE    mailsim_postfix_check_sasl_type
#define SIZE         mailsim_postfix_check_size
#define NAMES        mailsim_postfix_check_names
#define NETWORKS     mailsim_postfix_check_networks
#define RESTRICTIONS mailsim_postfix_check_restrictions
#define TEXT         NULL
#define DEFAULT_ONLY check_default_only

/* clang-format off */
static const EffectiveParameter effective_parameters[] = {
    /* who we are, and what is ours */
    {"myhostname", TEXT,
     "this host's name: in the greeting, in EHLO, in Received:"},
    {"mydomain", TEXT,
     "this host's domain: myhostname without its first label"},
    {"myorigin", TEXT,
     "the domain that an address without one is given"},
    {"mydestination", NAMES,
     "the domains whose mail is delivered on this host"},
    {"mynetworks", NETWORKS,
     "the clients that permit_mynetworks trusts"},
    {"relay_domains", NAMES,
     "domains of others that mail may be relayed to"},
    {"recipient_delimiter", TEXT,
     "what separates a user's name from an extension"},
    {"alias_maps", DEFAULT_ONLY,
     "the tables of aliases that local delivery looks in"},
    {"mail_name", TEXT,
     "the word that the greeting and Received: call this mail system"},
    /* the server side */
    {"smtpd_banner", TEXT,
     "what follows 220 in the greeting"},
    {"disable_vrfy_command", BOOLEAN,
     "VRFY is refused and not offered"},
    {"message_size_limit", SIZE,
     "the largest message in bytes; SIZE in the reply to EHLO"},
    {"smtpd_tls_security_level", SERVER_LEVEL,
     "TLS for clients: none, may (offered), encrypt (demanded)"},
    {"smtpd_tls_wrappermode", BOOLEAN,
     "TLS from the first byte, without STARTTLS"},
    {"smtpd_tls_auth_only", BOOLEAN,
     "AUTH is neither offered nor taken outside TLS"},
    {"smtpd_tls_received_header", BOOLEAN,
     "Received: says which TLS version and cipher there was"},
    {"smtpd_tls_cert_file", TEXT,
     "the server's certificate, and the chain after it"},
    {"smtpd_tls_key_file", TEXT,
     "the private key that belongs to smtpd_tls_cert_file"},
    {"smtpd_sasl_auth_enable", BOOLEAN,
     "clients may log in with AUTH"},
    {"smtpd_sasl_type", SASL_TYPE,
     "who checks passwords: cyrus or dovecot"},
    {"smtpd_sasl_path", TEXT,
     "where that one is: Dovecot's socket, private/auth"},
    /* who may do what */
    {"smtpd_relay_restrictions", RESTRICTIONS,
     "who may send to domains that are not ours"},
    {"smtpd_recipient_restrictions", RESTRICTIONS,
     "which recipients are taken"},
    {"smtpd_relay_before_recipient_restrictions", BOOLEAN,
     "the relay list is asked before the recipient list"},
    {"smtpd_reject_unlisted_recipient", BOOLEAN,
     "unknown users of our own domains are refused at RCPT TO"},
    {"smtpd_client_restrictions", DEFAULT_ONLY,
     "which clients may connect"},
    {"smtpd_helo_restrictions", DEFAULT_ONLY,
     "which names after EHLO are taken"},
    {"smtpd_sender_restrictions", DEFAULT_ONLY,
     "which senders are taken"},
    {"smtpd_data_restrictions", DEFAULT_ONLY,
     "what is asked at DATA"},
    {"smtpd_end_of_data_restrictions", DEFAULT_ONLY,
     "what is asked at the end of the message"},
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

    const EffectiveParameter *parameter = find_effective(name);
    if (parameter != NULL && parameter->check != TEXT && strchr(value, '$') == NULL)
        problem = parameter->check(name, value, &own_hint, &own_is_warning);
    if (hint != NULL)
        *hint = g_steal_pointer(&own_hint);
    if (is_warning != NULL)
        *is_warning = own_is_warning;
    return problem;
}
