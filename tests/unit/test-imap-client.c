/* SPDX-License-Identifier: MIT
 *
 * A mail program that gets its mail by IMAP: with and without TLS, the ways to log in, and what
 * can go wrong. The servers say what Dovecot 2.3.19 says (tests/dialogue/recorded/imap), or
 * what it never would. */
/* longer than 600 lines: every story has its whole conversation */
#include <string.h>

#include <mailsim/base/limits.h>

#include "../support/fetch-story.h"
#include "../support/run-suite.h"
#include "../support/session-end.h"

#define LINE MAILSIM_WANT_LINE
#define TLS  MAILSIM_WANT_TLS
#define END  MAILSIM_WANT_END

/* clang-format off */
#define COMMON     "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+"
#define CLEAR      COMMON " STARTTLS AUTH=PLAIN AUTH=LOGIN"
#define STRICT     COMMON " STARTTLS LOGINDISABLED"
#define INSIDE     COMMON " AUTH=PLAIN AUTH=LOGIN"
#define GREETING(WORDS) "* OK [CAPABILITY " WORDS "] Dovecot (Debian) ready.\r\n"
#define LIST(TAG, WORDS) "* CAPABILITY " WORDS "\r\n" \
                   TAG " OK Pre-login capabilities listed, post-login capabilities have more.\r\n"
#define BEGIN_TLS(TAG) TAG " OK Begin TLS negotiation now.\r\n"
#define LOGGED_IN(TAG) "* CAPABILITY " COMMON " UIDPLUS\r\n" TAG " OK Logged in\r\n"
#define SELECTED(TAG, N) \
                   "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n" \
                   "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] Flags permitted.\r\n" \
                   "* " #N " EXISTS\r\n" \
                   "* 0 RECENT\r\n" \
                   "* OK [UIDVALIDITY 1593597600] UIDs valid\r\n" \
                   "* OK [UIDNEXT 3] Predicted next UID\r\n" \
                   TAG " OK [READ-WRITE] Select completed (0.001 + 0.000 secs).\r\n"
#define FETCHED(TAG) TAG " OK Fetch completed (0.001 + 0.000 secs).\r\n"
#define GOODBYE(TAG) "* BYE Logging out\r\n" TAG " OK Logout completed (0.001 + 0.000 secs).\r\n"
#define MESSAGE    "Subject: Hola\r\n\r\nHola, Alice.\r\n"

#define FIRST      "C: a1 AUTHENTICATE PLAIN AGFsaWNlAGFsaWNlcHc=\n"
#define SELECT     "C: a2 SELECT INBOX\n"
#define FETCH      "C: a3 FETCH 1:* (UID FLAGS RFC822.SIZE)\n"
#define THROUGH_TLS "C: a1 STARTTLS\n" \
                   "-- TLS\n" \
                   "C: a2 CAPABILITY\n" \
                   "C: a3 AUTHENTICATE PLAIN AGFsaWNlAGFsaWNlcHc=\n" \
                   "C: a4 SELECT INBOX\n" \
                   "C: a5 LOGOUT\n"

/* ---- it goes well ------------------------------------------------------------------------ */

static const ScriptLine two_messages[] = {
    {GREETING(CLEAR), LINE},
    {LOGGED_IN("a1"), LINE},
    {SELECTED("a2", 2), LINE},
    {"* 1 FETCH (UID 1 FLAGS (\\Seen) RFC822.SIZE 34)\r\n"
     "* 2 FETCH (UID 7 FLAGS () RFC822.SIZE 34)\r\n" FETCHED("a3"), LINE},
    {"* 1 FETCH (UID 1 BODY[] {31}\r\n" MESSAGE ")\r\n" FETCHED("a4"), LINE},
    {"* 2 FETCH (UID 7 FLAGS (\\Seen) BODY[] {31}\r\n" MESSAGE ")\r\n" FETCHED("a5"), LINE},
    {GOODBYE("a6"), END},
    {0},
};

static const ScriptLine second_message[] = {
    {GREETING(CLEAR), LINE},
    {LOGGED_IN("a1"), LINE},
    {SELECTED("a2", 2), LINE},
    {"* 1 FETCH (UID 1 FLAGS (\\Seen) RFC822.SIZE 34)\r\n"
     "* 2 FETCH (UID 7 FLAGS () RFC822.SIZE 34)\r\n" FETCHED("a3"), LINE},
    {"* 2 FETCH (UID 7 FLAGS (\\Seen) BODY[] {31}\r\n" MESSAGE ")\r\n" FETCHED("a4"), LINE},
    {GOODBYE("a5"), END},
    {0},
};

