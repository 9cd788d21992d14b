/* SPDX-License-Identifier: MIT
 *
 * What an exchange of a password says once base64 is undone, as whoever listens reads it. */
#include <mailsim/base/sasl-response.h>

#include <string.h>

GBytes *
mailsim_sasl_response_decode(const char *text)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz0123456789+/=";

    if (*text == '\0' || text[strspn(text, alphabet)] != '\0')
        return NULL;
    gsize n_bytes = 0;
    guchar *bytes = g_base64_decode(text, &n_bytes);
    return g_bytes_new_take(bytes, n_bytes);
}

static void
replace(char **field, const char *start, gsize length)
{
    g_free(*field);
    *field = g_utf8_make_valid(start, (gssize)length);
}

gboolean
mailsim_sasl_response_read_plain(const char *text, char **name, char **password)
{
    g_autoptr(GBytes) decoded = mailsim_sasl_response_decode(text);

    if (decoded == NULL)
        return FALSE;
    gsize n_bytes = 0;
    const char *bytes = g_bytes_get_data(decoded, &n_bytes);
    const char *end = bytes + n_bytes;
    const char *user = n_bytes > 0 ? memchr(bytes, '\0', n_bytes) : NULL;
    if (user == NULL)
        return FALSE;
    user++;
    const char *behind_user = memchr(user, '\0', (gsize)(end - user));
    if (behind_user == NULL)
        return FALSE;
    replace(name, user, (gsize)(behind_user - user));
    replace(password, behind_user + 1, (gsize)(end - behind_user - 1));
    return TRUE;
}

gboolean
mailsim_sasl_response_read_login(const char *text, char **name, char **password)
{
    g_autoptr(GBytes) decoded = mailsim_sasl_response_decode(text);

    if (decoded == NULL)
        return FALSE;
    gsize n_bytes = 0;
    const char *bytes = g_bytes_get_data(decoded, &n_bytes);
    if (*name == NULL) {
        replace(name, bytes, n_bytes);
        return FALSE;
    }
    replace(password, bytes, n_bytes);
    return TRUE;
}
