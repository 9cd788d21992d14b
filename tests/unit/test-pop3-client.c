/* SPDX-License-Identifier: MIT
 *
 * A mail program that gets its mail by POP3: with and without TLS, the ways to log in, deleting
 * or not, and what can go wrong. The servers say what Dovecot 2.3.19 says
 * (tests/dialogue/recorded/pop3), or what it never would. */
#include <string.h>

#include <mailsim/base/limits.h>

#include "../support/fetch-story.h"
#include "../support/run-suite.h"
#include "../support/session-end.h"

#define LINE MAILSIM_WANT_LINE
#define TLS  MAILSIM_WANT_TLS
#define END  MAILSIM_WANT_END

/* clang-format off */
#define GREETING   "+OK Dovecot (Debian) ready.\r\n"
#define CAPABLE(MORE) "+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nAUTH-RESP-CODE\r\n" MORE ".\r\n"
#define CLEAR      "STLS\r\nUSER\r\nSASL PLAIN LOGIN\r\n"
#define STRICT     "STLS\r\nSASL\r\n"
#define INSIDE     "USER\r\nSASL PLAIN LOGIN\r\n"
#define BEGIN_TLS  "+OK Begin TLS negotiation now.\r\n"
#define LOGGED_IN  "+OK Logged in.\r\n"
#define LISTING    "+OK\r\n1 000000015efc5f20\r\n2 000000075efc5f20\r\n.\r\n"
#define MESSAGE    "+OK 39 octets\r\nSubject: Hola\r\n\r\n..\r\n...two dots\r\n.\r\n"
#define GOODBYE    "+OK Logging out.\r\n"

#define FIRST      "C: CAPA\nC: AUTH PLAIN AGFsaWNlAGFsaWNlcHc=\nC: STAT\n"
#define CONTENT    "Subject: Hola\n\n.\n..two dots\n\n"
#define ID_1       "000000015efc5f20"
#define ID_2       "000000075efc5f20"

/* ---- it goes well ------------------------------------------------------------------------ */

static const ScriptLine two_messages[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {LOGGED_IN, LINE},
    {"+OK 2 78\r\n", LINE},
    {LISTING, LINE},
    {MESSAGE, LINE},
    {MESSAGE, LINE},
    {GOODBYE, END},
    {0},
};

static const ScriptLine second_message[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {LOGGED_IN, LINE},
    {"+OK 2 78\r\n", LINE},
    {LISTING, LINE},
    {MESSAGE, LINE},
    {GOODBYE, END},
    {0},
};

static const ScriptLine deleted[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {LOGGED_IN, LINE},
    {"+OK 2 78\r\n", LINE},
    {LISTING, LINE},
    {MESSAGE, LINE},
    {"+OK Marked to be deleted.\r\n", LINE},
    {"+OK Marked to be deleted.\r\n", LINE},
    {"+OK Logging out, messages deleted.\r\n", END},
    {0},
};

static const ScriptLine no_mail[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {LOGGED_IN, LINE},
    {"+OK 0 0\r\n", LINE},
    {GOODBYE, END},
    {0},
};

/* The lines behind the answer to STLS would be those of somebody on the path. */
static const ScriptLine stls[] = {
    {GREETING, LINE},
    {CAPABLE(STRICT), LINE},
    {BEGIN_TLS "+OK\r\nUSER\r\n.\r\n", TLS},
    {CAPABLE(INSIDE), LINE},
    {LOGGED_IN, LINE},
    {"+OK 0 0\r\n", LINE},
    {GOODBYE, END},
    {0},
};

static const ScriptLine implicit[] = {
    {"", TLS},
    {GREETING, LINE},
    {CAPABLE(INSIDE), LINE},
    {LOGGED_IN, LINE},
    {"+OK 0 0\r\n", LINE},
    {GOODBYE, END},
    {0},
};

static const ScriptLine stls_refused[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {"-ERR TLS support isn't enabled.\r\n", LINE},
    {LOGGED_IN, LINE},
    {"+OK 0 0\r\n", LINE},
    {GOODBYE, END},
    {0},
};

static const ScriptLine stls_refused_goodbye[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {"-ERR TLS support isn't enabled.\r\n", LINE},
    {GOODBYE, END},
    {0},
};

