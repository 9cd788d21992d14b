/* SPDX-License-Identifier: MIT
 *
 * The dice, the scenario that they make, and the judgement. */
#include "random-policy.h"

#include <string.h>

#define SERVER "mx.dest.example"
#define OTHER_DIGEST                                                                           \
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"                                         \
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"
#define NAMES_MAX 3
#define TLSA_MAX  3

/* Who signed the certificate that is shown. */
typedef enum {
    SIGNED_BY_ITSELF,
    SIGNED_BY_ITSELF_AS_CA,
    SIGNED_BY_OURS,         /* lab-ca, which the sender may trust */
    SIGNED_BELOW_OURS,      /* by an intermediate of lab-ca's, which is sent along */
    SIGNED_BY_ANOTHER,      /* other-ca, which nobody trusts */
    SIGNED_BY_LETSENCRYPT,  /* of /etc/ssl/certs */
    SIGNED_WITHOUT_BETWEEN, /* the same, its intermediate not sent */
    SIGNERS,
} Signer;

typedef enum {
    TLSA_THIS_KEY,
    TLSA_THIS_CERTIFICATE,
    TLSA_OTHER_KEY,
    TLSA_OURS,     /* 2 0 1 of lab-ca */
    TLSA_ANOTHER,  /* 2 0 1 of other-ca */
    TLSA_UNUSABLE, /* 1 1 1: not for SMTP (RFC 7672 §3.1.3) */
    TLSA_KINDS,
} Tlsa;

typedef enum {
    TRUSTS_OURS,
    TRUSTS_THIS,
    TRUSTS_DEBIAN,
    TRUSTS_NOBODY,
    TRUSTS,
} Trust;

typedef enum {
    PRINT_THIS,
    PRINT_THIS_KEY,
    PRINT_OTHER,
    PRINTS,
} Print;

struct RandomPolicy {
    GRand *rand;
    gboolean hosted;    /* the recipient's domain is another than the server's */
    gboolean bracketed; /* the next hop is the host, and no MX record is asked */
    gboolean by_map;    /* the level is in a policy table */
    gboolean oldest;    /* the sender speaks TLS 1.2 at most */
    const char *server_level;
    const char *server_versions;
    gboolean unreadable;
    gboolean renewed_too_late;
    gboolean made_too_early;
    Signer signer;
    Trust trust;
    Print print;
    guint n_names;
    const char *names[NAMES_MAX];
    const char *match; /* words of smtp_tls_*_cert_match; NULL: the usual ones */
    guint n_tlsa;
    Tlsa tlsa[TLSA_MAX];
    gboolean tlsa_fails;
    const char *dnssec;
};

/* ---- the dice ---------------------------------------------------------------------------- */

static guint throw(RandomPolicy * policy, guint sides)
{
    return (guint)g_rand_int_range(policy->rand, 0, (gint32)sides);
}

#define PICK(POLICY, ARRAY) ((ARRAY)[throw(POLICY, G_N_ELEMENTS(ARRAY))])

static void
throw_server(RandomPolicy *policy)
{
    static const char *const levels[] = {"none", "may", "may", "may", "encrypt"};
    static const char *const versions[] = {NULL, NULL, NULL, "<=TLSv1.2", ">=TLSv1.3"};
    static const char *const names[] = {
        SERVER,           "dest.example",     "*.dest.example",
        "hosted.example", "other.example",    "*.mx.dest.example",
        "*.example",      "a.hosted.example", "MX.Dest.Example"};
    static const char *const signed_zones[] = {"yes", "yes", "yes", "no", "bogus"};

    policy->server_level = PICK(policy, levels);
    policy->server_versions = PICK(policy, versions);
    policy->unreadable = throw(policy, 12) == 0;
    policy->signer = (Signer) throw(policy, SIGNERS);
    policy->renewed_too_late = throw(policy, 6) == 0;
    policy->made_too_early = throw(policy, 8) == 0;
    policy->n_names = 1 + throw(policy, NAMES_MAX);
    for (guint i = 0; i < policy->n_names; i++)
        policy->names[i] = PICK(policy, names);
    policy->dnssec = PICK(policy, signed_zones);
    policy->tlsa_fails = throw(policy, 8) == 0;
    policy->n_tlsa = throw(policy, TLSA_MAX + 1);
    for (guint i = 0; i < policy->n_tlsa; i++)
        policy->tlsa[i] = (Tlsa) throw(policy, TLSA_KINDS);
}

