/* SPDX-License-Identifier: MIT
 *
 * Scenarios without mistakes: the defaults that they get, what include and like bring, what
 * a step changes. Mistakes are in tests/broken. */
#include <string.h>

#include <glib/gstdio.h>

#include <mailsim/scenario/key-table.h>
#include <mailsim/scenario/scenario.h>

#include "../support/run-suite.h"

#define HEAD "[scenario]\ntitle = T\n"
#define STEP "[step go]\ntitle = Go\ndo = send\nby = ana\nto = bob@b.example\n"

static MailsimScenario *
load(const char *text)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    MailsimScenario *scenario =
        mailsim_scenario_load_text("dir/a.scenario", bytes, diagnostics);
    g_autofree char *printed = mailsim_diagnostics_print(diagnostics, 0);

    ck_assert_str_eq(printed, "");
    return scenario;
}

static const MailsimHostDefinition *
get_host(const MailsimWorld *world, guint index)
{
    ck_assert_uint_lt(index, world->hosts->len);
    return g_ptr_array_index(world->hosts, index);
}

static const char *
get_setting(const GPtrArray *settings, const char *name)
{
    for (guint i = 0; i < settings->len; i++) {
        const MailsimSetting *setting = g_ptr_array_index(settings, i);

        if (strcmp(setting->name, name) == 0)
            return setting->value;
    }
    return NULL;
}

START_TEST(a_host_that_says_nothing_gets_defaults)
{
    g_autoptr(MailsimScenario) scenario = load(HEAD "[host school]\n");
    g_autoptr(MailsimWorld) world = mailsim_scenario_build_world(scenario, 0);
    const MailsimHostDefinition *host = get_host(world, 0);
    const MailsimUser *root = g_ptr_array_index(host->users, 0);
    g_autofree char *start = mailsim_time_format_minute(world->start_us);

    ck_assert_str_eq(host->name, "school");
    ck_assert_str_eq(host->mailname, "school.example");
    ck_assert_str_eq(host->hostname, "mail.school.example");
    ck_assert_str_eq(g_ptr_array_index(host->addresses, 0), "192.0.2.10");
    ck_assert_str_eq(host->certificate, "snakeoil");
    ck_assert_str_eq(root->name, "root");
    ck_assert_str_eq(root->password, "");
    ck_assert_uint_eq(host->users->len, 1);
    ck_assert_uint_eq(host->services->len, 0);
    ck_assert(!host->has_dovecot);
    ck_assert_str_eq(start, "2026-01-12 09:00");
}
END_TEST

START_TEST(addresses_are_the_next_that_nobody_has)
{
    g_autoptr(MailsimScenario) scenario =
        load(HEAD "[host a]\n[host b]\naddress = 192.0.2.11, 2001:db8::1\n[host c]\n"
                  "[mua m]\n[mua n]\naddress = 198.51.100.10\n[host d]\naddress = 192.0.2.12\n"
                  "[host e]\n" STEP "[mua m @go]\naddress = 198.51.100.11\n"
                  "[host f]\nusers = ana\n");
    g_autoptr(MailsimWorld) world = mailsim_scenario_build_world(scenario, 0);
    static const char *const expected[] = {"192.0.2.10", "192.0.2.11", "192.0.2.13",
                                           "192.0.2.12", "192.0.2.14", "192.0.2.15"};
    const MailsimMailProgramDefinition *m = g_ptr_array_index(world->mail_programs, 0);
    const MailsimMailProgramDefinition *n = g_ptr_array_index(world->mail_programs, 1);

    for (guint i = 0; i < G_N_ELEMENTS(expected); i++)
        ck_assert_str_eq(g_ptr_array_index(get_host(world, i)->addresses, 0), expected[i]);
    ck_assert_uint_eq(get_host(world, 1)->addresses->len, 2);
    ck_assert_str_eq(m->address, "198.51.100.11");
    ck_assert_str_eq(n->address, "198.51.100.10");
}
END_TEST