/* ---- logins ------------------------------------------------------------------------------ */

static const ScriptLine user_and_pass[] = {
    {GREETING, LINE},
    {CAPABLE("USER\r\n"), LINE},
    {"+OK\r\n", LINE},
    {LOGGED_IN, LINE},
    {"+OK 0 0\r\n", LINE},
    {GOODBYE, END},
    {0},
};

static const ScriptLine no_capa[] = {
    {"+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\r\n", LINE},
    {"-ERR unknown command\r\n", LINE},
    {"+OK\r\n", LINE},
    {LOGGED_IN, LINE},
    {"+OK 0 0\r\n", LINE},
    {GOODBYE, END},
    {0},
};

static const ScriptLine no_capa_goodbye[] = {
    {"+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\r\n", LINE},
    {"-ERR unknown command\r\n", LINE},
    {GOODBYE, END},
    {0},
};

static const ScriptLine auth_login[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {"+ VXNlcm5hbWU6\r\n", LINE},
    {"+ UGFzc3dvcmQ6\r\n", LINE},
    {LOGGED_IN, LINE},
    {"+OK 0 0\r\n", LINE},
    {GOODBYE, END},
    {0},
};

static const ScriptLine long_response[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {"+ \r\n", LINE},
    {LOGGED_IN, LINE},
    {"+OK 0 0\r\n", LINE},
    {GOODBYE, END},
    {0},
};

static const ScriptLine cancelled[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {"+ \r\n", LINE},
    {"-ERR Authentication aborted by client.\r\n", LINE},
    {GOODBYE, END},
    {0},
};

static const ScriptLine wrong_password[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {"-ERR [AUTH] Authentication failed.\r\n", LINE},
    {GOODBYE, END},
    {0},
};

static const ScriptLine wrong_pass[] = {
    {GREETING, LINE},
    {CAPABLE("USER\r\n"), LINE},
    {"+OK\r\n", LINE},
    {"-ERR [AUTH] Authentication failed.\r\n", LINE},
    {GOODBYE, END},
    {0},
};

static const ScriptLine user_refused[] = {
    {GREETING, LINE},
    {CAPABLE("USER\r\n"), LINE},
    {"-ERR [AUTH] Plaintext authentication disabled.\r\n", LINE},
    {GOODBYE, END},
    {0},
};

static const ScriptLine no_login[] = {
    {GREETING, LINE},
    {CAPABLE(STRICT), LINE},
    {GOODBYE, END},
    {0},
};

static const ScriptLine no_stls[] = {
    {GREETING, LINE},
    {CAPABLE(INSIDE), LINE},
    {GOODBYE, END},
    {0},
};

static const ScriptLine unknown_stat[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {"-ERR Unknown command.\r\n", LINE},
    {GOODBYE, END},
    {0},
};

/* ---- mail that is not to be had ---------------------------------------------------------- */

static const ScriptLine no_retr[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {LOGGED_IN, LINE},
    {"+OK 2 78\r\n", LINE},
    {LISTING, LINE},
    {MESSAGE, LINE},
    {"-ERR Message is expunged.\r\n", LINE},
    {GOODBYE, END},
    {0},
};

static const ScriptLine quit_refused[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {LOGGED_IN, LINE},
    {"+OK 2 78\r\n", LINE},
    {LISTING, LINE},
    {"+OK Marked to be deleted.\r\n", LINE},
    {"+OK Marked to be deleted.\r\n", LINE},
    {"-ERR [SYS/TEMP] some deleted messages not removed\r\n", LINE},
    {0},
};

static const ScriptLine lost_in_message[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {LOGGED_IN, LINE},
    {"+OK 2 78\r\n", LINE},
    {LISTING, LINE},
    {"+OK 39 octets\r\nSubject: Hola\r\n", END},
    {0},
};

static const ScriptLine no_last_word[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {LOGGED_IN, LINE},
    {"+OK 0 0\r\n", LINE},
    {"", END},
    {0},
};

/* ---- servers that are none --------------------------------------------------------------- */

