/* SPDX-License-Identifier: MIT
 *
 * A person who types: what goes out for a line, when the next one is typed, and to which line
 * an answer belongs. */
#include <mailsim/session/typist.h>

#include <string.h>

#include <mailsim/base/time.h>

#include "../support/run-suite.h"

/* ---- a session to play with -------------------------------------------------------------- */

typedef struct {
    MailsimTypist *typist;
    MailsimSession *session;
    GString *out;
} Play;

static MailsimWant
begin_with(Play *play,
           MailsimTypistMode mode,
           MailsimProtocol protocol,
           const char *const *lines)
{
    g_autoptr(GPtrArray) typed = g_ptr_array_new();

    for (guint i = 0; lines[i] != NULL; i++)
        g_ptr_array_add(typed, (char *)lines[i]);
    play->typist = mailsim_typist_new(mode, protocol, typed);
    play->session = mailsim_typist_get_session(play->typist);
    play->out = g_string_new(NULL);
    return play->session->class->begin(play->session, play->out);
}

static MailsimWant
begin(Play *play, MailsimTypistMode mode, const char *const *lines)
{
    return begin_with(play, mode, MAILSIM_PROTOCOL_SMTP, lines);
}

static void
end(Play *play)
{
    mailsim_session_free(play->session);
    g_string_free(play->out, TRUE);
}

static MailsimWant
hear(Play *play, const char *text)
{
    MailsimInput input = {.text = text, .length = strlen(text), .waiting = ""};

    g_string_truncate(play->out, 0);
    return play->session->class->heard(play->session, &input, play->out);
}

static MailsimWant
wait_in_vain(Play *play)
{
    g_string_truncate(play->out, 0);
    return play->session->class->timed_out(play->session, play->out);
}

static const char *
get_heard(const Play *play, guint typed, guint line)
{
    const GPtrArray *heard = mailsim_typist_get_heard(play->typist);
    const GPtrArray *lines = g_ptr_array_index(heard, typed);

    return line < lines->len ? g_ptr_array_index(lines, line) : NULL;
}

/* ---- what goes out ----------------------------------------------------------------------- */

static const struct {
    const char *description;
    const char *text;
    const char *bytes;
} endings[] = {
    {"a line ends in CR LF",                    "NOOP",      "NOOP\r\n"           },
    {"nothing but Enter",                       "",          "\r\n"               },
    {"a line feed inside is Enter",             "a\n\nb\n.", "a\r\n\r\nb\r\n.\r\n"},
    {"a line end of its own is enough",         "a\n",       "a\r\n"              },
    {"two of its own are two lines",            "a\n\n",     "a\r\n\r\n"          },
    {"with a CR all goes out as it is written", "a\r\nb\nc", "a\r\nb\nc\r\n"      },
    {"a bare LF at the end",                    "a\r\nb\n",  "a\r\nb\n"           },
    {"a bare CR at the end",                    "a\r",       "a\r"                },
    {"a bare CR in the middle",                 "a\rb",      "a\rb\r\n"           },
    {"a tab stays",                             "a\tb",      "a\tb\r\n"           },
};

START_TEST(a_line_goes_out_as_the_rule_says)
{
    const char *lines[] = {endings[_i].text, NULL};
    Play play;

    ck_assert_int_eq(begin(&play, MAILSIM_TYPIST_CLEAR, lines), MAILSIM_WANT_LINE);
    ck_assert_int_eq(wait_in_vain(&play), MAILSIM_WANT_LINE);
    ck_assert_msg(g_str_equal(play.out->str, endings[_i].bytes), "%s: “%s”",
                  endings[_i].description, play.out->str);
    end(&play);
}
END_TEST

/* ---- when -------------------------------------------------------------------------------- */

START_TEST(nothing_is_typed_while_answers_come)
{
    const char *const lines[] = {"EHLO a", "QUIT", NULL};
    Play play;

    begin(&play, MAILSIM_TYPIST_CLEAR, lines);
    ck_assert_str_eq(play.out->str, "");
    ck_assert_int_eq(hear(&play, "220 mx.example"), MAILSIM_WANT_LINE);
    ck_assert_str_eq(play.out->str, "");
    wait_in_vain(&play);
    ck_assert_str_eq(play.out->str, "EHLO a\r\n");
    hear(&play, "250-mx.example");
    hear(&play, "250 DSN");
    ck_assert_str_eq(play.out->str, "");
    wait_in_vain(&play);
    ck_assert_str_eq(play.out->str, "QUIT\r\n");
    end(&play);
}
END_TEST

