/* SPDX-License-Identifier: MIT
 *
 * Replies of a POP3 server (RFC 1939 §3): one line, and after +OK to some commands more, up to
 * a lone dot. */
#pragma once

#include <glib.h>

typedef enum {
    MAILSIM_POP3_NO_REPLY,
    MAILSIM_POP3_OK,
    MAILSIM_POP3_ERROR,
    MAILSIM_POP3_CHALLENGE, /* “+ …”: AUTH goes on (RFC 5034 §4) */
} MailsimPop3Status;

/* What LINE, a reply's first, says; *TEXT, lent, is what stands behind “+OK ”, “-ERR ” or
 * “+ ”. */
MailsimPop3Status mailsim_pop3_reply_parse(const char *line, const char **text);

/* Append one of the lines that follow to OUT, its doubled dot undone, with LF. FALSE: it is the
 * lone dot after the last. */
gboolean mailsim_pop3_reply_append_line(GString *out, const char *line, gsize length);