START_TEST(many_hosts_get_many_addresses)
{
    g_autoptr(GString) text = g_string_new(HEAD);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < 1000; i++)
        g_string_append_printf(text, "[host h%u]\n", i);

    g_autoptr(MailsimScenario) scenario = load(text->str);
    g_autoptr(MailsimWorld) world = mailsim_scenario_build_world(scenario, 0);

    for (guint i = 0; i < 1000; i++)
        ck_assert(g_hash_table_add(seen, g_ptr_array_index(get_host(world, i)->addresses, 0)));
    ck_assert(g_hash_table_contains(seen, "192.0.2.254"));
    ck_assert(g_hash_table_contains(seen, "10.1.0.1"));
}
END_TEST

START_TEST(a_mail_program_knows_its_account)
{
    g_autoptr(MailsimScenario) scenario =
        load(HEAD "[host mail]\nmailname = a.example\nusers = ana:secret, luis\n"
                  "[mua one]\nuser = ana\noutgoing = mail:587\nincoming = MAIL.A.example:993\n"
                  "[mua two]\nuser = luis\nlogin = no\ncheck = no\npassword = a\\sb\n"
                  "[mua three]\noutgoing = mail.a.example:2525 starttls-if-offered\n");
    g_autoptr(MailsimWorld) world = mailsim_scenario_build_world(scenario, 0);
    const MailsimMailProgramDefinition *one = g_ptr_array_index(world->mail_programs, 0);
    const MailsimMailProgramDefinition *two = g_ptr_array_index(world->mail_programs, 1);
    const MailsimMailProgramDefinition *three = g_ptr_array_index(world->mail_programs, 2);

    ck_assert_str_eq(one->user, "ana");
    ck_assert_str_eq(one->user_host, "mail");
    ck_assert_str_eq(one->password, "secret");
    ck_assert(one->login && one->check);
    ck_assert_str_eq(one->outgoing->name, "mail.a.example");
    ck_assert_uint_eq(one->outgoing->port, 587);
    ck_assert_int_eq(one->outgoing->mode, MAILSIM_ENDPOINT_STARTTLS);
    ck_assert_str_eq(one->incoming->name, "mail.a.example");
    ck_assert_int_eq(one->incoming->mode, MAILSIM_ENDPOINT_TLS);
    ck_assert_str_eq(two->password, "a b");
    ck_assert(!two->login && !two->check);
    ck_assert_ptr_null(two->outgoing);
    ck_assert_ptr_null(three->user);
    ck_assert_ptr_null(three->password);
    ck_assert_int_eq(three->outgoing->mode, MAILSIM_ENDPOINT_STARTTLS_IF_OFFERED);
}
END_TEST

START_TEST(lines_of_main_cf_and_master_cf_are_kept_as_written)
{
    g_autoptr(MailsimScenario) scenario =
        load(HEAD "[host mail]\n[postfix mail]\nmynetworks = 127.0.0.0/8\n  10.0.0.0/8\n"
                  "[service mail submission]\n  -o smtpd_tls_security_level=may\n"
                  "[service mail other]\nport = 2525\n[dovecot mail]\nports = 993\n");
    g_autoptr(MailsimWorld) world = mailsim_scenario_build_world(scenario, 0);
    const MailsimHostDefinition *host = get_host(world, 0);
    const MailsimServiceDefinition *submission = g_ptr_array_index(host->services, 0);
    const MailsimServiceDefinition *other = g_ptr_array_index(host->services, 1);

    ck_assert_str_eq(get_setting(host->postfix, "mynetworks"), "127.0.0.0/8 10.0.0.0/8");
    ck_assert_str_eq(submission->name, "submission");
    ck_assert_uint_eq(submission->port, 587);
    ck_assert_str_eq(get_setting(submission->settings, "smtpd_tls_security_level"), "may");
    ck_assert_uint_eq(other->port, 2525);
    ck_assert_uint_eq(other->settings->len, 0);
    ck_assert(host->has_dovecot);
    ck_assert_uint_eq(host->dovecot->len, 0);
    ck_assert_uint_eq(host->dovecot_ports->len, 1);
    ck_assert_uint_eq(g_array_index(host->dovecot_ports, guint, 0), 993);
}
END_TEST

