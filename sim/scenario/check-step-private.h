/* SPDX-License-Identifier: MIT
 *
 * What the files that check steps share: a function for each value of do. */
#pragma once

#include "scenario-private.h"

typedef struct {
    const MailsimScenario *scenario;
    MailsimDiagnostics *diagnostics;
    const Section *step;
    const Section *program; /* the mail program that sends; NULL: a user at a shell */
} StepChecker;

void check_step_fail(const StepChecker *checker,
                     const MailsimSpan *span,
                     const char *hint,
                     const char *message);

/* What the step says itself, without what like has copied. */
const GPtrArray *check_step_get_own(const Section *section);
void check_step_requires(const StepChecker *checker, const char *key, const char *hint);

/* expect.to.ADDRESS: is it one that SENDER, a step, sends to? */
void check_step_recipients(const StepChecker *checker, const Section *sender);

/* --- check-talk.c, check-wait.c --- */

void check_talk(const StepChecker *checker);
void check_look_step(const StepChecker *checker);
void check_wait(const StepChecker *checker);
