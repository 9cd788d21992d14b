/* SPDX-License-Identifier: MIT
 *
 * The help of each command has the options that it takes, and no others. Each hands its options
 * to mailsim_cli_parse(), which is here. */
#include <string.h>

#include <mailsim/base/text-width.h>

#include <help-private.h>

#include "../support/run-suite.h"

static guint n_parsed;

static const MailsimHelpOption *
find_said(const GPtrArray *options, const GOptionEntry *entry)
{
    for (guint i = 0; i < options->len; i++) {
        const MailsimHelpOption *option = g_ptr_array_index(options, i);
        const gboolean has_value = option->value[MAILSIM_LANGUAGE_EN] != NULL;

        if (g_str_equal(option->name, entry->long_name) &&
            option->letter == entry->short_name &&
            has_value == (entry->arg != G_OPTION_ARG_NONE))
            return option;
    }
    return NULL;
}

/* A value may be left out, with --step; GOption knows no such option. */
static gboolean
is_taken(const MailsimHelpOption *option, const GOptionEntry *entries)
{
    for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++) {
        if (g_str_equal(option->name, entry->long_name) && option->letter == entry->short_name)
            return option->value[MAILSIM_LANGUAGE_EN] == NULL ||
                   entry->arg != G_OPTION_ARG_NONE;
    }
    return FALSE;
}

GStrv
mailsim_cli_parse(const char *command,
                  G_GNUC_UNUSED GStrv arguments,
                  const GOptionEntry *entries)
{
    g_autoptr(GPtrArray) options = mailsim_help_list_options(command);

    n_parsed++;
    for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++)
        ck_assert_msg(
            (entry->flags & G_OPTION_FLAG_HIDDEN) != 0 || find_said(options, entry) != NULL,
            "%s takes --%s, and the help does not say it so", command, entry->long_name);
    for (guint i = 0; i < options->len; i++) {
        const MailsimHelpOption *option = g_ptr_array_index(options, i);

        ck_assert_msg(is_taken(option, entries),
                      "the help of %s has --%s, which is not taken so", command, option->name);
    }
    return NULL;
}

START_TEST(each_command_has_its_help)
{
    char *nothing[] = {NULL};

    for (const MailsimCommandLineCommand *row = mailsim_cli_commands; row->name != NULL;
         row++) {
        n_parsed = 0;
        ck_assert_int_eq(row->run(nothing), MAILSIM_EXIT_INPUT);
        ck_assert_msg(n_parsed == 1, "%s parses its options", row->name);
    }
}
END_TEST

static void
check_lines(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++)
        ck_assert_msg(mailsim_text_width(lines[i], -1) <= 80, "too wide: %s", lines[i]);
}

START_TEST(the_help_fits_a_terminal)
{
    const MailsimLanguage language = (MailsimLanguage)_i;
    g_autoptr(GString) out = g_string_new(NULL);

    mailsim_help_append(language, out);
    for (const MailsimCommandLineCommand *row = mailsim_cli_commands; row->name != NULL; row++)
        mailsim_help_append_command(row, language, out);
    check_lines(out->str);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("help");
    TCase *tcase = tcase_create("help");

    tcase_add_test(tcase, each_command_has_its_help);
    tcase_add_loop_test(tcase, the_help_fits_a_terminal, 0, 2);
    suite_add_tcase(suite, tcase);

    return run_suite(suite);
}