static const ScriptLine unwilling[] = {{"-ERR Too busy\r\n", LINE}, {GOODBYE, END}, {0}};
static const ScriptLine silence[] = {{"", END}, {0}};
static const ScriptLine smtp[] = {{"220 mx.dest.example ESMTP Postfix\r\n", LINE}, {0}};
static const ScriptLine imap[] = {{"* OK Dovecot (Debian) ready.\r\n", LINE}, {0}};
static const ScriptLine challenge_first[] = {{"+ \r\n", LINE}, {0}};

static const ScriptLine challenge_at_stat[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {LOGGED_IN, LINE},
    {"+ 2\r\n", LINE},
    {0},
};

static const ScriptLine no_number[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {LOGGED_IN, LINE},
    {"+OK two messages\r\n", LINE},
    {0},
};

static const ScriptLine strange_listing[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {LOGGED_IN, LINE},
    {"+OK 2 78\r\n", LINE},
    {"+OK\r\n1 a\r\n0 b\r\n.\r\n", LINE},
    {0},
};

static const ScriptLine listing_without_ids[] = {
    {GREETING, LINE},
    {CAPABLE(CLEAR), LINE},
    {LOGGED_IN, LINE},
    {"+OK 2 78\r\n", LINE},
    {"+OK\r\n1\r\n.\r\n", LINE},
    {0},
};

/* ---- the stories ------------------------------------------------------------------------- */

/* 190 octets are 256 in base64. */
#define LONG_PASSWORD "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
                      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
                      "xxxxxxx"
#define LONG_RESPONSE "AGFsaWNlAHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4" \
                      "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4" \
                      "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eA=="

