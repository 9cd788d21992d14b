/* SPDX-License-Identifier: MIT
 *
 * A connection to an IMAP server from its greeting on (RFC 3501), in the words of Dovecot 2.3's
 * imap-login; once logged in, an imap-server goes on. */
#pragma once

#include <mailsim/session/imap-server.h>
#include <mailsim/session/login.h>

typedef struct {
    MailsimLoginOptions login;
    MailsimImapServerOptions server;
} MailsimImapLoginOptions;

/* OPTIONS are copied; POLICY and DATA are borrowed for the life of the session. */
MailsimSession *mailsim_imap_login_new(const MailsimImapLoginOptions *options,
                                       const MailsimLoginPolicy *policy,
                                       gpointer data);

/* What it knows, for documents: the one at INDEX; FALSE: there are no more. */
gboolean mailsim_imap_login_get_command(guint index, MailsimImapFeature *command);
