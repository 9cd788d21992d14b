/* SPDX-License-Identifier: MIT
 *
 * Values of parameters about whom smtp(8) trusts: what Postfix dies of, or warns of in its log.
 */
#include "postfix-parameter-private.h"

#include <string.h>

#include <mailsim/settings/expansion.h>
#include <mailsim/settings/postfix-parameter.h>
#include <mailsim/settings/tls-policy.h>

static gboolean
is_word(const char *value, const char *const *words)
{
    for (; *words != NULL; words++)
        if (g_ascii_strcasecmp(value, *words) == 0)
            return TRUE;
    return FALSE;
}

/* ---- words ---- */

static const char *const insecure_mx_policies[] = {"may", "encrypt", "dane", NULL};
static const char *const dns_support_levels[] = {"", "enabled", "dnssec", NULL};
static const char *const unbuilt_dns_support_levels[] = {"disabled", NULL};

static char *
find_fatal_insecure_mx(const char *name, const char *value)
{
    return is_word(value, insecure_mx_policies)
               ? NULL
               : g_strdup_printf("invalid %s: \"%s\"", name, value);
}

static char *
find_fatal_dns_support(const char *name, const char *value)
{
    return is_word(value, dns_support_levels) || is_word(value, unbuilt_dns_support_levels)
               ? NULL
               : g_strdup_printf("invalid %s: \"%s\"", name, value);
}

static char *
check_dns_support(const char *name,
                  const char *value,
                  char **hint,
                  G_GNUC_UNUSED gboolean *is_warning)
{
    if (is_word(value, dns_support_levels))
        return NULL;
    *hint = g_strdup("enabled and dnssec are there; empty is enabled");
    if (is_word(value, unbuilt_dns_support_levels))
        return g_strdup_printf("%s = %s is not built yet", name, value);
    return find_fatal_dns_support(name, value);
}

const MailsimPostfixType mailsim_postfix_insecure_mx_policy = {
    .name = "word",
    .values = insecure_mx_policies,
    .find_fatal = find_fatal_insecure_mx,
    .hint = "Postfix 3.7 has may, encrypt and dane",
};
const MailsimPostfixType mailsim_postfix_dns_support = {
    .name = "word",
    .values = dns_support_levels,
    .unbuilt = unbuilt_dns_support_levels,
    .check = check_dns_support,
    .find_fatal = find_fatal_dns_support,
};

/* ---- names that a certificate may have ---- */

static char *
find_fatal_names(const char *name, const char *value)
{
    return *value != '\0' ? NULL : g_strdup_printf("bad string length 0 < 1: %s = ", name);
}

const MailsimPostfixType mailsim_postfix_names = {
    .name = "names",
    .find_fatal = find_fatal_names,
    .hint = "smtp(8) would die of it: write hostname, nexthop, dot-nexthop or a name",
};

/* ---- fingerprints ---- */

static char *
check_fingerprints(G_GNUC_UNUSED const char *name,
                   const char *value,
                   char **hint,
                   gboolean *is_warning)
{
    g_auto(GStrv) words = mailsim_expansion_split(value);

    for (guint i = 0; words[i] != NULL; i++) {
        if (mailsim_tls_fingerprint_is_well_formed(words[i]))
            continue;
        *is_warning = TRUE;
        *hint = g_strdup(
            "hexadecimal digits in pairs, with or without colons; Postfix warns of it, "
            "and passes over it");
        return g_strdup_printf("malformed fingerprint value “%s”", words[i]);
    }
    return NULL;
}

const MailsimPostfixType mailsim_postfix_fingerprints = {
    .name = "fingerprints",
    .check = check_fingerprints,
};

static const char *const digests[] = {"md5",    "sha1",   "sha224", "sha256",
                                      "sha384", "sha512", NULL};
static const char *const unbuilt_digests[] = {"sha-1",   "sha-224", "sha-256", "sha-384",
                                              "sha-512", "sm3",     NULL};

