/* SPDX-License-Identifier: MIT
 *
 * Arguments of MAIL, RCPT and VRFY: what a real Postfix was seen to take for the address in
 * them. tests/dialogue/recorded/addresses.txt has what it answered. */
#include <mailsim/protocol/smtp-path.h>

#include "../support/run-suite.h"

typedef struct {
    const char *argument;
    const char *keyword; /* NULL: TO */
    MailsimPathResult result;
    const char *address;
    const char *text;       /* NULL: as the address */
    const char *parameters; /* each as written, with a bar behind it; NULL: none */
    gboolean strict;
    gboolean utf8;
} PathCase;

#define OK          MAILSIM_PATH_OK
#define SYNTAX      MAILSIM_PATH_SYNTAX
#define BAD_ADDRESS MAILSIM_PATH_BAD_ADDRESS

/* clang-format off */
static const PathCase paths[] = {
    /* keywords */
    {.argument = "TO:<a@b.example>", .address = "a@b.example"},
    {.argument = "to:<a@b.example>", .address = "a@b.example"},
    {.argument = "TO: \t<a@b.example>", .address = "a@b.example"},
    {.argument = "TO:a@b.example", .address = "a@b.example"},
    {.argument = "TO:x:y@b.example", .address = "x:y@b.example"},
    {.argument = "TO:to:<a@b.example>", .address = "to:", .parameters = "<a@b.example>|"},
    {.argument = "TO:from:a@b.example", .address = "from:", .parameters = "a@b.example|"},
    {.argument = "TO:<to:a@b.example>", .address = "to:a@b.example"},
    {.argument = "", .result = SYNTAX},
    {.argument = "TO", .result = SYNTAX},
    {.argument = "TO:", .result = SYNTAX},
    {.argument = "TO:  ", .result = SYNTAX},
    {.argument = "TO <a@b.example>", .result = SYNTAX},
    {.argument = "TO :<a@b.example>", .result = SYNTAX},
    {.argument = "TO<a@b.example>", .result = SYNTAX},
    {.argument = "xTO:<a@b.example>", .result = SYNTAX},
    {.argument = "x TO:<a@b.example>", .result = SYNTAX},
    {.argument = "\"TO:\"<a@b.example>", .result = SYNTAX},
    {.argument = "T\\O:<a@b.example>", .result = SYNTAX},
    {.argument = "FROM:<a@b.example>", .result = SYNTAX},
    {.argument = "FROM:TO:<a@b.example>", .result = SYNTAX},
    {.argument = "TO:<a@b.example>", .keyword = "FROM", .result = SYNTAX},
    {.argument = "FROMAGE:<a@b.example>", .keyword = "FROM", .result = SYNTAX},
    /* nobody */
    {.argument = "FROM:<>", .keyword = "FROM", .address = ""},
    {.argument = "FROM:<()>", .keyword = "FROM", .address = ""},
    {.argument = "FROM:,", .keyword = "FROM", .address = ""},
    {.argument = "FROM:<> SIZE=7", .keyword = "FROM", .address = "", .parameters = "SIZE=7|"},
    {.argument = "TO:<>", .result = BAD_ADDRESS},
    {.argument = "TO:<<>>", .result = BAD_ADDRESS},
    {.argument = "TO:<\"\">", .result = BAD_ADDRESS},
    {.argument = "TO:<(alice)>", .result = BAD_ADDRESS},
    {.argument = "TO:<x:;>", .result = BAD_ADDRESS},
    /* quotes and escapes */
    {.argument = "TO:<\"alice\"@b.example>", .address = "alice@b.example"},
    {.argument = "TO:<\"a b\"@c.example>", .address = "a b@c.example"},
    {.argument = "TO:<\"a\\\"b\"@c.example>", .address = "a\"b@c.example"},
    {.argument = "TO:<a\\ b@c.example>", .address = "a b@c.example"},
    {.argument = "TO:<a\\,b@c.example>", .address = "a,b@c.example"},
    {.argument = "TO:<a\\b@c.example>", .address = "ab@c.example"},
    {.argument = "TO:\"<a b>\"@c.example X", .address = "<a b>@c.example", .parameters = "X|"},
    {.argument = "TO:<\"alice\".\"x\"@b.example>", .address = "alice.x@b.example"},
    {.argument = "TO:<alice@\"b.example\">", .address = "alice@b.example"},
    {.argument = "TO:<a b@c.example>", .result = BAD_ADDRESS},
    {.argument = "TO:<\"a\"b@c.example>", .result = BAD_ADDRESS},
    {.argument = "TO:<a\"b@c.example>", .result = BAD_ADDRESS},
    {.argument = "TO:\"a@c.example", .result = BAD_ADDRESS},
    {.argument = "TO:<a@c.example\\>", .result = BAD_ADDRESS},
    /* brackets */
    {.argument = "TO:< a @ b . example >", .address = "a@b.example"},
    {.argument = "TO:<<a@b.example>>", .address = "a@b.example"},
    {.argument = "TO:<a@b.example>>", .address = "a@b.example"},
    {.argument = "TO:a@b.example>", .address = "a@b.example"},
    {.argument = "TO:ana<a@b.example>", .address = "a@b.example"},
    {.argument = "TO:<ana b<a@b.example>>", .address = "a@b.example"},
    {.argument = "TO:ana <a@b.example>", .address = "ana", .parameters = "<a@b.example>|"},
    {.argument = "TO:<a b@c.example>>", .address = "ab@c.example"},
    {.argument = "TO:<a@b.example", .result = BAD_ADDRESS},
    {.argument = "TO:<<a@b.example>", .result = BAD_ADDRESS},
    {.argument = "TO:<<<a@b.example>>>", .result = BAD_ADDRESS},
    {.argument = "TO:<a@b.example>NOTIFY=NEVER", .result = BAD_ADDRESS},
    {.argument = "TO:<a@b.example>.", .result = BAD_ADDRESS},
    /* lists and groups */
    {.argument = "TO:<a@b.example,>", .address = "a@b.example"},
    {.argument = "TO:<;a@b.example>", .address = "a@b.example"},
    {.argument = "TO:<a@b.example>,", .address = "a@b.example"},
    {.argument = "TO:<x:a@b.example;>", .address = "a@b.example"},
    {.argument = "TO:<a@b.example,c@d.example>", .result = BAD_ADDRESS},
    {.argument = "TO:<a@b.example;c@d.example>", .result = BAD_ADDRESS},
    {.argument = "TO:<a@b.example>,<c@d.example>", .result = BAD_ADDRESS},
    {.argument = "TO:<a@b.example>:<c@d.example>", .result = BAD_ADDRESS},
    {.argument = "TO:<a[b]@c.example>", .result = BAD_ADDRESS},
    {.argument = "TO:<[a]@c.example>", .address = "[a]@c.example"},
    /* comments */
    {.argument = "TO:<a@b.example (home)>", .address = "a@b.example"},
    {.argument = "TO:<a(x(y)\\)z)@b.example>", .address = "a@b.example"},
    {.argument = "TO:<a@b.example>(home)", .address = "a@b.example"},
    {.argument = "TO:<a(b@c.example>", .address = "a"},
    {.argument = "TO:<a@b.example> (home)", .address = "a@b.example", .parameters = "(home)|"},
    {.argument = "TO:(home) <a@b.example>", .result = BAD_ADDRESS},
    {.argument = "TO:<a@(b.example)>", .result = BAD_ADDRESS},
    /* routes */
    {.argument = "TO:<@r.example,@s.example:a@b.example>", .address = "a@b.example"},
    {.argument = "TO:@r.example:<a@b.example>", .address = "a@b.example"},
    {.argument = "TO:<@r.example:@s.example:a@b.example>",
     .address = "@s.example:a@b.example"},
    {.argument = "TO:<@r.example>", .address = "@r.example"},
    {.argument = "TO:<@r.example:>", .result = BAD_ADDRESS},
    /* domains */
    {.argument = "TO:<a@b.example.>", .address = "a@b.example."},
    {.argument = "TO:<a@[192.0.2.7]>", .address = "a@[192.0.2.7]"},
    {.argument = "TO:<a@[192.0.2.7>", .address = "a@[192.0.2.7]"},
    {.argument = "TO:<a@192.0.2.7>", .result = BAD_ADDRESS},
    {.argument = "TO:<a@>", .result = BAD_ADDRESS},
    {.argument = "TO:<@>", .result = BAD_ADDRESS},
    {.argument = "TO:<-a@b.example>", .result = BAD_ADDRESS},
    /* other alphabets, controls */
    {.argument = "TO:<ñ@b.example>", .address = "ñ@b.example"},
    {.argument = "TO:<a@ñ.example>", .result = BAD_ADDRESS},
    {.argument = "TO:<a@ñ.example>", .address = "a@ñ.example", .utf8 = TRUE},
    {.argument = "TO:<a@ñ.example> SMTPUTF8", .result = BAD_ADDRESS},
    {.argument = "FROM:<a@ñ.example> X smtputf8", .keyword = "FROM", .address = "a@ñ.example",
     .parameters = "X|smtputf8|"},
    {.argument = "FROM:<a@ñ.example> SMTPUTF8=1", .keyword = "FROM", .result = BAD_ADDRESS},
    {.argument = "TO:<a\x01z@b.example>", .address = "a\x01z@b.example",
     .text = "a z@b.example"},
    {.argument = "TO:<\"a\tz\"@b.example>", .address = "a z@b.example"},
    {.argument = "TO:a\\ ", .address = "a "},
    /* parameters */
    {.argument = "TO:a@b.example X Y=1", .address = "a@b.example", .parameters = "X|Y=1|"},
    {.argument = "TO:<a@b.example>  X \t Y ", .address = "a@b.example", .parameters = "X|Y|"},
    {.argument = "TO:<a@b.example> \"x y\" z", .address = "a@b.example",
     .parameters = "\"x y\"|z|"},
    {.argument = "TO:<a@b.example> x\"y z\"< >\\ w v", .address = "a@b.example",
     .parameters = "x\"y z\"< >\\ w|v|"},
    {.argument = "TO:<a@b.example> to:x <y ", .address = "a@b.example",
     .parameters = "to:|x|<y |"},
    /* strict_rfc821_envelopes */
    {.argument = "TO:<a@b.example>", .strict = TRUE, .address = "a@b.example"},
    {.argument = "TO:<@r.example:a@b.example>", .strict = TRUE, .address = "a@b.example"},
    {.argument = "TO:<<a@b.example>>", .strict = TRUE, .address = "a@b.example"},
    {.argument = "TO:<\"a b\"@c.example>", .strict = TRUE, .address = "a b@c.example"},
    {.argument = "TO:<x:y@b.example>", .strict = TRUE, .address = "x:y@b.example"},
    {.argument = "TO:a@b.example", .strict = TRUE, .result = BAD_ADDRESS},
    {.argument = "TO:<a@b.example(home)>", .strict = TRUE, .result = BAD_ADDRESS},
    {.argument = "TO:<a@b.example,>", .strict = TRUE, .result = BAD_ADDRESS},
    {.argument = "TO:<ana<a@b.example>>", .strict = TRUE, .result = BAD_ADDRESS},
    {.argument = "TO:<@r.example>", .strict = TRUE, .result = BAD_ADDRESS},
    {.argument = "TO:<x:a@b.example;>", .strict = TRUE, .result = BAD_ADDRESS},
};

