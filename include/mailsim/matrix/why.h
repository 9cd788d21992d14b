/* SPDX-License-Identifier: MIT
 *
 * Why a cell is what it is: what decided, in a few sentences. */
#pragma once

#include <mailsim/matrix/matrix.h>
#include <mailsim/transcript/explanation.h>

/* Of CELL, whose RECORDING it is. Free with mailsim_explanation_free(). */
MailsimExplanation *mailsim_cell_explain(const MailsimCell *cell,
                                         const MailsimRecording *recording,
                                         MailsimLanguage language);
