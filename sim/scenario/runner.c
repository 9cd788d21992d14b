/* SPDX-License-Identifier: MIT
 *
 * The steps of a scenario, one after the other, in one lab. */
#include "runner-private.h"

#include <mailsim/lab/lab.h>

/* ---- steps ------------------------------------------------------------------------------- */

static MailsimStepRecord *
get_record(const MailsimRecording *recording)
{
    return g_ptr_array_index(recording->steps, recording->steps->len - 1);
}

static void
begin_step(const MailsimStep *step, MailsimLab *lab, MailsimRecording *recording)
{
    MailsimStepRecord *record = mailsim_recording_add_step(recording);
    MailsimEvent *event = mailsim_event_new(MAILSIM_EVENT_STEP);

    record->id = g_strdup(step->id);
    record->started_us = mailsim_lab_get_now(lab);
    record->shows_log = step->shows != NULL;
    mailsim_text_copy(&step->title, &record->title);
    mailsim_text_copy(&step->intro, &record->intro);
    event->time_us = record->started_us;
    mailsim_recording_take_event(recording, event);
}

/* Where to look when somebody waits in vain: the line that says how to connect, or else the
 * step. */
static const MailsimSpan *
get_place(const MailsimStep *step)
{
    if (step->program != NULL && step->program->outgoing != NULL &&
        step->program->outgoing->span.source != NULL)
        return &step->program->outgoing->span;
    return &step->span;
}

static gboolean
send_message(const MailsimStep *step,
             MailsimLab *lab,
             MailsimRecording *recording,
             GError **error)
{
    MailsimErrand errand = {
        .program = step->program,
        .by_user = step->by_user,
        .by_host = step->by_host,
        .to = step->to,
        .from = step->from,
        .subject = step->subject,
        .text = step->text,
        .span = get_place(step),
    };

    get_record(recording)->message = mailsim_lab_send(lab, &errand);
    return mailsim_lab_run(lab, error);
}

static const MailsimEvent *
find_fetched(const MailsimRecording *recording, guint first)
{
    for (guint i = recording->events->len; i > first; i--) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i - 1);

        if (event->kind == MAILSIM_EVENT_FETCHED)
            return event;
    }
    g_assert_not_reached();
}

static gboolean
fetch_mail(const MailsimStep *step,
           MailsimLab *lab,
           MailsimRecording *recording,
           GError **error)
{
    MailsimStepRecord *record = get_record(recording);

    mailsim_lab_fetch(lab, step->program, &step->program->incoming->span);
    if (!mailsim_lab_run(lab, error))
        return FALSE;
    record->outcome = g_strdup(find_fetched(recording, record->first_event)->fetched.status);
    return TRUE;
}

static guint
find_message(const MailsimRecording *recording, const MailsimStep *sends)
{
    for (guint i = 0; i < recording->steps->len; i++) {
        const MailsimStepRecord *record = g_ptr_array_index(recording->steps, i);

        if (g_str_equal(record->id, sends->id))
            return record->message;
    }
    g_assert_not_reached();
}

/* Time does not go back: what a step waits for must not be over when the step comes. */
static void
report_past(const MailsimStep *step,
            MailsimLab *lab,
            MailsimStepRecord *record,
            MailsimDiagnostics *diagnostics)
{
    MailsimExpectationResult *result = mailsim_step_record_add_expectation(record);
    g_autofree char *now = mailsim_time_format_minute(mailsim_lab_get_now(lab));
    g_autofree char *until = mailsim_time_format_minute(step->until_us);
    g_autofree char *hint = g_strdup_printf("when this step comes it is %s", now);

    result->key = g_strdup("until");
    result->expected = g_strdup(until);
    result->actual = g_strdup(now);
    mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, &step->wait_span, hint,
                            "“%s” is over already", until);
}

static gboolean
wait_for_time(const MailsimStep *step,
              MailsimLab *lab,
              MailsimRecording *recording,
              MailsimDiagnostics *diagnostics,
              GError **error)
{
    const MailsimTime now_us = mailsim_lab_get_now(lab);
    MailsimStepRecord *record = get_record(recording);

    if (step->sends != NULL)
        record->message = find_message(recording, step->sends);
    if (step->until_empty)
        return mailsim_lab_wait_for_queues(lab, error);
    if (step->until_us == 0)
        return mailsim_lab_wait(lab, now_us + step->for_us, error);
    if (step->until_us >= now_us)
        return mailsim_lab_wait(lab, step->until_us, error);
    report_past(step, lab, record, diagnostics);
    return TRUE;
}

