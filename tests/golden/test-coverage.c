/* SPDX-License-Identifier: MIT
 *
 * docs/smtp-server.md and docs/imap-and-pop3.md are written from the program's own tables: this
 * says what they have to be, and whether they are. With MAILSIM_UPDATE_GOLDEN set they are
 * written anew. */
#include <string.h>

#include <mailsim/session/imap-login.h>
#include <mailsim/session/pop3-login.h>
#include <mailsim/session/smtp-server.h>
#include <mailsim/settings/dovecot-setting.h>
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
    MailsimFeature feature;

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

/* ---- IMAP and POP3 ----------------------------------------------------------------------- */

static const char reading_introduction[] =
    "# What the IMAP and POP3 servers know\n\n"
    "Written from the tables of the program (`meson test coverage` with "
    "MAILSIM_UPDATE_GOLDEN=1\n"
    "writes it anew). Words, and departures from an RFC, are those of Dovecot 2.3. What is "
    "announced is\n"
    "what works.\n";

typedef gboolean GetFeature(guint index, MailsimFeature *feature);

static void
append_features(GString *text, const char *title, GetFeature *get)
{
    MailsimFeature feature;

    g_string_append_printf(text, "\n## %s\n\n| word | syntax | source |\n|---|---|---|\n",
                           title);
    for (guint i = 0; get(i, &feature); i++) {
        g_autofree char *syntax =
            feature.syntax != NULL ? g_strdup_printf("`%s`", feature.syntax) : g_strdup("");

        g_string_append_printf(text, "| `%s` |", feature.name);
        append_cell(text, syntax);
        g_string_append_printf(text, " %s |\n", feature.reference);
    }
}

static void
append_settings(GString *text)
{
    const GPtrArray *names = mailsim_dovecot_setting_list();

    g_string_append(text,
                    "\n## Settings\n\nThose of dovecot.conf that the lab obeys. The value "
                    "is Debian's.\n\n| setting | value |\n|---|---|\n");
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        const char *value = mailsim_dovecot_setting_get_default(name);

        if (!mailsim_dovecot_setting_has_effect(name))
            continue;
        g_string_append_printf(text, "| `%s` |", name);
        append_cell(text, value[0] == '\0' ? "(empty)" : value);
        g_string_append_c(text, '\n');
    }
}

/* ---- both -------------------------------------------------------------------------------- */

static void
compare(const char *name, const GString *expected)
{
    g_autofree char *path =
        g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "docs", name, NULL);
    g_autofree char *found = NULL;

    if (g_getenv("MAILSIM_UPDATE_GOLDEN") != NULL)
        ck_assert(g_file_set_contents(path, expected->str, -1, NULL));
    ck_assert(g_file_get_contents(path, &found, NULL, NULL));
    ck_assert_str_eq(found, expected->str);
}

START_TEST(the_smtp_server_is_what_the_tables_say)
{
    g_autoptr(GString) expected = g_string_new(introduction);

    append_commands(expected);
    append_parameters(expected);
    append_restrictions(expected);
    compare("smtp-server.md", expected);
}
END_TEST

START_TEST(the_imap_and_pop3_servers_are_what_the_tables_say)
{
    g_autoptr(GString) expected = g_string_new(reading_introduction);

    append_features(expected, "IMAP: before the login", mailsim_imap_login_get_command);
    append_features(expected, "IMAP: from the login on", mailsim_imap_server_get_command);
    append_features(expected, "IMAP: what is announced", mailsim_imap_server_get_extension);
    append_features(expected, "POP3: before the login", mailsim_pop3_login_get_command);
    append_features(expected, "POP3: from the login on", mailsim_pop3_server_get_command);
    append_features(expected, "POP3: what CAPA says", mailsim_pop3_server_get_capability);
    append_settings(expected);
    compare("imap-and-pop3.md", expected);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("coverage");
    TCase *tcase = tcase_create("documents");

    tcase_add_test(tcase, the_smtp_server_is_what_the_tables_say);
    tcase_add_test(tcase, the_imap_and_pop3_servers_are_what_the_tables_say);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
