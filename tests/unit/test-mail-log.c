/* SPDX-License-Identifier: MIT
 *
 * Lines of mail logs: what they are about, how they stand in a file, and which of them a
 * transcript has, where. */
#include <mailsim/transcript/facts.h>
#include <mailsim/transcript/pieces.h>
#include <mailsim/transcript/render-maillog.h>
#include <mailsim/transcript/render.h>

#include <string.h>

#include "../support/recording-script.h"
#include "../support/run-suite.h"

/* --- what a line is about ----------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *line; /* program|pid|text */
    const char *facts;
} lines[] = {
    {"postfix/smtpd|1|connect from unknown[198.51.100.10]",
     "log=connect program=smtpd"},
    {"postfix/smtp|1|connect to mx.dead.example[192.0.2.99]:25: Connection refused",
     "log=unreachable program=smtp"},
    {"postfix/submission/smtpd|1|disconnect from unknown[198.51.100.10] ehlo=1 commands=1",
     "log=disconnect program=smtpd !refusals"},
    {"postfix/smtpd|1|disconnect from unknown[198.51.100.10] ehlo=1 rcpt=0/1 commands=1/2",
     "log=disconnect refusals"},
    {"postfix/smtpd|1|222E040A11: client=unknown[198.51.100.10], sasl_username=ana",
     "log=client queue-id"},
    {"postfix/pickup|1|222E040A11: uid=1000 from=<ana>",
     "log=pickup"},
    {"postfix/cleanup|1|222E040A11: message-id=<reject: removed@x.example>",
     "log=message-id queue-id"},
    {"postfix/qmgr|1|222E040A11: from=<ana@iesgn.example>, size=1, nrcpt=1 (queue active)",
     "log=active"},
    {"postfix/qmgr|1|222E040A11: removed",
     "log=removed"},
    {"postfix/qmgr|1|222E040A11: from=<ana@iesgn.example>, status=expired, returned to sender",
     "log=expired !status"},
    {"postfix/smtpd|1|NOQUEUE: reject: RCPT from unknown[198.51.100.10]: 454 4.7.1 no",
     "log=reject !queue-id"},
    {"postfix/smtpd|1|222E040A11: reject: RCPT from unknown[198.51.100.10]: 550 5.1.1 no",
     "log=reject queue-id"},
    {"postfix/smtpd|1|warning: reject: ETRN iesgn.example... from unknown[198.51.100.10]",
     "log=warning"},
    {"postfix/smtpd|1|warning: unknown[198.51.100.10]: SASL PLAIN authentication failed: x",
     "log=warning"},
    {"postfix/smtpd|1|fatal: no SASL authentication mechanisms",
     "log=fatal"},
    {"postfix/smtpd|1|lost connection after STARTTLS from unknown[198.51.100.10]",
     "log=lost"},
    {"postfix/smtpd|1|timeout after DATA (3 bytes) from unknown[198.51.100.10]",
     "log=lost"},
    {"postfix/smtpd|1|too many errors after RCPT from unknown[198.51.100.10]",
     "log=offence"},
    {"postfix/smtp|1|Untrusted TLS connection established to mx.x.example[192.0.2.9]:25: TLSv1",
     "log=tls program=smtp proof=Untrusted"},
    {"postfix/smtpd|1|Anonymous TLS connection established from mx.x.example[192.0.2.9]: TLSv1",
     "log=tls program=smtpd proof=Anonymous"},
    {"postfix/smtp|1|certificate verification failed for mx.x.example[192.0.2.9]:25: x",
     "log=tls !proof"},
    {"postfix/smtp|1|SSL_connect error to mx.x.example[192.0.2.9]:25: -1",
     "log=tls !proof"},
    {"postfix/smtp|1|222E040A11: Cannot start TLS: handshake failure",
     "log=setback"},
    {"postfix/smtp|1|222E040A11: to=<bob@x.example>, relay=none, dsn=4.4.1, status=deferred (x)",
     "log=status status=deferred !again"},
    {"postfix/local|1|4gK3Wc5XyBz8: to=<a@x.example>, relay=local, dsn=2.0.0, status=sent (x)",
     "log=status status=sent"},
    {"postfix/bounce|1|222E040A11: sender non-delivery notification: 57E4040A18",
     "log=notification"},
    {"postfix/smtpd|1|nothing of the kind",
     "log=other"},
};
/* clang-format on */