START_TEST(an_answer_belongs_to_the_line_before_it)
{
    const char *const lines[] = {"EHLO a", "text", "QUIT", NULL};
    Play play;

    begin(&play, MAILSIM_TYPIST_CLEAR, lines);
    hear(&play, "220 mx.example");
    wait_in_vain(&play);
    hear(&play, "250-mx.example");
    hear(&play, "250 DSN");
    wait_in_vain(&play);
    wait_in_vain(&play);
    hear(&play, "221 bye");
    ck_assert_uint_eq(mailsim_typist_get_heard(play.typist)->len, 4);
    ck_assert_str_eq(get_heard(&play, 0, 0), "220 mx.example");
    ck_assert_str_eq(get_heard(&play, 1, 0), "250-mx.example");
    ck_assert_str_eq(get_heard(&play, 1, 1), "250 DSN");
    ck_assert_ptr_null(get_heard(&play, 1, 2));
    ck_assert_ptr_null(get_heard(&play, 2, 0));
    ck_assert_str_eq(get_heard(&play, 3, 0), "221 bye");
    end(&play);
}
END_TEST

static gint64
get_patience(const Play *play)
{
    return play->session->class->get_patience(play->session) / MAILSIM_SECOND;
}

START_TEST(an_answer_may_take_its_time)
{
    const char *const lines[] = {"AUTH", "QUIT", NULL};
    Play play;

    begin(&play, MAILSIM_TYPIST_CLEAR, lines);
    ck_assert_int_eq(get_patience(&play), 20);
    hear(&play, "220 mx.example");
    ck_assert_int_eq(get_patience(&play), 2);
    wait_in_vain(&play);
    ck_assert_int_eq(get_patience(&play), 20);
    hear(&play, "535 no");
    ck_assert_int_eq(get_patience(&play), 2);
    wait_in_vain(&play);
    ck_assert_int_eq(get_patience(&play), 20);
    hear(&play, "221 bye");
    ck_assert_int_eq(get_patience(&play), 2);
    ck_assert_int_eq(wait_in_vain(&play), MAILSIM_WANT_END);
    ck_assert_str_eq(play.out->str, "");
    end(&play);
}
END_TEST

START_TEST(a_text_is_waited_for_but_once)
{
    const char *const lines[] = {"DATA", "one", "two", ".", "QUIT", "now", NULL};
    Play play;

    begin(&play, MAILSIM_TYPIST_CLEAR, lines);
    hear(&play, "220 mx.example");
    wait_in_vain(&play);
    hear(&play, "354 go on");
    wait_in_vain(&play);
    ck_assert_int_eq(get_patience(&play), 20);
    wait_in_vain(&play);
    ck_assert_int_eq(get_patience(&play), 2);
    wait_in_vain(&play);
    hear(&play, "250 taken");
    wait_in_vain(&play);
    ck_assert_int_eq(get_patience(&play), 20);
    wait_in_vain(&play);
    ck_assert_int_eq(get_patience(&play), 20);
    ck_assert_int_eq(wait_in_vain(&play), MAILSIM_WANT_END);
    end(&play);
}
END_TEST

START_TEST(its_patience_is_no_time_out)
{
    const char *const lines[] = {"NOOP", NULL};
    Play play;

    begin(&play, MAILSIM_TYPIST_CLEAR, lines);
    ck_assert_ptr_null(play.session->class->waits_for(play.session));
    end(&play);
}
END_TEST

/* ---- TLS --------------------------------------------------------------------------------- */

START_TEST(tls_comes_before_the_first_word)
{
    const char *const lines[] = {"EHLO a", NULL};
    const MailsimTlsInfo tls = {0};
    Play play;

    ck_assert_int_eq(begin(&play, MAILSIM_TYPIST_TLS, lines), MAILSIM_WANT_TLS);
    ck_assert_int_eq(get_patience(&play), 0);
    ck_assert_int_eq(play.session->class->secured(play.session, &tls, play.out),
                     MAILSIM_WANT_LINE);
    ck_assert_str_eq(play.out->str, "");
    ck_assert_int_eq(get_patience(&play), 20);
    hear(&play, "220 ready");
    ck_assert_int_eq(get_patience(&play), 2);
    end(&play);
}
END_TEST

/* As openssl 3.0.22 speaks to a socket: asked for, and written down here. */
START_TEST(starttls_is_asked_for_as_s_client_does)
{
    const char *const lines[] = {"EHLO a", NULL};
    const MailsimTlsInfo tls = {0};
    Play play;

    ck_assert_int_eq(begin(&play, MAILSIM_TYPIST_STARTTLS, lines), MAILSIM_WANT_LINE);
    hear(&play, "220-mx.example");
    ck_assert_str_eq(play.out->str, "");
    hear(&play, "220 ready");
    ck_assert_str_eq(play.out->str, "EHLO mail.example.com\r\n");
    hear(&play, "250-mx.example");
    ck_assert_str_eq(play.out->str, "");
    hear(&play, "250 DSN");
    ck_assert_str_eq(play.out->str, "STARTTLS\r\n");
    ck_assert_int_eq(hear(&play, "220 go"), MAILSIM_WANT_TLS);
    play.session->class->secured(play.session, &tls, play.out);
    wait_in_vain(&play);
    ck_assert_str_eq(play.out->str, "EHLO a\r\n");
    ck_assert_str_eq(get_heard(&play, 0, 4), "220 go");
    end(&play);
}
END_TEST

