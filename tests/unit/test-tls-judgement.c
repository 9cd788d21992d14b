/* SPDX-License-Identifier: MIT
 *
 * Chain, name and dates of every profile, judged on the scenario's day, before and after. */
#include <mailsim/wire/certificate.h>
#include <mailsim/wire/tls-judgement.h>

#include "../support/run-suite.h"

#define HOSTNAME "mail.iesgn.example"

static MailsimTime virtual_now_us;

static time_t
tell_time(time_t *result)
{
    const time_t now = (time_t)(virtual_now_us / MAILSIM_SECOND);
    if (result != NULL)
        *result = now;
    return now;
}

typedef enum {
    TRUST_ROOTS,   /* what mail programs trust */
    TRUST_NOTHING, /* an empty list */
    TRUST_IT,      /* the certificate itself is in the list */
} Trust;

typedef struct {
    const char *description;
    const char *profile;
    Trust trust;
    int days_later; /* judged so many days after it was issued for */
    const char *expected_names;
    gboolean self_signed;
    gboolean is_authority;
    gboolean chain_ok;
    gboolean name_ok;
    gboolean dates_ok;
    const char *chain_problem;
    const char *names;
    const char *issuers;
} JudgementCase;

/* clang-format off */
static const JudgementCase judgements[] = {
    {.description = "all well", .profile = "letsencrypt", .expected_names = HOSTNAME,
     .chain_ok = TRUE, .name_ok = TRUE, .dates_ok = TRUE,
     .names = HOSTNAME, .issuers = "Lab Encrypt R1, Lab Root X1"},
    {.description = "no name expected", .profile = "letsencrypt",
     .chain_ok = TRUE, .name_ok = FALSE, .dates_ok = TRUE,
     .names = HOSTNAME, .issuers = "Lab Encrypt R1, Lab Root X1"},
    {.description = "on its last day", .profile = "letsencrypt", .expected_names = HOSTNAME,
     .days_later = 79, .chain_ok = TRUE, .name_ok = TRUE, .dates_ok = TRUE,
     .names = HOSTNAME, .issuers = "Lab Encrypt R1, Lab Root X1"},
    {.description = "a day too late", .profile = "letsencrypt", .expected_names = HOSTNAME,
     .days_later = 80, .chain_ok = TRUE, .name_ok = TRUE, .dates_ok = FALSE,
     .names = HOSTNAME, .issuers = "Lab Encrypt R1, Lab Root X1"},
    {.description = "a day too early", .profile = "letsencrypt", .expected_names = HOSTNAME,
     .days_later = -11, .chain_ok = TRUE, .name_ok = TRUE, .dates_ok = FALSE,
     .names = HOSTNAME, .issuers = "Lab Encrypt R1, Lab Root X1"},
    {.description = "nobody is trusted", .profile = "letsencrypt", .expected_names = HOSTNAME,
     .trust = TRUST_NOTHING, .chain_ok = FALSE, .name_ok = TRUE, .dates_ok = TRUE,
     .chain_problem = "unknown issuer",
     .names = HOSTNAME, .issuers = "Lab Encrypt R1, Lab Root X1"},
    {.description = "Debian's own", .profile = "snakeoil", .expected_names = HOSTNAME,
     .self_signed = TRUE, .chain_ok = FALSE, .name_ok = TRUE, .dates_ok = TRUE,
     .chain_problem = "self-signed certificate", .names = HOSTNAME, .issuers = HOSTNAME},
    {.description = "Debian's own, in the list: CA:FALSE, and trusted all the same",
     .profile = "snakeoil", .trust = TRUST_IT, .expected_names = HOSTNAME,
     .self_signed = TRUE, .chain_ok = TRUE, .name_ok = TRUE, .dates_ok = TRUE,
     .names = HOSTNAME, .issuers = HOSTNAME},
    {.description = "a self-signed authority in the list",
     .profile = "snakeoil", .trust = TRUST_IT, .expected_names = HOSTNAME, .is_authority = TRUE,
     .self_signed = TRUE, .chain_ok = TRUE, .name_ok = TRUE, .dates_ok = TRUE,
     .names = HOSTNAME, .issuers = HOSTNAME},
    {.description = "everything is bad at once", .profile = "snakeoil",
     .expected_names = "x.example", .days_later = 4000,
     .self_signed = TRUE, .chain_ok = FALSE, .name_ok = FALSE, .dates_ok = FALSE,
     .chain_problem = "self-signed certificate", .names = HOSTNAME, .issuers = HOSTNAME},
    {.description = "not renewed", .profile = "expired", .expected_names = HOSTNAME,
     .chain_ok = TRUE, .name_ok = TRUE, .dates_ok = FALSE,
     .names = HOSTNAME, .issuers = "Lab Encrypt R1, Lab Root X1"},
    {.description = "from the future", .profile = "not-yet-valid", .expected_names = HOSTNAME,
     .chain_ok = TRUE, .name_ok = TRUE, .dates_ok = FALSE,
     .names = HOSTNAME, .issuers = "Lab Encrypt R1, Lab Root X1"},
    {.description = "from the future, when it has come", .profile = "not-yet-valid",
     .expected_names = HOSTNAME, .days_later = 30,
     .chain_ok = TRUE, .name_ok = TRUE, .dates_ok = TRUE,
     .names = HOSTNAME, .issuers = "Lab Encrypt R1, Lab Root X1"},
    {.description = "another host's", .profile = "wrong-name", .expected_names = HOSTNAME,
     .chain_ok = TRUE, .name_ok = FALSE, .dates_ok = TRUE,
     .names = "other.example", .issuers = "Lab Encrypt R1, Lab Root X1"},
    {.description = "an authority of one's own", .profile = "unknown-ca",
     .expected_names = HOSTNAME, .chain_ok = FALSE, .name_ok = TRUE, .dates_ok = TRUE,
     .chain_problem = "unknown issuer", .names = HOSTNAME, .issuers = "Unknown Root X9"},
    {.description = "cert.pem for fullchain.pem", .profile = "no-intermediate",
     .expected_names = HOSTNAME, .chain_ok = FALSE, .name_ok = TRUE, .dates_ok = TRUE,
     .chain_problem = "missing intermediate", .names = HOSTNAME, .issuers = "Lab Encrypt R1"},
};
/* clang-format on */

