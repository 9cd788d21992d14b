/* SPDX-License-Identifier: MIT
 *
 * The transcript in pieces: nothing is lost, they are the same whatever is shown of the notes,
 * and the bytes behind them are those of the cable. */
#include <string.h>

#include <mailsim/transcript/pieces.h>
#include <mailsim/transcript/render-wire.h>

#include "../support/recording-script.h"
#include "../support/sample-recording.h"
#include "../support/run-suite.h"

/* clang-format off */
static const MailsimRenderOptions forms[] = {
    {.detail = MAILSIM_DETAIL_NORMAL},
    {.detail = MAILSIM_DETAIL_NORMAL, .language = MAILSIM_LANGUAGE_ES, .colour = TRUE},
    {.detail = MAILSIM_DETAIL_FULL, .ascii = TRUE},
    {.detail = MAILSIM_DETAIL_BRIEF},
    {.detail = MAILSIM_DETAIL_NORMAL, .quiet = TRUE},
};
/* clang-format on */

START_TEST(together_they_are_the_transcript)
{
    for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autoptr(MailsimRecording) recording = sample_recording_new((guint)_i);
        g_autoptr(GPtrArray) pieces = mailsim_render_pieces(recording, &forms[i]);
        g_autoptr(GString) whole = g_string_new(NULL);
        g_autoptr(GString) together = g_string_new(NULL);

        mailsim_render_text(recording, &forms[i], whole);
        for (guint j = 0; j < pieces->len; j++) {
            const MailsimPiece *piece = g_ptr_array_index(pieces, j);
            ck_assert_msg(g_str_has_suffix(piece->text, "\n"), "cut in a line: %s",
                          piece->text);
            g_string_append(together, piece->text);
        }
        ck_assert(g_string_equal(together, whole));
    }
}
END_TEST

START_TEST(notes_do_not_move_them)
{
    g_autoptr(MailsimRecording) recording = sample_recording_new((guint)_i);
    g_autoptr(GPtrArray) plain = mailsim_render_pieces(recording, &forms[0]);
    MailsimRenderOptions other = forms[0];

    for (other.notes = MAILSIM_NOTES_FOLDED; other.notes <= MAILSIM_NOTES_MORE; other.notes++) {
        g_autoptr(GPtrArray) pieces = mailsim_render_pieces(recording, &other);

        ck_assert_uint_eq(pieces->len, plain->len);
        for (guint i = 0; i < pieces->len; i++) {
            const MailsimPiece *left = g_ptr_array_index(plain, i);
            const MailsimPiece *right = g_ptr_array_index(pieces, i);
            ck_assert_int_eq(left->kind, right->kind);
            ck_assert_int_eq(left->time_us, right->time_us);
            ck_assert_uint_eq(left->events->len, right->events->len);
        }
    }
}
END_TEST

/* The piece with TEXT; it is a mistake if there is none. */
static const MailsimPiece *
find_piece(const GPtrArray *pieces, const char *text)
{
    for (guint i = 0; i < pieces->len; i++) {
        const MailsimPiece *piece = g_ptr_array_index(pieces, i);
        if (strstr(piece->text, text) != NULL)
            return piece;
    }
    ck_abort_msg("no piece has: %s", text);
}

START_TEST(an_answer_is_not_given_away)
{
    static const struct {
        const char *asked;
        const char *answered;
        /* clang-format off */
    } rows[] = {
        {"->  EHLO laptop", "250-mail.iesgn.example"},
        {"->  STARTTLS", "220 2.0.0 Ready"},
        {"==> ClientHello", "ServerHello"},
        {"~>  AUTH PLAIN", "235 2.7.0"},
        {"~>  RCPT TO:<bob", "permit_sasl_authenticated"},
        {"TCP connection", "220 mail.iesgn.example"},
        {"~>  Subject: Hola", "queued as"},
    };
    /* clang-format on */
    g_autoptr(MailsimRecording) recording = sample_story_new();
    g_autoptr(GPtrArray) pieces = mailsim_render_pieces(recording, &forms[0]);

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const MailsimPiece *piece = find_piece(pieces, rows[i].asked);

        ck_assert_msg(strstr(piece->text, rows[i].answered) == NULL, "given away: %s",
                      piece->text);
        find_piece(pieces, rows[i].answered);
    }
}
END_TEST

START_TEST(steps_are_found)
{
    g_autoptr(MailsimRecording) recording = sample_story_new();
    g_autoptr(GPtrArray) pieces = mailsim_render_pieces(recording, &forms[0]);
    const MailsimPiece *first = g_ptr_array_index(pieces, 0);
    const MailsimPiece *last = g_ptr_array_index(pieces, pieces->len - 1);
    guint n_steps = 0;
    guint n_outcomes = 0;

    ck_assert_int_eq(first->kind, MAILSIM_PIECE_OPENING);
    ck_assert_int_eq(last->kind, MAILSIM_PIECE_END);
    for (guint i = 1; i + 1 < pieces->len; i++) {
        const MailsimPiece *piece = g_ptr_array_index(pieces, i);
        n_steps += piece->kind == MAILSIM_PIECE_STEP ? 1 : 0;
        n_outcomes += piece->kind == MAILSIM_PIECE_OUTCOME ? 1 : 0;
        ck_assert_uint_eq(piece->step, n_steps);
        ck_assert(piece->time_us >= 0 || piece->kind == MAILSIM_PIECE_OUTCOME);
    }
    ck_assert_uint_eq(n_steps, recording->steps->len);
    ck_assert_uint_eq(n_outcomes, recording->steps->len);
}
END_TEST

