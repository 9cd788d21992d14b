/* SPDX-License-Identifier: MIT
 *
 * Files: the scenario's own, and the worlds of those that it includes. A world comes first
 * and is laid under what the including file says, key by key, so the nearest file wins. */
#include "scenario-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mailsim/base/limits.h>
#include <mailsim/base/suggestion.h>

#include "value-private.h"

/* One file being read, and who includes it. */
typedef struct Inclusion {
    const struct Inclusion *outer;
    const char *name; /* without .scenario */
    const char *file;
    gboolean builtin; /* so what it includes is built in too */
    guint depth;
} Inclusion;

typedef struct {
    MailsimScenario *scenario;
    MailsimDiagnostics *diagnostics;
    GHashTable *changes; /* “id @step” -> Section */
} Reader;

/* --- Bytes --- */

static void
set_read_error(GError **error, const char *path, int number)
{
    const char *reason = number == ENOENT   ? "no such file"
                         : number == EACCES ? "permission denied"
                         : number == EISDIR ? "it is a directory"
                                            : g_strerror(number);

    g_set_error(error, MAILSIM_SCENARIO_ERROR,
                number == ENOENT ? MAILSIM_SCENARIO_ERROR_UNKNOWN
                                 : MAILSIM_SCENARIO_ERROR_UNREADABLE,
                "cannot read “%s”: %s", path, reason);
}

static GBytes *
read_all(int descriptor, const char *path, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autofree guint8 *block = g_malloc(65536);
    gssize got;

    do {
        got = read(descriptor, block, 65536);
        if (got > 0)
            g_byte_array_append(bytes, block, (guint)got);
    } while ((got > 0 && bytes->len <= MAILSIM_SCENARIO_FILE_MAX_BYTES) ||
             (got < 0 && errno == EINTR));
    if (got < 0) {
        set_read_error(error, path, errno);
        return NULL;
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

GBytes *
include_read_file(const char *path, GError **error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);

    if (descriptor < 0) {
        set_read_error(error, path, errno);
        return NULL;
    }

    GBytes *bytes = read_all(descriptor, path, error);

    close(descriptor);
    return bytes;
}

/* --- Sections of one file --- */

static MailsimScan *
scan_text(Reader *reader, const char *file, GBytes *text)
{
    g_autoptr(GBytes) none = g_bytes_new_static("", 0);
    gboolean too_large = g_bytes_get_size(text) > MAILSIM_SCENARIO_FILE_MAX_BYTES;
    g_autoptr(MailsimSource) source = mailsim_source_new(file, too_large ? none : text);
    MailsimSpan start = {source, 1, 0, 0};
    MailsimScan *scan = mailsim_scan(source, reader->diagnostics);

    g_ptr_array_add(reader->scenario->scans, scan);
    if (too_large)
        mailsim_diagnostics_add(reader->diagnostics, MAILSIM_SEVERITY_ERROR, &start,
                                "is this a scenario?", "a file of more than %d MiB",
                                MAILSIM_SCENARIO_FILE_MAX_BYTES / 1024 / 1024);
    else if (g_bytes_get_size(text) == 0)
        mailsim_diagnostics_add(reader->diagnostics, MAILSIM_SEVERITY_ERROR, &start,
                                "a scenario begins with [scenario] and a title; to begin with "
                                "one that works: mailsim show case5",
                                "the file is empty");
    return scan;
}

static gboolean
belongs_to_world(const MailsimGroup *group)
{
    gsize length = strcspn(group->name, " ");

    return !strchr(group->name, '@') &&
           !(length == strlen("scenario") && g_str_has_prefix(group->name, "scenario")) &&
           !(length == strlen("step") && g_str_has_prefix(group->name, "step")) &&
           !(length == strlen("question") && g_str_has_prefix(group->name, "question"));
}

/* Put a section where it belongs; what an included file said of the same thing stays below. */
static void
add_section(Reader *reader, Section *section, GHashTable *of_this_file)
{
    g_autofree char *key = section->step ? g_strconcat(section->id, " @", section->step, NULL)
                                         : g_strdup(section->id);
    GHashTable *index = section->step ? reader->changes : reader->scenario->index;
    Section *known = g_hash_table_lookup(index, key);
    Section *here = g_hash_table_lookup(of_this_file, key);

    if (here) {
        mailsim_diagnostics_add(reader->diagnostics, MAILSIM_SEVERITY_ERROR, &section->span,
                                "put its lines under the first one",
                                "this is the same link as one above");
        mailsim_diagnostics_point_at(reader->diagnostics, &here->span, "first written here");
        section_free(section);
        return;
    }
    g_hash_table_insert(of_this_file, g_strdup(key), known ? known : section);
    if (known) {
        known->span = section->span;
        known->name_spans[0] = section->name_spans[0];
        known->name_spans[1] = section->name_spans[1];
        section_merge(known, section->entries);
        section_free(section);
        return;
    }
    g_hash_table_insert(index, g_steal_pointer(&key), section);
    g_ptr_array_add(section->step ? reader->scenario->changes : reader->scenario->sections,
                    section);
}

static void
add_sections(Reader *reader, const MailsimScan *scan, gboolean included)
{
    g_autoptr(GHashTable) here = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < scan->groups->len; i++) {
        const MailsimGroup *group = g_ptr_array_index(scan->groups, i);

        if (included && !belongs_to_world(group))
            continue;
        Section *section = section_new(group, reader->diagnostics);

        if (section)
            add_section(reader, section, here);
    }
}

