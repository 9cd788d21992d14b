/* SPDX-License-Identifier: MIT
 *
 * What a scan holds: groups, entries, and where in the file each byte of a value stands,
 * however many lines it was written on. */
#include <mailsim/scenario/scanner.h>

#include <string.h>

#include "scanner-private.h"

/* A group with more entries than this looks its keys up in a table. */
#define FEW_ENTRIES 16

/* A further line of a value: from byte OFFSET of the value on, byte START of line LINE on. */
typedef struct {
    gsize offset;
    guint line;
    gsize start;
} Piece;

static void
free_entry(gpointer data)
{
    MailsimEntry *entry = data;

    g_free(entry->key);
    g_free(entry->locale);
    g_free(entry->value);
    if (entry->pieces)
        g_array_unref(entry->pieces);
    g_free(entry);
}

static void
free_group(gpointer data)
{
    MailsimGroup *group = data;

    g_free(group->name);
    if (group->index)
        g_hash_table_unref(group->index);
    g_ptr_array_unref(group->entries);
    g_ptr_array_unref(group->duplicates);
    g_free(group);
}

MailsimGroup *
mailsim_group_new(const char *name, const MailsimSpan *span)
{
    MailsimGroup *group = g_new0(MailsimGroup, 1);

    group->name = g_strdup(name);
    group->span = *span;
    group->entries = g_ptr_array_new_with_free_func(free_entry);
    group->duplicates = g_ptr_array_new_with_free_func(free_entry);
    return group;
}

MailsimScan *
mailsim_scan_new(MailsimSource *source)
{
    MailsimScan *scan = g_new0(MailsimScan, 1);

    scan->source = mailsim_source_ref(source);
    scan->groups = g_ptr_array_new_with_free_func(free_group);
    return scan;
}

void
mailsim_scan_free(MailsimScan *scan)
{
    if (!scan)
        return;
    g_ptr_array_unref(scan->groups);
    mailsim_source_unref(scan->source);
    g_free(scan);
}

void
mailsim_entry_append(MailsimEntry *entry, const char *text, guint line, gsize start, gsize end)
{
    gsize length = strlen(entry->value);
    gboolean is_empty = length == 0;
    Piece piece = {.offset = is_empty ? 0 : length + 1, .line = line, .start = start};
    g_autofree char *more = g_strndup(text, end - start);
    char *value = g_strconcat(entry->value, is_empty ? "" : " ", more, NULL);

    if (!entry->pieces)
        entry->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    g_array_append_val(entry->pieces, piece);
    g_free(entry->value);
    entry->value = value;
}

MailsimSpan
mailsim_entry_locate(const MailsimEntry *entry, gsize start, gsize end)
{
    MailsimSpan span = entry->value_span;
    gsize offset = 0;
    gsize limit = G_MAXSIZE;

    for (guint i = 0; entry->pieces && i < entry->pieces->len; i++) {
        const Piece *piece = &g_array_index(entry->pieces, Piece, i);

        if (piece->offset > start) {
            limit = piece->offset - 1;
            break;
        }
        offset = piece->offset;
        span.line = piece->line;
        span.start = piece->start;
    }
    /* A span lies in one line: what goes on in the next is not marked. */
    end = MIN(MAX(start, end), MAX(limit, start));
    span.end = span.start + (end - offset);
    span.start += start - offset;
    return span;
}

static guint
hash_entry(gconstpointer data)
{
    const MailsimEntry *entry = data;

    return g_str_hash(entry->key) ^ (entry->locale ? g_str_hash(entry->locale) : 0);
}

static gboolean
equal_entries(gconstpointer a, gconstpointer b)
{
    const MailsimEntry *first = a, *second = b;

    return strcmp(first->key, second->key) == 0 &&
           g_strcmp0(first->locale, second->locale) == 0;
}

void
mailsim_group_take_entry(MailsimGroup *group, MailsimEntry *entry)
{
    g_ptr_array_add(group->entries, entry);
    if (group->index) {
        g_hash_table_add(group->index, entry);
    } else if (group->entries->len > FEW_ENTRIES) {
        group->index = g_hash_table_new(hash_entry, equal_entries);
        for (guint i = 0; i < group->entries->len; i++)
            g_hash_table_add(group->index, g_ptr_array_index(group->entries, i));
    }
}

const MailsimEntry *
mailsim_group_find(const MailsimGroup *group, const char *key, const char *locale)
{
    MailsimEntry wanted = {.key = (char *)key, .locale = (char *)locale};

    if (group->index)
        return g_hash_table_lookup(group->index, &wanted);
    for (guint i = 0; i < group->entries->len; i++)
        if (equal_entries(g_ptr_array_index(group->entries, i), &wanted))
            return g_ptr_array_index(group->entries, i);
    return NULL;
}
