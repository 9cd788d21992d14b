/* SPDX-License-Identifier: MIT
 *
 * mailsim certs: the lab's roots and the certificates of its hosts as PEM files, so that real
 * programs can be told to trust them, and people can look inside. Private keys are not written:
 * nobody who comes in needs one, and who wants to see them finds them in certs/keys/. */
#include "cli-private.h"

#include <errno.h>
#include <string.h>

#include <mailsim/lab/shown-certificates.h>
#include <mailsim/wire/certificate-digest.h>

#include "lab-now-private.h"

/* As of mkdir(2): less what the umask takes away. */
#define NEW_FOLDER_MODE 0777

#define SUFFIX ".pem"

typedef struct {
    const char *folder; /* DIR; borrowed */
    gboolean quiet;
    gboolean all; /* of the mistakes */
    MailsimTime now_us;
    MailsimAuthority *authority;
    GString *paths; /* what has been written, a line each */
} Work;

static void
clear_work(Work *work)
{
    mailsim_authority_free(work->authority);
    if (work->paths != NULL)
        g_string_free(work->paths, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, clear_work)

/* ---- files ------------------------------------------------------------------------------- */

static gboolean
make_folder(const char *path)
{
    if (g_mkdir_with_parents(path, NEW_FOLDER_MODE) == 0)
        return TRUE;
    mailsim_cli_complain("certs: cannot make the folder “%s”: %s", path, g_strerror(errno));
    return FALSE;
}

static gboolean
write_file(Work *work, const char *folder, const char *name, const GString *pem)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    if (!mailsim_cli_deliver(path, pem))
        return FALSE;
    g_string_append_printf(work->paths, "%s\n", path);
    return TRUE;
}

/* “Lab Root X1”: “lab-root-x1.pem”. */
static char *
dup_root_file(const char *common_name)
{
    g_autofree char *lower = g_ascii_strdown(common_name, -1);

    return g_strconcat(g_strdelimit(lower, " /", '-'), SUFFIX, NULL);
}

static gboolean
write_roots(Work *work)
{
    MailsimRoot root;

    for (guint i = 0; mailsim_authority_get_root(work->authority, i, &root); i++) {
        g_autoptr(GString) pem = g_string_new(NULL);
        g_autofree char *name = dup_root_file(root.common_name);

        mailsim_certificate_append_pem(root.crt, pem);
        if (!write_file(work, work->folder, name, pem))
            return FALSE;
    }
    return TRUE;
}

/* What a file is called may lead out of the folder. */
static gboolean
check_id(const char *id)
{
    if (*id != '\0' && !g_str_equal(id, ".") && !g_str_equal(id, ".."))
        return TRUE;
    mailsim_cli_complain("certs: “%s” cannot be a folder's name; call the file otherwise", id);
    return FALSE;
}

/* ---- a scenario -------------------------------------------------------------------------- */

/* The chain as the server sends it, in a file called after the host; what only Dovecot shows is
 * called so. */
static gboolean
write_shown(Work *work, const char *folder, const MailsimShownCertificate *shown)
{
    g_autoptr(GString) pem = g_string_new(NULL);
    g_autofree char *name =
        g_strconcat(shown->hostname, shown->by_postfix ? "" : "-dovecot", SUFFIX, NULL);
    guint n_chain;
    const gnutls_x509_crt_t *chain =
        mailsim_certificate_get_chain(shown->certificate, &n_chain);

    for (guint i = 0; i < n_chain; i++)
        mailsim_certificate_append_pem(chain[i], pem);
    return write_file(work, folder, name, pem);
}

static MailsimExit
write_scenario(Work *work, const MailsimScenario *scenario)
{
    const char *id = mailsim_scenario_get_id(scenario);
    g_autofree char *folder = g_build_filename(work->folder, id, NULL);
    g_autoptr(MailsimRecording) recording = mailsim_recording_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(MailsimLab) lab =
        mailsim_cli_new_lab_now(scenario, work->now_us, recording, work->authority, &error);
    g_autoptr(GPtrArray) shown = NULL;

    if (lab == NULL) {
        mailsim_cli_complain("%s: %s", id, error->message);
        return MAILSIM_EXIT_ENVIRONMENT;
    }
    shown = mailsim_lab_list_shown_certificates(lab);
    if (shown->len > 0 && !make_folder(folder))
        return MAILSIM_EXIT_ENVIRONMENT;
    for (guint i = 0; i < shown->len; i++) {
        if (!write_shown(work, folder, g_ptr_array_index(shown, i)))
            return MAILSIM_EXIT_ENVIRONMENT;
    }
    return MAILSIM_EXIT_SUCCESS;
}

static MailsimExit
write_cases(Work *work)
{
    g_autoptr(GPtrArray) names = mailsim_scenario_list_builtin();
    MailsimExit exit = MAILSIM_EXIT_SUCCESS;

    for (guint i = 0; i < names->len && exit == MAILSIM_EXIT_SUCCESS; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
        g_autoptr(GBytes) text = mailsim_scenario_dup_builtin(name);
        g_autoptr(MailsimScenario) scenario =
            mailsim_scenario_load_text(name, text, diagnostics);

        exit = write_scenario(work, scenario);
    }
    return exit;
}

/* ---- the command ------------------------------------------------------------------------- */

/* The scenario is looked at first: with a mistake in it, nothing is written. */
static MailsimExit
make(Work *work, const char *name)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimScenario) scenario = NULL;
    g_autoptr(GError) error = NULL;

    if (name != NULL) {
        scenario = mailsim_cli_load(name, diagnostics, work->all);
        if (scenario == NULL || !check_id(mailsim_scenario_get_id(scenario)))
            return MAILSIM_EXIT_INPUT;
    }
    work->now_us = g_get_real_time();
    work->paths = g_string_new(NULL);
    work->authority = mailsim_authority_new(&error);
    if (work->authority == NULL) {
        mailsim_cli_complain("certs: %s", error->message);
        return MAILSIM_EXIT_ENVIRONMENT;
    }
    if (!make_folder(work->folder) || !write_roots(work))
        return MAILSIM_EXIT_ENVIRONMENT;
    return scenario != NULL ? write_scenario(work, scenario) : write_cases(work);
}

MailsimExit
mailsim_command_certs(GStrv arguments)
{
    g_auto(Work) work = {0};
    const GOptionEntry entries[] = {
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &work.quiet, NULL, NULL},
        {"all",   0,   0, G_OPTION_ARG_NONE, &work.all,   NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_auto(GStrv) words = mailsim_cli_parse("certs", arguments, entries);
    MailsimExit exit;

    if (words == NULL)
        return MAILSIM_EXIT_INPUT;
    if (words[0] == NULL || *words[0] == '\0') {
        mailsim_cli_complain("certs: into which folder? “mailsim certs lab” makes one");
        return MAILSIM_EXIT_INPUT;
    }
    if (words[1] != NULL && words[2] != NULL) {
        mailsim_cli_complain("certs: a folder, and one case at a time; without a case, all");
        return MAILSIM_EXIT_INPUT;
    }
    work.folder = words[0];
    exit = make(&work, words[1]);
    if (work.paths != NULL && !work.quiet &&
        !mailsim_cli_write(work.paths->str, work.paths->len))
        return MAILSIM_EXIT_ENVIRONMENT;
    return exit;
}
