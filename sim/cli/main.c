/* SPDX-License-Identifier: MIT
 *
 * The program mailsim: the way to its commands and their help. */
#include "cli-private.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <mailsim/base/suggestion.h>

#include "help-private.h"
#include "terminal-private.h"

/* Commands of the plan: whoever has read of them is told, not left to guess. */
static const char *const planned[] = {"quiz"};

/* Of one command; of all where it is NULL. */
static MailsimExit
print_help(const MailsimCommandLineCommand *command)
{
    const MailsimLanguage language = mailsim_cli_get_language();
    g_autoptr(GString) out = g_string_new(NULL);

    if (command != NULL)
        mailsim_help_append_command(command, language, out);
    else
        mailsim_help_append(language, out);
    return mailsim_cli_write(out->str, out->len) ? MAILSIM_EXIT_SUCCESS
                                                 : MAILSIM_EXIT_ENVIRONMENT;
}

static MailsimExit
refuse_command(const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *hint = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(planned); i++) {
        if (g_str_equal(planned[i], name)) {
            mailsim_cli_complain("“%s” is not built yet; “mailsim --help” shows what is", name);
            return MAILSIM_EXIT_INPUT;
        }
    }
    for (const MailsimCommandLineCommand *row = mailsim_cli_commands; row->name != NULL; row++)
        g_ptr_array_add(names, (gpointer)row->name);
    hint = mailsim_suggestion_hint(name, names);
    mailsim_cli_complain("no command “%s”; %s", name,
                         hint != NULL ? hint : "“mailsim --help” shows them");
    return MAILSIM_EXIT_INPUT;
}

static gboolean
asks_for_help(GStrv arguments)
{
    for (guint i = 0; arguments[i] != NULL && !g_str_equal(arguments[i], "--"); i++) {
        if (g_str_equal(arguments[i], "--help") || g_str_equal(arguments[i], "-h"))
            return TRUE;
    }
    return FALSE;
}

/* “mailsim --help”, “mailsim run --help”, “mailsim help run”. */
static MailsimExit
answer_for_help(GStrv arguments)
{
    const char *name = arguments[0];
    const MailsimCommandLineCommand *command;

    if (g_str_equal(name, "help"))
        name = arguments[1];
    if (name == NULL || *name == '-')
        return print_help(NULL);
    command = mailsim_cli_find_command(name);
    return command != NULL ? print_help(command) : refuse_command(name);
}

/* A hop takes two descriptors, and shells often give 1,024. */
static void
raise_descriptor_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* g_error() is said where the machine fails us: no memory, no descriptors. GLib would abort; an
 * exit status says it better. All else is a mistake of ours, and GLib's to judge. */
static void
give_up(const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
    if ((level & G_LOG_LEVEL_ERROR) == 0) {
        g_log_default_handler(domain, level, message, data);
        return;
    }
    mailsim_terminal_leave();
    fprintf(stderr, "mailsim: %s\n", message != NULL ? message : "out of memory");
    _exit(MAILSIM_EXIT_ENVIRONMENT);
}

int
main(int argc, char **argv)
{
    const MailsimCommandLineCommand *command;

    g_log_set_default_handler(give_up, NULL);
    if (argc < 2) {
        print_help(NULL);
        return MAILSIM_EXIT_INPUT;
    }
    if (asks_for_help(argv + 1) || g_str_equal(argv[1], "help"))
        return answer_for_help(argv + 1);
    if (g_str_equal(argv[1], "--version"))
        return mailsim_cli_write("mailsim " MAILSIM_VERSION "\n",
                                 strlen("mailsim " MAILSIM_VERSION "\n"))
                   ? MAILSIM_EXIT_SUCCESS
                   : MAILSIM_EXIT_ENVIRONMENT;
    command = mailsim_cli_find_command(argv[1]);
    if (command == NULL)
        return refuse_command(argv[1]);
    raise_descriptor_limit();
    return command->run(argv + 2);
}
