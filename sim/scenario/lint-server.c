/* SPDX-License-Identifier: MIT
 *
 * Rules of lint for smtpd(8), each service of master.cf for itself. What Postfix does with such
 * settings was asked of Postfix 3.7: tests/dialogue/recorded/bad-settings.md. */
#include "lint-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/protocol/mail-address.h>
#include <mailsim/settings/certificate-file.h>
#include <mailsim/settings/expansion.h>

/* --- Networks --- */

static gboolean
is_everybody(const char *entry)
{
    MailsimIpNetwork network;

    if (g_str_has_prefix(entry, "static:"))
        return TRUE;
    return strchr(entry, '/') && *entry != '/' && mailsim_ip_network_parse(entry, &network) &&
           network.prefix_bits == 0;
}

static gboolean
find_everybody(const LintView *view, LintFinding *finding)
{
    g_auto(GStrv) entries = lint_dup_list(view, "mynetworks");

    for (guint i = 0; entries[i]; i++) {
        if (!is_everybody(entries[i]))
            continue;

        const gboolean relays = mailsim_main_cf_relays_for_networks(view->host, view->service);

        if (!relays)
            finding->hint = g_strdup("whatever else trusts these clients trusts everybody; "
                                     "leave mynetworks to this host");
        finding->word = g_strdup(entries[i]);
        finding->message = g_strdup_printf("“%s” in mynetworks is everybody%s%s", entries[i],
                                           strchr(entries[i], '[') ? " with IPv6" : "",
                                           relays ? ": an open relay" : "");
        return TRUE;
    }
    return FALSE;
}

static gboolean
find_one_address(const LintView *view, LintFinding *finding)
{
    g_auto(GStrv) entries = lint_dup_list(view, "mynetworks");

    for (guint i = 0; entries[i]; i++) {
        if (strcmp(entries[i], "0.0.0.0") != 0 && strcmp(entries[i], "[::]") != 0)
            continue;
        finding->word = g_strdup(entries[i]);
        finding->message = g_strdup_printf("“%s” is one address, not everybody", entries[i]);
        return TRUE;
    }
    return FALSE;
}

/* --- TLS --- */

static gboolean
offers_tls(const LintView *view)
{
    return lint_get_flag(view, "smtpd_tls_wrappermode") ||
           mailsim_main_cf_get_server_tls(view->host, view->service) != MAILSIM_SERVER_TLS_NONE;
}

static gboolean
demands_tls(const LintView *view)
{
    return lint_get_flag(view, "smtpd_tls_wrappermode") ||
           mailsim_main_cf_get_server_tls(view->host, view->service) ==
               MAILSIM_SERVER_TLS_REQUIRED;
}

static gboolean
find_old_use(const LintView *view, LintFinding *finding)
{
    return lint_find_old_name(view, "smtpd_use_tls", "smtpd_tls_security_level", "may",
                              finding);
}

static gboolean
find_old_enforce(const LintView *view, LintFinding *finding)
{
    return lint_find_old_name(view, "smtpd_enforce_tls", "smtpd_tls_security_level", "encrypt",
                              finding);
}

static gboolean
find_demand(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    return view->service->port == 25 && view->is_mx && demands_tls(view) &&
           !lint_get_flag(view, "smtpd_tls_wrappermode");
}

static gboolean
find_wrapped(const LintView *view, LintFinding *finding)
{
    if (view->service->port == 465 || !lint_get_flag(view, "smtpd_tls_wrappermode"))
        return FALSE;
    finding->message =
        g_strdup_printf("TLS from the first byte on port %u", view->service->port);
    return TRUE;
}

static gboolean
find_unwrapped(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    return view->service->port == 465 && !lint_get_flag(view, "smtpd_tls_wrappermode");
}

static gboolean
has_certificate(const LintView *view)
{
    g_autofree char *certificate =
        mailsim_main_cf_dup_certificate(view->world, view->host, view->service);

    return certificate != NULL;
}

static gboolean
holds_key(const LintView *view, const char *path)
{
    for (guint i = 0; i < view->world->certificates->len; i++) {
        const MailsimCertificateDefinition *certificate =
            g_ptr_array_index(view->world->certificates, i);

        if (mailsim_key_file_fits(path, certificate->name))
            return TRUE;
    }
    return mailsim_key_file_fits(path, "snakeoil") ||
           mailsim_key_file_fits(path, "letsencrypt");
}

static gboolean
is_file(const LintView *view, const char *path)
{
    g_autofree char *certificate = mailsim_world_dup_certificate_at(view->world, path);

    for (guint i = 0; i < view->host->files->len; i++) {
        const MailsimFileDefinition *file = g_ptr_array_index(view->host->files, i);

        if (strcmp(file->path, path) == 0)
            return TRUE;
    }
    return certificate || holds_key(view, path) || mailsim_path_is_trust_file(path) ||
           mailsim_path_is_trust_folder(path);
}

