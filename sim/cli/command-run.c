/* SPDX-License-Identifier: MIT
 *
 * mailsim run: replay scenarios and explain what happened. */
#include "cli-private.h"

#include <mailsim/scenario/runner.h>
#include <mailsim/transcript/render.h>

typedef struct {
    MailsimAppearance appearance;
    char *format;
    char *output;
    int read_size;
} Options;

static void
clear_options(Options *options)
{
    mailsim_cli_appearance_clear(&options->appearance);
    g_free(options->format);
    g_free(options->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

typedef enum {
    FORMAT_TEXT,
    FORMAT_JSON,
} Format;

static gboolean
settle(const Options *options, Format *format, MailsimRenderOptions *render)
{
    static const char *const formats[] = {"text", "json", NULL};
    guint choice = FORMAT_TEXT;

    if (options->format != NULL &&
        !mailsim_cli_parse_choice("--format", options->format, formats, &choice))
        return FALSE;
    *format = (Format)choice;
    return mailsim_cli_settle_appearance(&options->appearance, options->output == NULL, render);
}

static MailsimExit
run_one(const char *name,
        const Options *options,
        Format format,
        const MailsimRenderOptions *render,
        GString *out)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimDiagnostics) failures = mailsim_diagnostics_new();
    g_autoptr(MailsimScenario) scenario =
        mailsim_cli_load(name, diagnostics, options->appearance.all);
    g_autoptr(MailsimRecording) recording = NULL;
    g_autoptr(GError) error = NULL;
    MailsimRunOptions run = {.read_max_bytes = (gsize)MAX(options->read_size, 0)};

    if (scenario == NULL)
        return MAILSIM_EXIT_INPUT;
    recording = mailsim_scenario_run(scenario, &run, failures, &error);
    if (recording == NULL) {
        mailsim_cli_complain("%s: %s", name, error->message);
        return MAILSIM_EXIT_ENVIRONMENT;
    }
    if (format == FORMAT_JSON)
        mailsim_render_json(recording, render, out);
    else
        mailsim_render_text(recording, render, out);
    mailsim_cli_write_diagnostics(failures, options->appearance.all);
    return mailsim_recording_holds(recording, NULL, NULL) ? MAILSIM_EXIT_SUCCESS
                                                          : MAILSIM_EXIT_EXPECTATION;
}

MailsimExit
mailsim_command_run(GStrv arguments)
{
    g_auto(Options) options = {0};
    /* clang-format off */
    const GOptionEntry entries[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &options.format, NULL, NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, NULL, NULL},
        {"read-size", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &options.read_size, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    /* clang-format on */
    g_auto(GStrv) names =
        mailsim_cli_parse_appearance("run", arguments, entries, &options.appearance);
    g_autoptr(GString) out = g_string_new(NULL);
    MailsimRenderOptions render = {0};
    MailsimExit worst = MAILSIM_EXIT_SUCCESS;
    MailsimExit exit;
    Format format;

    if (names == NULL || !settle(&options, &format, &render))
        return MAILSIM_EXIT_INPUT;
    if (names[0] == NULL) {
        mailsim_cli_complain("run: which case? “mailsim list” shows them");
        return MAILSIM_EXIT_INPUT;
    }
    if (options.output != NULL && options.output[0] == '\0') {
        mailsim_cli_complain("run: --output: into which file?");
        return MAILSIM_EXIT_INPUT;
    }
    for (guint i = 0; names[i] != NULL; i++) {
        if (i > 0 && format == FORMAT_TEXT && out->len > 0)
            g_string_append_c(out, '\n');
        exit = run_one(names[i], &options, format, &render, out);
        worst = MAX(worst, exit);
    }
    if (worst > MAILSIM_EXIT_EXPECTATION && (options.output != NULL || out->len == 0))
        return worst;
    return mailsim_cli_deliver(options.output, out) ? worst : MAILSIM_EXIT_ENVIRONMENT;
}
