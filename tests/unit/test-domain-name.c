/* SPDX-License-Identifier: MIT
 *
 * Domains and literals as a real Postfix was seen to judge them in RCPT. */
#include <mailsim/protocol/domain-name.h>

#include "../support/run-suite.h"

typedef struct {
    const char *text;
    gboolean valid;
} NameCase;

/* clang-format off */
static const NameCase names[] = {
    {"dest.example", TRUE},      {"DEST.example", TRUE},    {"localhost", TRUE},
    {"123.example", TRUE},       {"example.123", TRUE},     {"else_where.example", TRUE},
    {"_a.example", TRUE},        {"ab--cd.example", TRUE},  {"xn--.example", FALSE},
    {"", FALSE},                 {".", FALSE},              {"..", FALSE},
    {"-", FALSE},                {"a.", FALSE},             {".a", FALSE},
    {"a..b", FALSE},             {"-a.example", FALSE},     {"a-.example", FALSE},
    {"a.-example", FALSE},       {"a$b.example", FALSE},    {"a/b", FALSE},
    {"a b", FALSE},              {"1", FALSE},              {"1.2.3", FALSE},
    {"1.2.3.4", FALSE},          {"1.2.3.4.5", FALSE},      {"[1.2.3.4]", FALSE},
    {"a:b", FALSE},              {"\xc3\xb1.example", FALSE},
};

static const NameCase utf8_names[] = {
    {"dest.example", TRUE},      {"1.2.3.4", FALSE},        {"ñ.example", TRUE},
    {"a.ñ", TRUE},               {"ñ", TRUE},               {"日本.example", TRUE},
    {"a。example", TRUE},        {"faß.example", TRUE},
    {"-ñ.example", FALSE},       {"ñ-.example", FALSE},     {"ñ..example", FALSE},
    {".ñ.example", FALSE},       {"ñ.example.", FALSE},     {"a。", FALSE},
    {"\u0301a.example", FALSE},  {"a\u0301.example", TRUE}, {"[ñ]", FALSE},
    {"\xff.example", FALSE},     {"ñ b.example", FALSE},
};

static const NameCase literals[] = {
    {"[192.0.2.7]", TRUE},       {"[192.000.002.007]", TRUE}, {"[0.0.0.0]", TRUE},
    {"[1.2.3.0]", TRUE},         {"[255.255.255.255]", TRUE}, {"[1.2.3.0004]", TRUE},
    {"[IPv6:::1]", TRUE},        {"[ipv6:2001:db8::7]", TRUE}, {"[IPv6:::]", TRUE},
    {"[IPv6:1:2:3:4:5:6:7:8]", TRUE}, {"[IPv6:1:2:3:4:5:6:7]", TRUE}, {"[IPv6:1:2:3]", TRUE},
    {"[IPv6:::ffff:192.0.2.7]", TRUE}, {"[IPv6:1:2:3:4:5:6:1.2.3.4]", TRUE},
    {"[IPv6:::01.2.3.4]", TRUE},
    {"", FALSE},                 {"[", FALSE},              {"[]", FALSE},
    {"192.0.2.7", FALSE},        {"[192.0.2.7", FALSE},     {"192.0.2.7]", FALSE},
    {"[bad]", FALSE},            {"[1.2.3]", FALSE},        {"[1.2.3.4.5]", FALSE},
    {"[1.2.3.4.]", FALSE},       {"[1..3.4]", FALSE},       {"[256.1.1.1]", FALSE},
    {"[1.2.3.+4]", FALSE},       {"[ 1.2.3.4 ]", FALSE},    {"[0.1.2.3]", FALSE},
    {"[2001:db8::1]", FALSE},    {"[IPv6:]", FALSE},        {"[IPv6]", FALSE},
    {"[IPv6:1.2.3.4]", FALSE},   {"[IPv6:1:2]", FALSE},     {"[IPv6:1:]", FALSE},
    {"[IPv6::1]", FALSE},        {"[IPv6::]", FALSE},       {"[IPv6:g::]", FALSE},
    {"[IPv6:00001::]", FALSE},   {"[IPv6:1::8::9]", FALSE}, {"[IPv6: ::1]", FALSE},
    {"[IPv6:1:2:3:4:5:6:7::]", FALSE}, {"[IPv6:::2:3:4:5:6:7:8]", FALSE},
    {"[IPv6:1:2:3:4:5:6:7:8:9]", FALSE}, {"[IPv6:1:2:3:4:5:6:7:1.2.3.4]", FALSE},
    {"[IPv6:::0.1.2.3]", FALSE}, {"[IPv6:::1.2.3.4:5]", FALSE}, {"[IPv6:::]]", FALSE},
};

