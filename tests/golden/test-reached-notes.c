/* SPDX-License-Identifier: MIT
 *
 * A note that no story reaches explains nothing. The built-in cases, and the scenarios beside
 * this file, must reach every one: the lab runs them. Reading mail has a story by hand, too. */
#include <mailsim/scenario/runner.h>

#include "../support/reached-notes.h"
#include "../support/run-suite.h"
#include "../support/sample-reading.h"

static void
collect(const char *name, const MailsimNotes *notes, GHashTable *reached)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(MailsimScenario) scenario = mailsim_scenario_load(name, diagnostics, &error);
    g_autoptr(MailsimRecording) recording = NULL;
    MailsimRunOptions options = {0};

    ck_assert_msg(scenario != NULL, "%s: %s", name, error != NULL ? error->message : "");
    ck_assert_uint_eq(mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR), 0);
    recording = mailsim_scenario_run(scenario, &options, diagnostics, &error);
    ck_assert_ptr_nonnull(recording);
    reached_notes_collect(notes, recording, reached);
}

static void
collect_folder(const char *path, const MailsimNotes *notes, GHashTable *reached)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;

    ck_assert_ptr_nonnull(folder);
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        if (g_str_has_suffix(name, ".scenario"))
            collect(file, notes, reached);
    }
}

START_TEST(every_note_is_reached_by_a_story)
{
    g_autoptr(MailsimNotes) notes = mailsim_notes_new();
    g_autoptr(GHashTable) reached = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) cases = mailsim_scenario_list_builtin();
    g_autoptr(MailsimRecording) reading = sample_reading_new();
    g_autofree char *folder =
        g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "tests", "golden", NULL);
    g_autofree char *missing = NULL;

    missing = reached_notes_dup_missing(notes, reached);
    ck_assert_str_ne(missing, "");
    g_clear_pointer(&missing, g_free);

    for (guint i = 0; i < cases->len; i++)
        collect(g_ptr_array_index(cases, i), notes, reached);
    collect_folder(folder, notes, reached);
    reached_notes_collect(notes, reading, reached);
    missing = reached_notes_dup_missing(notes, reached);
    ck_assert_msg(missing[0] == '\0', "no story reaches: %s", missing);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("reached-notes");
    TCase *tcase = tcase_create("stories");

    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, every_note_is_reached_by_a_story);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
