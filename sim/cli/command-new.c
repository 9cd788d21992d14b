/* SPDX-License-Identifier: MIT
 *
 * mailsim new: a scenario to begin with, in a file of its own. */
#include "cli-private.h"

#include <string.h>

#include <mailsim/scenario/template.h>

#define SUFFIX ".scenario"

typedef struct {
    char *language_word;
    char *from;
    gboolean force;
    gboolean to_standard_output;
    gboolean quiet;
    MailsimLanguage language;
} Options;

static void
clear_options(Options *options)
{
    g_free(options->language_word);
    g_free(options->from);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

/* What is to be made. */
typedef struct {
    char *folder; /* “lessons”; “.” */
    char *name;   /* “mine” */
    char *path;   /* “lessons/mine.scenario” */
    char *typed;  /* the same, as a shell takes it */
} Target;

static void
clear_target(Target *target)
{
    g_free(target->folder);
    g_free(target->name);
    g_free(target->path);
    g_free(target->typed);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Target, clear_target)

/* ---- the name ---------------------------------------------------------------------------- */

static gboolean
check_name(const char *name)
{
    g_autoptr(GBytes) builtin = NULL;

    if (!mailsim_scenario_is_name(name) || *name == '-') {
        g_autofree char *nearest = mailsim_scenario_dup_nearest_name(name);

        mailsim_cli_complain("new: “%s” cannot be a name; %s%s%s", name,
                             nearest != NULL ? "write “" : "names are made of a-z, 0-9 and -",
                             nearest != NULL ? nearest : "", nearest != NULL ? "”" : "");
        return FALSE;
    }
    builtin = mailsim_scenario_dup_builtin(name);
    if (builtin == NULL)
        return TRUE;
    mailsim_cli_complain("new: “%s” is a case already; “mailsim show %s > %s" SUFFIX
                         "” copies it, --from=%s makes a variant under another name",
                         name, name, name, name);
    return FALSE;
}

/* A path that no command takes for an option, and that the shell leaves alone. */
static char *
dup_typed(const char *path)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./";
    g_autofree char *safe = *path == '-' ? g_strconcat("./", path, NULL) : g_strdup(path);

    return strspn(safe, plain) == strlen(safe) ? g_steal_pointer(&safe) : g_shell_quote(safe);
}

/* It is named in a comment, and a line break would end that. */
static gboolean
check_text(const char *path)
{
    gboolean fine = g_utf8_validate(path, -1, NULL);

    for (const char *at = path; fine && *at != '\0'; at = g_utf8_next_char(at))
        fine = !g_unichar_iscntrl(g_utf8_get_char(at));
    if (!fine)
        mailsim_cli_complain("new: “%s” cannot be named in a scenario: it has a line break, or "
                             "another character that is no text",
                             path);
    return fine;
}

static gboolean
find_target(const char *word, Target *target)
{
    gsize length = strlen(word);
    g_autofree char *stem =
        g_strndup(word, length - (g_str_has_suffix(word, SUFFIX) ? strlen(SUFFIX) : 0));

    if (!check_text(word))
        return FALSE;
    if (*stem == '\0' || g_str_has_suffix(stem, "/")) {
        mailsim_cli_complain("new: “%s” lacks a name: %smine", word, stem);
        return FALSE;
    }
    target->folder = g_path_get_dirname(stem);
    target->name = g_path_get_basename(stem);
    target->path = g_strconcat(stem, SUFFIX, NULL);
    target->typed = dup_typed(target->path);
    return check_name(target->name);
}

/* ---- the text ---------------------------------------------------------------------------- */

static gboolean
check_beside(const char *from, const Target *target)
{
    g_autofree char *folder = g_path_get_dirname(from);
    g_autofree char *here = g_canonicalize_filename(target->folder, NULL);
    g_autofree char *there = g_canonicalize_filename(folder, NULL);

    if (g_str_equal(here, there))
        return TRUE;
    mailsim_cli_complain("new: a scenario includes files beside it: write the new one into "
                         "“%s”, too",
                         folder);
    return FALSE;
}