/* The first file of smtpd_tls_chain_files that is not there; NULL: all are. One that is there,
 * and no chain, is another matter: 454. */
static char *
dup_missing_chain(const LintView *view)
{
    g_auto(GStrv) paths = lint_dup_list(view, "smtpd_tls_chain_files");

    for (guint i = 0; paths[i]; i++)
        if (!is_file(view, paths[i]))
            return g_strdup(paths[i]);
    return NULL;
}

/* What TLS that cannot begin comes to, and ADVICE: policy-maps.md, daemon.txt. */
static char *
dup_broken_tls_hint(const LintView *view, const char *advice)
{
    const char *effect =
        "STARTTLS would be offered, and answered 454 4.7.0 TLS not available due to local "
        "problem: mail goes on in the clear";

    if (lint_get_flag(view, "smtpd_tls_wrappermode"))
        effect = "each connection would be dropped: TLS context initialization failed";
    else if (demands_tls(view))
        effect = "STARTTLS would be answered 454 4.7.0 TLS not available due to local problem, "
                 "and all else 530: nobody could send";
    return g_strdup_printf("%s. %s", effect, advice);
}

static gboolean
find_no_certificate(const LintView *view, LintFinding *finding)
{
    g_autofree char *chain = lint_dup(view, "smtpd_tls_chain_files");
    g_autofree char *file = lint_dup(view, "smtpd_tls_cert_file");
    g_autofree char *missing = dup_missing_chain(view);
    const char *path = *chain ? chain : file;

    if (!offers_tls(view) || has_certificate(view) || missing)
        return FALSE;
    if (*path)
        finding->message = g_strdup_printf("there is no certificate at “%s”", path);
    finding->hint = dup_broken_tls_hint(
        view, "The lab has certbot's paths, snakeoil's, and /etc/mailsim/C.pem");
    return TRUE;
}

/* smtpd(8) of Postfix 3.7 only warns, “error opening chain file: … No such file or directory”,
 * and goes on without a certificate. */
static gboolean
find_no_chain(const LintView *view, LintFinding *finding)
{
    finding->word = dup_missing_chain(view);
    if (!offers_tls(view) || !finding->word)
        return FALSE;
    finding->message = g_strdup_printf("there is no chain file “%s”", finding->word);
    if (lint_get_flag(view, "smtpd_tls_wrappermode"))
        finding->hint = g_strdup("smtpd has no certificate: mail programs fail in the "
                                 "handshake; the lab drops the connection instead");
    return TRUE;
}

static gboolean
find_other_key(const LintView *view, LintFinding *finding)
{
    if (!offers_tls(view) || !has_certificate(view) ||
        mailsim_main_cf_has_key(view->host, view->service))
        return FALSE;
    finding->hint =
        dup_broken_tls_hint(view, "Debian's main.cf names snakeoil's key: smtpd_tls_key_file "
                                  "changes with smtpd_tls_cert_file");
    return TRUE;
}

/* --- AUTH --- */

static gboolean
takes_logins(const LintView *view)
{
    return lint_get_flag(view, "smtpd_sasl_auth_enable");
}

static gboolean
find_cyrus(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    return takes_logins(view) && lint_is(view, "smtpd_sasl_type", "cyrus");
}

static gboolean
find_nobody_at_socket(const LintView *view, LintFinding *finding)
{
    g_autofree char *path = lint_dup(view, "smtpd_sasl_path");

    if (!takes_logins(view) || mailsim_main_cf_is_sasl_answered(view->host, view->service))
        return FALSE;
    if (!view->host->has_dovecot)
        finding->message = g_strdup("no Dovecot runs on this host to check passwords");
    else
        finding->message = g_strdup_printf("Dovecot does not listen at “%s”", path);
    finding->hint = g_strdup_printf(
        "smtpd would die of each client: fatal: no SASL authentication mechanisms. Write %s",
        view->host->has_dovecot ? "smtpd_sasl_path = private/auth"
                                : "a group [dovecot H], and smtpd_sasl_path = private/auth");
    return TRUE;
}

static gboolean
find_clear_auth(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    return takes_logins(view) && offers_tls(view) && !demands_tls(view) &&
           !lint_get_flag(view, "smtpd_tls_auth_only");
}

static gboolean
find_auth_without_tls(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    return takes_logins(view) && !offers_tls(view) &&
           !lint_get_flag(view, "smtpd_tls_auth_only");
}