START_TEST(links_and_certificates_are_typed)
{
    g_autoptr(MailsimScenario) scenario =
        load(HEAD "[host a]\n[link a *]\n[link dns *]\nlatency = 1s\n"
                  "[certificate c]\nnames = *.a.example, b.example\nissuer = self\nkey = rsa\n"
                  "issued = 2026-01-02\ndays = 7\n[certificate d]\nlike = c\nkey = ecdsa\n"
                  "[certificate e]\nprofile = expired\n");
    g_autoptr(MailsimWorld) world = mailsim_scenario_build_world(scenario, 0);
    const MailsimLinkDefinition *first = g_ptr_array_index(world->links, 0);
    const MailsimLinkDefinition *second = g_ptr_array_index(world->links, 1);
    const MailsimCertificateDefinition *d = g_ptr_array_index(world->certificates, 1);
    const MailsimCertificateDefinition *e = g_ptr_array_index(world->certificates, 2);
    g_autofree char *issued = mailsim_time_format_day(d->issued_us);

    ck_assert_int_eq(first->latency_us, 20 * MAILSIM_MILLISECOND);
    ck_assert_str_eq(first->a, "a");
    ck_assert_str_eq(first->b, "*");
    ck_assert_int_eq(second->latency_us, MAILSIM_SECOND);
    ck_assert_str_eq(d->profile, "letsencrypt");
    ck_assert_uint_eq(d->names->len, 2);
    ck_assert_str_eq(d->issuer, "self");
    ck_assert_str_eq(d->key, "ecdsa");
    ck_assert_str_eq(issued, "2026-01-02");
    ck_assert_int_eq(d->days, 7);
    ck_assert_str_eq(e->profile, "expired");
    ck_assert_ptr_null(e->names);
    ck_assert_int_eq(e->issued_us, G_MININT64);
    ck_assert_int_eq(e->days, 0);
}
END_TEST

START_TEST(a_step_changes_the_world_and_it_stays_changed)
{
    g_autoptr(MailsimScenario) scenario =
        load(HEAD "[host a]\nusers = ana:old\n[host b]\n[mua m]\nuser = ana\noutgoing = a:587\n"
                  "[postfix a]\nsmtp_tls_security_level = may\n"
                  "[postfix a @second]\nsmtp_tls_security_level = encrypt\n"
                  "[host a @second]\nusers = ana:new\ncertificate = expired\n"
                  "[mua m @second]\ncheck = no\n"
                  "[service b submission @third]\n[dovecot b @third]\n[link a b @third]\n"
                  "[step first]\ntitle = 1\ndo = send\nby = m\nto = root@b.example\n"
                  "[step second]\ntitle = 2\nlike = first\n"
                  "[step third]\ntitle = 3\nlike = second\n");
    g_autoptr(MailsimWorld) first = mailsim_scenario_build_world(scenario, 0);
    g_autoptr(MailsimWorld) second = mailsim_scenario_build_world(scenario, 1);
    g_autoptr(MailsimWorld) third = mailsim_scenario_build_world(scenario, 2);

    ck_assert_str_eq(get_setting(get_host(first, 0)->postfix, "smtp_tls_security_level"),
                     "may");
    ck_assert_str_eq(get_host(first, 0)->certificate, "snakeoil");
    ck_assert_str_eq(get_setting(get_host(second, 0)->postfix, "smtp_tls_security_level"),
                     "encrypt");
    ck_assert_str_eq(get_host(second, 0)->certificate, "expired");
    ck_assert_uint_eq(get_host(second, 1)->services->len, 0);
    ck_assert_str_eq(get_host(third, 0)->certificate, "expired");
    ck_assert_uint_eq(get_host(third, 1)->services->len, 1);
    ck_assert(get_host(third, 1)->has_dovecot && !get_host(second, 1)->has_dovecot);
    ck_assert_uint_eq(second->links->len, 0);
    ck_assert_uint_eq(third->links->len, 1);

    /* The program of a step follows, down to the right password. */
    ck_assert_str_eq(mailsim_scenario_get_step(scenario, 0)->program->password, "old");
    ck_assert(mailsim_scenario_get_step(scenario, 0)->program->check);
    ck_assert_str_eq(mailsim_scenario_get_step(scenario, 2)->program->password, "new");
    ck_assert(!mailsim_scenario_get_step(scenario, 2)->program->check);
}
END_TEST

