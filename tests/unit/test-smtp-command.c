/* SPDX-License-Identifier: MIT
 *
 * Command lines taken apart as Postfix was seen to do it. */
#include <mailsim/protocol/smtp-command.h>

#include "../support/run-suite.h"

typedef struct {
    const char *line;
    const char *verb;
    const char *argument;
} CommandCase;

/* clang-format off */
static const CommandCase commands[] = {
    {"QUIT",                        "QUIT",      ""},
    {"quit",                        "QUIT",      ""},
    {"EHLO client.example",         "EHLO",      "client.example"},
    {"ehlo   Client.Example  ",     "EHLO",      "Client.Example"},
    {" NOOP",                       "NOOP",      ""},
    {"NOOP  ",                      "NOOP",      ""},
    {"\tRSET\t",                    "RSET",      ""},
    {"MAIL\tFROM:<a@b.example>",    "MAIL",      "FROM:<a@b.example>"},
    {"mail from:<a@b.example>",     "MAIL",      "from:<a@b.example>"},
    {"MAIL FROM:<a@b.example> SIZE=1  BODY=8BITMIME", "MAIL",
     "FROM:<a@b.example> SIZE=1  BODY=8BITMIME"},
    {"",                            "",          ""},
    {"   ",                         "",          ""},
    {"MAIL:",                       "MAIL:",     ""},
    {"RCPT\x0bTO:\x0c<a@b.example>", "RCPT",      "TO:\x0c<a@b.example>"},
    {"QUIT\r",                      "QUIT",      ""},
    {"GET / HTTP/1.0",              "GET",       "/ HTTP/1.0"},
};

/* clang-format on */

START_TEST(a_command_line_is_verb_and_argument)
{
    const CommandCase *row = &commands[_i];
    g_auto(MailsimSmtpCommand) command = {0};

    mailsim_smtp_command_parse(row->line, &command);
    ck_assert_str_eq(command.verb, row->verb);
    ck_assert_str_eq(command.argument, row->argument);
}
END_TEST

START_TEST(blanks_at_the_end_are_kept_apart)
{
    g_auto(MailsimSmtpCommand) command = {0};

    mailsim_smtp_command_parse("  MAIL \t FROM:a\\ \t", &command);
    ck_assert_str_eq(command.verb, "MAIL");
    ck_assert_str_eq(command.argument, "FROM:a\\");
    ck_assert_str_eq(command.rest, "FROM:a\\ \t");
}
END_TEST

START_TEST(xtext_has_no_plus_and_no_equals_sign)
{
    g_autoptr(GString) out = g_string_new("x=");

    mailsim_smtp_append_xtext(out, "bob+list=a b@c.example");
    ck_assert_str_eq(out->str, "x=bob+2Blist+3Da+20b@c.example");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("smtp-command");
    TCase *table = tcase_create("commands");
    tcase_add_loop_test(table, a_command_line_is_verb_and_argument, 0, G_N_ELEMENTS(commands));
    tcase_add_test(table, blanks_at_the_end_are_kept_apart);
    tcase_add_test(table, xtext_has_no_plus_and_no_equals_sign);
    suite_add_tcase(suite, table);

    return run_suite(suite);
}
