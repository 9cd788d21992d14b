/* SPDX-License-Identifier: MIT
 *
 * What can be known of an event before later ones have come. */
#pragma once

#include <mailsim/transcript/facts.h>

/* Does the next event of the conversation decide what there is to say about EVENT? Whether a
 * connection begins with TLS; whether an offer is taken. */
gboolean live_is_unsettled(const MailsimReading *reading, const MailsimEvent *event);

/* Is this the last that happens on a connection? */
gboolean live_ends_hop(const MailsimEvent *event);