static const struct {
    const char       *argument;
    MailsimPathResult result;
    const char       *address;
    const char       *written;
} mailboxes[] = {
    {.argument = "alice", .address = "alice", .written = "alice"},
    {.argument = "<alice@dest.example>", .address = "alice@dest.example",
     .written = "<alice@dest.example>"},
    {.argument = "Ana \t <alice>", .address = "alice", .written = "Ana <alice>"},
    {.argument = "\"a  b\"@c.example", .address = "a  b@c.example",
     .written = "\"a  b\"@c.example"},
    {.argument = "<@r.example:a@b.example>", .address = "a@b.example",
     .written = "<@r.example:a@b.example>"},
    {.argument = "alice SMTPUTF8", .address = "alice", .written = "alice"},
    {.argument = "a@ñ.example smtputf8", .address = "a@ñ.example", .written = "a@ñ.example"},
    {.argument = "to:alice", .address = "to:alice", .written = "to: alice"},
    {.argument = "a@ñ.example", .result = BAD_ADDRESS, .written = "a@ñ.example"},
    {.argument = "", .result = SYNTAX},
    {.argument = "SMTPUTF8", .result = SYNTAX},
    {.argument = "<>", .result = BAD_ADDRESS, .written = "<>"},
    {.argument = "alice bob", .result = BAD_ADDRESS, .written = "alice bob"},
    {.argument = "<alice> bob", .result = BAD_ADDRESS, .written = "<alice> bob"},
    {.argument = "alice@", .result = BAD_ADDRESS, .written = "alice@"},
};
/* clang-format on */

