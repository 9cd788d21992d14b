/* SPDX-License-Identifier: MIT
 *
 * The tables of Postfix's parameters, against what a fresh Debian 12 has and what the real
 * daemons were seen to say of bad values. */
#include <string.h>

#include <mailsim/settings/postfix-parameter.h>

#include "../support/run-suite.h"

typedef struct {
    const char *name;
    const char *value;
    const char *problem; /* NULL: fine */
    const char *hint;    /* contained in the hint; NULL: there is none */
    gboolean is_warning;
} CheckCase;

/* clang-format off */
static const CheckCase postfix_checks[] = {
    {.name = "smtpd_tls_auth_only", .value = "yes"},
    {.name = "smtpd_tls_auth_only", .value = "No"},
    {.name = "smtpd_sasl_auth_enable", .value = "si",
     .problem = "bad boolean configuration: smtpd_sasl_auth_enable = si", .hint = "yes or no"},
    {.name = "smtpd_sasl_auth_enable", .value = "",
     .problem = "bad boolean configuration: smtpd_sasl_auth_enable = ", .hint = "yes or no"},
    {.name = "smtpd_sasl_auth_enable", .value = "$something"},
    {.name = "smtpd_tls_security_level", .value = "May"},
    {.name = "smtpd_tls_security_level", .value = ""},
    {.name = "smtpd_tls_security_level", .value = "verify",
     .problem = "“verify” is a client level; smtpd has none, may, encrypt",
     .hint = "Postfix would warn and use “encrypt”; so does the lab", .is_warning = TRUE},
    {.name = "smtpd_tls_security_level", .value = "fingerprint",
     .problem = "“fingerprint” is a client level; smtpd has none, may, encrypt",
     .hint = "encrypt", .is_warning = TRUE},
    {.name = "smtpd_tls_security_level", .value = "dane", .problem = "invalid TLS level “dane”",
     .hint = "smtpd has none, may, encrypt"},
    {.name = "smtpd_tls_security_level", .value = "mandatory",
     .problem = "invalid TLS level “mandatory”", .hint = "none, may"},
    {.name = "smtpd_tls_security_level", .value = "encrypt # only TLS",
     .problem = "invalid TLS level “encrypt # only TLS”", .hint = "start of a line"},
    {.name = "smtp_tls_security_level", .value = "encrypt"},
    {.name = "smtp_tls_security_level", .value = "Verify"},
    {.name = "smtp_tls_security_level", .value = "secure"},
    {.name = "smtp_tls_security_level", .value = "dane"},
    {.name = "smtp_tls_security_level", .value = "dane-only"},
    {.name = "smtp_tls_security_level", .value = "verify, secure",
     .problem = "invalid TLS level “verify, secure”", .hint = "fingerprint"},
    {.name = "smtpd_tls_protocols", .value = ">=TLSv1.2"},
    {.name = "smtpd_tls_mandatory_protocols", .value = "!SSLv2, !SSLv3 !TLSv1:!TLSv1.1"},
    {.name = "smtp_tls_protocols", .value = ""},
    {.name = "smtp_tls_mandatory_protocols", .value = "SSLv4",
     .problem = "Invalid TLS protocol list “SSLv4”", .hint = "break off", .is_warning = TRUE},
    {.name = "smtpd_tls_protocols", .value = ">=TLSv1.0",
     .problem = "Invalid TLS protocol list “>=TLSv1.0”", .hint = "454", .is_warning = TRUE},
    {.name = "smtpd_tls_protocols", .value = ">=TLSv1.3, <=TLSv1.2", .is_warning = TRUE,
     .problem = "“>=TLSv1.3, <=TLSv1.2” leaves no TLS version", .hint = "fail"},
    {.name = "message_size_limit", .value = "51200000"},
    {.name = "message_size_limit", .value = "10M",
     .problem = "bad numerical configuration: message_size_limit = 10M", .hint = "bytes"},
    {.name = "message_size_limit", .value = "-1",
     .problem = "a size below zero is not built", .hint = "write 0"},
    {.name = "smtpd_sasl_type", .value = "dovecot"},
    {.name = "smtpd_sasl_type", .value = "dovecott",
     .problem = "unsupported SASL server implementation: “dovecott”", .hint = "dovecot"},
    {.name = "mydestination", .value = "iesgn.example, localhost"},
    {.name = "mydestination", .value = "hash:/etc/postfix/mine, !/etc/postfix/others"},
    {.name = "mydestination", .value = "mysql:/etc/postfix/mine",
     .problem = "the lookup table “mysql:/etc/postfix/mine” is not built yet"},
    {.name = "mydestination", .value = "hsah:/etc/postfix/mine",
     .problem = "unsupported dictionary type in “hsah:/etc/postfix/mine”",
     .hint = "451 Temporary lookup failure", .is_warning = TRUE},
    {.name = "mydestination", .value = "hash:",
     .problem = "expecting “type:name” form instead of “hash:”", .hint = "dies"},
    {.name = "mydestination", .value = "iesgn.example; localhost",
     .problem = "“iesgn.example;” matches nothing", .hint = "commas", .is_warning = TRUE},
    {.name = "relay_domains", .value = "!a.example example"},
    {.name = "mynetworks", .value = "127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128"},
    {.name = "mynetworks", .value = "198.51.100.7, 0.0.0.0/0,[::]/0"},
    {.name = "mynetworks", .value = ""},
    {.name = "mynetworks", .value = "192.168.1.0/33",
     .problem = "bad mask length in “192.168.1.0/33”", .hint = "at most 32 bits; till then Postfix answers 451 4.3.0",
     .is_warning = TRUE},
    {.name = "mynetworks", .value = "192.168.1.0/255.255.255.0",
     .problem = "bad mask value in “192.168.1.0/255.255.255.0”",
     .hint = "as in 192.168.1.0/24; till then Postfix answers 451 4.3.0", .is_warning = TRUE},
    {.name = "mynetworks", .value = "127.0.0.0/8, 192.168.1.5/24",
     .problem = "non-null host address bits in “192.168.1.5/24”",
     .hint = "perhaps you should use “192.168.1.0/24” instead; till then Postfix answers 451 4.3.0",
     .is_warning = TRUE},
    {.name = "mynetworks", .value = "[2001:db8::1]/32",
     .problem = "non-null host address bits in “[2001:db8::1]/32”",
     .hint = "“[2001:db8::]/32”", .is_warning = TRUE},
    {.name = "mynetworks", .value = "all/8", .problem = "“all/8” matches nothing",
     .hint = "addresses", .is_warning = TRUE},
    {.name = "mynetworks", .value = "127.0.0/24", .problem = "bad network value in “127.0.0/24”",
     .hint = "451", .is_warning = TRUE},
    {.name = "mynetworks", .value = "::1/128",
     .problem = "expecting “type:name” form instead of “::1/128”", .hint = "brackets"},
    {.name = "mynetworks", .value = "!/etc/postfix/redes cidr:{{10.0.0.0/8 x}} pc.x.example"},
    {.name = "mynetworks", .value = "localhost", .problem = "“localhost” matches nothing",
     .hint = "addresses", .is_warning = TRUE},
    {.name = "mynetworks", .value = "[::1/128", .problem = "“[::1/128” matches nothing",
     .hint = "addresses", .is_warning = TRUE},
    {.name = "mynetworks", .value = "198.51.100", .problem = "“198.51.100” matches nothing",
     .hint = "addresses", .is_warning = TRUE},
    {.name = "mynetworks", .value = "all, 192.168.1.0/33", .problem = "“all” matches nothing",
     .hint = "addresses", .is_warning = TRUE},
    {.name = "smtpd_relay_restrictions",
     .value = "permit_mynetworks,permit_sasl_authenticated reject_unauth_destination"},
    {.name = "smtpd_relay_restrictions", .value = "PERMIT_MYNETWORKS, reject"},
    {.name = "smtpd_relay_restrictions", .value = "permit_mynetwork, reject_unauth_destination",
     .problem = "unknown smtpd restriction: “permit_mynetwork”",
     .hint = "did you mean “permit_mynetworks”? Till then 451 4.3.5", .is_warning = TRUE},
    {.name = "smtpd_relay_restrictions", .value = "xyzzy",
     .problem = "unknown smtpd restriction: “xyzzy”", .hint = "451", .is_warning = TRUE},
    {.name = "smtpd_recipient_restrictions", .value = "reject_unverified_sender",
     .problem = "reject_unverified_sender is not built yet"},
    {.name = "smtpd_recipient_restrictions", .value = "hash:/etc/postfix/a"},
    {.name = "smtpd_client_restrictions", .value = ""},
    {.name = "smtpd_client_restrictions", .value = "permit_mynetworks"},
    {.name = "alias_maps", .value = "hash:/etc/aliases"},
    {.name = "alias_maps", .value = "proxy:hash:/etc/other, static:{a b}"},
    {.name = "local_recipient_maps", .value = "hash",
     .problem = "expecting “type:name” form instead of “hash”", .hint = "hash:/etc/postfix"},
    {.name = "smtpd_hard_error_limit", .value = "0",
     .problem = "invalid smtpd_hard_error_limit parameter value 0 < 1", .hint = "from 1 on"},
    {.name = "smtpd_hard_error_limit", .value = "+5"},
    {.name = "smtpd_hard_error_limit", .value = "5 x",
     .problem = "bad numerical configuration: smtpd_hard_error_limit = 5 x", .hint = "number"},
    {.name = "line_length_limit", .value = "511",
     .problem = "invalid line_length_limit parameter value 511 < 512", .hint = "512"},
    {.name = "smtpd_timeout", .value = "1h30m"},
    {.name = "smtpd_timeout", .value = "s", .problem = "invalid smtpd_timeout: 0 (min 1)",
     .hint = "5m"},
    {.name = "smtpd_error_sleep_time", .value = "0"},
    {.name = "smtpd_error_sleep_time", .value = "-1s", .hint = "5m",
     .problem = "parameter smtpd_error_sleep_time: bad time value or unit: -1s"},
    {.name = "smtpd_forbid_bare_newline", .value = "Normalize"},
    {.name = "smtpd_forbid_bare_newline", .value = "note", .hint = "3.7",
     .problem = "bad parameter value: 'smtpd_forbid_bare_newline = note'"},
    {.name = "reject_code", .value = "554"},
    {.name = "reject_code", .value = "250", .problem = "“250” is no reply code that refuses",
     .hint = "from 400 to 599"},
    {.name = "smtpd_sasl_security_options", .value = "noanonymous, noplaintext",
     .problem = "the option “noplaintext” is not built yet", .hint = "noanonymous"},
    {.name = "mynetworks", .value = "$mynetworks 10.0.0.0/8", .hint = "cannot contain itself",
     .problem =
         "macro processing error: unreasonable macro call nesting: \"mynetworks\""},
    {.name = "smtpd_banner", .value = "costs 5$", .hint = "would not start",
     .problem = "macro processing error: empty macro name: \"costs 5$\""},
    {.name = "default_rbl_reply", .value = "$rbl_code costs 5$"},
    {.name = "relayhost", .value = ""},
    {.name = "relayhost", .value = "[smtp.isp.example]:587"},
    {.name = "virtual_alias_maps", .value = ""},
    {.name = "virtual_alias_maps", .value = "hash:/etc/postfix/virtual"},
    {.name = "virtual_alias_maps", .value = "mysql:/etc/postfix/virtual",
     .problem = "the lookup table “mysql:/etc/postfix/virtual” is not built yet"},
    {.name = "virtual_mailbox_domains", .value = ""},
    {.name = "virtual_mailbox_domains", .value = "a.example",
     .problem = "virtual_mailbox_domains is not built yet", .hint = "empty"},
    {.name = "smtp_sasl_auth_enable", .value = "no"},
    {.name = "smtp_sasl_auth_enable", .value = "yes"},
    {.name = "smtp_sasl_auth_enable", .value = "si",
     .problem = "bad boolean configuration: smtp_sasl_auth_enable = si", .hint = "yes or no"},
    {.name = "smtp_sasl_security_options", .value = "noanonymous, NoPlaintext"},
    {.name = "smtp_sasl_tls_security_options", .value = "noactive",
     .problem = "the option “noactive” is not built yet", .hint = "“noplaintext”"},
    {.name = "maximal_queue_lifetime", .value = "5"},
    {.name = "minimal_backoff_time", .value = "5 minutes", .hint = "write a number and s, m, h",
     .problem = "parameter minimal_backoff_time: bad time value or unit: 5 minutes"},
    {.name = "smtpd_timeout", .value = "5 minutes", .hint = "write a number and s, m, h",
     .problem = "parameter smtpd_timeout: bad time value or unit: 5 minutes"},
};
/* clang-format on */

