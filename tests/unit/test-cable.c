/* SPDX-License-Identifier: MIT
 *
 * What a run keeps of its cables: every byte belongs to one parcel, and a line in the clear is
 * in the parcel that its time and direction name. */
#include <string.h>

#include <mailsim/scenario/runner.h>
#include <mailsim/scenario/scenario.h>

#include "../support/run-suite.h"

static MailsimRecording *
run_case(const char *name)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimScenario) scenario = mailsim_scenario_load(name, diagnostics, NULL);
    MailsimRecording *recording;

    ck_assert_ptr_nonnull(scenario);
    recording = mailsim_scenario_run(scenario, &(MailsimRunOptions){0}, diagnostics, NULL);
    ck_assert_ptr_nonnull(recording);
    return recording;
}

static const GByteArray *
get_cable(const MailsimHop *hop, MailsimDirection direction)
{
    return direction == MAILSIM_DIRECTION_OUT ? hop->bytes_out : hop->bytes_in;
}

static const char *const cases[] = {"case5", "talk", "opportunistic-tls"};

START_TEST(every_byte_is_in_one_parcel)
{
    g_autoptr(MailsimRecording) recording = run_case(cases[_i]);
    guint n_parcels = 0;

    for (guint i = 0; i < recording->hops->len; i++) {
        const MailsimHop *hop = g_ptr_array_index(recording->hops, i);
        gsize reached[2] = {0, 0};

        for (guint j = 0; j < hop->parcels->len; j++) {
            const MailsimParcel *parcel = &g_array_index(hop->parcels, MailsimParcel, j);
            ck_assert_uint_eq(parcel->start, reached[parcel->direction]);
            ck_assert_uint_gt(parcel->length, 0);
            reached[parcel->direction] += parcel->length;
            n_parcels++;
        }
        ck_assert_uint_eq(reached[MAILSIM_DIRECTION_OUT], hop->bytes_out->len);
        ck_assert_uint_eq(reached[MAILSIM_DIRECTION_IN], hop->bytes_in->len);
    }
    ck_assert_uint_gt(n_parcels, 10);
}
END_TEST

static gboolean
is_in_parcel(const MailsimHop *hop, const MailsimEvent *event)
{
    for (guint i = 0; i < hop->parcels->len; i++) {
        const MailsimParcel *parcel = &g_array_index(hop->parcels, MailsimParcel, i);
        const guint8 *bytes = get_cable(hop, parcel->direction)->data + parcel->start;

        if (parcel->direction == event->line.direction && parcel->time_us == event->time_us &&
            memmem(bytes, parcel->length, event->line.text, strlen(event->line.text)) != NULL)
            return TRUE;
    }
    return FALSE;
}

START_TEST(a_line_is_found_by_its_time)
{
    g_autoptr(MailsimRecording) recording = run_case(cases[_i]);
    guint n_lines = 0;

    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind != MAILSIM_EVENT_LINE || event->line.secured)
            continue;
        ck_assert_msg(is_in_parcel(g_ptr_array_index(recording->hops, event->hop), event),
                      "not on the cable: %s", event->line.text);
        n_lines++;
    }
    ck_assert_uint_gt(n_lines, 10);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("cable");
    TCase *tcase = tcase_create("cable");

    tcase_add_loop_test(tcase, every_byte_is_in_one_parcel, 0, G_N_ELEMENTS(cases));
    tcase_add_loop_test(tcase, a_line_is_found_by_its_time, 0, G_N_ELEMENTS(cases));
    suite_add_tcase(suite, tcase);

    return run_suite(suite);
}
