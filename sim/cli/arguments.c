/* SPDX-License-Identifier: MIT
 *
 * What is typed behind a command. A file of its own, so that a test can take its place and see
 * which options each command has. */
#include "cli-private.h"

#include <string.h>

GStrv
mailsim_cli_parse(const char *command, GStrv arguments, const GOptionEntry *entries)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    GStrv words = g_new0(char *, g_strv_length(arguments) + 2);

    /* GOption takes the first word for the program's name. */
    words[0] = g_strdup(command);
    for (guint i = 0; arguments[i] != NULL; i++)
        words[i + 1] = g_strdup(arguments[i]);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse_strv(context, &words, &error)) {
        mailsim_cli_complain("%s; see “mailsim %s --help”", error->message, command);
        g_strfreev(words);
        return NULL;
    }
    /* A “--” that ended the options stays in the list. */
    g_free(words[0]);
    memmove(words, words + 1, g_strv_length(words + 1) * sizeof *words + sizeof *words);
    if (words[0] != NULL && g_str_equal(words[0], "--")) {
        g_free(words[0]);
        memmove(words, words + 1, g_strv_length(words + 1) * sizeof *words + sizeof *words);
    }
    return words;
}
