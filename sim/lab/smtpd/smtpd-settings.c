/* SPDX-License-Identifier: MIT
 *
 * What main.cf and master.cf make of an SMTP server's options: the one place where the names of
 * smtpd's parameters meet the fields of the session. */
#include "smtpd-private.h"

#include <mailsim/lab/main-cf.h>
#include <mailsim/settings/tls-protocols.h>

/* ---- plain ones, as tables --------------------------------------------------------------- */

#define FIELD(name) G_STRUCT_OFFSET(MailsimSmtpServerOptions, name)

typedef struct {
    const char *parameter;
    gsize field;
} Setting;

static const Setting texts[] = {
    {"myhostname",                  FIELD(hostname)          },
    {"smtpd_banner",                FIELD(banner)            },
    {"smtpd_discard_ehlo_keywords", FIELD(discarded_keywords)},
};

static const Setting flags[] = {
    {"smtpd_tls_wrappermode",          FIELD(tls_wrappermode)        },
    {"smtpd_sasl_auth_enable",         FIELD(auth_enabled)           },
    {"smtpd_tls_auth_only",            FIELD(auth_needs_tls)         },
    {"smtpd_helo_required",            FIELD(helo_required)          },
    {"disable_vrfy_command",           FIELD(vrfy_disabled)          },
    {"strict_rfc821_envelopes",        FIELD(strict_addresses)       },
    {"soft_bounce",                    FIELD(soft_bounce)            },
    {"smtpd_forbid_unauth_pipelining", FIELD(pipelining_is_forbidden)},
};

static const Setting sizes[] = {
    {"message_size_limit", FIELD(message_size_limit)},
    {"line_length_limit",  FIELD(line_length_limit) },
};

static const Setting numbers[] = {
    {"smtpd_soft_error_limit",          FIELD(soft_error_limit)  },
    {"smtpd_hard_error_limit",          FIELD(hard_error_limit)  },
    {"smtpd_junk_command_limit",        FIELD(junk_command_limit)},
    {"smtpd_recipient_limit",           FIELD(recipient_limit)   },
    {"smtpd_recipient_overshoot_limit", FIELD(overshoot_limit)   },
};

static const Setting times[] = {
    {"smtpd_error_sleep_time", FIELD(error_sleep_us)     },
    {"smtpd_timeout",          FIELD(timeout_us)         },
    {"smtpd_starttls_timeout", FIELD(starttls_timeout_us)},
};

/* ---- the others -------------------------------------------------------------------------- */

typedef struct {
    const MailsimHost *host;
    const MailsimServiceDefinition *service;
} View;

static gboolean
get_flag(const View *view, const char *name)
{
    return mailsim_host_get_flag(view->host, view->service, name);
}

/* A service may name files of its own, which are looked at and not shown: all of a host show
 * one certificate. */
static gboolean
has_certificate_or_wants_none(const View *view)
{
    const MailsimHostDefinition *definition = view->host->definition;
    g_autofree char *certificate =
        mailsim_main_cf_dup_certificate(view->host->lab->world, definition, view->service);

    if (mailsim_main_cf_wants_no_certificate(definition, view->service))
        return view->host->server_tls != NULL && view->host->certificate == NULL;
    return view->host->certificate != NULL && certificate != NULL &&
           mailsim_main_cf_has_key(definition, view->service);
}

static MailsimServerTls
get_tls(const View *view)
{
    return mailsim_main_cf_get_server_tls(view->host->definition, view->service);
}

gboolean
mailsim_smtpd_shows_certificate(const MailsimHost *host,
                                const MailsimServiceDefinition *service)
{
    const View view = {host, service};
    MailsimTlsLimits limits = {0};

    return (get_tls(&view) != MAILSIM_SERVER_TLS_NONE ||
            get_flag(&view, "smtpd_tls_wrappermode")) &&
           host->certificate != NULL && has_certificate_or_wants_none(&view) &&
           mailsim_smtpd_read_tls_limits(host, service, &limits);
}

