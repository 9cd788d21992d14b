/* SPDX-License-Identifier: MIT
 *
 * What smtpd(8) writes into the mail log before it says a word: of settings, once for each
 * process; of its client's name, and of the lists that its client is looked up in. */
#include "restrictions-private.h"

#include <string.h>

#include <mailsim/lab/main-cf.h>
#include <mailsim/settings/certificate-file.h>
#include <mailsim/settings/expansion.h>

typedef struct {
    const MailsimHost *host;
    const MailsimServiceDefinition *service;
    MailsimProcess *process;
    int hop;
} Speaker;

#define say(speaker, ...) mailsim_process_log((speaker)->process, (speaker)->hop, __VA_ARGS__)

static char *
dup_parameter(const Speaker *speaker, const char *name)
{
    return mailsim_host_dup_parameter(speaker->host, speaker->service, name);
}

/* ---- lists and tables -------------------------------------------------------------------- */

/* A process opens a table once. */
static void
log_opening(const Speaker *speaker, const char *tables)
{
    g_auto(GStrv) list = mailsim_expansion_split(tables);

    for (guint i = 0; list[i] != NULL; i++) {
        if (mailsim_process_is_first(speaker->process, list[i]))
            mailsim_process_log_opening(speaker->process, speaker->host, list[i]);
    }
}

/* In the order in which smtpd(8) opens them. */
static void
log_missing_lists(const Speaker *speaker)
{
    static const char *const lists[] = {
        "smtpd_client_event_limit_exceptions",
        "smtpd_forbid_bare_newline_exclusions",
        "mynetworks",
        "mydestination",
        "relay_domains",
    };

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        const MailsimListAsker asker = {speaker->process, speaker->hop, lists[i]};

        mailsim_host_log_missing_files(speaker->host, speaker->service, &asker);
    }
}

static void
log_unopened_tables(const Speaker *speaker)
{
    static const char *const tables[] = {
        "local_recipient_maps",    "relay_recipient_maps", "virtual_alias_maps",
        "smtpd_sender_login_maps", "rbl_reply_maps",
    };

    for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *value = dup_parameter(speaker, tables[i]);

        log_opening(speaker, value);
    }
}

/* Every word with a colon is a table. */
static void
log_unopened_rules(const Speaker *speaker)
{
    static const char *const lists[] = {
        "smtpd_client_restrictions",    "smtpd_helo_restrictions",
        "smtpd_sender_restrictions",    "smtpd_relay_restrictions",
        "smtpd_recipient_restrictions", "smtpd_etrn_restrictions",
        "smtpd_data_restrictions",      "smtpd_end_of_data_restrictions",
    };

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        char **words = mailsim_host_get_list(speaker->host, speaker->service, lists[i]);

        for (guint j = 0; words[j] != NULL; j++) {
            if (strchr(words[j], ':') != NULL)
                log_opening(speaker, words[j]);
        }
    }
}

/* Both lists are looked through for a rule that refuses strangers, but for what it ignores. */
static void
log_ignored_rules(const Speaker *speaker)
{
    static const char *const lists[] = {"smtpd_recipient_restrictions",
                                        "smtpd_relay_restrictions"};

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        char **words = mailsim_host_get_list(speaker->host, speaker->service, lists[i]);

        for (guint j = 0; words[j] != NULL; j++) {
            const MailsimRule *rule = mailsim_rule_find(words[j]);

            if (rule != NULL && rule->can_refuse)
                return;
            if (g_ascii_strcasecmp(words[j], "permit") != 0)
                continue;
            if (words[j + 1] != NULL)
                say(speaker, "warning: restriction `%s' after `%s' is ignored", words[j + 1],
                    words[j]);
            break;
        }
    }
}

/* ---- TLS --------------------------------------------------------------------------------- */

static gboolean
is_there(const Speaker *speaker, const char *path)
{
    g_autofree char *certificate =
        mailsim_world_dup_certificate_at(speaker->host->lab->world, path);

    return certificate != NULL;
}

/* Key and certificates in one file. */
static void
log_chain(const Speaker *speaker, const char *path)
{
    if (is_there(speaker, path))
        return;
    if (mailsim_host_find_file(speaker->host, path) == NULL) {
        say(speaker, "warning: error opening chain file: %s: No such file or directory", path);
        return;
    }
    say(speaker, "warning: No PEM data in %s", path);
    say(speaker,
        "warning: error loading private keys and certificates from: %s: disabling TLS support",
        path);
}

static const char problem[] = "warning: TLS library problem";

/* In OpenSSL's words: what it cannot open. LINE is that of its source. */
static void
log_unopened(const Speaker *speaker, const char *path, guint line)
{
    say(speaker,
        "%s: error:80000002:system library::No such file or directory:"
        "../crypto/bio/bss_file.c:297:calling fopen(%s, r):",
        problem, path);
    say(speaker,
        "%s: error:10080002:BIO routines::system lib:../crypto/bio/bss_file.c:300:", problem);
    say(speaker, "%s: error:0A080002:SSL routines::system lib:../ssl/ssl_rsa.c:%u:", problem,
        line);
}

