/* SPDX-License-Identifier: MIT
 *
 * Rules of lint for smtp(8), which hands mail to other servers, for local(8) and for the queue.
 * What Postfix does with such settings was asked of Postfix 3.7: bad-settings.md and
 * policy-maps.md in tests/dialogue/recorded. */
#include "lint-private.h"

#include <string.h>

#include <mailsim/settings/certificate-file.h>
#include <mailsim/settings/next-hop.h>

/* --- Trust --- */

static gboolean
level_is(const LintView *view, const char *const *levels)
{
    g_autofree char *level = mailsim_main_cf_dup_client_level(view->host);

    return g_strv_contains(levels, level);
}

static gboolean
verifies(const LintView *view)
{
    static const char *const levels[] = {"verify", "secure", NULL};

    return level_is(view, levels);
}

static gboolean
insists(const LintView *view)
{
    static const char *const levels[] = {"none", "may", "dane", NULL};

    return !level_is(view, levels);
}

/* The same towards relayhost, which may have a policy of its own. */
static gboolean
insists_on_relay(const LintView *view)
{
    g_autofree char *level = lint_dup_relay_level(view);

    return strcmp(level, "none") != 0 && strcmp(level, "may") != 0 &&
           strcmp(level, "dane") != 0;
}

/* Are there certificates of authorities at the path in NAME? */
static gboolean
has_authorities(const LintView *view, const char *name)
{
    g_autofree char *path = lint_dup(view, name);
    g_autofree char *certificate = mailsim_world_dup_certificate_at(view->world, path);

    if (strcmp(name, "smtp_tls_CApath") == 0)
        return mailsim_path_is_trust_folder(path);
    return mailsim_path_is_trust_file(path) || certificate;
}

static gboolean
find_old_use(const LintView *view, LintFinding *finding)
{
    return lint_find_old_name(view, "smtp_use_tls", "smtp_tls_security_level", "may", finding);
}

static gboolean
find_old_enforce(const LintView *view, LintFinding *finding)
{
    return lint_find_old_name(view, "smtp_enforce_tls", "smtp_tls_security_level", "verify",
                              finding);
}

/* No level by itself. */
static gboolean
find_old_peername(const LintView *view, LintFinding *finding)
{
    if (!lint_find_old_name(view, "smtp_tls_enforce_peername", "smtp_tls_security_level",
                            "verify", finding))
        return FALSE;
    if (!lint_is(view, "smtp_tls_security_level", ""))
        return TRUE;
    g_free(finding->hint);
    finding->hint = g_strdup("it only says what smtp_enforce_tls is: verify, or with no: "
                             "encrypt; write smtp_tls_security_level");
    return TRUE;
}

static gboolean
find_no_trust(const LintView *view, LintFinding *finding)
{
    g_autofree char *level = mailsim_main_cf_dup_client_level(view->host);

    if (!verifies(view) || has_authorities(view, "smtp_tls_CApath") ||
        has_authorities(view, "smtp_tls_CAfile"))
        return FALSE;
    finding->message = g_strdup_printf("level %s, and no authority to trust", level);
    return TRUE;
}

static gboolean
find_no_ca_file(const LintView *view, LintFinding *finding)
{
    static const char *const none[] = {"none", NULL};
    static const char *const dane[] = {"dane", NULL};
    g_autofree char *path = lint_dup(view, "smtp_tls_CAfile");

    if (!*path || level_is(view, none) || has_authorities(view, "smtp_tls_CAfile"))
        return FALSE;
    finding->message = g_strdup_printf("there are no authorities in “%s”", path);
    finding->hint = g_strdup_printf(
        "Postfix switches TLS off: %s; Debian's is /etc/ssl/certs/ca-certificates.crt",
        insists(view) ? "all mail would wait, 4.7.5 TLS is required, but our TLS engine "
                        "is unavailable"
        : level_is(view, dane) ? "at level dane mail for domains with TLSA records would wait, "
                                 "4.7.5, and all other go out in the clear"
                               : "at level may everything goes out in the clear");
    return TRUE;
}

static gboolean
find_no_ca_path(const LintView *view, LintFinding *finding)
{
    static const char *const none[] = {"none", NULL};
    g_autofree char *path = lint_dup(view, "smtp_tls_CApath");

    if (!*path || verifies(view) || level_is(view, none) ||
        has_authorities(view, "smtp_tls_CApath") || has_authorities(view, "smtp_tls_CAfile"))
        return FALSE;
    finding->message = g_strdup_printf("there are no authorities in “%s”", path);
    return TRUE;
}

