/* SPDX-License-Identifier: MIT
 *
 * Replies, line by line: when one is whole, what is none, and what a log says of it. */
#include <mailsim/base/limits.h>
#include <mailsim/protocol/smtp-reply.h>

#include "../support/run-suite.h"

typedef struct {
    const char *description;
    const char *lines[4];
    MailsimParse results[4]; /* one for each line */
    guint code;              /* 0: it never becomes a reply */
    const char *formatted;
} ReplyCase;

#define DONE      MAILSIM_PARSE_DONE
#define NEED_MORE MAILSIM_PARSE_NEED_MORE
#define ERROR     MAILSIM_PARSE_ERROR

/* clang-format off */
static const ReplyCase replies[] = {
    {.description = "one line", .lines = {"250 2.1.0 Ok"}, .results = {DONE},
     .code = 250, .formatted = "250 2.1.0 Ok"},
    {.description = "a bare code", .lines = {"250"}, .results = {DONE},
     .code = 250, .formatted = "250 "},
    {.description = "a code and a blank: AUTH's empty challenge", .lines = {"334 "},
     .results = {DONE}, .code = 334, .formatted = "334 "},
    {.description = "three lines",
     .lines = {"250-mx.dest.example", "250-PIPELINING", "250 CHUNKING"},
     .results = {NEED_MORE, NEED_MORE, DONE},
     .code = 250, .formatted = "250-mx.dest.example 250-PIPELINING 250 CHUNKING"},
    {.description = "lines without text", .lines = {"250-", "250 "},
     .results = {NEED_MORE, DONE}, .code = 250, .formatted = "250- 250 "},
    {.description = "a last line that is a bare code", .lines = {"554-No", "554"},
     .results = {NEED_MORE, DONE}, .code = 554, .formatted = "554-No 554 "},
    {.description = "two codes in one reply", .lines = {"250-first", "251 second"},
     .results = {NEED_MORE, ERROR}},
    {.description = "no code", .lines = {"garbage"}, .results = {ERROR}},
    {.description = "an empty line", .lines = {""}, .results = {ERROR}},
    {.description = "garbage in mid-reply", .lines = {"250-first", "second"},
     .results = {NEED_MORE, ERROR}},
    {.description = "two digits", .lines = {"25 Ok"}, .results = {ERROR}},
    {.description = "four digits", .lines = {"2500 Ok"}, .results = {ERROR}},
    {.description = "a code that RFC 5321 does not know: 1yz", .lines = {"150 wait"},
     .results = {ERROR}},
    {.description = "6yz", .lines = {"650 what"}, .results = {ERROR}},
    {.description = "x6z", .lines = {"260 what"}, .results = {ERROR}},
    {.description = "a leading blank", .lines = {" 250 Ok"}, .results = {ERROR}},
    {.description = "another separator", .lines = {"250_Ok"}, .results = {ERROR}},
    {.description = "the highest code", .lines = {"559 no"}, .results = {DONE},
     .code = 559, .formatted = "559 no"},
    {.description = "text that looks like a continuation", .lines = {"250 -"},
     .results = {DONE}, .code = 250, .formatted = "250 -"},
    {.description = "UTF-8", .lines = {"550 5.1.1 ¿quién?"}, .results = {DONE},
     .code = 550, .formatted = "550 5.1.1 ¿quién?"},
};

typedef struct {
    const char *text;
    const char *dsn; /* NULL: not a reply */
} DsnCase;

static const DsnCase dsns[] = {
    {"250 2.0.0 Ok: queued as 12345",          "2.0.0"},
    {"550 5.1.1 <x@y.example>: User unknown",  "5.1.1"},
    {"550 5.123.999 far",                      "5.123.999"},
    {"550 5.1.1",                              "5.1.1"},
    {"250-mx.dest.example 250 CHUNKING",       "2.0.0"},
    {"554-5.7.1 one 554 5.7.1 two",            "5.7.1"},
    {"450 no code at all",                     "4.0.0"},
    {"554",                                    "5.0.0"},
    {"550 4.1.1 another class",                "5.0.0"}, /* as Postfix: it must be the reply's */
    {"550 5.1 too short",                      "5.0.0"},
    {"550 5.1.1: a colon behind",              "5.0.0"},
    {"550 5.1234.1 too long",                  "5.0.0"},
    {"550  5.1.1 two blanks",                  "5.0.0"},
    {"5.7.1 Access denied",                    "5.7.1"},
    {"2.0.0",                                  "2.0.0"},
    {"Access denied",                          NULL},
    {"",                                       NULL},
};
/* clang-format on */