static void
fill_trust_list(gnutls_x509_trust_list_t trusted,
                Trust trust,
                const MailsimAuthority *authority,
                const MailsimCertificate *certificate)
{
    guint n = 0;
    const gnutls_x509_crt_t *certificates = NULL;
    switch (trust) {
    case TRUST_ROOTS:
        certificates = mailsim_authority_get_roots(authority, &n);
        break;
    case TRUST_NOTHING:
        break;
    case TRUST_IT:
        certificates = mailsim_certificate_get_chain(certificate, &n);
        break;
    }
    if (n > 0)
        ck_assert_int_eq(gnutls_x509_trust_list_add_cas(trusted, certificates, n, 0), (int)n);
}

START_TEST(chain_name_and_dates_are_judged_apart)
{
    const JudgementCase *expected = &judgements[_i];
    MailsimTime day_us = 0;
    ck_assert(mailsim_time_parse("2026-01-12 09:00", &day_us));
    const MailsimCertificateRequest request = {
        .identity = "mail",
        .profile = expected->profile,
        .hostname = HOSTNAME,
        .now_us = day_us,
        .issued_us = G_MININT64,
        .is_authority = expected->is_authority,
    };
    g_autoptr(MailsimAuthority) authority = mailsim_authority_new(NULL);
    g_autoptr(MailsimCertificate) certificate =
        mailsim_authority_issue(authority, &request, NULL);
    guint n_chain;
    const gnutls_x509_crt_t *chain = mailsim_certificate_get_chain(certificate, &n_chain);
    gnutls_x509_trust_list_t trusted;
    g_auto(MailsimTlsJudgement) judgement = {0};

    virtual_now_us = day_us + expected->days_later * MAILSIM_DAY;
    gnutls_global_set_time_function(tell_time);
    gnutls_x509_trust_list_init(&trusted, 0);
    fill_trust_list(trusted, expected->trust, authority, certificate);
    mailsim_tls_judge(chain, n_chain, trusted, expected->expected_names, &judgement);
    gnutls_x509_trust_list_deinit(trusted, 0);

    const char *description = expected->description;
    ck_assert_msg(judgement.chain_ok == expected->chain_ok, "%s: chain", description);
    ck_assert_msg(judgement.name_ok == expected->name_ok, "%s: name", description);
    ck_assert_msg(judgement.dates_ok == expected->dates_ok, "%s: dates", description);
    ck_assert_msg(judgement.self_signed == expected->self_signed, "%s: itself", description);
    ck_assert_pstr_eq(judgement.chain_problem, expected->chain_problem);
    ck_assert_str_eq(judgement.names, expected->names);
    ck_assert_str_eq(judgement.subject, expected->names);
    ck_assert_str_eq(judgement.issuers, expected->issuers);
    ck_assert_int_eq(judgement.not_before_us,
                     (MailsimTime)gnutls_x509_crt_get_activation_time(chain[0]) *
                         MAILSIM_SECOND);
    ck_assert_int_gt(judgement.not_after_us, judgement.not_before_us);
}
END_TEST

