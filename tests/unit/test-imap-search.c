/* SPDX-License-Identifier: MIT
 *
 * SEARCH by itself: long programs, messages that are gone, keywords that it makes known. What
 * it finds, and what it says to what is wrong, is replayed (recorded/imap/search.txt and
 * search-more.txt). */
#include "../../sim/session/imap/imap-search-private.h"

#include <string.h>

#include "../support/run-suite.h"

/* Four messages: seen, flagged, both, neither. */
typedef struct {
    MailsimMailStore *store;
    MailsimMailbox *inbox;
    MailsimMailboxView *view;
    MailsimImapSearch *search;
    char *problem;
    gboolean complete;
} Search;

static void
set_up(Search *search)
{
    static const guint flags[] = {
        MAILSIM_MESSAGE_SEEN,
        MAILSIM_MESSAGE_FLAGGED,
        MAILSIM_MESSAGE_SEEN | MAILSIM_MESSAGE_FLAGGED,
        0,
    };

    *search = (Search){.store = mailsim_mail_store_new(MAILSIM_LAYOUT_MAILDIR, 1000)};
    search->inbox = mailsim_mail_store_find(search->store, "INBOX");
    for (guint i = 0; i < G_N_ELEMENTS(flags); i++) {
        g_autoptr(GBytes) content = g_bytes_new_static("Subject: a\n\nb\n", 14);
        const MailsimFlagSet set = {.flags = flags[i]};

        mailsim_mailbox_append(search->inbox, NULL, content, &set, 0);
    }
    search->view = mailsim_mailbox_view_new(search->inbox, FALSE);
}

static void
tear_down(Search *search)
{
    mailsim_imap_search_free(search->search);
    mailsim_mailbox_view_free(search->view);
    mailsim_mail_store_free(search->store);
    g_free(search->problem);
}

/* “1 3”; NULL: there is a problem. */
static char *
find(Search *search, const char *program)
{
    g_autofree char *text = g_strdup_printf("a SEARCH %s", program);
    g_auto(MailsimImapCommand) command = {0};
    g_autoptr(GString) out = g_string_new(NULL);

    mailsim_imap_command_parse(text, strlen(text), 10, &command);
    ck_assert_ptr_null(command.problem);
    g_clear_pointer(&search->search, mailsim_imap_search_free);
    g_clear_pointer(&search->problem, g_free);
    if (mailsim_imap_search_parse(command.arguments, 0, search->view, &search->search,
                                  &search->problem) != MAILSIM_IMAP_SEARCH_OK)
        return NULL;
    search->complete = TRUE;
    for (guint number = 1; number <= mailsim_mailbox_view_count(search->view); number++) {
        switch (mailsim_imap_search_judge(search->search, search->view, number)) {
        case MAILSIM_IMAP_SEARCH_YES:
            g_string_append_printf(out, "%s%u", out->len > 0 ? " " : "", number);
            break;
        case MAILSIM_IMAP_SEARCH_UNKNOWN:
            search->complete = FALSE;
            break;
        case MAILSIM_IMAP_SEARCH_MISS:
            break;
        }
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static void
check(Search *search, const char *program, const char *expected)
{
    g_autofree char *found = find(search, program);

    ck_assert_str_eq(found, expected);
}

START_TEST(keys_are_joined_as_they_stand)
{
    Search search;

    set_up(&search);
    check(&search, "NOT (SEEN FLAGGED)", "1 2 4");
    check(&search, "OR SEEN OR FLAGGED 4", "1 2 3 4");
    check(&search, "OR (SEEN NOT FLAGGED) (FLAGGED NOT SEEN)", "1 2");
    check(&search, "NOT OR SEEN FLAGGED", "4");
    check(&search, "OR NOT SEEN NOT FLAGGED BODY b", "1 2 4");
    check(&search, "NOT NOT SEEN NOT BODY c", "1 3");
    tear_down(&search);
}
END_TEST

START_TEST(a_program_may_be_long)
{
    Search search;
    g_autoptr(GString) not = g_string_new(NULL);
    g_autoptr(GString) or = g_string_new(NULL);

    for (guint i = 0; i < 100001; i++)
        g_string_append(not, "NOT ");
    g_string_append(not, "SEEN");
    for (guint i = 0; i < 100000; i++)
        g_string_append(or, "OR ");
    for (guint i = 0; i < 100001; i++)
        g_string_append(or, "SEEN ");
    set_up(&search);
    check(&search, not ->str, "2 4");
    check(&search, or->str, "1 3");
    g_string_append(or, "OR SEEN");
    ck_assert_ptr_null(find(&search, or->str));
    ck_assert_str_eq(search.problem, "Missing argument");
    tear_down(&search);
}
END_TEST

START_TEST(what_is_gone_is_found_without_being_opened)
{
    Search search;
    g_autoptr(GPtrArray) gone = g_ptr_array_new();

    set_up(&search);
    g_ptr_array_add(gone, mailsim_mailbox_view_get(search.view, 1));
    mailsim_mailbox_expunge(search.inbox, gone);
    check(&search, "SEEN", "1 3");
    ck_assert(search.complete);
    check(&search, "BODY b", "2 3 4");
    ck_assert(!search.complete);
    check(&search, "NOT BODY c", "2 3 4");
    ck_assert(!search.complete);
    check(&search, "OR SEEN BODY b", "1 2 3 4");
    ck_assert(search.complete);
    check(&search, "UNSEEN BODY b", "2 4");
    ck_assert(search.complete);
    tear_down(&search);
}
END_TEST

START_TEST(keywords_become_known_if_they_can_be_some)
{
    Search search;
    const GPtrArray *keywords;

    set_up(&search);
    check(&search, "KEYWORD $Work UNKEYWORD \"a b\" OR KEYWORD \\Seen UNKEYWORD x", "");
    keywords = mailsim_imap_search_get_keywords(search.search);
    ck_assert_uint_eq(keywords->len, 2);
    ck_assert_str_eq(g_ptr_array_index(keywords, 0), "$Work");
    ck_assert_str_eq(g_ptr_array_index(keywords, 1), "x");
    tear_down(&search);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("imap-search");
    TCase *tcase = tcase_create("imap-search");

    tcase_add_test(tcase, keys_are_joined_as_they_stand);
    tcase_add_test(tcase, a_program_may_be_long);
    tcase_add_test(tcase, what_is_gone_is_found_without_being_opened);
    tcase_add_test(tcase, keywords_become_known_if_they_can_be_some);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
