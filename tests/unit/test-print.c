/* SPDX-License-Identifier: MIT
 *
 * A scenario printed whole is the same scenario: it loads without a word more, prints the same
 * text again and gives the same transcript. And no key of the language is forgotten. */
#include <string.h>

#include <gio/gio.h>

#include <mailsim/scenario/runner.h>
#include <mailsim/transcript/render.h>

#include "../support/random-world.h"
#include "../support/run-suite.h"
#include "print-private.h"
#include "value-private.h"

#define N_RANDOM_WORLDS 12

static const MailsimPrintOptions bare = {.language = MAILSIM_LANGUAGE_EN, .bare = TRUE};

static MailsimScenario *
load(const char *file, const char *text, char **told)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    MailsimScenario *scenario = mailsim_scenario_load_text(file, bytes, diagnostics);
    g_autofree char *all = mailsim_diagnostics_print(diagnostics, 0);

    ck_assert_msg(mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) == 0, "%s\n%s",
                  all, text);
    if (told)
        *told = g_steal_pointer(&all);
    return scenario;
}

static char *
print(const MailsimScenario *scenario, const MailsimPrintOptions *options)
{
    GString *out = g_string_new(NULL);

    mailsim_scenario_print(scenario, options, out);
    return g_string_free(out, FALSE);
}

static char *
tell(const MailsimScenario *scenario)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimRecording) recording =
        mailsim_scenario_run(scenario, &(MailsimRunOptions){0}, diagnostics, NULL);
    GString *out = g_string_new(NULL);

    ck_assert_ptr_nonnull(recording);
    mailsim_render_text(recording, &(MailsimRenderOptions){.detail = MAILSIM_DETAIL_FULL}, out);
    return g_string_free(out, FALSE);
}

/* ---- the same scenario again ------------------------------------------------------------- */

#define HEAD "[scenario]\ntitle = T\n"
#define WORLD                                                                                  \
    HEAD "[host mail]\nmailname = iesgn.example\nusers = ana:melocoton, luis\n"                \
         "[host other]\nusers = bob\n[mua laptop]\nuser = ana\noutgoing = mail:25\n"           \
         "login = no\n"
#define SEND "[step send]\ntitle = S\ndo = send\nby = laptop\nto = luis@iesgn.example\n"
#define SHELL(NAME)                                                                            \
    "[step " NAME                                                                              \
    "]\ntitle = S\ndo = send\nby = ana\nto = bob@other.example, root@iesgn.example\n"

typedef struct {
    const char *description;
    const char *text;
    const char *contains; /* on lines of their own, in the text without comments */
    const char *lacks;
} Story;