/* Who gets no mail at LEVEL, and with which code. */
static const char *
name_refused(const char *level)
{
    static const struct {
        const char *level;
        const char *refused;
    } refused[] = {
        {"verify",
         "that do not prove their name, and that is most of them, would wait (4.7.5)"},
        {"secure",
         "that do not prove their name, and that is most of them, would wait (4.7.5)"},
        {"fingerprint", "with any other certificate would wait (4.7.5)"              },
        {"dane-only",
         "without signed TLSA records, and that is most of them, would wait (4.7.5)" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(refused); i++)
        if (strcmp(refused[i].level, level) == 0)
            return refused[i].refused;
    return "without TLS would wait (4.7.4)";
}

static gboolean
find_strict(const LintView *view, LintFinding *finding)
{
    g_autofree char *level = mailsim_main_cf_dup_client_level(view->host);

    if (!insists(view) || !lint_is(view, "relayhost", ""))
        return FALSE;
    finding->message = g_strdup_printf("level %s towards every server", level);
    finding->hint = g_strdup_printf(
        "mail for servers %s, and come back after five days; one insists where one knows the "
        "server, such as a relayhost",
        name_refused(level));
    return TRUE;
}

/* --- The relay --- */

/* Fills in NEXT_HOP; FALSE: there is none, or none that can be read. */
static gboolean
parse_relay(const LintView *view, MailsimNextHop *next_hop)
{
    g_autofree char *relay = lint_dup(view, "relayhost");
    g_autofree char *fatal = NULL;

    if (!*relay)
        return FALSE;
    fatal = mailsim_next_hop_parse(relay, next_hop);
    return !fatal;
}

static gboolean
find_bad_relay(const LintView *view, LintFinding *finding)
{
    g_auto(MailsimNextHop) next_hop = {0};
    g_autofree char *relay = lint_dup(view, "relayhost");

    if (!*relay)
        return FALSE;
    finding->message = mailsim_next_hop_parse(relay, &next_hop);
    return finding->message != NULL;
}

static gboolean
find_relay_465(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    g_auto(MailsimNextHop) next_hop = {0};

    return parse_relay(view, &next_hop) && next_hop.port == 465 &&
           !lint_get_flag(view, "smtp_tls_wrappermode");
}

static gboolean
find_wrapped_weakly(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    return lint_get_flag(view, "smtp_tls_wrappermode") && !insists(view) &&
           !insists_on_relay(view);
}

static gboolean
find_wrapped_wrongly(const LintView *view, LintFinding *finding)
{
    g_auto(MailsimNextHop) next_hop = {0};

    if (!lint_get_flag(view, "smtp_tls_wrappermode") || !insists_on_relay(view))
        return FALSE;
    if (parse_relay(view, &next_hop) && next_hop.port == 465)
        return FALSE;
    finding->message = g_strdup_printf("TLS from the first byte towards port %u",
                                       next_hop.name ? next_hop.port : 25);
    return TRUE;
}

/* --- Passwords --- */

static gboolean
logs_in(const LintView *view)
{
    return lint_get_flag(view, "smtp_sasl_auth_enable");
}

static gboolean
find_no_passwords(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    return logs_in(view) && lint_is(view, "smtp_sasl_password_maps", "");
}

static gboolean
find_no_plain(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    return logs_in(view) && !lint_is(view, "smtp_sasl_password_maps", "") &&
           lint_has_word(view, "smtp_sasl_security_options", "noplaintext") &&
           lint_has_word(view, "smtp_sasl_tls_security_options", "noplaintext");
}

static gboolean
find_password_in_clear(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    return logs_in(view) && !lint_is(view, "smtp_sasl_password_maps", "") &&
           !insists_on_relay(view) &&
           !lint_has_word(view, "smtp_sasl_security_options", "noplaintext");
}

/* --- The queue --- */

static gboolean
find_lifetimes(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    return lint_get_seconds(view, "bounce_queue_lifetime") >
           lint_get_seconds(view, "maximal_queue_lifetime");
}

static gboolean
find_backoff(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    return lint_get_seconds(view, "minimal_backoff_time") >
           lint_get_seconds(view, "maximal_backoff_time");
}

static gboolean
find_rare_runs(const LintView *view, G_GNUC_UNUSED LintFinding *finding)
{
    return lint_get_seconds(view, "queue_run_delay") >
           lint_get_seconds(view, "minimal_backoff_time");
}

/* --- Mailboxes --- */

/* Below 1 there is no limit. */
static gboolean
find_mailbox_limit(const LintView *view, LintFinding *finding)
{
    const gint64 mailbox_bytes = lint_get_number(view, "mailbox_size_limit");
    const gint64 message_bytes = lint_get_number(view, "message_size_limit");

    if (mailbox_bytes <= 0 || (message_bytes > 0 && mailbox_bytes >= message_bytes))
        return FALSE;
    if (message_bytes > 0)
        return TRUE;
    finding->message = g_strdup("mailbox_size_limit is limited but message_size_limit is "
                                "unlimited");
    finding->hint = g_strdup("local(8) would die of each message, and mail for our users stay "
                             "in the queue; write 0, or limit message_size_limit as well");
    return TRUE;
}

/* --- The rules --- */

/* clang-format off */
const LintRule lint_client_rules[] = {
    {"no-trust", {"smtp_tls_CApath", "smtp_tls_CAfile", "smtp_tls_security_level",
                  "smtp_enforce_tls"}, find_no_trust, NULL,
     "no certificate could be verified: all mail would wait, 4.7.5 Server certificate not verified. "
     "Debian has smtp_tls_CApath = /etc/ssl/certs"},
    {"no-ca-file", {"smtp_tls_CAfile"}, find_no_ca_file, NULL, NULL},
    {"no-ca-path", {"smtp_tls_CApath"}, find_no_ca_path, NULL,
     "mail goes out with TLS all the same, and the log says Untrusted of every server; Debian has "
     "/etc/ssl/certs"},
    {"strict", {"smtp_tls_security_level", "smtp_enforce_tls"}, find_strict, NULL, NULL},
    {"bad-relay", {"relayhost"}, find_bad_relay, NULL,
     "Postfix's smtp would die of it, again and again, and all mail for others stay in the queue; "
     "write [host.name] or [host.name]:587"},
    {"relay-465", {"relayhost"}, find_relay_465, "port 465, and no TLS from the first byte",
     "the relay would wait for TLS and Postfix for a greeting, until it gives up: mail stays in the "
     "queue. Add smtp_tls_wrappermode = yes and smtp_tls_security_level = encrypt"},
    {"wrapped-weakly", {"smtp_tls_wrappermode"}, find_wrapped_weakly,
     "smtp_tls_wrappermode needs level encrypt, or a stricter one",
     "all mail would wait: 4.3.0 server unavailable or unable to receive mail; and in the log: "
     "smtp_tls_wrappermode requires \"smtp_tls_security_level = encrypt\" (or stronger)"},
    {"wrapped-wrongly", {"smtp_tls_wrappermode"}, find_wrapped_wrongly, NULL,
     "only port 465 begins with TLS: elsewhere the handshake fails, and mail stays in the queue. "
     "Write relayhost = [host.name]:465, or smtp_tls_wrappermode = no"},
    {"no-passwords", {"smtp_sasl_auth_enable"}, find_no_passwords,
     "smtp_sasl_auth_enable without smtp_sasl_password_maps",
     "Postfix's smtp would die, and no mail go out; in the log: fatal: specify a password table "
     "via the `smtp_sasl_password_maps' configuration parameter"},
    {"no-plain", {"smtp_sasl_security_options", "smtp_sasl_auth_enable"}, find_no_plain,
     "PLAIN and LOGIN are forbidden, inside TLS too",
     "with a relay that has no others mail waits: 4.7.0 no mechanism available. Write "
     "smtp_sasl_tls_security_options = noanonymous: plain passwords, inside TLS alone"},
    {"password-in-clear", {"smtp_sasl_security_options", "smtp_sasl_auth_enable"},
     find_password_in_clear, "our password, and TLS only if it is offered",
     "where the relay does not offer STARTTLS, or somebody takes it away, the password goes out in "
     "the clear. Write smtp_tls_security_level = encrypt, or secure"},
    {"lifetimes", {"maximal_queue_lifetime", "bounce_queue_lifetime"}, find_lifetimes,
     "bounce_queue_lifetime is larger than maximal_queue_lifetime",
     "Postfix warns in the log, and adjusts bounce_queue_lifetime; so does the lab"},
    {"backoff", {"minimal_backoff_time", "maximal_backoff_time"}, find_backoff,
     "minimal_backoff_time is larger than maximal_backoff_time",
     "Postfix says nothing: each deferred message waits minimal_backoff_time, every time"},
    {"rare-runs", {"queue_run_delay", "minimal_backoff_time"}, find_rare_runs,
     "queue_run_delay is larger than minimal_backoff_time",
     "Postfix says nothing: deferred mail waits for the next queue run, however early its turn "
     "would be"},
    {"mailbox-limit", {"mailbox_size_limit", "message_size_limit"}, find_mailbox_limit,
     "mailbox_size_limit is smaller than message_size_limit",
     "local(8) would die of each message, and mail for our users stay in the queue; write 0, or at "
     "least message_size_limit"},
    {"old-name", {"smtp_use_tls"}, find_old_use, NULL, NULL},
    {"old-name", {"smtp_enforce_tls"}, find_old_enforce, NULL, NULL},
    {"old-name", {"smtp_tls_enforce_peername"}, find_old_peername, NULL, NULL},
};
/* clang-format on */

const guint lint_n_client_rules = G_N_ELEMENTS(lint_client_rules);
