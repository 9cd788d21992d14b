/* SPDX-License-Identifier: MIT
 *
 * A story of a mail program that gets its mail: what it sets out to do, what the server says,
 * and all that comes of it. Told whole and in small pieces, it must come out the same. */
#pragma once

#include <mailsim/session/fetch-client.h>

#include "scripted-server.h"

typedef struct {
    const char *description;

    /* Who asks: alice. */
    MailsimClientTls tls;
    const char *mechanism; /* see AliceLogin */
    const char *password;  /* NULL: the right one */
    gboolean nobody;       /* the program does not log in */
    const char *known[3];  /* ids */
    gboolean deletes;

    /* Whom she meets. */
    const ScriptLine *script;
    gboolean unacceptable; /* its certificate will not do */
    gboolean tls_fails;

    /* What comes of it. */
    const char *conversation; /* what she says and what happens, without the script's lines */
    MailsimFetchFailure failure;
    const char *command;
    const char *reply;
    gboolean logged_in;
    gboolean secured;
    const char *messages; /* “ID[ seen][: CONTENT]”, a line each; NULL: none */
} FetchStory;

/* Tell it whole, in pieces of one byte and of seven; stop the test if anything differs.
 * CREATE is mailsim_imap_client_new() or its like. */
void fetch_story_tell(const FetchStory *story,
                      MailsimFetchClient *(*create)(const MailsimFetchOptions *options));
