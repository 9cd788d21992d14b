/* SPDX-License-Identifier: MIT
 *
 * What a level of smtp(8)'s asks of a server: names or fingerprints of its certificate,
 * versions of TLS, ciphers. What of that is of no use is found out when TLS begins. */
#include "smtp-private.h"

#include <string.h>

#include <gio/gio.h>

#include <mailsim/settings/postfix-parameter.h>
#include <mailsim/settings/tls-policy.h>
#include <mailsim/settings/tls-protocols.h>
#include <mailsim/wire/certificate-digest.h>

/* ---- names ------------------------------------------------------------------------------- */

/* postconf(5) smtp_tls_secure_cert_match: words for names that follow from the next hop. */
static char *
dup_name(const char *pattern, const char *nexthop, const char *server)
{
    if (g_ascii_strcasecmp(pattern, "nexthop") == 0)
        return g_strdup(nexthop);
    if (g_ascii_strcasecmp(pattern, "dot-nexthop") == 0)
        return g_strconcat(".", nexthop, NULL);
    if (g_ascii_strcasecmp(pattern, "hostname") == 0)
        return g_strdup(server);
    return g_strdup(pattern);
}

static gboolean
is_address(const char *name)
{
    return g_hostname_is_ip_address(name);
}

/* OpenSSL holds a certificate against many names, but against one address alone. */
static void
expect_name(MailsimSmtpTlsPolicy *policy,
            const char *name,
            gboolean *has_address,
            GString *names)
{
    if (g_str_equal(name, ".")) {
        mailsim_smtp_tls_policy_warn_of_tls(policy, "ignoring invalid match name: \"%s\"",
                                            name);
    } else if (is_address(name) && *has_address) {
        mailsim_smtp_tls_policy_warn_of_tls(policy, "error loading match name: \"%s\"", name);
    } else if (name[0] != '\0') {
        *has_address = *has_address || is_address(name);
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", name);
    }
}

void
mailsim_smtp_tls_expect_names(MailsimSmtpTlsPolicy *policy, const char *parameter)
{
    const char *value = policy->match != NULL
                            ? policy->match
                            : mailsim_host_get_parameter(policy->host, NULL, parameter);
    g_auto(GStrv) patterns = g_strsplit_set(value, ":, \t", -1);
    GString *names = g_string_new(NULL);
    gboolean has_address = FALSE;

    for (guint i = 0; patterns[i] != NULL; i++) {
        g_autofree char *name =
            dup_name(patterns[i], policy->next_hop->name, policy->address->name);

        expect_name(policy, name, &has_address, names);
    }
    policy->demand.unmeetable = names->len == 0;
    if (names->len == 0)
        mailsim_smtp_tls_policy_warn_of_tls(policy, "could not configure peer name checks");
    g_free(policy->demand.names);
    policy->demand.names = g_string_free(names, FALSE);
}

/* ---- fingerprints ------------------------------------------------------------------------ */

/* Digits in pairs, with colons between them or not; NULL: they are not. */
static char *
dup_fingerprint(const char *text)
{
    GString *digits;

    if (!mailsim_tls_fingerprint_is_well_formed(text) ||
        g_str_has_prefix(text, "fingerprint:") || g_str_has_prefix(text, "public-key:"))
        return NULL;
    digits = g_string_new(NULL);
    for (; text[0] != '\0'; text += 2 + (text[2] == ':'))
        g_string_append_printf(digits, "%s%c%c", digits->len > 0 ? ":" : "",
                               g_ascii_toupper(text[0]), g_ascii_toupper(text[1]));
    return g_string_free(digits, FALSE);
}

static void
expect_fingerprint(MailsimSmtpTlsPolicy *policy,
                   MailsimTlsAnnouncement *announced,
                   const char *word)
{
    g_autofree char *meant =
        mailsim_lab_dup_fingerprint(policy->host->lab, word, announced->digest);
    char *fingerprint = dup_fingerprint(meant);

    if (!mailsim_certificate_digest_exists(announced->digest)) /* there is no TLS at all */
        g_ptr_array_add(announced->fingerprints, g_strdup(word));
    else if (fingerprint == NULL)
        mailsim_smtp_tls_policy_warn(policy, "malformed fingerprint value: %s", word);
    else if (fingerprint[0] != '\0')
        g_ptr_array_add(announced->fingerprints, g_steal_pointer(&fingerprint));
    g_free(fingerprint);
}

/* One of another length than the digest's is of no use: to Postfix it is a TLSA record of its
 * own kind, of the certificate or of its key. */
