/* SPDX-License-Identifier: MIT
 *
 * main.cf and master.cf of a host that need not be alive: the -o of a service in master.cf,
 * then main.cf as the scenario gives it, then what a fresh Debian host has. */
#include <mailsim/lab/main-cf.h>

#include <mailsim/lab/implied.h>
#include <mailsim/settings/certificate-file.h>
#include <mailsim/settings/expansion.h>
#include <mailsim/settings/postfix-parameter.h>

typedef struct {
    const MailsimHostDefinition *host;
    const MailsimServiceDefinition *service;
} View;

const MailsimSetting *
mailsim_main_cf_find(const MailsimHostDefinition *host,
                     const MailsimServiceDefinition *service,
                     const char *name)
{
    const MailsimSetting *own =
        service != NULL ? mailsim_settings_find(service->settings, name) : NULL;

    if (own != NULL)
        return own;
    return service != NULL && mailsim_postfix_service_default(service->name, name) != NULL
               ? NULL
               : mailsim_settings_find(host->postfix, name);
}

char *
mailsim_main_cf_dup_raw(const MailsimHostDefinition *host,
                        const MailsimServiceDefinition *service,
                        const char *name)
{
    const MailsimSetting *setting = mailsim_main_cf_find(host, service, name);
    const char *of_block =
        service != NULL ? mailsim_postfix_service_default(service->name, name) : NULL;

    if (setting != NULL)
        return g_strdup(setting->value);
    return of_block != NULL ? g_strdup(of_block)
                            : mailsim_host_definition_dup_installed(host, name);
}

static char *
look_up_raw(gpointer data, const char *name)
{
    const View *view = data;

    return mailsim_main_cf_dup_raw(view->host, view->service, name);
}

/* The value with its references replaced; NULL, with the problem: it cannot be read. */
static char *
dup_expanded(View *view, const char *name, char **problem)
{
    g_autofree char *raw = look_up_raw(view, name);

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

static char *
find_unreadable(View *view, const GPtrArray *settings)
{
    for (guint i = 0; settings != NULL && i < settings->len; i++) {
        const MailsimSetting *setting = g_ptr_array_index(settings, i);
        g_autofree char *problem = NULL;
        g_autofree char *value = dup_expanded(view, setting->name, &problem);

        if (value == NULL)
            return g_steal_pointer(&problem);
    }
    return NULL;
}

char *
mailsim_main_cf_find_unreadable(const MailsimHostDefinition *host,
                                const MailsimServiceDefinition *service)
{
    View view = {host, service};
    char *problem = find_unreadable(&view, host->postfix);

    return problem != NULL || service == NULL ? problem
                                              : find_unreadable(&view, service->settings);
}

/* ---- certificate and key ----------------------------------------------------------------- */

static const char *
find_file(const MailsimHostDefinition *host,
          const MailsimServiceDefinition *service,
          const char *name)
{
    const MailsimSetting *setting = mailsim_main_cf_find(host, service, name);

    return setting != NULL ? setting->value : NULL;
}

gboolean
mailsim_main_cf_has_key(const MailsimHostDefinition *host,
                        const MailsimServiceDefinition *service)
{
    const char *file = find_file(host, service, "smtpd_tls_cert_file");
    g_autofree char *named = file != NULL ? mailsim_certificate_file_dup_name(file) : NULL;
    const char *certificate = file != NULL ? named : host->certificate;
    g_autofree char *key = mailsim_main_cf_dup(host, service, "smtpd_tls_key_file");

    if (certificate == NULL)
        return FALSE;
    if (find_file(host, service, "smtpd_tls_key_file") != NULL)
        return mailsim_key_file_fits(key, certificate);
    return file == NULL || mailsim_key_file_fits(file, certificate) ||
           g_str_equal(certificate, "snakeoil") == g_str_equal(host->certificate, "snakeoil");
}
