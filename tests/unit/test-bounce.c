/* SPDX-License-Identifier: MIT
 *
 * What hosts of the lab write to a sender, and to whom, as it lies in a mailbox. Its form was
 * recorded (tests/dialogue/recorded/notifications.md); here it is who is told of what, which a
 * real Postfix 3.7.11 was asked, too. */
#include <mailsim/lab/lab.h>
#include <mailsim/scenario/scenario.h>

#include "../support/run-suite.h"
#include "../support/scenario-text.h"

/* The lines are typed at mail itself. */
typedef struct {
    const char *description;
    const char *mail;     /* after MAIL FROM: */
    const char *rcpt[4];  /* after RCPT TO: */
    const char *settings; /* more lines of [postfix mail] */
    gint64 wait_us;
    const char *told;   /* “mail bounce ana@iesgn.example, …”, in their order */
    const char *user;   /* of mail: whose last message is looked at */
    const char *has[4]; /* what stands there */
    const char *lacks;
} Case;

/* Nobody listens there. */
#define NOWHERE "relayhost = [mail.iesgn.example]:26\n"

/* clang-format off */
static const Case cases[] = {
    {.description = "nothing said of NOTIFY",
     .mail = "<ana@iesgn.example>", .rcpt = {"<nadie@instituto.example>", "<x@nosuch.example>"},
     .told = "mail bounce ana@iesgn.example", .user = "ana",
     .has = {"\n<x@nosuch.example>: Host or domain name not found.", "\n<nadie@instituto.example>: host ",
             "\nContent-Description: Undelivered Message\n", "\n\nHola.\n\n--"}},
    {.description = "NOTIFY=NEVER of one",
     .mail = "<ana@iesgn.example> ENVID=a+2Bb", .user = "ana",
     .rcpt = {"<nadie@instituto.example> NOTIFY=NEVER", "<x@nosuch.example> ORCPT=rfc822;a+2Bb@x"},
     .told = "mail bounce ana@iesgn.example",
     .has = {"\nOriginal-Envelope-Id: a+b\n", "\nOriginal-Recipient: rfc822;a+b@x\n"}, .lacks = "<nadie@instituto.example>:"},
    {.description = "NOTIFY=NEVER of all",
     .mail = "<ana@iesgn.example>", .rcpt = {"<nadie@instituto.example> NOTIFY=NEVER"}, .told = ""},
    {.description = "NOTIFY=SUCCESS of what fails",
     .mail = "<ana@iesgn.example>", .rcpt = {"<nadie@instituto.example> NOTIFY=SUCCESS"}, .told = ""},
    {.description = "RET=HDRS",
     .mail = "<ana@iesgn.example> RET=HDRS", .rcpt = {"<x@nosuch.example>"}, .user = "ana",
     .told = "mail bounce ana@iesgn.example",
     .has = {"\nContent-Description: Undelivered Message Headers\nContent-Type: text/rfc822-headers\n",
             "\nSubject: x\n"}, .lacks = "Hola."},
    {.description = "a message over bounce_size_limit",
     .mail = "<ana@iesgn.example>", .rcpt = {"<x@nosuch.example>"}, .settings = "bounce_size_limit = 100\n",
     .user = "ana", .told = "mail bounce ana@iesgn.example", .has = {"\nContent-Type: text/rfc822-headers\n"}},
    {.description = "a success at the next server, which offers DSN",
     .mail = "<ana@iesgn.example> ENVID=lab1", .rcpt = {"<bob@instituto.example> NOTIFY=SUCCESS"},
     .told = "instituto success ana@iesgn.example", .user = "ana",
     .has = {"\nFrom: Mail Delivery System <MAILER-DAEMON@instituto.example>\n",
             "\n<bob@instituto.example>: delivery via local: delivered to mailbox\n",
             "\nOriginal-Envelope-Id: lab1\n", "\nAction: delivered\n"}, .lacks = "Hola."},
    {.description = "a success at an alias: it is expanded, and no more",
     .mail = "<ana@iesgn.example>", .rcpt = {"<both@iesgn.example> NOTIFY=SUCCESS,FAILURE"},
     .told = "mail success ana@iesgn.example", .user = "ana",
     .has = {"\n<both@iesgn.example>: delivery via local: alias expanded\n", "\nAction: expanded\n"}, .lacks = "local: delivered to mailbox"},
    {.description = "a failure behind an alias",
     .mail = "<ana@iesgn.example>", .rcpt = {"<far@iesgn.example>"},
     .told = "mail bounce ana@iesgn.example", .user = "ana",
     .has = {"\n<nadie@instituto.example> (expanded from <far@iesgn.example>): host\n    mx.instituto.example[",
             "\nOriginal-Recipient: rfc822;far@iesgn.example\n", "\nDelivered-To: far@iesgn.example\n"}},
    {.description = "from nobody: nobody is told",
     .mail = "<>", .rcpt = {"<nadie@instituto.example>"}, .told = ""},
    {.description = "from nobody: postmaster is told of all, if he wants to",
     .mail = "<> RET=HDRS", .rcpt = {"<nadie@instituto.example> NOTIFY=NEVER"},
     .settings = "notify_classes = 2bounce\n2bounce_notice_recipient = luis\n",
     .told = "mail postmaster luis", .user = "luis",
     .has = {"Return-Path: <double-bounce@mail.iesgn.example>\nX-Original-To: luis\n",
             "\nX-Postfix-Sender: rfc822; MAILER-DAEMON@mail.iesgn.example\n", "\nHola.\n"},
     .lacks = "The mail system"},
    {.description = "a bounce that bounces",
     .mail = "<nobody9@iesgn.example>", .rcpt = {"<nadie@instituto.example>"},
     .settings = "notify_classes = 2bounce\n2bounce_notice_recipient = luis\n",
     .told = "mail bounce nobody9@iesgn.example, mail postmaster luis", .user = "luis",
     .has = {"\n<nobody9@iesgn.example>: unknown user: \"nobody9\"\n",
             "\nSubject: Postmaster Copy: Undelivered Mail\n", "\nSubject: Undelivered Mail Returned to Sender\n"}},
    {.description = "a copy of each bounce, of those too whom the sender does not hear of",
     .mail = "<ana@iesgn.example>", .rcpt = {"<nadie@instituto.example> NOTIFY=NEVER"},
     .settings = "notify_classes = bounce\nbounce_notice_recipient = luis\n",
     .told = "mail postmaster luis", .user = "luis",
     .has = {"\nAuto-Submitted: auto-generated\n", "\nContent-Type: text/rfc822-headers\n"}, .lacks = "Hola."},
    {.description = "what is told to nobody: a copy that cannot be delivered",
     .mail = "<ana@iesgn.example>", .rcpt = {"<nadie@instituto.example>"},
     .settings = "notify_classes = bounce, 2bounce\nbounce_notice_recipient = x@nosuch.example\n",
     .told = "mail bounce ana@iesgn.example, mail postmaster x@nosuch.example"},
    {.description = "to whom nothing is written: double-bounce",
     .mail = "<double-bounce@iesgn.example>", .rcpt = {"<nadie@instituto.example>"},
     .settings = "notify_classes = 2bounce\n", .told = "mail bounce double-bounce@iesgn.example"},
    {.description = "what is refused is tried again with soft_bounce",
     .mail = "<ana@iesgn.example>", .rcpt = {"<nadie@instituto.example>", "<nadie@iesgn.example>"},
     .settings = "soft_bounce = yes\n", .told = ""},
    {.description = "until its time is up",
     .mail = "<ana@iesgn.example>", .rcpt = {"<nadie@instituto.example>", "<nadie@iesgn.example>"},
     .settings = "soft_bounce = yes\nmaximal_queue_lifetime = 0\n",
     .told = "mail bounce ana@iesgn.example", .user = "ana",
     .has = {"\nStatus: 4.1.1\nRemote-MTA: dns; mx.instituto.example\nDiagnostic-Code: smtp; ",
             "\nStatus: 4.1.1\nDiagnostic-Code: X-Postfix; unknown user: \"nadie\"\n"}},
    {.description = "no delay is told of by default",
     .mail = "<ana@iesgn.example>", .rcpt = {"<x@dead.example>"}, .wait_us = 5 * MAILSIM_HOUR,
     .settings = NOWHERE, .told = ""},
    {.description = "a delay: of those for whom it was not forbidden",
     .mail = "<ana@iesgn.example> RET=FULL", .wait_us = 5 * MAILSIM_HOUR,
     .rcpt = {"<x@dead.example>", "<y@dead.example> NOTIFY=FAILURE", "<z@dead.example> NOTIFY=DELAY"},
     .settings = NOWHERE "delay_warning_time = 4h\nnotify_classes = delay\ndelay_notice_recipient = luis\n",
     .told = "mail delay ana@iesgn.example, mail postmaster luis", .user = "ana",
     .has = {"more than 4 hour(s).\n", "\n<x@dead.example>: connect to ", "\n<z@dead.example>: connect to ",
             "\nAction: delayed\n"}, .lacks = "<y@dead.example>:"},
    {.description = "a delay of what nobody sent",
     .mail = "<>", .rcpt = {"<x@dead.example>"}, .wait_us = 5 * MAILSIM_HOUR,
     .settings = NOWHERE "delay_warning_time = 4h\nnotify_classes = delay\n", .told = ""},
    {.description = "time is up: of those who asked for it",
     .mail = "<ana@iesgn.example>", .rcpt = {"<x@dead.example> NOTIFY=DELAY", "<y@dead.example> NOTIFY=FAILURE"},
     .settings = NOWHERE "maximal_queue_lifetime = 0\n", .told = "mail bounce ana@iesgn.example", .user = "ana",
     .has = {"\n<y@dead.example>: connect to ", "\nStatus: 4.4.1\n", "\nAction: failed\n"},
     .lacks = "<x@dead.example>:"},
};