static const ScriptLine no_mail[] = {
    {GREETING(CLEAR), LINE},
    {LOGGED_IN("a1"), LINE},
    {SELECTED("a2", 0), LINE},
    {GOODBYE("a3"), END},
    {0},
};

static const ScriptLine starttls[] = {
    {GREETING(CLEAR), LINE},
    {BEGIN_TLS("a1"), TLS},
    {LIST("a2", INSIDE), LINE},
    {LOGGED_IN("a3"), LINE},
    {SELECTED("a4", 0), LINE},
    {GOODBYE("a5"), END},
    {0},
};

/* RFC 3501 §6.2.1: what was said before the handshake is not to be believed. The lines behind
 * the answer to STARTTLS would be those of somebody on the path. */
static const ScriptLine injected[] = {
    {GREETING(STRICT), LINE},
    {BEGIN_TLS("a1") "* CAPABILITY IMAP4rev1\r\na2 OK done\r\n", TLS},
    {LIST("a2", INSIDE), LINE},
    {LOGGED_IN("a3"), LINE},
    {SELECTED("a4", 0), LINE},
    {GOODBYE("a5"), END},
    {0},
};

static const ScriptLine implicit[] = {
    {"", TLS},
    {GREETING(INSIDE), LINE},
    {LOGGED_IN("a1"), LINE},
    {SELECTED("a2", 0), LINE},
    {GOODBYE("a3"), END},
    {0},
};

static const ScriptLine quiet_greeting[] = {
    {"* OK ready\r\n", LINE},
    {LIST("a1", INSIDE), LINE},
    {LOGGED_IN("a2"), LINE},
    {SELECTED("a3", 0), LINE},
    {GOODBYE("a4"), END},
    {0},
};

static const ScriptLine starttls_refused[] = {
    {GREETING(CLEAR), LINE},
    {"a1 BAD TLS support isn't enabled.\r\n", LINE},
    {LOGGED_IN("a2"), LINE},
    {SELECTED("a3", 0), LINE},
    {GOODBYE("a4"), END},
    {0},
};

static const ScriptLine starttls_refused_goodbye[] = {
    {GREETING(CLEAR), LINE},
    {"a1 BAD TLS support isn't enabled.\r\n", LINE},
    {GOODBYE("a2"), END},
    {0},
};

/* ---- logins ------------------------------------------------------------------------------ */

static const ScriptLine without_sasl_ir[] = {
    {GREETING("IMAP4rev1 AUTH=PLAIN"), LINE},
    {"+ \r\n", LINE},
    {LOGGED_IN("a1"), LINE},
    {SELECTED("a2", 0), LINE},
    {GOODBYE("a3"), END},
    {0},
};

static const ScriptLine auth_login[] = {
    {GREETING(CLEAR), LINE},
    {"+ VXNlcm5hbWU6\r\n", LINE},
    {"+ UGFzc3dvcmQ6\r\n", LINE},
    {LOGGED_IN("a1"), LINE},
    {SELECTED("a2", 0), LINE},
    {GOODBYE("a3"), END},
    {0},
};

static const ScriptLine cancelled[] = {
    {GREETING(CLEAR), LINE},
    {"+ \r\n", LINE},
    {"a1 BAD Authentication aborted by client.\r\n", LINE},
    {GOODBYE("a2"), END},
    {0},
};

static const ScriptLine wrong_password[] = {
    {GREETING(CLEAR), LINE},
    {"a1 NO [AUTHENTICATIONFAILED] Authentication failed.\r\n", LINE},
    {GOODBYE("a2"), END},
    {0},
};

static const ScriptLine plain_login[] = {
    {GREETING("IMAP4rev1"), LINE},
    {LOGGED_IN("a1"), LINE},
    {SELECTED("a2", 0), LINE},
    {GOODBYE("a3"), END},
    {0},
};

static const ScriptLine goodbye_at_once[] = {
    {GREETING(STRICT), LINE},
    {GOODBYE("a1"), END},
    {0},
};

static const ScriptLine no_starttls[] = {
    {GREETING(INSIDE), LINE},
    {GOODBYE("a1"), END},
    {0},
};

static const ScriptLine preauth[] = {
    {"* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] Logged in as alice\r\n", LINE},
    {SELECTED("a1", 0), LINE},
    {GOODBYE("a2"), END},
    {0},
};

