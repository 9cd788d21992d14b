/* SPDX-License-Identifier: MIT
 *
 * bounce(8): what a sender is told of his message. */
#include "queue-private.h"

void
mailsim_bounce_send(G_GNUC_UNUSED MailsimHost *host,
                    G_GNUC_UNUSED const MailsimQueueFile *file,
                    G_GNUC_UNUSED MailsimBounceKind kind,
                    G_GNUC_UNUSED const GPtrArray *entries)
{
}
