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

/* ---- each value is worked out once ------------------------------------------------------- */

typedef struct {
    char *text;
    GStrv members; /* NULL: not split yet */
} Value;

/* What one service, or a daemon that is none, has asked for so far. */
typedef struct {
    GHashTable *values; /* name: Value */
    gboolean examined;
    char *fatal; /* see mailsim_host_find_fatal_parameter(), once it has examined all */
} Memory;

static void
free_value(gpointer data)
{
    Value *value = data;

    g_free(value->text);
    g_strfreev(value->members);
    g_free(value);
}

static void
free_memory(gpointer data)
{
    Memory *memory = data;

    g_hash_table_unref(memory->values);
    g_free(memory->fatal);
    g_free(memory);
}

void
mailsim_host_forget_parameters(MailsimHost *host)
{
    g_clear_pointer(&host->parameters, g_hash_table_unref);
    host->parameters = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_memory);
    g_clear_pointer(&host->match_lists, g_hash_table_unref);
    host->match_lists = mailsim_match_lists_new();
    g_clear_pointer(&host->last_resolved, mailsim_last_resolved_free);
    host->last_resolved = mailsim_last_resolved_new();
}

static Memory *
get_memory(const MailsimHost *host, const MailsimServiceDefinition *service)
{
    Memory *memory = g_hash_table_lookup(host->parameters, service);

    if (memory == NULL) {
        memory = g_new0(Memory, 1);
        memory->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_value);
        g_hash_table_insert(host->parameters, (gpointer)service, memory);
    }
    return memory;
}

static Value *
get_value(const MailsimHost *host, const MailsimServiceDefinition *service, const char *name)
{
    View view = {host, service};
    GHashTable *values = get_memory(host, service)->values;
    Value *value = g_hash_table_lookup(values, name);

    if (value == NULL) {
        g_autofree char *problem = NULL;

        value = g_new0(Value, 1);
        value->text = dup_expanded(&view, name, &problem);
        if (value->text == NULL)
            value->text = g_strdup("");
        g_hash_table_insert(values, g_strdup(name), value);
    }
    return value;
}

/* ---- reading them ------------------------------------------------------------------------ */

const char *
mailsim_host_get_parameter(const MailsimHost *host,
                           const MailsimServiceDefinition *service,
                           const char *name)
{
    return get_value(host, service, name)->text;
}

char *
mailsim_host_dup_parameter(const MailsimHost *host,
                           const MailsimServiceDefinition *service,
                           const char *name)
{
    return g_strdup(mailsim_host_get_parameter(host, service, name));
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
    const char *value = mailsim_host_get_parameter(host, service, name);

    return g_ascii_strcasecmp(value, "yes") == 0;
}

gint64
mailsim_host_get_number(const MailsimHost *host,
                        const MailsimServiceDefinition *service,
                        const char *name)
{
    const char *value = mailsim_host_get_parameter(host, service, name);
    gint64 number = 0;

    g_ascii_string_to_signed(value, 10, G_MININT64, G_MAXINT64, &number, NULL);
    return number;
}

gint64
mailsim_host_get_time_us(const MailsimHost *host,
                         const MailsimServiceDefinition *service,
                         const char *name)
{
    const char *value = mailsim_host_get_parameter(host, service, name);
    gint64 seconds = 0;

    mailsim_postfix_time_parse(name, value, &seconds);
    return seconds * MAILSIM_SECOND;
}

char **
mailsim_host_get_list(const MailsimHost *host,
                      const MailsimServiceDefinition *service,
                      const char *name)
{
    Value *value = get_value(host, service, name);

    if (value->members == NULL)
        value->members = mailsim_expansion_split(value->text);
    return value->members;
}

char **
mailsim_host_dup_list(const MailsimHost *host,
                      const MailsimServiceDefinition *service,
                      const char *name)
{
    return g_strdupv(mailsim_host_get_list(host, service, name));
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
        const char *value = mailsim_host_get_parameter(view->host, view->service, tables[i]);
        char *fatal = mailsim_host_find_fatal_table(value);

        if (fatal != NULL)
            return fatal;
    }
    return NULL;
}

static char *
find_fatal(const MailsimHost *host, const MailsimServiceDefinition *service)
{
    View view = {host, service};
    const GPtrArray *names = mailsim_postfix_parameter_list_typed();
    char *fatal = find_unreadable(&view, host->definition->postfix);

    if (fatal == NULL && service != NULL)
        fatal = find_unreadable(&view, service->settings);
    for (guint i = 0; i < names->len && fatal == NULL; i++) {
        const char *name = g_ptr_array_index(names, i);

        fatal = mailsim_postfix_parameter_find_fatal(
            name, mailsim_host_get_parameter(host, service, name));
    }
    return fatal != NULL ? fatal : find_fatal_opening(&view);
}

const char *
mailsim_host_find_fatal_parameter(const MailsimHost *host,
                                  const MailsimServiceDefinition *service)
{
    Memory *memory = get_memory(host, service);

    if (!memory->examined) {
        memory->fatal = find_fatal(host, service);
        memory->examined = TRUE;
    }
    return memory->fatal;
}

/* ---- dovecot.conf ------------------------------------------------------------------------ */

const char *
mailsim_host_get_dovecot_setting(const MailsimHost *host, const char *name)
{
    const char *value = find_setting(host->definition->dovecot, name);

    return value != NULL ? value : mailsim_dovecot_setting_get_default(name);
}