static const char whole[] =
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
    "--0000040A11.1768208400/mail.iesgn.example--\n";
/* clang-format on */

static const char world_text[] = "[scenario]\n"
                                 "title = x\n"
                                 "include = case5\n"
                                 "[file mail /etc/aliases]\n"
                                 "1 = both: ana, luis\n"
                                 "2 = far: nadie@instituto.example\n"
                                 "[postfix mail]\n"
                                 "local_recipient_maps =\n"
                                 "mynetworks = 203.0.113.25\n";

static MailsimScenario *
load(const char *settings)
{
    g_autofree char *text = g_strconcat(world_text, settings, NULL);

    return scenario_text_load(text);
}

/* The last of the messages in USER's mailbox. */
static char *
dup_last(const MailsimLab *lab, const char *user)
{
    const GPtrArray *mailbox = mailsim_lab_get_mailbox(lab, "mail", user);
    g_autoptr(GBytes) mail = NULL;

    ck_assert_ptr_nonnull(mailbox);
    ck_assert_uint_ge(mailbox->len, 1);
    mail = mailsim_stored_message_join(g_ptr_array_index(mailbox, mailbox->len - 1));
    return g_strdup(g_bytes_get_data(mail, NULL));
}

START_TEST(a_bounce_lies_in_the_mailbox_of_the_sender)
{
    g_autoptr(MailsimScenario) scenario = load("");
    g_autoptr(MailsimRecording) recording = mailsim_recording_new();
    g_autoptr(GPtrArray) to = g_ptr_array_new();
    MailsimWorld *world = mailsim_scenario_build_world(scenario, 0);
    g_autoptr(MailsimLab) lab = mailsim_lab_new(recording, world->start_us, 0, NULL);
    const MailsimErrand errand = {
        .subject = "Hola", .text = "Hola.\n", .to = to, .by_user = "ana", .by_host = "mail"};
    g_autofree char *last = NULL;

    ck_assert(mailsim_lab_configure(lab, world, NULL));
    g_ptr_array_add(to, (gpointer) "nadie@instituto.example");
    mailsim_lab_send(lab, &errand);
    ck_assert(mailsim_lab_run(lab, NULL));
    last = dup_last(lab, "ana");
    ck_assert_str_eq(last, whole);
}
END_TEST

