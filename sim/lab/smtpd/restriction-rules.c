/* SPDX-License-Identifier: MIT
 *
 * The rules of smtpd's restriction lists, one table: postconf(5), from
 * smtpd_client_restrictions to smtpd_etrn_restrictions. */
#include "restrictions-private.h"

#define NONE   MAILSIM_ARGUMENT_NONE
#define DOMAIN MAILSIM_ARGUMENT_DOMAIN
#define TABLE  MAILSIM_ARGUMENT_TABLE
#define NUMBER MAILSIM_ARGUMENT_NUMBER

/* clang-format off */
static const MailsimRule rules[] = {
    /* for every list */
    {"permit",                    mailsim_look_permit,                    NONE,   FALSE},
    {"defer",                     mailsim_look_defer,                     NONE,   TRUE },
    {"reject",                    mailsim_look_reject,                    NONE,   TRUE },
    {"defer_if_permit",           mailsim_look_defer_if_permit,           NONE,   TRUE },
    {"defer_if_reject",           mailsim_look_defer_if_reject,           NONE,   FALSE},
    {"reject_multi_recipient_bounce", mailsim_look_multi_recipient_bounce, NONE,  FALSE},
    {"reject_plaintext_session",  mailsim_look_plaintext_session,         NONE,   FALSE},
    {"reject_unauth_pipelining",  mailsim_look_unauth_pipelining,         NONE,   FALSE},
    {"sleep",                     mailsim_look_sleep,                     NUMBER, FALSE},

    /* the client */
    {"permit_inet_interfaces",    mailsim_look_permit_inet_interfaces,    NONE,   FALSE},
    {"permit_mynetworks",         mailsim_look_permit_mynetworks,         NONE,   FALSE},
    {"permit_sasl_authenticated", mailsim_look_permit_sasl_authenticated, NONE,   FALSE},
    {"permit_tls_all_clientcerts", mailsim_look_permit_clientcerts,       NONE,   FALSE},
    {"permit_tls_clientcerts",    mailsim_look_permit_clientcerts,        NONE,   FALSE},
    {"reject_unknown_client",     mailsim_look_unknown_client,            NONE,   FALSE},
    {"reject_unknown_client_hostname", mailsim_look_unknown_client,       NONE,   FALSE},
    {"reject_unknown_reverse_client_hostname",
                                  mailsim_look_unknown_reverse_client,    NONE,   FALSE},
    {"check_client_access",       mailsim_look_client_access,             TABLE,  FALSE},
    {"check_client_a_access",     mailsim_look_client_a_access,           TABLE,  FALSE},
    {"check_client_mx_access",    mailsim_look_client_mx_access,          TABLE,  FALSE},
    {"check_reverse_client_hostname_access",
                                  mailsim_look_reverse_client_access,     TABLE,  FALSE},
    {"check_sasl_access",         mailsim_look_sasl_access,               TABLE,  FALSE},
    {"permit_dnswl_client",       mailsim_look_dnswl_client,              DOMAIN, FALSE},
    {"permit_rhswl_client",       mailsim_look_rhswl_client,              DOMAIN, FALSE},
    {"reject_maps_rbl",           mailsim_look_maps_rbl,                  NONE,   FALSE},
    {"reject_rbl",                mailsim_look_rbl_client,                DOMAIN, FALSE},
    {"reject_rbl_client",         mailsim_look_rbl_client,                DOMAIN, FALSE},
    {"reject_rhsbl_client",       mailsim_look_rhsbl_client,              DOMAIN, FALSE},
    {"reject_rhsbl_reverse_client", mailsim_look_rhsbl_reverse_client,    DOMAIN, FALSE},

    /* HELO and EHLO */
    {"permit_naked_ip_address",   mailsim_look_permit_naked_address,      NONE,   FALSE},
    {"reject_invalid_helo_hostname", mailsim_look_invalid_helo,           NONE,   FALSE},
    {"reject_invalid_hostname",   mailsim_look_invalid_helo,              NONE,   FALSE},
    {"reject_non_fqdn_helo_hostname", mailsim_look_non_fqdn_helo,         NONE,   FALSE},
    {"reject_non_fqdn_hostname",  mailsim_look_non_fqdn_helo,             NONE,   FALSE},
    {"reject_unknown_helo_hostname", mailsim_look_unknown_helo,           NONE,   FALSE},
    {"reject_unknown_hostname",   mailsim_look_unknown_helo,              NONE,   FALSE},
    {"check_helo_access",         mailsim_look_helo_access,               TABLE,  FALSE},
    {"check_helo_a_access",       mailsim_look_helo_a_access,             TABLE,  FALSE},
    {"check_helo_mx_access",      mailsim_look_helo_mx_access,            TABLE,  FALSE},
    {"reject_rhsbl_helo",         mailsim_look_rhsbl_helo,                DOMAIN, FALSE},

    /* the sender */
    {"reject_non_fqdn_sender",    mailsim_look_non_fqdn_sender,           NONE,   FALSE},
    {"reject_unknown_address",    mailsim_look_unknown_sender_domain,     NONE,   FALSE},
    {"reject_unknown_sender_domain", mailsim_look_unknown_sender_domain,  NONE,   FALSE},
    {"reject_unlisted_sender",    mailsim_look_unlisted_sender,           NONE,   FALSE},
    {"reject_sender_login_mismatch", mailsim_look_sender_login,           NONE,   FALSE},
    {"reject_authenticated_sender_login_mismatch",
                                  mailsim_look_authenticated_sender_login, NONE,  FALSE},
    {"reject_unauthenticated_sender_login_mismatch",
                                  mailsim_look_unauthenticated_sender_login, NONE, FALSE},
    {"reject_known_sender_login_mismatch", mailsim_look_known_sender_login, NONE, FALSE},
    {"check_sender_access",       mailsim_look_sender_access,             TABLE,  FALSE},
    {"check_sender_a_access",     mailsim_look_sender_a_access,           TABLE,  FALSE},
    {"check_sender_mx_access",    mailsim_look_sender_mx_access,          TABLE,  FALSE},
    {"reject_rhsbl_sender",       mailsim_look_rhsbl_sender,              DOMAIN, FALSE},

    /* the recipient */
    {"permit_auth_destination",   mailsim_look_permit_auth_destination,   NONE,   FALSE},
    {"reject_unauth_destination", mailsim_look_reject_unauth_destination, NONE,   TRUE },
    {"defer_unauth_destination",  mailsim_look_defer_unauth_destination,  NONE,   TRUE },
    {"check_relay_domains",       mailsim_look_check_relay_domains,       NONE,   TRUE },
    {"reject_non_fqdn_recipient", mailsim_look_non_fqdn_recipient,        NONE,   FALSE},
    {"reject_unknown_recipient_domain",
                                  mailsim_look_unknown_recipient_domain,  NONE,   FALSE},
    {"check_recipient_maps",      mailsim_look_unlisted_recipient,        NONE,   FALSE},
    {"reject_unlisted_recipient", mailsim_look_unlisted_recipient,        NONE,   FALSE},
    {"check_recipient_access",    mailsim_look_recipient_access,          TABLE,  FALSE},
    {"check_recipient_a_access",  mailsim_look_recipient_a_access,        TABLE,  FALSE},
    {"check_recipient_mx_access", mailsim_look_recipient_mx_access,       TABLE,  FALSE},
    {"reject_rhsbl_recipient",    mailsim_look_rhsbl_recipient,           DOMAIN, FALSE},

    /* ETRN */
    {"check_etrn_access",         mailsim_look_etrn_access,               TABLE,  FALSE},
};
/* clang-format on */

const MailsimRule *
mailsim_rule_find(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (g_ascii_strcasecmp(rules[i].name, name) == 0)
            return &rules[i];
    }
    return NULL;
}
