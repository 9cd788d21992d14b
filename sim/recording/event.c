/* SPDX-License-Identifier: MIT
 *
 * Making, freeing and naming events. What an event of each kind carries stands in the
 * header. */
#include <mailsim/recording/event.h>

static const char *const kind_names[] = {
    [MAILSIM_EVENT_STEP] = "step",
    [MAILSIM_EVENT_DNS] = "dns",
    [MAILSIM_EVENT_CONNECTED] = "connected",
    [MAILSIM_EVENT_REFUSED] = "refused",
    [MAILSIM_EVENT_LINE] = "line",
    [MAILSIM_EVENT_HANDSHAKE] = "handshake",
    [MAILSIM_EVENT_CERTIFICATE] = "certificate",
    [MAILSIM_EVENT_SECURED] = "secured",
    [MAILSIM_EVENT_TLS_FAILED] = "tls-failed",
    [MAILSIM_EVENT_LOGIN] = "login",
    [MAILSIM_EVENT_RULE] = "rule",
    [MAILSIM_EVENT_QUEUED] = "queued",
    [MAILSIM_EVENT_STATUS] = "status",
    [MAILSIM_EVENT_CLOSED] = "closed",
    [MAILSIM_EVENT_FINDING] = "finding",
    [MAILSIM_EVENT_TIMEOUT] = "timeout",
    [MAILSIM_EVENT_SHOWN] = "shown",
    [MAILSIM_EVENT_QUEUE] = "queue",
    [MAILSIM_EVENT_NOTIFICATION] = "notification",
    [MAILSIM_EVENT_POLICY] = "policy",
    [MAILSIM_EVENT_LOG] = "log",
    [MAILSIM_EVENT_FETCHED] = "fetched",
};
G_STATIC_ASSERT(G_N_ELEMENTS(kind_names) == MAILSIM_EVENT_KINDS);

static const char *const verdict_names[] = {
    [MAILSIM_VERDICT_PERMIT] = "permit",           [MAILSIM_VERDICT_NO_OPINION] = "no-opinion",
    [MAILSIM_VERDICT_REJECT] = "reject",           [MAILSIM_VERDICT_DEFER] = "defer",
    [MAILSIM_VERDICT_NOT_REACHED] = "not-reached",
};
G_STATIC_ASSERT(G_N_ELEMENTS(verdict_names) == MAILSIM_VERDICT_NOT_REACHED + 1);

MailsimEvent *
mailsim_event_new(MailsimEventKind kind)
{
    MailsimEvent *event = g_new0(MailsimEvent, 1);

    event->kind = kind;
    event->hop = -1;
    return event;
}

static void
set_shared(const char **field, const char *text)
{
    char *shared = text != NULL ? g_ref_string_new_intern(text) : NULL;

    if (*field != NULL)
        g_ref_string_release((char *)*field);
    *field = shared;
}

void
mailsim_event_set_party(MailsimEvent *event, const char *name)
{
    set_shared(&event->party, name);
}

void
mailsim_event_set_program(MailsimEvent *event, const char *program)
{
    set_shared(&event->log.program, program);
}

static void
free_certificate(MailsimEvent *event)
{
    g_free(event->certificate.subject);
    g_free(event->certificate.names);
    g_free(event->certificate.issuers);
    g_free(event->certificate.expected);
    g_free(event->certificate.chain_problem);
    g_free(event->certificate.trust);
    g_free(event->certificate.announced);
    g_free(event->certificate.match);
}

static void
free_secured(MailsimEvent *event)
{
    g_free(event->secured.version);
    g_free(event->secured.cipher);
    g_free(event->secured.group);
}

static void
free_queue(MailsimEvent *event)
{
    g_free(event->queue.queue_id);
    g_free(event->queue.action);
}

static void
free_policy(MailsimEvent *event)
{
    g_free(event->policy.nexthop);
    g_free(event->policy.entry);
    g_free(event->policy.asked);
    g_free(event->policy.level);
    g_free(event->policy.reason);
    g_free(event->policy.announced);
    g_free(event->policy.records);
}

static void
free_rule(MailsimEvent *event)
{
    g_free(event->rule.list);
    g_free(event->rule.rule);
    g_free(event->rule.recipient);
    g_free(event->rule.subject);
    g_free(event->rule.against);
    g_free(event->rule.reason);
}

