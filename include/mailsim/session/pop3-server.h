/* SPDX-License-Identifier: MIT
 *
 * POP3 (RFC 1939) from the login on, in the words of Dovecot 2.3's pop3: the INBOX alone, as it
 * was when the session began. It begins by saying nothing: whoever has let the user in has said
 * so. */
#pragma once

#include <mailsim/base/time.h>
#include <mailsim/session/feature.h>
#include <mailsim/session/session.h>
#include <mailsim/store/mail-store.h>

typedef struct {
    gboolean no_flag_updates; /* pop3_no_flag_updates: RETR does not make a message \Seen */
    const char *uidl_format;  /* pop3_uidl_format; NULL: Dovecot's “%08Xu%08Xv”; copied */
} MailsimPop3ServerOptions;

/* What the session cannot know by itself. All may be NULL. */
typedef struct {
    /* See MailsimLoginPolicy. */
    MailsimTime (*get_now)(gpointer data);

    /* “Disconnected: Logged out top=… retr=…”; lent. */
    void (*log)(gpointer data, const char *text);
} MailsimPop3ServerPolicy;

/* STORE is lent; POLICY and DATA are borrowed for the life of the session. */
MailsimSession *mailsim_pop3_server_new(const MailsimPop3ServerOptions *options,
                                        MailsimMailStore *store,
                                        const MailsimPop3ServerPolicy *policy,
                                        gpointer data);

/* What the server knows, for documents. */
/* The one at INDEX; FALSE: there are no more. */
gboolean mailsim_pop3_server_get_command(guint index, MailsimFeature *command);
gboolean mailsim_pop3_server_get_capability(guint index, MailsimFeature *capability);
