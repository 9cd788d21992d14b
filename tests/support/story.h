/* SPDX-License-Identifier: MIT
 *
 * A story: what a client of SMTP sets out to do, the server it meets, and all that comes of it.
 * Told whole and in small pieces, it must come out the same. */
#pragma once

#include <mailsim/session/smtp-client.h>

#include "dest-example.h"
#include "scripted-server.h"

typedef struct {
    const char *description;

    /* Who sends: alice@dest.example, by a mail program or by a server that relays. */
    gboolean relays;
    MailsimClientTls tls;
    const char
        *mechanism; /* by which it logs in; NULL: it does not; “CANCEL”: it thinks again */
    const char *password; /* NULL: the right one */
    const char *to[3];    /* NULL: bob@dest.example */
    const char *message;  /* NULL: STORY_MESSAGE */
    gboolean eight_bit;

    /* Whom it meets: a service of mx.dest.example, or a script. */
    const char *service;
    const ScriptLine *script;
    gboolean unacceptable; /* its certificate will not do */
    gboolean tls_fails;

    /* What comes of it. */
    const char *conversation;
    const char *in_one_go; /* “EHLO / MAIL RCPT DATA / . QUIT”; NULL: not looked at */
    MailsimSmtpFailure failure;
    const char *lost_step;   /* where the server hung up */
    const char *outcomes[3]; /* “REPLY (COMMAND)” for each recipient; NULL: none */
    const char *accepted; /* “ESMTPSA alice: sender > recipients”; NULL: no message was */
} Story;

#define STORY_MESSAGE "Subject: hello\n\nHello.\n"

/* The EHLO reply of mx.dest.example; MORE stands between ETRN and ENHANCEDSTATUSCODES. */
#define STORY_KEYWORDS(MORE)                                                                   \
    "S: 250-mx.dest.example\n"                                                                 \
    "S: 250-PIPELINING\n"                                                                      \
    "S: 250-SIZE 10240000\n"                                                                   \
    "S: 250-VRFY\n"                                                                            \
    "S: 250-ETRN\n" MORE "S: 250-ENHANCEDSTATUSCODES\n"                                        \
    "S: 250-8BITMIME\n"                                                                        \
    "S: 250-DSN\n"                                                                             \
    "S: 250-SMTPUTF8\n"                                                                        \
    "S: 250 CHUNKING\n"

/* Tell it whole, in pieces of one byte and of seven; stop the test if anything differs. */
void story_tell(const Story *story);