START_TEST(a_step_says_all_that_is_to_be_done)
{
    g_autoptr(MailsimScenario) scenario =
        load(HEAD "[host a]\nusers = ana:x, luis:y\n[host b]\nusers = bob, luis\n"
                  "[mua m]\nuser = ana\noutgoing = a:587\n"
                  "[step one]\ntitle = One\ntitle[es] = Uno\nintro = First\ndo = send\nby = m\n"
                  "to = bob@b.example, luis@a.example\nfrom =\nsubject = S\\\\\ntext = a\\nb\n"
                  "user = luis@a.example\noutgoing = a:465\nlogin = no\n"
                  "expect.outcome = delivered\n"
                  "[step two]\ntitle = Two\nlike = one\npassword = z\n"
                  "[step three]\ntitle = Three\ndo = send\nby = luis@b.example\nto = ana\n"
                  "[step four]\ntitle = Four\ndo = set\n[host a @four]\nusers = eva\n");
    const MailsimStep *one = mailsim_scenario_get_step(scenario, 0);
    const MailsimStep *two = mailsim_scenario_get_step(scenario, 1);
    const MailsimStep *three = mailsim_scenario_get_step(scenario, 2);
    const MailsimStep *four = mailsim_scenario_get_step(scenario, 3);

    ck_assert_uint_eq(mailsim_scenario_count_steps(scenario), 4);
    ck_assert_str_eq(one->id, "one");
    ck_assert_str_eq(one->title.plain, "One");
    ck_assert_str_eq(one->title.es, "Uno");
    ck_assert_ptr_null(one->title.en);
    ck_assert_str_eq(one->intro.plain, "First");
    ck_assert_str_eq(one->from, "");
    ck_assert_str_eq(one->subject, "S\\");
    ck_assert_str_eq(one->text, "a\nb\n");
    ck_assert_uint_eq(one->to->len, 2);
    ck_assert_str_eq(one->program->user, "luis");
    ck_assert_str_eq(one->program->password, "y");
    ck_assert_uint_eq(one->program->outgoing->port, 465);
    ck_assert(!one->program->login);
    ck_assert_ptr_null(one->by_user);

    /* like copies what is done, not the texts, nor what is expected. */
    ck_assert_str_eq(two->title.plain, "Two");
    ck_assert_ptr_null(two->title.es);
    ck_assert_ptr_null(two->intro.plain);
    ck_assert_uint_eq(two->expectations->len, 0);
    ck_assert_str_eq(two->program->user, "luis");
    ck_assert_str_eq(two->program->password, "z");
    ck_assert_str_eq(two->text, "a\nb\n");

    ck_assert_ptr_null(three->program);
    ck_assert_str_eq(three->by_user, "luis");
    ck_assert_str_eq(three->by_host, "b");
    ck_assert_ptr_null(three->from);
    ck_assert_str_eq(three->subject, "Test");
    ck_assert_str_eq(three->text, "This is a test message.\n");
    ck_assert_int_eq(four->kind, MAILSIM_STEP_SET);
}
END_TEST

/* clang-format off */
static const struct {
    const char *line;
    MailsimExpectationKind kind;
    const char *subject;
    gboolean first;
    const char *words; /* joined by “|” */
} expectations[] = {
    {"expect.outcome = bounced", MAILSIM_EXPECT_OUTCOME, NULL, FALSE, "bounced"},
    {"expect.to.bob@b.example = deferred, 450 4.7.5", MAILSIM_EXPECT_TO, "bob@b.example",
     FALSE, "deferred|450|4.7.5"},
    {"expect.hop.b = sent,encrypted", MAILSIM_EXPECT_HOP, "b", FALSE, "sent|encrypted"},
    {"expect.hop.b.1 = clear", MAILSIM_EXPECT_HOP, "b", TRUE, "clear"},
    {"expect.hop.b.reply = 250 2.0.0 Ok, queued\\s", MAILSIM_EXPECT_HOP_REPLY, "b", FALSE,
     "250 2.0.0 Ok, queued "},
    {"expect.hop.b.decided = permit_mynetworks", MAILSIM_EXPECT_HOP_DECIDED, "b", FALSE,
     "permit_mynetworks"},
};
/* clang-format on */

