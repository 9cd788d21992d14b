/* SPDX-License-Identifier: MIT
 *
 * The values of Postfix parameters as a daemon of a living host sees them. Each is worked
 * out once, until settings change. */
#include "host-private.h"

#include <string.h>

#include <mailsim/lab/dovecot-conf.h>
#include <mailsim/lab/main-cf.h>
#include <mailsim/settings/expansion.h>
#include <mailsim/settings/postfix-parameter.h>
#include <mailsim/settings/tls-loglevel.h>

/* ---- each value is worked out once ------------------------------------------------------- */

typedef struct {
    char *text;
    GStrv members; /* NULL: not split yet */
} Value;

/* What one service, or a daemon that is none, has asked for so far. */
typedef struct {
    GHashTable *values; /* name: Value */
    gboolean examined;  /* see mailsim_host_examine_parameters() */
    char *fatal;        /* what that has found; NULL: nothing */
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
    GHashTable *values = get_memory(host, service)->values;
    Value *value = g_hash_table_lookup(values, name);

    if (value == NULL) {
        value = g_new0(Value, 1);
        value->text = mailsim_main_cf_dup(host->definition, service, name);
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
    return mailsim_main_cf_dup_raw(host->definition, service, name);
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

guint
mailsim_host_get_tls_loglevel(const MailsimHost *host,
                              const MailsimServiceDefinition *service,
                              const char *name)
{
    return mailsim_tls_loglevel_parse(mailsim_host_get_parameter(host, service, name), NULL);
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

gboolean
mailsim_host_list_has(const MailsimHost *host,
                      const MailsimServiceDefinition *service,
                      const char *name,
                      const char *word)
{
    char **words = mailsim_host_get_list(host, service, name);

    for (guint i = 0; words[i] != NULL; i++) {
        if (g_ascii_strcasecmp(words[i], word) == 0)
            return TRUE;
    }
    return FALSE;
}

char **
mailsim_host_dup_list(const MailsimHost *host,
                      const MailsimServiceDefinition *service,
                      const char *name)
{
    return g_strdupv(mailsim_host_get_list(host, service, name));
}

/* ---- what a daemon dies of --------------------------------------------------------------- */

const char *
mailsim_host_examine_parameters(const MailsimHost *host,
                                const MailsimServiceDefinition *service,
                                MailsimHostExaminer *examine)
{
    Memory *memory = get_memory(host, service);

    if (!memory->examined) {
        memory->fatal = examine(host, service);
        memory->examined = TRUE;
    }
    return memory->fatal;
}

/* ---- dovecot.conf ------------------------------------------------------------------------ */

const char *
mailsim_host_get_dovecot_setting(const MailsimHost *host, const char *name)
{
    return mailsim_dovecot_conf_get(host->definition, name);
}
