/* SPDX-License-Identifier: MIT
 *
 * A line of a mail log taken apart: every form of what stands before the program, what programs
 * are told apart, and what any bytes do: nothing. */
#include <mailsim/explain/log-line.h>

#include <string.h>

#include <mailsim/base/limits.h>

#include "../support/run-suite.h"

#define SAID "connect from unknown[198.51.100.7]"

/* clang-format off */
static const struct {
    const char *line;
    MailsimLogProgram program;
    const char *time, *host, *service, *daemon, *pid, *severity, *queue_id, *message;
} cases[] = {
    /* rsyslog of today and of before, maillog_file */
    {"2026-07-02T10:00:00.021053+02:00 mail postfix/smtpd[123]: " SAID, MAILSIM_LOG_POSTFIX,
     "2026-07-02T10:00:00.021053+02:00", "mail", NULL, "smtpd", "123", NULL, NULL, SAID},
    {"Jul  2 10:00:00 mail postfix/smtpd[123]: " SAID, MAILSIM_LOG_POSTFIX,
     "Jul  2 10:00:00", "mail", NULL, "smtpd", "123", NULL, NULL, SAID},
    {"Jul 02 10:00:00 mail postfix/smtpd[123]: " SAID, MAILSIM_LOG_POSTFIX,
     "Jul 02 10:00:00", "mail", NULL, "smtpd", "123", NULL, NULL, SAID},
    {"<22>Jul  2 10:00:00 mail postfix/smtpd[123]: " SAID, MAILSIM_LOG_POSTFIX,
     "Jul  2 10:00:00", "mail", NULL, "smtpd", "123", NULL, NULL, SAID},
    /* journalctl --output: short-precise, short-iso, short-full, short-unix, short-monotonic */
    {"Jul 02 10:00:00.021053 mail postfix/smtpd[123]: " SAID, MAILSIM_LOG_POSTFIX,
     "Jul 02 10:00:00.021053", "mail", NULL, "smtpd", "123", NULL, NULL, SAID},
    {"2026-07-02T10:00:00+0200 mail postfix/smtpd[123]: " SAID, MAILSIM_LOG_POSTFIX,
     "2026-07-02T10:00:00+0200", "mail", NULL, "smtpd", "123", NULL, NULL, SAID},
    {"Thu 2026-07-02 10:00:00 CEST mail postfix/smtpd[123]: " SAID, MAILSIM_LOG_POSTFIX,
     "Thu 2026-07-02 10:00:00 CEST", "mail", NULL, "smtpd", "123", NULL, NULL, SAID},
    {"1782979200.021053 mail postfix/smtpd[123]: " SAID, MAILSIM_LOG_POSTFIX,
     "1782979200.021053", "mail", NULL, "smtpd", "123", NULL, NULL, SAID},
    {"[ 1234.567890] mail postfix/smtpd[123]: " SAID, MAILSIM_LOG_POSTFIX,
     "[ 1234.567890]", "mail", NULL, "smtpd", "123", NULL, NULL, SAID},
    {"Jul 02 10:00:00 postfix/smtpd[123]: " SAID, MAILSIM_LOG_POSTFIX, /* --no-hostname */
     "Jul 02 10:00:00", NULL, NULL, "smtpd", "123", NULL, NULL, SAID},
    /* of grep, and of nobody */
    {"/var/log/mail.log:Jul  2 10:00:00 mail postfix/smtpd[123]: " SAID, MAILSIM_LOG_POSTFIX,
     "Jul  2 10:00:00", "mail", NULL, "smtpd", "123", NULL, NULL, SAID},
    {"17:Jul  2 10:00:00 mail postfix/smtpd[123]: " SAID, MAILSIM_LOG_POSTFIX,
     "Jul  2 10:00:00", "mail", NULL, "smtpd", "123", NULL, NULL, SAID},
    {"postfix/smtpd[123]: " SAID, MAILSIM_LOG_POSTFIX,
     NULL, NULL, NULL, "smtpd", "123", NULL, NULL, SAID},
    {"postfix/smtpd: " SAID, MAILSIM_LOG_POSTFIX,
     NULL, NULL, NULL, "smtpd", NULL, NULL, NULL, SAID},
    {"container-1 | postfix/smtpd[123]: " SAID, MAILSIM_LOG_POSTFIX,
     NULL, NULL, NULL, "smtpd", "123", NULL, NULL, SAID},
    /* names */
    {"postfix/submission/smtpd[1]: x", MAILSIM_LOG_POSTFIX,
     NULL, NULL, "submission", "smtpd", "1", NULL, NULL, "x"},
    {"postfix-out/relay/smtp[1]: x", MAILSIM_LOG_POSTFIX,
     NULL, NULL, "relay", "smtp", "1", NULL, NULL, "x"},
    {"Jul  2 10:00:00 mail sshd[1]: x", MAILSIM_LOG_OTHER,
     "Jul  2 10:00:00", "mail", NULL, "sshd", "1", NULL, NULL, "x"},
    /* severity, queue id */
    {"postfix/smtpd[1]: warning: x", MAILSIM_LOG_POSTFIX,
     NULL, NULL, NULL, "smtpd", "1", "warning", NULL, "x"},
    {"postfix/smtpd[1]: fatal: x: y", MAILSIM_LOG_POSTFIX,
     NULL, NULL, NULL, "smtpd", "1", "fatal", NULL, "x: y"},
    {"postfix/smtpd[1]: NOQUEUE: reject: x", MAILSIM_LOG_POSTFIX,
     NULL, NULL, NULL, "smtpd", "1", NULL, "NOQUEUE", "reject: x"},
    {"postfix/smtpd[1]: 138FEA7C7B0: client=x", MAILSIM_LOG_POSTFIX,
     NULL, NULL, NULL, "smtpd", "1", NULL, "138FEA7C7B0", "client=x"},
    {"postfix/smtpd[1]: 4Y2kL91mNpz3fVb: client=x", MAILSIM_LOG_POSTFIX,
     NULL, NULL, NULL, "smtpd", "1", NULL, "4Y2kL91mNpz3fVb", "client=x"},
    {"postfix/smtpd[1]: warning: 138FEA7C7B0: x", MAILSIM_LOG_POSTFIX,
     NULL, NULL, NULL, "smtpd", "1", "warning", "138FEA7C7B0", "x"},
    {"postfix/anvil[1]: statistics: x", MAILSIM_LOG_POSTFIX,
     NULL, NULL, NULL, "anvil", "1", NULL, NULL, "statistics: x"},
    {"NOQUEUE: reject: x", MAILSIM_LOG_BARE,
     NULL, NULL, NULL, NULL, NULL, NULL, "NOQUEUE", "reject: x"},
    {"connect from nobody", MAILSIM_LOG_BARE,
     NULL, NULL, NULL, NULL, NULL, NULL, NULL, "connect from nobody"},
    /* Dovecot, through syslog and in a file of its own */
    {"Jul  2 10:00:00 mail dovecot: imap-login: Login: x", MAILSIM_LOG_DOVECOT,
     "Jul  2 10:00:00", "mail", NULL, "imap-login", NULL, NULL, NULL, "Login: x"},
    {"dovecot: imap(ana)<370><AbC+/>: Logged out", MAILSIM_LOG_DOVECOT,
     NULL, NULL, NULL, "imap", "370", NULL, NULL, "Logged out"},
    {"dovecot: auth-worker(385): x", MAILSIM_LOG_DOVECOT,
     NULL, NULL, NULL, "auth-worker", "385", NULL, NULL, "x"},
    {"dovecot: master: Warning: x", MAILSIM_LOG_DOVECOT,
     NULL, NULL, NULL, "master", NULL, "warning", NULL, "x"},
    {"Jul 02 10:00:00 imap-login: Info: Login: x", MAILSIM_LOG_DOVECOT,
     "Jul 02 10:00:00", NULL, NULL, "imap-login", NULL, NULL, NULL, "Login: x"},
    {"Jul 02 10:00:00 imap(ana)<1><b>: Error: x", MAILSIM_LOG_DOVECOT,
     "Jul 02 10:00:00", NULL, NULL, "imap", "1", "error", NULL, "x"},
    /* nothing */
    {"", MAILSIM_LOG_NOTHING, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ""},
    {"   ", MAILSIM_LOG_NOTHING, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ""},
    {"==> mail.log <==", MAILSIM_LOG_NOTHING, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ""},
    {"-- Boot 1234 --", MAILSIM_LOG_NOTHING, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ""},
    {"--", MAILSIM_LOG_NOTHING, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ""},
};

