/* SPDX-License-Identifier: MIT
 *
 * Lines of a text, whatever ends them. */
#include <string.h>

#include <mailsim/base/source.h>

#include "../support/run-suite.h"

#define TEXT(literal) .text = literal, .length = sizeof literal - 1

/* clang-format off */
static const struct {
    const char *description;
    const char *text;
    gsize length;
    const char *lines; /* joined by “|” */
    guint count;
} cases[] = {
    {"nothing", TEXT(""), "", 0},
    {"one line without end", TEXT("a"), "a", 1},
    {"one line", TEXT("a\n"), "a", 1},
    {"an empty line", TEXT("\n"), "", 1},
    {"an empty line between", TEXT("a\n\nb"), "a||b", 3},
    {"CRLF", TEXT("a\r\nb\r\n"), "a|b", 2},
    {"CR alone ends nothing", TEXT("a\rb"), "a\rb", 1},
    {"a NUL byte", TEXT("a\0b\nc"), "a\0b|c", 2},
};
/* clang-format on */

START_TEST(lines_are_counted_from_one_and_have_no_end)
{
    g_autoptr(GBytes) text = g_bytes_new_static(cases[_i].text, cases[_i].length);
    g_autoptr(MailsimSource) source = mailsim_source_new("a.scenario", text);
    g_autoptr(GString) joined = g_string_new(NULL);
    gsize length;

    ck_assert_uint_eq(mailsim_source_count_lines(source), cases[_i].count);
    for (guint line = 1; line <= cases[_i].count; line++) {
        const char *start = mailsim_source_get_line(source, line, &length);

        ck_assert_ptr_nonnull(start);
        if (line > 1)
            g_string_append_c(joined, '|');
        g_string_append_len(joined, start, (gssize)length);
    }
    ck_assert_msg(memcmp(joined->str, cases[_i].lines, joined->len) == 0, "%s: %s",
                  cases[_i].description, joined->str);
    ck_assert_ptr_null(mailsim_source_get_line(source, 0, &length));
    ck_assert_ptr_null(mailsim_source_get_line(source, cases[_i].count + 1, &length));
    ck_assert_str_eq(mailsim_source_get_name(source), "a.scenario");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("source");
    TCase *tcase = tcase_create("source");

    tcase_add_loop_test(tcase, lines_are_counted_from_one_and_have_no_end, 0,
                        G_N_ELEMENTS(cases));
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);

    return run_suite(suite);
}
