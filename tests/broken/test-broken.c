/* SPDX-License-Identifier: MIT
 *
 * Broken scenarios, one mistake each, and what a teacher is told of it: NAME.scenario beside
 * NAME.expected. MAILSIM_UPDATE_GOLDEN=1 writes the expected texts anew, to be read with
 * care. What is too large or too odd for a file of the tree is made here. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include <mailsim/base/limits.h>
#include <mailsim/scenario/scenario.h>

#include "lint-private.h"

#include "../support/run-suite.h"

static GPtrArray *names; /* of the files, sorted, without .scenario */

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Files whose name ends in “-part” are there to be included by others. */
static void
list_files(void)
{
    g_autoptr(GDir) folder = g_dir_open(".", 0, NULL);
    const char *file;

    names = g_ptr_array_new_with_free_func(g_free);
    while (folder && (file = g_dir_read_name(folder)))
        if (g_str_has_suffix(file, ".scenario") && !g_str_has_suffix(file, "-part.scenario"))
            g_ptr_array_add(names, g_strndup(file, strlen(file) - strlen(".scenario")));
    g_ptr_array_sort(names, compare_names);
}

static gboolean
is_updating(void)
{
    return g_strcmp0(g_getenv("MAILSIM_UPDATE_GOLDEN"), "1") == 0;
}

static void
compare_with_file(const char *name, const char *printed)
{
    g_autofree char *file = g_strconcat(name, ".expected", NULL);
    g_autofree char *expected = NULL;

    if (is_updating())
        ck_assert(g_file_set_contents(file, printed, -1, NULL));
    ck_assert_msg(g_file_get_contents(file, &expected, NULL, NULL), "there is no %s", file);
    ck_assert_msg(strcmp(printed, expected) == 0, "%s: expected\n%s\ngot\n%s", name, expected,
                  printed);
}

START_TEST(a_mistake_is_told_where_it_stands)
{
    const char *name = g_ptr_array_index(names, _i);
    g_autofree char *file = g_strconcat(name, ".scenario", NULL);
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(MailsimScenario) scenario = mailsim_scenario_load(file, diagnostics, &error);

    ck_assert_msg(scenario != NULL, "%s", error ? error->message : "no error");
    /* As “mailsim check” does. */
    if (mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) == 0)
        mailsim_scenario_lint(scenario, diagnostics);

    g_autofree char *printed =
        mailsim_diagnostics_print(diagnostics, MAILSIM_DIAGNOSTICS_SHOWN);

    compare_with_file(name, printed);
    /* Nothing runs from a file with a mistake; files that are only warned of do run. */
    ck_assert_msg((mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) > 0) ==
                      (mailsim_scenario_count_steps(scenario) == 0),
                  "%s has %u steps", name, mailsim_scenario_count_steps(scenario));
    ck_assert_msg(*printed, "%s is not broken", name);
}
END_TEST

/* Lint: for each rule lint-NAME.scenario, and a row in docs/lint.md. */
static void
expect_files(const char *rule)
{
    g_autofree char *manual = NULL;
    g_autofree char *name = g_strconcat("lint-", rule, NULL);
    g_autofree char *row = g_strdup_printf("\n| `%s` | ", rule);

    ck_assert(g_file_get_contents("../../docs/lint.md", &manual, NULL, NULL));
    ck_assert_msg(g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL),
                  "there is no %s.scenario", name);
    ck_assert_msg(strstr(manual, row) != NULL, "docs/lint.md has no %s", rule);
}

/* Of lines that are not main.cf's: lint-policy.c, lint-zone.c. */
static const char *const other_rules[] = {"policy-line", "policy-key",    "policy-twice",
                                          "tlsa-owner",  "tlsa-unsigned", "tlsa-useless"};

START_TEST(every_rule_of_lint_has_one)
{
    for (guint i = 0; i < G_N_ELEMENTS(other_rules); i++)
        expect_files(other_rules[i]);
    for (guint i = 0; i < lint_n_server_rules; i++)
        expect_files(lint_server_rules[i].name);
    for (guint i = 0; i < lint_n_client_rules; i++)
        expect_files(lint_client_rules[i].name);
    for (guint i = 0; i < lint_n_client_tls_rules; i++)
        expect_files(lint_client_tls_rules[i].name);
    for (guint i = 0; i < lint_n_dovecot_rules; i++)
        expect_files(lint_dovecot_rules[i].name);
    for (guint i = 0; i < lint_n_program_rules; i++)
        expect_files(lint_program_rules[i].name);
}
END_TEST

