/* SPDX-License-Identifier: MIT
 *
 * Which certificate and which key the files of a host hold. */
#include <mailsim/settings/certificate-file.h>

#include "../support/run-suite.h"

#define CERTBOT  "/etc/letsencrypt/live/mail.iesgn.example/"
#define SNAKEOIL "/etc/ssl/private/ssl-cert-snakeoil.key"

static const struct {
    const char *path;
    const char *name;
} certificates[] = {
    {CERTBOT "fullchain.pem",                "letsencrypt"    },
    {CERTBOT "cert.pem",                     "no-intermediate"},
    {CERTBOT "privkey.pem",                  NULL             },
    {CERTBOT "fulchain.pem",                 NULL             },
    {"/etc/ssl/certs/ssl-cert-snakeoil.pem", "snakeoil"       },
    {"/etc/dovecot/private/dovecot.pem",     "snakeoil"       },
    {"/etc/mailsim/web.pem",                 "web"            },
    {"/etc/mailsim/web.key",                 NULL             },
    {"/etc/ssl/certs/ca-certificates.crt",   NULL             },
    {"web.pem",                              NULL             },
    {"",                                     NULL             },
};

START_TEST(a_path_leads_to_a_certificate)
{
    g_autofree char *name = mailsim_certificate_file_dup_name(certificates[_i].path);

    ck_assert_msg(g_strcmp0(name, certificates[_i].name) == 0, "%s: %s", certificates[_i].path,
                  name != NULL ? name : "nothing");
}
END_TEST

static const struct {
    const char *path;
    const char *certificate;
    gboolean fits;
} keys[] = {
    {CERTBOT "privkey.pem",              "letsencrypt",     TRUE },
    {CERTBOT "privkey.pem",              "no-intermediate", TRUE },
    {CERTBOT "privkey.pem",              "snakeoil",        FALSE},
    {CERTBOT "fullchain.pem",            "letsencrypt",     FALSE},
    {SNAKEOIL,                           "snakeoil",        TRUE },
    {SNAKEOIL,                           "letsencrypt",     FALSE},
    {"/etc/dovecot/private/dovecot.key", "snakeoil",        TRUE },
    {"/etc/mailsim/web.key",             "web",             TRUE },
    {"/etc/mailsim/web.pem",             "web",             TRUE },
    {"/etc/mailsim/web.key",             "mail",            FALSE},
    {"/nowhere",                         "snakeoil",        FALSE},
    {"",                                 "snakeoil",        FALSE},
};

START_TEST(a_key_belongs_to_a_certificate)
{
    ck_assert_msg(mailsim_key_file_fits(keys[_i].path, keys[_i].certificate) == keys[_i].fits,
                  "%s, %s", keys[_i].path, keys[_i].certificate);
}
END_TEST

START_TEST(a_path_leads_to_a_key)
{
    ck_assert(mailsim_path_is_key_file(SNAKEOIL));
    ck_assert(mailsim_path_is_key_file(CERTBOT "privkey.pem"));
    ck_assert(mailsim_path_is_key_file("/etc/mailsim/web.key"));
    ck_assert(!mailsim_path_is_key_file(CERTBOT "fullchain.pem"));
    ck_assert(!mailsim_path_is_key_file("/etc/ssl/certs/ssl-cert-snakeoil.pem"));

    g_autofree char *owner = mailsim_certificate_file_dup_owner("/etc/mailsim/web.key");
    ck_assert_str_eq(owner, "web");
    ck_assert_ptr_null(mailsim_certificate_file_dup_owner(SNAKEOIL));
}
END_TEST

START_TEST(a_key_of_another_name_does_not_fit)
{
    static const char own[] = "/etc/letsencrypt/live/mail.iesgn.example/";
    g_autofree char *certificate = g_strconcat(own, "fullchain.pem", NULL);
    g_autofree char *key = g_strconcat(own, "privkey.pem", NULL);

    ck_assert(!mailsim_key_file_is_of_another(key, certificate));
    ck_assert(mailsim_key_file_is_of_another(
        "/etc/letsencrypt/live/www.iesgn.example/privkey.pem", certificate));
    ck_assert(!mailsim_key_file_is_of_another(SNAKEOIL, certificate));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("certificate-file");
    TCase *tcase = tcase_create("certificate-file");

    tcase_add_loop_test(tcase, a_path_leads_to_a_certificate, 0, G_N_ELEMENTS(certificates));
    tcase_add_loop_test(tcase, a_key_belongs_to_a_certificate, 0, G_N_ELEMENTS(keys));
    tcase_add_test(tcase, a_path_leads_to_a_key);
    tcase_add_test(tcase, a_key_of_another_name_does_not_fit);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