static const FetchStory stories[] = {
    {.description = "two messages in the clear, and they stay",
     .mechanism = "PLAIN", .script = two_messages, .logged_in = TRUE,
     .messages = ID_1 ": " CONTENT ID_2 ": " CONTENT,
     .conversation = FIRST "C: UIDL\nC: RETR 1\nC: RETR 2\nC: QUIT\n"},
    {.description = "what it has it does not ask for",
     .mechanism = "PLAIN", .script = second_message, .known = {ID_1}, .logged_in = TRUE,
     .messages = ID_1 "\n" ID_2 ": " CONTENT,
     .conversation = FIRST "C: UIDL\nC: RETR 2\nC: QUIT\n"},
    {.description = "what it has it deletes",
     .mechanism = "PLAIN", .script = deleted, .known = {ID_2}, .deletes = TRUE,
     .logged_in = TRUE,
     .messages = ID_1 ": " CONTENT ID_2 "\n",
     .conversation = FIRST "C: UIDL\nC: RETR 1\nC: DELE 1\nC: DELE 2\nC: QUIT\n"},
    {.description = "no mail, no list",
     .mechanism = "PLAIN", .script = no_mail, .deletes = TRUE, .logged_in = TRUE,
     .conversation = FIRST "C: QUIT\n"},
    {.description = "STLS, and the capabilities again; what came before is not believed",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .script = stls,
     .logged_in = TRUE, .secured = TRUE,
     .conversation = "C: CAPA\nC: STLS\n-- TLS\n" FIRST "C: QUIT\n"},
    {.description = "STLS because it is offered",
     .tls = MAILSIM_CLIENT_TLS_IF_OFFERED, .mechanism = "PLAIN", .script = stls,
     .logged_in = TRUE, .secured = TRUE,
     .conversation = "C: CAPA\nC: STLS\n-- TLS\n" FIRST "C: QUIT\n"},
    {.description = "STLS refused to who would have liked it",
     .tls = MAILSIM_CLIENT_TLS_IF_OFFERED, .mechanism = "PLAIN", .script = stls_refused,
     .logged_in = TRUE,
     .conversation = "C: CAPA\nC: STLS\n"
                     "C: AUTH PLAIN AGFsaWNlAGFsaWNlcHc=\nC: STAT\nC: QUIT\n"},
    {.description = "STLS refused to who requires it",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .script = stls_refused_goodbye,
     .failure = MAILSIM_FETCH_FAILURE_TLS_REFUSED, .command = "STLS",
     .reply = "-ERR TLS support isn't enabled.",
     .conversation = "C: CAPA\nC: STLS\nC: QUIT\n"},
    {.description = "STLS not offered: no word of the password",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .script = no_stls,
     .failure = MAILSIM_FETCH_FAILURE_TLS_NOT_OFFERED,
     .conversation = "C: CAPA\nC: QUIT\n"},
    {.description = "the handshake fails",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .script = stls,
     .tls_fails = TRUE, .failure = MAILSIM_FETCH_FAILURE_TLS_HANDSHAKE,
     .conversation = "C: CAPA\nC: STLS\n-- TLS fails\n"},
    {.description = "the certificate will not do",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .script = stls,
     .unacceptable = TRUE, .failure = MAILSIM_FETCH_FAILURE_CERTIFICATE, .secured = TRUE,
     .conversation = "C: CAPA\nC: STLS\n-- TLS\n-- client closed the connection\n"},
    {.description = "TLS before the first word",
     .tls = MAILSIM_CLIENT_TLS_IMPLICIT, .mechanism = "PLAIN", .script = implicit,
     .logged_in = TRUE, .secured = TRUE,
     .conversation = "-- TLS\n" FIRST "C: QUIT\n"},

    {.description = "no mechanism announced: USER and PASS",
     .mechanism = "PLAIN", .script = user_and_pass, .logged_in = TRUE,
     .conversation = "C: CAPA\nC: USER alice\nC: PASS alicepw\nC: STAT\nC: QUIT\n"},
    {.description = "no CAPA: USER and PASS",
     .mechanism = "PLAIN", .script = no_capa, .logged_in = TRUE,
     .conversation = "C: CAPA\nC: USER alice\nC: PASS alicepw\nC: STAT\nC: QUIT\n"},
    {.description = "no CAPA, no STLS",
     .tls = MAILSIM_CLIENT_TLS_REQUIRED, .mechanism = "PLAIN", .script = no_capa_goodbye,
     .failure = MAILSIM_FETCH_FAILURE_TLS_NOT_OFFERED,
     .conversation = "C: CAPA\nC: QUIT\n"},
    {.description = "AUTH LOGIN: name and password one by one",
     .mechanism = "LOGIN", .script = auth_login, .logged_in = TRUE,
     .conversation = "C: CAPA\nC: AUTH LOGIN\nC: YWxpY2U=\nC: YWxpY2Vwdw==\n"
                     "C: STAT\nC: QUIT\n"},
    {.description = "a response too long for the line of AUTH",
     .mechanism = "PLAIN", .password = LONG_PASSWORD, .script = long_response,
     .logged_in = TRUE,
     .conversation = "C: CAPA\nC: AUTH PLAIN\nC: " LONG_RESPONSE "\nC: STAT\nC: QUIT\n"},
    {.description = "a challenge that has no answer",
     .mechanism = "CANCEL", .script = cancelled,
     .failure = MAILSIM_FETCH_FAILURE_AUTH_BROKEN,
     .conversation = "C: CAPA\nC: AUTH PLAIN\nC: *\nC: QUIT\n"},
    {.description = "a wrong password",
     .mechanism = "PLAIN", .password = "wrong", .script = wrong_password,
     .failure = MAILSIM_FETCH_FAILURE_REPLY, .command = "AUTH",
     .reply = "-ERR [AUTH] Authentication failed.",
     .conversation = "C: CAPA\nC: AUTH PLAIN AGFsaWNlAHdyb25n\nC: QUIT\n"},
    {.description = "a wrong password, by PASS",
     .password = "wrong", .script = wrong_pass,
     .failure = MAILSIM_FETCH_FAILURE_REPLY, .command = "PASS",
     .reply = "-ERR [AUTH] Authentication failed.",
     .conversation = "C: CAPA\nC: USER alice\nC: PASS wrong\nC: QUIT\n"},
    {.description = "USER refused: no word of the password",
     .script = user_refused,
     .failure = MAILSIM_FETCH_FAILURE_REPLY, .command = "USER",
     .reply = "-ERR [AUTH] Plaintext authentication disabled.",
     .conversation = "C: CAPA\nC: USER alice\nC: QUIT\n"},
    {.description = "neither a mechanism nor USER announced: no word of the password",
     .mechanism = "PLAIN", .script = no_login,
     .failure = MAILSIM_FETCH_FAILURE_LOGIN_DISABLED,
     .conversation = "C: CAPA\nC: QUIT\n"},
    {.description = "a program that does not log in",
     .mechanism = "PLAIN", .nobody = TRUE, .script = unknown_stat,
     .failure = MAILSIM_FETCH_FAILURE_REPLY, .command = "STAT",
     .reply = "-ERR Unknown command.",
     .conversation = "C: CAPA\nC: STAT\nC: QUIT\n"},

    {.description = "a message that cannot be had: nothing is deleted",
     .mechanism = "PLAIN", .script = no_retr, .deletes = TRUE, .logged_in = TRUE,
     .failure = MAILSIM_FETCH_FAILURE_REPLY, .command = "RETR",
     .reply = "-ERR Message is expunged.",
     .messages = ID_1 ": " CONTENT ID_2 "\n",
     .conversation = FIRST "C: UIDL\nC: RETR 1\nC: RETR 2\nC: QUIT\n"},
    {.description = "QUIT refused: it goes all the same",
     .mechanism = "PLAIN", .script = quit_refused, .known = {ID_1, ID_2}, .deletes = TRUE,
     .logged_in = TRUE, .failure = MAILSIM_FETCH_FAILURE_REPLY, .command = "QUIT",
     .reply = "-ERR [SYS/TEMP] some deleted messages not removed",
     .messages = ID_1 "\n" ID_2 "\n",
     .conversation = FIRST "C: UIDL\nC: DELE 1\nC: DELE 2\nC: QUIT\n"
                     "-- client closed the connection\n"},
    {.description = "lost in a message",
     .mechanism = "PLAIN", .script = lost_in_message, .deletes = TRUE, .logged_in = TRUE,
     .failure = MAILSIM_FETCH_FAILURE_LOST, .messages = ID_1 "\n" ID_2 "\n",
     .conversation = FIRST "C: UIDL\nC: RETR 1\n-- server closed the connection\n"},
    {.description = "the last word is not owed",
     .mechanism = "PLAIN", .script = no_last_word, .logged_in = TRUE,
     .conversation = FIRST "C: QUIT\n-- server closed the connection\n"},

    {.description = "a server that wants nobody",
     .mechanism = "PLAIN", .script = unwilling,
     .failure = MAILSIM_FETCH_FAILURE_REPLY, .reply = "-ERR Too busy",
     .conversation = "C: QUIT\n"},
    {.description = "no greeting",
     .mechanism = "PLAIN", .script = silence, .failure = MAILSIM_FETCH_FAILURE_LOST,
     .conversation = "-- server closed the connection\n"},
    {.description = "an SMTP server",
     .mechanism = "PLAIN", .script = smtp, .failure = MAILSIM_FETCH_FAILURE_NO_REPLY,
     .conversation = "-- client closed the connection\n"},
    {.description = "an IMAP server",
     .mechanism = "PLAIN", .script = imap, .failure = MAILSIM_FETCH_FAILURE_NO_REPLY,
     .conversation = "-- client closed the connection\n"},
    {.description = "a challenge instead of a greeting",
     .mechanism = "PLAIN", .script = challenge_first,
     .failure = MAILSIM_FETCH_FAILURE_NO_REPLY,
     .conversation = "-- client closed the connection\n"},
    {.description = "a challenge to what has none",
     .mechanism = "PLAIN", .script = challenge_at_stat, .logged_in = TRUE,
     .failure = MAILSIM_FETCH_FAILURE_NO_REPLY,
     .conversation = FIRST "-- client closed the connection\n"},
    {.description = "STAT without a number",
     .mechanism = "PLAIN", .script = no_number, .logged_in = TRUE,
     .failure = MAILSIM_FETCH_FAILURE_NO_REPLY,
     .conversation = FIRST "-- client closed the connection\n"},
    {.description = "a message with the number 0",
     .mechanism = "PLAIN", .script = strange_listing, .logged_in = TRUE,
     .failure = MAILSIM_FETCH_FAILURE_NO_REPLY, .messages = "a\n",
     .conversation = FIRST "C: UIDL\n-- client closed the connection\n"},
    {.description = "a list without ids",
     .mechanism = "PLAIN", .script = listing_without_ids, .logged_in = TRUE,
     .failure = MAILSIM_FETCH_FAILURE_NO_REPLY,
     .conversation = FIRST "C: UIDL\n-- client closed the connection\n"},
};
/* clang-format on */

