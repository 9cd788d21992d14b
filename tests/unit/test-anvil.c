/* SPDX-License-Identifier: MIT
 *
 * What anvil(8) counts, and when it begins anew. The times are those at which the real one was
 * asked (tests/dialogue/recorded/anvil.txt). */
#include "anvil-private.h"

#include "../support/run-suite.h"

#define START (1768208400 * MAILSIM_SECOND) /* 2026-01-12 09:00 */
#define UNIT  (3 * MAILSIM_SECOND)

static MailsimAnvil *anvil;

static void
set_up(void)
{
    anvil = mailsim_anvil_new();
}

static void
tear_down(void)
{
    g_clear_pointer(&anvil, mailsim_anvil_free);
}

static MailsimAnvilMoment
after(gint64 milliseconds)
{
    return (MailsimAnvilMoment){
        .now_us = START + milliseconds * MAILSIM_MILLISECOND,
        .unit_us = UNIT,
    };
}

static MailsimAnvilClient
make_client(const char *service, const char *address)
{
    return (MailsimAnvilClient){.service = service, .address = address};
}

/* It connects, and leaves at once: how often it has come. */
static guint
visit(const char *service, const char *address, gint64 milliseconds)
{
    const MailsimAnvilMoment moment = after(milliseconds);
    MailsimAnvilClient client = make_client(service, address);
    guint n_connections;
    const guint rate = mailsim_anvil_connect(anvil, &client, &moment, &n_connections);

    mailsim_anvil_disconnect(anvil, &client, &moment);
    return rate;
}

static guint
connect(MailsimAnvilClient *client, gint64 milliseconds)
{
    const MailsimAnvilMoment moment = after(milliseconds);
    guint n_connections;

    mailsim_anvil_connect(anvil, client, &moment, &n_connections);
    return n_connections;
}

static void
disconnect(MailsimAnvilClient *client, gint64 milliseconds)
{
    const MailsimAnvilMoment moment = after(milliseconds);

    mailsim_anvil_disconnect(anvil, client, &moment);
}

typedef struct {
    gint64 milliseconds;
    guint rate;
} Visit;

START_TEST(rates_begin_anew_when_the_unit_is_over_in_whole_seconds)
{
    static const Visit visits[] = {
        {100,  1},
        {1100, 2},
        {2100, 3},
        {3100, 4},
        {4100, 1},
        {4600, 2},
        {5100, 3},
        {6100, 4},
        {7100, 5},
        {8100, 1},
    };

    for (guint i = 0; i < G_N_ELEMENTS(visits); i++)
        ck_assert_uint_eq(visit("smtp", "192.0.2.7", visits[i].milliseconds), visits[i].rate);
}
END_TEST

START_TEST(whoever_has_been_gone_for_the_unit_is_forgotten)
{
    ck_assert_uint_eq(visit("smtp", "192.0.2.7", 100), 1);
    ck_assert_uint_eq(visit("smtp", "192.0.2.7", 2900), 2);
    ck_assert_uint_eq(visit("smtp", "192.0.2.7", 5000), 1);
    ck_assert_uint_eq(visit("smtp", "192.0.2.7", 8000), 1);
}
END_TEST

START_TEST(services_and_addresses_are_counted_apart)
{
    ck_assert_uint_eq(visit("smtp", "192.0.2.7", 0), 1);
    ck_assert_uint_eq(visit("submission", "192.0.2.7", 0), 1);
    ck_assert_uint_eq(visit("smtp", "192.0.2.8", 0), 1);
    ck_assert_uint_eq(visit("smtp", "192.0.2.7", 0), 2);
}
END_TEST

START_TEST(connections_count_while_they_stand)
{
    MailsimAnvilClient first = make_client("smtp", "192.0.2.7");
    MailsimAnvilClient second = make_client("smtp", "192.0.2.7");

    ck_assert_uint_eq(connect(&first, 0), 1);
    ck_assert_uint_eq(connect(&second, 0), 2);
    disconnect(&first, 60000);
    disconnect(&first, 60000);
    ck_assert_uint_eq(connect(&first, 60000), 2);
    disconnect(&first, 60000);
    disconnect(&second, 60000);
    ck_assert_uint_eq(connect(&first, 60000), 1);
}
END_TEST

/* In wrapper mode TLS comes before the connection is counted. */
START_TEST(what_a_stranger_does_counts_as_a_connection)
{
    MailsimAnvilClient client = make_client("smtps", "192.0.2.7");
    const MailsimAnvilMoment moment = after(0);
    guint n_connections;

    ck_assert_uint_eq(mailsim_anvil_count(anvil, &client, MAILSIM_ANVIL_TLS_SESSIONS, &moment),
                      1);
    ck_assert_uint_eq(mailsim_anvil_connect(anvil, &client, &moment, &n_connections), 2);
    ck_assert_uint_eq(n_connections, 2);
    disconnect(&client, 0);
    ck_assert_uint_eq(connect(&client, 0), 1);
}
END_TEST

START_TEST(to_look_up_is_not_to_count)
{
    MailsimAnvilClient client = make_client("smtp", "192.0.2.7");
    const MailsimAnvilMoment moment = after(0);
    const MailsimAnvilMoment later = after(4000);
    const MailsimAnvilEvent event = MAILSIM_ANVIL_TLS_SESSIONS;

    ck_assert_uint_eq(mailsim_anvil_look_up(anvil, &client, event, &moment), 0);
    connect(&client, 0);
    mailsim_anvil_count(anvil, &client, event, &moment);
    ck_assert_uint_eq(mailsim_anvil_look_up(anvil, &client, event, &moment), 1);
    ck_assert_uint_eq(mailsim_anvil_look_up(anvil, &client, event, &moment), 1);
    ck_assert_uint_eq(mailsim_anvil_look_up(anvil, &client, event, &later), 0);
}
END_TEST

START_TEST(another_anvil_knows_nobody)
{
    MailsimAnvilClient before = make_client("smtp", "192.0.2.7");
    MailsimAnvilClient client = make_client("smtp", "192.0.2.7");

    connect(&before, 0);
    mailsim_anvil_restart(anvil);
    ck_assert_uint_eq(connect(&client, 0), 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("anvil");
    TCase *counting = tcase_create("counting");

    tcase_add_checked_fixture(counting, set_up, tear_down);
    tcase_add_test(counting, rates_begin_anew_when_the_unit_is_over_in_whole_seconds);
    tcase_add_test(counting, whoever_has_been_gone_for_the_unit_is_forgotten);
    tcase_add_test(counting, services_and_addresses_are_counted_apart);
    tcase_add_test(counting, connections_count_while_they_stand);
    tcase_add_test(counting, what_a_stranger_does_counts_as_a_connection);
    tcase_add_test(counting, to_look_up_is_not_to_count);
    tcase_add_test(counting, another_anvil_knows_nobody);
    suite_add_tcase(suite, counting);
    return run_suite(suite);
}