static void
free_status(MailsimEvent *event)
{
    g_free(event->status.queue_id);
    g_free(event->status.recipient);
    g_free(event->status.original);
    g_free(event->status.status);
    g_free(event->status.dsn);
    g_free(event->status.relay);
    g_free(event->status.reason);
}

static void
free_finding(MailsimEvent *event)
{
    g_free(event->finding.rule);
    g_free(event->finding.text);
    g_free(event->finding.reference);
    g_free(event->finding.subject);
    g_free(event->finding.trap);
    g_free(event->finding.list);
}

static void
free_shown(MailsimEvent *event)
{
    g_free(event->shown.what);
    g_free(event->shown.command);
    g_free(event->shown.text);
}

static void
free_notification(MailsimEvent *event)
{
    g_free(event->notification.queue_id);
    g_free(event->notification.notification);
    g_free(event->notification.notification_id);
    g_free(event->notification.recipient);
}

static void
free_dns(MailsimEvent *event)
{
    g_free(event->dns.question);
    g_free(event->dns.answer);
}

static void
free_login(MailsimEvent *event)
{
    g_free(event->login.user);
    g_free(event->login.mechanism);
    g_free(event->login.judge);
}

static void
free_queued(MailsimEvent *event)
{
    g_free(event->queued.queue_id);
    g_free(event->queued.sender);
    g_free(event->queued.recipients);
}

static void
free_timeout(MailsimEvent *event)
{
    g_free(event->timeout.waits_for);
    g_free(event->timeout.place);
}

static void
free_line(MailsimEvent *event)
{
    g_free(event->line.text);
}

static void
free_handshake(MailsimEvent *event)
{
    g_free(event->handshake.message);
    g_free(event->handshake.detail);
}

static void
free_tls_failed(MailsimEvent *event)
{
    g_free(event->tls_failed.reason);
}

static void
free_closed(MailsimEvent *event)
{
    g_free(event->closed.by);
}

static void
free_log(MailsimEvent *event)
{
    mailsim_event_set_program(event, NULL);
    g_free(event->log.text);
}

static void
free_fetched(MailsimEvent *event)
{
    g_free(event->fetched.status);
    g_free(event->fetched.reason);
}

/* Of the kinds that have something to say. */
static void (*const free_fields[MAILSIM_EVENT_KINDS])(MailsimEvent *event) = {
    [MAILSIM_EVENT_DNS] = free_dns,
    [MAILSIM_EVENT_LINE] = free_line,
    [MAILSIM_EVENT_HANDSHAKE] = free_handshake,
    [MAILSIM_EVENT_CERTIFICATE] = free_certificate,
    [MAILSIM_EVENT_SECURED] = free_secured,
    [MAILSIM_EVENT_TLS_FAILED] = free_tls_failed,
    [MAILSIM_EVENT_LOGIN] = free_login,
    [MAILSIM_EVENT_RULE] = free_rule,
    [MAILSIM_EVENT_QUEUED] = free_queued,
    [MAILSIM_EVENT_STATUS] = free_status,
    [MAILSIM_EVENT_CLOSED] = free_closed,
    [MAILSIM_EVENT_FINDING] = free_finding,
    [MAILSIM_EVENT_TIMEOUT] = free_timeout,
    [MAILSIM_EVENT_SHOWN] = free_shown,
    [MAILSIM_EVENT_QUEUE] = free_queue,
    [MAILSIM_EVENT_NOTIFICATION] = free_notification,
    [MAILSIM_EVENT_POLICY] = free_policy,
    [MAILSIM_EVENT_LOG] = free_log,
    [MAILSIM_EVENT_FETCHED] = free_fetched,
};

void
mailsim_event_free(MailsimEvent *event)
{
    if (event == NULL)
        return;
    if (free_fields[event->kind] != NULL)
        free_fields[event->kind](event);
    mailsim_event_set_party(event, NULL);
    g_free(event);
}

const char *
mailsim_event_kind_name(MailsimEventKind kind)
{
    g_return_val_if_fail((guint)kind < G_N_ELEMENTS(kind_names), NULL);
    return kind_names[kind];
}

const char *
mailsim_rule_verdict_name(MailsimRuleVerdict verdict)
{
    g_return_val_if_fail((guint)verdict < G_N_ELEMENTS(verdict_names), NULL);
    return verdict_names[verdict];
}
