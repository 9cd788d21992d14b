/* SPDX-License-Identifier: MIT
 *
 * Lookup tables, lists of domains and clients, and recipients that exist, each against what
 * “postmap -q” and a real smtpd(8) of Postfix 3.7.11 said of the same tables. (Tables of type
 * pcre were not asked: the package was not there.) */
#include "queue-private.h"

#include <string.h>

#include "../support/run-suite.h"

typedef struct {
    MailsimRecording *recording;
    MailsimLab *lab;
    MailsimHost *host;
    MailsimHostDefinition *definition; /* borrowed from the lab's world */
} Fixture;

static const struct {
    const char *path;
    const char *lines[16];
} files[] = {
    {"/t/hash",
     {"# comment", "alice x", "Bob@Dest.Example  Some Value here ", "nokeyvalue", "tab\tv",
      "colon: v2", "twice one", "twice two", "\"quoted key\" v3"}                    },
    {"/t/regexp",
     {"# a comment", "/^a(.)c$/ one $1", "/^abc$/ never", "!/@/ noat", "/X/i  case i",
      "if /^if/", "/fi@$/  iffi", "!/z/ noz", "endif", "if !/^q/", "/^nq/ negif", "endif",
      "/^(.+)@(.+)$/  to ${2} and $(1) cost $$5"}                                    },
    {"/t/bad-regexp",
     {"/unclosed", "/ok/ fine", "/ok2/", "no slash", "/x/q flag", "/(/ bad", "/b/ $9", "endif",
      "if /x/", "/y/ $2"}                                                            },
    {"/t/escapes",      {"/^a\\.\\/b$/ slash", "/^\\\\\\\\$/ backslashes"}           },
    {"/t/cidr",
     {"# c", "192.0.2.1 one", "192.0.2.0/24 net", "if 10.0.0.0/8", "10.1.0.0/16 inner", "endif",
      "2001:db8::/32 v6", "[2001:db9::]/32 v6b", "203.0.113.5/24 bad", "all x",
      "!198.51.100.0/24 notnet", "0.0.0.0/0 rest"}                                   },
    {"/t/nets",         {"# nets", "127.0.0.9", "10.0.0.0/8, 11.0.0.0/8"}            },
    {"/t/negated",      {"!127.0.0.9 127.0.0.0/8"}                                   },
    {"/t/host-bits",    {"127.0.0.9/24"}                                             },
    {"/t/domains",      {"# c", "file.example", "!b.file2.example", ".file2.example"}},
    {"/t/domain-table", {"file.example x", ".dot.example y"}                         },
    {"/t/local",
     {"alice x", "bob+x@iesgn.example y", "carl@iesgn.example\td", "@localhost any",
      "dan+e z"}                                                                     },
    {"/t/relay",        {"rita@file.example x", "@all.example y", "rob z"}           },
    {"/t/whole",        {"/^only/ x", "/^@/ at"}                                     },
    {"/t/aliases",
     {"postmaster: root", "list: alice, bob@x.example", "\"spaced name\": root",
      "Upper: root"}                                                                 },
};

static void
add_setting(const Fixture *fixture, const char *name, const char *value)
{
    g_ptr_array_add(fixture->definition->postfix, mailsim_setting_new(name, value, NULL));
    mailsim_host_forget_parameters(fixture->host);
}

static void
add_files(MailsimHostDefinition *host)
{
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        MailsimFileDefinition *file = mailsim_file_definition_new(files[i].path, NULL);

        for (guint j = 0; j < 16 && files[i].lines[j] != NULL; j++)
            g_ptr_array_add(file->lines, g_strdup(files[i].lines[j]));
        g_ptr_array_add(host->files, file);
    }
}

static MailsimHostDefinition *
make_host(const char *name, const char *hostname, const char *address)
{
    MailsimHostDefinition *host = mailsim_host_definition_new();

    host->name = g_strdup(name);
    host->mailname = g_strdup("iesgn.example");
    host->hostname = g_strdup(hostname);
    host->certificate = g_strdup("snakeoil");
    g_ptr_array_add(host->addresses, g_strdup(address));
    g_ptr_array_add(host->users, mailsim_user_new("root", ""));
    return host;
}

