/* SPDX-License-Identifier: MIT
 *
 * What was meant, and when nobody can tell. */
#include <mailsim/base/limits.h>
#include <mailsim/base/suggestion.h>

#include "../support/run-suite.h"

/* clang-format off */
static const struct {
    const char *description;
    const char *word;
    const char *expected; /* NULL: nothing is near */
} cases[] = {
    {"two letters swapped", "mial", "mail"},
    {"a letter missing", "smtp_tls_security_levl", "smtp_tls_security_level"},
    {"a letter too many", "laptopp", "laptop"},
    {"another letter", "lapdop", "laptop"},
    {"case does not count", "MAIL", "mail"},
    {"nearer wins", "mailx", "mail"},
    {"the first of two as near", "bat", "cat"},
    {"nothing in common", "certificate", NULL},
    {"a third may be wrong, not more", "lxxtxp", NULL},
    {"one letter says nothing", "x", NULL},
    {"nothing at all", "", NULL},
};
/* clang-format on */

static GPtrArray *
make_candidates(void)
{
    static const char *const names[] = {"laptop",
                                        "mail",
                                        "mailman",
                                        "cat",
                                        "rat",
                                        "y",
                                        "",
                                        "smtp_tls_security_level",
                                        "smtpd_tls_security_level"};
    GPtrArray *candidates = g_ptr_array_new();

    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        g_ptr_array_add(candidates, (char *)names[i]);
    return candidates;
}

START_TEST(the_nearest_name_is_suggested)
{
    g_autoptr(GPtrArray) candidates = make_candidates();
    const char *found = mailsim_suggestion_find(cases[_i].word, candidates);
    g_autofree char *hint = mailsim_suggestion_hint(cases[_i].word, candidates);

    ck_assert_msg(g_strcmp0(found, cases[_i].expected) == 0, "%s: got %s",
                  cases[_i].description, found);
    ck_assert((hint == NULL) == (found == NULL));
}
END_TEST

START_TEST(the_hint_is_a_question)
{
    g_autoptr(GPtrArray) candidates = make_candidates();
    g_autofree char *hint = mailsim_suggestion_hint("mial", candidates);

    ck_assert_str_eq(hint, "did you mean “mail”?");
}
END_TEST

START_TEST(too_many_candidates_help_nobody)
{
    g_autoptr(GPtrArray) candidates = make_candidates();

    while (candidates->len <= MAILSIM_SUGGESTION_MAX_CANDIDATES)
        g_ptr_array_add(candidates, (char *)"mail");
    ck_assert_ptr_null(mailsim_suggestion_find("mial", candidates));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("suggestion");
    TCase *tcase = tcase_create("suggestion");

    tcase_add_loop_test(tcase, the_nearest_name_is_suggested, 0, G_N_ELEMENTS(cases));
    tcase_add_test(tcase, the_hint_is_a_question);
    tcase_add_test(tcase, too_many_candidates_help_nobody);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);

    return run_suite(suite);
}