typedef char *
CheckFunction(const char *name, const char *value, char **hint, gboolean *is_warning);

static void
assert_check(const CheckCase *expected, CheckFunction *check)
{
    g_autofree char *hint = NULL;
    gboolean is_warning = TRUE;
    g_autofree char *problem = check(expected->name, expected->value, &hint, &is_warning);
    g_autofree char *again = check(expected->name, expected->value, NULL, NULL);
    ck_assert_pstr_eq(problem, expected->problem);
    ck_assert_pstr_eq(again, expected->problem);
    ck_assert_int_eq(is_warning, expected->is_warning);
    if (expected->hint == NULL)
        ck_assert_ptr_null(hint);
    else
        ck_assert_msg(hint != NULL && strstr(hint, expected->hint) != NULL,
                      "hint is “%s”, not “%s”", hint, expected->hint);
}

START_TEST(a_value_of_main_cf_is_judged_as_postfix_judges_it)
{
    assert_check(&postfix_checks[_i], mailsim_postfix_parameter_check);
}
END_TEST

typedef struct {
    const char *name;
    const char *value; /* NULL: no such parameter */
} DefaultCase;

/* clang-format off */
static const DefaultCase postfix_defaults[] = {
    {.name = "smtpd_banner", .value = "$myhostname ESMTP $mail_name (Debian/GNU)"},
    {.name = "smtpd_tls_security_level", .value = "may"},
    {.name = "smtp_tls_security_level", .value = "may"},
    {.name = "relayhost", .value = ""},
    {.name = "recipient_delimiter", .value = "+"},
    {.name = "smtpd_relay_restrictions",
     .value = "permit_mynetworks permit_sasl_authenticated defer_unauth_destination"},
    {.name = "smtpd_relay_before_recipient_restrictions", .value = "yes"},
    {.name = "message_size_limit", .value = "10240000"},
    {.name = "smtpd_hard_error_limit", .value = "20"},
    {.name = "smtpd_timeout", .value = "300s"},
    {.name = "mydestination", .value = "$myhostname, localhost.$mydomain, localhost"},
    {.name = "smtpd_sasl_type", .value = "cyrus"},
    {.name = "smtp_tls_fingerprint_digest", .value = "sha256"},
    {.name = "2bounce_notice_recipient", .value = "postmaster"},
    {.name = "virtual_uid_maps", .value = ""},
    {.name = "mua_client_restrictions", .value = NULL},
    {.name = "smtp_tls_security_levl", .value = NULL},
};
/* clang-format on */

