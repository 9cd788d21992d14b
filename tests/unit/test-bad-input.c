/* SPDX-License-Identifier: MIT
 *
 * Worlds that go wrong on purpose, and messages larger than anybody sends: each ends as with
 * Postfix, or with a clear limit. What time and memory the large ones take is told, not
 * tested. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <mailsim/scenario/scenario.h>

#include "../support/ledger.h"
#include "../support/run-suite.h"
#include "../support/scenario-text.h"

#define HEAD                                                                                   \
    "[scenario]\ntitle = x\n[host a]\nusers = ana:a\n[host b]\nusers = bob\n"                  \
    "[mua laptop]\nuser = ana\noutgoing = a:25 clear\nlogin = no\n"

typedef struct {
    MailsimRecording *recording;
    MailsimLab *lab;
    MailsimScenario *scenario;
} World;

static void
world_begin(World *world, const char *settings)
{
    g_autofree char *text = g_strconcat(HEAD, settings, NULL);
    MailsimWorld *definition;

    world->scenario = scenario_text_load(text);
    definition = mailsim_scenario_build_world(world->scenario, 0);
    world->recording = mailsim_recording_new();
    world->lab = mailsim_lab_new(world->recording, definition->start_us, 0, NULL);
    mailsim_recording_add_step(world->recording);
    ck_assert(mailsim_lab_configure(world->lab, definition, NULL));
}

static void
world_clear(World *world)
{
    mailsim_lab_free(world->lab);
    mailsim_recording_free(world->recording);
    mailsim_scenario_free(world->scenario);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(World, world_clear)

/* From ana, at her shell or by her mail program, until all queues are empty. */
static void
send_to(World *world, gboolean by_program, const GPtrArray *to, const char *text)
{
    const GPtrArray *programs = world->lab->world->mail_programs;
    const MailsimErrand errand = {
        .program = by_program ? g_ptr_array_index(programs, 0) : NULL,
        .by_user = "ana",
        .by_host = "a",
        .to = to,
        .subject = "Hola",
        .text = text,
    };

    mailsim_lab_send(world->lab, &errand);
    ck_assert(mailsim_lab_run(world->lab, NULL));
    ck_assert(mailsim_lab_wait_for_queues(world->lab, NULL));
}

/* Events with such a STATUS and REASON; of those, the last one's party is in *PARTY. */
static guint
count_statuses(const World *world, const char *status, const char *reason, const char **party)
{
    guint count = 0;

    for (guint i = 0; i < world->recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(world->recording->events, i);

        if (event->kind != MAILSIM_EVENT_STATUS || !g_str_equal(event->status.status, status) ||
            strstr(event->status.reason, reason) == NULL)
            continue;
        count++;
        if (party != NULL)
            *party = event->party;
    }
    return count;
}

static guint
count_mails(const World *world, const char *host, const char *user)
{
    return mailsim_lab_get_mailbox(world->lab, host, user)->len;
}

/* ---- set up wrongly ---------------------------------------------------------------------- */

typedef struct {
    const char *description;
    const char *settings;
    const char *to;
    const char *status;
    const char *reason;
    const char *party; /* who says so */
    guint n_mails;     /* for ana at the end: bounces, and what she wrote to herself */
} Mistake;

#define ROUND(LIMIT)                                                                           \
    "[postfix a]\nrelay_domains = round.test\ntransport_maps = hash:/t\nhopcount_limit "       \
    "= " LIMIT "\n[file a /t]\n1 = round.test smtp:[mail.b.example]\n"                         \
    "[postfix b]\nrelay_domains = round.test\ntransport_maps = hash:/t\nhopcount_limit "       \
    "= " LIMIT "\n[file b /t]\n1 = round.test smtp:[mail.a.example]\n"
#define FORGETS "[postfix a]\nduplicate_filter_limit = 1\n"

