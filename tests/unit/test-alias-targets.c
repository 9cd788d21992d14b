/* SPDX-License-Identifier: MIT
 *
 * Lists of addresses in aliases(5), ~/.forward and virtual(5), as Postfix 3.7 was seen to read
 * them. */
#include <queue-private.h>

#include "../support/run-suite.h"

static const struct {
    const char *text;
    const char *targets; /* joined by “|” */
} lists[] = {
    {"ana, carlos",                                       "ana|carlos"                   },
    {"ana carlos",                                        "ana|carlos"                   },
    {",, ana ,",                                          "ana"                          },
    {"",                                                  ""                             },
    {" (nobody) ",                                        ""                             },
    {"\\ana",                                             "ana"                          },
    {"Ana <ana@iesgn.example>, carlos (the (big) boss)",  "ana@iesgn.example|carlos"     },
    {"luis, Ana Mora <ana@iesgn.example>",                "luis|ana@iesgn.example"       },
    {"\"Luis Mora\" <luis>, \"ana maria\"@iesgn.example", "luis|ana maria@iesgn.example" },
    {"\"/usr/bin/vacation, ana\", carlos",                "/usr/bin/vacation, ana|carlos"},
    {":include:/etc/postfix/list, bob@instituto.example",
     ":include:/etc/postfix/list|bob@instituto.example"                                  },
    {"<ana@iesgn.example",                                "ana@iesgn.example"            },
};

START_TEST(a_list_is_taken_apart)
{
    g_autoptr(GPtrArray) targets = mailsim_alias_targets_parse(lists[_i].text);
    g_autofree char *joined = NULL;

    g_ptr_array_add(targets, NULL);
    joined = g_strjoinv("|", (char **)targets->pdata);
    ck_assert_str_eq(joined, lists[_i].targets);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("alias-targets");
    TCase *tcase = tcase_create("lists");

    tcase_add_loop_test(tcase, a_list_is_taken_apart, 0, G_N_ELEMENTS(lists));
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