static const ScriptLine preauth_goodbye[] = {
    {"* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] Logged in as alice\r\n", LINE},
    {GOODBYE("a1"), END},
    {0},
};

static const ScriptLine not_logged_in[] = {
    {GREETING(CLEAR), LINE},
    {"a1 BAD Error in IMAP command received by server.\r\n", LINE},
    {GOODBYE("a2"), END},
    {0},
};

/* ---- mail that is not as it seems -------------------------------------------------------- */

static const ScriptLine expunged_meanwhile[] = {
    {GREETING(CLEAR), LINE},
    {LOGGED_IN("a1"), LINE},
    {SELECTED("a2", 2), LINE},
    {"* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 34)\r\n"
     "* 2 FETCH (UID 7 FLAGS () RFC822.SIZE 34)\r\n" FETCHED("a3"), LINE},
    {"* 1 EXPUNGE\r\n" FETCHED("a4"), LINE},
    {"* 1 FETCH (UID 7 FLAGS (\\Seen) BODY[] {31}\r\n" MESSAGE ")\r\n" FETCHED("a5"), LINE},
    {GOODBYE("a6"), END},
    {0},
};

/* A message that nobody asked for, the same one twice, one without a UID, a string in quotes, a
 * line end that is none of IMAP's. */
static const ScriptLine strange_fetch[] = {
    {"* OK ready {5}\r\n", LINE},
    {"* CAPABILITY " INSIDE "\n" "a1 OK\n", LINE},
    {"* 9 FETCH (UID 9 FLAGS ())\r\n" LOGGED_IN("a2"), LINE},
    {"* 9 FETCH (UID 9 FLAGS ())\r\n" SELECTED("a3", 2), LINE},
    {"* 1 FETCH (FLAGS ())\r\n"
     "* 1 fetch (Uid 1 Flags (\\SEEN $Work))\r\n"
     "* 1 FETCH (UID 1 FLAGS ())\r\n"
     "* 2 FETCH (FLAGS NIL UID 2)\r\n" FETCHED("a4"), LINE},
    {"* 2 FETCH (UID 2 BODY[] {1}\r\nx)\r\n"
     "* 1 FETCH (BODY[] \"say \\\"a\\\"\" UID 1)\r\n"
     "* 1 FETCH (BODY[] \"later\" UID 1)\r\n" FETCHED("a5"), LINE},
    {"* 2 FETCH (UID 2 BODY[] {12}\r\n\ra\r\n{5}\nb\r\nc)\r\n" FETCHED("a6"), LINE},
    {GOODBYE("a7"), END},
    {0},
};

static const ScriptLine no_fetch[] = {
    {GREETING(CLEAR), LINE},
    {LOGGED_IN("a1"), LINE},
    {SELECTED("a2", 1), LINE},
    {"a3 NO [SERVERBUG] Internal error occurred.\r\n", LINE},
    {GOODBYE("a4"), END},
    {0},
};

/* ---- servers that go away ---------------------------------------------------------------- */

static const ScriptLine bye_at_once[] = {{"* BYE Too busy\r\n", LINE}, {0}};

static const ScriptLine bye_at_select[] = {
    {GREETING(CLEAR), LINE},
    {LOGGED_IN("a1"), LINE},
    {"* BYE Server shutting down.\r\n", END},
    {0},
};

static const ScriptLine bye_and_answer[] = {
    {GREETING(CLEAR), LINE},
    {"* BYE Too many connections\r\na1 NO no\r\n", LINE},
    {0},
};

static const ScriptLine silence[] = {{"", END}, {0}};

static const ScriptLine hangs_up_in_mid_literal[] = {
    {GREETING(CLEAR), LINE},
    {LOGGED_IN("a1"), LINE},
    {SELECTED("a2", 1), LINE},
    {"* 1 FETCH (UID 7 FLAGS ())\r\n" FETCHED("a3"), LINE},
    {"* 1 FETCH (UID 7 BODY[] {31}\r\nSubject: Hola\r\n", END},
    {0},
};

static const ScriptLine no_last_word[] = {
    {GREETING(CLEAR), LINE},
    {LOGGED_IN("a1"), LINE},
    {SELECTED("a2", 0), LINE},
    {"", END},
    {0},
};

