/* SPDX-License-Identifier: MIT
 *
 * The steps of a scenario, one after the other, in one lab. */
#include "runner-private.h"

#include <string.h>

#include <mailsim/lab/lab.h>
#include <mailsim/protocol/mail-address.h>

/* ---- outcomes ---------------------------------------------------------------------------- */

/* From the best to the worst. */
static const char *const outcomes[] = {"delivered", "deferred", "bounced", "rejected",
                                       "failed"};

static guint
rank_outcome(const char *outcome)
{
    for (guint i = 0; i < G_N_ELEMENTS(outcomes); i++) {
        if (g_str_equal(outcomes[i], outcome))
            return i;
    }
    g_assert_not_reached();
}

/* A user at a shell may write “bob”; the host completes it. */
static gboolean
is_for(const MailsimEvent *event, const char *address)
{
    g_autofree char *local_part = NULL;

    if (event->kind != MAILSIM_EVENT_STATUS)
        return FALSE;
    if (mailsim_mail_address_get_domain(address) != NULL)
        return mailsim_mail_address_equal(event->status.recipient, address);
    local_part = mailsim_mail_address_dup_local_part(event->status.recipient);
    return mailsim_mail_address_equal(local_part, address);
}

/* “sent” alone decides nothing: the next host has it now. What local(8) has sent on is done:
 * the addresses of an alias are other recipients. */
const char *
mailsim_runner_get_outcome(const MailsimRecording *recording,
                           const char *address,
                           const char **dsn,
                           const char **reason)
{
    const char *outcome = "failed";
    guint first;
    guint end;

    *dsn = NULL;
    *reason = NULL;
    mailsim_recording_get_step_events(recording, recording->steps->len - 1, &first, &end);
    for (guint i = first; i < end; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (!is_for(event, address))
            continue;
        *dsn = event->status.dsn;
        *reason = event->status.reason;
        if (event->status.delivered || (g_str_equal(event->status.status, "sent") &&
                                        g_strcmp0(event->status.relay, "local") == 0))
            outcome = "delivered";
        else if (!g_str_equal(event->status.status, "sent"))
            outcome = outcomes[rank_outcome(event->status.status)];
    }
    return outcome;
}

static const char *
find_worst_outcome(const MailsimStep *step, const MailsimRecording *recording)
{
    guint worst = 0;

    for (guint i = 0; i < step->to->len; i++) {
        const char *dsn;
        const char *reason;
        const char *outcome = mailsim_runner_get_outcome(
            recording, g_ptr_array_index(step->to, i), &dsn, &reason);

        worst = MAX(worst, rank_outcome(outcome));
    }
    return outcomes[worst];
}

/* ---- steps ------------------------------------------------------------------------------- */

static void
begin_step(const MailsimStep *step, MailsimLab *lab, MailsimRecording *recording)
{
    MailsimStepRecord *record = mailsim_recording_add_step(recording);
    MailsimEvent *event = mailsim_event_new(MAILSIM_EVENT_STEP);

    record->id = g_strdup(step->id);
    record->started_us = mailsim_lab_get_now(lab);
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
    MailsimStepRecord *record = g_ptr_array_index(recording->steps, recording->steps->len - 1);

    record->message = mailsim_lab_send(lab, &errand);
    if (!mailsim_lab_run(lab, error))
        return FALSE;
    record->outcome = g_strdup(find_worst_outcome(step, recording));
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
look(const MailsimStep *step, MailsimLab *lab, GError **error)
{
    mailsim_lab_look(lab, step->look);
    return mailsim_lab_run(lab, error);
}

/* HEARD is filled in where the step is a talk. */
static gboolean
act(const MailsimStep *step,
    MailsimLab *lab,
    MailsimRecording *recording,
    GPtrArray *heard,
    GError **error)
{
    switch (step->kind) {
    case MAILSIM_STEP_SEND:
        return send_message(step, lab, recording, error);
    case MAILSIM_STEP_TALK:
        return talk(step, lab, heard, error);
    case MAILSIM_STEP_LOOK:
        return look(step, lab, error);
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

MailsimRecording *
mailsim_scenario_run(const MailsimScenario *scenario,
                     const MailsimRunOptions *options,
                     MailsimDiagnostics *diagnostics,
                     GError **error)
{
    g_autoptr(MailsimRecording) recording = mailsim_recording_new();
    g_autoptr(MailsimLab) lab = NULL;
    MailsimWorld *world = mailsim_scenario_build_world(scenario, 0);

    recording->id = g_strdup(mailsim_scenario_get_id(scenario));
    recording->file = g_strdup(mailsim_scenario_get_file(scenario));
    mailsim_text_copy(mailsim_scenario_get_title(scenario), &recording->title);
    mailsim_text_copy(mailsim_scenario_get_summary(scenario), &recording->summary);

    lab = mailsim_lab_new(recording, world->start_us, options->read_max_bytes, error);
    if (lab == NULL) {
        mailsim_world_free(world);
        return NULL;
    }
    if (!mailsim_lab_configure(lab, world, error))
        return NULL;
    for (guint i = 0; i < mailsim_scenario_count_steps(scenario); i++) {
        const MailsimStep *step = mailsim_scenario_get_step(scenario, i);
        g_autoptr(GPtrArray) heard = g_ptr_array_new_with_free_func(unref_replies);

        if (i > 0 &&
            !mailsim_lab_configure(lab, mailsim_scenario_build_world(scenario, i), error))
            return NULL;
        begin_step(step, lab, recording);
        if (!act(step, lab, recording, heard, error))
            return NULL;
        mailsim_expectations_evaluate(step, recording, heard, diagnostics);
    }
    return g_steal_pointer(&recording);
}
