/* SPDX-License-Identifier: MIT
 *
 * A scenario from its name to its steps: which text is meant, and the passes over it in order.
 * Each pass goes on after a mistake, so that all of them are told at once. */
#include "scenario-private.h"

#include <string.h>

#include "value-private.h"

G_DEFINE_QUARK(mailsim - scenario - error - quark, mailsim_scenario_error)

#define RESOURCES "/org/mailsim/scenarios/"
#define SUFFIX    ".scenario"

/* Made by the build from scenarios/: holds the built-in scenarios. */
GResource *mailsim_scenarios_get_resource(void);

/* --- Life --- */

static void
free_scan(gpointer data)
{
    mailsim_scan_free(data);
}

static MailsimScenario *
scenario_new(const char *file)
{
    MailsimScenario *scenario = g_new0(MailsimScenario, 1);
    g_autofree char *leaf = g_path_get_basename(file);

    if (g_str_has_suffix(leaf, SUFFIX))
        leaf[strlen(leaf) - strlen(SUFFIX)] = '\0';
    scenario->id = g_steal_pointer(&leaf);
    scenario->file = g_strdup(file);
    scenario->scans = g_ptr_array_new_with_free_func(free_scan);
    scenario->sections = g_ptr_array_new_with_free_func(section_free);
    scenario->changes = g_ptr_array_new_with_free_func(section_free);
    scenario->index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < MAILSIM_GROUP_KINDS; i++)
        scenario->by_kind[i] = g_ptr_array_new();
    return scenario;
}

void
mailsim_scenario_free(MailsimScenario *scenario)
{
    if (!scenario)
        return;
    g_clear_pointer(&scenario->steps, g_ptr_array_unref);
    g_clear_pointer(&scenario->users, g_hash_table_unref);
    g_clear_pointer(&scenario->by_step, g_hash_table_unref);
    for (guint i = 0; i < MAILSIM_GROUP_KINDS; i++)
        g_ptr_array_unref(scenario->by_kind[i]);
    g_hash_table_unref(scenario->index);
    g_ptr_array_unref(scenario->changes);
    g_ptr_array_unref(scenario->sections);
    g_ptr_array_unref(scenario->scans);
    mailsim_text_clear(&scenario->title);
    mailsim_text_clear(&scenario->summary);
    g_free(scenario->id);
    g_free(scenario->file);
    g_free(scenario);
}

/* --- Passes --- */

static void
free_array(gpointer data)
{
    g_ptr_array_unref(data);
}

static void
index_sections(MailsimScenario *scenario)
{
    for (guint i = 0; i < scenario->sections->len; i++) {
        Section *section = g_ptr_array_index(scenario->sections, i);

        g_ptr_array_add(scenario->by_kind[section->row->kind], section);
    }
    scenario->by_step = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_array);
    for (guint i = 0; i < scenario->changes->len; i++) {
        Section *change = g_ptr_array_index(scenario->changes, i);
        GPtrArray *list = g_hash_table_lookup(scenario->by_step, change->step);

        if (!list) {
            list = g_ptr_array_new();
            g_hash_table_insert(scenario->by_step, change->step, list);
        }
        g_ptr_array_add(list, change);
    }
    find_index_users(scenario);
}

static void
build_head(MailsimScenario *scenario)
{
    const Section *head = g_hash_table_lookup(scenario->index, "scenario");

    build_translations(head, "title", &scenario->title);
    build_translations(head, "summary", &scenario->summary);
}

static MailsimScenario *
load_bytes(const char *file, GBytes *text, gboolean builtin, MailsimDiagnostics *diagnostics)
{
    MailsimScenario *scenario = scenario_new(file);
    guint before = mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR);

    include_files(scenario, text, builtin, diagnostics);
    index_sections(scenario);
    check_sections(scenario, diagnostics);
    if (!scenario->lacks_world) {
        like_resolve(scenario, diagnostics);
        find_index_steps(scenario);
        check_world(scenario, diagnostics);
        check_steps(scenario, diagnostics);
    }
    if (mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) == before) {
        build_head(scenario);
        build_steps(scenario);
    }
    return scenario;
}

