/* SPDX-License-Identifier: MIT
 *
 * Addresses and networks as bits. inet_pton() and inet_ntop() only translate text; no socket is
 * opened here or anywhere below the wire. */
#include <mailsim/base/ip-address.h>

#include <arpa/inet.h>
#include <string.h>

static const guint8 mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

gboolean
mailsim_ip_address_parse(const char *text, MailsimIpAddress *address)
{
    MailsimIpAddress parsed = {0};

    if (inet_pton(AF_INET, text, parsed.bytes) == 1)
        parsed.n_bytes = 4;
    else if (inet_pton(AF_INET6, text, parsed.bytes) == 1)
        parsed.n_bytes = 16;
    else
        return FALSE;

    *address = parsed;
    return TRUE;
}

char *
mailsim_ip_address_format(const MailsimIpAddress *address)
{
    char text[INET6_ADDRSTRLEN];

    inet_ntop(address->n_bytes == 4 ? AF_INET : AF_INET6, address->bytes, text, sizeof text);
    return g_strdup(text);
}

gboolean
mailsim_ip_address_equal(const MailsimIpAddress *a, const MailsimIpAddress *b)
{
    return a->n_bytes == b->n_bytes && memcmp(a->bytes, b->bytes, a->n_bytes) == 0;
}

static gboolean
is_in(const MailsimIpAddress *address, const char *const *networks)
{
    for (; *networks != NULL; networks++) {
        MailsimIpNetwork network;

        g_assert(mailsim_ip_network_parse(*networks, &network));
        if (network.address.n_bytes == address->n_bytes &&
            mailsim_ip_network_contains(&network, address))
            return TRUE;
    }
    return FALSE;
}

gboolean
mailsim_ip_address_is_loopback(const MailsimIpAddress *address)
{
    static const char *const networks[] = {"127.0.0.0/8", "::1/128", NULL};

    return is_in(address, networks);
}

gboolean
mailsim_ip_address_is_unroutable(const MailsimIpAddress *address)
{
    static const char *const networks[] = {
        "192.0.2.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24", /* RFC 5737 */
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16", /* RFC 1918 */
        "2001:db8::/32",  /* RFC 3849 */
        "fc00::/7",       /* RFC 4193 */
        NULL,
    };

    return is_in(address, networks) || mailsim_ip_address_is_loopback(address);
}

static void
clear_host_bits(MailsimIpNetwork *network)
{
    for (guint bit = network->prefix_bits; bit < network->address.n_bytes * 8; bit++)
        network->address.bytes[bit / 8] &= (guint8) ~(0x80 >> (bit % 8));
}

gboolean
mailsim_ip_network_parse(const char *text, MailsimIpNetwork *network)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", 2);
    char *address = parts[0];
    gsize length;
    guint64 bits;

    if (address == NULL)
        return FALSE;
    length = strlen(address);
    if (length > 2 && address[0] == '[' && address[length - 1] == ']') {
        address[length - 1] = '\0';
        address++;
    }
    if (!mailsim_ip_address_parse(address, &network->address))
        return FALSE;

    bits = network->address.n_bytes * 8;
    if (parts[1] != NULL && !g_ascii_string_to_unsigned(parts[1], 10, 0, bits, &bits, NULL))
        return FALSE;
    network->prefix_bits = (guint)bits;
    clear_host_bits(network);
    return TRUE;
}

gboolean
mailsim_ip_network_contains(const MailsimIpNetwork *network, const MailsimIpAddress *address)
{
    MailsimIpAddress candidate = *address;

    if (network->address.n_bytes == 16 && address->n_bytes == 4) {
        memcpy(candidate.bytes, mapped_prefix, sizeof mapped_prefix);
        memcpy(candidate.bytes + sizeof mapped_prefix, address->bytes, 4);
        candidate.n_bytes = 16;
    }
    if (candidate.n_bytes != network->address.n_bytes)
        return FALSE;

    for (guint bit = 0; bit < network->prefix_bits; bit++) {
        guint8 mask = (guint8)(0x80 >> (bit % 8));

        if ((candidate.bytes[bit / 8] & mask) != (network->address.bytes[bit / 8] & mask))
            return FALSE;
    }
    return TRUE;
}
