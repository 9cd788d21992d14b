/* SPDX-License-Identifier: MIT
 *
 * Mailboxes, and what two sessions that look at one see of each other's changes. */
#include <mailsim/store/mail-store.h>

#include <string.h>

#include <mailsim/base/limits.h>

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
note_changed(gpointer data, guint number)
{
    g_string_append_printf(data, "~%u ", number);
}

#define ALL (MAILSIM_LOOK_EXPUNGES | MAILSIM_LOOK_DELIVERIES)

/* Then follow how many there are, and how many are recent. */
static void
check_news(MailsimMailboxView *view, guint look, const char *expected)
{
    static const MailsimMailboxNews news = {note_changed, note_expunged};
    g_autoptr(GString) seen = g_string_new(NULL);

    mailsim_mailbox_view_look(view, look, &news, seen);
    g_string_append_printf(seen, "%u(%u)", mailsim_mailbox_view_count(view),
                           mailsim_mailbox_view_count_recent(view));
    ck_assert_str_eq(seen->str, expected);
}

static void
expunge(MailsimMailbox *mailbox, guint uid)
{
    const GPtrArray *messages = mailsim_mailbox_get_messages(mailbox);
    g_autoptr(GPtrArray) gone = g_ptr_array_new();

    for (guint i = 0; i < messages->len; i++) {
        if (((MailsimStoredMessage *)messages->pdata[i])->uid == uid)
            g_ptr_array_add(gone, messages->pdata[i]);
    }
    ck_assert_uint_eq(gone->len, 1);
    mailsim_mailbox_expunge(mailbox, gone);
}

START_TEST(a_message_has_a_uid_that_is_never_given_twice)
{
    g_autoptr(MailsimMailStore) store = mailsim_mail_store_new(MAILSIM_LAYOUT_MAILDIR, 1000);
    MailsimMailbox *inbox = mailsim_mail_store_find(store, "inbox");
    const GPtrArray *messages = mailsim_mailbox_get_messages(inbox);

    ck_assert_uint_eq(append(inbox, "a\n"), 1);
    ck_assert_uint_eq(append(inbox, "b\n"), 2);
    expunge(inbox, 2);
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
    const MailsimFlagSet draft = {.flags = MAILSIM_MESSAGE_DRAFT};
    g_autoptr(MailsimMailboxView) one = NULL;
    g_autoptr(MailsimMailboxView) other = NULL;

    append(inbox, "a\n");
    append(inbox, "b\n");
    append(inbox, "c\n");
    one = mailsim_mailbox_view_new(inbox, FALSE);
    other = mailsim_mailbox_view_new(inbox, FALSE);
    check_news(one, ALL, "3(3)");
    check_news(other, ALL, "3(0)");

    mailsim_mailbox_view_set_flags(one, 2, &seen, TRUE);
    mailsim_mailbox_view_set_flags(one, 3, &seen, FALSE);
    ck_assert_uint_eq(mailsim_mailbox_view_get_known_flags(other, 2)->flags, 0);
    check_news(one, ALL, "~3 3(3)");
    expunge(inbox, 1);
    expunge(inbox, 3);
    ck_assert(mailsim_mailbox_view_is_gone(other, 1));
    check_news(one, ALL, "-3 -1 1(1)");

    check_news(other, 0, "~2 ~3 3(0)");
    ck_assert_uint_eq(mailsim_mailbox_view_get_known_flags(other, 2)->flags,
                      MAILSIM_MESSAGE_SEEN);
    mailsim_mailbox_view_set_flags(one, 1, &draft, TRUE);
    mailsim_mailbox_view_set_flags(other, 2, &seen, TRUE);
    check_news(other, ALL, "~2 -3 -1 1(0)");
    check_news(other, ALL, "1(0)");
    ck_assert_uint_eq(mailsim_mailbox_view_get(other, 1)->uid, 2);
    ck_assert_uint_eq(mailsim_mailbox_view_find_from(other, 2), 1);
    ck_assert_uint_eq(mailsim_mailbox_view_find_from(other, 1), 1);
    ck_assert_uint_eq(mailsim_mailbox_view_find_from(other, 3), 2);
}
END_TEST

