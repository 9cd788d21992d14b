/* SPDX-License-Identifier: MIT
 *
 * Commands of IMAP, taken apart: each argument is written back in a form that shows its
 * kind. */
#include <mailsim/protocol/imap-command.h>

#include <string.h>

#include "../support/run-suite.h"

#define NESTING_MAX 3

/* clang-format off */
static const struct {
    const char *text;
    const char *seen; /* tag|name|arguments: atom, 'string', NIL, (list) */
    const char *problem;
} commands[] = {
    {"a1 CAPABILITY",                  "a1|CAPABILITY|",                          NULL},
    {"a1 login ana \"mel oc\"",        "a1|LOGIN|ana 'mel oc'",                   NULL},
    {"a \"\"",                         "a|\"\"|",                                 NULL},
    {"a LIST \"\" *",                  "a|LIST|'' *",                             NULL},
    {"a X \"a\\\"b\\\\c\"",            "a|X|'a\"b\\c'",                           NULL},
    {"a FETCH 1:* (FLAGS UID)",        "a|FETCH|1:* (FLAGS UID)",                 NULL},
    {"a FETCH 1 BODY[TEXT]<0.9>",      "a|FETCH|1 BODY[TEXT]<0.9>",               NULL},
    {"a F 1 BODY[HEADER.FIELDS (To A)]<0.9>", "a|F|1 BODY[HEADER.FIELDS (To A) ]<0.9>", NULL},
    {"a X (a (b (c)))",                "a|X|(a (b (c)))",                         NULL},
    {"a ID nil",                       "a|ID|NIL",                                NULL},
    {"a X {3}\r\nabc {0}\r\n",         "a|X|'abc' ''",                            NULL},
    {"a X {3+}\r\na\r\n y",            "a|X|'a\r\n' y",                           NULL},
    {"a  X",                           "a||X",                                    NULL},
    {"",                               "||",                                      NULL},
    {"a",                              "a||",                                     NULL},
    {"a X (a (b (c (d))))",            NULL,                                      "Too many '('"},
    {"a X BODY[HEADER.FIELDS(To)]",    NULL,                                      "Invalid characters in atom"},
    {"a X a\"b\"",                     NULL,                                      "Invalid characters in atom"},
    {"a X Espa\xc3\xb1"  ,              NULL,                                      "8bit data in atom"},
    {"a X (a",                         NULL,                                      "Missing ')'"},
    {"a X a)",                         NULL,                                      "Unexpected ')'"},
    {"a X \"abc",                      NULL,                                      "Missing '\"'"},
    {"a X {9}\r\nabc",                 NULL,                                      "Invalid literal size"},
    {"a X {x}\r\nabc",                 NULL,                                      "Invalid literal size"},
    {"a X {3}",                        NULL,                                      "Invalid literal size"},
};

static const struct {
    const char *line;
    gboolean found;
    gsize size;
    gboolean synchronizing;
} literals[] = {
    {"a LOGIN {5}",                        TRUE,  5,          TRUE },
    {"a LOGIN {5+}",                       TRUE,  5,          FALSE},
    {"{0}",                                TRUE,  0,          TRUE },
    {"a {18446744073709551617}",           TRUE,  G_MAXSIZE,  TRUE },
    {"a {99999999999999999999999999999+}", TRUE,  G_MAXSIZE,  FALSE},
    {"a {}",                               FALSE, 0,          FALSE},
    {"a {+}",                              FALSE, 0,          FALSE},
    {"a {-1}",                             FALSE, 0,          FALSE},
    {"a {1x}",                             FALSE, 0,          FALSE},
    {"a {5} ",                             FALSE, 0,          FALSE},
    {"5}",                                 FALSE, 0,          FALSE},
    {"}",                                  FALSE, 0,          FALSE},
    {"",                                   FALSE, 0,          FALSE},
};
/* clang-format on */

static void
append_arguments(GString *seen, const GPtrArray *arguments)
{
    for (guint i = 0; i < arguments->len; i++) {
        const MailsimImapArgument *argument = g_ptr_array_index(arguments, i);

        if (i > 0)
            g_string_append_c(seen, ' ');
        switch (argument->kind) {
        case MAILSIM_IMAP_ATOM:
            g_string_append(seen, argument->text);
            break;
        case MAILSIM_IMAP_STRING:
            g_string_append_printf(seen, "'%s'", argument->text);
            break;
        case MAILSIM_IMAP_NIL:
            g_string_append(seen, "NIL");
            break;
        case MAILSIM_IMAP_LIST:
            g_string_append_c(seen, '(');
            append_arguments(seen, argument->items);
            g_string_append_c(seen, ')');
            break;
        case MAILSIM_IMAP_LITERAL:
            ck_abort_msg("all literals are there");
        }
    }
}

START_TEST(a_command_is_taken_apart)
{
    g_auto(MailsimImapCommand) command = {0};
    g_autoptr(GString) seen = g_string_new(NULL);

    mailsim_imap_command_parse(commands[_i].text, strlen(commands[_i].text), NESTING_MAX,
                               &command);
    ck_assert_pstr_eq(command.problem, commands[_i].problem);
    g_string_printf(seen, "%s|%s|", command.tag != NULL ? command.tag : "",
                    command.name != NULL ? command.name : "");
    append_arguments(seen, command.arguments);
    if (commands[_i].seen != NULL)
        ck_assert_str_eq(seen->str, commands[_i].seen);
}
END_TEST

START_TEST(a_literal_is_announced_at_the_end_of_a_line)
{
    gsize size = 0;
    gboolean synchronizing = FALSE;

    ck_assert_int_eq(mailsim_imap_find_literal(literals[_i].line, strlen(literals[_i].line),
                                               &size, &synchronizing),
                     literals[_i].found);
    if (!literals[_i].found)
        return;
    ck_assert_uint_eq(size, literals[_i].size);
    ck_assert_int_eq(synchronizing, literals[_i].synchronizing);
}
END_TEST

START_TEST(strings_are_said_in_quotes_or_as_literals)
{
    g_autoptr(GString) out = g_string_new(NULL);

    mailsim_imap_append_string(out, NULL);
    mailsim_imap_append_string(out, "");
    mailsim_imap_append_string(out, "a \"b\" \\");
    mailsim_imap_append_string(out, "a\r\nb");
    mailsim_imap_append_string(out, "\xc3\xb1");
    ck_assert_str_eq(out->str, "NIL\"\"\"a \\\"b\\\" \\\\\"{4}\r\na\r\nb{2}\r\n\xc3\xb1");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("imap-command");
    TCase *tcase = tcase_create("imap-command");

    tcase_add_loop_test(tcase, a_command_is_taken_apart, 0, G_N_ELEMENTS(commands));
    tcase_add_loop_test(tcase, a_literal_is_announced_at_the_end_of_a_line, 0,
                        G_N_ELEMENTS(literals));
    tcase_add_test(tcase, strings_are_said_in_quotes_or_as_literals);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
