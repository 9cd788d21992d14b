/* SPDX-License-Identifier: MIT
 *
 * Which certificates the hosts show: those of services that offer TLS and can do it. */
#include <mailsim/lab/shown-certificates.h>

#include <mailsim/lab/dovecot-conf.h>

#include "host-private.h"
#include "smtpd-private.h"

static gboolean
is_shown_by_postfix(const MailsimHost *host)
{
    const GPtrArray *services = host->definition->services;

    for (guint i = 0; i < services->len; i++) {
        const MailsimServiceDefinition *service = g_ptr_array_index(services, i);

        if (mailsim_smtpd_shows_certificate(host, service))
            return TRUE;
    }
    /* Port 25, which needs not be said. */
    return mailsim_smtpd_shows_certificate(host, mailsim_host_find_service(host, 25));
}

static gboolean
is_shown_by_dovecot(const MailsimHost *host)
{
    return host->dovecot_certificate != NULL &&
           mailsim_dovecot_conf_get_tls(host->definition) != MAILSIM_DOVECOT_TLS_NO;
}

static void
add(GPtrArray *shown,
    const MailsimHost *host,
    const MailsimCertificate *certificate,
    gboolean by_postfix,
    gboolean by_dovecot)
{
    MailsimShownCertificate *one = g_new0(MailsimShownCertificate, 1);

    one->hostname = host->definition->hostname;
    one->certificate = certificate;
    one->by_postfix = by_postfix;
    one->by_dovecot = by_dovecot;
    g_ptr_array_add(shown, one);
}

GPtrArray *
mailsim_lab_list_shown_certificates(const MailsimLab *lab)
{
    GPtrArray *shown = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < lab->hosts->len; i++) {
        const MailsimHost *host = g_ptr_array_index(lab->hosts, i);
        const gboolean by_postfix = is_shown_by_postfix(host);
        const gboolean by_dovecot = is_shown_by_dovecot(host);
        const gboolean are_same = host->certificate == host->dovecot_certificate;

        if (by_postfix)
            add(shown, host, host->certificate, TRUE, by_dovecot && are_same);
        if (by_dovecot && !(by_postfix && are_same))
            add(shown, host, host->dovecot_certificate, FALSE, TRUE);
    }
    return shown;
}
