/* SPDX-License-Identifier: MIT
 *
 * dovecot.conf of a host: its values, the ports that they open, and the certificate. */
#include <mailsim/lab/dovecot-conf.h>

#include <string.h>

#include <mailsim/base/time.h>
#include <mailsim/lab/main-cf.h>
#include <mailsim/settings/certificate-file.h>
#include <mailsim/settings/dovecot-setting.h>

/* ---- values ------------------------------------------------------------------------------ */

const MailsimSetting *
mailsim_dovecot_conf_find(const MailsimHostDefinition *host, const char *name)
{
    return mailsim_settings_find(host->dovecot, name);
}

const char *
mailsim_dovecot_conf_get(const MailsimHostDefinition *host, const char *name)
{
    const MailsimSetting *setting = mailsim_dovecot_conf_find(host, name);

    return setting != NULL ? setting->value : mailsim_dovecot_setting_get_default(name);
}

gboolean
mailsim_dovecot_conf_get_flag(const MailsimHostDefinition *host, const char *name)
{
    gboolean flag = FALSE;

    mailsim_dovecot_setting_parse_boolean(mailsim_dovecot_conf_get(host, name), &flag);
    return flag;
}

gint64
mailsim_dovecot_conf_get_time_us(const MailsimHostDefinition *host, const char *name)
{
    gint64 seconds = 0;

    mailsim_dovecot_setting_parse_time(mailsim_dovecot_conf_get(host, name), &seconds);
    return seconds * MAILSIM_SECOND;
}

guint64
mailsim_dovecot_conf_get_size(const MailsimHostDefinition *host, const char *name)
{
    guint64 bytes = 0;

    mailsim_dovecot_setting_parse_size(mailsim_dovecot_conf_get(host, name), &bytes);
    return bytes;
}

guint
mailsim_dovecot_conf_get_number(const MailsimHostDefinition *host, const char *name)
{
    guint number = 0;

    mailsim_dovecot_setting_parse_number(mailsim_dovecot_conf_get(host, name), &number);
    return number;
}

MailsimDovecotTls
mailsim_dovecot_conf_get_tls(const MailsimHostDefinition *host)
{
    MailsimDovecotTls tls = MAILSIM_DOVECOT_TLS_NO;

    mailsim_dovecot_setting_parse_tls(mailsim_dovecot_conf_get(host, "ssl"), &tls);
    return tls;
}

/* ---- ports ------------------------------------------------------------------------------- */

gboolean
mailsim_dovecot_conf_serves(const MailsimHostDefinition *host, MailsimProtocol protocol)
{
    return host->has_dovecot &&
           mailsim_dovecot_setting_has_word(mailsim_dovecot_conf_get(host, "protocols"),
                                            mailsim_protocol_get_name(protocol));
}

static gboolean
is_listed(const GArray *ports, guint port)
{
    for (guint i = 0; i < ports->len; i++)
        if (g_array_index(ports, guint, i) == port)
            return TRUE;
    return FALSE;
}

gboolean
mailsim_dovecot_conf_has_port(const MailsimHostDefinition *host, guint port)
{
    const MailsimProtocol protocol = mailsim_protocol_of_port(port);

    return protocol != MAILSIM_PROTOCOL_SMTP && mailsim_dovecot_conf_serves(host, protocol) &&
           (host->dovecot_ports == NULL || is_listed(host->dovecot_ports, port)) &&
           !(mailsim_port_has_implicit_tls(port) &&
             mailsim_dovecot_conf_get_tls(host) == MAILSIM_DOVECOT_TLS_NO);
}

/* ---- the certificate --------------------------------------------------------------------- */

/* As for Postfix: who says nothing of the key has that of “certificate =”, which Debian's path
 * stands for. */
static gboolean
has_key(const MailsimHostDefinition *host, const char *certificate)
{
    const MailsimSetting *cert = mailsim_dovecot_conf_find(host, "ssl_cert");
    const MailsimSetting *key = mailsim_dovecot_conf_find(host, "ssl_key");
    const char *path = key != NULL ? mailsim_dovecot_setting_find_path(key->value) : NULL;
    const char *cert_path =
        cert != NULL ? mailsim_dovecot_setting_find_path(cert->value) : NULL;

    if (key == NULL)
        return cert == NULL || g_str_equal(certificate, "snakeoil") ==
                                   g_str_equal(host->certificate, "snakeoil");
    return path != NULL && mailsim_key_file_fits(path, certificate) &&
           !(cert_path != NULL && mailsim_key_file_is_of_another(path, cert_path));
}

static const char *
find_key_problem(const MailsimHostDefinition *host)
{
    const MailsimSetting *key = mailsim_dovecot_conf_find(host, "ssl_key");
    const char *path = key != NULL ? mailsim_dovecot_setting_find_path(key->value) : NULL;

    if (key == NULL || (path != NULL && mailsim_path_is_key_file(path)))
        return "Can't load SSL private key (ssl_key setting): Key is for a different cert than "
               "ssl_cert";
    return "Couldn't parse private SSL key (ssl_key setting) (maybe ssl_key_password is "
           "wrong?): error:1E08010C:DECODER routines::unsupported: No supported data to "
           "decode. Input type: PEM";
}

static const char *
find_certificate_problem(const MailsimHostDefinition *host)
{
    return *mailsim_dovecot_conf_get(host, "ssl_cert") == '\0'
               ? "Can't load SSL certificate (ssl_cert setting): The certificate is empty"
               : "Can't load SSL certificate (ssl_cert setting): There is no valid PEM "
                 "certificate.";
}

char *
mailsim_dovecot_conf_dup_certificate(const MailsimWorld *world,
                                     const MailsimHostDefinition *host,
                                     char **problem)
{
    const MailsimSetting *setting = mailsim_dovecot_conf_find(host, "ssl_cert");
    const char *path =
        setting != NULL ? mailsim_dovecot_setting_find_path(setting->value) : NULL;
    g_autofree char *certificate = setting == NULL ? g_strdup(host->certificate)
                                   : path != NULL
                                       ? mailsim_world_dup_certificate_at(world, path)
                                       : NULL;
    const char *found = certificate == NULL           ? find_certificate_problem(host)
                        : !has_key(host, certificate) ? find_key_problem(host)
                                                      : NULL;

    if (problem != NULL)
        *problem = g_strdup(found);
    return found == NULL ? g_steal_pointer(&certificate) : NULL;
}

/* ---- mail -------------------------------------------------------------------------------- */

gboolean
mailsim_dovecot_conf_finds_mail(const MailsimHostDefinition *host,
                                const char *user,
                                MailsimMailLocation *delivery,
                                MailsimMailLocation *mail)
{
    g_autofree char *at_home = mailsim_main_cf_dup(host, NULL, "home_mailbox");
    g_autofree char *spool = mailsim_main_cf_dup(host, NULL, "mail_spool_directory");

    mailsim_mail_location_find_delivery(at_home, spool, user, delivery);
    mailsim_mail_location_find_mail(mailsim_dovecot_conf_get(host, "mail_location"), user,
                                    mail);
    return mailsim_mail_location_equal(delivery, mail);
}
