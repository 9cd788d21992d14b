/* SPDX-License-Identifier: MIT
 *
 * IPv4 and IPv6 addresses and networks as text and bits. No socket is behind them. */
#pragma once

#include <glib.h>

typedef struct {
    guint n_bytes; /* 4 or 16 */
    guint8 bytes[16];
} MailsimIpAddress;

typedef struct {
    MailsimIpAddress address;
    guint prefix_bits;
} MailsimIpNetwork;

gboolean mailsim_ip_address_parse(const char *text, MailsimIpAddress *address);
char *mailsim_ip_address_format(const MailsimIpAddress *address);
gboolean mailsim_ip_address_equal(const MailsimIpAddress *a, const MailsimIpAddress *b);

/* 127.0.0.0/8 and ::1. */
gboolean mailsim_ip_address_is_loopback(const MailsimIpAddress *address);

/* May the lab use it: documentation (RFC 5737, RFC 3849), private (RFC 1918, RFC 4193) and
 * loopback. */
gboolean mailsim_ip_address_is_unroutable(const MailsimIpAddress *address);

/* A pattern of postconf(5) mynetworks: “192.0.2.0/24”, “[::1]/128”, “192.0.2.7”. Host bits that
 * are set are cleared. FALSE when it is none (Postfix then logs a fatal error). */
gboolean mailsim_ip_network_parse(const char *text, MailsimIpNetwork *network);

/* IPv4 addresses also match IPv6 networks by their mapped form, ::ffff:a.b.c.d, as in
 * Postfix. */
gboolean mailsim_ip_network_contains(const MailsimIpNetwork *network,
                                     const MailsimIpAddress *address);
