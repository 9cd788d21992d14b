/* SPDX-License-Identifier: MIT
 *
 * How many columns a text takes. */
#include <string.h>

#include <mailsim/base/text-width.h>

#include "../support/run-suite.h"

/* clang-format off */
static const struct {
    const char *text;
    gssize length;
    guint width;
} cases[] = {
    {"", -1, 0},
    {"EHLO laptop", -1, 11},
    {"EHLO laptop", 4, 4},
    {"EHLO laptop", 0, 0},
    {"contraseña", -1, 10},
    {"contrasen\xcc\x83" "a", -1, 10}, /* a combining tilde */
    {"━━ 1 ·", -1, 6},
    {"邮件", -1, 4},
    {"邮件", 3, 2},
    {"a\xe2\x80\x8b" "b", -1, 2}, /* ZERO WIDTH SPACE */
    {"\033[1;32mok\033[0m", -1, 2},
    {"\033[1;32mok\033[0m", 9, 2},
    {"\033[1;32mok\033[0m", 5, 0}, /* cut in a colour */
    {"ok\033[", -1, 2},
};
/* clang-format on */

START_TEST(text_has_a_width)
{
    ck_assert_msg(mailsim_text_width(cases[_i].text, cases[_i].length) == cases[_i].width,
                  "“%s”: %u columns", cases[_i].text,
                  mailsim_text_width(cases[_i].text, cases[_i].length));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("text-width");
    TCase *tcase = tcase_create("text-width");

    tcase_add_loop_test(tcase, text_has_a_width, 0, G_N_ELEMENTS(cases));
    suite_add_tcase(suite, tcase);

    return run_suite(suite);
}
