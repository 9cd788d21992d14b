/* SPDX-License-Identifier: MIT
 *
 * What an IMAP server says, line by line, literals among them. */
#include <mailsim/protocol/imap-response.h>

#include <string.h>

#include <mailsim/base/limits.h>

#include "../support/run-suite.h"

/* Add the lines of TEXT, all of which are read but for the last if it is not needed. */
static MailsimParse
add_lines(MailsimImapResponse *response, const char *text)
{
    MailsimParse parse = MAILSIM_PARSE_NEED_MORE;

    while (*text != '\0' && parse == MAILSIM_PARSE_NEED_MORE) {
        const gsize n_bytes = strcspn(text, "\n");
        const gboolean with_cr = n_bytes > 0 && text[n_bytes - 1] == '\r';

        parse = mailsim_imap_response_add_line(response, text, with_cr ? n_bytes - 1 : n_bytes,
                                               with_cr ? "\r\n" : "\n");
        text += n_bytes + 1;
    }
    ck_assert_str_eq(text, "");
    return parse;
}

typedef struct {
    const char *lines;
    const char *tag;
    guint32 number;
    const char *name;
    const char *code;
    const char *text;
    const char *data;
} ResponseCase;

#define BODY "* 1 FETCH (UID 7 BODY[] "

/* clang-format off */
static const ResponseCase responses[] = {
    {"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] Dovecot (Debian) ready.\r\n", "*", 0, "OK",
     "CAPABILITY IMAP4rev1 AUTH=PLAIN",
     "OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] Dovecot (Debian) ready.",
     "[CAPABILITY IMAP4rev1 AUTH=PLAIN] Dovecot (Debian) ready."},
    {"a1 NO [AUTHENTICATIONFAILED] Authentication failed.\r\n", "a1", 0, "NO",
     "AUTHENTICATIONFAILED", "NO [AUTHENTICATIONFAILED] Authentication failed.",
     "[AUTHENTICATIONFAILED] Authentication failed."},
    {"a1 BAD Error in IMAP command received by server.\n", "a1", 0, "BAD", NULL,
     "BAD Error in IMAP command received by server.",
     "Error in IMAP command received by server."},
    {"a1 ok\r\n", "a1", 0, "OK", NULL, "ok", ""},
    {"a1 OK [no end\r\n", "a1", 0, "OK", NULL, "OK [no end", "[no end"},
    {"* BYE Logging out\r\n", "*", 0, "BYE", NULL, "BYE Logging out", "Logging out"},
    {"* PREAUTH [CAPABILITY IMAP4rev1] Logged in as alice\r\n", "*", 0, "PREAUTH",
     "CAPABILITY IMAP4rev1", "PREAUTH [CAPABILITY IMAP4rev1] Logged in as alice",
     "[CAPABILITY IMAP4rev1] Logged in as alice"},
    {"* 2 EXISTS\r\n", "*", 2, "EXISTS", NULL, "2 EXISTS", ""},
    {"* 0 recent\r\n", "*", 0, "RECENT", NULL, "0 recent", ""},
    {"* 4294967295 EXISTS\r\n", "*", 4294967295U, "EXISTS", NULL, "4294967295 EXISTS", ""},
    {"* FLAGS (\\Seen \\Draft)\r\n", "*", 0, "FLAGS", NULL, "FLAGS (\\Seen \\Draft)",
     "(\\Seen \\Draft)"},
    {"+ \r\n", "+", 0, NULL, NULL, "", ""},
    {"+\r\n", "+", 0, NULL, NULL, "", ""},
    {"+ UGFzc3dvcmQ6\r\n", "+", 0, NULL, NULL, "UGFzc3dvcmQ6", "UGFzc3dvcmQ6"},
    {"+ 7 wrong\r\n", "+", 0, NULL, NULL, "7 wrong", "7 wrong"},
    /* a literal that ends with a line, in a line, before its line end, between CR and LF */
    {BODY "{4}\r\nab\r\n)\r\n", "*", 1, "FETCH", NULL,
     "1 FETCH (UID 7 BODY[] {4}\r\nab\r\n)", "(UID 7 BODY[] {4}\r\nab\r\n)"},
    {BODY "{6}\r\nab\r\ncd FLAGS ())\r\n", "*", 1, "FETCH", NULL,
     "1 FETCH (UID 7 BODY[] {6}\r\nab\r\ncd FLAGS ())", "(UID 7 BODY[] {6}\r\nab\r\ncd FLAGS ())"},
    {BODY "{2}\r\nab\r\n", "*", 1, "FETCH", NULL, "1 FETCH (UID 7 BODY[] {2}\r\nab",
     "(UID 7 BODY[] {2}\r\nab"},
    {BODY "{3}\r\nab\r\n", "*", 1, "FETCH", NULL, "1 FETCH (UID 7 BODY[] {3}\r\nab\r",
     "(UID 7 BODY[] {3}\r\nab\r"},
    {BODY "{0}\r\n)\r\n", "*", 1, "FETCH", NULL, "1 FETCH (UID 7 BODY[] {0}\r\n)",
     "(UID 7 BODY[] {0}\r\n)"},
    {BODY "{2}\n\n\n)\n", "*", 1, "FETCH", NULL, "1 FETCH (UID 7 BODY[] {2}\n\n\n)",
     "(UID 7 BODY[] {2}\n\n\n)"},
    /* two of them; what looks like one inside a literal is none */
    {BODY "{5}\r\n{3}\r\n BODY[TEXT] {1}\r\nx)\r\n", "*", 1, "FETCH", NULL,
     "1 FETCH (UID 7 BODY[] {5}\r\n{3}\r\n BODY[TEXT] {1}\r\nx)",
     "(UID 7 BODY[] {5}\r\n{3}\r\n BODY[TEXT] {1}\r\nx)"},
    /* the words of a status may end as they like */
    {"* OK only {5}\r\n", "*", 0, "OK", NULL, "OK only {5}", "only {5}"},
    {"+ {5}\r\n", "+", 0, NULL, NULL, "{5}", "{5}"},
};
/* clang-format on */

