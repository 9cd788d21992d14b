/* SPDX-License-Identifier: MIT
 *
 * What the commands share. Nothing here calls setlocale(): the same bytes come out
 * everywhere. */
#include "cli-private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <mailsim/base/limits.h>
#include <mailsim/base/suggestion.h>

/* ---- language ---------------------------------------------------------------------------- */

static gboolean
begins_with_code(const char *locale, const char *code)
{
    gsize length = strlen(code);

    return g_ascii_strncasecmp(locale, code, length) == 0 && !g_ascii_isalpha(locale[length]);
}

static gboolean
parse_language(const char *word, MailsimLanguage *language)
{
    if (begins_with_code(word, "es"))
        *language = MAILSIM_LANGUAGE_ES;
    else if (begins_with_code(word, "en"))
        *language = MAILSIM_LANGUAGE_EN;
    else
        return FALSE;
    return TRUE;
}

MailsimLanguage
mailsim_cli_get_language(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    MailsimLanguage language = MAILSIM_LANGUAGE_EN;

    /* POSIX: the first that is set and not empty decides. */
    for (guint i = 0; i < G_N_ELEMENTS(variables); i++) {
        const char *value = g_getenv(variables[i]);

        if (value == NULL || value[0] == '\0')
            continue;
        parse_language(value, &language);
        break;
    }
    return language;
}

gboolean
mailsim_cli_settle_language(const char *word, MailsimLanguage *language)
{
    *language = mailsim_cli_get_language();
    if (word == NULL || parse_language(word, language))
        return TRUE;
    mailsim_cli_complain("--lang=%s: there is es, en", word);
    return FALSE;
}

/* ---- writing ----------------------------------------------------------------------------- */

gboolean
mailsim_cli_write(const char *text, gsize length)
{
    if (fwrite(text, 1, length, stdout) == length && fflush(stdout) == 0)
        return TRUE;
    mailsim_cli_complain("cannot write to standard output: %s", g_strerror(errno));
    return FALSE;
}

void
mailsim_cli_complain(const char *format, ...)
{
    g_autofree char *text = NULL;
    g_autofree char *phrase = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    phrase = mailsim_diagnostics_dup_phrase(text);
    fprintf(stderr, "mailsim: %s\n", phrase);
}

void
mailsim_cli_write_diagnostics(const MailsimDiagnostics *diagnostics, gboolean all)
{
    g_autofree char *text =
        mailsim_diagnostics_print(diagnostics, all ? 0 : MAILSIM_DIAGNOSTICS_SHOWN);

    fputs(text, stderr);
}

/* ---- scenarios --------------------------------------------------------------------------- */

MailsimScenario *
mailsim_cli_read(const char *name, MailsimDiagnostics *diagnostics)
{
    g_autoptr(GError) error = NULL;
    MailsimScenario *scenario = mailsim_scenario_load(name, diagnostics, &error);

    if (scenario == NULL) {
        g_autoptr(GPtrArray) names = mailsim_scenario_list_builtin();
        g_autofree char *hint = mailsim_suggestion_hint(name, names);

        mailsim_cli_complain("%s%s%s", error->message, hint != NULL ? "; " : "",
                             hint != NULL ? hint : "; “mailsim list” shows the cases");
    }
    return scenario;
}

MailsimScenario *
mailsim_cli_load(const char *name, MailsimDiagnostics *diagnostics, gboolean all)
{
    g_autoptr(MailsimScenario) scenario = mailsim_cli_read(name, diagnostics);

    if (scenario == NULL)
        return NULL;
    mailsim_cli_write_diagnostics(diagnostics, all);
    if (mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) > 0)
        return NULL;
    return g_steal_pointer(&scenario);
}
