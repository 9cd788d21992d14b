/* SPDX-License-Identifier: MIT
 *
 * Mailboxes, and what two sessions that look at one see of each other's changes. */
#include <mailsim/store/mail-store.h>

#include <string.h>

#include "../support/run-suite.h"

static guint
append(MailsimMailbox *mailbox, const char *text)
{
    g_autoptr(GBytes) content = g_bytes_new(text, strlen(text));

    return mailsim_mailbox_append(mailbox, NULL, content, NULL, 0);
}

/* ---- what a look tells ------------------------------------------------------------------- */

static void
note_expunged(gpointer data, guint number)
{
    g_string_append_printf(data, "-%u ", number);
}

static void
note_arrived(gpointer data, guint n_messages, guint n_recent)
{
    g_string_append_printf(data, "+%u(%u) ", n_messages, n_recent);
}

static void
note_changed(gpointer data, guint number)
{
    g_string_append_printf(data, "~%u ", number);
}

static void
check_news(MailsimMailboxView *view, gboolean may_expunge, const char *expected)
{
    static const MailsimMailboxNews news = {note_expunged, note_arrived, note_changed};
    g_autoptr(GString) seen = g_string_new(NULL);

    mailsim_mailbox_view_look(view, may_expunge, &news, seen);
    ck_assert_str_eq(seen->str, expected);
}

START_TEST(a_message_has_a_uid_that_is_never_given_twice)
{
    g_autoptr(MailsimMailStore) store = mailsim_mail_store_new(MAILSIM_LAYOUT_MAILDIR, 1000);
    MailsimMailbox *inbox = mailsim_mail_store_find(store, "inbox");
    const GPtrArray *messages = mailsim_mailbox_get_messages(inbox);

    ck_assert_uint_eq(append(inbox, "a\n"), 1);
    ck_assert_uint_eq(append(inbox, "b\n"), 2);
    mailsim_mailbox_expunge(inbox, g_ptr_array_index(messages, 1));
    ck_assert_uint_eq(append(inbox, "c\nd\n"), 3);
    ck_assert_uint_eq(messages->len, 2);
    ck_assert_uint_eq(((MailsimStoredMessage *)g_ptr_array_index(messages, 1))->size, 6);
    ck_assert_uint_eq(mailsim_mailbox_get_uid_validity(inbox), 1000);
    ck_assert_uint_eq(mailsim_mailbox_get_uid_next(inbox), 4);
}
END_TEST

START_TEST(two_views_see_each_other_s_changes_when_they_look)
{
    g_autoptr(MailsimMailStore) store = mailsim_mail_store_new(MAILSIM_LAYOUT_MAILDIR, 1);
    MailsimMailbox *inbox = mailsim_mail_store_find(store, "INBOX");
    const MailsimFlagSet seen = {.flags = MAILSIM_MESSAGE_SEEN};
    g_autoptr(MailsimMailboxView) one = NULL;
    g_autoptr(MailsimMailboxView) other = NULL;

    append(inbox, "a\n");
    append(inbox, "b\n");
    append(inbox, "c\n");
    one = mailsim_mailbox_view_new(inbox, FALSE);
    other = mailsim_mailbox_view_new(inbox, FALSE);
    ck_assert_uint_eq(mailsim_mailbox_view_count_recent(one), 3);
    ck_assert_uint_eq(mailsim_mailbox_view_count_recent(other), 0);

    mailsim_mailbox_set_flags(inbox, mailsim_mailbox_view_get(one, 2), &seen);
    mailsim_mailbox_view_forget_change(one, 2);
    check_news(one, TRUE, "");
    mailsim_mailbox_expunge(inbox, mailsim_mailbox_view_get(one, 1));
    append(inbox, "d\n");
    check_news(one, TRUE, "-1 +3(3) ");

    ck_assert(mailsim_mailbox_view_is_gone(other, 1));
    check_news(other, FALSE, "~2 +4(0) ");
    check_news(other, TRUE, "-1 ");
    check_news(other, TRUE, "");
    ck_assert_uint_eq(mailsim_mailbox_view_find(other, 4), 3);
    ck_assert_uint_eq(mailsim_mailbox_view_find(other, 1), 0);
}
END_TEST

