/* SPDX-License-Identifier: MIT
 *
 * What parameters of main.cf come to together, for the lab and for whoever judges a world that
 * is not alive. Postfix 3.7.11 was asked: tests/dialogue/recorded/bad-settings.md. */
#include <string.h>

#include <mailsim/lab/main-cf.h>

#include "../support/run-suite.h"
#include "../support/scenario-text.h"

#define LIVE    "/etc/letsencrypt/live/mail.iesgn.example"
#define CERTBOT "smtpd_tls_cert_file = " LIVE "/fullchain.pem"

typedef struct {
    MailsimWorld *world;
    MailsimHostDefinition *host;
} Fixture;

/* A host whose main.cf has these LINES. */
static void
set_up(Fixture *fixture, const char *lines)
{
    g_auto(GStrv) split = g_strsplit(lines, "\n", -1);
    MailsimCertificateDefinition *certificate = mailsim_certificate_definition_new();

    fixture->world = mailsim_world_new();
    fixture->host = mailsim_host_definition_new();
    g_ptr_array_add(fixture->world->hosts, fixture->host);
    g_ptr_array_add(fixture->world->certificates, certificate);
    certificate->name = g_strdup("web");
    fixture->host->name = g_strdup("mail");
    fixture->host->mailname = g_strdup("iesgn.example");
    fixture->host->hostname = g_strdup("mail.iesgn.example");
    fixture->host->certificate = g_strdup("letsencrypt");
    for (guint i = 0; split[i]; i++) {
        g_auto(GStrv) sides = g_strsplit(split[i], " = ", 2);

        if (*split[i])
            g_ptr_array_add(fixture->host->postfix,
                            mailsim_setting_new(sides[0], sides[1], NULL));
    }
}

static void
tear_down(Fixture *fixture)
{
    mailsim_world_free(fixture->world);
}

/* clang-format off */
static const struct {
    const char *lines;
    const char *name; /* of the certificate; NULL: there is none */
    gboolean has_key;
} certificates[] = {
    {"", "letsencrypt", TRUE},
    {CERTBOT, "letsencrypt", TRUE},
    {"live = " LIVE "\nsmtpd_tls_cert_file = $live/fullchain.pem\n"
     "smtpd_tls_key_file = $live/privkey.pem", "letsencrypt", TRUE},
    {CERTBOT "\nsmtpd_tls_key_file = /etc/ssl/private/ssl-cert-snakeoil.key",
     "letsencrypt", FALSE},
    {"smtpd_tls_cert_file = " LIVE "/fulchain.pem", NULL, FALSE},
    {"smtpd_tls_cert_file = ", NULL, FALSE},
    {"smtpd_tls_cert_file = /etc/mailsim/web.pem", "web", TRUE},
    {"smtpd_tls_cert_file = /etc/mailsim/other.pem", NULL, TRUE},
    {"smtpd_tls_cert_file = /etc/mailsim/expired.pem", "expired", TRUE},
    {"smtpd_tls_chain_files = /nowhere", NULL, TRUE},
    {"smtpd_tls_chain_files = /etc/mailsim/web.pem\nsmtpd_tls_cert_file = /nowhere",
     "web", TRUE},
};

static const struct {
    const char *lines;
    MailsimServerTls tls;
} server_levels[] = {
    {"", MAILSIM_SERVER_TLS_OFFERED}, /* Debian's main.cf says may */
    {"smtpd_tls_security_level = none", MAILSIM_SERVER_TLS_NONE},
    {"smtpd_tls_security_level = May", MAILSIM_SERVER_TLS_OFFERED},
    {"smtpd_tls_security_level = ENCRYPT", MAILSIM_SERVER_TLS_REQUIRED},
    {"smtpd_tls_security_level = verify", MAILSIM_SERVER_TLS_REQUIRED},
    {"smtpd_tls_security_level = secure", MAILSIM_SERVER_TLS_REQUIRED},
    {"smtpd_tls_security_level = fingerprint", MAILSIM_SERVER_TLS_REQUIRED},
    {"smtpd_tls_security_level = dane", MAILSIM_SERVER_TLS_NONE},
    {"smtpd_tls_security_level = mandatory", MAILSIM_SERVER_TLS_NONE},
    {"smtpd_tls_security_level = ", MAILSIM_SERVER_TLS_NONE},
    {"smtpd_tls_security_level = \nsmtpd_use_tls = yes", MAILSIM_SERVER_TLS_OFFERED},
    {"smtpd_tls_security_level = \nsmtpd_enforce_tls = yes", MAILSIM_SERVER_TLS_REQUIRED},
    {"smtpd_tls_security_level = none\nsmtpd_use_tls = yes", MAILSIM_SERVER_TLS_NONE},
};

