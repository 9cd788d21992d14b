/* SPDX-License-Identifier: MIT
 *
 * mailsim check: find every mistake of scenario files, run nothing. */
#include "cli-private.h"

MailsimExit
mailsim_command_check(GStrv arguments)
{
    gboolean all = FALSE;
    gboolean quiet = FALSE;
    const GOptionEntry entries[] = {
        {"all",   0,   0, G_OPTION_ARG_NONE, &all,   NULL, NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_auto(GStrv) names = mailsim_cli_parse("check", arguments, entries);
    g_autoptr(GString) out = g_string_new(NULL);
    MailsimExit worst = MAILSIM_EXIT_SUCCESS;

    if (names == NULL)
        return MAILSIM_EXIT_INPUT;
    if (names[0] == NULL) {
        mailsim_cli_complain("check: which file?");
        return MAILSIM_EXIT_INPUT;
    }
    for (guint i = 0; names[i] != NULL; i++) {
        g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
        g_autoptr(MailsimScenario) scenario = mailsim_cli_load(names[i], diagnostics, all);

        if (scenario == NULL)
            worst = MAILSIM_EXIT_INPUT;
        else if (!quiet)
            g_string_append_printf(out, "%s: ok, %u steps\n", names[i],
                                   mailsim_scenario_count_steps(scenario));
    }
    if (!mailsim_cli_write(out->str, out->len))
        return MAILSIM_EXIT_ENVIRONMENT;
    return worst;
}
