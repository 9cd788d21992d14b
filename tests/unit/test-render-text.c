/* SPDX-License-Identifier: MIT
 *
 * Properties of the text form: what it shows in each detail, and that it keeps to its columns,
 * its alphabet and its order. What it looks like as a whole is for golden transcripts. */
#include <string.h>

#include <mailsim/transcript/render.h>

#include "../../sim/transcript/columns.h"
#include "../support/recording-script.h"
#include "../support/sample-recording.h"
#include "../support/run-suite.h"

/* clang-format off */
static const struct {
    const char *description;
    MailsimRenderOptions options;
} forms[] = {
    {"English", {.detail = MAILSIM_DETAIL_NORMAL}},
    {"Spanish", {.detail = MAILSIM_DETAIL_NORMAL, .language = MAILSIM_LANGUAGE_ES}},
    {"brief", {.detail = MAILSIM_DETAIL_BRIEF}},
    {"brief, Spanish", {.detail = MAILSIM_DETAIL_BRIEF, .language = MAILSIM_LANGUAGE_ES}},
    {"full", {.detail = MAILSIM_DETAIL_FULL}},
    {"full, Spanish", {.detail = MAILSIM_DETAIL_FULL, .language = MAILSIM_LANGUAGE_ES}},
    {"quiet", {.detail = MAILSIM_DETAIL_NORMAL, .quiet = TRUE}},
    {"ASCII", {.detail = MAILSIM_DETAIL_FULL, .ascii = TRUE}},
    {"ASCII, Spanish",
     {.detail = MAILSIM_DETAIL_FULL, .ascii = TRUE, .language = MAILSIM_LANGUAGE_ES}},
};
/* clang-format on */

static const MailsimRenderOptions normal = {.detail = MAILSIM_DETAIL_NORMAL};

static char *
render(const MailsimRecording *recording, const MailsimRenderOptions *options)
{
    GString *out = g_string_new(NULL);

    mailsim_render_text(recording, options, out);
    return g_string_free(out, FALSE);
}

START_TEST(no_line_is_wider_than_80_columns)
{
    for (guint i = 0; i < SAMPLE_RECORDINGS; i++) {
        g_autoptr(MailsimRecording) recording = sample_recording_new(i);
        g_autofree char *text = render(recording, &forms[_i].options);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        for (char **line = lines; *line != NULL; line++) {
            ck_assert_msg(columns_width(*line) <= 80, "%s: %s", forms[_i].description, *line);
            ck_assert_msg(!g_str_has_suffix(*line, " "), "%s: “%s”", forms[_i].description,
                          *line);
        }
    }
}
END_TEST

START_TEST(the_alphabet_is_kept)
{
    for (guint i = 0; i < SAMPLE_RECORDINGS; i++) {
        g_autoptr(MailsimRecording) recording = sample_recording_new(i);
        g_autofree char *text = render(recording, &forms[_i].options);
        ck_assert(g_utf8_validate(text, -1, NULL));
        ck_assert_int_eq(g_str_is_ascii(text), forms[_i].options.ascii);
        ck_assert(g_str_has_suffix(text, "\n"));
    }
}
END_TEST

START_TEST(a_second_rendering_is_the_same)
{
    g_autoptr(MailsimRecording) recording = sample_story_new();
    g_autofree char *first = render(recording, &forms[_i].options);
    g_autofree char *second = render(recording, &forms[_i].options);

    ck_assert_str_eq(first, second);
}
END_TEST

START_TEST(colour_only_adds_escapes)
{
    g_autoptr(MailsimRecording) recording = sample_story_new();
    MailsimRenderOptions coloured = forms[_i].options;
    coloured.colour = TRUE;
    g_autofree char *plain = render(recording, &forms[_i].options);
    g_autofree char *colour = render(recording, &coloured);
    g_autoptr(GRegex) escapes = g_regex_new("\033\\[[0-9;]*m", 0, 0, NULL);
    g_autofree char *stripped = g_regex_replace_literal(escapes, colour, -1, 0, "", 0, NULL);
    g_autoptr(GRegex) blanks = g_regex_new(" +\n", 0, 0, NULL);
    g_autofree char *trimmed = g_regex_replace_literal(blanks, stripped, -1, 0, "\n", 0, NULL);

    ck_assert_str_ne(plain, colour);
    ck_assert_str_eq(plain, trimmed);
}
END_TEST

