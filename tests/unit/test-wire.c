/* SPDX-License-Identifier: MIT
 *
 * A wire over a real socketpair, in the clear, with the recorded server's session behind it:
 * what a session wants (a line, a message, so many bytes) is heard whole, however small the
 * reads. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mailsim/wire/wire.h>

#include "../support/dest-example.h"
#include "../support/run-suite.h"

typedef struct {
    const char *description;
    const char *sent;
    const char *replies;  /* what comes back after the greeting */
    const char *messages; /* accepted, one after the other */
} Delivery;

#define ENVELOPE "MAIL FROM:<a@b.example>\r\nRCPT TO:<alice@dest.example>\r\n"
#define ACCEPTED "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n"

/* clang-format off */
static const Delivery deliveries[] = {
    {.description = "DATA, pipelined as a whole",
     .sent = ENVELOPE "DATA\r\nSubject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n",
     .replies = ACCEPTED "354 End data with <CR><LF>.<CR><LF>\r\n"
                "250 2.0.0 Ok: queued as <queue-id>\r\n221 2.0.0 Bye\r\n",
     .messages = "Subject: x\n\n.dot\n"},
    {.description = "a dot that is not alone does not end a message",
     .sent = ENVELOPE "DATA\r\n\r\n.x\r\n. \r\n.\r\nNOOP\r\n",
     .replies = ACCEPTED "354 End data with <CR><LF>.<CR><LF>\r\n"
                "250 2.0.0 Ok: queued as <queue-id>\r\n250 2.0.0 Ok\r\n",
     .messages = "\nx\n \n"},
    {.description = "BDAT: bytes are counted, not looked at",
     .sent = ENVELOPE "BDAT 7\r\n.\r\nQUITBDAT 6 LAST\r\n \r\nx\r\nNOOP\r\n",
     .replies = ACCEPTED "250 2.0.0 Ok: 7 bytes\r\n250 2.0.0 Ok: 13 bytes queued as <queue-id>\r\n"
                "250 2.0.0 Ok\r\n",
     .messages = ".\nQUIT \nx\n"},
};
/* clang-format on */

static char *
read_all(int fd)
{
    char buffer[4096];
    gssize n = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);

    return g_strndup(buffer, n > 0 ? (gsize)n : 0);
}

static void
flush(MailsimWire *wire)
{
    g_autoptr(GBytes) output = mailsim_wire_steal_output(wire);

    if (output != NULL)
        mailsim_wire_transmit(wire, g_bytes_get_data(output, NULL), g_bytes_get_size(output));
}

static void
compare(const Delivery *delivery, gsize read_max_bytes)
{
    const MailsimWireObserver observer = {0};
    int fds[2];
    g_autoptr(DestExample) host = dest_example_new(dest_example_find_service("may"));
    MailsimWireOptions options = {.read_max_bytes = read_max_bytes, .observer = &observer};
    g_autoptr(MailsimWire) wire = NULL;
    g_autoptr(GString) messages = g_string_new(NULL);
    g_autofree char *greeting = NULL;
    g_autofree char *replies = NULL;

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    options.fd = fds[1];
    options.session = dest_example_listen(host);
    wire = mailsim_wire_new(&options);
    mailsim_wire_begin(wire);
    flush(wire);
    greeting = read_all(fds[0]);
    ck_assert(g_str_has_prefix(greeting, "220 "));

    ck_assert_int_eq(write(fds[0], delivery->sent, strlen(delivery->sent)),
                     (gssize)strlen(delivery->sent));
    mailsim_wire_read(wire);
    flush(wire);
    replies = read_all(fds[0]);
    ck_assert_msg(g_str_equal(replies, delivery->replies),
                  "%s, reading %" G_GSIZE_FORMAT ": %s", delivery->description, read_max_bytes,
                  replies);
    for (guint i = 0; i < host->messages->len; i++) {
        GBytes *message = g_ptr_array_index(host->messages, i);

        g_string_append_len(messages, g_bytes_get_data(message, NULL),
                            (gssize)g_bytes_get_size(message));
    }
    ck_assert_str_eq(messages->str, delivery->messages);
    close(fds[0]);
}

START_TEST(what_is_wanted_is_heard_whole_however_small_the_reads)
{
    static const gsize sizes[] = {0, 1, 7, 4096};

    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
        compare(&deliveries[_i], sizes[i]);
}
END_TEST

START_TEST(a_session_is_told_that_the_other_side_hung_up)
{
    const MailsimWireObserver observer = {0};
    int fds[2];
    g_autoptr(DestExample) host = dest_example_new(dest_example_find_service("may"));
    MailsimWireOptions options = {.observer = &observer};
    g_autoptr(MailsimWire) wire = NULL;

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    options.fd = fds[1];
    options.session = dest_example_listen(host);
    wire = mailsim_wire_new(&options);
    mailsim_wire_begin(wire);
    ck_assert(!mailsim_wire_is_over(wire));
    ck_assert_str_eq(mailsim_wire_waits_for(wire), "command");
    close(fds[0]);
    mailsim_wire_read(wire);
    ck_assert(mailsim_wire_is_over(wire));
    ck_assert_str_eq(mailsim_wire_waits_for(wire), "nothing");
}
END_TEST

/* A socket that gave all it had is not asked whether it ends: the next reading finds out. */
START_TEST(what_came_before_the_end_is_heard_first)
{
    static const gsize sizes[] = {0, 1, 4, 6};
    const MailsimWireObserver observer = {0};
    int fds[2];
    g_autoptr(DestExample) host = dest_example_new(dest_example_find_service("may"));
    MailsimWireOptions options = {.read_max_bytes = sizes[_i], .observer = &observer};
    g_autoptr(MailsimWire) wire = NULL;
    g_autofree char *greeting = NULL;
    g_autofree char *reply = NULL;

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    options.fd = fds[1];
    options.session = dest_example_listen(host);
    wire = mailsim_wire_new(&options);
    mailsim_wire_begin(wire);
    flush(wire);
    greeting = read_all(fds[0]);
    ck_assert_int_eq(write(fds[0], "NOOP\r\n", 6), 6);
    ck_assert_int_eq(shutdown(fds[0], SHUT_WR), 0);
    mailsim_wire_read(wire);
    flush(wire);
    reply = read_all(fds[0]);
    ck_assert_str_eq(reply, "250 2.0.0 Ok\r\n");
    mailsim_wire_read(wire);
    ck_assert(mailsim_wire_is_over(wire));
    close(fds[0]);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("wire");
    TCase *tcase = tcase_create("socketpair");

    tcase_add_loop_test(tcase, what_is_wanted_is_heard_whole_however_small_the_reads, 0,
                        G_N_ELEMENTS(deliveries));
    tcase_add_loop_test(tcase, what_came_before_the_end_is_heard_first, 0, 4);
    tcase_add_test(tcase, a_session_is_told_that_the_other_side_hung_up);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