START_TEST(a_line_says_what_it_is_about)
{
    RecordingScript writer = recording_script_begin("lines", "Lines", "Líneas");
    g_auto(GStrv) facts = g_strsplit(lines[_i].facts, " ", -1);
    g_autofree char *script = g_strdup_printf("40 @mail log %s\n", lines[_i].line);

    recording_script_begin_step(&writer, "one", "One", "Uno");
    recording_script_write(&writer, script);
    g_autoptr(MailsimRecording) recording = writer.recording;
    g_autoptr(MailsimReading) reading = mailsim_reading_new(recording);
    for (guint i = 0; facts[i] != NULL; i++)
        ck_assert_msg(mailsim_reading_holds(reading, 1, facts[i]), "%s: %s", lines[_i].line,
                      facts[i]);
}
END_TEST

/* --- as files ----------------------------------------------------------------------------- */

static const char connection[] =
    "40 connected\n"
    "60 log postfix/smtpd|1201|connect from mail.iesgn.example[203.0.113.25]\n"
    "80 <- 220 mx.instituto.example ESMTP Postfix (Debian/GNU)\n"
    "80 -> QUIT\n"
    "100 log postfix/smtpd|1201|disconnect from mail.iesgn.example[203.0.113.25] mail=0/1 "
    "quit=1 commands=1/2\n"
    "120 <- 221 2.0.0 Bye\n";

static const char fate[] =
    "120 @mail status 222E040A11|bob@instituto.example|sent|2.0.0|mx[192.0.2.10]:25|250 Ok|y\n"
    "120 @mail log postfix/smtp|1205|222E040A11: to=<bob@instituto.example>, "
    "relay=mx[192.0.2.10]:25, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (250 Ok)\n"
    "120 @mail queue 222E040A11|removed|0|0\n"
    "120 @mail log postfix/qmgr|1204|222E040A11: removed\n";

/* Twice the same connection. */
static MailsimRecording *
new_story(void)
{
    RecordingScript writer = recording_script_begin("story", "A story", "Una historia");

    for (guint i = 0; i < 2; i++) {
        recording_script_begin_step(&writer, i == 0 ? "one" : "two", "A step", "Un paso");
        recording_script_begin_hop(&writer, "mail", "instituto", 25, 40);
        recording_script_write(&writer, connection);
        recording_script_write(&writer, fate);
    }
    return writer.recording;
}

START_TEST(a_file_has_the_lines_of_its_host_in_order)
{
    g_autoptr(MailsimRecording) recording = new_story();
    g_autoptr(GString) out = g_string_new(NULL);

    mailsim_render_maillog(recording, "mail", MAILSIM_LOG_PREFIX_JOURNAL, out);
    ck_assert_str_eq(
        out->str,
        "Jan 12 09:00:10 mail postfix/smtp[1205]: 222E040A11: to=<bob@instituto.example>, "
        "relay=mx[192.0.2.10]:25, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (250 Ok)\n"
        "Jan 12 09:00:10 mail postfix/qmgr[1204]: 222E040A11: removed\n"
        "Jan 12 09:00:20 mail postfix/smtp[1205]: 222E040A11: to=<bob@instituto.example>, "
        "relay=mx[192.0.2.10]:25, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (250 Ok)\n"
        "Jan 12 09:00:20 mail postfix/qmgr[1204]: 222E040A11: removed\n");
    g_string_truncate(out, 0);
    mailsim_render_maillog(recording, "laptop", MAILSIM_LOG_PREFIX_JOURNAL, out);
    ck_assert_str_eq(out->str, "");
}
END_TEST

START_TEST(several_files_have_headings)
{
    g_autoptr(MailsimRecording) recording = new_story();
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GString) one = g_string_new(NULL);
    g_autoptr(GString) expected =
        g_string_new("==> /var/log/mail.log on mail.iesgn.example <==\n");

    mailsim_render_maillog(recording, NULL, MAILSIM_LOG_PREFIX_RSYSLOG, out);
    mailsim_render_maillog(recording, "mail", MAILSIM_LOG_PREFIX_RSYSLOG, expected);
    g_string_append(expected, "\n==> /var/log/mail.log on mx.instituto.example <==\n");
    mailsim_render_maillog(recording, "instituto", MAILSIM_LOG_PREFIX_RSYSLOG, expected);
    ck_assert_str_eq(out->str, expected->str);
    mailsim_render_maillog(recording, "instituto", MAILSIM_LOG_PREFIX_RSYSLOG, one);
    ck_assert(g_str_has_prefix(
        one->str, "2026-01-12T09:00:10.060000+00:00 mx postfix/smtpd[1201]: connect from "));
}
END_TEST

