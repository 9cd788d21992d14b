/* SPDX-License-Identifier: MIT
 *
 * The values of Postfix parameters as a daemon sees them: the -o of its service in master.cf,
 * then main.cf as the scenario gives it, then what a fresh Debian host has. */
#include "lab-private.h"

#include <string.h>

#include <mailsim/settings/dovecot-setting.h>
#include <mailsim/settings/postfix-parameter.h>

/* A value that names itself, directly or not, is Postfix's fatal error; here it ends. */
#define EXPANSION_MAX_DEPTH 20

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

/* What Debian's installer writes with this host's names in it: debian's main.cf, “Internet
 * Site”. */
static char *
dup_installed(const MailsimHost *host, const char *name)
{
    const char *hostname = host->definition->hostname;
    const char *mailname = host->definition->mailname;
    const char *dot = strchr(hostname, '.');
    const char *value;

    if (g_str_equal(name, "myhostname"))
        return g_strdup(hostname);
    if (g_str_equal(name, "mydomain"))
        return g_strdup(dot != NULL ? dot + 1 : "localdomain");
    if (g_str_equal(name, "myorigin"))
        return g_strdup(mailname);
    if (g_str_equal(name, "mydestination"))
        return g_strdup_printf("$myhostname, %s, %s, localhost.%s, localhost", mailname,
                               hostname, dot != NULL ? dot + 1 : "localdomain");
    value = mailsim_postfix_parameter_get_default(name);
    return g_strdup(value != NULL ? value : "");
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
    return value != NULL ? g_strdup(value) : dup_installed(view->host, name);
}

static char *dup_expanded(const View *view, const char *name, guint depth);

/* ${name?text} is TEXT when name is not empty, ${name:text} when it is (postconf(5)). */
static void
append_braced(const View *view, const char *inside, guint depth, GString *out)
{
    gsize length = strspn(inside, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_");
    g_autofree char *name = g_strndup(inside, length);
    g_autofree char *value = dup_expanded(view, name, depth);
    char operator= inside[length];

    if (operator== '\0')
        g_string_append(out, value);
    else if ((operator== '?' && value[0] != '\0') || (operator== ':' && value[0] == '\0'))
        g_string_append(out, inside + length + 1);
}

/* One $ and what belongs to it; the text after it. */
static const char *
append_reference(const View *view, const char *text, guint depth, GString *out)
{
    gsize length;
    g_autofree char *name = NULL;
    g_autofree char *value = NULL;

    if (text[1] == '$') {
        g_string_append_c(out, '$');
        return text + 2;
    }
    if (text[1] == '{' || text[1] == '(') {
        const char *end = strchr(text, text[1] == '{' ? '}' : ')');

        if (end == NULL)
            return text + strlen(text);
        name = g_strndup(text + 2, (gsize)(end - text) - 2);
        append_braced(view, name, depth, out);
        return end + 1;
    }
    length =
        strspn(text + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    name = g_strndup(text + 1, length);
    value = dup_expanded(view, name, depth);
    g_string_append(out, value);
    return text + 1 + length;
}

static char *
dup_expanded(const View *view, const char *name, guint depth)
{
    g_autofree char *raw = NULL;
    GString *out;

    if (depth >= EXPANSION_MAX_DEPTH)
        return g_strdup("");
    raw = dup_raw(view, name);
    out = g_string_new(NULL);
    for (const char *text = raw; *text != '\0';) {
        if (*text == '$')
            text = append_reference(view, text, depth + 1, out);
        else
            g_string_append_c(out, *text++);
    }
    return g_string_free(out, FALSE);
}

char *
mailsim_host_dup_parameter(const MailsimHost *host,
                           const MailsimServiceDefinition *service,
                           const char *name)
{
    View view = {host, service};

    return g_strstrip(dup_expanded(&view, name, 0));
}

gboolean
mailsim_host_get_flag(const MailsimHost *host,
                      const MailsimServiceDefinition *service,
                      const char *name)
{
    g_autofree char *value = mailsim_host_dup_parameter(host, service, name);

    return g_ascii_strcasecmp(value, "yes") == 0;
}

char **
mailsim_host_dup_list(const MailsimHost *host,
                      const MailsimServiceDefinition *service,
                      const char *name)
{
    g_autofree char *value = mailsim_host_dup_parameter(host, service, name);
    g_auto(GStrv) pieces = g_strsplit_set(value, ", \t\r\n", -1);
    GStrvBuilder *builder = g_strv_builder_new();
    char **list;

    for (guint i = 0; pieces[i] != NULL; i++) {
        if (pieces[i][0] != '\0')
            g_strv_builder_add(builder, pieces[i]);
    }
    list = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
    return list;
}

const char *
mailsim_host_get_dovecot_setting(const MailsimHost *host, const char *name)
{
    const char *value = find_setting(host->definition->dovecot, name);

    return value != NULL ? value : mailsim_dovecot_setting_get_default(name);
}
