/* SPDX-License-Identifier: MIT
 *
 * A recording as one JSON object, described in docs/json.md. Members always come in the same
 * order. Times are whole microseconds, so that no reader has to wonder about rounding. */
#include <mailsim/transcript/render.h>

#include <json-glib/json-glib.h>
#include <string.h>

#include <mailsim/transcript/notes.h>

#include "columns.h"

typedef struct {
    JsonBuilder *json;
    const MailsimRecording *recording; /* borrowed, as are the next two */
    const MailsimReading *reading;
    const GPtrArray *attached; /* of MailsimNote, by sequence */
    MailsimLanguage language;
    MailsimTime start_us; /* of the first step: times are counted from there */
} Writer;

static void
put_string(Writer *writer, const char *name, const char *value)
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

static void
put_integer(Writer *writer, const char *name, gint64 value)
{
    json_builder_set_member_name(writer->json, name);
    json_builder_add_int_value(writer->json, value);
}

static void
put_boolean(Writer *writer, const char *name, gboolean value)
{
    json_builder_set_member_name(writer->json, name);
    json_builder_add_boolean_value(writer->json, value);
}

static void
begin_object(Writer *writer, const char *name)
{
    if (name != NULL)
        json_builder_set_member_name(writer->json, name);
    json_builder_begin_object(writer->json);
}

static void
begin_array(Writer *writer, const char *name)
{
    json_builder_set_member_name(writer->json, name);
    json_builder_begin_array(writer->json);
}

static void
put_message_number(Writer *writer, guint message)
{
    if (message > 0)
        put_integer(writer, "message_number", message);
    else
        put_string(writer, "message_number", NULL);
}

static void
end_object(Writer *writer)
{
    json_builder_end_object(writer->json);
}

static void
end_array(Writer *writer)
{
    json_builder_end_array(writer->json);
}

/* --- steps and hops ----------------------------------------------------------------------- */

static void
put_tls(Writer *writer, const MailsimHop *hop)
{
    if (hop->tls_version == NULL && hop->tls_failure == NULL) {
        put_string(writer, "tls", NULL);
        return;
    }
    begin_object(writer, "tls");
    put_string(writer, "version", hop->tls_version);
    put_string(writer, "cipher", hop->tls_cipher);
    put_string(writer, "group", hop->tls_group);
    put_boolean(writer, "resumed", hop->resumed);
    put_string(writer, "trust", hop->trust);
    put_string(writer, "failure", hop->tls_failure);
    end_object(writer);
}

/* The three answers about the server's certificate. */
static void
put_certificate(Writer *writer, const MailsimHop *hop)
{
    if (!hop->certificate_seen) {
        put_string(writer, "certificate", NULL);
        return;
    }
    begin_object(writer, "certificate");
    put_boolean(writer, "chain_ok", hop->chain_ok);
    put_boolean(writer, "name_ok", hop->name_ok);
    put_boolean(writer, "dates_ok", hop->dates_ok);
    end_object(writer);
}

static const char *
word_of_secret(gboolean had, gboolean seen)
{
    if (!had)
        return NULL;
    return seen ? "seen" : "hidden";
}

static void
put_listener(Writer *writer, const MailsimEavesdropped *listener)
{
    begin_object(writer, "listener");
    put_string(writer, "password",
               word_of_secret(listener->had_password, listener->password_seen));
    put_string(writer, "text", word_of_secret(listener->had_text, listener->text_seen));
    put_string(writer, "addresses",
               word_of_secret(listener->had_addresses, listener->addresses_seen));
    end_object(writer);
}

