/* SPDX-License-Identifier: MIT
 *
 * The options that say how a transcript looks, the same for every command that prints one. */
#include "cli-private.h"

#include <string.h>
#include <unistd.h>

#include "terminal-private.h"

void
mailsim_cli_appearance_clear(MailsimAppearance *appearance)
{
    g_free(appearance->language);
    g_free(appearance->detail);
    g_free(appearance->colour);
}

/* ENTRIES and MORE of them, in ALL. */
static const GOptionEntry *
join(GArray *all, const GOptionEntry *entries, const GOptionEntry *more)
{
    for (; entries->long_name != NULL; entries++)
        g_array_append_val(all, *entries);
    for (; more->long_name != NULL; more++)
        g_array_append_val(all, *more);
    return (const GOptionEntry *)all->data;
}

GStrv
mailsim_cli_parse_page(const char *command,
                       GStrv arguments,
                       const GOptionEntry *entries,
                       MailsimAppearance *appearance)
{
    const GOptionEntry of_page[] = {
        {"lang",  0, 0, G_OPTION_ARG_STRING, &appearance->language, NULL, NULL},
        {"color", 0, 0, G_OPTION_ARG_STRING, &appearance->colour,   NULL, NULL},
        {"ascii", 0, 0, G_OPTION_ARG_NONE,   &appearance->ascii,    NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GArray) all = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));

    return mailsim_cli_parse(command, arguments, join(all, of_page, entries));
}

GStrv
mailsim_cli_parse_run(const char *command,
                      GStrv arguments,
                      const GOptionEntry *entries,
                      MailsimAppearance *appearance)
{
    const GOptionEntry of_run[] = {
        {"detail", 0,   0, G_OPTION_ARG_STRING, &appearance->detail, NULL, NULL},
        {"quiet",  'q', 0, G_OPTION_ARG_NONE,   &appearance->quiet,  NULL, NULL},
        {"all",    0,   0, G_OPTION_ARG_NONE,   &appearance->all,    NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GArray) all = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));

    return mailsim_cli_parse_page(command, arguments, join(all, of_run, entries), appearance);
}

gboolean
mailsim_cli_parse_choice(const char *option,
                         const char *word,
                         const char *const *words,
                         guint *choice)
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
wants_colour(guint choice, gboolean to_standard_output)
{
    const char *no_colour = g_getenv("NO_COLOR");

    if (choice != 0)
        return choice == 1;
    return to_standard_output && isatty(STDOUT_FILENO) &&
           (no_colour == NULL || no_colour[0] == '\0') && mailsim_terminal_has_escapes();
}

gboolean
mailsim_cli_settle_appearance(const MailsimAppearance *appearance,
                              gboolean to_standard_output,
                              MailsimRenderOptions *render)
{
    static const char *const details[] = {"brief", "normal", "full", NULL};
    static const char *const colours[] = {"auto", "always", "never", NULL};
    guint detail = MAILSIM_DETAIL_NORMAL;
    guint colour = 0;

    if (!mailsim_cli_settle_language(appearance->language, &render->language))
        return FALSE;
    if (appearance->detail != NULL &&
        !mailsim_cli_parse_choice("--detail", appearance->detail, details, &detail))
        return FALSE;
    if (appearance->colour != NULL &&
        !mailsim_cli_parse_choice("--color", appearance->colour, colours, &colour))
        return FALSE;
    render->detail = (MailsimDetail)detail;
    render->ascii = appearance->ascii;
    render->quiet = appearance->quiet;
    render->colour = wants_colour(colour, to_standard_output);
    return TRUE;
}
