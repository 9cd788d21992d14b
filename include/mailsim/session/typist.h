/* SPDX-License-Identifier: MIT
 *
 * A person who types lines to a server, as with telnet(1) or openssl-s_client(1). It knows no
 * protocol (s_client does, where it asks for TLS): it types the next line when the server has
 * gone quiet. */
#pragma once

#include <mailsim/base/mail-protocol.h>
#include <mailsim/session/session.h>

typedef enum {
    MAILSIM_TYPIST_CLEAR,    /* telnet */
    MAILSIM_TYPIST_STARTTLS, /* openssl s_client -starttls PROTOCOL: it types inside TLS */
    MAILSIM_TYPIST_TLS,      /* openssl s_client: TLS before the first word */
} MailsimTypistMode;

typedef struct MailsimTypist MailsimTypist;

/* LINES, of char *, are copied. A line ends in CR LF, and a line feed inside it is what the
 * Enter key sends, CR LF. Where the text holds a carriage return, its line ends go out exactly
 * as they are written. A text that ends in a line end of its own gets no other. */
MailsimTypist *
mailsim_typist_new(MailsimTypistMode mode, MailsimProtocol protocol, const GPtrArray *lines);

/* The same object; freed by mailsim_session_free(). */
MailsimSession *mailsim_typist_get_session(MailsimTypist *typist);

/* What the server has said, array of GPtrArray of char *: before the first line was typed, then
 * after each of them. Shorter than that when it hung up before. Lent. */
const GPtrArray *mailsim_typist_get_heard(const MailsimTypist *typist);
