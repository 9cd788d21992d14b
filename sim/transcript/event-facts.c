/* SPDX-License-Identifier: MIT
 *
 * What each kind of event says by itself: part of facts.c. */
#include "reading-private.h"

#include <string.h>

static void
read_handshake(MailsimReading *self, const MailsimEvent *event)
{
    const gboolean out = event->handshake.direction == MAILSIM_DIRECTION_OUT;

    reading_add_fact(self, event, out ? "out" : "in", NULL);
    reading_add_fact(self, event, "message-name", event->handshake.message);
    if (event->handshake.detail != NULL &&
        strstr(event->handshake.detail, "server_name") != NULL)
        reading_add_fact(self, event, "server-name", NULL);
}

static void
read_rule(MailsimReading *self, const MailsimEvent *event)
{
    const char *verdict = mailsim_rule_verdict_name(event->rule.verdict);
    const char *rule = event->rule.rule;
    g_autofree char *name = rule != NULL ? g_strndup(rule, strcspn(rule, " ")) : NULL;

    reading_add_fact(self, event, "list", event->rule.list);
    reading_add_fact(self, event, "rule", name);
    reading_add_fact(self, event, "verdict", verdict);
    if (event->rule.decided)
        reading_add_fact(self, event, "decided", NULL);
    reading_add_value(self, event, "list", event->rule.list);
    reading_add_value(self, event, "rule", event->rule.rule);
    reading_add_value(self, event, "recipient", event->rule.recipient);
}

static void
read_login(MailsimReading *self, const MailsimEvent *event)
{
    reading_add_fact(self, event, event->login.accepted ? "accepted" : "refused", NULL);
    if (g_strcmp0(event->login.judge, "cyrus") == 0)
        reading_add_fact(self, event, "cyrus", NULL);
    if (event->login.mechanism != NULL)
        reading_add_fact(self, event, "mechanism", event->login.mechanism);
    reading_add_value(self, event, "user", event->login.user);
    reading_add_value(self, event, "mechanism", event->login.mechanism);
}

static void
read_finding(MailsimReading *self, const MailsimEvent *event)
{
    const char *text = event->finding.text;

    reading_add_fact(self, event, "rule", event->finding.rule);
    if (text != NULL && strstr(text, "no SASL authentication mechanisms") != NULL)
        reading_add_fact(self, event, "no-mechanisms", NULL);
}

/* “shown=mailbox”: the first word says what kind of thing it is. */
static void
read_shown(MailsimReading *self, const MailsimEvent *event)
{
    const char *what = event->shown.what != NULL ? event->shown.what : "";
    g_autofree char *kind = g_strndup(what, strcspn(what, " "));

    reading_add_fact(self, event, "shown", kind);
    if (g_str_equal(kind, "dns") && event->shown.count > 0)
        reading_add_fact(self, event, "type", strrchr(what, ' ') + 1);
    if (event->shown.count == 0)
        reading_add_fact(self, event, "nothing", NULL);
    if (event->shown.text == NULL)
        return;
    if (strstr(event->shown.text, "report-type=delivery-status") != NULL)
        reading_add_fact(self, event, "notification", NULL);
    if (strstr(event->shown.text, "has address 127.0.0.") != NULL)
        reading_add_fact(self, event, "listed", NULL);
}

static void
read_fetched(MailsimReading *self, const MailsimEvent *event)
{
    g_autofree char *count = g_strdup_printf("%u", event->fetched.n_messages);
    const char *reason = event->fetched.reason;

    reading_add_fact(self, event, "status", event->fetched.status);
    if (event->fetched.n_messages == 0)
        reading_add_fact(self, event, "nothing", NULL);
    else if (event->fetched.n_new == 0)
        reading_add_fact(self, event, "repeated", NULL);
    if (event->fetched.n_new > 0)
        reading_add_fact(self, event, "new", NULL);
    if (reason != NULL && strstr(reason, "does not offer TLS") != NULL)
        reading_add_fact(self, event, "reason", "no-tls");
    if (reason != NULL && strstr(reason, "takes no password") != NULL)
        reading_add_fact(self, event, "reason", "login-disabled");
    reading_add_value(self, event, "count", count);
}

void
event_facts_read(MailsimReading *self, GHashTable *queues, const MailsimEvent *event)
{
    switch (event->kind) {
    case MAILSIM_EVENT_DNS:
        server_facts_read_dns(self, event);
        break;
    case MAILSIM_EVENT_HANDSHAKE:
        read_handshake(self, event);
        break;
    case MAILSIM_EVENT_CERTIFICATE:
        server_facts_read_certificate(self, event);
        break;
    case MAILSIM_EVENT_RULE:
        read_rule(self, event);
        break;
    case MAILSIM_EVENT_STATUS:
        queue_facts_read_status(self, queues, event);
        break;
    case MAILSIM_EVENT_LOGIN:
        read_login(self, event);
        break;
    case MAILSIM_EVENT_QUEUED:
        queue_facts_read_queued(self, queues, event);
        break;
    case MAILSIM_EVENT_QUEUE:
        queue_facts_read_queue(self, queues, event);
        break;
    case MAILSIM_EVENT_NOTIFICATION:
        queue_facts_read_notification(self, queues, event);
        break;
    case MAILSIM_EVENT_FINDING:
        read_finding(self, event);
        break;
    case MAILSIM_EVENT_TIMEOUT:
        reading_add_value(self, event, "waits_for", event->timeout.waits_for);
        break;
    case MAILSIM_EVENT_SHOWN:
        read_shown(self, event);
        break;
    case MAILSIM_EVENT_POLICY:
        server_facts_read_policy(self, event);
        break;
    case MAILSIM_EVENT_LOG:
        log_facts_read(self, event);
        break;
    case MAILSIM_EVENT_FETCHED:
        read_fetched(self, event);
        break;
    case MAILSIM_EVENT_STEP:
    case MAILSIM_EVENT_CONNECTED:
    case MAILSIM_EVENT_REFUSED:
    case MAILSIM_EVENT_LINE:
    case MAILSIM_EVENT_SECURED:
    case MAILSIM_EVENT_TLS_FAILED:
    case MAILSIM_EVENT_CLOSED:
        break;
    }
}