static gboolean
find_auth_for_nobody(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    return takes_logins(view) && !offers_tls(view) &&
           lint_get_flag(view, "smtpd_tls_auth_only");
}

static gboolean
find_auth_on_25(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    return takes_logins(view) && view->service->port == 25;
}

/* --- Restrictions --- */

static gboolean
find_no_guard(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    return !mailsim_main_cf_can_refuse(view->host, view->service);
}

/* What smtpd warns of in the log, word by word. */
static gboolean
find_old_restriction(const LintView *view, LintFinding *finding)
{
    static const struct {
        const char *word;
        const char *better;
    } old[] = {
        {"check_relay_domains",     "reject_unauth_destination"                     },
        {"reject_maps_rbl",         "reject_rbl_client domain-name"                 },
        {"permit_naked_ip_address", "permit_mynetworks or permit_sasl_authenticated"},
    };
    static const char *const lists[] = {"smtpd_relay_restrictions",
                                        "smtpd_recipient_restrictions",
                                        "smtpd_client_restrictions"};

    for (guint i = 0; i < G_N_ELEMENTS(lists) * G_N_ELEMENTS(old); i++) {
        const char *list = lists[i / G_N_ELEMENTS(old)];
        const guint n = i % G_N_ELEMENTS(old);

        if (!lint_has_word(view, list, old[n].word))
            continue;
        finding->word = g_strdup(old[n].word);
        finding->message = g_strdup_printf("“%s” is an old restriction", old[n].word);
        finding->hint = g_strdup_printf(
            "Postfix warns in the log, and obeys, and so does the lab; use %s", old[n].better);
        return TRUE;
    }
    return FALSE;
}

/* --- Names and domains --- */

static gboolean
find_short_name(const LintView *view, LintFinding *finding)
{
    g_autofree char *name = lint_dup(view, "myhostname");

    if (strchr(name, '.'))
        return FALSE;
    finding->message = g_strdup_printf("“%s” is no full host name", name);
    return TRUE;
}

/* A domain of NAME that is in mydestination as well. */
static gboolean
find_twice(const LintView *view, const char *name, LintFinding *finding)
{
    g_auto(GStrv) domains = lint_dup_list(view, name);

    for (guint i = 0; domains[i]; i++) {
        if (!lint_has_word(view, "mydestination", domains[i]))
            continue;
        finding->word = g_strdup(domains[i]);
        finding->message = g_strdup_printf("“%s” is in mydestination as well", domains[i]);
        return TRUE;
    }
    return FALSE;
}

static gboolean
find_relayed_twice(const LintView *view, LintFinding *finding)
{
    return find_twice(view, "relay_domains", finding);
}

static gboolean
find_virtual_twice(const LintView *view, LintFinding *finding)
{
    return find_twice(view, "virtual_alias_domains", finding);
}

/* Is ENTRY of inet_interfaces an address that only the machine itself reaches? */
static gboolean
is_loopback(const char *entry)
{
    MailsimIpNetwork network;

    if (g_ascii_strcasecmp(entry, "loopback-only") == 0 ||
        g_ascii_strcasecmp(entry, "localhost") == 0)
        return TRUE;
    return mailsim_ip_network_parse(entry, &network) &&
           mailsim_ip_address_is_loopback(&network.address);
}

static gboolean
find_not_listening(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    g_auto(GStrv) entries = lint_dup_list(view, "inet_interfaces");

    for (guint i = 0; entries[i]; i++)
        if (!is_loopback(entries[i]))
            return FALSE;
    return view->service->port == 25 && view->is_mx && *entries;
}

/* --- The rules --- */

