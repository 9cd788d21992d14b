/* SPDX-License-Identifier: MIT
 *
 * A recording that is told as it grows: what is left is found by the same numbers when the rest
 * is forgotten. */
#include <mailsim/recording/recording.h>

#include "../support/run-suite.h"

#define N_EVENTS 100
#define N_HOPS   20

/* Each event is of the hop with the number in which its own ends. */
static MailsimRecording *
new_recording(void)
{
    MailsimRecording *recording = mailsim_recording_new();

    for (guint i = 0; i < N_HOPS; i++)
        mailsim_recording_add_hop(recording);
    for (guint i = 0; i < N_EVENTS; i++) {
        MailsimEvent *event = mailsim_event_new(MAILSIM_EVENT_CONNECTED);

        event->hop = (int)(i % N_HOPS);
        mailsim_recording_take_event(recording, event);
    }
    return recording;
}

static const MailsimEvent *
get_event(const MailsimRecording *recording, guint position)
{
    ck_assert_uint_lt(position, recording->events->len);
    return g_ptr_array_index(recording->events, position);
}

/* ---- which events stay ------------------------------------------------------------------- */

static gboolean
is_of_a_third(const MailsimEvent *event, gpointer data)
{
    (*(guint *)data)++;
    return event->sequence % 3 == 1;
}

static gboolean
is_early(const MailsimEvent *event, G_GNUC_UNUSED gpointer data)
{
    return event->sequence < 10;
}

static gboolean
is_late(const MailsimEvent *event, G_GNUC_UNUSED gpointer data)
{
    return event->sequence >= N_EVENTS - 10;
}

static gboolean
is_any(G_GNUC_UNUSED const MailsimEvent *event, G_GNUC_UNUSED gpointer data)
{
    return TRUE;
}

static gboolean
is_none(G_GNUC_UNUSED const MailsimEvent *event, G_GNUC_UNUSED gpointer data)
{
    return FALSE;
}

static const struct {
    const char *description;
    gboolean (*is_needed)(const MailsimEvent *event, gpointer data);
    guint n_left;
} choices[] = {
    {"each third",         is_of_a_third, 33      },
    {"those at the start", is_early,      10      },
    {"those at the end",   is_late,       10      },
    {"all",                is_any,        N_EVENTS},
    {"none",               is_none,       0       },
};

START_TEST(the_events_that_are_needed_stay_in_order)
{
    g_autoptr(MailsimRecording) recording = new_recording();
    guint n_asked = 0;
    guint position = 0;

    mailsim_recording_forget_events(recording, choices[_i].is_needed, &n_asked);
    ck_assert_msg(recording->events->len == choices[_i].n_left, "%s: %u",
                  choices[_i].description, recording->events->len);
    ck_assert_uint_eq(recording->n_events, N_EVENTS);
    n_asked = 0;
    for (guint sequence = 0; sequence < N_EVENTS; sequence++) {
        const MailsimEvent expected = {.sequence = sequence};

        /* A forgotten one is where the next one is. */
        ck_assert_uint_eq(mailsim_recording_find_event(recording, sequence), position);
        if (!choices[_i].is_needed(&expected, &n_asked))
            continue;
        ck_assert_uint_eq(get_event(recording, position)->sequence, sequence);
        position++;
    }
    ck_assert_uint_eq(position, recording->events->len);
    ck_assert_uint_eq(mailsim_recording_find_event(recording, N_EVENTS), position);
    ck_assert_uint_eq(mailsim_recording_find_event(recording, G_MAXUINT), position);
}
END_TEST

START_TEST(each_event_is_asked_about_once)
{
    g_autoptr(MailsimRecording) recording = new_recording();
    guint n_asked = 0;

    mailsim_recording_forget_events(recording, is_of_a_third, &n_asked);
    ck_assert_uint_eq(n_asked, N_EVENTS);
    mailsim_recording_forget_events(recording, is_of_a_third, &n_asked);
    ck_assert_uint_eq(n_asked, N_EVENTS + 33);
    ck_assert_uint_eq(recording->events->len, 33);
}
END_TEST

START_TEST(numbers_go_on_behind_what_is_forgotten)
{
    g_autoptr(MailsimRecording) recording = new_recording();
    MailsimEvent *event = mailsim_event_new(MAILSIM_EVENT_CLOSED);

    mailsim_recording_forget_events(recording, is_early, NULL);
    mailsim_recording_take_event(recording, event);
    ck_assert_uint_eq(event->sequence, N_EVENTS);
    ck_assert_uint_eq(recording->events->len, 11);
    ck_assert_uint_eq(mailsim_recording_find_event(recording, 50), 10);
    ck_assert_uint_eq(mailsim_recording_find_event(recording, N_EVENTS), 10);
    ck_assert_uint_eq(mailsim_recording_add_step(recording)->first_event, N_EVENTS + 1);
}
END_TEST

