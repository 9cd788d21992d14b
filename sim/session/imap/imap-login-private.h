/* SPDX-License-Identifier: MIT
 *
 * What the files of the IMAP login share: the session's state, and its commands. */
#pragma once

#include <mailsim/protocol/imap-reader.h>
#include <mailsim/session/imap-login.h>

#include "login-private.h"

typedef struct {
    MailsimLogin login;
    MailsimImapServerOptions server;

    GString *line;            /* the one under way, as far as it has come */
    gsize n_word;             /* octets of its last word */
    char *tag;                /* of the command under way, or the last; “*”: it is none */
    MailsimImapReader reader; /* of its arguments */
    const struct MailsimImapLoginCommand *command; /* under way; NULL: an unknown one */
    gboolean behind_literal; /* a line goes on behind one, and is no new command */
    gboolean in_literal;     /* it is due */
    gboolean skips;          /* what there is of the line is answered; the rest is due */
    gboolean capabilities_asked;
} MailsimImapLogin;

typedef struct MailsimImapLoginCommand {
    MailsimImapFeature feature;
    MailsimWant (*handle)(MailsimImapLogin *imap, GString *out);
} MailsimImapLoginCommand;

/* In imap-login-command.c. NAME in any capitals; NULL: it is none. */
const MailsimImapLoginCommand *mailsim_imap_login_find_command(const char *name);

/* “AUTHENTICATE” reads its arguments itself: what stands behind the name. */
gboolean mailsim_imap_login_is_authenticate(const MailsimImapLoginCommand *command);
MailsimWant
mailsim_imap_login_authenticate(MailsimImapLogin *imap, const char *arguments, GString *out);

/* The arguments cannot be read. */
MailsimWant mailsim_imap_login_refuse_arguments(MailsimImapLogin *imap, GString *out);

/* It is no command: the third is the last. */
MailsimWant mailsim_imap_login_refuse_command(MailsimImapLogin *imap, GString *out);

/* “IMAP4rev1 SASL-IR … AUTH=PLAIN” */
void mailsim_imap_login_append_capabilities(const MailsimImapLogin *imap, GString *out);
