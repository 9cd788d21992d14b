/* SPDX-License-Identifier: MIT
 *
 * The lab's certificates: the same bytes for the same words, and in each what its profile
 * says. */
#include <string.h>

#include <gnutls/abstract.h>

#include <mailsim/wire/certificate.h>

#include "../support/run-suite.h"

#define HOSTNAME "mail.iesgn.example"

static MailsimTime
parse_day(const char *text)
{
    MailsimTime day = 0;
    ck_assert(mailsim_time_parse(text, &day));
    return day;
}

static MailsimAuthority *
open_authority(void)
{
    g_autoptr(GError) error = NULL;
    MailsimAuthority *authority = mailsim_authority_new(&error);
    ck_assert_msg(authority != NULL, "%s", error != NULL ? error->message : "no error");
    return authority;
}

/* What the host “mail” asks for on the day when scenarios begin. */
static MailsimCertificateRequest
request_profile(const char *profile)
{
    return (MailsimCertificateRequest){
        .identity = "mail",
        .profile = profile,
        .hostname = HOSTNAME,
        .now_us = parse_day("2026-01-12 09:00"),
        .issued_us = G_MININT64,
    };
}

static MailsimCertificate *
issue(MailsimAuthority *authority, const MailsimCertificateRequest *request)
{
    g_autoptr(GError) error = NULL;
    MailsimCertificate *certificate = mailsim_authority_issue(authority, request, &error);
    ck_assert_msg(certificate != NULL, "%s: %s", request->profile,
                  error != NULL ? error->message : "no error");
    return certificate;
}

static gnutls_x509_crt_t
get_own(const MailsimCertificate *certificate)
{
    guint n_chain;
    return mailsim_certificate_get_chain(certificate, &n_chain)[0];
}

/* SHA-256 of all bytes of the chain, in hexadecimal. */
static char *
digest_chain(const MailsimCertificate *certificate)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    guint n_chain;
    const gnutls_x509_crt_t *chain = mailsim_certificate_get_chain(certificate, &n_chain);
    for (guint i = 0; i < n_chain; i++) {
        gnutls_datum_t der;
        ck_assert_int_eq(gnutls_x509_crt_export2(chain[i], GNUTLS_X509_FMT_DER, &der), 0);
        g_checksum_update(checksum, der.data, der.size);
        gnutls_free(der.data);
    }
    return g_strdup(g_checksum_get_string(checksum));
}

static char *
identify_key(gnutls_x509_crt_t crt)
{
    guint8 id[64];
    size_t size = sizeof id;
    ck_assert_int_eq(gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, id, &size), 0);
    return g_base64_encode(id, size);
}

/* ---- the same words, the same bytes ---- */

typedef struct {
    const char *profile;
    const char *key;
    guint issue;
    const char *digest; /* of the chain; written down so that no other program run differs */
} PinnedCase;

/* clang-format off */
static const PinnedCase pinned[] = {
    {.profile = "letsencrypt",
     .digest = "3dd4cbf75ad5ef02cb9fca6d1993c71e29ffb99b8b998d432db8ccef48928746"},
    {.profile = "letsencrypt", .issue = 1,
     .digest = "2f83127355e09f871f6d68b2e925714bfc6eba5e641bca36c56214f5d6af6489"},
    {.profile = "letsencrypt", .key = "ed25519",
     .digest = "7a124643ad13cf060694df6b3a42e13ad56d6e6940f1e9055199d5ee881a0c8d"},
    {.profile = "letsencrypt", .key = "rsa",
     .digest = "9856e541e4f3402a6d098940d42b87879647227ebff3998238426ea5f618c414"},
    {.profile = "snakeoil",
     .digest = "46169a3a1c3b384ece6cc234d4478915e64279b46fa4f1787686f80698239503"},
    {.profile = "unknown-ca",
     .digest = "74ec0c0dc31e115933a000fc5452ae853d1dfda9e4907824f00c2b40397a6c64"},
};
/* clang-format on */

