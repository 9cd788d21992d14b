/* SPDX-License-Identifier: MIT
 *
 * What the files of POP3 share: its table of capabilities, and the form of an answer. */
#pragma once

#include <mailsim/session/pop3-server.h>

/* The answer to CAPA (RFC 2449). STLS, USER and MECHANISMS, after SASL, are of the time before
 * the login; NULL: it is over. */
void
mailsim_pop3_append_capabilities(GString *out, gboolean stls, gboolean user, char **mechanisms);

/* The word that COMMAND begins with, in capitals, to be freed; *argument is what stands behind
 * it and its blanks. */
char *mailsim_pop3_split_command(const char *command, const char **argument);
