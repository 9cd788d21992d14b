/* SPDX-License-Identifier: MIT
 *
 * See the header. */
#include "reached-notes.h"

void
reached_notes_collect(const MailsimNotes *notes,
                      const MailsimRecording *recording,
                      GHashTable *reached)
{
    g_autoptr(MailsimReading) reading = mailsim_reading_new(recording);
    g_autoptr(GPtrArray) attached = mailsim_notes_attach(notes, reading);

    for (guint i = 0; i < attached->len; i++) {
        const MailsimNote *note = g_ptr_array_index(attached, i);
        if (note != NULL)
            g_hash_table_add(reached, note->id);
    }
}

char *
reached_notes_dup_missing(const MailsimNotes *notes, GHashTable *reached)
{
    GString *missing = g_string_new(NULL);

    for (guint i = 0; i < mailsim_notes_count(notes); i++) {
        const MailsimNote *note = mailsim_notes_get(notes, i);
        if (!g_hash_table_contains(reached, note->id))
            g_string_append_printf(missing, "%s%s", missing->len > 0 ? " " : "", note->id);
    }
    return g_string_free(missing, FALSE);
}
