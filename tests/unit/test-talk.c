/* SPDX-License-Identifier: MIT
 *
 * Steps that type lines and steps that look: what is held against a reply, what is shown to the
 * letter, and what a teacher is told when it was not so. */
#include <string.h>

#include <mailsim/scenario/runner.h>

#include "../support/run-suite.h"
#include "../support/scenario-text.h"

/* clang-format off */
#define HEAD                                                                                   \
    "[scenario]\ntitle = Talk\n"                                                               \
    "[host mail]\nmailname = iesgn.example\naddress = 203.0.113.25, 2001:db8::25\n"            \
    "users = ana:melocoton\ncertificate = letsencrypt\n"                                       \
    "[host old]\nusers = eva, pep\n[postfix old]\nsmtpd_tls_security_level = none\n"           \
    "[mua laptop]\nuser = ana\noutgoing = mail:25\nlogin = no\n"
/* clang-format on */

static MailsimRecording *
run(const char *steps, char **told)
{
    g_autofree char *whole = g_strconcat(HEAD, steps, NULL);

    return scenario_text_run(whole, told);
}

/* ---- expectations ------------------------------------------------------------------------ */

#define TALK(CONNECT) "[step t]\ntitle = T\ndo = talk\nby = laptop\nconnect = " CONNECT "\n"
/* AUTH in the clear, and an answer that shows whom Dovecot has taken the name for. */
#define AUTH(FORMAT)                                                                           \
    "[postfix mail]\nsmtpd_sasl_type = dovecot\nsmtpd_sasl_path = private/auth\n"              \
    "smtpd_sasl_auth_enable = yes\nsmtpd_tls_auth_only = no\n[dovecot mail]\n"                 \
    "auth_username_format = " FORMAT "\n" TALK("mail:25") "1 = EHLO a\n"
#define OVER "the conversation was over before this line\n"

typedef struct {
    const char *description;
    const char *steps;
    const char *told; /* what the diagnostics contain; NULL: nothing is said */
} Expectation;

