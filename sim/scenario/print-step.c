/* SPDX-License-Identifier: MIT
 *
 * Steps on paper: what like has brought, as far as it means something to what the step does,
 * and the groups that change when it acts. */
#include "print-private.h"

#include <string.h>

/* Does ENTRY mean nothing here? A step that is like another may do something else, or have
 * somebody at a shell do it, and of two ways to say how long its own wins. */
static gboolean
is_idle(const Printer *printer, const Section *step, const MailsimEntry *entry)
{
    const char *does = section_get(step, "do");
    const MailsimKeyRow *row = mailsim_key_table_find_key(MAILSIM_GROUP_STEP, entry->key);
    const gboolean says_how_long =
        strcmp(entry->key, "for") == 0 || strcmp(entry->key, "until") == 0;

    if (!mailsim_key_row_belongs_to(row, does))
        return TRUE;
    if (says_how_long)
        return entry != find_wait(step);
    return strcmp(does, "send") == 0 &&
           mailsim_key_table_find_key(MAILSIM_GROUP_MUA, entry->key) &&
           !find_section(printer->scenario, MAILSIM_GROUP_MUA, section_get(step, "by"));
}

static void
print_change(const Printer *printer, const Section *change)
{
    g_autofree char *header = NULL;
    g_autoptr(GString) names = g_string_new(change->row->name);
    g_autoptr(Sheet) sheet = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(change->names) && change->names[i]; i++)
        g_string_append_printf(names, " %s", change->names[i]);
    header = g_strdup_printf("%s @%s", names->str, change->step);
    sheet = sheet_new(printer, change->row->kind, header);
    print_add_entries(change, sheet);
    sheet_write(sheet);
}

void
print_step(const Printer *printer, const Section *step)
{
    const GPtrArray *changes = g_hash_table_lookup(printer->scenario->by_step, step->names[0]);
    g_autoptr(Sheet) sheet = sheet_new(printer, MAILSIM_GROUP_STEP, step->id);

    for (guint i = 0; i < step->entries->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(step->entries, i);

        if (strcmp(entry->key, "like") != 0 && !is_idle(printer, step, entry))
            sheet_add_entry(sheet, entry);
    }
    print_add_defaults(printer, step, sheet);
    sheet_write(sheet);
    for (guint i = 0; changes && i < changes->len; i++)
        print_change(printer, g_ptr_array_index(changes, i));
}
