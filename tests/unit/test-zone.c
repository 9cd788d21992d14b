/* SPDX-License-Identifier: MIT
 *
 * What DNS answers from zones and hosts together: aliases, wildcards, names that are only on
 * the way to others, types that fail; what a client is called. What smtpd(8) makes of it is in
 * tests/dialogue/recorded/restrictions.txt. */
#include "lab-private.h"

#include <string.h>

#include "../support/run-suite.h"

typedef struct {
    MailsimRecording *recording;
    MailsimLab *lab;
} Fixture;

static void
add(MailsimZoneDefinition *zone, const char *owner, const char *type, const char *data)
{
    MailsimRecordsDefinition *records = mailsim_zone_definition_add(zone, owner, type);
    g_auto(GStrv) items = g_strsplit(data, "; ", -1);

    for (guint i = 0; items[i] != NULL; i++)
        g_ptr_array_add(records->data, g_strdup(items[i]));
}

static MailsimZoneDefinition *
add_zone(MailsimWorld *world, const char *name, const char *fails)
{
    MailsimZoneDefinition *zone = mailsim_zone_definition_new(name);

    if (fails != NULL)
        g_ptr_array_add(zone->fails, g_strdup(fails));
    g_ptr_array_add(world->zones, zone);
    return zone;
}

static void
add_host(MailsimWorld *world, const char *name, const char *mailname, const char *address)
{
    MailsimHostDefinition *host = mailsim_host_definition_new();

    host->name = g_strdup(name);
    host->mailname = g_strdup(mailname);
    host->hostname = g_strdup_printf("mx.%s", mailname);
    host->certificate = g_strdup("snakeoil");
    g_ptr_array_add(host->addresses, g_strdup(address));
    g_ptr_array_add(world->hosts, host);
}

static MailsimWorld *
make_world(void)
{
    MailsimWorld *world = mailsim_world_new();
    MailsimZoneDefinition *zone;

    add_host(world, "implied", "implied.example", "192.0.2.10");
    add_host(world, "said", "said.example", "192.0.2.11");
    zone = add_zone(world, "said.example", NULL);
    add(zone, "said.example", "MX", "20 b.said.example.; 10 a.said.example.");
    add(zone, "a.said.example", "A", "192.0.2.21");
    add(zone, "www.said.example", "CNAME", "a.said.example.");
    add(zone, "far.said.example", "CNAME", "mx.implied.example.");
    add(zone, "lost.said.example", "CNAME", "nobody.said.example.");
    add(zone, "one.said.example", "CNAME", "two.said.example.");
    add(zone, "two.said.example", "CNAME", "one.said.example.");
    add(zone, "x.deep.said.example", "A", "192.0.2.22");
    add(zone, "*.any.said.example", "MX", "5 a.said.example.");
    add(zone, "there.any.said.example", "A", "192.0.2.23");
    mailsim_zone_definition_add(zone, "mx.said.example", "A");
    zone = add_zone(world, "broken.said.example", "MX");
    add(zone, "broken.said.example", "TXT", "\"x\"");
    zone = add_zone(world, "0.0.10.in-addr.arpa", NULL);
    add(zone, "1.0.0.10.in-addr.arpa", "PTR", "mx.implied.example.");
    add(zone, "2.0.0.10.in-addr.arpa", "PTR", "good.client.example.");
    zone = add_zone(world, "client.example", NULL);
    add(zone, "good.client.example", "A", "10.0.0.2");
    return world;
}

static void
set_up(Fixture *fixture)
{
    fixture->recording = mailsim_recording_new();
    fixture->lab = mailsim_lab_new(fixture->recording, 0, 0, NULL);
    ck_assert(mailsim_lab_configure(fixture->lab, make_world(), NULL));
}

static void
tear_down(Fixture *fixture)
{
    mailsim_lab_free(fixture->lab);
    mailsim_recording_free(fixture->recording);
}

/* clang-format off */
static const struct {
    const char *type;
    const char *name;
    const char *answer;
} questions[] = {
    {"MX",   "implied.example",              "10 mx.implied.example."},
    {"A",    "MX.Implied.Example",           "192.0.2.10"},
    {"A",    "mx.implied.example.",          "192.0.2.10"},
    {"AAAA", "mx.implied.example",           "NODATA"},
    {"PTR",  "10.2.0.192.in-addr.arpa",      "mx.implied.example."},
    {"A",    "example",                      "NODATA"},
    {"A",    "nobody.example",               "NXDOMAIN"},
    {"A",    "localhost",                    "127.0.0.1"},
    /* what a zone says stands before what hosts imply */
    {"MX",   "said.example",                 "20 b.said.example., 10 a.said.example."},
    {"A",    "mx.said.example",              "NXDOMAIN"},
    {"PTR",  "11.2.0.192.in-addr.arpa",      "mx.said.example."},
    /* RFC 1034 §3.6.2 */
    {"A",    "www.said.example",             "-> a.said.example, 192.0.2.21"},
    {"MX",   "www.said.example",             "-> a.said.example, NODATA"},
    {"CNAME", "www.said.example",            "a.said.example."},
    {"A",    "far.said.example",             "-> mx.implied.example, 192.0.2.10"},
    {"A",    "lost.said.example",            "-> nobody.said.example, NXDOMAIN"},
    {"A",    "one.said.example",             "SERVFAIL"},
    /* RFC 8020 §2 */
    {"A",    "deep.said.example",            "NODATA"},
    {"A",    "y.deep.said.example",          "NXDOMAIN"},
    /* RFC 4592 §2.2.1 */
    {"MX",   "some.any.said.example",        "5 a.said.example."},
    {"MX",   "some.more.any.said.example",   "5 a.said.example."},
    {"A",    "some.any.said.example",        "NODATA"},
    {"MX",   "there.any.said.example",       "NODATA"},
    {"MX",   "some.there.any.said.example",  "NXDOMAIN"},
    {"MX",   "any.said.example",             "NODATA"},
    /* the nearest zone fails, and for that type only */
    {"MX",   "broken.said.example",          "SERVFAIL"},
    {"MX",   "below.broken.said.example",    "SERVFAIL"},
    {"A",    "broken.said.example",          "NODATA"},
};
/* clang-format on */

