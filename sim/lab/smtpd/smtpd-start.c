/* SPDX-License-Identifier: MIT
 *
 * What smtpd(8) dies of before it has served anybody: values that it cannot use, and lists that
 * it cannot open. */
#include "smtpd-private.h"

#include <mailsim/lab/main-cf.h>
#include <mailsim/settings/postfix-parameter.h>

/* The lists that smtpd(8) opens when it starts, by what they are made of. */
static const char *const match_lists[] = {
    "smtpd_client_event_limit_exceptions",  "mynetworks", "mydestination", "relay_domains",
    "smtpd_forbid_bare_newline_exclusions",
};

static const char *const tables[] = {
    "local_recipient_maps",
    "relay_recipient_maps",
    "virtual_alias_maps",
};

static char *
find_fatal_opening(const MailsimHost *host, const MailsimServiceDefinition *service)
{
    for (guint i = 0; i < G_N_ELEMENTS(match_lists); i++) {
        char *fatal = mailsim_host_find_fatal_list(host, service, match_lists[i]);

        if (fatal != NULL)
            return fatal;
    }
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
        const char *value = mailsim_host_get_parameter(host, service, tables[i]);
        char *fatal = mailsim_host_find_fatal_table(value);

        if (fatal != NULL)
            return fatal;
    }
    return NULL;
}

static char *
find_fatal(const MailsimHost *host, const MailsimServiceDefinition *service)
{
    const GPtrArray *names = mailsim_postfix_parameter_list_typed();
    g_autofree char *problem = mailsim_main_cf_find_unreadable(host->definition, service);
    char *fatal =
        problem != NULL ? g_strdup_printf("macro processing error: %s", problem) : NULL;

    for (guint i = 0; i < names->len && fatal == NULL; i++) {
        const char *name = g_ptr_array_index(names, i);

        fatal = mailsim_postfix_parameter_find_fatal(
            name, mailsim_host_get_parameter(host, service, name));
    }
    return fatal != NULL ? fatal : find_fatal_opening(host, service);
}

const char *
mailsim_smtpd_find_fatal_parameter(const MailsimHost *host,
                                   const MailsimServiceDefinition *service)
{
    return mailsim_host_examine_parameters(host, service, find_fatal);
}
