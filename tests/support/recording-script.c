/* SPDX-License-Identifier: MIT
 *
 * See the header. */
#include "recording-script.h"

#include <stdlib.h>
#include <string.h>

#include <mailsim/base/mail-protocol.h>

#define EPOCH_US ((MailsimTime)1768208400 * MAILSIM_SECOND) /* 2026-01-12 09:00 UTC */

static const char *
field(char **fields, guint index)
{
    return index < g_strv_length(fields) && *fields[index] != '\0' ? fields[index] : NULL;
}

static MailsimEvent *
new_line(const char *mark, const char *text)
{
    MailsimEvent *event = mailsim_event_new(MAILSIM_EVENT_LINE);

    event->line.secured = strchr(mark, '~') != NULL;
    event->line.direction =
        strchr(mark, '>') != NULL ? MAILSIM_DIRECTION_OUT : MAILSIM_DIRECTION_IN;
    event->line.text = g_strdup(text);
    return event;
}

static MailsimEvent *
new_handshake(const char *mark, char **fields)
{
    MailsimEvent *event = mailsim_event_new(MAILSIM_EVENT_HANDSHAKE);

    event->handshake.direction =
        strcmp(mark, "=>") == 0 ? MAILSIM_DIRECTION_OUT : MAILSIM_DIRECTION_IN;
    event->handshake.message = g_strdup(field(fields, 0));
    event->handshake.detail = g_strdup(field(fields, 1));
    return event;
}

/* names|issuers|expected|until|chain|name|dates|self|required|trust|problem */
static MailsimEvent *
new_certificate(char **fields)
{
    MailsimEvent *event = mailsim_event_new(MAILSIM_EVENT_CERTIFICATE);

    event->certificate.names = g_strdup(field(fields, 0));
    event->certificate.subject = g_strdup(field(fields, 0));
    event->certificate.issuers = g_strdup(field(fields, 1));
    event->certificate.expected = g_strdup(field(fields, 2));
    event->certificate.not_before = EPOCH_US - 13 * MAILSIM_DAY;
    g_assert(mailsim_time_parse(field(fields, 3), &event->certificate.not_after));
    event->certificate.chain_ok = field(fields, 4) != NULL;
    event->certificate.name_ok = field(fields, 5) != NULL;
    event->certificate.dates_ok = field(fields, 6) != NULL;
    event->certificate.self_signed = field(fields, 7) != NULL;
    event->certificate.required = field(fields, 8) != NULL;
    event->certificate.trust = g_strdup(field(fields, 9));
    event->certificate.chain_problem = g_strdup(field(fields, 10));
    return event;
}

/* list|rule|recipient|verdict|decided|subject|against */
static MailsimEvent *
new_rule(char **fields)
{
    MailsimEvent *event = mailsim_event_new(MAILSIM_EVENT_RULE);
    guint verdict = MAILSIM_VERDICT_PERMIT;

    event->rule.list = g_strdup(field(fields, 0));
    event->rule.rule = g_strdup(field(fields, 1));
    event->rule.recipient = g_strdup(field(fields, 2));
    while (strcmp(mailsim_rule_verdict_name((MailsimRuleVerdict)verdict), field(fields, 3)) !=
           0)
        verdict++;
    event->rule.verdict = (MailsimRuleVerdict)verdict;
    event->rule.decided = field(fields, 4) != NULL;
    event->rule.subject = g_strdup(field(fields, 5));
    event->rule.against = g_strdup(field(fields, 6));
    return event;
}

/* queue_id|action|attempt|milliseconds until it is tried again */
static MailsimEvent *
new_queue(const RecordingScript *writer, char **fields)
{
    MailsimEvent *event = mailsim_event_new(MAILSIM_EVENT_QUEUE);

    event->queue.queue_id = g_strdup(field(fields, 0));
    event->queue.action = g_strdup(field(fields, 1));
    if (field(fields, 2) != NULL)
        event->queue.attempt = (guint)atoi(field(fields, 2));
    if (field(fields, 3) != NULL)
        event->queue.until_us = writer->base + atoi(field(fields, 3)) * MAILSIM_MILLISECOND;
    return event;
}

