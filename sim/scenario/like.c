/* SPDX-License-Identifier: MIT
 *
 * “like = NAME”: start from a copy of another group. What is copied goes under what the
 * group says itself. A step copies what it does, never its texts or what it expects. */
#include "scenario-private.h"

#include <string.h>

#include <mailsim/base/limits.h>

#include "value-private.h"

enum { UNVISITED, OPEN, DONE };

typedef struct {
    MailsimScenario *scenario;
    MailsimDiagnostics *diagnostics;
    GPtrArray *open; /* of Section: being resolved, outermost first */
} Resolver;

static const char *
name_of(const Section *section)
{
    return section->id + strlen(section->row->name) + 1;
}

static char *
show_chain(const Resolver *resolver, const Section *again)
{
    GString *chain = g_string_new(NULL);
    guint first = 0;

    g_ptr_array_find(resolver->open, again, &first);
    for (guint i = first; i < resolver->open->len; i++)
        g_string_append_printf(chain, "%s → ", name_of(g_ptr_array_index(resolver->open, i)));
    g_string_append(chain, name_of(again));
    return g_string_free(chain, FALSE);
}

static gboolean
is_copied(const Section *section, const MailsimEntry *entry)
{
    const MailsimKeyRow *row = mailsim_key_table_find_key(section->row->kind, entry->key);

    if (section->row->kind == MAILSIM_GROUP_STEP)
        return row && (row->flags & MAILSIM_KEY_LIKE);
    return strcmp(entry->key, "like") != 0;
}

static void
copy_from(Section *section, const Section *model)
{
    section->own = section->entries;
    section->entries = g_ptr_array_new();
    for (guint i = 0; i < model->entries->len; i++)
        if (is_copied(section, g_ptr_array_index(model->entries, i)))
            g_ptr_array_add(section->entries, g_ptr_array_index(model->entries, i));
    section_merge(section, section->own);
}

/* The group that LIKE names, “mail submission” with any blanks; NULL, having said why. */
static Section *
find_model(const Resolver *resolver, const Section *section, const MailsimEntry *like)
{
    g_autoptr(GPtrArray) words = value_split(like->value);

    g_ptr_array_add(words, NULL);

    g_autofree char *name = g_strjoinv(" ", (char **)words->pdata);
    Section *model = find_section(resolver->scenario, section->row->kind, name);
    MailsimSpan span = mailsim_entry_locate(like, 0, strlen(like->value));

    if (!model) {
        g_autofree char *hint =
            mailsim_diagnostics_count(resolver->diagnostics, MAILSIM_SEVERITY_ERROR) < 256
                ? find_hint(resolver->scenario, section->row->kind, name)
                : NULL;
        g_autofree char *form = g_strdup_printf("the rest of a header [%s %s]",
                                                section->row->name, section->row->operands);

        mailsim_diagnostics_add(resolver->diagnostics, MAILSIM_SEVERITY_ERROR, &span,
                                hint ? hint : form, "there is no [%s%s%s]", section->row->name,
                                *name ? " " : "", name);
        return NULL;
    }
    if (model->visit == OPEN) {
        g_autofree char *chain = show_chain(resolver, model);

        mailsim_diagnostics_add(resolver->diagnostics, MAILSIM_SEVERITY_ERROR, &span, chain,
                                "[%s] is a copy of itself", model->id);
        return NULL;
    }
    if (resolver->open->len > MAILSIM_INCLUDE_MAX_DEPTH) {
        mailsim_diagnostics_add(resolver->diagnostics, MAILSIM_SEVERITY_ERROR, &span,
                                "copy from something nearer to the first",
                                "a copy of a copy, more than %d deep",
                                MAILSIM_INCLUDE_MAX_DEPTH);
        return NULL;
    }
    return model;
}

static void
resolve(Resolver *resolver, Section *section)
{
    const MailsimEntry *like = NULL;

    if (section->visit != UNVISITED)
        return;
    if (section->row->flags & MAILSIM_KEY_LIKE)
        like = section_find(section, "like");
    section->visit = OPEN;
    g_ptr_array_add(resolver->open, section);
    if (like) {
        Section *model = find_model(resolver, section, like);

        if (model) {
            resolve(resolver, model);
            copy_from(section, model);
        }
    }
    g_ptr_array_remove_index(resolver->open, resolver->open->len - 1);
    section->visit = DONE;
}

void
like_resolve(MailsimScenario *scenario, MailsimDiagnostics *diagnostics)
{
    g_autoptr(GPtrArray) open = g_ptr_array_new();
    Resolver resolver = {scenario, diagnostics, open};

    for (guint i = 0; i < scenario->sections->len; i++)
        resolve(&resolver, g_ptr_array_index(scenario->sections, i));
}
