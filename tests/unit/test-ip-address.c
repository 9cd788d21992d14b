/* SPDX-License-Identifier: MIT
 *
 * Addresses and networks: what is one, how it is written, which contains which. */
#include <mailsim/base/ip-address.h>

#include "../support/run-suite.h"

typedef struct {
    const char *text;
    const char *formatted; /* NULL: this is no address */
    gboolean unroutable;
} AddressCase;

/* clang-format off */
static const AddressCase addresses[] = {
    {.text = "192.0.2.7",        .formatted = "192.0.2.7",       .unroutable = TRUE},
    {.text = "198.51.100.255",   .formatted = "198.51.100.255",  .unroutable = TRUE},
    {.text = "203.0.113.25",     .formatted = "203.0.113.25",    .unroutable = TRUE},
    {.text = "10.255.0.1",       .formatted = "10.255.0.1",      .unroutable = TRUE},
    {.text = "172.16.0.0",       .formatted = "172.16.0.0",      .unroutable = TRUE},
    {.text = "172.31.255.255",   .formatted = "172.31.255.255",  .unroutable = TRUE},
    {.text = "172.32.0.0",       .formatted = "172.32.0.0",      .unroutable = FALSE},
    {.text = "172.15.255.255",   .formatted = "172.15.255.255",  .unroutable = FALSE},
    {.text = "192.168.1.1",      .formatted = "192.168.1.1",     .unroutable = TRUE},
    {.text = "192.169.0.0",      .formatted = "192.169.0.0",     .unroutable = FALSE},
    {.text = "127.0.0.53",       .formatted = "127.0.0.53",      .unroutable = TRUE},
    {.text = "192.0.3.0",        .formatted = "192.0.3.0",       .unroutable = FALSE},
    {.text = "192.0.1.255",      .formatted = "192.0.1.255",     .unroutable = FALSE},
    {.text = "8.8.8.8",          .formatted = "8.8.8.8",         .unroutable = FALSE},
    {.text = "0.0.0.0",          .formatted = "0.0.0.0",         .unroutable = FALSE},
    {.text = "255.255.255.255",  .formatted = "255.255.255.255", .unroutable = FALSE},
    {.text = "2001:db8::25",     .formatted = "2001:db8::25",    .unroutable = TRUE},
    {.text = "2001:DB8:0:0::25", .formatted = "2001:db8::25",    .unroutable = TRUE},
    {.text = "2001:db9::",       .formatted = "2001:db9::",      .unroutable = FALSE},
    {.text = "2606:4700::1111",  .formatted = "2606:4700::1111", .unroutable = FALSE},
    {.text = "::1",              .formatted = "::1",             .unroutable = TRUE},
    {.text = "::",               .formatted = "::",              .unroutable = FALSE},
    {.text = "fc00::1",          .formatted = "fc00::1",         .unroutable = TRUE},
    {.text = "fdff::1",          .formatted = "fdff::1",         .unroutable = TRUE},
    {.text = "fe80::1",          .formatted = "fe80::1",         .unroutable = FALSE},
    {.text = ""},
    {.text = " 192.0.2.7"},
    {.text = "192.0.2.7 "},
    {.text = "192.0.2"},
    {.text = "192.0.2.256"},
    {.text = "192.0.2.07x"},
    {.text = "192.0.2.7/32"},
    {.text = "[::1]"},
    {.text = "2001:db8:::1"},
    {.text = "2001:db8::g"},
    {.text = "mail.iesgn.example"},
};

typedef struct {
    const char *network;
    const char *address;
    gboolean    contained;
} ContainsCase;

static const ContainsCase contains[] = {
    {"127.0.0.0/8",              "127.0.0.1",            TRUE},
    {"127.0.0.0/8",              "128.0.0.1",            FALSE},
    {"192.0.2.0/24",             "192.0.2.255",          TRUE},
    {"192.0.2.0/24",             "192.0.3.0",            FALSE},
    {"192.0.2.77/24",            "192.0.2.1",            TRUE}, /* host bits do not count */
    {"192.0.2.7",                "192.0.2.7",            TRUE},
    {"192.0.2.7",                "192.0.2.6",            FALSE},
    {"192.0.2.128/25",           "192.0.2.128",          TRUE},
    {"192.0.2.128/25",           "192.0.2.127",          FALSE},
    {"0.0.0.0/0",                "198.51.100.7",         TRUE},
    {"0.0.0.0/0",                "2001:db8::1",          FALSE},
    {"[::1]/128",                "::1",                  TRUE},
    {"[::1]",                    "::1",                  TRUE},
    {"::1/128",                  "::2",                  FALSE},
    {"[2001:db8::]/32",          "2001:db8:ffff::1",     TRUE},
    {"2001:db8::/33",            "2001:db8:8000::",      FALSE},
    {"[::ffff:127.0.0.0]/104",   "127.0.0.1",            TRUE}, /* Debian's own mynetworks */
    {"[::ffff:127.0.0.0]/104",   "128.0.0.1",            FALSE},
    {"[::ffff:127.0.0.0]/104",   "::1",                  FALSE},
    {"::/0",                     "192.0.2.7",            TRUE},
    {"192.0.2.0/24",             "::ffff:192.0.2.7",     FALSE},
};