static void
look_for_use(MailsimSmtpTlsPolicy *policy, const MailsimTlsAnnouncement *announced)
{
    const guint n_digits = mailsim_tls_digest_get_octets(announced->digest) * 2;

    policy->demand.unmeetable = n_digits > 0;
    for (guint i = announced->fingerprints->len; n_digits > 0 && i-- > 0;) {
        g_auto(GStrv) octets =
            g_strsplit(g_ptr_array_index(announced->fingerprints, i), ":", -1);
        g_autofree char *digits = g_strjoinv("", octets);

        if (strlen(digits) == n_digits) {
            policy->demand.unmeetable = FALSE;
            continue;
        }
        mailsim_smtp_tls_policy_warn_of_tls(policy, "unusable TLSA RR: 3 1 255 %s", digits);
        mailsim_smtp_tls_policy_warn_of_tls(policy, "unusable TLSA RR: 3 0 255 %s", digits);
    }
    if (policy->demand.unmeetable)
        mailsim_smtp_tls_policy_warn_of_tls(policy, "all fingerprints unusable");
}

/* In main.cf they are separated by commas and blanks, in a policy by “|”. */
void
mailsim_smtp_tls_expect_fingerprints(MailsimSmtpTlsPolicy *policy)
{
    const char *digest =
        mailsim_host_get_parameter(policy->host, NULL, "smtp_tls_fingerprint_digest");
    const char *list =
        policy->match != NULL
            ? policy->match
            : mailsim_host_get_parameter(policy->host, NULL, "smtp_tls_fingerprint_cert_match");
    g_auto(GStrv) words = g_strsplit_set(list, policy->match != NULL ? "|" : ", \t\r\n", -1);
    g_autoptr(MailsimTlsAnnouncement) announced = mailsim_tls_announcement_new();

    announced->digest = g_strdup(digest);
    announced->fingerprints = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; words[i] != NULL; i++)
        expect_fingerprint(policy, announced, words[i]);
    if (announced->fingerprints->len > 0) {
        look_for_use(policy, announced);
        policy->demand.announced = g_steal_pointer(&announced);
        return;
    }
    mailsim_smtp_tls_policy_warn(
        policy,
        "nexthop domain %s: configured at fingerprint security level, but with no "
        "fingerprints to match.",
        policy->nexthop);
    mailsim_smtp_tls_policy_invalidate(policy, NULL);
}

/* ---- versions and ciphers ---------------------------------------------------------------- */

/* What is wrong with either ends TLS before it begins; the versions are looked at first. FALSE:
 * that is so. */
static gboolean
can_begin(MailsimSmtpTlsPolicy *policy, const char *list, const char *grade)
{
    g_autofree char *problem = NULL;

    if (!mailsim_tls_protocols_parse(list, &policy->excluded_versions)) {
        mailsim_smtp_tls_policy_warn_of_tls(
            policy, "Invalid TLS protocol list \"%s\": aborting TLS session", list);
        return FALSE;
    }
    problem = mailsim_tls_grade_find_problem(grade, policy->level);
    if (problem != NULL)
        mailsim_smtp_tls_policy_warn_of_tls(policy, "%s", problem);
    if (problem != NULL && mailsim_tls_grade_exists(grade))
        g_ptr_array_add(policy->tls_warnings,
                        g_strdup("TLS library problem: error:0A0000B9:SSL routines::no cipher "
                                 "match:../ssl/ssl_lib.c:2759:"));
    return problem == NULL;
}

/* A list of versions may leave none, which ends the handshake as well. */
void
mailsim_smtp_tls_limit(MailsimSmtpTlsPolicy *policy)
{
    const MailsimHost *host = policy->host;
    const gboolean is_may = policy->mode == MAILSIM_CLIENT_TLS_IF_OFFERED;
    const char *list = policy->protocols;
    const char *grade = policy->ciphers;

    if (grade == NULL)
        grade = mailsim_host_get_parameter(
            host, NULL, is_may ? "smtp_tls_ciphers" : "smtp_tls_mandatory_ciphers");
    if (list == NULL)
        list = mailsim_host_get_parameter(
            host, NULL, is_may ? "smtp_tls_protocols" : "smtp_tls_mandatory_protocols");
    policy->gives_up = policy->level != NULL && policy->mode != MAILSIM_CLIENT_TLS_NONE &&
                       !can_begin(policy, list, grade);
    if (policy->gives_up)
        policy->excluded_versions = MAILSIM_TLS_PROTOCOLS_ALL;
    policy->demand.needs_certificate =
        policy->demand.needs_certificate || policy->demand.insists ||
        mailsim_host_list_has(host, NULL, "smtp_tls_exclude_ciphers", "aNULL") ||
        (!is_may &&
         mailsim_host_list_has(host, NULL, "smtp_tls_mandatory_exclude_ciphers", "aNULL"));
}