static const struct {
    const char *bytes;
    gsize length;
    const char *text;
} broken[] = {
    {"a\0b", 3, "a\\x00b"},
    {"a\033[31mb", 7, "a\\x1b[31mb"},
    {"a\rb", 3, "a\\x0db"},
    {"\377\376", 2, "\\xff\\xfe"},
    {"ma\303\261ana", 7, "ma\303\261ana"},
    {"ma\303", 3, "ma\\xc3"},
    {"a\342\200\256b", 5, "a\\xe2\\x80\\xaeb"}, /* turns the direction of writing */
    {"a\tb", 3, "a b"},
    {"\302\233x", 3, "\\xc2\\x9bx"}, /* CSI as one character */
};
/* clang-format on */

START_TEST(a_line_is_taken_apart)
{
    g_autoptr(MailsimLogLine) line =
        mailsim_log_line_new(cases[_i].line, strlen(cases[_i].line));

    ck_assert_int_eq(line->program, cases[_i].program);
    ck_assert_pstr_eq(line->time, cases[_i].time);
    ck_assert_pstr_eq(line->host, cases[_i].host);
    ck_assert_pstr_eq(line->service, cases[_i].service);
    ck_assert_pstr_eq(line->daemon, cases[_i].daemon);
    ck_assert_pstr_eq(line->pid, cases[_i].pid);
    ck_assert_pstr_eq(line->severity, cases[_i].severity);
    ck_assert_pstr_eq(line->queue_id, cases[_i].queue_id);
    ck_assert_pstr_eq(line->message, cases[_i].message);
}
END_TEST