static void
set_up(Fixture *fixture)
{
    MailsimWorld *world = mailsim_world_new();

    fixture->definition = make_host("mail", "mail.iesgn.example", "192.0.2.10");
    g_ptr_array_add(fixture->definition->users, mailsim_user_new("ana", "x"));
    add_files(fixture->definition);
    g_ptr_array_add(world->hosts, fixture->definition);
    g_ptr_array_add(world->hosts, make_host("outside", "outside.client.example", "127.0.0.9"));
    world->start_us = 1768208400 * MAILSIM_SECOND;
    fixture->recording = mailsim_recording_new();
    fixture->lab = mailsim_lab_new(fixture->recording, world->start_us, 0, NULL);
    ck_assert_ptr_nonnull(fixture->lab);
    ck_assert(mailsim_lab_configure(fixture->lab, world, NULL));
    fixture->host = mailsim_lab_find_host(fixture->lab, "mail");
}

static void
tear_down(Fixture *fixture)
{
    mailsim_lab_free(fixture->lab);
    mailsim_recording_free(fixture->recording);
}

/* ---- tables ------------------------------------------------------------------------------ */

#define NOTHING MAILSIM_LOOKUP_NOT_FOUND
#define FOUND   MAILSIM_LOOKUP_FOUND
#define ERROR   MAILSIM_LOOKUP_ERROR

/* clang-format off */
static const struct {
    const char *tables;
    const char *key;
    MailsimLookup result;
    const char *value;
} lookups[] = {
    {"hash:/t/hash", "alice", FOUND, "x"},
    {"hash:/t/hash", "ALICE", FOUND, "x"},
    {"btree:/t/hash", "bob@dest.example", FOUND, "Some Value here"},
    {"hash:/t/hash", "nokeyvalue", NOTHING, NULL},
    {"texthash:/t/relay", "rob", FOUND, "z"},
    {"texthash:/t/hash", "alice", ERROR, NULL}, /* “duplicate entry” */
    {"lmdb:/t/hash", "tab", FOUND, "v"},
    {"cdb:/t/hash", "colon", NOTHING, NULL},
    {"hash:/t/hash", "colon:", FOUND, "v2"},
    {"hash:/t/hash", "twice", FOUND, "one"},
    {"hash:/t/hash", "\"quoted key\"", FOUND, "v3"},
    {"hash:/t/hash", "quoted key", NOTHING, NULL},
    {"hash:/t/hash", "# comment", NOTHING, NULL},
    {"proxy:hash:/t/hash", "alice", FOUND, "x"},
    {"hash:/nonexistent", "alice", ERROR, NULL},
    {"regexp:/nonexistent", "alice", ERROR, NULL},
    {"hash:/t/hash, static:y", "alice", FOUND, "x"},
    {"hash:/t/hash static:y", "nobody", FOUND, "y"},
    {"hash:/nonexistent static:y", "alice", ERROR, NULL},
    {"static:y hash:/nonexistent", "alice", FOUND, "y"},
    {"static:{a b}", "x", FOUND, "a b"},
    {"inline:{a=b, {c=d e}, { f = g }}", "a", FOUND, "b"},
    {"inline:{a=b, {c=d e}, { f = g }}", "c", FOUND, "d e"},
    {"inline:{a=b, {c=d e}, { f = g }}", "F", FOUND, "g"},
    {"inline:{a=b a=c}", "a", FOUND, "c"},
    {"inline:{a=b}", "b", NOTHING, NULL},
    {"inline:{a}", "a", ERROR, NULL},
    {"inline:{ }", "a", ERROR, NULL},
    {"inline:x", "a", ERROR, NULL},
    {"unix:passwd.byname", "ana", FOUND, NULL},
    {"unix:passwd.byname", "ANA", FOUND, NULL},
    {"unix:passwd.byname", "luis", NOTHING, NULL},
    {"unix:bogus", "root", ERROR, NULL},
    {"fail:x", "a", ERROR, NULL},
    {"bogus:x", "a", ERROR, NULL},
    {"dbm:/t/hash", "alice", ERROR, NULL},
    {"nis:mail.aliases", "a", NOTHING, NULL},
    {"", "a", NOTHING, NULL},
    {"regexp:/t/regexp", "abc", FOUND, "one b"},
    {"regexp:/t/regexp", "aXc", FOUND, "one X"},
    {"regexp:/t/regexp", "foo", FOUND, "noat"},
    {"regexp:/t/regexp", "if-fi@", FOUND, "iffi"},
    {"regexp:/t/regexp", "ifx@", FOUND, "noz"},
    {"regexp:/t/regexp", "ifz@", NOTHING, NULL},
    {"regexp:/t/regexp", "nq@", FOUND, "negif"},
    {"regexp:/t/regexp", "q@nq", FOUND, "to nq and q cost $5"},
    {"regexp:/t/regexp", "USER@Dom", FOUND, "to Dom and USER cost $5"},
    {"regexp:/t/bad-regexp", "ok", FOUND, "fine"},
    {"regexp:/t/bad-regexp", "x", NOTHING, NULL},
    {"regexp:/t/bad-regexp", "b", NOTHING, NULL},
    {"regexp:/t/bad-regexp", "xy", NOTHING, NULL},
    {"regexp:{{/^a/ b}, {/x/ REJECT a b}}", "xe", FOUND, "REJECT a b"},
    {"pcre:/t/regexp", "abc", FOUND, "one b"},
    {"pcre:/t/escapes", "a./b", FOUND, "slash"},
    {"pcre:/t/escapes", "\\\\", FOUND, "backslashes"},
    {"cidr:/t/cidr", "192.0.2.1", FOUND, "one"},
    {"cidr:/t/cidr", "192.0.2.7", FOUND, "net"},
    {"cidr:/t/cidr", "198.51.100.1", FOUND, "rest"},
    {"cidr:/t/cidr", "203.0.113.9", FOUND, "notnet"},
    {"cidr:/t/cidr", "10.1.2.3", FOUND, "inner"},
    {"cidr:/t/cidr", "2001:DB8:0:0::5", FOUND, "v6"},
    {"cidr:/t/cidr", "2001:db9::1", FOUND, "v6b"},
    {"cidr:{{10.0.0.0/8 ok}}", "10.1.1.1", FOUND, "ok"},
    {"cidr:{{10.0.0.0/8 ok}}", "name", NOTHING, NULL},
};
/* clang-format on */

