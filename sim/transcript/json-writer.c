/* SPDX-License-Identifier: MIT
 *
 * Connections and events as JSON, described in docs/json.md. Members always come in the same
 * order. Times are whole microseconds, so that no reader has to wonder about rounding. */
#include "json-writer.h"

#include <string.h>

#include "columns.h"

void
json_put_string(JsonWriter *writer, const char *name, const char *value)
{
    json_builder_set_member_name(writer->json, name);
    if (value == NULL) {
        json_builder_add_null_value(writer->json);
        return;
    }
    g_autofree char *valid =
        g_utf8_validate(value, -1, NULL) ? g_strdup(value) : columns_escape_wire(value, TRUE);
    json_builder_add_string_value(writer->json, valid);
}

void
json_put_integer(JsonWriter *writer, const char *name, gint64 value)
{
    json_builder_set_member_name(writer->json, name);
    json_builder_add_int_value(writer->json, value);
}

void
json_put_boolean(JsonWriter *writer, const char *name, gboolean value)
{
    json_builder_set_member_name(writer->json, name);
    json_builder_add_boolean_value(writer->json, value);
}

void
json_begin_object(JsonWriter *writer, const char *name)
{
    if (name != NULL)
        json_builder_set_member_name(writer->json, name);
    json_builder_begin_object(writer->json);
}

void
json_begin_array(JsonWriter *writer, const char *name)
{
    json_builder_set_member_name(writer->json, name);
    json_builder_begin_array(writer->json);
}

void
json_put_message_number(JsonWriter *writer, guint message)
{
    if (message > 0)
        json_put_integer(writer, "message_number", message);
    else
        json_put_string(writer, "message_number", NULL);
}

void
json_end_object(JsonWriter *writer)
{
    json_builder_end_object(writer->json);
}

void
json_end_array(JsonWriter *writer)
{
    json_builder_end_array(writer->json);
}

void
json_put_scenario(JsonWriter *writer)
{
    json_begin_object(writer, "scenario");
    json_put_string(writer, "id", writer->recording->id);
    json_put_string(writer, "title",
                    mailsim_text_get(&writer->recording->title, writer->language));
    json_put_string(writer, "file", writer->recording->file);
    json_end_object(writer);
}

/* --- hops -------------------------------------------------------------------------------- */

static void
put_tls(JsonWriter *writer, const MailsimHop *hop)
{
    if (hop->tls_version == NULL && hop->tls_failure == NULL) {
        json_put_string(writer, "tls", NULL);
        return;
    }
    json_begin_object(writer, "tls");
    json_put_string(writer, "version", hop->tls_version);
    json_put_string(writer, "cipher", hop->tls_cipher);
    json_put_string(writer, "group", hop->tls_group);
    json_put_boolean(writer, "resumed", hop->resumed);
    json_put_string(writer, "trust", hop->trust);
    json_put_string(writer, "failure", hop->tls_failure);
    json_end_object(writer);
}

/* The three answers about the server's certificate. */
static void
put_certificate(JsonWriter *writer, const MailsimHop *hop)
{
    if (!hop->certificate_seen) {
        json_put_string(writer, "certificate", NULL);
        return;
    }
    json_begin_object(writer, "certificate");
    json_put_boolean(writer, "chain_ok", hop->chain_ok);
    json_put_boolean(writer, "name_ok", hop->name_ok);
    json_put_boolean(writer, "dates_ok", hop->dates_ok);
    json_end_object(writer);
}

static const char *
word_of_secret(gboolean had, gboolean seen)
{
    if (!had)
        return NULL;
    return seen ? "seen" : "hidden";
}

static void
put_listener(JsonWriter *writer, const MailsimEavesdropped *listener)
{
    json_begin_object(writer, "listener");
    json_put_string(writer, "password",
                    word_of_secret(listener->had_password, listener->password_seen));
    json_put_string(writer, "text", word_of_secret(listener->had_text, listener->text_seen));
    json_put_string(writer, "addresses",
                    word_of_secret(listener->had_addresses, listener->addresses_seen));
    json_end_object(writer);
}