static void
put_hop(Writer *writer, const MailsimHop *hop)
{
    begin_object(writer, NULL);
    put_integer(writer, "hop", hop->index);
    put_message_number(writer, hop->message);
    put_string(writer, "from", hop->from);
    put_string(writer, "to", hop->to);
    put_string(writer, "name", hop->to_fqdn);
    put_string(writer, "address", hop->address);
    put_integer(writer, "port", hop->port);
    put_string(writer, "service", hop->service);
    put_string(writer, "protocol", hop->protocol);
    put_boolean(writer, "connected", hop->connected);
    put_boolean(writer, "encrypted", hop->encrypted);
    put_tls(writer, hop);
    put_certificate(writer, hop);
    put_string(writer, "authenticated_user", hop->authenticated_user);
    put_string(writer, "status", hop->status);
    put_string(writer, "dsn", hop->dsn);
    put_string(writer, "reply", hop->reply);
    put_string(writer, "decided_by", hop->decided_by);
    put_listener(writer, &hop->listener);
    end_object(writer);
}

static void
put_step(Writer *writer, guint index)
{
    const MailsimStepRecord *step = g_ptr_array_index(writer->recording->steps, index);
    guint first;
    guint end;

    begin_object(writer, NULL);
    put_string(writer, "id", step->id);
    put_string(writer, "title", mailsim_text_get(&step->title, writer->language));
    put_message_number(writer, step->message);
    put_string(writer, "outcome", step->outcome);
    begin_array(writer, "hops");
    mailsim_recording_get_step_hops(writer->recording, index, &first, &end);
    for (guint i = first; i < end; i++)
        put_hop(writer, g_ptr_array_index(writer->recording->hops, i));
    end_array(writer);
    begin_array(writer, "expectations");
    for (guint i = 0; i < step->expectations->len; i++) {
        const MailsimExpectationResult *result = g_ptr_array_index(step->expectations, i);
        begin_object(writer, NULL);
        put_string(writer, "key", result->key);
        put_string(writer, "expected", result->expected);
        put_string(writer, "actual", result->actual);
        put_boolean(writer, "holds", result->holds);
        end_object(writer);
    }
    end_array(writer);
    end_object(writer);
}

/* --- events ------------------------------------------------------------------------------- */

static void
put_certificate_event(Writer *writer, const MailsimEvent *event)
{
    g_autofree char *not_before = mailsim_time_format_minute(event->certificate.not_before);
    g_autofree char *not_after = mailsim_time_format_minute(event->certificate.not_after);

    put_string(writer, "subject", event->certificate.subject);
    put_string(writer, "names", event->certificate.names);
    put_string(writer, "issuers", event->certificate.issuers);
    put_string(writer, "expected", event->certificate.expected);
    put_string(writer, "not_before", not_before);
    put_string(writer, "not_after", not_after);
    put_boolean(writer, "chain_ok", event->certificate.chain_ok);
    put_boolean(writer, "name_ok", event->certificate.name_ok);
    put_boolean(writer, "dates_ok", event->certificate.dates_ok);
    put_boolean(writer, "self_signed", event->certificate.self_signed);
    put_string(writer, "chain_problem", event->certificate.chain_problem);
    put_string(writer, "trust", event->certificate.trust);
    put_boolean(writer, "required", event->certificate.required);
    put_string(writer, "announced", event->certificate.announced);
    put_string(writer, "match", event->certificate.match);
}

static void
put_rule(Writer *writer, const MailsimEvent *event)
{
    put_string(writer, "list", event->rule.list);
    put_string(writer, "rule", event->rule.rule);
    put_string(writer, "recipient", event->rule.recipient);
    put_string(writer, "subject", event->rule.subject);
    put_string(writer, "against", event->rule.against);
    put_string(writer, "reason", event->rule.reason);
    put_string(writer, "verdict", mailsim_rule_verdict_name(event->rule.verdict));
    put_boolean(writer, "decided", event->rule.decided);
}

static void
put_login(Writer *writer, const MailsimEvent *event)
{
    put_string(writer, "user", event->login.user);
    put_string(writer, "mechanism", event->login.mechanism);
    put_string(writer, "judge", event->login.judge);
    put_boolean(writer, "accepted", event->login.accepted);
}

