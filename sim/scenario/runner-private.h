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

/* Hold the expectations of STEP against the step that was recorded last. HEARD, of a talk: see
 * MailsimTalk. */
void mailsim_expectations_evaluate(const MailsimStep *step,
                                   MailsimRecording *recording,
                                   const GPtrArray *heard,
                                   MailsimDiagnostics *diagnostics);

/* ---- expectation-reply.c ----------------------------------------------------------------- */

/* expect.N and expect.N.lacks: does it hold; what was seen, to be freed, in *ACTUAL;
 * NULL: the conversation did not get that far. */
gboolean mailsim_expectation_compare_reply(const MailsimExpectation *expectation,
                                           const GPtrArray *heard,
                                           char **actual);

/* expect.count, expect.has and expect.lacks, of what the last step has shown. */
gboolean mailsim_expectation_compare_shown(const MailsimExpectation *expectation,
                                           const MailsimRecording *recording,
                                           char **actual);
