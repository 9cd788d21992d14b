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
    return mailsim_postfix_find_effect(name) != NULL;
}

const char *
mailsim_postfix_parameter_describe(const char *name)
{
    g_return_val_if_fail(name != NULL, NULL);
    const MailsimPostfixEffect *parameter = mailsim_postfix_find_effect(name);
    return parameter != NULL ? parameter->description : NULL;
}

const char *
mailsim_postfix_parameter_get_type(const char *name)
{
    g_return_val_if_fail(name != NULL, NULL);
    const MailsimPostfixEffect *parameter = mailsim_postfix_find_effect(name);
    return parameter != NULL ? parameter->type->name : NULL;
}

const char *const *
mailsim_postfix_parameter_list_values(const char *name, gboolean built)
{
    static const char *const none[] = {NULL};
    g_return_val_if_fail(name != NULL, none);
    const MailsimPostfixEffect *parameter = mailsim_postfix_find_effect(name);
    const char *const *values = NULL;
    if (parameter != NULL)
        values = built ? parameter->type->values : parameter->type->unbuilt;
    return values != NULL ? values : none;
}

const char *
mailsim_postfix_parameter_get_debian_line(const char *name)
{
    g_return_val_if_fail(name != NULL, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(debian_main_cf); i++)
        if (strcmp(debian_main_cf[i].name, name) == 0)
            return debian_main_cf[i].value;
    return NULL;
}

const char *
mailsim_postfix_parameter_get_built_in(const char *name)
{
    g_return_val_if_fail(name != NULL, NULL);
    const MailsimPostfixDefault *built_in = find_built_in(name);
    return built_in != NULL ? built_in->value : NULL;
}

const char *
mailsim_postfix_parameter_get_default(const char *name)
{
    const char *line = mailsim_postfix_parameter_get_debian_line(name);
    return line != NULL ? line : mailsim_postfix_parameter_get_built_in(name);
}

const GPtrArray *
mailsim_postfix_service_list(void)
{
    static GPtrArray *list;
    if (list == NULL) {
        list = g_ptr_array_new();
        for (gsize i = 0; i < G_N_ELEMENTS(debian_master_cf); i++)
            if (i == 0 ||
                strcmp(debian_master_cf[i].service, debian_master_cf[i - 1].service) != 0)
                g_ptr_array_add(list, (gpointer)debian_master_cf[i].service);
    }
    return list;
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

GPtrArray *
mailsim_postfix_parameter_list_installed(void)
{
    GPtrArray *names = g_ptr_array_new();

    for (gsize i = 0; i < G_N_ELEMENTS(debian_main_cf); i++)
        g_ptr_array_add(names, (gpointer)debian_main_cf[i].name);
    return names;
}

GPtrArray *
mailsim_postfix_service_list_installed(const char *service)
{
    GPtrArray *names = g_ptr_array_new();

    for (gsize i = 0; i < G_N_ELEMENTS(debian_master_cf); i++)
        if (strcmp(debian_master_cf[i].service, service) == 0)
            g_ptr_array_add(names, (gpointer)debian_master_cf[i].name);
    return names;
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
    const MailsimPostfixEffect *parameter = mailsim_postfix_find_effect(name);
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

const GPtrArray *
mailsim_postfix_parameter_list_typed(void)
{
    static GPtrArray *list;
    if (list == NULL) {
        list = g_ptr_array_new();
        for (gsize i = 0; i < mailsim_n_postfix_defaults; i++) {
            const char *name = mailsim_postfix_defaults[i].name;
            const MailsimPostfixEffect *effect = mailsim_postfix_find_effect(name);
            if (effect != NULL && effect->type->find_fatal != NULL &&
                mailsim_postfix_effect_is_smtpds(effect))
                g_ptr_array_add(list, (gpointer)name);
        }
    }
    return list;
}

char *
mailsim_postfix_parameter_find_fatal(const char *name, const char *value)
{
    g_return_val_if_fail(name != NULL && value != NULL, NULL);
    const MailsimPostfixEffect *parameter = mailsim_postfix_find_effect(name);
    if (parameter == NULL || parameter->type->find_fatal == NULL)
        return NULL;
    return parameter->type->find_fatal(name, value);
}

GPtrArray *
mailsim_postfix_parameter_list_files(const char *name, const char *value)
{
    g_return_val_if_fail(name != NULL && value != NULL, NULL);
    const MailsimPostfixEffect *parameter = mailsim_postfix_find_effect(name);
    if (parameter != NULL && parameter->type->has_tables)
        return mailsim_postfix_list_files(value, parameter->type != &mailsim_postfix_tables);
    return g_ptr_array_new_with_free_func(g_free);
}