/* --- what is there, and what is not ------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *description;
    guint recording;
    MailsimRenderOptions options;
    const char *text;
    gboolean expected;
} contents[] = {
    {"the path", 0, {.detail = MAILSIM_DETAIL_NORMAL},
     "laptop ───587──▶ mail.iesgn.example ───25──▶ mx.instituto.example", TRUE},
    {"the roles", 0, {.detail = MAILSIM_DETAIL_NORMAL}, "MSA, then MTA ", TRUE},
    {"commands in the clear", 0, {.detail = MAILSIM_DETAIL_NORMAL}, " ->  STARTTLS\n", TRUE},
    {"replies inside TLS", 0, {.detail = MAILSIM_DETAIL_NORMAL},
     " <~  235 2.7.0 Authentication successful\n", TRUE},
    {"the password, told", 0, {.detail = MAILSIM_DETAIL_NORMAL}, "user ana, password melocoton",
     TRUE},
    {"the three answers", 0, {.detail = MAILSIM_DETAIL_NORMAL},
     "chain  ✘ not trusted: signed by itself", TRUE},
    {"not proved", 0, {.detail = MAILSIM_DETAIL_NORMAL},
     "Proved to be mx.instituto.example: no. Postfix: Untrusted.", TRUE},
    {"the deciding rule", 0, {.detail = MAILSIM_DETAIL_NORMAL}, "permit  ◀ decided", TRUE},
    {"rules after it", 0, {.detail = MAILSIM_DETAIL_NORMAL}, "not reached", TRUE},
    {"a message that was seen is folded", 0, {.detail = MAILSIM_DETAIL_NORMAL},
     "(… and the message as before, 7 lines)", TRUE},
    {"… not in full", 0, {.detail = MAILSIM_DETAIL_FULL}, "as before", FALSE},
    {"more only in full", 0, {.detail = MAILSIM_DETAIL_NORMAL}, "│ + ", FALSE},
    {"more in full", 0, {.detail = MAILSIM_DETAIL_FULL}, "│ + ", TRUE},
    {"… with another setting", 0, {.detail = MAILSIM_DETAIL_FULL}, "│ + With other settings: ", TRUE},
    {"… with a command", 0, {.detail = MAILSIM_DETAIL_FULL},
     "│ + On a real machine: postconf smtpd_banner\n", TRUE},
    {"… that a shell takes for one when it is long", 0, {.detail = MAILSIM_DETAIL_FULL},
     "│ + On a real machine:\n             │     openssl s_client -starttls smtp \\\n"
     "             │       -connect mail.iesgn.example:587 \\\n"
     "             │       -verify_hostname mail.iesgn.example\n",
     TRUE},
    {"… with where to read on, in Spanish", 0,
     {.detail = MAILSIM_DETAIL_FULL, .language = MAILSIM_LANGUAGE_ES},
     "│ + Para saber más: master(5)\n", TRUE},
    {"brief has a hop in two lines", 0, {.detail = MAILSIM_DETAIL_BRIEF},
     "laptop → mail:587 · TLS 1.3 · Verified · ana · sent 2.0.0\n", TRUE},
    {"brief says how it ended", 0, {.detail = MAILSIM_DETAIL_BRIEF},
     "sent 2.0.0: bob@instituto.example\n", TRUE},
    {"brief says what is lacking", 0, {.detail = MAILSIM_DETAIL_BRIEF},
     "Untrusted (✘ chain)", TRUE},
    {"brief has no protocol", 0, {.detail = MAILSIM_DETAIL_BRIEF}, "EHLO", FALSE},
    {"brief has no DNS", 0, {.detail = MAILSIM_DETAIL_BRIEF}, "DNS", FALSE},
    {"brief has what decided", 0, {.detail = MAILSIM_DETAIL_BRIEF}, "rejected 4.7.1 (454",
     TRUE},
    {"brief has no handshake", 0, {.detail = MAILSIM_DETAIL_BRIEF}, "ClientHello", FALSE},
    {"brief has important notes", 0, {.detail = MAILSIM_DETAIL_BRIEF}, "Two facts, not one",
     TRUE},
    {"… and no others", 0, {.detail = MAILSIM_DETAIL_BRIEF}, "QUIT and 221", FALSE},
    {"quiet has titles", 0, {.quiet = TRUE}, "━━ 3 · A wrong password", TRUE},
    {"quiet has outcomes", 0, {.quiet = TRUE}, "▶ rejected after 2.320 s", TRUE},
    {"quiet has failures", 0, {.quiet = TRUE},
     "expected  554, clear\n       seen      454, clear", TRUE},
    {"quiet has no lines", 0, {.quiet = TRUE}, "EHLO", FALSE},
    {"expectations that fail", 0, {.detail = MAILSIM_DETAIL_NORMAL},
     "✘ 2 of 3 expectations hold.", TRUE},
    {"Spanish", 0, {.detail = MAILSIM_DETAIL_NORMAL, .language = MAILSIM_LANGUAGE_ES},
     "Demostrado que es mail.iesgn.example: sí.", TRUE},
    {"wire text is never translated", 0,
     {.detail = MAILSIM_DETAIL_NORMAL, .language = MAILSIM_LANGUAGE_ES},
     "454 4.7.1 <bob@instituto.example>: Relay access denied", TRUE},
    {"ASCII escapes what crossed the wire", 0, {.detail = MAILSIM_DETAIL_NORMAL, .ascii = TRUE},
     "Nos vemos ma\\xC3\\xB1ana.", TRUE},
    {"ASCII writes out what we say", 0,
     {.detail = MAILSIM_DETAIL_NORMAL, .ascii = TRUE, .language = MAILSIM_LANGUAGE_ES},
     "Contrasena de ana: correcta (PLAIN).", TRUE},
    {"who waits for what", 1, {.detail = MAILSIM_DETAIL_NORMAL},
     "TIMEOUT: mail.iesgn.example has waited 100 s for a greeting and", TRUE},
    {"and where", 1, {.detail = MAILSIM_DETAIL_NORMAL}, "See case5.scenario:30.", TRUE},
    {"an expired certificate", 1, {.detail = MAILSIM_DETAIL_NORMAL},
     "dates  ✘ expired on 2026-01-01", TRUE},
    {"another name", 1, {.detail = MAILSIM_DETAIL_NORMAL}, "name   ✘ is not mail.iesgn.example",
     TRUE},
    {"no connection", 1, {.detail = MAILSIM_DETAIL_NORMAL}, "(port 587: connection refused)",
     TRUE},
    {"a finding", 1, {.detail = MAILSIM_DETAIL_NORMAL}, "⚠ The client sent commands", TRUE},
};
/* clang-format on */

