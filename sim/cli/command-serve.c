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

#include <mailsim/lab/door.h>

#include "lab-now-private.h"
#include "signal-pipe-private.h"

#define PORT_OFFSET_DEFAULT 10000

/* The same complaint again at most so often. */
#define COMPLAINT_US MAILSIM_MINUTE

typedef struct {
    MailsimAppearance appearance;
    char *listen;
    char *client_address;
    int port_offset;
    double until_idle_s; /* INFINITY: for ever */
    gboolean live;       /* connections interleaved, line by line */
} Options;

static void
clear_options(Options *options)
{
    mailsim_cli_appearance_clear(&options->appearance);
    g_free(options->listen);
    g_free(options->client_address);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

/* What is being served. */
typedef struct {
    MailsimScenario *scenario; /* the lab's spans point into it */
    MailsimRecording *recording;
    MailsimLab *lab;
    MailsimDoor *door;
    MailsimLiveTranscript *transcript;
    const MailsimRenderOptions *render; /* borrowed */
    MailsimTime complained_us;          /* that there are no descriptors; 0: never */
} Stall;

static void
clear_stall(Stall *stall)
{
    mailsim_live_transcript_free(stall->transcript);
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

/* All that happens belongs to one step, which is none of the scenario's. */
static MailsimRecording *
begin_recording(const MailsimScenario *scenario, MailsimTime start_us)
{
    MailsimRecording *recording = mailsim_recording_new();
    MailsimStepRecord *step = mailsim_recording_add_step(recording);

    recording->id = g_strdup(mailsim_scenario_get_id(scenario));
    recording->file = g_strdup(mailsim_scenario_get_file(scenario));
    mailsim_text_copy(mailsim_scenario_get_title(scenario), &recording->title);
    step->id = g_strdup("serve");
    step->started_us = start_us;
    return recording;
}

static gboolean
configure_lab(Stall *stall, GError **error)
{
    const MailsimTime now_us = get_now();

    stall->recording = begin_recording(stall->scenario, now_us);
    stall->lab =
        mailsim_cli_new_lab_now(stall->scenario, now_us, stall->recording, NULL, error);
    return stall->lab != NULL;
}

static MailsimExit
open_stall(Stall *stall, const char *name, const Options *options)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(GError) error = NULL;
    MailsimDoorOptions door = {
        .address = options->listen,
        .port_offset = (guint)options->port_offset,
        .client_address = options->client_address,
        .get_now = get_now,
    };

    stall->scenario = mailsim_cli_load(name, diagnostics, options->appearance.all);
    if (stall->scenario == NULL)
        return MAILSIM_EXIT_INPUT;
    if (!configure_lab(stall, &error)) {
        mailsim_cli_complain("%s: %s", name, error->message);
        return MAILSIM_EXIT_ENVIRONMENT;
    }
    stall->door = mailsim_door_open(stall->lab, &door, &error);
    if (stall->door != NULL) {
        stall->transcript =
            mailsim_live_transcript_new(stall->recording, stall->render, options->live);
        return MAILSIM_EXIT_SUCCESS;
    }
    if (!g_error_matches(error, MAILSIM_DOOR_ERROR, MAILSIM_DOOR_ERROR_LISTEN)) {
        mailsim_cli_complain("serve: %s", error->message);
        return MAILSIM_EXIT_INPUT;
    }
    mailsim_cli_complain("serve: %s; --port-offset=N moves all ports by N", error->message);
    return MAILSIM_EXIT_ENVIRONMENT;
}

/* ---- saying ------------------------------------------------------------------------------ */

static const char *const hints[] = {
    [MAILSIM_LANGUAGE_EN] =
        "Whoever connects is “%s”, with the address %s in the lab (--client-address).\n"
        "Certificates are issued by the lab's own authority: “mailsim certs DIR” writes its "
        "root, "
        "and “mailsim explain trust-the-lab” says how curl, swaks, mutt and Thunderbird are "
        "told "
        "to trust it.",
    [MAILSIM_LANGUAGE_ES] =
        "Quien se conecta es «%s», con la dirección %s en el laboratorio (--client-address).\n"
        "Los certificados los emite la autoridad del laboratorio: «mailsim certs DIR» escribe "
        "su "
        "raíz, y «mailsim explain trust-the-lab» dice cómo hacer que curl, swaks, mutt y "
        "Thunderbird confíen en ella.",
};

static const char *const ready[] = {
    [MAILSIM_LANGUAGE_EN] = "Ready. Ctrl-C ends it.",
    [MAILSIM_LANGUAGE_ES] = "Listo. Ctrl-C lo termina.",
};

/* A line for each service, the same in every language: scripts read it. */
static void
append_services(const Stall *stall, GString *out)
{
    const GPtrArray *services = mailsim_door_list_services(stall->door);

    for (guint i = 0; i < services->len; i++) {
        const MailsimDoorService *service = g_ptr_array_index(services, i);

        g_string_append_printf(out, "%s %s %s:%u\n", service->host, service->service,
                               service->address, service->port);
    }
}

static gboolean
announce(const Stall *stall)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *hint =
        g_strdup_printf(hints[stall->render->language], mailsim_door_get_visitor(stall->door),
                        mailsim_door_get_client_address(stall->door));

    mailsim_live_transcript_begin(stall->transcript, out);
    append_services(stall, out);
    if (!stall->render->quiet) {
        g_string_append_c(out, '\n');
        mailsim_live_transcript_say(stall->transcript, hint, out);
        g_string_append_c(out, '\n');
    }
    mailsim_live_transcript_say(stall->transcript, ready[stall->render->language], out);
    return mailsim_cli_write(out->str, out->len);
}

static gboolean
print(const Stall *stall, void (*say)(MailsimLiveTranscript *transcript, GString *out))
{
    g_autoptr(GString) out = g_string_new(NULL);

    say(stall->transcript, out);
    return out->len == 0 || mailsim_cli_write(out->str, out->len);
}

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

/* ---- serving ----------------------------------------------------------------------------- */

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
        if (!print(stall, mailsim_live_transcript_tell))
            return FALSE;
    }
    mailsim_door_close(stall->door);
    return print(stall, mailsim_live_transcript_tell);
}

static gboolean
settle(const Options *options, GStrv names, MailsimRenderOptions *render)
{
    if (!mailsim_cli_settle_appearance(&options->appearance, TRUE, render))
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
        {"live", 0, 0, G_OPTION_ARG_NONE, &options.live, NULL, NULL},
        {"until-idle", 0, 0, G_OPTION_ARG_DOUBLE, &options.until_idle_s, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    /* clang-format on */
    g_auto(GStrv) names =
        mailsim_cli_parse_run("serve", arguments, entries, &options.appearance);
    MailsimRenderOptions render = {0};
    g_auto(Stall) stall = {.render = &render};
    MailsimExit exit;
    gboolean told;

    if (names == NULL || !settle(&options, names, &render))
        return MAILSIM_EXIT_INPUT;
    exit = open_stall(&stall, names[0], &options);
    if (exit != MAILSIM_EXIT_SUCCESS)
        return exit;
    told = listen_for_signals() && announce(&stall) && serve(&stall, &options) &&
           print(&stall, mailsim_live_transcript_end);
    give_back_signals();
    return told ? MAILSIM_EXIT_SUCCESS : MAILSIM_EXIT_ENVIRONMENT;
}