START_TEST(there_are_many_of_them)
{
    ck_assert_uint_ge(names->len, 60);
}
END_TEST

/* --- Made here --- */

static GBytes *
make_text(const char *text)
{
    return g_bytes_new(text, strlen(text));
}

static GBytes *
repeat(const char *head, const char *format, guint count)
{
    GString *text = g_string_new(head);

    for (guint i = 0; i < count; i++) {
        char *line = g_strdup_printf("%u", i);
        g_auto(GStrv) parts = g_strsplit(format, "N", -1);
        g_autofree char *joined = g_strjoinv(line, parts);

        g_string_append(text, joined);
        g_free(line);
    }
    return g_string_free_to_bytes(text);
}

#define HEAD "[scenario]\ntitle = Many\n"

static GBytes *
make_nul(void)
{
    static const char text[] = "[scenario]\ntitle = a\0b\n[step a]\ntitle = x\ndo = set\n";

    return g_bytes_new(text, sizeof text - 1);
}

static GBytes *
make_nothing(void)
{
    return g_bytes_new("", 0);
}

static GBytes *
make_long_line(void)
{
    g_autofree char *line = g_strnfill(3 * 1024 * 1024, 'x');
    g_autofree char *text = g_strconcat(HEAD "summary = ", line, "\n", NULL);

    return make_text(text);
}

static GBytes *
make_long_word(void)
{
    g_autofree char *line = g_strnfill(60000, 'x');
    g_autofree char *text = g_strconcat(HEAD "[", line, "]\n", line, "\n", NULL);

    return make_text(text);
}

static GBytes *
make_groups(void)
{
    return repeat(HEAD, "[grup N]\nkey = N\n", 300000);
}

static GBytes *
make_hosts(void)
{
    return repeat(HEAD, "[host hN]\nusers = uN\n", 300000);
}

static GBytes *
make_parameters(void)
{
    return repeat(HEAD "[host mail]\n[postfix mail]\n", "smtp_tls_securiti_N = N\n", 300000);
}

static GBytes *
make_steps(void)
{
    return repeat(HEAD "[host mail]\nusers = ana\n",
                  "[step sN]\ntitle = N\ndo = send\nby = anna\nto = bob@a.example\n", 100000);
}

static GBytes *
make_duplicates(void)
{
    return repeat(HEAD "[postfix mail]\n", "[postfix mail]\nx = N\n", 300000);
}

static GBytes *
make_continuations(void)
{
    return repeat(HEAD "[host mail]\n[postfix mail]\nmynetworks = 127.0.0.0/8\n",
                  "  192.0.2.0/24,\n", 300000);
}

static GBytes *
make_lines(void)
{
    return repeat(HEAD, "\n", MAILSIM_SCENARIO_LINES_MAX + 5);
}

static GBytes *
make_large_file(void)
{
    gsize length = MAILSIM_SCENARIO_FILE_MAX_BYTES + 1;

    return g_bytes_new_take(g_strnfill(length, '#'), length);
}

static GBytes *
make_rubbish(void)
{
    GByteArray *bytes = g_byte_array_new();
    guint32 state = 1;

    for (guint i = 0; i < 20000; i++) {
        state = state * 1103515245 + 12345;
        guint8 byte = (guint8)(state >> 16);

        /* How wide a letter of some script is, each version of Unicode says anew. */
        if (byte >= 0x80)
            byte = 0xff;
        g_byte_array_append(bytes, &byte, 1);
    }
    return g_byte_array_free_to_bytes(bytes);
}

static const struct {
    const char *name;
    GBytes *(*make)(void);
} made[] = {
    {"made-nul",           make_nul          },
    {"made-nothing",       make_nothing      },
    {"made-long-line",     make_long_line    },
    {"made-long-word",     make_long_word    },
    {"made-groups",        make_groups       },
    {"made-hosts",         make_hosts        },
    {"made-parameters",    make_parameters   },
    {"made-steps",         make_steps        },
    {"made-duplicates",    make_duplicates   },
    {"made-continuations", make_continuations},
    {"made-lines",         make_lines        },
    {"made-large-file",    make_large_file   },
    {"made-rubbish",       make_rubbish      },
};

