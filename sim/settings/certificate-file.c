/* SPDX-License-Identifier: MIT
 *
 * Paths that mean something in the lab. Where they are from: Debian 12's packages ssl-cert,
 * dovecot-core and ca-certificates, and certbot's README in /etc/letsencrypt/live. */
#include <mailsim/settings/certificate-file.h>

#include <string.h>

#define CERTBOT      "/etc/letsencrypt/live/"
#define OWN          "/etc/mailsim/"
#define DOVECOT      "/etc/dovecot/private/dovecot" /* links to snakeoil's pair */
#define SNAKEOIL     "snakeoil"
#define SNAKEOIL_KEY "/etc/ssl/private/ssl-cert-snakeoil.key"

static const char *
find_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* NAME of /etc/mailsim/NAME.pem. */
static char *
dup_own_name(const char *path, const char *suffix)
{
    const char *base = find_base(path);

    if (!g_str_has_prefix(path, OWN) || !g_str_has_suffix(base, suffix))
        return NULL;
    return g_strndup(base, strlen(base) - strlen(suffix));
}

char *
mailsim_certificate_file_dup_owner(const char *path)
{
    char *name = dup_own_name(path, ".pem");

    return name != NULL ? name : dup_own_name(path, ".key");
}

char *
mailsim_certificate_file_dup_name(const char *path)
{
    const char *base = find_base(path);

    if (g_str_has_prefix(path, CERTBOT))
        return g_str_equal(base, "fullchain.pem") ? g_strdup("letsencrypt")
               : g_str_equal(base, "cert.pem")    ? g_strdup("no-intermediate")
                                                  : NULL;
    if (g_str_equal(path, "/etc/ssl/certs/ssl-cert-snakeoil.pem"))
        return g_strdup(SNAKEOIL);
    if (g_str_equal(path, DOVECOT ".pem"))
        return g_strdup(SNAKEOIL);
    return dup_own_name(path, ".pem");
}

gboolean
mailsim_key_file_fits(const char *path, const char *certificate)
{
    g_autofree char *with_chain = dup_own_name(path, ".pem");
    g_autofree char *alone = dup_own_name(path, ".key");

    if (g_str_has_prefix(path, CERTBOT))
        return g_str_equal(find_base(path), "privkey.pem") &&
               !g_str_equal(certificate, SNAKEOIL);
    if (g_str_equal(path, SNAKEOIL_KEY) || g_str_equal(path, DOVECOT ".key"))
        return g_str_equal(certificate, SNAKEOIL);
    return g_strcmp0(with_chain, certificate) == 0 || g_strcmp0(alone, certificate) == 0;
}

gboolean
mailsim_path_is_key_file(const char *path)
{
    g_autofree char *with_chain = dup_own_name(path, ".pem");
    g_autofree char *alone = dup_own_name(path, ".key");

    return with_chain != NULL || alone != NULL || g_str_equal(path, SNAKEOIL_KEY) ||
           g_str_equal(path, DOVECOT ".key") ||
           (g_str_has_prefix(path, CERTBOT) && g_str_equal(find_base(path), "privkey.pem"));
}

gboolean
mailsim_key_file_is_of_another(const char *path, const char *certificate_path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *certificate_folder = g_path_get_dirname(certificate_path);

    return g_str_has_prefix(path, CERTBOT) && g_str_has_prefix(certificate_path, CERTBOT) &&
           !g_str_equal(folder, certificate_folder);
}

gboolean
mailsim_path_is_trust_file(const char *path)
{
    return g_str_equal(path, "/etc/ssl/certs/ca-certificates.crt");
}

gboolean
mailsim_path_is_trust_folder(const char *path)
{
    return g_str_equal(path, "/etc/ssl/certs") || g_str_equal(path, "/etc/ssl/certs/");
}