START_TEST(a_reply_is_whole_with_the_first_line_that_has_no_hyphen)
{
    const ReplyCase *row = &replies[_i];
    g_autoptr(MailsimSmtpReply) reply = mailsim_smtp_reply_new();
    g_autofree char *formatted = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(row->lines) && row->lines[i] != NULL; i++)
        ck_assert_msg(mailsim_smtp_reply_add_line(reply, row->lines[i]) == row->results[i],
                      "%s: line %u", row->description, i + 1);
    if (row->code == 0)
        return;
    formatted = mailsim_smtp_reply_format(reply);
    ck_assert_uint_eq(reply->code, row->code);
    ck_assert_uint_eq(mailsim_smtp_reply_get_class(reply), row->code / 100);
    ck_assert_str_eq(formatted, row->formatted);
}
END_TEST

START_TEST(a_reply_keeps_the_text_of_each_line)
{
    g_autoptr(MailsimSmtpReply) reply = mailsim_smtp_reply_new();

    mailsim_smtp_reply_add_line(reply, "250-mx.dest.example");
    mailsim_smtp_reply_add_line(reply, "250-SIZE 10240000");
    mailsim_smtp_reply_add_line(reply, "250");
    ck_assert_uint_eq(reply->lines->len, 3);
    ck_assert_str_eq(g_ptr_array_index(reply->lines, 0), "mx.dest.example");
    ck_assert_str_eq(g_ptr_array_index(reply->lines, 1), "SIZE 10240000");
    ck_assert_str_eq(g_ptr_array_index(reply->lines, 2), "");
}
END_TEST

/* Postfix's log and bounces: “one?two??three ?bell”. */
START_TEST(a_reply_is_shown_without_controls)
{
    static const char *const rows[][2] = {
        {"550 5.1.1 one\ttwo\t\tthree \abell",       "550 5.1.1 one?two??three ?bell"    },
        {"550 5.1.1 señor Muñoz no está",         "550 5.1.1 señor Muñoz no está"  },
        {"550 5.1.1 se\xf1or, ñ \xe2\x82 x \x7f y", "550 5.1.1 se?or, ñ \xe2\x82 x ? y"},
    };
    g_autoptr(MailsimSmtpReply) reply = mailsim_smtp_reply_new();
    g_autofree char *text = NULL;

    ck_assert_int_eq(mailsim_smtp_reply_add_line(reply, rows[_i][0]), MAILSIM_PARSE_DONE);
    text = mailsim_smtp_reply_format(reply);
    ck_assert_str_eq(text, rows[_i][1]);
}
END_TEST

START_TEST(a_reply_without_end_is_none)
{
    g_autoptr(MailsimSmtpReply) reply = mailsim_smtp_reply_new();

    for (guint i = 0; i < MAILSIM_REPLY_LINES_MAX; i++)
        ck_assert_int_eq(mailsim_smtp_reply_add_line(reply, "250-more"), NEED_MORE);
    ck_assert_int_eq(mailsim_smtp_reply_add_line(reply, "250 end"), ERROR);
    ck_assert_uint_eq(reply->lines->len, MAILSIM_REPLY_LINES_MAX);
}
END_TEST

START_TEST(the_enhanced_status_code_of_a_reply_is_found)
{
    g_autofree char *dsn = mailsim_smtp_reply_dup_dsn(dsns[_i].text);

    ck_assert_pstr_eq(dsn, dsns[_i].dsn);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("smtp-reply");
    TCase *table = tcase_create("replies");
    tcase_add_loop_test(table, a_reply_is_whole_with_the_first_line_that_has_no_hyphen, 0,
                        G_N_ELEMENTS(replies));
    tcase_add_test(table, a_reply_keeps_the_text_of_each_line);
    tcase_add_loop_test(table, a_reply_is_shown_without_controls, 0, 3);
    tcase_add_test(table, a_reply_without_end_is_none);
    tcase_add_loop_test(table, the_enhanced_status_code_of_a_reply_is_found, 0,
                        G_N_ELEMENTS(dsns));
    suite_add_tcase(suite, table);

    return run_suite(suite);
}
