/* SPDX-License-Identifier: MIT
 *
 * Host names and address literals, as Postfix 3.7 was seen to judge them. */
#include <mailsim/protocol/domain-name.h>

#include <arpa/inet.h>
#include <string.h>

#define NAME_MAX_BYTES  255
#define LABEL_MAX_BYTES 63
#define IPV6_TAG        "IPv6:"

#define IPV6_GROUPS       8
#define IPV6_GROUP_DIGITS 4

/* ---- names ------------------------------------------------------------------------------- */

static gboolean
is_label(const char *label)
{
    gsize length = strlen(label);

    if (length == 0 || length > LABEL_MAX_BYTES || label[0] == '-' || label[length - 1] == '-')
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(label[i]) && strchr("-_", label[i]) == NULL)
            return FALSE;
    }
    return TRUE;
}

gboolean
mailsim_domain_name_is_valid(const char *name)
{
    g_auto(GStrv) labels = g_strsplit(name, ".", -1);
    gsize length = strlen(name);

    if (length == 0 || length > NAME_MAX_BYTES || strspn(name, "0123456789.") == length)
        return FALSE;
    for (guint i = 0; labels[i] != NULL; i++) {
        if (!is_label(labels[i]))
            return FALSE;
    }
    return TRUE;
}

/* A label begins with no mark and no hyphen, and ends in none (RFC 5891 §4.2.3.1, §4.2.3.2). */
static gboolean
is_utf8_label(const char *label)
{
    return label[0] != '\0' && !g_str_has_prefix(label, "-") && !g_str_has_suffix(label, "-") &&
           !g_unichar_ismark(g_utf8_get_char(label));
}

/* Three other signs are dots too (RFC 3490 §3.1). */
static GStrv
split_utf8_labels(const char *name)
{
    g_autoptr(GString) dotted = g_string_new(name);

    g_string_replace(dotted, "\u3002", ".", 0);
    g_string_replace(dotted, "\uff0e", ".", 0);
    g_string_replace(dotted, "\uff61", ".", 0);
    return g_strsplit(dotted->str, ".", -1);
}

/* A sharp s is two in a name (RFC 3491), and then there is nothing left that is not ASCII. */
gboolean
mailsim_domain_name_needs_utf8(const char *name)
{
    g_autoptr(GString) mapped = NULL;

    if (g_str_is_ascii(name))
        return FALSE;
    mapped = g_string_new(name);
    g_string_replace(mapped, "ß", "ss", 0);
    return !g_str_is_ascii(mapped->str);
}

gboolean
mailsim_domain_name_is_valid_utf8(const char *name)
{
    g_auto(GStrv) labels = NULL;
    g_autofree char *ascii = NULL;

    if (g_str_is_ascii(name))
        return mailsim_domain_name_is_valid(name);
    if (!g_utf8_validate(name, -1, NULL))
        return FALSE;
    labels = split_utf8_labels(name);
    for (guint i = 0; labels[i] != NULL; i++) {
        if (!is_utf8_label(labels[i]))
            return FALSE;
    }
    ascii = g_hostname_to_ascii(name);
    return ascii != NULL && mailsim_domain_name_is_valid(ascii);
}

/* ---- numbers ----------------------------------------------------------------------------- */

/* Postfix lets leading zeros pass, and of what begins with zero only 0.0.0.0. */
static gboolean
is_ipv4(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ".", -1);
    guint64 numbers[4] = {0};

    if (g_strv_length(parts) != G_N_ELEMENTS(numbers))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (strspn(parts[i], "0123456789") != strlen(parts[i]) ||
            !g_ascii_string_to_unsigned(parts[i], 10, 0, 255, &numbers[i], NULL))
            return FALSE;
    }
    return numbers[0] > 0 || numbers[1] + numbers[2] + numbers[3] == 0;
}

static gboolean
is_ipv6_group(const char *text)
{
    gsize length = strlen(text);

    return length <= IPV6_GROUP_DIGITS && strspn(text, "0123456789abcdefABCDEF") == length;
}

/* Groups of hexadecimal digits between colons, one of them empty if need be, an IPv4 address as
 * the last. Postfix does not mind too few groups. */
static gboolean
is_ipv6(const char *text)
{
    g_auto(GStrv) groups = g_strsplit(text, ":", -1);
    guint n_groups = g_strv_length(groups);
    guint n_empty = 0;
    const char *last;

    if (n_groups < 3 || n_groups > IPV6_GROUPS)
        return FALSE;
    last = groups[n_groups - 1];
    if ((groups[0][0] == '\0' && groups[1][0] != '\0') ||
        (last[0] == '\0' && groups[n_groups - 2][0] != '\0'))
        return FALSE;
    for (guint i = 1; i + 1 < n_groups; i++) {
        if (groups[i][0] == '\0')
            n_empty++;
    }
    for (guint i = 0; i + 1 < n_groups; i++) {
        if (!is_ipv6_group(groups[i]))
            return FALSE;
    }
    if (strchr(last, '.') != NULL)
        return n_empty <= 1 && n_groups < IPV6_GROUPS && is_ipv4(last);
    return n_empty <= 1 && is_ipv6_group(last);
}

gboolean
mailsim_domain_name_is_number(const char *name)
{
    return strchr(name, ':') != NULL ? is_ipv6(name) : is_ipv4(name);
}

/* ---- literals ---------------------------------------------------------------------------- */

/* IPv6-address-literal = "IPv6:" IPv6-addr                         RFC 5321 §4.1.3
 * NULL: NAME is no literal. IPv6 says which kind. */
static char *
dup_literal(const char *name, gboolean *ipv6)
{
    gsize length = strlen(name);
    gsize start = 1;
    g_autofree char *inside = NULL;

    if (length < 2 || name[0] != '[' || name[length - 1] != ']')
        return NULL;
    *ipv6 = g_ascii_strncasecmp(name + 1, IPV6_TAG, strlen(IPV6_TAG)) == 0;
    if (*ipv6)
        start += strlen(IPV6_TAG);
    inside = g_strndup(name + start, length - 1 - start);
    if (*ipv6 ? !is_ipv6(inside) : !is_ipv4(inside))
        return NULL;
    return g_steal_pointer(&inside);
}

gboolean
mailsim_domain_name_is_literal(const char *name)
{
    gboolean ipv6;
    g_autofree char *inside = dup_literal(name, &ipv6);

    return inside != NULL;
}

/* “::ffff:192.0.2.7” is 192.0.2.7                                      RFC 4291 §2.5.5.2 */
static void
unmap(MailsimIpAddress *address)
{
    static const guint8 mapped_prefix[12] = {[10] = 0xff, [11] = 0xff};

    if (address->n_bytes != 16 ||
        memcmp(address->bytes, mapped_prefix, sizeof mapped_prefix) != 0)
        return;
    memmove(address->bytes, address->bytes + sizeof mapped_prefix, 4);
    memset(address->bytes + 4, 0, sizeof address->bytes - 4);
    address->n_bytes = 4;
}

gboolean
mailsim_domain_name_get_address(const char *name, MailsimIpAddress *address)
{
    gboolean ipv6;
    g_autofree char *inside = dup_literal(name, &ipv6);
    struct in_addr number;

    if (inside == NULL)
        return FALSE;
    if (ipv6) {
        if (!mailsim_ip_address_parse(inside, address))
            return FALSE;
        unmap(address);
        return TRUE;
    }
    if (inet_aton(inside, &number) == 0)
        return FALSE;
    *address = (MailsimIpAddress){.n_bytes = 4};
    memcpy(address->bytes, &number, 4);
    return TRUE;
}
