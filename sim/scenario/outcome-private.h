/* SPDX-License-Identifier: MIT
 *
 * What became of one message, whichever steps and hosts it went through: “delivered”,
 * “deferred”, “bounced”, “rejected” (a mail program was told no), “failed” (no
 * conversation). */
#pragma once

#include <mailsim/recording/recording.h>

typedef struct MailsimOutcomes MailsimOutcomes;

/* All that RECORDING, which is borrowed and must not grow meanwhile, says of MESSAGE. */
MailsimOutcomes *mailsim_outcomes_new(const MailsimRecording *recording, guint message);
void mailsim_outcomes_free(MailsimOutcomes *outcomes);

/* Of ADDRESS, as it was sent to, and of all that aliases made of it: the worst. *dsn and
 * *reason are lent, NULL when nothing was said. */
const char *mailsim_outcomes_get(MailsimOutcomes *outcomes,
                                 const char *address,
                                 const char **dsn,
                                 const char **reason);

/* The worst of all ADDRESSES (of char *). */
const char *mailsim_outcomes_get_worst(MailsimOutcomes *outcomes, const GPtrArray *addresses);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimOutcomes, mailsim_outcomes_free)