/* queue_id|notification|its own queue_id|recipient */
static MailsimEvent *
new_notification(char **fields)
{
    MailsimEvent *event = mailsim_event_new(MAILSIM_EVENT_NOTIFICATION);

    event->notification.queue_id = g_strdup(field(fields, 0));
    event->notification.notification = g_strdup(field(fields, 1));
    event->notification.notification_id = g_strdup(field(fields, 2));
    event->notification.recipient = g_strdup(field(fields, 3));
    return event;
}

/* queue_id|recipient|status|dsn|relay|reason|delivered */
static MailsimEvent *
new_status(char **fields)
{
    MailsimEvent *event = mailsim_event_new(MAILSIM_EVENT_STATUS);

    event->status.queue_id = g_strdup(field(fields, 0));
    event->status.recipient = g_strdup(field(fields, 1));
    event->status.status = g_strdup(field(fields, 2));
    event->status.dsn = g_strdup(field(fields, 3));
    event->status.relay = g_strdup(field(fields, 4));
    event->status.reason = g_strdup(field(fields, 5));
    event->status.delivered = field(fields, 6) != NULL;
    return event;
}

/* program|pid|text */
static MailsimEvent *
new_log(char **fields)
{
    MailsimEvent *event = mailsim_event_new(MAILSIM_EVENT_LOG);

    mailsim_event_set_program(event, field(fields, 0));
    event->log.pid = (guint)atoi(field(fields, 1));
    event->log.text = g_strdup(field(fields, 2));
    return event;
}

/* status|reason|messages|new */
static MailsimEvent *
new_fetched(char **fields)
{
    MailsimEvent *event = mailsim_event_new(MAILSIM_EVENT_FETCHED);

    event->fetched.status = g_strdup(field(fields, 0));
    event->fetched.reason = g_strdup(field(fields, 1));
    if (field(fields, 2) != NULL)
        event->fetched.n_messages = (guint)atoi(field(fields, 2));
    if (field(fields, 3) != NULL)
        event->fetched.n_new = (guint)atoi(field(fields, 3));
    return event;
}

static MailsimEvent *
new_small(const char *word, char **fields)
{
    MailsimEvent *event = NULL;

    if (strcmp(word, "dns") == 0) {
        event = mailsim_event_new(MAILSIM_EVENT_DNS);
        event->dns.question = g_strdup(field(fields, 0));
        event->dns.answer = g_strdup(field(fields, 1));
    } else if (strcmp(word, "login") == 0) {
        event = mailsim_event_new(MAILSIM_EVENT_LOGIN);
        event->login.user = g_strdup(field(fields, 0));
        event->login.mechanism = g_strdup(field(fields, 1));
        event->login.accepted = field(fields, 2) != NULL;
    } else if (strcmp(word, "queued") == 0) {
        event = mailsim_event_new(MAILSIM_EVENT_QUEUED);
        event->queued.queue_id = g_strdup(field(fields, 0));
        event->queued.sender = g_strdup(field(fields, 1));
        event->queued.recipients = g_strdup(field(fields, 2));
        event->queued.size_bytes = (gsize)atoi(field(fields, 3));
    } else if (strcmp(word, "failed") == 0) {
        event = mailsim_event_new(MAILSIM_EVENT_TLS_FAILED);
        event->tls_failed.reason = g_strdup(field(fields, 0));
    } else if (strcmp(word, "timeout") == 0) {
        event = mailsim_event_new(MAILSIM_EVENT_TIMEOUT);
        event->timeout.waits_for = g_strdup(field(fields, 0));
        event->timeout.waited_us = g_ascii_strtoll(field(fields, 1), NULL, 10);
        event->timeout.place = g_strdup(field(fields, 2));
    } else if (strcmp(word, "finding") == 0) {
        event = mailsim_event_new(MAILSIM_EVENT_FINDING);
        event->finding.rule = g_strdup(field(fields, 0));
        event->finding.text = g_strdup(field(fields, 1));
        event->finding.reference = g_strdup(field(fields, 2));
    } else if (strcmp(word, "fetched") == 0) {
        event = new_fetched(fields);
    } else if (strcmp(word, "closed") == 0) {
        event = mailsim_event_new(MAILSIM_EVENT_CLOSED);
        event->closed.by = g_strdup(field(fields, 0));
    }
    g_assert(event != NULL);
    return event;
}

