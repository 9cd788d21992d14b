/* SPDX-License-Identifier: MIT
 *
 * Fingerprints and TLSA data of one certificate, which openssl(1) made and digested: x509
 * -fingerprint; x509 -pubkey, pkey -outform DER and dgst -c. */
#include <mailsim/wire/certificate-digest.h>

#include "../support/run-suite.h"

/* clang-format off */
static const char pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBeTCCAR6gAwIBAgIBATAKBggqhkjOPQQDAjAaMRgwFgYDVQQDDA9teC5kZXN0\n"
    "LmV4YW1wbGUwIBcNMjYxMTIyMTM0NjE3WhgPMzAyNjAzMjUxMzQ2MTdaMBoxGDAW\n"
    "BgNVBAMMD214LmRlc3QuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA\n"
    "BAZtZGkP5ELyB/hLrYitIEObH11ErF0k4eVtEzlSF2KVJ+Kg9/xnUXG7a5RuZ7PL\n"
    "VRcPeNDzyOEDUU91ZW3WGTyjUzBRMB0GA1UdDgQWBBS5AF35Q5bvCeoDI45hyZFV\n"
    "rb3fLTAfBgNVHSMEGDAWgBS5AF35Q5bvCeoDI45hyZFVrb3fLTAPBgNVHRMBAf8E\n"
    "BTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQD0UjlwV3Qil2bj3apGo3JS0TV/oZwY\n"
    "EF/PkpHNAIKzMgIhAJWVzVNdeaPcDPnYfNMliDrq8R30ZZ8yVaXrVtMXJqW+\n"
    "-----END CERTIFICATE-----\n";

static const struct {
    const char *digest;
    gboolean of_key;
    const char *fingerprint;
} fingerprints[] = {
    {"md5", FALSE,
     "20:01:0C:9D:BC:D1:6C:5B:38:16:30:8D:78:81:12:D1"},
    {"sha1", FALSE,
     "43:B5:DA:04:C4:31:E8:6F:48:80:8B:60:88:31:29:F5:FE:62:B5:18"},
    {"sha256", FALSE,
     "1D:09:F8:D1:FD:FA:FE:49:71:03:14:0E:46:79:07:A9:1B:6A:E3:7D:08:C0:3B:AE:72:0C:82"
     ":AA:53:02:EC:03"},
    {"sha512", FALSE,
     "8D:8B:A2:4F:34:4B:94:AA:F6:01:4B:1C:37:55:04:5C:AF:D3:68:46:D9:36:B2:2F:E3:87:6B"
     ":06:27:F8:77:87:B2:D0:AA:4C:39:BE:21:C3:06:4A:66:B0:72:FE:94:FD:60:7A:D4:34:54:E"
     "B:5F:15:3D:4C:8C:07:79:CF:5D:AD"},
    {"md5", TRUE,
     "41:E7:58:AE:65:39:B3:8C:F3:B3:AF:14:3A:C3:A7:B6"},
    {"sha256", TRUE,
     "BE:60:D3:53:A6:52:6C:E8:CE:01:FD:19:5B:E8:CC:FA:A0:EF:D8:A9:B6:D6:4E:FF:55:5F:D1"
     ":95:B4:FF:BF:27"},
    {"sha512", TRUE,
     "1F:95:1D:0D:3B:2F:35:31:BC:2C:F1:59:FE:F1:50:5C:38:4A:11:26:8F:66:E9:5A:D9:8C:45"
     ":9A:74:AA:8D:88:AB:6E:B4:83:DF:4A:CF:35:98:0C:38:4F:67:E8:9B:D3:80:B7:6B:36:E2:C"
     "E:04:B1:66:9E:B2:BA:C8:E2:CF:95"},
    {"SHA256", TRUE,
     "BE:60:D3:53:A6:52:6C:E8:CE:01:FD:19:5B:E8:CC:FA:A0:EF:D8:A9:B6:D6:4E:FF:55:5F:D1"
     ":95:B4:FF:BF:27"},
    {"sha257", FALSE, NULL},
    {"", TRUE, NULL},
    {"NULL", FALSE, NULL},
};

