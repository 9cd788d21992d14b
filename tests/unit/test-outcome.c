/* SPDX-License-Identifier: MIT
 *
 * What becomes of a message, told from what hosts write down about its recipients. */
#include <string.h>

#include "outcome-private.h"

#include "../support/run-suite.h"

/* Lines of “party queue_id recipient[<original] word”: a status (“delivered” is “sent” into a
 * mailbox) or, with “-” for the recipient, what a queue manager did; “#2” before them: of that
 * message, not of 1. */
static void
write_line(MailsimRecording *recording, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    const guint at = words[0][0] == '#' ? 1 : 0;
    const guint message = at == 1 ? (guint)(words[0][1] - '0') : 1;
    const gboolean acted = g_str_equal(words[at + 2], "-");
    const char *word = words[at + 3];
    MailsimEvent *event = mailsim_event_new(acted ? MAILSIM_EVENT_QUEUE : MAILSIM_EVENT_STATUS);
    g_auto(GStrv) addresses = g_strsplit(words[at + 2], "<", 2);

    mailsim_event_set_party(event, words[at]);
    if (acted) {
        event->queue.queue_id = g_strdup(words[at + 1]);
        event->queue.message = message;
        event->queue.action = g_strdup(word);
    } else {
        event->status.queue_id = g_strdup(words[at + 1]);
        event->status.message = message;
        event->status.recipient = g_strdup(addresses[0]);
        event->status.original = g_strdup(addresses[1]);
        event->status.delivered = g_str_equal(word, "delivered");
        event->status.status = g_strdup(event->status.delivered ? "sent" : word);
        event->status.reason = g_strdup(line);
    }
    mailsim_recording_take_event(recording, event);
}

static MailsimRecording *
write_story(const char *story)
{
    MailsimRecording *recording = mailsim_recording_new();
    g_auto(GStrv) lines = g_strsplit(story, "\n", -1);

    mailsim_recording_add_step(recording);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (*lines[i] != '\0')
            write_line(recording, lines[i]);
    }
    return recording;
}

typedef struct {
    const char *description;
    const char *story;
    const char *to; /* several are separated by a blank */
    const char *outcome;
} Case;

/* clang-format off */
static const Case cases[] = {
    {.description = "nothing was said: no conversation",
     .story = "", .to = "a@x", .outcome = "failed"},
    {.description = "sent on, and the next host tells more",
     .story = "pc - a@x sent\nx Q a@x delivered\nmail Q a@x sent\n", .to = "a@x",
     .outcome = "delivered"},
    {.description = "sent on, and deferred there",
     .story = "mail Q a@x sent\nx Q a@x deferred\n", .to = "a@x", .outcome = "deferred"},
    {.description = "sent on, and returned there, which is told before the reply is heard",
     .story = "x Q a@x bounced\nmail Q a@x sent\n", .to = "a@x", .outcome = "bounced"},
    {.description = "capitals are no others",
     .story = "mail Q Ana@X delivered\n", .to = "ana@x", .outcome = "delivered"},
    {.description = "the program was told no, which is worse than what came back",
     .story = "pc - a@x rejected\nmail Q b@x bounced\n", .to = "a@x b@x",
     .outcome = "rejected"},
    {.description = "one recipient has heard nothing",
     .story = "mail Q a@x delivered\n", .to = "a@x b@x", .outcome = "failed"},
    {.description = "another message does not count, not even to the same recipient",
     .story = "mail Q a@x delivered\n#2 mail R a@x bounced\n", .to = "a@x",
     .outcome = "delivered"},
    {.description = "deferred, then delivered",
     .story = "mail Q a@x deferred\nmail Q - deferred\nmail Q - retried\nmail Q a@x delivered\n",
     .to = "a@x", .outcome = "delivered"},
    {.description = "deferred until the time was up",
     .story = "mail Q a@x deferred\nmail Q - deferred\nmail Q - retried\nmail Q a@x deferred\n"
              "mail Q - expired\nmail Q - removed\n",
     .to = "a@x", .outcome = "bounced"},
    {.description = "the time of another queue file was up",
     .story = "mail Q a@x deferred\nmail R b@x deferred\nmail R - expired\nx R a@x sent\n",
     .to = "a@x", .outcome = "deferred"},
    {.description = "another host has a queue file of this name",
     .story = "mail Q a@x deferred\nx Q - expired\n", .to = "a@x", .outcome = "deferred"},
    {.description = "what is done stays done when others are tried again",
     .story = "mail Q a@x bounced\nmail Q b@x deferred\nmail Q - retried\nmail Q b@x delivered\n",
     .to = "a@x b@x", .outcome = "bounced"},
    {.description = "an alias: two parts, and one waits",
     .story = "mail Q all@x sent\nmail R b@x<all@x delivered\nmail R c@y<all@x deferred\n",
     .to = "all@x", .outcome = "deferred"},
    {.description = "an alias: two parts, and one came back",
     .story = "mail Q b@x<all@x delivered\nmail Q c@x<all@x bounced\n", .to = "all@x",
     .outcome = "bounced"},
    {.description = "an alias of an alias, across hosts, told in any order",
     .story = "y S d@y<c@y deferred\nmail R c@y<all@x sent\nmail Q all@x sent\n",
     .to = "all@x", .outcome = "deferred"},
    {.description = "what an alias is for may be a recipient, too",
     .story = "mail Q b@x<all@x deferred\nmail Q b@x deferred\nmail Q - retried\n"
              "mail Q b@x delivered\n",
     .to = "all@x b@x", .outcome = "delivered"},
    {.description = "aliases in a circle",
     .story = "mail Q a@x<b@x sent\nmail R b@x<a@x sent\nmail R b@x bounced\n", .to = "a@x",
     .outcome = "bounced"},
    {.description = "parts of one attempt: the worst, whichever comes last",
     .story = "mail Q all@x deferred\nmail Q all@x delivered\n", .to = "all@x",
     .outcome = "deferred"},
    {.description = "an alias that was changed before the next attempt",
     .story = "mail Q b@x<all@x deferred\nmail Q - deferred\nmail Q - retried\n"
              "mail Q c@x<all@x delivered\n",
     .to = "all@x", .outcome = "delivered"},
    {.description = "a user at a shell writes no domain",
     .story = "mail Q bob@x<bob deferred\n", .to = "bob", .outcome = "deferred"},
    {.description = "thrown away, as far as anybody knows",
     .story = "pc - a@x sent\nmail Q a@x sent\n", .to = "a@x", .outcome = "delivered"},
};
/* clang-format on */

