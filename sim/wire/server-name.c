/* SPDX-License-Identifier: MIT
 *
 * Names in certificates, compared as OpenSSL compares them for Postfix. GnuTLS has a function
 * for that, too, and answers otherwise: see docs/decisions/0006-openssl-and-gnutls.md. */
#include <mailsim/wire/server-name.h>

#include <string.h>

#include <gio/gio.h>

/* The names and addresses of a certificate. */
typedef struct {
    GPtrArray *names;        /* of char *: DNS names of subjectAltName */
    GPtrArray *addresses;    /* of GBytes */
    GPtrArray *common_names; /* of char * */
} Names;

static void
clear_names(Names *names)
{
    g_ptr_array_unref(names->names);
    g_ptr_array_unref(names->addresses);
    g_ptr_array_unref(names->common_names);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Names, clear_names)

static void
read_alternatives(gnutls_x509_crt_t crt, const Names *names)
{
    for (unsigned i = 0;; i++) {
        size_t size = 0;
        unsigned type;
        if (gnutls_x509_crt_get_subject_alt_name2(crt, i, NULL, &size, &type, NULL) !=
            GNUTLS_E_SHORT_MEMORY_BUFFER)
            return;
        g_autofree char *name = g_malloc0(size + 1);
        if (gnutls_x509_crt_get_subject_alt_name2(crt, i, name, &size, &type, NULL) < 0)
            continue;
        if (type == GNUTLS_SAN_DNSNAME)
            g_ptr_array_add(names->names, g_steal_pointer(&name));
        else if (type == GNUTLS_SAN_IPADDRESS)
            g_ptr_array_add(names->addresses, g_bytes_new(name, size));
    }
}

static void
read_common_names(gnutls_x509_crt_t crt, const Names *names)
{
    for (unsigned i = 0;; i++) {
        size_t size = 0;
        if (gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, i, 0, NULL,
                                          &size) != GNUTLS_E_SHORT_MEMORY_BUFFER)
            return;
        g_autofree char *name = g_malloc0(size + 1);
        if (gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, i, 0, name,
                                          &size) >= 0)
            g_ptr_array_add(names->common_names, g_steal_pointer(&name));
    }
}

static void
read_names(gnutls_x509_crt_t crt, Names *names)
{
    names->names = g_ptr_array_new_with_free_func(g_free);
    names->addresses = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    names->common_names = g_ptr_array_new_with_free_func(g_free);
    read_alternatives(crt, names);
    read_common_names(crt, names);
}

/* ---- one name ---------------------------------------------------------------------------- */

static gboolean
ends_in(const char *name, const char *end)
{
    const gsize length = strlen(name);
    const gsize end_length = strlen(end);
    return length >= end_length && g_ascii_strcasecmp(name + length - end_length, end) == 0;
}

/* What “*.” stands before: the asterisk is a whole label, the first of three or more, and the
 * only one; no label is empty or begins or ends with a hyphen. NULL: NAME is none for many. */
static const char *
find_wildcard_end(const char *name)
{
    g_auto(GStrv) labels = g_strsplit(name, ".", -1);
    if (g_strv_length(labels) < 3 || strcmp(labels[0], "*") != 0)
        return NULL;
    for (guint i = 1; labels[i] != NULL; i++) {
        const char *label = labels[i];
        if (*label == '\0' || *label == '-' || g_str_has_suffix(label, "-"))
            return NULL;
        for (; *label != '\0'; label++)
            if (!g_ascii_isalnum(*label) && *label != '-')
                return NULL;
    }
    return name + strlen("*");
}

/* Is NAME, of a certificate, one for EXPECTED? */
static gboolean
is_for(const char *name, const char *expected)
{
    if (expected[0] == '.')
        return strlen(name) > strlen(expected) && ends_in(name, expected);
    const char *end = find_wildcard_end(name);
    if (end == NULL)
        return g_ascii_strcasecmp(name, expected) == 0;
    if (strlen(expected) <= strlen(end) || !ends_in(expected, end))
        return FALSE;
    const gsize length = strlen(expected) - strlen(end);
    if (length == 1 && expected[0] == '*')
        return TRUE;
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isalnum(expected[i]) && expected[i] != '-')
            return FALSE;
    return TRUE;
}

static gboolean
is_any_for(const GPtrArray *names, const char *expected)
{
    for (guint i = 0; i < names->len; i++)
        if (is_for(g_ptr_array_index(names, i), expected))
            return TRUE;
    return FALSE;
}

/* RFC 6125 §6.4.4: the common name counts where there is no DNS name at all. */
static gboolean
has_name(const Names *names, const char *expected)
{
    g_autofree char *ascii = g_hostname_to_ascii(expected);
    return is_any_for(names->names->len > 0 ? names->names : names->common_names,
                      ascii != NULL ? ascii : expected);
}

static gboolean
has_address(const Names *names, GInetAddress *address)
{
    g_autoptr(GBytes) bytes =
        g_bytes_new(g_inet_address_to_bytes(address), g_inet_address_get_native_size(address));
    return g_ptr_array_find_with_equal_func(names->addresses, bytes, g_bytes_equal, NULL);
}

/* ---- all of them ------------------------------------------------------------------------- */

MailsimServerNameFit
mailsim_server_name_compare(gnutls_x509_crt_t crt, const char *expected)
{
    g_auto(GStrv) words = g_strsplit(expected, ", ", -1);
    g_autoptr(GInetAddress) address = NULL;
    g_auto(Names) names = {0};
    gboolean name_expected = FALSE;
    gboolean name_found = FALSE;

    read_names(crt, &names);
    for (char **word = words; *word != NULL; word++) {
        GInetAddress *parsed = g_inet_address_new_from_string(*word);
        if (parsed == NULL) {
            name_expected = TRUE;
            name_found = name_found || has_name(&names, *word);
        } else if (address == NULL) {
            address = parsed;
        } else {
            g_object_unref(parsed);
        }
    }
    if (name_expected ? !name_found : address == NULL)
        return MAILSIM_SERVER_NAME_IS_ANOTHER;
    return address == NULL || has_address(&names, address) ? MAILSIM_SERVER_NAME_FITS
                                                           : MAILSIM_SERVER_ADDRESS_IS_ANOTHER;
}

gboolean
mailsim_server_name_matches(gnutls_x509_crt_t crt, const char *expected)
{
    g_return_val_if_fail(crt != NULL && expected != NULL, FALSE);
    return mailsim_server_name_compare(crt, expected) == MAILSIM_SERVER_NAME_FITS;
}