static const char *const not_networks[] = {
    "", "/", "/8", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/+8", "192.0.2.0/8/8",
    "192.0.2.0/ 8", "192.0.2/24", "[::1/128", "::1]/128", "::1/129", "[]/0", "hash:/etc/networks",
    "!192.0.2.7",
};
/* clang-format on */

START_TEST(an_address_is_read_and_written_back)
{
    const AddressCase *row = &addresses[_i];
    MailsimIpAddress address;
    gboolean parsed = mailsim_ip_address_parse(row->text, &address);
    g_autofree char *formatted = NULL;
    MailsimIpAddress again;

    ck_assert_msg(parsed == (row->formatted != NULL), "“%s”", row->text);
    if (!parsed)
        return;
    formatted = mailsim_ip_address_format(&address);
    ck_assert_str_eq(formatted, row->formatted);
    ck_assert(mailsim_ip_address_parse(formatted, &again));
    ck_assert(mailsim_ip_address_equal(&address, &again));
    ck_assert_msg(mailsim_ip_address_is_unroutable(&address) == row->unroutable, "“%s”",
                  row->text);
}
END_TEST

START_TEST(what_is_no_address_leaves_the_result_alone)
{
    MailsimIpAddress address = {
        .n_bytes = 4, .bytes = {192, 0, 2, 7}
    };
    MailsimIpAddress before = address;

    ck_assert(!mailsim_ip_address_parse("192.0.2.256", &address));
    ck_assert(mailsim_ip_address_equal(&address, &before));
}
END_TEST

START_TEST(addresses_of_different_families_are_never_equal)
{
    MailsimIpAddress first;
    MailsimIpAddress second;

    ck_assert(mailsim_ip_address_parse("0.0.0.0", &first));
    ck_assert(mailsim_ip_address_parse("::", &second));
    ck_assert(!mailsim_ip_address_equal(&first, &second));
    ck_assert(mailsim_ip_address_parse("0.0.0.1", &second));
    ck_assert(!mailsim_ip_address_equal(&first, &second));
}
END_TEST

START_TEST(a_network_contains_its_addresses)
{
    const ContainsCase *row = &contains[_i];
    MailsimIpNetwork network;
    MailsimIpAddress address;

    ck_assert_msg(mailsim_ip_network_parse(row->network, &network), "“%s”", row->network);
    ck_assert(mailsim_ip_address_parse(row->address, &address));
    ck_assert_msg(mailsim_ip_network_contains(&network, &address) == row->contained, "%s in %s",
                  row->address, row->network);
}
END_TEST

START_TEST(what_is_no_network_is_refused)
{
    MailsimIpNetwork network;

    ck_assert_msg(!mailsim_ip_network_parse(not_networks[_i], &network), "“%s”",
                  not_networks[_i]);
}
END_TEST

START_TEST(host_bits_are_cleared)
{
    MailsimIpNetwork network;
    g_autofree char *formatted = NULL;

    ck_assert(mailsim_ip_network_parse("192.0.2.77/26", &network));
    formatted = mailsim_ip_address_format(&network.address);
    ck_assert_str_eq(formatted, "192.0.2.64");
    ck_assert_uint_eq(network.prefix_bits, 26);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("ip-address");
    TCase *table = tcase_create("addresses");
    tcase_add_loop_test(table, an_address_is_read_and_written_back, 0, G_N_ELEMENTS(addresses));
    tcase_add_test(table, what_is_no_address_leaves_the_result_alone);
    tcase_add_test(table, addresses_of_different_families_are_never_equal);
    suite_add_tcase(suite, table);

    TCase *networks = tcase_create("networks");
    tcase_add_loop_test(networks, a_network_contains_its_addresses, 0, G_N_ELEMENTS(contains));
    tcase_add_loop_test(networks, what_is_no_network_is_refused, 0, G_N_ELEMENTS(not_networks));
    tcase_add_test(networks, host_bits_are_cleared);
    suite_add_tcase(suite, networks);

    return run_suite(suite);
}