/* clang-format off */
const LintRule lint_server_rules[] = {
    {"open-relay", {"mynetworks"}, find_everybody, NULL,
     "permit_mynetworks comes first, and so nobody is asked for a password; block lists find such "
     "a server within hours. Leave mynetworks to this host, and let users log in on 587 or 465"},
    {"one-address", {"mynetworks"}, find_one_address, NULL,
     "no client has this address, so that it changes nothing: strangers get 454 4.7.1 Relay access "
     "denied. Everybody would be 0.0.0.0/0, and an open relay"},
    {"demand-on-mx", {"smtpd_tls_security_level", "smtpd_enforce_tls"}, find_demand,
     "TLS is demanded on port 25 of an MX",
     "servers without TLS would be told 530 5.7.0 Must issue a STARTTLS command first, and their "
     "mail would go back; RFC 3207 §4 forbids it. Write may here, encrypt in [service H submission]"},
    {"wrapped", {"smtpd_tls_wrappermode"}, find_wrapped, NULL,
     "a client that waits for the greeting waits in vain, and the server for its TLS; "
     "smtpd_tls_wrappermode belongs to [service H submissions], port 465"},
    {"unwrapped", {"smtpd_tls_wrappermode"}, find_unwrapped,
     "port 465 without TLS from the first byte",
     "mail programs begin with TLS there, take the server's 220 for broken TLS and hang up; write "
     "smtpd_tls_wrappermode = yes (RFC 8314)"},
    {"no-certificate", {"smtpd_tls_chain_files", "smtpd_tls_cert_file"}, find_no_certificate,
     "a server without certificate", NULL},
    {"no-chain", {"smtpd_tls_chain_files"}, find_no_chain, NULL,
     "smtpd has no certificate: STARTTLS is answered 220, mail programs fail in the handshake, other "
     "Postfixes at may use an anonymous cipher; the lab answers 454 instead"},
    {"other-key", {"smtpd_tls_key_file", "smtpd_tls_cert_file"}, find_other_key,
     "the private key is not this certificate's", NULL},
    {"cyrus", {"smtpd_sasl_type", "smtpd_sasl_auth_enable"}, find_cyrus,
     "AUTH without smtpd_sasl_type: Debian's is cyrus",
     "AUTH would be offered, and every password answered 535 5.7.8: Cyrus SASL has none. Write "
     "smtpd_sasl_type = dovecot, smtpd_sasl_path = private/auth, and a group [dovecot H]"},
    {"no-dovecot", {"smtpd_sasl_path", "smtpd_sasl_type", "smtpd_sasl_auth_enable"},
     find_nobody_at_socket, NULL, NULL},
    {"clear-auth", {"smtpd_tls_auth_only", "smtpd_sasl_auth_enable"}, find_clear_auth,
     "AUTH is offered before TLS",
     "a program that does not ask for TLS sends its password in the clear, and whoever takes "
     "STARTTLS away gets it from any. With smtpd_tls_auth_only = yes AUTH is for TLS alone"},
    {"auth-without-tls",
     {"smtpd_tls_security_level", "smtpd_tls_auth_only", "smtpd_sasl_auth_enable"},
     find_auth_without_tls, "AUTH on a server without TLS",
     "each password crosses in the clear (base64 hides nothing), and whoever listens has it; write "
     "smtpd_tls_security_level = may and smtpd_tls_auth_only = yes"},
    {"auth-for-nobody",
     {"smtpd_tls_security_level", "smtpd_tls_auth_only", "smtpd_sasl_auth_enable"},
     find_auth_for_nobody, "AUTH waits for TLS, and there is none",
     "it would never be offered: nobody could log in. Write smtpd_tls_security_level = may"},
    {"auth-on-25", {"smtpd_sasl_auth_enable"}, find_auth_on_25,
     "AUTH on port 25",
     "that port is for other servers, and robots try passwords there; users log in on 587 or 465, "
     "whose blocks have smtpd_sasl_auth_enable = yes already (RFC 6409)"},
    {"no-guard", {"smtpd_relay_restrictions", "smtpd_recipient_restrictions"}, find_no_guard,
     "nothing refuses mail of strangers for strangers",
     "smtpd would serve nobody; in the log: fatal: in parameter smtpd_relay_restrictions or "
     "smtpd_recipient_restrictions, specify at least one working instance of: "
     "reject_unauth_destination, …"},
    {"old-restriction",
     {"smtpd_relay_restrictions", "smtpd_recipient_restrictions", "smtpd_client_restrictions"},
     find_old_restriction, NULL, NULL},
    {"short-name", {"myhostname"}, find_short_name, NULL,
     "Postfix greets with it and says EHLO with it; servers that check the name "
     "(reject_non_fqdn_helo_hostname) would refuse our mail"},
    {"relayed-twice", {"relay_domains", "mydestination"}, find_relayed_twice, NULL,
     "mydestination wins, without a word: the mail is delivered here and not passed on"},
    {"virtual-twice", {"virtual_alias_domains", "mydestination"}, find_virtual_twice, NULL,
     "mydestination wins: users of the system get the mail, and who is none is unknown. Postfix "
     "warns in the log: do not list domain … in BOTH mydestination and virtual_alias_domains"},
    {"not-listening", {"inet_interfaces"}, find_not_listening,
     "port 25 of an MX is closed to other machines",
     "other servers would be told Connection refused, and keep their mail for us for five days; "
     "write inet_interfaces = all, then stop and start Postfix: a reload is not enough"},
    {"old-name", {"smtpd_use_tls"}, find_old_use, NULL, NULL},
    {"old-name", {"smtpd_enforce_tls"}, find_old_enforce, NULL, NULL},
};
/* clang-format on */

const guint lint_n_server_rules = G_N_ELEMENTS(lint_server_rules);
