/* SPDX-License-Identifier: MIT
 *
 * mailsim run: replay scenarios and explain what happened. */
#include "cli-private.h"

#include <mailsim/base/suggestion.h>
#include <mailsim/scenario/runner.h>
#include <mailsim/transcript/render-maillog.h>
#include <mailsim/transcript/render.h>

typedef struct {
    MailsimAppearance appearance;
    char *format;
    char *host;
    char *prefix;
    char *output;
    char *step;
    char *pace;
    int read_size;
} Options;

static void
clear_options(Options *options)
{
    mailsim_cli_appearance_clear(&options->appearance);
    g_free(options->format);
    g_free(options->host);
    g_free(options->prefix);
    g_free(options->output);
    g_free(options->step);
    g_free(options->pace);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

typedef enum {
    FORMAT_TEXT,
    FORMAT_JSON,
    FORMAT_MAILLOG,
} Format;

static const char *const formats[] = {"text", "json", "maillog", NULL};

/* How the runs are shown. */
typedef struct {
    Format format;
    MailsimLogPrefix prefix;
    const char *host; /* lent; NULL: all hosts */
    MailsimPlaying playing;
    MailsimRenderOptions render;
} Showing;

/* A run that has not been shown yet. */
typedef struct {
    MailsimScenario *scenario; /* the failures' spans point into it */
    MailsimRecording *recording;
    MailsimDiagnostics *failures;
} Run;

static void
free_run(gpointer data)
{
    Run *run = data;

    mailsim_diagnostics_free(run->failures);
    mailsim_recording_free(run->recording);
    mailsim_scenario_free(run->scenario);
    g_free(run);
}

static gboolean
settle_log(const Options *options, Showing *showing)
{
    static const char *const prefixes[] = {
        [MAILSIM_LOG_PREFIX_JOURNAL] = "journal",
        [MAILSIM_LOG_PREFIX_RSYSLOG] = "rsyslog",
        NULL,
    };
    guint prefix = MAILSIM_LOG_PREFIX_JOURNAL;

    if (showing->format != FORMAT_MAILLOG &&
        (options->host != NULL || options->prefix != NULL)) {
        mailsim_cli_complain("run: %s is for --format=maillog",
                             options->host != NULL ? "--host" : "--prefix");
        return FALSE;
    }
    if (options->prefix != NULL &&
        !mailsim_cli_parse_choice("--prefix", options->prefix, prefixes, &prefix))
        return FALSE;
    showing->prefix = (MailsimLogPrefix)prefix;
    showing->host = options->host;
    return TRUE;
}

static gboolean
settle(const Options *options, Showing *showing)
{
    const char *bit_by_bit = options->step != NULL ? "--step" : "--pace";
    guint choice = FORMAT_TEXT;

    if (options->format != NULL &&
        !mailsim_cli_parse_choice("--format", options->format, formats, &choice))
        return FALSE;
    if (options->output != NULL && options->output[0] == '\0') {
        mailsim_cli_complain("run: --output: into which file?");
        return FALSE;
    }
    if ((options->step != NULL || options->pace != NULL) &&
        (options->output != NULL || choice != FORMAT_TEXT)) {
        mailsim_cli_complain(
            "run: %s shows text bit by bit; %s%s is written at once: choose one", bit_by_bit,
            options->output != NULL ? "--output" : "--format=",
            options->output != NULL ? "" : formats[choice]);
        return FALSE;
    }
    showing->format = (Format)choice;
    return settle_log(options, showing) &&
           mailsim_cli_settle_appearance(&options->appearance, options->output == NULL,
                                         &showing->render) &&
           mailsim_cli_settle_playing(options->step, options->pace, &showing->playing);
}

static MailsimExit
replay(const char *name, const Options *options, Run *run)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(GError) error = NULL;
    MailsimRunOptions how = {.read_max_bytes = (gsize)MAX(options->read_size, 0)};

    run->failures = mailsim_diagnostics_new();
    run->scenario = mailsim_cli_load(name, diagnostics, options->appearance.all);
    if (run->scenario == NULL)
        return MAILSIM_EXIT_INPUT;
    run->recording = mailsim_scenario_run(run->scenario, &how, run->failures, &error);
    if (run->recording == NULL) {
        mailsim_cli_complain("%s: %s", name, error->message);
        return MAILSIM_EXIT_ENVIRONMENT;
    }
    return mailsim_recording_holds(run->recording, NULL, NULL) ? MAILSIM_EXIT_SUCCESS
                                                               : MAILSIM_EXIT_EXPECTATION;
}

/* ---- mail logs --------------------------------------------------------------------------- */

/* What can be meant by --host: the hosts as the scenario and as DNS call them. */
static GPtrArray *
list_host_names(const MailsimRecording *recording)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < recording->parties->len; i++) {
        const MailsimParty *party = g_ptr_array_index(recording->parties, i);

        if (!party->is_host)
            continue;
        g_ptr_array_add(names, party->name);
        if (party->fqdn != NULL)
            g_ptr_array_add(names, party->fqdn);
    }
    return names;
}

static const MailsimParty *
find_named(const MailsimRecording *recording, const char *name)
{
    for (guint i = 0; i < recording->parties->len; i++) {
        const MailsimParty *party = g_ptr_array_index(recording->parties, i);

        if (g_ascii_strcasecmp(party->name, name) == 0 ||
            (party->fqdn != NULL && g_ascii_strcasecmp(party->fqdn, name) == 0))
            return party;
    }
    return NULL;
}