/* ---- hops -------------------------------------------------------------------------------- */

static const struct {
    const char *description;
    guint first;
    guint step; /* each so many is forgotten */
} gaps[] = {
    {"the first",          0,          N_HOPS},
    {"the last",           N_HOPS - 1, N_HOPS},
    {"one in the middle",  7,          N_HOPS},
    {"each second",        0,          2     },
    {"those between them", 1,          2     },
    {"all",                0,          1     },
};

static gboolean
is_forgotten(guint index, int gap)
{
    return index >= gaps[gap].first && (index - gaps[gap].first) % gaps[gap].step == 0;
}

START_TEST(a_hop_is_found_until_it_is_forgotten)
{
    g_autoptr(MailsimRecording) recording = new_recording();

    for (guint i = 0; i < N_HOPS; i++) {
        if (is_forgotten(i, _i))
            mailsim_recording_forget_hop(recording,
                                         mailsim_recording_find_hop(recording, (int)i));
    }
    for (guint i = 0; i < N_HOPS; i++) {
        const MailsimHop *hop = mailsim_recording_find_hop(recording, (int)i);

        ck_assert_msg((hop == NULL) == is_forgotten(i, _i), "%s: %u", gaps[_i].description, i);
        ck_assert(hop == NULL || hop->index == i);
    }
    ck_assert_uint_eq(recording->n_hops, N_HOPS);
}
END_TEST

START_TEST(there_is_no_hop_before_the_first_or_behind_the_last)
{
    g_autoptr(MailsimRecording) recording = new_recording();

    ck_assert_ptr_null(mailsim_recording_find_hop(recording, -1));
    ck_assert_ptr_null(mailsim_recording_find_hop(recording, N_HOPS));
    ck_assert_ptr_null(mailsim_recording_find_hop(recording, G_MAXINT));
}
END_TEST

START_TEST(a_hop_after_a_forgotten_one_has_the_next_index)
{
    g_autoptr(MailsimRecording) recording = new_recording();
    MailsimHop *hop;

    mailsim_recording_forget_hop(recording, mailsim_recording_find_hop(recording, N_HOPS - 1));
    hop = mailsim_recording_add_hop(recording);
    ck_assert_uint_eq(hop->index, N_HOPS);
    ck_assert_ptr_eq(mailsim_recording_find_hop(recording, N_HOPS), hop);
    ck_assert_uint_eq(mailsim_recording_add_step(recording)->first_hop, N_HOPS + 1);
}
END_TEST

static const MailsimEvent *
take_event_of(MailsimRecording *recording, int hop)
{
    MailsimEvent *event = mailsim_event_new(MAILSIM_EVENT_LOG);

    event->hop = hop;
    mailsim_recording_take_event(recording, event);
    return event;
}

/* A daemon may write its last line when all of its connection has long been told. */
START_TEST(an_event_of_a_forgotten_hop_is_of_none)
{
    g_autoptr(MailsimRecording) recording = new_recording();

    ck_assert_int_eq(take_event_of(recording, 7)->hop, 7);
    mailsim_recording_forget_hop(recording, mailsim_recording_find_hop(recording, 7));
    ck_assert_int_eq(take_event_of(recording, 7)->hop, -1);
    ck_assert_int_eq(take_event_of(recording, 8)->hop, 8);
    ck_assert_int_eq(take_event_of(recording, N_HOPS - 1)->hop, N_HOPS - 1);
    ck_assert_int_eq(take_event_of(recording, -1)->hop, -1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("recording");
    TCase *tcase = tcase_create("forgetting");

    tcase_add_loop_test(tcase, the_events_that_are_needed_stay_in_order, 0,
                        G_N_ELEMENTS(choices));
    tcase_add_test(tcase, each_event_is_asked_about_once);
    tcase_add_test(tcase, numbers_go_on_behind_what_is_forgotten);
    tcase_add_loop_test(tcase, a_hop_is_found_until_it_is_forgotten, 0, G_N_ELEMENTS(gaps));
    tcase_add_test(tcase, there_is_no_hop_before_the_first_or_behind_the_last);
    tcase_add_test(tcase, a_hop_after_a_forgotten_one_has_the_next_index);
    tcase_add_test(tcase, an_event_of_a_forgotten_hop_is_of_none);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