static void
put_queued(Writer *writer, const MailsimEvent *event)
{
    put_string(writer, "queue_id", event->queued.queue_id);
    put_message_number(writer, event->queued.message);
    put_string(writer, "sender", event->queued.sender);
    put_string(writer, "recipients", event->queued.recipients);
    put_integer(writer, "size_bytes", (gint64)event->queued.size_bytes);
}

static void
put_status(Writer *writer, const MailsimEvent *event)
{
    put_string(writer, "queue_id", event->status.queue_id);
    put_message_number(writer, event->status.message);
    put_string(writer, "recipient", event->status.recipient);
    put_string(writer, "original", event->status.original);
    put_string(writer, "status", event->status.status);
    put_string(writer, "dsn", event->status.dsn);
    put_string(writer, "relay", event->status.relay);
    put_string(writer, "reason", event->status.reason);
    put_boolean(writer, "delivered", event->status.delivered);
    put_integer(writer, "delay_us", event->status.delay_us);
}

static void
put_queue(Writer *writer, const MailsimEvent *event)
{
    put_string(writer, "queue_id", event->queue.queue_id);
    put_message_number(writer, event->queue.message);
    put_string(writer, "action", event->queue.action);
    if (event->queue.attempt > 0)
        put_integer(writer, "attempt", event->queue.attempt);
    else
        put_string(writer, "attempt", NULL);
    if (event->queue.until_us > 0)
        put_integer(writer, "until_us", event->queue.until_us - writer->start_us);
    else
        put_string(writer, "until_us", NULL);
}

static void
put_notification(Writer *writer, const MailsimEvent *event)
{
    put_string(writer, "queue_id", event->notification.queue_id);
    put_message_number(writer, event->notification.message);
    put_string(writer, "notification", event->notification.notification);
    put_string(writer, "notification_id", event->notification.notification_id);
    put_string(writer, "recipient", event->notification.recipient);
}

static void
put_shown(Writer *writer, const MailsimEvent *event)
{
    put_string(writer, "what", event->shown.what);
    put_string(writer, "command", event->shown.command);
    put_integer(writer, "count", event->shown.count);
}

static void
put_dns(Writer *writer, const MailsimEvent *event)
{
    put_string(writer, "question", event->dns.question);
    put_string(writer, "answer", event->dns.answer);
    put_boolean(writer, "authenticated", event->dns.authenticated);
}

static void
put_secured(Writer *writer, const MailsimEvent *event)
{
    put_string(writer, "version", event->secured.version);
    put_string(writer, "cipher", event->secured.cipher);
    put_string(writer, "group", event->secured.group);
}

static void
put_policy(Writer *writer, const MailsimEvent *event)
{
    put_string(writer, "nexthop", event->policy.nexthop);
    put_string(writer, "entry", event->policy.entry);
    put_string(writer, "asked", event->policy.asked);
    put_string(writer, "level", event->policy.level);
    put_string(writer, "announced", event->policy.announced);
    put_string(writer, "records", event->policy.records);
    put_boolean(writer, "refused", event->policy.refused);
}

static void
put_line(Writer *writer, const MailsimEvent *event)
{
    put_boolean(writer, "secured", event->line.secured);
}

static void
put_handshake(Writer *writer, const MailsimEvent *event)
{
    put_string(writer, "message", event->handshake.message);
    put_string(writer, "detail", event->handshake.detail);
}

static void
put_closed(Writer *writer, const MailsimEvent *event)
{
    put_string(writer, "by", event->closed.by);
}

static void
put_finding(Writer *writer, const MailsimEvent *event)
{
    put_string(writer, "rule", event->finding.rule);
    put_string(writer, "reference", event->finding.reference);
}

static void
put_timeout(Writer *writer, const MailsimEvent *event)
{
    put_integer(writer, "waited_us", event->timeout.waited_us);
    put_string(writer, "place", event->timeout.place);
}