START_TEST(a_table_answers_as_postmap_does)
{
    Fixture fixture;
    g_autofree char *value = NULL;
    MailsimLookup result;

    set_up(&fixture);
    result = mailsim_host_look_up(fixture.host, lookups[_i].tables, lookups[_i].key, &value);
    ck_assert_msg(result == lookups[_i].result, "%s of %s: %d", lookups[_i].key,
                  lookups[_i].tables, result);
    if (lookups[_i].value != NULL)
        ck_assert_pstr_eq(value, lookups[_i].value);
    tear_down(&fixture);
}
END_TEST

START_TEST(tables_of_patterns_are_not_asked_for_parts)
{
    Fixture fixture;

    set_up(&fixture);
    ck_assert_int_eq(mailsim_host_look_up_part(fixture.host, "regexp:/t/regexp", "abc", NULL),
                     NOTHING);
    ck_assert_int_eq(mailsim_host_look_up_part(fixture.host, "cidr:/nonexistent", "a", NULL),
                     NOTHING);
    ck_assert_int_eq(mailsim_host_look_up_part(fixture.host, "hash:/t/hash", "alice", NULL),
                     FOUND);
    tear_down(&fixture);
}
END_TEST

START_TEST(a_table_without_type_or_name_is_fatal)
{
    static const char *const bad[] = {"hash", ":x", "static:", "::1/128", "static:x, y"};

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *fatal = mailsim_host_find_fatal_table(bad[i]);

        ck_assert_msg(fatal != NULL && strstr(fatal, "expecting \"type:name\" form") != NULL,
                      "%s", bad[i]);
    }
    ck_assert_ptr_null(mailsim_host_find_fatal_table("bogus:x, hash:/nonexistent"));
}
END_TEST