/* clang-format off */
static const Story stories[] = {
    {.description = "defaults are written out",
     .text = WORLD SEND,
     .contains = "language = en\nstart    = 2026-01-12 09:00\n"},
    {.description = "a step's own words on how long win over those that like brings",
     .text = WORLD SEND "[step w]\ntitle = W\ndo = wait\nfor = 1h\n"
             "[step x]\ntitle = X\nlike = w\nuntil = queue-empty\n",
     .contains = "do      = wait\nuntil   = queue-empty\nmessage = send\n"},
    {.description = "what like brings and means nothing is left out",
     .text = WORLD SEND "[step x]\ntitle = X\nlike = send\ndo = look\nat = mailbox luis\n",
     .contains = "[step x]\ntitle = X\ndo    = look\nat    = mailbox luis\n"},
    {.description = "a user at a shell has no program",
     .text = WORLD SEND "outgoing = mail:25\nuser = ana\nlogin = no\n"
             "[step x]\ntitle = X\nlike = send\nby = ana\n",
     .contains = "by      = ana\nto      = luis@iesgn.example\nsubject = Test\n"},
    {.description = "lines that are typed stand in the order of their numbers",
     .text = WORLD "[step a]\ntitle = A\ndo = talk\nby = laptop\nconnect = mail:25\n"
             "1 = EHLO x.example\n9 = QUIT\nexpect.0 = 220\n"
             "[step b]\ntitle = B\nlike = a\n5 = NOOP\nexpect.5.lacks = 500\nexpect.5 = 250\n",
     .contains = "1        = EHLO x.example\n5        = NOOP\nexpect.5 = 250\n"
                 "expect.5.lacks = 500\n9        = QUIT\n"},
    {.description = "a host name that a step moves is not nailed down",
     .text = WORLD SHELL("a") SHELL("b") "[host other @b]\nmailname = new.example\n",
     .contains = "[host other]\nmailname    = other.example\naddress     = 192.0.2.11\n"},
    {.description = "nobody else moves when a step gives a host an address",
     .text = WORLD "[host third]\n" SHELL("a") SHELL("b")
             "[host other @b]\naddress = 192.0.2.99\n"
             "[step c]\ntitle = C\ndo = look\nat = dns mail.third.example A\n"
             "expect.has = 192.0.2.12\n",
     .contains = "address     = 192.0.2.12\n"},
    {.description = "a link between any two that a step opens wins over the others",
     .text = WORLD "[link laptop mail]\nlatency = 300ms\n" SEND
             "[step b]\ntitle = B\nlike = send\n[link * * @b]\nlatency = 1500ms\n",
     .contains = "[link * * @b]\nlatency = 1500ms\n"},
    {.description = "the plain port 25 is a service, unless there is one",
     .text = WORLD "[service other smtp]\nsmtpd_banner = mx ESMTP\n" SHELL("a"),
     .contains = "[service other smtp]\nport = 25\nsmtpd_banner = mx ESMTP\n"},
    {.description = "or a step opens one",
     .text = WORLD SHELL("a") SHELL("b") "[service other smtp @b]\nsmtpd_banner = mx ESMTP\n",
     .contains = "[service other smtp @b]\nsmtpd_banner = mx ESMTP\n",
     .lacks = "[service other smtp]\n"},
    {.description = "Debian's snakeoil does not win over the certificate of the host",
     .text = WORLD "[host c]\ncertificate = letsencrypt\n[step a]\ntitle = A\ndo = send\n"
             "by = ana\nto = root@c.example\nexpect.hop.c = encrypted, trusted\n",
     .lacks = "smtpd_tls_cert_file"},
    {.description = "unless somebody has written so",
     .text = WORLD "[postfix other]\n"
             "smtpd_tls_cert_file = /etc/ssl/certs/ssl-cert-snakeoil.pem\n" SHELL("a"),
     .contains = "smtpd_tls_cert_file = /etc/ssl/certs/ssl-cert-snakeoil.pem\n"},
    {.description = "Dovecot stays away from whoever has not asked for it",
     .text = WORLD SEND "[dovecot mail @send]\n",
     .contains = "[dovecot mail @send]\n", .lacks = "[dovecot mail]"},
    {.description = "long lists go on in a second line that looks like nothing else",
     .text = WORLD "[postfix mail]\nsmtpd_recipient_restrictions = permit_mynetworks "
             "reject_unauth_destination check_sender_access inline:{ana=OK} "
             "reject_non_fqdn_recipient   permit_sasl_authenticated, permit\n" SEND,
     .contains = "smtpd_recipient_restrictions = permit_mynetworks"},
    {.description = "a list that would go on with a bracket",
     .text = WORLD "[postfix mail]\nmynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128 "
             "[2001:db8::1]/128 [2001:db8::2]/128 [2001:db8::3]/128 192.0.2.0/24\n" SEND},
    {.description = "an empty value",
     .text = WORLD "[postfix mail]\nmynetworks =\nrelayhost =\n" SEND "from =\n",
     .contains = "mynetworks =\n"},
    {.description = "texts keep their escapes",
     .text = WORLD SEND "subject = \\sA\\tB\\\\\ntext = one\\r\\ntwo\\s\n",
     .contains = "subject = \\sA\\tB\\\\\ntext    = one\\r\\ntwo\\s\n"},
    {.description = "lines as in master.cf",
     .text = WORLD "[service mail submission]\n-o smtpd_banner=x\n -o smtpd_helo_required=yes\n"
             SEND,
     .contains = "smtpd_banner = x\nsmtpd_helo_required = yes\n"},
    {.description = "a zone that stands for itself keeps what it takes away",
     .text = WORLD "[zone other.example]\n@ MX =\n" SHELL("a"),
     .contains = "[zone other.example]\ndnssec = no\n@ MX =\n"},
    {.description = "what has no effect says so once more, and not more often",
     .text = WORLD "[postfix mail]\nbiff = no\nnotify_classes = bounce\n" SEND,
     .contains = "biff = no\nnotify_classes = bounce\n"},
    {.description = "a world without steps",
     .text = WORLD, .contains = "[mua laptop]\n"},
};
/* clang-format on */

static guint
count_lines(const char *text)
{
    guint count = 0;

    for (; *text; text++)
        count += *text == '\n';
    return count;
}