static const struct {
    guint8 selector, matching;
    const char *association;
} associations[] = {
    {0, 0,
     "308201793082011ea003020102020101300a06082a8648ce3d040302301a3118301606035504030c"
     "0f6d782e646573742e6578616d706c653020170d3236313132323133343631375a180f3330323630"
     "3332353133343631375a301a3118301606035504030c0f6d782e646573742e6578616d706c653059"
     "301306072a8648ce3d020106082a8648ce3d03010703420004066d64690fe442f207f84bad88ad20"
     "439b1f5d44ac5d24e1e56d13395217629527e2a0f7fc675171bb6b946e67b3cb55170f78d0f3c8e1"
     "03514f75656dd6193ca3533051301d0603551d0e04160414b9005df94396ef09ea03238e61c99155"
     "adbddf2d301f0603551d23041830168014b9005df94396ef09ea03238e61c99155adbddf2d300f06"
     "03551d130101ff040530030101ff300a06082a8648ce3d0403020349003046022100f45239705774"
     "229766e3ddaa46a37252d1357fa19c18105fcf9291cd0082b3320221009595cd535d79a3dc0cf9d8"
     "7cd325883aeaf11df4659f3255a5eb56d31726a5be"},
    {0, 1,
     "1d09f8d1fdfafe497103140e467907a91b6ae37d08c03bae720c82aa5302ec03"},
    {0, 2,
     "8d8ba24f344b94aaf6014b1c3755045cafd36846d936b22fe3876b0627f87787b2d0aa4c39be21c3"
     "064a66b072fe94fd607ad43454eb5f153d4c8c0779cf5dad"},
    {1, 0,
     "3059301306072a8648ce3d020106082a8648ce3d03010703420004066d64690fe442f207f84bad88"
     "ad20439b1f5d44ac5d24e1e56d13395217629527e2a0f7fc675171bb6b946e67b3cb55170f78d0f3"
     "c8e103514f75656dd6193c"},
    {1, 1,
     "be60d353a6526ce8ce01fd195be8ccfaa0efd8a9b6d64eff555fd195b4ffbf27"},
    {1, 2,
     "1f951d0d3b2f3531bc2cf159fef1505c384a11268f66e95ad98c459a74aa8d88ab6eb483df4acf35"
     "980c384f67e89bd380b76b36e2ce04b1669eb2bac8e2cf95"},
    {2, 1, NULL},
    {0, 3, NULL},
    {255, 255, NULL},
};
/* clang-format on */

static gnutls_x509_crt_t
import(void)
{
    const gnutls_datum_t text = {(unsigned char *)pem, sizeof pem - 1};
    gnutls_x509_crt_t crt;

    ck_assert_int_eq(gnutls_x509_crt_init(&crt), 0);
    ck_assert_int_eq(gnutls_x509_crt_import(crt, &text, GNUTLS_X509_FMT_PEM), 0);
    return crt;
}

START_TEST(a_fingerprint_is_what_openssl_says)
{
    gnutls_x509_crt_t crt = import();
    g_autofree char *found = mailsim_certificate_dup_fingerprint(crt, fingerprints[_i].digest,
                                                                 fingerprints[_i].of_key);

    ck_assert_pstr_eq(found, fingerprints[_i].fingerprint);
    ck_assert_int_eq(mailsim_certificate_digest_exists(fingerprints[_i].digest), found != NULL);
    gnutls_x509_crt_deinit(crt);
}
END_TEST

START_TEST(a_record_says_what_openssl_says)
{
    gnutls_x509_crt_t crt = import();
    g_autofree char *found = mailsim_certificate_dup_association(crt, associations[_i].selector,
                                                                 associations[_i].matching);

    ck_assert_pstr_eq(found, associations[_i].association);
    gnutls_x509_crt_deinit(crt);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("certificate-digest");
    TCase *tcase = tcase_create("digests");

    tcase_add_loop_test(tcase, a_fingerprint_is_what_openssl_says, 0,
                        G_N_ELEMENTS(fingerprints));
    tcase_add_loop_test(tcase, a_record_says_what_openssl_says, 0, G_N_ELEMENTS(associations));
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