void
json_put_hop_members(JsonWriter *writer, const MailsimHop *hop)
{
    json_put_integer(writer, "hop", hop->index);
    json_put_message_number(writer, hop->message);
    json_put_string(writer, "from", hop->from);
    json_put_string(writer, "to", hop->to);
    json_put_string(writer, "name", hop->to_fqdn);
    json_put_string(writer, "address", hop->address);
    json_put_integer(writer, "port", hop->port);
    json_put_string(writer, "service", hop->service);
    json_put_string(writer, "protocol", hop->protocol);
    json_put_boolean(writer, "connected", hop->connected);
    json_put_boolean(writer, "encrypted", hop->encrypted);
    put_tls(writer, hop);
    put_certificate(writer, hop);
    json_put_string(writer, "authenticated_user", hop->authenticated_user);
    json_put_string(writer, "status", hop->status);
    json_put_string(writer, "dsn", hop->dsn);
    json_put_string(writer, "reply", hop->reply);
    json_put_string(writer, "decided_by", hop->decided_by);
    put_listener(writer, &hop->listener);
}

/* --- events ------------------------------------------------------------------------------- */

static void
put_certificate_event(JsonWriter *writer, const MailsimEvent *event)
{
    g_autofree char *not_before = mailsim_time_format_minute(event->certificate.not_before);
    g_autofree char *not_after = mailsim_time_format_minute(event->certificate.not_after);

    json_put_string(writer, "subject", event->certificate.subject);
    json_put_string(writer, "names", event->certificate.names);
    json_put_string(writer, "issuers", event->certificate.issuers);
    json_put_string(writer, "expected", event->certificate.expected);
    json_put_string(writer, "not_before", not_before);
    json_put_string(writer, "not_after", not_after);
    json_put_boolean(writer, "chain_ok", event->certificate.chain_ok);
    json_put_boolean(writer, "name_ok", event->certificate.name_ok);
    json_put_boolean(writer, "dates_ok", event->certificate.dates_ok);
    json_put_boolean(writer, "self_signed", event->certificate.self_signed);
    json_put_string(writer, "chain_problem", event->certificate.chain_problem);
    json_put_string(writer, "trust", event->certificate.trust);
    json_put_boolean(writer, "required", event->certificate.required);
    json_put_string(writer, "announced", event->certificate.announced);
    json_put_string(writer, "match", event->certificate.match);
}

static void
put_rule(JsonWriter *writer, const MailsimEvent *event)
{
    json_put_string(writer, "list", event->rule.list);
    json_put_string(writer, "rule", event->rule.rule);
    json_put_string(writer, "recipient", event->rule.recipient);
    json_put_string(writer, "subject", event->rule.subject);
    json_put_string(writer, "against", event->rule.against);
    json_put_string(writer, "reason", event->rule.reason);
    json_put_string(writer, "verdict", mailsim_rule_verdict_name(event->rule.verdict));
    json_put_boolean(writer, "decided", event->rule.decided);
}

static void
put_login(JsonWriter *writer, const MailsimEvent *event)
{
    json_put_string(writer, "user", event->login.user);
    json_put_string(writer, "mechanism", event->login.mechanism);
    json_put_string(writer, "judge", event->login.judge);
    json_put_boolean(writer, "accepted", event->login.accepted);
}

static void
put_queued(JsonWriter *writer, const MailsimEvent *event)
{
    json_put_string(writer, "queue_id", event->queued.queue_id);
    json_put_message_number(writer, event->queued.message);
    json_put_string(writer, "sender", event->queued.sender);
    json_put_string(writer, "recipients", event->queued.recipients);
    json_put_integer(writer, "size_bytes", (gint64)event->queued.size_bytes);
}

static void
put_status(JsonWriter *writer, const MailsimEvent *event)
{
    json_put_string(writer, "queue_id", event->status.queue_id);
    json_put_message_number(writer, event->status.message);
    json_put_string(writer, "recipient", event->status.recipient);
    json_put_string(writer, "original", event->status.original);
    json_put_string(writer, "status", event->status.status);
    json_put_string(writer, "dsn", event->status.dsn);
    json_put_string(writer, "relay", event->status.relay);
    json_put_string(writer, "reason", event->status.reason);
    json_put_boolean(writer, "delivered", event->status.delivered);
    json_put_integer(writer, "delay_us", event->status.delay_us);
}

