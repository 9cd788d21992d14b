/* SPDX-License-Identifier: MIT
 *
 * OpenSSL looks at a chain several times: does it end, is each certificate for what it is used
 * for, is the name the right one, are the days. Postfix remembers the first error of the lowest
 * certificate. */
#include "certificate-problem-private.h"

#include <mailsim/wire/server-name.h>

/* ---- in words ---------------------------------------------------------------------------- */

/* As X509_NAME_oneline(3). */
static char *
dup_issuer(gnutls_x509_crt_t crt)
{
    GString *text = g_string_new(NULL);
    char oid[64];
    char value[256];

    for (unsigned i = 0;; i++) {
        size_t size = sizeof oid;
        const char *name;

        if (gnutls_x509_crt_get_issuer_dn_oid(crt, i, oid, &size) < 0)
            break;
        size = sizeof value;
        name = gnutls_x509_dn_oid_name(oid, GNUTLS_X509_DN_OID_RETURN_OID);
        if (gnutls_x509_crt_get_issuer_dn_by_oid(crt, oid, 0, 0, value, &size) >= 0)
            g_string_append_printf(text, "/%s=%.*s", name, (int)size, value);
    }
    return g_string_free(text, FALSE);
}

void
mailsim_certificate_problem_set(MailsimCertificateProblem *problem,
                                MailsimX509Error error,
                                guint depth,
                                gnutls_x509_crt_t crt)
{
    g_free(problem->issuer);
    problem->error = error;
    problem->depth = depth;
    problem->issuer = dup_issuer(crt);
}

void
mailsim_certificate_problem_clear(MailsimCertificateProblem *problem)
{
    g_free(problem->issuer);
    *problem = (MailsimCertificateProblem){0};
}

/* ---- what each look finds ---------------------------------------------------------------- */

/* Does the way end where somebody is trusted? */
static MailsimX509Error
find_at_end(const MailsimCertificatePath *path, gnutls_x509_crt_t last)
{
    if (path->trusted)
        return MAILSIM_X509_OK;
    if (mailsim_certificate_signed_itself(last))
        return path->crts->len == 1 ? MAILSIM_X509_SELF_SIGNED
                                    : MAILSIM_X509_SELF_SIGNED_IN_CHAIN;
    return path->through_trusted ? MAILSIM_X509_NO_ISSUER : MAILSIM_X509_NO_LOCAL_ISSUER;
}

static gboolean
is_authority(gnutls_x509_crt_t crt)
{
    unsigned critical;
    unsigned usage = 0;

    return gnutls_x509_crt_get_ca_status(crt, &critical) > 0 &&
           (gnutls_x509_crt_get_key_usage(crt, &usage, &critical) < 0 ||
            (usage & GNUTLS_KEY_KEY_CERT_SIGN) != 0);
}

static MailsimX509Error
find_in_use(gnutls_x509_crt_t crt, guint depth)
{
    if (depth > 0 && !is_authority(crt))
        return MAILSIM_X509_INVALID_CA;
    return mailsim_certificate_is_for_servers(crt, depth) ? MAILSIM_X509_OK
                                                          : MAILSIM_X509_INVALID_PURPOSE;
}

static MailsimX509Error
find_in_name(gnutls_x509_crt_t crt, const char *expected_names)
{
    switch (mailsim_server_name_compare(crt, expected_names)) {
    case MAILSIM_SERVER_NAME_FITS:
        return MAILSIM_X509_OK;
    case MAILSIM_SERVER_NAME_IS_ANOTHER:
        return MAILSIM_X509_HOST_NAME;
    case MAILSIM_SERVER_ADDRESS_IS_ANOTHER:
        return MAILSIM_X509_IP_ADDRESS;
    }
    g_assert_not_reached();
}

/* GnuTLS alone knows the time (gnutls_global_set_time_function()). */
static MailsimX509Error
find_in_dates(gnutls_x509_crt_t crt)
{
    gnutls_x509_trust_list_t itself;
    unsigned status = 0;

    if (gnutls_x509_trust_list_init(&itself, 1) < 0)
        return MAILSIM_X509_UNSPECIFIED;
    if (gnutls_x509_trust_list_add_cas(itself, &crt, 1, 0) >= 0)
        gnutls_x509_trust_list_verify_crt2(itself, &crt, 1, NULL, 0, 0, &status, NULL);
    gnutls_x509_trust_list_deinit(itself, 0);
    if ((status & GNUTLS_CERT_NOT_ACTIVATED) != 0)
        return MAILSIM_X509_NOT_YET_VALID;
    return (status & GNUTLS_CERT_EXPIRED) != 0 ? MAILSIM_X509_EXPIRED : MAILSIM_X509_OK;
}

/* ---- the lowest -------------------------------------------------------------------------- */

static void
find(const MailsimCertificatePath *path,
     const char *expected_names,
     MailsimX509Error at_end,
     MailsimCertificateProblem *problem)
{
    const guint n = path->crts->len;

    mailsim_certificate_problem_clear(problem);
    for (guint depth = 0; depth < n && problem->error == MAILSIM_X509_OK; depth++) {
        gnutls_x509_crt_t crt = g_ptr_array_index(path->crts, depth);
        MailsimX509Error error = depth + 1 == n ? at_end : MAILSIM_X509_OK;

        if (error == MAILSIM_X509_OK)
            error = find_in_use(crt, depth);
        if (error == MAILSIM_X509_OK && depth == 0 && expected_names != NULL)
            error = find_in_name(crt, expected_names);
        if (error == MAILSIM_X509_OK)
            error = find_in_dates(crt);
        if (error != MAILSIM_X509_OK)
            mailsim_certificate_problem_set(problem, error, depth, crt);
    }
}

void
mailsim_certificate_problem_find(const MailsimCertificatePath *path,
                                 const char *expected_names,
                                 MailsimCertificateProblem *problem)
{
    gnutls_x509_crt_t last = g_ptr_array_index(path->crts, path->crts->len - 1);

    find(path, expected_names, find_at_end(path, last), problem);
}

void
mailsim_certificate_problem_find_unannounced(const MailsimCertificatePath *path,
                                             const char *expected_names,
                                             MailsimCertificateProblem *problem)
{
    find(path, expected_names, MAILSIM_X509_NO_TLSA_MATCH, problem);
}