START_TEST(a_story_goes_as_it_must)
{
    fetch_story_tell(&stories[_i], mailsim_pop3_client_new);
}
END_TEST

/* ---- time and size ----------------------------------------------------------------------- */

typedef struct {
    MailsimFetchClient *fetch;
    MailsimSession *session;
    SessionEnd end;
} Play;

static void
begin(Play *play, const char *said)
{
    const MailsimFetchOptions options = {
        .user = "alice", .password = "alicepw", .timeout_us = 7};

    play->fetch = mailsim_pop3_client_new(&options);
    play->session = mailsim_fetch_client_get_session(play->fetch);
    session_end_init(&play->end, play->session);
    session_end_begin(&play->end);
    session_end_hear(&play->end, said, strlen(said));
}

static MailsimFetchFailure
end(Play *play)
{
    const MailsimFetchFailure failure = mailsim_fetch_client_get_result(play->fetch)->failure;

    ck_assert_int_eq(play->end.over, failure != MAILSIM_FETCH_FAILURE_NONE);
    session_end_clear(&play->end);
    mailsim_session_free(play->session);
    return failure;
}

START_TEST(an_answer_is_waited_for_so_long)
{
    Play play;

    begin(&play, GREETING);
    session_end_pass(&play.end, 6);
    ck_assert(!play.end.over);
    session_end_pass(&play.end, 1);
    ck_assert_int_eq(end(&play), MAILSIM_FETCH_FAILURE_TIMEOUT);
}
END_TEST

