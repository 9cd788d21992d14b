/* SPDX-License-Identifier: MIT
 *
 * Where an address is cut, and when two are the same. */
#include <mailsim/protocol/mail-address.h>

#include "../support/run-suite.h"

typedef struct {
    const char *address;
    const char *local_part;
    const char *domain; /* NULL: there is none */
} PartsCase;

/* clang-format off */
static const PartsCase parts[] = {
    {.address = "ana@iesgn.example", .local_part = "ana",    .domain = "iesgn.example"},
    {.address = "Ana@IESGN.example", .local_part = "Ana",    .domain = "IESGN.example"},
    {.address = "a@b@c.example",     .local_part = "a@b",    .domain = "c.example"},
    {.address = "\"a@b\"@c.example", .local_part = "\"a@b\"", .domain = "c.example"},
    {.address = "postmaster",        .local_part = "postmaster", .domain = NULL},
    {.address = "ana@",              .local_part = "ana",    .domain = ""},
    {.address = "@iesgn.example",    .local_part = "",       .domain = "iesgn.example"},
    {.address = "",                  .local_part = "",       .domain = NULL},
    {.address = "jörg@b.example",    .local_part = "jörg",   .domain = "b.example"},
};

typedef struct {
    const char *a;
    const char *b;
    gboolean    equal;
} EqualCase;

static const EqualCase equals[] = {
    {"ana@iesgn.example", "ana@iesgn.example",  TRUE },
    {"ana@iesgn.example", "ANA@IESGN.EXAMPLE",  TRUE },
    {"ana@iesgn.example", "ana@iesgn.example.", FALSE},
    {"ana@iesgn.example", "ana",                FALSE},
    {"ana@iesgn.example", "bea@iesgn.example",  FALSE},
    {"",                  "",                   TRUE },
};
/* clang-format on */

START_TEST(an_address_is_cut_at_its_last_at_sign)
{
    const PartsCase *row = &parts[_i];
    g_autofree char *local_part = mailsim_mail_address_dup_local_part(row->address);

    ck_assert_str_eq(local_part, row->local_part);
    ck_assert_pstr_eq(mailsim_mail_address_get_domain(row->address), row->domain);
}
END_TEST

START_TEST(letter_case_does_not_count)
{
    const EqualCase *row = &equals[_i];

    ck_assert_msg(mailsim_mail_address_equal(row->a, row->b) == row->equal, "%s, %s", row->a,
                  row->b);
    ck_assert(mailsim_mail_address_equal(row->b, row->a) == row->equal);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("mail-address");
    TCase *table = tcase_create("addresses");
    tcase_add_loop_test(table, an_address_is_cut_at_its_last_at_sign, 0, G_N_ELEMENTS(parts));
    tcase_add_loop_test(table, letter_case_does_not_count, 0, G_N_ELEMENTS(equals));
    suite_add_tcase(suite, table);

    return run_suite(suite);
}