static void
throw_sender(RandomPolicy *policy)
{
    static const char *const matches[] = {NULL,           NULL,
                                          "hostname",     "nexthop",
                                          "dot-nexthop",  "hostname nexthop dot-nexthop",
                                          SERVER,         ".dest.example",
                                          "other.example"};

    policy->hosted = throw(policy, 3) == 0;
    policy->bracketed = throw(policy, 3) == 0;
    policy->by_map = throw(policy, 2) == 0;
    policy->oldest = throw(policy, 5) == 0;
    policy->trust = (Trust) throw(policy, TRUSTS);
    policy->print = (Print) throw(policy, PRINTS);
    policy->match = PICK(policy, matches);
}

RandomPolicy *
random_policy_new(guint32 seed)
{
    RandomPolicy *policy = g_new0(RandomPolicy, 1);

    policy->rand = g_rand_new_with_seed(seed);
    throw_server(policy);
    throw_sender(policy);
    return policy;
}

void
random_policy_free(RandomPolicy *policy)
{
    if (policy == NULL)
        return;
    g_rand_free(policy->rand);
    g_free(policy);
}

/* ---- the scenario ------------------------------------------------------------------------ */

static const char *
get_domain(const RandomPolicy *policy)
{
    return policy->hosted ? "hosted.example" : "dest.example";
}

static const char *
get_print(const RandomPolicy *policy)
{
    static const char *const prints[] = {
        [PRINT_THIS] = "fingerprint:shown",
        [PRINT_THIS_KEY] = "public-key:shown",
        [PRINT_OTHER] = OTHER_DIGEST,
    };

    return prints[policy->print];
}

/* The level and what belongs to it: in main.cf, or in a table for this next hop alone. */
static void
write_level(const RandomPolicy *policy, const char *level, GString *out)
{
    g_autofree char *nexthop =
        policy->bracketed ? g_strdup("[" SERVER "]") : g_strdup(get_domain(policy));

    if (policy->match != NULL && !policy->by_map)
        g_string_append_printf(out,
                               "smtp_tls_verify_cert_match = %s\n"
                               "smtp_tls_secure_cert_match = %s\n",
                               policy->match, policy->match);
    g_string_append_printf(out,
                           "smtp_tls_fingerprint_digest = sha256\n"
                           "smtp_tls_fingerprint_cert_match = %s\n",
                           get_print(policy));
    if (!policy->by_map) {
        g_string_append_printf(out, "smtp_tls_security_level = %s\n", level);
        return;
    }
    g_string_append_printf(out,
                           "smtp_tls_policy_maps = texthash:/etc/postfix/tls_policy\n"
                           "[file mail /etc/postfix/tls_policy]\n"
                           "1 = %s %s",
                           nexthop, level);
    if (policy->match != NULL &&
        (g_str_equal(level, "verify") || g_str_equal(level, "secure"))) {
        g_auto(GStrv) words = g_strsplit(policy->match, " ", -1);
        g_autofree char *match = g_strjoinv(":", words);

        g_string_append_printf(out, " match=%s", match);
    }
    g_string_append_c(out, '\n');
}

static void
write_sender(const RandomPolicy *policy, const char *level, GString *out)
{
    static const char *const trusts[] = {
        [TRUSTS_OURS] = "smtp_tls_CAfile = /etc/mailsim/lab-ca.pem\nsmtp_tls_CApath =\n",
        [TRUSTS_THIS] = "smtp_tls_CAfile = /etc/mailsim/shown.pem\nsmtp_tls_CApath =\n",
        [TRUSTS_DEBIAN] = "",
        [TRUSTS_NOBODY] = "smtp_tls_CApath =\n",
    };

    g_string_append_printf(out,
                           "[host mail]\nmailname = sender.example\nusers = ana\n"
                           "[postfix mail]\nsmtp_dns_support_level = dnssec\n%s",
                           trusts[policy->trust]);
    if (policy->oldest)
        g_string_append(out, "smtp_tls_protocols = <=TLSv1.2\n"
                             "smtp_tls_mandatory_protocols = <=TLSv1.2\n");
    if (policy->bracketed)
        g_string_append(out, "relayhost = [" SERVER "]\n");
    write_level(policy, level, out);
}

