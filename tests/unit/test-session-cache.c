/* SPDX-License-Identifier: MIT
 *
 * smtp(8)'s cache of TLS sessions: which delivery may take up the session of an earlier one. */
#include "../support/run-suite.h"
#include "../support/scenario-text.h"

#define SEND(NAME) "[step " NAME "]\n" HOW
#define HOW        "title = t\ntitle[es] = t\ndo = send\nby = ana\nto = bob@instituto.example\n"

/* Up to TLS 1.2, which has anonymous ciphers; for the third delivery there is something else. */
static const char world[] =
    "[scenario]\ntitle = t\ntitle[es] = t\n"
    "[host mail]\nmailname = iesgn.example\nusers = ana\n"
    "[postfix mail]\nsmtp_tls_security_level = encrypt\n"
    "smtp_tls_session_cache_database = btree:${data_directory}/smtp_scache\n"
    "smtp_tls_policy_maps = hash:/etc/postfix/tls_policy\n"
    "[file mail /etc/postfix/tls_policy]\n1 = elsewhere.example none\n"
    "[host instituto]\nusers = bob\n"
    "[postfix instituto]\nsmtpd_tls_protocols = <=TLSv1.2\n" SEND("first")
        SEND("again") "%s\n" SEND("other");

#define TABLE "[file mail /etc/postfix/tls_policy @other]\n1 = instituto.example "

static const struct {
    const char *change;
    gboolean resumed;
    const char *trust;
} cases[] = {
    {"# nothing",                                                         TRUE,  "Anonymous"},
    {TABLE "encrypt",                                                     TRUE,  "Anonymous"},
    {TABLE "may",                                                         FALSE, "Anonymous"},
    {TABLE "encrypt protocols=>=TLSv1.1",                                 FALSE, "Anonymous"},
    {"[postfix mail @other]\nsmtp_helo_timeout = 200s",                   FALSE, "Anonymous"},
    {"[postfix instituto @other]\nsmtpd_banner = x",                      FALSE, "Anonymous"},
    {"[postfix mail @other]\nsmtp_tls_mandatory_exclude_ciphers = aNULL", FALSE, "Untrusted"},
};

START_TEST(a_reload_and_other_settings_begin_anew)
{
    g_autofree char *text = g_strdup_printf(world, cases[_i].change);
    g_autofree char *told = NULL;
    g_autoptr(MailsimRecording) recording = scenario_text_run(text, &told);
    const MailsimHop *again;
    const MailsimHop *other;

    ck_assert_uint_eq(recording->hops->len, 3);
    again = g_ptr_array_index(recording->hops, 1);
    other = g_ptr_array_index(recording->hops, 2);
    ck_assert(again->resumed);
    ck_assert_str_eq(again->trust, "Anonymous");
    ck_assert_int_eq(other->resumed, cases[_i].resumed);
    ck_assert_str_eq(other->trust, cases[_i].trust);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("session-cache");
    TCase *tcase = tcase_create("session-cache");

    tcase_add_loop_test(tcase, a_reload_and_other_settings_begin_anew, 0, G_N_ELEMENTS(cases));
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
