/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <check.h>

#include <mailsim/scenario/runner.h>

#include "scenario-text.h"

static MailsimScenario *
load(const char *text, MailsimDiagnostics *diagnostics)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    MailsimScenario *scenario = mailsim_scenario_load_text("test.scenario", bytes, diagnostics);
    g_autofree char *complaints = mailsim_diagnostics_print(diagnostics, 0);

    ck_assert_msg(mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) == 0, "%s\n%s",
                  complaints, text);
    return scenario;
}

MailsimScenario *
scenario_text_load(const char *text)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();

    return load(text, diagnostics);
}

MailsimRecording *
scenario_text_run(const char *text, char **told)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimScenario) scenario = load(text, diagnostics);
    g_autoptr(GError) error = NULL;
    MailsimRunOptions options = {0};
    MailsimRecording *recording = mailsim_scenario_run(scenario, &options, diagnostics, &error);

    ck_assert_msg(recording != NULL, "%s", error != NULL ? error->message : "no recording");
    *told = mailsim_diagnostics_print(diagnostics, 0);
    return recording;
}