START_TEST(a_line_has_an_end)
{
    g_autoptr(GString) line = g_string_new("+OK ");
    Play play;

    while (line->len <= MAILSIM_FETCH_LINE_MAX_BYTES)
        g_string_append_c(line, 'x');
    g_string_append(line, "\r\n");
    begin(&play, line->str);
    ck_assert_int_eq(end(&play), MAILSIM_FETCH_FAILURE_NO_REPLY);
}
END_TEST

START_TEST(a_list_has_an_end)
{
    g_autoptr(GString) lines = g_string_new(NULL);
    Play play;

    while (lines->len < MAILSIM_FETCH_LINE_MAX_BYTES)
        g_string_append_printf(lines, "%1022s\r\n", "x");
    begin(&play, GREETING "+OK\r\n");
    for (guint i = 1; i < MAILSIM_FETCH_MAX_BYTES / MAILSIM_FETCH_LINE_MAX_BYTES; i++)
        session_end_hear(&play.end, lines->str, lines->len);
    ck_assert(!play.end.over);
    session_end_hear(&play.end, lines->str, lines->len);
    ck_assert_int_eq(end(&play), MAILSIM_FETCH_FAILURE_NO_REPLY);
}
END_TEST

START_TEST(a_mailbox_holds_so_many_messages)
{
    g_autoptr(GString) said =
        g_string_new(GREETING CAPABLE("USER\r\n") "+OK\r\n" LOGGED_IN "+OK 1 1\r\n+OK\r\n");
    Play play;

    for (guint i = 1; i <= MAILSIM_FETCH_MESSAGES_MAX; i++)
        g_string_append_printf(said, "%u a\r\n", i);
    begin(&play, said->str);
    session_end_hear(&play.end, ".\r\n", strlen(".\r\n"));
    ck_assert_int_eq(end(&play), MAILSIM_FETCH_FAILURE_NONE);
    begin(&play, said->str);
    session_end_hear(&play.end, "9 a\r\n.\r\n", strlen("9 a\r\n.\r\n"));
    ck_assert_int_eq(end(&play), MAILSIM_FETCH_FAILURE_NO_REPLY);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("pop3-client");
    TCase *tcase = tcase_create("stories");
    TCase *limits = tcase_create("limits");

    tcase_add_loop_test(tcase, a_story_goes_as_it_must, 0, G_N_ELEMENTS(stories));
    suite_add_tcase(suite, tcase);
    tcase_add_test(limits, an_answer_is_waited_for_so_long);
    tcase_add_test(limits, a_line_has_an_end);
    tcase_add_test(limits, a_list_has_an_end);
    tcase_add_test(limits, a_mailbox_holds_so_many_messages);
    suite_add_tcase(suite, limits);
    return run_suite(suite);
}