static void
put_queue(JsonWriter *writer, const MailsimEvent *event)
{
    json_put_string(writer, "queue_id", event->queue.queue_id);
    json_put_message_number(writer, event->queue.message);
    json_put_string(writer, "action", event->queue.action);
    if (event->queue.attempt > 0)
        json_put_integer(writer, "attempt", event->queue.attempt);
    else
        json_put_string(writer, "attempt", NULL);
    if (event->queue.until_us > 0)
        json_put_integer(writer, "until_us", event->queue.until_us - writer->start_us);
    else
        json_put_string(writer, "until_us", NULL);
}

static void
put_notification(JsonWriter *writer, const MailsimEvent *event)
{
    json_put_string(writer, "queue_id", event->notification.queue_id);
    json_put_message_number(writer, event->notification.message);
    json_put_string(writer, "notification", event->notification.notification);
    json_put_string(writer, "notification_id", event->notification.notification_id);
    json_put_string(writer, "recipient", event->notification.recipient);
}

static void
put_shown(JsonWriter *writer, const MailsimEvent *event)
{
    json_put_string(writer, "what", event->shown.what);
    json_put_string(writer, "command", event->shown.command);
    json_put_integer(writer, "count", event->shown.count);
}

static void
put_dns(JsonWriter *writer, const MailsimEvent *event)
{
    json_put_string(writer, "question", event->dns.question);
    json_put_string(writer, "answer", event->dns.answer);
    json_put_boolean(writer, "authenticated", event->dns.authenticated);
}

static void
put_secured(JsonWriter *writer, const MailsimEvent *event)
{
    json_put_string(writer, "version", event->secured.version);
    json_put_string(writer, "cipher", event->secured.cipher);
    json_put_string(writer, "group", event->secured.group);
}

static void
put_policy(JsonWriter *writer, const MailsimEvent *event)
{
    json_put_string(writer, "nexthop", event->policy.nexthop);
    json_put_string(writer, "entry", event->policy.entry);
    json_put_string(writer, "asked", event->policy.asked);
    json_put_string(writer, "level", event->policy.level);
    json_put_string(writer, "announced", event->policy.announced);
    json_put_string(writer, "records", event->policy.records);
    json_put_boolean(writer, "refused", event->policy.refused);
}

static void
put_line(JsonWriter *writer, const MailsimEvent *event)
{
    json_put_boolean(writer, "secured", event->line.secured);
}

static void
put_handshake(JsonWriter *writer, const MailsimEvent *event)
{
    json_put_string(writer, "message", event->handshake.message);
    json_put_string(writer, "detail", event->handshake.detail);
}

static void
put_closed(JsonWriter *writer, const MailsimEvent *event)
{
    json_put_string(writer, "by", event->closed.by);
}

static void
put_finding(JsonWriter *writer, const MailsimEvent *event)
{
    json_put_string(writer, "rule", event->finding.rule);
    json_put_string(writer, "reference", event->finding.reference);
}

static void
put_timeout(JsonWriter *writer, const MailsimEvent *event)
{
    json_put_integer(writer, "waited_us", event->timeout.waited_us);
    json_put_string(writer, "place", event->timeout.place);
}

static void
put_log(JsonWriter *writer, const MailsimEvent *event)
{
    json_put_string(writer, "program", event->log.program);
    json_put_integer(writer, "pid", event->log.pid);
}

static void
put_fetched(JsonWriter *writer, const MailsimEvent *event)
{
    json_put_string(writer, "status", event->fetched.status);
    json_put_string(writer, "reason", event->fetched.reason);
    json_put_integer(writer, "messages", event->fetched.n_messages);
    json_put_integer(writer, "new", event->fetched.n_new);
}

/* What only events of a kind have; NULL: nothing. */
static void (*const put_particulars[MAILSIM_EVENT_KINDS])(JsonWriter *writer,
                                                          const MailsimEvent *event) = {
    [MAILSIM_EVENT_DNS] = put_dns,
    [MAILSIM_EVENT_LINE] = put_line,
    [MAILSIM_EVENT_HANDSHAKE] = put_handshake,
    [MAILSIM_EVENT_CERTIFICATE] = put_certificate_event,
    [MAILSIM_EVENT_SECURED] = put_secured,
    [MAILSIM_EVENT_LOGIN] = put_login,
    [MAILSIM_EVENT_RULE] = put_rule,
    [MAILSIM_EVENT_QUEUED] = put_queued,
    [MAILSIM_EVENT_STATUS] = put_status,
    [MAILSIM_EVENT_CLOSED] = put_closed,
    [MAILSIM_EVENT_FINDING] = put_finding,
    [MAILSIM_EVENT_TIMEOUT] = put_timeout,
    [MAILSIM_EVENT_SHOWN] = put_shown,
    [MAILSIM_EVENT_QUEUE] = put_queue,
    [MAILSIM_EVENT_NOTIFICATION] = put_notification,
    [MAILSIM_EVENT_POLICY] = put_policy,
    [MAILSIM_EVENT_LOG] = put_log,
    [MAILSIM_EVENT_FETCHED] = put_fetched,
};

