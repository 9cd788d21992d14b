/* SPDX-License-Identifier: MIT
 *
 * A connection to a POP3 server from its greeting on (RFC 1939), in the words of Dovecot 2.3's
 * pop3-login; once logged in, a pop3-server goes on. */
#pragma once

#include <mailsim/session/login.h>
#include <mailsim/session/pop3-server.h>

typedef struct {
    MailsimLoginOptions login;
    MailsimPop3ServerOptions server;
} MailsimPop3LoginOptions;

/* OPTIONS are copied; POLICY and DATA are borrowed for the life of the session. */
MailsimSession *mailsim_pop3_login_new(const MailsimPop3LoginOptions *options,
                                       const MailsimLoginPolicy *policy,
                                       gpointer data);

/* What it knows, for documents: the one at INDEX; FALSE: there are no more. */
gboolean mailsim_pop3_login_get_command(guint index, MailsimPop3Feature *command);
