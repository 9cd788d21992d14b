/* SPDX-License-Identifier: MIT
 *
 * A scenario that a test writes down. One with a mistake stops the test, and says which. */
#pragma once

#include <mailsim/recording/recording.h>
#include <mailsim/scenario/scenario.h>

/* Returns: (transfer full) */
MailsimScenario *scenario_text_load(const char *text);

/* TOLD: (transfer full) what was said of it while it ran.
 * Returns: (transfer full) */
MailsimRecording *scenario_text_run(const char *text, char **told);