/* clang-format off */
static const Expectation expectations[] = {
    {.description = "some line of the reply begins so",
     .steps = TALK("mail:25") "1 = EHLO a\nexpect.1 = 250-DSN\n"
                              "expect.0 = 220 mail.iesgn.example\n"},
    {.description = "hyphen and blank in the fourth place are the same",
     .steps = TALK("mail:25") "1 = EHLO a\nexpect.1 = 250 PIPELINING\n"},
    {.description = "but not elsewhere",
     .steps = TALK("mail:25") "1 = EHLO a\nexpect.1 = 250-SIZE-10240000\n",
     .told = "expected “250-SIZE-10240000”, and it did not happen"},
    {.description = "what is in the middle is not at the beginning",
     .steps = TALK("mail:25") "1 = NOOP\nexpect.1 = Ok\n",
     .told = "seen: 250 2.0.0 Ok"},
    {.description = "all lines of a reply are seen",
     .steps = TALK("old:25") "1 = EHLO a\nexpect.1 = 251\n",
     .told = "seen: 250-mail.old.example / 250-PIPELINING / 250-SIZE 10240000 /\n"},
    {.description = "auth_username_format makes small letters",
     .steps = AUTH("%Lu") "2 = AUTH PLAIN AEFOQQBtZWxvY290b24=\nexpect.2 = 235\n"},
    {.description = "or leaves them, and nobody is called so",
     .steps = AUTH("%u") "2 = AUTH PLAIN AEFOQQBtZWxvY290b24=\nexpect.2 = 535 5.7.8\n"},
    {.description = "or takes the domain away",
     .steps = AUTH("%Ln") "2 = AUTH PLAIN AEFuYUBpZXNnbi5leGFtcGxlAG1lbG9jb3Rvbg==\n"
                          "expect.2 = 235\n"},
    {.description = "which Debian's does not",
     .steps = AUTH("%Lu") "2 = AUTH PLAIN AGFuYUBpZXNnbi5leGFtcGxlAG1lbG9jb3Rvbg==\n"
                          "expect.2 = 535 5.7.8\n"},
    {.description = "no line contains it",
     .steps = TALK("mail:25") "1 = EHLO a\nexpect.1.lacks = AUTH\n"},
    {.description = "one does",
     .steps = TALK("mail:25") "1 = EHLO a\nexpect.1.lacks = STARTTLS\n",
     .told = "expected no “STARTTLS”, and it was there\n"},
    {.description = "a reply belongs to its own line, whatever the number",
     .steps = TALK("mail:25") "7 = NOOP\n20 = RSET\n21 = QUIT\nexpect.7 = 250\n"
                              "expect.21 = 221\nexpect.20.lacks = 221\n"},
    {.description = "a text of several lines has a reply to each",
     .steps = TALK("mail:25") "1 = NOOP\\nVRFY\nexpect.1 = 501 5.5.4 Syntax: VRFY address\n"},
    {.description = "a line after the end is not typed",
     .steps = TALK("mail:25") "1 = QUIT\n2 = NOOP\nexpect.2 = 250\n",
     .told = OVER},
    {.description = "and what it lacks is not known",
     .steps = TALK("mail:25") "1 = QUIT\n2 = NOOP\nexpect.2.lacks = 250\n",
     .told = OVER},
    {.description = "nobody listens there",
     .steps = TALK("mail:2525 clear") "1 = NOOP\nexpect.0 = 220\n",
     .told = OVER},
    {.description = "no host has that name",
     .steps = TALK("nowhere.example:25") "1 = NOOP\nexpect.0 = 220\n",
     .told = OVER},
    {.description = "inside TLS",
     .steps = TALK("mail:25 starttls") "1 = EHLO a\nexpect.1.lacks = STARTTLS\n"
                                       "expect.1 = 250 DSN\n"
                                       "expect.0 = 220 2.0.0 Ready to start TLS\n"},
    {.description = "lines of a message have no reply, and the last one has",
     .steps = TALK("mail:25") "1 = HELO a\n2 = MAIL FROM:<a@b.example>\n"
                              "3 = RCPT TO:<ana@iesgn.example>\n4 = DATA\n5 = Subject: x\n"
                              "6 =\n7 = x\n8 = .\nexpect.8 = 250 2.0.0 Ok: queued\n"
                              "expect.6.lacks = x\n"},
    {.description = "like brings lines, and others go between them",
     .steps = TALK("mail:25") "10 = HELO a\n30 = QUIT\nexpect.10 = 250\n"
                              "[step u]\ntitle = U\nlike = t\n20 = NOOP\n"
                              "expect.20 = 250 2.0.0 Ok\nexpect.30 = 221\n"},
    {.description = "how many messages",
     .steps = "[step t]\ntitle = T\ndo = look\nat = mailbox ana\nexpect.count = 2\n",
     .told = "expected “2”, and it did not happen\n"
             "   20 | expect.count = 2\n"
             "      |                ^ seen: 0"},
    {.description = "text that is not shown",
     .steps = "[step t]\ntitle = T\ndo = look\nat = queue mail\nexpect.has = ana\n",
     .told = "seen: no such text"},
    {.description = "text that is",
     .steps = "[step t]\ntitle = T\ndo = look\nat = queue mail\nexpect.lacks = empty\n",
     .told = "expected no “empty”, and it was there"},
};
/* clang-format on */

START_TEST(a_failed_expectation_says_what_was_seen)
{
    g_autofree char *told = NULL;
    mailsim_recording_free(run(expectations[_i].steps, &told));

    if (expectations[_i].told == NULL)
        ck_assert_msg(!strstr(told, "error"), "%s: %s", expectations[_i].description, told);
    else
        ck_assert_msg(strstr(told, expectations[_i].told) != NULL, "%s: %s",
                      expectations[_i].description, told);
}
END_TEST

/* ---- what is shown ----------------------------------------------------------------------- */

#define SEND(TO) "[step s]\ntitle = S\ndo = send\nby = ana\ntext = From here.\\n\nto = " TO "\n"
#define LOOK(AT) "[step l]\ntitle = L\ndo = look\nat = " AT "\n"

typedef struct {
    const char *description;
    const char *steps;
    guint count;
    const char *command;
    const char *text;
} Sight;