static char *
join_parameters(const GPtrArray *parameters)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < parameters->len; i++) {
        const MailsimSmtpParameter *parameter = g_ptr_array_index(parameters, i);

        g_string_append_printf(text, "%s|", parameter->text);
    }
    return g_string_free(text, FALSE);
}

START_TEST(an_argument_has_one_address)
{
    const PathCase *row = &paths[_i];
    const char *keyword = row->keyword != NULL ? row->keyword : "TO";
    const MailsimSmtpPathOptions options = {
        .rules = mailsim_rewrite_rules_default,
        .strict = row->strict,
        .utf8 = row->utf8,
    };
    g_auto(MailsimSmtpPath) path = {0};
    g_autofree char *parameters = NULL;
    MailsimPathResult result =
        mailsim_smtp_path_parse_with(row->argument, keyword, &options, &path);

    ck_assert_msg(result == row->result, "%s: %d", row->argument, result);
    if (result != OK) {
        ck_assert_ptr_null(path.address);
        ck_assert_ptr_null(path.parameters);
        return;
    }
    parameters = join_parameters(path.parameters);
    ck_assert_str_eq(path.address, row->address);
    ck_assert_str_eq(path.text, row->text != NULL ? row->text : row->address);
    ck_assert_str_eq(parameters, row->parameters != NULL ? row->parameters : "");
}
END_TEST

