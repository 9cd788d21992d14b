/* SPDX-License-Identifier: MIT
 *
 * mailsim show: the text of a built-in case, to copy and change; with --world, all that a
 * scenario contains. */
#include "cli-private.h"

#include <string.h>

#include <mailsim/base/suggestion.h>
#include <mailsim/scenario/print.h>

typedef struct {
    gboolean world;
    gboolean bare;
    gboolean all;
    MailsimLanguage language;
} Options;

/* NAME is no case: what may help. */
static char *
dup_hint(const char *name)
{
    g_autoptr(GPtrArray) names = mailsim_scenario_list_builtin();
    char *hint;

    if (strchr(name, '/') != NULL || g_str_has_suffix(name, ".scenario"))
        return g_strdup("--world shows what a file comes to");
    hint = mailsim_suggestion_hint(name, names);
    return hint != NULL ? hint : g_strdup("“mailsim list” shows the cases");
}

static MailsimExit
show_text(const char *name, GString *out)
{
    g_autoptr(GBytes) text = mailsim_scenario_dup_builtin(name);
    gsize length;
    const char *bytes;

    if (text == NULL) {
        g_autofree char *hint = dup_hint(name);

        mailsim_cli_complain("no case “%s”; %s", name, hint);
        return MAILSIM_EXIT_INPUT;
    }
    bytes = g_bytes_get_data(text, &length);
    g_string_append_len(out, bytes, (gssize)length);
    return MAILSIM_EXIT_SUCCESS;
}

static MailsimExit
show_world(const char *name, const Options *options, GString *out)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimScenario) scenario = mailsim_cli_load(name, diagnostics, options->all);
    const MailsimPrintOptions print = {options->language, options->bare};

    if (scenario == NULL)
        return MAILSIM_EXIT_INPUT;
    mailsim_scenario_print(scenario, &print, out);
    return MAILSIM_EXIT_SUCCESS;
}

static gboolean
settle(const char *language, Options *options)
{
    if (!mailsim_cli_settle_language(language, &options->language))
        return FALSE;
    if (!options->world && (language != NULL || options->bare || options->all)) {
        mailsim_cli_complain("show: --lang, --quiet and --all are for --world; a case is "
                             "shown as it was written");
        return FALSE;
    }
    return TRUE;
}

MailsimExit
mailsim_command_show(GStrv arguments)
{
    Options options = {0};
    g_autofree char *language = NULL;
    const GOptionEntry entries[] = {
        {"world", 0,   0, G_OPTION_ARG_NONE,   &options.world, NULL, NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE,   &options.bare,  NULL, NULL},
        {"all",   0,   0, G_OPTION_ARG_NONE,   &options.all,   NULL, NULL},
        {"lang",  0,   0, G_OPTION_ARG_STRING, &language,      NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_auto(GStrv) names = mailsim_cli_parse("show", arguments, entries);
    g_autoptr(GString) out = g_string_new(NULL);
    MailsimExit worst = MAILSIM_EXIT_SUCCESS;

    if (names == NULL || !settle(language, &options))
        return MAILSIM_EXIT_INPUT;
    if (names[0] == NULL) {
        mailsim_cli_complain("show: which case? “mailsim list” shows them");
        return MAILSIM_EXIT_INPUT;
    }
    if (options.world && names[1] != NULL) {
        mailsim_cli_complain("show: --world shows one scenario at a time");
        return MAILSIM_EXIT_INPUT;
    }
    for (guint i = 0; names[i] != NULL; i++) {
        MailsimExit exit =
            options.world ? show_world(names[i], &options, out) : show_text(names[i], out);

        worst = MAX(worst, exit);
    }
    return mailsim_cli_write(out->str, out->len) ? worst : MAILSIM_EXIT_ENVIRONMENT;
}