static const struct {
    const char *lines;
    const char *level;
} client_levels[] = {
    {"", "may"},
    {"smtp_tls_security_level = Secure", "secure"},
    {"smtp_tls_security_level = ", "none"},
    {"smtp_tls_security_level = \nsmtp_use_tls = yes", "may"},
    {"smtp_tls_security_level = \nsmtp_enforce_tls = yes", "verify"},
    {"smtp_tls_security_level = \nsmtp_enforce_tls = yes\nsmtp_tls_enforce_peername = no",
     "encrypt"},
    {"smtp_tls_security_level = may\nsmtp_enforce_tls = yes", "may"},
};

#define DOVECOT "smtpd_sasl_type = dovecot\n"

static const struct {
    const char *lines;
    gboolean has_dovecot;
    gboolean is_answered;
} sockets[] = {
    {"", FALSE, TRUE}, /* Debian's is cyrus */
    {DOVECOT "smtpd_sasl_path = private/auth", TRUE, TRUE},
    {DOVECOT "smtpd_sasl_path = private/auth", FALSE, FALSE},
    {DOVECOT, TRUE, FALSE},
    {DOVECOT "smtpd_sasl_path = private/dovecot-auth", TRUE, FALSE},
};

#define RELAY "smtpd_relay_restrictions = "

static const struct {
    const char *lines;
    gboolean can_refuse;
} guards[] = {
    {"", TRUE},
    {RELAY "permit_mynetworks", FALSE},
    {RELAY, FALSE},
    {RELAY "permit_mynetworks\nsmtpd_recipient_restrictions = reject_unauth_destination", TRUE},
    {RELAY "permit, reject", FALSE},
    {RELAY "warn_if_reject reject", FALSE},
    {RELAY "Check_Relay_Domains", TRUE},
    {RELAY "ours\nsmtpd_restriction_classes = ours\nours = permit_mynetworks", FALSE},
    {RELAY "ours\nsmtpd_restriction_classes = ours\nours = permit_mynetworks, defer", TRUE},
    {RELAY "ours\nsmtpd_restriction_classes = ours\nours = ours", FALSE},
    {RELAY "ours\nours = reject", FALSE},
};

#define RECIPIENT "\nsmtpd_recipient_restrictions = "
#define OURS      "\nsmtpd_restriction_classes = ours\nours = "

static const struct {
    const char *lines;
    gboolean relays;
} relays[] = {
    {"", TRUE},
    {RELAY "permit_sasl_authenticated, defer_unauth_destination" RECIPIENT "permit_mynetworks", FALSE},
    {RELAY "permit_sasl_authenticated, reject_unauth_destination, permit_mynetworks", FALSE},
    {RELAY RECIPIENT "permit_mynetworks, reject_unauth_destination", TRUE},
    {RELAY RECIPIENT "reject_unauth_destination, permit_mynetworks", FALSE},
    {RELAY "Permit_MyNetworks, reject" RECIPIENT "reject", FALSE},
    {RELAY "warn_if_reject reject, permit_mynetworks, defer", TRUE},
    {RELAY "defer_if_permit, permit_mynetworks", FALSE},
    {RELAY "check_client_access hash:/etc/x, reject_rbl_client x.example, permit_mynetworks, reject", TRUE},
    {RELAY "ours, reject" OURS "permit_mynetworks", TRUE},
    {RELAY "ours, permit_mynetworks" OURS "ours, check_relay_domains", FALSE},
    {"smtpd_client_restrictions = permit_sasl_authenticated, reject", FALSE},
    {"smtpd_sender_restrictions = permit", TRUE},
};
/* clang-format on */

