/* SPDX-License-Identifier: MIT
 *
 * Addresses completed, followed through local domains, and judged: what a real Postfix was
 * seen to answer for, and to store. */
#include <mailsim/protocol/trivial-rewrite.h>

#include "../support/run-suite.h"

static gboolean
is_local(const char *domain, G_GNUC_UNUSED gpointer data)
{
    static const char *const domains[] = {"dest.example", "mx.dest.example", "[127.0.0.2]"};

    for (guint i = 0; i < G_N_ELEMENTS(domains); i++) {
        if (g_ascii_strcasecmp(domain, domains[i]) == 0)
            return TRUE;
    }
    return FALSE;
}

static MailsimRewriteRules
make_rules(void)
{
    MailsimRewriteRules rules = mailsim_rewrite_rules_default;

    rules.hostname = "mx.dest.example";
    rules.origin = "mx.dest.example";
    rules.is_local = is_local;
    return rules;
}

/* clang-format off */
static const struct {
    const char *address;
    const char *quoted;
    const char *rewritten;
} forms[] = {
    {"s@s.example",          "s@s.example",              "s@s.example"},
    {"s t@s.example",        "\"s t\"@s.example",        "s t@s.example"},
    {"a\"b@s.example",       "\"a\\\"b\"@s.example",     "a\"b@s.example"},
    {"a\\b@s.example",       "\"a\\\\b\"@s.example",     "a\\b@s.example"},
    {"a@b@s.example",        "\"a@b\"@s.example",        "a@b@s.example"},
    {".a@s.example",         "\".a\"@s.example",         ".a@s.example"},
    {"a.@s.example",         "\"a.\"@s.example",         "a.@s.example"},
    {"@s.example",           "\"\"@s.example",           "@s.example"},
    {"",                     "\"\"",                     ""},
    {"ñ@s.example",          "ñ@s.example",              "ñ@s.example"},
    {"s@s.example.",         "s@s.example.",             "s@s.example"},
    {"s@s.example..",        "s@s.example..",            "s@s.example.."},
    {"s",                    "s",                        "s@mx.dest.example"},
    {"s!t",                  "s!t",                      "t@s"},
    {"a!b!c",                "a!b!c",                    "b!c@a"},
    {"s%t",                  "s%t",                      "s@t"},
    {"s%t@s.example",        "s%t@s.example",            "s%t@s.example"},
    {"@r.example:s@s.example", "@r.example:s@s.example", "s@s.example"},
    {"@r.example:s t@s.example", "@r.example:\"s t\"@s.example", "s t@s.example"},
};

typedef struct {
    const char *address;
    const char *recipient; /* NULL: it can be none */
    gboolean    routed;
} ResolveCase;

static const ResolveCase resolutions[] = {
    {.address = "alice@dest.example", .recipient = "alice@dest.example"},
    {.address = "alice@DEST.example.", .recipient = "alice@DEST.example"},
    {.address = "alice", .recipient = "alice@mx.dest.example"},
    {.address = "x@elsewhere.example", .recipient = "x@elsewhere.example"},
    {.address = "x y@elsewhere.example", .recipient = "x y@elsewhere.example"},
    {.address = "@dest.example", .recipient = "MAILER-DAEMON@dest.example"},
    {.address = "@elsewhere.example", .recipient = "@elsewhere.example"},
    {.address = "alice@[127.0.0.2]", .recipient = "alice@[127.0.0.2]"},
    {.address = "x%y@dest.example", .recipient = "x@y"},
    {.address = "x%1.2.3.4@dest.example"},
    {.address = "x%[1.2.3.4]@dest.example", .recipient = "x@[1.2.3.4]"},
    {.address = "alice%dest.example@dest.example", .recipient = "alice@dest.example"},
    {.address = "dest.example!alice", .recipient = "alice@dest.example"},
    {.address = "a!b@dest.example", .recipient = "b@a"},
    {.address = "a!b%c@dest.example", .recipient = "b%c@a", .routed = TRUE},
    {.address = "!b"},
    {.address = "b!", .recipient = "@b"},
    {.address = "b%"},
    {.address = "x%y@elsewhere.example", .recipient = "x%y@elsewhere.example", .routed = TRUE},
    {.address = "a!b@elsewhere.example", .recipient = "a!b@elsewhere.example", .routed = TRUE},
    {.address = "x@y@elsewhere.example", .recipient = "x@y@elsewhere.example", .routed = TRUE},
    {.address = "x@y@dest.example", .recipient = "x@y"},
    {.address = "alice@dest.example@dest.example", .recipient = "alice@dest.example"},
    {.address = "alice@dest.example@", .recipient = "alice@dest.example"},
    {.address = "x@@dest.example"},
    {.address = "alice@"},
    {.address = "x@1.2.3.4"},
    {.address = "x@[bad]"},
    {.address = "x@.a"},
    {.address = "-x@dest.example"},
    {.address = "-@elsewhere.example"},
    {.address = "@r.example:@dest.example", .recipient = "MAILER-DAEMON@dest.example"},
    {.address = "x@else where.example"},
    {.address = "alice@\"dest.example\"", .recipient = "alice@dest.example"},
    {.address = "alice@dest .example", .recipient = "alice@dest.example"},
    {.address = "x@a(b)"},
    {.address = "x@ñ.example", .recipient = "x@ñ.example"},
    {.address = "x@\xff.example"},
};
/* clang-format on */