static void
write_server(const RandomPolicy *policy, GString *out)
{
    g_string_append_printf(out,
                           "[host mx]\nhostname = " SERVER "\nmailname = dest.example\n"
                           "users = bob\ncertificate = shown\n"
                           "[postfix mx]\nmydestination = dest.example, hosted.example\n"
                           "smtpd_tls_security_level = %s\n",
                           policy->server_level);
    if (policy->server_versions != NULL)
        g_string_append_printf(out,
                               "smtpd_tls_protocols = %s\nsmtpd_tls_mandatory_protocols = %s\n",
                               policy->server_versions, policy->server_versions);
    if (policy->unreadable)
        g_string_append(out, "smtpd_tls_cert_file = /etc/ssl/private/lost.pem\n"
                             "smtpd_tls_key_file = /etc/ssl/private/lost.pem\n");
}

static void
write_certificates(const RandomPolicy *policy, GString *out)
{
    static const char *const signers[] = {
        [SIGNED_BY_ITSELF] = "issuer = self\n",
        [SIGNED_BY_ITSELF_AS_CA] = "issuer = self\nca = yes\n",
        [SIGNED_BY_OURS] = "issuer = lab-ca\n",
        [SIGNED_BELOW_OURS] = "issuer = between\n",
        [SIGNED_BY_ANOTHER] = "issuer = other-ca\n",
        [SIGNED_BY_LETSENCRYPT] = "profile = letsencrypt\n",
        [SIGNED_WITHOUT_BETWEEN] = "profile = no-intermediate\n",
    };

    g_string_append(out,
                    "[certificate lab-ca]\nnames = ca.example\nissuer = self\nca = yes\n"
                    "[certificate other-ca]\nnames = oca.example\nissuer = self\nca = yes\n"
                    "[certificate between]\nnames = b.example\nissuer = lab-ca\nca = yes\n");
    g_string_append_printf(out, "[certificate shown]\n%snames =", signers[policy->signer]);
    for (guint i = 0; i < policy->n_names; i++)
        g_string_append_printf(out, "%s %s", i > 0 ? "," : "", policy->names[i]);
    g_string_append_c(out, '\n');
    if (policy->made_too_early)
        g_string_append(out, "issued = 2026-03-01\n");
    else if (policy->renewed_too_late)
        g_string_append(out, "issued = 2025-01-01\ndays = 90\n");
}

static void
write_zones(const RandomPolicy *policy, GString *out)
{
    static const char *const records[] = {
        [TLSA_THIS_KEY] = "3 1 1 digest:shown",
        [TLSA_THIS_CERTIFICATE] = "3 0 1 digest:shown",
        [TLSA_OTHER_KEY] =
            "3 1 1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
        [TLSA_OURS] = "2 0 1 digest:lab-ca",
        [TLSA_ANOTHER] = "2 0 1 digest:other-ca",
        [TLSA_UNUSABLE] = "1 1 1 digest:shown",
    };

    g_string_append_printf(out, "[zone dest.example]\ndnssec = %s\n", policy->dnssec);
    if (policy->tlsa_fails)
        g_string_append(out, "fails = TLSA\n");
    for (guint i = 0; i < policy->n_tlsa; i++)
        g_string_append_printf(out, "%s%s", i == 0 ? "_25._tcp.mx TLSA = " : "; ",
                               records[policy->tlsa[i]]);
    g_string_append_printf(out, "\n[zone hosted.example]\ndnssec = %s\n@ MX = 10 " SERVER ".\n",
                           policy->dnssec);
}

char *
random_policy_write(const RandomPolicy *policy, const char *level)
{
    GString *out = g_string_new("[scenario]\ntitle = Policies by chance\n");

    write_sender(policy, level, out);
    write_server(policy, out);
    write_certificates(policy, out);
    write_zones(policy, out);
    g_string_append_printf(out,
                           "[step send]\ntitle = x\ndo = send\nby = ana\nto = bob@%s\n"
                           "[step wait]\ntitle = x\ndo = wait\nfor = 30m\n",
                           get_domain(policy));
    return g_string_free(out, FALSE);
}

/* ---- the judgement ----------------------------------------------------------------------- */

/* A name of a certificate, which may begin with a wildcard, and the one that is looked for:
 * “.a” is anything below a, a wildcard too. Else a wildcard stands for one label (RFC 6125
 * §6.4.3), and not right below the root's children (recorded/tls/names.txt:
 * secure-wildcard-above). */