/* clang-format off */
static const Sight sights[] = {
    {.description = "an empty queue, as postqueue words it",
     .steps = LOOK("queue mail"), .count = 0, .command = "mailq",
     .text = "Mail queue is empty\n"},
    {.description = "a reason stands once, before all who share it",
     .steps = "[postfix mail]\nsmtp_tls_security_level = encrypt\n"
              SEND("pep@old.example, ana, eva@old.example") LOOK("queue mail"),
     .count = 1, .command = "mailq",
     .text =
        "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n"
        "0000040A11      332 Mon Jan 12 09:00:00  ana@iesgn.example\n"
        "   (TLS is required, but was not offered by host mail.old.example[192.0.2.10])\n"
        "                                         eva@old.example\n"
        "                                         pep@old.example\n"
        "\n"
        "-- 0 Kbytes in 1 Request.\n"},
    {.description = "a mailbox as local delivers to it",
     .steps = SEND("ana") LOOK("mailbox ana"), .count = 1, .command = "cat /var/mail/ana",
     .text =
        "From ana@iesgn.example  Mon Jan 12 09:00:00 2026\n"
        "Return-Path: <ana@iesgn.example>\n"
        "X-Original-To: ana\n"
        "Delivered-To: ana@iesgn.example\n"
        "Received: by mail.iesgn.example (Postfix, from userid 1000)\n"
        "\tid 0000040A11; Mon, 12 Jan 2026 09:00:00 +0000 (UTC)\n"
        "To: ana@iesgn.example\n"
        "Subject: Test\n"
        "Message-Id: <20260112090000.0000040A11@mail.iesgn.example>\n"
        "Date: Mon, 12 Jan 2026 09:00:00 +0000 (UTC)\n"
        "From: ana@iesgn.example\n"
        "\n"
        ">From here.\n"
        "\n"},
    {.description = "a mailbox that nothing has come to",
     .steps = LOOK("mailbox eva"), .count = 0, .command = "cat /var/mail/eva",
     .text = "cat: /var/mail/eva: No such file or directory\n"},
    {.description = "a certificate from an authority",
     .steps = LOOK("certificate mail"), .count = 6,
     .command = "openssl x509 -in cert.pem -noout -subject -issuer -dates -ext subjectAltName",
     .text =
        "subject=CN = mail.iesgn.example\n"
        "issuer=CN = Lab Encrypt R1\n"
        "notBefore=Jan  2 00:00:00 2026 GMT\n"
        "notAfter=Apr  2 00:00:00 2026 GMT\n"
        "X509v3 Subject Alternative Name: \n"
        "    DNS:mail.iesgn.example\n"},
    {.description = "a mail domain's MX",
     .steps = LOOK("dns iesgn.example mx"), .count = 1, .command = "host -t MX iesgn.example",
     .text = "iesgn.example mail is handled by 10 mail.iesgn.example.\n"},
    {.description = "a host's address",
     .steps = LOOK("dns mail.iesgn.example A"), .count = 1,
     .command = "host -t A mail.iesgn.example",
     .text = "mail.iesgn.example has address 203.0.113.25\n"},
    {.description = "of the other family",
     .steps = LOOK("dns MAIL.iesgn.example AAAA"), .count = 1,
     .command = "host -t AAAA MAIL.iesgn.example",
     .text = "MAIL.iesgn.example has IPv6 address 2001:db8::25\n"},
    {.description = "a name without that type",
     .steps = LOOK("dns mail.iesgn.example MX"), .count = 0,
     .command = "host -t MX mail.iesgn.example",
     .text = "mail.iesgn.example has no MX record\n"},
    {.description = "no such name",
     .steps = LOOK("dns nowhere.example A"), .count = 0,
     .command = "host -t A nowhere.example",
     .text = "Host nowhere.example not found: 3(NXDOMAIN)\n"},
    {.description = "an address, backwards",
     .steps = LOOK("dns 203.0.113.25 PTR"), .count = 1, .command = "host 203.0.113.25",
     .text = "25.113.0.203.in-addr.arpa domain name pointer mail.iesgn.example.\n"},
    {.description = "one of 128 bits",
     .steps = LOOK("dns 2001:db8::25 PTR"), .count = 1, .command = "host 2001:db8::25",
     .text =
        "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
        " domain name pointer mail.iesgn.example.\n"},
    {.description = "a way that nobody took",
     .steps = LOOK("listener laptop mail"), .count = 0, .text = ""},
    {.description = "what crossed a cable in the clear",
     .steps = TALK("mail:25") "1 = NOOP\n2 = QUIT\n" LOOK("listener mail laptop"), .count = 6,
     .text =
        "laptop -> mail:25 (1 t)\n"
        "  S: 220 mail.iesgn.example ESMTP Postfix (Debian/GNU)\n"
        "  C: NOOP\n"
        "  S: 250 2.0.0 Ok\n"
        "  C: QUIT\n"
        "  S: 221 2.0.0 Bye\n"},
    {.description = "a password is no secret any more when the server refuses it",
     .steps = TALK("mail:25 clear") "1 = AUTH PLAIN AGFuYQBtZWxvY290b24=\n"
              LOOK("listener mail laptop"), .count = 5,
     .text =
        "laptop -> mail:25 (1 t)\n"
        "  S: 220 mail.iesgn.example ESMTP Postfix (Debian/GNU)\n"
        "  C: AUTH PLAIN AGFuYQBtZWxvY290b24=\n"
        "  S: 503 5.5.1 Error: authentication not enabled\n"
        "  = password-seen\n"},
    {.description = "nor in two lines",
     .steps = TALK("mail:25 clear") "1 = AUTH LOGIN\n2 = YW5h\n3 = bWVsb2NvdG9u\n"
              LOOK("listener mail laptop"), .count = 9,
     .text =
        "laptop -> mail:25 (1 t)\n"
        "  S: 220 mail.iesgn.example ESMTP Postfix (Debian/GNU)\n"
        "  C: AUTH LOGIN\n"
        "  S: 503 5.5.1 Error: authentication not enabled\n"
        "  C: YW5h\n"
        "  S: 500 5.5.2 Error: command not recognized\n"
        "  C: bWVsb2NvdG9u\n"
        "  S: 500 5.5.2 Error: command not recognized\n"
        "  = password-seen\n"},
    {.description = "a wrong one tells nothing",
     .steps = TALK("mail:25 clear") "1 = AUTH PLAIN AGFuYQBjZXJlemE=\n"
              LOOK("listener mail laptop"), .count = 4,
     .text =
        "laptop -> mail:25 (1 t)\n"
        "  S: 220 mail.iesgn.example ESMTP Postfix (Debian/GNU)\n"
        "  C: AUTH PLAIN AGFuYQBjZXJlemE=\n"
        "  S: 503 5.5.1 Error: authentication not enabled\n"},
};
/* clang-format on */