START_TEST(a_server_has_the_certificate_that_its_files_hold)
{
    Fixture fixture;
    g_autofree char *name = NULL;

    set_up(&fixture, certificates[_i].lines);
    name = mailsim_main_cf_dup_certificate(fixture.world, fixture.host, NULL);
    ck_assert_pstr_eq(name, certificates[_i].name);
    if (name)
        ck_assert_int_eq(mailsim_main_cf_has_key(fixture.host, NULL), certificates[_i].has_key);
    tear_down(&fixture);
}
END_TEST

START_TEST(levels_are_what_postfix_makes_of_them)
{
    Fixture fixture;

    for (guint i = 0; i < G_N_ELEMENTS(server_levels); i++) {
        set_up(&fixture, server_levels[i].lines);
        ck_assert_msg(mailsim_main_cf_get_server_tls(fixture.host, NULL) ==
                          server_levels[i].tls,
                      "%s", server_levels[i].lines);
        tear_down(&fixture);
    }
    for (guint i = 0; i < G_N_ELEMENTS(client_levels); i++) {
        g_autofree char *level = NULL;

        set_up(&fixture, client_levels[i].lines);
        level = mailsim_main_cf_dup_client_level(fixture.host);
        ck_assert_str_eq(level, client_levels[i].level);
        tear_down(&fixture);
    }
}
END_TEST

START_TEST(dovecot_is_at_one_socket)
{
    for (guint i = 0; i < G_N_ELEMENTS(sockets); i++) {
        Fixture fixture;

        set_up(&fixture, sockets[i].lines);
        fixture.host->has_dovecot = sockets[i].has_dovecot;
        ck_assert_msg(mailsim_main_cf_is_sasl_answered(fixture.host, NULL) ==
                          sockets[i].is_answered,
                      "%s", sockets[i].lines);
        tear_down(&fixture);
    }
}
END_TEST

START_TEST(a_list_can_refuse_through_its_classes_too)
{
    for (guint i = 0; i < G_N_ELEMENTS(guards); i++) {
        Fixture fixture;

        set_up(&fixture, guards[i].lines);
        ck_assert_msg(mailsim_main_cf_can_refuse(fixture.host, NULL) == guards[i].can_refuse,
                      "%s", guards[i].lines);
        tear_down(&fixture);
    }
}
END_TEST

START_TEST(networks_are_relayed_for_where_every_list_lets_them_pass)
{
    for (guint i = 0; i < G_N_ELEMENTS(relays); i++) {
        Fixture fixture;

        set_up(&fixture, relays[i].lines);
        ck_assert_msg(mailsim_main_cf_relays_for_networks(fixture.host, NULL) ==
                          relays[i].relays,
                      "%s", relays[i].lines);
        tear_down(&fixture);
    }
}
END_TEST

START_TEST(the_lab_finds_the_certificate_through_names_as_well)
{
    g_autofree char *told = NULL;
    g_autoptr(MailsimRecording) recording = scenario_text_run(
        "[scenario]\ntitle = Names\n[host mail]\nmailname = iesgn.example\nusers = ana\n"
        "[postfix mail]\nlive = " LIVE "\nsmtpd_tls_cert_file = $live/fullchain.pem\n"
        "smtpd_tls_key_file = $live/privkey.pem\n[host away]\nusers = bob\n"
        "[postfix away]\nsmtp_tls_security_level = secure\n"
        "[step s]\ntitle = S\ndo = send\nby = bob\nto = ana@iesgn.example\n"
        "expect.outcome = delivered\nexpect.hop.mail = sent, verified\n",
        &told);

    ck_assert_msg(!told || !*told, "%s", told);
    ck_assert_uint_eq(recording->hops->len, 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("main-cf");
    TCase *tcase = tcase_create("main-cf");

    tcase_add_loop_test(tcase, a_server_has_the_certificate_that_its_files_hold, 0,
                        G_N_ELEMENTS(certificates));
    tcase_add_test(tcase, levels_are_what_postfix_makes_of_them);
    tcase_add_test(tcase, dovecot_is_at_one_socket);
    tcase_add_test(tcase, a_list_can_refuse_through_its_classes_too);
    tcase_add_test(tcase, networks_are_relayed_for_where_every_list_lets_them_pass);
    tcase_add_test(tcase, the_lab_finds_the_certificate_through_names_as_well);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