START_TEST(the_worst_of_all_that_became_of_a_recipient_counts)
{
    g_autoptr(MailsimRecording) recording = write_story(cases[_i].story);
    g_autoptr(MailsimOutcomes) outcomes = mailsim_outcomes_new(recording, 1);
    g_auto(GStrv) to = g_strsplit(cases[_i].to, " ", -1);
    g_autoptr(GPtrArray) addresses = g_ptr_array_new();
    const char *outcome;

    for (guint i = 0; to[i] != NULL; i++)
        g_ptr_array_add(addresses, to[i]);
    outcome = mailsim_outcomes_get_worst(outcomes, addresses);
    ck_assert_msg(g_str_equal(outcome, cases[_i].outcome), "%s: %s", cases[_i].description,
                  outcome);
}
END_TEST

START_TEST(each_recipient_has_a_fate_of_its_own)
{
    g_autoptr(MailsimRecording) recording =
        write_story("mail Q a@x delivered\nmail Q b@x deferred\nmail Q b@x deferred again\n"
                    "mail Q c@x<b@x sent\n");
    g_autoptr(MailsimOutcomes) outcomes = mailsim_outcomes_new(recording, 1);
    const char *dsn;
    const char *reason;

    ck_assert_str_eq(mailsim_outcomes_get(outcomes, "a@x", &dsn, &reason), "delivered");
    ck_assert_str_eq(reason, "mail Q a@x delivered");
    ck_assert_str_eq(mailsim_outcomes_get(outcomes, "b@x", &dsn, &reason), "deferred");
    ck_assert_str_eq(reason, "mail Q b@x deferred again");
    ck_assert_str_eq(mailsim_outcomes_get(outcomes, "d@x", &dsn, &reason), "failed");
    ck_assert_ptr_null(reason);
    ck_assert_str_eq(mailsim_outcomes_get(outcomes, "B@X", &dsn, &reason), "deferred");
}
END_TEST

#define N_RECIPIENTS 10000
#define N_ATTEMPTS   10

/* Ten thousand, of one alias that each of them is written to besides: quadratic, this would
 * take minutes. */
START_TEST(a_mailing_list_costs_no_more_than_its_events)
{
    g_autoptr(MailsimRecording) recording = write_story("mail Q all@x sent\n");
    g_autoptr(MailsimOutcomes) outcomes = NULL;
    g_autoptr(GPtrArray) to = g_ptr_array_new_with_free_func(g_free);
    const gint64 start_us = g_get_monotonic_time();

    for (guint attempt = 0; attempt < N_ATTEMPTS; attempt++) {
        for (guint i = 0; i < N_RECIPIENTS; i++) {
            g_autofree char *line = g_strdup_printf("mail R u%u@x<all@x deferred", i);

            write_line(recording, line);
        }
        write_line(recording, "mail R - retried");
    }
    for (guint i = 0; i < N_RECIPIENTS; i++) {
        g_autofree char *line = g_strdup_printf("mail R u%u@x<all@x delivered", i);

        write_line(recording, line);
        g_ptr_array_add(to, g_strdup("all@x"));
        g_ptr_array_add(to, g_strdup_printf("u%u@x", i));
    }
    outcomes = mailsim_outcomes_new(recording, 1);
    ck_assert_str_eq(mailsim_outcomes_get_worst(outcomes, to), "delivered");
    ck_assert_int_lt(g_get_monotonic_time() - start_us, 20 * G_USEC_PER_SEC);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("outcome");
    TCase *tcase = tcase_create("outcome");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, the_worst_of_all_that_became_of_a_recipient_counts, 0,
                        G_N_ELEMENTS(cases));
    tcase_add_test(tcase, each_recipient_has_a_fate_of_its_own);
    tcase_add_test(tcase, a_mailing_list_costs_no_more_than_its_events);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