static gboolean
is_certificate(const char *path)
{
    g_autofree char *name = mailsim_certificate_file_dup_name(path);

    return name != NULL;
}

static gboolean
is_key(const char *path)
{
    return g_str_has_prefix(path, "/etc/mailsim/") || mailsim_key_file_fits(path, "snakeoil") ||
           mailsim_key_file_fits(path, "letsencrypt");
}

/* What OpenSSL has against it. */
static void
log_bad_key(const Speaker *speaker, const char *key)
{
    if (!is_key(key) && !is_certificate(key)) {
        log_unopened(speaker, key, 368);
        return;
    }
    if (is_key(key)) {
        say(speaker,
            "%s: error:05800074:x509 certificate routines::key values mismatch:"
            "../crypto/x509/x509_cmp.c:403:",
            problem);
        return;
    }
    say(speaker,
        "%s: error:1E08010C:DECODER routines::unsupported:"
        "../crypto/encode_decode/decoder_lib.c:103:No supported data to decode. Input type: "
        "PEM:",
        problem);
    say(speaker, "%s: error:0A080009:SSL routines::PEM lib:../ssl/ssl_rsa.c:385:", problem);
}

static void
log_certificate_and_key(const Speaker *speaker, const char *certificate, const char *key)
{
    if (!is_there(speaker, certificate)) {
        say(speaker,
            "warning: cannot get RSA certificate from file \"%s\": disabling TLS support",
            certificate);
        log_unopened(speaker, certificate, 450);
        return;
    }
    if (mailsim_main_cf_has_key(speaker->host->definition, speaker->service))
        return;
    say(speaker, "warning: cannot get RSA private key from file \"%s\": disabling TLS support",
        key);
    log_bad_key(speaker, key);
}

static void
log_certificate(const Speaker *speaker)
{
    g_autofree char *chain = dup_parameter(speaker, "smtpd_tls_chain_files");
    g_autofree char *certificate = dup_parameter(speaker, "smtpd_tls_cert_file");
    g_autofree char *key = dup_parameter(speaker, "smtpd_tls_key_file");

    if (chain[0] != '\0')
        log_chain(speaker, chain);
    else if (mailsim_main_cf_wants_no_certificate(speaker->host->definition, speaker->service))
        return;
    else if (certificate[0] == '\0')
        say(speaker, "warning: No server certs available. TLS won't be enabled");
    else if (g_str_equal(certificate, key))
        log_chain(speaker, certificate);
    else
        log_certificate_and_key(speaker, certificate, key);
}

/* Levels that only a client has. */
static void
log_level(const Speaker *speaker)
{
    static const char *const levels[] = {"verify", "secure", "fingerprint", NULL};
    g_autofree char *level = dup_parameter(speaker, "smtpd_tls_security_level");

    if (g_strv_contains(levels, level))
        say(speaker,
            "warning: smtpd_tls_security_level: unsupported TLS level \"%s\", using "
            "\"encrypt\"",
            level);
}

static void
log_tls(const Speaker *speaker)
{
    log_level(speaker);
    if (mailsim_main_cf_get_server_tls(speaker->host->definition, speaker->service) !=
            MAILSIM_SERVER_TLS_NONE ||
        mailsim_host_get_flag(speaker->host, speaker->service, "smtpd_tls_wrappermode"))
        log_certificate(speaker);
}

/* ---- the beginning ----------------------------------------------------------------------- */

void
mailsim_smtpd_log_start(MailsimHost *host,
                        const MailsimServiceDefinition *service,
                        MailsimProcess *process,
                        int hop)
{
    const Speaker speaker = {host, service, process, hop};
    const char *type = mailsim_host_get_parameter(host, service, "smtpd_sasl_type");
    const char *fatal = mailsim_smtpd_find_fatal(host, service);
    const gboolean no_sasl = fatal != NULL && strstr(fatal, "SASL") != NULL;

    if (!mailsim_process_is_first(process, "start"))
        return;
    if (fatal == NULL || no_sasl) {
        log_missing_lists(&speaker);
        log_unopened_tables(&speaker);
        log_unopened_rules(&speaker);
        log_ignored_rules(&speaker);
    }
    if (no_sasl)
        say(&speaker, "warning: unsupported SASL server implementation: %s", type);
    if (fatal == NULL)
        log_tls(&speaker);
}

/* A name that does not lead back is not believed. */
void
mailsim_smtpd_log_client_name(const MailsimHost *host,
                              MailsimProcess *process,
                              int hop,
                              const char *address)
{
    const MailsimClientName client = mailsim_dns_find_client(host->lab, address);
    const char *why = client.leads_elsewhere ? ""
                      : client.result == MAILSIM_DNS_FAILED
                          ? ": Temporary failure in name resolution"
                          : ": Name or service not known";

    if (client.reverse_result == MAILSIM_DNS_FOUND && client.result != MAILSIM_DNS_FOUND)
        mailsim_process_log(process, hop,
                            "warning: hostname %s does not resolve to address %s%s",
                            client.reverse_name, address, why);
}
