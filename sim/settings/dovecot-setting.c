/* SPDX-License-Identifier: MIT
 *
 * What the lab knows of dovecot.conf. Dovecot stands behind Postfix's AUTH here, so the
 * mechanisms are all that shows; what only an IMAP or POP3 login would show is checked and
 * has no effect. */
#include <mailsim/settings/dovecot-setting.h>

#include <stdlib.h>
#include <string.h>

#include "dovecot-defaults-private.h"

typedef char *SettingCheck(const char *value, char **hint);

static SettingCheck check_mechanisms;
static SettingCheck check_ssl;
static SettingCheck check_disable_plaintext_auth;
static SettingCheck check_protocols;

typedef struct {
    const char *name;
    gboolean has_effect;
    SettingCheck *check;
} CheckedSetting;

static const CheckedSetting checked_settings[] = {
    {"auth_mechanisms",        TRUE,  check_mechanisms            },
    {"disable_plaintext_auth", FALSE, check_disable_plaintext_auth},
    {"protocols",              FALSE, check_protocols             },
    {"ssl",                    FALSE, check_ssl                   },
};

static int
compare_defaults(const void *a, const void *b)
{
    const MailsimDovecotDefault *first = a, *second = b;
    return strcmp(first->name, second->name);
}

static const MailsimDovecotDefault *
find_setting(const char *name)
{
    MailsimDovecotDefault wanted = {.name = name};
    return bsearch(&wanted, mailsim_dovecot_defaults, mailsim_n_dovecot_defaults, sizeof wanted,
                   compare_defaults);
}

static const CheckedSetting *
find_checked(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(checked_settings); i++)
        if (strcmp(checked_settings[i].name, name) == 0)
            return &checked_settings[i];
    return NULL;
}

gboolean
mailsim_dovecot_setting_exists(const char *name)
{
    g_return_val_if_fail(name != NULL, FALSE);
    return find_setting(name) != NULL;
}

const GPtrArray *
mailsim_dovecot_setting_list(void)
{
    static GPtrArray *list;
    if (list == NULL) {
        list = g_ptr_array_new();
        for (gsize i = 0; i < mailsim_n_dovecot_defaults; i++)
            g_ptr_array_add(list, (gpointer)mailsim_dovecot_defaults[i].name);
    }
    return list;
}

gboolean
mailsim_dovecot_setting_has_effect(const char *name)
{
    g_return_val_if_fail(name != NULL, FALSE);
    const CheckedSetting *setting = find_checked(name);
    return setting != NULL && setting->has_effect;
}

const char *
mailsim_dovecot_setting_get_default(const char *name)
{
    g_return_val_if_fail(name != NULL, NULL);
    const MailsimDovecotDefault *setting = find_setting(name);
    return setting != NULL ? setting->value : NULL;
}

/* The names of Dovecot 2.3's auth; it takes them in any case, and separated by blanks alone. */
static char *
check_mechanism(const char *word, char **hint)
{
    static const char *const others[] = {
        "anonymous",  "apop",   "cram-md5", "digest-md5",  "external",
        "gss-spnego", "gssapi", "ntlm",     "oauthbearer", "scram-sha-1",
        "xoauth2",    "otp",    "skey",     "rpa",         "scram-sha-256",
    };
    if (g_ascii_strcasecmp(word, "plain") == 0 || g_ascii_strcasecmp(word, "login") == 0)
        return NULL;
    if (strchr(word, ',') != NULL) {
        *hint = g_strdup("Dovecot separates mechanisms by blanks: plain login");
        return g_strdup_printf("unknown authentication mechanism “%s”", word);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        if (g_ascii_strcasecmp(word, others[i]) != 0)
            continue;
        *hint = g_strdup("so far there are plain and login");
        return g_strdup_printf("the authentication mechanism “%s” is not built yet", word);
    }
    *hint = g_strdup("so far there are plain and login");
    return g_strdup_printf("unknown authentication mechanism “%s”", word);
}

static char *
check_mechanisms(const char *value, char **hint)
{
    g_auto(GStrv) words = g_strsplit_set(value, " \t", -1);
    gboolean any = FALSE;
    for (char **word = words; *word != NULL; word++) {
        if (**word == '\0')
            continue;
        any = TRUE;
        char *problem = check_mechanism(*word, hint);
        if (problem != NULL)
            return problem;
    }
    if (any)
        return NULL;
    *hint = g_strdup("Debian has plain");
    return g_strdup("no authentication mechanism is named");
}

static char *
check_ssl(const char *value, char **hint)
{
    if (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0 || strcmp(value, "required") == 0)
        return NULL;
    *hint = g_strdup("Dovecot knows yes, no and required, in small letters");
    return g_strdup_printf("invalid value: %s", value);
}

static char *
check_disable_plaintext_auth(const char *value, G_GNUC_UNUSED char **hint)
{
    static const char *const words[] = {"yes", "y", "1", "no"};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(value, words[i]) == 0)
            return NULL;
    return g_strdup_printf("invalid boolean value: %s (use yes or no)", value);
}

static char *
check_protocols(const char *value, char **hint)
{
    static const char *const known[] = {"imap", "pop3", "lmtp", "submission", "sieve", "none"};
    g_auto(GStrv) words = g_strsplit_set(value, " \t", -1);
    for (char **word = words; *word != NULL; word++) {
        gboolean found = **word == '\0';
        for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
            found = found || strcmp(*word, known[i]) == 0;
        if (found)
            continue;
        *hint = g_strdup("Debian has imap and pop3, separated by a blank");
        return g_strdup_printf("unknown protocol “%s”", *word);
    }
    return NULL;
}

char *
mailsim_dovecot_setting_check(const char *name,
                              const char *value,
                              char **hint,
                              gboolean *is_warning)
{
    g_return_val_if_fail(name != NULL && value != NULL, NULL);
    g_autofree char *own_hint = NULL;
    const CheckedSetting *setting = find_checked(name);
    char *problem = setting != NULL ? setting->check(value, &own_hint) : NULL;
    if (hint != NULL)
        *hint = g_steal_pointer(&own_hint);
    if (is_warning != NULL)
        *is_warning = FALSE;
    return problem;
}