START_TEST(who_examines_leaves_recent_to_the_next)
{
    g_autoptr(MailsimMailStore) store = mailsim_mail_store_new(MAILSIM_LAYOUT_MAILDIR, 1);
    MailsimMailbox *inbox = mailsim_mail_store_find(store, "INBOX");
    g_autoptr(MailsimMailboxView) examined = NULL;
    g_autoptr(MailsimMailboxView) selected = NULL;

    append(inbox, "a\n");
    ck_assert_uint_eq(mailsim_mailbox_count_recent(inbox), 1);
    examined = mailsim_mailbox_view_new(inbox, TRUE);
    ck_assert(mailsim_mailbox_view_is_recent(examined, 1));
    selected = mailsim_mailbox_view_new(inbox, FALSE);
    ck_assert(mailsim_mailbox_view_is_recent(selected, 1));
    ck_assert_uint_eq(mailsim_mailbox_count_recent(inbox), 0);
}
END_TEST

START_TEST(mailboxes_are_found_created_renamed_and_deleted)
{
    g_autoptr(MailsimMailStore) store = mailsim_mail_store_new(MAILSIM_LAYOUT_MAILDIR, 7);
    MailsimMailbox *work = mailsim_mail_store_create(store, "Work");
    MailsimMailbox *below = mailsim_mail_store_create(store, "Work.2026");
    g_autoptr(MailsimMailboxView) view = NULL;

    ck_assert_ptr_nonnull(work);
    ck_assert_ptr_null(mailsim_mail_store_create(store, "Work"));
    ck_assert_ptr_null(mailsim_mail_store_create(store, "iNbOx"));
    ck_assert_ptr_null(mailsim_mail_store_find(store, "work"));
    ck_assert_str_eq(mailsim_mailbox_get_name(mailsim_mail_store_create(store, "inbox.Spam")),
                     "INBOX.Spam");
    ck_assert(!mailsim_mail_store_rename(store, work, "INBOX"));
    ck_assert(mailsim_mail_store_rename(store, work, "Old"));
    ck_assert_str_eq(mailsim_mailbox_get_name(below), "Old.2026");

    append(below, "a\n");
    view = mailsim_mailbox_view_new(below, FALSE);
    mailsim_mail_store_delete(store, below);
    ck_assert_ptr_null(mailsim_mail_store_find(store, "Old.2026"));
    check_news(view, TRUE, "-1 ");
    ck_assert_uint_eq(mailsim_mail_store_list(store)->len, 3);
}
END_TEST

START_TEST(subscriptions_are_names)
{
    g_autoptr(MailsimMailStore) store = mailsim_mail_store_new(MAILSIM_LAYOUT_MAILDIR, 7);

    mailsim_mail_store_subscribe(store, "Nothing");
    mailsim_mail_store_subscribe(store, "inbox");
    mailsim_mail_store_subscribe(store, "INBOX");
    ck_assert_uint_eq(mailsim_mail_store_get_subscriptions(store)->len, 2);
    ck_assert_str_eq(g_ptr_array_index(mailsim_mail_store_get_subscriptions(store), 0),
                     "INBOX");
    ck_assert(mailsim_mail_store_unsubscribe(store, "Nothing"));
    ck_assert(!mailsim_mail_store_unsubscribe(store, "Nothing"));
}
END_TEST

START_TEST(keywords_do_not_tell_capitals_apart)
{
    g_autoptr(GPtrArray) keywords = g_ptr_array_new();
    const MailsimFlagSet set = {.keywords = keywords};
    g_auto(MailsimFlagSet) copy = {0};

    g_ptr_array_add(keywords, (gpointer) "$Forwarded");
    mailsim_flag_set_copy(&set, &copy);
    ck_assert(mailsim_flag_set_has(&copy, "$FORWARDED"));
    ck_assert(!mailsim_flag_set_has(&copy, "Junk"));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("mail-store");
    TCase *tcase = tcase_create("mail-store");

    tcase_add_test(tcase, a_message_has_a_uid_that_is_never_given_twice);
    tcase_add_test(tcase, two_views_see_each_other_s_changes_when_they_look);
    tcase_add_test(tcase, who_examines_leaves_recent_to_the_next);
    tcase_add_test(tcase, mailboxes_are_found_created_renamed_and_deleted);
    tcase_add_test(tcase, subscriptions_are_names);
    tcase_add_test(tcase, keywords_do_not_tell_capitals_apart);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