static gboolean
covers(const char *name, const char *wanted)
{
    const char *dot = strchr(wanted, '.');

    if (*wanted == '.')
        return g_str_has_suffix(name, wanted) && strlen(name) > strlen(wanted);
    if (!g_str_has_prefix(name, "*."))
        return g_str_equal(name, wanted);
    return dot != NULL && g_str_equal(name + 1, dot) && strchr(dot + 1, '.') != NULL;
}

static gboolean
has_name(const RandomPolicy *policy, const char *wanted)
{
    for (guint i = 0; i < policy->n_names; i++) {
        g_autofree char *name = g_ascii_strdown(policy->names[i], -1);

        if (covers(name, wanted))
            return TRUE;
    }
    return FALSE;
}

/* WORDS of smtp_tls_*_cert_match. */
static gboolean
has_one_of(const RandomPolicy *policy, const char *words)
{
    g_auto(GStrv) strategies = g_strsplit(words, " ", -1);
    const char *nexthop = policy->bracketed ? SERVER : get_domain(policy);
    g_autofree char *below = g_strconcat(".", nexthop, NULL);

    for (guint i = 0; strategies[i] != NULL; i++) {
        const char *wanted = g_str_equal(strategies[i], "hostname")      ? SERVER
                             : g_str_equal(strategies[i], "nexthop")     ? nexthop
                             : g_str_equal(strategies[i], "dot-nexthop") ? below
                                                                         : strategies[i];

        if (has_name(policy, wanted))
            return TRUE;
    }
    return FALSE;
}

static gboolean
has_good_dates(const RandomPolicy *policy)
{
    return !policy->made_too_early && !policy->renewed_too_late;
}

/* The file of a certificate holds what its server sends: with the root, where that is no public
 * one (recorded/tls/chains.txt: leaf-trusted-alone). */
static gboolean
has_good_chain(const RandomPolicy *policy)
{
    const gboolean is_public =
        policy->signer == SIGNED_BY_LETSENCRYPT || policy->signer == SIGNED_WITHOUT_BETWEEN;

    switch (policy->trust) {
    case TRUSTS_OURS:
        return policy->signer == SIGNED_BY_OURS || policy->signer == SIGNED_BELOW_OURS;
    case TRUSTS_THIS:
        return !is_public;
    case TRUSTS_DEBIAN:
        return policy->signer == SIGNED_BY_LETSENCRYPT;
    case TRUSTS_NOBODY:
    case TRUSTS:
        return FALSE;
    }
    g_assert_not_reached();
}

/* DANE-EE: the key alone. DANE-TA: chain, dates, and one of the names of RFC 7672 §3.2.2. */
static gboolean
fits_record(const RandomPolicy *policy, Tlsa tlsa)
{
    gboolean below = FALSE;

    switch (tlsa) {
    case TLSA_THIS_KEY:
    case TLSA_THIS_CERTIFICATE:
        return TRUE;
    case TLSA_OURS:
        below = policy->signer == SIGNED_BY_OURS || policy->signer == SIGNED_BELOW_OURS;
        break;
    case TLSA_ANOTHER:
        below = policy->signer == SIGNED_BY_ANOTHER;
        break;
    case TLSA_OTHER_KEY:
    case TLSA_UNUSABLE:
    case TLSA_KINDS:
        return FALSE;
    }
    return below && has_good_dates(policy) && has_one_of(policy, "hostname nexthop");
}

static gboolean
fits_any_record(const RandomPolicy *policy)
{
    if (!g_str_equal(policy->dnssec, "yes") || policy->tlsa_fails)
        return FALSE;
    for (guint i = 0; i < policy->n_tlsa; i++) {
        if (fits_record(policy, policy->tlsa[i]))
            return TRUE;
    }
    return FALSE;
}

gboolean
random_policy_allows(const RandomPolicy *policy, const char *level)
{
    const char *usual = g_str_equal(level, "verify") ? "hostname" : "nexthop dot-nexthop";

    if (g_str_equal(level, "fingerprint"))
        return policy->print != PRINT_OTHER;
    if (g_str_has_prefix(level, "dane"))
        return fits_any_record(policy);
    if (!g_str_equal(level, "verify") && !g_str_equal(level, "secure"))
        return FALSE;
    return has_good_chain(policy) && has_good_dates(policy) &&
           has_one_of(policy, policy->match != NULL ? policy->match : usual);
}

gboolean
random_policy_names_are_the_same(const RandomPolicy *policy)
{
    return policy->match != NULL;
}
