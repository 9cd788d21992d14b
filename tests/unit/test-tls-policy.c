/* SPDX-License-Identifier: MIT
 *
 * Lines of smtp_tls_policy_maps: what smtp(8) of Postfix 3.7 said of each, as it stands in
 * tests/dialogue/recorded/tls/policies.txt, and which word it was about. */
#include <mailsim/settings/tls-policy.h>

#include "../support/run-suite.h"

/* clang-format off */
static const struct {
    const char *text;
    const char *level;
    gsize start, end;
    const char *said; /* last; NULL: nothing */
    gboolean fatal;
} lines[] = {
    {"MAY", "may", 0, 0, NULL, FALSE},
    {"secure, match=mx.dest.example", "secure", 0, 0, NULL, FALSE},
    {"secure,match=mx.dest.example", "secure", 0, 0, NULL, FALSE},
    {"secure Match=dest.example", "secure", 0, 0, NULL, FALSE},
    {"secure match=other.example match=mx.dest.example", "secure", 0, 0, NULL, FALSE},
    {"encrypt protocols=", "encrypt", 0, 0, NULL, FALSE},
    {"encrypt exclude=", "encrypt", 0, 0, NULL, FALSE},
    {"encrypt servername=a_b.example", "encrypt", 0, 0, NULL, FALSE},
    {"encrypt connection_reuse=YES connection_reuse=no", "encrypt", 0, 0, NULL, FALSE},
    {"secure ciphers=null", "secure", 0, 0, NULL, FALSE},
    {"half-dane", NULL, 0, 9, "invalid security level \"half-dane\"", TRUE},
    {"secure; match=x", NULL, 0, 7, "invalid security level \"secure;\"", TRUE},
    {"match=x secure", NULL, 0, 7, "invalid security level \"match=x\"", TRUE},
    {",", NULL, 0, 1, "invalid empty policy", TRUE},
    {"none protocols=TLSv1.2 nonsense", "none", 23, 31,
     "ignoring attribute \"nonsense\" with TLS disabled", FALSE},
    {"may match=dest.example", "may", 4, 22,
     "attribute \"match\" invalid at security level \"may\"", TRUE},
    {"may Match=dest.example", "may", 4, 22,
     "attribute \"Match\" invalid at security level \"may\"", TRUE},
    {"fingerprint tafile=/x", "fingerprint", 12, 21,
     "attribute \"tafile\" invalid at security level \"fingerprint\"", TRUE},
    {"secure tafile=", "secure", 7, 14, "attribute \"tafile\" has empty value", TRUE},
    {"secure tafile=/x", "secure", 7, 16,
     "the lab has no tafile=, which Postfix obeys", TRUE},
    {"may policy_ttl=5", "may", 4, 16, "invalid attribute name: \"policy_ttl\"", TRUE},
    {"encrypt protocols=>=TLSv1.2 <=TLSv1.2", "encrypt", 28, 37,
     "invalid attribute name: \"<\"", TRUE},
    {"encrypt { protocols = TLSv1.2", "encrypt", 8, 9,
     "malformed attribute/value pair \"{\": missing '=' after attribute name", TRUE},
    {"secure match", "secure", 7, 12,
     "malformed attribute/value pair \"match\": missing '=' after attribute name", TRUE},
    {"encrypt ciphers=", "encrypt", 8, 16, "attribute \"ciphers\" has empty value", TRUE},
    {"encrypt ciphers=whatever", "encrypt", 8, 24, "invalid cipher grade: \"whatever\"", FALSE},
    {"encrypt ciphers=null", "encrypt", 8, 20, "error setting cipher grade: \"null\"", FALSE},
    {"encrypt servername=-bad-", "encrypt", 8, 24,
     "\"servername=-bad-\" specifies an invalid hostname", TRUE},
    {"encrypt servername=192.0.2.10", "encrypt", 8, 29,
     "\"servername=192.0.2.10\" specifies an invalid hostname", TRUE},
    {"encrypt servername=", "encrypt", 8, 19,
     "\"servername=\" specifies an invalid hostname", TRUE},
    {"encrypt connection_reuse=", "encrypt", 8, 25,
     "attribute \"connection_reuse\" has bad value: \"\"", TRUE},
    {"encrypt protocols=TLSv1.2 protocols=TLSv1.2", "encrypt", 26, 43,
     "attribute \"protocols\" is specified multiple times", TRUE},
    {"encrypt exclude=AES exclude=DES", "encrypt", 20, 31,
     "attribute \"exclude\" is specified multiple times", TRUE},
};

static const struct {
    const char *text;
    gboolean well_formed;
} fingerprints[] = {
    {"AB:CD", TRUE}, {"abcd", TRUE}, {"", TRUE}, {"fingerprint:c", TRUE}, {"public-key:c", TRUE},
    {"ABC", FALSE}, {"AB::CD", FALSE}, {"AB:CD:", FALSE}, {"sha256:AB", FALSE},
    {"mx.dest.example", FALSE}, {":AB", FALSE},
};
/* clang-format on */

START_TEST(a_line_is_read_as_postfix_does)
{
    g_autoptr(MailsimTlsPolicyLine) line = mailsim_tls_policy_line_parse(lines[_i].text);
    const MailsimTlsPolicyProblem *last =
        line->problems->len > 0 ? g_ptr_array_index(line->problems, line->problems->len - 1)
                                : NULL;

    ck_assert_pstr_eq(line->level, lines[_i].level);
    ck_assert_pstr_eq(last != NULL ? last->words : NULL, lines[_i].said);
    if (last == NULL)
        return;
    ck_assert_uint_eq(last->start, lines[_i].start);
    ck_assert_uint_eq(last->end, lines[_i].end);
    ck_assert_int_eq(mailsim_tls_policy_fault_is_fatal(last->fault), lines[_i].fatal);
}
END_TEST

START_TEST(several_matches_are_kept_in_order)
{
    g_autoptr(MailsimTlsPolicyLine) line =
        mailsim_tls_policy_line_parse("secure match=a.example:b.example match=nexthop");

    ck_assert_uint_eq(line->matches->len, 2);
    ck_assert_str_eq(g_ptr_array_index(line->matches, 0), "a.example:b.example");
    ck_assert_str_eq(g_ptr_array_index(line->matches, 1), "nexthop");
}
END_TEST

START_TEST(fingerprints_are_pairs_of_digits)
{
    ck_assert_msg(mailsim_tls_fingerprint_is_well_formed(fingerprints[_i].text) ==
                      fingerprints[_i].well_formed,
                  "“%s”", fingerprints[_i].text);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("tls-policy");
    TCase *tcase = tcase_create("tls-policy");

    tcase_add_loop_test(tcase, a_line_is_read_as_postfix_does, 0, G_N_ELEMENTS(lines));
    tcase_add_test(tcase, several_matches_are_kept_in_order);
    tcase_add_loop_test(tcase, fingerprints_are_pairs_of_digits, 0, G_N_ELEMENTS(fingerprints));
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