START_TEST(the_text_says_what_it_should)
{
    g_autoptr(MailsimRecording) recording = sample_recording_new(contents[_i].recording);
    g_autofree char *text = render(recording, &contents[_i].options);

    ck_assert_msg((strstr(text, contents[_i].text) != NULL) == contents[_i].expected,
                  "%s: “%s”", contents[_i].description, contents[_i].text);
}
END_TEST

/* --- order -------------------------------------------------------------------------------- */

static void
assert_order(const char *text, const char *first, const char *second)
{
    const char *a = strstr(text, first);
    const char *b = strstr(text, second);

    ck_assert_msg(a != NULL && b != NULL && a < b, "“%s” should come before “%s”", first,
                  second);
}

START_TEST(a_hop_is_told_to_its_end_before_the_next)
{
    g_autoptr(MailsimRecording) recording = sample_story_new();
    g_autofree char *text = render(recording, &normal);

    assert_order(text, "  0.480  <~  221 2.0.0 Bye", "  0.420  DNS MX instituto.example");
    assert_order(text, "  0.420  DNS MX",
                 "mail.iesgn.example 203.0.113.25 ─▶ mx.instituto.example");
    assert_order(text, "  0.820  <~  250 2.0.0 Ok: queued as 5D2B8C0002",
                 "✔ In the mailbox of bob@instituto.example");
    assert_order(text, "In the queue of mail.iesgn.example: 4C1A7B0001",
                 "250 2.0.0 Ok: queued as 4C1A7B0001");
}
END_TEST

