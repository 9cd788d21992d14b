/* SPDX-License-Identifier: MIT
 *
 * A server that gives each command the reply that a table has for it: the one that recorded
 * clients spoke to. */
#pragma once

#include <mailsim/session/session.h>

/* What such a server says. */
typedef struct {
    char *ehlo;     /* “PIPELINING | SIZE 10240000 | …” */
    char *ehlo_tls; /* inside TLS; NULL: the same without STARTTLS */
    GHashTable
        *replies; /* “MAIL”, “RCPT<y@dest.example>” …: GPtrArray of char *, the first time,
                            the second …; “banner”, “DOT”, “AUTH2”, “tls” */
    GHashTable *asked; /* how often each has been asked: counts in pointers */
} ReplyingScript;

ReplyingScript *replying_script_new(void);
void replying_script_free(ReplyingScript *script);
void replying_script_add(ReplyingScript *script, const char *key, const char *reply);

/* A conversation with one client; SCRIPT is borrowed, and remembers how often it was asked. */
MailsimSession *replying_server_new(ReplyingScript *script);
