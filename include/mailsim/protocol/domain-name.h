/* SPDX-License-Identifier: MIT
 *
 * What Postfix takes for a domain: host names, and address literals in brackets (RFC 5321
 * §4.1.3). Nothing is looked up. */
#pragma once

#include <glib.h>

#include <mailsim/base/ip-address.h>

/* Labels of letters, digits, hyphens and underscores, not all of them numbers: at most 63 bytes
 * each (RFC 1035 §2.3.4), 255 together. */
gboolean mailsim_domain_name_is_valid(const char *name);

/* The same, of a name that may have letters of any language: it is judged by its ASCII form
 * (RFC 5890 §2.3.2.1). */
gboolean mailsim_domain_name_is_valid_utf8(const char *name);

/* Is it a name that only SMTPUTF8 (RFC 6531) can carry? */
gboolean mailsim_domain_name_needs_utf8(const char *name);

/* An IPv4 address in dotted form, or an IPv6 address, without brackets. Postfix lets leading
 * zeros and too few groups pass. */
gboolean mailsim_domain_name_is_number(const char *name);

/* “[192.0.2.7]”, “[IPv6:2001:db8::7]”. */
gboolean mailsim_domain_name_is_literal(const char *name);

/* The address in a literal, an IPv4 address also where it is written as a mapped IPv6
 * address; so Postfix compares literals with inet_interfaces. FALSE: NAME is no literal, or
 * holds no address. */
gboolean mailsim_domain_name_get_address(const char *name, MailsimIpAddress *address);