static MailsimEvent *
new_secured(const RecordingScript *writer)
{
    MailsimEvent *event = mailsim_event_new(MAILSIM_EVENT_SECURED);

    event->secured.version = g_strdup(writer->hop->tls_version);
    event->secured.cipher = g_strdup(writer->hop->tls_cipher);
    event->secured.group = g_strdup(writer->hop->tls_group);
    return event;
}

static MailsimEvent *
new_event(RecordingScript *writer, const char *word, const char *rest)
{
    g_auto(GStrv) fields = g_strsplit(rest, "|", -1);

    if (strchr("~-<", *word) != NULL)
        return new_line(word, rest);
    if (*word == '=')
        return new_handshake(word, fields);
    if (strcmp(word, "certificate") == 0)
        return new_certificate(fields);
    if (strcmp(word, "rule") == 0)
        return new_rule(fields);
    if (strcmp(word, "status") == 0)
        return new_status(fields);
    if (strcmp(word, "queue") == 0)
        return new_queue(writer, fields);
    if (strcmp(word, "notification") == 0)
        return new_notification(fields);
    if (strcmp(word, "secured") == 0)
        return new_secured(writer);
    if (strcmp(word, "log") == 0)
        return new_log(fields);
    if (strcmp(word, "connected") == 0)
        return mailsim_event_new(MAILSIM_EVENT_CONNECTED);
    if (strcmp(word, "refused") == 0)
        return mailsim_event_new(MAILSIM_EVENT_REFUSED);
    return new_small(word, fields);
}

/* What a host says of a message is said of the one that the step sends. */
static void
number_message(const RecordingScript *writer, MailsimEvent *event)
{
    const GPtrArray *steps = writer->recording->steps;
    const MailsimStepRecord *step =
        steps->len == 0 ? NULL : g_ptr_array_index(steps, steps->len - 1);

    if (step == NULL)
        return;
    if (event->kind == MAILSIM_EVENT_QUEUED)
        event->queued.message = step->message;
    else if (event->kind == MAILSIM_EVENT_STATUS)
        event->status.message = step->message;
    else if (event->kind == MAILSIM_EVENT_QUEUE)
        event->queue.message = step->message;
    else if (event->kind == MAILSIM_EVENT_NOTIFICATION)
        event->notification.message = step->message;
}

/* “120 ~> QUIT”; with “@party” before the word, what that party did outside every hop. */
static void
write_line(RecordingScript *writer, const char *line)
{
    g_auto(GStrv) parts = g_strsplit(line, " ", 3);
    const char *rest = parts[2] != NULL ? parts[2] : "";
    g_auto(GStrv) inner = NULL;

    if (*parts[1] != '@') {
        MailsimEvent *event = new_event(writer, parts[1], rest);
        event->time_us = writer->base + atoi(parts[0]) * MAILSIM_MILLISECOND;
        event->hop = (int)writer->hop->index;
        mailsim_event_set_party(event, event->kind == MAILSIM_EVENT_FETCHED ? writer->hop->from
                                                                            : writer->hop->to);
        number_message(writer, event);
        mailsim_recording_take_event(writer->recording, event);
        return;
    }
    inner = g_strsplit(rest, " ", 2);
    MailsimEvent *event = new_event(writer, inner[0], inner[1] != NULL ? inner[1] : "");
    event->time_us = writer->base + atoi(parts[0]) * MAILSIM_MILLISECOND;
    mailsim_event_set_party(event, parts[1] + 1);
    number_message(writer, event);
    mailsim_recording_take_event(writer->recording, event);
}

void
recording_script_write(RecordingScript *writer, const char *script)
{
    g_auto(GStrv) lines = g_strsplit(script, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        if (**line != '\0')
            write_line(writer, *line);
    }
}

/* --- the world ---------------------------------------------------------------------------- */

static void
add_party(MailsimRecording *recording,
          const char *name,
          const char *address,
          const char *fqdn,
          const char *user)
{
    MailsimParty *party = mailsim_recording_add_party(recording);

    party->name = g_strdup(name);
    party->address = g_strdup(address);
    party->fqdn = g_strdup(fqdn);
    party->user = g_strdup(user);
    party->is_host = strcmp(name, "mail") == 0 || strcmp(name, "instituto") == 0;
}

