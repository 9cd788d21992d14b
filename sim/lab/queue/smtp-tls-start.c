/* SPDX-License-Identifier: MIT
 *
 * What smtp(8) finds wrong when it is started, before it knows of any message: tables of
 * policies that cannot be opened, and a TLS library that cannot begin. Without one the daemon
 * goes on. And what it finds in passing: TLS that it does not use. */
#include "smtp-private.h"

#include <string.h>

#include <mailsim/lab/main-cf.h>
#include <mailsim/settings/certificate-file.h>
#include <mailsim/settings/tls-loglevel.h>
#include <mailsim/wire/certificate-digest.h>

/* ---- the library ------------------------------------------------------------------------- */

#define BY_FILE "../crypto/x509/by_file.c"
#define BIO     "../crypto/bio/bss_file.c"

static void
log_library(const MailsimProcess *process, const char *words)
{
    mailsim_process_log(process, -1, "warning: TLS library problem: error:%s", words);
}

/* What OpenSSL says of a file that is not there, and of one without certificates. */
static void
log_unreadable(const MailsimHost *host, const MailsimProcess *process, const char *file)
{
    g_autofree char *called = g_strdup_printf(
        "80000002:system library::No such file or directory:" BIO ":67:calling fopen(%s, r):",
        file);

    if (mailsim_path_is_trust_folder(file) || mailsim_host_find_file(host, file) != NULL) {
        log_library(process,
                    "05800088:x509 certificate routines::no certificate or crl found:" BY_FILE
                    ":252:");
        return;
    }
    log_library(process, called);
    log_library(process, "10000080:BIO routines::no such file:" BIO ":75:");
    log_library(process, "05880002:x509 certificate routines::system lib:" BY_FILE ":229:");
}

static void
log_authorities(const MailsimHost *host, const MailsimProcess *process, const char *file)
{
    const char *path = mailsim_host_get_parameter(host, NULL, "smtp_tls_CApath");

    mailsim_process_log(process, -1,
                        "cannot load Certification Authority data, CAfile=\"%s\"%s%s%s: "
                        "disabling TLS support",
                        file, path[0] != '\0' ? ", CApath=\"" : "", path,
                        path[0] != '\0' ? "\"" : "");
    log_unreadable(host, process, file);
}

/* The first of them ends it. */
static void
log_library_problem(const MailsimHost *host, const MailsimProcess *process)
{
    const MailsimWorld *world = host->lab->world;
    const char *digest = mailsim_host_get_parameter(host, NULL, "smtp_tls_fingerprint_digest");
    const char *file = mailsim_host_get_parameter(host, NULL, "smtp_tls_CAfile");
    const char *own = mailsim_host_get_parameter(host, NULL, "smtp_tls_cert_file");
    g_autofree char *trusted = mailsim_world_dup_certificate_at(world, file);

    if (!mailsim_certificate_digest_exists(digest)) {
        mailsim_process_log(process, -1, "warning: Digest algorithm \"%s\" not found", digest);
        mailsim_process_log(process, -1, "warning: disabling TLS support");
    } else if (file[0] != '\0' && trusted == NULL && !mailsim_path_is_trust_file(file)) {
        log_authorities(host, process, file);
    } else {
        mailsim_process_log(process, -1,
                            "warning: error opening chain file: %s: No such file or directory",
                            own);
    }
}

/* ---- the start --------------------------------------------------------------------------- */

/* Nobody who never speaks TLS begins with it. */
static gboolean
wants_tls(const MailsimHost *host, const char *tables)
{
    g_autofree char *level = mailsim_main_cf_dup_client_level(host->definition);

    return !g_str_equal(level, "none") || tables[0] != '\0';
}

static void
log_loglevel(const MailsimHost *host, const MailsimProcess *process)
{
    const char *value = mailsim_host_get_parameter(host, NULL, "smtp_tls_loglevel");
    g_autofree char *unknown = NULL;

    mailsim_tls_loglevel_parse(value, &unknown);
    if (unknown != NULL)
        mailsim_process_log(process, -1,
                            "warning: unknown smtp_tls_loglevel value \"%s\" in \"%s\"",
                            unknown, value);
}

/* Those that Postfix has numbers for are those of RFC 6698. */
static void
log_digests(const MailsimHost *host, const MailsimProcess *process)
{
    char **digests = mailsim_host_get_list(host, NULL, "tls_dane_digests");

    for (guint i = 0; digests[i] != NULL; i++) {
        if (strchr(digests[i], '=') == NULL && g_ascii_strcasecmp(digests[i], "sha256") != 0 &&
            g_ascii_strcasecmp(digests[i], "sha512") != 0)
            mailsim_process_log(process, -1,
                                "warning: tls_dane_digests: digest algorithm %s needs an "
                                "explicit number",
                                digests[i]);
    }
}

/* Postfix reads the level of its log before and after it begins with TLS. */
void
mailsim_smtp_tls_log_start(MailsimHost *host, MailsimProcess *process)
{
    const char *tables = mailsim_host_get_parameter(host, NULL, "smtp_tls_policy_maps");

    if (!mailsim_process_is_new(process))
        return;
    if (wants_tls(host, tables)) {
        log_loglevel(host, process);
        mailsim_smtp_begin_tls(host, process);
        if (host->relay_tls == NULL)
            log_library_problem(host, process);
        else
            log_digests(host, process);
        log_loglevel(host, process);
    }
    mailsim_process_log_opening(process, host, tables);
}

void
mailsim_smtp_tls_note_offer(const MailsimSmtpDelivery *delivery)
{
    if (delivery->policy.mode == MAILSIM_CLIENT_TLS_NONE &&
        mailsim_host_get_flag(delivery->host, NULL, "smtp_tls_note_starttls_offer") &&
        mailsim_smtp_client_is_offered(delivery->client, "STARTTLS"))
        mailsim_process_log(delivery->process, delivery->hop, "Host offered STARTTLS: [%s]",
                            delivery->address->name);
}
