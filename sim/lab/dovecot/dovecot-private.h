/* SPDX-License-Identifier: MIT
 *
 * Dovecot at a host: who listens, what dovecot.conf says, and the session of each client. */
#pragma once

#include <mailsim/session/imap-login.h>
#include <mailsim/session/pop3-login.h>
#include <mailsim/wire/wire.h>

#include "host-private.h"

/* ---- dovecot-options.c ------------------------------------------------------------------- */

/* What dovecot.conf says to a client of SERVICE, but who the client is and how it is called in
 * the log. Strings are HOST's, or static, but mechanisms, which is to be freed. */
void mailsim_dovecot_read_login(const MailsimHost *host,
                                const MailsimServiceDefinition *service,
                                const char *client_address,
                                MailsimLoginOptions *options);
void mailsim_dovecot_read_imap(const MailsimHost *host, MailsimImapServerOptions *options);
void mailsim_dovecot_read_pop3(const MailsimHost *host, MailsimPop3ServerOptions *options);
void mailsim_dovecot_read_tls_limits(const MailsimHost *host, MailsimTlsLimits *limits);

/* ---- dovecot.c --------------------------------------------------------------------------- */

/* imap-login or pop3-login for one connection, and who serves its user then. */
typedef struct MailsimDovecot MailsimDovecot;

MailsimDovecot *mailsim_dovecot_new(MailsimHost *host,
                                    const MailsimServiceDefinition *service,
                                    const char *client_address,
                                    MailsimHop *hop);
void mailsim_dovecot_free(MailsimDovecot *dovecot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimDovecot, mailsim_dovecot_free)

/* Its session, which lives no longer than it. NOTICE is called when the user's mail has
 * changed. */
MailsimSession *mailsim_dovecot_create_session(MailsimDovecot *dovecot,
                                               void (*notice)(gpointer data),
                                               gpointer data);

/* The handshake that its session wanted has failed; to be said before the session hears
 * it. */
void mailsim_dovecot_note_tls_failure(MailsimDovecot *dovecot,
                                      const MailsimTlsFailure *failure);
