/* SPDX-License-Identifier: MIT
 *
 * FETCH's items by themselves: what is counted, what marks a message, and one that is gone.
 * What is said of messages is replayed (recorded/imap/fetch.txt, fetch-more.txt,
 * structure.txt). */
#include "../../sim/session/imap/imap-fetch-items-private.h"

#include <string.h>

#include "../support/run-suite.h"

#define MESSAGE "From: ana@x.example\r\n\r\ntext\r\n"

typedef struct {
    MailsimMailStore *store;
    MailsimMailbox *inbox;
    MailsimMailboxView *view;
    MailsimImapFetchCounters counters;
    GString *said;
    char *problem;
} Fetch;

static void
set_up(Fetch *fetch)
{
    g_autoptr(GBytes) content = g_bytes_new_static(MESSAGE, strlen(MESSAGE));

    *fetch = (Fetch){.store = mailsim_mail_store_new(MAILSIM_LAYOUT_MAILDIR, 1000)};
    fetch->inbox = mailsim_mail_store_find(fetch->store, "INBOX");
    mailsim_mailbox_append(fetch->inbox, NULL, content, NULL, 0);
    fetch->view = mailsim_mailbox_view_new(fetch->inbox, FALSE);
    fetch->said = g_string_new(NULL);
}

static void
tear_down(Fetch *fetch)
{
    mailsim_mailbox_view_free(fetch->view);
    mailsim_mail_store_free(fetch->store);
    g_string_free(fetch->said, TRUE);
    g_free(fetch->problem);
}

/* FALSE: the message was gone. */
static gboolean
ask(Fetch *fetch, const char *items, gboolean may_mark)
{
    g_autofree char *text = g_strdup_printf("a FETCH 1 %s", items);
    g_auto(MailsimImapCommand) command = {0};
    g_autoptr(MailsimImapFetchItems) parsed = NULL;

    mailsim_imap_command_parse(text, strlen(text), 10, &command);
    ck_assert(mailsim_imap_fetch_is_well_formed(command.arguments, 0));
    g_string_truncate(fetch->said, 0);
    parsed = mailsim_imap_fetch_items_parse(command.arguments, 0, FALSE, &fetch->problem);
    if (parsed == NULL)
        return FALSE;
    mailsim_imap_fetch_items_begin(parsed, fetch->view, 1, may_mark, fetch->said);
    while (
        mailsim_imap_fetch_items_continue(parsed, fetch->view, &fetch->counters, fetch->said))
        ;
    return !mailsim_imap_fetch_items_missed(parsed);
}

START_TEST(headers_and_texts_are_counted_apart)
{
    Fetch fetch;

    set_up(&fetch);
    ck_assert(ask(&fetch, "(BODY.PEEK[] BODY.PEEK[HEADER]<2.5> RFC822.HEADER)", TRUE));
    ck_assert(ask(&fetch, "(ENVELOPE BODYSTRUCTURE BODY.PEEK[1.MIME] BODY.PEEK[7])", TRUE));
    ck_assert_uint_eq(fetch.counters.hdr_count, 2);
    ck_assert_uint_eq(fetch.counters.hdr_bytes, 5 + 23);
    ck_assert_uint_eq(fetch.counters.body_count, 3);
    ck_assert_uint_eq(fetch.counters.body_bytes, 29 + 23 + 0);
    tear_down(&fetch);
}
END_TEST

START_TEST(what_may_not_be_marked_stays_unseen)
{
    Fetch fetch;

    set_up(&fetch);
    ck_assert(ask(&fetch, "BODY[TEXT]", FALSE));
    ck_assert_str_eq(fetch.said->str, "* 1 FETCH (BODY[TEXT] {6}\r\ntext\r\n)\r\n");
    ck_assert(ask(&fetch, "BODY[TEXT]", TRUE));
    ck_assert_str_eq(fetch.said->str,
                     "* 1 FETCH (FLAGS (\\Seen \\Recent) BODY[TEXT] {6}\r\ntext\r\n)\r\n");
    ck_assert(ask(&fetch, "BODY[TEXT]", TRUE));
    ck_assert_str_eq(fetch.said->str, "* 1 FETCH (BODY[TEXT] {6}\r\ntext\r\n)\r\n");
    tear_down(&fetch);
}
END_TEST

START_TEST(of_a_message_that_is_gone_only_what_is_known_is_said)
{
    Fetch fetch;

    set_up(&fetch);
    mailsim_mailbox_expunge(fetch.inbox, mailsim_mailbox_get_messages(fetch.inbox));
    ck_assert(ask(&fetch, "(UID FLAGS)", TRUE));
    ck_assert_str_eq(fetch.said->str, "* 1 FETCH (UID 1 FLAGS (\\Recent))\r\n");
    ck_assert(!ask(&fetch, "(UID RFC822.SIZE BODY.PEEK[])", TRUE));
    ck_assert_str_eq(fetch.said->str, "* 1 FETCH (UID 1 RFC822.SIZE 0 BODY[] NIL)\r\n");
    ck_assert_uint_eq(fetch.counters.body_count, 0);
    tear_down(&fetch);
}
END_TEST

START_TEST(what_is_unknown_is_named)
{
    Fetch fetch;

    set_up(&fetch);
    ck_assert(!ask(&fetch, "(UID preview)", TRUE));
    ck_assert_str_eq(fetch.problem, "Unknown parameter: PREVIEW");
    ck_assert_str_eq(fetch.said->str, "");
    tear_down(&fetch);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("imap-fetch-items");
    TCase *tcase = tcase_create("imap-fetch-items");

    tcase_add_test(tcase, headers_and_texts_are_counted_apart);
    tcase_add_test(tcase, what_may_not_be_marked_stays_unseen);
    tcase_add_test(tcase, of_a_message_that_is_gone_only_what_is_known_is_said);
    tcase_add_test(tcase, what_is_unknown_is_named);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
