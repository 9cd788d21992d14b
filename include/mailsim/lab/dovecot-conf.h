/* SPDX-License-Identifier: MIT
 *
 * What dovecot.conf of a host comes to: for the lab, and for whoever judges a world that is not
 * alive. main-cf.h is the same of Postfix. */
#pragma once

#include <mailsim/base/mail-protocol.h>
#include <mailsim/lab/world.h>
#include <mailsim/settings/dovecot-value.h>
#include <mailsim/settings/mail-location.h>

/* The value of a setting, of the scenario or else Debian's; lent. */
const char *mailsim_dovecot_conf_get(const MailsimHostDefinition *host, const char *name);

/* The line of the scenario that says so; NULL: Debian does. Lent. */
const MailsimSetting *mailsim_dovecot_conf_find(const MailsimHostDefinition *host,
                                                const char *name);

/* The same as what it means. Times in microseconds. */
gboolean mailsim_dovecot_conf_get_flag(const MailsimHostDefinition *host, const char *name);
gint64 mailsim_dovecot_conf_get_time_us(const MailsimHostDefinition *host, const char *name);
guint64 mailsim_dovecot_conf_get_size(const MailsimHostDefinition *host, const char *name);
guint mailsim_dovecot_conf_get_number(const MailsimHostDefinition *host, const char *name);
MailsimDovecotTls mailsim_dovecot_conf_get_tls(const MailsimHostDefinition *host);

/* Does it run, and serve PROTOCOL? */
gboolean mailsim_dovecot_conf_serves(const MailsimHostDefinition *host,
                                     MailsimProtocol protocol);

/* Is PORT open: one of “ports”, or of those that protocols imply? With ssl = no there is nobody
 * at 993 and 995. */
gboolean mailsim_dovecot_conf_has_port(const MailsimHostDefinition *host, guint port);

/* The certificate that ssl_cert names, else “certificate =” of the host. NULL: TLS is offered,
 * and each handshake fails. PROBLEM, which may be NULL: then what Dovecot logs of it, behind
 * “Failed to initialize SSL server context: ”. Free both with g_free(). */
char *mailsim_dovecot_conf_dup_certificate(const MailsimWorld *world,
                                           const MailsimHostDefinition *host,
                                           char **problem);

/* Where Postfix puts the mail of USER, and where Dovecot looks for it: the same? */
gboolean mailsim_dovecot_conf_finds_mail(const MailsimHostDefinition *host,
                                         const char *user,
                                         MailsimMailLocation *delivery,
                                         MailsimMailLocation *mail);
