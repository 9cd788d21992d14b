/* SPDX-License-Identifier: MIT
 *
 * Who may send where, held against what a real smtpd(8) answered: Postfix 3.7.11 with
 * mydestination = $myhostname, dest.example, relay_domains = relayed.example, mynetworks =
 * 127.0.0.1/32, three clients and four recipients under eight configurations. */
#include "smtpd-private.h"

#include <string.h>

#include "../support/run-suite.h"

#define OK NULL
#define UNKNOWN                                                                                \
    "550 5.1.1 <%s>: Recipient address rejected: User unknown in local recipient table"
#define RELAY4 "454 4.7.1 <%s>: Relay access denied"
#define RELAY5 "554 5.7.1 <%s>: Relay access denied"
#define ACCESS "554 5.7.1 <%s>: Recipient address rejected: Access denied"

enum { OUTSIDE, IN_MYNETWORKS, AUTHENTICATED, CLIENTS };
enum { LOCAL_KNOWN, LOCAL_UNKNOWN, RELAY_DOMAIN, ELSEWHERE, RECIPIENTS };

static const char *const recipients[RECIPIENTS] = {
    [LOCAL_KNOWN] = "alice@dest.example",
    [LOCAL_UNKNOWN] = "nobody@dest.example",
    [RELAY_DOMAIN] = "rita@relayed.example",
    [ELSEWHERE] = "x@elsewhere.example",
};

typedef struct {
    const char *description;
    const char *settings[2][2]; /* name, value */
    const char *answers[CLIENTS][RECIPIENTS];
} Configuration;

/* clang-format off */
static const Configuration configurations[] = {
    {.description = "A. all defaults",
     .answers = {[OUTSIDE]       = {OK, UNKNOWN, OK, RELAY4},
                 [IN_MYNETWORKS] = {OK, UNKNOWN, OK, OK},
                 [AUTHENTICATED] = {OK, UNKNOWN, OK, OK}}},
    {.description = "B. reject_unauth_destination in place of defer_unauth_destination",
     .settings = {{"smtpd_relay_restrictions",
                   "permit_mynetworks,permit_sasl_authenticated,reject_unauth_destination"}},
     .answers = {[OUTSIDE]       = {OK, UNKNOWN, OK, RELAY5},
                 [IN_MYNETWORKS] = {OK, UNKNOWN, OK, OK},
                 [AUTHENTICATED] = {OK, UNKNOWN, OK, OK}}},
    {.description = "C. mynetworks = 0.0.0.0/0: an open relay",
     .settings = {{"mynetworks", "0.0.0.0/0"}},
     .answers = {[OUTSIDE]       = {OK, UNKNOWN, OK, OK},
                 [IN_MYNETWORKS] = {OK, UNKNOWN, OK, OK},
                 [AUTHENTICATED] = {OK, UNKNOWN, OK, OK}}},
    {.description = "D. relay list permit_sasl_authenticated,reject; recipient list empty",
     .settings = {{"smtpd_relay_restrictions", "permit_sasl_authenticated,reject"},
                  {"smtpd_recipient_restrictions", ""}},
     .answers = {[OUTSIDE]       = {ACCESS, ACCESS, ACCESS, ACCESS},
                 [IN_MYNETWORKS] = {ACCESS, ACCESS, ACCESS, ACCESS},
                 [AUTHENTICATED] = {OK, UNKNOWN, OK, OK}}},
    {.description = "F. relay list empty, recipient list as before Postfix 2.10",
     .settings = {{"smtpd_relay_restrictions", ""},
                  {"smtpd_recipient_restrictions", "permit_mynetworks,reject_unauth_destination"}},
     .answers = {[OUTSIDE]       = {OK, UNKNOWN, OK, RELAY5},
                 [IN_MYNETWORKS] = {OK, UNKNOWN, OK, OK},
                 [AUTHENTICATED] = {OK, UNKNOWN, OK, RELAY5}}},
    {.description = "G. recipient list permit",
     .settings = {{"smtpd_recipient_restrictions", "permit"}},
     .answers = {[OUTSIDE]       = {OK, UNKNOWN, OK, RELAY4},
                 [IN_MYNETWORKS] = {OK, UNKNOWN, OK, OK},
                 [AUTHENTICATED] = {OK, UNKNOWN, OK, OK}}},
    {.description = "K. smtpd_reject_unlisted_recipient = no",
     .settings = {{"smtpd_reject_unlisted_recipient", "no"}},
     .answers = {[OUTSIDE]       = {OK, OK, OK, RELAY4},
                 [IN_MYNETWORKS] = {OK, OK, OK, OK},
                 [AUTHENTICATED] = {OK, OK, OK, OK}}},
};

