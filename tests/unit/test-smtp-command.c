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
    {"GET / HTTP/1.0",              "GET",       "/ HTTP/1.0"},
};

typedef struct {
    const char       *description;
    const char       *argument;
    const char       *keyword; /* NULL: FROM */
    MailsimPathResult result;
    const char       *address;
    const char       *parameters; /* “NAME=value NAME”, as read */
} PathCase;

#define OK          MAILSIM_PATH_OK
#define SYNTAX      MAILSIM_PATH_SYNTAX
#define BAD_ADDRESS MAILSIM_PATH_BAD_ADDRESS

static const PathCase paths[] = {
    {.description = "the usual", .argument = "FROM:<a@b.example>", .address = "a@b.example"},
    {.description = "lower case", .argument = "from:<a@b.example>", .address = "a@b.example"},
    {.description = "a blank after the colon", .argument = "FROM: <a@b.example>",
     .address = "a@b.example"},
    {.description = "no brackets", .argument = "FROM:a@b.example", .address = "a@b.example"},
    {.description = "no brackets, a parameter", .argument = "FROM:a@b.example SIZE=7",
     .address = "a@b.example", .parameters = "SIZE=7"},
    {.description = "the null sender", .argument = "FROM:<>", .address = ""},
    {.description = "the null sender, a parameter", .argument = "FROM:<> SIZE=7", .address = "",
     .parameters = "SIZE=7"},
    {.description = "a local part alone", .argument = "TO:<postmaster>", .keyword = "TO",
     .address = "postmaster"},
    {.description = "parameters", .argument = "FROM:<a@b.example> size=12 Body=8BITMIME SMTPUTF8",
     .address = "a@b.example", .parameters = "SIZE=12 BODY=8BITMIME SMTPUTF8"},
    {.description = "blanks between parameters", .argument = "FROM:<a@b.example>   SIZE=12 \t X ",
     .address = "a@b.example", .parameters = "SIZE=12 X"},
    {.description = "a parameter with two equals signs",
     .argument = "TO:<a@b.example> ORCPT=rfc822;a+3Db@c=d", .keyword = "TO",
     .address = "a@b.example", .parameters = "ORCPT=rfc822;a+3Db@c=d"},
    {.description = "a parameter without value", .argument = "FROM:<a@b.example> SIZE=",
     .address = "a@b.example", .parameters = "SIZE="},
    {.description = "UTF-8", .argument = "FROM:<jörg@b.example>", .address = "jörg@b.example"},
    {.description = "two at signs", .argument = "FROM:<a@b@c.example>",
     .address = "a@b@c.example"},
    {.description = "no local part", .argument = "FROM:<@b.example>", .address = "@b.example"},
    {.description = "blanks inside the brackets", .argument = "FROM:< a@b.example >",
     .address = "a@b.example"},
    {.description = "a quoted local part", .argument = "FROM:<\"a >b\"@c.example> SIZE=7",
     .address = "\"a >b\"@c.example", .parameters = "SIZE=7"},
    {.description = "a source route", .argument = "TO:<@r.example,@s.example:a@b.example>",
     .keyword = "TO", .address = "a@b.example"},
    {.description = "a colon in the local part", .argument = "FROM:<x:a@b.example>",
     .address = "x:a@b.example"},
    {.description = "nothing", .argument = "", .result = SYNTAX},
    {.description = "no colon", .argument = "FROM <a@b.example>", .result = SYNTAX},
    {.description = "no colon, no brackets", .argument = "FROM a@b.example", .result = SYNTAX},
    {.description = "nothing after the colon", .argument = "FROM:", .result = SYNTAX},
    {.description = "a blank after the colon, then nothing", .argument = "FROM: ",
     .result = SYNTAX},
    {.description = "the other keyword", .argument = "TO:<a@b.example>", .result = SYNTAX},
    {.description = "a longer keyword", .argument = "FROMAGE:<a@b.example>", .result = SYNTAX},
    {.description = "a colon too late", .argument = "FROM :<a@b.example>", .result = SYNTAX},
    {.description = "no closing bracket", .argument = "FROM:<a@b.example",
     .result = BAD_ADDRESS},
    {.description = "a blank inside", .argument = "FROM:<a b@c.example>", .result = BAD_ADDRESS},
    {.description = "no address at all", .argument = "FROM:<@>", .result = BAD_ADDRESS},
    {.description = "text behind the bracket", .argument = "FROM:<a@b.example>SIZE=7",
     .result = BAD_ADDRESS},
    {.description = "no domain after the at sign", .argument = "FROM:<a@>",
     .result = BAD_ADDRESS},
    {.description = "a bracket inside", .argument = "FROM:<a<b@c.example>",
     .result = BAD_ADDRESS},
    {.description = "a control character", .argument = "FROM:<a\x01@c.example>",
     .result = BAD_ADDRESS},
    {.description = "nobody is no recipient", .argument = "TO:<>", .keyword = "TO",
     .result = BAD_ADDRESS},
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

static char *
join_parameters(const GPtrArray *parameters)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < parameters->len; i++) {
        const MailsimSmtpParameter *parameter = g_ptr_array_index(parameters, i);

        g_string_append_printf(text, "%s%s%s%s", i > 0 ? " " : "", parameter->name,
                               parameter->value != NULL ? "=" : "",
                               parameter->value != NULL ? parameter->value : "");
    }
    return g_string_free(text, FALSE);
}

static const struct {
    const char *text;
    const char *address; /* NULL: it is none */
} mailboxes[] = {
    {"alice",                    "alice"               },
    {"<alice>",                  "alice"               },
    {"alice@dest.example",       "alice@dest.example"  },
    {"<alice@dest.example>",     "alice@dest.example"  },
    {"<@r.example:a@b.example>", "a@b.example"         },
    {"\"a b\"@dest.example",     "\"a b\"@dest.example"},
    {"",                         NULL                  },
    {"<>",                       NULL                  },
    {"alice bob",                NULL                  },
    {"<alice> bob",              NULL                  },
    {"alice@",                   NULL                  },
};

START_TEST(a_mailbox_may_have_brackets)
{
    g_autofree char *address = mailsim_smtp_mailbox_parse(mailboxes[_i].text);

    ck_assert_pstr_eq(address, mailboxes[_i].address);
}
END_TEST

START_TEST(a_path_is_address_and_parameters)
{
    const PathCase *row = &paths[_i];
    const char *keyword = row->keyword != NULL ? row->keyword : "FROM";
    g_auto(MailsimSmtpPath) path = {0};
    MailsimPathResult result = mailsim_smtp_path_parse(row->argument, keyword, &path);
    g_autofree char *parameters = NULL;

    ck_assert_msg(result == row->result, "%s: %d", row->description, result);
    if (result != OK) {
        ck_assert_ptr_null(path.address);
        ck_assert_ptr_null(path.parameters);
        return;
    }
    parameters = join_parameters(path.parameters);
    ck_assert_str_eq(path.address, row->address);
    ck_assert_str_eq(parameters, row->parameters != NULL ? row->parameters : "");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("smtp-command");
    TCase *table = tcase_create("commands");
    tcase_add_loop_test(table, a_command_line_is_verb_and_argument, 0, G_N_ELEMENTS(commands));
    tcase_add_loop_test(table, a_mailbox_may_have_brackets, 0, G_N_ELEMENTS(mailboxes));
    tcase_add_loop_test(table, a_path_is_address_and_parameters, 0, G_N_ELEMENTS(paths));
    suite_add_tcase(suite, table);

    return run_suite(suite);
}