START_TEST(a_parameter_is_name_and_value)
{
    g_auto(MailsimSmtpPath) path = {0};
    const MailsimSmtpParameter *size;
    const MailsimSmtpParameter *body;
    const MailsimSmtpParameter *word;

    ck_assert_int_eq(
        mailsim_smtp_path_parse("FROM:<a@b.example> size= body=a=B Word", "FROM", &path), OK);
    size = g_ptr_array_index(path.parameters, 0);
    body = g_ptr_array_index(path.parameters, 1);
    word = g_ptr_array_index(path.parameters, 2);
    ck_assert_str_eq(size->name, "SIZE");
    ck_assert_str_eq(size->value, "");
    ck_assert_str_eq(body->name, "BODY");
    ck_assert_str_eq(body->value, "a=B");
    ck_assert_str_eq(word->name, "WORD");
    ck_assert_str_eq(word->text, "Word");
    ck_assert_ptr_null(word->value);
}
END_TEST

static gboolean
is_dest(const char *domain, G_GNUC_UNUSED gpointer data)
{
    return g_ascii_strcasecmp(domain, "dest.example") == 0;
}

START_TEST(whom_it_is_for_depends_on_the_local_domains)
{
    MailsimSmtpPathOptions options = {.rules = mailsim_rewrite_rules_default};
    g_auto(MailsimSmtpPath) onward = {0};
    g_auto(MailsimSmtpPath) foreign = {0};
    g_auto(MailsimSmtpPath) nobody = {0};
    g_auto(MailsimSmtpPath) impossible = {0};

    options.rules.is_local = is_dest;
    mailsim_smtp_path_parse_with("TO:<x%y@dest.example>", "TO", &options, &onward);
    ck_assert_str_eq(onward.address, "x%y@dest.example");
    ck_assert_str_eq(onward.resolved, "x@y");
    ck_assert(!onward.routed);
    mailsim_smtp_path_parse_with("TO:<x%y@b.example>", "TO", &options, &foreign);
    ck_assert_str_eq(foreign.resolved, "x%y@b.example");
    ck_assert(foreign.routed);
    mailsim_smtp_path_parse_with("FROM:<>", "FROM", &options, &nobody);
    ck_assert_str_eq(nobody.resolved, "");
    ck_assert_int_eq(mailsim_smtp_path_parse_with("TO:<x%192.0.2.7@dest.example>", "TO",
                                                  &options, &impossible),
                     BAD_ADDRESS);
}
END_TEST

