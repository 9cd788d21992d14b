/* SPDX-License-Identifier: MIT
 *
 * smtp(8)'s words for what went wrong: status code, reason, and who said so. */
#include "smtp-private.h"

#include <mailsim/protocol/smtp-reply.h>

void
mailsim_smtp_why_clear(MailsimSmtpWhy *why)
{
    g_clear_pointer(&why->dsn, g_free);
    g_clear_pointer(&why->reason, g_free);
    g_clear_pointer(&why->remote_reply, g_free);
}

/* Takes REASON over. */
static void
set_why(MailsimSmtpWhy *why, const char *dsn, char *reason)
{
    mailsim_smtp_why_clear(why);
    why->dsn = g_strdup(dsn);
    why->reason = reason;
}

/* What smtp(8) says that it was about when the connection was lost in this step. */
static const char *const phases[][2] = {
    {"initial server greeting", "receiving the initial server greeting"                    },
    {"EHLO command",            "performing the EHLO handshake"                            },
    {"HELO command",            "performing the HELO handshake"                            },
    {"STARTTLS command",        "receiving the STARTTLS response"                          },
    {"AUTH command",            "performing the EHLO handshake"                            },
    {"MAIL FROM command",       "sending MAIL FROM"                                        },
    {"RCPT TO command",         "sending RCPT TO"                                          },
    {"DATA command",            "sending DATA command"                                     },
    {"end of DATA command",     "sending end of data -- message may be sent more than once"},
};

static const char *
name_phase(const char *step)
{
    for (guint i = 0; i < G_N_ELEMENTS(phases); i++) {
        if (g_strcmp0(phases[i][0], step) == 0)
            return phases[i][1];
    }
    return NULL;
}

static char *
describe_loss(const MailsimSmtpTalk *talk)
{
    const char *phase = name_phase(mailsim_smtp_client_get_lost_step(talk->client));
    gboolean timed_out =
        mailsim_smtp_client_get_failure(talk->client) == MAILSIM_SMTP_FAILURE_TIMEOUT;

    if (phase == NULL)
        return g_strdup_printf("lost connection with %s", talk->server);
    return g_strdup_printf(timed_out ? "conversation with %s timed out while %s"
                                     : "lost connection with %s while %s",
                           talk->server, phase);
}

static char *
describe_size(const MailsimSmtpTalk *talk)
{
    return g_strdup_printf("message size %" G_GSIZE_FORMAT
                           " exceeds size limit %" G_GUINT64_FORMAT " of server %s",
                           talk->size, mailsim_smtp_client_get_size_limit(talk->client),
                           talk->server);
}

static void
refuse_tls(const MailsimSmtpTalk *talk, MailsimSmtpWhy *why)
{
    const char *reply = mailsim_smtp_client_get_outcome(talk->client, 0)->reply;
    g_autofree char *dsn = mailsim_smtp_reply_dup_dsn(reply);

    set_why(why, dsn,
            g_strdup_printf("TLS is required, but host %s refused to start TLS: %s",
                            talk->server, reply));
}

static void
fail_login(const MailsimSmtpTalk *talk, MailsimSmtpWhy *why)
{
    g_auto(GStrv) around = g_strsplit(talk->login_problem, "%s", 2);

    set_why(why, g_str_has_prefix(talk->login_problem, "local") ? "4.3.0" : "4.7.0",
            g_strjoinv(talk->server, around));
}