RecordingScript
recording_script_begin(const char *id, const char *en, const char *es)
{
    RecordingScript writer = {.recording = mailsim_recording_new(), .base = EPOCH_US};

    writer.recording->id = g_strdup(id);
    writer.recording->file = g_strdup_printf("%s.scenario", id);
    writer.recording->title.en = g_strdup(en);
    writer.recording->title.es = g_strdup(es);
    add_party(writer.recording, "mail", "203.0.113.25", "mail.iesgn.example", NULL);
    add_party(writer.recording, "instituto", "192.0.2.10", "mx.instituto.example", NULL);
    add_party(writer.recording, "laptop", "198.51.100.10", "laptop.iesgn.example", "ana");
    add_party(writer.recording, "stranger", "198.51.100.11", "stranger.example", NULL);
    return writer;
}

MailsimStepRecord *
recording_script_begin_step(RecordingScript *writer,
                            const char *id,
                            const char *en,
                            const char *es)
{
    MailsimStepRecord *step = mailsim_recording_add_step(writer->recording);
    MailsimEvent *event = mailsim_event_new(MAILSIM_EVENT_STEP);

    writer->base += 10 * MAILSIM_SECOND;
    step->id = g_strdup(id);
    step->title.en = g_strdup(en);
    step->title.es = g_strdup(es);
    step->started_us = writer->base;
    event->time_us = writer->base;
    mailsim_recording_take_event(writer->recording, event);
    return step;
}

void
recording_script_expect(MailsimStepRecord *step,
                        const char *key,
                        const char *expected,
                        const char *actual)
{
    MailsimExpectationResult *result = mailsim_step_record_add_expectation(step);

    result->key = g_strdup(key);
    result->expected = g_strdup(expected);
    result->actual = g_strdup(actual);
    result->holds = strcmp(expected, actual) == 0;
}

static const char *
name_service(guint port)
{
    static const struct {
        guint port;
        const char *name;
    } services[] = {
        {25,  "smtp"      },
        {110, "pop3"      },
        {143, "imap"      },
        {587, "submission"},
        {993, "imaps"     },
        {995, "pop3s"     },
    };

    for (guint i = 0; i < G_N_ELEMENTS(services); i++) {
        if (services[i].port == port)
            return services[i].name;
    }
    return "submissions";
}

MailsimHop *
recording_script_begin_hop(
    RecordingScript *writer, const char *from, const char *to, guint port, guint started_ms)
{
    MailsimHop *hop = mailsim_recording_add_hop(writer->recording);
    const MailsimParty *server = mailsim_recording_find_party(writer->recording, to);

    hop->from = g_strdup(from);
    hop->to = g_strdup(to);
    hop->to_fqdn = g_strdup(server->fqdn);
    hop->address = g_strdup(server->address);
    hop->port = port;
    hop->service = g_strdup(name_service(port));
    hop->protocol = g_strdup(mailsim_protocol_get_name(mailsim_protocol_of_port(port)));
    hop->from_mail_program = !mailsim_recording_find_party(writer->recording, from)->is_host;
    hop->started_us = writer->base + started_ms * MAILSIM_MILLISECOND;
    hop->connected = TRUE;
    writer->hop = hop;
    return hop;
}

void
recording_script_encrypt(MailsimHop *hop, const char *trust)
{
    const gboolean verified = strcmp(trust, "Verified") == 0;

    hop->encrypted = TRUE;
    hop->tls_version = g_strdup("TLSv1.3");
    hop->tls_cipher = g_strdup("TLS_AES_256_GCM_SHA384");
    hop->tls_group = g_strdup("X25519");
    hop->trust = g_strdup(trust);
    hop->certificate_seen = TRUE;
    hop->chain_ok = verified;
    hop->name_ok = TRUE;
    hop->dates_ok = TRUE;
}

void
recording_script_end_hop(MailsimHop *hop,
                         const char *status,
                         const char *dsn,
                         const char *reply,
                         const char *decided_by)
{
    hop->status = g_strdup(status);
    hop->dsn = g_strdup(dsn);
    hop->reply = g_strdup(reply);
    hop->decided_by = g_strdup(decided_by);
}
