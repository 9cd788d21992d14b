/* SPDX-License-Identifier: MIT
 *
 * A mail program submits a message: with and without TLS and login, and when things go
 * wrong. */
/* longer than 600 lines: every story has its whole conversation */
#include <mailsim/base/limits.h>

#include "story.h"

#include "../support/run-suite.h"

#define LINE    MAILSIM_WANT_LINE
#define MESSAGE MAILSIM_WANT_TEXT
#define TLS     MAILSIM_WANT_TLS
#define END     MAILSIM_WANT_END

#define GREETING "220 mx.dest.example ESMTP Postfix\r\n"

/* clang-format off */
static const ScriptLine tls_not_available[] = {
    {GREETING, LINE},
    {"250-mx.dest.example\r\n250 STARTTLS\r\n", LINE},
    {"454 4.7.0 TLS not available due to local problem\r\n", LINE},
    {"250 2.1.0 Ok\r\n", LINE},
    {"250 2.1.5 Ok\r\n", LINE},
    {"354 End data with <CR><LF>.<CR><LF>\r\n", MESSAGE},
    {"250 2.0.0 Ok: queued as 12345\r\n", LINE},
    {"221 2.0.0 Bye\r\n", END},
    {0},
};

static const ScriptLine tls_not_available_goodbye[] = {
    {GREETING, LINE},
    {"250-mx.dest.example\r\n250 STARTTLS\r\n", LINE},
    {"454 4.7.0 TLS not available due to local problem\r\n", LINE},
    {"221 2.0.0 Bye\r\n", END},
    {0},
};

static const ScriptLine only_cram_md5[] = {
    {GREETING, LINE},
    {"250-mx.dest.example\r\n250 AUTH CRAM-MD5 DIGEST-MD5\r\n", LINE},
    {"221 2.0.0 Bye\r\n", END},
    {0},
};

/* Somebody on the path may have written what came before TLS. */
static const ScriptLine auth_before_tls_only[] = {
    {GREETING, LINE},
    {"250-mx.dest.example\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n", LINE},
    {"220 2.0.0 Ready to start TLS\r\n", TLS},
    {"250 mx.dest.example\r\n", LINE},
    {"221 2.0.0 Bye\r\n", END},
    {0},
};

static const ScriptLine no_ehlo[] = {
    {"220 old.dest.example\r\n", LINE},
    {"502 5.5.1 Error: command not implemented\r\n", LINE},
    {"250 old.dest.example\r\n", LINE},
    {"250 Ok\r\n", LINE},
    {"250 Ok\r\n", LINE},
    {"354 Go on\r\n", MESSAGE},
    {"250 Ok\r\n", LINE},
    {"221 Bye\r\n", END},
    {0},
};

static const ScriptLine not_now[] = {
    {GREETING, LINE},
    {"250 mx.dest.example\r\n", LINE},
    {"250 2.1.0 Ok\r\n", LINE},
    {"250 2.1.5 Ok\r\n", LINE},
    {"451 4.3.0 Error: queue file write error\r\n", LINE},
    {"221 2.0.0 Bye\r\n", END},
    {0},
};

static const ScriptLine go_away[] = {
    {"554-5.7.1 mx.dest.example\r\n554 5.7.1 Go away\r\n", LINE},
    {"221 2.0.0 Bye\r\n", END},
    {0},
};

static const ScriptLine silence[] = {{"", END}, {0}};

static const ScriptLine hangs_up_at_rcpt[] = {
    {GREETING, LINE},
    {"250 mx.dest.example\r\n", LINE},
    {"250 2.1.0 Ok\r\n", LINE},
    {"", END},
    {0},
};

static const ScriptLine hangs_up_in_mid_reply[] = {
    {GREETING, LINE},
    {"250-mx.dest.example\r\n250-PIPELI", END},
    {0},
};

static const ScriptLine no_goodbye[] = {
    {GREETING, LINE},
    {"250 mx.dest.example\r\n", LINE},
    {"250 2.1.0 Ok\r\n", LINE},
    {"250 2.1.5 Ok\r\n", LINE},
    {"354 End data with <CR><LF>.<CR><LF>\r\n", MESSAGE},
    {"250 2.0.0 Ok: queued as 12345\r\n", LINE},
    {"", END},
    {0},
};

