/* SPDX-License-Identifier: MIT
 *
 * What runner.c and expectation.c share. */
#pragma once

#include <mailsim/scenario/runner.h>

/* Say what became of the message of STEP, and hold its expectations against the step that was
 * recorded last. HEARD, of a talk: see
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
