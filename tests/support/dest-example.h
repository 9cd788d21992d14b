/* SPDX-License-Identifier: MIT
 *
 * A server for clients to talk to, after the recorded mx.dest.example: some of its services,
 * its users (alice with the password alicepw, bob, postmaster), and what it lets pass. What the
 * recorded server says of itself is told by dest-lab. */
#pragma once

#include <mailsim/session/smtp-server.h>

typedef struct {
    const char *name; /* “may”, “submission” */
    gboolean tls_offered;
    gboolean tls_required;
    gboolean tls_wrappermode;
    gboolean auth_enabled;
    gboolean auth_needs_tls;
    gsize message_size_limit; /* 0: Postfix's default */
    gboolean submission;      /* nobody passes without login, not even to dest.example */
} DestExampleService;

typedef struct {
    const DestExampleService *service;
    gboolean plain;       /* the login under way is by PLAIN, not LOGIN */
    gboolean user_named;  /* in it the user's name has been said */
    GPtrArray *messages;  /* GBytes: accepted */
    GPtrArray *envelopes; /* char *: “ESMTPSA alice: sender > recipient recipient” */
} DestExample;

/* NULL: there is no service of that name. */
const DestExampleService *dest_example_find_service(const char *name);

DestExample *dest_example_new(const DestExampleService *service);
void dest_example_free(DestExample *host);

/* A session of its smtpd; free with mailsim_session_free(). */
MailsimSession *dest_example_listen(DestExample *host);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DestExample, dest_example_free)
