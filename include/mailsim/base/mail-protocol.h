/* SPDX-License-Identifier: MIT
 *
 * The protocols of mail that are spoken here. */
#pragma once

#include <glib.h>

typedef enum {
    MAILSIM_PROTOCOL_SMTP,
    MAILSIM_PROTOCOL_IMAP,
    MAILSIM_PROTOCOL_POP3,
} MailsimProtocol;

/* “smtp”, “imap”, “pop3”: the word of JSON, of notes and of dovecot.conf's protocols. */
const char *mailsim_protocol_get_name(MailsimProtocol protocol);

/* By the number of the port (RFC 8314 §3, IANA): 143 is IMAP. What is none of mail's is
 * SMTP. */
MailsimProtocol mailsim_protocol_of_port(guint port);

/* Does TLS begin there before the first word: 465, 993, 995? */
gboolean mailsim_port_has_implicit_tls(guint port);
