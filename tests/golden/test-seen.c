/* SPDX-License-Identifier: MIT
 *
 * Where a topic can be seen: sim/explain/topics/seen.ini says in which steps of the built-in
 * cases a parameter has a note, a restriction decides, a code is said, a trust word is given.
 * The cases themselves are run here and asked; with MAILSIM_UPDATE_GOLDEN=1 the file is
 * written. */
#include <string.h>

#include <mailsim/explain/topics.h>
#include <mailsim/scenario/runner.h>
#include <mailsim/settings/dovecot-setting.h>
#include <mailsim/transcript/notes.h>

#include "../support/run-suite.h"

/* “parameter mynetworks” TAB case TAB step, so that sorting gives the order of the file. */
typedef struct {
    GHashTable *seen;
    const char *name; /* of the case */
} Sightings;

static void
see(Sightings *self, const char *subject, const char *id, guint step)
{
    g_hash_table_add(self->seen,
                     g_strdup_printf("%s %s\t%s\t%03u", subject, id, self->name, step + 1));
}

/* “454 4.7.1 …”: refusals alone, since every step says 250. */
static void
see_reply(Sightings *self, const char *text, guint step)
{
    g_auto(GStrv) words = g_strsplit_set(text, " -", 3);

    if (strchr("45", text[0]) == NULL || words[0] == NULL || strlen(words[0]) != 3 ||
        strspn(words[0], "0123456789") != 3)
        return;
    see(self, "reply", words[0], step);
    if (words[1] != NULL && g_regex_match_simple("^[45]\\.[0-9]+\\.[0-9]+$", words[1], 0, 0))
        see(self, "enhanced", words[1], step);
}

static void
see_event(Sightings *self, const MailsimEvent *event)
{
    switch ((int)event->kind) {
    case MAILSIM_EVENT_LINE:
        if (event->line.direction == MAILSIM_DIRECTION_IN)
            see_reply(self, event->line.text, event->step);
        break;
    case MAILSIM_EVENT_RULE:
        if (event->rule.decided)
            see(self, "restriction", event->rule.rule, event->step);
        break;
    case MAILSIM_EVENT_STATUS:
        if (event->status.dsn != NULL && strchr("45", event->status.dsn[0]) != NULL)
            see(self, "enhanced", event->status.dsn, event->step);
        break;
    default:
        break;
    }
}

static void
see_case(Sightings *self, const MailsimNotes *notes, const char *name)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimScenario) scenario = mailsim_scenario_load(name, diagnostics, NULL);
    MailsimRunOptions options = {0};
    g_autoptr(MailsimRecording) recording =
        mailsim_scenario_run(scenario, &options, diagnostics, NULL);

    ck_assert_ptr_nonnull(recording);
    g_autoptr(MailsimReading) reading = mailsim_reading_new(recording);
    g_autoptr(GPtrArray) attached = mailsim_notes_attach(notes, reading);
    self->name = name;
    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);
        const MailsimNote *note = g_ptr_array_index(attached, i);

        see_event(self, event);
        if (note != NULL && note->parameter != NULL)
            see(self, mailsim_dovecot_setting_exists(note->parameter) ? "dovecot" : "parameter",
                note->parameter, event->step);
    }
    for (guint i = 0; i < recording->hops->len; i++) {
        const MailsimHop *hop = g_ptr_array_index(recording->hops, i);
        if (hop->trust != NULL)
            see(self, "trust", hop->trust, hop->step);
    }
}

static gint
compare_lines(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The sightings as a key file: a group for each topic, a key for each case. */
static char *
write_sightings(GHashTable *seen)
{
    g_autofree char **lines = (char **)g_hash_table_get_keys_as_array(seen, NULL);
    GString *text = g_string_new("# In which steps of which case a topic is seen. Written by "
                                 "tests/golden/test-seen.c.\n");
    g_auto(GStrv) before = g_strsplit("\t\t", "\t", 3);

    qsort(lines, g_strv_length(lines), sizeof *lines, compare_lines);
    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) parts = g_strsplit(*line, "\t", 3);
        const char *step = parts[2] + strspn(parts[2], "0");
        const gboolean same_topic = strcmp(parts[0], before[0]) == 0;

        if (!same_topic)
            g_string_append_printf(text, "%s\n[%s]\n", *before[0] != '\0' ? "\n" : "",
                                   parts[0]);
        if (same_topic && strcmp(parts[1], before[1]) == 0)
            g_string_append_printf(text, ", %s", step);
        else
            g_string_append_printf(text, "%s%s = %s", same_topic ? "\n" : "", parts[1], step);
        g_strfreev(before);
        before = g_steal_pointer(&parts);
    }
    g_string_append_c(text, '\n');
    return g_string_free(text, FALSE);
}

START_TEST(sightings_are_those_of_the_cases)
{
    g_autoptr(MailsimNotes) notes = mailsim_notes_new();
    g_autoptr(GPtrArray) cases = mailsim_scenario_list_builtin();
    Sightings sightings = {
        .seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
    g_autofree char *path = g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "sim", "explain",
                                             "topics", "seen.ini", NULL);
    g_autofree char *written = NULL;

    for (guint i = 0; i < cases->len; i++)
        see_case(&sightings, notes, g_ptr_array_index(cases, i));
    ck_assert_uint_gt(g_hash_table_size(sightings.seen), 50);
    g_autofree char *text = write_sightings(sightings.seen);
    g_hash_table_unref(sightings.seen);
    if (g_strcmp0(g_getenv("MAILSIM_UPDATE_GOLDEN"), "1") == 0)
        ck_assert(g_file_set_contents(path, text, -1, NULL));
    ck_assert(g_file_get_contents(path, &written, NULL, NULL));
    ck_assert_msg(strcmp(text, written) == 0,
                  "sim/explain/topics/seen.ini is old: MAILSIM_UPDATE_GOLDEN=1 writes it");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("seen");
    TCase *tcase = tcase_create("cases");

    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, sightings_are_those_of_the_cases);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
