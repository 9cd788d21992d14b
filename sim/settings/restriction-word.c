/* SPDX-License-Identifier: MIT
 *
 * The words of Postfix's restriction lists, and which of them the lab obeys. How they are
 * evaluated is the lab's business; here they are only known. */
#include <mailsim/settings/postfix-parameter.h>

typedef struct {
    const char *word;
    gboolean built;
} RestrictionWord;

/* postconf(5), the sections of the smtpd_*_restrictions, and “sleep” of smtpd(8). */
static const RestrictionWord restriction_words[] = {
    {"check_ccert_access",                           FALSE},
    {"check_client_a_access",                        TRUE },
    {"check_client_access",                          TRUE },
    {"check_client_mx_access",                       TRUE },
    {"check_client_ns_access",                       FALSE},
    {"check_etrn_access",                            TRUE },
    {"check_helo_a_access",                          TRUE },
    {"check_helo_access",                            TRUE },
    {"check_helo_mx_access",                         TRUE },
    {"check_helo_ns_access",                         FALSE},
    {"check_policy_service",                         FALSE},
    {"check_recipient_a_access",                     TRUE },
    {"check_recipient_access",                       TRUE },
    {"check_recipient_maps",                         TRUE },
    {"check_recipient_mx_access",                    TRUE },
    {"check_recipient_ns_access",                    FALSE},
    {"check_relay_domains",                          TRUE },
    {"check_reverse_client_hostname_a_access",       FALSE},
    {"check_reverse_client_hostname_access",         TRUE },
    {"check_reverse_client_hostname_mx_access",      FALSE},
    {"check_reverse_client_hostname_ns_access",      FALSE},
    {"check_sasl_access",                            TRUE },
    {"check_sender_a_access",                        TRUE },
    {"check_sender_access",                          TRUE },
    {"check_sender_mx_access",                       TRUE },
    {"check_sender_ns_access",                       FALSE},
    {"defer",                                        TRUE },
    {"defer_if_permit",                              TRUE },
    {"defer_if_reject",                              TRUE },
    {"defer_unauth_destination",                     TRUE },
    {"permit",                                       TRUE },
    {"permit_auth_destination",                      TRUE },
    {"permit_dnswl_client",                          TRUE },
    {"permit_inet_interfaces",                       TRUE },
    {"permit_mx_backup",                             FALSE},
    {"permit_mynetworks",                            TRUE },
    {"permit_naked_ip_address",                      TRUE },
    {"permit_rhswl_client",                          TRUE },
    {"permit_sasl_authenticated",                    TRUE },
    {"permit_tls_all_clientcerts",                   TRUE },
    {"permit_tls_clientcerts",                       TRUE },
    {"reject",                                       TRUE },
    {"reject_authenticated_sender_login_mismatch",   TRUE },
    {"reject_invalid_helo_hostname",                 TRUE },
    {"reject_invalid_hostname",                      TRUE },
    {"reject_known_sender_login_mismatch",           TRUE },
    {"reject_maps_rbl",                              TRUE },
    {"reject_multi_recipient_bounce",                TRUE },
    {"reject_non_fqdn_helo_hostname",                TRUE },
    {"reject_non_fqdn_hostname",                     TRUE },
    {"reject_non_fqdn_recipient",                    TRUE },
    {"reject_non_fqdn_sender",                       TRUE },
    {"reject_plaintext_session",                     TRUE },
    {"reject_rbl",                                   TRUE },
    {"reject_rbl_client",                            TRUE },
    {"reject_rhsbl_client",                          TRUE },
    {"reject_rhsbl_helo",                            TRUE },
    {"reject_rhsbl_recipient",                       TRUE },
    {"reject_rhsbl_reverse_client",                  TRUE },
    {"reject_rhsbl_sender",                          TRUE },
    {"reject_sender_login_mismatch",                 TRUE },
    {"reject_unauth_destination",                    TRUE },
    {"reject_unauth_pipelining",                     TRUE },
    {"reject_unauthenticated_sender_login_mismatch", TRUE },
    {"reject_unknown_address",                       TRUE },
    {"reject_unknown_client",                        TRUE },
    {"reject_unknown_client_hostname",               TRUE },
    {"reject_unknown_helo_hostname",                 TRUE },
    {"reject_unknown_hostname",                      TRUE },
    {"reject_unknown_recipient_domain",              TRUE },
    {"reject_unknown_reverse_client_hostname",       TRUE },
    {"reject_unknown_sender_domain",                 TRUE },
    {"reject_unlisted_recipient",                    TRUE },
    {"reject_unlisted_sender",                       TRUE },
    {"reject_unverified_recipient",                  FALSE},
    {"reject_unverified_sender",                     FALSE},
    {"sleep",                                        TRUE },
    {"warn_if_reject",                               TRUE },
};

static const RestrictionWord *
find_word(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(restriction_words); i++)
        if (g_ascii_strcasecmp(restriction_words[i].word, word) == 0)
            return &restriction_words[i];
    return NULL;
}

gboolean
mailsim_restriction_exists(const char *word)
{
    g_return_val_if_fail(word != NULL, FALSE);
    return find_word(word) != NULL;
}

gboolean
mailsim_restriction_is_built(const char *word)
{
    g_return_val_if_fail(word != NULL, FALSE);
    const RestrictionWord *found = find_word(word);
    return found != NULL && found->built;
}

const GPtrArray *
mailsim_restriction_list(void)
{
    static GPtrArray *list;
    if (list == NULL) {
        list = g_ptr_array_new();
        for (gsize i = 0; i < G_N_ELEMENTS(restriction_words); i++)
            g_ptr_array_add(list, (gpointer)restriction_words[i].word);
    }
    return list;
}