static const ScriptLine another_protocol[] = {
    {"* OK [CAPABILITY IMAP4rev1] Dovecot (Debian) ready.\r\n", LINE},
    {0},
};

static const ScriptLine two_codes[] = {
    {GREETING, LINE},
    {"250-mx.dest.example\r\n550 no\r\n", LINE},
    {0},
};

static const ScriptLine strange_data[] = {
    {GREETING, LINE},
    {"250 mx.dest.example\r\n", LINE},
    {"250 2.1.0 Ok\r\n", LINE},
    {"250 2.1.5 Ok\r\n", LINE},
    {"250 2.0.0 Ok\r\n", LINE},
    {"221 2.0.0 Bye\r\n", END},
    {0},
};

static const Story stories[] = {
    {.description = "port 587: STARTTLS, then a password",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .service = "submission",
     .outcomes = {"250 2.0.0 Ok: queued as <queue-id> (end of DATA command)"},
     .accepted = "ESMTPSA alice: alice@dest.example > bob@dest.example",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: STARTTLS\n"
                     "S: 220 2.0.0 Ready to start TLS\n"
                     "-- TLS\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-AUTH PLAIN LOGIN\n")
                     "C: AUTH PLAIN AGFsaWNlAGFsaWNlcHc=\n"
                     "S: 235 2.7.0 Authentication successful\n"
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "S: 250 2.1.5 Ok\n"
                     "C: DATA\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "S: 250 2.0.0 Ok: queued as <queue-id>\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "AUTH LOGIN: the name and the password one by one",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "LOGIN", .service = "submission",
     .outcomes = {"250 2.0.0 Ok: queued as <queue-id> (end of DATA command)"},
     .accepted = "ESMTPSA alice: alice@dest.example > bob@dest.example",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: STARTTLS\n"
                     "S: 220 2.0.0 Ready to start TLS\n"
                     "-- TLS\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-AUTH PLAIN LOGIN\n")
                     "C: AUTH LOGIN\n"
                     "S: 334 VXNlcm5hbWU6\n"
                     "C: YWxpY2U=\n"
                     "S: 334 UGFzc3dvcmQ6\n"
                     "C: YWxpY2Vwdw==\n"
                     "S: 235 2.7.0 Authentication successful\n"
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "S: 250 2.1.5 Ok\n"
                     "C: DATA\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "S: 250 2.0.0 Ok: queued as <queue-id>\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "port 465: TLS before the first word",
     .tls = MAILSIM_CLIENT_TLS_IMPLICIT, .mechanism = "PLAIN", .service = "smtps",
     .outcomes = {"250 2.0.0 Ok: queued as <queue-id> (end of DATA command)"},
     .accepted = "ESMTPSA alice: alice@dest.example > bob@dest.example",
     .conversation = "-- TLS\n"
                     "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-AUTH PLAIN LOGIN\n")
                     "C: AUTH PLAIN AGFsaWNlAGFsaWNlcHc=\n"
                     "S: 235 2.7.0 Authentication successful\n"
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "S: 250 2.1.5 Ok\n"
                     "C: DATA\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "S: 250 2.0.0 Ok: queued as <queue-id>\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "port 465, AUTH LOGIN, to another domain",
     .tls = MAILSIM_CLIENT_TLS_IMPLICIT, .mechanism = "LOGIN", .service = "smtps",
     .to = {"x@elsewhere.example"},
     .outcomes = {"250 2.0.0 Ok: queued as <queue-id> (end of DATA command)"},
     .accepted = "ESMTPSA alice: alice@dest.example > x@elsewhere.example",
     .conversation = "-- TLS\n"
                     "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-AUTH PLAIN LOGIN\n")
                     "C: AUTH LOGIN\n"
                     "S: 334 VXNlcm5hbWU6\n"
                     "C: YWxpY2U=\n"
                     "S: 334 UGFzc3dvcmQ6\n"
                     "C: YWxpY2Vwdw==\n"
                     "S: 235 2.7.0 Authentication successful\n"
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<x@elsewhere.example>\n"
                     "S: 250 2.1.5 Ok\n"
                     "C: DATA\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "S: 250 2.0.0 Ok: queued as <queue-id>\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "a wrong password",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .password = "wrong",
     .service = "submission",
     .failure = MAILSIM_SMTP_FAILURE_REPLY,
     .outcomes = {"535 5.7.8 Error: authentication failed: (reason unavailable) (AUTH command)"},
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: STARTTLS\n"
                     "S: 220 2.0.0 Ready to start TLS\n"
                     "-- TLS\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-AUTH PLAIN LOGIN\n")
                     "C: AUTH PLAIN AGFsaWNlAHdyb25n\n"
                     "S: 535 5.7.8 Error: authentication failed: (reason unavailable)\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "a wrong password, AUTH LOGIN",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "LOGIN", .password = "wrong",
     .service = "submission",
     .failure = MAILSIM_SMTP_FAILURE_REPLY,
     .outcomes = {"535 5.7.8 Error: authentication failed: (reason unavailable) (AUTH command)"},
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: STARTTLS\n"
                     "S: 220 2.0.0 Ready to start TLS\n"
                     "-- TLS\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-AUTH PLAIN LOGIN\n")
                     "C: AUTH LOGIN\n"
                     "S: 334 VXNlcm5hbWU6\n"
                     "C: YWxpY2U=\n"
                     "S: 334 UGFzc3dvcmQ6\n"
                     "C: d3Jvbmc=\n"
                     "S: 535 5.7.8 Error: authentication failed: (reason unavailable)\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "a client that thinks again in the middle of AUTH",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "CANCEL", .service = "submission",
     .failure = MAILSIM_SMTP_FAILURE_REPLY,
     .outcomes = {"501 5.7.0 Authentication aborted (AUTH command)"},
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: STARTTLS\n"
                     "S: 220 2.0.0 Ready to start TLS\n"
                     "-- TLS\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-AUTH PLAIN LOGIN\n")
                     "C: AUTH PLAIN\n"
                     "S: 334 \n"
                     "C: *\n"
                     "S: 501 5.7.0 Authentication aborted\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "no AUTH before TLS: a client without TLS cannot log in",
     .mechanism = "PLAIN", .service = "submission",
     .failure = MAILSIM_SMTP_FAILURE_AUTH_NOT_OFFERED,
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "no AUTH before TLS, where TLS is left to the client",
     .mechanism = "PLAIN", .service = "submission-may",
     .failure = MAILSIM_SMTP_FAILURE_AUTH_NOT_OFFERED,
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "a client without TLS and without password, where TLS is required",
     .service = "submission",
     .outcomes = {"530 5.7.0 Must issue a STARTTLS command first (MAIL FROM command)"},
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 530 5.7.0 Must issue a STARTTLS command first\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "a password in the clear, where the server lets it pass",
     .mechanism = "PLAIN", .service = "may-auth-plain",
     .to = {"x@elsewhere.example"},
     .outcomes = {"250 2.0.0 Ok: queued as <queue-id> (end of DATA command)"},
     .accepted = "ESMTPA alice: alice@dest.example > x@elsewhere.example",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n" "S: 250-AUTH PLAIN LOGIN\n")
                     "C: AUTH PLAIN AGFsaWNlAGFsaWNlcHc=\n"
                     "S: 235 2.7.0 Authentication successful\n"
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<x@elsewhere.example>\n"
                     "S: 250 2.1.5 Ok\n"
                     "C: DATA\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "S: 250 2.0.0 Ok: queued as <queue-id>\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "TLS but no password: submission is for users",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .service = "submission",
     .outcomes = {"554 5.7.1 <bob@dest.example>: Recipient address rejected: Access denied (RCPT TO command)"},
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: STARTTLS\n"
                     "S: 220 2.0.0 Ready to start TLS\n"
                     "-- TLS\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-AUTH PLAIN LOGIN\n")
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "S: 554 5.7.1 <bob@dest.example>: Recipient address rejected: Access denied\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "one of two recipients is refused",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .service = "submission",
     .to = {"nobody@dest.example", "bob@dest.example"},
     .outcomes = {"550 5.1.1 <nobody@dest.example>: Recipient address rejected: User unknown in local recipient table (RCPT TO command)",
                  "250 2.0.0 Ok: queued as <queue-id> (end of DATA command)"},
     .accepted = "ESMTPSA alice: alice@dest.example > bob@dest.example",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: STARTTLS\n"
                     "S: 220 2.0.0 Ready to start TLS\n"
                     "-- TLS\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-AUTH PLAIN LOGIN\n")
                     "C: AUTH PLAIN AGFsaWNlAGFsaWNlcHc=\n"
                     "S: 235 2.7.0 Authentication successful\n"
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<nobody@dest.example>\n"
                     "S: 550 5.1.1 <nobody@dest.example>: Recipient address rejected: User unknown in local recipient table\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "S: 250 2.1.5 Ok\n"
                     "C: DATA\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "S: 250 2.0.0 Ok: queued as <queue-id>\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "all recipients are refused",
     .service = "may",
     .to = {"nobody@dest.example", "x@elsewhere.example"},
     .outcomes = {"550 5.1.1 <nobody@dest.example>: Recipient address rejected: User unknown in local recipient table (RCPT TO command)",
                  "454 4.7.1 <x@elsewhere.example>: Relay access denied (RCPT TO command)"},
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<nobody@dest.example>\n"
                     "S: 550 5.1.1 <nobody@dest.example>: Recipient address rejected: User unknown in local recipient table\n"
                     "C: RCPT TO:<x@elsewhere.example>\n"
                     "S: 454 4.7.1 <x@elsewhere.example>: Relay access denied\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "STARTTLS is required and not offered",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .service = "none",
     .failure = MAILSIM_SMTP_FAILURE_TLS_NOT_OFFERED,
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("")
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "STARTTLS if offered, and it is not",
     .tls = MAILSIM_CLIENT_TLS_IF_OFFERED, .service = "none",
     .outcomes = {"250 2.0.0 Ok: queued as <queue-id> (end of DATA command)"},
     .accepted = "ESMTP: alice@dest.example > bob@dest.example",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("")
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "S: 250 2.1.5 Ok\n"
                     "C: DATA\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "S: 250 2.0.0 Ok: queued as <queue-id>\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "STARTTLS is answered 454, and TLS was not required",
     .tls = MAILSIM_CLIENT_TLS_IF_OFFERED, .script = tls_not_available,
     .outcomes = {"250 2.0.0 Ok: queued as 12345 (end of DATA command)"},
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250 STARTTLS\n"
                     "C: STARTTLS\n"
                     "S: 454 4.7.0 TLS not available due to local problem\n"
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "S: 250 2.1.5 Ok\n"
                     "C: DATA\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "S: 250 2.0.0 Ok: queued as 12345\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "STARTTLS is answered 454, and TLS is required",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .script = tls_not_available_goodbye,
     .failure = MAILSIM_SMTP_FAILURE_TLS_REFUSED,
     .outcomes = {"454 4.7.0 TLS not available due to local problem (STARTTLS command)"},
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250 STARTTLS\n"
                     "C: STARTTLS\n"
                     "S: 454 4.7.0 TLS not available due to local problem\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "the certificate will not do: not a word more",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .service = "submission",
     .unacceptable = TRUE,
     .failure = MAILSIM_SMTP_FAILURE_CERTIFICATE,
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: STARTTLS\n"
                     "S: 220 2.0.0 Ready to start TLS\n"
                     "-- TLS\n"
                     "-- client closed the connection\n"},

    {.description = "the certificate will not do, port 465",
     .tls = MAILSIM_CLIENT_TLS_IMPLICIT, .mechanism = "PLAIN", .service = "smtps",
     .unacceptable = TRUE,
     .failure = MAILSIM_SMTP_FAILURE_CERTIFICATE,
     .conversation = "-- TLS\n"
                     "S: 220 mx.dest.example ESMTP Postfix\n"
                     "-- client closed the connection\n"},

    {.description = "the handshake fails",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .service = "submission",
     .tls_fails = TRUE,
     .failure = MAILSIM_SMTP_FAILURE_TLS_HANDSHAKE,
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: STARTTLS\n"
                     "S: 220 2.0.0 Ready to start TLS\n"
                     "-- TLS fails\n"},

    {.description = "no mechanism that the client knows",
     .mechanism = "PLAIN", .script = only_cram_md5,
     .failure = MAILSIM_SMTP_FAILURE_AUTH_NOT_OFFERED,
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250 AUTH CRAM-MD5 DIGEST-MD5\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "what EHLO said before TLS does not count after it",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .script = auth_before_tls_only,
     .failure = MAILSIM_SMTP_FAILURE_AUTH_NOT_OFFERED,
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-STARTTLS\n"
                     "S: 250 AUTH PLAIN LOGIN\n"
                     "C: STARTTLS\n"
                     "S: 220 2.0.0 Ready to start TLS\n"
                     "-- TLS\n"
                     "C: EHLO client.example\n"
                     "S: 250 mx.dest.example\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "dots at the start of lines",
     .service = "may",
     .message = ".\n..\n\n.one\nno.dot\n.\n",
     .outcomes = {"250 2.0.0 Ok: queued as <queue-id> (end of DATA command)"},
     .accepted = "ESMTP: alice@dest.example > bob@dest.example",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "S: 250 2.1.5 Ok\n"
                     "C: DATA\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: ..\n"
                     "C: ...\n"
                     "C: \n"
                     "C: ..one\n"
                     "C: no.dot\n"
                     "C: ..\n"
                     "C: .\n"
                     "S: 250 2.0.0 Ok: queued as <queue-id>\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "bytes above 127 are announced",
     .service = "may", .eight_bit = TRUE,
     .message = "Subject: hola\n\nmañana\n",
     .outcomes = {"250 2.0.0 Ok: queued as <queue-id> (end of DATA command)"},
     .accepted = "ESMTP: alice@dest.example > bob@dest.example",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: MAIL FROM:<alice@dest.example> BODY=8BITMIME\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "S: 250 2.1.5 Ok\n"
                     "C: DATA\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hola\n"
                     "C: \n"
                     "C: mañana\n"
                     "C: .\n"
                     "S: 250 2.0.0 Ok: queued as <queue-id>\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "an empty message",
     .service = "may",
     .message = "",
     .outcomes = {"250 2.0.0 Ok: queued as <queue-id> (end of DATA command)"},
     .accepted = "ESMTP: alice@dest.example > bob@dest.example",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "S: 250 2.1.5 Ok\n"
                     "C: DATA\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: .\n"
                     "S: 250 2.0.0 Ok: queued as <queue-id>\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "a server that knows no EHLO",
     .tls = MAILSIM_CLIENT_TLS_IF_OFFERED, .script = no_ehlo, .eight_bit = TRUE,
     .message = "Subject: hola\n\nmañana\n",
     .outcomes = {"250 Ok (end of DATA command)"},
     .conversation = "S: 220 old.dest.example\n"
                     "C: EHLO client.example\n"
                     "S: 502 5.5.1 Error: command not implemented\n"
                     "C: HELO client.example\n"
                     "S: 250 old.dest.example\n"
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 Ok\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "S: 250 Ok\n"
                     "C: DATA\n"
                     "S: 354 Go on\n"
                     "C: Subject: hola\n"
                     "C: \n"
                     "C: mañana\n"
                     "C: .\n"
                     "S: 250 Ok\n"
                     "C: QUIT\n"
                     "S: 221 Bye\n"},

    {.description = "DATA is refused",
     .script = not_now,
     .outcomes = {"451 4.3.0 Error: queue file write error (DATA command)"},
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250 mx.dest.example\n"
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "S: 250 2.1.5 Ok\n"
                     "C: DATA\n"
                     "S: 451 4.3.0 Error: queue file write error\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "the greeting is a refusal",
     .mechanism = "PLAIN", .script = go_away,
     .failure = MAILSIM_SMTP_FAILURE_REPLY,
     .outcomes = {"554-5.7.1 mx.dest.example 554 5.7.1 Go away (initial server greeting)"},
     .conversation = "S: 554-5.7.1 mx.dest.example\n"
                     "S: 554 5.7.1 Go away\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "the server hangs up without a word",
     .script = silence,
     .failure = MAILSIM_SMTP_FAILURE_LOST,
     .lost_step = "initial server greeting",
     .conversation = "-- server closed the connection\n"},

    {.description = "the server hangs up in the middle",
     .script = hangs_up_at_rcpt,
     .failure = MAILSIM_SMTP_FAILURE_LOST,
     .lost_step = "RCPT TO command",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250 mx.dest.example\n"
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "-- server closed the connection\n"},

    {.description = "the server hangs up in the middle of a reply",
     .script = hangs_up_in_mid_reply,
     .failure = MAILSIM_SMTP_FAILURE_LOST,
     .lost_step = "EHLO command",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-PIPELI\n"
                     "-- server closed the connection\n"},

    {.description = "the server hangs up instead of saying goodbye",
     .script = no_goodbye,
     .outcomes = {"250 2.0.0 Ok: queued as 12345 (end of DATA command)"},
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250 mx.dest.example\n"
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "S: 250 2.1.5 Ok\n"
                     "C: DATA\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "S: 250 2.0.0 Ok: queued as 12345\n"
                     "C: QUIT\n"
                     "-- server closed the connection\n"},

    {.description = "what comes is no SMTP",
     .script = another_protocol,
     .failure = MAILSIM_SMTP_FAILURE_NO_REPLY,
     .conversation = "S: * OK [CAPABILITY IMAP4rev1] Dovecot (Debian) ready.\n"
                     "-- client closed the connection\n"},

    {.description = "two codes in one reply",
     .script = two_codes,
     .failure = MAILSIM_SMTP_FAILURE_NO_REPLY,
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 550 no\n"
                     "-- client closed the connection\n"},

    {.description = "a server that takes DATA for NOOP",
     .script = strange_data,
     .failure = MAILSIM_SMTP_FAILURE_NO_REPLY,
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250 mx.dest.example\n"
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "S: 250 2.1.5 Ok\n"
                     "C: DATA\n"
                     "S: 250 2.0.0 Ok\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},
};
/* clang-format on */