/* ---- lists ------------------------------------------------------------------------------- */

static const struct {
    const char *list;
    MailsimLookup result; /* of the client 127.0.0.9, outside.client.example */
} networks[] = {
    {"!127.0.0.9, 127.0.0.0/8",              NOTHING},
    {"127.0.0.0/8 !127.0.0.9",               FOUND  },
    {"/t/nets",                              FOUND  },
    {"/t/negated",                           NOTHING},
    {"!/t/nets 127.0.0.0/8",                 NOTHING},
    {"cidr:{{127.0.0.0/24 x}}",              FOUND  },
    {"!cidr:{{127.0.0.0/24 x}} 127.0.0.0/8", NOTHING},
    {"hash:/t/nope 127.0.0.0/8",             ERROR  },
    {"127.0.0.0/8 hash:/t/nope",             FOUND  },
    {"static:all",                           FOUND  },
    {"inline:{127.0.0.9=x}",                 FOUND  },
    {"inline:{127.0.0=x}",                   NOTHING},
    {"regexp:{{/^127/ OK}}",                 FOUND  },
    {"!!127.0.0.9",                          FOUND  },
    {"127.0.0.9/32;",                        NOTHING},
    {"[127.0.0.9]",                          FOUND  },
    {"[127.0.0.0]/8",                        FOUND  },
    {"127.0.0.9/",                           ERROR  },
    {"127.0.0.9/33",                         ERROR  },
    {"127.0.0.09",                           NOTHING},
    {"127.0.0.9/032",                        FOUND  },
    {"all/8",                                NOTHING},
    {"g/24",                                 NOTHING},
    {"a/24",                                 ERROR  },
    {"127.0.0.9/32x",                        NOTHING},
    {"127.0.0.9/a",                          ERROR  },
    {"[x]/8",                                NOTHING},
    {"[a]/8",                                ERROR  },
    {"[a/8",                                 ERROR  },
    {"[127.0.0.0]x/8",                       NOTHING},
    {"127.0.0.0/8/8",                        ERROR  },
    {"127.0.0.0/-1",                         NOTHING},
    {"host.example/24",                      NOTHING},
    {"[::1/128",                             NOTHING},
    {"[2001:db8::1]/32",                     NOTHING},
    {"0/0",                                  ERROR  },
    {"0.0.0.0",                              NOTHING},
    {"0.0.0.0/0",                            FOUND  },
    {"[::]/0",                               NOTHING},
    {"[::ffff:127.0.0.0]/104",               NOTHING},
    {"/none/x",                              ERROR  },
    {"!/none/x 127.0.0.0/8",                 ERROR  },
    {"a.b/24",                               ERROR  },
    {"192.168.1.5/24 127.0.0.0/8",           ERROR  },
    {"127.0.0.0/8 192.168.1.5/24",           FOUND  },
    {"127.0.0.0/255.0.0.0",                  ERROR  },
    {"/t/host-bits 127.0.0.0/8",             ERROR  },
    {"unknown",                              NOTHING},
    {"outside.client.example",               FOUND  },
    {"localhost all 127.0.0",                NOTHING},
    {"",                                     NOTHING},
};

START_TEST(a_client_is_in_mynetworks_as_a_real_smtpd_has_it)
{
    Fixture fixture;
    g_autofree char *pattern = NULL;
    MailsimLookup result;

    set_up(&fixture);
    add_setting(&fixture, "mynetworks", networks[_i].list);
    result = mailsim_host_match_client(fixture.host, NULL, "mynetworks", "127.0.0.9", &pattern);
    ck_assert_msg(result == networks[_i].result, "%s: %d", networks[_i].list, result);
    tear_down(&fixture);
}
END_TEST

/* The domains of which each list has the first N_RELAY: a letter for each, y, n or e. */
static const char *const domains[] = {
    "file.example",  "x.file.example", "x.file2.example",   "b.file2.example", "file2.example",
    "other.example", "FILE.example",   "x.b.file2.example", "x.dot.example",
};