START_TEST(an_expectation_is_words)
{
    g_autofree char *text = g_strconcat(HEAD "[host a]\nusers = ana\n[host b]\n" STEP,
                                        expectations[_i].line, "\n", NULL);
    g_autoptr(MailsimScenario) scenario = load(text);
    const MailsimStep *step = mailsim_scenario_get_step(scenario, 0);
    const MailsimExpectation *expectation = g_ptr_array_index(step->expectations, 0);

    g_ptr_array_add(expectation->words, NULL);

    g_autofree char *words = g_strjoinv("|", (char **)expectation->words->pdata);

    ck_assert_uint_eq(step->expectations->len, 1);
    ck_assert_int_eq(expectation->kind, expectations[_i].kind);
    ck_assert(g_strcmp0(expectation->subject, expectations[_i].subject) == 0);
    ck_assert_int_eq(expectation->first, expectations[_i].first);
    ck_assert_str_eq(words, expectations[_i].words);
    ck_assert_uint_eq(expectation->span.line, 11);
}
END_TEST

START_TEST(an_included_world_is_added_to_and_loses)
{
    g_autoptr(MailsimScenario) scenario =
        load(HEAD "include = case5\n[host mail]\nusers = eva:x, ana:y\n[postfix mail]\n"
                  "smtp_tls_security_level = encrypt\n[host extra]\n"
                  "[step go]\ntitle = Go\ndo = send\nby = eva\nto = bob@instituto.example\n");
    g_autoptr(MailsimWorld) world = mailsim_scenario_build_world(scenario, 0);
    const MailsimHostDefinition *mail = get_host(world, 0);
    const MailsimUser *eva = g_ptr_array_index(mail->users, 1);

    ck_assert_str_eq(mailsim_scenario_get_id(scenario), "a");
    ck_assert_str_eq(mailsim_scenario_get_title(scenario)->plain, "T");
    ck_assert_uint_eq(mailsim_scenario_count_steps(scenario), 1);
    ck_assert_str_eq(mail->mailname, "iesgn.example");
    ck_assert_uint_eq(mail->users->len, 3);
    ck_assert_str_eq(eva->name, "eva");
    ck_assert_str_eq(get_setting(mail->postfix, "smtpd_sasl_type"), "dovecot");
    ck_assert_str_eq(get_setting(mail->postfix, "smtp_tls_security_level"), "encrypt");
    ck_assert_str_eq(get_host(world, world->hosts->len - 1)->name, "extra");
}
END_TEST

/* clang-format off */
static const struct {
    const char *text;
    const char *name; /* NULL: nothing is left */
} nearest[] = {
    {"mine", "mine"},
    {"Mi Caso 1", "mi-caso-1"},
    {"lección", "leccion"},
    {"--a__b--", "a-b"},
    {"a.example", "a-example"},
    {"···", NULL},
    {"", NULL},
    {"a\xff", NULL},
};
/* clang-format on */

START_TEST(a_name_is_near)
{
    g_autofree char *name = mailsim_scenario_dup_nearest_name(nearest[_i].text);

    ck_assert_pstr_eq(name, nearest[_i].name);
    ck_assert(name == NULL || mailsim_scenario_is_name(name));
}
END_TEST

