/* SPDX-License-Identifier: MIT
 *
 * “[service mail submission @night]”: what the words of a header are, and the entries below
 * it. */
#include "scenario-private.h"

#include <string.h>

#include <mailsim/base/suggestion.h>

#include "value-private.h"

typedef struct {
    gsize start;
    gsize end;
} Word;

/* The words of the header, as byte places in its line; at most MAX, and how many there are. */
static guint
split_header(const MailsimSpan *span, Word *words, guint max)
{
    gsize length;
    const char *line = mailsim_source_get_line(span->source, span->line, &length);
    guint count = 0;

    for (gsize at = span->start; at < span->end;) {
        while (at < span->end && g_ascii_isspace(line[at]))
            at++;
        gsize start = at;

        while (at < span->end && !g_ascii_isspace(line[at]))
            at++;
        if (at > start && count < max)
            words[count] = (Word){start, at};
        if (at > start)
            count++;
    }
    return count;
}

static MailsimSpan
span_of(const MailsimSpan *header, const Word *word)
{
    return (MailsimSpan){header->source, header->line, word->start, word->end};
}

static char *
text_of(const MailsimSpan *span)
{
    gsize length;
    const char *line = mailsim_source_get_line(span->source, span->line, &length);

    return g_strndup(line + span->start, span->end - span->start);
}

/* A header of this kind, as a person would write it. */
static char *
show_form(const MailsimGroupRow *row)
{
    static const char *const examples[MAILSIM_GROUP_KINDS] = {
        [MAILSIM_GROUP_SCENARIO] = "",
        [MAILSIM_GROUP_HOST] = " mail",
        [MAILSIM_GROUP_POSTFIX] = " mail",
        [MAILSIM_GROUP_SERVICE] = " mail submission",
        [MAILSIM_GROUP_DOVECOT] = " mail",
        [MAILSIM_GROUP_FILE] = " mail /etc/aliases",
        [MAILSIM_GROUP_ZONE] = " iesgn.example",
        [MAILSIM_GROUP_CERTIFICATE] = " mine",
        [MAILSIM_GROUP_MUA] = " laptop",
        [MAILSIM_GROUP_LINK] = " laptop mail",
        [MAILSIM_GROUP_BLOCKLIST] = " bl.example",
        [MAILSIM_GROUP_STEP] = " submit",
        [MAILSIM_GROUP_QUESTION] = " why",
    };

    return g_strdup_printf("write [%s%s]", row->name, examples[row->kind]);
}

static guint
count_operands(const MailsimGroupRow *row)
{
    if (*row->operands == '\0')
        return 0;
    return strchr(row->operands, ' ') ? 2 : 1;
}

static const MailsimGroupRow *
find_row(const MailsimSpan *span, MailsimDiagnostics *diagnostics)
{
    g_autofree char *name = text_of(span);
    const MailsimGroupRow *row = mailsim_key_table_find_group(name);
    g_autoptr(GPtrArray) names = mailsim_key_table_name_groups();

    if (!row) {
        g_autofree char *hint = mailsim_suggestion_hint(name, names);

        mailsim_diagnostics_add(
            diagnostics, MAILSIM_SEVERITY_ERROR, span,
            hint ? hint
                 : "groups are scenario, host, postfix, service, dovecot, file, zone, "
                   "certificate, mua, link, blocklist and step",
            "unknown group “%s”", name);
    } else if (row->flags & MAILSIM_KEY_PLANNED) {
        mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, span,
                                "this version of mailsim cannot run it; remove the group",
                                "[%s] is not built yet", name);
        return NULL;
    }
    return row;
}

/* The last word, if it is “@step”; it is then taken from the operands. */
static gboolean
read_step(Section *section,
          const MailsimSpan *header,
          const Word *words,
          guint *count,
          MailsimDiagnostics *diagnostics)
{
    MailsimSpan span = span_of(header, &words[*count - 1]);
    g_autofree char *text = text_of(&span);

    if (*text != '@')
        return TRUE;
    (*count)--;
    section->step_span = span;
    section->step = g_strdup(text + 1);
    if (section->row->flags & MAILSIM_KEY_AT_STEP)
        return TRUE;
    mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, &span,
                            "a step changes hosts, programs, certificates and links",
                            "[%s] cannot change at a step", section->row->name);
    return FALSE;
}

/* A zone is a DNS name, not one of the scenario's own; only those of blocklists are never
 * made of addresses. */
static gboolean
check_zone_name(const MailsimGroupRow *row,
                const char *name,
                const MailsimSpan *span,
                MailsimDiagnostics *diagnostics)
{
    if (value_is_lab_name(name) ||
        (row->kind == MAILSIM_GROUP_ZONE && value_is_reverse_name(name)))
        return TRUE;
    mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, span,
                            "DNS names of the lab end in .example, .test or .invalid",
                            "“%s” cannot be a zone", name);
    return FALSE;
}

