/* SPDX-License-Identifier: MIT
 *
 * The order is OpenSSL's: first what is missing at the top, then the name, then each certificate
 * from the top down with its dates. */
#include <mailsim/wire/certificate-walk.h>

#include <mailsim/wire/server-name.h>

#include "certificate-path-private.h"

char *
mailsim_certificate_dup_common_name(gnutls_x509_crt_t crt, gboolean of_issuer)
{
    char name[256];
    size_t size = sizeof name;
    const int status = of_issuer ? gnutls_x509_crt_get_issuer_dn_by_oid(
                                       crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size)
                                 : gnutls_x509_crt_get_dn_by_oid(
                                       crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size);

    return status < 0 ? g_strdup("") : g_strndup(name, size);
}

static void
add(GPtrArray *lines, const MailsimCertificatePath *path, guint depth, gboolean verified)
{
    g_autofree char *subject =
        mailsim_certificate_dup_common_name(g_ptr_array_index(path->crts, depth), FALSE);

    g_ptr_array_add(lines, g_strdup_printf("depth=%u verify=%d subject=/CN=%s", depth,
                                           verified ? 1 : 0, subject));
}

static gboolean
is_valid(gnutls_x509_crt_t crt, MailsimTime now_us)
{
    const time_t now = (time_t)(now_us / MAILSIM_SECOND);

    return now >= gnutls_x509_crt_get_activation_time(crt) &&
           now <= gnutls_x509_crt_get_expiration_time(crt);
}

/* One whose issuer nobody knows is not looked at again, but for one that came alone. */
static void
walk(GPtrArray *lines,
     const MailsimCertificatePath *path,
     const char *names,
     MailsimTime now_us)
{
    const guint top = path->crts->len - 1;
    const gboolean is_root =
        mailsim_certificate_signed_itself(g_ptr_array_index(path->crts, top));
    guint depth = top + 1;

    if (!path->trusted)
        add(lines, path, top, FALSE);
    if (names != NULL && !mailsim_server_name_matches(g_ptr_array_index(path->crts, 0), names))
        add(lines, path, 0, FALSE);
    if (!is_root && top == 0)
        add(lines, path, 0, FALSE);
    if (!is_root && top > 0)
        depth--;
    while (depth-- > 0) {
        if (!is_valid(g_ptr_array_index(path->crts, depth), now_us))
            add(lines, path, depth, FALSE);
        add(lines, path, depth, TRUE);
    }
}

char **
mailsim_certificate_walk(gnutls_session_t session,
                         gnutls_x509_trust_list_t trusted,
                         const char *names,
                         MailsimTime now_us)
{
    GPtrArray *lines = g_ptr_array_new();
    guint n_chain = 0;
    const gnutls_datum_t *der = gnutls_certificate_get_peers(session, &n_chain);
    g_autofree gnutls_x509_crt_t *chain = g_new0(gnutls_x509_crt_t, n_chain + 1);
    g_auto(MailsimCertificatePath) path = {0};

    for (guint i = 0; i < n_chain; i++) {
        gnutls_x509_crt_init(&chain[i]);
        gnutls_x509_crt_import(chain[i], &der[i], GNUTLS_X509_FMT_DER);
    }
    if (n_chain > 0) {
        mailsim_certificate_path_find(chain, n_chain, trusted, &path);
        walk(lines, &path, names, now_us);
    }
    for (guint i = 0; i < n_chain; i++)
        gnutls_x509_crt_deinit(chain[i]);
    g_ptr_array_add(lines, NULL);
    return (char **)g_ptr_array_free(lines, FALSE);
}