static const struct {
    const char *literal;
    const char *address; /* NULL: it has none */
} addresses[] = {
    {"[192.0.2.7]",              "192.0.2.7"  },
    {"[192.0.2.007]",            "192.0.2.7"  },
    {"[IPv6:2001:DB8::7]",       "2001:db8::7"},
    {"[IPv6:::ffff:192.0.2.7]",  "192.0.2.7"  },
    {"[IPv6:1:2:3]",             NULL         },
    {"[bad]",                    NULL         },
    {"192.0.2.7",                NULL         },
};
/* clang-format on */

START_TEST(a_name_has_labels_that_are_not_all_numbers)
{
    const NameCase *row = &names[_i];

    ck_assert_msg(mailsim_domain_name_is_valid(row->text) == row->valid, "%s", row->text);
}
END_TEST

START_TEST(a_name_in_another_alphabet_is_judged_by_its_ascii_form)
{
    const NameCase *row = &utf8_names[_i];

    ck_assert_msg(mailsim_domain_name_is_valid_utf8(row->text) == row->valid, "%s", row->text);
}
END_TEST

START_TEST(labels_and_names_have_a_length)
{
    const struct {
        guint label;
        guint n_labels;
        gboolean valid;
    } rows[] = {
        {63, 1, TRUE },
        {64, 1, FALSE},
        {63, 4, TRUE },
        {63, 5, FALSE}
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *label = g_strnfill(rows[i].label, 'a');
        g_autoptr(GString) name = g_string_new(label);

        for (guint j = 1; j < rows[i].n_labels; j++)
            g_string_append_printf(name, ".%s", label);
        ck_assert_msg(mailsim_domain_name_is_valid(name->str) == rows[i].valid, "%s",
                      name->str);
    }
}
END_TEST

START_TEST(a_literal_stands_in_brackets)
{
    const NameCase *row = &literals[_i];

    ck_assert_msg(mailsim_domain_name_is_literal(row->text) == row->valid, "%s", row->text);
}
END_TEST

START_TEST(a_number_is_a_literal_without_brackets)
{
    ck_assert(mailsim_domain_name_is_number("192.0.2.7"));
    ck_assert(mailsim_domain_name_is_number("2001:db8::7"));
    ck_assert(!mailsim_domain_name_is_number("[192.0.2.7]"));
    ck_assert(!mailsim_domain_name_is_number("IPv6:2001:db8::7"));
    ck_assert(!mailsim_domain_name_is_number("dest.example"));
}
END_TEST

START_TEST(a_literal_has_an_address)
{
    MailsimIpAddress address;
    g_autofree char *text = NULL;

    if (mailsim_domain_name_get_address(addresses[_i].literal, &address))
        text = mailsim_ip_address_format(&address);
    ck_assert_pstr_eq(text, addresses[_i].address);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("domain-name");
    TCase *table = tcase_create("domains");
    tcase_add_loop_test(table, a_name_has_labels_that_are_not_all_numbers, 0,
                        G_N_ELEMENTS(names));
    tcase_add_loop_test(table, a_name_in_another_alphabet_is_judged_by_its_ascii_form, 0,
                        G_N_ELEMENTS(utf8_names));
    tcase_add_test(table, labels_and_names_have_a_length);
    tcase_add_loop_test(table, a_literal_stands_in_brackets, 0, G_N_ELEMENTS(literals));
    tcase_add_test(table, a_number_is_a_literal_without_brackets);
    tcase_add_loop_test(table, a_literal_has_an_address, 0, G_N_ELEMENTS(addresses));
    suite_add_tcase(suite, table);

    return run_suite(suite);
}
