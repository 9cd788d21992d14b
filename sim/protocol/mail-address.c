/* SPDX-License-Identifier: MIT
 *
 * Local part and domain of an address. Whether they are permitted is the command parser's
 * affair. */
#include <mailsim/protocol/mail-address.h>

#include <string.h>

const char *
mailsim_mail_address_get_domain(const char *address)
{
    const char *at = strrchr(address, '@');

    return at != NULL ? at + 1 : NULL;
}

char *
mailsim_mail_address_dup_local_part(const char *address)
{
    const char *at = strrchr(address, '@');

    return at != NULL ? g_strndup(address, (gsize)(at - address)) : g_strdup(address);
}

gboolean
mailsim_mail_address_equal(const char *a, const char *b)
{
    return g_ascii_strcasecmp(a, b) == 0;
}