START_TEST(a_default_is_that_of_a_fresh_debian)
{
    const DefaultCase *expected = &postfix_defaults[_i];
    ck_assert_pstr_eq(mailsim_postfix_parameter_get_default(expected->name), expected->value);
    ck_assert_int_eq(mailsim_postfix_parameter_exists(expected->name), expected->value != NULL);
}
END_TEST

static void
assert_sorted(const GPtrArray *names)
{
    for (guint i = 1; i < names->len; i++)
        ck_assert_msg(strcmp(names->pdata[i - 1], names->pdata[i]) < 0, "%s, then %s",
                      (char *)names->pdata[i - 1], (char *)names->pdata[i]);
}

START_TEST(every_name_is_listed_once_in_order)
{
    const GPtrArray *names = mailsim_postfix_parameter_list();
    ck_assert_uint_eq(names->len, 1043);
    assert_sorted(names);
    for (guint i = 0; i < names->len; i++)
        ck_assert(mailsim_postfix_parameter_exists(names->pdata[i]));
    assert_sorted(mailsim_restriction_list());
}
END_TEST

START_TEST(every_default_passes_its_own_check)
{
    const GPtrArray *names = mailsim_postfix_parameter_list();
    guint n_effective = 0;
    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autofree char *problem = mailsim_postfix_parameter_check(
            name, mailsim_postfix_parameter_get_default(name), NULL, NULL);
        ck_assert_msg(problem == NULL, "%s: %s", name, problem);
        const gboolean described = mailsim_postfix_parameter_describe(name) != NULL;
        ck_assert_int_eq(described, mailsim_postfix_parameter_has_effect(name));
        n_effective += described;
    }
    /* Each row of the table is a name of the list. */
    ck_assert_uint_eq(n_effective, 208);
}
END_TEST