/* What a transcript says of places in the file, which is another when it has been printed. */
static void
forget_places(char **transcript)
{
    g_autoptr(GRegex) place = g_regex_new("w:[0-9]+", G_REGEX_DEFAULT, 0, NULL);
    char *text = g_regex_replace_literal(place, *transcript, -1, 0, "w", 0, NULL);

    g_free(*transcript);
    *transcript = text;
}

static void
check_same(const char *description, const char *text, const char *again)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_auto(GStrv) lines_again = g_strsplit(again, "\n", -1);
    guint i = 0;

    while (lines[i] != NULL && g_strcmp0(lines[i], lines_again[i]) == 0)
        i++;
    ck_assert_msg(lines[i] == NULL && lines_again[i] == NULL, "%s, line %u:\n%s\n%s",
                  description, i + 1, lines[i] != NULL ? lines[i] : "(end)",
                  lines_again[i] != NULL ? lines_again[i] : "(end)");
}

/* TEXT printed, to be freed, and what that is when it is loaded. */
static char *
check_is_same(const char *description, const char *text)
{
    g_autofree char *told = NULL, *told_again = NULL;
    g_autoptr(MailsimScenario) scenario = load("w", text, &told);
    g_autofree char *printed = print(scenario, &bare);
    g_autoptr(MailsimScenario) again = load("w", printed, &told_again);
    g_autofree char *printed_again = print(again, &bare);
    g_autofree char *transcript = tell(scenario);
    g_autofree char *transcript_again = tell(again);

    ck_assert_msg(count_lines(told) == count_lines(told_again), "%s: %s\n%s", description, told,
                  told_again);
    check_same(description, printed, printed_again);
    forget_places(&transcript);
    forget_places(&transcript_again);
    check_same(description, transcript, transcript_again);
    return g_steal_pointer(&printed);
}

START_TEST(a_printed_scenario_is_the_same)
{
    const Story *story = &stories[_i];
    g_autofree char *text = check_is_same(story->description, story->text);

    ck_assert_msg(!story->contains || strstr(text, story->contains), "%s: no\n%s\nin\n%s",
                  story->description, story->contains, text);
    ck_assert_msg(!story->lacks || !strstr(text, story->lacks), "%s: %s\nin\n%s",
                  story->description, story->lacks, text);
}
END_TEST

START_TEST(a_printed_random_world_is_the_same)
{
    g_autofree char *world = random_world_write((guint32)_i);
    g_autofree char *description = g_strdup_printf("seed %d", _i);
    g_autofree char *text = check_is_same(description, world);

    ck_assert_str_ne(text, world);
}
END_TEST

/* Comments change nothing. */
START_TEST(comments_are_comments)
{
    const MailsimPrintOptions full = {.language = (MailsimLanguage)(_i % 2)};
    g_autoptr(MailsimScenario) scenario = load("w", stories[_i / 2].text, NULL);
    g_autofree char *text = print(scenario, &full);
    g_autoptr(MailsimScenario) again = load("w", text, NULL);
    g_autofree char *with = print(again, &bare);
    g_autofree char *without = print(scenario, &bare);

    ck_assert_str_eq(with, without);
}
END_TEST

/* ---- comments ---------------------------------------------------------------------------- */

