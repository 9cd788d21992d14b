/* SPDX-License-Identifier: MIT
 *
 * What has arrived becomes lines, pieces of text and bytes, in the same way whatever the
 * packets. */
#include <string.h>

#include <mailsim/session/feed.h>

#include "../support/run-suite.h"

#define LIMIT 8

static gsize
get_line_max(G_GNUC_UNUSED MailsimSession *session)
{
    return LIMIT;
}

static gsize
count_bytes(G_GNUC_UNUSED MailsimSession *session)
{
    return 5;
}

static const MailsimSessionClass plain_class = {
    .get_line_max = get_line_max,
    .count_bytes = count_bytes,
};

typedef struct {
    const char *description;
    MailsimWant want;
    const char *arrived;
    const char *heard; /* “text/end|”, the end as r (CR LF), n (LF), - (none) */
} Arrival;

#define LINE  MAILSIM_WANT_LINE
#define TEXT  MAILSIM_WANT_TEXT
#define BYTES MAILSIM_WANT_BYTES

/* clang-format off */
static const Arrival arrivals[] = {
    {"lines end in CR LF", LINE, "EHLO a\r\nQUIT\r\n", "EHLO a/r|QUIT/r|"},
    {"a bare line feed ends a line, too", LINE, "NOOP\nQUIT\r\n", "NOOP/n|QUIT/r|"},
    {"one CR belongs to the line end", LINE, "NOOP\r\r\n", "NOOP\r/r|"},
    {"a CR alone ends nothing", LINE, "NO\rOP\r\n", "NO\rOP/r|"},
    {"an empty line is a line", LINE, "\r\n\n", "/r|/n|"},
    {"what has no end is not heard", LINE, "NOOP\r\nQUI", "NOOP/r|"},
    {"a long line is cut, and the next is whole", LINE, "12345678901234\r\nQUIT\r\n",
     "12345678/-|QUIT/r|"},
    {"a line of just the limit is cut, too", LINE, "12345678\r\nQ\r\n", "12345678/-|Q/r|"},
    {"text keeps what a line would lose", TEXT, "1234567890123456789\r\nend\r\n",
     "12345678/-|90123456/-|789/r|end/r|"},
    {"bytes are counted, not looked at", BYTES, "ab\r\ncd\n\r\nef", "ab\r\nc/-|d\n\r\ne/-|"},
};
/* clang-format on */

static void
hear_all(const Arrival *arrival, gsize piece, GString *heard)
{
    MailsimSession session = {.class = &plain_class};
    gsize length = strlen(arrival->arrived);
    MailsimFeed feed = {0};
    MailsimInput input;

    mailsim_feed_init(&feed);
    for (gsize start = 0; start < length; start += piece) {
        mailsim_feed_append(&feed, arrival->arrived + start, MIN(piece, length - start));
        while (mailsim_feed_take(&feed, &session, arrival->want, &input))
            g_string_append_printf(heard, "%s/%c|", input.text, "rn-"[input.line_end]);
    }
    mailsim_feed_clear(&feed);
}

START_TEST(what_arrives_is_heard_alike_however_it_is_cut)
{
    const Arrival *arrival = &arrivals[_i];

    for (gsize piece = 1; piece <= 40; piece++) {
        g_autoptr(GString) heard = g_string_new(NULL);

        hear_all(arrival, piece, heard);
        ck_assert_msg(g_str_equal(heard->str, arrival->heard), "%s, in pieces of %u: %s",
                      arrival->description, (guint)piece, heard->str);
    }
}
END_TEST

START_TEST(whoever_hears_a_line_sees_what_waits_behind_it)
{
    MailsimSession session = {.class = &plain_class};
    MailsimFeed feed = {0};
    MailsimInput input;

    mailsim_feed_init(&feed);
    mailsim_feed_append(&feed, "DATA\r\nQU", 8);
    ck_assert(mailsim_feed_take(&feed, &session, LINE, &input));
    ck_assert_uint_eq(input.n_waiting, 2);
    ck_assert_mem_eq(input.waiting, "QU", 2);
    ck_assert_uint_eq(mailsim_feed_count(&feed), 2);
    mailsim_feed_discard(&feed);
    ck_assert_uint_eq(mailsim_feed_count(&feed), 0);
    ck_assert(!mailsim_feed_take(&feed, &session, LINE, &input));
    mailsim_feed_clear(&feed);
}
END_TEST

START_TEST(a_nul_byte_is_part_of_a_line)
{
    MailsimSession session = {.class = &plain_class};
    MailsimFeed feed = {0};
    MailsimInput input;

    mailsim_feed_init(&feed);
    mailsim_feed_append(&feed, "a\0b\r\n", 5);
    ck_assert(mailsim_feed_take(&feed, &session, LINE, &input));
    ck_assert_uint_eq(input.length, 3);
    ck_assert_mem_eq(input.text, "a\0b", 4);
    mailsim_feed_clear(&feed);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("feed");
    TCase *tcase = tcase_create("arrivals");

    tcase_add_loop_test(tcase, what_arrives_is_heard_alike_however_it_is_cut, 0,
                        G_N_ELEMENTS(arrivals));
    tcase_add_test(tcase, whoever_hears_a_line_sees_what_waits_behind_it);
    tcase_add_test(tcase, a_nul_byte_is_part_of_a_line);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
