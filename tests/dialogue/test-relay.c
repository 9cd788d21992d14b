/* SPDX-License-Identifier: MIT
 *
 * A server relays: pipelining, refusals and their aftermath, as a real Postfix 3.7 was seen to
 * talk to such servers. */
/* longer than 600 lines: every story has its whole conversation */
#include "story.h"

#include "../support/run-suite.h"

#define LINE    MAILSIM_WANT_LINE
#define MESSAGE MAILSIM_WANT_TEXT
#define TLS     MAILSIM_WANT_TLS
#define END     MAILSIM_WANT_END

#define GREETING "220 mx.dest.example ESMTP Postfix\r\n"
#define PIPELINE                                                                               \
    "250-mx.dest.example\r\n250-PIPELINING\r\n250-SIZE\r\n250-8BITMIME\r\n250 DSN\r\n"
#define PATIENT  "250-mx.dest.example\r\n250-SIZE 10240000\r\n250 8BITMIME\r\n"
#define STARTTLS "250-mx.dest.example\r\n250-STARTTLS\r\n250 PIPELINING\r\n"
#define GO_ON    "354 End data with <CR><LF>.<CR><LF>\r\n"
#define QUEUED   "250 2.0.0 Ok: queued as 12345\r\n"
#define BYE      "221 2.0.0 Bye\r\n"
#define NO       "550 5.1.1 no\r\n"

/* clang-format off */
static const ScriptLine data_in_spite_of_all[] = {
    {GREETING, LINE}, {PIPELINE, LINE}, {"250 2.1.0 Ok\r\n", LINE}, {NO, LINE}, {NO, LINE},
    {GO_ON, MESSAGE}, {QUEUED, LINE}, {BYE, END}, {0},
};

static const ScriptLine one_by_one_all_refused[] = {
    {GREETING, LINE}, {PATIENT, LINE}, {"250 2.1.0 Ok\r\n", LINE}, {NO, LINE}, {NO, LINE},
    {"250 2.0.0 Ok\r\n", LINE}, {BYE, END}, {0},
};

static const ScriptLine mail_refused[] = {
    {GREETING, LINE}, {PIPELINE, LINE}, {"550 5.7.1 go away\r\n", LINE},
    {"503 5.5.1 Error: need MAIL command\r\n", LINE},
    {"503 5.5.1 Error: need RCPT command\r\n", LINE}, {"250 2.0.0 Ok\r\n", LINE}, {BYE, END}, {0},
};

static const ScriptLine mail_refused_and_all_else_taken[] = {
    {GREETING, LINE}, {PIPELINE, LINE}, {"550 5.7.1 go away\r\n", LINE},
    {"250 2.1.5 Ok\r\n", LINE}, {GO_ON, MESSAGE}, {QUEUED, LINE}, {BYE, END}, {0},
};

static const ScriptLine mail_refused_one_by_one[] = {
    {GREETING, LINE}, {PATIENT, LINE}, {"550 5.7.1 go away\r\n", LINE},
    {"250 2.0.0 Ok\r\n", LINE}, {BYE, END}, {0},
};

static const ScriptLine data_refused[] = {
    {GREETING, LINE}, {PIPELINE, LINE}, {"250 2.1.0 Ok\r\n", LINE}, {"250 2.1.5 Ok\r\n", LINE},
    {"451 4.3.0 later\r\n", LINE}, {"250 2.0.0 Ok\r\n", LINE}, {BYE, END}, {0},
};

static const ScriptLine message_refused[] = {
    {GREETING, LINE}, {PIPELINE, LINE}, {"250 2.1.0 Ok\r\n", LINE}, {"250 2.1.5 Ok\r\n", LINE},
    {NO, LINE}, {GO_ON, MESSAGE}, {"452 4.3.1 full\r\n", LINE}, {BYE, END}, {0},
};

static const ScriptLine no_8bitmime[] = {
    {GREETING, LINE}, {"250-mx.dest.example\r\n250 SIZE 10240000\r\n", LINE},
    {"250 2.1.0 Ok\r\n", LINE}, {"250 2.1.5 Ok\r\n", LINE}, {GO_ON, MESSAGE}, {QUEUED, LINE},
    {BYE, END}, {0},
};