static const ScriptLine logout_refused[] = {
    {GREETING(CLEAR), LINE},
    {LOGGED_IN("a1"), LINE},
    {SELECTED("a2", 0), LINE},
    {"a3 BAD no\r\n", LINE},
    {0},
};

/* ---- servers that are none --------------------------------------------------------------- */

static const ScriptLine smtp[] = {{"220 mx.dest.example ESMTP Postfix\r\n", LINE}, {0}};
static const ScriptLine pop3[] = {{"+OK Dovecot (Debian) ready.\r\n", LINE}, {0}};
static const ScriptLine untagged_data[] = {{"* 3 EXISTS\r\n", LINE}, {0}};
static const ScriptLine challenge_first[] = {{"+ go on\r\n", LINE}, {0}};
static const ScriptLine tag_of_nobody[] = {{GREETING(CLEAR), LINE}, {"a2 OK Logged in\r\n", LINE}, {0}};
static const ScriptLine empty_line[] = {{GREETING(CLEAR), LINE}, {"\r\n", LINE}, {0}};

static const ScriptLine challenge_at_select[] = {
    {GREETING(CLEAR), LINE},
    {LOGGED_IN("a1"), LINE},
    {"+ OK\r\n", LINE},
    {0},
};

static const ScriptLine huge_literal[] = {
    {GREETING(CLEAR), LINE},
    {LOGGED_IN("a1"), LINE},
    {"* LIST () \".\" {67108865}\r\n", LINE},
    {0},
};

static const ScriptLine broken_list[] = {
    {GREETING(CLEAR), LINE},
    {LOGGED_IN("a1"), LINE},
    {SELECTED("a2", 1), LINE},
    {"* 1 FETCH (UID 7 FLAGS (\r\n", LINE},
    {0},
};

static const ScriptLine no_list[] = {
    {GREETING(CLEAR), LINE},
    {LOGGED_IN("a1"), LINE},
    {SELECTED("a2", 1), LINE},
    {"* 1 FETCH UID\r\n", LINE},
    {0},
};

/* ---- the stories ------------------------------------------------------------------------- */

