/* SPDX-License-Identifier: MIT
 *
 * Which notes do recordings reach? Feed it any recordings, made by hand or by the lab. */
#pragma once

#include <mailsim/transcript/notes.h>

/* Add to REACHED, a set of strings, the ids of the notes that RECORDING's transcript has. */
void reached_notes_collect(const MailsimNotes *notes,
                           const MailsimRecording *recording,
                           GHashTable *reached);

/* The ids that are not in REACHED, joined by blanks, in the order of the notes; free with
 * g_free(). */
char *reached_notes_dup_missing(const MailsimNotes *notes, GHashTable *reached);
