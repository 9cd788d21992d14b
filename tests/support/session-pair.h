/* SPDX-License-Identifier: MIT
 *
 * Two sessions joined back to back in memory. The pair plays the wire: it carries what is
 * said, answers the want for TLS, and writes the conversation down. */
#pragma once

#include <mailsim/session/session.h>

typedef struct {
    MailsimSession *client; /* borrowed, as is the server */
    MailsimSession *server;
    gsize piece_bytes;      /* how much is carried at a time; 0: all there is */
    gboolean unacceptable;  /* the client does not like the server's certificate */
    gboolean tls_fails;     /* the handshake comes to nothing */
    GPtrArray *client_said; /* NULL, or what the client said in one go is added here */
} SessionPairOptions;

/* Let them talk until nothing more is said. The conversation, a line each: “C: ” and “S: ” and
 * what was said, “-- TLS”, “-- server closed the connection” if the client still waited, and
 * the reverse. Free with g_free(). */
char *session_pair_run(const SessionPairOptions *options);