static const FetchStory stories[] = {
    {.description = "two messages in the clear",
     .mechanism = "PLAIN", .script = two_messages, .logged_in = TRUE,
     .messages = "1593597600.1 seen: Subject: Hola\n\nHola, Alice.\n\n"
                 "1593597600.7: Subject: Hola\n\nHola, Alice.\n\n",
     .conversation = FIRST SELECT FETCH
                     "C: a4 UID FETCH 1 (BODY[])\n"
                     "C: a5 UID FETCH 7 (BODY[])\n"
                     "C: a6 LOGOUT\n"},
    {.description = "what it has it does not ask for; with another UIDVALIDITY it is another",
     .mechanism = "PLAIN", .script = second_message, .logged_in = TRUE,
     .known = {"1593597600.1", "1593597601.7", "7"},
     .messages = "1593597600.1 seen\n"
                 "1593597600.7: Subject: Hola\n\nHola, Alice.\n\n",
     .conversation = FIRST SELECT FETCH
                     "C: a4 UID FETCH 7 (BODY[])\n"
                     "C: a5 LOGOUT\n"},
    {.description = "no mail, no list",
     .mechanism = "PLAIN", .script = no_mail, .logged_in = TRUE,
     .conversation = FIRST SELECT "C: a3 LOGOUT\n"},
    {.description = "STARTTLS, and the capabilities again",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .script = starttls,
     .logged_in = TRUE, .secured = TRUE,
     .conversation = THROUGH_TLS},
    {.description = "STARTTLS because it is offered",
     .tls = MAILSIM_CLIENT_TLS_IF_OFFERED, .mechanism = "PLAIN", .script = starttls,
     .logged_in = TRUE, .secured = TRUE,
     .conversation = THROUGH_TLS},
    {.description = "what came before TLS is forgotten, and what came with the answer not heard",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .script = injected,
     .logged_in = TRUE, .secured = TRUE,
     .conversation = THROUGH_TLS},
    {.description = "no TLS is wanted, though it is offered",
     .tls = MAILSIM_CLIENT_TLS_NONE, .mechanism = "PLAIN", .script = no_mail, .logged_in = TRUE,
     .conversation = FIRST SELECT "C: a3 LOGOUT\n"},
    {.description = "a greeting without capabilities: they are asked for",
     .tls = MAILSIM_CLIENT_TLS_IF_OFFERED, .mechanism = "PLAIN", .script = quiet_greeting,
     .logged_in = TRUE,
     .conversation = "C: a1 CAPABILITY\n"
                     "C: a2 AUTHENTICATE PLAIN AGFsaWNlAGFsaWNlcHc=\n"
                     "C: a3 SELECT INBOX\n"
                     "C: a4 LOGOUT\n"},
    {.description = "STARTTLS refused to who would have liked it",
     .tls = MAILSIM_CLIENT_TLS_IF_OFFERED, .mechanism = "PLAIN", .script = starttls_refused,
     .logged_in = TRUE,
     .conversation = "C: a1 STARTTLS\n"
                     "C: a2 AUTHENTICATE PLAIN AGFsaWNlAGFsaWNlcHc=\n"
                     "C: a3 SELECT INBOX\n"
                     "C: a4 LOGOUT\n"},
    {.description = "STARTTLS refused to who requires it",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN",
     .script = starttls_refused_goodbye,
     .failure = MAILSIM_FETCH_FAILURE_TLS_REFUSED, .command = "STARTTLS",
     .reply = "BAD TLS support isn't enabled.",
     .conversation = "C: a1 STARTTLS\n"
                     "C: a2 LOGOUT\n"},
    {.description = "STARTTLS not offered: no word of the password",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .script = no_starttls,
     .failure = MAILSIM_FETCH_FAILURE_TLS_NOT_OFFERED,
     .conversation = "C: a1 LOGOUT\n"},
    {.description = "the handshake fails",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .script = starttls,
     .tls_fails = TRUE, .failure = MAILSIM_FETCH_FAILURE_TLS_HANDSHAKE,
     .conversation = "C: a1 STARTTLS\n"
                     "-- TLS fails\n"},
    {.description = "the certificate will not do",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .script = starttls,
     .unacceptable = TRUE, .failure = MAILSIM_FETCH_FAILURE_CERTIFICATE, .secured = TRUE,
     .conversation = "C: a1 STARTTLS\n"
                     "-- TLS\n"
                     "-- client closed the connection\n"},

    {.description = "without SASL-IR the response waits for the challenge",
     .mechanism = "PLAIN", .script = without_sasl_ir, .logged_in = TRUE,
     .conversation = "C: a1 AUTHENTICATE PLAIN\n"
                     "C: AGFsaWNlAGFsaWNlcHc=\n"
                     "C: a2 SELECT INBOX\n"
                     "C: a3 LOGOUT\n"},
    {.description = "AUTHENTICATE LOGIN: name and password one by one",
     .mechanism = "LOGIN", .script = auth_login, .logged_in = TRUE,
     .conversation = "C: a1 AUTHENTICATE LOGIN\n"
                     "C: YWxpY2U=\n"
                     "C: YWxpY2Vwdw==\n"
                     "C: a2 SELECT INBOX\n"
                     "C: a3 LOGOUT\n"},
    {.description = "a challenge that has no answer",
     .mechanism = "CANCEL", .script = cancelled,
     .failure = MAILSIM_FETCH_FAILURE_AUTH_BROKEN,
     .conversation = "C: a1 AUTHENTICATE PLAIN\n"
                     "C: *\n"
                     "C: a2 LOGOUT\n"},
    {.description = "a wrong password",
     .mechanism = "PLAIN", .password = "wrong", .script = wrong_password,
     .failure = MAILSIM_FETCH_FAILURE_REPLY, .command = "AUTHENTICATE",
     .reply = "NO [AUTHENTICATIONFAILED] Authentication failed.",
     .conversation = "C: a1 AUTHENTICATE PLAIN AGFsaWNlAHdyb25n\n"
                     "C: a2 LOGOUT\n"},
    {.description = "no mechanism announced: LOGIN",
     .mechanism = "PLAIN", .script = plain_login, .logged_in = TRUE,
     .conversation = "C: a1 LOGIN \"alice\" \"alicepw\"\n"
                     "C: a2 SELECT INBOX\n"
                     "C: a3 LOGOUT\n"},
    {.description = "a password with quotes in it",
     .password = "a \"b\\c\" \303\261", .script = plain_login, .logged_in = TRUE,
     .conversation = "C: a1 LOGIN \"alice\" \"a \\\"b\\\\c\\\" \303\261\"\n"
                     "C: a2 SELECT INBOX\n"
                     "C: a3 LOGOUT\n"},
    {.description = "none of the mechanisms will do: LOGIN",
     .mechanism = "CRAM-MD5", .script = no_mail, .logged_in = TRUE,
     .conversation = "C: a1 LOGIN \"alice\" \"alicepw\"\n"
                     "C: a2 SELECT INBOX\n"
                     "C: a3 LOGOUT\n"},
    {.description = "no mechanism is ever tried: LOGIN",
     .script = no_mail, .logged_in = TRUE,
     .conversation = "C: a1 LOGIN \"alice\" \"alicepw\"\n"
                     "C: a2 SELECT INBOX\n"
                     "C: a3 LOGOUT\n"},
    {.description = "a wrong password, by LOGIN",
     .password = "wrong", .script = wrong_password,
     .failure = MAILSIM_FETCH_FAILURE_REPLY, .command = "LOGIN",
     .reply = "NO [AUTHENTICATIONFAILED] Authentication failed.",
     .conversation = "C: a1 LOGIN \"alice\" \"wrong\"\n"
                     "C: a2 LOGOUT\n"},
    {.description = "LOGINDISABLED: no word of the password",
     .mechanism = "PLAIN", .script = goodbye_at_once,
     .failure = MAILSIM_FETCH_FAILURE_LOGIN_DISABLED,
     .conversation = "C: a1 LOGOUT\n"},
    {.description = "TLS before the first word",
     .tls = MAILSIM_CLIENT_TLS_IMPLICIT, .mechanism = "PLAIN", .script = implicit,
     .logged_in = TRUE, .secured = TRUE,
     .conversation = "-- TLS\n"
                     "C: a1 AUTHENTICATE PLAIN AGFsaWNlAGFsaWNlcHc=\n"
                     "C: a2 SELECT INBOX\n"
                     "C: a3 LOGOUT\n"},
    {.description = "PREAUTH: no login, and no STARTTLS, which it is too late for",
     .tls = MAILSIM_CLIENT_TLS_IF_OFFERED, .mechanism = "PLAIN", .script = preauth,
     .logged_in = TRUE,
     .conversation = "C: a1 SELECT INBOX\n"
                     "C: a2 LOGOUT\n"},
    {.description = "PREAUTH where TLS is required",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .script = preauth_goodbye,
     .logged_in = TRUE, .failure = MAILSIM_FETCH_FAILURE_TLS_NOT_OFFERED,
     .conversation = "C: a1 LOGOUT\n"},
    {.description = "a program that does not log in",
     .mechanism = "PLAIN", .nobody = TRUE, .script = not_logged_in,
     .failure = MAILSIM_FETCH_FAILURE_REPLY, .command = "SELECT",
     .reply = "BAD Error in IMAP command received by server.",
     .conversation = "C: a1 SELECT INBOX\n"
                     "C: a2 LOGOUT\n"},

    {.description = "a message that another program has expunged meanwhile",
     .mechanism = "PLAIN", .script = expunged_meanwhile, .logged_in = TRUE,
     .messages = "1593597600.1\n"
                 "1593597600.7: Subject: Hola\n\nHola, Alice.\n\n",
     .conversation = FIRST SELECT FETCH
                     "C: a4 UID FETCH 1 (BODY[])\n"
                     "C: a5 UID FETCH 7 (BODY[])\n"
                     "C: a6 LOGOUT\n"},
    {.description = "only what was asked for counts, and as it was said first",
     .mechanism = "PLAIN", .script = strange_fetch, .logged_in = TRUE,
     .messages = "1593597600.1 seen: say \"a\"\n"
                 "1593597600.2: \ra\n{5}\nb\nc\n",
     .conversation = "C: a1 CAPABILITY\n"
                     "C: a2 AUTHENTICATE PLAIN AGFsaWNlAGFsaWNlcHc=\n"
                     "C: a3 SELECT INBOX\n"
                     "C: a4 FETCH 1:* (UID FLAGS RFC822.SIZE)\n"
                     "C: a5 UID FETCH 1 (BODY[])\n"
                     "C: a6 UID FETCH 2 (BODY[])\n"
                     "C: a7 LOGOUT\n"},
    {.description = "a list that is refused",
     .mechanism = "PLAIN", .script = no_fetch, .logged_in = TRUE,
     .failure = MAILSIM_FETCH_FAILURE_REPLY, .command = "FETCH",
     .reply = "NO [SERVERBUG] Internal error occurred.",
     .conversation = FIRST SELECT FETCH "C: a4 LOGOUT\n"},

    {.description = "BYE instead of a greeting",
     .mechanism = "PLAIN", .script = bye_at_once,
     .failure = MAILSIM_FETCH_FAILURE_REPLY, .reply = "BYE Too busy",
     .conversation = "-- client closed the connection\n"},
    {.description = "BYE instead of an answer",
     .mechanism = "PLAIN", .script = bye_at_select, .logged_in = TRUE,
     .failure = MAILSIM_FETCH_FAILURE_REPLY, .command = "SELECT",
     .reply = "BYE Server shutting down.",
     .conversation = FIRST SELECT "-- server closed the connection\n"},
    {.description = "BYE before an answer: it is not said goodbye to",
     .mechanism = "PLAIN", .script = bye_and_answer,
     .failure = MAILSIM_FETCH_FAILURE_REPLY, .command = "AUTHENTICATE",
     .reply = "BYE Too many connections",
     .conversation = FIRST "-- client closed the connection\n"},
    {.description = "no greeting",
     .mechanism = "PLAIN", .script = silence, .failure = MAILSIM_FETCH_FAILURE_LOST,
     .conversation = "-- server closed the connection\n"},
    {.description = "lost in a message",
     .mechanism = "PLAIN", .script = hangs_up_in_mid_literal, .logged_in = TRUE,
     .failure = MAILSIM_FETCH_FAILURE_LOST, .messages = "1593597600.7\n",
     .conversation = FIRST SELECT FETCH
                     "C: a4 UID FETCH 7 (BODY[])\n"
                     "-- server closed the connection\n"},
    {.description = "the last word is not owed",
     .mechanism = "PLAIN", .script = no_last_word, .logged_in = TRUE,
     .conversation = FIRST SELECT
                     "C: a3 LOGOUT\n"
                     "-- server closed the connection\n"},
    {.description = "LOGOUT refused: it goes all the same",
     .mechanism = "PLAIN", .script = logout_refused, .logged_in = TRUE,
     .failure = MAILSIM_FETCH_FAILURE_REPLY, .command = "LOGOUT", .reply = "BAD no",
     .conversation = FIRST SELECT
                     "C: a3 LOGOUT\n"
                     "-- client closed the connection\n"},

    {.description = "an SMTP server",
     .mechanism = "PLAIN", .script = smtp, .failure = MAILSIM_FETCH_FAILURE_NO_REPLY,
     .conversation = "-- client closed the connection\n"},
    {.description = "a POP3 server",
     .mechanism = "PLAIN", .script = pop3, .failure = MAILSIM_FETCH_FAILURE_NO_REPLY,
     .conversation = "-- client closed the connection\n"},
    {.description = "data instead of a greeting",
     .mechanism = "PLAIN", .script = untagged_data, .failure = MAILSIM_FETCH_FAILURE_NO_REPLY,
     .conversation = "-- client closed the connection\n"},
    {.description = "a challenge instead of a greeting",
     .mechanism = "PLAIN", .script = challenge_first,
     .failure = MAILSIM_FETCH_FAILURE_NO_REPLY,
     .conversation = "-- client closed the connection\n"},
    {.description = "an answer to what nobody asked",
     .mechanism = "PLAIN", .script = tag_of_nobody, .failure = MAILSIM_FETCH_FAILURE_NO_REPLY,
     .conversation = FIRST "-- client closed the connection\n"},
    {.description = "an empty line",
     .mechanism = "PLAIN", .script = empty_line, .failure = MAILSIM_FETCH_FAILURE_NO_REPLY,
     .conversation = FIRST "-- client closed the connection\n"},
    {.description = "a challenge to what has none",
     .mechanism = "PLAIN", .script = challenge_at_select, .logged_in = TRUE,
     .failure = MAILSIM_FETCH_FAILURE_NO_REPLY,
     .conversation = FIRST SELECT "-- client closed the connection\n"},
    {.description = "a literal that is too long to be waited for",
     .mechanism = "PLAIN", .script = huge_literal, .logged_in = TRUE,
     .failure = MAILSIM_FETCH_FAILURE_NO_REPLY,
     .conversation = FIRST SELECT "-- client closed the connection\n"},
    {.description = "a list without its end",
     .mechanism = "PLAIN", .script = broken_list, .logged_in = TRUE,
     .failure = MAILSIM_FETCH_FAILURE_NO_REPLY,
     .conversation = FIRST SELECT FETCH "-- client closed the connection\n"},
    {.description = "FETCH without a list",
     .mechanism = "PLAIN", .script = no_list, .logged_in = TRUE,
     .failure = MAILSIM_FETCH_FAILURE_NO_REPLY,
     .conversation = FIRST SELECT FETCH "-- client closed the connection\n"},
};
/* clang-format on */