static const ScriptLine no_ehlo[] = {
    {GREETING, LINE}, {"450 4.3.2 later\r\n", LINE}, {"250 mx.dest.example\r\n", LINE},
    {"250 2.1.0 Ok\r\n", LINE}, {"250 2.1.5 Ok\r\n", LINE}, {GO_ON, MESSAGE}, {QUEUED, LINE},
    {BYE, END}, {0},
};

static const ScriptLine no_ehlo_goodbye[] = {
    {GREETING, LINE}, {"502 5.5.1 what\r\n", LINE}, {"250 mx.dest.example\r\n", LINE}, {BYE, END},
    {0},
};

static const ScriptLine neither_ehlo_nor_helo[] = {
    {GREETING, LINE}, {"502 no\r\n", LINE}, {"502 no\r\n", LINE}, {BYE, END}, {0},
};

static const ScriptLine busy[] = {
    {GREETING, LINE}, {"421 4.3.2 busy\r\n", LINE}, {BYE, END}, {0},
};

static const ScriptLine go_away[] = {{"554 5.7.1 go away\r\n", LINE}, {BYE, END}, {0}};

static const ScriptLine no_tls_today[] = {
    {GREETING, LINE}, {STARTTLS, LINE}, {"454 4.7.0 TLS not available due to local problem\r\n", LINE},
    {"250 2.1.0 Ok\r\n", LINE}, {"250 2.1.5 Ok\r\n", LINE}, {GO_ON, MESSAGE}, {QUEUED, LINE},
    {BYE, END}, {0},
};

static const ScriptLine no_tls_goodbye[] = {
    {GREETING, LINE}, {STARTTLS, LINE}, {"454 4.7.0 TLS not available due to local problem\r\n", LINE},
    {BYE, END}, {0},
};

static const ScriptLine tls_goodbye[] = {
    {GREETING, LINE}, {STARTTLS, LINE}, {"220 2.0.0 Ready to start TLS\r\n", TLS}, {BYE, END}, {0},
};

static const ScriptLine ehlo_refused_under_tls[] = {
    {GREETING, LINE}, {STARTTLS, LINE}, {"220 2.0.0 Ready to start TLS\r\n", TLS},
    {"502 5.5.1 no\r\n", LINE}, {"502 5.5.1 no\r\n", LINE}, {BYE, END}, {0},
};

static const ScriptLine takes_little[] = {
    {GREETING, LINE}, {"250-mx.dest.example\r\n250 SIZE 10\r\n", LINE}, {0},
};

static const ScriptLine takes_all[] = {
    {GREETING, LINE}, {PIPELINE, LINE}, {"250 2.1.0 Ok\r\n", LINE}, {"250 2.1.5 Ok\r\n", LINE},
    {"250 2.1.5 Ok\r\n", LINE}, {GO_ON, MESSAGE}, {QUEUED, LINE}, {BYE, END}, {0},
};

static const ScriptLine hangs_up_at_data[] = {
    {GREETING, LINE}, {PIPELINE, LINE}, {"250 2.1.0 Ok\r\n", LINE}, {"250 2.1.5 Ok\r\n", LINE},
    {"", END}, {0},
};

static const ScriptLine hangs_up_after_message[] = {
    {GREETING, LINE}, {PIPELINE, LINE}, {"250 2.1.0 Ok\r\n", LINE}, {"250 2.1.5 Ok\r\n", LINE},
    {GO_ON, MESSAGE}, {"", END}, {0},
};

static const ScriptLine hangs_up_once_it_is_queued[] = {
    {GREETING, LINE}, {PIPELINE, LINE}, {"250 2.1.0 Ok\r\n", LINE}, {"250 2.1.5 Ok\r\n", LINE},
    {GO_ON, MESSAGE}, {QUEUED, END}, {0},
};

static const ScriptLine strange_data[] = {
    {GREETING, LINE}, {PIPELINE, LINE}, {"250 2.1.0 Ok\r\n", LINE}, {"250 2.1.5 Ok\r\n", LINE},
    {"250 2.0.0 strange\r\n", LINE}, {"250 2.0.0 Ok\r\n", LINE}, {BYE, END}, {0},
};

static const ScriptLine strange_mail[] = {
    {GREETING, LINE}, {PATIENT, LINE}, {"354 strange\r\n", LINE}, {"250 2.0.0 Ok\r\n", LINE},
    {BYE, END}, {0},
};