static void
complain_of_host(const MailsimRecording *recording, const char *name)
{
    g_autoptr(GPtrArray) names = list_host_names(recording);
    g_autofree char *hint = mailsim_suggestion_hint(name, names);
    g_autoptr(GString) all = g_string_new("it has ");

    for (guint i = 0; i < names->len && hint == NULL; i++)
        g_string_append_printf(all, "%s%s", i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(names, i));
    mailsim_cli_complain("run: --host=%s: there is no such host in %s; %s", name, recording->id,
                         hint != NULL ? hint : all->str);
}

/* FALSE, with a word on standard error: there is no such host. */
static gboolean
append_maillog(const MailsimRecording *recording, const Showing *showing, GString *out)
{
    const MailsimParty *party =
        showing->host == NULL ? NULL : find_named(recording, showing->host);
    g_autoptr(GString) log = g_string_new(NULL);

    if (showing->host != NULL && party == NULL) {
        complain_of_host(recording, showing->host);
        return FALSE;
    }
    if (party != NULL && !party->is_host) {
        mailsim_cli_complain("run: --host=%s: a mail program keeps no mail log", party->name);
        return FALSE;
    }
    mailsim_render_maillog(recording, party != NULL ? party->name : NULL, showing->prefix, log);
    if (out->len > 0 && log->len > 0)
        g_string_append_c(out, '\n');
    g_string_append_len(out, log->str, (gssize)log->len);
    return TRUE;
}

/* ---- running ----------------------------------------------------------------------------- */

/* FALSE, with a word on standard error: what was asked for is not there. */
static gboolean
append_run(const MailsimRecording *recording, const Showing *showing, GString *out)
{
    switch (showing->format) {
    case FORMAT_MAILLOG:
        return append_maillog(recording, showing, out);
    case FORMAT_JSON:
        mailsim_render_json(recording, &showing->render, out);
        break;
    case FORMAT_TEXT:
        mailsim_render_text(recording, &showing->render, out);
        break;
    }
    return TRUE;
}

/* Each is told as soon as it has run, so that only one of them takes memory at a time. */
static MailsimExit
run_at_once(GStrv names, const Options *options, const Showing *showing)
{
    g_autoptr(GString) out = g_string_new(NULL);
    MailsimExit worst = MAILSIM_EXIT_SUCCESS;

    for (guint i = 0; names[i] != NULL; i++) {
        Run *run = g_new0(Run, 1);
        MailsimExit exit = replay(names[i], options, run);

        worst = MAX(worst, exit);
        if (i > 0 && showing->format == FORMAT_TEXT && out->len > 0)
            g_string_append_c(out, '\n');
        if (run->recording != NULL && !append_run(run->recording, showing, out))
            worst = MAX(worst, MAILSIM_EXIT_INPUT);
        mailsim_cli_write_diagnostics(run->failures, options->appearance.all);
        free_run(run);
    }
    if (worst > MAILSIM_EXIT_EXPECTATION && (options->output != NULL || out->len == 0))
        return worst;
    return mailsim_cli_deliver(options->output, out) ? worst : MAILSIM_EXIT_ENVIRONMENT;
}

/* All have run before the first is shown, and what did not hold is said afterwards: it must not
 * give the story away. */
static MailsimExit
run_bit_by_bit(GStrv names, const Options *options, const Showing *showing)
{
    g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func(free_run);
    g_autoptr(GPtrArray) recordings = g_ptr_array_new();
    MailsimExit worst = MAILSIM_EXIT_SUCCESS;

    for (guint i = 0; names[i] != NULL; i++) {
        Run *run = g_new0(Run, 1);
        MailsimExit exit = replay(names[i], options, run);

        worst = MAX(worst, exit);
        g_ptr_array_add(runs, run);
        if (run->recording != NULL)
            g_ptr_array_add(recordings, run->recording);
    }
    if (recordings->len > 0 &&
        !mailsim_cli_play(recordings, &showing->render, &showing->playing))
        return MAILSIM_EXIT_ENVIRONMENT;
    for (guint i = 0; i < runs->len; i++) {
        const Run *run = g_ptr_array_index(runs, i);
        mailsim_cli_write_diagnostics(run->failures, options->appearance.all);
    }
    return worst;
}

/* “--step CASE”: GOption would take the case for the option's value. */
static GStrv
dup_arguments(GStrv arguments)
{
    GStrv copy = g_strdupv(arguments);

    for (guint i = 0; copy[i] != NULL && !g_str_equal(copy[i], "--"); i++) {
        if (!g_str_equal(copy[i], "--step"))
            continue;
        g_free(copy[i]);
        copy[i] = g_strdup("--step=step");
    }
    return copy;
}

MailsimExit
mailsim_command_run(GStrv arguments)
{
    g_auto(Options) options = {0};
    /* clang-format off */
    const GOptionEntry entries[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &options.format, NULL, NULL},
        {"host", 0, 0, G_OPTION_ARG_STRING, &options.host, NULL, NULL},
        {"prefix", 0, 0, G_OPTION_ARG_STRING, &options.prefix, NULL, NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, NULL, NULL},
        {"step", 0, 0, G_OPTION_ARG_STRING, &options.step, NULL, NULL},
        {"pace", 0, 0, G_OPTION_ARG_STRING, &options.pace, NULL, NULL},
        {"read-size", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &options.read_size, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    /* clang-format on */
    g_auto(GStrv) words = dup_arguments(arguments);
    g_auto(GStrv) names = mailsim_cli_parse_run("run", words, entries, &options.appearance);
    Showing showing = {0};

    if (names == NULL || !settle(&options, &showing))
        return MAILSIM_EXIT_INPUT;
    if (names[0] == NULL) {
        mailsim_cli_complain("run: which case? “mailsim list” shows them");
        return MAILSIM_EXIT_INPUT;
    }
    return showing.playing.mode == MAILSIM_PLAYING_NOT
               ? run_at_once(names, &options, &showing)
               : run_bit_by_bit(names, &options, &showing);
}
