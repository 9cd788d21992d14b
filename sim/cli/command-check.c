/* SPDX-License-Identifier: MIT
 *
 * mailsim check: find every mistake of scenario files, run nothing. */
#include "cli-private.h"

/* “case5: ok, 14 steps, 2 warnings” */
static void
append_verdict(GString *out,
               const char *name,
               const MailsimScenario *scenario,
               const MailsimDiagnostics *diagnostics)
{
    const guint n_steps = mailsim_scenario_count_steps(scenario);
    const guint n_warnings = mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_WARNING);

    g_string_append_printf(out, "%s: ok, %u step%s", name, n_steps, n_steps == 1 ? "" : "s");
    if (n_warnings > 0)
        g_string_append_printf(out, ", %u warning%s", n_warnings, n_warnings == 1 ? "" : "s");
    g_string_append_c(out, '\n');
}

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
        g_autoptr(MailsimScenario) scenario = mailsim_cli_read(names[i], diagnostics);
        const gboolean fine = scenario != NULL && mailsim_diagnostics_count(
                                                      diagnostics, MAILSIM_SEVERITY_ERROR) == 0;

        if (fine)
            mailsim_scenario_lint(scenario, diagnostics);
        mailsim_cli_write_diagnostics(diagnostics, all);
        if (!fine)
            worst = MAILSIM_EXIT_INPUT;
        else if (!quiet)
            append_verdict(out, names[i], scenario, diagnostics);
    }
    if (!mailsim_cli_write(out->str, out->len))
        return MAILSIM_EXIT_ENVIRONMENT;
    return worst;
}
