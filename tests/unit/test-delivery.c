/* SPDX-License-Identifier: MIT
 *
 * What lies in a mailbox at the end, line by line, as real hosts were seen to write it: the
 * same journeys as in the recordings, with the lab's names, dates and queue ids. */
#include <mailsim/lab/lab.h>
#include <mailsim/scenario/scenario.h>

#include "../support/run-suite.h"
#include "../support/scenario-text.h"

typedef struct {
    const char *description;
    const char *by; /* a mail program, or a user at the shell of mail */
    gboolean shell;
    const char *to[3];
    const char *settings; /* more lines of [postfix mail] */
    const char *host;     /* whose mailbox */
    const char *user;
    const char *expected;
} Journey;

/* clang-format off */
static const Journey journeys[] = {
    {.description = "submitted on 587, relayed, delivered",
     .by = "laptop", .to = {"bob@instituto.example"}, .host = "instituto", .user = "bob",
     .expected =
        "Return-Path: <ana@iesgn.example>\n"
        "X-Original-To: bob@instituto.example\n"
        "Delivered-To: bob@instituto.example\n"
        "Received: from mail.iesgn.example (mail.iesgn.example [203.0.113.25])\n"
        "\tby mx.instituto.example (Postfix) with ESMTPS id CD14040A11\n"
        "\tfor <bob@instituto.example>; Mon, 12 Jan 2026 09:00:00 +0000 (UTC)\n"
        "Received: from laptop.iesgn.example (unknown [198.51.100.10])\n"
        "\tby mail.iesgn.example (Postfix) with ESMTPSA id 5CC6040A11\n"
        "\tfor <bob@instituto.example>; Mon, 12 Jan 2026 09:00:00 +0000 (UTC)\n"
        "From: ana@iesgn.example\n"
        "To: bob@instituto.example\n"
        "Subject: Hola\n"
        "Date: Mon, 12 Jan 2026 09:00:00 +0000\n"
        "Message-ID: <20260112090000.1@laptop.iesgn.example>\n"
        "\n"
        "Hola.\n"},
    {.description = "two recipients: none is named in Received:, and TLS is",
     .by = "laptop", .to = {"luis@iesgn.example", "ana@iesgn.example"},
     .settings = "smtpd_tls_received_header = yes\n", .host = "mail", .user = "luis",
     .expected =
        "Return-Path: <ana@iesgn.example>\n"
        "X-Original-To: luis@iesgn.example\n"
        "Delivered-To: luis@iesgn.example\n"
        "Received: from laptop.iesgn.example (unknown [198.51.100.10])\n"
        "\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\n"
        "\t key-exchange X25519 server-signature ECDSA (prime256v1) server-digest SHA256)\n"
        "\t(No client certificate requested)\n"
        "\tby mail.iesgn.example (Postfix) with ESMTPSA id 5CC6040A11;\n"
        "\tMon, 12 Jan 2026 09:00:00 +0000 (UTC)\n"
        "From: ana@iesgn.example\n"
        "To: luis@iesgn.example, ana@iesgn.example\n"
        "Subject: Hola\n"
        "Date: Mon, 12 Jan 2026 09:00:00 +0000\n"
        "Message-ID: <20260112090000.1@laptop.iesgn.example>\n"
        "\n"
        "Hola.\n"},
    {.description = "by a stranger on 25, in the clear",
     .by = "stranger", .to = {"luis@iesgn.example"}, .host = "mail", .user = "luis",
     .expected =
        "Return-Path: <stranger@stranger.example>\n"
        "X-Original-To: luis@iesgn.example\n"
        "Delivered-To: luis@iesgn.example\n"
        "Received: from stranger.example (unknown [198.51.100.11])\n"
        "\tby mail.iesgn.example (Postfix) with ESMTP id 35B6040A11\n"
        "\tfor <luis@iesgn.example>; Mon, 12 Jan 2026 09:00:00 +0000 (UTC)\n"
        "From: stranger@stranger.example\n"
        "To: luis@iesgn.example\n"
        "Subject: Hola\n"
        "Date: Mon, 12 Jan 2026 09:00:00 +0000\n"
        "Message-ID: <20260112090000.1@stranger.example>\n"
        "\n"
        "Hola.\n"},
    {.description = "with sendmail, to a name without domain",
     .by = "ana", .shell = TRUE, .to = {"luis"}, .host = "mail", .user = "luis",
     .expected =
        "Return-Path: <ana@iesgn.example>\n"
        "X-Original-To: luis\n"
        "Delivered-To: luis@iesgn.example\n"
        "Received: by mail.iesgn.example (Postfix, from userid 1000)\n"
        "\tid 0000040A11; Mon, 12 Jan 2026 09:00:00 +0000 (UTC)\n"
        "To: luis@iesgn.example\n"
        "Subject: Hola\n"
        "Message-Id: <20260112090000.0000040A11@mail.iesgn.example>\n"
        "Date: Mon, 12 Jan 2026 09:00:00 +0000 (UTC)\n"
        "From: ana@iesgn.example\n"
        "\n"
        "Hola.\n"},
    {.description = "with an extension and capitals, and twice",
     .by = "ana", .shell = TRUE, .to = {"Luis+x", "luis+X"}, .host = "mail", .user = "luis",
     .settings = "myhostname = relay.iesgn.example\nmail_name = Postman\n",
     .expected =
        "Return-Path: <ana@iesgn.example>\n"
        "X-Original-To: Luis+x\n"
        "Delivered-To: Luis+x@iesgn.example\n"
        "Received: by relay.iesgn.example (Postman, from userid 1000)\n"
        "\tid 0000040A11; Mon, 12 Jan 2026 09:00:00 +0000 (UTC)\n"
        "To: Luis+x@iesgn.example, luis+X@iesgn.example\n"
        "Subject: Hola\n"
        "Message-Id: <20260112090000.0000040A11@relay.iesgn.example>\n"
        "Date: Mon, 12 Jan 2026 09:00:00 +0000 (UTC)\n"
        "From: ana@iesgn.example\n"
        "\n"
        "Hola.\n"},
};
/* clang-format on */

