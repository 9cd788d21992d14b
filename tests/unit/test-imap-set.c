/* SPDX-License-Identifier: MIT
 *
 * Sets of messages: how they are written, and what they hold. */
#include <mailsim/protocol/imap-set.h>

#include "../support/run-suite.h"

static const struct {
    const char *text;
    guint32 star;
    const char *set; /* NULL: it is none */
} sets[] = {
    {"1",                    9, "1"           },
    {"2,4:7",                9, "2,4:7"       },
    {"5:2",                  9, "2:5"         },
    {"*",                    9, "9"           },
    {"*:4",                  9, "4:9"         },
    {"12:*",                 9, "9:12"        },
    {"3,1,2",                9, "1:3"         },
    {"1:4,3:6",              9, "1:6"         },
    {"4294967295",           9, "4294967295"  },
    {"1:4294967295,7",       9, "1:4294967295"},
    {"4294967296",           9, NULL          },
    {"0",                    9, NULL          },
    {"01",                   9, "1"           },
    {"00",                   9, NULL          },
    {"18446744073709551617", 9, NULL          },
    {"",                     9, NULL          },
    {"1,",                   9, "1"           },
    {"1,,",                  9, NULL          },
    {"1,,2",                 9, NULL          },
    {",1",                   9, NULL          },
    {"1:",                   9, NULL          },
    {"1:2:3",                9, NULL          },
    {"1 2",                  9, NULL          },
    {"x",                    9, NULL          },
};

START_TEST(sets_are_read_in_any_order_and_kept_in_order)
{
    g_autoptr(GArray) ranges = mailsim_imap_set_parse(sets[_i].text, sets[_i].star);
    g_autofree char *set = NULL;

    ck_assert_msg((ranges == NULL) == (sets[_i].set == NULL), "“%s”", sets[_i].text);
    if (ranges == NULL)
        return;
    set = mailsim_imap_set_format(ranges);
    ck_assert_str_eq(set, sets[_i].set);
}
END_TEST

START_TEST(a_set_knows_what_it_has_and_grows_at_its_end)
{
    g_autoptr(GArray) ranges = mailsim_imap_set_parse("2,4:7", 9);
    g_autofree char *set = NULL;

    ck_assert(mailsim_imap_set_has(ranges, 2));
    ck_assert(!mailsim_imap_set_has(ranges, 3));
    ck_assert(mailsim_imap_set_has(ranges, 7));
    ck_assert(!mailsim_imap_set_has(ranges, 8));
    mailsim_imap_set_add(ranges, 8);
    mailsim_imap_set_add(ranges, 11);
    set = mailsim_imap_set_format(ranges);
    ck_assert_str_eq(set, "2,4:8,11");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("imap-set");
    TCase *tcase = tcase_create("imap-set");

    tcase_add_loop_test(tcase, sets_are_read_in_any_order_and_kept_in_order, 0,
                        G_N_ELEMENTS(sets));
    tcase_add_test(tcase, a_set_knows_what_it_has_and_grows_at_its_end);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
