/* SPDX-License-Identifier: MIT
 *
 * What main.cf and master.cf of a host come to: for the lab, and for whoever judges a world
 * that is not alive. */
#pragma once

#include <mailsim/lab/world.h>

/* The value of a Postfix parameter as SERVICE (NULL: any other daemon) of HOST sees it: of its
 * -o options, else main.cf, else what a fresh Debian host has; $names expanded but in templates
 * such as default_rbl_reply. Empty where they cannot be. Free with g_free(). */
char *mailsim_main_cf_dup(const MailsimHostDefinition *host,
                          const MailsimServiceDefinition *service,
                          const char *name);

/* The same as it is written, $names not expanded; NULL: nobody knows such a parameter. Free
 * with g_free(). */
char *mailsim_main_cf_dup_raw(const MailsimHostDefinition *host,
                              const MailsimServiceDefinition *service,
                              const char *name);

/* What is wrong with the first line that cannot be expanded, as Postfix says it; NULL: nothing.
 * Free with g_free(). */
char *mailsim_main_cf_find_unreadable(const MailsimHostDefinition *host,
                                      const MailsimServiceDefinition *service);

/* The line of the scenario that says so; NULL: Debian does. Lent. */
const MailsimSetting *mailsim_main_cf_find(const MailsimHostDefinition *host,
                                           const MailsimServiceDefinition *service,
                                           const char *name);

/* Does the private key that smtpd_tls_key_file names belong to the certificate that
 * smtpd_tls_cert_file, or “certificate =” of the host, names? A host that says nothing of its
 * key has Debian's snakeoil key, or that of “certificate =”. */
gboolean mailsim_main_cf_has_key(const MailsimHostDefinition *host,
                                 const MailsimServiceDefinition *service);
