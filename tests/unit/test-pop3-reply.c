/* SPDX-License-Identifier: MIT
 *
 * What a POP3 server says, line by line. */
#include <mailsim/protocol/pop3-reply.h>

#include <string.h>

#include "../support/run-suite.h"

static const struct {
    const char *line;
    MailsimPop3Status status;
    const char *text;
} replies[] = {
  /* clang-format off */
    {"+OK Dovecot (Debian) ready.",        MAILSIM_POP3_OK,        "Dovecot (Debian) ready."      },
    {"+OK",                                MAILSIM_POP3_OK,        ""                             },
    {"+OK ",                               MAILSIM_POP3_OK,        ""                             },
    {"+OK  two",                           MAILSIM_POP3_OK,        " two"                         },
    {"-ERR [AUTH] Authentication failed.", MAILSIM_POP3_ERROR,     "[AUTH] Authentication failed."},
    {"-ERR",                               MAILSIM_POP3_ERROR,     ""                             },
    {"+ ",                                 MAILSIM_POP3_CHALLENGE, ""                             },
    {"+",                                  MAILSIM_POP3_CHALLENGE, ""                             },
    {"+ UGFzc3dvcmQ6",                     MAILSIM_POP3_CHALLENGE, "UGFzc3dvcmQ6"                 },
    {"+OKAY",                              MAILSIM_POP3_NO_REPLY,  NULL                           },
    {"+ok",                                MAILSIM_POP3_NO_REPLY,  NULL                           },
    {"-",                                  MAILSIM_POP3_NO_REPLY,  NULL                           },
    {"",                                   MAILSIM_POP3_NO_REPLY,  NULL                           },
    {" +OK",                               MAILSIM_POP3_NO_REPLY,  NULL                           },
    {"* OK ready",                         MAILSIM_POP3_NO_REPLY,  NULL                           },
    {"220 mx.dest.example ESMTP Postfix",  MAILSIM_POP3_NO_REPLY,  NULL                           },
  /* clang-format on */
};

START_TEST(a_reply_has_a_status)
{
    const char *text;

    ck_assert_msg(mailsim_pop3_reply_parse(replies[_i].line, &text) == replies[_i].status, "%s",
                  replies[_i].line);
    if (replies[_i].text != NULL)
        ck_assert_str_eq(text, replies[_i].text);
}
END_TEST

static const struct {
    const char *line;
    gsize length;
    const char *kept; /* NULL: the end */
} lines[] = {
    {"1 164",  5, "1 164\n"},
    {"",       0, "\n"     },
    {".",      1, NULL     },
    {"..",     2, ".\n"    },
    {"...two", 6, "..two\n"},
    {".x",     2, "x\n"    },
    {" .",     2, " .\n"   },
};

START_TEST(lines_follow_up_to_a_lone_dot)
{
    g_autoptr(GString) out = g_string_new("before\n");
    g_autofree char *expected =
        g_strconcat("before\n", lines[_i].kept != NULL ? lines[_i].kept : "", NULL);

    ck_assert_int_eq(mailsim_pop3_reply_append_line(out, lines[_i].line, lines[_i].length),
                     lines[_i].kept != NULL);
    ck_assert_str_eq(out->str, expected);
}
END_TEST

START_TEST(a_line_may_hold_nul)
{
    g_autoptr(GString) out = g_string_new(NULL);

    ck_assert(mailsim_pop3_reply_append_line(out, "a\0b", 3));
    ck_assert_mem_eq(out->str, "a\0b\n", 4);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("pop3-reply");
    TCase *tcase = tcase_create("replies");

    tcase_add_loop_test(tcase, a_reply_has_a_status, 0, G_N_ELEMENTS(replies));
    tcase_add_loop_test(tcase, lines_follow_up_to_a_lone_dot, 0, G_N_ELEMENTS(lines));
    tcase_add_test(tcase, a_line_may_hold_nul);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