static gboolean
check_name(const MailsimGroupRow *row,
           const char *name,
           const MailsimSpan *span,
           gboolean is_path,
           MailsimDiagnostics *diagnostics)
{
    gboolean is_party = row->kind == MAILSIM_GROUP_HOST || row->kind == MAILSIM_GROUP_MUA;

    if (row->kind == MAILSIM_GROUP_LINK && strcmp(name, "*") == 0)
        return TRUE;
    if (row->kind == MAILSIM_GROUP_BLOCKLIST || row->kind == MAILSIM_GROUP_ZONE)
        return check_zone_name(row, name, span, diagnostics);
    if (is_path) {
        if (*name == '/' && !g_str_has_suffix(name, "/"))
            return TRUE;
        mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, span,
                                "a path begins with /: /etc/postfix/table",
                                "“%s” is no path of a file", name);
        return FALSE;
    }
    if (!value_is_name(name)) {
        g_autofree char *small = g_ascii_strdown(name, -1);
        g_autofree char *hint = value_is_name(small)
                                    ? g_strdup_printf("write “%s”", small)
                                    : g_strdup("names are made of a-z, 0-9 and -");

        mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, span, hint,
                                "“%s” cannot be a name", name);
        return FALSE;
    }
    if (is_party && strcmp(name, "dns") == 0) {
        mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, span,
                                "choose another name",
                                "“dns” is the lab's own name server, in [link … dns]");
        return FALSE;
    }
    if (row->kind == MAILSIM_GROUP_CERTIFICATE &&
        mailsim_key_table_find_word(MAILSIM_WORDS_PROFILE, name)) {
        mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, span,
                                "choose another name, and say profile = there",
                                "“%s” is the name of a profile already", name);
        return FALSE;
    }
    return TRUE;
}

static gboolean
read_names(Section *section,
           const MailsimSpan *header,
           const Word *words,
           guint count,
           MailsimDiagnostics *diagnostics)
{
    guint wanted = count_operands(section->row);
    g_autofree char *form = show_form(section->row);

    if (count - 1 < wanted) {
        mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, header, form,
                                wanted - (count - 1) == 1 ? "[%s] lacks a name"
                                                          : "[%s] lacks two names",
                                section->row->name);
        return FALSE;
    }
    if (count - 1 > wanted) {
        MailsimSpan span = span_of(header, &words[MIN(wanted + 1, 4)]);

        span.end = header->end;
        mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, &span, form,
                                "too many words for [%s]", section->row->name);
        return FALSE;
    }
    for (guint i = 0; i < wanted; i++) {
        section->name_spans[i] = span_of(header, &words[i + 1]);
        section->names[i] = text_of(&section->name_spans[i]);
        if (!check_name(section->row, section->names[i], &section->name_spans[i],
                        section->row->kind == MAILSIM_GROUP_FILE && i == 1, diagnostics))
            return FALSE;
    }
    return TRUE;
}

static char *
make_id(const Section *section)
{
    const char *a = section->names[0], *b = section->names[1];

    if (!a)
        return g_strdup(section->row->name);
    if (!b)
        return g_strconcat(section->row->name, " ", a, NULL);
    /* A link is the same from either end. */
    if (section->row->kind == MAILSIM_GROUP_LINK && strcmp(a, b) > 0)
        return g_strconcat(section->row->name, " ", b, " ", a, NULL);
    return g_strconcat(section->row->name, " ", a, " ", b, NULL);
}

static void
free_section_pointer(Section **section)
{
    if (*section)
        section_free(*section);
}

Section *
section_new(const MailsimGroup *group, MailsimDiagnostics *diagnostics)
{
    __attribute__((cleanup(free_section_pointer))) Section *section = NULL;
    Word words[5];
    guint count = split_header(&group->span, words, G_N_ELEMENTS(words));
    MailsimSpan first = span_of(&group->span, &words[0]);
    const MailsimGroupRow *row = find_row(&first, diagnostics);

    if (!row)
        return NULL;
    section = g_new0(Section, 1);
    section->row = row;
    section->span = group->span;
    section->entries = g_ptr_array_copy(group->entries, NULL, NULL);
    g_ptr_array_set_free_func(section->entries, NULL);
    if (count <= G_N_ELEMENTS(words) &&
        !read_step(section, &group->span, words, &count, diagnostics))
        return NULL;
    if (!read_names(section, &group->span, words, count, diagnostics))
        return NULL;
    section->id = make_id(section);
    return g_steal_pointer(&section);
}

void
section_free(gpointer data)
{
    Section *section = data;

    g_free(section->id);
    g_free(section->names[0]);
    g_free(section->names[1]);
    g_free(section->step);
    g_clear_pointer(&section->entries, g_ptr_array_unref);
    g_clear_pointer(&section->own, g_ptr_array_unref);
    g_free(section);
}

const MailsimEntry *
section_find_locale(const Section *section, const char *key, const char *locale)
{
    for (guint i = 0; i < section->entries->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(section->entries, i);

        if (strcmp(entry->key, key) == 0 && g_strcmp0(entry->locale, locale) == 0)
            return entry;
    }
    return NULL;
}

const MailsimEntry *
section_find(const Section *section, const char *key)
{
    return section_find_locale(section, key, NULL);
}

const char *
section_get(const Section *section, const char *key)
{
    const MailsimEntry *entry = section_find(section, key);

    return entry ? entry->value : NULL;
}

static char *
name_entry(const MailsimEntry *entry)
{
    return g_strdup_printf("%s[%s]", entry->key, entry->locale ? entry->locale : "");
}

void
section_merge(Section *section, const GPtrArray *entries)
{
    g_autoptr(GHashTable) places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < section->entries->len; i++)
        g_hash_table_insert(places, name_entry(g_ptr_array_index(section->entries, i)),
                            GUINT_TO_POINTER(i + 1));
    for (guint i = 0; i < entries->len; i++) {
        gpointer entry = g_ptr_array_index(entries, i);
        g_autofree char *name = name_entry(entry);
        guint place = GPOINTER_TO_UINT(g_hash_table_lookup(places, name));

        if (place > 0)
            section->entries->pdata[place - 1] = entry;
        else
            g_ptr_array_add(section->entries, entry);
    }
}
