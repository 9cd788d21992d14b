/* SPDX-License-Identifier: MIT
 *
 * Rules of lint for Dovecot: who gets in with which password, and what he finds. What Dovecot
 * does with such settings was asked of Dovecot 2.3: tests/dialogue/recorded/imap/greeting.txt,
 * imap-dialogues.md. */
#include "lint-private.h"

#include <mailsim/lab/dovecot-conf.h>

/* --- Passwords --- */

static gboolean
has_clear_port(const LintView *view)
{
    return mailsim_dovecot_conf_has_port(view->host, 143) ||
           mailsim_dovecot_conf_has_port(view->host, 110);
}

static gboolean
find_clear_login(const LintView *view, LintFinding *finding)
{
    const MailsimDovecotTls tls = mailsim_dovecot_conf_get_tls(view->host);

    if (!has_clear_port(view) || tls == MAILSIM_DOVECOT_TLS_REQUIRED ||
        mailsim_dovecot_conf_get_flag(view->host, "disable_plaintext_auth"))
        return FALSE;
    if (tls == MAILSIM_DOVECOT_TLS_NO)
        finding->hint = g_strdup("there is no TLS either (ssl = no): each password crosses in "
                                 "the clear, and whoever listens has it. Write ssl = required");
    return TRUE;
}

static gboolean
find_login_for_nobody(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    return has_clear_port(view) &&
           mailsim_dovecot_conf_get_tls(view->host) == MAILSIM_DOVECOT_TLS_NO &&
           mailsim_dovecot_conf_get_flag(view->host, "disable_plaintext_auth") &&
           *mailsim_dovecot_conf_get(view->host, "login_trusted_networks") == '\0';
}

static gboolean
find_required_anyway(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    return mailsim_dovecot_conf_get_tls(view->host) == MAILSIM_DOVECOT_TLS_REQUIRED &&
           !mailsim_dovecot_conf_get_flag(view->host, "disable_plaintext_auth");
}

/* --- TLS --- */

static gboolean
is_file(const LintView *view, const char *name)
{
    return mailsim_dovecot_setting_find_path(mailsim_dovecot_conf_get(view->host, name)) !=
           NULL;
}

/* Of a path without “<” the check tells. */
static gboolean
find_other_login_key(const LintView *view, LintFinding *finding)
{
    g_autofree char *problem = NULL;
    g_autofree char *certificate =
        mailsim_dovecot_conf_dup_certificate(view->world, view->host, &problem);

    if (mailsim_dovecot_conf_get_tls(view->host) == MAILSIM_DOVECOT_TLS_NO || certificate ||
        !is_file(view, "ssl_cert") || !is_file(view, "ssl_key"))
        return FALSE;
    finding->hint = g_strdup_printf("Dovecot starts, and breaks off each TLS handshake; in its "
                                    "log: %s. ssl_key changes with ssl_cert",
                                    problem);
    return TRUE;
}

static gboolean
find_closed_port(const LintView *view, LintFinding *finding)
{
    const GArray *ports = view->host->dovecot_ports;

    for (guint i = 0; ports && i < ports->len; i++) {
        const guint port = g_array_index(ports, guint, i);
        const MailsimProtocol protocol = mailsim_protocol_of_port(port);

        if (mailsim_dovecot_conf_has_port(view->host, port))
            continue;
        finding->message = g_strdup_printf("port %u of ports = is closed", port);
        finding->hint =
            mailsim_dovecot_conf_serves(view->host, protocol)
                ? g_strdup("Dovecot opens no port of TLS with ssl = no: Connection refused")
                : g_strdup_printf("protocols = does not have %s, and nobody listens there: "
                                  "Connection refused",
                                  mailsim_protocol_get_name(protocol));
        return TRUE;
    }
    return FALSE;
}

/* --- Mail --- */

/* Somebody other than root, whose mail /etc/aliases sends elsewhere. */
static const char *
find_user(const LintView *view)
{
    const MailsimUser *user = g_ptr_array_index(view->host->users, view->host->users->len - 1);

    return user->name;
}

static gboolean
find_read_elsewhere(const LintView *view, LintFinding *finding)
{
    g_auto(MailsimMailLocation) delivery = {0};
    g_auto(MailsimMailLocation) mail = {0};

    if (!mailsim_dovecot_conf_serves(view->host, MAILSIM_PROTOCOL_IMAP) &&
        !mailsim_dovecot_conf_serves(view->host, MAILSIM_PROTOCOL_POP3))
        return FALSE;
    if (mailsim_dovecot_conf_finds_mail(view->host, find_user(view), &delivery, &mail))
        return FALSE;
    finding->hint = g_strdup_printf(
        "Postfix puts the mail of %s into %s%s, Dovecot looks into %s%s: whoever reads his "
        "mail "
        "finds none. Write home_mailbox = Maildir/ and mail_location = maildir:~/Maildir, or "
        "neither",
        find_user(view), delivery.inbox, delivery.is_maildir ? "/" : "", mail.inbox,
        mail.is_maildir ? "/" : "");
    return TRUE;
}

/* --- The rules --- */

/* clang-format off */
const LintRule lint_dovecot_rules[] = {
    {"clear-login", {"disable_plaintext_auth"}, find_clear_login,
     "passwords are taken in the clear",
     "a program that does not ask for TLS sends its password in the clear, and whoever takes "
     "STARTTLS away gets it from any. Debian has disable_plaintext_auth = yes"},
    {"login-for-nobody", {"ssl", "disable_plaintext_auth"}, find_login_for_nobody,
     "a password needs TLS, and there is none",
     "nobody could log in but from the server itself: LOGINDISABLED, and NO [PRIVACYREQUIRED]. Write "
     "ssl = yes, or required"},
    {"required-anyway", {"disable_plaintext_auth"}, find_required_anyway,
     "it changes nothing: TLS is required",
     "ssl = required wins: before TLS no password is taken. The line can go"},
    {"other-login-key", {"ssl_key", "ssl_cert"}, find_other_login_key,
     "the private key is not this certificate's", NULL},
    {"closed-port", {"protocols", "ssl"}, find_closed_port, NULL, NULL},
    {"read-elsewhere", {"mail_location", "home_mailbox", "mail_spool_directory"},
     find_read_elsewhere, "mail is delivered to one place, and read at another", NULL},
};
/* clang-format on */

const guint lint_n_dovecot_rules = G_N_ELEMENTS(lint_dovecot_rules);
