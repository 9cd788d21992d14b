/* SPDX-License-Identifier: MIT
 *
 * Lists of TLS versions, as a real smtpd of Postfix 3.7 was seen to take them: which version it
 * spoke with each, or what it logged. */
#include <mailsim/settings/tls-protocols.h>

#include "../support/run-suite.h"

#define V10 1U
#define V11 2U
#define V12 4U
#define V13 8U
#define ALL MAILSIM_TLS_PROTOCOLS_ALL

/* clang-format off */
static const struct {
    const char *list;
    gboolean readable;
    guint excluded;
} lists[] = {
    {"", TRUE, 0},
    {">=TLSv1", TRUE, 0},
    {">=TLSv1.2", TRUE, V10 | V11},
    {"<=TLSv1.2", TRUE, V13},
    {">=TLSv1.1, <=TLSv1.2", TRUE, V10 | V13},
    {">=TLSv1.3 <=TLSv1.2", TRUE, ALL},
    {">=0304", TRUE, V10 | V11 | V12},
    {"<=None", TRUE, 0},
    {">= TLSv1.2", TRUE, V10 | V11 | V13}, /* no limit, but a name */
    {"tlsv1.2", TRUE, V10 | V11 | V13},
    {"TLSv1.2:TLSv1.3", TRUE, V10 | V11},
    {"!SSLv2, !SSLv3", TRUE, 0},
    {"!SSLv2, !SSLv3, !TLSv1,!TLSv1.1", TRUE, V10 | V11},
    {"!TLSv1 !TLSv1.1 !TLSv1.2 !TLSv1.3", TRUE, ALL},
    {"SSLv2", TRUE, 0},
    {"SSLv3", TRUE, ALL},
    {"TLSv1.0", FALSE, 0},
    {">=TLSv1.0", FALSE, 0},
    {"!SSLv4", FALSE, 0},
    {">=TLSv1.2; TLSv1.3", FALSE, 0},
};
/* clang-format on */

START_TEST(a_list_leaves_versions_out)
{
    guint excluded = 0;

    ck_assert_msg(mailsim_tls_protocols_parse(lists[_i].list, &excluded) == lists[_i].readable,
                  "“%s”", lists[_i].list);
    ck_assert_msg(!lists[_i].readable || excluded == lists[_i].excluded, "“%s”: %x",
                  lists[_i].list, excluded);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("tls-protocols");
    TCase *tcase = tcase_create("tls-protocols");

    tcase_add_loop_test(tcase, a_list_leaves_versions_out, 0, G_N_ELEMENTS(lists));
    suite_add_tcase(suite, tcase);

    return run_suite(suite);
}
