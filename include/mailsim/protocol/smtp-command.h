/* SPDX-License-Identifier: MIT
 *
 * Command lines of an SMTP client (RFC 5321 §4.1.1), taken apart as Postfix does: leniently. */
#pragma once

#include <glib.h>

#include <mailsim/protocol/smtp-path.h>

typedef struct {
    char *verb;     /* upper case; empty for an empty line */
    char *argument; /* what follows, blanks at both ends cut; empty when there is nothing */
    char *rest;     /* the same with the blanks at its end, one of which an address may need: it
                     * can be escaped, or in quotes */
} MailsimSmtpCommand;

void mailsim_smtp_command_parse(const char *line, MailsimSmtpCommand *command);
void mailsim_smtp_command_clear(MailsimSmtpCommand *command);

/* TEXT as the value of ORCPT or ENVID (RFC 3461 §4): “bob+2Blist@instituto.example”; and back,
 * to be freed with g_free(). */
void mailsim_smtp_append_xtext(GString *out, const char *text);
char *mailsim_smtp_decode_xtext(const char *xtext);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimSmtpCommand, mailsim_smtp_command_clear)
