/* SPDX-License-Identifier: MIT
 *
 * What a walk through smtpd's restriction lists leaves behind: a record of every look, the rule
 * that decided, questions to DNS and the time they took. What is answered is in
 * tests/dialogue/recorded/restrictions.txt, held against a real smtpd(8). */
#include "smtpd-private.h"

#include <string.h>

#include "../support/run-suite.h"

#define NAMELESS "198.51.100.7" /* no host has it */

typedef struct {
    const char *name;
    const char *value;
} Setting;

#define SETTINGS_MAX 4

typedef struct {
    MailsimRecording *recording;
    MailsimLab *lab;
    MailsimHop *hop;
    MailsimRestrictionMemory memory;
    MailsimSmtpEnvelope envelope;
    MailsimRestrictionQuery query;
    gint64 delay_us;
} Fixture;

static void
set_up(Fixture *fixture, const Setting *settings)
{
    MailsimWorld *world = mailsim_world_new();
    MailsimHostDefinition *host = mailsim_host_definition_new();
    MailsimBlocklistDefinition *blocklist = mailsim_blocklist_definition_new("bl.example");

    *fixture = (Fixture){0};
    host->name = g_strdup("dest");
    host->mailname = g_strdup("dest.example");
    host->hostname = g_strdup("mx.dest.example");
    host->certificate = g_strdup("snakeoil");
    g_ptr_array_add(host->addresses, g_strdup("192.0.2.10"));
    g_ptr_array_add(host->users, mailsim_user_new("alice", "alicepw"));
    for (guint i = 0; i < SETTINGS_MAX && settings[i].name != NULL; i++)
        g_ptr_array_add(host->postfix,
                        mailsim_setting_new(settings[i].name, settings[i].value, NULL));
    g_ptr_array_add(world->hosts, host);
    g_ptr_array_add(blocklist->listed, g_strdup(NAMELESS));
    g_ptr_array_add(blocklist->listed, g_strdup("2001:db8::7"));
    g_ptr_array_add(world->blocklists, blocklist);
    g_ptr_array_add(world->links,
                    mailsim_link_definition_new("dest", "dns", 15 * MAILSIM_MILLISECOND));
    world->start_us = 1768208400 * MAILSIM_SECOND;

    fixture->recording = mailsim_recording_new();
    fixture->lab = mailsim_lab_new(fixture->recording, world->start_us, 0, NULL);
    ck_assert(mailsim_lab_configure(fixture->lab, world, NULL));
    fixture->hop = mailsim_recording_add_hop(fixture->recording);
    fixture->query = (MailsimRestrictionQuery){
        .host = mailsim_lab_find_host(fixture->lab, "dest"),
        .hop = fixture->hop,
        .client_address = NAMELESS,
        .client_name = "unknown",
        .envelope = &fixture->envelope,
        .delay_us = &fixture->delay_us,
        .memory = &fixture->memory,
    };
    fixture->envelope.helo_name = (char *)"client.example";
    fixture->envelope.sender = (char *)"a@sender.example";
}

static void
tear_down(Fixture *fixture)
{
    mailsim_restriction_memory_clear(&fixture->memory);
    mailsim_lab_free(fixture->lab);
    mailsim_recording_free(fixture->recording);
}

static char *
ask(Fixture *fixture, MailsimSmtpStage stage, const char *subject)
{
    fixture->query.stage = stage;
    fixture->query.subject = subject;
    return mailsim_restrictions_check(&fixture->query);
}

/* “list: rule verdict!” of each look, “?” before a question to DNS; “!” for who decided. */
static char *
describe(const Fixture *fixture)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < fixture->recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(fixture->recording->events, i);

        if (event->kind == MAILSIM_EVENT_DNS)
            g_string_append_printf(text, "? %s = %s\n", event->dns.question, event->dns.answer);
        else if (event->kind == MAILSIM_EVENT_RULE)
            g_string_append_printf(text, "%s: %s %s%s\n", event->rule.list, event->rule.rule,
                                   mailsim_rule_verdict_name(event->rule.verdict),
                                   event->rule.decided ? "!" : "");
    }
    return g_string_free(text, FALSE);
}

