/* SPDX-License-Identifier: MIT
 *
 * What a host's parameters come to, and what a real smtpd(8) of Postfix 3.7.11 died of when it
 * had the same. */
#include "smtpd-private.h"

#include <string.h>

#include "../support/run-suite.h"

/* clang-format off */
static const struct {
    const char *name;
    const char *value;
    const char *fatal; /* NULL: it serves */
} settings[] = {
    {"smtpd_banner", "$$", NULL},
    {"smtpd_banner", "a $smtpd_banner",
     "macro processing error: unreasonable macro call nesting: \"smtpd_banner\""},
    {"smtp_helo_name", "a $", "macro processing error: empty macro name: \"a $\""},
    {"smtpd_tls_loglevel", "x", NULL},
    {"smtpd_timeout", "$nothing", "parameter smtpd_timeout: bad time value or unit: "},
    {"smtpd_timeout", "5 minutes",
     "parameter smtpd_timeout: bad time value or unit: 5 minutes"},
    {"smtpd_timeout", "0", "invalid smtpd_timeout: 0 (min 1)"},
    {"smtpd_sasl_auth_enable", "si", "bad boolean configuration: smtpd_sasl_auth_enable = si"},
    {"smtpd_sasl_auth_enable", "$nothing",
     "bad boolean configuration: smtpd_sasl_auth_enable = "},
    {"smtpd_sasl_auth_enable", "YES", NULL},
    {"smtputf8_enable", "x", "bad boolean configuration: smtputf8_enable = x"},
    {"allow_percent_hack", "q", NULL},
    {"message_size_limit", "10M", "bad numerical configuration: message_size_limit = 10M"},
    {"message_size_limit", "", "bad numerical configuration: message_size_limit = "},
    {"message_size_limit", "9999999999", NULL},
    {"smtpd_recipient_limit", "99999999999",
     "bad numerical configuration: smtpd_recipient_limit = 99999999999"},
    {"smtpd_hard_error_limit", "-3", "invalid smtpd_hard_error_limit parameter value -3 < 1"},
    {"line_length_limit", "0", "invalid line_length_limit parameter value 0 < 512"},
    {"smtpd_tls_security_level", "$mydomain", "Invalid TLS level \"iesgn.example\""},
    {"smtpd_tls_security_level", "verify", NULL},
    {"smtpd_tls_security_level", "encrypt # only TLS",
     "Invalid TLS level \"encrypt # only TLS\""},
    {"smtpd_forbid_bare_newline", "note",
     "bad parameter value: 'smtpd_forbid_bare_newline = note'"},
    {"smtpd_forbid_bare_newline", "", "bad string length 0 < 1: smtpd_forbid_bare_newline = "},
    {"reject_code", "999", NULL},
    {"reject_code", "abc", "bad numerical configuration: reject_code = abc"},
    {"mynetworks", "::1/128",
     "open dictionary: expecting \"type:name\" form instead of \"::1/128\""},
    {"mynetworks", "!", "smtpd_client_event_limit_exceptions: no pattern after '!'"},
    {"mynetworks", "192.168.1.5/24, hash:/nope", NULL},
    {"mydestination", "bogus:/nonexistent", NULL},
    {"local_recipient_maps", "hash",
     "open dictionary: expecting \"type:name\" form instead of \"hash\""},
    {"relay_recipient_maps", "x",
     "open dictionary: expecting \"type:name\" form instead of \"x\""},
};
/* clang-format on */

static MailsimHostDefinition *
make_definition(void)
{
    MailsimHostDefinition *definition = mailsim_host_definition_new();

    definition->name = g_strdup("mail");
    definition->mailname = g_strdup("iesgn.example");
    definition->hostname = g_strdup("mail.iesgn.example");
    definition->certificate = g_strdup("snakeoil");
    g_ptr_array_add(definition->addresses, g_strdup("192.0.2.10"));
    return definition;
}

/* A host that is only asked for its parameters needs no lab. */
typedef struct {
    MailsimWorld *world;
    MailsimHost host;
} Fixture;

static void
set_up(Fixture *fixture)
{
    fixture->world = mailsim_world_new();
    g_ptr_array_add(fixture->world->hosts, make_definition());
    fixture->host = (MailsimHost){.definition = fixture->world->hosts->pdata[0]};
    mailsim_host_forget_parameters(&fixture->host);
}

static void
tear_down(Fixture *fixture)
{
    g_hash_table_unref(fixture->host.parameters);
    g_hash_table_unref(fixture->host.match_lists);
    mailsim_last_resolved_free(fixture->host.last_resolved);
    mailsim_world_free(fixture->world);
}