START_TEST(what_is_included_is_beside_or_built_in)
{
    g_autofree char *folder = g_dir_make_tmp("mailsim-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "case5.scenario", NULL);
    g_autofree char *file = g_build_filename(folder, "new.scenario", NULL);
    g_autofree char *builtin = mailsim_scenario_dup_included(file, "case5");
    g_autofree char *beside = NULL;
    g_autofree char *here = mailsim_scenario_dup_included("new.scenario", "no-such-file");

    ck_assert_str_eq(builtin, "case5");
    ck_assert_str_eq(here, "no-such-file");
    ck_assert(g_file_set_contents(path, HEAD, -1, NULL));
    beside = mailsim_scenario_dup_included(file, "case5");
    ck_assert_str_eq(beside, path);
    g_remove(path);
    g_rmdir(folder);
}
END_TEST

START_TEST(every_built_in_scenario_is_without_mistake)
{
    g_autoptr(GPtrArray) names = mailsim_scenario_list_builtin();

    ck_assert_uint_gt(names->len, 0);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
        g_autoptr(MailsimScenario) scenario = mailsim_scenario_load(name, diagnostics, NULL);
        g_autofree char *printed = mailsim_diagnostics_print(diagnostics, 0);

        ck_assert_ptr_nonnull(scenario);
        ck_assert_str_eq(printed, "");
        ck_assert_str_eq(mailsim_scenario_get_id(scenario), name);
        ck_assert_uint_gt(mailsim_scenario_count_steps(scenario), 0);
        ck_assert_ptr_nonnull(mailsim_scenario_get_title(scenario)->es);
    }
}
END_TEST

START_TEST(every_row_of_the_key_table_can_be_found)
{
    guint n_keys;
    const MailsimKeyRow *keys = mailsim_key_table_list_keys(&n_keys);

    for (guint i = 0; i < n_keys; i++) {
        g_auto(GStrv) parts = g_strsplit(keys[i].name, ".", -1);
        g_autoptr(GString) name = g_string_new(NULL);

        /* An example of the key: what stands for anything is replaced by something. */
        for (guint j = 0; parts[j]; j++)
            g_string_append_printf(name, "%s%s", j > 0 ? "." : "",
                                   strcmp(parts[j], "N") == 0            ? "7"
                                   : strcmp(parts[j], "CHOICE") == 0     ? "b"
                                   : strcmp(parts[j], "OWNER TYPE") == 0 ? "@ MX"
                                   : strcmp(parts[j], "NAME") == 0       ? "some_name"
                                                                         : parts[j]);
        ck_assert_msg(mailsim_key_table_find_key(keys[i].group, name->str) == &keys[i],
                      "%s finds another row", name->str);
        ck_assert_msg(*keys[i].description, "%s is not described", keys[i].name);
    }
    ck_assert_ptr_null(mailsim_key_table_find_key(MAILSIM_GROUP_HOST, "user"));
    ck_assert_ptr_null(mailsim_key_table_find_key(MAILSIM_GROUP_STEP, "expect.hop.a.2"));
    ck_assert_ptr_null(mailsim_key_table_find_key(MAILSIM_GROUP_STEP, "expect.to."));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("scenario");
    TCase *tcase = tcase_create("scenario");

    tcase_add_test(tcase, a_host_that_says_nothing_gets_defaults);
    tcase_add_test(tcase, addresses_are_the_next_that_nobody_has);
    tcase_add_test(tcase, many_hosts_get_many_addresses);
    tcase_add_test(tcase, a_mail_program_knows_its_account);
    tcase_add_test(tcase, lines_of_main_cf_and_master_cf_are_kept_as_written);
    tcase_add_test(tcase, links_and_certificates_are_typed);
    tcase_add_test(tcase, a_step_changes_the_world_and_it_stays_changed);
    tcase_add_test(tcase, a_step_says_all_that_is_to_be_done);
    tcase_add_loop_test(tcase, an_expectation_is_words, 0, G_N_ELEMENTS(expectations));
    tcase_add_test(tcase, an_included_world_is_added_to_and_loses);
    tcase_add_loop_test(tcase, a_name_is_near, 0, G_N_ELEMENTS(nearest));
    tcase_add_test(tcase, what_is_included_is_beside_or_built_in);
    tcase_add_test(tcase, every_built_in_scenario_is_without_mistake);
    tcase_add_test(tcase, every_row_of_the_key_table_can_be_found);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);

    return run_suite(suite);
}
