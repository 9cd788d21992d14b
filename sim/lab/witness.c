/* SPDX-License-Identifier: MIT
 *
 * What is seen of a hop from its client's end, written down: by the client's own wire, or, of a
 * visitor from outside the lab, by the server's. */
#include "lab-private.h"

static MailsimEvent *
record(MailsimLab *lab, MailsimHop *hop, MailsimEventKind kind)
{
    return mailsim_lab_record(lab, kind, hop->from, (int)hop->index);
}

void
mailsim_witness_line(MailsimLab *lab,
                     MailsimHop *hop,
                     MailsimDirection direction,
                     gboolean secured,
                     const char *text)
{
    MailsimEvent *event = record(lab, hop, MAILSIM_EVENT_LINE);

    event->line.direction = direction;
    event->line.secured = secured;
    event->line.text = g_strdup(text);
}

void
mailsim_witness_handshake(MailsimLab *lab,
                          MailsimHop *hop,
                          MailsimDirection direction,
                          const char *message,
                          const char *detail)
{
    MailsimEvent *event = record(lab, hop, MAILSIM_EVENT_HANDSHAKE);

    event->handshake.direction = direction;
    event->handshake.message = g_strdup(message);
    event->handshake.detail = g_strdup(detail);
}

static void
set(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

void
mailsim_witness_negotiated(MailsimHop *hop, gnutls_session_t session)
{
    set(&hop->tls_version, mailsim_tls_get_version(session));
    set(&hop->tls_cipher, mailsim_tls_get_cipher(session));
    set(&hop->tls_group, mailsim_tls_get_group(session));
}

void
mailsim_witness_secured(MailsimLab *lab, MailsimHop *hop, gnutls_session_t session)
{
    MailsimEvent *event = record(lab, hop, MAILSIM_EVENT_SECURED);

    hop->encrypted = TRUE;
    hop->resumed = gnutls_session_is_resumed(session);
    mailsim_witness_negotiated(hop, session);
    event->secured.version = g_strdup(hop->tls_version);
    event->secured.cipher = g_strdup(hop->tls_cipher);
    event->secured.group = g_strdup(hop->tls_group);
}

void
mailsim_witness_tls_failed(MailsimLab *lab, MailsimHop *hop, const char *reason)
{
    MailsimEvent *event = record(lab, hop, MAILSIM_EVENT_TLS_FAILED);

    event->tls_failed.reason = g_strdup(reason);
}

/* RFC 3207 §4.2 */
void
mailsim_witness_left_over(MailsimLab *lab, MailsimHop *hop, const char *party, const char *text)
{
    MailsimEvent *event =
        mailsim_lab_record(lab, MAILSIM_EVENT_FINDING, party, (int)hop->index);

    event->finding.rule = g_strdup("plain-text-before-tls");
    event->finding.text = g_strdup(text);
    event->finding.reference = g_strdup("RFC 3207 §4.2");
}

void
mailsim_witness_timeout(MailsimLab *lab,
                        MailsimHop *hop,
                        const char *party,
                        const MailsimWire *wire)
{
    const MailsimSpan *span = &lab->errand_span;
    const char *waits_for = mailsim_wire_waits_for(wire);
    MailsimEvent *event;

    if (waits_for == NULL)
        return;
    event = mailsim_lab_record(lab, MAILSIM_EVENT_TIMEOUT, party, (int)hop->index);
    event->timeout.waits_for = g_strdup(waits_for);
    event->timeout.waited_us = mailsim_wire_get_patience(wire);
    if (span->source != NULL)
        event->timeout.place =
            g_strdup_printf("%s:%u", mailsim_source_get_name(span->source), span->line);
}

void
mailsim_witness_closed(MailsimLab *lab, MailsimHop *hop, const char *by)
{
    MailsimEvent *event = record(lab, hop, MAILSIM_EVENT_CLOSED);

    event->closed.by = g_strdup(by);
}