static const struct {
    const char *relay;
    const char *recipient;
    gboolean    serves;
} lists[] = {
    {"", "", FALSE},                                          /* E */
    {"permit", "", FALSE},                                    /* H */
    {"permit,reject", "", FALSE},                             /* P */
    {"permit_mynetworks permit_sasl_authenticated", "", FALSE},
    {"permit_sasl_authenticated,reject", "", TRUE},           /* D */
    {"", "permit_mynetworks,reject_unauth_destination", TRUE}, /* F */
    {"permit", "defer", TRUE},
};
/* clang-format on */

typedef struct {
    MailsimRecording *recording;
    MailsimLab *lab;
    MailsimHost *host;
    MailsimHop *hop;
} Fixture;

static void
add_setting(MailsimHostDefinition *host, const char *name, const char *value)
{
    if (name != NULL)
        g_ptr_array_add(host->postfix, mailsim_setting_new(name, value, NULL));
}

static void
set_up(Fixture *fixture, const char *const settings[2][2])
{
    MailsimWorld *world = mailsim_world_new();
    MailsimHostDefinition *host = mailsim_host_definition_new();

    host->name = g_strdup("dest");
    host->mailname = g_strdup("dest.example");
    host->hostname = g_strdup("mx.dest.example");
    host->certificate = g_strdup("snakeoil");
    g_ptr_array_add(host->addresses, g_strdup("192.0.2.10"));
    g_ptr_array_add(host->users, mailsim_user_new("alice", "alicepw"));
    add_setting(host, "relay_domains", "relayed.example");
    add_setting(host, "mynetworks", "127.0.0.1/32");
    add_setting(host, settings[0][0], settings[0][1]);
    add_setting(host, settings[1][0], settings[1][1]);
    g_ptr_array_add(world->hosts, host);
    world->start_us = 1768208400 * MAILSIM_SECOND;

    fixture->recording = mailsim_recording_new();
    fixture->lab = mailsim_lab_new(fixture->recording, world->start_us, 0, NULL);
    ck_assert_ptr_nonnull(fixture->lab);
    ck_assert(mailsim_lab_configure(fixture->lab, world, NULL));
    fixture->host = mailsim_lab_find_host(fixture->lab, "dest");
    fixture->hop = mailsim_recording_add_hop(fixture->recording);
}

static void
tear_down(Fixture *fixture)
{
    mailsim_lab_free(fixture->lab);
    mailsim_recording_free(fixture->recording);
}

static void
compare(const Fixture *fixture,
        const Configuration *configuration,
        guint client,
        guint recipient)
{
    const char *format = configuration->answers[client][recipient];
    char user[] = "alice";
    MailsimSmtpEnvelope envelope = {.user = client == AUTHENTICATED ? user : NULL};
    MailsimRestrictionQuery query = {
        .host = fixture->host,
        .hop = fixture->hop,
        .client_address = client == IN_MYNETWORKS ? "127.0.0.1" : "127.0.0.9",
        .client_name = "outside.client.example",
        .envelope = &envelope,
        .stage = MAILSIM_STAGE_RCPT,
        .subject = recipients[recipient],
    };
    g_autofree char *reply = mailsim_restrictions_check(&query);
    g_auto(GStrv) pieces = g_strsplit(format != NULL ? format : "", "%s", -1);
    g_autofree char *expected =
        format != NULL ? g_strjoinv(recipients[recipient], pieces) : NULL;

    ck_assert_msg(g_strcmp0(reply, expected) == 0, "%s, client %u, %s: %s, not %s",
                  configuration->description, client, recipients[recipient],
                  reply != NULL ? reply : "250", expected != NULL ? expected : "250");
}

START_TEST(every_recipient_is_answered_as_by_a_real_smtpd)
{
    const Configuration *configuration = &configurations[_i];
    Fixture fixture;

    set_up(&fixture, configuration->settings);
    for (guint client = 0; client < CLIENTS; client++) {
        for (guint recipient = 0; recipient < RECIPIENTS; recipient++)
            compare(&fixture, configuration, client, recipient);
    }
    tear_down(&fixture);
}
END_TEST

/* As recorded; a client outside mynetworks, default lists. */
static const struct {
    const char *recipient;
    const char *answer;
} forms[] = {
    {"x%y@dest.example",         RELAY4 },
    {"x!y@dest.example",         RELAY4 },
    {"a@b@dest.example",         RELAY4 },
    {"x%y",                      RELAY4 },
    {"x!y",                      RELAY4 },
    {"x%y@elsewhere.example",    RELAY4 },
    {"x%dest.example",           UNKNOWN},
    {"alice@[192.0.2.10]",       OK     },
    {"alice@[127.0.0.1]",        OK     },
    {"nobody@[127.0.0.1]",       UNKNOWN},
    {"alice@[10.9.8.7]",         RELAY4 },
    {"alice@dest.example.",      OK     },
    {"ALICE@DEST.EXAMPLE.",      OK     },
    {"nobody@dest.example.",     UNKNOWN},
    {"alice@elsewhere.example.", RELAY4 },
};

