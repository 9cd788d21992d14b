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

GStrv
mailsim_cli_parse_appearance(const char *command,
                             GStrv arguments,
                             const GOptionEntry *entries,
                             MailsimAppearance *appearance)
{
    const GOptionEntry shared[] = {
        {"lang",   0,   0, G_OPTION_ARG_STRING, &appearance->language, NULL, NULL},
        {"detail", 0,   0, G_OPTION_ARG_STRING, &appearance->detail,   NULL, NULL},
        {"color",  0,   0, G_OPTION_ARG_STRING, &appearance->colour,   NULL, NULL},
        {"ascii",  0,   0, G_OPTION_ARG_NONE,   &appearance->ascii,    NULL, NULL},
        {"quiet",  'q', 0, G_OPTION_ARG_NONE,   &appearance->quiet,    NULL, NULL},
        {"all",    0,   0, G_OPTION_ARG_NONE,   &appearance->all,      NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GArray) both = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));

    g_array_append_vals(both, shared, G_N_ELEMENTS(shared) - 1);
    for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++)
        g_array_append_val(both, *entry);
    return mailsim_cli_parse(command, arguments, (const GOptionEntry *)both->data);
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