/* clang-format off */
static const struct {
    const char *description;
    Setting settings[SETTINGS_MAX];
    MailsimSmtpStage stage;
    const char *subject;
    const char *looks;
    const char *decided_by; /* NULL: nobody did */
    guint round_trips;
} walks[] = {
    {"what comes after a decision is not reached",
     {{"smtpd_client_restrictions", "reject_plaintext_session, permit"}},
     MAILSIM_STAGE_RCPT, "alice@dest.example",
     "smtpd_client_restrictions: reject_plaintext_session defer!\n"
     "smtpd_client_restrictions: permit not-reached\n",
     "smtpd_client_restrictions: reject_plaintext_session", 0},
    {"a warning decides nothing",
     {{"smtpd_client_restrictions", "warn_if_reject reject"},
      {"smtpd_relay_restrictions", "permit_auth_destination, reject"}},
     MAILSIM_STAGE_RCPT, "alice@dest.example",
     "smtpd_client_restrictions: warn_if_reject reject reject\n"
     "smtpd_relay_restrictions: permit_auth_destination permit!\n"
     "smtpd_relay_restrictions: reject not-reached\n",
     "smtpd_relay_restrictions: permit_auth_destination", 0},
    {"a blocklist is asked backwards, and for its reason",
     {{"smtpd_client_restrictions", "Reject_RBL_Client bl.example"}},
     MAILSIM_STAGE_RCPT, "alice@dest.example",
     "? A 7.100.51.198.bl.example = 127.0.0.2\n"
     "? TXT 7.100.51.198.bl.example = \"198.51.100.7 is listed in bl.example\"\n"
     "smtpd_client_restrictions: reject_rbl_client bl.example reject!\n",
     "smtpd_client_restrictions: reject_rbl_client bl.example", 2},
    {"a domain is looked for until it is found",
     {{"smtpd_sender_restrictions",
       "reject_unknown_sender_domain, reject_unknown_helo_hostname"},
      {"unknown_address_reject_code", "550"}},
     MAILSIM_STAGE_RCPT, "alice@dest.example",
     "? MX sender.example = NXDOMAIN\n"
     "? A sender.example = NXDOMAIN\n"
     "? AAAA sender.example = NXDOMAIN\n"
     "smtpd_sender_restrictions: reject_unknown_sender_domain reject!\n"
     "smtpd_sender_restrictions: reject_unknown_helo_hostname not-reached\n",
     "smtpd_sender_restrictions: reject_unknown_sender_domain", 3},
    {"a class is recorded before its rules",
     {{"smtpd_restriction_classes", "strict"}, {"strict", "permit_mynetworks reject"},
      {"smtpd_client_restrictions", "strict, permit"}},
     MAILSIM_STAGE_RCPT, "alice@dest.example",
     "smtpd_client_restrictions: strict no-opinion\n"
     "smtpd_client_restrictions: permit_mynetworks no-opinion\n"
     "smtpd_client_restrictions: reject reject!\n"
     "smtpd_client_restrictions: permit not-reached\n",
     "smtpd_client_restrictions: reject", 0},
    {"so is an access table's answer",
     {{"smtpd_client_restrictions", "inline:{ {unknown = sleep 3, reject} }"}},
     MAILSIM_STAGE_RCPT, "alice@dest.example",
     "smtpd_client_restrictions: inline:{ {unknown = sleep 3, reject} } no-opinion\n"
     "smtpd_client_restrictions: sleep 3 no-opinion\n"
     "smtpd_client_restrictions: reject reject!\n",
     "smtpd_client_restrictions: reject", 100},
    {"a deferral that nothing overrules is recorded again at the end",
     {{"smtpd_client_restrictions", "defer_if_permit"},
      {"smtpd_relay_restrictions", "permit"}},
     MAILSIM_STAGE_RCPT, "alice@dest.example",
     "smtpd_client_restrictions: defer_if_permit defer\n"
     "smtpd_relay_restrictions: permit permit!\n"
     "smtpd_client_restrictions: defer_if_permit defer!\n",
     "smtpd_client_restrictions: defer_if_permit", 0},
    {"an unknown user is refused by the rule that is implied",
     {{"smtpd_relay_restrictions", ""}},
     MAILSIM_STAGE_VRFY, "nobody@dest.example",
     "smtpd_reject_unlisted_recipient: reject_unlisted_recipient reject!\n",
     "smtpd_reject_unlisted_recipient: yes", 0},
    {"nothing is asked at connect",
     {{"smtpd_client_restrictions", "reject"}}, MAILSIM_STAGE_CONNECT, NULL, "", NULL, 0},
    {"but with smtpd_delay_reject = no",
     {{"smtpd_client_restrictions", "reject"}, {"smtpd_delay_reject", "no"}},
     MAILSIM_STAGE_CONNECT, NULL,
     "smtpd_client_restrictions: reject reject!\n", "smtpd_client_restrictions: reject", 0},
};
/* clang-format on */