START_TEST(every_form_of_address_is_answered_as_by_a_real_smtpd)
{
    const char *const settings[2][2] = {{NULL}};
    MailsimSmtpEnvelope envelope = {0};
    Fixture fixture;
    MailsimRestrictionQuery query = {.envelope = &envelope, .client_address = "127.0.0.9"};
    g_autofree char *reply = NULL;
    g_auto(GStrv) pieces =
        g_strsplit(forms[_i].answer != NULL ? forms[_i].answer : "", "%s", -1);
    g_autofree char *expected =
        forms[_i].answer != NULL ? g_strjoinv(forms[_i].recipient, pieces) : NULL;

    set_up(&fixture, settings);
    query.host = fixture.host;
    query.hop = fixture.hop;
    query.client_name = "outside.client.example";
    query.stage = MAILSIM_STAGE_RCPT;
    query.subject = forms[_i].recipient;
    reply = mailsim_restrictions_check(&query);
    ck_assert_msg(g_strcmp0(reply, expected) == 0, "%s: %s", query.subject,
                  reply != NULL ? reply : "250");
    tear_down(&fixture);
}
END_TEST

START_TEST(smtpd_serves_only_with_a_list_that_can_refuse)
{
    const char *const settings[2][2] = {
        {"smtpd_relay_restrictions",     lists[_i].relay    },
        {"smtpd_recipient_restrictions", lists[_i].recipient}
    };
    Fixture fixture;
    const char *fatal;

    set_up(&fixture, settings);
    fatal = mailsim_smtpd_find_fatal(fixture.host, NULL);
    ck_assert_int_eq(fatal == NULL, lists[_i].serves);
    tear_down(&fixture);
}
END_TEST

START_TEST(every_look_at_a_rule_is_recorded_and_the_rest_is_not_reached)
{
    const char *const settings[2][2] = {
        {"smtpd_relay_restrictions", "permit_mynetworks, reject, permit"}
    };
    Fixture fixture;
    const MailsimEvent *event;

    set_up(&fixture, settings);
    compare(&fixture, &(Configuration){.answers = {[OUTSIDE] = {[ELSEWHERE] = ACCESS}}},
            OUTSIDE, ELSEWHERE);
    ck_assert_uint_eq(fixture.recording->events->len, 3);
    event = g_ptr_array_index(fixture.recording->events, 0);
    ck_assert_int_eq(event->rule.verdict, MAILSIM_VERDICT_NO_OPINION);
    ck_assert_str_eq(event->rule.reason, "127.0.0.9 is not in 127.0.0.1/32");
    event = g_ptr_array_index(fixture.recording->events, 1);
    ck_assert_int_eq(event->rule.verdict, MAILSIM_VERDICT_REJECT);
    ck_assert(event->rule.decided);
    event = g_ptr_array_index(fixture.recording->events, 2);
    ck_assert_int_eq(event->rule.verdict, MAILSIM_VERDICT_NOT_REACHED);
    ck_assert_str_eq(fixture.hop->decided_by, "smtpd_relay_restrictions: reject");
    tear_down(&fixture);
}
END_TEST

/* ---- parameters -------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *description;
    const char *settings[2][2];
    const char *name;
    const char *expected;
} values[] = {
    {"Debian's banner", {{NULL}},
     "smtpd_banner", "mx.dest.example ESMTP Postfix (Debian/GNU)"},
    {"names in names", {{"smtpd_banner", "$myhostname on $mydomain"}},
     "smtpd_banner", "mx.dest.example on dest.example"},
    {"braces", {{"smtpd_banner", "${myhostname}x$(mydomain)"}},
     "smtpd_banner", "mx.dest.examplexdest.example"},
    {"two dollars are one", {{"smtpd_banner", "5 $$"}}, "smtpd_banner", "5 $"},
    {"if set", {{"smtpd_banner", "${mail_name?yes}${relayhost?no}"}}, "smtpd_banner", "yes"},
    {"if not set", {{"smtpd_banner", "${mail_name:no}${relayhost:yes}"}}, "smtpd_banner", "yes"},
    {"a circle ends", {{"smtpd_banner", "$smtpd_banner"}}, "smtpd_banner", ""},
    {"an open brace cannot be read", {{"smtpd_banner", "a ${myhostname"}}, "smtpd_banner", ""},
    {"the later line wins", {{"mail_name", "a"}, {"mail_name", "b"}}, "mail_name", "b"},
    {"mydestination as Debian's installer writes it", {{NULL}},
     "mydestination",
     "mx.dest.example, dest.example, mx.dest.example, localhost.dest.example, localhost"},
};
/* clang-format on */

