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

/* The certificate in the file at PATH: one that WORLD defines, or a profile of the lab's
 * authorities. NULL: there is none. Free with g_free(). */
char *mailsim_world_dup_certificate_at(const MailsimWorld *world, const char *path);

/* The certificate of SERVICE: what smtpd_tls_chain_files names, else smtpd_tls_cert_file, else
 * “certificate =” of the host. NULL: there is none in that file. Free with g_free(). */
char *mailsim_main_cf_dup_certificate(const MailsimWorld *world,
                                      const MailsimHostDefinition *host,
                                      const MailsimServiceDefinition *service);

/* postconf(5) smtpd_tls_cert_file = none: TLS with anonymous ciphers alone. */
gboolean mailsim_main_cf_wants_no_certificate(const MailsimHostDefinition *host,
                                              const MailsimServiceDefinition *service);

/* Does the private key that smtpd_tls_key_file names belong to the certificate that
 * smtpd_tls_cert_file, or “certificate =” of the host, names? A host that says nothing of its
 * key has Debian's snakeoil key, or that of “certificate =”. What smtpd_tls_chain_files names
 * has its key in it. */
gboolean mailsim_main_cf_has_key(const MailsimHostDefinition *host,
                                 const MailsimServiceDefinition *service);

typedef enum {
    MAILSIM_SERVER_TLS_NONE,
    MAILSIM_SERVER_TLS_OFFERED,
    MAILSIM_SERVER_TLS_REQUIRED,
} MailsimServerTls;

/* What smtpd_tls_security_level of an smtpd comes to, without it smtpd_enforce_tls and
 * smtpd_use_tls. What only clients know (verify, secure, fingerprint) is taken for encrypt; of
 * any other word smtpd(8) dies before it offers anything. */
MailsimServerTls mailsim_main_cf_get_server_tls(const MailsimHostDefinition *host,
                                                const MailsimServiceDefinition *service);

/* What smtp_tls_security_level of smtp(8) comes to, without it smtp_enforce_tls (with
 * smtp_tls_enforce_peername) and smtp_use_tls; in small letters, and perhaps no level at all.
 * Free with g_free(). */
char *mailsim_main_cf_dup_client_level(const MailsimHostDefinition *host);

/* postconf(5) smtp_dns_support_level: does smtp(8) ask whether what DNS answers is signed? */
gboolean mailsim_main_cf_asks_signed(const MailsimHostDefinition *host);

/* Does smtp(8) ask DNS for signed answers, as dane and dane-only need them? With
 * smtp_dns_support_level = dnssec, and dns in smtp_host_lookup. */
gboolean mailsim_main_cf_wants_signed_answers(const MailsimHostDefinition *host);

/* Is somebody at the socket that smtpd_sasl_path names? With smtpd_sasl_type = dovecot that
 * must be Dovecot, at private/auth; cyrus needs nobody. */
gboolean mailsim_main_cf_is_sasl_answered(const MailsimHostDefinition *host,
                                          const MailsimServiceDefinition *service);

/* Can smtpd_relay_restrictions or smtpd_recipient_restrictions refuse at all, with the classes
 * that they name? Else smtpd(8) serves nobody: “specify at least one working instance of …”.
 * What stands after a plain permit does not count. */
gboolean mailsim_main_cf_can_refuse(const MailsimHostDefinition *host,
                                    const MailsimServiceDefinition *service);

/* Do the restriction lists let a client of mynetworks send to whom the host does not serve?
 * smtpd_relay_restrictions and smtpd_recipient_restrictions must both do so, in whichever order
 * they are asked, and the lists before them: permit_mynetworks, or the end of the list, has to
 * come before a rule that refuses. What a table or DNS says is taken for nothing. */
gboolean mailsim_main_cf_relays_for_networks(const MailsimHostDefinition *host,
                                             const MailsimServiceDefinition *service);
