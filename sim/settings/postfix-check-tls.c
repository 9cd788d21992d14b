/* SPDX-License-Identifier: MIT
 *
 * Values of parameters about whom smtp(8) trusts: what Postfix dies of, or warns of in its log.
 */
#include "postfix-parameter-private.h"

#include <string.h>

#include <mailsim/settings/expansion.h>
#include <mailsim/settings/postfix-parameter.h>

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
    return *value != '\0' ? NULL : g_strdup_printf("bad string length 0 < 1: %s =", name);
}

const MailsimPostfixType mailsim_postfix_names = {
    .name = "names",
    .find_fatal = find_fatal_names,
    .hint = "names, or nexthop, dot-nexthop, hostname; smtp(8) dies of an empty list",
};

/* ---- fingerprints ---- */

/* “fingerprint:C” is the lab's own word for that of certificate C. */
static gboolean
is_fingerprint(const char *word)
{
    if (g_str_has_prefix(word, "fingerprint:") || g_str_has_prefix(word, "public-key:"))
        return TRUE;
    while (*word != '\0') {
        if (!g_ascii_isxdigit(word[0]) || !g_ascii_isxdigit(word[1]))
            return FALSE;
        word += 2;
        word += *word == ':';
    }
    return TRUE;
}

static char *
check_fingerprints(G_GNUC_UNUSED const char *name,
                   const char *value,
                   char **hint,
                   gboolean *is_warning)
{
    g_auto(GStrv) words = mailsim_expansion_split(value);

    for (guint i = 0; words[i] != NULL; i++) {
        if (is_fingerprint(words[i]))
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

static char *
check_digest(G_GNUC_UNUSED const char *name,
             const char *value,
             char **hint,
             gboolean *is_warning)
{
    if (is_word(value, digests))
        return NULL;
    *is_warning = TRUE;
    *hint =
        g_strdup("Postfix switches its client's TLS off: where TLS is a must, all mail waits "
                 "(4.7.5 TLS is required, but our TLS engine is unavailable)");
    return g_strdup_printf("digest algorithm “%s” not found", value);
}

const MailsimPostfixType mailsim_postfix_digest = {
    .name = "word", .values = digests, .check = check_digest};

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

gboolean
mailsim_postfix_is_cipher_grade(const char *value)
{
    return is_word(value, cipher_grades);
}

static char *
find_fatal_cipher_grade(const char *name, const char *value)
{
    return *value != '\0' ? NULL : g_strdup_printf("bad string length 0 < 1: %s =", name);
}

const MailsimPostfixType mailsim_postfix_cipher_grade = {
    .name = "word",
    .values = cipher_grades,
    .check = check_cipher_grade,
    .find_fatal = find_fatal_cipher_grade,
};
