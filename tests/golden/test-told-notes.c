/* SPDX-License-Identifier: MIT
 *
 * What the reader of a transcript gets: with normal detail every note of a story is on the
 * page, once, unless it says why it repeats itself, and takes three lines, its reference
 * included. The built-in cases are run and their pages read; the stories beside this file,
 * too. */
#include <string.h>

#include <mailsim/scenario/runner.h>
#include <mailsim/transcript/notes.h>
#include <mailsim/transcript/render.h>

#include "../support/run-suite.h"
#include "../support/sample-reading.h"

/* Where explanations stand. */
#define NOTE_MARGIN "             │ "

/* The explanations of a page, one after the other, and where each of their lines begins. */
typedef struct {
    GString *text;
    GArray *lines; /* of gsize */
} Margin;

static MailsimNotes *notes;

static MailsimRecording *
run(const char *name)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(MailsimScenario) scenario = mailsim_scenario_load(name, diagnostics, &error);
    MailsimRecording *recording;
    MailsimRunOptions options = {0};

    ck_assert_msg(scenario != NULL, "%s: %s", name, error != NULL ? error->message : "");
    recording = mailsim_scenario_run(scenario, &options, diagnostics, &error);
    ck_assert_ptr_nonnull(recording);
    return recording;
}

static void
read_margin(const MailsimRecording *recording, MailsimLanguage language, Margin *margin)
{
    const MailsimRenderOptions options = {.language = language,
                                          .detail = MAILSIM_DETAIL_NORMAL};
    g_autoptr(GString) page = g_string_new(NULL);

    mailsim_render_text(recording, &options, page);
    g_auto(GStrv) lines = g_strsplit(page->str, "\n", -1);
    margin->text = g_string_new(NULL);
    margin->lines = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (char **line = lines; *line != NULL; line++) {
        if (!g_str_has_prefix(*line, NOTE_MARGIN))
            continue;
        g_array_append_val(margin->lines, margin->text->len);
        g_string_append(margin->text, g_strstrip(*line + strlen(NOTE_MARGIN)));
        g_string_append_c(margin->text, ' ');
    }
    ck_assert_uint_gt(margin->lines->len, 0);
}

static void
forget_margin(Margin *margin)
{
    g_string_free(margin->text, TRUE);
    g_array_unref(margin->lines);
}

static guint
find_line(const Margin *margin, gsize offset)
{
    guint line = 0;

    while (line + 1 < margin->lines->len &&
           g_array_index(margin->lines, gsize, line + 1) <= offset)
        line++;
    return line;
}

/* The lines that TEXT and the REFERENCE behind it take; 0: it is not on the page. N_TOLD: how
 * often it is. */
static guint
measure(const Margin *margin, const char *text, const char *reference, guint *n_told)
{
    const char *found = strstr(margin->text->str, text);
    const char *end;

    *n_told = 0;
    for (const char *at = found; at != NULL; at = strstr(at + 1, text))
        (*n_told)++;
    if (found == NULL)
        return 0;
    end = found + strlen(text);
    if (reference != NULL) {
        end += strspn(end, " ");
        ck_assert_msg(g_str_has_prefix(end, reference), "“%s” lacks “%s”", text, reference);
    }
    return find_line(margin, (gsize)(end - margin->text->str)) -
           find_line(margin, (gsize)(found - margin->text->str)) + 1;
}

static void
check_told(const char *story, const MailsimNote *note, const char *text, const Margin *margin)
{
    g_autofree char *reference = mailsim_note_dup_reference(note);
    guint n_told;
    const guint n_lines = measure(margin, text, reference, &n_told);

    ck_assert_msg(n_told > 0, "%s: %s is not on the page: “%s”", story, note->id, text);
    ck_assert_msg(n_lines <= MAILSIM_NOTE_MAX_LINES, "%s: %s takes %u lines: “%s”", story,
                  note->id, n_lines, text);
    if (note->repeat == NULL)
        ck_assert_msg(n_told == 1, "%s: %s is told %u times: “%s”", story, note->id, n_told,
                      text);
}

static guint
check_page(const char *story, const MailsimRecording *recording, MailsimLanguage language)
{
    g_autoptr(MailsimReading) reading = mailsim_reading_new(recording);
    g_autoptr(GPtrArray) attached = mailsim_notes_attach(notes, reading);
    guint n_notes = 0;
    Margin margin;

    read_margin(recording, language, &margin);
    for (guint i = 0; i < attached->len; i++) {
        const MailsimNote *note = g_ptr_array_index(attached, i);
        if (note == NULL)
            continue;
        g_autofree char *text =
            mailsim_note_dup_text(note, reading, i, language, MAILSIM_NOTE_TEXT);
        check_told(story, note, text, &margin);
        n_notes++;
    }
    forget_margin(&margin);
    return n_notes;
}

static void
check_story(const char *name)
{
    g_autoptr(MailsimRecording) recording = run(name);

    for (guint i = 0; i < MAILSIM_LANGUAGES; i++)
        ck_assert_uint_gt(check_page(name, recording, (MailsimLanguage)i), 0);
}

START_TEST(a_case_explains_each_thing_once)
{
    g_autoptr(GPtrArray) cases = mailsim_scenario_list_builtin();

    ck_assert_uint_gt(cases->len, 0);
    for (guint i = 0; i < cases->len; i++)
        check_story(g_ptr_array_index(cases, i));
}
END_TEST

START_TEST(so_do_the_other_stories)
{
    g_autofree char *path =
        g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "tests", "golden", NULL);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;

    ck_assert_ptr_nonnull(folder);
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        /* A part, for others to include, tells nothing. */
        if (g_str_has_suffix(name, ".scenario") && !g_str_has_suffix(name, "-part.scenario"))
            check_story(file);
    }
}
END_TEST

START_TEST(so_does_mail_that_is_read)
{
    g_autoptr(MailsimRecording) recording = sample_reading_new();

    for (guint i = 0; i < MAILSIM_LANGUAGES; i++)
        ck_assert_uint_gt(check_page("reading", recording, (MailsimLanguage)i), 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("told-notes");
    TCase *tcase = tcase_create("pages");
    int status;

    notes = mailsim_notes_new();
    tcase_set_timeout(tcase, 240);
    tcase_add_test(tcase, a_case_explains_each_thing_once);
    tcase_add_test(tcase, so_do_the_other_stories);
    tcase_add_test(tcase, so_does_mail_that_is_read);
    suite_add_tcase(suite, tcase);
    status = run_suite(suite);
    mailsim_notes_free(notes);
    return status;
}
