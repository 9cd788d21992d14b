/* SPDX-License-Identifier: MIT
 *
 * Dovecot's auth process for the tests: PLAIN and LOGIN, the users of imap/services.txt, and
 * what a wrong password costs. */
#pragma once

#include <mailsim/session/sasl.h>

#include "dovecot-world.h"

/* As a MailsimLoginPolicy asks; the data is a DovecotConnection. */
MailsimSaslResult
dovecot_auth_start(gpointer data, const char *mechanism, const char *response, char **text);
MailsimSaslResult dovecot_auth_step(gpointer data, const char *response, char **text);
gint64 dovecot_auth_take_delay(gpointer data);