START_TEST(one_file_alone_has_none)
{
    RecordingScript writer = recording_script_begin("one", "One", "Uno");
    g_autoptr(GString) out = g_string_new(NULL);

    recording_script_begin_step(&writer, "one", "One", "Uno");
    recording_script_write(&writer, fate);
    g_autoptr(MailsimRecording) recording = writer.recording;
    mailsim_render_maillog(recording, NULL, MAILSIM_LOG_PREFIX_JOURNAL, out);
    ck_assert(g_str_has_prefix(out->str, "Jan 12 09:00:10 mail postfix/smtp[1205]: "));
}
END_TEST

/* --- in a transcript ---------------------------------------------------------------------- */

static char *
dup_page(const MailsimRecording *recording, MailsimDetail detail)
{
    const MailsimRenderOptions options = {.detail = detail};
    GString *out = g_string_new(NULL);

    mailsim_render_text(recording, &options, out);
    return g_string_free(out, FALSE);
}

static guint
count(const char *page, const char *text)
{
    guint n = 0;

    for (const char *at = strstr(page, text); at != NULL; at = strstr(at + 1, text))
        n++;
    return n;
}

START_TEST(what_matters_is_shown_and_what_has_a_note)
{
    g_autoptr(MailsimRecording) recording = new_story();
    g_autofree char *page = dup_page(recording, MAILSIM_DETAIL_NORMAL);

    ck_assert_uint_eq(count(page, "log mail postfix/smtp[1205]: 222E040A11: to="), 2);
    ck_assert_uint_eq(count(page, "postfix/smtpd[1201]: connect from"), 0);
    ck_assert_uint_eq(count(page, "222E040A11: removed"), 0);
    /* Refusals in it are explained, once, and so it is there, once. */
    ck_assert_uint_eq(count(page, "postfix/smtpd[1201]: disconnect from"), 1);
    ck_assert_uint_eq(count(page, "The sum of the conversation"), 1);
    ck_assert_uint_eq(count(page, "    log        a line of"), 1);
}
END_TEST

START_TEST(a_line_stands_before_what_is_said_of_it)
{
    g_autoptr(MailsimRecording) recording = new_story();
    g_autofree char *page = dup_page(recording, MAILSIM_DETAIL_NORMAL);
    const char *line = strstr(page, "status=sent (250 Ok)");
    const char *mailbox = strstr(page, "In the mailbox of bob");

    ck_assert_ptr_nonnull(line);
    ck_assert_ptr_nonnull(mailbox);
    ck_assert(line < mailbox);
    ck_assert_ptr_nonnull(strstr(page, "  0.120  <-  221 2.0.0 Bye\n"));
}
END_TEST

START_TEST(full_detail_has_all_and_little_has_none)
{
    g_autoptr(MailsimRecording) recording = new_story();
    g_autofree char *full = dup_page(recording, MAILSIM_DETAIL_FULL);
    g_autofree char *brief = dup_page(recording, MAILSIM_DETAIL_BRIEF);

    ck_assert_uint_eq(count(full, "postfix/smtpd[1201]: connect from"), 2);
    ck_assert_uint_eq(count(full, "postfix/smtpd[1201]: disconnect from"), 2);
    ck_assert_uint_eq(count(full, "postfix/qmgr[1204]: 222E040A11: removed"), 2);
    ck_assert_uint_eq(count(brief, "postfix/"), 0);
    ck_assert_uint_eq(count(brief, "    log "), 0);
}
END_TEST

