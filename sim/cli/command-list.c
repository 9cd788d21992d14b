/* SPDX-License-Identifier: MIT
 *
 * mailsim list: the built-in cases, a line each. */
#include "cli-private.h"

#include <string.h>

MailsimExit
mailsim_command_list(GStrv arguments)
{
    g_autofree char *word = NULL;
    const GOptionEntry entries[] = {
        {"lang", 0, 0, G_OPTION_ARG_STRING, &word, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_auto(GStrv) rest = mailsim_cli_parse("list", arguments, entries);
    g_autoptr(GPtrArray) names = mailsim_scenario_list_builtin();
    g_autoptr(GString) out = g_string_new(NULL);
    MailsimLanguage language;
    gsize width = 0;

    if (rest == NULL || !mailsim_cli_settle_language(word, &language))
        return MAILSIM_EXIT_INPUT;
    if (rest[0] != NULL) {
        mailsim_cli_complain("list: it takes no argument, and lists all cases");
        return MAILSIM_EXIT_INPUT;
    }
    for (guint i = 0; i < names->len; i++)
        width = MAX(width, strlen(g_ptr_array_index(names, i)));
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
        g_autoptr(GBytes) text = mailsim_scenario_dup_builtin(name);
        g_autoptr(MailsimScenario) scenario =
            mailsim_scenario_load_text(name, text, diagnostics);

        g_string_append_printf(
            out, "%-*s  %s\n", (int)width, name,
            mailsim_text_get(mailsim_scenario_get_title(scenario), language));
    }
    return mailsim_cli_write(out->str, out->len) ? MAILSIM_EXIT_SUCCESS
                                                 : MAILSIM_EXIT_ENVIRONMENT;
}