/* The same, with -starttls imap: one line of greeting, and what it looks for in the list does
 * not matter. */
START_TEST(imap_is_asked_for_capabilities_first)
{
    const char *const lines[] = {"a LOGOUT", NULL};
    const MailsimTlsInfo tls = {0};
    Play play;

    ck_assert_int_eq(begin_with(&play, MAILSIM_TYPIST_STARTTLS, MAILSIM_PROTOCOL_IMAP, lines),
                     MAILSIM_WANT_LINE);
    hear(&play, "* OK ready");
    ck_assert_str_eq(play.out->str, ". CAPABILITY\r\n");
    hear(&play, "* CAPABILITY IMAP4rev1");
    ck_assert_str_eq(play.out->str, "");
    ck_assert_int_eq(hear(&play, ". OK done"), MAILSIM_WANT_LINE);
    ck_assert_str_eq(play.out->str, ". STARTTLS\r\n");
    ck_assert_int_eq(hear(&play, ". OK Begin TLS negotiation now."), MAILSIM_WANT_TLS);
    play.session->class->secured(play.session, &tls, play.out);
    wait_in_vain(&play);
    ck_assert_str_eq(play.out->str, "a LOGOUT\r\n");
    end(&play);
}
END_TEST

START_TEST(pop3_is_asked_for_tls_at_once)
{
    const char *const lines[] = {"QUIT", NULL};
    const MailsimTlsInfo tls = {0};
    Play play;

    begin_with(&play, MAILSIM_TYPIST_STARTTLS, MAILSIM_PROTOCOL_POP3, lines);
    hear(&play, "+OK ready");
    ck_assert_str_eq(play.out->str, "STLS\r\n");
    ck_assert_int_eq(hear(&play, "+OK Begin TLS negotiation now."), MAILSIM_WANT_TLS);
    play.session->class->secured(play.session, &tls, play.out);
    wait_in_vain(&play);
    ck_assert_str_eq(play.out->str, "QUIT\r\n");
    end(&play);
}
END_TEST

static const struct {
    MailsimProtocol protocol;
    const char *answers[4];
} refusals[] = {
    {MAILSIM_PROTOCOL_SMTP, {"220 ready", "502 no", "502 no"}      },
    {MAILSIM_PROTOCOL_IMAP, {"* OK ready", ". OK done", ". BAD no"}},
    {MAILSIM_PROTOCOL_IMAP, {"* OK ready", ". BAD done", ". NO no"}},
    {MAILSIM_PROTOCOL_POP3, {"+OK ready", "-ERR no"}               },
};

START_TEST(a_refused_starttls_is_the_end)
{
    const char *const lines[] = {"a", NULL};
    Play play;
    MailsimWant want = begin_with(&play, MAILSIM_TYPIST_STARTTLS, refusals[_i].protocol, lines);

    for (guint i = 0; refusals[_i].answers[i] != NULL; i++) {
        ck_assert_int_eq(want, MAILSIM_WANT_LINE);
        want = hear(&play, refusals[_i].answers[i]);
    }
    ck_assert_int_eq(want, MAILSIM_WANT_END);
    ck_assert_str_eq(play.out->str, "");
    end(&play);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("typist");
    TCase *tcase = tcase_create("typing");

    tcase_add_loop_test(tcase, a_line_goes_out_as_the_rule_says, 0, G_N_ELEMENTS(endings));
    tcase_add_test(tcase, nothing_is_typed_while_answers_come);
    tcase_add_test(tcase, an_answer_belongs_to_the_line_before_it);
    tcase_add_test(tcase, an_answer_may_take_its_time);
    tcase_add_test(tcase, a_text_is_waited_for_but_once);
    tcase_add_test(tcase, its_patience_is_no_time_out);
    tcase_add_test(tcase, tls_comes_before_the_first_word);
    tcase_add_test(tcase, starttls_is_asked_for_as_s_client_does);
    tcase_add_test(tcase, imap_is_asked_for_capabilities_first);
    tcase_add_test(tcase, pop3_is_asked_for_tls_at_once);
    tcase_add_loop_test(tcase, a_refused_starttls_is_the_end, 0, G_N_ELEMENTS(refusals));
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