static const struct {
    const char *parameter;
    const char *list;
    const char *answers;
} domain_lists[] = {
    {"relay_domains", "/t/domains",                   "yynnnnynn"},
    {"relay_domains", "!x.file.example file.example", "ynnnnnynn"},
    {"relay_domains", "hash:/t/domain-table",         "yynnnnynn"},
    {"relay_domains", "regexp:{{/file/ x}}",          "yyyyynyyn"},
    {"relay_domains", "/etc/none",                    "eeeeeeeee"},
    {"relay_domains", "file.example hash:/t/nope",    "yyeeeeyee"},
    {"relay_domains", ".file.example",                "nnnnnnnnn"},
    {"relay_domains", "static:x",                     "yyyyyyyyy"},
    {"relay_domains", "FILE.Example",                 "yynnnnynn"},
    {"mydestination", "/t/domains",                   "ynnnnnynn"},
    {"mydestination", ".file.example",                "nnnnnnnnn"},
    {"mydestination", "inline:{file.example=x}",      "ynnnnnynn"},
    {"mydestination", "!x.file.example static:all",   "ynyyyyyyy"},
    {"mydestination", "hash:/t/nope",                 "eeeeeeeee"},
    {"mydestination", "file.example hash:/t/nope",    "yeeeeeyee"},
    {"mydestination", "a:b",                          "eeeeeeeee"},
};

START_TEST(a_domain_is_in_a_list_as_trivial_rewrite_has_it)
{
    Fixture fixture;
    char answers[G_N_ELEMENTS(domains) + 1] = "";

    set_up(&fixture);
    add_setting(&fixture, domain_lists[_i].parameter, domain_lists[_i].list);
    for (guint i = 0; i < G_N_ELEMENTS(domains); i++)
        answers[i] = "nye"[mailsim_host_match_domain(fixture.host, NULL,
                                                     domain_lists[_i].parameter, domains[i])];
    ck_assert_msg(strcmp(answers, domain_lists[_i].answers) == 0, "%s: %s, not %s",
                  domain_lists[_i].list, answers, domain_lists[_i].answers);
    tear_down(&fixture);
}
END_TEST

START_TEST(a_list_reaches_below_a_domain_as_it_is_told)
{
    Fixture fixture;

    set_up(&fixture);
    add_setting(&fixture, "parent_domain_matches_subdomains", "");
    add_setting(&fixture, "relay_domains", "a.example .b.example");
    ck_assert_int_eq(
        mailsim_host_match_domain(fixture.host, NULL, "relay_domains", "x.a.example"), NOTHING);
    ck_assert_int_eq(
        mailsim_host_match_domain(fixture.host, NULL, "relay_domains", "x.b.example"), FOUND);
    ck_assert_int_eq(
        mailsim_host_match_domain(fixture.host, NULL, "relay_domains", "b.example"), NOTHING);
    tear_down(&fixture);
}
END_TEST