START_TEST(a_story_goes_as_it_must)
{
    fetch_story_tell(&stories[_i], mailsim_imap_client_new);
}
END_TEST

/* ---- time and size ----------------------------------------------------------------------- */

START_TEST(an_answer_is_waited_for_so_long)
{
    const MailsimFetchOptions options = {
        .user = "alice", .password = "alicepw", .timeout_us = 7};
    MailsimFetchClient *fetch = mailsim_imap_client_new(&options);
    g_autoptr(MailsimSession) client = mailsim_fetch_client_get_session(fetch);
    const MailsimFetchResult *result = mailsim_fetch_client_get_result(fetch);
    SessionEnd end;

    session_end_init(&end, client);
    session_end_begin(&end);
    ck_assert_str_eq(client->class->waits_for(client), "greeting");
    session_end_hear(&end, GREETING(CLEAR), strlen(GREETING(CLEAR)));
    ck_assert_str_eq(client->class->waits_for(client), "reply");
    session_end_pass(&end, 6);
    ck_assert_int_eq(result->failure, MAILSIM_FETCH_FAILURE_NONE);
    session_end_pass(&end, 1);
    ck_assert_int_eq(result->failure, MAILSIM_FETCH_FAILURE_TIMEOUT);
    ck_assert(end.over);
    session_end_clear(&end);
}
END_TEST

