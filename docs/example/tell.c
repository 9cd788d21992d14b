/* SPDX-License-Identifier: MIT
 *
 * A program that loads a scenario, runs it and tells the story, and then reads what was recorded.
 * How it is built: docs/library.md.
 *
 *     tell FILE-OR-CASE
 */
#include <stdio.h>

#include <mailsim/scenario/runner.h>
#include <mailsim/scenario/scenario.h>
#include <mailsim/transcript/render.h>

/* What is wrong with the file, with place and hint. */
static void
print_diagnostics(const MailsimDiagnostics *diagnostics)
{
    g_autofree char *text = mailsim_diagnostics_print(diagnostics, 0);

    fputs(text, stderr);
}

static void
print_story(const MailsimRecording *recording)
{
    const MailsimRenderOptions options = {
        .language = MAILSIM_LANGUAGE_EN,
        .detail = MAILSIM_DETAIL_NORMAL,
    };
    g_autoptr(GString) text = g_string_new(NULL);

    mailsim_render_text(recording, &options, text);
    fputs(text->str, stdout);
}

/* The same as data: each connection is a hop, and what happened on it is a list of events. */
static void
print_hops(const MailsimRecording *recording)
{
    for (guint i = 0; i < recording->hops->len; i++) {
        const MailsimHop *hop = g_ptr_array_index(recording->hops, i);

        printf("%s to %s, port %u: %s, %s\n", hop->from, hop->to != NULL ? hop->to : "nobody",
               hop->port, hop->encrypted ? hop->tls_version : "no TLS",
               hop->status != NULL ? hop->status : "no message");
    }
}

int
main(int argc, char **argv)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimScenario) scenario = NULL;
    g_autoptr(MailsimRecording) recording = NULL;
    g_autoptr(GError) error = NULL;
    const MailsimRunOptions how = {0};

    if (argc != 2) {
        fputs("usage: tell FILE-OR-CASE\n", stderr);
        return 2;
    }
    scenario = mailsim_scenario_load(argv[1], diagnostics, &error);
    if (scenario == NULL) {
        fprintf(stderr, "tell: %s\n", error->message);
        return 2;
    }
    if (mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) > 0) {
        print_diagnostics(diagnostics);
        return 2;
    }
    recording = mailsim_scenario_run(scenario, &how, diagnostics, &error);
    if (recording == NULL) {
        fprintf(stderr, "tell: %s\n", error->message);
        return 3;
    }
    print_story(recording);
    print_hops(recording);
    print_diagnostics(diagnostics); /* what did not hold */
    return mailsim_recording_holds(recording, NULL, NULL) ? 0 : 1;
}
