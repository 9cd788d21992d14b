/* SPDX-License-Identifier: MIT
 *
 * The values of Postfix parameters as a daemon sees them: the -o of its service in master.cf,
 * then main.cf as the scenario gives it, then what a fresh Debian host has. */
#include "host-private.h"

#include <string.h>

#include <mailsim/settings/certificate-file.h>
#include <mailsim/settings/dovecot-setting.h>
#include <mailsim/settings/expansion.h>
#include <mailsim/settings/postfix-parameter.h>

typedef struct {
    const MailsimHostDefinition *host;
    const MailsimServiceDefinition *service;
} View;

static const MailsimSetting *
find_setting(const GPtrArray *settings, const char *name)
{
    for (guint i = settings != NULL ? settings->len : 0; i > 0; i--) {
        const MailsimSetting *setting = g_ptr_array_index(settings, i - 1);

        if (g_str_equal(setting->name, name))
            return setting;
    }
    return NULL;
}

/* What Debian's installer writes with this host's names in it: debian's main.cf, “Internet
 * Site”. */
static char *
dup_installed(const MailsimHostDefinition *host, const char *name)
{
    const char *hostname = host->hostname;
    const char *mailname = host->mailname;
    const char *dot = strchr(hostname, '.');

    if (g_str_equal(name, "myhostname"))
        return g_strdup(hostname);
    if (g_str_equal(name, "mydomain"))
        return g_strdup(dot != NULL ? dot + 1 : "localdomain");
    if (g_str_equal(name, "myorigin"))
        return g_strdup(mailname);
    if (g_str_equal(name, "mydestination"))
        return g_strdup_printf("$myhostname, %s, %s, localhost.%s, localhost", mailname,
                               hostname, dot != NULL ? dot + 1 : "localdomain");
    return g_strdup(mailsim_postfix_parameter_get_default(name));
}

const MailsimSetting *
mailsim_main_cf_find(const MailsimHostDefinition *host,
                     const MailsimServiceDefinition *service,
                     const char *name)
{
    const MailsimSetting *own = service != NULL ? find_setting(service->settings, name) : NULL;

    if (own != NULL)
        return own;
    return service != NULL && mailsim_postfix_service_default(service->name, name) != NULL
               ? NULL
               : find_setting(host->postfix, name);
}

static char *
dup_raw(const View *view, const char *name)
{
    const MailsimSetting *setting = mailsim_main_cf_find(view->host, view->service, name);
    const char *of_block = view->service != NULL
                               ? mailsim_postfix_service_default(view->service->name, name)
                               : NULL;

    if (setting != NULL)
        return g_strdup(setting->value);
    return of_block != NULL ? g_strdup(of_block) : dup_installed(view->host, name);
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
mailsim_main_cf_dup(const MailsimHostDefinition *host,
                    const MailsimServiceDefinition *service,
                    const char *name)
{
    View view = {host, service};
    g_autofree char *problem = NULL;
    char *value = dup_expanded(&view, name, &problem);

    return value != NULL ? value : g_strdup("");
}

char *
mailsim_host_dup_parameter(const MailsimHost *host,
                           const MailsimServiceDefinition *service,
                           const char *name)
{
    return mailsim_main_cf_dup(host->definition, service, name);
}

char *
mailsim_host_dup_raw_parameter(const MailsimHost *host,
                               const MailsimServiceDefinition *service,
                               const char *name)
{
    View view = {host->definition, service};

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

/* ---- certificate and key ----------------------------------------------------------------- */

static const char *
find_file(const View *view, const char *name)
{
    const MailsimSetting *setting = mailsim_main_cf_find(view->host, view->service, name);

    return setting != NULL ? setting->value : NULL;
}

gboolean
mailsim_main_cf_has_key(const MailsimHostDefinition *host,
                        const MailsimServiceDefinition *service)
{
    const View view = {host, service};
    const char *file = find_file(&view, "smtpd_tls_cert_file");
    g_autofree char *named = file != NULL ? mailsim_certificate_file_dup_name(file) : NULL;
    const char *certificate = file != NULL ? named : host->certificate;
    g_autofree char *key = mailsim_main_cf_dup(host, service, "smtpd_tls_key_file");

    if (certificate == NULL)
        return FALSE;
    if (find_file(&view, "smtpd_tls_key_file") != NULL)
        return mailsim_key_file_fits(key, certificate);
    return file == NULL || mailsim_key_file_fits(file, certificate) ||
           g_str_equal(certificate, "snakeoil") == g_str_equal(host->certificate, "snakeoil");
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
find_fatal_opening(const MailsimHost *host, const MailsimServiceDefinition *service)
{
    for (guint i = 0; i < G_N_ELEMENTS(match_lists); i++) {
        char *fatal = mailsim_host_find_fatal_list(host, service, match_lists[i]);

        if (fatal != NULL)
            return fatal;
    }
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *value = mailsim_host_dup_parameter(host, service, tables[i]);
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
    View view = {host->definition, service};
    const GPtrArray *names = mailsim_postfix_parameter_list_typed();
    char *fatal = find_unreadable(&view, host->definition->postfix);

    if (fatal == NULL && service != NULL)
        fatal = find_unreadable(&view, service->settings);
    for (guint i = 0; i < names->len && fatal == NULL; i++) {
        const char *name = g_ptr_array_index(names, i);

        g_autofree char *value = mailsim_host_dup_parameter(host, service, name);

        fatal = mailsim_postfix_parameter_find_fatal(name, value);
    }
    return fatal != NULL ? fatal : find_fatal_opening(host, service);
}

/* ---- dovecot.conf ------------------------------------------------------------------------ */

const char *
mailsim_host_get_dovecot_setting(const MailsimHost *host, const char *name)
{
    const MailsimSetting *setting = find_setting(host->definition->dovecot, name);

    return setting != NULL ? setting->value : mailsim_dovecot_setting_get_default(name);
}