static const struct {
    const char *text;
    MailsimLanguage language;
    const char *contains;
} comments[] = {
    /* clang-format off */
    {WORLD, MAILSIM_LANGUAGE_EN,
     "[host mail]\n# w:4\nmailname    = iesgn.example\n# default\n"
     "hostname    = mail.iesgn.example\naddress     = 192.0.2.10\n# w:5\n"
     "users       = ana:melocoton, luis\n# default\ncertificate = snakeoil\n"
     "# snakeoil: rsa, 3650 days from 2026-01-02, signed by itself\n"},
    {WORLD, MAILSIM_LANGUAGE_ES,
     "# por defecto\ncertificate = snakeoil\n"
     "# snakeoil: rsa, 3650 días desde 2026-01-02, firmado por sí mismo\n"},
    {WORLD, MAILSIM_LANGUAGE_EN,
     "[mua laptop]\n# w:9\nuser      = ana\n# the right one: the user's\n"
     "#password = melocoton\n# w:10-11\nlogin     = no\noutgoing  = mail:25 clear\n"},
    {WORLD, MAILSIM_LANGUAGE_ES,
     "\n#[file other /etc/aliases]\n# /etc/aliases de Debian\n#1 = postmaster:    root\n"},
    {WORLD, MAILSIM_LANGUAGE_EN,
     "\n#[zone other.example]\n# follows from the hosts\n#mail A = 192.0.2.11\n"
     "#@ MX = 10 mail.other.example.\n"},
    {WORLD, MAILSIM_LANGUAGE_EN,
     "\n#[zone 2.0.192.in-addr.arpa]\n# follows from the hosts\n"
     "#10 PTR = mail.iesgn.example.\n#11 PTR = mail.other.example.\n"},
    {WORLD "[zone example.example]\nwww A = 192.0.2.3\n[zone other.example]\nx A = 192.0.2.4\n",
     MAILSIM_LANGUAGE_EN, "[zone other.example]\n# default\ndnssec = no\n# w:15\nx A = 192.0.2.4\n# follows from the hosts\n"
     "#mail A = 192.0.2.11\n"},
    {WORLD SEND "[step x]\ntitle = X\nlike = send\nsubject = Y\n", MAILSIM_LANGUAGE_EN,
     "[step x]\n# w:18\ntitle   = X\n# w:14-16\ndo      = send\nby      = laptop\n"
     "to      = luis@iesgn.example\n# the user's address\n#from   = ana@iesgn.example\n"
     "# w:20\nsubject = Y\n# default\ntext    = This is a test message.\\n\n"},
    {WORLD "[certificate c]\n", MAILSIM_LANGUAGE_EN,
     "[certificate c]\n# default\nprofile    = letsencrypt\n"
     "# letsencrypt: ecdsa, 90 days from 2026-01-02, signed by Lab Encrypt R1\n"
     "# follows from the profile\n#key       = ecdsa\n#issued    = 2026-01-02\n#days      = 90\n"
     "#ca        = no\n#key-usage = digital-signature\n"},
};
/* clang-format on */

START_TEST(a_comment_says_where_a_line_comes_from)
{
    const MailsimPrintOptions options = {.language = comments[_i].language};
    g_autoptr(MailsimScenario) scenario = load("w", comments[_i].text, NULL);
    g_autofree char *text = print(scenario, &options);

    ck_assert_msg(strstr(text, comments[_i].contains) != NULL, "no\n%s\nin\n%s",
                  comments[_i].contains, text);
}
END_TEST

/* ---- values ------------------------------------------------------------------------------ */

static const struct {
    MailsimGroupKind group;
    const char *key;
    const char *value;
    const char *printed;
} values[] = {
    /* clang-format off */
    {MAILSIM_GROUP_LINK, "latency", "1000ms", "1s"},
    {MAILSIM_GROUP_LINK, "latency", "90d", "90d"},
    {MAILSIM_GROUP_LINK, "latency", "14d", "2w"},
    {MAILSIM_GROUP_LINK, "latency", "0w", "0s"},
    {MAILSIM_GROUP_SCENARIO, "start", "2026-01-12 00:00", "2026-01-12"},
    {MAILSIM_GROUP_SCENARIO, "start", "2026-01-12 09:01", "2026-01-12 09:01"},
    {MAILSIM_GROUP_HOST, "address", "192.0.2.1  2001:DB8:0:0::1", "192.0.2.1, 2001:db8::1"},
    {MAILSIM_GROUP_HOST, "mailname", "IESGN.example", "iesgn.example"},
    {MAILSIM_GROUP_HOST, "users", "ana:b,luis", "ana:b, luis"},
    {MAILSIM_GROUP_SERVICE, "port", "0587", "587"},
    {MAILSIM_GROUP_DOVECOT, "ports", "993 0143", "993, 143"},
    {MAILSIM_GROUP_MUA, "outgoing", "mail:465", "mail:465 tls"},
    {MAILSIM_GROUP_MUA, "outgoing", "mail:25   starttls", "mail:25 starttls"},
    {MAILSIM_GROUP_MUA, "outgoing", "", ""},
    {MAILSIM_GROUP_ZONE, "fails", "mx,Txt", "MX, TXT"},
    {MAILSIM_GROUP_ZONE, "@ TXT", "\"a;  b\";\"c\"", "\"a;  b\"; \"c\""},
    {MAILSIM_GROUP_STEP, "expect.hop.mail", "sent,encrypted  454", "sent, encrypted, 454"},
    {MAILSIM_GROUP_STEP, "subject", "a, b  c\\n", "a, b  c\\n"},
    {MAILSIM_GROUP_POSTFIX, "mynetworks", "a,b  c", "a,b  c"},
    {MAILSIM_GROUP_CERTIFICATE, "days", "090", "90"},
};
/* clang-format on */

