/* SPDX-License-Identifier: MIT
 *
 * What nobody has written and yet is there, because it follows from what was written: the DNS
 * records of a host, the lines of its main.cf that the installer makes of its name, its
 * /etc/aliases. The lab obeys it, and whoever prints a world shows it. */
#pragma once

#include <mailsim/lab/world.h>

/* The records that follow from the hosts of WORLD where its zones say nothing: A and AAAA of a
 * host name, PTR of an address, MX of a mail name (of two hosts with the same, the first has
 * it). MailsimRecordsDefinition, host by host; free with g_ptr_array_unref(). */
GPtrArray *mailsim_world_list_implied_records(const MailsimWorld *world);

/* The value of a Postfix parameter after Debian's “Internet Site”, with the names of HOST in
 * it: myhostname, mydomain, myorigin and mydestination; of any other, what
 * mailsim_postfix_parameter_get_default() says. Free with g_free(). */
char *mailsim_host_definition_dup_installed(const MailsimHostDefinition *host,
                                            const char *name);

/* The lines of /etc/aliases where no [file] says others; NULL-terminated, lent. */
const char *const *mailsim_host_installed_aliases(void);