/* clang-format off */
static const Mistake mistakes[] = {
    {"a loop of two hosts: who gets the 50th copy says no, and the other bounces", ROUND("50"),
     "x@round.test", "bounced", "said: 554 5.4.0 Error: too many hops (in reply to end of DATA command)",
     "a", 1},
    {"the same, an odd limit", ROUND("5"),
     "x@round.test", "bounced", "host mail.a.example[192.0.2.10] said: 554 5.4.0 Error: too many hops", "b", 1},
    {"to herself", "", "ana@a.example", "sent", "delivered to mailbox", "a", 1},
    {"to herself, by a ~/.forward that has her in it", "[file a /home/ana/.forward]\n1 = ana\n",
     "ana", "sent", "delivered to mailbox", "a", 1},
    {"an alias circle", "[file a /etc/aliases]\n1 = one: two\n2 = two: one\n", "one", "bounced",
     "alias database loop for ", "a", 1},
    {"the same, by a filter that forgets", FORGETS "[file a /etc/aliases]\n1 = one: two, two\n"
     "2 = two: one, one\n", "one", "bounced", "alias database loop for ", "a", 1},
    {"~/.forward files in a circle, by a filter that forgets", FORGETS
     "[file a /home/ana/.forward]\n1 = ana+x@a.example, ana, ana\n",
     "ana", "bounced", "alias database loop for ana", "a", 0},
    {"an alias circle of two hosts", "[file a /etc/aliases]\n1 = one: one@b.example\n"
     "[file b /etc/aliases]\n1 = one: one@a.example\n", "one", "bounced",
     "mail forwarding loop for one@a.example", "a", 1},
    {"a circle of virtual(5): pickup(8) keeps what cleanup(8) does not take",
     "[postfix a]\nvirtual_alias_maps = hash:/v\n[file a /v]\n1 = one two, one2\n2 = two one, two2\n"
     "3 = one2 one, two\n4 = two2 two, one\n",
     "one", "", "", NULL, 0},
    {"an MX that points nowhere", "[zone c.test]\n@ MX = 10 gone.test.\n", "x@c.test", "bounced",
     "Name service error for name=gone.test type=AAAA: Host not found", "a", 1},
    {"a host without address", "[zone c.test]\n@ MX = 10 mx\nmx TXT = nothing\n", "x@c.test", "bounced",
     "name=mx.c.test type=AAAA: Host found but no data record of requested type", "a", 1},
    {"soft_bounce of a local name: it is tried again until its time is up",
     "[postfix a]\nsoft_bounce = yes\nmaximal_queue_lifetime = 1h\n", "nadie", "SOFTBOUNCE",
     "unknown user: \"nadie\"", "a", 1},
};
/* clang-format on */

START_TEST(a_mistake_ends_as_with_postfix)
{
    const Mistake *mistake = &mistakes[_i];
    g_auto(World) world = {0};
    g_autoptr(GPtrArray) to = g_ptr_array_new();
    g_autofree char *problems = NULL;
    const char *party = NULL;

    g_ptr_array_add(to, (gpointer)mistake->to);
    world_begin(&world, mistake->settings);
    send_to(&world, FALSE, to, "Hola.\n");
    problems = ledger_audit(world.lab, TRUE);
    ck_assert_msg(problems[0] == '\0', "%.2000s", problems);
    count_statuses(&world, mistake->status, mistake->reason, &party);
    ck_assert_msg(g_strcmp0(party, mistake->party) == 0, "%s: %s said so", mistake->description,
                  party);
    ck_assert_msg(count_mails(&world, "a", "ana") == mistake->n_mails, "%s: %u messages",
                  mistake->description, count_mails(&world, "a", "ana"));
}
END_TEST

/* ---- large ------------------------------------------------------------------------------- */

static void
tell_costs(const char *what)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    fprintf(stderr, "# %s: %ld.%02ld s, %ld MB\n", what, (long)usage.ru_utime.tv_sec,
            (long)usage.ru_utime.tv_usec / 10000, usage.ru_maxrss / 1024);
}

static GPtrArray *
list_bobs(guint count)
{
    GPtrArray *to = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < count; i++)
        g_ptr_array_add(to, g_strdup_printf("bob+%u@b.example", i));
    return to;
}

