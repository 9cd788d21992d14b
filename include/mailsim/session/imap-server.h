/* SPDX-License-Identifier: MIT
 *
 * IMAP4rev1 (RFC 3501) from the login on, in the words of Dovecot 2.3's imap: mailboxes and
 * what is in them. It begins by saying nothing: whoever has let the user in has said so. Where
 * Dovecot leaves it to the disk how much there can be, mailsim/base/limits.h says it: what goes
 * beyond is answered NO. */
#pragma once

#include <mailsim/base/time.h>
#include <mailsim/session/feature.h>
#include <mailsim/session/session.h>
#include <mailsim/store/mail-store.h>

/* Times in microseconds. */
typedef struct {
    gsize line_length_max; /* imap_max_line_length; 0: Dovecot's 64 KiB */
    gint64 idle_notify_us; /* imap_idle_notify_interval; 0: Dovecot's two minutes */
} MailsimImapServerOptions;

/* What the session cannot know by itself. All may be NULL. */
typedef struct {
    /* See MailsimLoginPolicy. */
    MailsimTime (*get_now)(gpointer data);

    /* “Disconnected: Logged out in=… out=…”; lent. */
    void (*log)(gpointer data, const char *text);
} MailsimImapServerPolicy;

/* STORE is lent; POLICY and DATA are borrowed for the life of the session. */
MailsimSession *mailsim_imap_server_new(const MailsimImapServerOptions *options,
                                        MailsimMailStore *store,
                                        const MailsimImapServerPolicy *policy,
                                        gpointer data);

/* What is announced to who has logged in, without “CAPABILITY”: “IMAP4rev1 SASL-IR …”. Static.
 * Words of Dovecot's, in its order, of which the lab keeps its promise. */
const char *mailsim_imap_server_get_capabilities(void);

/* What the server knows, for documents. */
/* The one at INDEX; FALSE: there are no more. */
gboolean mailsim_imap_server_get_command(guint index, MailsimFeature *command);
gboolean mailsim_imap_server_get_extension(guint index, MailsimFeature *extension);