START_TEST(what_is_delivered_waits_until_a_session_comes_upon_it)
{
    g_autoptr(MailsimMailStore) store = mailsim_mail_store_new(MAILSIM_LAYOUT_MAILDIR, 1);
    MailsimMailbox *inbox = mailsim_mail_store_find(store, "INBOX");
    g_autoptr(MailsimMailboxView) one = mailsim_mailbox_view_new(inbox, FALSE);
    g_autoptr(MailsimMailboxView) other = mailsim_mailbox_view_new(inbox, FALSE);

    append(inbox, "a\n");
    check_news(one, MAILSIM_LOOK_EXPUNGES, "0(0)");
    check_news(other, MAILSIM_LOOK_DELIVERIES, "1(1)");
    check_news(one, 0, "1(0)");
    append(inbox, "b\n");
    mailsim_mailbox_come_upon(inbox);
    check_news(one, 0, "2(1)");
    check_news(other, 0, "2(1)");
    ck_assert_uint_eq(mailsim_mailbox_view_get_uid_next(other), 3);
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
    ck_assert(mailsim_mail_store_has_below(store, "Inbox"));
    append(below, "a\n");
    view = mailsim_mailbox_view_new(below, FALSE);
    ck_assert(!mailsim_mail_store_rename(store, "Work", "INBOX"));
    ck_assert(!mailsim_mail_store_rename(store, "Nothing", "Old"));
    ck_assert(!mailsim_mailbox_view_is_lost(view));
    ck_assert(mailsim_mail_store_rename(store, "Work", "Old"));
    ck_assert_str_eq(mailsim_mailbox_get_name(below), "Old.2026");
    ck_assert(mailsim_mailbox_view_is_lost(view));
    ck_assert_ptr_eq(mailsim_mail_store_find(store, "Old"), work);

    mailsim_mail_store_delete(store, below);
    ck_assert_ptr_null(mailsim_mail_store_find(store, "Old.2026"));
    check_news(view, ALL, "-1 0(0)");
    ck_assert_uint_eq(mailsim_mail_store_list(store)->len, 3);
    ck_assert(!mailsim_mail_store_has_below(store, "Old"));
}
END_TEST

START_TEST(a_deleted_mailbox_is_remembered_while_there_are_some_below_it)
{
    g_autoptr(MailsimMailStore) store = mailsim_mail_store_new(MAILSIM_LAYOUT_MAILDIR, 7);

    mailsim_mail_store_create(store, "a");
    mailsim_mail_store_create(store, "a.b");
    mailsim_mail_store_delete(store, mailsim_mail_store_find(store, "a"));
    ck_assert(mailsim_mail_store_has_folder(store, "a"));
    mailsim_mail_store_delete(store, mailsim_mail_store_find(store, "a.b"));
    ck_assert_uint_eq(mailsim_mail_store_list_folders(store)->len, 0);
}
END_TEST

