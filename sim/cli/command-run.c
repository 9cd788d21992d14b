/* SPDX-License-Identifier: MIT
 *
 * mailsim run: replay scenarios and explain what happened. */
#include "cli-private.h"

#include <string.h>
#include <unistd.h>

#include <mailsim/scenario/runner.h>
#include <mailsim/transcript/render.h>

typedef struct {
    char *format;
    char *language;
    char *detail;
    char *colour;
    char *output;
    gboolean ascii;
    gboolean quiet;
    gboolean all;
    int read_size;
} Options;

static void
clear_options(Options *options)
{
    g_free(options->format);
    g_free(options->language);
    g_free(options->detail);
    g_free(options->colour);
    g_free(options->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

typedef enum {
    FORMAT_TEXT,
    FORMAT_JSON,
} Format;

/* The place of WORD in WORDS (NULL-terminated); FALSE, with a complaint: it is none of them. */
static gboolean
parse_choice(const char *option, const char *word, const char *const *words, guint *choice)
{
    g_autofree char *list = NULL;

    for (guint i = 0; words[i] != NULL; i++) {
        if (g_str_equal(words[i], word)) {
            *choice = i;
            return TRUE;
        }
    }
    list = g_strjoinv(", ", (char **)words);
    mailsim_cli_complain("%s=%s: there is %s", option, word, list);
    return FALSE;
}

/* Colour only for a person: a terminal, and nobody who asks not to (no-color.org). */
static gboolean
wants_colour(guint choice, const Options *options)
{
    const char *no_colour = g_getenv("NO_COLOR");
    const char *terminal = g_getenv("TERM");

    if (choice != 0)
        return choice == 1;
    return options->output == NULL && isatty(STDOUT_FILENO) &&
           (no_colour == NULL || no_colour[0] == '\0') && g_strcmp0(terminal, "dumb") != 0;
}

static gboolean
make_render_options(const Options *options, Format *format, MailsimRenderOptions *render)
{
    static const char *const formats[] = {"text", "json", NULL};
    static const char *const details[] = {"brief", "normal", "full", NULL};
    static const char *const colours[] = {"auto", "always", "never", NULL};
    guint format_choice = FORMAT_TEXT;
    guint detail = MAILSIM_DETAIL_NORMAL;
    guint colour = 0;

    render->language = mailsim_cli_get_language();
    if (options->language != NULL &&
        !mailsim_cli_parse_language(options->language, &render->language)) {
        mailsim_cli_complain("--lang=%s: there is es, en", options->language);
        return FALSE;
    }
    if (options->format != NULL &&
        !parse_choice("--format", options->format, formats, &format_choice))
        return FALSE;
    if (options->detail != NULL && !parse_choice("--detail", options->detail, details, &detail))
        return FALSE;
    if (options->colour != NULL && !parse_choice("--color", options->colour, colours, &colour))
        return FALSE;
    *format = (Format)format_choice;
    render->detail = (MailsimDetail)detail;
    render->ascii = options->ascii;
    render->quiet = options->quiet;
    render->colour = wants_colour(colour, options);
    return TRUE;
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
    g_autoptr(MailsimScenario) scenario = mailsim_cli_load(name, diagnostics, options->all);
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
    mailsim_cli_write_diagnostics(failures, options->all);
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
        {"lang", 0, 0, G_OPTION_ARG_STRING, &options.language, NULL, NULL},
        {"detail", 0, 0, G_OPTION_ARG_STRING, &options.detail, NULL, NULL},
        {"color", 0, 0, G_OPTION_ARG_STRING, &options.colour, NULL, NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, NULL, NULL},
        {"ascii", 0, 0, G_OPTION_ARG_NONE, &options.ascii, NULL, NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet, NULL, NULL},
        {"all", 0, 0, G_OPTION_ARG_NONE, &options.all, NULL, NULL},
        {"read-size", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &options.read_size, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    /* clang-format on */
    g_auto(GStrv) names = mailsim_cli_parse("run", arguments, entries);
    g_autoptr(GString) out = g_string_new(NULL);
    MailsimRenderOptions render = {0};
    MailsimExit worst = MAILSIM_EXIT_SUCCESS;
    MailsimExit exit;
    Format format;

    if (names == NULL || !make_render_options(&options, &format, &render))
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
