/* SPDX-License-Identifier: MIT
 *
 * Any bytes as what is said of a certificate beforehand, one a line: the data of a TLSA record,
 * held against a chain, and a line of smtp_tls_policy_maps. Nothing may crash, a mistake lies
 * within the line, and a record that is read and written again is the same. */
#include <string.h>

#include <mailsim/protocol/tlsa.h>
#include <mailsim/settings/tls-policy.h>
#include <mailsim/wire/certificate.h>
#include <mailsim/wire/tls-announcement.h>
#include <mailsim/wire/tls-judgement.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

#define LINE_MAX_BYTES 4096

/* One for all lines: a server's certificate, and its authority. */
static const gnutls_x509_crt_t *
get_chain(guint *n_chain)
{
    static MailsimAuthority *authority;
    static MailsimCertificate *certificate;
    const MailsimCertificateRequest request = {
        .identity = "mail",
        .profile = "letsencrypt",
        .hostname = "mail.dest.example",
        .issued_us = G_MININT64,
    };

    if (authority == NULL)
        authority = mailsim_authority_new(NULL);
    g_assert_nonnull(authority);
    if (certificate == NULL)
        certificate = mailsim_authority_issue(authority, &request, NULL);
    g_assert_nonnull(certificate);
    return mailsim_certificate_get_chain(certificate, n_chain);
}

static void
judge(const char *text)
{
    g_autoptr(MailsimTlsAnnouncement) announcement = mailsim_tls_announcement_new();
    MailsimTlsJudgement judgement = {0};
    guint n_chain;
    const gnutls_x509_crt_t *chain = get_chain(&n_chain);

    announcement->tlsa = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(announcement->tlsa, g_strdup(text));
    mailsim_tls_judge_announced(chain, n_chain, announcement, "mail.dest.example", &judgement);
    g_assert_true(judgement.match == NULL || g_str_equal(judgement.match, text));
    mailsim_tls_judgement_clear(&judgement);
}

static void
check_record(const char *text)
{
    g_auto(MailsimTlsa) tlsa = {0};
    g_auto(MailsimTlsa) again = {0};
    g_autofree char *written = NULL;
    gsize at = G_MAXSIZE;

    if (!mailsim_tlsa_parse(text, &tlsa, &at)) {
        g_assert_cmpuint(at, <=, strlen(text));
        g_assert_false(mailsim_tls_understands_record(text));
        return;
    }
    g_assert_true((tlsa.hex == NULL) != (tlsa.digest == NULL));
    g_assert_true(tlsa.hex == NULL || strlen(tlsa.hex) % 2 == 0);
    written = g_strdup_printf(
        "%u %u %u %s%s", tlsa.usage, tlsa.selector, tlsa.matching,
        tlsa.hex != NULL ? "" : "digest:", tlsa.hex != NULL ? tlsa.hex : tlsa.digest);
    g_assert_true(mailsim_tlsa_parse(written, &again, NULL));
    g_assert_cmpstr(again.hex, ==, tlsa.hex);
    g_assert_cmpstr(again.digest, ==, tlsa.digest);
    g_assert_true(mailsim_tlsa_is_understood(&tlsa) || !mailsim_tls_understands_record(text));
    judge(text);
}

static void
check_policy(const char *text)
{
    g_autoptr(MailsimTlsPolicyLine) line = mailsim_tls_policy_line_parse(text);

    g_assert_true(line->level != NULL || line->problems->len > 0);
    g_assert_true(line->level == NULL || mailsim_tls_level_find(line->level) == line->level);
    g_assert_true(line->matches->len == 0 || mailsim_tls_level_takes_match(line->level));
    for (guint i = 0; i < line->problems->len; i++) {
        const MailsimTlsPolicyProblem *problem = g_ptr_array_index(line->problems, i);

        g_assert_cmpuint(problem->start, <=, problem->end);
        g_assert_cmpuint(problem->end, <=, strlen(text));
        g_assert_cmpstr(problem->words, !=, "");
    }
    mailsim_tls_fingerprint_is_well_formed(text);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (strlen(lines[i]) > LINE_MAX_BYTES)
            continue;
        check_record(lines[i]);
        check_policy(lines[i]);
    }
    return 0;
}