START_TEST(a_response_has_its_parts)
{
    const ResponseCase *row = &responses[_i];
    g_autoptr(MailsimImapResponse) response = mailsim_imap_response_new();

    ck_assert_msg(add_lines(response, row->lines) == MAILSIM_PARSE_DONE, "%s", row->lines);
    ck_assert_str_eq(response->tag, row->tag);
    ck_assert_uint_eq(response->number, row->number);
    ck_assert_msg(g_strcmp0(response->name, row->name) == 0, "%s: %s", row->lines,
                  response->name);
    ck_assert_msg(g_strcmp0(response->code, row->code) == 0, "%s: %s", row->lines,
                  response->code);
    ck_assert_str_eq(response->text, row->text);
    ck_assert_str_eq(response->data, row->data);
    ck_assert_uint_eq(response->length, strlen(row->data));
}
END_TEST

static const char *const errors[] = {
    "\r\n",
    " OK\r\n",
    "*\r\n",
    "* \r\n",
    "* 3\r\n",
    "* 4294967296 EXISTS\r\n",
    "* 10000000000 EXISTS\r\n",
    "* (x)\r\n",
    "a1\r\n",
    "a1 \r\n",
    "a1 EXISTS\r\n",
    "a1 BYE\r\n",
    "a1 3 OK\r\n",
    "+OK Dovecot (Debian) ready.\r\n",
    "220 mx.dest.example ESMTP Postfix\r\n",
    "HTTP/1.1 400 Bad Request\r\n",
    BODY "{67108865}\r\n",
    BODY "{99999999999999999999999}\r\n",
    BODY "{1}\r\nx {67108864}\r\n",
};

START_TEST(what_is_no_response_is_an_error)
{
    g_autoptr(MailsimImapResponse) response = mailsim_imap_response_new();

    ck_assert_msg(add_lines(response, errors[_i]) == MAILSIM_PARSE_ERROR, "%s", errors[_i]);
}
END_TEST

START_TEST(octets_of_a_literal_are_any)
{
    static const char octets[] = "a\0b";
    g_autoptr(MailsimImapResponse) response = mailsim_imap_response_new();

    ck_assert_int_eq(add_lines(response, BODY "{3}\r\n"), MAILSIM_PARSE_NEED_MORE);
    ck_assert_int_eq(mailsim_imap_response_add_line(response, octets, 3, "\r\n"),
                     MAILSIM_PARSE_DONE);
    ck_assert_uint_eq(response->length, strlen("(UID 7 BODY[] {3}\r\n") + 3);
    ck_assert_mem_eq(response->data + response->length - 3, octets, 3);
}
END_TEST

/* Without its literals it is one line. */
START_TEST(a_response_has_an_end)
{
    g_autofree char *half = g_strnfill(MAILSIM_FETCH_LINE_MAX_BYTES / 2, 'x');
    g_autofree char *literal = g_strdup_printf("%s {1}", half);
    g_autoptr(MailsimImapResponse) response = mailsim_imap_response_new();

    ck_assert_int_eq(add_lines(response, BODY "{0}\r\n"), MAILSIM_PARSE_NEED_MORE);
    ck_assert_int_eq(mailsim_imap_response_add_line(response, literal, strlen(literal), "\r\n"),
                     MAILSIM_PARSE_NEED_MORE);
    ck_assert_int_eq(mailsim_imap_response_add_line(response, literal, strlen(literal), "\r\n"),
                     MAILSIM_PARSE_ERROR);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("imap-response");
    TCase *tcase = tcase_create("responses");

    tcase_add_loop_test(tcase, a_response_has_its_parts, 0, G_N_ELEMENTS(responses));
    tcase_add_loop_test(tcase, what_is_no_response_is_an_error, 0, G_N_ELEMENTS(errors));
    tcase_add_test(tcase, octets_of_a_literal_are_any);
    tcase_add_test(tcase, a_response_has_an_end);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