gboolean
mailsim_smtpd_read_tls_limits(const MailsimHost *host,
                              const MailsimServiceDefinition *service,
                              MailsimTlsLimits *limits)
{
    const View view = {host, service};
    const gboolean mandatory = get_tls(&view) == MAILSIM_SERVER_TLS_REQUIRED ||
                               get_flag(&view, "smtpd_tls_wrappermode");
    g_autofree char *list = mailsim_host_dup_parameter(
        host, service, mandatory ? "smtpd_tls_mandatory_protocols" : "smtpd_tls_protocols");

    return mailsim_tls_protocols_parse(list, &limits->excluded_versions);
}

static void
read_tls(const View *view, MailsimSmtpServerOptions *options)
{
    const MailsimServerTls tls = get_tls(view);
    MailsimTlsLimits limits = {0};

    options->tls_required = tls == MAILSIM_SERVER_TLS_REQUIRED;
    options->tls_offered = tls != MAILSIM_SERVER_TLS_NONE;
    options->tls_broken = !has_certificate_or_wants_none(view) ||
                          !mailsim_smtpd_read_tls_limits(view->host, view->service, &limits);
    options->tls_loglevel =
        mailsim_host_get_tls_loglevel(view->host, view->service, "smtpd_tls_loglevel");
    options->tls_requires_certificate = get_flag(view, "smtpd_tls_req_ccert") &&
                                        (options->tls_required || options->tls_wrappermode);
}

/* postconf(5) smtpd_forbid_bare_newline: “yes” is “normalize”; the clients of
 * smtpd_forbid_bare_newline_exclusions, the own networks at first, may go on as ever. */
static MailsimBareNewline
read_bare_newline(const View *view, const char *client_address)
{
    g_autofree char *value =
        mailsim_host_dup_parameter(view->host, view->service, "smtpd_forbid_bare_newline");

    if (g_ascii_strcasecmp(value, "no") == 0 ||
        mailsim_host_match_client(view->host, view->service,
                                  "smtpd_forbid_bare_newline_exclusions", client_address,
                                  NULL) == MAILSIM_LOOKUP_FOUND)
        return MAILSIM_BARE_NEWLINE_ALLOW;
    return g_ascii_strcasecmp(value, "reject") == 0 ? MAILSIM_BARE_NEWLINE_REJECT
                                                    : MAILSIM_BARE_NEWLINE_NORMALIZE;
}

void
mailsim_smtpd_settings_read(MailsimSmtpdSettings *settings,
                            const MailsimHost *host,
                            const MailsimServiceDefinition *service,
                            const char *client_address)
{
    MailsimSmtpServerOptions *options = &settings->options;
    const View view = {host, service};

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        G_STRUCT_MEMBER(char *, options, texts[i].field) =
            mailsim_host_dup_parameter(host, service, texts[i].parameter);
    for (guint i = 0; i < G_N_ELEMENTS(flags); i++)
        G_STRUCT_MEMBER(gboolean, options, flags[i].field) =
            mailsim_host_get_flag(host, service, flags[i].parameter);
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
        G_STRUCT_MEMBER(gsize, options, sizes[i].field) =
            (gsize)mailsim_host_get_number(host, service, sizes[i].parameter);
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
        G_STRUCT_MEMBER(guint, options, numbers[i].field) =
            (guint)mailsim_host_get_number(host, service, numbers[i].parameter);
    for (guint i = 0; i < G_N_ELEMENTS(times); i++)
        G_STRUCT_MEMBER(gint64, options, times[i].field) =
            mailsim_host_get_time_us(host, service, times[i].parameter);
    options->smtputf8_disabled = !get_flag(&view, "smtputf8_enable");
    read_tls(&view, options);
    options->bare_newline = read_bare_newline(&view, client_address);
}

gboolean
mailsim_smtpd_asks_certificate(const MailsimHost *host, const MailsimServiceDefinition *service)
{
    return mailsim_host_get_flag(host, service, "smtpd_tls_ask_ccert") ||
           mailsim_host_get_flag(host, service, "smtpd_tls_req_ccert");
}

void
mailsim_smtpd_settings_clear(MailsimSmtpdSettings *settings)
{
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_clear_pointer(&G_STRUCT_MEMBER(char *, &settings->options, texts[i].field), g_free);
}