START_TEST(an_mbox_has_folders)
{
    g_autoptr(MailsimMailStore) store = mailsim_mail_store_new(MAILSIM_LAYOUT_MBOX, 7);

    mailsim_mail_store_create(store, "a/b/c");
    ck_assert(mailsim_mail_store_has_folder(store, "a"));
    ck_assert(mailsim_mail_store_has_folder(store, "a/b"));
    ck_assert(!mailsim_mail_store_create_folder(store, "a"));
    ck_assert(mailsim_mail_store_create_folder(store, "d"));
    ck_assert(!mailsim_mail_store_rename(store, "a", "d"));
    ck_assert(mailsim_mail_store_rename(store, "a", "e"));
    ck_assert(mailsim_mail_store_has_folder(store, "e/b"));
    ck_assert_ptr_nonnull(mailsim_mail_store_find(store, "e/b/c"));
    mailsim_mail_store_delete(store, mailsim_mail_store_find(store, "e/b/c"));
    ck_assert(mailsim_mail_store_has_folder(store, "e/b"));
    mailsim_mail_store_delete_folder(store, "e/b");
    ck_assert_uint_eq(mailsim_mail_store_list_folders(store)->len, 2);
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
    g_autoptr(MailsimMailStore) store = mailsim_mail_store_new(MAILSIM_LAYOUT_MAILDIR, 7);
    MailsimMailbox *inbox = mailsim_mail_store_find(store, "INBOX");
    g_autoptr(GPtrArray) keywords = g_ptr_array_new();
    const MailsimFlagSet set = {.keywords = keywords};
    g_autoptr(MailsimMailboxView) view = NULL;
    const MailsimFlagSet *flags;

    append(inbox, "a\n");
    view = mailsim_mailbox_view_new(inbox, FALSE);
    ck_assert_str_eq(mailsim_mailbox_add_keyword(inbox, "$Forwarded"), "$Forwarded");
    ck_assert_str_eq(mailsim_mailbox_add_keyword(inbox, "Junk"), "Junk");
    ck_assert_str_eq(mailsim_mailbox_add_keyword(inbox, "JUNK"), "Junk");
    g_ptr_array_add(keywords, (gpointer) "other");
    g_ptr_array_add(keywords, (gpointer) "junk");
    g_ptr_array_add(keywords, (gpointer) "JUNK");
    mailsim_mailbox_view_set_flags(view, 1, &set, TRUE);
    flags = mailsim_mailbox_view_get_known_flags(view, 1);
    ck_assert_uint_eq(flags->keywords->len, 2);
    ck_assert_str_eq(g_ptr_array_index(flags->keywords, 0), "Junk");
    ck_assert_str_eq(g_ptr_array_index(flags->keywords, 1), "other");
    ck_assert(mailsim_flag_set_has(flags, "OTHER"));
    ck_assert(!mailsim_flag_set_has(flags, "$Forwarded"));
    ck_assert_uint_eq(mailsim_mailbox_get_keywords(inbox)->len, 3);
}
END_TEST

START_TEST(who_makes_too_many_is_refused)
{
    g_autoptr(MailsimMailStore) store = mailsim_mail_store_new(MAILSIM_LAYOUT_MAILDIR, 7);
    MailsimMailbox *inbox = mailsim_mail_store_find(store, "INBOX");

    for (guint i = 1; i < MAILSIM_MAILBOXES_MAX; i++) {
        g_autofree char *name = g_strdup_printf("box%u", i);

        ck_assert_ptr_nonnull(mailsim_mail_store_create(store, name));
    }
    ck_assert_ptr_null(mailsim_mail_store_create(store, "one more"));
    for (guint i = 0; i < MAILSIM_KEYWORDS_MAX; i++) {
        g_autofree char *keyword = g_strdup_printf("k%u", i);

        ck_assert_ptr_nonnull(mailsim_mailbox_add_keyword(inbox, keyword));
    }
    ck_assert_ptr_null(mailsim_mailbox_add_keyword(inbox, "one-more"));
    ck_assert_str_eq(mailsim_mailbox_add_keyword(inbox, "K1"), "k1");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("mail-store");
    TCase *tcase = tcase_create("mail-store");

    tcase_add_test(tcase, a_message_has_a_uid_that_is_never_given_twice);
    tcase_add_test(tcase, two_views_see_each_other_s_changes_when_they_look);
    tcase_add_test(tcase, what_is_delivered_waits_until_a_session_comes_upon_it);
    tcase_add_test(tcase, who_examines_leaves_recent_to_the_next);
    tcase_add_test(tcase, mailboxes_are_found_created_renamed_and_deleted);
    tcase_add_test(tcase, a_deleted_mailbox_is_remembered_while_there_are_some_below_it);
    tcase_add_test(tcase, an_mbox_has_folders);
    tcase_add_test(tcase, subscriptions_are_names);
    tcase_add_test(tcase, keywords_do_not_tell_capitals_apart);
    tcase_add_test(tcase, who_makes_too_many_is_refused);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
