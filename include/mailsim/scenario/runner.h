/* SPDX-License-Identifier: MIT
 *
 * Running a scenario: its world is built, its steps act one after the other, and what the
 * teacher expected is held against what happened. */
#pragma once

#include <mailsim/scenario/scenario.h>

typedef struct {
    gsize read_max_bytes; /* how much each party reads at a time; 0: the usual */
    MailsimAuthority
        *authority; /* borrowed; who runs many scenarios shares one; NULL: its own */
} MailsimRunOptions;

/* Run SCENARIO, which must have no errors. Expectations that do not hold are in the recording,
 * and in DIAGNOSTICS with their place. NULL: the lab itself failed (MAILSIM_LAB_ERROR, …). */
MailsimRecording *mailsim_scenario_run(const MailsimScenario *scenario,
                                       const MailsimRunOptions *options,
                                       MailsimDiagnostics *diagnostics,
                                       GError **error);

/* An empty recording of SCENARIO: its id, its file, its title. */
MailsimRecording *mailsim_scenario_begin_recording(const MailsimScenario *scenario);

/* Run the first N_STEPS of SCENARIO in LAB, which is configured as it begins, at START_US, and
 * records in RECORDING. FALSE: the lab itself failed. */
gboolean mailsim_scenario_run_steps(const MailsimScenario *scenario,
                                    guint n_steps,
                                    MailsimTime start_us,
                                    MailsimLab *lab,
                                    MailsimRecording *recording,
                                    MailsimDiagnostics *diagnostics,
                                    GError **error);