START_TEST(a_mail_program_submits)
{
    story_tell(&stories[_i]);
}
END_TEST

/* A reply that never ends is cut at MAILSIM_REPLY_LINES_MAX. */
START_TEST(a_reply_without_end_is_no_reply)
{
    g_autoptr(GString) endless = g_string_new(NULL);
    g_autoptr(GString) conversation = g_string_new(NULL);

    for (guint i = 0; i <= MAILSIM_REPLY_LINES_MAX; i++) {
        g_string_append(endless, "220-more\r\n");
        g_string_append(conversation, "S: 220-more\n");
    }
    g_string_append(conversation, "-- client closed the connection\n");
    story_tell(&(Story){
        .description = "a greeting of 1025 lines",
        .script = (const ScriptLine[]){{endless->str, LINE}, {0}},
        .conversation = conversation->str,
        .failure = MAILSIM_SMTP_FAILURE_NO_REPLY,
    });
}
END_TEST

/* Without SIZE in MAIL the server learns it only when it has all. */
START_TEST(a_message_that_is_too_large_is_refused_at_its_end)
{
    g_autofree char *line = g_strnfill(2000, 'x');
    g_autofree char *message = g_strconcat(line, "\n", NULL);
    g_autofree char *conversation = g_strconcat(
        "S: 220 mx.dest.example ESMTP Postfix\n"
        "C: EHLO client.example\n"
        "S: 250-mx.dest.example\nS: 250-PIPELINING\nS: 250-SIZE 2000\nS: 250-VRFY\n"
        "S: 250-ETRN\nS: 250-STARTTLS\nS: 250-ENHANCEDSTATUSCODES\nS: 250-8BITMIME\n"
        "S: 250-DSN\nS: 250-SMTPUTF8\nS: 250 CHUNKING\n"
        "C: MAIL FROM:<alice@dest.example>\nS: 250 2.1.0 Ok\n"
        "C: RCPT TO:<bob@dest.example>\nS: 250 2.1.5 Ok\n"
        "C: DATA\nS: 354 End data with <CR><LF>.<CR><LF>\nC: ",
        line, "\nC: .\nS: 552 5.3.4 Error: message file too big\nC: QUIT\nS: 221 2.0.0 Bye\n",
        NULL);

    story_tell(&(Story){
        .description = "2001 bytes where 2000 are allowed",
        .service = "small",
        .message = message,
        .outcomes = {"552 5.3.4 Error: message file too big (end of DATA command)"},
        .conversation = conversation,
    });
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("submission");
    TCase *table = tcase_create("stories");
    tcase_add_loop_test(table, a_mail_program_submits, 0, G_N_ELEMENTS(stories));
    tcase_add_test(table, a_message_that_is_too_large_is_refused_at_its_end);
    tcase_add_test(table, a_reply_without_end_is_no_reply);
    suite_add_tcase(suite, table);

    return run_suite(suite);
}
