/* SPDX-License-Identifier: MIT
 *
 * A certificate as openssl-x509(1) prints it with -noout -subject -issuer -dates
 * -ext subjectAltName. */
#include "look-private.h"

#include <string.h>

#include <gio/gio.h>

/* “C = US, O = Lab Encrypt, CN = R1”, in the order of the certificate. */
static void
append_name(GString *text, gnutls_x509_dn_t name)
{
    gnutls_x509_ava_st part;

    for (int i = 0; gnutls_x509_dn_get_rdn_ava(name, i, 0, &part) == GNUTLS_E_SUCCESS; i++) {
        g_autofree char *oid = g_strndup((const char *)part.oid.data, part.oid.size);
        const char *label = gnutls_x509_dn_oid_name(oid, GNUTLS_X509_DN_OID_RETURN_OID);

        g_string_append_printf(text, "%s%s = %.*s", i > 0 ? ", " : "", label,
                               (int)part.value.size, (const char *)part.value.data);
    }
    g_string_append_c(text, '\n');
}

static void
append_moment(GString *text, const char *label, time_t moment)
{
    g_autofree char *whole = mailsim_time_format_ctime((MailsimTime)moment * MAILSIM_SECOND);

    /* Without the day of the week. */
    g_string_append_printf(text, "%s=%s GMT\n", label, whole + strlen("Mon "));
}

static void
append_one_name(GString *text, int kind, const char *name, gsize size)
{
    g_autoptr(GInetAddress) address = NULL;
    g_autofree char *written = NULL;

    if (kind != GNUTLS_SAN_IPADDRESS) {
        g_string_append_printf(text, "%s:%.*s",
                               kind == GNUTLS_SAN_DNSNAME      ? "DNS"
                               : kind == GNUTLS_SAN_RFC822NAME ? "email"
                                                               : "other",
                               (int)size, name);
        return;
    }
    address = g_inet_address_new_from_bytes(
        (const guint8 *)name, size == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
    written = g_inet_address_to_string(address);
    g_string_append_printf(text, "IP Address:%s", written);
}

static void
append_names(GString *text, gnutls_x509_crt_t certificate)
{
    char name[256];

    for (guint i = 0;; i++) {
        size_t size = sizeof name;
        int kind = gnutls_x509_crt_get_subject_alt_name(certificate, i, name, &size, NULL);

        if (kind < 0)
            break;
        g_string_append(text, i == 0 ? "X509v3 Subject Alternative Name: \n    " : ", ");
        append_one_name(text, kind, name, size);
    }
    if (text->str[text->len - 1] != '\n')
        g_string_append_c(text, '\n');
}

char *
mailsim_look_dup_certificate(gnutls_x509_crt_t certificate)
{
    GString *text = g_string_new(NULL);
    gnutls_x509_dn_t name;

    if (gnutls_x509_crt_get_subject(certificate, &name) == GNUTLS_E_SUCCESS) {
        g_string_append(text, "subject=");
        append_name(text, name);
    }
    if (gnutls_x509_crt_get_issuer(certificate, &name) == GNUTLS_E_SUCCESS) {
        g_string_append(text, "issuer=");
        append_name(text, name);
    }
    append_moment(text, "notBefore", gnutls_x509_crt_get_activation_time(certificate));
    append_moment(text, "notAfter", gnutls_x509_crt_get_expiration_time(certificate));
    append_names(text, certificate);
    return g_string_free(text, FALSE);
}
