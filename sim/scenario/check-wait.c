/* SPDX-License-Identifier: MIT
 *
 * Steps in which time passes: how long, and whose message is watched. */
#include "check-step-private.h"

#include <string.h>

#include <mailsim/base/suggestion.h>

/* Longer than any mail waits; a story that goes on for years is one that mistook a unit. */
#define WAIT_MAX_DAYS 366

#define QUEUE_EMPTY "queue-empty"

/* --- How long --- */

static const MailsimEntry *
find_own(const StepChecker *checker, const char *key)
{
    const GPtrArray *own = check_step_get_own(checker->step);

    for (guint i = 0; i < own->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(own, i);

        if (strcmp(entry->key, key) == 0)
            return entry;
    }
    return NULL;
}

/* What is no duration at all has been told. */
static void
check_duration(const StepChecker *checker, const MailsimEntry *entry)
{
    gint64 duration_us;

    if (!mailsim_duration_parse(entry->value, &duration_us) ||
        duration_us <= WAIT_MAX_DAYS * MAILSIM_DAY)
        return;
    g_autofree char *message = g_strdup_printf("“%s” is longer than a year", entry->value);
    g_autofree char *hint = g_strdup_printf("a step waits for %dd at most", WAIT_MAX_DAYS);

    check_step_fail(checker, &entry->value_span, hint, message);
}

static void
check_moment(const StepChecker *checker, const MailsimEntry *entry, MailsimTime moment_us)
{
    const MailsimTime start_us = find_start(checker->scenario);
    g_autofree char *start = mailsim_time_format_minute(start_us);
    g_autofree char *message = NULL;
    g_autofree char *hint = g_strdup_printf("the story begins at %s", start);

    if (moment_us < start_us)
        message = g_strdup_printf("“%s” is before the story begins", entry->value);
    else if (moment_us > start_us + WAIT_MAX_DAYS * MAILSIM_DAY)
        message = g_strdup_printf("“%s” is more than a year away", entry->value);
    if (message)
        check_step_fail(checker, &entry->value_span, hint, message);
}

static void
check_until(const StepChecker *checker, const MailsimEntry *entry)
{
    MailsimTime moment_us;
    gint64 duration_us;

    if (strcmp(entry->value, QUEUE_EMPTY) == 0)
        return;
    if (mailsim_time_parse(entry->value, &moment_us)) {
        check_moment(checker, entry, moment_us);
        return;
    }
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autofree char *message =
        g_strdup_printf("“%s” is neither a moment nor " QUEUE_EMPTY, entry->value);
    g_autofree char *hint = NULL;

    g_ptr_array_add(words, (char *)QUEUE_EMPTY);
    hint = mailsim_duration_parse(entry->value, &duration_us)
               ? g_strdup_printf("how long, and not until when: for = %s", entry->value)
               : mailsim_suggestion_hint(entry->value, words);
    check_step_fail(checker, &entry->value_span,
                    hint ? hint : "a day, and perhaps a time, UTC: 2026-01-12 09:00", message);
}

static void
check_time(const StepChecker *checker)
{
    const Section *step = checker->step;
    const MailsimEntry *duration = find_own(checker, "for");
    const MailsimEntry *until = find_own(checker, "until");
    g_autofree char *message = NULL;

    if (duration)
        check_duration(checker, duration);
    if (until)
        check_until(checker, until);
    if (duration && until) {
        const MailsimEntry *second =
            duration->key_span.line > until->key_span.line ? duration : until;

        message = g_strdup_printf("[%s] has both for and until", step->id);
        check_step_fail(checker, &second->key_span, "keep one of the two", message);
    } else if (!find_wait(step) && (step->own || !section_find(step, "like"))) {
        message = g_strdup_printf("[%s] does not say how long", step->id);
        check_step_fail(checker, &step->span, "add: for = 1h (or until = " QUEUE_EMPTY ")",
                        message);
    }
}

/* --- Whose message --- */

/* Where MESSAGE stands; of what like has brought, the step itself is wrong. */
static const MailsimSpan *
get_place(const StepChecker *checker, const MailsimEntry *message)
{
    return find_own(checker, "message") ? &message->value_span : &checker->step->span;
}

static gboolean
check_message(const StepChecker *checker, const MailsimEntry *message)
{
    const Section *named = find_section(checker->scenario, MAILSIM_GROUP_STEP, message->value);
    const char *does = named ? section_get(named, "do") : NULL;
    g_autofree char *text = NULL;

    /* That there is no such step has been told, and so has a step that does nothing. */
    if (!does || checker->step->watched)
        return does != NULL;
    if (strcmp(does, "send") != 0) {
        text =
            g_strdup_printf("step “%s” sends nothing: it says do = %s", named->names[0], does);
        check_step_fail(checker, get_place(checker, message), "name a step with do = send",
                        text);
    } else {
        text = named == checker->step
                   ? g_strdup("a step cannot wait for itself")
                   : g_strdup_printf("step “%s” comes later: nothing is sent yet",
                                     named->names[0]);
        check_step_fail(checker, get_place(checker, message),
                        "steps run in the order of the file", text);
    }
    return FALSE;
}

/* There is something to expect only of a message. */
static void
check_expectations(const StepChecker *checker)
{
    const GPtrArray *own = check_step_get_own(checker->step);

    for (guint i = 0; i < own->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(own, i);

        if (!g_str_has_prefix(entry->key, "expect."))
            continue;
        check_step_fail(checker, &entry->key_span,
                        "let a step with do = send come before this one",
                        "no message has been sent yet");
        return;
    }
}

void
check_wait(const StepChecker *checker)
{
    const MailsimEntry *message = section_find(checker->step, "message");
    const Section *watched = checker->step->watched;

    check_time(checker);
    if (message && !check_message(checker, message))
        return;
    if (watched)
        check_step_recipients(checker, watched);
    else
        check_expectations(checker);
}