static void
write_failure(RecordingScript *script, const char *exchanger, guint at_ms)
{
    MailsimHop *hop = recording_script_begin_hop(script, "mail", "instituto", 25, at_ms);
    g_autofree char *line = g_strdup_printf("%u refused", at_ms + 40);

    g_free(hop->to_fqdn);
    hop->to_fqdn = g_strdup(exchanger);
    hop->message = 1;
    hop->connected = FALSE;
    recording_script_end_hop(hop, "deferred", "4.4.1", "Connection refused", NULL);
    recording_script_write(script, line);
}

/* Ten attempts, each with two connections. */
static MailsimRecording *
record_attempts(void)
{
    RecordingScript script = recording_script_begin("x", "x", "x");

    recording_script_begin_step(&script, "s", "s", "s")->message = 1;
    for (guint i = 0; i < 10; i++) {
        const guint at_ms = i * 300000;
        g_autofree char *begin =
            i == 0 ? g_strdup("0 @mail queued Q1|a@x|b@y|300")
                   : g_strdup_printf("%u @mail queue Q1|retried|%u", at_ms, i + 1);
        g_autofree char *end =
            g_strdup_printf("%u @mail status Q1|b@y|deferred|4.4.1|none|Connection refused\n"
                            "%u @mail queue Q1|deferred||%u",
                            at_ms + 80, at_ms + 80, at_ms + 300000);

        recording_script_write(&script, begin);
        write_failure(&script, "mx1.instituto.example", at_ms);
        write_failure(&script, "mx2.instituto.example", at_ms + 40);
        recording_script_write(&script, end);
    }
    return script.recording;
}

/* What the queue manager concludes of an attempt is a scene, but no second attempt. */
START_TEST(attempts_are_counted_once)
{
    g_autoptr(MailsimRecording) recording = record_attempts();
    g_autofree char *text = render(recording, &normal);
    g_auto(GStrv) parts = g_strsplit(text, "▷ … Q1: 8 more attempts", -1);

    ck_assert_uint_eq(g_strv_length(parts), 2);
}
END_TEST

START_TEST(each_server_is_once_in_the_picture)
{
    g_autoptr(MailsimRecording) recording = record_attempts();
    g_autofree char *text = render(recording, &normal);

    ck_assert_ptr_nonnull(strstr(text,
                                 "   mail.iesgn.example ─┬─25──▶ mx1.instituto.example\n"
                                 "                       └─25──▶ mx2.instituto.example\n\n"));
}
END_TEST

START_TEST(the_time_is_printed_when_it_changes)
{
    g_autoptr(MailsimRecording) recording = sample_story_new();
    g_autofree char *text = render(recording, &normal);

    ck_assert_ptr_nonnull(strstr(text, "\n  0.120  <-  250-mail.iesgn.example\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n         <-  250-PIPELINING\n"));
}
END_TEST

/* --- what peers and teachers may write ---------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *description;
    const char *wire;
    const char *expected;
} wires[] = {
    {"a control character", "NOOP \033[2J", "->  NOOP \\x1B[2J\n"},
    {"bytes that are not UTF-8", "NOOP \xff\xc3", "->  NOOP \\xFF\\xC3\n"},
    {"letters that are", "NOOP mañana", "->  NOOP mañana\n"},
    {"a character that turns the text round", "NOOP \xe2\x80\xae",
     "->  NOOP \\xE2\\x80\\xAE\n"},
    {"a tab", "\tx", "->      x\n"},
    {"a long line goes on further right",
     "NOOP aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
     "->  NOOP aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
     "                 bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"},
};
/* clang-format on */

START_TEST(wire_text_is_shown_safely)
{
    g_autoptr(MailsimRecording) recording = sample_story_new();

    for (guint i = 0; i < recording->events->len; i++) {
        MailsimEvent *event = g_ptr_array_index(recording->events, i);
        if (event->kind != MAILSIM_EVENT_LINE || strcmp(event->line.text, "STARTTLS") != 0)
            continue;
        g_free(event->line.text);
        event->line.text = g_strdup(wires[_i].wire);
        break;
    }
    g_autofree char *text = render(recording, &normal);
    ck_assert_msg(strstr(text, wires[_i].expected) != NULL, "%s", wires[_i].description);
}
END_TEST