static const ScriptLine shutting_down[] = {
    {GREETING, LINE}, {PIPELINE, LINE}, {"250 2.1.0 Ok\r\n", LINE},
    {"421 4.3.2 shutting down\r\n", LINE}, {GO_ON, MESSAGE}, {QUEUED, LINE}, {BYE, END}, {0},
};

static const Story stories[] = {
    {.description = "MAIL, RCPT and DATA leave together, the message and QUIT too",
     .relays = TRUE, .service = "may",
     .outcomes = {"250 2.0.0 Ok: queued as <queue-id> (end of DATA command)"},
     .accepted = "ESMTP: alice@dest.example > bob@dest.example",
     .in_one_go = "EHLO / MAIL RCPT DATA / . QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<bob@dest.example> ORCPT=rfc822;bob@dest.example\n"
                     "C: DATA\n"
                     "S: 250 2.1.0 Ok\n"
                     "S: 250 2.1.5 Ok\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "C: QUIT\n"
                     "S: 250 2.0.0 Ok: queued as <queue-id>\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "STARTTLS where it is offered",
     .relays = TRUE, .tls = MAILSIM_CLIENT_TLS_IF_OFFERED, .service = "may",
     .outcomes = {"250 2.0.0 Ok: queued as <queue-id> (end of DATA command)"},
     .accepted = "ESMTPS: alice@dest.example > bob@dest.example",
     .in_one_go = "EHLO / STARTTLS / EHLO / MAIL RCPT DATA / . QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: STARTTLS\n"
                     "S: 220 2.0.0 Ready to start TLS\n"
                     "-- TLS\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("")
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<bob@dest.example> ORCPT=rfc822;bob@dest.example\n"
                     "C: DATA\n"
                     "S: 250 2.1.0 Ok\n"
                     "S: 250 2.1.5 Ok\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "C: QUIT\n"
                     "S: 250 2.0.0 Ok: queued as <queue-id>\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "STARTTLS where it is required",
     .relays = TRUE, .tls = MAILSIM_CLIENT_TLS_REQUIRED, .service = "encrypt",
     .outcomes = {"250 2.0.0 Ok: queued as <queue-id> (end of DATA command)"},
     .accepted = "ESMTPS: alice@dest.example > bob@dest.example",
     .in_one_go = "EHLO / STARTTLS / EHLO / MAIL RCPT DATA / . QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: STARTTLS\n"
                     "S: 220 2.0.0 Ready to start TLS\n"
                     "-- TLS\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("")
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<bob@dest.example> ORCPT=rfc822;bob@dest.example\n"
                     "C: DATA\n"
                     "S: 250 2.1.0 Ok\n"
                     "S: 250 2.1.5 Ok\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "C: QUIT\n"
                     "S: 250 2.0.0 Ok: queued as <queue-id>\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "STARTTLS where it is offered, and it is not",
     .relays = TRUE, .tls = MAILSIM_CLIENT_TLS_IF_OFFERED, .service = "none",
     .outcomes = {"250 2.0.0 Ok: queued as <queue-id> (end of DATA command)"},
     .accepted = "ESMTP: alice@dest.example > bob@dest.example",
     .in_one_go = "EHLO / MAIL RCPT DATA / . QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("")
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<bob@dest.example> ORCPT=rfc822;bob@dest.example\n"
                     "C: DATA\n"
                     "S: 250 2.1.0 Ok\n"
                     "S: 250 2.1.5 Ok\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "C: QUIT\n"
                     "S: 250 2.0.0 Ok: queued as <queue-id>\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "no TLS where the server requires it",
     .relays = TRUE, .service = "encrypt",
     .outcomes = {"530 5.7.0 Must issue a STARTTLS command first (MAIL FROM command)"},
     .in_one_go = "EHLO / MAIL RCPT DATA / RSET QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<bob@dest.example> ORCPT=rfc822;bob@dest.example\n"
                     "C: DATA\n"
                     "S: 530 5.7.0 Must issue a STARTTLS command first\n"
                     "S: 530 5.7.0 Must issue a STARTTLS command first\n"
                     "S: 530 5.7.0 Must issue a STARTTLS command first\n"
                     "C: RSET\n"
                     "C: QUIT\n"
                     "S: 530 5.7.0 Must issue a STARTTLS command first\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "one of two recipients is refused",
     .relays = TRUE, .service = "may",
     .to = {"bob@dest.example", "nobody@dest.example"},
     .outcomes = {"250 2.0.0 Ok: queued as <queue-id> (end of DATA command)",
                  "550 5.1.1 <nobody@dest.example>: Recipient address rejected: User unknown in local recipient table (RCPT TO command)"},
     .accepted = "ESMTP: alice@dest.example > bob@dest.example",
     .in_one_go = "EHLO / MAIL RCPT RCPT DATA / . QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<bob@dest.example> ORCPT=rfc822;bob@dest.example\n"
                     "C: RCPT TO:<nobody@dest.example> ORCPT=rfc822;nobody@dest.example\n"
                     "C: DATA\n"
                     "S: 250 2.1.0 Ok\n"
                     "S: 250 2.1.5 Ok\n"
                     "S: 550 5.1.1 <nobody@dest.example>: Recipient address rejected: User unknown in local recipient table\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "C: QUIT\n"
                     "S: 250 2.0.0 Ok: queued as <queue-id>\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "all recipients are refused",
     .relays = TRUE, .service = "may",
     .to = {"nobody@dest.example", "x@elsewhere.example"},
     .outcomes = {"550 5.1.1 <nobody@dest.example>: Recipient address rejected: User unknown in local recipient table (RCPT TO command)",
                  "454 4.7.1 <x@elsewhere.example>: Relay access denied (RCPT TO command)"},
     .in_one_go = "EHLO / MAIL RCPT RCPT DATA / RSET QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<nobody@dest.example> ORCPT=rfc822;nobody@dest.example\n"
                     "C: RCPT TO:<x@elsewhere.example> ORCPT=rfc822;x@elsewhere.example\n"
                     "C: DATA\n"
                     "S: 250 2.1.0 Ok\n"
                     "S: 550 5.1.1 <nobody@dest.example>: Recipient address rejected: User unknown in local recipient table\n"
                     "S: 454 4.7.1 <x@elsewhere.example>: Relay access denied\n"
                     "S: 554 5.5.1 Error: no valid recipients\n"
                     "C: RSET\n"
                     "C: QUIT\n"
                     "S: 250 2.0.0 Ok\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "all recipients are refused, and DATA is taken nevertheless",
     .relays = TRUE, .script = data_in_spite_of_all,
     .to = {"bob@dest.example", "nobody@dest.example"},
     .outcomes = {"550 5.1.1 no (RCPT TO command)",
                  "550 5.1.1 no (RCPT TO command)"},
     .in_one_go = "EHLO / MAIL RCPT RCPT DATA / . QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-PIPELINING\n"
                     "S: 250-SIZE\n"
                     "S: 250-8BITMIME\n"
                     "S: 250 DSN\n"
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<bob@dest.example> ORCPT=rfc822;bob@dest.example\n"
                     "C: RCPT TO:<nobody@dest.example> ORCPT=rfc822;nobody@dest.example\n"
                     "C: DATA\n"
                     "S: 250 2.1.0 Ok\n"
                     "S: 550 5.1.1 no\n"
                     "S: 550 5.1.1 no\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: .\n"
                     "C: QUIT\n"
                     "S: 250 2.0.0 Ok: queued as 12345\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "all recipients are refused, one by one",
     .relays = TRUE, .script = one_by_one_all_refused,
     .to = {"bob@dest.example", "nobody@dest.example"},
     .outcomes = {"550 5.1.1 no (RCPT TO command)",
                  "550 5.1.1 no (RCPT TO command)"},
     .in_one_go = "EHLO / MAIL / RCPT / RCPT / RSET / QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-SIZE 10240000\n"
                     "S: 250 8BITMIME\n"
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "S: 550 5.1.1 no\n"
                     "C: RCPT TO:<nobody@dest.example>\n"
                     "S: 550 5.1.1 no\n"
                     "C: RSET\n"
                     "S: 250 2.0.0 Ok\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "MAIL is refused",
     .relays = TRUE, .script = mail_refused,
     .outcomes = {"550 5.7.1 go away (MAIL FROM command)"},
     .in_one_go = "EHLO / MAIL RCPT DATA / RSET QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-PIPELINING\n"
                     "S: 250-SIZE\n"
                     "S: 250-8BITMIME\n"
                     "S: 250 DSN\n"
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<bob@dest.example> ORCPT=rfc822;bob@dest.example\n"
                     "C: DATA\n"
                     "S: 550 5.7.1 go away\n"
                     "S: 503 5.5.1 Error: need MAIL command\n"
                     "S: 503 5.5.1 Error: need RCPT command\n"
                     "C: RSET\n"
                     "C: QUIT\n"
                     "S: 250 2.0.0 Ok\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "MAIL is refused, and all else is taken",
     .relays = TRUE, .script = mail_refused_and_all_else_taken,
     .outcomes = {"550 5.7.1 go away (MAIL FROM command)"},
     .in_one_go = "EHLO / MAIL RCPT DATA / . QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-PIPELINING\n"
                     "S: 250-SIZE\n"
                     "S: 250-8BITMIME\n"
                     "S: 250 DSN\n"
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<bob@dest.example> ORCPT=rfc822;bob@dest.example\n"
                     "C: DATA\n"
                     "S: 550 5.7.1 go away\n"
                     "S: 250 2.1.5 Ok\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: .\n"
                     "C: QUIT\n"
                     "S: 250 2.0.0 Ok: queued as 12345\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "MAIL is refused, before anything else is said",
     .relays = TRUE, .script = mail_refused_one_by_one,
     .outcomes = {"550 5.7.1 go away (MAIL FROM command)"},
     .in_one_go = "EHLO / MAIL / RSET / QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-SIZE 10240000\n"
                     "S: 250 8BITMIME\n"
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "S: 550 5.7.1 go away\n"
                     "C: RSET\n"
                     "S: 250 2.0.0 Ok\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "DATA is refused",
     .relays = TRUE, .script = data_refused,
     .outcomes = {"451 4.3.0 later (DATA command)"},
     .in_one_go = "EHLO / MAIL RCPT DATA / RSET QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-PIPELINING\n"
                     "S: 250-SIZE\n"
                     "S: 250-8BITMIME\n"
                     "S: 250 DSN\n"
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<bob@dest.example> ORCPT=rfc822;bob@dest.example\n"
                     "C: DATA\n"
                     "S: 250 2.1.0 Ok\n"
                     "S: 250 2.1.5 Ok\n"
                     "S: 451 4.3.0 later\n"
                     "C: RSET\n"
                     "C: QUIT\n"
                     "S: 250 2.0.0 Ok\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "the message is refused, for the recipient that was left",
     .relays = TRUE, .script = message_refused,
     .to = {"bob@dest.example", "nobody@dest.example"},
     .outcomes = {"452 4.3.1 full (end of DATA command)",
                  "550 5.1.1 no (RCPT TO command)"},
     .in_one_go = "EHLO / MAIL RCPT RCPT DATA / . QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-PIPELINING\n"
                     "S: 250-SIZE\n"
                     "S: 250-8BITMIME\n"
                     "S: 250 DSN\n"
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<bob@dest.example> ORCPT=rfc822;bob@dest.example\n"
                     "C: RCPT TO:<nobody@dest.example> ORCPT=rfc822;nobody@dest.example\n"
                     "C: DATA\n"
                     "S: 250 2.1.0 Ok\n"
                     "S: 250 2.1.5 Ok\n"
                     "S: 550 5.1.1 no\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "C: QUIT\n"
                     "S: 452 4.3.1 full\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "dots and bytes above 127",
     .relays = TRUE, .service = "may", .eight_bit = TRUE,
     .message = ".\n..\nmañana\n.\n",
     .outcomes = {"250 2.0.0 Ok: queued as <queue-id> (end of DATA command)"},
     .accepted = "ESMTP: alice@dest.example > bob@dest.example",
     .in_one_go = "EHLO / MAIL RCPT DATA / . QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: MAIL FROM:<alice@dest.example> SIZE=19 BODY=8BITMIME\n"
                     "C: RCPT TO:<bob@dest.example> ORCPT=rfc822;bob@dest.example\n"
                     "C: DATA\n"
                     "S: 250 2.1.0 Ok\n"
                     "S: 250 2.1.5 Ok\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: ..\n"
                     "C: ...\n"
                     "C: mañana\n"
                     "C: ..\n"
                     "C: .\n"
                     "C: QUIT\n"
                     "S: 250 2.0.0 Ok: queued as <queue-id>\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "no 8BITMIME: neither the body nor the size is announced",
     .relays = TRUE, .script = no_8bitmime, .eight_bit = TRUE,
     .message = "Subject: x\n\nmañana\n",
     .outcomes = {"250 2.0.0 Ok: queued as 12345 (end of DATA command)"},
     .in_one_go = "EHLO / MAIL / RCPT / DATA / . / QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250 SIZE 10240000\n"
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "S: 250 2.1.0 Ok\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "S: 250 2.1.5 Ok\n"
                     "C: DATA\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: x\n"
                     "C: \n"
                     "C: mañana\n"
                     "C: .\n"
                     "S: 250 2.0.0 Ok: queued as 12345\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "EHLO is refused: HELO, and everything one by one",
     .relays = TRUE, .tls = MAILSIM_CLIENT_TLS_IF_OFFERED, .script = no_ehlo,
     .outcomes = {"250 2.0.0 Ok: queued as 12345 (end of DATA command)"},
     .in_one_go = "EHLO / HELO / MAIL / RCPT / DATA / . / QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 450 4.3.2 later\n"
                     "C: HELO client.example\n"
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
                     "S: 221 2.0.0 Bye\n"},

    {.description = "EHLO is refused, and TLS is required",
     .relays = TRUE, .tls = MAILSIM_CLIENT_TLS_REQUIRED, .script = no_ehlo_goodbye,
     .failure = MAILSIM_SMTP_FAILURE_TLS_NOT_OFFERED,
     .in_one_go = "EHLO / HELO / QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 502 5.5.1 what\n"
                     "C: HELO client.example\n"
                     "S: 250 mx.dest.example\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "neither EHLO nor HELO",
     .relays = TRUE, .script = neither_ehlo_nor_helo,
     .failure = MAILSIM_SMTP_FAILURE_REPLY,
     .outcomes = {"502 no (HELO command)"},
     .in_one_go = "EHLO / HELO / QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 502 no\n"
                     "C: HELO client.example\n"
                     "S: 502 no\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "421 to EHLO: no HELO",
     .relays = TRUE, .script = busy,
     .failure = MAILSIM_SMTP_FAILURE_REPLY,
     .outcomes = {"421 4.3.2 busy (EHLO command)"},
     .in_one_go = "EHLO / QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 421 4.3.2 busy\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "the greeting is a refusal",
     .relays = TRUE, .script = go_away,
     .failure = MAILSIM_SMTP_FAILURE_REPLY,
     .outcomes = {"554 5.7.1 go away (initial server greeting)"},
     .in_one_go = "QUIT",
     .conversation = "S: 554 5.7.1 go away\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "STARTTLS is required and not offered",
     .relays = TRUE, .tls = MAILSIM_CLIENT_TLS_REQUIRED, .service = "none",
     .failure = MAILSIM_SMTP_FAILURE_TLS_NOT_OFFERED,
     .in_one_go = "EHLO / QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("")
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "STARTTLS is answered 454, and TLS was not required",
     .relays = TRUE, .tls = MAILSIM_CLIENT_TLS_IF_OFFERED, .script = no_tls_today,
     .outcomes = {"250 2.0.0 Ok: queued as 12345 (end of DATA command)"},
     .in_one_go = "EHLO / STARTTLS / MAIL RCPT DATA / . QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-STARTTLS\n"
                     "S: 250 PIPELINING\n"
                     "C: STARTTLS\n"
                     "S: 454 4.7.0 TLS not available due to local problem\n"
                     "C: MAIL FROM:<alice@dest.example>\n"
                     "C: RCPT TO:<bob@dest.example>\n"
                     "C: DATA\n"
                     "S: 250 2.1.0 Ok\n"
                     "S: 250 2.1.5 Ok\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "C: QUIT\n"
                     "S: 250 2.0.0 Ok: queued as 12345\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "STARTTLS is answered 454, and TLS is required",
     .relays = TRUE, .tls = MAILSIM_CLIENT_TLS_REQUIRED, .script = no_tls_goodbye,
     .failure = MAILSIM_SMTP_FAILURE_TLS_REFUSED,
     .outcomes = {"454 4.7.0 TLS not available due to local problem (STARTTLS command)"},
     .in_one_go = "EHLO / STARTTLS / QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-STARTTLS\n"
                     "S: 250 PIPELINING\n"
                     "C: STARTTLS\n"
                     "S: 454 4.7.0 TLS not available due to local problem\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "the certificate will not do: QUIT, under TLS",
     .relays = TRUE, .tls = MAILSIM_CLIENT_TLS_REQUIRED, .script = tls_goodbye,
     .unacceptable = TRUE,
     .failure = MAILSIM_SMTP_FAILURE_CERTIFICATE,
     .in_one_go = "EHLO / STARTTLS / QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-STARTTLS\n"
                     "S: 250 PIPELINING\n"
                     "C: STARTTLS\n"
                     "S: 220 2.0.0 Ready to start TLS\n"
                     "-- TLS\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "the handshake fails",
     .relays = TRUE, .tls = MAILSIM_CLIENT_TLS_IF_OFFERED, .service = "may", .tls_fails = TRUE,
     .failure = MAILSIM_SMTP_FAILURE_TLS_HANDSHAKE,
     .in_one_go = "EHLO / STARTTLS",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     STORY_KEYWORDS("S: 250-STARTTLS\n")
                     "C: STARTTLS\n"
                     "S: 220 2.0.0 Ready to start TLS\n"
                     "-- TLS fails\n"},

    {.description = "EHLO is refused under TLS, and HELO",
     .relays = TRUE, .tls = MAILSIM_CLIENT_TLS_IF_OFFERED, .script = ehlo_refused_under_tls,
     .failure = MAILSIM_SMTP_FAILURE_REPLY,
     .outcomes = {"502 5.5.1 no (HELO command)"},
     .in_one_go = "EHLO / STARTTLS / EHLO / HELO / QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-STARTTLS\n"
                     "S: 250 PIPELINING\n"
                     "C: STARTTLS\n"
                     "S: 220 2.0.0 Ready to start TLS\n"
                     "-- TLS\n"
                     "C: EHLO client.example\n"
                     "S: 502 5.5.1 no\n"
                     "C: HELO client.example\n"
                     "S: 502 5.5.1 no\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "a message larger than the server's SIZE: not a word more, not even QUIT",
     .relays = TRUE, .script = takes_little,
     .failure = MAILSIM_SMTP_FAILURE_TOO_LARGE,
     .in_one_go = "EHLO",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250 SIZE 10\n"
                     "-- client closed the connection\n"},

    {.description = "an address with an extension, in xtext",
     .relays = TRUE, .script = takes_all,
     .to = {"bob+list@dest.example", "a=b@dest.example"},
     .in_one_go = "EHLO / MAIL RCPT RCPT DATA / . QUIT",
     .outcomes = {"250 2.0.0 Ok: queued as 12345 (end of DATA command)",
                  "250 2.0.0 Ok: queued as 12345 (end of DATA command)"},
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-PIPELINING\n"
                     "S: 250-SIZE\n"
                     "S: 250-8BITMIME\n"
                     "S: 250 DSN\n"
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<bob+list@dest.example> ORCPT=rfc822;bob+2Blist@dest.example\n"
                     "C: RCPT TO:<a=b@dest.example> ORCPT=rfc822;a+3Db@dest.example\n"
                     "C: DATA\n"
                     "S: 250 2.1.0 Ok\n"
                     "S: 250 2.1.5 Ok\n"
                     "S: 250 2.1.5 Ok\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "C: QUIT\n"
                     "S: 250 2.0.0 Ok: queued as 12345\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "the server hangs up at DATA",
     .relays = TRUE, .script = hangs_up_at_data,
     .failure = MAILSIM_SMTP_FAILURE_LOST,
     .lost_step = "DATA command",
     .in_one_go = "EHLO / MAIL RCPT DATA",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-PIPELINING\n"
                     "S: 250-SIZE\n"
                     "S: 250-8BITMIME\n"
                     "S: 250 DSN\n"
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<bob@dest.example> ORCPT=rfc822;bob@dest.example\n"
                     "C: DATA\n"
                     "S: 250 2.1.0 Ok\n"
                     "S: 250 2.1.5 Ok\n"
                     "-- server closed the connection\n"},

    {.description = "the server hangs up after the message",
     .relays = TRUE, .script = hangs_up_after_message,
     .failure = MAILSIM_SMTP_FAILURE_LOST,
     .lost_step = "end of DATA command",
     .in_one_go = "EHLO / MAIL RCPT DATA / . QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-PIPELINING\n"
                     "S: 250-SIZE\n"
                     "S: 250-8BITMIME\n"
                     "S: 250 DSN\n"
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<bob@dest.example> ORCPT=rfc822;bob@dest.example\n"
                     "C: DATA\n"
                     "S: 250 2.1.0 Ok\n"
                     "S: 250 2.1.5 Ok\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "C: QUIT\n"
                     "-- server closed the connection\n"},

    {.description = "the server hangs up once the message is queued",
     .relays = TRUE, .script = hangs_up_once_it_is_queued,
     .outcomes = {"250 2.0.0 Ok: queued as 12345 (end of DATA command)"},
     .in_one_go = "EHLO / MAIL RCPT DATA / . QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-PIPELINING\n"
                     "S: 250-SIZE\n"
                     "S: 250-8BITMIME\n"
                     "S: 250 DSN\n"
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<bob@dest.example> ORCPT=rfc822;bob@dest.example\n"
                     "C: DATA\n"
                     "S: 250 2.1.0 Ok\n"
                     "S: 250 2.1.5 Ok\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: Subject: hello\n"
                     "C: \n"
                     "C: Hello.\n"
                     "C: .\n"
                     "C: QUIT\n"
                     "S: 250 2.0.0 Ok: queued as 12345\n"},

    {.description = "the server takes DATA for NOOP",
     .relays = TRUE, .script = strange_data,
     .outcomes = {"250 2.0.0 strange (DATA command)"},
     .in_one_go = "EHLO / MAIL RCPT DATA / RSET QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-PIPELINING\n"
                     "S: 250-SIZE\n"
                     "S: 250-8BITMIME\n"
                     "S: 250 DSN\n"
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<bob@dest.example> ORCPT=rfc822;bob@dest.example\n"
                     "C: DATA\n"
                     "S: 250 2.1.0 Ok\n"
                     "S: 250 2.1.5 Ok\n"
                     "S: 250 2.0.0 strange\n"
                     "C: RSET\n"
                     "C: QUIT\n"
                     "S: 250 2.0.0 Ok\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "the server answers MAIL as if it were DATA",
     .relays = TRUE, .script = strange_mail,
     .outcomes = {"354 strange (MAIL FROM command)"},
     .in_one_go = "EHLO / MAIL / RSET / QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-SIZE 10240000\n"
                     "S: 250 8BITMIME\n"
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "S: 354 strange\n"
                     "C: RSET\n"
                     "S: 250 2.0.0 Ok\n"
                     "C: QUIT\n"
                     "S: 221 2.0.0 Bye\n"},

    {.description = "the server is shutting down",
     .relays = TRUE, .script = shutting_down,
     .outcomes = {"421 4.3.2 shutting down (RCPT TO command)"},
     .in_one_go = "EHLO / MAIL RCPT DATA / . QUIT",
     .conversation = "S: 220 mx.dest.example ESMTP Postfix\n"
                     "C: EHLO client.example\n"
                     "S: 250-mx.dest.example\n"
                     "S: 250-PIPELINING\n"
                     "S: 250-SIZE\n"
                     "S: 250-8BITMIME\n"
                     "S: 250 DSN\n"
                     "C: MAIL FROM:<alice@dest.example> SIZE=26\n"
                     "C: RCPT TO:<bob@dest.example> ORCPT=rfc822;bob@dest.example\n"
                     "C: DATA\n"
                     "S: 250 2.1.0 Ok\n"
                     "S: 421 4.3.2 shutting down\n"
                     "S: 354 End data with <CR><LF>.<CR><LF>\n"
                     "C: .\n"
                     "C: QUIT\n"
                     "S: 250 2.0.0 Ok: queued as 12345\n"
                     "S: 221 2.0.0 Bye\n"},
};
/* clang-format on */

START_TEST(a_server_relays)
{
    story_tell(&stories[_i]);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("relay");
    TCase *table = tcase_create("stories");
    tcase_add_loop_test(table, a_server_relays, 0, G_N_ELEMENTS(stories));
    suite_add_tcase(suite, table);

    return run_suite(suite);
}
