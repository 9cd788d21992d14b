/* SPDX-License-Identifier: MIT
 *
 * Rules of lint for mail programs that log in: where their password goes, and how. */
#include "lint-private.h"

static gboolean
is_port_25(const MailsimEndpoint *server)
{
    return server->port == 25;
}

static gboolean
is_clear(const MailsimEndpoint *server)
{
    return server->mode == MAILSIM_ENDPOINT_CLEAR;
}

static gboolean
is_optional(const MailsimEndpoint *server)
{
    return server->mode == MAILSIM_ENDPOINT_STARTTLS_IF_OFFERED;
}

/* clang-format off */
const LintProgramRule lint_program_rules[] = {
    {"password-on-25", is_port_25, "a mail program with a password, on port 25",
     "port 25 is for other servers, and offers no AUTH unless main.cf says so: the program would "
     "give up. Users send through 587 or 465 (RFC 6409, RFC 8314)"},
    {"clear-password", is_clear, "a mail program with a password, and no TLS",
     "who listens would have the password, where the server takes it at all: Debian's 587 answers "
     "530 5.7.0 Must issue a STARTTLS command first. Write starttls"},
    {"optional-tls", is_optional, "a mail program with a password, and TLS only if it is offered",
     "somebody on the way who takes STARTTLS out of the reply gets the password; with starttls the "
     "program insists"},
};
/* clang-format on */

const guint lint_n_program_rules = G_N_ELEMENTS(lint_program_rules);