START_TEST(ten_thousand_recipients_from_a_shell)
{
    g_auto(World) world = {0};
    g_autoptr(GPtrArray) to = list_bobs(10000);

    world_begin(&world, "");
    send_to(&world, FALSE, to, "Hola.\n");
    ck_assert_uint_eq(count_mails(&world, "b", "bob"), 10000);
    ck_assert_uint_eq(world.recording->hops->len, 200);
    tell_costs("10,000 recipients from a shell");
}
END_TEST

/* postconf(5) smtpd_recipient_limit; what is over smtpd_recipient_overshoot_limit counts as
 * an error, and after smtpd_hard_error_limit of them the conversation is over, and nothing
 * is sent. */
static const struct {
    guint n_recipients;
    guint n_refused;
    guint n_delivered;
} crowds[] = {
    {2000,  1000, 1000},
    {10000, 1020, 0   },
};

START_TEST(many_recipients_by_a_program)
{
    g_auto(World) world = {0};
    g_autoptr(GPtrArray) to = list_bobs(crowds[_i].n_recipients);

    world_begin(&world, "[postfix a]\nmynetworks = 0.0.0.0/0\n");
    send_to(&world, TRUE, to, "Hola.\n");
    ck_assert_uint_eq(count_mails(&world, "b", "bob"), crowds[_i].n_delivered);
    ck_assert_uint_eq(
        count_statuses(&world, "rejected", "452 4.5.3 Error: too many recipients", NULL),
        crowds[_i].n_refused);
    ck_assert_uint_eq(count_statuses(&world, "rejected",
                                     "421 4.7.0 mail.a.example Error: too many errors", NULL),
                      crowds[_i].n_delivered == 0);
    tell_costs("many recipients by a mail program");
}
END_TEST

typedef struct {
    const char *description;
    const char *settings;
    gboolean by_program;
    const char *status;
    const char *reason;
    guint n_mails;
} Burden;

#define TRUSTED "mynetworks = 0.0.0.0/0\n"
#define UNLIMITED(HOST)                                                                        \
    "[postfix " HOST "]\nmessage_size_limit = 0\nmailbox_size_limit = 0\n" TRUSTED

/* clang-format off */
static const Burden burdens[] = {
    {"100 MB from a shell", "", FALSE, "rejected", "sendmail: fatal: ana(1000): message file too big", 0},
    {"100 MB by a mail program", "[postfix a]\n" TRUSTED, TRUE, "rejected", "552 5.3.4 Error: message file too big", 0},
    {"100 MB from a shell, no limit here", UNLIMITED("a"), FALSE, "bounced",
     "message size 10", 0},
    {"100 MB from a shell, no limit", UNLIMITED("a") UNLIMITED("b"), FALSE, "sent",
     "delivered to mailbox", 1},
    {"100 MB by a mail program, no limit", UNLIMITED("a") UNLIMITED("b")
     , TRUE, "sent",
     "delivered to mailbox", 1},
};
/* clang-format on */

START_TEST(a_message_of_a_hundred_megabytes)
{
    const Burden *burden = &burdens[_i];
    g_auto(World) world = {0};
    g_autoptr(GPtrArray) to = list_bobs(1);
    g_autofree char *text = g_malloc(100 * 1000 * 1000 + 1);

    for (gsize i = 0; i < 100 * 1000 * 1000; i++)
        text[i] = i % 50 == 49 ? '\n' : 'x';
    text[100 * 1000 * 1000] = '\0';
    world_begin(&world, burden->settings);
    send_to(&world, burden->by_program, to, text);
    ck_assert_msg(count_statuses(&world, burden->status, burden->reason, NULL) == 1, "%s",
                  burden->description);
    ck_assert_uint_eq(count_mails(&world, "b", "bob"), burden->n_mails);
    tell_costs(burden->description);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("bad-input");
    TCase *tcase = tcase_create("ends");

    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, a_mistake_ends_as_with_postfix, 0, G_N_ELEMENTS(mistakes));
    tcase_add_test(tcase, ten_thousand_recipients_from_a_shell);
    tcase_add_loop_test(tcase, many_recipients_by_a_program, 0, G_N_ELEMENTS(crowds));
    tcase_add_loop_test(tcase, a_message_of_a_hundred_megabytes, 0, G_N_ELEMENTS(burdens));
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