START_TEST(debian_s_block_of_a_service_is_known)
{
    ck_assert_str_eq(mailsim_postfix_service_default("submission", "smtpd_tls_security_level"),
                     "encrypt");
    ck_assert_str_eq(mailsim_postfix_service_default("submission", "smtpd_relay_restrictions"),
                     "");
    ck_assert_str_eq(mailsim_postfix_service_default("submissions", "smtpd_tls_wrappermode"),
                     "yes");
    ck_assert_ptr_null(mailsim_postfix_service_default("submissions", "smtpd_tls_auth_only"));
    ck_assert_ptr_null(mailsim_postfix_service_default("smtp", "smtpd_sasl_auth_enable"));
    const GPtrArray *services = mailsim_postfix_service_list();
    ck_assert_uint_eq(services->len, 2);
    ck_assert_str_eq(g_ptr_array_index(services, 0), "submission");
    ck_assert_str_eq(g_ptr_array_index(services, 1), "submissions");
}
END_TEST

typedef struct {
    const char *name;
    const char *value;
    gint64 seconds; /* -1: no time */
} TimeCase;

/* clang-format off */
static const TimeCase times[] = {
    {.name = "smtpd_timeout", .value = "5m", .seconds = 300},
    {.name = "smtpd_timeout", .value = "300", .seconds = 300},
    {.name = "smtpd_timeout", .value = "1h30m", .seconds = 5400},
    {.name = "smtpd_timeout", .value = "4h 3", .seconds = 14403},
    {.name = "smtpd_timeout", .value = " 5", .seconds = 5},
    {.name = "smtpd_timeout", .value = "100w", .seconds = 60480000},
    {.name = "smtpd_timeout", .value = "2147483647", .seconds = 2147483647},
    {.name = "smtpd_timeout", .value = "2147483648", .seconds = -1},
    {.name = "smtpd_timeout", .value = "99999999999h", .seconds = -1},
    {.name = "smtpd_timeout", .value = "5M", .seconds = -1},
    {.name = "smtpd_timeout", .value = "5 s", .seconds = -1},
    {.name = "smtpd_timeout", .value = "10x", .seconds = -1},
    {.name = "smtpd_timeout", .value = "1.5h", .seconds = -1},
    {.name = "smtpd_timeout", .value = "-1", .seconds = -1},
    {.name = "smtpd_timeout", .value = "", .seconds = -1},
    {.name = "maximal_queue_lifetime", .value = "5", .seconds = 432000},
};
/* clang-format on */