START_TEST(roles_have_room_under_the_picture)
{
    g_autoptr(MailsimRecording) recording = sample_story_new();
    MailsimParty *laptop = (MailsimParty *)mailsim_recording_find_party(recording, "laptop");

    g_free(laptop->user);
    laptop->user = g_strdup("somebody-2");
    g_autofree char *text = render(recording, &normal);
    ck_assert(g_utf8_validate(text, -1, NULL));
    ck_assert_ptr_nonnull(strstr(text, "   laptop ─────587──▶ mail.iesgn.example "));
    ck_assert_ptr_nonnull(strstr(text, "   MUA of somebody-2  MSA, then MTA "));
}
END_TEST

START_TEST(a_title_of_any_length_keeps_to_the_columns)
{
    g_autoptr(MailsimRecording) recording = sample_story_new();
    MailsimStepRecord *step = g_ptr_array_index(recording->steps, 0);
    GString *title = g_string_new(NULL);

    for (guint i = 0; i < 40; i++)
        g_string_append(title, "words ");
    g_free(step->title.en);
    step->title.en = g_string_free(title, FALSE);
    g_autofree char *text = render(recording, &normal);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        ck_assert_uint_le(columns_width(*line), 80);
}
END_TEST

START_TEST(an_empty_recording_is_no_trouble)
{
    g_autoptr(MailsimRecording) recording = mailsim_recording_new();
    recording->id = g_strdup("nothing");
    recording->file = g_strdup("nothing.scenario");
    g_autofree char *text = render(recording, &normal);

    ck_assert(g_str_has_prefix(text, "nothing\n"));
}
END_TEST

/* --- columns ------------------------------------------------------------------------------ */

static const struct {
    const char *text;
    guint width;
    const char *expected; /* lines joined by “/” */
} wraps[] = {
    {"",                 10, ""                },
    {"one two three",    7,  "one two/three"   },
    {"one two three",    8,  "one two/three"   },
    {"exactly ten",      11, "exactly ten"     },
    {"exactly ten",      10, "exactly/ten"     },
    {"abcdefghij",       4,  "abcd/efgh/ij"    },
    {"a  b",             10, "a  b"            },
    {"ñandú ñandú",  5,  "ñandú/ñandú" },
    {"  indented words", 10, "  indented/words"},
    {"漢字漢字",     4,  "漢字/漢字"   },
};

START_TEST(text_breaks_at_blanks)
{
    g_autoptr(GPtrArray) lines = columns_wrap(wraps[_i].text, wraps[_i].width);
    g_ptr_array_add(lines, NULL);
    g_autofree char *joined = g_strjoinv("/", (char **)lines->pdata);

    ck_assert_str_eq(joined, wraps[_i].expected);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("render-text");
    TCase *tcase = tcase_create("render-text");

    tcase_add_loop_test(tcase, no_line_is_wider_than_80_columns, 0, G_N_ELEMENTS(forms));
    tcase_add_loop_test(tcase, the_alphabet_is_kept, 0, G_N_ELEMENTS(forms));
    tcase_add_loop_test(tcase, a_second_rendering_is_the_same, 0, G_N_ELEMENTS(forms));
    tcase_add_loop_test(tcase, colour_only_adds_escapes, 0, G_N_ELEMENTS(forms));
    tcase_add_loop_test(tcase, the_text_says_what_it_should, 0, G_N_ELEMENTS(contents));
    tcase_add_test(tcase, a_hop_is_told_to_its_end_before_the_next);
    tcase_add_test(tcase, attempts_are_counted_once);
    tcase_add_test(tcase, each_server_is_once_in_the_picture);
    tcase_add_test(tcase, the_time_is_printed_when_it_changes);
    tcase_add_loop_test(tcase, wire_text_is_shown_safely, 0, G_N_ELEMENTS(wires));
    tcase_add_test(tcase, roles_have_room_under_the_picture);
    tcase_add_test(tcase, a_title_of_any_length_keeps_to_the_columns);
    tcase_add_test(tcase, an_empty_recording_is_no_trouble);
    tcase_add_loop_test(tcase, text_breaks_at_blanks, 0, G_N_ELEMENTS(wraps));
    suite_add_tcase(suite, tcase);

    return run_suite(suite);
}
