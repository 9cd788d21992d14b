/* SPDX-License-Identifier: MIT
 *
 * The list of ciphers as Postfix hands it to OpenSSL and, at level 2, to the log. The lab's own
 * choice of ciphers is GnuTLS's (wire/tls.c); of this list it obeys the anonymous ones alone. */
#include "host-private.h"

static void
exclude(GString *list, const MailsimTlsCipherRules *rules, const char *parameter)
{
    g_autofree char *name = g_strdup_printf("%s_tls_%s", rules->side, parameter);
    char **words = mailsim_host_get_list(rules->host, rules->service, name);

    for (guint i = 0; words[i] != NULL; i++)
        g_string_append_printf(list, ":!%s", words[i]);
}

char *
mailsim_tls_ciphers_describe(const MailsimTlsCipherRules *rules)
{
    g_autofree char *grade_name = g_strdup_printf("%s_tls_%sciphers", rules->side,
                                                  rules->is_mandatory ? "mandatory_" : "");
    g_autofree char *grade = g_ascii_strdown(
        mailsim_host_get_parameter(rules->host, rules->service, grade_name), -1);
    g_autofree char *list_name = g_strdup_printf("tls_%s_cipherlist", grade);
    const char *known = mailsim_host_get_parameter(rules->host, rules->service, list_name);
    GString *list = g_string_new(known);

    exclude(list, rules, "exclude_ciphers");
    if (rules->is_mandatory)
        exclude(list, rules, "mandatory_exclude_ciphers");
    if (rules->is_certified)
        g_string_append(list, ":!aNULL");
    else if (rules->is_mandatory && g_str_equal(rules->side, "smtp"))
        g_string_append(list, ":!eNULL");
    return g_string_free(list, FALSE);
}