/* As Dovecot was seen to answer AUTH PLAIN for alice, whose password is alicepw. */
static const struct {
    const char *response; /* a bar for NUL; NULL: none */
    MailsimSaslResult result;
    const char *text;
} logins[] = {
    {"|alice|alicepw",              MAILSIM_SASL_OK,       "alice"               },
    {"alice|alice|alicepw",         MAILSIM_SASL_OK,       "alice"               },
    {"|ALICE|alicepw",              MAILSIM_SASL_OK,       "alice"               },
    {"bob|alice|alicepw",           MAILSIM_SASL_FAILED,   "(reason unavailable)"},
    {"|alice@dest.example|alicepw", MAILSIM_SASL_FAILED,   "(reason unavailable)"},
    {"|alice|",                     MAILSIM_SASL_FAILED,   "(reason unavailable)"},
    {"||alicepw",                   MAILSIM_SASL_FAILED,   "(reason unavailable)"},
    {"",                            MAILSIM_SASL_FAILED,   "(reason unavailable)"},
    {NULL,                          MAILSIM_SASL_CONTINUE, ""                    },
};

START_TEST(a_login_is_judged_as_by_dovecot)
{
    const char *const none[2][2] = {{NULL}};
    g_autofree char *octets = g_strdup(logins[_i].response);
    g_autofree char *base64 = NULL;
    g_autofree char *text = NULL;
    MailsimSaslServer *server;
    Fixture fixture;

    set_up(&fixture, none);
    server = mailsim_sasl_server_new(fixture.host, MAILSIM_SASL_DOVECOT);
    if (octets != NULL) {
        gsize length = strlen(octets);

        for (gsize i = 0; i < length; i++)
            octets[i] = logins[_i].response[i] == '|' ? '\0' : logins[_i].response[i];
        base64 = length > 0 ? g_base64_encode((const guchar *)octets, length) : g_strdup("=");
    }
    ck_assert_int_eq(mailsim_sasl_server_start(server, "PLAIN", base64, &text),
                     logins[_i].result);
    ck_assert_str_eq(text, logins[_i].text);
    mailsim_sasl_server_free(server);
    tear_down(&fixture);
}
END_TEST

START_TEST(parameters_expand_as_in_postconf)
{
    Fixture fixture;
    g_autofree char *value = NULL;

    set_up(&fixture, values[_i].settings);
    value = mailsim_host_dup_parameter(fixture.host, NULL, values[_i].name);
    ck_assert_msg(g_str_equal(value, values[_i].expected), "%s: “%s”, not “%s”",
                  values[_i].description, value, values[_i].expected);
    tear_down(&fixture);
}
END_TEST

START_TEST(a_service_sees_its_own_options_then_debians_then_main_cf)
{
    const char *const settings[2][2] = {
        {"smtpd_sasl_auth_enable",   "no"  },
        {"smtpd_tls_security_level", "none"}
    };
    g_autoptr(GPtrArray) own = g_ptr_array_new();
    MailsimSetting setting = {.name = (char *)"smtpd_tls_auth_only", .value = (char *)"no"};
    MailsimServiceDefinition submission = {.name = (char *)"submission", .settings = own};
    Fixture fixture;
    g_autofree char *level = NULL;

    g_ptr_array_add(own, &setting);
    set_up(&fixture, settings);
    level = mailsim_host_dup_parameter(fixture.host, &submission, "smtpd_tls_security_level");
    ck_assert_str_eq(level, "encrypt");
    ck_assert(mailsim_host_get_flag(fixture.host, &submission, "smtpd_sasl_auth_enable"));
    ck_assert(!mailsim_host_get_flag(fixture.host, &submission, "smtpd_tls_auth_only"));
    ck_assert(!mailsim_host_get_flag(fixture.host, NULL, "smtpd_sasl_auth_enable"));
    tear_down(&fixture);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("restrictions");
    TCase *tcase = tcase_create("smtpd");

    tcase_add_loop_test(tcase, every_recipient_is_answered_as_by_a_real_smtpd, 0,
                        G_N_ELEMENTS(configurations));
    tcase_add_loop_test(tcase, every_form_of_address_is_answered_as_by_a_real_smtpd, 0,
                        G_N_ELEMENTS(forms));
    tcase_add_loop_test(tcase, smtpd_serves_only_with_a_list_that_can_refuse, 0,
                        G_N_ELEMENTS(lists));
    tcase_add_test(tcase, every_look_at_a_rule_is_recorded_and_the_rest_is_not_reached);
    tcase_add_loop_test(tcase, a_login_is_judged_as_by_dovecot, 0, G_N_ELEMENTS(logins));
    tcase_add_loop_test(tcase, parameters_expand_as_in_postconf, 0, G_N_ELEMENTS(values));
    tcase_add_test(tcase, a_service_sees_its_own_options_then_debians_then_main_cf);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
