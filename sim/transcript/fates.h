/* SPDX-License-Identifier: MIT
 *
 * What became of a message, recipient by recipient: of all that hosts say on its way, the last
 * word. */
#pragma once

#include <mailsim/recording/recording.h>

typedef struct {
    const MailsimEvent *event; /* borrowed: the status that counts */
    MailsimTime settled_us;
    gboolean expired; /* its time is up */
} Fate;

/* The fates that the message of the step with this index met in it, in the order in which its
 * recipients were first heard of; array of Fate. An alias is not one: those behind it are. */
GPtrArray *fates_collect(const MailsimRecording *recording, guint step);
