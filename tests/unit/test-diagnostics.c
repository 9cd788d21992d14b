/* SPDX-License-Identifier: MIT
 *
 * Diagnostics as a person sees them: the place, the line, the caret, the hint. */
#include <string.h>

#include <mailsim/base/diagnostics.h>

#include "../support/run-suite.h"

static MailsimSource *
make_source(const char *name, const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

    return mailsim_source_new(name, bytes);
}

/* clang-format off */
static const struct {
    const char *description;
    const char *line;
    gsize start;
    gsize end;
    const char *hint;
    const char *expected; /* after the first line */
} excerpts[] = {
    {"a span in the middle", "outgoing = mial:587", 11, 15, "did you mean “mail”?",
     "    1 | outgoing = mial:587\n"
     "      |            ^^^^ did you mean “mail”?\n"},
    {"no hint", "abc", 0, 3, NULL, "    1 | abc\n"
     "      | ^^^\n"},
    {"an empty span is one caret", "abc", 1, 1, NULL, "    1 | abc\n"
     "      |  ^\n"},
    {"after the end of the line", "abc", 3, 3, "here", "    1 | abc\n"
     "      |    ^ here\n"},
    {"an empty line", "", 0, 0, "here", "    1 | \n"
     "      | ^ here\n"},
    {"letters of more than one byte are one column", "ñandú = sí", 8, 9, NULL,
     "    1 | ñandú = sí\n"
     "      |       ^\n"},
    {"a wide letter is two columns", "日本 x", 0, 6, NULL, "    1 | 日本 x\n"
     "      | ^^^^\n"},
    {"a combining accent is none", "e\xcc\x81 = x", 6, 7, NULL,
     "    1 | e\xcc\x81 = x\n"
     "      |     ^\n"},
    {"tabs are blanks up to the next eighth column", "a\tb", 2, 3, NULL,
     "    1 | a       b\n"
     "      |         ^\n"},
    {"controls are shown, not obeyed", "a\x1b[31mb\x7f", 1, 2, NULL,
     "    1 | a␛[31mb␡\n"
     "      |  ^\n"},
    {"so is what turns the direction of writing", "a\xe2\x80\xae" "b", 4, 5, NULL,
     "    1 | a\xef\xbf\xbd" "b\n"
     "      |   ^\n"},
    {"bytes that are not UTF-8", "a\xff\xfe" "b", 1, 2, NULL,
     "    1 | a\xef\xbf\xbd\xef\xbf\xbd" "b\n"
     "      |  ^\n"},
    {"a long line is cut behind",
     "0123456789012345678901234567890123456789012345678901234567890123456789 end", 2, 4, "x",
     "    1 | 01234567890123456789012345678901234567890123456789012345678901234567…\n"
     "      |   ^^ x\n"},
    {"and before",
     "0123456789012345678901234567890123456789012345678901234567890123456789"
     "0123456789012345678901234567890123456789MIAL567890123456789012345678901234567890",
     110, 114, "x",
     "    1 | …8901234567890123456789MIAL567890123456789012345678901234567890\n"
     "      |                        ^^^^ x\n"},
    {"a wide span is marked as far as it is shown",
     "0123456789012345678901234567890123456789012345678901234567890123456789 end", 60, 74, "x",
     "    1 | …89012345678901234567890123456789 end\n"
     "      |                        ^^^^^^^^^^^^^^ x\n"},
    {"a hint that just fits in 80 columns", "abc", 0, 3,
     "x2345678901234567890123456789012345678901234567890123456789012345678",
     "    1 | abc\n"
     "      | ^^^ x2345678901234567890123456789012345678901234567890123456789012345678\n"},
    {"one that does not goes below, in lines of its own", "abc", 0, 3,
     "ñ234567890123456789012345678901234567890123456789012345678901234567 9 1 3456 8",
     "    1 | abc\n"
     "      | ^^^\n"
     "      | ñ234567890123456789012345678901234567890123456789012345678901234567 9 1\n"
     "      | 3456 8\n"},
    {"a word longer than that stands alone", "abc", 0, 3,
     "a x23456789012345678901234567890123456789012345678901234567890123456789012345 b",
     "    1 | abc\n"
     "      | ^^^\n"
     "      | a\n"
     "      | x23456789012345678901234567890123456789012345678901234567890123456789012345\n"
     "      | b\n"},
};
/* clang-format on */

START_TEST(the_caret_stands_under_what_is_wrong)
{
    g_autoptr(MailsimSource) source = make_source("a.scenario", excerpts[_i].line);
    g_autoptr(MailsimSource) with_line = make_source("a.scenario", "\n");
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    MailsimSpan span = {*excerpts[_i].line ? source : with_line, 1, excerpts[_i].start,
                        excerpts[_i].end};

    mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, &span, excerpts[_i].hint,
                            "wrong");

    g_autofree char *printed = mailsim_diagnostics_print(diagnostics, 0);
    const char *rest = strchr(printed, '\n') + 1;

    ck_assert_msg(strcmp(rest, excerpts[_i].expected) == 0, "%s: got\n%s",
                  excerpts[_i].description, rest);
    ck_assert(g_str_has_prefix(printed, "a.scenario:1:"));
}
END_TEST

START_TEST(columns_count_characters_from_one)
{
    g_autoptr(MailsimSource) source = make_source("a.scenario", "x\nñandú = sí\n");
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    MailsimSpan span = {source, 2, 10, 13};

    mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_WARNING, &span, NULL, "“%s”", "sí");

    g_autofree char *printed = mailsim_diagnostics_print(diagnostics, 0);

    ck_assert(g_str_has_prefix(printed, "a.scenario:2:9: warning: “sí”\n"));
}
END_TEST