START_TEST(names_are_listed_and_a_subject_may_be_absent)
{
    static const char *const names[] = {"a.example", "*.b.example", NULL};
    const MailsimCertificateRequest request = {
        .identity = "mail",
        .profile = "letsencrypt",
        .hostname = HOSTNAME,
        .issued_us = G_MININT64,
        .names = names,
        .common_name = "",
    };
    g_autoptr(MailsimAuthority) authority = mailsim_authority_new(NULL);
    g_autoptr(MailsimCertificate) certificate =
        mailsim_authority_issue(authority, &request, NULL);
    guint n_chain;
    const gnutls_x509_crt_t *chain = mailsim_certificate_get_chain(certificate, &n_chain);
    gnutls_x509_trust_list_t trusted;
    g_auto(MailsimTlsJudgement) judgement = {0};
    gnutls_x509_trust_list_init(&trusted, 0);
    mailsim_tls_judge(chain, n_chain, trusted, "x.b.example", &judgement);
    gnutls_x509_trust_list_deinit(trusted, 0);
    ck_assert_str_eq(judgement.names, "a.example, *.b.example");
    ck_assert_str_eq(judgement.subject, "");
    ck_assert(judgement.name_ok);
}
END_TEST

START_TEST(a_common_name_is_read_whole)
{
    static const gsize lengths[] = {1, 46, 47, 48, 49, 64};
    g_autofree char *name = g_strnfill(lengths[_i], 'n');
    const MailsimCertificateRequest request = {
        .identity = "mail",
        .profile = "snakeoil",
        .hostname = HOSTNAME,
        .issued_us = G_MININT64,
        .common_name = name,
    };
    g_autoptr(MailsimAuthority) authority = mailsim_authority_new(NULL);
    g_autoptr(MailsimCertificate) certificate =
        mailsim_authority_issue(authority, &request, NULL);
    guint n_chain;
    const gnutls_x509_crt_t *chain = mailsim_certificate_get_chain(certificate, &n_chain);
    gnutls_x509_trust_list_t trusted;
    g_auto(MailsimTlsJudgement) judgement = {0};

    gnutls_x509_trust_list_init(&trusted, 0);
    mailsim_tls_judge(chain, n_chain, trusted, NULL, &judgement);
    gnutls_x509_trust_list_deinit(trusted, 0);
    ck_assert_str_eq(judgement.subject, name);
    ck_assert_str_eq(judgement.issuers, name);
    ck_assert(judgement.self_signed);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("tls-judgement");
    TCase *table = tcase_create("judgements");
    tcase_add_loop_test(table, chain_name_and_dates_are_judged_apart, 0,
                        G_N_ELEMENTS(judgements));
    tcase_add_test(table, names_are_listed_and_a_subject_may_be_absent);
    tcase_add_loop_test(table, a_common_name_is_read_whole, 0, 6);
    suite_add_tcase(suite, table);

    return run_suite(suite);
}