START_TEST(a_digest_written_down_stays_valid)
{
    g_autoptr(MailsimAuthority) authority = open_authority();
    MailsimCertificateRequest request = request_profile(pinned[_i].profile);
    request.key = pinned[_i].key;
    request.issue = pinned[_i].issue;
    g_autoptr(MailsimCertificate) certificate = issue(authority, &request);
    g_autofree char *digest = digest_chain(certificate);
    ck_assert_str_eq(digest, pinned[_i].digest);
}
END_TEST

START_TEST(two_authorities_issue_the_same_bytes)
{
    static const char *const keys[] = {NULL, "ecdsa", "rsa", "ed25519"};
    g_autoptr(MailsimAuthority) one = open_authority();
    g_autoptr(MailsimAuthority) other = open_authority();
    const GPtrArray *profiles = mailsim_authority_list_profiles(one);
    for (guint i = 0; i < profiles->len * G_N_ELEMENTS(keys); i++) {
        MailsimCertificateRequest request =
            request_profile(profiles->pdata[i / G_N_ELEMENTS(keys)]);
        request.key = keys[i % G_N_ELEMENTS(keys)];
        g_autoptr(MailsimCertificate) first = issue(one, &request);
        request.now_us += 3 * MAILSIM_HOUR; /* the same day */
        g_autoptr(MailsimCertificate) second = issue(other, &request);
        g_autofree char *first_digest = digest_chain(first);
        g_autofree char *second_digest = digest_chain(second);
        ck_assert_str_eq(first_digest, second_digest);
    }
}
END_TEST

START_TEST(a_renewed_certificate_has_another_key)
{
    static const char *const keys[] = {"ecdsa", "rsa", "ed25519"};
    g_autoptr(MailsimAuthority) authority = open_authority();
    MailsimCertificateRequest request = request_profile("letsencrypt");
    request.key = keys[_i];
    g_autoptr(MailsimCertificate) first = issue(authority, &request);
    request.issue = 1;
    g_autoptr(MailsimCertificate) second = issue(authority, &request);
    g_autofree char *first_key = identify_key(get_own(first));
    g_autofree char *second_key = identify_key(get_own(second));
    ck_assert_str_ne(first_key, second_key);
}
END_TEST

START_TEST(two_hosts_have_two_keys)
{
    g_autoptr(MailsimAuthority) authority = open_authority();
    MailsimCertificateRequest request = request_profile("letsencrypt");
    g_autoptr(MailsimCertificate) first = issue(authority, &request);
    request.identity = "instituto";
    g_autoptr(MailsimCertificate) second = issue(authority, &request);
    g_autofree char *first_key = identify_key(get_own(first));
    g_autofree char *second_key = identify_key(get_own(second));
    ck_assert_str_ne(first_key, second_key);
}
END_TEST

/* A derived public key has to be the one of its private key: a signature shows it. */
START_TEST(the_key_belongs_to_the_certificate)
{
    static const struct {
        const char *key;
        gnutls_pk_algorithm_t algorithm;
        gnutls_sign_algorithm_t signature;
    } cases[] = {
        {"ecdsa",   GNUTLS_PK_ECDSA,         GNUTLS_SIGN_ECDSA_SHA256 },
        {"rsa",     GNUTLS_PK_RSA,           GNUTLS_SIGN_RSA_SHA256   },
        {"ed25519", GNUTLS_PK_EDDSA_ED25519, GNUTLS_SIGN_EDDSA_ED25519},
    };
    g_autoptr(MailsimAuthority) authority = open_authority();
    MailsimCertificateRequest request = request_profile("letsencrypt");
    request.key = cases[_i].key;
    g_autoptr(MailsimCertificate) certificate = issue(authority, &request);
    const gnutls_datum_t text = {.data = (guint8 *)"mail", .size = 4};
    gnutls_datum_t signature;
    gnutls_privkey_t private_key;
    gnutls_pubkey_t public_key;
    unsigned bits;

    ck_assert_int_eq(gnutls_x509_crt_get_pk_algorithm(get_own(certificate), &bits),
                     cases[_i].algorithm);
    gnutls_privkey_init(&private_key);
    gnutls_pubkey_init(&public_key);
    ck_assert_int_eq(
        gnutls_privkey_import_x509(private_key, mailsim_certificate_get_key(certificate), 0),
        0);
    ck_assert_int_eq(gnutls_pubkey_import_x509(public_key, get_own(certificate), 0), 0);
    ck_assert_int_eq(
        gnutls_privkey_sign_data2(private_key, cases[_i].signature, 0, &text, &signature), 0);
    ck_assert_int_ge(
        gnutls_pubkey_verify_data2(public_key, cases[_i].signature, 0, &text, &signature), 0);
    gnutls_free(signature.data);
    gnutls_pubkey_deinit(public_key);
    gnutls_privkey_deinit(private_key);
}
END_TEST

