/* SPDX-License-Identifier: MIT
 *
 * mx.dest.example, the server whose dialogues were recorded from a real Postfix: its services,
 * its users (alice with the password alicepw, bob, postmaster), and what it lets pass. */
#pragma once

#include <mailsim/session/smtp-server.h>

typedef struct {
    const char *name; /* “may”, “submission” */
    gboolean tls_offered;
    gboolean tls_required;
    gboolean tls_broken; /* its certificate cannot be read */
    gboolean tls_wrappermode;
    gboolean auth_enabled;
    gboolean auth_needs_tls;
    gboolean vrfy_disabled;
    gsize message_size_limit; /* 0: Postfix's default */

    /* How the relay restrictions end for a client that no other rule lets pass: “454 4.7.1”,
     * with Debian's defaults; “554 5.7.1”; NULL: everybody may relay. */
    const char *relay_refusal;
    gboolean submission; /* nobody passes without login, not even to dest.example */
} DestExampleService;

typedef struct {
    const DestExampleService *service;
    gboolean inside;      /* the client is in mynetworks */
    GString *login;       /* the SASL exchange under way */
    GPtrArray *messages;  /* GBytes: accepted */
    GPtrArray *envelopes; /* char *: “ESMTPSA alice: sender > recipient recipient” */
} DestExample;

/* NULL: there is no service of that name. */
const DestExampleService *dest_example_find_service(const char *name);

DestExample *dest_example_new(const DestExampleService *service, gboolean inside);
void dest_example_free(DestExample *host);

/* A session of its smtpd; free with mailsim_session_free(). */
MailsimSession *dest_example_listen(DestExample *host);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DestExample, dest_example_free)
