/* SPDX-License-Identifier: MIT
 *
 * The party of events: one copy of its name, however many events it has. */
#include <mailsim/recording/event.h>

#include "../support/run-suite.h"

START_TEST(events_of_a_party_share_its_name)
{
    g_autofree char *name = g_strdup("mail");
    MailsimEvent *first = mailsim_event_new(MAILSIM_EVENT_CONNECTED);
    MailsimEvent *second = mailsim_event_new(MAILSIM_EVENT_CLOSED);

    mailsim_event_set_party(first, name);
    name[0] = 'M'; /* the caller's own is not kept */
    ck_assert_str_eq(first->party, "mail");
    mailsim_event_set_party(second, "mail");
    ck_assert_ptr_eq(first->party, second->party);
    mailsim_event_free(first);
    ck_assert_str_eq(second->party, "mail");
    mailsim_event_set_party(second, second->party);
    ck_assert_str_eq(second->party, "mail");
    mailsim_event_set_party(second, "laptop");
    ck_assert_str_eq(second->party, "laptop");
    mailsim_event_set_party(second, NULL);
    ck_assert_ptr_null(second->party);
    mailsim_event_free(second);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("event");
    TCase *tcase = tcase_create("party");

    tcase_add_test(tcase, events_of_a_party_share_its_name);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
