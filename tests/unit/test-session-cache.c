/* SPDX-License-Identifier: MIT
 *
 * smtp(8)'s cache of TLS sessions: which delivery may take up the session of an earlier one. */
#include "../support/run-suite.h"
#include "../support/scenario-text.h"

#define SEND(NAME) "[step " NAME "]\n" HOW
#define HOW        "title = t\ntitle[es] = t\ndo = send\nby = ana\nto = bob@instituto.example\n"

/* Up to TLS 1.2, which has anonymous ciphers; the third delivery has other settings. */
static const char world[] =
    "[scenario]\ntitle = t\ntitle[es] = t\n"
    "[host mail]\nmailname = iesgn.example\nusers = ana\n"
    "[postfix mail]\nsmtp_tls_security_level = encrypt\n"
    "smtp_tls_session_cache_database = btree:${data_directory}/smtp_scache\n"
    "[host instituto]\nusers = bob\n"
    "[postfix instituto]\nsmtpd_tls_protocols = <=TLSv1.2\n" SEND("first")
        SEND("again") "[postfix mail @other]\n%s\n" SEND("other");

static const struct {
    const char *setting;
    gboolean resumed;
    const char *trust;
} cases[] = {
    {"smtp_helo_timeout = 200s",                   TRUE,  "Anonymous"},
    {"smtp_tls_mandatory_exclude_ciphers = aNULL", FALSE, "Untrusted"},
};

START_TEST(an_excluded_cipher_is_not_taken_up_again)
{
    g_autofree char *text = g_strdup_printf(world, cases[_i].setting);
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

    tcase_add_loop_test(tcase, an_excluded_cipher_is_not_taken_up_again, 0,
                        G_N_ELEMENTS(cases));
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
