/* SPDX-License-Identifier: MIT
 *
 * Rules of lint for what smtp(8) demands of a server's certificate: fingerprints, and what DANE
 * needs. What Postfix does with such settings was asked of Postfix 3.7: bad-settings.md and
 * tls/ in tests/dialogue/recorded. */
#include "lint-private.h"

#include <string.h>

#include <mailsim/settings/tls-policy.h>

static gboolean
level_is(const LintView *view, const char *word)
{
    g_autofree char *level = mailsim_main_cf_dup_client_level(view->host);

    return strcmp(level, word) == 0;
}

/* --- Fingerprints --- */

static gboolean
find_no_fingerprint(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    g_auto(GStrv) words = lint_dup_list(view, "smtp_tls_fingerprint_cert_match");

    if (!level_is(view, "fingerprint"))
        return FALSE;
    for (guint i = 0; words[i]; i++)
        if (*words[i] && mailsim_tls_fingerprint_is_well_formed(words[i]))
            return FALSE;
    return TRUE;
}

static gboolean
is_written_out(const char *fingerprint)
{
    return mailsim_tls_fingerprint_is_well_formed(fingerprint) &&
           !g_str_has_prefix(fingerprint, "fingerprint:") &&
           !g_str_has_prefix(fingerprint, "public-key:");
}

static guint
count_octets(const char *fingerprint)
{
    guint n_digits = 0;

    for (; *fingerprint; fingerprint++)
        n_digits += g_ascii_isxdigit(*fingerprint);
    return n_digits / 2;
}

static gboolean
find_other_length(const LintView *view, LintFinding *finding)
{
    g_auto(GStrv) words = lint_dup_list(view, "smtp_tls_fingerprint_cert_match");
    g_autofree char *digest = lint_dup(view, "smtp_tls_fingerprint_digest");
    const guint wanted = mailsim_tls_digest_get_octets(digest);

    for (guint i = 0; level_is(view, "fingerprint") && wanted > 0 && words[i]; i++) {
        if (!is_written_out(words[i]) || count_octets(words[i]) == wanted)
            continue;
        finding->word = g_strdup(words[i]);
        finding->message = g_strdup_printf("a fingerprint of %u octets, and %s has %u",
                                           count_octets(words[i]), digest, wanted);
        return TRUE;
    }
    return FALSE;
}

/* --- DANE --- */

static gboolean
find_unsigned_answers(const LintView *view, LintFinding *finding)
{
    const gboolean only = level_is(view, "dane-only");
    const gboolean asks = lint_is(view, "smtp_dns_support_level", "dnssec");

    if ((!only && !level_is(view, "dane")) || mailsim_main_cf_wants_signed_answers(view->host))
        return FALSE;
    finding->message = g_strdup_printf("level %s, and nobody asks DNS for signed answers",
                                       only ? "dane-only" : "dane");
    finding->hint = g_strdup_printf(
        "%s. Write %s; in the log: %s configured with dnssec lookups disabled",
        only ? "all mail would wait, 4.7.5 client TLS configuration problem"
             : "no TLSA record is looked at: dane comes to may, which whoever takes STARTTLS "
               "away gets round",
        asks ? "smtp_host_lookup = dns" : "smtp_dns_support_level = dnssec",
        only ? "dane-only" : "dane");
    return TRUE;
}

/* clang-format off */
const LintRule lint_client_tls_rules[] = {
    {"no-fingerprint", {"smtp_tls_fingerprint_cert_match", "smtp_tls_security_level"},
     find_no_fingerprint, "level fingerprint, and no fingerprint to match",
     "all mail would wait, 4.7.5 client TLS configuration problem, and no server be called. List "
     "certificates or keys in smtp_tls_fingerprint_cert_match"},
    {"other-length", {"smtp_tls_fingerprint_cert_match"}, find_other_length, NULL,
     "no certificate can have it: Postfix passes over it as unusable, and where no other one fits "
     "mail waits, 4.7.5 Server certificate not verified. smtp_tls_fingerprint_digest says which "
     "digest it is"},
    {"unsigned-answers", {"smtp_host_lookup", "smtp_dns_support_level", "smtp_tls_security_level"},
     find_unsigned_answers, NULL, NULL},
};
/* clang-format on */

const guint lint_n_client_tls_rules = G_N_ELEMENTS(lint_client_tls_rules);