/* An empty line is a gap between two things: where there is nothing, there is none. */
START_TEST(hidden_lines_leave_no_gap)
{
    RecordingScript writer = recording_script_begin("gap", "A gap", "Un hueco");

    recording_script_begin_step(&writer, "one", "One", "Uno");
    recording_script_write(&writer, "0 @mail log postfix/qmgr|1204|222E040A11: removed\n");
    g_autoptr(MailsimRecording) recording = writer.recording;
    for (guint detail = MAILSIM_DETAIL_BRIEF; detail <= MAILSIM_DETAIL_NORMAL; detail++) {
        g_autofree char *page = dup_page(recording, (MailsimDetail)detail);

        ck_assert_ptr_null(strstr(page, "removed"));
        ck_assert_ptr_null(strstr(page, "\n\n\n"));
    }
}
END_TEST

START_TEST(hosts_of_one_label_have_their_whole_names)
{
    RecordingScript writer = recording_script_begin("names", "Names", "Nombres");
    MailsimParty *party = mailsim_recording_add_party(writer.recording);

    party->name = g_strdup("other");
    party->fqdn = g_strdup("mail.other.example");
    party->is_host = TRUE;
    recording_script_begin_step(&writer, "one", "One", "Uno");
    recording_script_write(&writer, fate);
    g_autoptr(MailsimRecording) recording = writer.recording;
    g_autofree char *page = dup_page(recording, MAILSIM_DETAIL_NORMAL);
    ck_assert_ptr_nonnull(strstr(page, "log mail.iesgn.example postfix/smtp[1205]: "));
}
END_TEST

/* Lines that are told belong to a piece, those that are not to none. */
START_TEST(pieces_have_the_lines_that_are_shown)
{
    g_autoptr(MailsimRecording) recording = new_story();
    const MailsimRenderOptions options = {.detail = MAILSIM_DETAIL_NORMAL};
    g_autoptr(GPtrArray) pieces = mailsim_render_pieces(recording, &options);
    guint n_lines = 0;

    for (guint i = 0; i < pieces->len; i++) {
        const MailsimPiece *piece = g_ptr_array_index(pieces, i);

        for (guint j = 0; j < piece->events->len; j++) {
            const MailsimEvent *event = g_ptr_array_index(piece->events, j);
            if (event->kind != MAILSIM_EVENT_LOG)
                continue;
            ck_assert_ptr_nonnull(strstr(piece->text, event->log.program));
            n_lines++;
        }
    }
    ck_assert_uint_eq(n_lines, 3);
}
END_TEST

START_TEST(a_transcript_that_grows_has_the_same_lines)
{
    g_autoptr(MailsimRecording) whole = new_story();
    const MailsimRenderOptions options = {.detail = MAILSIM_DETAIL_NORMAL};
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(MailsimLiveTranscript) live = mailsim_live_transcript_new(whole, &options, TRUE);

    mailsim_live_transcript_begin(live, out);
    mailsim_live_transcript_tell(live, out);
    mailsim_live_transcript_end(live, out);
    ck_assert_uint_eq(count(out->str, "log mail postfix/smtp[1205]: 222E040A11: to="), 2);
    ck_assert_uint_eq(count(out->str, "postfix/smtpd[1201]: disconnect from"), 1);
    ck_assert_uint_eq(count(out->str, "postfix/smtpd[1201]: connect from"), 0);
    ck_assert(strstr(out->str, "status=sent") < strstr(out->str, "In the mailbox"));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("mail-log");
    TCase *files = tcase_create("files");
    TCase *pages = tcase_create("pages");

    tcase_add_loop_test(files, a_line_says_what_it_is_about, 0, G_N_ELEMENTS(lines));
    tcase_add_test(files, a_file_has_the_lines_of_its_host_in_order);
    tcase_add_test(files, several_files_have_headings);
    tcase_add_test(files, one_file_alone_has_none);
    tcase_add_test(pages, what_matters_is_shown_and_what_has_a_note);
    tcase_add_test(pages, a_line_stands_before_what_is_said_of_it);
    tcase_add_test(pages, full_detail_has_all_and_little_has_none);
    tcase_add_test(pages, hidden_lines_leave_no_gap);
    tcase_add_test(pages, hosts_of_one_label_have_their_whole_names);
    tcase_add_test(pages, pieces_have_the_lines_that_are_shown);
    tcase_add_test(pages, a_transcript_that_grows_has_the_same_lines);
    suite_add_tcase(suite, files);
    suite_add_tcase(suite, pages);
    return run_suite(suite);
}
