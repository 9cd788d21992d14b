/* SPDX-License-Identifier: MIT
 *
 * The values of Postfix parameters as a daemon sees them: the -o of its service in master.cf,
 * then main.cf as the scenario gives it, then what a fresh Debian host has. */
#include "host-private.h"

#include <string.h>

#include <mailsim/lab/implied.h>
#include <mailsim/settings/dovecot-setting.h>
#include <mailsim/settings/expansion.h>
#include <mailsim/settings/postfix-parameter.h>

typedef struct {
    const MailsimHost *host;
    const MailsimServiceDefinition *service;
} View;

static const char *
find_setting(const GPtrArray *settings, const char *name)
{
    for (guint i = settings != NULL ? settings->len : 0; i > 0; i--) {
        const MailsimSetting *setting = g_ptr_array_index(settings, i - 1);

        if (g_str_equal(setting->name, name))
            return setting->value;
    }
    return NULL;
}

static char *
dup_raw(const View *view, const char *name)
{
    const char *value = NULL;

    if (view->service != NULL) {
        value = find_setting(view->service->settings, name);
        if (value == NULL)
            value = mailsim_postfix_service_default(view->service->name, name);
    }
    if (value == NULL)
        value = find_setting(view->host->definition->postfix, name);
    return value != NULL ? g_strdup(value)
                         : mailsim_host_definition_dup_installed(view->host->definition, name);
}

static char *
look_up_raw(gpointer data, const char *name)
{
    return dup_raw(data, name);
}

/* The value with its references replaced; NULL, with the problem: it cannot be read. */
static char *
dup_expanded(View *view, const char *name, char **problem)
{
    g_autofree char *raw = dup_raw(view, name);

    if (raw == NULL) /* a restriction class that nobody has defined */
        return g_strdup("");
    if (mailsim_postfix_parameter_is_raw(name))
        return g_strstrip(g_steal_pointer(&raw));

    g_autofree char *value = mailsim_expansion_expand(raw, look_up_raw, view, problem);

    return value != NULL ? g_strstrip(g_steal_pointer(&value)) : NULL;
}

char *
mailsim_host_dup_parameter(const MailsimHost *host,
                           const MailsimServiceDefinition *service,
                           const char *name)
{
    View view = {host, service};
    g_autofree char *problem = NULL;
    char *value = dup_expanded(&view, name, &problem);

    return value != NULL ? value : g_strdup("");
}

char *
mailsim_host_dup_raw_parameter(const MailsimHost *host,
                               const MailsimServiceDefinition *service,
                               const char *name)
{
    View view = {host, service};

    return dup_raw(&view, name);
}

gboolean
mailsim_host_get_flag(const MailsimHost *host,
                      const MailsimServiceDefinition *service,
                      const char *name)
{
    g_autofree char *value = mailsim_host_dup_parameter(host, service, name);

    return g_ascii_strcasecmp(value, "yes") == 0;
}

gint64
mailsim_host_get_number(const MailsimHost *host,
                        const MailsimServiceDefinition *service,
                        const char *name)
{
    g_autofree char *value = mailsim_host_dup_parameter(host, service, name);
    gint64 number = 0;

    g_ascii_string_to_signed(value, 10, G_MININT64, G_MAXINT64, &number, NULL);
    return number;
}

gint64
mailsim_host_get_time_us(const MailsimHost *host,
                         const MailsimServiceDefinition *service,
                         const char *name)
{
    g_autofree char *value = mailsim_host_dup_parameter(host, service, name);
    gint64 seconds = 0;

    mailsim_postfix_time_parse(name, value, &seconds);
    return seconds * MAILSIM_SECOND;
}

char **
mailsim_host_dup_list(const MailsimHost *host,
                      const MailsimServiceDefinition *service,
                      const char *name)
{
    g_autofree char *value = mailsim_host_dup_parameter(host, service, name);

    return mailsim_expansion_split(value);
}

/* ---- what smtpd(8) dies of --------------------------------------------------------------- */

/* The first line of main.cf, or of this service, that cannot be expanded. */
static char *
find_unreadable(View *view, const GPtrArray *settings)
{
    for (guint i = 0; settings != NULL && i < settings->len; i++) {
        const MailsimSetting *setting = g_ptr_array_index(settings, i);
        g_autofree char *problem = NULL;
        g_autofree char *value = dup_expanded(view, setting->name, &problem);

        if (value == NULL)
            return g_strdup_printf("macro processing error: %s", problem);
    }
    return NULL;
}

/* The lists that smtpd(8) opens when it starts, by what they are made of. */
static const char *const match_lists[] = {
    "smtpd_client_event_limit_exceptions",  "mynetworks", "mydestination", "relay_domains",
    "smtpd_forbid_bare_newline_exclusions",
};

static const char *const tables[] = {
    "local_recipient_maps",
    "relay_recipient_maps",
    "virtual_alias_maps",
};

static char *
find_fatal_opening(const View *view)
{
    for (guint i = 0; i < G_N_ELEMENTS(match_lists); i++) {
        char *fatal = mailsim_host_find_fatal_list(view->host, view->service, match_lists[i]);

        if (fatal != NULL)
            return fatal;
    }
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *value =
            mailsim_host_dup_parameter(view->host, view->service, tables[i]);
        char *fatal = mailsim_host_find_fatal_table(value);

        if (fatal != NULL)
            return fatal;
    }
    return NULL;
}

char *
mailsim_host_find_fatal_parameter(const MailsimHost *host,
                                  const MailsimServiceDefinition *service)
{
    View view = {host, service};
    const GPtrArray *names = mailsim_postfix_parameter_list_typed();
    char *fatal = find_unreadable(&view, host->definition->postfix);

    if (fatal == NULL && service != NULL)
        fatal = find_unreadable(&view, service->settings);
    for (guint i = 0; i < names->len && fatal == NULL; i++) {
        const char *name = g_ptr_array_index(names, i);

        g_autofree char *value = mailsim_host_dup_parameter(host, service, name);

        fatal = mailsim_postfix_parameter_find_fatal(name, value);
    }
    return fatal != NULL ? fatal : find_fatal_opening(&view);
}

/* ---- dovecot.conf ------------------------------------------------------------------------ */

const char *
mailsim_host_get_dovecot_setting(const MailsimHost *host, const char *name)
{
    const char *value = find_setting(host->definition->dovecot, name);

    return value != NULL ? value : mailsim_dovecot_setting_get_default(name);
}