static const MailsimEvent *
find_shown(const MailsimRecording *recording)
{
    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind == MAILSIM_EVENT_SHOWN)
            return event;
    }
    ck_abort_msg("nothing was shown");
}

START_TEST(things_look_as_on_a_real_host)
{
    g_autofree char *told = NULL;
    g_autoptr(MailsimRecording) recording = run(sights[_i].steps, &told);
    const MailsimEvent *event = find_shown(recording);

    ck_assert_msg(g_str_equal(event->shown.text, sights[_i].text), "%s:\n%s",
                  sights[_i].description, event->shown.text);
    ck_assert_uint_eq(event->shown.count, sights[_i].count);
    ck_assert_pstr_eq(event->shown.command, sights[_i].command);
}
END_TEST

/* ---- what else is recorded --------------------------------------------------------------- */

START_TEST(a_look_takes_no_time_but_for_dns)
{
    g_autofree char *told = NULL;
    g_autoptr(MailsimRecording) recording =
        run(LOOK("queue mail") "[step d]\ntitle = D\ndo = look\nat = dns a.example A\n"
                               "[step e]\ntitle = E\ndo = set\n",
            &told);
    const MailsimStepRecord *first = g_ptr_array_index(recording->steps, 0);
    const MailsimStepRecord *second = g_ptr_array_index(recording->steps, 1);
    const MailsimStepRecord *third = g_ptr_array_index(recording->steps, 2);

    ck_assert_int_eq(second->started_us - first->started_us, 0);
    ck_assert_int_eq(third->started_us - second->started_us, 40 * MAILSIM_MILLISECOND);
    ck_assert_ptr_null(first->outcome);
}
END_TEST

START_TEST(nobody_gives_up_where_a_person_types)
{
    g_autofree char *told = NULL;
    g_autoptr(MailsimRecording) recording = run(TALK("mail:25") "1 = NOOP\n2 = RSET\n", &told);
    const MailsimHop *hop = g_ptr_array_index(recording->hops, 0);

    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        ck_assert_int_ne(event->kind, MAILSIM_EVENT_TIMEOUT);
    }
    ck_assert(hop->typed);
    ck_assert(hop->from_mail_program);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("talk");
    TCase *tcase = tcase_create("talk and look");

    tcase_add_loop_test(tcase, a_failed_expectation_says_what_was_seen, 0,
                        G_N_ELEMENTS(expectations));
    tcase_add_loop_test(tcase, things_look_as_on_a_real_host, 0, G_N_ELEMENTS(sights));
    tcase_add_test(tcase, a_look_takes_no_time_but_for_dns);
    tcase_add_test(tcase, nobody_gives_up_where_a_person_types);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