gboolean
mailsim_smtp_explain_failure(const MailsimSmtpTalk *talk, MailsimSmtpWhy *why)
{
    const char *server = talk->server;

    switch (mailsim_smtp_client_get_failure(talk->client)) {
    case MAILSIM_SMTP_FAILURE_NONE:
    case MAILSIM_SMTP_FAILURE_REPLY:
    case MAILSIM_SMTP_FAILURE_NO_REPLY:
    case MAILSIM_SMTP_FAILURE_LOST:
    case MAILSIM_SMTP_FAILURE_TIMEOUT:
        return FALSE;
    case MAILSIM_SMTP_FAILURE_TLS_NOT_OFFERED:
        set_why(why, "4.7.4",
                g_strdup_printf("TLS is required, but was not offered by host %s", server));
        return TRUE;
    case MAILSIM_SMTP_FAILURE_TLS_REFUSED:
        refuse_tls(talk, why);
        return TRUE;
    case MAILSIM_SMTP_FAILURE_TLS_UNAVAILABLE:
        set_why(why, "4.7.5", g_strdup("TLS is required, but our TLS engine is unavailable"));
        return TRUE;
    case MAILSIM_SMTP_FAILURE_TLS_HANDSHAKE:
        set_why(why, "4.7.5", g_strdup("Cannot start TLS: handshake failure"));
        return TRUE;
    case MAILSIM_SMTP_FAILURE_CERTIFICATE:
        set_why(why, "4.7.5", g_strdup("Server certificate not verified"));
        return TRUE;
    case MAILSIM_SMTP_FAILURE_AUTH_NOT_OFFERED:
    case MAILSIM_SMTP_FAILURE_AUTH_BROKEN:
        fail_login(talk, why);
        return TRUE;
    case MAILSIM_SMTP_FAILURE_LOOP:
        set_why(why, "5.4.6",
                g_strdup_printf("mail for %s loops back to myself", talk->nexthop));
        return TRUE;
    case MAILSIM_SMTP_FAILURE_TOO_LARGE:
        set_why(why, "5.3.4", describe_size(talk));
        return TRUE;
    }
    g_assert_not_reached();
}

/* Before a mail transaction, it is not the mail that is refused. */
static gboolean
is_refusal_to_talk(const MailsimSmtpOutcome *outcome)
{
    return g_str_equal(outcome->command, "initial server greeting") ||
           g_str_equal(outcome->command, "EHLO command") ||
           g_str_equal(outcome->command, "HELO command");
}

static gboolean
is_login(const MailsimSmtpOutcome *outcome)
{
    return g_str_equal(outcome->command, "AUTH command");
}

/* An answer that takes nothing and refuses nothing, such as “250” to DATA. */
static gboolean
is_nonsense(const MailsimSmtpOutcome *outcome)
{
    if (outcome->reply[0] == '2')
        return g_str_equal(outcome->command, "DATA command");
    return outcome->reply[0] != '4' && outcome->reply[0] != '5';
}

/* A greeting that says “never” is taken as “not now” (postconf(5) smtp_skip_5xx_greeting),
 * and so is a refused password (smtp_sasl_auth_soft_bounce). */
static char *
dup_dsn(const MailsimSmtpOutcome *outcome)
{
    char *dsn =
        is_nonsense(outcome) ? g_strdup("5.5.0") : mailsim_smtp_reply_dup_dsn(outcome->reply);

    if (dsn[0] == '5' &&
        (g_str_equal(outcome->command, "initial server greeting") || is_login(outcome)))
        dsn[0] = '4';
    return dsn;
}

static char *
describe_reply(const MailsimSmtpTalk *talk, const MailsimSmtpOutcome *outcome)
{
    if (is_nonsense(outcome))
        return g_strdup_printf(
            "%shost %s said: %s (in reply to %s)",
            g_str_equal(outcome->command, "DATA command") ? "Protocol error: " : "",
            talk->server, outcome->reply, outcome->command);
    if (outcome->reply[0] == '2')
        return g_strdup(outcome->reply);
    if (is_refusal_to_talk(outcome))
        return g_strdup_printf("host %s refused to talk to me: %s", talk->server,
                               outcome->reply);
    if (is_login(outcome))
        return g_strdup_printf("SASL authentication failed; server %s said: %s", talk->server,
                               outcome->reply);
    return g_strdup_printf("host %s said: %s (in reply to %s)", talk->server, outcome->reply,
                           outcome->command);
}

void
mailsim_smtp_explain_outcome(const MailsimSmtpTalk *talk, guint recipient, MailsimSmtpWhy *why)
{
    const MailsimSmtpOutcome *outcome =
        mailsim_smtp_client_get_outcome(talk->client, recipient);

    if (outcome->reply == NULL) {
        set_why(why, "4.4.2", describe_loss(talk));
        return;
    }
    mailsim_smtp_why_clear(why);
    why->dsn = dup_dsn(outcome);
    why->reason = describe_reply(talk, outcome);
    why->remote_reply = g_strdup(outcome->reply);
}