static void
set(Fixture *fixture, const char *name, const char *value)
{
    g_ptr_array_add(fixture->host.definition->postfix, mailsim_setting_new(name, value, NULL));
    mailsim_host_forget_parameters(&fixture->host);
}

START_TEST(smtpd_dies_of_a_setting_in_postfix_s_words)
{
    Fixture fixture;
    const char *fatal;
    const char *of_service;
    MailsimServiceDefinition *service = mailsim_service_definition_new();

    set_up(&fixture);
    g_ptr_array_add(fixture.host.definition->services, service);
    service->name = g_strdup("smtp");
    g_ptr_array_add(service->settings,
                    mailsim_setting_new(settings[_i].name, settings[_i].value, NULL));
    ck_assert_ptr_null(mailsim_smtpd_find_fatal(&fixture.host, NULL));
    of_service = mailsim_smtpd_find_fatal(&fixture.host, service);
    ck_assert_pstr_eq(of_service, settings[_i].fatal);
    set(&fixture, settings[_i].name, settings[_i].value);
    fatal = mailsim_smtpd_find_fatal(&fixture.host, NULL);
    ck_assert_pstr_eq(fatal, settings[_i].fatal);
    tear_down(&fixture);
}
END_TEST

START_TEST(a_parameter_is_expanded_with_what_the_service_sees)
{
    Fixture fixture;
    MailsimServiceDefinition *service = mailsim_service_definition_new();
    g_autofree char *of_host = NULL;
    g_autofree char *of_service = NULL;
    g_autofree char *template = NULL;

    set_up(&fixture);
    g_ptr_array_add(fixture.host.definition->services, service);
    service->name = g_strdup("submission");
    g_ptr_array_add(service->settings, mailsim_setting_new("who", "the service", NULL));
    set(&fixture, "who", "$myhostname");
    set(&fixture, "smtpd_banner", "$who speaks");
    of_host = mailsim_host_dup_parameter(&fixture.host, NULL, "smtpd_banner");
    ck_assert_str_eq(of_host, "mail.iesgn.example speaks");
    of_service = mailsim_host_dup_parameter(&fixture.host, service, "smtpd_banner");
    ck_assert_str_eq(of_service, "the service speaks");
    template = mailsim_host_dup_parameter(&fixture.host, NULL, "default_rbl_reply");
    ck_assert(g_str_has_prefix(template, "$rbl_code Service unavailable"));
    tear_down(&fixture);
}
END_TEST

START_TEST(a_value_holds_until_settings_change)
{
    Fixture fixture;
    const char *value;

    set_up(&fixture);
    set(&fixture, "relayhost", "[one.example]");
    value = mailsim_host_get_parameter(&fixture.host, NULL, "relayhost");
    ck_assert_str_eq(value, "[one.example]");
    ck_assert_ptr_eq(mailsim_host_get_parameter(&fixture.host, NULL, "relayhost"), value);
    set(&fixture, "relayhost", "[two.example]");
    ck_assert_str_eq(mailsim_host_get_parameter(&fixture.host, NULL, "relayhost"),
                     "[two.example]");
    tear_down(&fixture);
}
END_TEST

START_TEST(numbers_and_times_have_types)
{
    Fixture fixture;

    set_up(&fixture);
    set(&fixture, "smtpd_timeout", "2m");
    set(&fixture, "smtpd_error_sleep_time", "3");
    ck_assert_int_eq(mailsim_host_get_time_us(&fixture.host, NULL, "smtpd_timeout"),
                     120 * MAILSIM_SECOND);
    ck_assert_int_eq(mailsim_host_get_time_us(&fixture.host, NULL, "smtpd_starttls_timeout"),
                     300 * MAILSIM_SECOND);
    ck_assert_int_eq(mailsim_host_get_time_us(&fixture.host, NULL, "smtpd_error_sleep_time"),
                     3 * MAILSIM_SECOND);
    ck_assert_int_eq(mailsim_host_get_number(&fixture.host, NULL, "message_size_limit"),
                     10240000);
    ck_assert_int_eq(mailsim_host_get_number(&fixture.host, NULL, "smtpd_recipient_limit"),
                     1000);
    tear_down(&fixture);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("parameters");
    TCase *tcase = tcase_create("values");

    tcase_add_loop_test(tcase, smtpd_dies_of_a_setting_in_postfix_s_words, 0,
                        G_N_ELEMENTS(settings));
    tcase_add_test(tcase, a_parameter_is_expanded_with_what_the_service_sees);
    tcase_add_test(tcase, a_value_holds_until_settings_change);
    tcase_add_test(tcase, numbers_and_times_have_types);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