static char *
check_digest(const char *name, const char *value, char **hint, gboolean *is_warning)
{
    if (mailsim_tls_digest_get_octets(value) > 0)
        return NULL;
    if (*value == '\0') {
        *hint = g_strdup("smtp(8) would die of it: write sha256");
        return g_strdup_printf("bad string length 0 < 1: %s = ", name);
    }
    if (is_word(value, unbuilt_digests)) {
        *hint =
            g_strdup("Postfix knows it; the lab has md5, sha1, sha224, sha256, sha384, sha512");
        return g_strdup_printf("the digest “%s” is not built yet", value);
    }
    *is_warning = TRUE;
    *hint =
        g_strdup("Postfix switches its client's TLS off: where TLS is a must, all mail waits "
                 "(4.7.5 TLS is required, but our TLS engine is unavailable); else it goes out "
                 "in the clear. Write sha256");
    return g_strdup_printf("digest algorithm “%s” not found", value);
}

static char *
find_fatal_digest(const char *name, const char *value)
{
    return *value != '\0' ? NULL : g_strdup_printf("bad string length 0 < 1: %s = ", name);
}

const MailsimPostfixType mailsim_postfix_digest = {
    .name = "word",
    .values = digests,
    .unbuilt = unbuilt_digests,
    .check = check_digest,
    .find_fatal = find_fatal_digest,
};

/* ---- how names are looked up ------------------------------------------------------------- */

static const char *const host_lookups[] = {"dns", "native", NULL};

static char *
find_fatal_host_lookup(const char *name, const char *value)
{
    g_auto(GStrv) words = mailsim_expansion_split(value);

    for (guint i = 0; words[i] != NULL; i++)
        if (!is_word(words[i], host_lookups))
            return g_strdup_printf("unknown %s value \"%s\" in \"%s\"", name, words[i], value);
    return NULL;
}

const MailsimPostfixType mailsim_postfix_host_lookup = {
    .name = "options",
    .values = host_lookups,
    .find_fatal = find_fatal_host_lookup,
    .hint = "dns, native, or both",
};

/* ---- the old table ----------------------------------------------------------------------- */

static char *
check_per_site(const char *name,
               const char *value,
               char **hint,
               G_GNUC_UNUSED gboolean *is_warning)
{
    if (*value == '\0')
        return NULL;
    *hint = g_strdup("write smtp_tls_policy_maps: may for MAY, encrypt for MUST_NOPEERMATCH, "
                     "verify for MUST. Beside it Postfix passes over smtp_tls_per_site, with a "
                     "warning in the log");
    return g_strdup_printf("%s is not built yet", name);
}

const MailsimPostfixType mailsim_postfix_per_site = {.name = "default-only",
                                                     .check = check_per_site};

/* ---- ciphers ---- */

static const char *const cipher_grades[] = {"low", "medium", "high", "export", NULL};

static char *
check_cipher_grade(G_GNUC_UNUSED const char *name,
                   const char *value,
                   char **hint,
                   gboolean *is_warning)
{
    if (is_word(value, cipher_grades))
        return NULL;
    *is_warning = TRUE;
    *hint = g_strdup(
        "medium and high are there; till then Postfix would break off every handshake");
    return g_strdup_printf("invalid cipher grade “%s”", value);
}

static char *
find_fatal_empty(const char *name, const char *value)
{
    return *value != '\0' ? NULL : g_strdup_printf("bad string length 0 < 1: %s = ", name);
}

const MailsimPostfixType mailsim_postfix_cipher_grade = {
    .name = "word",
    .values = cipher_grades,
    .check = check_cipher_grade,
    .find_fatal = find_fatal_empty,
};

/* ---- digests of TLSA records ---- */

static char *
check_dane_digests(G_GNUC_UNUSED const char *name,
                   const char *value,
                   char **hint,
                   gboolean *is_warning)
{
    static const char *const known[] = {"sha512", "sha256", NULL};
    g_auto(GStrv) words = mailsim_expansion_split(value);

    for (guint i = 0; words[i] != NULL; i++) {
        if (is_word(words[i], known))
            continue;
        *is_warning = TRUE;
        *hint = g_strdup("sha512 and sha256 are there; the lab passes over any other");
        return g_strdup_printf("“%s” is no digest of TLSA records", words[i]);
    }
    return NULL;
}

const MailsimPostfixType mailsim_postfix_dane_digests = {
    .name = "words",
    .check = check_dane_digests,
    .find_fatal = find_fatal_empty,
};
