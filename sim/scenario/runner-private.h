/* SPDX-License-Identifier: MIT
 *
 * What runner.c and expectation.c share. */
#pragma once

#include <mailsim/scenario/runner.h>

/* What became of ADDRESS in the step that was recorded last: “delivered”, “deferred”,
 * “bounced”, “rejected”, “failed”. *dsn and *reason are lent, NULL when nothing was said. */
const char *mailsim_runner_get_outcome(const MailsimRecording *recording,
                                       const char *address,
                                       const char **dsn,
                                       const char **reason);

/* Hold the expectations of STEP against the step that was recorded last. */
void mailsim_expectations_evaluate(const MailsimStep *step,
                                   MailsimRecording *recording,
                                   MailsimDiagnostics *diagnostics);