START_TEST(a_value_has_one_form)
{
    const MailsimKeyRow *row = mailsim_key_table_find_key(values[_i].group, values[_i].key);
    g_autofree char *printed = print_value(row, values[_i].value);
    g_autofree char *again = print_value(row, printed);

    ck_assert_str_eq(printed, values[_i].printed);
    ck_assert_str_eq(again, printed);
}
END_TEST

/* ---- every key --------------------------------------------------------------------------- */

static void
collect_rows(const char *text, GHashTable *rows)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(MailsimSource) source = mailsim_source_new("w", bytes);
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimScan) scan = mailsim_scan(source, diagnostics);

    for (guint i = 0; i < scan->groups->len; i++) {
        const MailsimGroup *group = g_ptr_array_index(scan->groups, i);
        g_autofree char *name = g_strndup(group->name, strcspn(group->name, " "));
        const MailsimGroupRow *row = mailsim_key_table_find_group(name);

        for (guint j = 0; j < group->entries->len; j++) {
            const MailsimEntry *entry = g_ptr_array_index(group->entries, j);

            g_hash_table_add(rows, (gpointer)mailsim_key_table_find_key(row->kind, entry->key));
        }
    }
}

static gboolean
is_resolved(const MailsimKeyRow *row)
{
    return row->type == MAILSIM_TYPE_LIKE || row->type == MAILSIM_TYPE_SCENARIO;
}

/* A key that is new in the table has to be in world.scenario, too. */
START_TEST(every_key_is_printed)
{
    g_autofree char *path = g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "tests", "golden",
                                             "world.scenario", NULL);
    g_autofree char *written = NULL;
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimScenario) scenario = mailsim_scenario_load(path, diagnostics, NULL);
    g_autoptr(GHashTable) said = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) printed = g_hash_table_new(NULL, NULL);
    guint n_rows;
    const MailsimKeyRow *rows = mailsim_key_table_list_keys(&n_rows);

    ck_assert(g_file_get_contents(path, &written, NULL, NULL));
    ck_assert_uint_eq(mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR), 0);
    collect_rows(written, said);

    g_autofree char *text = print(scenario, &bare);

    collect_rows(text, printed);
    for (guint i = 0; i < n_rows; i++) {
        const char *group = mailsim_key_table_get_group(rows[i].group)->name;

        if (rows[i].flags & MAILSIM_KEY_PLANNED)
            continue;
        ck_assert_msg(g_hash_table_contains(said, &rows[i]), "world.scenario has no [%s] %s",
                      group, rows[i].name);
        ck_assert_msg(g_hash_table_contains(printed, &rows[i]) != is_resolved(&rows[i]),
                      "[%s] %s", group, rows[i].name);
    }
}
END_TEST

/* What the table gives as a default is printed as it stands; where it only tells about it, the
 * printer must know better. */
START_TEST(every_default_is_a_value)
{
    guint n_rows;
    const MailsimKeyRow *rows = mailsim_key_table_list_keys(&n_rows);
    guint n_literal = 0;

    for (guint i = 0; i < n_rows; i++) {
        g_auto(Problem) problem = {0};

        if (!print_has_literal_default(&rows[i]))
            continue;
        n_literal++;
        ck_assert_msg(value_check(&rows[i], rows[i].default_value, &problem), "%s: %s",
                      rows[i].name, problem.message);
        ck_assert_msg(!strchr(rows[i].default_value, '\''), "%s = %s", rows[i].name,
                      rows[i].default_value);
    }
    ck_assert_uint_gt(n_literal, 5);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("print");
    TCase *tcase = tcase_create("print");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, a_printed_scenario_is_the_same, 0, G_N_ELEMENTS(stories));
    tcase_add_loop_test(tcase, a_printed_random_world_is_the_same, 0, N_RANDOM_WORLDS);
    tcase_add_loop_test(tcase, comments_are_comments, 0, 2 * G_N_ELEMENTS(stories));
    tcase_add_loop_test(tcase, a_comment_says_where_a_line_comes_from, 0,
                        G_N_ELEMENTS(comments));
    tcase_add_loop_test(tcase, a_value_has_one_form, 0, G_N_ELEMENTS(values));
    tcase_add_test(tcase, every_key_is_printed);
    tcase_add_test(tcase, every_default_is_a_value);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
