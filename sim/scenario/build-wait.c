/* SPDX-License-Identifier: MIT
 *
 * Steps in which time passes, typed: until when, and whose message is watched. */
#include "scenario-private.h"

#include <string.h>

void
build_wait(const MailsimScenario *scenario, const Section *section, MailsimStep *step)
{
    const MailsimEntry *entry = find_wait(section);

    step->wait_span = entry->value_span;
    if (strcmp(entry->key, "for") == 0)
        mailsim_duration_parse(entry->value, &step->for_us);
    else if (strcmp(entry->value, "queue-empty") == 0)
        step->until_empty = TRUE;
    else
        mailsim_time_parse(entry->value, &step->until_us);
    if (section->watched)
        step->sends = g_ptr_array_index(scenario->steps, section->watched->position);
}
