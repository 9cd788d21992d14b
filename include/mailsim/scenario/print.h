/* SPDX-License-Identifier: MIT
 *
 * A scenario as text again, whole: include and like resolved, defaults written out, each value
 * in the one form that its type has. What comes out is a scenario file: loaded, it is the same
 * world and the same steps, and printed again, the same text. Lines that follow from other
 * lines (the MX record of a mail name) are there as comments, so that changing what they
 * follow from goes on changing them. */
#pragma once

#include <mailsim/scenario/scenario.h>

typedef struct {
    MailsimLanguage language; /* of the comments */
    gboolean bare;            /* without comments */
} MailsimPrintOptions;

/* Append SCENARIO, which must have no errors, to OUT. */
void mailsim_scenario_print(const MailsimScenario *scenario,
                            const MailsimPrintOptions *options,
                            GString *out);

/* The same of one step: its group, and what changes when it acts. */
void mailsim_scenario_print_step(const MailsimScenario *scenario,
                                 guint index,
                                 const MailsimPrintOptions *options,
                                 GString *out);