START_TEST(they_stand_in_the_order_of_the_file)
{
    g_autoptr(MailsimSource) first = make_source("first", "a b\nc\n");
    g_autoptr(MailsimSource) second = make_source("second", "a\n");
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    MailsimSpan spans[] = {
        {first,  2, 0, 1},
        {second, 1, 0, 1},
        {first,  1, 2, 3},
        {first,  1, 0, 1},
        {first,  1, 0, 1}
    };

    for (guint i = 0; i < G_N_ELEMENTS(spans); i++)
        mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, &spans[i], NULL, "%u", i);

    g_autofree char *printed = mailsim_diagnostics_print(diagnostics, 0);
    g_auto(GStrv) lines = g_strsplit(printed, "\n", -1);

    ck_assert_str_eq(lines[0], "first:1:1: error: 3");
    ck_assert_str_eq(lines[3], "first:1:1: error: 4");
    ck_assert_str_eq(lines[6], "first:1:3: error: 2");
    ck_assert_str_eq(lines[9], "first:2:1: error: 0");
    ck_assert_str_eq(lines[12], "second:1:1: error: 1");
    ck_assert_uint_eq(mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR), 5);
    ck_assert_uint_eq(mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_WARNING), 0);
}
END_TEST

START_TEST(the_rest_is_counted)
{
    g_autoptr(MailsimSource) source = make_source("a", "a\n");
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    MailsimSpan span = {source, 1, 0, 1};

    for (guint i = 0; i < 5; i++)
        mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, &span, NULL, "x");

    g_autofree char *two = mailsim_diagnostics_print(diagnostics, 2);
    g_autofree char *five = mailsim_diagnostics_print(diagnostics, 5);

    ck_assert(g_str_has_suffix(two, "\nand 3 more (--all prints them)\n"));
    ck_assert(!strstr(five, "more"));
}
END_TEST

START_TEST(who_asks_for_all_gets_the_long_hint)
{
    g_autoptr(MailsimSource) source = make_source("a.scenario", "abc\n");
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    MailsimSpan span = {source, 1, 0, 1};

    mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_WARNING, &span, "a, …", "x");
    mailsim_diagnostics_set_long_hint(diagnostics, "a, b, c");
    mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_WARNING, &span, "short", "y");

    g_autofree char *some = mailsim_diagnostics_print(diagnostics, 20);
    g_autofree char *all = mailsim_diagnostics_print(diagnostics, 0);

    ck_assert_str_eq(some, "a.scenario:1:1: warning: x\n    1 | abc\n      | ^ a, …\n"
                           "a.scenario:1:1: warning: y\n    1 | abc\n      | ^ short\n");
    ck_assert_str_eq(all, "a.scenario:1:1: warning: x\n    1 | abc\n      | ^ a, b, c\n"
                          "a.scenario:1:1: warning: y\n    1 | abc\n      | ^ short\n");
}
END_TEST

START_TEST(a_second_place_is_shown_below)
{
    g_autoptr(MailsimSource) source = make_source("a", "b\nb\n");
    g_autoptr(MailsimSource) other = make_source("c", "b\n");
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    MailsimSpan span = {source, 2, 0, 1}, first = {source, 1, 0, 1}, far = {other, 1, 0, 1};

    mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, &span, NULL, "twice");
    mailsim_diagnostics_point_at(diagnostics, &first, "first written here");
    mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, &span, NULL, "twice");
    mailsim_diagnostics_point_at(diagnostics, &far, "first written here");

    g_autofree char *printed = mailsim_diagnostics_print(diagnostics, 0);

    ck_assert_str_eq(printed, "a:2:1: error: twice\n"
                              "    2 | b\n"
                              "      | ^\n"
                              "    1 | b\n"
                              "      | ^ first written here\n"
                              "a:2:1: error: twice\n"
                              "    2 | b\n"
                              "      | ^\n"
                              "c:1:1: note: first written here\n"
                              "    1 | b\n"
                              "      | ^\n");
}
END_TEST

START_TEST(nothing_prints_nothing)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autofree char *printed = mailsim_diagnostics_print(diagnostics, 20);

    ck_assert_str_eq(printed, "");
}
END_TEST

START_TEST(what_no_file_says_has_no_place)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    MailsimSpan span = {0};

    mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, &span, "do", "no “a\tb\x1b”");

    g_autofree char *printed = mailsim_diagnostics_print(diagnostics, 20);

    ck_assert_str_eq(printed, "mailsim: error: no “a b␛”\n      | do\n");
}
END_TEST

START_TEST(a_long_quoted_word_is_cut)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autofree char *word = g_strnfill(100000, 'x');
    MailsimSpan span = {0};

    mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, &span, NULL, "no “%s” here",
                            word);

    g_autofree char *printed = mailsim_diagnostics_print(diagnostics, 20);

    ck_assert_uint_lt(strlen(printed), 100);
    ck_assert(g_str_has_suffix(printed, "xxx…” here\n"));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("diagnostics");
    TCase *tcase = tcase_create("diagnostics");

    tcase_add_loop_test(tcase, the_caret_stands_under_what_is_wrong, 0, G_N_ELEMENTS(excerpts));
    tcase_add_test(tcase, columns_count_characters_from_one);
    tcase_add_test(tcase, they_stand_in_the_order_of_the_file);
    tcase_add_test(tcase, the_rest_is_counted);
    tcase_add_test(tcase, who_asks_for_all_gets_the_long_hint);
    tcase_add_test(tcase, a_second_place_is_shown_below);
    tcase_add_test(tcase, nothing_prints_nothing);
    tcase_add_test(tcase, what_no_file_says_has_no_place);
    tcase_add_test(tcase, a_long_quoted_word_is_cut);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);

    return run_suite(suite);
}
