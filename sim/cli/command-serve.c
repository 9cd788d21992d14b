/* SPDX-License-Identifier: MIT
 *
 * mailsim serve: the servers of a scenario on loopback ports, for real programs, and what they
 * say to each other as it is said. The clock is the machine's, read here and nowhere below; the
 * lab's world begins now, so that certificates are as valid for a real program as they would be
 * for the scenario's own. */
#include "cli-private.h"

#include <errno.h>
#include <math.h>
#include <signal.h>

#include <mailsim/base/suggestion.h>
#include <mailsim/scenario/runner.h>

#include "lab-now-private.h"
#include "serve-report-private.h"
#include "signal-pipe-private.h"

#define PORT_OFFSET_DEFAULT 10000

/* The same complaint again at most so often. */
#define COMPLAINT_US MAILSIM_MINUTE

typedef struct {
    MailsimAppearance appearance;
    char *listen;
    char *client_address;
    int port_offset;
    char *format;
    char *step;          /* up to which the scenario is run before; NULL: not at all */
    double until_idle_s; /* INFINITY: for ever */
    gboolean once;
    gboolean live;
    gboolean real_time;
    MailsimServeForm form; /* settled */
} Options;

static void
clear_options(Options *options)
{
    mailsim_cli_appearance_clear(&options->appearance);
    g_free(options->listen);
    g_free(options->client_address);
    g_free(options->format);
    g_free(options->step);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

/* What is being served. */
typedef struct {
    MailsimScenario *scenario; /* the lab's spans point into it */
    MailsimRecording *recording;
    MailsimLab *lab;
    MailsimDoor *door;
    MailsimServeReport *report;
    MailsimTime complained_us; /* that there are no descriptors; 0: never */
} Stall;

static void
clear_stall(Stall *stall)
{
    mailsim_serve_report_free(stall->report);
    mailsim_door_free(stall->door);
    mailsim_lab_free(stall->lab);
    mailsim_recording_free(stall->recording);
    mailsim_scenario_free(stall->scenario);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Stall, clear_stall)

/* ---- the clock --------------------------------------------------------------------------- */

/* The time of day when it was first asked, and what has passed since: it never jumps. */
static MailsimTime
get_now(void)
{
    static MailsimTime start_us;
    static gint64 since_us;

    if (start_us == 0) {
        start_us = g_get_real_time();
        since_us = g_get_monotonic_time();
    }
    return start_us + (g_get_monotonic_time() - since_us);
}

/* ---- Ctrl-C ------------------------------------------------------------------------------ */

/* The first signal ends it properly, the second at once. */
static gboolean
listen_for_signals(void)
{
    const struct sigaction action = {.sa_handler = mailsim_signal_pipe_tell,
                                     .sa_flags = SA_RESETHAND};

    if (!mailsim_signal_pipe_open() || sigaction(SIGINT, &action, NULL) != 0 ||
        sigaction(SIGTERM, &action, NULL) != 0) {
        mailsim_cli_complain("cannot wait for Ctrl-C: %s", g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

static void
give_back_signals(void)
{
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    mailsim_signal_pipe_close();
}

/* ---- opening ----------------------------------------------------------------------------- */

static gboolean
is_told(G_GNUC_UNUSED const MailsimEvent *event, G_GNUC_UNUSED gpointer data)
{
    return FALSE;
}

/* All that happens from now on belongs to one step, which is none of the scenario's; what has
 * happened in those is not told. */
static void
begin_serving(MailsimRecording *recording, MailsimTime now_us)
{
    MailsimStepRecord *step = mailsim_recording_add_step(recording);

    step->id = g_strdup("serve");
    step->started_us = now_us;
    mailsim_recording_forget_events(recording, is_told, NULL);
    while (recording->hops->len > 0)
        mailsim_recording_forget_hop(recording, g_ptr_array_index(recording->hops, 0));
}

/* FALSE, with a word on standard error: SCENARIO has no step called NAME. */
static gboolean
count_steps(const MailsimScenario *scenario, const char *name, guint *n_steps)
{
    const guint n_all = mailsim_scenario_count_steps(scenario);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *hint = NULL;

    *n_steps = 0;
    for (guint i = 0; i < n_all && name != NULL; i++) {
        const MailsimStep *step = mailsim_scenario_get_step(scenario, i);

        g_ptr_array_add(names, step->id);
        if (g_str_equal(step->id, name)) {
            *n_steps = i + 1;
            return TRUE;
        }
    }
    if (name == NULL)
        return TRUE;
    hint = mailsim_suggestion_hint(name, names);
    mailsim_cli_complain("serve: --step=%s: %s has no such step%s%s", name,
                         mailsim_scenario_get_id(scenario), hint != NULL ? "; " : "",
                         hint != NULL ? hint : "");
    return FALSE;
}

/* The lab, its steps behind it. */
static MailsimExit
set_up(Stall *stall, const char *name, const Options *options)
{
    g_autoptr(MailsimDiagnostics) failures = mailsim_diagnostics_new();
    g_autoptr(GError) error = NULL;
    const MailsimTime now_us = get_now();
    guint n_steps;

    if (!count_steps(stall->scenario, options->step, &n_steps))
        return MAILSIM_EXIT_INPUT;
    stall->recording = mailsim_scenario_begin_recording(stall->scenario);
    stall->lab =
        mailsim_cli_new_lab_now(stall->scenario, now_us, stall->recording, NULL, &error);
    if (stall->lab == NULL ||
        !mailsim_scenario_run_steps(stall->scenario, n_steps, now_us, stall->lab,
                                    stall->recording, failures, &error)) {
        mailsim_cli_complain("%s: %s", name, error->message);
        return MAILSIM_EXIT_ENVIRONMENT;
    }
    mailsim_cli_write_diagnostics(failures, options->appearance.all);
    begin_serving(stall->recording, mailsim_lab_get_now(stall->lab));
    return MAILSIM_EXIT_SUCCESS;
}

static MailsimExit
open_door(Stall *stall, const Options *options)
{
    g_autoptr(GError) error = NULL;
    const MailsimDoorOptions door = {
        .address = options->listen,
        .port_offset = (guint)options->port_offset,
        .client_address = options->client_address,
        .get_now = get_now,
        .real_time = options->real_time,
    };

    stall->door = mailsim_door_open(stall->lab, &door, &error);
    if (stall->door != NULL)
        return MAILSIM_EXIT_SUCCESS;
    if (!g_error_matches(error, MAILSIM_DOOR_ERROR, MAILSIM_DOOR_ERROR_LISTEN)) {
        mailsim_cli_complain("serve: %s", error->message);
        return MAILSIM_EXIT_INPUT;
    }
    mailsim_cli_complain("serve: %s; --port-offset=N moves all ports by N", error->message);
    return MAILSIM_EXIT_ENVIRONMENT;
}

static MailsimExit
open_stall(Stall *stall,
           const char *name,
           const Options *options,
           const MailsimRenderOptions *render)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    MailsimExit exit;

    stall->scenario = mailsim_cli_load(name, diagnostics, options->appearance.all);
    if (stall->scenario == NULL)
        return MAILSIM_EXIT_INPUT;
    exit = set_up(stall, name, options);
    if (exit == MAILSIM_EXIT_SUCCESS)
        exit = open_door(stall, options);
    if (exit == MAILSIM_EXIT_SUCCESS)
        stall->report = mailsim_serve_report_new(stall->recording, stall->door, options->form,
                                                 render, mailsim_lab_get_now(stall->lab));
    return exit;
}

/* ---- serving ----------------------------------------------------------------------------- */

static void
complain_if_full(Stall *stall)
{
    const MailsimTime now_us = get_now();

    if (!mailsim_door_is_full(stall->door) ||
        (stall->complained_us != 0 && now_us - stall->complained_us < COMPLAINT_US))
        return;
    stall->complained_us = now_us;
    mailsim_cli_complain("serve: too many open files: nobody else is let in until somebody "
                         "leaves; “ulimit -n” is the limit");
}

static gboolean
is_enough(const Stall *stall, const Options *options)
{
    return options->once && mailsim_door_count_visits(stall->door) > 0 &&
           mailsim_door_is_idle(stall->door);
}

/* FALSE: what happened could not be told. */
static gboolean
serve(Stall *stall, const Options *options)
{
    const gboolean for_ever = isinf(options->until_idle_s);
    const gint64 until_us =
        for_ever ? 0 : (gint64)(options->until_idle_s * (double)MAILSIM_SECOND);
    gboolean going = TRUE;

    while (going) {
        gint64 idle_us = mailsim_door_get_idle_time(stall->door);

        if (!for_ever && idle_us >= until_us)
            break;
        going = mailsim_door_wait(stall->door, mailsim_signal_pipe_get_descriptor(),
                                  for_ever ? -1 : until_us - idle_us);
        complain_if_full(stall);
        if (!mailsim_serve_report_go_on(stall->report))
            return FALSE;
        going = going && !is_enough(stall, options);
    }
    mailsim_door_close(stall->door);
    return mailsim_serve_report_go_on(stall->report);
}

static gboolean
settle_form(Options *options)
{
    static const char *const formats[] = {"text", "json", NULL};
    guint format = 0;

    if (options->format != NULL &&
        !mailsim_cli_parse_choice("--format", options->format, formats, &format))
        return FALSE;
    if (format == 1 && options->live) {
        mailsim_cli_complain(
            "serve: --live is for text; --format=json tells each event when it "
            "happens: choose one");
        return FALSE;
    }
    options->form = format == 1     ? MAILSIM_SERVE_JSON
                    : options->live ? MAILSIM_SERVE_LIVE
                                    : MAILSIM_SERVE_BLOCKS;
    return TRUE;
}

static gboolean
settle(Options *options, GStrv names, MailsimRenderOptions *render)
{
    if (!mailsim_cli_settle_appearance(&options->appearance, TRUE, render) ||
        !settle_form(options))
        return FALSE;
    if (names[0] == NULL || names[1] != NULL) {
        mailsim_cli_complain("serve: which case? It takes one; “mailsim list” shows them");
        return FALSE;
    }
    if (options->port_offset < 0 || options->port_offset > G_MAXUINT16) {
        mailsim_cli_complain("serve: --port-offset=%d: from 0 to 65535", options->port_offset);
        return FALSE;
    }
    if (!isinf(options->until_idle_s) &&
        !(options->until_idle_s > 0 && options->until_idle_s <= 1e9)) {
        mailsim_cli_complain("serve: --until-idle: how many seconds? More than 0");
        return FALSE;
    }
    return TRUE;
}

MailsimExit
mailsim_command_serve(GStrv arguments)
{
    g_auto(Options) options = {.port_offset = PORT_OFFSET_DEFAULT, .until_idle_s = INFINITY};
    /* clang-format off */
    const GOptionEntry entries[] = {
        {"listen", 0, 0, G_OPTION_ARG_STRING, &options.listen, NULL, NULL},
        {"client-address", 0, 0, G_OPTION_ARG_STRING, &options.client_address, NULL, NULL},
        {"port-offset", 0, 0, G_OPTION_ARG_INT, &options.port_offset, NULL, NULL},
        {"step", 0, 0, G_OPTION_ARG_STRING, &options.step, NULL, NULL},
        {"format", 0, 0, G_OPTION_ARG_STRING, &options.format, NULL, NULL},
        {"once", 0, 0, G_OPTION_ARG_NONE, &options.once, NULL, NULL},
        {"real-time", 0, 0, G_OPTION_ARG_NONE, &options.real_time, NULL, NULL},
        {"live", 0, 0, G_OPTION_ARG_NONE, &options.live, NULL, NULL},
        {"until-idle", 0, 0, G_OPTION_ARG_DOUBLE, &options.until_idle_s, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    /* clang-format on */
    g_auto(GStrv) names =
        mailsim_cli_parse_run("serve", arguments, entries, &options.appearance);
    MailsimRenderOptions render = {0};
    g_auto(Stall) stall = {0};
    MailsimExit exit;
    gboolean told;

    if (names == NULL || !settle(&options, names, &render))
        return MAILSIM_EXIT_INPUT;
    exit = open_stall(&stall, names[0], &options, &render);
    if (exit != MAILSIM_EXIT_SUCCESS)
        return exit;
    told = listen_for_signals() && mailsim_serve_report_begin(stall.report) &&
           serve(&stall, &options) && mailsim_serve_report_end(stall.report);
    give_back_signals();
    return told ? MAILSIM_EXIT_SUCCESS : MAILSIM_EXIT_ENVIRONMENT;
}
