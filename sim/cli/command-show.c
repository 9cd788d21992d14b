/* SPDX-License-Identifier: MIT
 *
 * mailsim show: the text of a built-in case, to copy and change. */
#include "cli-private.h"

#include <mailsim/base/suggestion.h>

static MailsimExit
show(const char *name)
{
    g_autoptr(GBytes) text = mailsim_scenario_dup_builtin(name);
    gsize length;
    const char *bytes;

    if (text == NULL) {
        g_autoptr(GPtrArray) names = mailsim_scenario_list_builtin();
        g_autofree char *hint = mailsim_suggestion_hint(name, names);

        mailsim_cli_complain("no case “%s”; %s", name,
                             hint != NULL ? hint : "“mailsim list” shows the cases");
        return MAILSIM_EXIT_INPUT;
    }
    bytes = g_bytes_get_data(text, &length);
    return mailsim_cli_write(bytes, length) ? MAILSIM_EXIT_SUCCESS : MAILSIM_EXIT_ENVIRONMENT;
}

MailsimExit
mailsim_command_show(GStrv arguments)
{
    const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
    g_auto(GStrv) names = mailsim_cli_parse("show", arguments, entries);
    MailsimExit worst = MAILSIM_EXIT_SUCCESS;

    if (names == NULL)
        return MAILSIM_EXIT_INPUT;
    if (names[0] == NULL) {
        mailsim_cli_complain("show: which case? “mailsim list” shows them");
        return MAILSIM_EXIT_INPUT;
    }
    for (guint i = 0; names[i] != NULL; i++) {
        MailsimExit exit = show(names[i]);

        worst = MAX(worst, exit);
    }
    return worst;
}