START_TEST(what_cannot_be_printed_is_shown_as_numbers)
{
    g_autoptr(MailsimLogLine) line = mailsim_log_line_new(broken[_i].bytes, broken[_i].length);

    ck_assert_str_eq(line->text, broken[_i].text);
    ck_assert(!line->cut);
}
END_TEST

START_TEST(of_a_long_line_the_beginning_is_looked_at)
{
    const gsize length = 1024 * 1024;
    g_autofree char *bytes = g_strnfill(length, 'x');
    g_autoptr(MailsimLogLine) line = NULL;

    memcpy(bytes, "postfix/smtpd[1]: ", strlen("postfix/smtpd[1]: "));
    line = mailsim_log_line_new(bytes, length);
    ck_assert(line->cut);
    ck_assert_uint_eq(strlen(line->text), MAILSIM_LOG_LINE_MAX_BYTES);
    ck_assert_str_eq(line->daemon, "smtpd");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("log-line");
    TCase *tcase = tcase_create("log-line");

    tcase_add_loop_test(tcase, a_line_is_taken_apart, 0, G_N_ELEMENTS(cases));
    tcase_add_loop_test(tcase, what_cannot_be_printed_is_shown_as_numbers, 0,
                        G_N_ELEMENTS(broken));
    tcase_add_test(tcase, of_a_long_line_the_beginning_is_looked_at);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