/* --- Include --- */

static void read_inclusion(Reader *reader, const Inclusion *inclusion, GBytes *text);

static char *
show_chain(const Inclusion *inclusion, const char *name)
{
    GString *chain = g_string_new(name);

    for (; inclusion; inclusion = inclusion->outer) {
        g_string_prepend(chain, " → ");
        g_string_prepend(chain, inclusion->name);
        if (strcmp(inclusion->name, name) == 0)
            break;
    }
    return g_string_free(chain, FALSE);
}

/* Where the scenario NAME is, if it is a file beside FILE. */
static char *
dup_path_beside(const char *file, const char *name)
{
    g_autofree char *leaf = g_strconcat(name, ".scenario", NULL);
    g_autofree char *folder = g_path_get_dirname(file);

    return strchr(file, '/') ? g_build_filename(folder, leaf, NULL) : g_steal_pointer(&leaf);
}

char *
mailsim_scenario_dup_included(const char *file, const char *name)
{
    g_autofree char *path = dup_path_beside(file, name);

    return g_file_test(path, G_FILE_TEST_EXISTS) ? g_steal_pointer(&path) : g_strdup(name);
}

/* The same, read: *FILE, whether it is *BUILTIN, and its text; NULL: there is none, or an
 * ERROR. */
static GBytes *
find_included(
    const Inclusion *outer, const char *name, char **file, gboolean *builtin, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(GBytes) text = NULL;

    *file = dup_path_beside(outer->file, name);
    if (!outer->builtin)
        text = include_read_file(*file, &problem);
    *builtin = FALSE;
    if (text)
        return g_steal_pointer(&text);
    if (problem && problem->code != MAILSIM_SCENARIO_ERROR_UNKNOWN) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    *builtin = TRUE;
    g_free(*file);
    *file = g_strconcat(name, ".scenario", NULL);
    return mailsim_scenario_dup_builtin(name);
}

static gboolean
check_chain(Reader *reader, const Inclusion *outer, const MailsimEntry *entry)
{
    for (const Inclusion *other = outer; other; other = other->outer)
        if (strcmp(other->name, entry->value) == 0) {
            g_autofree char *chain = show_chain(outer, entry->value);

            mailsim_diagnostics_add(reader->diagnostics, MAILSIM_SEVERITY_ERROR,
                                    &entry->value_span, chain,
                                    "“%s” includes itself, and so without end", entry->value);
            return FALSE;
        }
    if (outer->depth >= MAILSIM_INCLUDE_MAX_DEPTH) {
        mailsim_diagnostics_add(reader->diagnostics, MAILSIM_SEVERITY_ERROR, &entry->value_span,
                                "include something nearer to the ground",
                                "more than %d files deep", MAILSIM_INCLUDE_MAX_DEPTH);
        return FALSE;
    }
    return TRUE;
}

static void
follow_include(Reader *reader, const Inclusion *outer, const MailsimEntry *entry)
{
    g_autofree char *file = NULL;
    g_autoptr(GError) error = NULL;
    gboolean builtin;

    if (!value_is_name(entry->value) || !check_chain(reader, outer, entry))
        return;                           /* check.c tells what is wrong with a name */
    reader->scenario->lacks_world = TRUE; /* until there is a text */

    g_autoptr(GBytes) text = find_included(outer, entry->value, &file, &builtin, &error);

    if (error) {
        mailsim_diagnostics_add(reader->diagnostics, MAILSIM_SEVERITY_ERROR, &entry->value_span,
                                NULL, "%s", error->message);
        return;
    }
    if (!text) {
        g_autoptr(GPtrArray) names = mailsim_scenario_list_builtin();
        g_autofree char *hint = mailsim_suggestion_hint(entry->value, names);

        mailsim_diagnostics_add(reader->diagnostics, MAILSIM_SEVERITY_ERROR, &entry->value_span,
                                hint ? hint : "mailsim list shows those that are built in",
                                "no scenario “%s”: neither a file beside this one nor built in",
                                entry->value);
        return;
    }
    reader->scenario->lacks_world = FALSE;

    Inclusion inner = {outer, entry->value, file, builtin, outer->depth + 1};

    read_inclusion(reader, &inner, text);
}

static void
read_inclusion(Reader *reader, const Inclusion *inclusion, GBytes *text)
{
    const MailsimScan *scan = scan_text(reader, inclusion->file, text);

    for (guint i = 0; i < scan->groups->len; i++) {
        const MailsimGroup *group = g_ptr_array_index(scan->groups, i);
        const MailsimEntry *entry = mailsim_group_find(group, "include", NULL);

        if (strcmp(group->name, "scenario") == 0 && entry)
            follow_include(reader, inclusion, entry);
    }
    add_sections(reader, scan, inclusion->outer != NULL);
}

void
include_files(MailsimScenario *scenario,
              GBytes *text,
              gboolean builtin,
              MailsimDiagnostics *diagnostics)
{
    g_autoptr(GHashTable) changes =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Reader reader = {scenario, diagnostics, changes};
    Inclusion outermost = {NULL, scenario->id, scenario->file, builtin, 0};

    read_inclusion(&reader, &outermost, text);
}