/* ---- what stands in them ---- */

typedef struct {
    const char *profile;
    guint n_chain;
    gnutls_pk_algorithm_t algorithm;
    const char *name;
    const char *not_before;
    const char *not_after;
    unsigned constraints_critical;
    unsigned key_usage;
    gboolean server_auth;
} ContentCase;

#define SIGNATURE GNUTLS_KEY_DIGITAL_SIGNATURE

/* clang-format off */
static const ContentCase contents[] = {
    {.profile = "letsencrypt", .n_chain = 2, .algorithm = GNUTLS_PK_ECDSA, .name = HOSTNAME,
     .not_before = "2026-01-02", .not_after = "2026-04-02", .constraints_critical = 1,
     .key_usage = SIGNATURE, .server_auth = TRUE},
    {.profile = "snakeoil", .n_chain = 1, .algorithm = GNUTLS_PK_RSA, .name = HOSTNAME,
     .not_before = "2026-01-02", .not_after = "2035-12-31", .constraints_critical = 0,
     .key_usage = 0, .server_auth = FALSE},
    {.profile = "expired", .n_chain = 2, .algorithm = GNUTLS_PK_ECDSA, .name = HOSTNAME,
     .not_before = "2025-09-14", .not_after = "2025-12-13", .constraints_critical = 1,
     .key_usage = SIGNATURE, .server_auth = TRUE},
    {.profile = "not-yet-valid", .n_chain = 2, .algorithm = GNUTLS_PK_ECDSA, .name = HOSTNAME,
     .not_before = "2026-02-11", .not_after = "2026-05-12", .constraints_critical = 1,
     .key_usage = SIGNATURE, .server_auth = TRUE},
    {.profile = "wrong-name", .n_chain = 2, .algorithm = GNUTLS_PK_ECDSA,
     .name = "other.example", .not_before = "2026-01-02",
     .not_after = "2026-04-02", .constraints_critical = 1, .key_usage = SIGNATURE,
     .server_auth = TRUE},
    {.profile = "unknown-ca", .n_chain = 2, .algorithm = GNUTLS_PK_ECDSA, .name = HOSTNAME,
     .not_before = "2026-01-02", .not_after = "2026-04-02", .constraints_critical = 1,
     .key_usage = SIGNATURE, .server_auth = TRUE},
    {.profile = "no-intermediate", .n_chain = 1, .algorithm = GNUTLS_PK_ECDSA, .name = HOSTNAME,
     .not_before = "2026-01-02", .not_after = "2026-04-02", .constraints_critical = 1,
     .key_usage = SIGNATURE, .server_auth = TRUE},
};
/* clang-format on */

static void
assert_day(time_t actual, const char *expected)
{
    g_autofree char *day = mailsim_time_format_minute((MailsimTime)actual * MAILSIM_SECOND);
    g_autofree char *midnight = g_strdup_printf("%s 00:00", expected);
    ck_assert_str_eq(day, midnight);
}

static void
assert_names(gnutls_x509_crt_t crt, const char *expected)
{
    char name[64];
    size_t size = sizeof name;
    ck_assert_int_eq(
        gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size), 0);
    ck_assert_str_eq(name, expected);
    size = sizeof name;
    ck_assert_int_eq(gnutls_x509_crt_get_subject_alt_name(crt, 0, name, &size, NULL),
                     GNUTLS_SAN_DNSNAME);
    ck_assert_str_eq(name, expected);
    size = sizeof name;
    ck_assert_int_eq(gnutls_x509_crt_get_subject_alt_name(crt, 1, name, &size, NULL),
                     GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE);
}