static MailsimScenario *
load(const Journey *journey)
{
    g_autofree char *text =
        g_strdup_printf("[scenario]\ntitle = x\ninclude = case5\n[postfix mail]\n%s",
                        journey->settings != NULL ? journey->settings : "");

    return scenario_text_load(text);
}

static const MailsimMailProgramDefinition *
find_program(const MailsimWorld *world, const char *name)
{
    for (guint i = 0; i < world->mail_programs->len; i++) {
        const MailsimMailProgramDefinition *program =
            g_ptr_array_index(world->mail_programs, i);

        if (g_str_equal(program->name, name))
            return program;
    }
    return NULL;
}

START_TEST(a_mailbox_holds_what_real_hosts_write)
{
    const Journey *journey = &journeys[_i];
    g_autoptr(MailsimScenario) scenario = load(journey);
    g_autoptr(MailsimRecording) recording = mailsim_recording_new();
    g_autoptr(GPtrArray) to = g_ptr_array_new();
    MailsimWorld *world = mailsim_scenario_build_world(scenario, 0);
    g_autoptr(MailsimLab) lab = mailsim_lab_new(recording, world->start_us, 0, NULL);
    MailsimErrand errand = {.subject = "Hola", .text = "Hola.\n", .to = to};
    const GPtrArray *mailbox;
    g_autoptr(GBytes) whole = NULL;

    ck_assert(mailsim_lab_configure(lab, world, NULL));
    for (guint i = 0; journey->to[i] != NULL; i++)
        g_ptr_array_add(to, (gpointer)journey->to[i]);
    if (journey->shell) {
        errand.by_user = journey->by;
        errand.by_host = "mail";
    } else {
        errand.program = find_program(world, journey->by);
        ck_assert_ptr_nonnull(errand.program);
    }
    mailsim_lab_send(lab, &errand);
    ck_assert(mailsim_lab_run(lab, NULL));

    mailbox = mailsim_lab_get_mailbox(lab, journey->host, journey->user);
    ck_assert_ptr_nonnull(mailbox);
    ck_assert_uint_eq(mailbox->len, 1);
    whole = mailsim_stored_message_join(g_ptr_array_index(mailbox, 0));
    ck_assert_str_eq(g_bytes_get_data(whole, NULL), journey->expected);
}
END_TEST