START_TEST(a_time_has_the_unit_of_its_default)
{
    gint64 seconds = -1;
    gboolean is_time = mailsim_postfix_time_parse(times[_i].name, times[_i].value, &seconds);
    ck_assert_int_eq(is_time, times[_i].seconds >= 0);
    ck_assert_int_eq(is_time ? seconds : -1, times[_i].seconds);
}
END_TEST

START_TEST(files_that_a_value_has_looked_up_are_known)
{
    g_autoptr(GPtrArray) paths = mailsim_postfix_parameter_list_files(
        "mynetworks", "!/etc/postfix/a proxy:hash:/etc/b, cidr:{{/x y}} 10.0.0.0/8 static:/c");
    ck_assert_uint_eq(paths->len, 2);
    ck_assert_str_eq(paths->pdata[0], "/etc/postfix/a");
    ck_assert_str_eq(paths->pdata[1], "/etc/b");

    g_autoptr(GPtrArray) none =
        mailsim_postfix_parameter_list_files("smtpd_banner", "hash:/etc/aliases");
    ck_assert_uint_eq(none->len, 0);
}
END_TEST

START_TEST(what_has_an_effect_is_known)
{
    ck_assert(mailsim_postfix_parameter_has_effect("smtpd_tls_wrappermode"));
    ck_assert(!mailsim_postfix_parameter_has_effect("biff"));
    ck_assert(!mailsim_postfix_parameter_has_effect("no_such_parameter"));
    ck_assert(mailsim_restriction_is_built("Permit_MyNetworks"));
    ck_assert(mailsim_restriction_exists("reject_unverified_sender"));
    ck_assert(!mailsim_restriction_is_built("reject_unverified_sender"));
    ck_assert(!mailsim_restriction_exists("permit_everybody"));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("postfix-parameter");
    TCase *table = tcase_create("tables");
    tcase_add_test(table, every_name_is_listed_once_in_order);
    tcase_add_test(table, every_default_passes_its_own_check);
    tcase_add_test(table, debian_s_block_of_a_service_is_known);
    tcase_add_test(table, what_has_an_effect_is_known);
    tcase_add_test(table, files_that_a_value_has_looked_up_are_known);
    tcase_add_loop_test(table, a_time_has_the_unit_of_its_default, 0, G_N_ELEMENTS(times));
    tcase_add_loop_test(table, a_default_is_that_of_a_fresh_debian, 0,
                        G_N_ELEMENTS(postfix_defaults));
    suite_add_tcase(suite, table);

    TCase *check = tcase_create("checks");
    tcase_add_loop_test(check, a_value_of_main_cf_is_judged_as_postfix_judges_it, 0,
                        G_N_ELEMENTS(postfix_checks));
    suite_add_tcase(suite, check);

    return run_suite(suite);
}