START_TEST(a_certificate_says_what_its_profile_says)
{
    const ContentCase *expected = &contents[_i];
    g_autoptr(MailsimAuthority) authority = open_authority();
    MailsimCertificateRequest request = request_profile(expected->profile);
    g_autoptr(MailsimCertificate) certificate = issue(authority, &request);
    guint n_chain;
    const gnutls_x509_crt_t *chain = mailsim_certificate_get_chain(certificate, &n_chain);
    unsigned bits = 0, critical = 2, is_ca = 2, usage = 0;

    ck_assert_uint_eq(n_chain, expected->n_chain);
    ck_assert_int_eq(gnutls_x509_crt_get_version(chain[0]), 3);
    ck_assert_int_eq(gnutls_x509_crt_get_pk_algorithm(chain[0], &bits), expected->algorithm);
    ck_assert_uint_eq(bits, expected->algorithm == GNUTLS_PK_RSA ? 2048 : 256);
    assert_names(chain[0], expected->name);
    assert_day(gnutls_x509_crt_get_activation_time(chain[0]), expected->not_before);
    assert_day(gnutls_x509_crt_get_expiration_time(chain[0]), expected->not_after);
    ck_assert_int_eq(gnutls_x509_crt_get_basic_constraints(chain[0], &critical, &is_ca, NULL),
                     0);
    ck_assert_uint_eq(critical, expected->constraints_critical);
    ck_assert_uint_eq(is_ca, 0);
    gnutls_x509_crt_get_key_usage(chain[0], &usage, NULL);
    ck_assert_uint_eq(usage, expected->key_usage);

    char purpose[64] = "";
    size_t size = sizeof purpose;
    gnutls_x509_crt_get_key_purpose_oid(chain[0], 0, purpose, &size, NULL);
    ck_assert_str_eq(purpose, expected->server_auth ? GNUTLS_KP_TLS_WWW_SERVER : "");
    ck_assert_int_eq(
        gnutls_x509_crt_check_key_purpose(chain[0], GNUTLS_KP_TLS_WWW_CLIENT, 0) != 0, TRUE);
}
END_TEST

START_TEST(each_certificate_of_a_chain_is_signed_by_the_next)
{
    g_autoptr(MailsimAuthority) authority = open_authority();
    MailsimCertificateRequest request = request_profile(contents[_i].profile);
    g_autoptr(MailsimCertificate) certificate = issue(authority, &request);
    guint n_chain;
    const gnutls_x509_crt_t *chain = mailsim_certificate_get_chain(certificate, &n_chain);
    for (guint i = 0; i + 1 < n_chain; i++) {
        unsigned status = 0;
        ck_assert_uint_eq(gnutls_x509_crt_check_issuer(chain[i], chain[i + 1]), 1);
        ck_assert_int_eq(gnutls_x509_crt_verify(chain[i], &chain[i + 1], 1,
                                                GNUTLS_VERIFY_DISABLE_TIME_CHECKS |
                                                    GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS |
                                                    GNUTLS_VERIFY_ALLOW_ANY_X509_V1_CA_CRT,
                                                &status),
                         0);
        ck_assert_uint_eq(status, 0);
    }
}
END_TEST

START_TEST(roots_are_those_that_sign_themselves)
{
    static const char *const expected[] = {"Lab Root X1", "Unknown Root X9"};
    g_autoptr(MailsimAuthority) authority = open_authority();
    MailsimRoot root;

    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        ck_assert(mailsim_authority_get_root(authority, i, &root));
        ck_assert_str_eq(root.common_name, expected[i]);
        ck_assert_int_eq(root.trusted, i == 0);
        ck_assert(gnutls_x509_crt_check_issuer(root.crt, root.crt));
    }
    ck_assert(!mailsim_authority_get_root(authority, G_N_ELEMENTS(expected), &root));
}
END_TEST

START_TEST(the_trust_store_is_the_root_alone)
{
    g_autoptr(MailsimAuthority) authority = open_authority();
    guint n_roots;
    const gnutls_x509_crt_t *roots = mailsim_authority_get_roots(authority, &n_roots);
    char name[64];
    size_t size = sizeof name;
    ck_assert_uint_eq(n_roots, 1);
    ck_assert_int_eq(
        gnutls_x509_crt_get_dn_by_oid(roots[0], GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size),
        0);
    ck_assert_str_eq(name, "Lab Root X1");
    ck_assert_int_eq(gnutls_x509_crt_get_ca_status(roots[0], NULL), 1);
}
END_TEST

