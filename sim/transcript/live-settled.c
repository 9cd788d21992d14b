/* SPDX-License-Identifier: MIT
 *
 * What the two forms of a recording that grows, text and JSON, have to know of an event. */
#include "live-settled.h"

gboolean
live_is_unsettled(const MailsimReading *reading, const MailsimEvent *event)
{
    return event->kind == MAILSIM_EVENT_CONNECTED ||
           (event->kind == MAILSIM_EVENT_LINE &&
            mailsim_reading_holds(reading, event->sequence, "reply-to=EHLO") &&
            mailsim_reading_holds(reading, event->sequence, "last"));
}

gboolean
live_ends_hop(const MailsimEvent *event)
{
    return event->kind == MAILSIM_EVENT_CLOSED || event->kind == MAILSIM_EVENT_REFUSED ||
           (event->kind == MAILSIM_EVENT_TIMEOUT &&
            g_strcmp0(event->timeout.waits_for, "connection") == 0) ||
           (event->kind == MAILSIM_EVENT_POLICY && event->policy.refused);
}
