/* SPDX-License-Identifier: MIT
 *
 * What hosts of the lab write to a sender, and to whom, as it lies in a mailbox. It should be what
 * was recorded from real hosts: tests/dialogue/recorded/bounces.md. */
#include <mailsim/lab/lab.h>
#include <mailsim/scenario/scenario.h>

#include "../support/run-suite.h"

typedef struct {
    const char *description;
    const char *to;
    const char *settings; /* more lines of [postfix mail] */
    const char *user;     /* of mail: whose mailbox */
    const char *expected;
} Journey;

/* clang-format off */
static const Journey journeys[] = {
    {.description = "unknown at another server",
     .to = "nadie@instituto.example", .user = "ana",
     .expected =
        "Return-Path: <>\n"
        "X-Original-To: ana@iesgn.example\n"
        "Delivered-To: ana@iesgn.example\n"
        "Received: by mail.iesgn.example (Postfix)\n"
        "\tid 6B6C040A18; Mon, 12 Jan 2026 09:00:00 +0000 (UTC)\n"
        "Date: Mon, 12 Jan 2026 09:00:00 +0000 (UTC)\n"
        "From: Mail Delivery System <MAILER-DAEMON@iesgn.example>\n"
        "Subject: Undelivered Mail Returned to Sender\n"
        "To: ana@iesgn.example\n"
        "Auto-Submitted: auto-replied\n"
        "MIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status;\n"
        "\tboundary=\"0000040A11.1768208400/mail.iesgn.example\"\n"
        "Content-Transfer-Encoding: 8bit\n"
        "Message-Id: <20260112090000.6B6C040A18@mail.iesgn.example>\n"
        "\n"
        "This is a MIME-encapsulated message.\n"
        "\n"
        "--0000040A11.1768208400/mail.iesgn.example\n"
        "Content-Description: Notification\n"
        "Content-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit\n"
        "\n"
        "This is the mail system at host mail.iesgn.example.\n"
        "\n"
        "I'm sorry to have to inform you that your message could not\n"
        "be delivered to one or more recipients. It's attached below.\n"
        "\n"
        "For further assistance, please send mail to postmaster.\n"
        "\n"
        "If you do so, please include this problem report. You can\n"
        "delete your own text from the attached returned message.\n"
        "\n"
        "                   The mail system\n"
        "\n"
        "<nadie@instituto.example>: host mx.instituto.example[192.0.2.10] said: 550\n"
        "    5.1.1 <nadie@instituto.example>: Recipient address rejected: User unknown\n"
        "    in local recipient table (in reply to RCPT TO command)\n"
        "\n"
        "--0000040A11.1768208400/mail.iesgn.example\n"
        "Content-Description: Delivery report\n"
        "Content-Type: message/delivery-status\n"
        "\n"
        "Reporting-MTA: dns; mail.iesgn.example\n"
        "X-Postfix-Queue-ID: 0000040A11\n"
        "X-Postfix-Sender: rfc822; ana@iesgn.example\n"
        "Arrival-Date: Mon, 12 Jan 2026 09:00:00 +0000 (UTC)\n"
        "\n"
        "Final-Recipient: rfc822; nadie@instituto.example\n"
        "Original-Recipient: rfc822;nadie@instituto.example\n"
        "Action: failed\n"
        "Status: 5.1.1\n"
        "Remote-MTA: dns; mx.instituto.example\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <nadie@instituto.example>: Recipient address\n"
        "    rejected: User unknown in local recipient table\n"
        "\n"
        "--0000040A11.1768208400/mail.iesgn.example\n"
        "Content-Description: Undelivered Message\n"
        "Content-Type: message/rfc822\n"
        "Content-Transfer-Encoding: 8bit\n"
        "\n"
        "Return-Path: <ana@iesgn.example>\n"
        "Received: by mail.iesgn.example (Postfix, from userid 1000)\n"
        "\tid 0000040A11; Mon, 12 Jan 2026 09:00:00 +0000 (UTC)\n"
        "To: nadie@instituto.example\n"
        "Subject: Hola\n"
        "Message-Id: <20260112090000.0000040A11@mail.iesgn.example>\n"
        "Date: Mon, 12 Jan 2026 09:00:00 +0000 (UTC)\n"
        "From: ana@iesgn.example\n"
        "\n"
        "Hola.\n"
        "\n"
        "--0000040A11.1768208400/mail.iesgn.example--\n"},
};
/* clang-format on */

static MailsimScenario *
load(const Journey *journey)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autofree char *text =
        g_strdup_printf("[scenario]\ntitle = x\ninclude = case5\n[postfix mail]\n%s",
                        journey->settings != NULL ? journey->settings : "");
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    MailsimScenario *scenario = mailsim_scenario_load_text("x.scenario", bytes, diagnostics);
    g_autofree char *complaints = mailsim_diagnostics_print(diagnostics, 0);

    ck_assert_msg(mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) == 0, "%s",
                  complaints);
    return scenario;
}

START_TEST(a_sender_is_told)
{
    const Journey *journey = &journeys[_i];
    g_autoptr(MailsimScenario) scenario = load(journey);
    g_autoptr(MailsimRecording) recording = mailsim_recording_new();
    g_autoptr(GPtrArray) to = g_ptr_array_new();
    MailsimWorld *world = mailsim_scenario_build_world(scenario, 0);
    g_autoptr(MailsimLab) lab = mailsim_lab_new(recording, world->start_us, 0, NULL);
    MailsimErrand errand = {
        .subject = "Hola", .text = "Hola.\n", .to = to, .by_user = "ana", .by_host = "mail"};
    const GPtrArray *mailbox;

    ck_assert(mailsim_lab_configure(lab, world, NULL));
    g_ptr_array_add(to, (gpointer)journey->to);
    mailsim_lab_send(lab, &errand);
    ck_assert(mailsim_lab_run(lab, NULL));

    mailbox = mailsim_lab_get_mailbox(lab, "mail", journey->user);
    ck_assert_ptr_nonnull(mailbox);
    ck_assert_uint_eq(mailbox->len, 1);
    ck_assert_str_eq(g_bytes_get_data(g_ptr_array_index(mailbox, 0), NULL), journey->expected);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("bounce");
    TCase *tcase = tcase_create("mailboxes");

    tcase_add_loop_test(tcase, a_sender_is_told, 0, G_N_ELEMENTS(journeys));
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