START_TEST(the_profiles_are_listed_in_the_order_of_the_file)
{
    g_autoptr(MailsimAuthority) authority = open_authority();
    const GPtrArray *profiles = mailsim_authority_list_profiles(authority);
    ck_assert_uint_eq(profiles->len, G_N_ELEMENTS(contents));
    for (guint i = 0; i < profiles->len; i++)
        ck_assert_str_eq(profiles->pdata[i], contents[i].profile);
}
END_TEST

START_TEST(a_request_wins_over_its_profile)
{
    static const char *const names[] = {"a.example", "*.b.example", NULL};
    g_autoptr(MailsimAuthority) authority = open_authority();
    MailsimCertificateRequest request = request_profile("letsencrypt");
    request.names = names;
    request.common_name = "c.example";
    request.issued_us = parse_day("2020-02-29");
    request.days = 2;
    request.self_signed = TRUE;
    g_autoptr(MailsimCertificate) certificate = issue(authority, &request);
    guint n_chain;
    const gnutls_x509_crt_t own = mailsim_certificate_get_chain(certificate, &n_chain)[0];
    char name[64];
    size_t size = sizeof name;

    ck_assert_uint_eq(n_chain, 1);
    ck_assert_uint_eq(gnutls_x509_crt_check_issuer(own, own), 1);
    assert_day(gnutls_x509_crt_get_activation_time(own), "2020-02-29");
    assert_day(gnutls_x509_crt_get_expiration_time(own), "2020-03-02");
    gnutls_x509_crt_get_dn_by_oid(own, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size);
    ck_assert_str_eq(name, "c.example");
    ck_assert(gnutls_x509_crt_check_hostname2(own, "a.example", 0) != 0);
    ck_assert(gnutls_x509_crt_check_hostname2(own, "x.b.example", 0) != 0);
    ck_assert(gnutls_x509_crt_check_hostname2(own, HOSTNAME, 0) == 0);
}
END_TEST

START_TEST(without_names_the_common_name_is_left)
{
    static const char *const names[] = {NULL};
    g_autoptr(MailsimAuthority) authority = open_authority();
    MailsimCertificateRequest request = request_profile("letsencrypt");
    request.names = names;
    g_autoptr(MailsimCertificate) certificate = issue(authority, &request);
    char name[64];
    size_t size = sizeof name;
    ck_assert_int_eq(
        gnutls_x509_crt_get_subject_alt_name(get_own(certificate), 0, name, &size, NULL),
        GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE);
    ck_assert(gnutls_x509_crt_check_hostname2(get_own(certificate), HOSTNAME, 0) != 0);
}
END_TEST

START_TEST(a_common_name_that_is_too_long_is_left_out)
{
    g_autoptr(MailsimAuthority) authority = open_authority();
    MailsimCertificateRequest request = request_profile("letsencrypt");
    request.hostname =
        "a.name.that.has.more.than.the.sixty-four.bytes.of.a.common.name.example";
    g_autoptr(MailsimCertificate) certificate = issue(authority, &request);
    ck_assert(gnutls_x509_crt_check_hostname2(get_own(certificate), request.hostname, 0) != 0);
}
END_TEST

