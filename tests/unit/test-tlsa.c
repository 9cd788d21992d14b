/* SPDX-License-Identifier: MIT
 *
 * The data of TLSA records: what is read of a line in a zone, where a mistake shows, and which
 * records are of use to whom. */
#include <mailsim/protocol/tlsa.h>

#include "../support/run-suite.h"

#define SHA2_256 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* clang-format off */
static const struct {
    const char *text;
    guint usage, selector, matching;
    const char *hex, *digest;
} records[] = {
    {"3 1 1 " SHA2_256, 3, 1, 1, SHA2_256, NULL},
    {"3 1 1 AB cd\tEF", 3, 1, 1, "abcdef", NULL},
    {"2\t0  0 00", 2, 0, 0, "00", NULL},
    {"255 255 255 ff", 255, 255, 255, "ff", NULL},
    {"0003 1 1 ab", 3, 1, 1, "ab", NULL},
    {"3 1 1 digest:mail", 3, 1, 1, NULL, "mail"},
    {"3 1 2 digest: a name ", 3, 1, 2, NULL, "a name"},
};

static const struct {
    const char *text;
    gsize at;
} mistakes[] = {
    {"", 0}, {"   ", 0}, {" 3 1 1 ab", 0}, {"x", 0}, {"3", 0}, {"3 1", 2}, {"3 1 1", 4}, {"3 1 1 ", 6},
    {"256 1 1 ab", 0}, {"3 -1 1 ab", 2}, {"3 +1 1 ab", 2}, {"3 1x 1 ab", 2},
    {"3 1 18446744073709551617 ab", 4},
    {"3 1 1 abc", 9}, {"3 1 1 abxd", 8}, {"3 1 1 0xab", 7}, {"3 1 1 ab\xc3\xb1", 8},
    {"3 1 1 digest:", 6}, {"3 1 1 digest:  ", 6},
};

static const struct {
    const char *text;
    const char *unusable; /* in Postfix's words */
    gboolean understood;
} uses[] = {
    {"3 1 1 " SHA2_256, NULL, TRUE},
    {"2 0 2 " SHA2_256 SHA2_256, NULL, TRUE},
    {"3 1 1 digest:mail", NULL, TRUE},
    {"3 0 0 ab", NULL, TRUE},
    {"3 1 1 ab", NULL, FALSE},
    {"3 1 2 " SHA2_256, NULL, FALSE},
    {"3 2 1 " SHA2_256, NULL, FALSE},
    {"3 1 3 " SHA2_256, NULL, FALSE},
    {"1 1 1 " SHA2_256, "unsupported TLSA certificate usage", TRUE},
    {"3 1 255 ab", "reserved private-use matching type", FALSE},
};
/* clang-format on */

START_TEST(a_record_is_read)
{
    g_auto(MailsimTlsa) tlsa = {0};

    ck_assert(mailsim_tlsa_parse(records[_i].text, &tlsa, NULL));
    ck_assert_uint_eq(tlsa.usage, records[_i].usage);
    ck_assert_uint_eq(tlsa.selector, records[_i].selector);
    ck_assert_uint_eq(tlsa.matching, records[_i].matching);
    ck_assert_pstr_eq(tlsa.hex, records[_i].hex);
    ck_assert_pstr_eq(tlsa.digest, records[_i].digest);
}
END_TEST

START_TEST(a_mistake_is_told_from_its_place)
{
    MailsimTlsa tlsa;
    gsize at = G_MAXSIZE;

    ck_assert(!mailsim_tlsa_parse(mistakes[_i].text, &tlsa, &at));
    ck_assert_uint_eq(at, mistakes[_i].at);
    ck_assert_ptr_null(tlsa.hex);
    ck_assert_ptr_null(tlsa.digest);
}
END_TEST

START_TEST(postfix_and_tls_take_different_records)
{
    g_auto(MailsimTlsa) tlsa = {0};

    ck_assert(mailsim_tlsa_parse(uses[_i].text, &tlsa, NULL));
    ck_assert_pstr_eq(mailsim_tlsa_find_unusable(&tlsa), uses[_i].unusable);
    ck_assert_int_eq(mailsim_tlsa_is_understood(&tlsa), uses[_i].understood);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("tlsa");
    TCase *tcase = tcase_create("tlsa");

    tcase_add_loop_test(tcase, a_record_is_read, 0, G_N_ELEMENTS(records));
    tcase_add_loop_test(tcase, a_mistake_is_told_from_its_place, 0, G_N_ELEMENTS(mistakes));
    tcase_add_loop_test(tcase, postfix_and_tls_take_different_records, 0, G_N_ELEMENTS(uses));
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
