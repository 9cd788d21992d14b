/* SPDX-License-Identifier: MIT
 *
 * Worlds that nobody wrote (support/random-world.h), and what holds in all of them: nothing is
 * lost, nothing doubled (support/ledger.h), the same scenario says the same bytes, and it ends.
 * MAILSIM_WORLDS=FIRST-LAST runs other seeds than the usual ones. */
#include <stdio.h>
#include <string.h>

#include <mailsim/scenario/runner.h>
#include <mailsim/transcript/render.h>

#include "../support/ledger.h"
#include "../support/random-world.h"
#include "../support/run-suite.h"
#include "../support/scenario-text.h"

/* Far more than any of the usual seeds needs. */
#define HAPPENINGS_MAX 200000

/* Recordings up to this size are made again, by small reads. */
#define SMALL_BYTES (300 * 1024)

/* The scenario is kept; what is wrong may be long, and is cut for Check's sake. */
G_GNUC_NORETURN static void
report(int seed, const char *text, const char *problem)
{
    g_autofree char *path =
        g_strdup_printf("%s/mailsim-world-%d.scenario", g_get_tmp_dir(), seed);

    g_file_set_contents(path, text, -1, NULL);
    ck_abort_msg("%s: %.2000s", path, problem);
}

/* ---- step by step ------------------------------------------------------------------------ */

static void
unref_replies(gpointer data)
{
    g_ptr_array_unref(data);
}

static gboolean
talk(MailsimLab *lab, const MailsimStep *step, GError **error)
{
    g_autoptr(GPtrArray) heard = g_ptr_array_new_with_free_func(unref_replies);
    const MailsimTalk talk = {.by = step->by_party,
                              .endpoint = step->connect,
                              .lines = step->lines,
                              .heard = heard,
                              .span = &step->span};

    mailsim_lab_talk(lab, &talk);
    return mailsim_lab_run(lab, error);
}

static gboolean
act(MailsimLab *lab, const MailsimStep *step, GError **error)
{
    const MailsimErrand errand = {.program = step->program,
                                  .by_user = step->by_user,
                                  .by_host = step->by_host,
                                  .to = step->to,
                                  .from = step->from,
                                  .subject = step->subject,
                                  .text = step->text};

    if (step->kind == MAILSIM_STEP_TALK)
        return talk(lab, step, error);
    if (step->kind == MAILSIM_STEP_SEND) {
        mailsim_lab_send(lab, &errand);
        return mailsim_lab_run(lab, error);
    }
    return step->until_empty
               ? mailsim_lab_wait_for_queues(lab, error)
               : mailsim_lab_wait(lab, mailsim_lab_get_now(lab) + step->for_us, error);
}

/* After each step the books must be right. */
START_TEST(nothing_is_lost_or_doubled)
{
    g_autofree char *text = random_world_write((guint32)_i);
    g_autoptr(MailsimScenario) scenario = scenario_text_load(text);
    g_autoptr(MailsimRecording) recording = mailsim_recording_new();
    MailsimWorld *world = mailsim_scenario_build_world(scenario, 0);
    g_autoptr(MailsimLab) lab = mailsim_lab_new(recording, world->start_us, 0, NULL);
    const guint n_steps = mailsim_scenario_count_steps(scenario);

    ck_assert(mailsim_lab_configure(lab, world, NULL));
    for (guint i = 0; i < n_steps; i++) {
        const MailsimStep *step = mailsim_scenario_get_step(scenario, i);
        g_autoptr(GError) error = NULL;
        g_autofree char *problems = NULL;

        mailsim_recording_add_step(recording);
        ck_assert(mailsim_lab_configure(lab, mailsim_scenario_build_world(scenario, i), NULL));
        if (!act(lab, step, &error))
            report(_i, text, error->message);
        problems = ledger_audit(lab, i + 1 == n_steps);
        if (problems[0] != '\0')
            report(_i, text, problems);
    }
    ck_assert_uint_lt(mailsim_schedule_count(lab->schedule), HAPPENINGS_MAX);
}
END_TEST

/* ---- again ------------------------------------------------------------------------------- */

static char *
run(const MailsimScenario *scenario, gsize read_max_bytes)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(GError) error = NULL;
    const MailsimRunOptions options = {.read_max_bytes = read_max_bytes};
    g_autoptr(MailsimRecording) recording =
        mailsim_scenario_run(scenario, &options, diagnostics, &error);
    const MailsimRenderOptions normal = {.detail = MAILSIM_DETAIL_NORMAL};
    GString *out = g_string_new(NULL);

    ck_assert_msg(recording != NULL, "%s", error != NULL ? error->message : "");
    mailsim_render_json(recording, &normal, out);
    return g_string_free(out, FALSE);
}

START_TEST(the_same_scenario_says_the_same)
{
    static const gsize sizes[] = {0, 7, 1};
    g_autofree char *text = random_world_write((guint32)_i);
    g_autoptr(MailsimScenario) scenario = scenario_text_load(text);
    g_autofree char *first = run(scenario, 0);
    const guint n_sizes = strlen(first) <= SMALL_BYTES ? G_N_ELEMENTS(sizes) : 1;

    for (guint i = 0; i < n_sizes; i++) {
        g_autofree char *again = run(scenario, sizes[i]);

        if (!g_str_equal(first, again))
            report(_i, text, "other bytes");
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("random-worlds");
    TCase *books = tcase_create("books");
    TCase *bytes = tcase_create("bytes");
    const char *seeds = g_getenv("MAILSIM_WORLDS");
    int first = 1;
    int last = 12;

    if (seeds != NULL && sscanf(seeds, "%d-%d", &first, &last) != 2)
        g_error("MAILSIM_WORLDS is “%s”, not FIRST-LAST", seeds);
    tcase_set_timeout(books, 60);
    tcase_add_loop_test(books, nothing_is_lost_or_doubled, first, last + 1);
    suite_add_tcase(suite, books);
    tcase_set_timeout(bytes, 60);
    tcase_add_loop_test(bytes, the_same_scenario_says_the_same, first, last + 1);
    suite_add_tcase(suite, bytes);
    return run_suite(suite);
}