START_TEST(quotes_stand_where_they_must)
{
    g_autofree char *quoted = mailsim_address_quote(forms[_i].address);

    ck_assert_str_eq(quoted, forms[_i].quoted);
}
END_TEST

START_TEST(the_queue_has_addresses_completed)
{
    const MailsimRewriteRules rules = make_rules();
    g_autofree char *rewritten = mailsim_address_rewrite(forms[_i].address, &rules);

    ck_assert_str_eq(rewritten, forms[_i].rewritten);
}
END_TEST

START_TEST(local_domains_are_stripped_until_one_is_foreign)
{
    const ResolveCase *row = &resolutions[_i];
    const MailsimRewriteRules rules = make_rules();
    g_auto(MailsimResolution) resolution = {0};

    mailsim_address_resolve(row->address, &rules, &resolution);
    ck_assert_msg(resolution.bad == (row->recipient == NULL), "%s: %s", row->address,
                  resolution.recipient);
    if (row->recipient == NULL)
        return;
    ck_assert_str_eq(resolution.recipient, row->recipient);
    ck_assert_msg(resolution.routed == row->routed, "%s", row->address);
}
END_TEST

START_TEST(a_host_has_rules_of_its_own)
{
    MailsimRewriteRules rules = make_rules();
    g_auto(MailsimResolution) numeric = {0};
    g_auto(MailsimResolution) own_numeric = {0};
    g_auto(MailsimResolution) null_domain = {0};
    g_auto(MailsimResolution) hyphen = {0};
    g_auto(MailsimResolution) percent = {0};
    g_auto(MailsimResolution) bang = {0};
    g_auto(MailsimResolution) short_name = {0};
    g_auto(MailsimResolution) bytes = {0};

    rules.numeric_domain = TRUE;
    rules.null_domain = TRUE;
    rules.leading_hyphen = TRUE;
    rules.percent_hack = FALSE;
    rules.bang_path = FALSE;
    rules.parent = "dest.example";
    rules.utf8 = FALSE;
    mailsim_address_resolve("x@192.0.2.7", &rules, &numeric);
    ck_assert_str_eq(numeric.recipient, "x@[192.0.2.7]");
    mailsim_address_resolve("x@127.0.0.2", &rules, &own_numeric);
    ck_assert_str_eq(own_numeric.recipient, "x@[127.0.0.2]");
    ck_assert(!numeric.bad && !own_numeric.bad);
    mailsim_address_resolve("alice@", &rules, &null_domain);
    ck_assert_str_eq(null_domain.recipient, "alice@mx.dest.example");
    mailsim_address_resolve("-x@dest.example", &rules, &hyphen);
    ck_assert(!hyphen.bad);
    mailsim_address_resolve("x%y@dest.example", &rules, &percent);
    ck_assert_str_eq(percent.recipient, "x%y@dest.example");
    ck_assert(percent.routed);
    mailsim_address_resolve("y!x", &rules, &bang);
    ck_assert_str_eq(bang.recipient, "y!x@mx.dest.example");
    mailsim_address_resolve("alice@mx", &rules, &short_name);
    ck_assert_str_eq(short_name.recipient, "alice@mx.dest.example");
    mailsim_address_resolve("x@ñ.example", &rules, &bytes);
    ck_assert(bytes.bad);
}
END_TEST

START_TEST(an_address_may_be_left_without_domain)
{
    MailsimRewriteRules rules = make_rules();
    g_autofree char *rewritten = NULL;

    rules.origin = NULL;
    rewritten = mailsim_address_rewrite("alice", &rules);
    ck_assert_str_eq(rewritten, "alice");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("trivial-rewrite");
    TCase *table = tcase_create("addresses");
    tcase_add_loop_test(table, quotes_stand_where_they_must, 0, G_N_ELEMENTS(forms));
    tcase_add_loop_test(table, the_queue_has_addresses_completed, 0, G_N_ELEMENTS(forms));
    tcase_add_loop_test(table, local_domains_are_stripped_until_one_is_foreign, 0,
                        G_N_ELEMENTS(resolutions));
    tcase_add_test(table, a_host_has_rules_of_its_own);
    tcase_add_test(table, an_address_may_be_left_without_domain);
    suite_add_tcase(suite, table);

    return run_suite(suite);
}