/* ---- what becomes of it ------------------------------------------------------------------ */

/* Mail from ana's shell, in a lab with SETTINGS more. */
static MailsimLab *
send_from_shell(const MailsimScenario *scenario, MailsimRecording *recording, GPtrArray *to)
{
    MailsimWorld *world = mailsim_scenario_build_world(scenario, 0);
    MailsimLab *lab = mailsim_lab_new(recording, world->start_us, 0, NULL);
    const MailsimErrand errand = {
        .by_user = "ana", .by_host = "mail", .subject = "Hola", .text = "Hola.\n", .to = to};

    ck_assert(mailsim_lab_configure(lab, world, NULL));
    mailsim_lab_send(lab, &errand);
    ck_assert(mailsim_lab_run(lab, NULL));
    return lab;
}

/* Programs and files are not there: each is said once, and whoever else is meant gets his
 * mail. */
START_TEST(what_is_not_built_is_bounced)
{
    static const char *const targets[] = {"\"|/usr/bin/procmail -t\"", "/var/mail/list",
                                          "~/list"};
    static const char *const reasons[] = {
        "delivery to \"|/usr/bin/procmail -t\" is not built in this lab",
        "delivery to \"/var/mail/list\" is not built in this lab",
        "delivery to \"~/list\" is not built in this lab",
    };
    g_autofree char *settings =
        g_strdup_printf("[file mail /etc/aliases]\n1 = info: %s, luis\n", targets[_i]);
    const Journey journey = {.settings = settings};
    g_autoptr(MailsimScenario) scenario = load(&journey);
    g_autoptr(MailsimRecording) recording = mailsim_recording_new();
    g_autoptr(GPtrArray) to = g_ptr_array_new();
    g_autoptr(MailsimLab) lab = NULL;
    guint n_statuses = 0;

    g_ptr_array_add(to, (gpointer) "info");
    lab = send_from_shell(scenario, recording, to);
    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind != MAILSIM_EVENT_STATUS || event->status.message != 1 ||
            n_statuses++ > 0)
            continue;
        ck_assert_str_eq(event->status.status, "bounced");
        ck_assert_str_eq(event->status.dsn, "5.3.3");
        ck_assert_str_eq(event->status.reason, reasons[_i]);
    }
    ck_assert_uint_eq(n_statuses, 2);
    ck_assert_uint_eq(mailsim_lab_get_mailbox(lab, "mail", "luis")->len, 1);
}
END_TEST

/* 10,000 recipients, which are 5,000 twice, and a filter for all or for the first hundred
 * only. */
START_TEST(many_recipients_are_told_apart)
{
    static const struct {
        const char *settings;
        guint n_delivered;
    } cases[] = {
        {"duplicate_filter_limit = 0\n",   5000},
        {"duplicate_filter_limit = 100\n", 9900},
    };
    const Journey journey = {.settings = cases[_i].settings};
    g_autoptr(MailsimScenario) scenario = load(&journey);
    g_autoptr(MailsimRecording) recording = mailsim_recording_new();
    g_autoptr(GPtrArray) to = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(MailsimLab) lab = NULL;

    for (guint i = 0; i < 10000; i++)
        g_ptr_array_add(to, g_strdup_printf("luis+%u", i % 5000));
    lab = send_from_shell(scenario, recording, to);
    ck_assert_uint_eq(mailsim_lab_get_mailbox(lab, "mail", "luis")->len, cases[_i].n_delivered);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("delivery");
    TCase *tcase = tcase_create("mailboxes");

    tcase_add_loop_test(tcase, a_mailbox_holds_what_real_hosts_write, 0,
                        G_N_ELEMENTS(journeys));
    tcase_add_loop_test(tcase, what_is_not_built_is_bounced, 0, 3);
    tcase_add_loop_test(tcase, many_recipients_are_told_apart, 0, 2);
    tcase_set_timeout(tcase, 30);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