/* ---- who is told of what ----------------------------------------------------------------- */

static void
type_message(MailsimLab *lab, const Case *row)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) heard =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    const MailsimEndpoint endpoint = {.name = (char *)"mail.iesgn.example", .port = 25};
    const MailsimTalk talk = {
        .by = "mail", .endpoint = &endpoint, .lines = lines, .heard = heard};

    g_ptr_array_add(lines, g_strdup("EHLO mail.iesgn.example"));
    g_ptr_array_add(lines, g_strconcat("MAIL FROM:", row->mail, NULL));
    for (guint i = 0; row->rcpt[i] != NULL; i++)
        g_ptr_array_add(lines, g_strconcat("RCPT TO:", row->rcpt[i], NULL));
    g_ptr_array_add(lines, g_strdup("DATA"));
    g_ptr_array_add(lines, g_strdup("Subject: x\n\nHola.\n."));
    g_ptr_array_add(lines, g_strdup("QUIT"));
    mailsim_lab_talk(lab, &talk);
    ck_assert(mailsim_lab_run(lab, NULL));
}

static char *
list_notifications(const MailsimRecording *recording)
{
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind == MAILSIM_EVENT_NOTIFICATION)
            g_string_append_printf(list, "%s%s %s %s", list->len > 0 ? ", " : "", event->party,
                                   event->notification.notification,
                                   event->notification.recipient);
    }
    return g_string_free(list, FALSE);
}

START_TEST(they_are_told_of_what_they_asked_for)
{
    const Case *row = &cases[_i];
    g_autoptr(MailsimScenario) scenario = load(row->settings != NULL ? row->settings : "");
    g_autoptr(MailsimRecording) recording = mailsim_recording_new();
    MailsimWorld *world = mailsim_scenario_build_world(scenario, 0);
    g_autoptr(MailsimLab) lab = mailsim_lab_new(recording, world->start_us, 0, NULL);
    g_autofree char *told = NULL;
    g_autofree char *last = NULL;

    ck_assert(mailsim_lab_configure(lab, world, NULL));
    type_message(lab, row);
    if (row->wait_us > 0)
        ck_assert(mailsim_lab_wait(lab, mailsim_lab_get_now(lab) + row->wait_us, NULL));
    told = list_notifications(recording);
    ck_assert_msg(g_str_equal(told, row->told), "%s: %s", row->description, told);
    if (row->user == NULL)
        return;
    last = dup_last(lab, row->user);
    for (guint i = 0; i < G_N_ELEMENTS(row->has) && row->has[i] != NULL; i++)
        ck_assert_msg(strstr(last, row->has[i]) != NULL, "%s: no “%s” in\n%s", row->description,
                      row->has[i], last);
    if (row->lacks != NULL)
        ck_assert_msg(strstr(last, row->lacks) == NULL, "%s:\n%s", row->description, last);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("bounce");
    TCase *tcase = tcase_create("mailboxes");

    tcase_add_test(tcase, a_bounce_lies_in_the_mailbox_of_the_sender);
    tcase_add_loop_test(tcase, they_are_told_of_what_they_asked_for, 0, G_N_ELEMENTS(cases));
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