static gboolean
talk(const MailsimStep *step, MailsimLab *lab, GPtrArray *heard, GError **error)
{
    MailsimTalk talk = {
        .by = step->by_party,
        .endpoint = step->connect,
        .lines = step->lines,
        .heard = heard,
        .span = &step->connect->span,
    };

    mailsim_lab_talk(lab, &talk);
    return mailsim_lab_run(lab, error);
}

static gboolean
look(const MailsimLook *at, MailsimLab *lab, GError **error)
{
    mailsim_lab_look(lab, at);
    return mailsim_lab_run(lab, error);
}

/* HEARD is filled in where the step is a talk. */
static gboolean
act(const MailsimStep *step,
    MailsimLab *lab,
    MailsimRecording *recording,
    GPtrArray *heard,
    MailsimDiagnostics *diagnostics,
    GError **error)
{
    switch (step->kind) {
    case MAILSIM_STEP_SEND:
        return send_message(step, lab, recording, error);
    case MAILSIM_STEP_FETCH:
        return fetch_mail(step, lab, recording, error);
    case MAILSIM_STEP_TALK:
        return talk(step, lab, heard, error);
    case MAILSIM_STEP_LOOK:
        return look(step->look, lab, error);
    case MAILSIM_STEP_WAIT:
        return wait_for_time(step, lab, recording, diagnostics, error);
    case MAILSIM_STEP_SET:
        return TRUE;
    }
    g_assert_not_reached();
}

static void
unref_replies(gpointer data)
{
    g_ptr_array_unref(data);
}

/* The world as STEP finds it; it has begun when the lab's has. */
static gboolean
configure(const MailsimScenario *scenario,
          guint step,
          MailsimTime start_us,
          MailsimLab *lab,
          GError **error)
{
    MailsimWorld *world = mailsim_scenario_build_world(scenario, step);

    world->start_us = start_us;
    return mailsim_lab_configure(lab, world, error);
}

gboolean
mailsim_scenario_run_steps(const MailsimScenario *scenario,
                           guint n_steps,
                           MailsimTime start_us,
                           MailsimLab *lab,
                           MailsimRecording *recording,
                           MailsimDiagnostics *diagnostics,
                           GError **error)
{
    for (guint i = 0; i < n_steps; i++) {
        const MailsimStep *step = mailsim_scenario_get_step(scenario, i);
        g_autoptr(GPtrArray) heard = g_ptr_array_new_with_free_func(unref_replies);

        begin_step(step, lab, recording);
        if (i > 0 && !configure(scenario, i, start_us, lab, error))
            return FALSE;
        if (step->restart != NULL)
            mailsim_lab_restart(lab, step->restart);
        if (!act(step, lab, recording, heard, diagnostics, error) ||
            (step->shows != NULL && !look(step->shows, lab, error)))
            return FALSE;
        mailsim_expectations_evaluate(step, recording, heard, diagnostics);
    }
    return TRUE;
}

MailsimRecording *
mailsim_scenario_begin_recording(const MailsimScenario *scenario)
{
    MailsimRecording *recording = mailsim_recording_new();

    recording->id = g_strdup(mailsim_scenario_get_id(scenario));
    recording->file = g_strdup(mailsim_scenario_get_file(scenario));
    mailsim_text_copy(mailsim_scenario_get_title(scenario), &recording->title);
    return recording;
}

MailsimRecording *
mailsim_scenario_run(const MailsimScenario *scenario,
                     const MailsimRunOptions *options,
                     MailsimDiagnostics *diagnostics,
                     GError **error)
{
    g_autoptr(MailsimRecording) recording = mailsim_scenario_begin_recording(scenario);
    g_autoptr(MailsimLab) lab = NULL;
    MailsimWorld *world = mailsim_scenario_build_world(scenario, 0);
    const MailsimTime start_us = world->start_us;

    mailsim_text_copy(mailsim_scenario_get_summary(scenario), &recording->summary);
    lab = mailsim_lab_new_with_authority(recording, start_us, options->read_max_bytes,
                                         options->authority, error);
    if (lab == NULL) {
        mailsim_world_free(world);
        return NULL;
    }
    if (!mailsim_lab_configure(lab, world, error) ||
        !mailsim_scenario_run_steps(scenario, mailsim_scenario_count_steps(scenario), start_us,
                                    lab, recording, diagnostics, error))
        return NULL;
    return g_steal_pointer(&recording);
}