/* Say TEXT, so often, to a client that waits for an answer; its failure. */
static MailsimFetchFailure
flood(const char *text, gsize length, guint times)
{
    const MailsimFetchOptions options = {.user = "alice", .password = "alicepw"};
    MailsimFetchClient *fetch = mailsim_imap_client_new(&options);
    g_autoptr(MailsimSession) client = mailsim_fetch_client_get_session(fetch);
    SessionEnd end;

    session_end_init(&end, client);
    session_end_begin(&end);
    session_end_hear(&end, GREETING(CLEAR), strlen(GREETING(CLEAR)));
    for (guint i = 0; i < times && !end.over; i++)
        session_end_hear(&end, text, length);
    ck_assert_int_eq(end.over, mailsim_fetch_client_get_result(fetch)->failure !=
                                   MAILSIM_FETCH_FAILURE_NONE);
    session_end_clear(&end);
    return mailsim_fetch_client_get_result(fetch)->failure;
}

START_TEST(a_line_has_an_end)
{
    g_autoptr(GString) line = g_string_new("* OK ");

    while (line->len < MAILSIM_FETCH_LINE_MAX_BYTES - 2)
        g_string_append_c(line, 'x');
    g_string_append(line, "\r\n");
    ck_assert_int_eq(flood(line->str, line->len, 1), MAILSIM_FETCH_FAILURE_NONE);
    g_string_insert(line, 5, "xxx");
    ck_assert_int_eq(flood(line->str, line->len, 1), MAILSIM_FETCH_FAILURE_NO_REPLY);
}
END_TEST

