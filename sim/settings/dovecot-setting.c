/* SPDX-License-Identifier: MIT
 *
 * What the lab knows of dovecot.conf: names, Debian's values, and what is wrong with others. */
#include <mailsim/settings/dovecot-setting.h>

#include <stdlib.h>
#include <string.h>

#include "dovecot-check-private.h"
#include "dovecot-defaults-private.h"

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
    return mailsim_dovecot_find_check(name) != NULL;
}

const char *
mailsim_dovecot_setting_get_default(const char *name)
{
    g_return_val_if_fail(name != NULL, NULL);
    const MailsimDovecotDefault *setting = find_setting(name);
    return setting != NULL ? setting->value : NULL;
}

char *
mailsim_dovecot_setting_unquote(const char *value)
{
    const gsize length = strlen(value);

    if (length < 2 || (*value != '"' && *value != '\'') || value[length - 1] != *value)
        return g_strdup(value);

    GString *text = g_string_new(NULL);

    for (gsize i = 1; i + 1 < length; i++) {
        i += value[i] == '\\' && i + 2 < length;
        g_string_append_c(text, value[i]);
    }
    return g_string_free(text, FALSE);
}

char *
mailsim_dovecot_setting_check(const char *name,
                              const char *value,
                              char **hint,
                              gboolean *is_warning)
{
    g_return_val_if_fail(name != NULL && value != NULL, NULL);
    g_autofree char *plain = mailsim_dovecot_setting_unquote(value);
    g_autofree char *own_hint = NULL;
    gboolean is_mild = FALSE;
    MailsimDovecotCheck *check = mailsim_dovecot_find_check(name);
    char *problem = check != NULL ? check(plain, &own_hint, &is_mild) : NULL;
    if (hint != NULL)
        *hint = g_steal_pointer(&own_hint);
    if (is_warning != NULL)
        *is_warning = is_mild;
    return problem;
}
