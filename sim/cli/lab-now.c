/* SPDX-License-Identifier: MIT
 *
 * A scenario's lab with the date of the machine: what real programs come to. */
#include "lab-now-private.h"

MailsimLab *
mailsim_cli_new_lab_now(const MailsimScenario *scenario,
                        MailsimTime now_us,
                        MailsimRecording *recording,
                        MailsimAuthority *authority,
                        GError **error)
{
    MailsimWorld *world = mailsim_scenario_build_world(scenario, 0);
    g_autoptr(MailsimLab) lab =
        mailsim_lab_new_with_authority(recording, now_us, 0, authority, error);

    if (lab == NULL) {
        mailsim_world_free(world);
        return NULL;
    }
    world->start_us = now_us;
    return mailsim_lab_configure(lab, world, error) ? g_steal_pointer(&lab) : NULL;
}