START_TEST(what_is_large_or_odd_is_told_soon)
{
    g_autoptr(GBytes) text = made[_i].make();
    g_autofree char *file = g_strconcat(made[_i].name, ".scenario", NULL);
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    gint64 before = g_get_monotonic_time();
    g_autoptr(MailsimScenario) scenario = mailsim_scenario_load_text(file, text, diagnostics);
    g_autofree char *printed =
        mailsim_diagnostics_print(diagnostics, MAILSIM_DIAGNOSTICS_SHOWN);
    double seconds = (double)(g_get_monotonic_time() - before) / G_USEC_PER_SEC;

    compare_with_file(made[_i].name, printed);
    ck_assert_uint_eq(mailsim_scenario_count_steps(scenario), 0);
    /* Seconds, where a quadratic way would take minutes; with sanitizers, too. */
    ck_assert_msg(seconds < 20, "%s took %.1f s", made[_i].name, seconds);
    if (is_updating())
        fprintf(stderr, "%-20s %.2f s\n", made[_i].name, seconds);
}
END_TEST

/* --- What cannot be read at all --- */

static void
expect_error(const char *name, MailsimScenarioError code, const char *message)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(GError) error = NULL;
    MailsimScenario *scenario = mailsim_scenario_load(name, diagnostics, &error);

    ck_assert_ptr_null(scenario);
    ck_assert_ptr_nonnull(error);
    ck_assert_str_eq(error->message, message);
    ck_assert(g_error_matches(error, MAILSIM_SCENARIO_ERROR, (int)code));
}

START_TEST(a_file_that_is_not_there_is_an_error)
{
    expect_error("nowhere.scenario", MAILSIM_SCENARIO_ERROR_UNKNOWN,
                 "cannot read “nowhere.scenario”: no such file");
    expect_error("./case5", MAILSIM_SCENARIO_ERROR_UNKNOWN,
                 "cannot read “./case5”: no such file");
    expect_error("case6", MAILSIM_SCENARIO_ERROR_UNKNOWN,
                 "no scenario “case6”: neither a file nor built in");
}
END_TEST

START_TEST(a_directory_is_an_error)
{
    expect_error("../broken", MAILSIM_SCENARIO_ERROR_UNREADABLE,
                 "cannot read “../broken”: it is a directory");
}
END_TEST

START_TEST(an_unreadable_file_is_an_error)
{
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "mailsim-XXXXXX", NULL);
    int descriptor = g_mkstemp(path);
    g_autofree char *message = g_strdup_printf("cannot read “%s”: permission denied", path);

    ck_assert_int_ge(descriptor, 0);
    close(descriptor);
    g_chmod(path, 0);
    /* Nothing is unreadable to root. */
    if (geteuid() != 0)
        expect_error(path, MAILSIM_SCENARIO_ERROR_UNREADABLE, message);
    g_unlink(path);
}
END_TEST

START_TEST(a_pipe_is_read_to_its_end_and_not_beyond_the_limit)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimScenario) scenario = mailsim_scenario_load("/dev/zero", diagnostics, NULL);
    g_autofree char *printed = mailsim_diagnostics_print(diagnostics, 0);

    ck_assert_ptr_nonnull(scenario);
    ck_assert_str_eq(printed, "/dev/zero:1:1: error: a file of more than 64 MiB\n"
                              "      | is this a scenario?\n");
}
END_TEST

int
main(void)
{
    g_autofree char *folder =
        g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "tests", "broken", NULL);

    if (g_chdir(folder) != 0)
        return EXIT_FAILURE;
    list_files();

    Suite *suite = suite_create("broken");
    TCase *files = tcase_create("files");
    tcase_add_loop_test(files, a_mistake_is_told_where_it_stands, 0, (int)names->len);
    tcase_add_test(files, there_are_many_of_them);
    tcase_add_test(files, every_rule_of_lint_has_one);
    suite_add_tcase(suite, files);

    TCase *large = tcase_create("large");
    tcase_add_loop_test(large, what_is_large_or_odd_is_told_soon, 0, G_N_ELEMENTS(made));
    tcase_set_timeout(large, 120);
    suite_add_tcase(suite, large);

    TCase *unreadable = tcase_create("unreadable");
    tcase_add_test(unreadable, a_file_that_is_not_there_is_an_error);
    tcase_add_test(unreadable, a_directory_is_an_error);
    tcase_add_test(unreadable, an_unreadable_file_is_an_error);
    tcase_add_test(unreadable, a_pipe_is_read_to_its_end_and_not_beyond_the_limit);
    tcase_set_timeout(unreadable, 60);
    suite_add_tcase(suite, unreadable);

    const int status = run_suite(suite);

    g_ptr_array_unref(names);
    return status;
}