/* ---- recipients -------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *parameter;
    const char *maps;
    const char *recipient;
    MailsimLookup result;
} recipients[] = {
    {"local_recipient_maps", "hash:/t/local", "alice@iesgn.example", FOUND},
    {"local_recipient_maps", "hash:/t/local", "alice+q@iesgn.example", FOUND},
    {"local_recipient_maps", "hash:/t/local", "ALICE@iesgn.example", FOUND},
    {"local_recipient_maps", "hash:/t/local", "bob@iesgn.example", NOTHING},
    {"local_recipient_maps", "hash:/t/local", "bob+x@iesgn.example", FOUND},
    {"local_recipient_maps", "hash:/t/local", "bob+y@iesgn.example", NOTHING},
    {"local_recipient_maps", "hash:/t/local", "carl@iesgn.example", FOUND},
    {"local_recipient_maps", "hash:/t/local", "carl+z@iesgn.example", FOUND},
    {"local_recipient_maps", "hash:/t/local", "dan@iesgn.example", NOTHING},
    {"local_recipient_maps", "hash:/t/local", "dan+e@iesgn.example", FOUND},
    {"local_recipient_maps", "hash:/t/local", "dan+f@iesgn.example", NOTHING},
    {"local_recipient_maps", "hash:/t/local", "zed@localhost", FOUND},
    {"local_recipient_maps", "hash:/t/local", "zed@iesgn.example", NOTHING},
    {"local_recipient_maps", "hash:/t/local", "carl@mail.iesgn.example", NOTHING},
    {"local_recipient_maps", "regexp:/t/whole", "only@iesgn.example", FOUND},
    {"local_recipient_maps", "regexp:/t/whole", "x@iesgn.example", NOTHING},
    {"local_recipient_maps", "", "q@iesgn.example", FOUND},
    {"local_recipient_maps", "static:all", "q@iesgn.example", FOUND},
    {"local_recipient_maps", "hash:/t/nope hash:/t/local", "alice@iesgn.example", ERROR},
    {"local_recipient_maps", "proxy:unix:passwd.byname hash:/t/nope", "ana@iesgn.example",
     ERROR                                                                                                },
 /* by default: users, and aliases */
    {"alias_maps", "hash:/t/aliases", "list@iesgn.example", FOUND},
    {"alias_maps", "hash:/t/aliases", "list+a@iesgn.example", FOUND},
    {"alias_maps", "hash:/t/aliases", "upper@localhost", FOUND},
    {"alias_maps", "hash:/t/aliases", "spaced name@iesgn.example", FOUND},
    {"alias_maps", "hash:/t/aliases", "Ana@iesgn.example", FOUND},
    {"alias_maps", "hash:/t/aliases", "q@iesgn.example", NOTHING},
    {"alias_maps", "hash:/etc/aliases", "postmaster@iesgn.example", FOUND},
    {"alias_maps", "hash:/etc/aliases", "list@iesgn.example", NOTHING},
    {"alias_maps", "", "postmaster@iesgn.example", NOTHING},
    {"relay_recipient_maps", "hash:/t/relay", "rita@file.example", FOUND},
    {"relay_recipient_maps", "hash:/t/relay", "rita+x@file.example", FOUND},
    {"relay_recipient_maps", "hash:/t/relay", "x@file.example", NOTHING},
    {"relay_recipient_maps", "hash:/t/relay", "rob@file.example", NOTHING},
    {"relay_recipient_maps", "hash:/t/relay", "x@all.example", FOUND},
    {"relay_recipient_maps", "hash:/t/nope", "rita@file.example", ERROR},
    {"relay_recipient_maps", "", "q@file.example", FOUND},
};
/* clang-format on */

START_TEST(a_recipient_exists_as_a_real_smtpd_has_it)
{
    Fixture fixture;
    MailsimLookup result;

    set_up(&fixture);
    add_setting(&fixture, recipients[_i].parameter, recipients[_i].maps);
    if (strcmp(recipients[_i].parameter, "relay_recipient_maps") == 0)
        result = mailsim_relay_recipient_exists(fixture.host, NULL, recipients[_i].recipient);
    else
        result = mailsim_local_recipient_exists(fixture.host, NULL, recipients[_i].recipient);
    ck_assert_msg(result == recipients[_i].result, "%s = %s, %s: %d", recipients[_i].parameter,
                  recipients[_i].maps, recipients[_i].recipient, result);
    tear_down(&fixture);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("lookup-table");
    TCase *tables = tcase_create("tables");
    TCase *lists = tcase_create("lists");

    tcase_add_loop_test(tables, a_table_answers_as_postmap_does, 0, G_N_ELEMENTS(lookups));
    tcase_add_test(tables, tables_of_patterns_are_not_asked_for_parts);
    tcase_add_test(tables, a_table_without_type_or_name_is_fatal);
    tcase_add_loop_test(tables, a_recipient_exists_as_a_real_smtpd_has_it, 0,
                        G_N_ELEMENTS(recipients));
    suite_add_tcase(suite, tables);
    tcase_add_loop_test(lists, a_client_is_in_mynetworks_as_a_real_smtpd_has_it, 0,
                        G_N_ELEMENTS(networks));
    tcase_add_loop_test(lists, a_domain_is_in_a_list_as_trivial_rewrite_has_it, 0,
                        G_N_ELEMENTS(domain_lists));
    tcase_add_test(lists, a_list_reaches_below_a_domain_as_it_is_told);
    suite_add_tcase(suite, lists);
    return run_suite(suite);
}