START_TEST(a_certificate_can_issue_another)
{
    g_autoptr(MailsimAuthority) authority = open_authority();
    MailsimCertificateRequest request = request_profile("letsencrypt");
    request.identity = "school";
    request.common_name = "School CA";
    request.self_signed = TRUE;
    request.is_authority = TRUE;
    request.key = _i == 0 ? "ecdsa" : "ed25519";
    g_autoptr(MailsimCertificate) school = issue(authority, &request);
    request = request_profile("letsencrypt");
    request.issuer = school;
    g_autoptr(MailsimCertificate) certificate = issue(authority, &request);
    guint n_chain;
    const gnutls_x509_crt_t *chain = mailsim_certificate_get_chain(certificate, &n_chain);
    gnutls_x509_trust_list_t trusted;
    gnutls_x509_crt_t root = get_own(school);
    unsigned status = 1;

    ck_assert_uint_eq(n_chain, 2);
    ck_assert_int_eq(gnutls_x509_crt_get_ca_status(chain[1], NULL), 1);
    gnutls_x509_trust_list_init(&trusted, 0);
    ck_assert_int_eq(gnutls_x509_trust_list_add_cas(trusted, &root, 1, 0), 1);
    gnutls_x509_trust_list_verify_crt2(trusted, (gnutls_x509_crt_t *)chain, n_chain, NULL, 0,
                                       GNUTLS_VERIFY_DISABLE_TIME_CHECKS |
                                           GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS,
                                       &status, NULL);
    ck_assert_uint_eq(status, 0);
    gnutls_x509_trust_list_deinit(trusted, 0);
}
END_TEST

/* ---- mistakes ---- */

START_TEST(what_does_not_exist_is_an_error)
{
    g_autoptr(MailsimAuthority) authority = open_authority();
    g_autoptr(GError) error = NULL;
    MailsimCertificateRequest request = request_profile("letsencrypts");
    ck_assert_ptr_null(mailsim_authority_issue(authority, &request, &error));
    ck_assert(
        g_error_matches(error, MAILSIM_CERTIFICATE_ERROR, MAILSIM_CERTIFICATE_ERROR_PROFILE));
    ck_assert_str_eq(error->message, "no certificate profile “letsencrypts”");
    g_clear_error(&error);

    request = request_profile("letsencrypt");
    request.key = "dsa";
    ck_assert_ptr_null(mailsim_authority_issue(authority, &request, &error));
    ck_assert_str_eq(error->message, "unknown type of key “dsa”");
    g_clear_error(&error);

    request = request_profile("letsencrypt");
    request.days = G_MAXINT;
    ck_assert_ptr_null(mailsim_authority_issue(authority, &request, &error));
    ck_assert_str_eq(error->message,
                     "the dates of a certificate lie between the years 1950 and 9999");
    g_clear_error(&error);

    request = request_profile("letsencrypt");
    request.issued_us = parse_day("1970-01-01") - 21 * 366 * MAILSIM_DAY;
    ck_assert_ptr_null(mailsim_authority_issue(authority, &request, &error));
    ck_assert(g_str_has_prefix(error->message, "the dates of a certificate"));
}
END_TEST

#define ROOT                                                                                   \
    "[authority root]\ncommon-name=R\nkey=root.pem\nissuer=self\ntrusted=yes\n"                \
    "from=2000-01-01\nuntil=2099-12-31\n"
#define LEAF                                                                                   \
    "[profile p]\nchain=yes\nkey=ecdsa\nrsa-keys=rsa.pem\nnames=host\nissued=-1\n"             \
    "basic-constraints=critical\nkey-usage=\nextended-key-usage=\n"

typedef struct {
    const char *text;
    const char *error; /* NULL: it is well */
} BrokenCase;