/* --- the cable ---------------------------------------------------------------------------- */

static void
carry(RecordingScript *script, MailsimDirection direction, guint ms, const char *bytes, gsize n)
{
    mailsim_hop_carry(script->hop, direction, script->base + ms * MAILSIM_MILLISECOND,
                      (const guint8 *)bytes, n);
}

/* A greeting and an EHLO in the clear; then a record of each kind. */
static MailsimRecording *
record_cable(void)
{
    static const char hello[] = "\x16\x03\x01\x00\x05hello";
    static const char secret[] = "\x14\x03\x03\x00\x01\x01\x17\x03\x03\x00\x04wxyz";
    RecordingScript script = recording_script_begin("cable", "Cable", "Cable");
    g_autofree char *noise = g_strnfill(1000, 'n');

    recording_script_begin_step(&script, "step", "A step", "Un paso");
    recording_script_begin_hop(&script, "laptop", "mail", 25, 0);
    recording_script_write(&script, "0 @laptop dns A mail.iesgn.example|203.0.113.25\n"
                                    "40 connected\n"
                                    "80 <- 220 mail.iesgn.example ESMTP\n"
                                    "80 -> EHLO laptop\n"
                                    "120 => ClientHello|server_name mail.iesgn.example\n"
                                    "160 =< ServerHello|TLSv1.3\n"
                                    "200 ~> NOOP\n"
                                    "240 <~ 250 2.0.0 Ok\n");
    carry(&script, MAILSIM_DIRECTION_IN, 80, "220 mail.iesgn.example ESMTP\r\n", 30);
    carry(&script, MAILSIM_DIRECTION_OUT, 80, "EHLO laptop\r\n", 13);
    carry(&script, MAILSIM_DIRECTION_OUT, 120, hello, sizeof hello - 1);
    carry(&script, MAILSIM_DIRECTION_IN, 160, secret, sizeof secret - 1);
    carry(&script, MAILSIM_DIRECTION_OUT, 200, "\x17\x03\x03\x03\xe8", 5);
    carry(&script, MAILSIM_DIRECTION_OUT, 200, noise, 1000);
    carry(&script, MAILSIM_DIRECTION_IN, 240, "\x17\x03\x03\x00\x02ok", 7);
    return script.recording;
}

/* What is behind the piece with TEXT. */
static char *
show_wire(const MailsimRecording *recording,
          const MailsimRenderOptions *options,
          const char *text)
{
    g_autoptr(GPtrArray) pieces = mailsim_render_pieces(recording, options);
    GString *out = g_string_new(NULL);

    mailsim_render_wire(recording, options, find_piece(pieces, text)->events, out);
    return g_string_free(out, FALSE);
}

START_TEST(the_bytes_are_those_of_the_cable)
{
    static const struct {
        const char *piece;
        const char *shown[4];
        const char *hidden;
    } rows[] = {
  /* clang-format off */
        {"EHLO laptop",
         {"laptop ─▶ mail.iesgn.example:25, 13 bytes",
          "0000  45 48 4c 4f 20 6c 61 70  74 6f 70 0d 0a           |EHLO laptop..|"},
         "220"},
        {"220 mail", {"mail.iesgn.example:25 ─▶ laptop, 30 bytes", "|xample ESMTP..|"}, "EHLO"},
        {"ClientHello",
         {"TLS record handshake, 10 bytes", "|.....hello|",
          "What the two ends read in it:\n     ClientHello\n"},
         "EHLO"},
        {"ServerHello",
         {"TLS record change_cipher_spec, 6 bytes", "TLS record application_data, 9 bytes",
          "|.....wxyz|", "     ServerHello\n"},
         "more"},
        {"NOOP",
         {"TLS record, its other 1000 bytes", "… and 952 bytes more", "~>  NOOP"},
         NULL},
        {"250 2.0.0", {"application_data, 7 bytes", "<~  250 2.0.0 Ok"}, "NOOP"},
        {"DNS A", {"No bytes of a connection here"}, "0000"},
  /* clang-format on */
    };
    g_autoptr(MailsimRecording) recording = record_cable();

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *wire = show_wire(recording, &forms[0], rows[i].piece);

        for (guint j = 0; j < 4 && rows[i].shown[j] != NULL; j++)
            ck_assert_msg(strstr(wire, rows[i].shown[j]) != NULL, "%s is not in:\n%s",
                          rows[i].shown[j], wire);
        ck_assert_msg(rows[i].hidden == NULL || strstr(wire, rows[i].hidden) == NULL,
                      "%s is in:\n%s", rows[i].hidden, wire);
    }
}
END_TEST

START_TEST(bytes_can_be_shown_in_ascii)
{
    g_autoptr(MailsimRecording) recording = record_cable();
    g_autofree char *wire = show_wire(recording, &forms[2], "NOOP");

    ck_assert_msg(g_str_is_ascii(wire), "%s", wire);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("pieces");
    TCase *tcase = tcase_create("pieces");

    tcase_add_loop_test(tcase, together_they_are_the_transcript, 0, SAMPLE_RECORDINGS);
    tcase_add_loop_test(tcase, notes_do_not_move_them, 0, SAMPLE_RECORDINGS);
    tcase_add_test(tcase, an_answer_is_not_given_away);
    tcase_add_test(tcase, steps_are_found);
    tcase_add_test(tcase, the_bytes_are_those_of_the_cable);
    tcase_add_test(tcase, bytes_can_be_shown_in_ascii);
    suite_add_tcase(suite, tcase);

    return run_suite(suite);
}