/* The text of a variant of the scenario FROM; NULL, with a word on standard error. */
static char *
dup_variant(const char *from, const Target *target, const MailsimTemplateOptions *options)
{
    gboolean names_file = strchr(from, '/') != NULL || g_str_has_suffix(from, SUFFIX);
    g_autofree char *source =
        names_file ? g_strdup(from) : mailsim_scenario_dup_included(target->path, from);
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimScenario) base = NULL;
    g_autofree char *shown = NULL;
    const char *include;

    if (!check_text(from) || (names_file && !check_beside(from, target)))
        return NULL;
    base = mailsim_cli_load(source, diagnostics, FALSE);
    if (base == NULL)
        return NULL;
    include = mailsim_scenario_get_id(base);
    if (!mailsim_scenario_is_name(include) || g_str_equal(include, target->name)) {
        mailsim_cli_complain(g_str_equal(include, target->name)
                                 ? "new: “%s” cannot include itself; choose another name"
                                 : "new: “%s” cannot be included: its name is not made of a-z, "
                                   "0-9 and -",
                             include);
        return NULL;
    }
    shown = g_str_has_suffix(source, SUFFIX) ? g_strdup(source)
                                             : g_strconcat("mailsim show ", source, NULL);
    return mailsim_template_dup_variant(options, base, shown);
}

/* ---- the command ------------------------------------------------------------------------- */

static gboolean
announce(const Target *target, const Options *options)
{
    static const char *const texts[] = {
        [MAILSIM_LANGUAGE_EN] = "Written: %s\n"
                                "Next:    mailsim run %s\n",
        [MAILSIM_LANGUAGE_ES] = "Escrito: %s\n"
                                "Ahora:   mailsim run %s\n",
    };
    g_autofree char *text =
        g_strdup_printf(texts[options->language], target->path, target->typed);

    return options->quiet || mailsim_cli_write(text, strlen(text));
}

static MailsimExit
make(const char *word, const Options *options)
{
    g_auto(Target) target = {0};
    const MailsimLanguage language = options->language;
    g_autoptr(GString) out = NULL;
    g_autofree char *text = NULL;
    MailsimExit exit = MAILSIM_EXIT_SUCCESS;

    if (!find_target(word, &target))
        return MAILSIM_EXIT_INPUT;

    const MailsimTemplateOptions template = {target.name, target.typed, language};

    text = options->from != NULL ? dup_variant(options->from, &target, &template)
                                 : mailsim_template_dup_new(&template);
    if (text == NULL)
        return MAILSIM_EXIT_INPUT;
    out = g_string_new(text);
    if (options->to_standard_output)
        return mailsim_cli_write(out->str, out->len) ? exit : MAILSIM_EXIT_ENVIRONMENT;
    if (!options->force)
        exit = mailsim_cli_create(target.path, out);
    else if (!mailsim_cli_deliver(target.path, out))
        exit = MAILSIM_EXIT_ENVIRONMENT;
    if (exit != MAILSIM_EXIT_SUCCESS)
        return exit;
    return announce(&target, options) ? exit : MAILSIM_EXIT_ENVIRONMENT;
}

MailsimExit
mailsim_command_new(GStrv arguments)
{
    g_auto(Options) options = {0};
    /* clang-format off */
    const GOptionEntry entries[] = {
        {"lang", 0, 0, G_OPTION_ARG_STRING, &options.language_word, NULL, NULL},
        {"from", 0, 0, G_OPTION_ARG_FILENAME, &options.from, NULL, NULL},
        {"force", 'f', 0, G_OPTION_ARG_NONE, &options.force, NULL, NULL},
        {"stdout", 0, 0, G_OPTION_ARG_NONE, &options.to_standard_output, NULL, NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    /* clang-format on */
    g_auto(GStrv) words = mailsim_cli_parse("new", arguments, entries);

    if (words == NULL || !mailsim_cli_settle_language(options.language_word, &options.language))
        return MAILSIM_EXIT_INPUT;
    if (words[0] == NULL || words[0][0] == '\0') {
        mailsim_cli_complain("new: which name? “mailsim new mine” writes mine" SUFFIX);
        return MAILSIM_EXIT_INPUT;
    }
    if (words[1] != NULL) {
        mailsim_cli_complain("new: one name at a time");
        return MAILSIM_EXIT_INPUT;
    }
    if (!g_str_equal(words[0], "-"))
        return make(words[0], &options);
    options.to_standard_output = TRUE;
    return make(options.language == MAILSIM_LANGUAGE_ES ? "mio" : "mine", &options);
}
