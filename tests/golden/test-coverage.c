/* SPDX-License-Identifier: MIT
 *
 * docs/smtp-server.md is written from the program's own tables: this says what it has to be,
 * and whether it is. With MAILSIM_UPDATE_GOLDEN set it is written anew. */
#include <string.h>

#include <mailsim/session/smtp-server.h>
#include <mailsim/settings/postfix-parameter.h>

#include "../support/run-suite.h"

static const char introduction[] =
    "# What the SMTP server knows\n\n"
    "Written from the tables of the program (`meson test coverage` with "
    "MAILSIM_UPDATE_GOLDEN=1\n"
    "writes it anew). Where a real Postfix 3.7 departs from an RFC, so does the lab.\n\n";

static void
append_commands(GString *text)
{
    MailsimSmtpFeature feature;

    g_string_append(text, "## Commands\n\n| command | syntax | source |\n|---|---|---|\n");
    for (guint i = 0; mailsim_smtp_server_get_command(i, &feature); i++)
        g_string_append_printf(text, "| `%s` | `%s` | %s |\n", feature.name, feature.syntax,
                               feature.reference);
    g_string_append(text, "\n## The reply to EHLO\n\n| keyword | source |\n|---|---|\n");
    for (guint i = 0; mailsim_smtp_server_get_extension(i, &feature); i++)
        g_string_append_printf(text, "| `%s` | %s |\n", feature.name, feature.reference);
}

static gboolean
is_of_server(const char *name)
{
    return mailsim_postfix_parameter_has_effect(name) && !g_str_has_prefix(name, "smtp_");
}

/* A cell of a table has no bars in it. */
static void
append_cell(GString *text, const char *words)
{
    g_auto(GStrv) parts = g_strsplit(words, "|", -1);
    g_autofree char *escaped = g_strjoinv("\\|", parts);

    g_string_append_printf(text, " %s |", escaped);
}

static void
append_parameters(GString *text)
{
    const GPtrArray *names = mailsim_postfix_parameter_list();

    g_string_append(text,
                    "\n## Parameters\n\n"
                    "Those of postconf(5) that the lab obeys, but for its client's, smtp_…. "
                    "The value is Debian's.\n\n"
                    "| parameter | what it does | value |\n|---|---|---|\n");
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        const char *value = mailsim_postfix_parameter_get_default(name);

        if (!is_of_server(name))
            continue;
        g_string_append_printf(text, "| `%s` |", name);
        append_cell(text, mailsim_postfix_parameter_describe(name));
        append_cell(text, value[0] == '\0' ? "(empty)" : value);
        g_string_append_c(text, '\n');
    }
}

static void
append_restrictions(GString *text)
{
    const GPtrArray *words = mailsim_restriction_list();

    g_string_append(text,
                    "\n## Restrictions\n\n"
                    "The words of the `smtpd_*_restrictions` that the lab evaluates.\n\n");
    for (guint i = 0; i < words->len; i++) {
        const char *word = g_ptr_array_index(words, i);

        if (mailsim_restriction_is_built(word))
            g_string_append_printf(text, "- `%s`\n", word);
    }
    g_string_append(text, "\nNot built yet, and said so where a scenario uses them:\n\n");
    for (guint i = 0; i < words->len; i++) {
        const char *word = g_ptr_array_index(words, i);

        if (!mailsim_restriction_is_built(word))
            g_string_append_printf(text, "- `%s`\n", word);
    }
}

START_TEST(the_document_is_what_the_tables_say)
{
    g_autofree char *path =
        g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "docs", "smtp-server.md", NULL);
    g_autoptr(GString) expected = g_string_new(introduction);
    g_autofree char *found = NULL;

    append_commands(expected);
    append_parameters(expected);
    append_restrictions(expected);
    if (g_getenv("MAILSIM_UPDATE_GOLDEN") != NULL)
        ck_assert(g_file_set_contents(path, expected->str, -1, NULL));
    ck_assert(g_file_get_contents(path, &found, NULL, NULL));
    ck_assert_str_eq(found, expected->str);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("coverage");
    TCase *tcase = tcase_create("documents");

    tcase_add_test(tcase, the_document_is_what_the_tables_say);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