START_TEST(a_server_that_never_comes_to_the_point_is_not_listened_to)
{
    const guint most = MAILSIM_FETCH_MAX_BYTES / MAILSIM_FETCH_LINE_MAX_BYTES;
    g_autoptr(GString) lines = g_string_new(NULL);

    while (lines->len < MAILSIM_FETCH_LINE_MAX_BYTES)
        g_string_append_printf(lines, "* OK %1017s\r\n", "still working on it");
    ck_assert_int_eq(flood(lines->str, lines->len, most - 1), MAILSIM_FETCH_FAILURE_NONE);
    ck_assert_int_eq(flood(lines->str, lines->len, most), MAILSIM_FETCH_FAILURE_NO_REPLY);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("imap-client");
    TCase *tcase = tcase_create("stories");
    TCase *limits = tcase_create("limits");

    tcase_add_loop_test(tcase, a_story_goes_as_it_must, 0, G_N_ELEMENTS(stories));
    suite_add_tcase(suite, tcase);
    tcase_add_test(limits, an_answer_is_waited_for_so_long);
    tcase_add_test(limits, a_line_has_an_end);
    tcase_add_test(limits, a_server_that_never_comes_to_the_point_is_not_listened_to);
    suite_add_tcase(suite, limits);
    return run_suite(suite);
}
