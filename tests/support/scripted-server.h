/* SPDX-License-Identifier: MIT
 *
 * A server that says what a table says, whatever it hears: for clients that meet oddities. */
#pragma once

#include <mailsim/session/session.h>

typedef struct {
    const char *says; /* whole lines with CR LF; NULL: the end of the script */
    MailsimWant then; /* what it wants after it; MAILSIM_WANT_END: it hangs up */
} ScriptLine;

/* The first row is the greeting; where it says nothing and wants TLS, the second is. One more
 * for each line or message that is heard; after the last the server hangs up. SCRIPT is
 * borrowed. */
MailsimSession *scripted_server_new(const ScriptLine *script);
