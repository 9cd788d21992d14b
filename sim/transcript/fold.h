/* SPDX-License-Identifier: MIT
 *
 * Folding: a message that waits for five days is tried a hundred times, and a hundred times the
 * same happens. The first attempt is told whole, the second shortly, the others in one line;
 * what differs is told again. The recording keeps everything. */
#pragma once

#include <mailsim/transcript/render.h>

#include "story.h"

typedef struct Fold Fold;

/* RECORDING and ATTACHED (notes by sequence) are borrowed. What each queue has seen is
 * remembered from step to step. With full detail nothing is counted; what was as before is told
 * shortly. */
Fold *
fold_new(const MailsimRecording *recording, const GPtrArray *attached, MailsimDetail detail);
void fold_free(Fold *fold);

/* Settle for the SCENES of the next step how much is told of each attempt, and which others are
 * counted with it. An attempt that has a note of its own is never only counted. */
void fold_scenes(Fold *fold, const GPtrArray *scenes);

/* Is EVENT told of an attempt that is told shortly? */
gboolean fold_keeps(const MailsimEvent *event);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fold, fold_free)