START_TEST(without_smtputf8_other_letters_are_blanks)
{
    MailsimSmtpPathOptions options = {.rules = mailsim_rewrite_rules_default};
    g_auto(MailsimSmtpPath) path = {0};
    g_auto(MailsimSmtpPath) sender = {0};

    options.rules.utf8 = FALSE;
    mailsim_smtp_path_parse_with("TO:<ñ@b.example>", "TO", &options, &path);
    ck_assert_str_eq(path.address, "ñ@b.example");
    ck_assert_str_eq(path.text, "  @b.example");
    mailsim_smtp_path_parse_with("FROM:<a@b.example> SMTPUTF8", "FROM", &options, &sender);
    ck_assert(!sender.utf8);
}
END_TEST

START_TEST(a_mailbox_may_have_a_name)
{
    const MailsimSmtpPathOptions options = {
        .rules = mailsim_rewrite_rules_default,
        .strict = TRUE,
    };
    g_auto(MailsimSmtpPath) path = {0};
    MailsimPathResult result =
        mailsim_smtp_mailbox_parse_with(mailboxes[_i].argument, &options, &path);

    ck_assert_msg(result == mailboxes[_i].result, "%s: %d", mailboxes[_i].argument, result);
    ck_assert_pstr_eq(path.address, mailboxes[_i].address);
    ck_assert_pstr_eq(path.written, mailboxes[_i].written);
}
END_TEST

START_TEST(a_mailbox_alone_is_its_address)
{
    g_autofree char *alice = mailsim_smtp_mailbox_parse("<alice>");
    g_autofree char *nobody = mailsim_smtp_mailbox_parse("<>");

    ck_assert_str_eq(alice, "alice");
    ck_assert_ptr_null(nobody);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("smtp-path");
    TCase *table = tcase_create("paths");
    tcase_add_loop_test(table, an_argument_has_one_address, 0, G_N_ELEMENTS(paths));
    tcase_add_test(table, a_parameter_is_name_and_value);
    tcase_add_test(table, whom_it_is_for_depends_on_the_local_domains);
    tcase_add_test(table, without_smtputf8_other_letters_are_blanks);
    tcase_add_loop_test(table, a_mailbox_may_have_a_name, 0, G_N_ELEMENTS(mailboxes));
    tcase_add_test(table, a_mailbox_alone_is_its_address);
    suite_add_tcase(suite, table);

    return run_suite(suite);
}