/* The event in a few words that are never translated; NULL: the kind says it all. */
static const char *
text_of(const MailsimEvent *event)
{
    switch (event->kind) {
    case MAILSIM_EVENT_DNS:
        return event->dns.question;
    case MAILSIM_EVENT_LINE:
        return event->line.text;
    case MAILSIM_EVENT_HANDSHAKE:
        return event->handshake.message;
    case MAILSIM_EVENT_CERTIFICATE:
        return event->certificate.names;
    case MAILSIM_EVENT_SECURED:
        return event->secured.cipher;
    case MAILSIM_EVENT_TLS_FAILED:
        return event->tls_failed.reason;
    case MAILSIM_EVENT_LOGIN:
        return event->login.user;
    case MAILSIM_EVENT_RULE:
        return event->rule.rule;
    case MAILSIM_EVENT_QUEUED:
        return event->queued.queue_id;
    case MAILSIM_EVENT_STATUS:
        return event->status.reason;
    case MAILSIM_EVENT_FINDING:
        return event->finding.text;
    case MAILSIM_EVENT_TIMEOUT:
        return event->timeout.waits_for;
    case MAILSIM_EVENT_SHOWN:
        return event->shown.text;
    case MAILSIM_EVENT_QUEUE:
        return event->queue.action;
    case MAILSIM_EVENT_NOTIFICATION:
        return event->notification.notification;
    case MAILSIM_EVENT_POLICY:
        return event->policy.reason != NULL ? event->policy.reason : event->policy.entry;
    case MAILSIM_EVENT_LOG:
        return event->log.text;
    case MAILSIM_EVENT_FETCHED:
        return event->fetched.reason;
    case MAILSIM_EVENT_STEP:
    case MAILSIM_EVENT_CONNECTED:
    case MAILSIM_EVENT_REFUSED:
    case MAILSIM_EVENT_CLOSED:
        break;
    }
    return NULL;
}

static const char *
direction_of(const MailsimEvent *event)
{
    MailsimDirection direction = MAILSIM_DIRECTION_OUT;

    if (event->kind == MAILSIM_EVENT_LINE)
        direction = event->line.direction;
    else if (event->kind == MAILSIM_EVENT_HANDSHAKE)
        direction = event->handshake.direction;
    else
        return NULL;
    return direction == MAILSIM_DIRECTION_OUT ? "out" : "in";
}

static void
put_note(JsonWriter *writer, const MailsimEvent *event, const MailsimNote *note)
{
    if (note == NULL) {
        json_put_string(writer, "note", NULL);
        return;
    }
    g_autofree char *text = mailsim_note_dup_text(note, writer->reading, event->sequence,
                                                  writer->language, MAILSIM_NOTE_TEXT);
    json_begin_object(writer, "note");
    json_put_string(writer, "id", note->id);
    json_put_string(writer, "text", text);
    json_put_string(writer, "reference", note->reference);
    json_put_string(writer, "parameter", note->parameter);
    json_end_object(writer);
}

void
json_put_event(JsonWriter *writer, const MailsimEvent *event, const MailsimNote *note)
{
    const MailsimStepRecord *step = g_ptr_array_index(writer->recording->steps, event->step);

    json_begin_object(writer, NULL);
    json_put_integer(writer, "time_us", event->time_us - writer->start_us);
    json_put_string(writer, "step", step->id);
    if (event->hop >= 0)
        json_put_integer(writer, "hop", event->hop);
    else
        json_put_string(writer, "hop", NULL);
    json_put_string(writer, "party", event->party);
    json_put_string(writer, "direction", direction_of(event));
    json_put_string(writer, "kind", mailsim_event_kind_name(event->kind));
    json_put_string(writer, "text", text_of(event));
    if (put_particulars[event->kind] != NULL)
        put_particulars[event->kind](writer, event);
    put_note(writer, event, note);
    json_end_object(writer);
}