static char *
describe(const MailsimDnsAnswer *answer)
{
    static const char *const words[] = {NULL, "NODATA", "NXDOMAIN", "SERVFAIL"};
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < answer->aliases->len; i++)
        g_string_append_printf(text, "-> %s, ", (char *)g_ptr_array_index(answer->aliases, i));
    if (words[answer->result] != NULL)
        g_string_append(text, words[answer->result]);
    for (guint i = 0; answer->result == MAILSIM_DNS_FOUND && i < answer->records->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               (char *)g_ptr_array_index(answer->records, i));
    return g_string_free(text, FALSE);
}

START_TEST(every_name_has_its_answer)
{
    g_auto(MailsimDnsAnswer) answer = {0};
    g_autofree char *text = NULL;
    Fixture fixture;

    set_up(&fixture);
    mailsim_dns_find(fixture.lab, questions[_i].type, questions[_i].name, &answer);
    text = describe(&answer);
    ck_assert_msg(g_str_equal(text, questions[_i].answer), "%s %s: %s", questions[_i].type,
                  questions[_i].name, text);
    tear_down(&fixture);
}
END_TEST

/* clang-format off */
static const struct {
    const char *address;
    const char *name;
    const char *reverse_name;
} clients[] = {
    {"192.0.2.10", "mx.implied.example",  "mx.implied.example"},
    {"192.0.2.11", "unknown",             "mx.said.example"}, /* its address is taken away */
    {"10.0.0.1",   "unknown",             "mx.implied.example"},
    {"10.0.0.2",   "good.client.example", "good.client.example"},
    {"10.0.0.3",   "unknown",             "unknown"},
    {"127.0.0.1",  "localhost",           "localhost"},
};
/* clang-format on */

START_TEST(a_client_has_the_name_that_leads_back)
{
    MailsimClientName client;
    Fixture fixture;

    set_up(&fixture);
    client = mailsim_dns_find_client(fixture.lab, clients[_i].address);
    ck_assert_str_eq(client.name, clients[_i].name);
    ck_assert_str_eq(client.reverse_name, clients[_i].reverse_name);
    tear_down(&fixture);
}
END_TEST

/* ---- traps ------------------------------------------------------------------------------- */

#define LISTED "9.100.51.198.bl.example"

static MailsimWorld *
make_trapping_world(guint listings)
{
    MailsimWorld *world = make_world();
    MailsimBlocklistDefinition *blocklist = mailsim_blocklist_definition_new("bl.example");

    blocklist->trap = g_strdup("trap@implied.example");
    blocklist->listings = listings;
    g_ptr_array_add(world->blocklists, blocklist);
    return world;
}

static gboolean
is_listed(const Fixture *fixture)
{
    g_auto(MailsimDnsAnswer) answer = {0};

    mailsim_dns_find(fixture->lab, "A", LISTED, &answer);
    return answer.result == MAILSIM_DNS_FOUND;
}

START_TEST(a_trap_lists_until_a_step_says_who_is_listed)
{
    Fixture fixture;
    MailsimHop *hop;

    set_up(&fixture);
    ck_assert(mailsim_lab_configure(fixture.lab, make_trapping_world(0), NULL));
    hop = mailsim_recording_add_hop(fixture.recording);
    mailsim_blocklists_catch(fixture.lab, "implied", hop, "198.51.100.9", "b@implied.example");
    ck_assert(!is_listed(&fixture));
    mailsim_blocklists_catch(fixture.lab, "implied", hop, "198.51.100.9",
                             "Trap@implied.example");
    ck_assert(is_listed(&fixture));
    ck_assert(mailsim_lab_configure(fixture.lab, make_trapping_world(0), NULL));
    ck_assert(is_listed(&fixture));
    ck_assert(mailsim_lab_configure(fixture.lab, make_trapping_world(1), NULL));
    ck_assert(!is_listed(&fixture));
    tear_down(&fixture);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("zone");
    TCase *tcase = tcase_create("answers");

    tcase_add_loop_test(tcase, every_name_has_its_answer, 0, G_N_ELEMENTS(questions));
    tcase_add_loop_test(tcase, a_client_has_the_name_that_leads_back, 0, G_N_ELEMENTS(clients));
    tcase_add_test(tcase, a_trap_lists_until_a_step_says_who_is_listed);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