static void
put_log(Writer *writer, const MailsimEvent *event)
{
    put_string(writer, "program", event->log.program);
    put_integer(writer, "pid", event->log.pid);
}

static void
put_fetched(Writer *writer, const MailsimEvent *event)
{
    put_string(writer, "status", event->fetched.status);
    put_string(writer, "reason", event->fetched.reason);
    put_integer(writer, "messages", event->fetched.n_messages);
    put_integer(writer, "new", event->fetched.n_new);
}

/* What only events of a kind have; NULL: nothing. */
static void (*const put_particulars[MAILSIM_EVENT_KINDS])(Writer *writer,
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
put_note(Writer *writer, const MailsimEvent *event)
{
    const MailsimNote *note = g_ptr_array_index(writer->attached, event->sequence);

    if (note == NULL) {
        put_string(writer, "note", NULL);
        return;
    }
    g_autofree char *text = mailsim_note_dup_text(note, writer->reading, event->sequence,
                                                  writer->language, MAILSIM_NOTE_TEXT);
    begin_object(writer, "note");
    put_string(writer, "id", note->id);
    put_string(writer, "text", text);
    put_string(writer, "reference", note->reference);
    put_string(writer, "parameter", note->parameter);
    end_object(writer);
}

static void
put_event(Writer *writer, const MailsimEvent *event)
{
    const MailsimStepRecord *step = g_ptr_array_index(writer->recording->steps, event->step);

    begin_object(writer, NULL);
    put_integer(writer, "time_us", event->time_us - writer->start_us);
    put_string(writer, "step", step->id);
    if (event->hop >= 0)
        put_integer(writer, "hop", event->hop);
    else
        put_string(writer, "hop", NULL);
    put_string(writer, "party", event->party);
    put_string(writer, "direction", direction_of(event));
    put_string(writer, "kind", mailsim_event_kind_name(event->kind));
    put_string(writer, "text", text_of(event));
    if (put_particulars[event->kind] != NULL)
        put_particulars[event->kind](writer, event);
    put_note(writer, event);
    end_object(writer);
}

static void
put_everything(Writer *writer)
{
    const MailsimRecording *recording = writer->recording;
    if (recording->steps->len > 0)
        writer->start_us =
            ((const MailsimStepRecord *)g_ptr_array_index(recording->steps, 0))->started_us;
    begin_object(writer, NULL);
    begin_object(writer, "scenario");
    put_string(writer, "id", recording->id);
    put_string(writer, "title", mailsim_text_get(&recording->title, writer->language));
    put_string(writer, "file", recording->file);
    end_object(writer);
    put_string(writer, "mailsim", MAILSIM_VERSION);
    begin_array(writer, "steps");
    for (guint i = 0; i < recording->steps->len; i++)
        put_step(writer, i);
    end_array(writer);
    begin_array(writer, "events");
    for (guint i = 0; i < recording->events->len; i++)
        put_event(writer, g_ptr_array_index(recording->events, i));
    end_array(writer);
    end_object(writer);
}

void
mailsim_render_json(const MailsimRecording *recording,
                    const MailsimRenderOptions *options,
                    GString *out)
{
    g_return_if_fail(recording != NULL && options != NULL && out != NULL);
    g_autoptr(MailsimNotes) notes = mailsim_notes_new();
    g_autoptr(MailsimReading) reading = mailsim_reading_new(recording);
    g_autoptr(GPtrArray) attached = mailsim_notes_attach(notes, reading);
    g_autoptr(JsonBuilder) builder = json_builder_new();
    Writer writer = {
        .json = builder,
        .recording = recording,
        .reading = reading,
        .attached = attached,
        .language = options->language,
    };

    put_everything(&writer);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autoptr(JsonGenerator) generator = json_generator_new();
    json_generator_set_root(generator, root);
    json_generator_set_pretty(generator, TRUE);
    g_autofree char *text = json_generator_to_data(generator, NULL);
    g_string_append(out, text);
    g_string_append_c(out, '\n');
}
