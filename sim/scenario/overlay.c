/* SPDX-License-Identifier: MIT
 *
 * @STEP groups laid over the world, step after step. Sections that no step has touched are the
 * scenario's own; of the others the overlay keeps a copy. */
#include "scenario-private.h"

#include <string.h>

struct Overlay {
    const MailsimScenario *scenario; /* borrowed */
    GHashTable *changed;             /* id -> Section, owned */
    GPtrArray *opened;               /* of Section, borrowed from changed: new with a step */
};

Overlay *
overlay_new(const MailsimScenario *scenario)
{
    Overlay *overlay = g_new0(Overlay, 1);

    overlay->scenario = scenario;
    overlay->changed = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, section_free);
    overlay->opened = g_ptr_array_new();
    return overlay;
}

void
overlay_free(Overlay *overlay)
{
    if (!overlay)
        return;
    g_ptr_array_unref(overlay->opened);
    g_hash_table_unref(overlay->changed);
    g_free(overlay);
}

static Section *
copy_section(const Section *section)
{
    Section *copy = g_new0(Section, 1);

    copy->row = section->row;
    copy->id = g_strdup(section->id);
    copy->names[0] = g_strdup(section->names[0]);
    copy->names[1] = g_strdup(section->names[1]);
    copy->span = section->span;
    copy->entries = g_ptr_array_copy(section->entries, NULL, NULL);
    return copy;
}

void
overlay_apply(Overlay *overlay, const char *step)
{
    const GPtrArray *changes = g_hash_table_lookup(overlay->scenario->by_step, step);

    for (guint i = 0; changes && i < changes->len; i++) {
        const Section *change = g_ptr_array_index(changes, i);
        const Section *base = g_hash_table_lookup(overlay->scenario->index, change->id);
        Section *now = g_hash_table_lookup(overlay->changed, change->id);

        if (!now) {
            now = copy_section(base ? base : change);
            g_hash_table_insert(overlay->changed, now->id, now);
            if (!base)
                g_ptr_array_add(overlay->opened, now);
        }
        section_merge(now, change->entries);
        if (change->row->kind == MAILSIM_GROUP_HOST && section_find(change, "certificate"))
            now->certificate_issue++;
        if (change->row->kind == MAILSIM_GROUP_BLOCKLIST && section_find(change, "listed"))
            now->listings++;
    }
}

const Section *
overlay_get(const Overlay *overlay, const Section *section)
{
    const Section *now = g_hash_table_lookup(overlay->changed, section->id);

    return now ? now : section;
}

GPtrArray *
overlay_list(const Overlay *overlay, MailsimGroupKind kind)
{
    const GPtrArray *sections = overlay->scenario->by_kind[kind];
    GPtrArray *list = g_ptr_array_new();

    for (guint i = 0; i < sections->len; i++)
        g_ptr_array_add(list, (gpointer)overlay_get(overlay, g_ptr_array_index(sections, i)));
    for (guint i = 0; i < overlay->opened->len; i++) {
        Section *section = g_ptr_array_index(overlay->opened, i);

        if (section->row->kind == kind)
            g_ptr_array_add(list, section);
    }
    return list;
}
