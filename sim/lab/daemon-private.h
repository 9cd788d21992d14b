/* SPDX-License-Identifier: MIT
 *
 * Whoever serves one connection at a host: smtpd(8), or Dovecot. */
#pragma once

#include "dovecot-private.h"
#include "smtpd-private.h"

typedef struct {
    MailsimSmtpd *smtpd; /* one of the two; the other is NULL */
    MailsimDovecot *dovecot;
} MailsimDaemon;

/* Who comes, and to what. Lent for the call, but the hop. */
typedef struct {
    MailsimHost *host;
    const MailsimServiceDefinition *service;
    const char *client_address;
    MailsimHop *hop;
    void (*notice)(gpointer data); /* the session may have something to tell by itself */
    gpointer data;
} MailsimCaller;

/* What the daemon brings to the wire is set in WIRE: its session, its TLS and its limits. */
void mailsim_daemon_start(MailsimDaemon *daemon,
                          const MailsimCaller *caller,
                          MailsimWireOptions *wire);
void mailsim_daemon_stop(MailsimDaemon *daemon);

/* The handshake that its session wanted has failed; to be said before the session hears
 * it. */
void mailsim_daemon_note_tls_failure(const MailsimDaemon *daemon,
                                     const MailsimTlsFailure *failure);

/* What it logs of TLS; NULL: it does not, or nobody serves. */
MailsimSmtpdTlsLog *mailsim_daemon_get_tls_log(const MailsimDaemon *daemon);

/* What becomes of plain text that came before a handshake, for the recording. */
const char *mailsim_daemon_describe_left_over(const MailsimDaemon *daemon);