MailsimScenario *
mailsim_scenario_load_text(const char *file, GBytes *text, MailsimDiagnostics *diagnostics)
{
    return load_bytes(file, text, FALSE, diagnostics);
}

MailsimScenario *
mailsim_scenario_load(const char *name, MailsimDiagnostics *diagnostics, GError **error)
{
    gboolean names_file = strchr(name, '/') || g_str_has_suffix(name, SUFFIX);
    g_autoptr(GError) problem = NULL;
    g_autoptr(GBytes) text = include_read_file(name, &problem);

    if (text)
        return load_bytes(name, text, FALSE, diagnostics);
    if (!names_file) {
        g_autoptr(GBytes) builtin = mailsim_scenario_dup_builtin(name);
        g_autofree char *file = g_strconcat(name, SUFFIX, NULL);

        if (builtin)
            return load_bytes(file, builtin, TRUE, diagnostics);
        if (problem->code == MAILSIM_SCENARIO_ERROR_UNKNOWN) {
            g_set_error(error, MAILSIM_SCENARIO_ERROR, MAILSIM_SCENARIO_ERROR_UNKNOWN,
                        "no scenario “%s”: neither a file nor built in", name);
            return NULL;
        }
    }
    g_propagate_error(error, g_steal_pointer(&problem));
    return NULL;
}

/* --- What it says --- */

const char *
mailsim_scenario_get_id(const MailsimScenario *scenario)
{
    return scenario->id;
}

const char *
mailsim_scenario_get_file(const MailsimScenario *scenario)
{
    return scenario->file;
}

const MailsimText *
mailsim_scenario_get_title(const MailsimScenario *scenario)
{
    return &scenario->title;
}

const MailsimText *
mailsim_scenario_get_summary(const MailsimScenario *scenario)
{
    return &scenario->summary;
}

guint
mailsim_scenario_count_steps(const MailsimScenario *scenario)
{
    return scenario->steps ? scenario->steps->len : 0;
}

const MailsimStep *
mailsim_scenario_get_step(const MailsimScenario *scenario, guint index)
{
    g_return_val_if_fail(index < mailsim_scenario_count_steps(scenario), NULL);

    return g_ptr_array_index(scenario->steps, index);
}

gboolean
mailsim_scenario_is_name(const char *name)
{
    return value_is_name(name);
}

char *
mailsim_scenario_dup_nearest_name(const char *text)
{
    const gboolean is_text = g_utf8_validate(text, -1, NULL);
    g_autofree char *ascii = is_text ? g_str_to_ascii(text, "en") : NULL;
    g_autoptr(GString) name = g_string_new(NULL);

    for (const char *at = ascii; at != NULL && *at != '\0'; at++) {
        if (g_ascii_isalnum(*at))
            g_string_append_c(name, g_ascii_tolower(*at));
        else if (name->len > 0 && name->str[name->len - 1] != '-' && *at != '?')
            g_string_append_c(name, '-');
    }
    while (name->len > 0 && name->str[name->len - 1] == '-')
        g_string_truncate(name, name->len - 1);
    return name->len > 0 ? g_string_free(g_steal_pointer(&name), FALSE) : NULL;
}

/* --- Built in --- */

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
mailsim_scenario_list_builtin(void)
{
    g_auto(GStrv) files = g_resource_enumerate_children(
        mailsim_scenarios_get_resource(), RESOURCES, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; files && files[i]; i++)
        if (g_str_has_suffix(files[i], SUFFIX))
            g_ptr_array_add(names, g_strndup(files[i], strlen(files[i]) - strlen(SUFFIX)));
    g_ptr_array_sort(names, compare_names);
    return names;
}

GBytes *
mailsim_scenario_dup_builtin(const char *name)
{
    g_autofree char *path = g_strconcat(RESOURCES, name, SUFFIX, NULL);

    return g_resource_lookup_data(mailsim_scenarios_get_resource(), path,
                                  G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
}