START_TEST(every_look_is_recorded)
{
    Fixture fixture;
    g_autofree char *reply = NULL;
    g_autofree char *looks = NULL;

    set_up(&fixture, walks[_i].settings);
    reply = ask(&fixture, walks[_i].stage, walks[_i].subject);
    looks = describe(&fixture);
    ck_assert_msg(g_str_equal(looks, walks[_i].looks), "%s:\n%s", walks[_i].description, looks);
    ck_assert_pstr_eq(fixture.hop->decided_by, walks[_i].decided_by);
    ck_assert_int_eq(fixture.delay_us, walks[_i].round_trips * 30 * MAILSIM_MILLISECOND);
    tear_down(&fixture);
}
END_TEST

START_TEST(a_deferral_is_remembered_from_connect_to_rcpt)
{
    const Setting settings[SETTINGS_MAX] = {
        {"smtpd_delay_reject",        "no"             },
        {"smtpd_client_restrictions", "defer_if_permit"},
    };
    Fixture fixture;
    g_autofree char *connect = NULL;
    g_autofree char *reply = NULL;

    set_up(&fixture, settings);
    connect = ask(&fixture, MAILSIM_STAGE_CONNECT, NULL);
    ck_assert_ptr_null(connect);
    g_free(ask(&fixture, MAILSIM_STAGE_HELO, "client.example"));
    g_free(ask(&fixture, MAILSIM_STAGE_MAIL, "a@sender.example"));
    reply = ask(&fixture, MAILSIM_STAGE_RCPT, "alice@dest.example");
    ck_assert_str_eq(reply, "450 4.7.0 <unknown[198.51.100.7]>: Client host rejected: "
                            "defer_if_permit requested");
    tear_down(&fixture);
}
END_TEST

#define REVERSE_IPV6 "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"

/* clang-format off */
static const struct {
    const char *type;
    const char *name;
    const char *records; /* NULL: no such name */
} questions[] = {
    {"A",   "7.100.51.198.bl.example",    "127.0.0.2"},
    {"TXT", "7.100.51.198.BL.example",    "\"198.51.100.7 is listed in bl.example\""},
    {"MX",  "7.100.51.198.bl.example",    ""},
    {"A",   "bl.example",                 ""},
    {"A",   "8.100.51.198.bl.example",    NULL},
    {"A",   "7.100.51.198.other.example", NULL},
    {"A",   REVERSE_IPV6 ".bl.example",   "127.0.0.2"},
};
/* clang-format on */

START_TEST(a_blocklist_is_a_zone)
{
    const Setting settings[SETTINGS_MAX] = {
        {NULL, NULL}
    };
    Fixture fixture;
    g_auto(MailsimDnsAnswer) answer = {0};

    set_up(&fixture, settings);
    mailsim_dns_find(fixture.lab, questions[_i].type, questions[_i].name, &answer);
    ck_assert_int_eq(answer.result == MAILSIM_DNS_NO_NAME, questions[_i].records == NULL);
    if (answer.result == MAILSIM_DNS_FOUND)
        ck_assert_str_eq(g_ptr_array_index(answer.records, 0), questions[_i].records);
    else if (answer.result == MAILSIM_DNS_NO_DATA)
        ck_assert_str_eq("", questions[_i].records);
    tear_down(&fixture);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("restriction-walk");
    TCase *tcase = tcase_create("walk");

    tcase_add_loop_test(tcase, every_look_is_recorded, 0, G_N_ELEMENTS(walks));
    tcase_add_test(tcase, a_deferral_is_remembered_from_connect_to_rcpt);
    tcase_add_loop_test(tcase, a_blocklist_is_a_zone, 0, G_N_ELEMENTS(questions));
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