/* clang-format off */
static const BrokenCase broken[] = {
    {.text = ROOT LEAF "issuer=root\ndays=1\n"},
    {.text = "days=1\n", .error = "cannot read profiles.ini: "},
    {.text = "[rooot]\n", .error = "profiles.ini, [rooot]: unknown group"},
    {.text = "[authority a]\nkey=root.pem\n",
     .error = "profiles.ini, [authority a], common-name: it is not said"},
    {.text = "[authority a]\ncolour=red\n",
     .error = "profiles.ini, [authority a], colour: unknown key"},
    {.text = "[authority a]\ncommon-name=\n",
     .error = "profiles.ini, [authority a], common-name: it is empty"},
    {.text = "[authority a]\ncommon-name=A\nkey=no.pem\nissuer=self\ntrusted=no\n"
             "from=2000-01-01\nuntil=2099-12-31\n",
     .error = "cannot find the key “no.pem”"},
    {.text = "[authority a]\ncommon-name=A\nkey=root.pem\nissuer=a\ntrusted=no\n"
             "from=2000-01-01\nuntil=2099-12-31\n",
     .error = "profiles.ini, [authority a], issuer: no authority “a” above it"},
    {.text = "[authority a]\ncommon-name=A\nkey=root.pem\nissuer=self\ntrusted=perhaps\n",
     .error = "profiles.ini, [authority a], trusted: “perhaps” is neither yes nor no"},
    {.text = "[authority a]\ncommon-name=A\nkey=root.pem\nissuer=self\ntrusted=no\nfrom=soon\n",
     .error = "profiles.ini, [authority a], from: “soon” is no date"},
    {.text = LEAF "issuer=root\ndays=1\n",
     .error = "profiles.ini, [profile p], issuer: no authority “root” above it"},
    {.text = LEAF "issuer=self\ndays=0\n",
     .error = "profiles.ini, [profile p], days: “0” is no number of days"},
    {.text = LEAF "issuer=self\n", .error = "profiles.ini, [profile p], days: it is not said"},
    {.text = LEAF "issuer=self\ndays=1\nkey=dsa\n",
     .error = "profiles.ini, [profile p], key: “dsa” is neither ecdsa nor rsa nor ed25519"},
    {.text = LEAF "issuer=self\ndays=1\nkey-usage=everything\n",
     .error = "profiles.ini, [profile p], key-usage: unknown usage “everything”"},
    {.text = LEAF "issuer=self\ndays=1\nrsa-keys=\n",
     .error = "profiles.ini, [profile p], rsa-keys: it is empty"},
    {.text = "[profile p]\nlike=p\n",
     .error = "profiles.ini, [profile p], like: no profile “p” above it"},
};
/* clang-format on */

START_TEST(a_broken_file_of_profiles_is_an_error)
{
    const BrokenCase *input = &broken[_i];
    g_autoptr(GBytes) text = g_bytes_new_static(input->text, strlen(input->text));
    g_autoptr(GError) error = NULL;
    g_autoptr(MailsimAuthority) authority = mailsim_authority_new_from_profiles(text, &error);
    if (input->error == NULL) {
        ck_assert_ptr_nonnull(authority);
        return;
    }
    ck_assert_ptr_null(authority);
    ck_assert(
        g_error_matches(error, MAILSIM_CERTIFICATE_ERROR, MAILSIM_CERTIFICATE_ERROR_PROFILE));
    ck_assert_msg(g_str_has_prefix(error->message, input->error), "%s", error->message);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("certificate");
    TCase *bytes = tcase_create("bytes");
    tcase_add_loop_test(bytes, a_digest_written_down_stays_valid, 0, G_N_ELEMENTS(pinned));
    tcase_add_test(bytes, two_authorities_issue_the_same_bytes);
    tcase_add_loop_test(bytes, a_renewed_certificate_has_another_key, 0, 3);
    tcase_add_test(bytes, two_hosts_have_two_keys);
    tcase_add_loop_test(bytes, the_key_belongs_to_the_certificate, 0, 3);
    suite_add_tcase(suite, bytes);

    TCase *content = tcase_create("contents");
    tcase_add_loop_test(content, a_certificate_says_what_its_profile_says, 0,
                        G_N_ELEMENTS(contents));
    tcase_add_loop_test(content, each_certificate_of_a_chain_is_signed_by_the_next, 0,
                        G_N_ELEMENTS(contents));
    tcase_add_test(content, roots_are_those_that_sign_themselves);
    tcase_add_test(content, the_trust_store_is_the_root_alone);
    tcase_add_test(content, the_profiles_are_listed_in_the_order_of_the_file);
    tcase_add_test(content, a_request_wins_over_its_profile);
    tcase_add_test(content, without_names_the_common_name_is_left);
    tcase_add_test(content, a_common_name_that_is_too_long_is_left_out);
    tcase_add_loop_test(content, a_certificate_can_issue_another, 0, 2);
    suite_add_tcase(suite, content);

    TCase *mistakes = tcase_create("mistakes");
    tcase_add_test(mistakes, what_does_not_exist_is_an_error);
    tcase_add_loop_test(mistakes, a_broken_file_of_profiles_is_an_error, 0,
                        G_N_ELEMENTS(broken));
    suite_add_tcase(suite, mistakes);

    return run_suite(suite);
}
